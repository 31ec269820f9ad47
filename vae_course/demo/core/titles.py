"""What the models are called, and the sentence that introduces each."""

import re

from ... import pretrained
from ...numbers import both, whole
from ...text import Both

TITLES = {
    "faces": Both(es="Rostros", en="Faces"),
    "cats": Both(es="Gatitos", en="Kittens"),
    "emojis": Both(es="Emojis", en="Emojis"),
    "drawn": Both(es="Rostros dibujados", en="Drawn faces"),
    "fashion-plus": Both(es="Ropa, red convolucional", en="Clothes, convolutional network"),
    "fashion": Both(es="Ropa", en="Clothes"),
    "fashion-2d": Both(es="Ropa en un mapa de 2 números", en="Clothes on a map of 2 numbers"),
    "emojis-dense": Both(es="Emojis, red densa", en="Emojis, dense network"),
}
SENTENCES = {
    "faces": Both(
        es="Aprendió de 8550 fotos de celebridades, y cuánto ruido suponer.",
        en="It learnt from 8,550 photographs of celebrities, and how much noise to assume.",
    ),
    "cats": Both(
        es="Aprendió de 7900 fotos de gatitos, y cuánto ruido suponer.",
        en="It learnt from 7,900 photographs of kittens, and how much noise to assume.",
    ),
    "emojis": Both(es="Aprendió 1126 emojis, casi de memoria.", en="It learnt 1,126 emojis, nearly by heart."),
    "drawn": Both(
        es="Aprendió de caras que dibuja este mismo curso: cada rasgo es conocido.",
        en="It learnt from faces that this course draws itself: each feature is known.",
    ),
    "fashion-plus": Both(
        es="Fashion-MNIST en 8 números, con convoluciones en vez de la red publicada.",
        en="Fashion-MNIST in 8 numbers, with convolutions instead of the published network.",
    ),
    "fashion": Both(
        es="Fashion-MNIST en 8 números, con la red 784-128-64-8 publicada.",
        en="Fashion-MNIST in 8 numbers, with the published 784-128-64-8 network.",
    ),
    "fashion-2d": Both(
        es="Fashion-MNIST en solo 2 números: todo cabe en un mapa.",
        en="Fashion-MNIST in only 2 numbers: all of it fits on a map.",
    ),
    "emojis-dense": Both(
        es="La misma tarea con capas densas, sin convoluciones.", en="The same task with dense layers, no convolutions."
    ),
}
SERIES = (  # pattern, title, sentence: of models that differ in one number only
    (
        r"faces-beta-(?P<beta>\d+)",
        Both(es="Rostros, β = {beta}", en="Faces, β = {beta}"),
        Both(
            es="Entre modelos hermanos solo cambia β, el precio de la KL.",
            en="Among its siblings only β, the KL's price, differs.",
        ),
    ),
    (
        r"fashion-beta-(?P<beta>\d+)",
        Both(es="Ropa, β = {beta}", en="Clothes, β = {beta}"),
        Both(
            es="Entre modelos hermanos solo cambia β, el precio de la KL.",
            en="Among its siblings only β, the KL's price, differs.",
        ),
    ),
    (
        r"fashion-latent-(?P<latent>\d+)-beta-0",
        Both(es="Ropa, {latent} dimensiones, β = 0", en="Clothes, {latent} dimensions, β = 0"),
        Both(es="Sin KL: un autoencoder casi común.", en="No KL: nearly a plain autoencoder."),
    ),
    (
        r"fashion-latent-(?P<latent>\d+)",
        Both(es="Ropa, {latent} dimensiones", en="Clothes, {latent} dimensions"),
        Both(
            es="Entre modelos hermanos solo cambia la dimensión latente.",
            en="Among its siblings only the latent dimension differs.",
        ),
    ),
)  # fmt: skip
NUMBERS = Both(
    es="{latent} dimensiones latentes, {active} activas · {parameters} parámetros · PSNR {psnr:.1f}\u00a0dB",
    en="{latent} latent dimensions, {active} active · {parameters} parameters · PSNR {psnr:.1f}\u00a0dB",
)
OWN_TITLE = Both(es="Modelo propio, recién entrenado", en="Own model, just trained")
OWN_SENTENCE = Both(es="Se entrenó aquí, en la pestaña Entrenar.", en="It was trained here, in the tab Train.")


def title(name: str) -> Both:
    """Of a shipped model."""
    return _of_series(name, 0) or TITLES.get(name) or Both(es=name, en=name)


def sentence(name: str) -> Both:
    """One sentence on what a shipped model learnt from."""
    given = pretrained.card(name)["data"]["title"]
    return _of_series(name, 1) or SENTENCES.get(name) or Both(es=given["es"] + ".", en=given["en"] + ".")


def _of_series(name: str, which: int) -> Both | None:
    for pattern, *texts in SERIES:
        if match := re.fullmatch(pattern, name):
            return texts[which].format(**match.groupdict())
    return None


def numbers(card: dict) -> Both:
    """One line of a card's figures."""
    figures = card["figures"]
    return NUMBERS.format(
        latent=card["preset"]["model"]["latent_dim"],
        active=figures["active_units"],
        parameters=both(whole, card["parameters"]),
        psnr=figures["psnr"],
    )
