"""What each screen needs of the shipped models: small numbers for its page, and the parts that it fetches.

All numbers come from the functions that the demo's tabs use.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from ..demo.core.model import Model, shipped
from ..demo.tabs.map import compute as maps
from ..web import parts


@dataclass(frozen=True)
class Screen:
    """lesson and tab: where it leads to; parts: (model, "decoder" or another of web.parts.PARTS) that it fetches."""

    lesson: str
    tab: str
    parts: tuple[tuple[str, str], ...]
    numbers: Callable[[], dict]
    icon: str  # a path in 24 x 24

    def data(self) -> dict:
        """What its script gets: addresses of the parts, from the site's folder, and numbers."""
        addresses: dict[str, dict[str, str]] = {}
        for name, part in self.parts:
            addresses.setdefault(name, {})[part] = address(name, part)
        return {"parts": addresses, **self.numbers()}


def address(name: str, part: str) -> str:
    """Of a part, from the site's folder: packed, as plain file servers pack nothing."""
    return f"models/{name}/{part}.safetensors.gz?v={parts.version(name, part)}"


def rounded(values: Tensor, digits: int = 4) -> list:
    """A tensor as nested lists of short numbers."""
    if values.ndim:
        return [rounded(value, digits) for value in values]
    return float(f"{values.item():.{digits}g}")  # type: ignore[return-value]


def hold() -> dict:
    model = shipped("fashion-2d")
    return {"low": rounded(maps.extent(model.gallery.mu)[0]), "high": rounded(maps.extent(model.gallery.mu)[1])} | dots(
        model
    )


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


SCREENS = {
    "hold": Screen(
        "06-latent-space",
        "map",
        (("fashion-2d", "decoder"),),
        hold,
        "M3 3h18v18H3zM8 14h.01M13 8h.01M16 16h.01M9 9a5 5 0 0 0 6 3",
    ),
}
FIRST = "hold"
