"""What each screen needs of the shipped models: small numbers for its page, and the parts that it fetches.

All numbers come from the functions that the demo's tabs use.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from ..demo.core import texts as demo_texts
from ..demo.core.choice import PROBLEMS
from ..demo.core.model import Model, shipped
from ..demo.tabs import features
from ..demo.tabs.beta import compute as prices
from ..demo.tabs.features import compute, readings
from ..demo.tabs.features.knobs import knobs
from ..demo.tabs.map import compute as maps
from ..demo.tabs.mix import compute as mixing
from ..numbers import both, decimal, signed
from ..text import LANGUAGES, Both, pick
from ..web import parts
from . import code, texts


@dataclass(frozen=True)
class Screen:
    """lesson and tab: where it leads to; parts: (model, "decoder" or another of web.parts.PARTS) that it fetches."""

    lesson: str
    tab: str
    parts: tuple[tuple[str, str], ...]
    numbers: Callable[[], dict]
    icon: str  # a path in 24 x 24


def address(name: str, part: str) -> str:
    """Of a part, from the site's folder: packed, as plain file servers pack nothing."""
    return f"models/{name}/{part}.safetensors.gz?v={parts.version(name, part)}"


def rounded(values: Tensor, digits: int = 4) -> list:
    """A tensor as nested lists of short numbers."""
    return _short(values.tolist(), digits)


def _short(values, digits: int):
    return [_short(value, digits) for value in values] if isinstance(values, list) else float(f"{values:.{digits}g}")


def hold() -> dict:
    model = shipped("fashion-2d")
    low, high = maps.extent(model.gallery.mu)
    return {"low": rounded(low), "high": rounded(high)} | dots(model)


def dots(model: Model) -> dict:
    """The gallery's codes of a two-dimensional model, (M, 2), with their classes' names and colours."""
    labels = model.gallery.labels
    assert labels is not None
    return {
        "codes": rounded(model.gallery.mu, 3),
        "labels": labels.tolist(),
        "names": list(maps.class_names(model)),
        "colours": list(maps.class_colours(model)),
    }


FACES = ("faces", "drawn")


def face() -> dict:
    return {"models": [sliders(shipped(name)) for name in FACES], "said": {"points": dragged(shipped("faces"))}}


def sliders(model: Model) -> dict:
    """A model's directions, its dimensions by KL, and what reads attributes from a code."""
    reader, first = readings.probe(model), compute.opening_picture(model)
    assert reader is not None
    return {
        "name": model.name,
        "title": model.title,
        "codes": rounded(some_codes(model, 14, first)),
        "mean": rounded(model.gaussian[0]),
        "deviation": rounded(model.gaussian[1].diag().sqrt()),
        "order": model.dimensions.tolist(),
        "kl": rounded(model.kl, 3),
        "opening": compute.opening(model),
        "knobs": [
            {"key": knob.key, "title": knob.title, "direction": rounded(knob.direction), "reach": knob.reach,
             "step": knob.step, "attribute": reader.names.index(knob.attribute)}
            for knob in knobs(model) if knob.attribute
        ],
        "reader": {
            "names": [features.texts.ATTRIBUTES[name] for name in reader.names], "weights": rounded(reader.weights),
            "bias": rounded(reader.bias), "probability": reader.probability,
        },
    }  # fmt: skip


def some_codes(model: Model, count: int, *first: int) -> Tensor:
    """Codes of the gallery, (count, D): these pictures, then the most typical ones."""
    others = [k for k in model.typical.tolist() if k not in first]
    return model.gallery.mu[torch.tensor([*first, *others][:count])]


def dragged(model: Model) -> Both:
    """What moves with a pair of glasses, on average, in words."""
    rows = [row for row in readings.drift(model, "glasses") if row.attribute in TOLD]
    names = features.texts.ATTRIBUTES
    said = [(names[row.attribute], signed(f"{row.change:.0f}".replace("-", "−"))) for row in rows]
    return Both(*(", ".join(f"{pick(name, lang)} {points}" for name, points in said) for lang in LANGUAGES))


TOLD = ("Male", "Young", "Attractive")
MIXED = ("cats", "faces", "smileys", "emojis", "drawn")


def mix() -> dict:
    return {"models": [ends(shipped(name)) for name in MIXED]}


def ends(model: Model) -> dict:
    codes = some_codes(model, 14, *mixing.opening_pair(model))
    return {"name": model.name, "title": model.title, "codes": rounded(codes)}


PRICED = ("clothes", "latent")  # series of the demo's tab


def price() -> dict:
    return {"series": [compared(prices.take(key)) for key in PRICED], "widest": prices.WIDEST}


def compared(series: prices.Series) -> dict:
    """A series of models, each with the codes of the same pictures, one of each class."""
    labels = series.reference.gallery.labels
    assert labels is not None
    first = prices.opening_picture(series)
    chosen = [first, *(int((labels == k).nonzero()[0]) for k in range(int(labels.max()) + 1) if k != labels[first])]
    return {
        "most": rounded(torch.tensor(series.largest_kl)),
        "title": texts.price["SERIES"][series.key],
        "models": [
            {"name": model.name, "title": prices.SYMBOLS[series.varies].format(number), "latent": model.latent_dim,
             "codes": rounded(model.gallery.mu[chosen]), "kls": rounded(model.kl.sort(descending=True).values, 3),
             "figures": {key: model.card["figures"][key] for key in ("kl", "psnr", "active_units")}}
            for number, model in series.models.items()
        ],
    }  # fmt: skip


def flow() -> dict:
    """What the plane needs, and how far what is decoded of noise and of learnt draws is from held-back pictures."""
    distances = shipped("fashion-2d").card["flow"]["distances"]
    return hold() | {"said": {key: both(decimal, value, 1) for key, value in distances.items()}}


OWN = ("fashion-2d", "faces")


def own() -> dict:
    plane = hold()
    models = [shipped(name) for name in OWN]
    return {
        **plane,
        "models": [{"name": model.name, "title": model.title, "shape": list(model.image_shape)} for model in models],
        "problems": {
            why: PROBLEMS[why] for why in ("camera_refused", "camera_absent", "camera_busy", "camera_insecure")
        }
        | {"not_a_picture": demo_texts.UPLOADS["not_a_picture"]},
    }


INSIDE = "drawn"


def inside() -> dict:
    model = shipped(INSIDE)
    return {
        "name": INSIDE,
        "codes": rounded(some_codes(model, 10, *mixing.opening_pair(model))),
        "stages": code.stages(model.network),
    }


SCREENS = {
    "hold": Screen(
        "06-latent-space", "map", (("fashion-2d", "decoder"),), hold,
        "M3 3h18v18H3zM8 14h.01M13 8h.01M16 16h.01M9 9a5 5 0 0 0 6 3",
    ),
    "face": Screen(
        "09-faces", "features", tuple((name, part) for name in FACES for part in ("decoder", "gaussian")), face,
        "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h11M19 17h1M15 5v4M9 10v4M17 15v4",
    ),
    "mix": Screen(
        "06-latent-space", "mix", tuple((name, "decoder") for name in MIXED), mix,
        "M9 12a6 6 0 1 0 12 0a6 6 0 1 0-12 0M3 12a6 6 0 1 0 12 0a6 6 0 1 0-12 0",
    ),
    "flow": Screen(
        "10-flow", "generate", (("fashion-2d", "decoder"), ("fashion-2d", "flow")), flow,
        "M3 5c6 0 6 7 12 7M3 12h12M3 19c6 0 6-7 12-7M15 8l5 4l-5 4",
    ),
    "own": Screen(
        "05-training", "reconstruct", tuple((name, part) for name in OWN for part in ("decoder", "encoder")), own,
        "M4 20l1-5L16 4l4 4L9 19zM13 7l4 4",
    ),
    "price": Screen(
        "07-beta", "beta",
        tuple((model.name, "decoder") for key in PRICED for model in prices.take(key).models.values()), price,
        "M4 4v16h16M7 8c1 6 4 8 12 8",
    ),
    "inside": Screen(
        "02-networks", "reconstruct", ((INSIDE, "decoder"), (INSIDE, "encoder")), inside,
        "M3 4v16M7 7v10M12 10v4M17 7v10M21 4v16",
    ),
}  # fmt: skip
FIRST = "hold"


@lru_cache(maxsize=len(SCREENS))
def data(name: str) -> dict:
    """What a screen gets: addresses of its parts, from the site's folder, and numbers; "said": for its texts."""
    addresses: dict[str, dict[str, str]] = {}
    for model, part in SCREENS[name].parts:
        addresses.setdefault(model, {})[part] = address(model, part)
    return {"parts": addresses, **SCREENS[name].numbers()}
