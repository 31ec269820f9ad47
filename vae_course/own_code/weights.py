"""A shipped model's weights in a student's network, where its layers are those of lesson 02."""

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights, fuse_linear_bn_weights

from . import texts
from .source import Unusable

NORM = ("running_mean", "running_var", "weight", "bias")


def fitted(network: nn.Module, theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """The network's weights under the names of a student's state, matched by order and shape; logvar's head is second.

    A network without batch normalisation gets it folded into its layers. Raises Unusable: which weight does not fit.
    """
    names = list(theirs)
    if any("var" in name for name in names[-4:-2]) and not any("var" in name for name in names[-2:]):
        names[-4:] = [*names[-2:], *names[-4:-2]]
    shapes = [tuple(theirs[name].shape) for name in names]
    for ours in (list(network.state_dict().values()), folded(network)):
        if [tuple(one.shape) for one in ours] == shapes:
            return dict(zip(names, ours, strict=True))
    for name, shape, one in zip(names, shapes, ours, strict=False):
        if shape != tuple(one.shape):
            raise Unusable(texts.OTHER_WEIGHT.format(name=name, theirs=str(shape), ours=str(tuple(one.shape))))
    raise Unusable(texts.OTHER_COUNT.format(theirs=len(names), ours=len(ours)))


@torch.no_grad()
def folded(network: nn.Module) -> list[Tensor]:
    """Weights and biases of its layers in order, each with the batch normalisation that follows it (in eval mode)."""
    layers: list[tuple[nn.Module, Tensor, Tensor]] = []
    for part in network.modules():
        if isinstance(part, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            assert part.bias is not None
            layers.append((part, part.weight, part.bias))
        elif isinstance(part, nn.BatchNorm2d):
            layer, weight, bias = layers[-1]
            each = len(bias) // part.num_features  # of a Linear, whose outputs are pixels of channels
            mean, variance, scale, shift = (getattr(part, name).repeat_interleave(each) for name in NORM)
            norm = (mean, variance, part.eps, scale, shift)
            if isinstance(layer, nn.Linear):
                layers[-1] = layer, *fuse_linear_bn_weights(weight, bias, *norm)
            else:
                transposed = isinstance(layer, nn.ConvTranspose2d)
                layers[-1] = layer, *fuse_conv_bn_weights(weight, bias, *norm, transposed)
    return [tensor for _, *pair in layers for tensor in pair]
