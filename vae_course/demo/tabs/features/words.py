"""What the tab Features calls what it moves and what moves along, and how often CelebA's labels come together."""

from typing import NamedTuple

from ..text import Both


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

OPINIONS = {
    "mostly": ("Young", "No_Beard", "Attractive"),  # labels that more than half of the photographs have
    "social": ("Male", "Young", "Attractive", "Heavy_Makeup", "Wearing_Lipstick"),  # where prejudices show
    "wanted": {  # of the picture that the tab opens with, so that there is something to add
        "celeba": dict.fromkeys(("Smiling", "Eyeglasses", "Male", "Wearing_Hat", "Bangs"), -1.0),
        "drawn": {"smile": -0.5, "glasses": -1.0, "beard": -1.0, "hair_style": 0.5},
    },
}

# Of 9,500 CelebA photographs, by their labels: per cent that have the second label, among those with the first and
# among those without it.
IN_THE_DATA = {
    "Smiling": {"Male": (34, 50), "Attractive": (58, 44), "Young": (76, 79)},
    "Eyeglasses": {"Male": (78, 40), "Young": (44, 80), "Attractive": (9, 54)},
    "Young": {"Male": (35, 69), "Attractive": (62, 14)},
    "Blond_Hair": {"Male": (5, 49), "Attractive": (70, 48), "Young": (83, 77)},
    "Black_Hair": {"Male": (52, 39), "Young": (87, 75), "Attractive": (52, 51)},
    "Bangs": {"Male": (21, 46), "Attractive": (60, 49), "Young": (81, 77)},
    "No_Beard": {"Male": (31, 100), "Attractive": (56, 28), "Young": (80, 67)},
    "Heavy_Makeup": {"Male": (0, 68), "Attractive": (82, 32), "Young": (91, 70)},
    "Wearing_Hat": {"Male": (69, 41), "Attractive": (20, 53), "Young": (69, 78)},
    "Male": {"Attractive": (27, 69), "Young": (64, 88)},
}

ATTRIBUTES = {  # CelebA's labels, then the factors of the drawn faces
    "5_o_Clock_Shadow": Both(es="barba de un día", en="stubble"),
    "Arched_Eyebrows": Both(es="cejas arqueadas", en="arched eyebrows"),
    "Attractive": Both(es="«atractivo»", en="“attractive”"),
    "Bags_Under_Eyes": Both(es="ojeras", en="bags under eyes"),
    "Bald": Both(es="calvo", en="bald"),
    "Bangs": Both(es="flequillo", en="bangs"),
    "Big_Lips": Both(es="labios gruesos", en="big lips"),
    "Big_Nose": Both(es="nariz grande", en="big nose"),
    "Black_Hair": Both(es="pelo negro", en="black hair"),
    "Blond_Hair": Both(es="pelo rubio", en="blond hair"),
    "Blurry": Both(es="foto borrosa", en="blurry photo"),
    "Brown_Hair": Both(es="pelo castaño", en="brown hair"),
    "Bushy_Eyebrows": Both(es="cejas pobladas", en="bushy eyebrows"),
    "Chubby": Both(es="cara rellena", en="chubby"),
    "Double_Chin": Both(es="papada", en="double chin"),
    "Eyeglasses": Both(es="anteojos", en="glasses"),
    "Goatee": Both(es="perilla", en="goatee"),
    "Gray_Hair": Both(es="canas", en="grey hair"),
    "Heavy_Makeup": Both(es="maquillaje", en="make-up"),
    "High_Cheekbones": Both(es="pómulos altos", en="high cheekbones"),
    "Male": Both(es="hombre", en="male"),
    "Mouth_Slightly_Open": Both(es="boca abierta", en="open mouth"),
    "Mustache": Both(es="bigote", en="moustache"),
    "Narrow_Eyes": Both(es="ojos entornados", en="narrow eyes"),
    "No_Beard": Both(es="sin barba", en="no beard"),
    "Oval_Face": Both(es="cara ovalada", en="oval face"),
    "Pale_Skin": Both(es="piel pálida", en="pale skin"),
    "Pointy_Nose": Both(es="nariz puntiaguda", en="pointy nose"),
    "Receding_Hairline": Both(es="entradas", en="receding hairline"),
    "Rosy_Cheeks": Both(es="mejillas rosadas", en="rosy cheeks"),
    "Sideburns": Both(es="patillas", en="sideburns"),
    "Smiling": Both(es="sonrisa", en="smile"),
    "Straight_Hair": Both(es="pelo lacio", en="straight hair"),
    "Wavy_Hair": Both(es="pelo ondulado", en="wavy hair"),
    "Wearing_Earrings": Both(es="aretes", en="earrings"),
    "Wearing_Hat": Both(es="sombrero", en="hat"),
    "Wearing_Lipstick": Both(es="lápiz labial", en="lipstick"),
    "Wearing_Necklace": Both(es="collar", en="necklace"),
    "Wearing_Necktie": Both(es="corbata", en="necktie"),
    "Young": Both(es="joven", en="young"),
    "turn": Both(es="giro", en="turn"),
    "skin": Both(es="tono de piel", en="skin tone"),
    "hair_style": Both(es="peinado", en="hair style"),
    "hair_colour": Both(es="color del pelo", en="hair colour"),
    "background": Both(es="fondo", en="background"),
    "smile": Both(es="sonrisa", en="smile"),
    "face_width": Both(es="ancho de la cara", en="face width"),
    "clothing": Both(es="color de la ropa", en="colour of clothes"),
    "glasses": Both(es="anteojos", en="glasses"),
    "beard": Both(es="barba", en="beard"),
    "tilt": Both(es="inclinación", en="tilt"),
    "eye_openness": Both(es="ojos abiertos", en="open eyes"),
    "brow_raise": Both(es="cejas alzadas", en="raised brows"),
    "parting": Both(es="raya del pelo", en="parting"),
    "blush": Both(es="rubor", en="blush"),
}
