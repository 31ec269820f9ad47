"""Are the generated faces diverse and realistic? Sheets of faces from several sources, and two numbers for each."""

from .....numbers import percent
from .....text import texts_beside
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, findings
from ..measures import SHARP, SOFT, diversity, from_gaussian, from_prior, sharpness, some_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "faces")

MEASURED, SHOWN = 24, 12  # faces of each kind
SPREAD, SHARPNESS = 39.3, 0.0436  # diversity and sharpness of the gallery's 120 photographs, which do not ship
COLOURS = {"spread": charts.TEAL, "sharp": charts.ORANGE}


def experiment(lang: str, seed: int) -> Seen:
    sharp = shipped(SHARP)
    sets = {
        "real": some_pictures(sharp, MEASURED, seed), "prior": from_prior(sharp, MEASURED, seed),
        "gaussian": from_gaussian(sharp, MEASURED, seed), "cool": from_gaussian(sharp, MEASURED, seed, 0.5),
        "soft": from_prior(shipped(SOFT), MEASURED, seed),
    }  # fmt: skip
    shares = {key: (diversity(x) / SPREAD, sharpness(x) / SHARPNESS) for key, x in sets.items()}
    titles = texts.TITLES if sharp.originals is not None else texts.TITLES | {"real": texts.DECODED}
    html = findings(
        lang,
        *(Panel(titles[key], Sheet(x[:SHOWN]), save=True) for key, x in sets.items()),
        Panel(texts.CHART, _chart(lang, shares), texts.CHART_TEXT),
    )
    facts = {
        f"{key}_{measure}": percent(share, lang)
        for key, pair in shares.items()
        for measure, share in zip(COLOURS, pair, strict=True)
    }
    return Seen(html, facts)


def _chart(lang: str, shares: dict[str, tuple[float, float]]) -> str:
    """Two bars for each source of faces, the first with its name."""
    rows = [
        (word, 100 * share, percent(share, lang))
        for key, pair in shares.items()
        for word, share in zip((texts.SHORT[key], ""), pair, strict=True)
    ]
    most, colours = max(value for _, value, _ in rows), list(COLOURS.values()) * len(shares)
    legend = {texts.LEGEND[measure]: colour for measure, colour in COLOURS.items()}
    return charts.bars(lang, texts.CHART, rows, most, texts.UNIT, colours, legend)


QUESTION = Question.of("faces", texts, lambda: from_gaussian(shipped(SHARP)), experiment)
