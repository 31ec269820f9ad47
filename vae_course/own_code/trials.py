"""What each tab asks a student's functions: the same as the course's own, through the same messages."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from ..confined.protocol import Recipe
from ..confined.student import Handle, InProcess, Outcome, Student
from ..demo.core.model import Model
from ..faces import attribute_direction
from ..sampling import sample_prior
from . import texts
from .source import FUNCTIONS, Unusable
from .weights import fitted

DRAWS, STEPS, BATCH, BETA = 8, 11, 16, 4.0
KINDS = {"gaussian": "mse", "l1_mean": "l1"}  # of a model's loss -> the nearest that students write


@dataclass(frozen=True)
class At:
    """What a tab shows now."""

    model: Model
    seed: int = 0
    count: int = DRAWS
    scale: float = 1.0  # of codes before they are decoded
    picked: Any = None  # the picture with its code, a choice.Picked
    to: Any = None  # the other end of a walk, too
    path: str = ""

    @property
    def posterior(self) -> tuple[Tensor, Tensor]:
        """(mu, logvar) of the picture, for each draw."""
        return self.picked.mu.expand(self.count, -1), self.picked.logvar.expand(self.count, -1)

    @property
    def shape(self) -> tuple[int, int, Recipe]:
        """Of draws of the prior, and their chance."""
        return self.count, self.model.latent_dim, Recipe("generator", {"seed": self.seed})

    @property
    def prior(self) -> Tensor:
        return sample_prior(self.count, self.model.latent_dim, torch.Generator().manual_seed(self.seed))

    @property
    def codes(self) -> tuple[Tensor, Tensor]:
        """(mu, logvar) of the gallery."""
        return self.model.gallery.mu, self.model.gallery.logvar

    @property
    def bright(self) -> Tensor:
        """Which of the gallery's pictures are brighter than most, (M,)."""
        light = self.model.pictures.flatten(1).mean(dim=1)
        return light > light.median()

    @property
    def copy(self) -> tuple[Tensor, Tensor]:
        """The picture, and its code decoded."""
        return self.picked.x, self.model.decode(self.picked.mu)

    @property
    def batch(self) -> tuple:
        """What the loss of the gallery's first pictures is made of, its beta and its kind."""
        x = self.model.pictures[:BATCH]
        mu, logvar = self.model.encode(x)
        return x, self.model.decode(mu), mu, logvar, BETA, self.kind

    @property
    def kind(self) -> str:
        """Of reconstruction loss."""
        return KINDS.get(self.model.preset.training.loss, self.model.preset.training.loss)


@dataclass(frozen=True)
class Trial:
    """A call of the function `name`, a student's or the course's, at what a tab shows."""

    name: str
    arguments: Callable[[At], tuple]
    shows: str = "numbers"  # what comes back: "codes", to be decoded, "pictures", or "numbers"
    noise: Callable[[Tensor, At], Tensor] | None = None  # of draws: what should be N(0, 1)
    fits: Callable[[At], bool] = lambda at: True

    def call(self, student: Student, at: At) -> Outcome:
        return student.ask(self.name, *self.arguments(at), seed=at.seed, gradients=False)

    def course(self, at: At) -> Any:
        """What the course's own function gives."""
        return self.call(course(), at).ok().value


@dataclass(frozen=True)
class OfNetwork(Trial):
    """A call of a network of the student's class, with the weights of the model's `part`; that is the course's."""

    part: str = ""

    def call(self, student: Student, at: At) -> Outcome:
        """Raises Unusable where the weights do not fit."""
        hidden, channels = list(at.model.preset.model.hidden_channels or ()), at.model.image_shape[0]
        network = getattr(student, self.name)(channels, at.model.image_shape[1], hidden, at.model.latent_dim)
        if not isinstance(network, Handle):
            raise Unusable(texts.NO_NETWORK.format(name=self.name))
        network.set_parameters(fitted(getattr(at.model.network, self.part), network.state()))
        network.train(False)
        return network.ask(*self.arguments(at), gradients=False)

    @torch.inference_mode()
    def course(self, at: At) -> Any:
        return getattr(at.model.network, self.part)(*self.arguments(at))


class OfWalk(Trial):
    """Pictures of a toy that knows only codes, which come back as such, to be decoded by the model."""

    def call(self, student: Student, at: At) -> Outcome:
        ends = (one.mu.sinh()[:, None] for one in (at.picked, at.to))
        outcome = student.ask(self.name, Recipe("codes_as_pictures", {}), *ends, STEPS, gradients=False)
        return replace(outcome, value=outcome.value.asinh()) if isinstance(outcome.value, Tensor) else outcome


class OfTraining(Trial):
    """A toy's first and last loss in 30 steps, on thumbnails of the gallery; without noise: equal code gives equals."""

    def call(self, student: Student, at: At) -> Outcome:
        x = adaptive_avg_pool2d(at.model.pictures[:64].mean(dim=1, keepdim=True), 4)
        model = student.make(Recipe("toy_vae", {"seed": at.seed, "extras": False, "noiseless": True}))
        optimizer = student.make(Recipe("adam", {"model": model, "lr": 0.02}))
        steps = [student.ask(self.name, model, x, optimizer, backward=False).ok() for _ in range(30)]
        values = [one.value.get("loss") if isinstance(one.value, dict) else one.value for one in (steps[0], steps[-1])]
        return replace(steps[-1], value=values)


@cache
def course() -> Student:
    """The course's own functions, spoken to as a student's are."""
    modules = {name: import_module(f"vae_course.{exercise.module}") for name, exercise in FUNCTIONS.items()}
    return Student(InProcess({name: getattr(module, name) for name, module in modules.items()}))


def _networks_fit(at: At) -> bool:
    """Whether the model is made of what networks are made of in lesson 02: strided convolutions and ReLU."""
    model = at.model.preset.model
    return not (model.dense or model.residual_blocks or model.linear_path) and model.activation == "relu"


LINE = torch.linspace(0, 1, STEPS)
TRIALS: dict[str, tuple[Trial, ...]] = {
    "generate": (
        Trial("sample_prior", lambda at: at.shape, "codes", lambda z, at: z),
        Trial("generate", lambda at: (Recipe("identity", {}), *at.shape), "codes", lambda z, at: z),
        Trial("nearest_neighbours", lambda at: (at.model.decode(at.prior), at.model.pictures)),
        Trial("frechet_distance", lambda at: (at.codes[0], at.prior)),
        Trial("fit_latent_gaussian", lambda at: at.codes),
    ),
    "reconstruct": (
        Trial("reparameterize", lambda at: (*at.posterior, at.shape[-1]), "codes",
              lambda z, at: (z - at.posterior[0]) / (0.5 * at.posterior[1]).exp()),
        OfNetwork("ConvEncoder", lambda at: (at.picked.x,), "codes", fits=_networks_fit, part="encoder"),
        OfNetwork("ConvDecoder", lambda at: (at.picked.mu,), "pictures", fits=_networks_fit, part="decoder"),
        Trial("reconstruction_loss", lambda at: (*at.copy, at.kind)),
        Trial("kl_divergence", lambda at: (at.picked.mu, at.picked.logvar)),
        Trial("vae_loss", lambda at: at.batch),
        Trial("log_normal", lambda at: (torch.zeros_like(at.picked.mu), at.picked.mu, at.picked.logvar)),
    ),
    "mix": (
        Trial("lerp", lambda at: (at.picked.mu[0], at.to.mu[0], LINE), "codes", fits=lambda at: at.path == "lerp"),
        Trial("slerp", lambda at: (at.picked.mu[0], at.to.mu[0], LINE), "codes", fits=lambda at: at.path == "slerp"),
        OfWalk("interpolate_images", lambda at: (), "codes", fits=lambda at: at.path == "lerp"),
    ),
    "features": (
        Trial("traverse", lambda at: (at.picked.mu[0], int(at.model.dimensions[0]), 6 * LINE - 3), "codes"),
        Trial("apply_attribute", lambda at: (at.picked.mu, attribute_direction(at.codes[0], at.bright), 2.0), "codes"),
        Trial("attribute_direction", lambda at: (at.codes[0], at.bright)),
        Trial("kl_per_dimension", lambda at: at.codes),
        Trial("active_units", lambda at: (at.codes[0], at.codes[0].var(dim=0).median().item())),
    ),
    "train": (OfTraining("train_step", lambda at: ()),),
}  # fmt: skip
SHOWN = {trial.name for trials in TRIALS.values() for trial in trials}
