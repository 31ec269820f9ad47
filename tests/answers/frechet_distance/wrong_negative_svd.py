"""The nuclear norm of the product of centred features, without a minimum of 0 at the end."""

import torch


def frechet_distance(features_a, features_b):
    a, b = features_a.double(), features_b.double()
    x = (a - a.mean(0)) / (len(a) - 1) ** 0.5
    y = (b - b.mean(0)) / (len(b) - 1) ** 0.5
    nuclear = torch.linalg.svdvals(x @ y.T).sum()
    return (a.mean(0) - b.mean(0)).norm() ** 2 + x.norm() ** 2 + y.norm() ** 2 - 2 * nuclear
