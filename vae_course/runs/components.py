"""How a model with linear paths begins: as principal component analysis (PCA) of its pictures, the best linear code."""

from typing import Any

import torch
from torch import Tensor, nn

from ..images import to_unit_range
from ..networks import NearestUpsampling
from ..vae import VAE, start_posteriors_
from .measure import EVALUATION_BATCH

EXTRA = 32  # axes that are sought beside those that are kept, so that these are found in few rounds


@torch.no_grad()
def start_at_components_(model: VAE, images: Tensor) -> None:
    """The linear paths become PCA of uint8 images (N, H, W, C), codes about N(0, I); what is beside them adds nothing.

    They see pictures as the first convolution shrinks them, by local means, and enlarge them again. In place.
    """
    paths: Any = model.encoder.path, model.decoder.path
    (shrink, _, project), (paint, _, enlarge) = paths
    average_(shrink)
    interpolate_(enlarge)
    small = torch.cat([shrink(to_unit_range(part)).flatten(1) for part in images.split(EVALUATION_BATCH)])
    mean, axes, variances = principal_axes(small, model.latent_dim)
    found, deviations = len(variances), variances.sqrt()
    project.weight[:found] = (axes / deviations).T
    project.bias[:found] = -project.weight[:found] @ mean
    middle = mean.clamp(0.02, 0.98)
    paint.weight[:, :found] = axes * deviations / (middle * (1 - middle))[:, None]  # the slope of logit there
    paint.bias.copy_(torch.logit(middle))
    for layer in (model.encoder.heads.mu, model.decoder.layers[-1]):
        for weights in layer.parameters():
            weights.zero_()
    left = (small - mean).square().mean() - variances.sum() / len(mean)  # of the variance, a number of a picture
    left = left.clamp(min=0)  # where the axes leave none, rounding may be of either sign
    start_posteriors_(model.encoder.heads.logvar, 0)
    model.encoder.heads.logvar.bias[:found] = torch.log(left / variances).clamp(min=-12)


def principal_axes(x: Tensor, count: int, rounds: int = 12) -> tuple[Tensor, Tensor, Tensor]:
    """Mean (P,), the axes of most variance (P, count) and their variances (count,) of x (N, P), the largest first.

    By subspace iteration. Fewer than count where x has fewer.
    """
    mean = x.mean(dim=0)
    x = x - mean
    start = torch.randn(x.shape[1], count + EXTRA, generator=torch.Generator().manual_seed(0))
    axes = torch.linalg.qr(start).Q
    for _ in range(rounds):
        axes = torch.linalg.qr(x.T @ (x @ axes)).Q
    _, sizes, turn = torch.linalg.svd(x @ axes, full_matrices=False)
    variances = sizes[:count].square() / len(x)
    kept = int((variances > 1e-6 * variances[0]).sum())
    return mean, (axes @ turn.T)[:, :kept], variances[:kept]


def average_(layer: nn.Conv2d) -> None:
    """Each channel of a strided convolution becomes the local mean of its own. In place."""
    (size, _), (stride, _) = layer.kernel_size, layer.stride
    width = min(size, stride)
    taps = torch.zeros(size)
    taps[(size - width) // 2 :][:width] = 1 / width
    apart_(layer, taps)


def interpolate_(layer: nn.ConvTranspose2d | NearestUpsampling) -> None:
    """Each channel of a decoder's stage becomes its own, enlarged bilinearly as far as its kernel reaches. In place."""
    repeats = isinstance(layer, NearestUpsampling)
    kernel = layer.conv if isinstance(layer, NearestUpsampling) else layer
    stride, size = 2 if repeats else kernel.stride[0], kernel.kernel_size[0]
    taps = (1 - (torch.arange(size) - (size - 1) / 2).abs() / stride).clamp(min=0)
    apart_(kernel, taps / taps.sum() * (1 if repeats else stride))


def apart_(layer: nn.Conv2d | nn.ConvTranspose2d, taps: Tensor) -> None:
    """Channels that do not mix, each through those taps (K,) along both axes. In place."""
    for weights in layer.parameters():
        weights.zero_()
    for channel in range(layer.out_channels):
        layer.weight[channel, channel] = taps[:, None] * taps
