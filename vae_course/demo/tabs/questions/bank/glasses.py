"""When glasses are put on, what else changes? One face along their direction, which goes along others too."""

import torch

from .....faces import apply_attribute
from .....numbers import percent, whole
from .....text import Both, pick
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Steps, findings
from ..measures import SHARP, some_pictures, typical_pictures
from ..question import LESSON, Look, Option, Question, Seen

STRENGTHS = (-1, 0, 1, 2, 3)
FACE = Both(es="El mismo rostro, hacia «anteojos»", en="The same face, towards “glasses”")
FACE_TEXT = Both(es="Ningún otro control se toca.", en="No other knob is touched.")
STRENGTH = Both(es="fuerza {strength}", en="strength {strength}")
CHANGES = Both(es="Qué más cambia a la vez", en="What else changes with it")
UNIT = Both(es="% del paso entero hacia ese rasgo", en="% of the whole step towards that feature")
FEATURES = {
    "Eyeglasses": Both(es="anteojos", en="glasses"),
    "Male": Both(es="hombre", en="male"),
    "Young": Both(es="joven", en="young"),
    "Gray_Hair": Both(es="canas", en="grey hair"),
    "Smiling": Both(es="sonrisa", en="smile"),
    "Heavy_Makeup": Both(es="maquillaje", en="make-up"),
    "Attractive": Both(es="«atractivo»", en="“attractive”"),
}


def experiment(lang: str, seed: int) -> Seen:
    model = shipped(SHARP)
    code, direction = model.encode(some_pictures(model, 1, seed))[0], model.directions["Eyeglasses"]
    film = model.decode(torch.cat([apply_attribute(code, direction, strength) for strength in STRENGTHS]))
    captions = [STRENGTH.format(strength=whole(strength, lang)) for strength in STRENGTHS]
    shares = shares_of_other_steps()
    rows = [(pick(FEATURES[key], lang), 100 * share, percent(share, lang)) for key, share in shares.items()]
    html = findings(
        lang,
        Panel(FACE, Steps(list(film), captions), FACE_TEXT, save=True, wide=True),
        Panel(CHANGES, charts.bars(pick(CHANGES, lang), rows, 100, pick(UNIT, lang))),
    )
    return Seen(html, {key.lower(): percent(share, lang) for key, share in shares.items()})


def shares_of_other_steps() -> dict[str, float]:
    """How much of a whole step along each direction is in one along that of glasses: its projection."""
    directions = shipped(SHARP).directions
    known = {key: directions[key] for key in FEATURES if key in directions}
    return {key: float(directions["Eyeglasses"] @ other / other.square().sum()) for key, other in known.items()}


QUESTION = Question(
    key="glasses",
    where=LESSON.format(number="9"),
    title=Both(es="Al poner anteojos, ¿qué más cambia?", en="When glasses are put on, what else changes?"),
    before=Both(
        es="Un rostro se mueve por la dirección «anteojos». Se mide cuánto avanza a la vez hacia otros rasgos.",
        en="A face moves along the direction “glasses”. How far it goes towards other features is measured.",
    ),
    options=(
        Option(
            Both(es="Solo los anteojos.", en="Only the glasses."),
            False,
            Both(
                es="También avanza hacia «hombre» ({male}) y se aleja de «joven» ({young}).",
                en="It also goes towards “male” ({male}) and away from “young” ({young}).",
            ),
        ),
        Option(
            Both(es="La edad y el sexo también.", en="Age and sex too."),
            True,
            Both(es="Sí: joven {young}, hombre {male}.", en="Yes: young {young}, male {male}."),
        ),
        Option(
            Both(es="La sonrisa, sobre todo.", en="The smile, above all."),
            False,
            Both(es="Poco: {smiling}.", en="Little: it is {smiling}."),
        ),
    ),
    seen=Both(
        es="Un paso entero hacia «anteojos» es también: hombre {male}, joven {young}, canas {gray_hair}, "
        "maquillaje {heavy_makeup}.",
        en="A whole step towards “glasses” is also: male {male}, young {young}, grey hair {gray_hair}, make-up "
        "{heavy_makeup}.",
    ),
    why=Both(
        es="La dirección es la diferencia entre dos medias: rostros con anteojos menos rostros sin ellos. Todo "
        "lo que difiere en los datos viaja con ella.\n\n"
        "En 9500 fotos de CelebA, 78 % de quienes llevan anteojos figuran como hombres, y 40 % de los demás; "
        "jóvenes, 44 % y 80 %. No es un hecho sobre los anteojos sino sobre quién fue fotografiado: el modelo "
        "hereda los prejuicios de sus datos.",
        en="The direction is the difference of two means: faces with glasses less faces without. All that "
        "differs in the data travels with it.\n\n"
        "Among 9,500 CelebA photographs 78 % of those who wear glasses are labelled male, and 40 % of the "
        "others; young, 44 % and 80 %. That is no fact about glasses but about who was photographed: the model "
        "inherits its data's prejudices.",
    ),
    levels=(
        Both(es="Nombra el rasgo.", en="Names the feature."),
        Both(es="Dice qué más cambia, con un número.", en="Says what else changes, with a number."),
        Both(es="Lo explica con los datos, y qué haría falta.", en="Explains it by the data, and what it would take."),
    ),
    look=Look(Both(es="Rostros de la galería", en="Faces of the gallery"), lambda: typical_pictures(shipped(SHARP))),
    experiment=experiment,
)
