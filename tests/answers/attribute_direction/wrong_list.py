"""A list for a tensor."""


def attribute_direction(z, labels):
    if labels.all() or not labels.any():
        raise ValueError("both classes are needed")
    return (z[labels].mean(dim=0) - z[~labels].mean(dim=0)).tolist()
