"""What does the gradient do to μ and σ? Gradient descent on mu and logvar of one cloud, in three ways."""

import torch

from .....loss import kl_divergence
from .....numbers import decimal
from .....sampling import reparameterize
from .....text import Both, texts_beside
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, findings
from ..measures import SHARP, generator, typical_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "sigma")

STEPS, RATE = 200, 0.2


def experiment(lang: str, seed: int) -> Seen:
    paths = {key: descend(key, seed) for key in texts.TITLES}
    html = findings(
        lang, *(Panel(texts.TITLES[key], _chart(lang, texts.TITLES[key], path)) for key, path in paths.items())
    )
    facts = {}
    for key, path in paths.items():
        facts[f"mu_{key}"], facts[f"sigma_{key}"] = (decimal(value, 2, lang) for value in path[-1])
    return Seen(html, facts)


def _chart(lang: str, title: Both, path: list[tuple[float, float]]) -> str:
    lines = [
        charts.Series(name, list(enumerate(values)), colour)
        for name, values, colour in zip(("μ", "σ"), zip(*path, strict=True), (charts.TEAL, charts.ORANGE), strict=True)
    ]
    return charts.plot(lang, title, texts.X, texts.Y, lines, xs=(0, 50, 100, 150, 200), ys=(0, 1, 2, 3))


def descend(how: str, seed: int) -> list[tuple[float, float]]:
    """(mu, sigma) before each step and after the last; how: a key of TITLES."""
    chance = generator(seed)
    mu, logvar = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, 1, requires_grad=True)
    path = []
    for _ in range(STEPS + 1):
        path.append((mu.item(), (0.5 * logvar).exp().item()))
        z = reparameterize(mu.expand(256, 1), logvar.expand(256, 1), chance)
        if how == "cut":
            z = z.detach()
        loss = (z - 3).square().mean() + (kl_divergence(mu, logvar).mean() if how == "kl" else 0)
        if loss.requires_grad:
            for value, slope in zip((mu, logvar), torch.autograd.grad(loss, (mu, logvar)), strict=True):
                value.data -= RATE * slope
    return path


QUESTION = Question.of("sigma", texts, lambda: typical_pictures(shipped(SHARP)), experiment)
