"""Subtracts the smallest weight instead of the largest."""

import torch


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    log_w = log_p_x_given_z + log_p_z - log_q_z_given_x
    low = log_w.min(dim=0).values
    return low + (log_w - low).exp().mean(dim=0).log()
