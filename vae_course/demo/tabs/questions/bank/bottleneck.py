"""An autoencoder reconstructs; does it generate too? Three of them, and what random codes give."""

from torch import Tensor

from .....numbers import decimal, whole
from .....sampling import sample_prior
from .....text import texts_beside
from ....core.model import Model
from ....ui import charts
from ..clothes import of_latent, picture_rows, typical_model
from ..figures import Panel, Table, findings
from ..measures import SIX, from_prior, generator, scores, some_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "bottleneck")

DIMENSIONS = (2, 8, 32)
HEADS = [f"D = {count}" for count in DIMENSIONS]


def experiment(lang: str, seed: int) -> Seen:
    x = some_pictures(typical_model(), 4, seed)
    models = [of_latent(count, beta=0) for count in DIMENSIONS]
    lengths = [mean_lengths(model, seed) for model in models]
    html = findings(
        lang,
        Panel(texts.RECONSTRUCTS, Table(HEADS, picture_rows("REBUILT", [model.reconstruct(x) for model in models]))),
        Panel(texts.DECODES, Table(HEADS, picture_rows("DRAWN", [from_prior(model, 4, seed) for model in models]))),
        Panel(texts.LIVES, _chart(lang, lengths), texts.LIVES_TEXT),
    )
    facts = {}
    for count, model, (codes, prior) in zip(DIMENSIONS, models, lengths, strict=True):
        facts[f"psnr_{count}"] = decimal(scores(model)["psnr"], 1, lang)
        facts[f"far_{count}"] = whole(codes / prior, lang)
    return Seen(html, facts)


def mean_lengths(model: Model, seed: int) -> tuple[float, float]:
    """How far from the origin the codes of the gallery live, and draws of the prior."""
    codes = model.encode(typical_model().pictures)[0]
    prior = sample_prior(1000, model.latent_dim, generator(seed))
    return float(codes.norm(dim=1).mean()), float(prior.norm(dim=1).mean())


def _chart(lang: str, lengths: list[tuple[float, float]]) -> str:
    rows = [
        (name.format(count=count), length, decimal(length, 1, lang))
        for count, pair in zip(DIMENSIONS, lengths, strict=True)
        for name, length in zip((texts.CODES, texts.PRIOR), pair, strict=True)
    ]
    most, colours = max(length for _, length, _ in rows), [charts.TEAL, charts.GREY] * len(lengths)
    return charts.bars(lang, texts.LIVES, rows, most, texts.UNIT, colours)


def rebuilt_clothes() -> Tensor:
    """Six typical pictures through an autoencoder."""
    model = of_latent(8, beta=0)
    return model.reconstruct(of_latent(8).pictures[model.typical[:SIX]])


QUESTION = Question.of("bottleneck", texts, rebuilt_clothes, experiment)
