"""What happens when beta grows? Models that differ only in beta, and the curve on which they lie."""

from .....numbers import whole
from .....text import texts_beside
from ....ui import charts
from ..clothes import BETAS, COUNTED, classes, halves, of_beta, side_by_side, written
from ..figures import Panel, Table, findings
from ..measures import from_prior, scores
from ..question import Question, Seen

texts = texts_beside(__file__, "beta")

HEADS = [f"β = {beta}" for beta in BETAS]


def experiment(lang: str, seed: int) -> Seen:
    models = [of_beta(beta) for beta in BETAS]
    _, others, labels = halves(seed)
    reached = [str(classes(from_prior(model, COUNTED, seed), others, labels)) for model in models]
    points = [(scores(model)["kl"], scores(model)["reconstruction"]) for model in models[1:]]
    line = charts.Series("", points, words=HEADS[1:])
    xs, ys = (0, 4, 8, 12, 16), (200, 250, 300, 350, 400)
    curve = charts.plot(lang, texts.CURVE, texts.X, texts.Y, [line], xs=xs, ys=ys)
    html = findings(
        lang,
        Panel(texts.TABLE, Table(HEADS, [*side_by_side(models, seed, lang), (texts.CLASSES, reached)]), wide=True),
        Panel(texts.CURVE, curve, texts.CURVE_TEXT.format(kl=whole(scores(models[0])["kl"], lang))),
    )
    facts = {
        "kl": ", ".join(written(models, "kl", lang)), "active": ", ".join(written(models, "active_units", lang, 0)),
        "psnr": ", ".join(written(models, "psnr", lang)), "distortion": whole(points[-1][1], lang),
        **{f"classes_{beta}": count for beta, count in zip(BETAS, reached, strict=True)},
    }  # fmt: skip
    return Seen(html, facts)


QUESTION = Question.of("beta", texts, lambda: from_prior(of_beta(1)), experiment)
