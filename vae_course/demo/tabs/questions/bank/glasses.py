"""When glasses are put on, what else changes? One face along their direction, which goes along others too."""

import torch

from .....faces import apply_attribute
from .....numbers import percent, whole
from .....text import texts_beside
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Steps, findings
from ..measures import SHARP, some_pictures, typical_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "glasses")

STRENGTHS = (-1, 0, 1, 2, 3)


def experiment(lang: str, seed: int) -> Seen:
    model = shipped(SHARP)
    code, direction = model.encode(some_pictures(model, 1, seed))[0], model.directions["Eyeglasses"]
    film = model.decode(torch.cat([apply_attribute(code, direction, strength) for strength in STRENGTHS]))
    captions = [texts.STRENGTH.format(strength=whole(strength, lang)) for strength in STRENGTHS]
    shares = shares_of_other_steps()
    rows = [(texts.FEATURES[key], 100 * share, percent(share, lang)) for key, share in shares.items()]
    html = findings(
        lang,
        Panel(texts.FACE, Steps(list(film), captions), texts.FACE_TEXT, save=True, wide=True),
        Panel(texts.CHANGES, charts.bars(lang, texts.CHANGES, rows, 100, texts.UNIT)),
    )
    return Seen(html, {key.lower(): percent(share, lang) for key, share in shares.items()})


def shares_of_other_steps() -> dict[str, float]:
    """How much of a whole step along each direction is in one along that of glasses: its projection."""
    directions = shipped(SHARP).directions
    known = {key: directions[key] for key in texts.FEATURES if key in directions}
    return {key: float(directions["Eyeglasses"] @ other / other.square().sum()) for key, other in known.items()}


QUESTION = Question.of("glasses", texts, lambda: typical_pictures(shipped(SHARP)), experiment)
