"""What the tab Features shows."""

import torch

from ....numbers import both, compact, decimal, signed, whole
from ....text import LANGUAGES, Both, pick
from ...core import attributes
from ...core.model import Model
from ...ui import pictures
from ...ui.html import render
from . import texts
from .compute import STRENGTHS, Moved, Start, opening, opening_model, opening_picture, strip
from .knobs import Knob, kind_of, knob, knobs
from .labels import IN_THE_DATA, SOCIAL
from .readings import Row, drift, probe, readings

ROWS = 5  # of what a strip's direction drags along
FACTS = 2  # about the data, of a feature
SENSE = 2  # points: smaller changes are not worth a sentence
NOTHING = 0.05  # per cent: a smaller change of the pixels is none
LEAST_KL = 0.1  # nats that a bar's whole width stands for at least
MOST_DIMENSIONS = 128  # of any model: what another model's sliders may have left in the address


def areas(lang: str, model: Model, moved: Moved) -> tuple[str, str, str]:
    """What a picture brings along: strips, stage, what else moved."""
    return strips(lang, model, moved.start), stage(lang, model, moved), read_out(lang, model, moved)


def strips(lang: str, model: Model, start: Start) -> str:
    """Two strips of one picture: smile and glasses, or the dimensions with most and least KL; and what moves along."""
    kind, known = kind_of(model), knobs(model)
    chosen = [each for each in known if each.key in ("smile", "glasses")] or [known[0], known[-1]]
    title = texts.LATENT_STRIPS if kind == "latent" else texts.FEATURE_STRIPS
    return render(
        "features/strips.html", lang, texts=texts, attributes=texts.ATTRIBUTES, title=title,
        caption=_caption(model, title), strips=[_strip(model, start, each) for each in chosen],
        measured=texts.MEASURED[kind].format(n=both(whole, len(model.gallery.mu))),
        file=pictures.file_name(model.name, pick(title, lang)), columns=len(STRENGTHS[kind]),
    )  # fmt: skip


def _caption(model: Model, panel: Both) -> Both:
    return texts.CAPTION.format(model=model.title, panel=panel)


def _strip(model: Model, start: Start, moved: Knob) -> dict:
    """What the template needs to know of a strip: pictures, and either what moves along or how much changes."""
    kind, frames = kind_of(model), strip(model, start, moved)
    strengths = [_strength(value) for value in STRENGTHS[kind]]
    alts = [texts.STRIP_ALT.format(title=moved.title, strength=strength) for strength in strengths]
    sources = [pictures.source(frame, pictures.LIVE) for frame in frames]
    rows = [] if kind == "latent" else drift(model, moved.key)
    change = 100 * (frames[-1] - frames[0]).abs().mean().item()
    return {
        "knob": moved,
        "pictures": list(zip(sources, alts, strengths, strict=True)),
        "size": frames.shape[2:],
        "rows": [row for row in rows if row.own] + [row for row in rows if not row.own][:ROWS],
        "in_data": in_the_data(moved.key) if kind == "celeba" else None,
        "fact": texts.LATENT_FACT.format(kl=both(decimal, moved.kl or 0, 2), change=both(decimal, change, 1)),
    }


def _strength(value: float) -> Both:
    return Both(*(signed(compact(value, 6, lang)) for lang in LANGUAGES))


def in_the_data(key: str) -> Both:
    """How often two other labels came with a feature of CelebA and without it, in the photographs themselves."""
    feature = attributes.FEATURES["celeba"][key]
    facts = []
    for label, shares in list(IN_THE_DATA[feature.attribute].items())[:FACTS]:
        with_it, without = shares[:: feature.sign]
        facts.append(texts.FACT.format(name=texts.ATTRIBUTES[label], with_it=with_it, without=without))
    return texts.IN_DATA.format(facts=_joined("; ", facts))


def _joined(separator: str, parts: list[Both]) -> Both:
    return Both(*(separator.join(pick(part, lang) for part in parts) for lang in LANGUAGES))


def sliders(lang: str, model: Model, strengths: dict[str, float]) -> str:
    """The knobs, features and latent dimensions apart."""
    features = [each for each in knobs(model) if each.kl is None]
    latents = [each for each in knobs(model) if each.kl is not None]
    asleep = model.latent_dim - model.card["figures"]["active_units"]
    latents_text = texts.LATENTS_TEXT.format(asleep=both(whole, asleep), count=both(whole, model.latent_dim))
    groups = [(texts.FEATURES, texts.FEATURES_TEXTS[kind_of(model)], features)] if features else []
    reader = probe(model)
    return render(
        "features/knobs.html", lang, texts=texts, groups=[*groups, (texts.LATENTS, latents_text, latents)],
        model=model, strengths=strengths, opened=opening(model), most=max(model.kl.max().item(), LEAST_KL),
        directions=torch.stack([each.direction for each in knobs(model)]), reader=reader, attributes=texts.ATTRIBUTES,
        table=texts.READINGS.get(kind_of(model)), rows=[Row(name, 0, 0, 0) for name in reader.names] if reader else [],
        prejudices=[(k.key, way, one) for k in features for way in (1, -1) for one in _prejudices(model, {k.key: way})],
        labels={each.key: texts.DIMENSION_LABEL.format(title=each.title, kl=both(decimal, each.kl or 0, 2))
                for each in latents},
    )  # fmt: skip


def stage(lang: str, model: Model, moved: Moved) -> str:
    """Before and after, side by side; holding the button shows the one in the other's place."""
    return render(
        "features/stage.html", lang, texts=texts, start=moved.start, after=moved.after,
        caption=_caption(model, texts.STAGE), file=pictures.file_name(model.name, pick(texts.STAGE, lang)),
        noted={"model": model.name, "a": moved.choice} | dict.fromkeys(_elsewhere(model)),
        defaults={"model": opening_model(), "a": opening_picture(model)},
    )  # fmt: skip


def _elsewhere(model: Model) -> list[str]:
    """Keys that other models' sliders may have left in the address."""
    here = {each.key for each in knobs(model)}
    features = {key for features in attributes.FEATURES.values() for key in features}
    return sorted((features | {f"z{k + 1}" for k in range(MOST_DIMENSIONS)}) - here)


def read_out(lang: str, model: Model, moved: Moved) -> str:
    """What else moved; carries the picture after, which the page's script puts on the stage."""
    opened, keys = opening(model), [each.key for each in knobs(model)]
    title = texts.ALSO_MOVED if probe(model) else texts.HOW_MUCH
    return render(
        "features/readings.html", lang, texts=texts, attributes=texts.ATTRIBUTES, title=title,
        caption=_caption(model, title), now=pictures.source(moved.after), size=moved.after.shape[1:],
        sentences=_sentences(model, moved), table=texts.READINGS.get(kind_of(model)),
        rows=readings(model, moved.start.mu, moved.z, moved.strengths) if moved.strengths else [],
        noted={key: moved.strengths.get(key, 0.0) for key in keys},
        defaults={key: opened.get(key, 0.0) for key in keys},
    )  # fmt: skip


def _sentences(model: Model, moved: Moved) -> list[Both]:
    if not moved.strengths:
        return [texts.STILL]
    change = 100 * (moved.after - moved.start.before).abs().mean().item()
    nothing = [texts.NOTHING] if change < NOTHING else []
    return [texts.CHANGE.format(change=both(decimal, change, 1)), *_prejudices(model, moved.strengths), *nothing]


def _prejudices(model: Model, strengths: dict[str, float]) -> list[Both]:
    """The prejudices of the data, for the feature that was moved most."""
    features = [key for key in strengths if knob(model, key).attribute]
    if kind_of(model) != "celeba" or not features:
        return []
    key = max(features, key=lambda key: abs(strengths[key]))
    moved, way = knob(model, key), 1.0 if strengths[key] > 0 else -1.0
    social = [row for row in drift(model, key, way) if row.attribute in SOCIAL and not row.own]
    others = [_dragged(row) for row in social if abs(row.change) >= SENSE][:3]
    drags = texts.DRAGS.format(feature=moved.title, step=_strength(way), others=_joined(", ", others))
    return [drags, in_the_data(key)] if others else [in_the_data(key)]


def _dragged(row: Row) -> Both:
    points = Both(*(signed(decimal(row.change, 0, lang)) for lang in LANGUAGES))
    return texts.DRAGGED.format(attribute=texts.ATTRIBUTES[row.attribute], points=points)
