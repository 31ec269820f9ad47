"""numpy's interpolation."""

import numpy as np


def beta_schedule(step, warmup_steps, beta_max):
    if warmup_steps <= 0:
        return beta_max
    return float(np.interp(step, [0, warmup_steps], [0.0, beta_max]))
