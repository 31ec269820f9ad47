"""What lesson 07 says in numbers."""

import math

import torch

from vae_course.loss import kl_divergence, reconstruction_loss

from . import Given, Held


def _rates(n):
    return [rate for rate, _, _ in n.points]


def _distortions(n):
    return [distortion for _, distortion, _ in n.points]


@torch.no_grad()
def _latent(n, name):
    """(rate, distortion) of a model on the lesson's pictures."""
    torch.manual_seed(n.SEED)
    x_hat, mu, logvar = n.pretrained.load(name)(n.x)
    return kl_divergence(mu, logvar).mean(), reconstruction_loss(n.x, x_hat).mean()


@torch.no_grad()
def _far_and_precise(n):
    """The two parts of the KL at beta 0: half the squared means, and the rest."""
    mu, logvar = n.models[0].encode(n.x)
    return [0.5 * mu.square().sum(dim=1).mean(), 0.5 * (logvar.exp() - 1 - logvar).sum(dim=1).mean()]


def _distortion_after(n, warmup, rate):
    torch.manual_seed(0)
    order, layers = torch.Generator().manual_seed(0), [(128, "relu")]
    model = n.VAE(n.DenseEncoder((1, 28, 28), layers, 16), n.DenseDecoder((1, 28, 28), layers, 16))
    optimizer, step = torch.optim.Adam(model.parameters(), lr=rate), 0
    while step < n.STEPS:
        for batch in n.minibatches(n.wardrobe, 32, order):
            n.train_step(model, batch, optimizer, n.schedule(step, warmup, n.BETA))
            step += 1
    with torch.no_grad():
        return reconstruction_loss(n.x, model.eval()(n.x)[0]).mean()


def _gain_of_warmup(rate):
    return lambda n: _distortion_after(n, 0, rate) - _distortion_after(n, 250, rate)


NUMBERS = [
    Held(
        "de unos <500> nats a unos <13> y la distorsión sube apenas unos <12>",
        "from some <500> nats to some <13>, and distortion rises by a mere <12> or so",
        lambda n: [_rates(n)[0] - 12, _rates(n)[1], _distortions(n)[1] - _distortions(n)[0]],
        within=1,
    ),
    Held("De sus <512> nats, <268>", "Of its <512> nats, <268>", lambda n: [_rates(n)[0], _far_and_precise(n)[0]]),
    Held("Los otros <244> son precisión", "The other <244> are precision", lambda n: _far_and_precise(n)[1]),
    Held(
        r"$(<242.5> - <227.0>)/(<12.8> - <6.1>) \approx <2.3>$",
        r"$(<242.5> - <227.0>)/(<12.8> - <6.1>) \approx <2.3>$",
        lambda n: [
            _distortions(n)[2],
            _distortions(n)[1],
            _rates(n)[1],
            _rates(n)[2],
            (_distortions(n)[2] - _distortions(n)[1]) / (_rates(n)[1] - _rates(n)[2]),
        ],
    ),
    Given("$+2$ y $-2$ perdería los 2 nats", "$+2$ and $-2$ would lose the 2 nats"),  # half of 2 squared
    Given("una varianza mayor que 0.01", "is above 0.01"),
    Given("(una KL de más de 0.01 nats)", "(a KL above 0.01 nats)"),
    Held(
        "Las <122> dimensiones dormidas", "The <122> dimensions asleep", lambda n: int((n.mu.var(dim=0) <= 0.01).sum())
    ),
    Held(
        "baja más de <veinte=20> nats",
        "falls by more than <twenty=20> nats",
        lambda n: _latent(n, "fashion-latent-2")[1] - _latent(n, "fashion-latent-8")[1],
        within=5,
    ),
    Given("menos de un 5 % de", "within 5 % of"),
    Given("(0.01), una de ellas", "(0.01), one of them"),
    Held("de unos <45> nats a unos", "from some <45> nats to some", _gain_of_warmup(0.01), within=4),
    Held("nats a unos <13>: cuanto", "nats to some <13>: the weaker", _gain_of_warmup(0.002), within=3),
    Held(
        "más de <20> nats (<248> a <224>)",
        "more than <20> nats (<248> to <224>)",
        lambda n: [20, _latent(n, "fashion-latent-2")[1], _latent(n, "fashion-latent-8")[1]],
    ),
    Held("se activan <2>, <8>, <7> y <6>", "<2>, <8>, <7> and <6> are active", lambda n: n.active["beta 1"]),
    Held(
        "reconstruye mejor (<208>)",
        "it reconstructs better (<208>)",
        lambda n: _latent(n, "fashion-latent-128-beta-0")[1],
    ),
    Held("(<512>, <13>, <6>, <3>, <0> nats)", "(<512>, <13>, <6>, <3>, <0> nats)", _rates),
    Held("(<215>, <227>, <243>, <274>, <384>)", "(<215>, <227>, <243>, <274>, <384>)", _distortions),
    Given(r"con $\lambda = 0.5$", r"at $\lambda = 0.5$"),
    Given("con beta 0.25, 1 y 4", "at beta 0.25, 1 and 4"),
    Held("paga unos <dos=2> nats menos", "pays some <two=2> nats less", lambda n: n.bills[0] - n.bills[1], within=0.8),
    Held(r"a lo sumo $\ln 10 = <2.3>$ nats", r"at most $\ln 10 = <2.3>$ nats", lambda n: math.log(10)),
]
