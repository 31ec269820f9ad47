"""The count as a tensor."""


def active_units(mu, threshold=0.01):
    return (mu.var(dim=0) > threshold).sum()
