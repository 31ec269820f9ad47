"""What a code says of its picture, attribute by attribute, and how that changes when a slider moves."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ....data import DRAWN, drawn
from ....faces import apply_attribute
from ...core.model import Model, kept
from .knobs import kind_of, knob
from .labels import MOSTLY

MOST_ROWS, LEAST_OTHERS = 8, 4  # of a picture's readings: rows in all, rows of what was not moved


@dataclass(frozen=True)
class Probe:
    """Reads each attribute from a code: a probability, or a factor's place in its range."""

    names: tuple[str, ...]
    weights: Tensor  # (K, D)
    bias: Tensor  # (K,)
    probability: bool

    def read(self, z: Tensor) -> Tensor:
        """z (N, D) -> (N, K)."""
        scores = z @ self.weights.T + self.bias
        return scores.sigmoid() if self.probability else scores


@dataclass(frozen=True)
class Row:
    """One attribute's reading, in per cent."""

    attribute: str
    change: float
    before: float | None = None
    after: float | None = None
    own: bool = False  # its own slider moved


@kept(1)
def probe(model: Model) -> Probe | None:
    """What tells attributes from codes, by what ships: the directions, the codes' covariance, how common each is."""
    readers = {"celeba": _discriminants, "drawn": _regressions}
    reader = readers.get(kind_of(model))
    return reader(model) if reader else None


def _discriminants(model: Model) -> Probe:
    """Fisher's linear discriminant for each label: Gaussian classes with one covariance, that within the classes."""
    mean, covariance = model.gaussian
    weights, bias = [], []
    for attribute, way in model.directions.items():
        common = model.card["attributes"][attribute]["baseline"]
        p = common if attribute in MOSTLY else 1 - common
        weights.append(torch.linalg.solve(covariance - p * (1 - p) * torch.outer(way, way), way))
        between = mean + (0.5 - p) * way  # the middle of the two classes' means
        bias.append(torch.logit(torch.tensor(p)) - weights[-1] @ between)
    return Probe(tuple(model.directions), torch.stack(weights), torch.stack(bias), True)


def _regressions(model: Model) -> Probe:
    """Least squares for each factor, as the place in its range 0..1."""
    (mean, covariance), about = model.gaussian, model.preset.data
    factors = drawn.sample_factors(about.count or DRAWN, about.seed)
    weights, bias = [], []
    for factor, way in model.directions.items():
        low, high = drawn.FACTORS[factor]
        values = (torch.from_numpy(factors[factor]) - low) / (high - low)
        slope = (high - low) * way * values.var()
        weights.append(torch.linalg.solve(covariance, slope))
        bias.append(values.mean() - weights[-1] @ mean)
    return Probe(tuple(model.directions), torch.stack(weights), torch.stack(bias), False)


@kept(64)
def drift(model: Model, key: str, strength: float = 1.0) -> tuple[Row, ...]:
    """How the reading of each attribute changes when a slider goes from 0 to `strength`, on average over the gallery.

    The largest change comes first; a model without attributes has no rows.
    """
    reader, moved, mu = probe(model), knob(model, key), model.gallery.mu
    if reader is None:
        return ()
    change = 100 * (reader.read(apply_attribute(mu, moved.direction, strength)) - reader.read(mu)).mean(dim=0)
    rows = [
        Row(name, value, own=name == moved.attribute)
        for name, value in zip(reader.names, change.tolist(), strict=True)
    ]  # fmt: skip
    return tuple(_by_size(rows))


def readings(model: Model, before: Tensor, after: Tensor, moved: dict[str, float]) -> list[Row]:
    """What codes (D,) say of a picture before and after: what was moved, then what changed most with it."""
    reader = probe(model)
    if reader is None:
        return []
    shares = (100 * reader.read(torch.stack([before, after])).clamp(0, 1)).tolist()
    own = {knob(model, key).attribute for key in moved}
    rows = _by_size(
        [Row(name, b - a, a, b, name in own) for name, a, b in zip(reader.names, *shares, strict=True)]
    )  # fmt: skip
    chosen, others = [row for row in rows if row.own], [row for row in rows if not row.own]
    return chosen + others[: max(LEAST_OTHERS, MOST_ROWS - len(chosen))]


def _by_size(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -abs(row.change))
