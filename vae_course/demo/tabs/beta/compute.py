"""What the tab Beta computes: one picture and one seed through each model of a series.

A picture's copies are kept with the models when it is of a gallery; an upload's never are.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import torch
from torch import Tensor

from ....beta import active_units, kl_per_dimension
from ....evaluation import frechet_distance, psnr
from ....sampling import sample_prior
from ...core import limits
from ...core.choice import Choice, Picked, index_of, is_upload, picked
from ...core.model import Model, kept, ordered, shipped
from ...ui import pictures
from . import texts

SAMPLES = 4  # of each model, all from the same z
DRAWS, COMPONENTS = 5, 16  # of samples, and principal components, of the distance to real pictures
JUDGED = {1: 400, 3: 100}  # samples a draw, by colours: with three it takes fifty times as long
WIDEST = 128  # so many numbers are drawn for each z; a model of D dimensions takes the first D
SHOE = "Ankle boot"
PATTERNS = {  # series -> the number that varies, and the names of its models, with that number as the group
    "clothes": ("beta", r"fashion-beta-(\d+)"),
    "faces": ("beta", r"faces-beta-(\d+)"),
    "latent": ("latent", r"fashion-latent-(\d+)"),
    "latent-0": ("latent", r"fashion-latent-(\d+)-beta-0"),
}
SYMBOLS = {"beta": "β = {}", "latent": "D = {}"}


@dataclass(frozen=True, eq=False)
class Series:
    """Shipped models that differ in one number only."""

    key: str
    varies: str  # "beta" or "latent"
    models: dict[int, Model]  # by that number, the smallest first

    @cached_property
    def reference(self) -> Model:
        """The model whose gallery is picked from: one with true pictures, else the one that copies best."""
        best = max(self.models.values(), key=lambda model: model.card["figures"]["psnr"])
        return next((model for model in self.models.values() if model.originals is not None), best)

    @cached_property
    def largest_kl(self) -> float:
        """The largest mean of a dimension's KL, in nats, among the models that pay for it."""
        largest = {model: model.kl.max().item() for model in self.models.values()}
        paid = [value for model, value in largest.items() if model.preset.training.beta > 0]
        return max(paid or largest.values())


@dataclass(frozen=True)
class Copy:
    """What a model makes of the picture."""

    kl: Tensor  # of each dimension, (D,), nats
    x_hat: Tensor  # (C, H, W), decoding mu
    psnr: float

    @cached_property
    def source(self) -> str:
        """x_hat as a data URI, for the table and the curve."""
        return pictures.source(self.x_hat)


@dataclass(frozen=True)
class Row:
    """One model of a series, and what it makes of the picture and of the seed."""

    model: Model
    title: str  # among its siblings: "β = 4"
    copy: Copy
    samples: Tensor  # (4, C, H, W)
    distance: float  # of its samples from real pictures
    spread: float  # of the distance among draws of samples

    @property
    def active(self) -> int:
        return self.model.card["figures"]["active_units"]


@dataclass(frozen=True)
class Result:
    """A picture and a seed through all models of a series."""

    series: Series
    picked: Picked
    seed: int
    rows: list[Row]

    @property
    def best_above(self) -> Row:
        return max(self.rows, key=lambda row: row.copy.psnr)

    @property
    def best_below(self) -> list[Row]:
        """The one whose samples lie nearest to real pictures, and those that are no farther for all one can tell."""
        best = min(self.rows, key=lambda row: row.distance)
        return [row for row in self.rows if row.distance - row.spread <= best.distance + best.spread]


@lru_cache(maxsize=1)
def all_series() -> dict[str, Series]:
    """The series of which at least two models ship."""
    series = {}
    for key, (varies, pattern) in PATTERNS.items():
        names = {int(match[1]): name for name in ordered() if (match := re.fullmatch(pattern, name))}
        if len(names) > 1:
            series[key] = Series(key, varies, {number: shipped(names[number]) for number in sorted(names)})
    return series


def take(key) -> Series:
    """The series of that key. Raises Refused."""
    return all_series()[limits.one_of(key, tuple(all_series()), texts.SERIES_ASKED)]


def varying(varies: str) -> list[Series]:
    """The shipped series that vary this number."""
    return [series for series in all_series().values() if series.varies == varies]


def compute(series: Series, choice: Choice, seed: int) -> Result:
    """choice: an index of the reference's gallery, or an upload. Raises Refused."""
    seed, picture = limits.seed(seed), picked(series.reference, choice)
    index, rows = None if is_upload(choice) else index_of(series.reference, choice), []
    for number, model in series.models.items():
        copy = _copy(model, picture.x) if index is None else _copy_of_gallery(model, series, index)
        title = SYMBOLS[series.varies].format(number)
        rows.append(Row(model, title, copy, _samples(model, seed), *distance(model, series.reference)))
    return Result(series, picture, seed, rows)


def _copy(model: Model, x: Tensor) -> Copy:
    mu, logvar = model.encode(x)
    x_hat = model.decode(mu)
    return Copy(kl_per_dimension(mu, logvar), x_hat[0], psnr(x, x_hat))


@kept(64)
def _copy_of_gallery(model: Model, series: Series, index: int) -> Copy:
    return _copy(model, picked(series.reference, index).x)


@kept(4)
def _samples(model: Model, seed: int) -> Tensor:
    z = sample_prior(SAMPLES, WIDEST, torch.Generator().manual_seed(seed))  # the same for each model of a series
    return model.decode(z[:, : model.latent_dim])


@kept(1)
def distance(model: Model, judge: Model) -> tuple[float, float]:
    """Frechet distance of prior samples from `judge`'s gallery, in its main components: mean and deviation of DRAWS."""
    (mean, components), generator = _components(judge), torch.Generator().manual_seed(1)
    real, count = (judge.pictures.flatten(1) - mean) @ components, JUDGED[model.image_shape[0]]
    draws = (model.decode(sample_prior(count, model.latent_dim, generator)).flatten(1) for _ in range(DRAWS))
    found = torch.stack([frechet_distance((samples - mean) @ components, real) for samples in draws])
    return found.mean().item(), found.std().item()


@kept(1)
def _components(model: Model) -> tuple[Tensor, Tensor]:
    """The gallery's mean picture (P,) and main components (P, K)."""
    real = model.pictures.flatten(1)
    mean = real.mean(dim=0)
    values, vectors = torch.linalg.eigh((real - mean) @ (real - mean).T)  # (M, M), far smaller than (P, P)
    main = slice(-COMPONENTS, None)
    return mean, (real - mean).T @ (vectors[:, main] / values[main].clamp(min=1e-12).sqrt())


@kept(1)
def awake(model: Model) -> list[bool]:
    """Which dimensions vary over the model's gallery, as active_units says."""
    return [active_units(mu[:, None]) == 1 for mu in model.gallery.mu.T]


def opening_series() -> Series:
    return next(iter(all_series().values()))


def opening_picture(series: Series) -> int:
    """A shoe where there is one, else the most typical picture."""
    gallery = series.reference.gallery
    if gallery.labels is not None and SHOE in gallery.classes:
        shoes = (gallery.labels == gallery.classes.index(SHOE)).nonzero()
        if len(shoes):
            return int(shoes[0])
    return int(series.reference.typical[0])


def carried(choice: Choice, old: Series, new: Series) -> Choice:
    """The choice when another series takes over: what the new gallery does not hold gives way to its opening."""
    if is_upload(choice):
        return choice
    before, after = old.reference, new.reference
    same = before.preset.data.source == after.preset.data.source
    return choice if same and torch.equal(before.gallery.indices, after.gallery.indices) else opening_picture(new)
