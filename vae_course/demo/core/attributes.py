"""The attributes of pictures that models know directions for, as the demo calls them: sliders and colours."""

from typing import NamedTuple

from ...text import Both
from .model import Model


class Feature(NamedTuple):
    """A slider along a direction that ships, or against it."""

    title: Both
    attribute: str
    sign: int = 1


FEATURES = {  # data source -> key in the address -> slider, those that show well
    "celeba": {
        "smile": Feature(Both(es="Sonrisa", en="Smile"), "Smiling"),
        "glasses": Feature(Both(es="Anteojos", en="Glasses"), "Eyeglasses"),
        "age": Feature(Both(es="Edad", en="Age"), "Young", -1),
        "blond": Feature(Both(es="Pelo rubio", en="Blond hair"), "Blond_Hair"),
        "black": Feature(Both(es="Pelo negro", en="Black hair"), "Black_Hair"),
        "bangs": Feature(Both(es="Flequillo", en="Bangs"), "Bangs"),
        "beard": Feature(Both(es="Barba", en="Beard"), "No_Beard", -1),
        "makeup": Feature(Both(es="Maquillaje", en="Make-up"), "Heavy_Makeup"),
        "hat": Feature(Both(es="Sombrero", en="Hat"), "Wearing_Hat"),
        "male": Feature(Both(es="«Hombre»", en="“Male”"), "Male"),
    },
    "drawn": {
        "smile": Feature(Both(es="Sonrisa", en="Smile"), "smile"),
        "glasses": Feature(Both(es="Anteojos", en="Glasses"), "glasses"),
        "hair_colour": Feature(Both(es="Color del pelo", en="Hair colour"), "hair_colour"),
        "skin": Feature(Both(es="Tono de piel", en="Skin tone"), "skin"),
        "turn": Feature(Both(es="Giro", en="Turn"), "turn"),
        "eyes": Feature(Both(es="Ojos abiertos", en="Open eyes"), "eye_openness"),
        "beard": Feature(Both(es="Barba", en="Beard"), "beard"),
        "clothing": Feature(Both(es="Color de la ropa", en="Colour of clothes"), "clothing"),
    },
}


def of(model: Model) -> dict[str, Feature]:
    """The features that a model has directions for, by their keys in an address; the visitor's own has none."""
    features = FEATURES.get(model.preset.data.source, {})
    return {key: feature for key, feature in features.items() if feature.attribute in model.directions}
