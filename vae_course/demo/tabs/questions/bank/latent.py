"""How does the latent dimension affect generation? Models that differ only in it, with and without KL."""

from .....text import Both, pick
from ....ui import charts
from ..clothes import LATENTS, of_latent, side_by_side, written
from ..figures import Panel, Table, findings
from ..measures import from_prior, scores
from ..question import ASSIGNMENT, Look, Option, Question, Seen

HEADS = [f"D = {count}" for count in LATENTS]
WITH_KL = Both(es="β = 1: reconstrucciones y muestras del prior", en="β = 1: reconstructions and prior samples")
WITHOUT_KL = Both(es="β = 0: lo mismo, sin KL", en="β = 0: the same, without KL")
CURVE = Both(es="Cuántas dimensiones se usan", en="How many dimensions are used")
X = Both(es="dimensiones que hay", en="dimensions that there are")
Y = Both(es="dimensiones activas", en="active dimensions")


def experiment(lang: str, seed: int) -> Seen:
    bought, free = ([of_latent(count, beta) for count in LATENTS] for beta in (1, 0))
    lines = [
        charts.Series(name, [(model.latent_dim, scores(model)["active_units"]) for model in models], colour)
        for name, models, colour in (("β = 1", bought, charts.TEAL), ("β = 0", free, charts.ORANGE))
    ]
    curve = charts.plot(
        pick(CURVE, lang), pick(X, lang), pick(Y, lang), lines, xs=LATENTS, ys=(0, 32, 64, 96, 128), log=True
    )
    html = findings(
        lang,
        Panel(WITH_KL, Table(HEADS, side_by_side(bought, seed, lang))),
        Panel(WITHOUT_KL, Table(HEADS, side_by_side(free, seed, lang))),
        Panel(CURVE, curve),
    )
    return Seen(html, {
        "active": ", ".join(written(bought, "active_units", lang, 0)), "psnr": ", ".join(written(bought, "psnr", lang)),
        "active_0": ", ".join(written(free, "active_units", lang, 0)), "psnr_0": ", ".join(written(free, "psnr", lang)),
    })  # fmt: skip


QUESTION = Question(
    key="latent",
    where=ASSIGNMENT,
    title=Both(
        es="¿Cómo afecta la dimensión latente a la generación?",
        en="How does the latent dimension affect generation?",
    ),
    before=Both(
        es="Cuatro modelos de ropa que solo difieren en D: 2, 8, 32 y 128 dimensiones. Luego, los mismos sin KL.",
        en="Four models of clothes that differ in D only: 2, 8, 32 and 128 dimensions. Then the same without KL.",
    ),
    options=(
        Option(
            Both(es="Más dimensiones, siempre mejores imágenes.", en="The more dimensions, the better the pictures."),
            False,
            Both(
                es="De 2 a 8 sí; después, no: PSNR de {psnr} dB.",
                en="From 2 to 8, yes; after that, no: PSNR of {psnr} dB.",
            ),
        ),
        Option(
            Both(
                es="Desde cierto número casi nada cambia: las que sobran quedan sin usar.",
                en="Beyond some number hardly anything changes: those to spare stay unused.",
            ),
            True,
            Both(
                es="Sí: de 2, 8, 32 y 128 ofrecidas, con β = 1 se usan {active}.",
                en="Yes: of 2, 8, 32 and 128 offered, β = 1 uses {active}.",
            ),
        ),
        Option(
            Both(
                es="Con muchas, el modelo copia las imágenes de memoria.",
                en="With many, the model learns the pictures by heart.",
            ),
            False,
            Both(
                es="Con 128 y β = 1 reconstruye como con 8: la KL no deja comprar más.",
                en="With 128 and β = 1 it reconstructs as with 8: the KL stops it from buying more.",
            ),
        ),
    ),
    seen=Both(
        es="Dimensiones activas con β = 1: {active}; con β = 0: {active_0}. PSNR con β = 1: {psnr} dB; con β = 0: "
        "{psnr_0} dB.",
        en="Active dimensions with β = 1: {active}; with β = 0: {active_0}. PSNR with β = 1: {psnr} dB; with "
        "β = 0: {psnr_0} dB.",
    ),
    why=Both(
        es="Dos números no alcanzan: la distorsión es alta. Con 8 alcanza, y más dimensiones no mejoran nada: "
        "cada dimensión activa cuesta KL, y el modelo solo paga mientras el detalle que compra valga más. Las "
        "demás se igualan al prior y el decoder las ignora.\n\n"
        "Sin KL nada cuesta: se usan las 128 y la reconstrucción mejora, pero z del prior cae lejos de los "
        "códigos y las muestras se pierden. La dimensión es un techo; quien decide cuánta información pasa es "
        "la KL.",
        en="Two numbers are too few: distortion is high. Eight are enough, and more dimensions improve nothing: "
        "each active dimension costs KL, and the model pays only while the detail that it buys is worth more. "
        "The others settle on the prior and the decoder ignores them.\n\n"
        "Without KL nothing has a price: all 128 are used and reconstruction improves, but z from the prior "
        "falls far from the codes and samples are lost. The dimension is a ceiling; the KL decides how much "
        "passes.",
    ),
    levels=(
        Both(es="Solo la dirección: «más es mejor».", en="The direction only: “more is better”."),
        Both(es="Tasa y distorsión, ambas.", en="Rate and distortion, both."),
        Both(
            es="Por qué 128 dimensiones cambian poco aquí, mientras β = 0 las usa todas.",
            en="Why 128 dimensions change little here, while β = 0 uses them all.",
        ),
    ),
    look=Look(Both(es="Ropa generada con D = 2", en="Clothes generated with D = 2"), lambda: from_prior(of_latent(2))),
    experiment=experiment,
)
