"""The model of one training, its pictures, and what becomes of it when it is handed to the other tabs."""

import math

import numpy as np
import torch
from torch import Tensor

from .... import pretrained
from ....faces import fit_latent_gaussian
from ....images import to_unit_range
from ....loss import bce
from ....networks import Decoder
from ....runs import measure, ship
from ....training import evaluate, inference, train_step
from ....vae import VAE, build, channels_last_
from ...core.model import Own
from ...ui import pictures
from . import sets, texts
from .plans import Plan

SAMPLES, HELD, JUDGED = 24, 8, 96  # pictures on a sheet, reconstructed, and measured for the held-back curve
SHEET = {"format": "webp", "quality": 70, "method": 2}


class Learner:
    """The model of one training, its pictures, and what is looked at while it learns."""

    def __init__(self, plan: Plan, own: np.ndarray | None, seed: int = 0):
        self.plan = plan
        self.images = sets.load(plan.data, own)
        self.generator = torch.Generator().manual_seed(seed)  # of weights, batches and z; nobody else's
        self.model = channels_last_(build(plan.preset(), self.generator))
        bet_half_(self.model.decoder)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=plan.rate, fused=True)
        self.z = torch.randn(SAMPLES, plan.latent, generator=torch.Generator().manual_seed(0))
        self.held = to_unit_range(self.images.images[self.images.validation[:JUDGED]])

    def lines(self) -> dict[str, float]:
        """Lesson 05's: what the held-back pictures cost, in nats, at 0.5 everywhere, as the mean image, as they are."""
        mean = measure.mean_image(self.images.images[self.images.train]).expand_as(self.held)
        bets = {"nothing": torch.full_like(self.held, 0.5), "mean": mean, "floor": self.held}
        return {name: round(bce(self.held, bet).mean().item(), 1) for name, bet in bets.items()}

    def step(self) -> dict[str, float]:
        """One step on a random batch; beta and learning rate may have changed since the last. Raises NonFiniteLoss."""
        train = self.images.train
        chosen = train[torch.randint(len(train), (min(self.plan.batch, len(train)),), generator=self.generator)]
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate
        x = to_unit_range(self.images.images[chosen])
        return train_step(self.model, x, self.optimizer, self.plan.beta, generator=self.generator)

    def look(self) -> dict:
        """The fixed z decoded, held-back pictures reconstructed from mu, and what those cost."""
        with inference(self.model):
            samples = self.model.decode(self.z)
            again = self.model.decode(self.model.encode(self.held[:HELD])[0])
        costs = evaluate(self.model, [self.held], generator=torch.Generator().manual_seed(0))  # looking changes nothing
        told = {key: short(costs[key]) for key in ("reconstruction", "kl")}
        return {"samples": _sheet(samples), "again": _sheet(again), **told}

    def originals(self) -> str:
        return _sheet(self.held[:HELD])

    def finite(self) -> bool:
        return all(bool(weights.isfinite().all()) for weights in self.model.state_dict().values())


def bet_half_(decoder: Decoder) -> None:
    """The last layer begins at 0, in place: every pixel is bet at 0.5, and the first loss is D ln 2 exactly."""
    for weights in decoder.layers[-1].parameters():
        torch.nn.init.zeros_(weights)


def _sheet(batch: Tensor, columns: int = 8) -> str:
    """Pictures (N, C, H, W) side by side as one small data URI."""
    return pictures.source(pictures.mosaic(torch.nan_to_num(batch), columns), SHEET)


def short(value: float) -> float | None:
    """As JSON may carry it: five figures, nothing infinite."""
    return float(f"{value:.5g}") if math.isfinite(value) else None


def own_model(learner: Learner, steps: int, seconds: float) -> Own:
    """A copy of the trained model with all that a shipped one has."""
    preset, images = learner.plan.preset(), learner.images
    network: VAE = build(preset)
    network.load_state_dict(learner.model.state_dict())
    network.eval()
    tensors, about = ship.gallery_of(network, images, preset)
    gallery = pretrained.gallery_of(tensors, about)
    codes = measure.encode_all(network, images.images[images.train])
    title = texts.SETS[learner.plan.data].format(n=len(images.images))
    card = {
        "name": "own", "preset": preset.model_dump(mode="json"), "gallery": about, "attributes": {},
        "data": {"set": images.name, "title": title._asdict(), "licence": {"es": "", "en": ""}},
        "epochs": max(1, round(steps * learner.plan.batch / len(images.train))), "steps": steps,
        "seconds": round(seconds), "device": "CPU, 1 thread", "command": "",
        "parameters": sum(weights.numel() for weights in network.parameters()),
        "figures": measure.judge(network, images, preset, "validation"),
    }  # fmt: skip
    originals = to_unit_range(images.images[gallery.indices])
    return Own(network, preset, card, gallery, originals, fit_latent_gaussian(*codes))
