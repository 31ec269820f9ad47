"""The attributes of pictures that models know directions for, as the demo calls them: sliders and colours."""

from typing import NamedTuple

from ...text import Both
from . import texts
from .model import Model


class Feature(NamedTuple):
    """A slider along a direction that ships, or against it."""

    title: Both
    attribute: str
    sign: int

    @classmethod
    def of(cls, title: Both, attribute: str) -> "Feature":
        return cls(title, attribute.removeprefix("-"), -1 if attribute.startswith("-") else 1)


ATTRIBUTES = {  # data source -> key in the address -> attribute, with a minus where the slider goes against it
    "celeba": {
        "smile": "Smiling", "glasses": "Eyeglasses", "age": "-Young", "blond": "Blond_Hair", "black": "Black_Hair",
        "bangs": "Bangs", "beard": "-No_Beard", "makeup": "Heavy_Makeup", "hat": "Wearing_Hat", "male": "Male",
    },
    "drawn": {
        "smile": "smile", "glasses": "glasses", "hair_colour": "hair_colour", "skin": "skin", "turn": "turn",
        "eyes": "eye_openness", "beard": "beard", "clothing": "clothing",
    },
}  # fmt: skip
FEATURES = {
    source: {key: Feature.of(texts.FEATURES[source][key], attribute) for key, attribute in attributes.items()}
    for source, attributes in ATTRIBUTES.items()
}


def of(model: Model) -> dict[str, Feature]:
    """The features that a model has directions for, by their keys in an address; the visitor's own has none."""
    features = FEATURES.get(model.preset.data.source, {})
    return {key: feature for key, feature in features.items() if feature.attribute in model.directions}
