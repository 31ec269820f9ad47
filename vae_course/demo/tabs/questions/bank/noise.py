"""Which noise does a sum of squared errors assume? Drawn on a face; and what it does to the KL."""

import torch

from .....numbers import decimal, whole
from .....text import texts_beside
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Steps, findings
from ..measures import SHARP, SOFT, generator, scores, some_pictures, typical_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "noise")


def experiment(lang: str, seed: int) -> Seen:
    soft, sharp = shipped(SOFT), shipped(SHARP)
    facts = _facts(lang)
    sigma = scores(sharp)["mse"] ** 0.5
    x = some_pictures(sharp, 1, seed)
    eps = torch.randn(x.shape, generator=generator(seed))
    noisy = [(x + level * eps).clamp(0, 1)[0] for level in (0, sigma, 0.5**0.5)]
    rebuilt = [x[0], soft.reconstruct(x)[0], sharp.reconstruct(x)[0]]
    assumptions = [texts.NO_NOISE, texts.MEASURED.format(sigma=facts["sigma"]), texts.ASSUMED]
    source = None if sharp.originals is not None else texts.DECODED
    html = findings(
        lang,
        Panel(texts.NOISY, Steps(noisy, assumptions), save=True),
        Panel(texts.REBUILT, Steps(rebuilt, [texts.INPUT, texts.BY_SOFT, texts.BY_SHARP]), source, save=True),
        Panel(texts.BOUGHT, _chart(lang, facts)),
    )
    return Seen(html, facts)


def _chart(lang: str, facts: dict[str, str]) -> str:
    soft, sharp = (scores(shipped(name))["kl"] for name in (SOFT, SHARP))
    rows = [(texts.BY_SOFT, soft, facts["kl_soft"]), (texts.BY_SHARP, sharp, facts["kl_sharp"])]
    return charts.bars(lang, texts.BOUGHT, rows, sharp, texts.UNIT, [charts.ORANGE, charts.TEAL])


def _facts(lang: str) -> dict[str, str]:
    soft, sharp = scores(shipped(SOFT)), scores(shipped(SHARP))
    return {
        "sigma": decimal(sharp["mse"] ** 0.5, 2, lang),
        "kl_soft": whole(soft["kl"], lang), "kl_sharp": whole(sharp["kl"], lang),
        "db_soft": decimal(soft["psnr"], 1, lang), "db_sharp": decimal(sharp["psnr"], 1, lang),
    }  # fmt: skip


QUESTION = Question.of("noise", texts, lambda: typical_pictures(shipped(SHARP)), experiment)
