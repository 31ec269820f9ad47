"""What the tab Map computes: where points, outlines and tiles lie, which colours they have, the path between two."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ....latent_space import lerp
from ....text import Both
from ...core import attributes, limits
from ...core.choice import CLASSES, index_of
from ...core.model import Model, first
from ...ui import pictures
from . import texts

COLOURS = (  # of classes: most are Okabe and Ito's; no grey, which tiles are made of
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7B5FC8", "#56B4E9", "#9A6324", "#E6308A", "#882255", "#F0E442",
)  # fmt: skip
PLAIN = "#0d9488"
LOW, MIDDLE, HIGH = np.array([27, 77, 140]), np.array([205, 205, 200]), np.array([250, 178, 48])  # of a direction
STEPS, TILES = 9, 17
OUTLINED = "Sneaker"
TELLING_PAIRS = {"fashion-2d": (41, 74)}  # over what lies between them, not through the empty middle
TELLING = ("class", "blond", "hair_colour")  # the first that a model has colours its points at first


class Setting(NamedTuple):
    """What a map shows: plane, look and colouring of the points, the points and the place picked; b may be None."""

    method: str
    look: str
    colour: str
    a: int
    b: int | None
    x: float = 0.85
    y: float = 0.2


def checked(model: Model, method, look, colour, a, b) -> Setting:
    """What was asked for. Raises Refused."""
    return Setting(
        limits.one_of(method, methods(model), texts.METHOD_ASKED),
        limits.one_of(look, tuple(texts.LOOKS), texts.LOOK_ASKED),
        limits.one_of(colour, colours(model), texts.COLOUR_ASKED),
        *ends(model, a, b),
    )


def ends(model: Model, a, b) -> tuple[int, int | None]:
    """The points that were picked. Raises Refused."""
    return index_of(model, a), None if b is None else index_of(model, b)


def methods(model: Model) -> tuple[str, ...]:
    """The planes that a model has, the one to open with first."""
    return tuple(texts.METHODS) if model.latent_dim == 2 else ("tsne", "pca")


def points(model: Model, method: str) -> Tensor:
    """Where the gallery's codes lie, (M, 2) in 0..1: x to the right, y upwards."""
    xy = model.gallery.mu if method == "z" else model.gallery.maps[method]
    low, high = extent(xy)
    return (xy - low) / (high - low)


def plane(model: Model, method: str) -> Tensor:
    """Of a plane, (3, D): the code at its lower left corner, its width, its height; what PCA hides is average."""
    mu = model.gallery.mu
    xy = mu if method == "z" else model.gallery.maps["pca"]
    (low, high), middle, mean = extent(xy), xy.mean(dim=0), mu.mean(dim=0)
    directions = torch.eye(2) if method == "z" else torch.linalg.lstsq(xy - middle, mu - mean).solution  # (2, D)
    return torch.stack([mean + (low - middle) @ directions, *(high - low)[:, None] * directions])


def code_at(model: Model, method, x, y) -> Tensor:
    """The code (1, D) of a place of a plane, in 0..1. Raises Refused."""
    corner, width, height = plane(model, limits.one_of(method, ("z", "pca"), texts.METHOD_ASKED))
    x, y = (limits.number(value, 0, 1, texts.PLACE_ASKED) for value in (x, y))
    return (corner + x * width + y * height)[None]


def extent(xy: Tensor) -> tuple[Tensor, Tensor]:
    """(lowest, highest) corner of a map, (2,) each, with room around the points."""
    low, high = xy.amin(dim=0), xy.amax(dim=0)
    room = 0.06 * (high - low).clamp(min=1e-6)
    return low - room, high + room


def tile_sheet(model: Model) -> Tensor:
    """What a 2-D model decodes the middles of TILES x TILES places to, the highest y first: (C, TILES H, TILES W)."""
    low, high = extent(model.gallery.mu)
    middle = (torch.arange(TILES) + 0.5) / TILES
    x, y = (low[k] + middle * (high[k] - low[k]) for k in (0, 1))
    z = torch.cartesian_prod(y.flip(0), x).flip(1)  # row by row from the top, (T * T, 2)
    return pictures.mosaic(model.decode(z), TILES)


def colours(model: Model) -> tuple[str, ...]:
    """By what a model's points can be coloured: its gallery's classes, its attributes, nothing."""
    by_class = () if model.gallery.labels is None else ("class",)
    return (*by_class, *attributes.of(model), "none")


def class_names(model: Model) -> tuple[Both | str, ...]:
    """The names of a gallery's classes; () without labels."""
    return () if model.gallery.labels is None else tuple(CLASSES.get(name, name) for name in model.gallery.classes)


def class_colours(model: Model) -> tuple[str, ...]:
    """The colour of each of a gallery's classes."""
    return tuple(COLOURS[k % len(COLOURS)] for k in range(len(class_names(model))))


def paint(model: Model, colour: str) -> list[str]:
    """Each point's colour."""
    if colour == "class" and model.gallery.labels is not None:
        return [class_colours(model)[label] for label in model.gallery.labels.tolist()]
    if colour == "none":
        return [PLAIN] * len(model.gallery.mu)
    along = strength(model, colour)
    share = along.argsort().argsort().double() / max(1, len(along) - 1)  # by rank: outliers do not grey the rest
    return [mixed(place) for place in share.tolist()]


def strength(model: Model, key: str) -> Tensor:
    """How much of an attribute each code holds, (M,): its place along the attribute's direction."""
    feature = attributes.of(model)[key]
    return feature.sign * (model.gallery.mu @ model.directions[feature.attribute])


def mixed(share: float) -> str:
    """LOW at 0, a light grey at a half, HIGH at 1."""
    end, weight = (LOW, 1 - 2 * share) if share < 0.5 else (HIGH, 2 * share - 1)
    return "#" + "".join(f"{round(value):02x}" for value in weight * end + (1 - weight) * MIDDLE)


def border(model: Model, method: str, label: int) -> np.ndarray:
    """The outline of a class, (K, 2) in 0..1: of the nine tenths of its points that lie nearest their middle."""
    xy = points(model, method)[model.gallery.labels == label]
    if not len(xy):
        return np.empty((0, 2))
    middle = xy.median(dim=0).values
    return hull(xy[(xy - middle).norm(dim=1).argsort()[: max(3, round(0.9 * len(xy)))]].double().numpy())


def hull(xy: np.ndarray) -> np.ndarray:
    """The corners of the convex hull of points (M, 2), by Andrew's monotone chain."""
    ordered = sorted(map(tuple, xy.tolist()))
    return np.array(ordered if len(ordered) < 3 else _half_hull(ordered) + _half_hull(ordered[::-1]))


def _half_hull(ordered: list[tuple]) -> list[tuple]:
    """Its lower half, without the last corner."""
    chain: list[tuple] = []
    for corner in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], corner) <= 0:
            chain.pop()
        chain.append(corner)
    return chain[:-1]


def _turn(a, b, c) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def walk(model: Model, a: int, b: int) -> Tensor:
    """The path from one point's code to another's, decoded, (STEPS, C, H, W)."""
    mu = model.gallery.mu
    return model.decode(lerp(mu[a], mu[b], torch.linspace(0, 1, STEPS)))


def opening_model() -> str:
    return first("fashion-2d", "fashion-latent-2")


def opening(model: Model) -> Setting:
    """What the tab shows of a model at first."""
    method = methods(model)[0]
    colour = next((key for key in TELLING if key in colours(model)), "none")
    return Setting(method, opening_look(method), colour, *opening_pair(model))


def opening_look(method: str) -> str:
    """Dots where tiles lie behind them, else pictures."""
    return "dots" if method == "z" else "pictures"


def opening_pair(model: Model) -> tuple[int, int]:
    """Two pictures with a telling way between them, or of the typical half those farthest apart on the map."""
    if model.name in TELLING_PAIRS:
        return TELLING_PAIRS[model.name]
    typical = model.typical[: max(2, len(model.gallery.mu) // 2)]
    xy = points(model, methods(model)[0])[typical]
    a, b = divmod(int(torch.cdist(xy, xy).argmax()), len(xy))
    return int(typical[a]), int(typical[b])


def outlined(model: Model) -> str:
    """The class whose outline a model's map shows at first, as its position, or "none"."""
    known = model.gallery.classes
    return str(known.index(OUTLINED)) if OUTLINED in known and methods(model)[0] == "z" else "none"
