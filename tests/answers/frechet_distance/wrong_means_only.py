"""Only the means."""

import torch


def frechet_distance(features_a, features_b):
    return (features_a.mean(0) - features_b.mean(0)).square().sum()
