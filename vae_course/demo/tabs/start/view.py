"""What the tab Start shows."""

from ....evaluation import psnr
from ....numbers import both, decimal
from ...core import texts as core_texts
from ...core.choice import Choice
from ...core.model import Model, take
from ...core.titles import counted
from ...ui import pictures
from ...ui import texts as common
from ...ui.charts import Axis, Scale, round_values
from ...ui.html import render
from . import texts
from .compute import DRAWS, Way, compute, opening_model, opening_picture

FAST = {"format": "png", "compress_level": 1}  # exact, and drawn anew with each click
# the tabs that go on from each stage
LINKS = (("map", "train"), ("beta",), ("generate", "mix", "features"), ("reconstruct",))
WIDTH, ROW, TOP, LEFT, RIGHT, BOTTOM = 240, 17, 4, 36, 6, 40  # of both charts, in pixels


def way_and_draws(lang: str, model: Model, choice: Choice, seed: int, zero: bool) -> tuple[str, str]:
    """The way of one picture through the model, and eight draws. Raises Refused."""
    way = compute(model, choice, seed, zero)
    draws = [pictures.source(draw, FAST) for draw in (way.draws[:1] if zero else way.draws)]
    sigma = both(decimal, way.widths[way.rows].mean().item(), 2)
    shown = {
        "texts": texts, "way": way, "model": model, "size": way.draws.shape[2:],
        "zero": int(zero), "cloud": (texts.CLOUD.format(sigma=sigma), texts.NO_CLOUD),
        "draws": draws * DRAWS if zero else draws,
    }  # fmt: skip
    noted = {"model": model.name, "picture": choice, "seed": int(seed), "zero": int(zero)}
    above = render(
        "start/way.html", lang, **shown, how=FAST, source=common.SOURCES[way.picked.source], sigma=sigma,
        dimensions=counted(core_texts.DIMENSIONS, model.latent_dim), psnr=psnr(way.picked.x, way.draws[:1]),
        links=LINKS, noted=noted, defaults=defaults(), **_charts(way),
    )  # fmt: skip
    file = f"{model.name}-{'mu' if zero else 'z'}-{int(seed)}.png"
    return above, render("start/draws.html", lang, **shown, file=file, noted=noted, columns=DRAWS // 2)


def _charts(way: Way) -> dict:
    """The two charts have the same rows, one for each dimension, and the same axis."""
    reach, rows = way.reach, len(way.rows)
    words = {"rows": rows, "first": int(way.rows[0]) + 1}
    mu, *sigmas = (both(decimal, value, 2) for value in (way.mu[0].item(), way.widths[way.rows[0]].item(), 0.0))
    return {
        "clouds": list(zip(way.mu.tolist(), way.sigma.tolist(), strict=True)), "points": way.z[:, way.rows].tolist(),
        "width": WIDTH, "height": TOP + ROW * rows + BOTTOM, "row": ROW,
        "x": Axis(Scale(-reach, reach, LEFT, WIDTH - RIGHT), round_values(-reach, reach), texts.AXIS),
        "y": Scale(0, rows, TOP + ROW * rows, TOP),
        "code_alts": [texts.CODE_ALT.format(**words, mu=mu, sigma=sigma) for sigma in sigmas],
        "z_alt": texts.Z_ALT.format(**words),
    }  # fmt: skip


def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    name = opening_model()
    return {"model": name, "picture": opening_picture(take(name)), "seed": 0, "zero": 0}
