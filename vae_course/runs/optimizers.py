"""The optimizers that a preset may ask for."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from .. import presets


def make_optimizer(model: nn.Module, options: presets.Training) -> torch.optim.Optimizer:
    """The preset's optimizer for all of the model's parameters. beta1 is the momentum of "sgd" and "muon"."""
    settings, parameters = options.optimizer, list(model.parameters())
    usual: dict[str, Any] = {"lr": options.learning_rate, "weight_decay": settings.weight_decay}
    adam = usual | {"betas": (settings.beta1, settings.beta2), "eps": settings.epsilon, "fused": True}
    match settings.type:
        case "sgd":
            return torch.optim.SGD(parameters, **usual, momentum=settings.beta1)
        case "adam":
            return torch.optim.Adam(parameters, **adam)
        case "adamw":
            return torch.optim.AdamW(parameters, **adam)
        case "muon":
            return MuonAndAdamW(parameters, **adam)


class Muon(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024) for matrices, in their own precision, with Nesterov's momentum.

    Each step goes along the nearest matrix with orthonormal rows or columns, as far as AdamW would (Liu et al. 2025,
    equation 4). torch.optim.Muon looks for it in bfloat16, which many processors only emulate: measured on one core
    with oneDNN held to AVX2, its step of `faces` takes 4.7 seconds, and this one 50 milliseconds.
    """

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["momentum_buffer"] = torch.zeros_like(weight)
                momentum = state["momentum_buffer"]
                momentum.lerp_(weight.grad, 1 - group["momentum"])
                direction = orthonormal(weight.grad.lerp(momentum, group["momentum"]))
                rate = 0.2 * math.sqrt(max(weight.shape)) * group["lr"]
                weight.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction, alpha=rate)


def orthonormal(matrix: Tensor) -> Tensor:
    """Roughly the nearest matrix with orthonormal rows, or columns where it is taller than wide.

    Five Newton-Schulz steps, X -> (a + b X X' + c (X X')^2) X, by the coefficients of Jordan et al. 2024: they take
    singular values to about 0.7 to 1.2, those below a thousandth of the norm to less. Done on the small X X' and the
    product of all brackets, so that the wide matrix is multiplied at the beginning and the end alone.
    """
    if matrix.shape[0] > matrix.shape[1]:
        return orthonormal(matrix.T).T
    x = matrix / matrix.norm().clamp(min=1e-7)
    a, b, c = 3.4445, -4.7750, 2.0315
    gram = x @ x.T
    whole = one = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    for _ in range(5):
        factor = torch.addmm(gram, gram, gram, beta=b, alpha=c) + a * one
        whole, gram = factor @ whole, factor @ gram @ factor
    return whole @ x


class MuonAndAdamW(torch.optim.Optimizer):
    """Muon for weights, AdamW for biases and normalisation, as one optimizer.

    With Muon all directions of a layer move equally far, where other optimizers mostly follow a few. A convolution
    counts as the matrix (N, all else) of its kernels. One learning rate serves both.
    """

    def __init__(
        self, parameters: list[nn.Parameter], *, lr: float, weight_decay: float, betas: tuple[float, float],
        **others: Any,
    ):  # fmt: skip
        """betas: AdamW's; the first is Muon's momentum, too. others: AdamW's own settings."""
        self.weights = [one for one in parameters if one.ndim >= 2]
        self.matrices = [nn.Parameter(matrix(one.detach(), one), False) for one in self.weights]
        rest = [one for one in parameters if one.ndim < 2]
        self.parts = (
            Muon(self.matrices, {"lr": lr, "momentum": betas[0], "weight_decay": weight_decay}),
            torch.optim.AdamW(rest, lr=lr, betas=betas, weight_decay=weight_decay, **others),
        )
        super().__init__([group for part in self.parts for group in part.param_groups], {})
        self._share()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Called by load_state_dict, which makes groups and state anew."""
        super().__setstate__(state)
        self._share()

    def _share(self) -> None:
        """Has the parts, of one group each, work on the groups and state of the whole, which schedules change."""
        for part, group in zip(self.parts, self.param_groups, strict=True):
            part.param_groups, part.state = [group], self.state

    def zero_grad(self, set_to_none: bool = True) -> None:
        super().zero_grad(set_to_none)
        for weight in self.weights:
            weight.grad = None

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Raises TypeError for a closure."""
        if closure is not None:
            raise TypeError("several optimizers can't share a closure")
        for weight, own in zip(self.weights, self.matrices, strict=True):
            own.grad = None if weight.grad is None else matrix(weight.grad, weight)
        for part in self.parts:
            part.step()


def matrix(x: Tensor, weight: Tensor) -> Tensor:
    """x, a weight (N, ...) or its gradient, as (N, all else) in the order in which the weight lies in memory, which a
    weight then shares."""
    rows = x if weight.is_contiguous() else x.movedim(1, -1)  # channels_last
    return rows.reshape(len(x), -1)
