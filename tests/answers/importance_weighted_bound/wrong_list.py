"""A list for a tensor."""

import math


def importance_weighted_bound(log_p_x_given_z, log_p_z, log_q_z_given_x):
    weights = log_p_x_given_z + log_p_z - log_q_z_given_x
    return (weights.logsumexp(dim=0) - math.log(len(weights))).tolist()
