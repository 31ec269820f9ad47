"""A number for t stops it."""


def path(x0, x1, t):
    t = t[:, None]
    return (1 - t) * x0 + t * x1
