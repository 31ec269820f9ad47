"""The mean of logarithms."""

import math

import torch


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    return (log_p_x_given_z + log_p_z - log_q_z_given_x).mean(dim=0)
