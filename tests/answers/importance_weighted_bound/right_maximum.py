"""Each image's maximum first."""

import math

import torch


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    log_w = (log_p_x_given_z + log_p_z - log_q_z_given_x).double()
    top = log_w.max(dim=0).values
    return (top + (log_w - top).exp().mean(dim=0).log()).float()
