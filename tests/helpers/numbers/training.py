"""What lesson 05 says in numbers."""

import torch
from torch.nn import functional as F

from . import Given, Held


def _pixels_averaged(n):
    return n.first[1] / 784 + n.first[2] / 784


def _below_the_floor(n):
    """The step at which a hand-written BCE on pictures in [-1, 1] falls below 0."""
    model, x = n.new_vae(), 2 * n.x_train[:6400] - 1
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for step, batch in enumerate(x.split(64)):
        x_hat, mu, logvar = model(batch)
        bce = -(batch * x_hat.log() + (1 - batch) * (1 - x_hat).log()).flatten(1).sum(dim=1)
        loss = (bce + n.kl_divergence(mu, logvar)).mean()
        if loss < 0:
            return step
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    raise AssertionError("never below the floor")


def _refused(_):
    """1 if PyTorch's BCE refuses pictures in [-1, 1]."""
    try:
        F.binary_cross_entropy(torch.full((2,), 0.5), torch.tensor([-1.0, 1.0]))
    except RuntimeError:
        return 1
    return 0


def _terms(row):
    """(reconstruction, KL) of a row of the figure of cures: "249 + 10.2"."""
    return [float(one) for one in row[-1].split(" + ")]


def _cure(n, group, k):
    return _terms(n.groups[group][1][k])


NUMBERS = [
    Given(
        r"se apuesta a $\hat x = 0.5$. Cuesta $-\ln 0.5$ por píxel",
        r"bets on $\hat x = 0.5$. That costs $-\ln 0.5$ a pixel",
    ),
    Given("un píxel gris de valor 0.5", "a grey pixel of value 0.5"),
    Given("cercano a 0 es 0.5", "near 0 is 0.5"),
    Held("| cerca de <543> |", "| near <543> |", lambda n: n.first[1], within=2),
    Held("| <0.7> | se promedió sobre píxeles", "| <0.7> | pixels were averaged", _pixels_averaged),
    Held("se detiene con <un error=1>", "stops with <an error=1>", _refused),
    Given(r"ante $\hat x = 0.5$ vale", r"at $\hat x = 0.5$ it is"),
    Held(
        "en menos de <veinte=20> pasos la pérdida",
        "in fewer than <twenty=20> steps the loss",
        _below_the_floor,
        within=19,
    ),
    Held(
        "más de <dos tercios=66.7> es piso",
        "over <two thirds=66.7> is floor",
        lambda n: min(66.7, 100 * n.floors[5:].sum() / n.prices[n.chosen[5:]].sum()),
    ),
    Given("El precio ronda los 200 nats", "The price is around 200 nats"),
    Held(
        "buscar ahorra unos <diez=10> nats en la imagen",
        "searching saves some <ten=10> nats on the picture",
        lambda n: n.lost[7],
        within=2.5,
    ),
    Held(
        "pierde menos de <un nat=0.8> entre",
        "loses less than <one nat=0.8> in",
        lambda n: n.lost[:7].mean(),
        within=0.19,
    ),
    Given(r"con $\eta = 0.005$", r"at $\eta = 0.005$"),
    Held(
        "un peso recorre a lo sumo unos <0.3>",
        "a weight goes some <0.3> at most",
        lambda n: 60 * n.optimizer.param_groups[0]["lr"],
    ),
    Held("«Reanudado» ha de dar <0.0000>", '"Resumed" has to give <0.0000>', lambda n: float(n.rows[1][-1])),
    Held(
        "KL de **más de <cien=100>** nats",
        "KL of **more than a <hundred=100>** nats",
        lambda n: min(100, _terms(n.trials[0])[1]),
    ),
    Held("KL de unos <10> nats |", "KL of about <10> nats |", lambda n: _terms(n.trials[3])[1], within=3),
    Given("Con tasa 0.5 cada peso se mueve cerca de 0.5 por paso", "At rate 0.5 each weight moves by some 0.5 a step"),
    Given("**c)** beta 0.25", "**c)** beta 0.25"),
    Held(
        "con 0.25 la KL baja de <treinta=30> nats",
        "at 0.25 the KL drops below <thirty=30> nats",
        lambda n: max(30, _cure(n, 0, 3)[1]),
    ),
    Held(
        "bajan $R$ en más de <quince=15> nats",
        "lower $R$ by over <fifteen=15> nats",
        lambda n: min(15, *(_terms(n.healthy)[0] - _cure(n, 1, k)[0] for k in (4, 6))),
    ),
    Held(
        "una red más ancha, <nada=0>",
        "wider, <nothing=0>",
        lambda n: sum(_cure(n, 1, 1)) - sum(_terms(n.healthy)),
        within=5,
    ),
    Held(
        "la KL despierta a unos <10> nats",
        "the KL wakes up to some <10> nats",
        lambda n: _terms(n.healthy)[1],
        within=3,
    ),
    Held(
        "$R$ baja más de <cien=100>",
        "$R$ falls by more than a <hundred=100>",
        lambda n: min(100, _terms(n.collapsed)[0] - _terms(n.healthy)[0]),
    ),
]
