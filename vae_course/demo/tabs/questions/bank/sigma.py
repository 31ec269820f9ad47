"""What keeps the cloud open? Gradient descent on mu and logvar of one cloud, in three ways."""

import torch

from .....loss import kl_divergence
from .....numbers import decimal
from .....sampling import reparameterize
from .....text import Both, pick
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, findings
from ..measures import SHARP, generator, typical_pictures
from ..question import LESSON, Look, Option, Question, Seen

TITLES = {
    "alone": Both(es="Solo E[(z − 3)²]", en="E[(z − 3)²] alone"),
    "cut": Both(es="Lo mismo, con z.detach()", en="The same, with z.detach()"),
    "kl": Both(es="Con la KL", en="With the KL"),
}
X = Both(es="pasos", en="descent steps")
Y = Both(es="valor", en="their value")
STEPS, RATE = 200, 0.2


def experiment(lang: str, seed: int) -> Seen:
    paths = {key: descend(key, seed) for key in TITLES}
    html = findings(lang, *(Panel(TITLES[key], _chart(lang, TITLES[key], path)) for key, path in paths.items()))
    facts = {}
    for key, path in paths.items():
        facts[f"mu_{key}"], facts[f"sigma_{key}"] = (decimal(value, 2, lang) for value in path[-1])
    return Seen(html, facts)


def _chart(lang: str, title: Both, path: list[tuple[float, float]]) -> str:
    lines = [
        charts.Series(name, list(enumerate(values)), colour)
        for name, values, colour in zip(("μ", "σ"), zip(*path, strict=True), (charts.TEAL, charts.ORANGE), strict=True)
    ]
    return charts.plot(
        pick(title, lang), pick(X, lang), pick(Y, lang), lines, xs=(0, 50, 100, 150, 200), ys=(0, 1, 2, 3)
    )


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


QUESTION = Question(
    key="sigma",
    where=LESSON.format(number="3"),
    title=Both(es="¿Quién mantiene abierta la nube?", en="What keeps the cloud open?"),
    before=Both(
        es="Se minimiza E[(z − 3)²] con z = μ + σ·ε, desde μ = 0 y σ = 1. ¿A dónde van μ y σ?",
        en="E[(z − 3)²] is minimised with z = μ + σ·ε, from μ = 0 and σ = 1. Where do μ and σ go?",
    ),
    options=(
        Option(
            Both(es="μ va a 3 y σ se queda en 1.", en="μ goes to 3 and σ stays at 1."),
            False,
            Both(
                es="σ también baja, hasta {sigma_alone}: el ruido solo estorba.",
                en="σ falls too, down to {sigma_alone}: noise is only in the way.",
            ),
        ),
        Option(
            Both(es="μ va a 3 y σ hacia 0.", en="μ goes to 3 and σ towards 0."),
            True,
            Both(es="Sí: μ = {mu_alone}, σ = {sigma_alone}.", en="Yes: it ends at μ = {mu_alone}, σ = {sigma_alone}."),
        ),
        Option(
            Both(es="Nada se mueve: el azar corta el gradiente.", en="Nothing moves: chance cuts the gradient."),
            False,
            Both(
                es="Eso pasa con z.detach(). El truco vuelve al azar una entrada, y el gradiente llega a μ y σ.",
                en="That happens with z.detach(). The trick makes chance an input, and the gradient reaches μ and σ.",
            ),
        ),
    ),
    seen=Both(
        es="Sin KL: μ = {mu_alone} y σ = {sigma_alone}. Con z.detach(): μ = {mu_cut}, σ = {sigma_cut}. Con KL: "
        "μ = {mu_kl}, σ = {sigma_kl}.",
        en="Without KL: μ = {mu_alone} and σ = {sigma_alone}. With z.detach(): μ = {mu_cut}, σ = {sigma_cut}. With "
        "KL: μ = {mu_kl}, σ = {sigma_kl}.",
    ),
    why=Both(
        es="μ + σ·ε deja pasar el gradiente porque el azar, ε, es una entrada más: z depende de μ y σ por una "
        "cuenta ordinaria.\n\n"
        "Como el error crece con el ruido, σ baja hacia 0 y la nube se vuelve punto. Algo debe sostenerla: con "
        "la KL el óptimo exacto es μ = 2 y σ = 1/√3 ≈ 0.58.",
        en="μ + σ·ε lets the gradient through because chance, ε, is one more input: z depends on μ and σ by "
        "ordinary arithmetic.\n\n"
        "As the error grows with the noise, σ falls towards 0 and the cloud becomes a point. Something has to "
        "hold it up: with the KL the exact optimum is μ = 2 and σ = 1/√3 ≈ 0.58.",
    ),
    levels=(
        Both(es="Recita la fórmula.", en="Recites the formula."),
        Both(es="El azar se volvió una entrada.", en="Chance became an input."),
        Both(es="Y dice qué le pasa a σ sin KL.", en="And says what happens to σ without KL."),
    ),
    look=Look(Both(es="Rostros de la galería", en="Faces of the gallery"), lambda: typical_pictures(shipped(SHARP))),
    experiment=experiment,
)
