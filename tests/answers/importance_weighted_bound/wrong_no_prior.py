"""log p(z) is missing."""

import math

import torch


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    log_w = log_p_x_given_z - log_q_z_given_x
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])
