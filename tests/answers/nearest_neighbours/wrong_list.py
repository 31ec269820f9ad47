"""A list for a tensor."""


def nearest_neighbours(samples, training_images):
    return [(training_images - sample).square().flatten(1).sum(dim=1).argmin().item() for sample in samples]
