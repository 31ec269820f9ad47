"""Is there mode collapse? Clothes from four sources: how alike, how near to real ones, how many classes."""

from .....text import texts_beside
from ..clothes import COUNTED, halves, measured, of_beta
from ..figures import Panel, Sheet, Table, findings
from ..measures import from_gaussian, from_prior
from ..question import Question, Seen

texts = texts_beside(__file__, "collapse")

HEADS = (texts.GALLERY, "β = 0, prior", texts.FITTED, "β = 1", "β = 64")


def experiment(lang: str, seed: int) -> Seen:
    held, others, labels = halves(seed)
    samples = {
        "free": from_prior(of_beta(0), COUNTED, seed), "fitted": from_gaussian(of_beta(0), COUNTED, seed),
        "one": from_prior(of_beta(1), COUNTED, seed), "dead": from_prior(of_beta(64), COUNTED, seed),
    }  # fmt: skip
    numbers = {key: measured(x, others, labels, lang) for key, x in {"real": held, **samples}.items()}
    rows = [(title, [column[measure] for column in numbers.values()]) for measure, title in texts.MEASURES.items()]
    html = findings(
        lang,
        *(Panel(texts.TITLES[key], Sheet(x[:16]), save=True) for key, x in samples.items()),
        Panel(texts.NUMBERS, Table(HEADS, rows), wide=True),
    )
    facts = {f"{key}_{measure}": number for key, column in numbers.items() for measure, number in column.items()}
    return Seen(html, facts)


QUESTION = Question.of("collapse", texts, lambda: from_prior(of_beta(0)), experiment)
