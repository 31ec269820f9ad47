"""What lesson 09 says in numbers."""

import contextlib
import io
import math
import os
from functools import cache
from unittest import mock

from vae_course import notebook, pretrained

from . import Given, Held, played
from .measures import FACES_LEARNT, away, decibels, faces_pca, figures

NOISE = math.sqrt(0.5)


def _frechet(n, name):
    """Distance of samples from the prior, the prior at temperature 0.7, and the fitted Gaussian."""
    model, (mean, cov) = pretrained.load(name), pretrained.gaussian(name)
    z = n.sample_prior(250, model.latent_dim, n.seed(1))
    draws = (z, 0.7 * z, n.draw_gaussian(mean, cov, 250, n.seed(1)))
    return [n.distance(n.decode(model, one)) for one in draws]


def _ends(n, name):
    prior, _, fitted = _frechet(n, name)
    return [prior, fitted]


def _labelled(n, name, wearers):
    return 100 * n.has(n.faces, name)[n.has(n.faces, "Eyeglasses") == wearers].float().mean()


def _glasses(n):
    """Per cent of men and of the young, with glasses and without."""
    return [_labelled(n, name, wearers) for name in ("Male", "Young") for wearers in (True, False)]


def _read(n, bar, name):
    return 100 * n.moved[bar, n.READ.index(name)]


def _group(n, name):
    labels = n.has(n.held, name)
    return [decibels(n.error[one].mean().item()) for one in (labels, ~labels)]


def _step(n, name, what):
    """Detail in per cent of the photographs', or distance, of one step of the walk."""
    pixels = next(pixels for words, pixels in n.WALK.items() if words.startswith(name))
    return 100 * n.detail(pixels) / n.detail(n.x_held) if what == "detail" else n.distance(pixels)


@cache
def _drawn():
    """The lesson once more, as it is where there are no photographs: its names at the end."""
    functions = {name: getattr(notebook, name) for name in notebook.__all__} | {"show": lambda *_: None}
    with mock.patch.dict(os.environ, VAE_COURSE_DATA=os.devnull), contextlib.redirect_stdout(io.StringIO()):
        return list(played("09-faces", functions).values())[-1]


def _drawn_beard(_):
    return [_read(_drawn(), bar, "beard") for bar in (0, 1)]


def _drawn_detail(_):
    return [_step(_drawn(), name, "detail") for name in ("reconstruction", "prior")]


SERIES = ("faces-beta-1", "faces-beta-4", "faces-beta-16")
NUMBERS = [
    Held(
        "<128> números por cara y <23.6> dB al reconstruir",
        "<128> numbers a face, and <23.6> dB when",
        lambda n: [n.D, figures("faces")["psnr"]],
    ),
    Held("más que los <22.2> dB de una PCA", "more than the <22.2> dB of a PCA", faces_pca),
    Given(r"*temperatura* 0.7, es decir $z = 0.7 \epsilon$", r"*temperature* 0.7, that is $z = 0.7 \epsilon$"),
    Given("Con T = 0.3 quedan", "At T = 0.3 there are"),
    Held("reconstruye a <23.6> dB", "reconstructs at <23.6> dB", lambda n: figures("faces")["psnr"]),
    Held("no solo las <9025> del entrenamiento", "not just the <9,025> of the training set", lambda n: FACES_LEARNT),
    Held("(este paga <422> por cara)", "(this one pays <422> a face)", lambda n: figures("faces")["kl"]),
    Held(
        "La curva de `faces` va de <11.4> a <0.13>",
        "The curve of `faces` runs from <11.4> to <0.13>",
        lambda n: [n.spread["faces"].max(), n.spread["faces"].min()],
    ),
    Held(
        r"$\pm 2\sqrt{11.4} \approx <7>$",
        r"$\pm 2\sqrt{11.4} \approx <7>$",
        lambda n: 2 * n.spread["faces"].max().sqrt(),
    ),
    Held(
        "en la más angosta apenas pasan de <0.7>",
        "they hardly exceed <0.7>",
        lambda n: 2 * n.spread["faces"].min().sqrt(),
    ),
    Held(
        "De los <422> nats, unos <30>, por lo menos",
        "Of the <422> nats some <30>, at least",
        lambda n: [figures("faces")["kl"], away("faces")],
    ),
    Held(
        "Con solo las <9025> del entrenamiento, $I$ no pasaría de ln 9025 = <9.1> nats",
        "With the <9,025> of the training set alone, $I$ could not exceed ln 9,025 = <9.1> nats",
        lambda n: [FACES_LEARNT, math.log(FACES_LEARNT)],
    ),
    Held(
        "los otros <413> quedarían",
        "the other <413> would fall",
        lambda n: figures("faces")["kl"] - math.log(FACES_LEARNT),
    ),
    Held("(KL de <6.8> nats por cara)", "(a KL of <6.8> nats a face)", lambda n: figures("faces-beta-16")["kl"]),
    Held("`faces` baja de <3.6> a <0.4>", "`faces` falls from <3.6> to <0.4>", lambda n: _ends(n, "faces")),
    Held(
        "`faces-beta-1` baja de <1.4> a <0.5>",
        "`faces-beta-1` falls from <1.4> to <0.5>",
        lambda n: _ends(n, "faces-beta-1"),
    ),
    Held("de <1.9> a <1.6>", "from <1.9> to <1.6>", lambda n: _ends(n, "faces-beta-16")),
    Held(
        "Y la temperatura 0.7 **empeora** a los <tres=3>",
        "And a temperature of 0.7 makes all <three=3> **worse**",
        lambda n: sum(cool > prior for prior, cool, _ in (_frechet(n, name) for name in n.MODELS)),
    ),
    Held("de <2.9> a <0.2>.)", "from <2.9> to <0.2>.)", lambda _: _ends(_drawn(), "drawn")),
    Held(
        "Con CelebA, <75> % de quienes llevan anteojos están etiquetados como hombres, y <39> % de los demás; <45> % como jóvenes, contra <81> %",
        "With CelebA, <75> % of those who wear glasses are labelled men, and <39> % of the others; <45> % are labelled young, against <81> %",
        _glasses,
    ),
    Held(
        "los leídos como hombres pasan de <49> % a <90> %, y los jóvenes, de <67> % a <13> %",
        "those read as men go from <49> % to <90> %, and the young from <67> % to <13> %",
        lambda n: [_read(n, bar, name) for name in ("Male", "Young") for bar in (0, 1)],
        within=1,
    ),
    Held("(barba, de <25> % a <31> %)", "(beard, from <25> % to <31> %)", _drawn_beard, within=1),
    Held(
        "apenas <8> de las <146> caras con anteojos",
        "a mere <8> of the <146> faces with glasses",
        lambda n: [min((n.wearers & group).sum() for group in n.alike), n.wearers.sum()],
    ),
    Held(
        "(<62> % y <46> %)",
        "(<62> % and <46> %)",
        lambda n: [_read(n, 2, name) for name in ("Male", "Young")],
        within=1,
    ),
    Held(
        "cayendo de <44> % a <34> %",
        "falls from <44> % to <34> %",
        lambda n: [_read(n, bar, "Smiling") for bar in (0, 2)],
        within=1,
    ),
    Held("anteojos en <9> de cada", "glasses on <9> in", lambda n: _read(n, 0, "Eyeglasses"), within=1),
    Given("avanza 0.7 desviaciones", "moves 0.7 deviations on"),
    Held(
        "<79> % jóvenes, <42> % hombres, <47> % sonríen, <7> % llevan anteojos, <5> % sombrero, <5> % tienen canas",
        "<79> % young, <42> % men, <47> % smiling, <7> % with glasses, <5> % with a hat, <5> % with grey hair",
        lambda n: [
            100 * n.has(n.faces, name).float().mean()
            for name in ("Young", "Male", "Smiling", "Eyeglasses", "Wearing_Hat", "Gray_Hair")
        ],
    ),
    Given("En las 2000 caras", "Of the 2,000 faces"),
    Held(
        "con sombrero (<5> %) quedan en <21.2> dB contra <23.8> del resto; con anteojos, <22.8> contra <23.6>",
        "with a hat (<5> %) get <21.2> dB against <23.8> for the rest; with glasses, <22.8> against <23.6>",
        lambda n: [
            100 * n.has(n.faces, "Wearing_Hat").float().mean(),
            *_group(n, "Wearing_Hat"),
            *_group(n, "Eyeglasses"),
        ],
    ),
    Held(
        "<75> % de quienes los llevan están etiquetados como hombres contra <39> % del resto, y <45> % como jóvenes contra <81> %",
        "in CelebA <75> % of the wearers are labelled men against <39> % of the others, and <45> % young against <81> %",
        _glasses,
    ),
    Held(r"$\sigma = \sqrt{1/2} \approx <0.71>$", r"$\sigma = \sqrt{1/2} \approx <0.71>$", lambda n: NOISE),
    Held("termina en <0.066>", "ends at <0.066>", lambda n: math.sqrt(figures("faces")["mse"])),
    Held("en `faces`, <0.009>", "in `faces`, <0.009>", lambda n: 2 * figures("faces")["mse"]),
    Held("el detalle cae a <44> %", "detail drops to <44> %", lambda n: _step(n, "reconstruction", "detail")),
    Held(
        "a la muestra ajustada, <41> %; al prior, <47> %",
        "to the fitted sample, <41> %; to the prior, <47> %",
        lambda n: [_step(n, name, "detail") for name in ("fitted", "prior")],
        within=1,
    ),
    Held(
        "la distancia (<0.03>, <0.4>, <3.6>)",
        "gives it away (<0.03>, <0.4>, <3.6>)",
        lambda n: [_step(n, name, "distance") for name in ("reconstruction", "fitted", "prior")],
    ),
    Held("(<102> % del detalle)", "(<102> % of the detail)", lambda n: _drawn_detail(n)[0], within=1),
    Held("del prior, <52> %", "from the prior, <52> %", lambda n: _drawn_detail(n)[1], within=1),
    Held(
        "con ruido de <0.71>; el error real de `faces` es <0.066>",
        "with noise of <0.71>; the true error of `faces` is <0.066>",
        lambda n: [NOISE, math.sqrt(figures("faces")["mse"])],
    ),
    Held(
        "paga <51> nats y queda en <19.3> dB, `faces` paga <422> y llega a <23.6>",
        "pays <51> nats and stays at <19.3> dB, `faces` pays <422> and gets to <23.6>",
        lambda n: [figures(name)[one] for name in ("faces-beta-1", "faces") for one in ("kl", "psnr")],
    ),
    Given("de 9000 caras", "of 9,000 faces"),
    Held(
        "deja <8> y <6> activas y casi la misma KL (<13.7> y <12.2> nats)",
        "leaves <8> and <6> active and nearly the same KL (<13.7> and <12.2> nats)",
        lambda n: [figures(f"fashion-latent-{d}")[one] for one in ("active_units", "kl") for d in (8, 128)],
    ),
    Held("(<51>, <19>, <7> en", "(<51>, <19>, <7> in", lambda n: [figures(name)["kl"] for name in SERIES]),
    Held("(<19.3>, <17.4>, <15.7>)", "(<19.3>, <17.4>, <15.7>)", lambda n: [figures(name)["psnr"] for name in SERIES]),
    Given("por ejemplo beta 0.3 o", "such as beta 0.3 or"),
]
