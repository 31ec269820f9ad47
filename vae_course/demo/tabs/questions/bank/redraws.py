"""Why do draws of one picture differ? Its cloud as it is, shrunk to a point, and widened."""

import torch
from torch import Tensor

from .....numbers import decimal
from .....sampling import reparameterize
from .....text import texts_beside
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, findings
from ..measures import OPENING_SEED, SIX, SOFT, generator, some_pictures, typical_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "redraws")

SCALES = {"none": 0, "usual": 1, "wide": 3}  # times the model's sigma


def experiment(lang: str, seed: int) -> Seen:
    model = shipped(SOFT)
    mu, logvar = model.encode(some_pictures(model, 1, seed))
    eps, sigma = torch.randn(SIX, mu.shape[1], generator=generator(seed)), (0.5 * logvar).exp()
    draws = {key: model.decode(mu + scale * sigma * eps) for key, scale in SCALES.items()}
    percents = {key: 100 * mean_difference(x) for key, x in draws.items()}
    facts = {key: decimal(share, 1, lang) for key, share in percents.items()}
    rows = [(texts.TITLES[key], share, f"{facts[key]} %") for key, share in percents.items()]
    chart = charts.bars(lang, texts.CHART, rows, percents["wide"], "%", [charts.GREY, charts.TEAL, charts.ORANGE])
    html = findings(
        lang,
        *(Panel(texts.TITLES[key], Sheet(x, 3), save=True) for key, x in draws.items()),
        Panel(texts.CHART, chart, wide=True),
        columns=3,
    )
    return Seen(html, facts | {"sigma": decimal(sigma.mean(), 2, lang)})


def mean_difference(x: Tensor) -> float:
    """Mean absolute difference per value between two pictures of a set."""
    return torch.pdist(x.flatten(1), p=1).mean().item() / x[0].numel()


def draws_of_a_photograph() -> Tensor:
    """Six decoded draws of the most typical picture's cloud."""
    model = shipped(SOFT)
    mu, logvar = model.encode(typical_pictures(model)[:1])
    return model.decode(reparameterize(mu.expand(SIX, -1), logvar.expand(SIX, -1), generator(OPENING_SEED)))


QUESTION = Question.of("redraws", texts, draws_of_a_photograph, experiment)
