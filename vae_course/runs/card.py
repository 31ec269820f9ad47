"""A shipped model's card on disk: weights/NAME/card.json."""

import json

from .. import pretrained
from ..files import replacing


def write(name: str, card: dict) -> None:
    with replacing(pretrained.WEIGHTS / name / "card.json") as temporary:
        temporary.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    pretrained.card.cache_clear()


def note(name: str, **about) -> None:
    """Puts that on the card beside, or in the place of, what stands there."""
    write(name, pretrained.card(name) | about)
