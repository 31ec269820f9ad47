"""What the tab Generate shows."""

import torch
from torch import Tensor

from ....numbers import both, decimal, whole
from ....text import Both, pick
from ...core import limits
from ...core.model import Model, kept, ordered
from ...core.published import publish
from ...ui import pictures
from ...ui.html import render
from . import compute, texts
from .compute import EDGE

START = {"seed": 7, "count": 9, "temperature": 1.0}
HERE = {"x": 1.0, "y": -1.0}  # the point that a 2-D model's map opens with


def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    return {"model": compute.opening_model(), **START, "shown": "all"}


def sheets(lang: str, model: Model, seed: int, count: int, temperature: float, columns: str) -> str:
    """One panel of pictures for each source; columns: "all", or one source. Raises Refused."""
    columns = limits.one_of(columns, tuple(texts.TITLES), texts.ASKED["source"])
    sources = compute.sources(model) if columns == "all" else (columns,)
    drawn = {source: compute.generated(model, seed, count, temperature, source) for source in sources}
    noted = {"model": model.name, "seed": seed, "count": count, "temperature": temperature, "shown": columns}
    return render(
        "generate/sheets.html", lang, texts=texts,
        panels=[_panel(lang, model, source, int(seed), x) for source, x in drawn.items()],
        faces=not model.name.startswith("faces") and "faces" in ordered(),
        model=model, drawn=[seed, count, temperature, columns], noted=noted, defaults=defaults(),
    )  # fmt: skip


def _panel(lang: str, model: Model, source: str, seed: int, x: Tensor) -> dict:
    title, count = titles(model)[source], len(x)
    told = "plain" if source == "prior" and compute.without_kl(model) else source
    said = {"far": compute.far_out(compute.plain(model) or model)} | model.card.get("flow", {}).get("distances", {})
    alts = texts.ALT_OF_ONE.format(title=title), texts.ALT.format(count="{count}", title=title)
    return {
        "source": source, "decoded_by": compute.drawn_from(model, source), "title": title,
        "explanation": texts.EXPLANATIONS[told].format(**{key: both(decimal, far, 1) for key, far in said.items()}),
        "caption": texts.CAPTION.format(model=model.title, source=title, seed=seed),
        "file": pictures.file_name(model.name, pick(title, lang), seed),
        "x": x,
        "columns": 3 if count <= 9 else 4 if count <= 16 else 6 if count <= 36 else 8,
        "alts": alts, "alt": alts[count > 1].format(count=count),
    }  # fmt: skip


def plane(lang: str, model: Model, x: float = HERE["x"], y: float = HERE["y"]) -> str:
    """A 2-D model's decoded lattice, to click on, and the point decoded large; empty for other models.

    The page decodes further points of a shipped model itself (script.js), in the same words.
    """
    if model.latent_dim != 2:
        return ""
    x, y = (limits.number(value, -EDGE, EDGE, texts.ASKED["point"]) for value in (x, y))
    return render(
        "generate/plane.html", lang, texts=texts, model=model, x=x, y=y, edge=EDGE, side=compute.GRID,
        lattice=lattice(model), picture=model.decode(torch.tensor([[x, y]]))[0],
        point=texts.POINT.format(x=both(decimal, x, 2), y=both(decimal, y, 2)),
        noted={"x": round(x, 3), "y": round(y, 3)}, defaults=HERE,
    )  # fmt: skip


@kept(1)
def lattice(model: Model) -> str:
    """The address of the decoded lattice's picture, or itself as a data URI."""
    content = pictures.encode(pictures.to_bytes(compute.lattice(model)), {"format": "webp", "quality": 80})
    return publish(content, "webp") if model.lasting else pictures.data_uri(content, "webp")


def memory(lang: str, model: Model, seed: int, count: int, temperature: float, columns: str) -> str:
    """The first samples, and below each the picture whose code lies nearest: is anything copied?"""
    source = "gaussian" if columns == "all" else columns
    compared, named = compute.neighbours(model, seed, count, temperature, source), titles(model)[source]
    held = {} if compared.held is None else {"held": both(decimal, compared.held, 1)}
    far = texts.FAR["beside" if held else "alone"].format(samples=both(decimal, compared.distance, 1), **held)
    return render(
        "generate/memory.html", lang, texts=texts,
        caption=texts.MEMORY_CAPTION.format(title=model.title, source=named, question=texts.MEMORY),
        text=texts.MEMORY_TEXT[compared.kind].format(source=named, n=both(whole, compared.among), far=far),
        rows=[(compared.samples, texts.SAMPLE_ALT), (compared.nearest, texts.NEAREST_ALT)],
    )  # fmt: skip


def choices(lang: str, model: Model) -> list[tuple[str, str]]:
    """What can be shown of a model, as a menu wants it."""
    there = ("all", *compute.sources(model))
    return [(pick(title, lang), columns) for columns, title in titles(model).items() if columns in there]


def titles(model: Model) -> dict[str, Both]:
    """What the columns are called; a model without a KL is no VAE."""
    autoencoder = {"prior": texts.TITLES["plain"]} | texts.AUTOENCODER
    return texts.TITLES | autoencoder if compute.without_kl(model) else texts.TITLES


def possible(columns: str, model: Model) -> str:
    """What was chosen, or all where this model has no such column."""
    return columns if columns in compute.sources(model) else "all"
