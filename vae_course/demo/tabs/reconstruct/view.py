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
        costs=_costs(result),
        fine=texts.NOTES[result.kind].format(
            floor="" if result.floor is None else both(compact, result.floor, 4),
            sigma=both(decimal, result.pixel_sigma, 3),
        ),
        noted={"model": model.name, "other": other.name, "picture": choice}, defaults=defaults_of(model),
    )  # fmt: skip


def _costs(result: Result) -> list[tuple]:
    """(what, how much, in which unit, more about it) of each part of the loss."""
    term, unit = texts.TERMS[result.kind], "nats" if result.kind in ("bce", "gaussian") else ""
    each = both(compact, result.reconstruction / result.picked.x.numel(), 4)
    per_dimension = both(compact, result.kl / result.picked.mu.numel(), 4)
    return [
        (term, both(compact, result.reconstruction, 4), unit,
         "" if result.kind == "l1_mean" else texts.PER_PIXEL.format(value=each)),
        ("KL", both(compact, result.kl, 4), "nats", texts.KL_TEXT.format(value=per_dimension)),
        (texts.LOSS, both(compact, result.loss, 4), unit, texts.LOSS_TEXT.format(beta=both(compact, result.beta, 6))),
        ("PSNR", both(decimal, result.psnr, 1), "dB",
         texts.PSNR_TEXT.format(usual=both(decimal, result.usual_psnr, 1))),
    ]  # fmt: skip


def draws_panel(lang: str, model: Model, seed: int, result: Result) -> str:
    """Eight draws from one picture's posterior."""
    sigma = (0.5 * result.picked.logvar).exp().mean()
    return render(
        "reconstruct/draws.html", lang, texts=texts, model=model, draws=result.draws, live=pictures.LIVE,
        text=texts.DRAWS_TEXT.format(sigma=both(decimal, sigma, 2)),
        file=pick(texts.DRAWS_FILE, lang).format(name=model.name),
        noted={"seed": seed}, defaults={"seed": 0},
    )  # fmt: skip


def defaults() -> dict:
    """What the tab opens with, as the address names it: a kitten, compared with the faces model."""
    name = opening_model()
    return {"model": name, "other": partner(name), "picture": opening_picture(take(name))}


def defaults_of(model: Model) -> dict:
    """What need not stand in the address: with another model than the first, all does."""
    opening = defaults()
    return opening if model.name == opening["model"] else {"model": opening["model"]}
