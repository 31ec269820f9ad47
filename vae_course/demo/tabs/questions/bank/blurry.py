"""Why can generated images be blurry? Averages of neighbours; samples of two models."""

import torch
from torch import Tensor

from .....numbers import decimal, percent, whole
from .....pretrained import history
from .....text import texts_beside
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, Steps, findings
from ..measures import SHARP, SOFT, from_gaussian, from_prior, scores, sharpness
from ..question import Question, Seen

texts = texts_beside(__file__, "blurry")

MEANS = (1, 2, 4, 8, 16, 32)  # how many pictures are averaged


def experiment(lang: str, seed: int) -> Seen:
    means = means_of_neighbours(seed)
    kept = [sharpness(mean) / sharpness(means[0]) for mean in means]
    facts = _facts(lang, kept[-1])
    steps = Steps(
        means, [texts.MEAN_OF.format(count=count) for count in MEANS], [percent(share, lang) for share in kept]
    )
    line = charts.Series("", [(count, 100 * share) for count, share in zip(MEANS, kept, strict=True)])
    curve = charts.plot(lang, texts.CURVE, texts.X, texts.Y, [line], xs=MEANS, ys=(0, 25, 50, 75, 100), log=True)
    sheets = (
        (texts.ASSUMED, texts.ASSUMED_TEXT.format(kl=facts["kl_soft"]), from_prior(shipped(SOFT), 8, seed)),
        (texts.PRIOR, texts.PRIOR_TEXT.format(kl=facts["kl_sharp"]), from_prior(shipped(SHARP), 8, seed)),
        (texts.GAUSSIAN, texts.GAUSSIAN_TEXT, from_gaussian(shipped(SHARP), 8, seed)),
    )
    html = findings(
        lang,
        Panel(texts.MEAN, steps, texts.MEAN_TEXT, save=True, wide=True),
        *(Panel(title, Sheet(x, 8), text, save=True, wide=True) for title, text, x in sheets),
        Panel(texts.CURVE, curve),
    )
    return Seen(html, facts)


def means_of_neighbours(seed: int) -> list[Tensor]:
    """Means (C, H, W) of a sharp face and the faces whose codes lie nearest to its own, more and more of them."""
    codes, faces = shipped(SOFT).gallery.mu, shipped(SHARP).pictures
    anchor = int(torch.tensor([-sharpness(face) for face in faces]).argsort()[seed % 40])
    near = (codes - codes[anchor]).norm(dim=1).argsort()
    return [faces[near[:count]].mean(dim=0) for count in MEANS]


def _facts(lang: str, kept: float) -> dict[str, str]:
    soft, sharp = shipped(SOFT), shipped(SHARP)
    first, *_, last = history(soft.name)
    return {
        "kept": percent(kept, lang), "count": str(MEANS[-1]),
        "kl_soft": whole(scores(soft)["kl"], lang), "kl_sharp": whole(scores(sharp)["kl"], lang),
        "sigma": decimal(scores(sharp)["mse"] ** 0.5, 2, lang), "epoch": str(int(last["epoch"])),
        "kl_first": whole(first["train_kl"], lang), "kl_last": whole(last["train_kl"], lang),
        "parameters": whole(soft.card["parameters"], lang),
    }  # fmt: skip


QUESTION = Question.of("blurry", texts, lambda: from_prior(shipped(SOFT)), experiment)
