"""The dimension of the samples stays: (1, N)."""

import math

import torch


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    weights = log_p_x_given_z + log_p_z - log_q_z_given_x
    return torch.logsumexp(weights, dim=0, keepdim=True) - math.log(len(weights))
