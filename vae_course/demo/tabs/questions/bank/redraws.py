"""Why do draws of one picture differ? Its cloud as it is, shrunk to a point, and widened."""

import torch
from torch import Tensor

from .....numbers import decimal
from .....sampling import reparameterize
from .....text import Both, pick
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, findings
from ..measures import OPENING_SEED, SIX, SOFT, generator, some_pictures, typical_pictures
from ..question import LESSON, Look, Option, Question, Seen

SCALES = {"none": 0, "usual": 1, "wide": 3}  # times the model's sigma
TITLES = {
    "none": Both(es="σ puesta en 0", en="σ set to 0"),
    "usual": Both(es="La σ del modelo", en="The model's σ"),
    "wide": Both(es="Tres veces σ", en="Three times σ"),
}
CHART = Both(es="Diferencia media por píxel entre dos sorteos", en="Mean difference per pixel between two draws")


def experiment(lang: str, seed: int) -> Seen:
    model = shipped(SOFT)
    mu, logvar = model.encode(some_pictures(model, 1, seed))
    eps, sigma = torch.randn(SIX, mu.shape[1], generator=generator(seed)), (0.5 * logvar).exp()
    draws = {key: model.decode(mu + scale * sigma * eps) for key, scale in SCALES.items()}
    percents = {key: 100 * mean_difference(x) for key, x in draws.items()}
    facts = {key: decimal(share, 1, lang) for key, share in percents.items()}
    rows = [(pick(TITLES[key], lang), share, f"{facts[key]} %") for key, share in percents.items()]
    chart = charts.bars(pick(CHART, lang), rows, percents["wide"], "%", [charts.GREY, charts.TEAL, charts.ORANGE])
    html = findings(
        lang,
        *(Panel(TITLES[key], Sheet(x, 3), save=True) for key, x in draws.items()),
        Panel(CHART, chart, wide=True),
        columns=3,
    )
    return Seen(html, facts | {"sigma": decimal(sigma.mean(), 2, lang)})


def mean_difference(x: Tensor) -> float:
    """Mean absolute difference per value between two pictures of a set."""
    return torch.pdist(x.flatten(1), p=1).mean().item() / x[0].numel()


def draws_of_a_photograph() -> Tensor:
    """Six decoded draws of the most typical picture's cloud."""
    model = shipped(SOFT)
    mu, logvar = model.encode(typical_pictures(model)[:1])
    return model.decode(reparameterize(mu.expand(SIX, -1), logvar.expand(SIX, -1), generator(OPENING_SEED)))


QUESTION = Question(
    key="redraws",
    where=LESSON.format(number="3"),
    title=Both(es="¿Por qué difieren los sorteos de una misma imagen?", en="Why do draws of one picture differ?"),
    before=Both(
        es="Una foto pasa por el encoder una sola vez. Con su μ y su σ se sortean seis z y se decodifican: con σ "
        "en 0, con la del modelo y con el triple.",
        en="A photograph goes through the encoder once. With its μ and σ six z are drawn and decoded: with σ set "
        "to 0, with the model's and with three times that.",
    ),
    options=(
        Option(
            Both(es="El decoder agrega ruido al pintar.", en="The decoder adds noise when it paints."),
            False,
            Both(
                es="Con el mismo z pinta siempre lo mismo: con σ = 0 los seis difieren en {none} %.",
                en="From one z it always paints the same: with σ = 0 the six differ by {none} %.",
            ),
        ),
        Option(
            Both(es="Falta entrenamiento: luego serán iguales.", en="It is undertrained: later they will agree."),
            False,
            Both(
                es="La KL no deja que σ llegue a 0, por más que se entrene. Aquí σ = {sigma} en promedio.",
                en="The KL keeps σ from 0 however long one trains. Here σ = {sigma} on average.",
            ),
        ),
        Option(
            Both(
                es="El código es una nube, y cada sorteo toma de ella otro z.",
                en="The code is a cloud, and each draw takes another z from it.",
            ),
            True,
            Both(
                es="Sí: más ancha la nube, más difieren: {none}, {usual} y {wide} %.",
                en="Yes: the wider the cloud the more they differ: {none}, {usual} and {wide} %.",
            ),
        ),
    ),
    seen=Both(
        es="Diferencia media por píxel entre dos sorteos: con σ en 0, {none} %; con la del modelo, {usual} %; "
        "con el triple, {wide} %.",
        en="Mean difference per pixel between two draws: with σ set to 0, {none} %; with the model's, {usual} %; "
        "with three times that, {wide} %.",
    ),
    why=Both(
        es="El encoder no da un punto sino μ y σ: una nube. De ella sale z = μ + σ·ε, y solo ε cambia de un "
        "sorteo a otro. El decoder no sortea nada.\n\n"
        "Por eso se parecen: el decoder aprendió a que toda la nube diga la misma foto. Lo que cambia es lo que "
        "el código no fija. Más allá de la nube, con el triple de σ, ya sale otra persona.",
        en="The encoder gives no point but μ and σ: a cloud. From it comes z = μ + σ·ε, and only ε changes from "
        "one draw to the next. The decoder draws nothing.\n\n"
        "That is why they are alike: the decoder learnt to let the whole cloud tell the same photograph. What "
        "changes is what the code leaves open. Beyond the cloud, at three times σ, another person appears.",
    ),
    levels=(
        Both(es="«Hay azar».", en="“There is chance.”"),
        Both(es="El azar está en z, no en el decoder.", en="The chance is in z, not in the decoder."),
        Both(
            es="Y σ dice cuánto: sin nube no difieren, y la KL la mantiene abierta.",
            en="And σ says how much: without a cloud they do not differ, and the KL keeps it open.",
        ),
    ),
    look=Look(Both(es="Seis sorteos de una misma foto", en="Six draws of one photograph"), draws_of_a_photograph),
    experiment=experiment,
)
