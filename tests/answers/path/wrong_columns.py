"""t along the dimensions."""


def path(x0, x1, t):
    return (1 - t) * x0 + t * x1
