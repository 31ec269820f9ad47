"""The tab Map: a gallery's codes as points on a plane; what is alike stands together, though nobody told the model."""

from functools import lru_cache
from html import escape
from pathlib import Path
from weakref import WeakKeyDictionary

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from .. import pretrained
from ..latent_space import lerp
from ..text import Both, pick
from . import address, events, gallery, limits, models, parts, pictures
from .feature_words import FEATURES, Feature

NAME = Both(es="Mapa", en="Map")
LEAD = Both(
    es="Cada punto es el código de una imagen. Lo parecido quedó junto, aunque nadie dijo qué es cada cosa.",
    en="Each point is a picture's code. What is alike came to lie together, though nobody said what anything is.",
)
METHODS = {
    "z": Both(es="z tal cual", en="z as it is"),
    "pca": Both(es="PCA", en="PCA"),
    "tsne": Both(es="t-SNE", en="t-SNE"),
}
ABOUT = {
    "z": Both(
        es="Este modelo tiene solo dos números, y el plano es su espacio entero.",
        en="This model has two numbers only, and the plane is its whole space.",
    ),
    "pca": Both(
        es="Las dos direcciones en que los códigos más varían. Una recta sigue siendo recta; lo demás queda oculto.",
        en="The two directions in which codes vary most. A straight line stays straight; all else is hidden.",
    ),
    "tsne": Both(
        es="Conserva quién es vecino de quién. El tamaño de los grupos y lo que hay entre ellos no significan nada.",
        en="Keeps who is whose neighbour. The size of groups and what lies between them mean nothing.",
    ),
}
BEHIND = Both(es="Detrás: lo que decodifica cada lugar.", en="Behind: what each place decodes to.")
HELD_BACK = Both(es="{count} imágenes que el modelo nunca vio", en="{count} pictures that the model never saw")
TRAINED_ON = Both(es="{count} imágenes de las que el modelo aprendió", en="{count} pictures that the model learnt from")
METHOD = Both(es="Plano", en="Plane")
LOOK = Both(es="Cada punto", en="Each point")
LOOKS = {"dots": Both(es="Color", en="Colour"), "pictures": Both(es="Imagen", en="Picture")}
COLOUR = Both(es="Color según", en="Colour by")
NONE = Both(es="Nada: así lo ve el modelo", en="Nothing: as the model sees it")
CLASS = Both(es="Clase", en="Class")
OUTLINES = Both(es="Clases: un clic dibuja su contorno", en="Classes: a click draws the outline of one")
ALONG = Both(es="{name}, según el código", en="{name}, says the code")
FIRST, SECOND = Both(es="Imagen A", en="Picture A"), Both(es="Imagen B", en="Picture B")
HOW = Both(
    es="Clic: su imagen. Otro clic: el camino entre dos. Flechas: al vecino.",
    en="Click: its picture. Another: the path between two. Arrow keys: next point.",
)
MAP = Both(
    es="Mapa. Flechas: al punto vecino; Re Pág y Av Pág: todos, uno por uno; Enter lo elige.",
    en="Map. Arrow keys: the next point; Page Up and Page Down: all, one by one; Enter picks it.",
)
STEP = Both(es="Paso {number} de {steps}", en="Step {number} of {steps}")
BETWEEN = Both(es="De A a B", en="From A to B")
ANOTHER = Both(es="Otro clic elige la imagen B.", en="Another click picks picture B.")
SAVE = Both(es="Descargar la tira", en="Download the strip")
FILE = Both(es="camino-{name}-{a}-{b}.png", en="path-{name}-{a}-{b}.png")
ASKED = {
    "method": Both(es="El plano", en="The plane"),
    "look": Both(es="El aspecto de los puntos", en="The look of the points"),
    "colour": Both(es="El color", en="The colour"),
}
COLOURS = (  # of classes: most are Okabe and Ito's; no grey, which tiles are made of
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7B5FC8", "#56B4E9", "#9A6324", "#E6308A", "#882255", "#F0E442",
)  # fmt: skip
PLAIN = "#0d9488"
LOW, MIDDLE, HIGH = np.array([27, 77, 140]), np.array([205, 205, 200]), np.array([250, 178, 48])  # of a direction
STEPS, TILES = 9, 17
SIDE = 1000  # of the map, in its own units
RADIUS, THUMB = 12, 50
PREFERRED = ("fashion-2d", "fashion-latent-2")
OUTLINED = "Sneaker"
TELLING_PAIRS = {"fashion-2d": (41, 74)}  # over what lies between them, not through the empty middle
TELLING = ("class", "blond", "hair_colour")  # the first that a model has colours its points at first
FIELDS = ("model", "method", "look", "colour", "a", "b")
SCRIPT = (Path(__file__).parent / "atlas.js").read_text(encoding="utf-8")
_own_tiles: WeakKeyDictionary = WeakKeyDictionary()  # a visitor's own model -> its tiles


def methods(name: str) -> tuple[str, ...]:
    """The planes that a model has, the one to open with first."""
    return tuple(METHODS) if models.load(name).latent_dim == 2 else ("tsne", "pca")


def points(name: str, method: str) -> Tensor:
    """Where the gallery's codes lie, (M, 2) in 0..1: x to the right, y upwards."""
    codes = gallery.stored(name)
    xy = codes.mu if method == "z" else codes.maps[method]
    low, high = extent(xy)
    return (xy - low) / (high - low)


def extent(xy: Tensor) -> tuple[Tensor, Tensor]:
    """(lowest, highest) corner of a map, (2,) each, with room around the points."""
    low, high = xy.amin(dim=0), xy.amax(dim=0)
    room = 0.06 * (high - low).clamp(min=1e-6)
    return low - room, high + room


def tiles(name: str) -> str:
    """What a 2-D model decodes to at each place behind its points, as a data URI."""
    if name != models.OWN:
        return _tiles(name)
    model = models.load(name)
    if model not in _own_tiles:
        _own_tiles[model] = _tiles.__wrapped__(name)
    return _own_tiles[model]


@lru_cache(maxsize=8)
def _tiles(name: str) -> str:
    pixels = pictures.to_bytes(tile_sheet(name))
    return pictures.data_uri(pictures.encode(pixels, {"format": "webp", "quality": 75}), "webp")


def tile_sheet(name: str) -> Tensor:
    """The decodings of the middles of TILES x TILES places, the highest y first: (C, TILES * H, TILES * W)."""
    low, high = extent(gallery.stored(name).mu)
    middle = (torch.arange(TILES) + 0.5) / TILES
    x, y = (low[k] + middle * (high[k] - low[k]) for k in (0, 1))
    z = torch.cartesian_prod(y.flip(0), x).flip(1)  # row by row from the top, (T * T, 2)
    decoded = models.decode(name, z)
    _, channels, height, width = decoded.shape
    return decoded.unflatten(0, (TILES, TILES)).permute(2, 0, 3, 1, 4).reshape(channels, TILES * height, TILES * width)


def features(name: str) -> dict[str, Feature]:
    """The attributes that a model has directions for, by the names that the tab Features gives them."""
    known = directions(name)
    return {
        key: one for key, one in FEATURES.get(models.preset(name).data.source, {}).items() if one.attribute in known
    }


def directions(name: str) -> dict[str, Tensor]:
    return {} if name == models.OWN else _directions(name)


@lru_cache(maxsize=32)
def _directions(name: str) -> dict[str, Tensor]:
    return pretrained.directions(name)


def colours(name: str) -> tuple[str, ...]:
    """By what a model's points can be coloured: its gallery's classes, its attributes, nothing."""
    by_class = ("class",) if gallery.stored(name).labels is not None else ()
    return (*by_class, *features(name), "none")


def colour_choices(name: str, lang: str) -> list[tuple[str, str]]:
    titles = {"class": CLASS, "none": NONE} | {key: one.title for key, one in features(name).items()}
    return [(pick(titles[key], lang), key) for key in colours(name)]


def classes(name: str) -> tuple:
    """The names of a gallery's classes; () without labels."""
    codes = gallery.stored(name)
    return () if codes.labels is None else tuple(gallery.CLASSES.get(one, one) for one in codes.classes)


def paint(name: str, colour: str) -> list[str]:
    """Each point's colour."""
    codes = gallery.stored(name)
    if colour == "class":
        return [COLOURS[label % len(COLOURS)] for label in codes.labels.tolist()]
    if colour == "none":
        return [PLAIN] * len(codes.mu)
    along = strength(name, colour)
    share = along.argsort().argsort().double() / max(1, len(along) - 1)  # by rank: outliers do not grey the rest
    return [_mixed(one) for one in share.tolist()]


def strength(name: str, feature: str) -> Tensor:
    """How much of an attribute each code holds, (M,): its place along the attribute's direction."""
    one = features(name)[feature]
    return one.sign * (gallery.stored(name).mu @ directions(name)[one.attribute])


def _mixed(share: float) -> str:
    """LOW at 0, a light grey at a half, HIGH at 1."""
    end, weight = (LOW, 1 - 2 * share) if share < 0.5 else (HIGH, 2 * share - 1)
    return "#" + "".join(f"{round(value):02x}" for value in weight * end + (1 - weight) * MIDDLE)


def hull(xy: np.ndarray) -> np.ndarray:
    """The corners of the convex hull of points (M, 2), by Andrew's monotone chain."""
    ordered = sorted(map(tuple, xy.tolist()))
    if len(ordered) < 3:
        return np.array(ordered)

    def half(points):
        chain = []
        for x, y in points:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0:
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))


def _turn(a, b, c) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def border(name: str, method: str, label: int) -> np.ndarray:
    """The outline of a class, (K, 2) in 0..1: of the nine tenths of its points that lie nearest their middle."""
    xy = points(name, method)[gallery.stored(name).labels == label]
    if not len(xy):
        return np.empty((0, 2))
    middle = xy.median(dim=0).values
    return hull(xy[(xy - middle).norm(dim=1).argsort()[: max(3, round(0.9 * len(xy)))]].double().numpy())


def checked(name, method, look, colour) -> tuple[str, str, str, str]:
    """What was asked for. Raises Refused."""
    name = models.known(name)
    return (
        name,
        limits.one_of(method, methods(name), ASKED["method"]),
        limits.one_of(look, tuple(LOOKS), ASKED["look"]),
        limits.one_of(colour, colours(name), ASKED["colour"]),
    )


def chosen(name: str, a, b) -> tuple[int, int | None]:
    """The points that were picked; b may be None. Raises Refused."""
    last = len(gallery.stored(models.known(name)).mu) - 1
    return limits.whole(a, 0, last, gallery.INDEX), None if b is None else limits.whole(b, 0, last, gallery.INDEX)


def render(lang: str, name: str, method: str, look: str, colour: str, a, b, outline: str | None = None) -> str:
    """The map, to click on; outline: a class's position, "none", or None to leave it as the page has it."""
    name, method, look, colour = checked(name, method, look, colour)
    title, tiled = pick(_title(name), lang), method == "z" and look == "dots"
    about = pick(ABOUT[method], lang) + (f" {pick(BEHIND, lang)}" if tiled else "")
    caption = f"{pick(models.title(name), lang)}, {pick(METHODS[method], lang)}: {title}"
    values = zip(FIELDS[:4], (name, method, look, colour), strict=True)
    noted = address.note(dict(values) | ({} if outline is None else {"outline": outline}), note_defaults(name))
    kept = "" if outline is None else f' data-outline="{outline}"'
    return (
        f'<section class="panel atlas" data-usual="{outlined(name)}"{kept}>'
        f"{parts.header(lang, title, caption)}<p>{escape(about)}</p>"
        f"{_map(lang, name, method, look, colour, *chosen(name, a, b))}{_legend(lang, name, colour)}"
        f'<p class="fine" data-unpinned>{escape(pick(HOW, lang))}</p>{noted}</section>'
    )


def _title(name: str) -> Both:
    codes = gallery.stored(name)
    return (TRAINED_ON if codes.split == "train" else HELD_BACK).format(count=len(codes.mu))


def _map(lang: str, name: str, method: str, look: str, colour: str, a: int, b: int | None) -> str:
    xy = [(SIDE * x, SIDE * (1 - y)) for x, y in points(name, method).tolist()]
    paints, stop = paint(name, colour), a if b is None else b
    dots = "".join(
        _dot(pick(gallery.words(name, k), lang), k, *place, paints[k], k in (a, b), k == stop)
        + (_thumb(k) if look == "pictures" else f'<circle r="{RADIUS}"/>')
        + "</g>"
        for k, place in enumerate(xy)
    )
    sheet = _thumbs(name) if look == "pictures" else ""
    behind = _behind(name) if method == "z" and look == "dots" else ""
    layers = (_borders(name, method), f'<g class="dots">{dots}</g>')[:: 1 if look == "dots" else -1]
    straight = "false" if method == "tsne" else "true"  # t-SNE has no place for what lies between two codes
    return (
        f'<svg class="map" viewBox="0 0 {SIDE} {SIDE}" role="group" aria-label="{escape(pick(MAP, lang))}" '
        f'data-a="{a}" data-b="{"" if b is None else b}" data-straight="{straight}" data-look="{look}">{sheet}'
        f'<rect width="{SIDE}" height="{SIDE}" class="ground"/>{behind}{"".join(layers)}'
        f'<line class="path" stroke-width="7"/>{_mark("A")}{_mark("B")}</svg>'
    )


def _behind(name: str) -> str:
    return f'<image class="behind" href="{tiles(name)}" width="{SIDE}" height="{SIDE}" image-rendering="pixelated"/>'


def _dot(words: str, k: int, x: float, y: float, colour: str, pressed: bool, stop: bool) -> str:
    return (
        f'<g class="dot" role="button" data-index="{k}" data-x="{x:.1f}" data-y="{y:.1f}" '
        f'transform="translate({x:.1f} {y:.1f})" aria-pressed="{str(pressed).lower()}" tabindex="{0 if stop else -1}" '
        f'aria-label="{escape(words)}" fill="{colour}"><title>{escape(words)}</title>'
    )


def _thumbs(name: str) -> str:
    """The gallery's pictures side by side, once, for all points."""
    rows = -(-len(gallery.stored(name).mu) // gallery.SHEET_COLUMNS)
    return (
        f'<defs><image id="map-sheet" href="{gallery.sheet(name)}" width="{THUMB * gallery.SHEET_COLUMNS}" '
        f'height="{THUMB * rows}" preserveAspectRatio="none"/></defs>'
    )


def _thumb(k: int) -> str:
    column, row = k % gallery.SHEET_COLUMNS, k // gallery.SHEET_COLUMNS
    half, edge = THUMB / 2, THUMB / 2 + 5
    return (
        f'<rect x="{-edge}" y="{-edge}" width="{2 * edge}" height="{2 * edge}" rx="6"/><svg x="{-half}" y="{-half}" '
        f'width="{THUMB}" height="{THUMB}" viewBox="{THUMB * column} {THUMB * row} {THUMB} {THUMB}">'
        f'<use href="#map-sheet"/></svg>'
    )


def _borders(name: str, method: str) -> str:
    """Each class's outline, of which the page shows one."""
    shapes = ""
    for k in range(len(classes(name))):
        corners = " ".join(f"{SIDE * x:.1f},{SIDE * (1 - y):.1f}" for x, y in border(name, method, k))
        colour = COLOURS[k % len(COLOURS)]
        shapes += (
            f'<g class="border" data-class="{k}" visibility="hidden"><polygon points="{corners}" fill="{colour}" '
            f'fill-opacity="0.3" stroke="#fff" stroke-width="13"/>'
            f'<polygon points="{corners}" fill="none" stroke="{colour}" stroke-width="7"/></g>'
        )
    return shapes


def _mark(letter: str) -> str:
    return (
        f'<g class="mark" data-mark="{letter}" visibility="hidden" aria-hidden="true"><circle r="24"/>'
        f'<text y="11" text-anchor="middle" font-size="32" font-weight="700">{letter}</text></g>'
    )


def _legend(lang: str, name: str, colour: str) -> str:
    if classes(name):
        items = "".join(_legend_item(k, pick(title, lang), colour) for k, title in enumerate(classes(name)))
        return f'<div class="legend" role="group" aria-label="{escape(pick(OUTLINES, lang))}">{items}</div>'
    if colour == "none":
        return ""
    words = pick(ALONG.format(name=features(name)[colour].title), lang)
    scale = ",".join(_mixed(share) for share in (0, 0.25, 0.5, 0.75, 1))
    bar = f'<i style="background:linear-gradient(90deg,{scale})"></i>'
    return f'<p class="scale">{escape(words)}: <b>−</b> {bar} <b>+</b></p>'


def _legend_item(k: int, title: str, colour: str) -> str:
    """A class to click on: no <button>, since a pinned figure leaves those out and needs the classes' names."""
    swatch = COLOURS[k % len(COLOURS)] if colour == "class" else PLAIN
    return (
        f'<span role="button" tabindex="0" data-class="{k}" aria-pressed="false"><i style="background:{swatch}"></i>'
        f"{escape(title)}</span>"
    )


def walk(name: str, a, b) -> Tensor:
    """The picture of a alone, (1, C, H, W), or the path from a to b, (STEPS, C, H, W). Raises Refused."""
    (a, b), codes = chosen(name, a, b), gallery.stored(name).mu
    if b is None:
        return gallery.shown(name)[a : a + 1]
    return models.decode(name, lerp(codes[a], codes[b], torch.linspace(0, 1, STEPS)))


def render_pair(lang: str, name: str, a, b) -> str:
    """The pictures of the points that were picked."""
    a, b = chosen(name, a, b)
    noted = address.note({"a": a, "b": "none" if b is None else b}, note_defaults(name))
    second = f'<p class="fine">{escape(pick(ANOTHER, lang))}</p>' if b is None else _end(lang, name, SECOND, b)
    return f'<div class="ends" aria-live="polite">{_end(lang, name, FIRST, a)}{second}{noted}</div>'


def _end(lang: str, name: str, side: Both, k: int) -> str:
    words = pick(gallery.words(name, k), lang)
    caption = f"<b>{escape(pick(side, lang))}</b> <small>{escape(words)}</small>"
    return pictures.figure(gallery.shown(name)[k], words, caption)


def render_path(lang: str, name: str, a, b) -> str:
    """The way from one picked point to the other, decoded; nothing while there is one only."""
    if b is None:
        return ""
    film = enumerate(walk(name, a, b), start=1)
    images = "".join(
        pictures.img(one, pick(STEP, lang).format(number=k, steps=STEPS), pictures.LIVE) for k, one in film
    )
    file = pick(FILE, lang).format(name=name, a=a, b=b)
    save = pictures.save_button(pick(SAVE, lang), file, STEPS)
    between = pick(BETWEEN, lang)
    header = parts.header(lang, between, f"{pick(models.title(name), lang)}: {between}", save)
    return f'<section class="panel path-panel">{header}<div class="sheet" style="--columns:3">{images}</div></section>'


def start(name: str) -> tuple[int, int]:
    """Two pictures with a telling way between them, or of the typical half those farthest apart on the map."""
    if name in TELLING_PAIRS:
        return TELLING_PAIRS[name]
    usual = gallery.typical(name)[: max(2, len(gallery.stored(name).mu) // 2)]
    xy = points(name, methods(name)[0])[usual]
    first, second = divmod(int(torch.cdist(xy, xy).argmax()), len(xy))
    return int(usual[first]), int(usual[second])


def opening(name: str) -> dict:
    """What the tab shows of a model at first."""
    method, (a, b) = methods(name)[0], start(name)
    look = "dots" if method == "z" else "pictures"
    colour = next((one for one in TELLING if one in colours(name)), "none")
    return dict(zip(FIELDS, (name, method, look, colour, a, b), strict=True))


def outlined(name: str) -> str:
    """The class whose outline a model's map shows at first, as its position, or "none"."""
    known = gallery.stored(name).classes
    return str(known.index(OUTLINED)) if OUTLINED in known and methods(name)[0] == "z" else "none"


def note_defaults(name: str) -> dict:
    """What need not stand in the address: what `restore` takes anyway for that model."""
    return opening(name) | {"outline": outlined(name), "model": defaults()["model"]}


@lru_cache(maxsize=1)
def defaults() -> dict:
    return opening(models.first(*PREFERRED))


def build(lang: str) -> address.Kept:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name, method, look, colour, a, b = defaults().values()
    parts.lead(LEAD, lang)
    said = events.notice()
    first, second = gr.State(a), gr.State(b)
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            model, about = parts.model_menu(name, lang), parts.about_area(name, lang)
        with gr.Column(elem_classes="result atlas-areas"):
            drawn = render(lang, *defaults().values(), outlined(name))
            shown = parts.html(drawn, "atlas-area", script=SCRIPT)
            with gr.Column(elem_classes="picked"):
                pair = parts.html(render_pair(lang, name, a, b))
                path = parts.html(render_path(lang, name, a, b), "path-area")
        with gr.Column(elem_classes="how"):
            plane = gr.Radio(_named(METHODS, methods(name), lang), value=method, label=pick(METHOD, lang))
            by = gr.Dropdown(
                colour_choices(name, lang), value=colour, label=pick(COLOUR, lang), filterable=False,
                visible=len(colours(name)) > 1,
            )  # fmt: skip
            style = gr.Radio(_named(LOOKS, LOOKS, lang), value=look, label=pick(LOOK, lang))
    values, areas = [model, plane, style, by, first, second], (shown, pair, path, about)
    _wire(lang, values, areas, said)
    return address.Kept([*values, *areas], _restorer(lang), model)


def _named(titles: dict[str, Both], keys, lang: str) -> list[tuple[str, str]]:
    return [(pick(titles[key], lang), key) for key in keys]


def _all(lang: str, name: str, method: str, look: str, colour: str, a, b, outline: str) -> tuple:
    """Every output but the model's menu."""
    menus = (
        gr.Radio(_named(METHODS, methods(name), lang), value=method),
        look,
        gr.Dropdown(colour_choices(name, lang), value=colour, visible=len(colours(name)) > 1),
    )
    drawn = render(lang, name, method, look, colour, a, b, outline)
    return *menus, a, b, drawn, render_pair(lang, name, a, b), render_path(lang, name, a, b), parts.about(name, lang)


def _restorer(lang: str):
    def restore(values: dict[str, str]) -> tuple:
        name = models.from_address(values.get("model"), defaults()["model"])
        new, last = opening(name), len(gallery.stored(name).mu) - 1
        options = {"method": methods(name), "look": LOOKS, "colour": colours(name)}
        new |= {key: address.one_of(values.get(key), known, new[key]) for key, known in options.items()}
        new |= {side: address.whole(values.get(side), 0, last, new[side]) for side in "ab"}
        if values.get("b") == "none":
            new["b"] = None
        known = ("none", *(str(k) for k in range(len(classes(name)))))
        outline = address.one_of(values.get("outline"), known, outlined(name))
        return gr.Dropdown(models.choices(lang), value=name), *_all(lang, *new.values(), outline)

    return restore


def _wire(lang: str, values: list, areas: tuple, said: gr.HTML) -> None:
    (model, plane, style, by, first, second), (shown, pair, path, about) = values, areas

    def choose(event, name, *_):
        a, b = chosen(name, event.get("a"), event.get("b"))
        return a, b, render_pair(lang, name, a, b), render_path(lang, name, a, b)

    def change_model(name, *_):
        return _all(lang, *opening(models.known(name)).values(), outlined(name))

    def redraw(*wanted):
        return render(lang, *wanted)

    events.connect_pick(shown, choose, values, [first, second, pair, path], said, lang)
    everything = [plane, style, by, first, second, shown, pair, path, about]
    events.connect([model.input], change_model, values, everything, said, lang)
    events.connect([plane.input, style.input, by.input], redraw, values, [shown], said, lang)
