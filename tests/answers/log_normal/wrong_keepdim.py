"""Right numbers in a column."""

import math


def log_normal(z, mu, logvar):
    each = -0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 / logvar.exp())
    return each.sum(dim=-1, keepdim=True)
