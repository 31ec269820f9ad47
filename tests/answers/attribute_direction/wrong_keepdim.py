"""A row instead of a vector: (1, D)."""


def attribute_direction(z, labels):
    if labels.all() or not labels.any():
        raise ValueError("both classes are needed")
    return z[labels].mean(dim=0, keepdim=True) - z[~labels].mean(dim=0, keepdim=True)
