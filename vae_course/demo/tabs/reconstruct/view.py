"""What the tab Reconstruct shows."""

from ....numbers import both, compact, decimal
from ....text import pick
from ...core.choice import Choice
from ...core.model import Model, take
from ...ui import pictures
from ...ui.html import render
from . import texts
from .compute import Result, cross, opening_model, opening_picture, partner, reconstructed


def panels(lang: str, model: Model, choice: Choice, other: Model, seed: int) -> tuple[str, str]:
    """Both panels. Raises Refused."""
    result = reconstructed(model, choice, seed)
    return cross_panel(lang, model, choice, other, result), draws_panel(lang, model, seed, result)


def cross_panel(lang: str, model: Model, choice: Choice, other: Model, result: Result) -> str:
    """The picture through both models, the other way, and the loss in its parts."""
    return render(
        "reconstruct/cross.html", lang, texts=texts, models=(model, other),
        rows=dict(zip(("picked", "back"), cross(model, choice, other, result), strict=True)),
        file=pick(texts.FILE, lang).format(name=model.name, other=other.name),
        result=result, unit="nats" if result.kind in ("bce", "gaussian") else "",
        fine=texts.NOTES[result.kind].format(
            floor="" if result.floor is None else both(compact, result.floor, 4),
            sigma=both(decimal, result.pixel_sigma, 3),
        ),
        noted={"model": model.name, "other": other.name, "picture": choice},
        defaults=defaults() if model.name == opening_model() else {"model": opening_model()},  # all stands there
    )  # fmt: skip


def draws_panel(lang: str, model: Model, seed: int, result: Result) -> str:
    """Eight draws from one picture's posterior."""
    sigma = (0.5 * result.picked.logvar).exp().mean()
    return render(
        "reconstruct/draws.html", lang, texts=texts, model=model, draws=result.draws, live=pictures.LIVE, seed=seed,
        picked=result.picked, sigma=sigma, file=pick(texts.DRAWS_FILE, lang).format(name=model.name),
        noted={"seed": seed}, defaults={"seed": 0},
    )  # fmt: skip


def defaults() -> dict:
    """What the tab opens with, as the address names it: a kitten, compared with the faces model."""
    name = opening_model()
    return {"model": name, "other": partner(name), "picture": opening_picture(take(name))}
