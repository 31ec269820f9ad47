"""Lesson 08: are the samples good, or do they only look good?"""

import math

import torch
from torch import Tensor


def decibels(mean_squared_error: float) -> float:
    """Peak signal-to-noise ratio, in dB, of images in [0, 1] with that mean squared error: 10 log10(1 / error)."""
    return -10 * math.log10(max(mean_squared_error, 1e-12))


def psnr(x: Tensor, x_hat: Tensor) -> float:
    """Peak signal-to-noise ratio in dB, from the mean squared error over all pixels of all images."""
    return decibels((x - x_hat).double().square().mean().item())


def frechet_distance(features_a: Tensor, features_b: Tensor) -> Tensor:
    """Squared Frechet distance between the Gaussians fitted to two feature sets (Heusel et al. 2017, eq. 6).

    features_a: (N, F), features_b: (M, F). Returns a scalar >= 0:
    |mean_a - mean_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)), with unbiased covariances C.
    """
    a, b = _root_of_covariance(features_a), _root_of_covariance(features_b)
    # tr (C_a C_b)^(1/2) is the sum of the singular values of a b^T: no matrix root, hence never complex
    cross = torch.linalg.svdvals(a @ b.T).sum()
    means = (features_a.double().mean(dim=0) - features_b.double().mean(dim=0)).square().sum()
    distance = means + a.square().sum() + b.square().sum() - 2 * cross
    return distance.clamp(min=0).to(features_a.dtype)


def _root_of_covariance(features: Tensor) -> Tensor:
    """R with R^T R = the unbiased covariance of features (N, F); at most F rows."""
    centred = (features - features.mean(dim=0)).double() / math.sqrt(len(features) - 1)
    return torch.linalg.qr(centred, mode="r")[1]


def nearest_neighbours(samples: Tensor, training_images: Tensor) -> Tensor:
    """For each sample the index of its nearest training image in squared error, (n,)."""
    exact = "donot_use_mm_for_euclid_dist"  # the quicker way rounds, and near ties come out wrong
    return torch.cdist(samples.flatten(1), training_images.flatten(1), compute_mode=exact).argmin(dim=1)


def importance_weighted_bound(log_p_x_given_z: Tensor, log_p_z: Tensor, log_q_z_given_x: Tensor) -> Tensor:
    """Bound on log p(x), in nats: log mean over K samples of p(x|z) p(z) / q(z|x) (Burda et al. 2016, eq. 8).

    Each argument: (K, N). Returns (N,).
    """
    log_weights = log_p_x_given_z + log_p_z - log_q_z_given_x  # (K, N)
    return torch.logsumexp(log_weights, dim=0) - math.log(len(log_weights))
