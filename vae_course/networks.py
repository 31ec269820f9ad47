"""Lesson 02: encoders and decoders, convolutional and dense.

Every encoder maps images x (N, C, H, W) to (mu, logvar), each (N, latent_dim); every decoder maps z (N, latent_dim)
to images in [0, 1]. The decoder mirrors the encoder's sizes exactly, so any image size comes back as it went in.
"""

import math
from collections.abc import Sequence
from contextlib import nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.amp import is_autocast_available

ImageShape = tuple[int, int, int]  # channels, height, width


class Cosh(nn.Module):
    """The hyperbolic cosine, which the emoji project puts before its last layer."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cosh(x)


ACTIVATIONS = {
    "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus, "gelu": nn.GELU, "silu": nn.SiLU, "cosh": Cosh,
}  # fmt: skip


def activation_layer(name: str) -> nn.Module:
    """The activation of that name as a module, one of ACTIVATIONS. Raises ValueError."""
    if name not in ACTIVATIONS:
        raise ValueError(f"activation {name!r} is not one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]()


def normalisation(name: str, channels: int) -> nn.Module:
    """ "none", "batch" or "group" (groups of at least 4 channels, at most 16 groups) for that many channels."""
    if name == "batch":
        return nn.BatchNorm2d(channels)
    if name == "group":
        return nn.GroupNorm(math.gcd(channels, max(1, min(16, channels // 4))), channels)
    if name == "none":
        return nn.Identity()
    raise ValueError(f"norm {name!r} is not one of none, batch, group")


def conv_output_size(size: int, kernel_size: int, stride: int, padding: int) -> int:
    """Side of a Conv2d's output for an input of that side (Dumoulin and Visin 2016, relationship 6)."""
    return (size + 2 * padding - kernel_size) // stride + 1


def feature_sizes(
    image_size: int | tuple[int, int], layers: int, kernel_size: int, stride: int, padding: int
) -> list[tuple[int, int]]:
    """(height, width) before the first and after each of the strided convolutions: layers + 1 pairs."""
    height, width = (image_size, image_size) if isinstance(image_size, int) else image_size
    sizes = [(height, width)]
    for _ in range(layers):
        height, width = (conv_output_size(side, kernel_size, stride, padding) for side in sizes[-1])
        sizes.append((height, width))
    if min(sizes[-1]) < 1:
        raise ValueError(f"{layers} convolutions shrink a {sizes[0][0]} x {sizes[0][1]} image to nothing")
    return sizes


class ResidualBlock(nn.Module):
    """x + f(x) with two 3 x 3 convolutions (He et al. 2016); the size stays."""

    def __init__(self, channels: int, activation: str, norm: str):
        super().__init__()
        self.body = nn.Sequential(
            normalisation(norm, channels), activation_layer(activation), nn.Conv2d(channels, channels, 3, padding=1),
            normalisation(norm, channels), activation_layer(activation), nn.Conv2d(channels, channels, 3, padding=1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Heads(nn.Module):
    """mu and logvar from the same features by separate linear layers, unbounded.

    Autocast stops here: near the prior, exp(logvar) - 1 - logvar in bfloat16 is mostly its rounding.
    """

    def __init__(self, features: int, latent_dim: int):
        super().__init__()
        self.mu = nn.Linear(features, latent_dim)
        self.logvar = nn.Linear(features, latent_dim)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        kind = features.device.type
        casts = is_autocast_available(kind) and torch.is_autocast_enabled(kind)
        with torch.autocast(kind, enabled=False) if casts else nullcontext():
            features = features.to(self.mu.weight.dtype)
            return self.mu(features), self.logvar(features)


class ConvEncoder(nn.Module):
    """Images to (mu, logvar): one strided convolution per entry of hidden_channels, then two linear heads.

    linear_path: one more convolution and linear layer beside them, without activations, whose result is added to mu.
    """

    def __init__(
        self, in_channels: int, image_size: int | tuple[int, int], hidden_channels: Sequence[int], latent_dim: int, *,
        kernel_size: int = 4, stride: int = 2, padding: int = 1,
        activation: str = "relu", norm: str = "none", residual_blocks: int = 0, linear_path: bool = False,
    ):  # fmt: skip
        super().__init__()
        sizes = feature_sizes(image_size, len(hidden_channels), kernel_size, stride, padding)
        self.image_shape, self.latent_dim = (in_channels, *sizes[0]), latent_dim
        layers: list[nn.Module] = []
        for before, after in zip((in_channels, *hidden_channels), hidden_channels, strict=False):
            layers += [nn.Conv2d(before, after, kernel_size, stride, padding)]
            layers += [ResidualBlock(after, activation, norm) for _ in range(residual_blocks)]
            layers += [normalisation(norm, after), activation_layer(activation)]
        self.features = nn.Sequential(*layers, nn.Flatten())  # (N, C, H, W) -> (N, C' H' W')
        self.heads = Heads(hidden_channels[-1] * math.prod(sizes[-1]), latent_dim)
        self.path: nn.Sequential | None = None
        if linear_path:
            shrink = nn.Conv2d(in_channels, in_channels, kernel_size, stride, padding)
            self.path = nn.Sequential(shrink, nn.Flatten(), nn.Linear(in_channels * math.prod(sizes[1]), latent_dim))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mu, logvar = self.heads(self.features(x))
        return (mu if self.path is None else mu + self.path(x)), logvar


class NearestUpsampling(nn.Module):
    """Repeats pixels up to the given size, then a 3 x 3 convolution: no checkerboard (Odena et al. 2016)."""

    def __init__(self, in_channels: int, out_channels: int, size: tuple[int, int]):
        super().__init__()
        self.size = size
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, size=self.size, mode="nearest"))


def upsampling(
    kind: str, before: int, after: int, size: tuple[int, int], kernel_size: int, stride: int, padding: int
) -> nn.Module:
    """One stage of a decoder, "transposed" or "nearest", to pictures of that (height, width)."""
    if kind == "nearest":
        return NearestUpsampling(before, after, size)
    if kind == "transposed":
        down, right = ((side + 2 * padding - kernel_size) % stride for side in size)  # what the encoder cut off
        return nn.ConvTranspose2d(before, after, kernel_size, stride, padding, output_padding=(down, right))
    raise ValueError(f"upsample {kind!r} is not one of transposed, nearest")


class ConvDecoder(nn.Module):
    """z to images in [0, 1]: the encoder's stages mirrored; hidden_channels in the encoder's order.

    linear_path: the encoder's, mirrored: a linear layer and a stage without activations, added before the sigmoid.
    """

    def __init__(
        self, out_channels: int, image_size: int | tuple[int, int], hidden_channels: Sequence[int], latent_dim: int, *,
        kernel_size: int = 4, stride: int = 2, padding: int = 1, upsample: str = "transposed",
        activation: str = "relu", norm: str = "none", residual_blocks: int = 0, linear_path: bool = False,
    ):  # fmt: skip
        super().__init__()
        how = (kernel_size, stride, padding)
        sizes = feature_sizes(image_size, len(hidden_channels), *how)[::-1]  # small to large
        widths = [*hidden_channels[::-1], out_channels]
        self.image_shape, self.latent_dim = (out_channels, *sizes[-1]), latent_dim
        self.start = (widths[0], *sizes[0])
        self.project = nn.Linear(latent_dim, math.prod(self.start))
        layers: list[nn.Module] = []
        for before, after, size in zip(widths, widths[1:], sizes[1:], strict=False):
            layers += [ResidualBlock(before, activation, norm) for _ in range(residual_blocks)]
            layers += [normalisation(norm, before), activation_layer(activation)]
            layers += [upsampling(upsample, before, after, size, *how)]
        self.layers = nn.Sequential(*layers)
        self.path: nn.Sequential | None = None
        if linear_path:
            start = (out_channels, *sizes[-2])
            paint = nn.Linear(latent_dim, math.prod(start))
            enlarge = upsampling(upsample, out_channels, out_channels, sizes[-1], *how)
            self.path = nn.Sequential(paint, nn.Unflatten(1, start), enlarge)

    @property
    def output_bias(self) -> nn.Parameter:
        """The bias of the last layer, before the sigmoid: one number a channel."""
        last = self.layers[-1]
        return _bias(last.conv if isinstance(last, NearestUpsampling) else last)

    def forward(self, z: Tensor) -> Tensor:
        features = self.project(z).unflatten(1, self.start)  # (N, D) -> (N, C', H', W')
        logits = self.layers(features) if self.path is None else self.layers(features) + self.path(z)
        return torch.sigmoid(logits.float())  # bfloat16 would round pixels near 1 up to 1


def _bias(layer: nn.Module) -> nn.Parameter:
    bias = layer.bias
    if not isinstance(bias, nn.Parameter):
        raise TypeError(f"{type(layer).__name__} has no bias")
    return bias


def dense_layers(features: int, layers: Sequence[tuple[int, str]]) -> list[nn.Module]:
    """Linear layers of the given (units, activation), from that many features."""
    stack: list[nn.Module] = []
    for units, name in layers:
        stack += [nn.Linear(features, units), activation_layer(name)]
        features = units
    return stack


class DenseEncoder(nn.Module):
    """Flattened images to (mu, logvar) through fully connected layers, each (units, activation)."""

    def __init__(self, image_shape: ImageShape, layers: Sequence[tuple[int, str]], latent_dim: int):
        super().__init__()
        self.image_shape, self.latent_dim = (*image_shape,), latent_dim
        pixels = math.prod(image_shape)
        self.features = nn.Sequential(nn.Flatten(), *dense_layers(pixels, layers))
        self.heads = Heads(layers[-1][0] if layers else pixels, latent_dim)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.heads(self.features(x))


class DenseDecoder(nn.Module):
    """z through fully connected layers, each (units, activation), to images in [0, 1]."""

    def __init__(self, image_shape: ImageShape, layers: Sequence[tuple[int, str]], latent_dim: int):
        super().__init__()
        self.image_shape, self.latent_dim = (*image_shape,), latent_dim
        last = layers[-1][0] if layers else latent_dim
        self.layers = nn.Sequential(*dense_layers(latent_dim, layers), nn.Linear(last, math.prod(image_shape)))

    @property
    def output_bias(self) -> nn.Parameter:
        """The bias of the last layer, before the sigmoid: one number a pixel."""
        return _bias(self.layers[-1])

    def forward(self, z: Tensor) -> Tensor:
        return torch.sigmoid(self.layers(z).float()).unflatten(1, self.image_shape)  # (N, C H W) -> (N, C, H, W)


Encoder = ConvEncoder | DenseEncoder
Decoder = ConvDecoder | DenseDecoder


def linear_layers(module: nn.Module) -> list[nn.Linear | nn.Conv2d | nn.ConvTranspose2d]:
    """The layers whose weights begin at random, in the order in which they were made."""
    return [part for part in module.modules() if isinstance(part, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))]


def redraw_(module: nn.Module, generator: torch.Generator) -> nn.Module:
    """PyTorch's own initialisation once more, in place, from a generator: all are U(-k, k), k = 1 / sqrt(fan_in)."""
    for layer in linear_layers(module):
        bound = 1 / math.sqrt(layer.weight[0].numel())
        nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
        if layer.bias is not None:
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    return module


def kaiming_(module: nn.Module, generator: torch.Generator | None = None) -> nn.Module:
    """He initialisation in place (He et al. 2015): weights N(0, 2 / fan_in), biases 0."""
    for layer in linear_layers(module):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return module
