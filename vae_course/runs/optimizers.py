"""The optimizers that a preset may ask for."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from .. import presets


def make_optimizer(model: nn.Module, options: presets.Training) -> torch.optim.Optimizer:
    """The preset's optimizer for all of the model's parameters. beta1 is the momentum of "sgd" and "muon"."""
    settings = options.optimizer
    rate, decay, betas = options.learning_rate, settings.weight_decay, (settings.beta1, settings.beta2)
    if settings.type == "sgd":
        return torch.optim.SGD(model.parameters(), lr=rate, momentum=settings.beta1, weight_decay=decay)
    if settings.type == "muon":
        matrices = [one for one in model.parameters() if one.ndim == 2]
        others = [one for one in model.parameters() if one.ndim != 2]
        muon = torch.optim.Muon(
            matrices, lr=rate, momentum=settings.beta1, weight_decay=decay, adjust_lr_fn="match_rms_adamw"
        )
        adamw = torch.optim.AdamW(others, lr=rate, betas=betas, eps=settings.epsilon, weight_decay=decay, fused=True)
        return Together(muon, adamw)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[settings.type]
    return kind(model.parameters(), lr=rate, betas=betas, eps=settings.epsilon, weight_decay=decay, fused=True)


class Together(torch.optim.Optimizer):
    """Several optimizers as one, each for its own parameters, such as Muon (Jordan et al. 2024), which is for matrices.

    Muon steps along the nearest matrix with orthonormal rows or columns, all directions of a layer equally far; biases,
    convolutions and normalisation are left to AdamW, whose steps are as long (Liu et al. 2025, equation 4).
    """

    def __init__(self, *parts: torch.optim.Optimizer):
        self.parts = parts
        super().__init__([group for part in parts for group in part.param_groups], {})
        self._share()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Called by load_state_dict, which makes groups and state anew."""
        super().__setstate__(state)
        self._share()

    def _share(self) -> None:
        """Has the parts, of one group each, work on the groups and state of the whole, which schedules change."""
        for part, group in zip(self.parts, self.param_groups, strict=True):
            part.param_groups, part.state = [group], self.state

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Raises TypeError for a closure."""
        if closure is not None:
            raise TypeError("several optimizers can't share a closure")
        for part in self.parts:
            part.step()
