"""Which noise does a sum of squared errors assume? Drawn on a face; and what it does to the KL."""

import torch

from .....numbers import decimal, whole
from .....text import Both, pick
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Steps, findings
from ..measures import SHARP, SOFT, generator, reconstructed, scores, some_pictures, typical_pictures
from ..question import LESSON, Look, Option, Question, Seen

NOISY = Both(es="Un rostro con el ruido que supone cada una", en="A face with the noise that each assumes")
NO_NOISE = Both(es="sin ruido", en="no noise")
MEASURED = Both(es="σ = {sigma}, la medida", en="σ = {sigma}, the measured one")
ASSUMED = Both(es="σ = 0.71, la supuesta", en="σ = 0.71, the assumed one")
REBUILT = Both(es="Lo que reconstruye cada uno", en="What each of them reconstructs")
INPUT = Both(es="Entrada", en="Input picture")
DECODED = Both(
    es="La entrada es un código decodificado, porque la foto no se distribuye: a σ medida le resulta fácil.",
    en="The input is a decoded code, because its photograph does not ship: easy for the measured σ.",
)
BOUGHT = Both(es="Nats de KL que compra cada modelo", en="Nats of KL that each model buys")
BY_SOFT = Both(es="σ = 0.71 supuesta", en="σ = 0.71 assumed")
BY_SHARP = Both(es="σ medida", en="σ measured")
UNIT = Both(es="KL, en nats", en="KL, in nats")


def experiment(lang: str, seed: int) -> Seen:
    soft, sharp = shipped(SOFT), shipped(SHARP)
    facts = _facts(lang)
    sigma = scores(sharp)["mse"] ** 0.5
    x = some_pictures(sharp, 1, seed)
    eps = torch.randn(x.shape, generator=generator(seed))
    noisy = [(x + level * eps).clamp(0, 1)[0] for level in (0, sigma, 0.5**0.5)]
    rebuilt = [x[0], reconstructed(soft, x)[0], reconstructed(sharp, x)[0]]
    html = findings(
        lang,
        Panel(NOISY, Steps(noisy, [NO_NOISE, MEASURED.format(sigma=facts["sigma"]), ASSUMED]), save=True),
        Panel(REBUILT, Steps(rebuilt, [INPUT, BY_SOFT, BY_SHARP]), None if sharp.originals is not None else DECODED,
              save=True),
        Panel(BOUGHT, _chart(lang, facts)),
    )  # fmt: skip
    return Seen(html, facts)


def _chart(lang: str, facts: dict[str, str]) -> str:
    soft, sharp = (scores(shipped(name))["kl"] for name in (SOFT, SHARP))
    rows = [(pick(BY_SOFT, lang), soft, facts["kl_soft"]), (pick(BY_SHARP, lang), sharp, facts["kl_sharp"])]
    return charts.bars(pick(BOUGHT, lang), rows, sharp, pick(UNIT, lang), [charts.ORANGE, charts.TEAL])


def _facts(lang: str) -> dict[str, str]:
    soft, sharp = scores(shipped(SOFT)), scores(shipped(SHARP))
    return {
        "sigma": decimal(sharp["mse"] ** 0.5, 2, lang),
        "kl_soft": whole(soft["kl"], lang), "kl_sharp": whole(sharp["kl"], lang),
        "db_soft": decimal(soft["psnr"], 1, lang), "db_sharp": decimal(sharp["psnr"], 1, lang),
    }  # fmt: skip


QUESTION = Question(
    key="noise",
    where=LESSON.format(number="4"),
    title=Both(
        es="¿Qué ruido supone sumar errores al cuadrado?", en="Which noise does a sum of squared errors assume?"
    ),
    before=Both(
        es="Sumar errores al cuadrado con β = 1 es suponer píxeles con ruido gaussiano. Se le pone ese ruido a un "
        "rostro.",
        en="Adding squared errors with β = 1 is to assume Gaussian pixel noise. A face is shown with that noise.",
    ),
    options=(
        Option(
            Both(es="Ninguno: es solo una medida de error.", en="None: it only measures error."),
            False,
            Both(
                es="Todo error cuadrático es −log de una gaussiana, con alguna σ.",
                en="Any squared error is −log of a Gaussian, with some σ.",
            ),
        ),
        Option(
            Both(es="Poco, σ ≈ 0.05, apenas visible.", en="Little, σ ≈ 0.05, hardly visible."),
            False,
            Both(
                es="Eso es lo que el modelo logra de verdad: σ = {sigma}.",
                en="That is what the model really achieves: σ = {sigma}.",
            ),
        ),
        Option(
            Both(es="Muchísimo, σ ≈ 0.7: tapa el rostro.", en="Very much, σ ≈ 0.7: it hides the face."),
            True,
            Both(es="Sí: 1/(2σ²) = 1 da σ = 0.71.", en="Yes: 1/(2σ²) = 1 gives σ = 0.71."),
        ),
    ),
    seen=Both(
        es="σ supuesta 0.71, σ medida {sigma}. Con la supuesta el modelo compra {kl_soft} nats y logra "
        "{db_soft} dB; con la medida, {kl_sharp} nats y {db_sharp} dB.",
        en="σ assumed 0.71, σ measured {sigma}. With the assumed one the model buys {kl_soft} nats and reaches "
        "{db_soft} dB; with the measured one {kl_sharp} nats and {db_sharp} dB.",
    ),
    why=Both(
        es="El error cuadrático más β veces la KL es un decoder gaussiano de varianza β/2. Con β = 1, σ = 0.71 "
        "en una escala de 0 a 1: como si casi todo fuera ruido.\n\n"
        "Bajo ese supuesto el detalle no vale su KL y el modelo no lo compra. Promediar sobre los píxeles es "
        "todavía más: equivale a β = 12 288 sobre la suma.",
        en="Squared error plus β times the KL is a Gaussian decoder of variance β/2. At β = 1, σ = 0.71 on a "
        "scale from 0 to 1: as if nearly all were noise.\n\n"
        "Under that assumption detail is not worth its KL and the model does not buy it. Averaging over pixels "
        "goes further still: it amounts to β = 12,288 on the sum.",
    ),
    levels=(
        Both(es="«El MSE emborrona».", en="“MSE blurs.”"),
        Both(es="Una gaussiana de σ fija.", en="A Gaussian of fixed σ."),
        Both(
            es="σ 0.71, mientras los dB medidos dicen menos de 0.08: el detalle no vale su KL.",
            en="σ 0.71, while the measured dB mean less than 0.08: detail is not worth its KL.",
        ),
    ),
    look=Look(Both(es="Rostros de la galería", en="Faces of the gallery"), lambda: typical_pictures(shipped(SHARP))),
    experiment=experiment,
)
