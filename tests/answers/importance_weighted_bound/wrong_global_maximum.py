"""One maximum for all images."""

import math

import torch


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    log_w = log_p_x_given_z + log_p_z - log_q_z_given_x
    top = log_w.max()
    return top + (log_w - top).exp().mean(dim=0).log()
