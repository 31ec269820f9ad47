"""What the tab Mix shows."""

import base64

import torch
from torch import Tensor

from ....text import Both, pick
from ...core.choice import Choice, picked
from ...core.model import Model, take
from ...ui import pictures
from ...ui.html import render
from . import texts
from .compute import FRAMES, STEPS, crossfade, gif, opening_model, opening_pair, through_latent_space

MIDDLE = FRAMES // 2


def film(lang: str, model: Model, a: Choice, b: Choice, path: str, at: int | None = None) -> str:
    """Crossfade and film, large and as strips; at: the frame to show, None leaves it to what the page shows now."""
    start, end = picked(model, a), picked(model, b)
    frames = through_latent_space(model, start, end, path, FRAMES)
    noted = {"model": model.name, "a": a, "b": b, "path": path} | ({} if at is None else {"at": at})
    opening = defaults()
    if model.name != opening["model"]:  # both pictures stand in the address then
        opening |= {"a": None, "b": None}
    return render(
        "mix/film.html", lang, texts=texts, model=model, path=path,
        at="" if at is None else at, frame=MIDDLE if at is None else at, last=FRAMES - 1,
        ends=[pictures.source(picture.x[0]) for picture in (start, end)], codes=(start.mu, end.mu),
        titles={key: pick(title, lang) for key, title in texts.PATHS.items()},
        frames=pictures.source(torch.cat(list(frames), dim=2), pictures.LIVE),
        strips=[
            _strip(texts.FADE, crossfade(start.x, end.x, STEPS)),
            _strip(texts.FILM, frames[:: (FRAMES - 1) // (STEPS - 1)]),
        ],
        file=pick(texts.FILE, lang).format(name=model.name, path=path), columns=STEPS,
        noted=noted, defaults=opening,
    )  # fmt: skip


def _strip(kind: Both, frames: Tensor) -> dict:
    alts = [texts.ALT.format(kind=kind, share=round(100 * k / (STEPS - 1))) for k in range(len(frames))]
    sources = [pictures.source(frame, pictures.LIVE) for frame in frames]
    return {"kind": kind, "pictures": list(zip(sources, alts, strict=True)), "size": frames.shape[2:]}


def film_as_gif(lang: str, model: Model, a: Choice, b: Choice, path: str) -> str:
    """The film as a GIF that the tab's script saves."""
    content = gif(through_latent_space(model, picked(model, a), picked(model, b), path, FRAMES))
    return render(
        "mix/gif.html", lang, content=base64.b64encode(content).decode(),
        file=pick(texts.FILE, lang).format(name=model.name, path=path) + ".gif",
    )  # fmt: skip


def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    name = opening_model()
    a, b = opening_pair(take(name))
    return {"model": name, "a": a, "b": b, "path": "lerp", "at": MIDDLE}
