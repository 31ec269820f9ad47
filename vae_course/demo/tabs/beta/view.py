"""What the tab Beta shows: a table with a column for each model, and their rate-distortion curve."""

import math

from ....numbers import both, compact, decimal, whole
from ....text import Both, pick
from ...core.choice import Choice
from ...ui import pictures
from ...ui import texts as common
from ...ui.charts import Axis, Scale, apart, round_values
from ...ui.html import render
from . import texts
from .compute import DRAWS, JUDGED, SAMPLES, Result, Row, Series, awake, compute, opening_picture, opening_series

BAR_WIDTH, BAR_HEIGHT, BAR_TOP, BAR_PITCH = 160, 60, 2, 10  # of each model's bars, in pixels
CURVE_SIZE = (640, 400)
PLOT = {"left": 62, "right": 626, "top": 104, "bottom": 348}  # where the curve lies
THUMB = 56  # pixels of a reconstruction above the curve
RATES = (0, 1, 10, 100, 1000, 3, 30, 300, 2, 5, 20, 50, 200, 500, 7, 8, 9, 12, 15)  # ticks, the most welcome first
RATE_ROOM = 44  # pixels that a rate's number takes


def table_and_curve(lang: str, series: Series, choice: Choice, seed: int) -> tuple[str, str]:
    """The table of models, and the rate-distortion curve. Raises Refused."""
    result = compute(series, choice, seed)
    return table(lang, result, choice), curve(lang, result)


def short(value: float) -> Both:
    """Three digits that matter; 0 for what no eye could tell from it."""
    return both(compact, 0 if abs(value) < 0.005 else float(f"{value:.3g}"), 4)


def table(lang: str, result: Result, choice: Choice) -> str:
    """Reconstructions above, samples below, then the dimensions' KL: one column for each model."""
    key, seed = result.series.key, result.seed
    heading = texts.BELOW_LATENT if result.series.varies == "latent" else texts.BELOW
    return render(
        "beta/table.html", lang, texts=texts, result=result, columns=[_column(result, row) for row in result.rows],
        titles=_titles(result), original=common.SOURCES[result.picked.source], below=heading.format(seed=seed),
        moral=texts.MORALS[key], ranked=result.series.varies == "beta", count=len(result.series.reference.gallery.mu),
        draws=DRAWS, judged=JUDGED[result.picked.x.shape[1]],
        real=_real_pictures(result.series), live=pictures.LIVE, across=SAMPLES,
        bars={"width": BAR_WIDTH, "height": BAR_HEIGHT, "top": BAR_TOP, "floor": BAR_TOP + BAR_HEIGHT},
        files=[
            pictures.file_name(key, pick(texts.COPIES_FILE, lang)),
            pictures.file_name(key, pick(texts.SAMPLES_FILE, lang), seed),
        ],
        noted={"series": key, "picture": choice, "seed": seed}, defaults=defaults(),
    )  # fmt: skip


def _titles(result: Result) -> str:
    return ", ".join(row.title for row in result.rows)


def _column(result: Result, row: Row) -> dict:
    """What the table's template needs to know of a model."""
    ranked = result.series.varies == "beta"  # elsewhere the best are best by a hair only
    places = max(0, -math.floor(math.log10(max(row.spread, 1e-3))))  # that the spread leaves a meaning
    return {
        "row": row, "kl": short(row.copy.kl.sum().item()), "psnr": both(decimal, row.copy.psnr, 1),
        "distance": both(decimal, row.distance, places), "spread": both(decimal, row.spread, places),
        "best_above": ranked and row is result.best_above, "best_below": ranked and row in result.best_below,
        **_bars(row, result.series.largest_kl),
    }  # fmt: skip


def _real_pictures(series: Series) -> dict:
    """As many pictures of the gallery as there are samples, far apart from each other in it."""
    model = series.reference
    indices = [k * (len(model.pictures) // SAMPLES) + 1 for k in range(SAMPLES)]
    return {
        "pictures": [(index + 1, model.pictures[index]) for index in indices],
        "words": texts.FROM_CODES if model.originals is None else texts.FROM_GALLERY,
    }


def _bars(row: Row, top: float) -> dict:
    """Each dimension's KL, most first, in one scale for all models: what is cut off says how far it reaches."""
    usual, most = row.model.kl, row.model.kl.max().item()
    pitch, floor = min(BAR_PITCH, BAR_WIDTH / len(usual)), BAR_TOP + BAR_HEIGHT
    up = Scale(0, top, floor, BAR_TOP)
    bars, dashes = [], []  # (x, y, awake), (x, y)
    for k, d in enumerate(row.model.dimensions.tolist()):
        bars.append((k * pitch, min(floor - 1, up(min(top, usual[d].item()))), awake(row.model)[d]))
        if awake(row.model)[d] and row.copy.kl[d] < 1.02 * top and pitch > 4:
            dashes.append((k * pitch, up(min(top, row.copy.kl[d].item()))))
    return {"bars": bars, "dashes": dashes, "pitch": pitch, "cut": most > 1.02 * top, "most": short(most)}


def curve(lang: str, result: Result) -> str:
    """A point for each model: its KL and its reconstruction error over the test pictures."""
    rows = sorted(result.rows, key=lambda row: row.model.card["figures"]["kl"])
    figures = [row.model.card["figures"] for row in rows]
    rates, errors = [of["kl"] for of in figures], [of["reconstruction"] for of in figures]
    x, y = _rate_axis(rates), _error_axis(errors, figures[0]["kind"])
    points = [(x.scale(a), y.scale(b), row) for a, b, row in zip(rates, errors, rows, strict=True)]
    return render(
        "beta/curve.html", lang, texts=texts, titles=_titles(result), count=both(whole, figures[0]["images"]),
        width=CURVE_SIZE[0], height=CURVE_SIZE[1], x=x, y=y, thumb=THUMB, points=points, short=short,
    )  # fmt: skip


def _rate_axis(rates: list[float]) -> Axis:
    low, high = _log(min(rates)), _log(max(rates))
    room = 0.08 * (high - low)
    scale = Scale(10 ** max(0.0, low - room) - 1, 10 ** (high + room) - 1, PLOT["left"], PLOT["right"], _log)
    return Axis(scale, apart(RATES, scale, RATE_ROOM), texts.RATE)


def _log(rate: float) -> float:
    return math.log10(1 + rate)


def _error_axis(errors: list[float], kind: str) -> Axis:
    room = 0.1 * (max(errors) - min(errors))
    low, high = min(errors) - room, max(errors) + room
    title = texts.DISTORTION.get(kind, texts.OTHER_DISTORTION)
    return Axis(Scale(low, high, PLOT["bottom"], PLOT["top"]), round_values(low, high), title)


def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    series = opening_series()
    return {"series": series.key, "picture": opening_picture(series), "seed": 10}
