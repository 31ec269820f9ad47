"""What lies between two codes? Norms midway between prior draws; a crossfade of pixels above a path of codes."""

import torch
from torch import Tensor

from .....latent_space import lerp, slerp
from .....numbers import decimal
from .....sampling import sample_prior
from .....text import texts_beside
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, findings
from ..measures import distances, generator, some_pictures, typical_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "between")


def experiment(lang: str, seed: int) -> Seen:
    draws = sample_prior(2000, 128, generator(seed))
    ends, middles = draws.norm(dim=1), ((draws[::2] + draws[1::2]) / 2).norm(dim=1)
    arc = slerp(draws[0], draws[1], 0.5).norm()
    values = {texts.ENDS: (ends.tolist(), charts.TEAL), texts.MIDDLES: (middles.tolist(), charts.ORANGE)}
    fade, film = between_kittens(seed)
    html = findings(
        lang,
        Panel(texts.CROSSFADE, Sheet(fade, 7), save=True, wide=True),
        Panel(texts.PATH, Sheet(film, 7), save=True, wide=True),
        Panel(texts.NORMS, charts.histogram(lang, texts.NORMS, texts.X, values, [0, 4, 8, 12, 16])),
    )
    norms = {"ends": ends.mean(), "middle": middles.mean(), "arc": arc}
    return Seen(html, {key: decimal(norm, 1, lang) for key, norm in norms.items()})


def between_kittens(seed: int) -> tuple[Tensor, Tensor]:
    """Crossfade and decoded path, (7, C, H, W) each, between the two kittens of a dozen that differ most."""
    model = shipped("cats")
    dozen = some_pictures(model, 12, seed)
    start, end = divmod(int(distances(dozen, dozen).argmax()), len(dozen))
    codes, times = model.encode(dozen[[start, end]])[0], torch.linspace(0, 1, 7)
    film = model.decode(lerp(codes[0], codes[1], times))
    return lerp(film[0].flatten(), film[-1].flatten(), times).view_as(film), film


QUESTION = Question.of("between", texts, lambda: typical_pictures(shipped("cats")), experiment)
