"""How does the latent dimension affect generation? Models that differ only in it, with and without KL."""

from .....text import texts_beside
from ....ui import charts
from ..clothes import LATENTS, of_latent, side_by_side, written
from ..figures import Panel, Table, findings
from ..measures import from_prior, scores
from ..question import Question, Seen

texts = texts_beside(__file__, "latent")

HEADS = [f"D = {count}" for count in LATENTS]


def experiment(lang: str, seed: int) -> Seen:
    bought, free = ([of_latent(count, beta) for count in LATENTS] for beta in (1, 0))
    lines = [
        charts.Series(name, [(model.latent_dim, scores(model)["active_units"]) for model in models], colour)
        for name, models, colour in (("β = 1", bought, charts.TEAL), ("β = 0", free, charts.ORANGE))
    ]
    curve = charts.plot(lang, texts.CURVE, texts.X, texts.Y, lines, xs=LATENTS, ys=(0, 32, 64, 96, 128), log=True)
    html = findings(
        lang,
        Panel(texts.WITH_KL, Table(HEADS, side_by_side(bought, seed, lang))),
        Panel(texts.WITHOUT_KL, Table(HEADS, side_by_side(free, seed, lang))),
        Panel(texts.CURVE, curve),
    )
    return Seen(html, {
        "active": ", ".join(written(bought, "active_units", lang, 0)), "psnr": ", ".join(written(bought, "psnr", lang)),
        "active_0": ", ".join(written(free, "active_units", lang, 0)), "psnr_0": ", ".join(written(free, "psnr", lang)),
    })  # fmt: skip


QUESTION = Question.of("latent", texts, lambda: from_prior(of_latent(2)), experiment)
