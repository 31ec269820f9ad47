"""What the tab Map shows."""

from ....numbers import both, decimal, whole
from ....text import Both, pick
from ...core import attributes, choice
from ...core.model import Model, kept
from ...ui import gallery, pictures
from ...ui.html import render
from . import compute, texts
from .compute import Setting

SIDE = 1000  # of the map, in its own units
RADIUS, THUMB = 12, 50


def chart(lang: str, model: Model, setting: Setting, outline: str | None = None) -> str:
    """The map, to click on; outline: a class's position, "none", or None to leave it as the page has it."""
    with_tiles = setting.method == "z" and setting.look == "dots"
    noted = {"model": model.name} | {key: getattr(setting, key) for key in ("method", "look", "colour")}
    if outline is not None:
        noted["outline"] = outline
    return render(
        "map/chart.html", lang, texts=texts, model=model, setting=setting, outline=outline,
        usual=compute.outlined(model), title=_title(model), side=SIDE,
        tiles=tiles(model) if with_tiles else None, dots=_dots(model, setting),
        plane=None if setting.method == "tsne" else compute.plane(model, setting.method),
        radius=RADIUS, thumb=THUMB, sheet=gallery.sheet(model),
        columns=gallery.SHEET_COLUMNS, rows=-(-len(model.gallery.mu) // gallery.SHEET_COLUMNS),
        classes=_classes(model, setting), feature=attributes.of(model).get(setting.colour),
        scale=[compute.mixed(share) for share in (0, 0.25, 0.5, 0.75, 1)], noted=noted, defaults=defaults_of(model),
    )  # fmt: skip


def _title(model: Model) -> Both:
    title = texts.TRAINED_ON if model.gallery.split == "train" else texts.HELD_BACK
    return title.format(count=both(whole, len(model.gallery.mu)))


@kept(1)
def tiles(model: Model) -> str:
    """What a 2-D model decodes to at each place behind its points, as a data URI."""
    return pictures.source(compute.tile_sheet(model), {"format": "webp", "quality": 75})


def _dots(model: Model, setting: Setting) -> list[dict]:
    """Place, colour and words of each point."""
    places, paints = _on_page(compute.points(model, setting.method).tolist()), compute.paint(model, setting.colour)
    return [
        {"x": x, "y": y, "colour": colour, "words": choice.words(model, k)}
        for k, ((x, y), colour) in enumerate(zip(places, paints, strict=True))
    ]


def _on_page(xy) -> list[tuple[str, str]]:
    """Places in 0..1, y upwards, in the map's own units, y downwards."""
    return [(f"{SIDE * x:.1f}", f"{SIDE * (1 - y):.1f}") for x, y in xy]


def _classes(model: Model, setting: Setting) -> list[dict]:
    """Each class's name, its outline, of which the page shows one, and its colour here and in the legend."""
    names, colours = compute.class_names(model), compute.class_colours(model)
    return [
        {
            "name": name,
            "corners": " ".join(map(",".join, _on_page(compute.border(model, setting.method, k)))),
            "colour": colour,
            "swatch": colour if setting.colour == "class" else compute.PLAIN,
        }
        for k, (name, colour) in enumerate(zip(names, colours, strict=True))
    ]


def ends(lang: str, model: Model, a: int, b: int | None) -> str:
    """The pictures of the points that were picked."""
    sides = [(texts.FIRST, a)] + ([] if b is None else [(texts.SECOND, b)])
    return render(
        "map/ends.html", lang, texts=texts, defaults=defaults_of(model),
        noted={"a": a, "b": "none" if b is None else b},
        ends=[(side, choice.words(model, k), model.pictures[k]) for side, k in sides],
    )  # fmt: skip


def place(lang: str, model: Model, method: str, x: float, y: float) -> str:
    """What a place of a plane, x and y in 0..1, decodes to. Raises Refused, as on t-SNE's, which has none."""
    z = compute.code_at(model, method, x, y)
    where = texts.POINT.format(x=both(decimal, z[0, 0], 2), y=both(decimal, z[0, 1], 2))
    return render(
        "map/place.html", lang, texts=texts, picture=model.decode(z)[0], defaults=defaults_of(model),
        where=where if model.latent_dim == 2 else texts.AVERAGE, noted={"x": round(x, 3), "y": round(y, 3)},
    )  # fmt: skip


def path(lang: str, model: Model, a: int, b: int | None) -> str:
    """The way from one picked point to the other, decoded; nothing while there is one only."""
    if b is None:
        return ""
    film = compute.walk(model, a, b)
    steps = [texts.STEP.format(number=k + 1, steps=compute.STEPS) for k in range(compute.STEPS)]
    return render(
        "map/path.html", lang, texts=texts, model=model, columns=compute.STEPS, size=film.shape[2:],
        film=[(pictures.source(picture, pictures.LIVE), step) for picture, step in zip(film, steps, strict=True)],
        file=pick(texts.FILE, lang).format(name=model.name, a=a, b=b),
    )  # fmt: skip


def defaults_of(model: Model) -> dict:
    """What need not stand in the address: what filling the tab takes anyway for that model."""
    return compute.opening(model)._asdict() | {"outline": compute.outlined(model), "model": compute.opening_model()}
