"""The tab Beta: one picture and one seed through models that differ in one number only, beta or the dimension."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import gradio as gr
import torch
from torch import Tensor

from .. import beta as lesson
from ..evaluation import frechet_distance, psnr
from ..sampling import sample_prior
from ..text import Both, pick
from . import address, events, gallery, limits, models, parts, pictures
from .gallery import Picked
from .reconstruct import NOT_SHIPPED, SOURCES, number

NAME = Both(es="Beta", en="Beta")
LEAD = Both(
    es="β es el precio de la KL. ¿Cuánta información conviene comprar, para copiar y para inventar?",
    en="β is the price of the KL. How much information is worth buying, to copy and to invent?",
)
SAMPLES = 4  # of each model, all from the same z
JUDGED, COMPONENTS = 192, 16  # samples and principal components of the distance to real pictures
WIDEST = 128  # so many numbers are drawn for each z; a model of D dimensions takes the first D
SHOE = "Ankle boot"


@dataclass(frozen=True)
class Series:
    """Shipped models that differ in one number only."""

    varies: str  # "beta" or "latent"
    pattern: str  # of their names, the number as its group
    title: Both  # beside the other series that vary the same number
    moral: Both


SERIES = {
    "clothes": Series(
        "beta", r"fashion-beta-(\d+)", Both(es="Ropa", en="Clothes"),
        Both(
            es="β = 0 compra toda la información: copia bien, pero nada dice dónde sortear z. Un β enorme no compra "
            "nada: el decoder ignora z y devuelve siempre la imagen media.",
            en="β = 0 buys all the information: it copies well, but nothing says where to draw z. A huge β buys "
            "nothing: the decoder ignores z and always tells the mean picture.",
        ),
    ),
    "faces": Series(
        "beta", r"faces-beta-(\d+)", Both(es="Rostros", en="Faces"),
        Both(
            es="Al subir β cada dimensión guarda menos nats: primero se pierden los detalles, luego esta cara.",
            en="As β rises, each dimension holds fewer nats: first the details are lost, then this face.",
        ),
    ),
    "latent": Series(
        "latent", r"fashion-latent-(\d+)", Both(es="con β = 1", en="with β = 1"),
        Both(
            es="De 2 a 8 dimensiones se gana mucho; de 8 a 128, casi nada: las que no valen su precio duermen.",
            en="From 2 to 8 dimensions much is won; from 8 to 128 next to nothing: those not worth it are asleep.",
        ),
    ),
    "latent-0": Series(
        "latent", r"fashion-latent-(\d+)-beta-0", Both(es="con β = 0", en="with β = 0"),
        Both(
            es="Sin KL se usan todas las dimensiones: copia cada vez mejor, y no inventa nada con ninguna.",
            en="Without the KL every dimension is used: it copies better and better, and invents nothing with any.",
        ),
    ),
}  # fmt: skip
VARIES = {"beta": Both(es="β, el precio", en="β, the price"), "latent": Both(es="la dimensión", en="the dimension")}
DIFFER = Both(es="Modelos que difieren solo en", en="Models that differ only in")
WHICH = Both(es="Cuáles", en="Which ones")
ASKED = Both(es="La serie de modelos", en="The series of models")
SYMBOL = {"beta": "β = {}", "latent": "D = {}"}
CHOOSE = {"a": Both(es="Galería", en="Gallery")}
ANOTHER = Both(es="Otra semilla", en="Another seed")
COVER = Both(es="Tapar para predecir", en="Cover, to predict")
UNCOVER = Both(es="Destapar todo", en="Uncover all")
REVEAL = Both(es="Destapar", en="Uncover")
TITLE = Both(es="Una imagen, una semilla, {count} modelos", en="One picture, one seed, {count} models")
REAL = Both(es="Real", en="Real")
ABOVE = Both(es="Arriba: la misma imagen, reconstruida", en="Above: the same picture, reconstructed")
BELOW = Both(es="Abajo: los mismos z, semilla {seed}, decodificados", en="Below: the same z, seed {seed}, decoded")
BELOW_LATENT = Both(
    es="Abajo: los primeros D números de los mismos z, semilla {seed}",
    en="Below: the first D numbers of the same z, seed {seed}",
)
BARS = Both(es="KL de cada dimensión, en nats", en="KL of each dimension, in nats")
BARS_KEY = Both(
    es="Barra: media de la galería. Raya: esta imagen. Gris: dormida, su μ no varía de una imagen a otra.",
    en="Bar: the gallery's mean. Dash: this picture. Grey: asleep, its μ does not vary among pictures.",
)
BARS_ALT = Both(
    es="{title}: KL de {latent} dimensiones, la mayor {most} nats, {active} activas",
    en="{title}: KL of {latent} dimensions, the largest {most} nats, {active} active",
)
ACTIVE = Both(es="{active} de {latent} activas", en="{active} of {latent} active")
KL = Both(es="esta imagen: {kl} nats", en="this picture: {kl} nats")
UP_TO = Both(es="hasta {most}", en="up to {most}")
BEST_ABOVE = Both(es="mejor copia", en="best copy")
BEST_BELOW = Both(es="mejor inventa", en="best inventor")
DISTANCE = Both(es="a {distance} de lo real", en="{distance} from real")
DISTANCE_NOTE = Both(
    es="Distancia de Fréchet (lección 08) entre {samples} muestras y las {count} imágenes de la galería, en 16 "
    "componentes principales de los píxeles: menos es mejor. Un número solo no decide: conviene mirar.",
    en="Fréchet distance (lesson 08) between {samples} samples and the gallery's {count} pictures, in 16 principal "
    "components of the pixels: less is better. One number alone never decides: look too.",
)
DIFFERENT = Both(
    es="Arriba gana {above}; abajo gana {below}: copiar e inventar piden precios distintos.",
    en="Above, {above} wins; below, {below} wins: copying and inventing want different models.",
)
SAME = Both(es="Arriba y abajo gana {above}.", en="Above and below, {above} wins.")
AWAKE = Both(es="Dimensiones activas: {counts}.", en="Active dimensions: {counts}.")
OF = Both(es="{active} de {latent}", en="{active} of {latent}")
RECONSTRUCTION_ALT = Both(es="Reconstrucción con {title}", en="Reconstruction with {title}")
SAMPLE_ALT = Both(es="Muestra {number} con {title}", en="Sample {number} with {title}")
REAL_ALT = Both(es="Imagen real {number} de la galería", en="Real picture {number} of the gallery")
SAVE_ABOVE = Both(es="Descargar las reconstrucciones", en="Download the reconstructions")
SAVE_BELOW = Both(es="Descargar las muestras", en="Download the samples")
COPIES, SAMPLED = Both(es="reconstrucciones", en="reconstructions"), Both(es="muestras", en="samples")
PIN_CAPTION = Both(
    es="{titles}: arriba reconstrucciones, abajo muestras de los mismos z.",
    en="{titles}: above reconstructions, below samples of the same z.",
)
CURVE = Both(es="Tasa y distorsión: qué se paga, qué se obtiene", en="Rate and distortion: what is paid, what is got")
CURVE_CAPTION = Both(es="{titles}: curva de tasa y distorsión.", en="{titles}: rate-distortion curve.")
CURVE_TEXT = Both(
    es="Cada punto es un modelo, con sus medias en {count} imágenes de prueba; arriba, la imagen elegida.",
    en="Each point is a model, with its means over {count} test pictures; above, the picture chosen.",
)
CURVE_ALT = Both(es="Curva de tasa y distorsión. {points}", en="Rate-distortion curve. {points}")
POINT = Both(es="{title}: KL {rate} nats, error {distortion}.", en="{title}: KL {rate} nats, error {distortion}.")
RATE = Both(es="tasa: KL, en nats (escala logarítmica)", en="rate: KL, in nats (logarithmic scale)")
DISTORTION = {
    "bce": Both(es="distorsión: BCE, en nats", en="distortion: BCE, in nats"),
    "mse": Both(es="distorsión: errores al cuadrado, suma", en="distortion: squared errors, summed"),
}
OTHER_DISTORTION = Both(es="distorsión", en="distortion")
SCRIPT = Path(__file__).with_name("beta.js").read_text(encoding="utf-8")


# which models, and what they make of a picture


@dataclass(frozen=True)
class Row:
    """One model of a series, and what it makes of the picture and of the seed."""

    name: str
    title: str  # "β = 4"
    kl: Tensor  # of the picture, each dimension, (D,), nats
    x_hat: Tensor  # (C, H, W), decoding mu
    png: str  # the same as a data URI
    psnr: float
    samples: Tensor  # (4, C, H, W)
    distance: float  # of its samples from real pictures

    @property
    def active(self) -> int:
        return models.card(self.name)["figures"]["active_units"]


@dataclass(frozen=True)
class Result:
    key: str
    picked: Picked  # x, and where it comes from
    seed: int
    rows: list[Row]

    @property
    def best_above(self) -> Row:
        return max(self.rows, key=lambda row: row.psnr)

    @property
    def best_below(self) -> Row:
        return min(self.rows, key=lambda row: row.distance)


@lru_cache(maxsize=1)
def shipped() -> dict[str, tuple[str, ...]]:
    """The series of which at least two models ship, with their names, the smallest number first."""
    found = {}
    for key, series in SERIES.items():
        numbers = {int(match[1]): name for name in models.ordered() if (match := re.fullmatch(series.pattern, name))}
        if len(numbers) > 1:
            found[key] = tuple(numbers[value] for value in sorted(numbers))
    return found


def title(key: str, name: str) -> str:
    """What a model is called among its siblings."""
    return SYMBOL[SERIES[key].varies].format(re.fullmatch(SERIES[key].pattern, name)[1])


@lru_cache(maxsize=8)
def reference(key: str) -> str:
    """The model of a series whose gallery is picked from: one with true pictures, else the one that copies best."""
    names = shipped()[key]
    best = max(names, key=lambda name: models.card(name)["figures"]["psnr"])
    return next((name for name in names if gallery.originals(name) is not None), best)


def compute(key: str, choice, seed: int) -> Result:
    """choice: an index of the reference's gallery, or an upload. Raises Refused."""
    names = shipped()[limits.one_of(key, tuple(shipped()), ASKED)]
    seed = limits.seed(seed)
    picked, copies = _copies(key, choice)
    samples = [(_samples(name, seed), distance(name, reference(key))) for name in names]
    rows = [Row(name, title(key, name), *copy, *made) for name, copy, made in zip(names, copies, samples, strict=True)]
    return Result(key, picked, seed, rows)


def _copies(key: str, choice) -> tuple[Picked, list]:
    """The picture, and (kl, x_hat, png, psnr) of each model; computed once for what the gallery holds."""
    if gallery.is_upload(choice):
        return _encoded.__wrapped__(key, choice)
    return _encoded(key, limits.whole(choice, 0, len(gallery.stored(reference(key)).mu) - 1, gallery.INDEX))


@lru_cache(maxsize=256)
def _encoded(key: str, choice) -> tuple[Picked, list]:
    picked, copies = gallery.picked(reference(key), choice), []
    for name in shipped()[key]:
        mu, logvar = models.encode(name, picked.x)
        x_hat = models.decode(name, mu)
        png = pictures.data_uri(pictures.encode(pictures.to_bytes(x_hat[0])), "png")
        copies.append((lesson.kl_per_dimension(mu, logvar), x_hat[0], png, psnr(picked.x, x_hat)))
    return picked, copies


@lru_cache(maxsize=64)
def _samples(name: str, seed: int) -> Tensor:
    z = sample_prior(SAMPLES, WIDEST, torch.Generator().manual_seed(seed))  # the same for each model of a series
    return models.decode(name, z[:, : models.load(name).latent_dim])


@lru_cache(maxsize=64)
def distance(name: str, judge: str) -> float:
    """Frechet distance of a model's prior samples from the pictures of `judge`'s gallery, in their main components."""
    z = sample_prior(JUDGED, models.load(name).latent_dim, torch.Generator().manual_seed(1))
    mean, components = _components(judge)
    real, samples = gallery.shown(judge).flatten(1), models.decode(name, z).flatten(1)
    return frechet_distance((samples - mean) @ components, (real - mean) @ components).item()


@lru_cache(maxsize=8)
def _components(name: str) -> tuple[Tensor, Tensor]:
    """The gallery's mean picture (P,) and main components (P, K)."""
    real = gallery.shown(name).flatten(1)
    mean = real.mean(dim=0)
    values, vectors = torch.linalg.eigh((real - mean) @ (real - mean).T)  # (M, M), far smaller than (P, P)
    kept = slice(-COMPONENTS, None)
    return mean, (real - mean).T @ (vectors[:, kept] / values[kept].clamp(min=1e-12).sqrt())


@lru_cache(maxsize=64)
def usual_kl(name: str) -> tuple[Tensor, Tensor]:
    """Over the model's gallery: each dimension's mean KL (D,), and whether it is awake (D,), as active_units says."""
    codes = gallery.stored(name)
    awake = torch.tensor([lesson.active_units(codes.mu[:, [d]]) == 1 for d in range(codes.mu.shape[1])])
    return lesson.kl_per_dimension(codes.mu, codes.logvar), awake


def short(value: float) -> str:
    """Three digits that matter; 0 for what no eye could tell from it."""
    return "0" if abs(value) < 0.005 else number(float(f"{value:.3g}"))


# the table


def render(lang: str, key: str, choice, seed: int) -> tuple[str, str]:
    """The table of models, and the rate-distortion curve."""
    result = compute(key, choice, seed)
    return render_table(lang, result, choice), _curve(lang, result)


def render_table(lang: str, result: Result, choice) -> str:
    """Reconstructions above, samples below, then the dimensions' KL: one column for each model."""
    key = result.key
    noted = address.note({"series": key, "picture": choice, "seed": result.seed}, defaults())
    caption = pick(PIN_CAPTION, lang).format(titles=_titles(result))
    cover = (
        f'<button type="button" class="cover" aria-pressed="false" data-off="{escape(pick(COVER, lang))}" '
        f'data-on="{escape(pick(UNCOVER, lang))}">{escape(pick(COVER, lang))}</button>'
    )
    name = pick(TITLE, lang).format(count=len(result.rows))
    groups = _head(lang, result) + _above(lang, result) + _below(lang, result) + _bars(lang, result)
    return (
        f'<section class="panel beta">{parts.header(lang, name, caption, cover)}'
        f'<p class="verdict">{_verdict(lang, result)}</p>'
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(name)}">'
        f'<table style="--columns:{len(result.rows) + 1}">{groups}</table></div>'
        f'<p class="fine">{_notes(lang, result)}</p>{noted}</section>'
    )


def _titles(result: Result) -> str:
    return ", ".join(row.title for row in result.rows)


def _verdict(lang: str, result: Result) -> str:
    above, below = result.best_above, result.best_below
    if SERIES[result.key].varies == "latent":  # there the best are best by a hair only
        counts = ", ".join(pick(OF, lang).format(active=row.active, latent=len(row.kl)) for row in result.rows)
        text = pick(AWAKE, lang).format(counts=counts)
    else:
        text = pick(SAME if above is below else DIFFERENT, lang).format(above=above.title, below=below.title)
    return f"<b>{escape(text)}</b> {escape(pick(SERIES[result.key].moral, lang))}"


def _notes(lang: str, result: Result) -> str:
    note = pick(DISTANCE_NOTE, lang).format(samples=JUDGED, count=len(gallery.stored(reference(result.key)).mu))
    return escape(note + (" " + pick(NOT_SHIPPED, lang) if result.picked.source == "code" else ""))


def _head(lang: str, result: Result) -> str:
    reveal = escape(pick(REVEAL, lang))
    cells = "".join(
        f'<th scope="col">{row.title}<button type="button" class="reveal" data-column="{k}" '
        f'aria-label="{reveal} {row.title}">{reveal}</button></th>'
        for k, row in enumerate(result.rows)
    )
    return f'<thead><tr><th scope="col">{escape(pick(REAL, lang))}</th>{cells}</tr></thead>'


def _group(result: Result, heading: str, tools: str, first: str, cells: list[str]) -> str:
    """A heading over all columns, and the row below it."""
    span = len(result.rows) + 1
    inside = "".join(f'<td data-column="{k}"><div>{cell}</div></td>' for k, cell in enumerate(cells))
    return (
        f'<tbody><tr class="heading"><th colspan="{span}" scope="rowgroup"><span>{escape(heading)}{tools}</span></th>'
        f"</tr><tr><td><div>{first}</div></td>{inside}</tr></tbody>"
    )


def _mark(lang: str, result: Result, best: bool, text: Both) -> str:
    best = best and SERIES[result.key].varies == "beta"
    return f'<b class="best">★ {escape(pick(text, lang))}</b>' if best else ""


def _copy(row: Row, alt: str) -> str:
    height, width = row.x_hat.shape[1:]
    return f'<img src="{row.png}" alt="{escape(alt)}" width="{width}" height="{height}">'


def _above(lang: str, result: Result) -> str:
    original = pick(SOURCES[result.picked.source], lang)
    first = f"{pictures.img(result.picked.x[0], original)}<small>{escape(original)}</small>"
    cells = [
        f"{_copy(row, pick(RECONSTRUCTION_ALT, lang).format(title=row.title))}"
        f"<small>{row.psnr:.1f} dB</small>{_mark(lang, result, row is result.best_above, BEST_ABOVE)}"
        for row in result.rows
    ]
    file = pictures.file_name(result.key, pick(COPIES, lang))
    save = pictures.save_button(pick(SAVE_ABOVE, lang), file, len(cells) + 1, within="tbody")
    return _group(result, pick(ABOVE, lang), save, first, cells)


def _below(lang: str, result: Result) -> str:
    cells = []
    for row in result.rows:
        shown = _sample_images(lang, row.name, row.title, result.seed)
        text = escape(pick(DISTANCE, lang).format(distance=short(row.distance)))
        mark = _mark(lang, result, row is result.best_below, BEST_BELOW)
        cells.append(f'<div class="four">{shown}</div><small>{text}</small>{mark}')
    words = (BELOW_LATENT if SERIES[result.key].varies == "latent" else BELOW).format(seed=result.seed)
    file = pictures.file_name(result.key, pick(SAMPLED, lang), result.seed)
    save = pictures.save_button(pick(SAVE_BELOW, lang), file, SAMPLES, within="tbody")
    return _group(result, pick(words, lang), save, _real_images(lang, reference(result.key)), cells)


@lru_cache(maxsize=128)
def _sample_images(lang: str, name: str, title: str, seed: int) -> str:
    return "".join(
        pictures.img(x, pick(SAMPLE_ALT, lang).format(number=k + 1, title=title), pictures.LIVE)
        for k, x in enumerate(_samples(name, seed))
    )


@lru_cache(maxsize=16)
def _real_images(lang: str, name: str) -> str:
    """As many pictures of the gallery as there are samples, far apart from each other in it."""
    step = len(gallery.stored(name).mu) // SAMPLES
    images = "".join(
        pictures.img(gallery.shown(name)[k * step + 1], pick(REAL_ALT, lang).format(number=k * step + 2), pictures.LIVE)
        for k in range(SAMPLES)
    )
    return f'<div class="four">{images}</div><small>{escape(pick(gallery_words(name), lang))}</small>'


def gallery_words(name: str) -> Both:
    """What the pictures of a gallery are: real ones, or decoded where they don't ship."""
    if gallery.originals(name) is None:
        return Both(es="de sus códigos", en="from their codes")
    return Both(es="de la galería", en="of the gallery")


def _bars(lang: str, result: Result) -> str:
    top = _top(result.key)
    cells = []
    for row in result.rows:
        texts = (ACTIVE.format(active=row.active, latent=len(row.kl)), KL.format(kl=short(row.kl.sum().item())))
        lines = "".join(
            f"<{tag}>{escape(pick(text, lang))}</{tag}>" for tag, text in zip(("b", "small"), texts, strict=True)
        )
        cells.append(_bar_chart(lang, row, top) + lines)
    return _group(result, pick(BARS, lang), f'<small class="key">{escape(pick(BARS_KEY, lang))}</small>', "", cells)


@lru_cache(maxsize=8)
def _top(key: str) -> float:
    """Where the bars' common scale ends: at the largest mean of the models that pay for their KL."""
    largest = {name: usual_kl(name)[0].max().item() for name in shipped()[key]}
    paid = [value for name, value in largest.items() if models.preset(name).training.beta > 0]
    return max(paid or largest.values())


BAR_WIDTH, BAR_HEIGHT, BAR_TOP, BAR_PITCH = 160, 60, 2, 10


def _bar_chart(lang: str, row: Row, top: float) -> str:
    """Each dimension's KL, most first, in one scale for all models; what is cut off says how far it reaches."""
    usual, awake = usual_kl(row.name)
    order, most = usual.argsort(descending=True), usual.max().item()
    pitch, floor = min(BAR_PITCH, BAR_WIDTH / len(usual)), BAR_TOP + BAR_HEIGHT
    bars, ticks = [], []
    for k, d in enumerate(order.tolist()):
        height = max(1.0, BAR_HEIGHT * min(1.0, usual[d].item() / top))
        kind = "awake" if awake[d] else "asleep"
        bars.append(
            f'<rect class="{kind}" x="{k * pitch:.2f}" y="{floor - height:.1f}" width="{pitch * 0.8:.2f}" '
            f'height="{height:.1f}"/>'
        )
        if awake[d] and row.kl[d] < 1.02 * top and pitch > 4:
            y = floor - BAR_HEIGHT * min(1.0, row.kl[d].item() / top)
            ticks.append(f'<path class="this" d="M{k * pitch - 0.5:.2f} {y:.1f}h{pitch * 0.8 + 1:.2f}"/>')
    cut = f'<path class="cut" d="M0 {BAR_TOP + 9}l{BAR_WIDTH} -5"/>' if most > 1.02 * top else ""
    words = {"title": row.title, "latent": len(usual), "most": short(most), "active": row.active}
    label = escape(pick(UP_TO, lang).format(most=short(most)))
    return (
        f'<small>{label}</small><svg class="bars" viewBox="0 0 {BAR_WIDTH} {floor + 1}" role="img" '
        f'aria-label="{escape(pick(BARS_ALT, lang).format(**words))}">{"".join(bars + ticks)}{cut}'
        f'<path class="floor" d="M0 {floor + 0.5}H{BAR_WIDTH}"/>'
        "</svg>"
    )


# the curve

CURVE_SIZE = (640, 400)
PLOT = {"left": 62, "right": 626, "top": 104, "bottom": 348}
THUMB = 56


def _curve(lang: str, result: Result) -> str:
    figures = [models.card(row.name)["figures"] for row in result.rows]
    points = sorted(zip(_places(figures), result.rows, figures, strict=True), key=lambda one: one[0])
    line = " ".join(f"{x:.1f},{y:.1f}" for (x, y), *_ in points)
    told = " ".join(
        pick(POINT, lang).format(title=row.title, rate=short(of["kl"]), distortion=number(of["reconstruction"]))
        for _, row, of in points
    )
    thumbs = "".join(_thumb(k, len(points), place, row) for k, (place, row, _) in enumerate(points))
    kind = DISTORTION.get(figures[0]["kind"], OTHER_DISTORTION)
    caption = pick(CURVE_CAPTION, lang).format(titles=_titles(result))
    count = f"{figures[0]['images']:,}".replace(",", "\u202f")
    return (
        f'<section class="panel beta">{parts.header(lang, pick(CURVE, lang), caption)}'
        f"<p>{escape(pick(CURVE_TEXT, lang).format(count=count))}</p>"
        f'<svg class="curve" viewBox="0 0 {CURVE_SIZE[0]} {CURVE_SIZE[1]}" role="img" '
        f'aria-label="{escape(pick(CURVE_ALT, lang).format(points=told))}">'
        f'{_axes(lang, figures, kind)}<polyline points="{line}"/>{thumbs}</svg></section>'
    )


def _scales(figures: list[dict]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the axes begin and end: log10(1 + KL), and the reconstruction error."""
    rates = [math.log10(1 + of["kl"]) for of in figures]
    errors = [of["reconstruction"] for of in figures]
    pad_rate, pad_error = 0.08 * (max(rates) - min(rates)), 0.1 * (max(errors) - min(errors))
    return (max(0.0, min(rates) - pad_rate), max(rates) + pad_rate), (min(errors) - pad_error, max(errors) + pad_error)


def _x(rate: float, scale: tuple[float, float]) -> float:
    share = (math.log10(1 + rate) - scale[0]) / (scale[1] - scale[0])
    return PLOT["left"] + share * (PLOT["right"] - PLOT["left"])


def _y(error: float, scale: tuple[float, float]) -> float:
    return PLOT["bottom"] - (error - scale[0]) / (scale[1] - scale[0]) * (PLOT["bottom"] - PLOT["top"])


def _places(figures: list[dict]) -> list[tuple[float, float]]:
    rates, errors = _scales(figures)
    return [(_x(of["kl"], rates), _y(of["reconstruction"], errors)) for of in figures]


def _axes(lang: str, figures: list[dict], kind: Both) -> str:
    rates, errors = _scales(figures)
    left, right, top, bottom = (PLOT[side] for side in ("left", "right", "top", "bottom"))
    marks = [f'<path class="frame" d="M{left} {top}V{bottom}H{right}"/>']
    for rate in _ticks(rates):
        x = _x(rate, rates)
        marks.append(f'<path class="grid" d="M{x:.1f} {top}V{bottom}"/>')
        marks.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{number(rate)}</text>')
    step = _step(errors[1] - errors[0])
    for k in range(math.ceil(errors[0] / step), math.floor(errors[1] / step) + 1):
        y = _y(k * step, errors)
        marks.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>')
        marks.append(f'<text x="{left - 7}" y="{y + 4:.1f}" text-anchor="end">{number(k * step)}</text>')
    middle = (top + bottom) / 2
    marks.append(
        f'<text x="{(left + right) / 2}" y="{bottom + 40}" text-anchor="middle">{escape(pick(RATE, lang))}</text>'
    )
    marks.append(
        f'<text transform="translate(15 {middle}) rotate(-90)" text-anchor="middle">{escape(pick(kind, lang))}</text>'
    )
    return "".join(marks)


def _ticks(scale: tuple[float, float]) -> list[int]:
    """Round rates on the axis, none nearer to another than its number is wide."""
    chosen = []
    for rate in (0, 1, 10, 100, 1000, 3, 30, 300, 2, 5, 20, 50, 200, 500, 7, 8, 9, 12, 15):
        inside = scale[0] - 1e-9 <= math.log10(1 + rate) <= scale[1]
        if inside and all(abs(_x(rate, scale) - _x(other, scale)) > 44 for other in chosen):
            chosen.append(rate)
    return chosen


def _step(span: float) -> float:
    """A round distance between ticks, about five of them in the span."""
    rough = span / 5
    power = 10 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _thumb(k: int, count: int, place: tuple[float, float], row: Row) -> str:
    """The reconstruction above its point, joined by a thin line; all in one row, so that none hides another."""
    x = PLOT["left"] + (k + 0.5) * (PLOT["right"] - PLOT["left"]) / count
    return (
        f'<path class="lead" d="M{x:.1f} {THUMB + 22}L{place[0]:.1f} {place[1]:.1f}"/>'
        f'<image href="{row.png}" x="{x - THUMB / 2:.1f}" y="2" width="{THUMB}" height="{THUMB}"/>'
        f'<text class="name" x="{x:.1f}" y="{THUMB + 17}" text-anchor="middle">{row.title}</text>'
        f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="5"/>'
    )


# the tab


@lru_cache(maxsize=1)
def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    key = next(iter(shipped()))
    return {"series": key, "picture": opening(key), "seed": 7}


@lru_cache(maxsize=8)
def opening(key: str) -> int:
    """A shoe where there is one, else the most typical picture."""
    codes = gallery.stored(reference(key))
    if codes.labels is not None and SHOE in codes.classes:
        shoes = (codes.labels == codes.classes.index(SHOE)).nonzero()
        if len(shoes):
            return int(shoes[0])
    return int(gallery.typical(reference(key))[0])


def _of(varies: str) -> list[str]:
    """The shipped series that vary this number."""
    return [key for key in shipped() if SERIES[key].varies == varies]


def _which(lang: str, key: str) -> list[tuple[str, str]]:
    return [(pick(SERIES[one].title, lang), one) for one in _of(SERIES[key].varies)]


def carried(choice, old: str, new: str) -> int | str:
    """The choice when another series takes over: what the new gallery does not hold gives way to its opening."""
    if gallery.is_upload(choice):
        return choice
    same = models.preset(reference(old)).data.source == models.preset(reference(new)).data.source
    a, b = gallery.stored(reference(old)).indices, gallery.stored(reference(new)).indices
    return choice if same and torch.equal(a, b) else opening(new)


def build(lang: str) -> address.Kept | None:
    """The tab's controls and pictures, in the Blocks context that is open."""
    if not shipped():
        return None
    key, start, first = defaults().values()
    parts.lead(LEAD, lang)
    said = events.notice()
    choice, seed, shown = gr.State(start), gr.State(first), gr.State(key)
    with gr.Row(elem_classes="beta-bar"):
        numbers = [(pick(text, lang), varies) for varies, text in VARIES.items() if _of(varies)]
        varies = gr.Radio(numbers, value=SERIES[key].varies, label=pick(DIFFER, lang))
        which = gr.Radio(_which(lang, key), value=key, label=pick(WHICH, lang))
        again = gr.Button(pick(ANOTHER, lang), elem_classes="small")
    table, curve = render(lang, key, start, first)
    table = parts.html(table, "beta-table", script=SCRIPT)
    with gr.Row(elem_classes="beta-more"):
        curve = parts.html(curve, "beta-curve")
        grid = parts.picker(reference(key), lang, CHOOSE, {"a": start})
    values = [varies, which, shown, choice, seed]
    _wire(lang, values, again, (table, curve, grid, said))
    return address.Kept([*values, table, curve, grid], restorer(lang))


def restorer(lang: str) -> Callable[[dict[str, str]], tuple]:
    """What brings back the tab that an address holds."""

    def restore(values: dict[str, str]) -> tuple:
        key = address.one_of(values.get("series"), shipped(), defaults()["series"])
        new = gallery.from_address(values.get("picture"), reference(key), opening(key))
        drawn = address.whole(values.get("seed"), 0, limits.SEEDS, defaults()["seed"])
        grid_again = gallery.grid(reference(key), lang, CHOOSE, {"a": new})
        radios = SERIES[key].varies, gr.Radio(_which(lang, key), value=key)
        return *radios, key, new, drawn, *render(lang, key, new, drawn), grid_again

    return restore


def _wire(lang: str, values: list, again: gr.Button, others: tuple) -> None:
    (varies, which, shown, choice, seed), (*results, grid, said) = values, others

    def take(event, shown, old, drawn):
        _, new = gallery.choice_of(event, tuple(CHOOSE), reference(shown))
        grid_again = gallery.grid(reference(shown), lang, CHOOSE, {"a": new}) if "path" in event else gr.skip()
        return *render(lang, shown, new, drawn), new, grid_again

    def change_series(key, old, chosen, drawn):
        new = carried(chosen, old, limits.one_of(key, tuple(shipped()), ASKED))
        grid_again = gallery.grid(reference(key), lang, CHOOSE, {"a": new})
        return *render(lang, key, new, drawn), key, new, grid_again

    def change_number(varies, old, chosen, drawn):
        key = _of(limits.one_of(varies, tuple(VARIES), ASKED))[0]
        return gr.Radio(_which(lang, key), value=key), *change_series(key, old, chosen, drawn)

    def draw_again(shown, chosen, drawn):
        new = (limits.seed(drawn) + 1) % limits.SEEDS
        return render_table(lang, compute(shown, chosen, new), chosen), new

    state = [shown, choice, seed]
    events.connect_pick(grid, take, state, [*results, choice, grid], said, lang)
    events.connect([which.input], change_series, [which, *state], [*results, shown, choice, grid], said, lang)
    events.connect([varies.input], change_number, [varies, *state], [which, *results, shown, choice, grid], said, lang)
    events.connect([again.click], draw_again, state, [results[0], seed], said, lang)
