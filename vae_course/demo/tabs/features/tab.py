"""The tab Features: knobs for what a picture shows and for the code's own numbers, and what else moves with each."""

import weakref
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import gradio as gr
import torch
from torch import Tensor

from .. import pretrained
from ..beta import kl_per_dimension
from ..data import drawn
from ..faces import apply_attribute
from ..text import Both, pick
from . import address, events, gallery, limits, models, parts, pictures
from .feature_words import ATTRIBUTES, FEATURES, IN_THE_DATA, OPINIONS, Feature
from .limits import Refused

NAME = Both(es="Rasgos", en="Features")
LEAD = Both(
    es="Una dirección en el espacio latente es un control: sonrisa, anteojos. Pero arrastra los prejuicios de los "
    "datos: lo que allí venía junto se mueve junto.",
    en="A direction in the latent space is a control: smile, glasses. But it carries the data's prejudices: what came "
    "together there moves together.",
)
SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
PREFERRED = ("faces", "drawn")
CHOOSE = {"a": Both(es="Otra imagen", en="Another picture")}
DIMENSIONS = 8  # raw latent sliders, those with the largest KL; one more for the smallest
ASLEEP = 0.01  # a dimension whose mean varies no more than this from picture to picture has collapsed, as in beta.py
REACH = {"celeba": (4.0, 0.1), "drawn": (2.0, 0.05), "latent": (4.0, 0.1)}  # of a slider either way, and its step
STRIPS = {"celeba": (-2, -1, 0, 1, 2, 3, 4), "drawn": (-1, -0.5, 0, 0.5, 1, 1.5, 2), "latent": (-3, -2, -1, 0, 1, 2, 3)}
SHOWN_ROWS, SHOWN_IN_STRIPS = 8, 5
SENSE = 2  # points: smaller changes are not worth a sentence

STRIPS_TITLE = {
    True: Both(es="Una cara, dos direcciones", en="One face, two directions"),
    False: Both(
        es="Una imagen, dos dimensiones: la de más KL y la de menos",
        en="One picture, two dimensions: that with most KL and that with least",
    ),
}
STRIP_ALT = Both(es="{title} {strength}", en="{title} {strength}")
MEASURED = {
    "celeba": Both(
        es="+1 lleva de la media de las fotos sin el rasgo a la media de las que lo tienen. Puntos: cuánto sube "
        "entonces la probabilidad que el propio código da a cada etiqueta (discriminante lineal), en promedio sobre "
        "las {n} caras de la galería. Las etiquetas son opiniones de quienes anotaron CelebA.",
        en="+1 goes from the mean of the photographs without the feature to the mean of those with it. Points: how "
        "much the probability that the code itself gives to each label then rises (linear discriminant), on average "
        "over the gallery's {n} faces. The labels are opinions of those who annotated CelebA.",
    ),
    "drawn": Both(
        es="+1 recorre todo el rango del rasgo. Puntos: por ciento del rango de cada rasgo que el código cambia "
        "(regresión lineal). Aquí cada rasgo se sorteó aparte, así que casi nada más se mueve: los prejuicios de los "
        "rostros reales vienen de los datos, no del método.",
        en="+1 is the feature's whole range. Points: per cent of each feature's range by which the code changes "
        "(linear regression). Here every feature was drawn on its own, so hardly anything else moves: the prejudices "
        "of the real faces come from the data, not from the method.",
    ),
    "latent": Both(
        es="KL media sobre las {n} imágenes de la galería. Una dimensión cuya media μ no varía de una a otra (varianza "
        "hasta 0.01) está colapsada: el decoder la ignora y nada cambia.",
        en="Mean KL over the gallery's {n} pictures. A dimension whose mean μ does not vary among them (variance up "
        "to 0.01) has collapsed: the decoder ignores it and nothing changes.",
    ),
}
ALSO = Both(es="Con +1 también se mueve", en="At +1 this moves too")
IN_DATA = Both(es="En 9500 fotos de CelebA: {facts}.", en="In 9,500 CelebA photographs: {facts}.")
FACT = Both(
    es="{name} {with_it} % con el rasgo, {without} % sin él",
    en="{name} {with_it} % with the feature, {without} % without",
)
LATENT_FACT = Both(
    es="{kl} nats. De un extremo al otro de la tira, cada píxel cambia {change} % en promedio.",
    en="{kl} nats. From one end of the strip to the other, each pixel changes by {change} % on average.",
)
COLLAPSED = Both(es="colapsada", en="collapsed")
KNOBS = {
    "features": Both(es="Rasgos", en="Features"),
    "features_text": {
        "celeba": Both(
            es="1 = diferencia media entre con y sin el rasgo", en="1 = mean difference between with and without it"
        ),
        "drawn": Both(es="1 = todo el rango del rasgo", en="1 = the feature's whole range"),
    },
    "latents": Both(es="Números del código, por KL", en="The code's numbers, by KL"),
    "latents_text": Both(
        es="{asleep} de {count} colapsados. 1 = una desviación estándar de los códigos; la barra es la KL en nats",
        en="{asleep} of {count} collapsed. 1 = one standard deviation of the codes; the bar is the KL in nats",
    ),
    "reset": Both(es="Todo a cero", en="All to zero"),
}
DIMENSION = Both(es="z {number}", en="z {number}")
DIMENSION_LABEL = Both(es="z {number}, KL {kl} nats", en="z {number}, KL {kl} nats")
STAGE = {
    "title": Both(es="Antes y después", en="Before and after"),
    "before": Both(es="Antes", en="Before"),
    "before_text": Both(es="el código tal cual, decodificado", en="the code as it is, decoded"),
    "after": Both(es="Después", en="After"),
    "after_text": Both(es="el código movido, decodificado", en="the moved code, decoded"),
    "photo": Both(es="Entrada del modelo", en="The model's input"),
    "hold": Both(es="Mantener para comparar", en="Hold to compare"),
    "hold_text": Both(
        es="También sobre la imagen, o con la barra espaciadora.", en="On the picture too, or with the space bar."
    ),
    "save": Both(es="Descargar antes y después", en="Download before and after"),
}
READ = {
    "title": Both(es="Qué más se movió", en="What else moved"),
    "title_latent": Both(es="Cuánto cambió", en="How much changed"),
    "still": Both(
        es="Todo está en cero: el después es el antes.", en="All is at zero: the after is the before."
    ),
    "celeba": Both(
        es="Lo que el código dice de este rostro, antes → después, por etiqueta:",
        en="What the code says of this face, before → after, by label:",
    ),
    "drawn": Both(
        es="Lo que el código dice de este rostro, en % del rango de cada rasgo, antes → después:",
        en="What the code says of this face, in % of each feature's range, before → after:",
    ),
    "change": Both(
        es="Cada píxel cambió {change} % en promedio.", en="Each pixel changed by {change} % on average."
    ),
    "named": Both(
        es="{feature} {step} arrastra, en puntos y en promedio: {others}. Nadie lo pidió: así venían los datos.",
        en="{feature} {step} drags along, in points and on average: {others}. Nobody asked for that: it came with "
        "the data.",
    ),
    "own": Both(es="movido a propósito", en="moved on purpose"),
    "nothing": Both(
        es="Los controles movidos están colapsados, o casi: el decoder los ignora.",
        en="The moved knobs have collapsed, or nearly: the decoder ignores them.",
    ),
}  # fmt: skip
PIN_CAPTION = Both(es="{title}: {moved}", en="{title}: {moved}")
SAVE_STRIPS = Both(es="Descargar las tiras", en="Download the strips")
KNOB = Both(es="El control {key}", en="The knob {key}")
NO_KNOB = Both(es="Este modelo no tiene ese control.", en="This model has no such knob.")


@dataclass(frozen=True)
class Knob:
    """A slider: +1 moves the code by `direction`."""

    key: str  # in the address, and in what the page sends
    title: Both
    direction: Tensor  # (D,)
    reach: float
    step: float
    attribute: str | None = None  # whose direction it is
    kl: float | None = None  # of a latent dimension, nats
    asleep: bool = False  # the dimension has collapsed


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
class Begin:
    """A picture before anything moved."""

    x: Tensor  # (C, H, W)
    mu: Tensor  # (D,)
    before: Tensor  # (C, H, W), mu decoded
    source: str  # as gallery.Picked


@dataclass(frozen=True)
class Row:
    """One attribute's reading, in per cent."""

    attribute: str
    change: float
    before: float | None = None
    after: float | None = None
    own: bool = False  # its own slider moved


# what a model can do


def source(name: str) -> str:
    """celeba or drawn where directions are known, else latent."""
    found = models.preset(name).data.source
    return found if directions(name) and found in FEATURES else "latent"


def directions(name: str) -> dict[str, Tensor]:
    return {} if name == models.OWN else _directions(name)


@lru_cache(maxsize=32)
def _directions(name: str) -> dict[str, Tensor]:
    return pretrained.directions(name)


def knobs(name: str) -> tuple[Knob, ...]:
    """A model's sliders: features first, then latent dimensions by KL, the last the one with the least."""
    return _knobs.__wrapped__(name) if name == models.OWN else _knobs(name)


@lru_cache(maxsize=32)
def _knobs(name: str) -> tuple[Knob, ...]:
    return (*_features(name), *_dimensions(name))


def _features(name: str) -> list[Knob]:
    kind = source(name)
    known, (reach, step) = directions(name), REACH[kind]
    return [
        Knob(key, one.title, _scale(kind, one) * known[one.attribute], reach, step, one.attribute)
        for key, one in FEATURES.get(kind, {}).items()
        if one.attribute in known
    ]


def _scale(kind: str, feature: Feature) -> float:
    low, high = drawn.FACTORS[feature.attribute] if kind == "drawn" else (0.0, 1.0)
    return feature.sign * (high - low)


def kl_of(name: str) -> Tensor:
    """Each dimension's KL (D,) in nats, over the gallery."""
    codes = gallery.stored(name)
    return kl_per_dimension(codes.mu, codes.logvar)


def _dimensions(name: str) -> list[Knob]:
    kl, deviation = kl_of(name), models.gaussian(name)[1].diag().sqrt()
    order = kl.argsort(descending=True).tolist()
    asleep = set((gallery.stored(name).mu.var(dim=0) <= ASLEEP).nonzero().flatten().tolist())
    shown = order if len(order) <= DIMENSIONS + 1 else [*order[:DIMENSIONS], order[-1]]
    return [
        Knob(
            f"z{k + 1}", DIMENSION.format(number=k + 1), deviation[k] * torch.eye(len(kl))[k], *REACH["latent"],
            kl=kl[k].item(), asleep=k in asleep,
        )
        for k in shown
    ]  # fmt: skip


def probe(name: str) -> Probe | None:
    """What tells attributes from codes, by what ships: the directions, the codes' covariance, how common each is."""
    return None if source(name) == "latent" else _probe(name)


@lru_cache(maxsize=8)
def _probe(name: str) -> Probe:
    return _discriminants(name) if source(name) == "celeba" else _regressions(name)


def _discriminants(name: str) -> Probe:
    """Fisher's linear discriminant for each label: Gaussian classes with one covariance, that within the classes."""
    mean, covariance = models.gaussian(name)
    weights, bias = [], []
    for attribute, way in directions(name).items():
        common = models.card(name)["attributes"][attribute]["baseline"]
        p = common if attribute in OPINIONS["mostly"] else 1 - common
        weights.append(torch.linalg.solve(covariance - p * (1 - p) * torch.outer(way, way), way))
        between = mean + (0.5 - p) * way  # the middle of the two classes' means
        bias.append(torch.logit(torch.tensor(p)) - weights[-1] @ between)
    return Probe(tuple(directions(name)), torch.stack(weights), torch.stack(bias), True)


def _regressions(name: str) -> Probe:
    """Least squares for each factor, as the place in its range 0..1."""
    (mean, covariance), about = models.gaussian(name), models.preset(name).data
    weights, bias = [], []
    factors = drawn.sample_factors(about.count or 10_000, about.seed)
    for factor, way in directions(name).items():
        low, high = drawn.FACTORS[factor]
        values = (torch.from_numpy(factors[factor]) - low) / (high - low)
        slope = (high - low) * way * values.var()
        weights.append(torch.linalg.solve(covariance, slope))
        bias.append(values.mean() - weights[-1] @ mean)
    return Probe(tuple(directions(name)), torch.stack(weights), torch.stack(bias), False)


@lru_cache(maxsize=256)
def drift(name: str, key: str, strength: float = 1.0) -> tuple[Row, ...]:
    """How a model's reading of each attribute changes when a slider goes from 0 to +1, on average over the gallery."""
    reader, knob = probe(name), _knob(name, key)
    mu = gallery.stored(name).mu
    change = 100 * (reader.read(apply_attribute(mu, knob.direction, strength)) - reader.read(mu)).mean(dim=0)
    rows = (
        Row(each, value, own=each == knob.attribute) for each, value in zip(reader.names, change.tolist(), strict=True)
    )
    return tuple(sorted(rows, key=lambda row: -abs(row.change)))


def _knob(name: str, key) -> Knob:
    found = next((knob for knob in knobs(name) if knob.key == key), None)
    if found is None:
        raise Refused(NO_KNOB)
    return found


# a picture, moved


def begin(name: str, choice) -> Begin:
    """A gallery index or an upload's key, encoded once. Raises Refused."""
    pixels = gallery.pixels_of(choice)
    if pixels is not None:
        return _of_upload(models.known(name), pixels)
    index = limits.whole(choice, 0, len(gallery.stored(models.known(name)).mu) - 1, gallery.INDEX)
    return _of_gallery.__wrapped__(name, index) if name == models.OWN else _of_gallery(name, index)


@lru_cache(maxsize=128)
def _of_gallery(name: str, index: int) -> Begin:
    mu = gallery.stored(name).mu[index]
    kind = "code" if gallery.originals(name) is None else "original"
    return Begin(gallery.shown(name)[index], mu, models.decode(name, mu[None])[0], kind)


_uploads: dict[tuple[str, int], tuple[weakref.ref, Begin]] = {}  # goes with the visitor's pixels


def _of_upload(name: str, pixels) -> Begin:
    key, model = (name, id(pixels)), models.load(name)
    kept = _uploads.get(key)
    if kept is not None and kept[0]() is model:
        return kept[1]
    picked = gallery.picked(name, pixels)
    found = Begin(picked.x[0], picked.mu[0], models.decode(name, picked.mu)[0], "upload")
    if key not in _uploads:
        weakref.finalize(pixels, _uploads.pop, key, None).atexit = False
    _uploads[key] = weakref.ref(model), found
    return found


def checked(name: str, moved) -> dict[str, float]:
    """The sliders that are not at 0, by key. Raises Refused."""
    known = {knob.key: knob for knob in knobs(models.known(name))}
    if not isinstance(moved, dict) or len(moved) > len(known) or not all(key in known for key in moved):
        raise Refused(NO_KNOB)
    reach = {key: known[key].reach for key in moved}
    values = {key: limits.number(moved[key], -reach[key], reach[key], KNOB.format(key=key)) for key in moved}
    return {key: value for key, value in values.items() if value}


def compute(name: str, choice, moved) -> tuple[Begin, Tensor, Tensor]:
    """The picture before, its moved code (D,) and that decoded (C, H, W). Raises Refused."""
    moved, start = checked(name, moved), begin(name, choice)
    z = start.mu
    for key, strength in moved.items():
        z = apply_attribute(z, _knob(name, key).direction, strength)
    return start, z, models.decode(name, z[None])[0] if moved else start.before


def readings(name: str, start: Begin, z: Tensor, moved: dict[str, float]) -> list[Row]:
    """What the code says of this picture before and after: what was moved, then what changed most with it."""
    reader = probe(name)
    if reader is None:
        return []
    before, after = (100 * reader.read(torch.stack([start.mu, z])).clamp(0, 1)).tolist()
    own = {_knob(name, key).attribute for key in moved}
    rows = [Row(key, b - a, a, b, key in own) for key, a, b in zip(reader.names, before, after, strict=True)]
    rows.sort(key=lambda row: -abs(row.change))
    chosen = [row for row in rows if row.own]
    return chosen + [row for row in rows if not row.own][: max(4, SHOWN_ROWS - len(chosen))]


# what the tab opens with


def opening(name: str) -> dict[str, float]:
    """The slider that is moved when a model opens: glasses, or the dimension with the largest KL."""
    found = knobs(name)
    glasses = next((knob for knob in found if knob.key == "glasses"), None)
    chosen = glasses or next(knob for knob in found if knob.kl is not None)
    strength = {"celeba": 3.0, "drawn": 1.0, "latent": 2.0}[source(name) if glasses else "latent"]
    return {chosen.key: strength}


def start_picture(name: str) -> int:
    """A gallery picture that the model tells well and in which there is something to add."""
    return _start_picture.__wrapped__(name) if name == models.OWN else _start_picture(name)


@lru_cache(maxsize=32)
def _start_picture(name: str) -> int:
    base = next((one for one in PREFERRED if one in models.ordered() and _same_gallery(one, name)), name)
    if base != name:
        return start_picture(base)
    typical = gallery.typical(name)
    reader, wanted = probe(name), OPINIONS["wanted"].get(source(name), {})
    if reader is None:
        return int(typical[0])
    typical = typical[: max(2, len(typical) // 2)]
    read = reader.read(gallery.stored(name).mu[typical])
    score = sum(weight * read[:, reader.names.index(key)] for key, weight in wanted.items() if key in reader.names)
    return int(typical[score.argmax()])


def _same_gallery(one: str, other: str) -> bool:
    """Whether two models show the same pictures, so that they can open with the same one."""
    if other == models.OWN or models.preset(one).data.source != models.preset(other).data.source:
        return False
    a, b = gallery.stored(one), gallery.stored(other)
    return a.files == b.files and torch.equal(a.indices, b.indices)


def defaults() -> dict:
    name = models.first(*PREFERRED)
    return {"model": name, "a": start_picture(name)}


# as HTML


def _signed(value: float, digits: int = 1) -> str:
    text = f"{value:+.{digits}f}".replace("-", "−")
    return "0" if not float(f"{value:.{digits}f}") else text


def _strength(value: float) -> str:
    return f"{value:+g}".replace("-", "−") if value else "0"


def _table(lang: str, caption: str, rows: list[Row]) -> str:
    """Names, bars either way of the middle, and numbers."""
    body = "".join(_row(lang, row) for row in rows)
    return f'<table class="moves"><caption>{escape(caption)}</caption><tbody>{body}</tbody></table>'


def _row(lang: str, row: Row) -> str:
    name = escape(pick(ATTRIBUTES[row.attribute], lang))
    width = min(50.0, abs(row.change) / 2)
    left = 50 - width if row.change < 0 else 50
    side = "less" if row.change < 0 else "more"
    told = "" if row.before is None else f"<td>{row.before:.0f} → {row.after:.0f} %</td>"
    own = f' class="own" title="{escape(pick(READ["own"], lang))}"' if row.own else ""
    return (
        f'<tr{own}><th scope="row">{name}</th><td class="bar-cell"><div class="track">'
        f'<i class="{side}" style="left:{left:.1f}%;width:{width:.1f}%"></i></div></td>'
        f"<td>{_signed(row.change, 0)}</td>{told}</tr>"
    )


def strips(lang: str, name: str, choice) -> str:
    """Two strips of one picture: smile and glasses, or the dimensions with most and least KL; and what moves along."""
    if name == models.OWN or gallery.is_upload(choice):
        return _strips.__wrapped__(lang, name, choice)
    return _strips(lang, models.known(name), choice)


@lru_cache(maxsize=64)
def _strips(lang: str, name: str, choice) -> str:
    start, kind, found = begin(name, choice), source(name), knobs(name)
    shown = [knob for knob in found if knob.key in ("smile", "glasses")] or [found[0], found[-1]]
    body = "".join(_strip(lang, name, kind, knob, start) for knob in shown)
    title = pick(STRIPS_TITLE[kind != "latent"], lang)
    measured = pick(MEASURED[kind].format(n=len(gallery.stored(name).mu)), lang)
    words = pick(PIN_CAPTION.format(title=models.title(name), moved=STRIPS_TITLE[kind != "latent"]), lang)
    save = pictures.save_button(pick(SAVE_STRIPS, lang), pictures.file_name(name, title), 7)
    return (
        f'<section class="panel along">{parts.header(lang, title, words, save)}{body}'
        f'<p class="fine">{escape(measured)}</p></section>'
    )


def _strip(lang: str, name: str, kind: str, knob: Knob, start: Begin) -> str:
    title = pick(knob.title, lang)
    strengths = torch.tensor(STRIPS[kind])
    frames = models.decode(name, start.mu + strengths[:, None] * knob.direction)
    figures = "".join(
        pictures.figure(
            frame,
            pick(STRIP_ALT, lang).format(title=title, strength=_strength(value)),
            f"<b>{_strength(value)}</b>",
            how=pictures.LIVE,
        )
        for frame, value in zip(frames, STRIPS[kind], strict=True)
    )
    note = _latent_note(lang, knob, frames) if kind == "latent" else _feature_note(lang, name, kind, knob)
    return (
        f'<div class="one-way"><h4>{escape(title)}</h4><div class="strip">{figures}</div>'
        f'<div class="also">{note}</div></div>'
    )


def _latent_note(lang: str, knob: Knob, frames: Tensor) -> str:
    change = (frames[-1] - frames[0]).abs().mean().item()
    text = LATENT_FACT.format(kl=f"{knob.kl:.2f}", change=f"{100 * change:.1f}")
    asleep = f" <b>{escape(pick(COLLAPSED, lang))}</b>" if knob.asleep else ""
    return f"<p>{escape(pick(text, lang))}{asleep}</p>"


def _feature_note(lang: str, name: str, kind: str, knob: Knob) -> str:
    rows = drift(name, knob.key)
    shown = [row for row in rows if row.own] + [row for row in rows if not row.own][:SHOWN_IN_STRIPS]
    facts = f'<p class="fine">{escape(pick(in_the_data(knob), lang))}</p>' if kind == "celeba" else ""
    return _table(lang, pick(ALSO, lang), shown) + facts


def in_the_data(knob: Knob) -> Both:
    """How often two other labels came with the feature and without it, in the photographs themselves."""
    facts = []
    for key, shares in list(IN_THE_DATA[knob.attribute].items())[:2]:
        with_it, without = shares if FEATURES["celeba"][knob.key].sign > 0 else shares[::-1]
        facts.append(FACT.format(name=ATTRIBUTES[key], with_it=with_it, without=without))
    return IN_DATA.format(facts=Both(es="; ".join(one.es for one in facts), en="; ".join(one.en for one in facts)))


def sliders(lang: str, name: str, moved: dict[str, float]) -> str:
    """The knobs, features and latent dimensions apart."""
    kind, found = source(name), knobs(name)
    features = [knob for knob in found if knob.kl is None]
    latents = [knob for knob in found if knob.kl is not None]
    kl = kl_of(name)
    most = max(kl.max().item(), 0.1)
    reset = f'<button type="button" class="reset">{escape(pick(KNOBS["reset"], lang))}</button>'
    groups = ""
    if features:
        text, rows = KNOBS["features_text"][kind], "".join(_slider(lang, knob, moved) for knob in features)
        groups, reset = _group(lang, KNOBS["features"], text, rows, reset), ""
    asleep = KNOBS["latents_text"].format(asleep=len(kl) - models.card(name)["figures"]["active_units"], count=len(kl))
    rows = [_slider(lang, knob, moved, most) for knob in latents]
    groups += _group(lang, KNOBS["latents"], asleep, "".join(rows), reset)
    return f'<div class="knobs">{groups}</div>'


def _group(lang: str, title: Both, text: Both, rows: str, button: str) -> str:
    title = escape(pick(title, lang))
    return (
        f'<section class="panel group" role="group" aria-label="{title}"><header><h3>{title}</h3>{button}</header>'
        f'<p class="fine">{escape(pick(text, lang))}</p>{rows}</section>'
    )


def _slider(lang: str, knob: Knob, moved: dict[str, float], most: float = 0.0) -> str:
    value = moved.get(knob.key, 0.0)
    bar, label = "", pick(knob.title, lang)
    if knob.kl is not None:
        label = pick(DIMENSION_LABEL, lang).format(number=knob.key[1:], kl=f"{knob.kl:.2f}")
        asleep = " asleep" if knob.asleep else ""
        told = escape(pick(COLLAPSED, lang)) if asleep else f"{knob.kl:.1f}"
        bar = f'<span class="kl{asleep}"><i style="width:{100 * knob.kl / most:.1f}%"></i><small>{told}</small></span>'
    return (
        f'<label class="knob{" latent" if bar else ""}"><span>{escape(pick(knob.title, lang))}</span>{bar}'
        f'<input type="range" min="{-knob.reach:g}" max="{knob.reach:g}" step="{knob.step:g}" value="{value:g}" '
        f'data-slide="{knob.key}" aria-label="{escape(label)}"><output>{_strength(value)}</output></label>'
    )


def stage(lang: str, name: str, choice, moved: dict[str, float]) -> str:
    """Before and after, side by side; holding the button shows the one in the other's place."""
    start, _, after = compute(name, choice, moved)
    words = {key: escape(pick(text, lang)) for key, text in STAGE.items()}
    photo = f'<span class="photo">{pictures.img(start.x, words["photo"])}<small>{words["photo"]}</small></span>'
    photo = "" if start.source == "code" else photo
    caption = pick(PIN_CAPTION.format(title=models.title(name), moved=STAGE["title"]), lang)
    file = pictures.file_name(name, pick(STAGE["title"], lang))
    save = pictures.save_button(words["save"], file, 3)
    figures = (
        pictures.figure(
            start.before, words["before"], f"<b>{words['before']}</b><small>{words['before_text']}</small>"
        ),
        pictures.figure(after, words["after"], f"<b>{words['after']}</b><small>{words['after_text']}</small>"),
    )
    before, after = (
        figure.replace("<figure>", f'<figure class="{side}">')
        for side, figure in zip(STAGE_SIDES, figures, strict=True)
    )
    opened = {"model": defaults()["model"], "a": start_picture(name)}
    noted = address.note({"model": name, "a": choice} | dict.fromkeys(_elsewhere(name)), opened)
    return (
        f'<section class="panel pair-stage">{parts.header(lang, pick(STAGE["title"], lang), caption, save)}'
        f'<div class="duo">{before}{after}</div><div class="below">{photo}'
        f'<button type="button" class="hold" aria-pressed="false">{words["hold"]}</button>'
        f'<small class="hint">{words["hold_text"]}</small></div>{noted}</section>'
    )


STAGE_SIDES = ("before", "after")


def _elsewhere(name: str) -> list[str]:
    """Keys that other models' sliders may have left in the address."""
    here = {knob.key for knob in knobs(name)}
    every = {key for features in FEATURES.values() for key in features} | {f"z{k + 1}" for k in range(128)}
    return sorted(every - here)


def read_out(lang: str, name: str, choice, moved: dict[str, float]) -> str:
    """What else moved; carries the picture after, which the page's script puts on the stage."""
    moved = checked(name, moved)
    start, z, after = compute(name, choice, moved)
    rows = readings(name, start, z, moved)
    change = 100 * (after - start.before).abs().mean().item()
    told = [READ["change"].format(change=f"{change:.1f}"), *_named(name, moved)] if moved else [READ["still"]]
    if moved and change < 0.05:
        told.append(READ["nothing"])
    text = "".join(f"<p>{escape(pick(one, lang))}</p>" for one in told)
    table = _table(lang, pick(READ[source(name)], lang), rows) if rows and moved else ""
    opened = opening(name)
    keys = [knob.key for knob in knobs(name)]
    noted = address.note({key: moved.get(key, 0.0) for key in keys}, {key: opened.get(key, 0.0) for key in keys})
    now = pictures.img(after, pick(STAGE["after"], lang)).replace("<img ", '<img hidden class="now" ', 1)
    title = READ["title" if probe(name) else "title_latent"]
    caption = pick(PIN_CAPTION.format(title=models.title(name), moved=title), lang)
    return (
        f'<section class="panel readings">{now}{parts.header(lang, pick(title, lang), caption)}'
        f"{text}{table}{noted}</section>"
    )


def _named(name: str, moved: dict[str, float]) -> list[Both]:
    """The prejudices of the data, for the feature that was moved most."""
    features = [key for key in moved if _knob(name, key).attribute]
    if source(name) != "celeba" or not features:
        return []
    key = max(features, key=lambda one: abs(moved[one]))
    way = 1.0 if moved[key] > 0 else -1.0
    rows = [row for row in drift(name, key, way) if row.attribute in OPINIONS["social"] and not row.own]
    strong = [row for row in rows if abs(row.change) >= SENSE][:3]
    each = [
        Both(es="{what} {points}", en="{what} {points}").format(
            what=ATTRIBUTES[row.attribute], points=_signed(row.change, 0)
        )
        for row in strong
    ]
    others = Both(es=", ".join(one.es for one in each), en=", ".join(one.en for one in each))
    data = in_the_data(_knob(name, key))
    named = READ["named"].format(feature=_knob(name, key).title, step=_strength(way), others=others)
    return [named, data] if each else [data]


# the tab


def build(lang: str) -> address.Kept:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name, a = defaults().values()
    moved = opening(name)
    parts.lead(LEAD, lang)
    said = events.notice()
    choice, strengths = gr.State(a), gr.State(moved)
    with gr.Row(elem_classes="bar features-bar"):
        model = parts.model_menu(name, lang)
        about = parts.about_area(name, lang)
    strip_area = parts.html(strips(lang, name, a), "strips-area")
    with gr.Row(elem_classes="workbench"):
        with gr.Column(elem_classes="see"):
            stage_area = parts.html(stage(lang, name, a, moved), "stage-area", script=SCRIPT)
            read_area = parts.html(read_out(lang, name, a, moved), "read-area", script=SCRIPT)
        with gr.Column(elem_classes="turn"):
            knob_area = parts.html(sliders(lang, name, moved), "knob-area", script=SCRIPT)
    grid = parts.picker(name, lang, CHOOSE, {"a": a})
    areas = [strip_area, knob_area, stage_area, read_area]
    _wire(lang, [model, choice, strengths], areas, (grid, about, said))
    return address.Kept([model, choice, strengths, *areas, grid, about], _restorer(lang), model)


def everything(lang: str, name: str, choice, moved: dict[str, float]) -> tuple[str, str, str, str]:
    """The four areas: strips, knobs, stage, what else moved."""
    moved = checked(name, moved)
    return (
        strips(lang, name, choice),
        sliders(lang, name, moved),
        stage(lang, name, choice, moved),
        read_out(lang, name, choice, moved),
    )


def carried(name: str, moved: dict[str, float]) -> dict[str, float]:
    """What stays moved when another model takes over: features that it has too, else its own opening."""
    reach = {knob.key: knob.reach for knob in knobs(name) if knob.attribute}
    kept = {key: max(-reach[key], min(reach[key], value)) for key, value in moved.items() if key in reach}
    return kept or opening(name)


def _restorer(lang: str):
    def restore(values: dict[str, str]) -> tuple:
        name = models.from_address(values.get("model"), defaults()["model"])
        a = gallery.from_address(values.get("a"), name, start_picture(name))
        opened = opening(name)
        moved = {
            knob.key: address.number(values.get(knob.key), -knob.reach, knob.reach, opened.get(knob.key, 0.0))
            for knob in knobs(name)
        }
        moved = checked(name, moved)
        grid = gallery.grid(name, lang, CHOOSE, {"a": a})
        menu = gr.Dropdown(models.choices(lang), value=name)
        return menu, a, moved, *everything(lang, name, a, moved), grid, parts.about(name, lang)

    return restore


def _wire(lang: str, values: list, areas: list, others: tuple) -> None:
    (model, choice, strengths), (grid, about, said) = values, others
    *_, knob_area, _, read_area = areas

    def slide(event, name, chosen, old):
        moved = checked(name, event.get("moved"))
        return read_out(lang, name, chosen, moved), moved

    def take(event, name, old, moved):
        _, new = gallery.choice_of(event, ("a",), models.known(name))
        grid_again = gallery.grid(name, lang, CHOOSE, {"a": new}) if "path" in event else gr.skip()
        return new, *everything(lang, name, new, moved), grid_again

    def change_model(name, old, moved):
        new, moved = gallery.carried(old, models.known(name)), carried(name, moved)
        grid_again = gallery.grid(name, lang, CHOOSE, {"a": new})
        return new, moved, *everything(lang, name, new, moved), grid_again, parts.about(name, lang)

    events.connect_pick(knob_area, slide, values, [read_area, strengths], said, lang)
    events.connect_pick(grid, take, values, [choice, *areas, grid], said, lang)
    events.connect([model.input], change_model, values, [choice, strengths, *areas, grid, about], said, lang)
