"""What lesson 04 says in numbers."""

import math

import torch

from vae_course import pretrained
from vae_course.loss import kl_divergence, reconstruction_loss
from vae_course.sampling import reparameterize

from . import Given, Held
from .measures import figures, shown

LN2 = math.log(2)
NOISE = math.sqrt(0.5)  # per pixel, assumed by summed squares with beta = 1
WEIGHT = 0.001 * 784  # of the KL beside a summed L1


def _true_noise():
    return math.sqrt(figures("faces")["mse"])


def _draws_for_a_decimal(n):
    """How many draws bring the mean within 0.05 of the KL in 95 of 100 cases."""
    return (1.96 * n.log_ratio.std() / 0.05) ** 2


def _detail(n, label):
    """Mean correction above the floor, in nats, of a class."""
    return (n.pixels - n.floors)[n.clothes.labels == label].mean()


def _mean_image_of_all():
    x = shown("fashion", 10_000, "test")
    return reconstruction_loss(x, x.mean(dim=0, keepdim=True).expand_as(x)).mean()


@torch.no_grad()
def _prices(n, photos):
    mu, logvar = n.people.encode(photos)
    x_hat = n.people.decode(reparameterize(mu, logvar, torch.Generator().manual_seed(0)))
    return reconstruction_loss(photos, x_hat, "mse") + kl_divergence(mu, logvar)


NUMBERS = [
    Held("**1 nat = 1/ln 2 = <1.443> bits**", "**1 nat = 1/ln 2 = <1.443> bits**", lambda n: 1 / LN2),
    Given("Un píxel gris, x = 0.5", "A grey pixel, x = 0.5"),
    Held("hasta ln 2 = <0.693> nats", "up to ln 2 = <0.693> nats", lambda n: LN2),
    Held(
        "Apostar 0.5 en todas partes cuesta <543> nats", "Betting 0.5 everywhere costs <543> nats", lambda n: 784 * LN2
    ),
    Held(
        "unos <37> nats de los <353> que van",
        "some <37> nats of the <353> between",
        lambda n: [n.prices[2] - n.prices[3], n.prices[0] - n.prices[3]],
        within=0.7,
    ),
    Given("con mu = 0, sigma = 0.1", "with mu = 0, sigma = 0.1"),
    Held(
        "con mu = 1 y logvar = 0, <−0.5> es el signo",
        "at mu = 1 and logvar = 0, <−0.5> is the sign",
        lambda n: -kl_divergence(torch.ones(1, 1), torch.zeros(1, 1)),
    ),
    Held(
        "con mu = 0 y sigma = 2, <−0.193> es sigma",
        "at mu = 0 and sigma = 2, <−0.193> is sigma",
        lambda n: 0.5 * (2 - 1 - math.log(4)),
    ),
    Held("su precio sube unos ln 2 = <0.693> nats", "its price goes up by about ln 2 = <0.693> nats", lambda n: LN2),
    Held(r"Con unos <12.8> nats el encoder elige", r"With some <12.8> nats the encoder picks", lambda n: n.kl.mean()),
    Held(
        r"entre $e^{12.8} \approx <360 000>$",
        r"out of $e^{12.8} \approx <360,000>$",
        lambda n: math.exp(12.8),
        within=5000,
    ),
    Held("se señala con <9> nats", "is pointed out with <9> nats", lambda n: n.kl.min()),
    Held(
        "piden más <del doble=2>",
        "more than <twice=2> as much",
        lambda n: n.kl.sort().values[-8] / n.kl.min(),
        within=0.2,
    ),
    Given("quede a menos de 0.05 nats de la fórmula", "to be within 0.05 nats of the formula"),
    Given("Algo como 100, 10 000 o 1 000 000", "Something like 100, 10,000 or 1,000,000"),
    Held(
        "dejarlo en menos de 0.05 nats, unos <5000>",
        "keeping it within 0.05 nats some <5,000>",
        _draws_for_a_decimal,
        within=500,
    ),
    Given("con ruido de desviación estándar 0.6", "the noise with standard deviation 0.6"),
    Given("Llega x = 1.2", "In comes x = 1.2"),
    Held(
        "del ancho del posterior exacto (<0.5145>)",
        "the exact posterior's own width (<0.5145>)",
        lambda n: math.sqrt(0.6**2 / (1 + 0.6**2)),
    ),
    Held("con centro en −0.213, 0.347 y <0.882>", "centred at −0.213, 0.347 and <0.882>", lambda n: 1.2 / (1 + 0.6**2)),
    Given("¿Por qué el mejor centro no es 1.2?", "Why isn't 1.2 the best centre?"),
    Held(
        "sobre los <12 288> números equivale a beta = <12 288> sobre la suma",
        "over the <12,288> numbers equals beta = <12,288> on the sum",
        lambda n: [n.faces[0].numel()] * 2,
    ),
    Held(
        "KL de <0.0> nats y reconstrucción de <385.0>",
        "a KL of <0.0> nats and a reconstruction of <385.0>",
        lambda n: [figures("fashion-beta-64")[one] for one in ("kl", "reconstruction")],
    ),
    Held(
        "la de la imagen media <(prueba=385.0> de Fashion-MNIST",
        "the mean image's <(Fashion-MNIST's=385.0>",
        lambda n: _mean_image_of_all(),
        within=0.5,
    ),
    Given("de Fashion-MNIST, 10 000 imágenes", "Fashion-MNIST's test set, 10,000 pictures"),
    Held(
        "compra <12.8> nats de KL y baja a <227.5>",
        "buys <12.8> nats of KL and gets to <227.5>",
        lambda n: [figures("fashion-beta-1")[one] for one in ("kl", "reconstruction")],
    ),
    Held("Con beta = 1, s = <0.71>", "With beta = 1, s = <0.71>", lambda n: NOISE),
    Held("una foto con ruido <0.71>", "a photograph with noise <0.71>", lambda n: NOISE),
    Held(
        "supone promediar sobre <12 288> números?",
        "averaging over <12,288> numbers assumes",
        lambda n: n.faces[0].numel(),
    ),
    Held(
        "nuestro modelo `faces` (<23.6> dB: <0.066> por píxel)",
        "our model `faces` (<23.6> dB: <0.066> per pixel)",
        lambda n: [figures("faces")["psnr"], _true_noise()],
    ),
    Held(
        "unas <ocho=8> veces la KL (<422> nats contra <51> en las <475> fotos",
        "some <eight=8> times the KL (<422> nats against <51> on the <475> test",
        lambda n: [
            round(figures("faces")["kl"] / figures("faces-beta-1")["kl"]),
            figures("faces")["kl"],
            figures("faces-beta-1")["kl"],
            figures("faces")["images"],
        ],
    ),
    Held(
        "baja el error a menos de la <mitad=0.4>",
        "brings the error to less than <half=0.4>",
        lambda n: figures("faces")["mse"] / figures("faces-beta-1")["mse"],
        within=0.09,
    ),
    Held(
        "otro optimizador y <10> épocas en vez de <80>",
        "another optimiser and <10> epochs instead of <80>",
        lambda n: [pretrained.card(name)["epochs"] for name in ("faces-beta-1", "faces")],
    ),
    Held(
        "Su pérdida es negativa, <−15 441> nats",
        "Its loss is negative, <−15,441> nats",
        lambda n: figures("faces")["loss"],
    ),
    Held(
        "suma <0.001> · KL; llega a <0.0734>",
        "adds <0.001> · KL; it reaches <0.0734>",
        lambda n: [pretrained.preset("fashion").training.beta, figures("fashion")["loss"]],
    ),
    Held(
        "más <0.784> · KL, un decoder de Laplace de escala <0.784>",
        "plus <0.784> · KL, a Laplace decoder of scale <0.784>",
        lambda n: [WEIGHT, WEIGHT],
    ),
    Given("porque 0.001 la compensa", "since 0.001 makes up for it"),
    Held(r"$\sqrt{1/2} = <0.71>$ por píxel", r"$\sqrt{1/2} = <0.71>$ per pixel", lambda n: NOISE),
    Held(
        "un buen modelo (<23.6> dB) es <0.066>, unas <once=11> veces menor",
        "a good model (<23.6> dB) is <0.066>, about <eleven=11> times less",
        lambda n: [figures("faces")["psnr"], _true_noise(), round(NOISE / _true_noise())],
    ),
    Held(
        "lo calla (<51> nats contra <422>)",
        "leaves it out (<51> nats against <422>)",
        lambda n: [figures(name)["kl"] for name in ("faces-beta-1", "faces")],
    ),
    Held(
        "Calcula sigma = <0.71>, lo compara con el error real (<23.6> dB: <0.066>)",
        "Computes sigma = <0.71>, compares it with the true error (<23.6> dB: <0.066>)",
        lambda n: [NOISE, figures("faces")["psnr"], _true_noise()],
    ),
    Held("unos <13> nats que ahorran", "some <13> nats that save", lambda n: n.clouds.mean()),
    Held("más de <150>, porque", "more than <150>, since", lambda n: n.prices[1] - n.prices[2], within=8),
    Held("apostar la imagen media costaba <384>", "betting the mean image cost <384>", lambda n: n.prices[1]),
    Held(
        "(más de <50> nats de media; los pantalones, <20>)",
        "(over <50> nats on average; trousers <20>)",
        lambda n: [min(_detail(n, 5), _detail(n, 8)), _detail(n, 1)],
        within=2,
    ),
    Given("caben en 13 nats", "than 13 nats can tell"),
    Held(
        "cuesta menos que <casi cualquier=96> rostro",
        "costs less than <nearly any=96> face",
        lambda n: 100 * (_prices(n, n.faces) > _prices(n, n.kittens[1:2])).float().mean(),
        within=3,
    ),
    Given("pérdida total 0.491 y KL 0.000", "total loss of 0.491 with KL 0.000"),
    Given("0.491 es una media por píxel. Por 784 da 385 nats", "0.491 is a mean per pixel. Times 784 it is 385 nats"),
    Held(
        "La del curso, <240>, son <227.5> de reconstrucción más <12.8> de KL",
        "The course's <240> is <227.5> of reconstruction plus <12.8> of KL",
        lambda n: [figures("fashion-beta-1")[one] for one in ("loss", "reconstruction", "kl")],
    ),
    Held("el cálculo 0.491 · 784 = <385>", "with 0.491 · 784 = <385>", lambda n: 0.491 * 784),
]
