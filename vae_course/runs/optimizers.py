"""The optimizers that a preset may ask for."""

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


class MuonAndAdamW(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024) for weights, AdamW for biases and normalisation, as one optimizer.

    Muon steps along the nearest matrix with orthonormal rows or columns: all directions of a layer move equally far,
    where other optimizers mostly follow a few. A convolution counts as the matrix (N, all else) of its kernels. Steps
    are as long as AdamW's (Liu et al. 2025, equation 4), so that one learning rate serves both.
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
            torch.optim.Muon(
                self.matrices, lr=lr, momentum=betas[0], weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw"
            ),
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
