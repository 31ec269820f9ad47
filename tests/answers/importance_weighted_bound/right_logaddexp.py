"""One sample after the other."""

import math

import torch


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    total = None
    for x, z, q in zip(log_p_x_given_z, log_p_z, log_q_z_given_x):
        total = x + z - q if total is None else torch.logaddexp(total, x + z - q)
    return total - math.log(len(log_p_z))
