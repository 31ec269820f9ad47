"""What happens when beta grows? Models that differ only in beta, and the curve on which they lie."""

from .....numbers import whole
from .....text import Both, pick
from ....ui import charts
from ..clothes import BETAS, COUNTED, classes, halves, of_beta, side_by_side, written
from ..figures import Panel, Table, findings
from ..measures import from_prior, scores
from ..question import ASSIGNMENT, Look, Option, Question, Seen

HEADS = [f"β = {beta}" for beta in BETAS]
TABLE = Both(
    es="Lo mismo con cinco precios: arriba reconstruye, abajo genera",
    en="The same at five prices: reconstructing above, generating below",
)
CLASSES = Both(es="Clases de 10 en 60 muestras", en="Classes of 10 in 60 samples")
CURVE = Both(es="Tasa y distorsión", en="Rate and distortion")
X = Both(es="tasa: KL, en nats", en="rate: KL, in nats")
Y = Both(es="distorsión: BCE, en nats", en="distortion: BCE, in nats")
CURVE_TEXT = Both(es="β = 0 queda fuera, a la derecha: {kl} nats.", en="β = 0 lies outside, to the right: {kl} nats.")


def experiment(lang: str, seed: int) -> Seen:
    models = [of_beta(beta) for beta in BETAS]
    _, others, labels = halves(seed)
    reached = [str(classes(from_prior(model, COUNTED, seed), others, labels)) for model in models]
    points = [(scores(model)["kl"], scores(model)["reconstruction"]) for model in models[1:]]
    curve = charts.plot(
        pick(CURVE, lang), pick(X, lang), pick(Y, lang), [charts.Series("", points, words=HEADS[1:])],
        xs=(0, 4, 8, 12, 16), ys=(200, 250, 300, 350, 400),
    )  # fmt: skip
    html = findings(
        lang,
        Panel(TABLE, Table(HEADS, [*side_by_side(models, seed, lang), (CLASSES, reached)]), wide=True),
        Panel(CURVE, curve, CURVE_TEXT.format(kl=whole(scores(models[0])["kl"], lang))),
    )
    facts = {
        "kl": ", ".join(written(models, "kl", lang)), "active": ", ".join(written(models, "active_units", lang, 0)),
        "psnr": ", ".join(written(models, "psnr", lang)), "distortion": whole(points[-1][1], lang),
        **{f"classes_{beta}": count for beta, count in zip(BETAS, reached, strict=True)},
    }  # fmt: skip
    return Seen(html, facts)


QUESTION = Question(
    key="beta",
    where=ASSIGNMENT,
    title=Both(es="¿Qué pasa cuando β crece?", en="What happens when β grows?"),
    before=Both(
        es="Cinco modelos que solo difieren en β, el precio de la KL: 0, 1, 4, 16 y 64. Mismas imágenes y semilla.",
        en="Five models that differ in β only, the KL's price: 0, 1, 4, 16 and 64. Same pictures, same seed.",
    ),
    options=(
        Option(
            Both(es="Todo mejora: β regulariza.", en="All improves: β regularises."),
            False,
            Both(
                es="La reconstrucción empeora siempre: {psnr} dB de PSNR.",
                en="Reconstruction gets worse at each step: {psnr} dB of PSNR.",
            ),
        ),
        Option(
            Both(
                es="Se reconstruye peor; se genera mejor hasta cierto punto, y al final todo es igual.",
                en="It reconstructs worse; it generates better up to a point, and in the end all is the same.",
            ),
            True,
            Both(
                es="Sí: la mejor PSNR es la de β = 0, cuyas muestras llegan a {classes_0} de 10 clases; las de "
                "β = 1, a {classes_1}; las de β = 64, a {classes_64}.",
                en="Yes: the best PSNR is that of β = 0, whose samples reach {classes_0} of 10 classes; those of "
                "β = 1 reach {classes_1}, those of β = 64 {classes_64}.",
            ),
        ),
        Option(
            Both(es="Las imágenes no cambian, solo el número.", en="The pictures stay, only the number changes."),
            False,
            Both(
                es="Cambian: con β = 64 todas las salidas son la misma imagen.",
                en="They change: at β = 64 every output is the same picture.",
            ),
        ),
    ),
    seen=Both(
        es="Con β = 0, 1, 4, 16, 64 la KL vale {kl} nats y quedan {active} dimensiones activas; PSNR: {psnr} dB.",
        en="At β = 0, 1, 4, 16, 64 the KL is {kl} nats and {active} dimensions are active; PSNR: {psnr} dB.",
    ),
    why=Both(
        es="β es el precio de un nat. Al subir, el modelo compra menos información: se apagan dimensiones, sube "
        "la distorsión y los códigos se acercan al prior. Por eso, al pasar β de 0 a 1, las muestras del "
        "prior pasan de {classes_0} clases a {classes_1}.\n\n"
        "Si el precio pasa de lo que vale cualquier detalle, no se compra nada: colapso del posterior. El "
        "decoder ignora z y devuelve siempre la imagen media, con {distortion} nats de distorsión. Un β dado es "
        "un punto de la curva; ninguno es el mejor para todo, y las pérdidas con distinto β no se comparan "
        "entre sí.",
        en="β is the price of a nat. As it rises the model buys less information: dimensions go dark, "
        "distortion rises and the codes draw near to the prior. That is why prior samples go from {classes_0} "
        "classes to {classes_1} as β goes from 0 to 1.\n\n"
        "Once the price exceeds what any detail is worth, nothing is bought: posterior collapse. The decoder "
        "ignores z and always returns the mean picture, at {distortion} nats of distortion. A β is a point on "
        "the curve; none is best for all, and losses at different β can't be compared.",
    ),
    levels=(
        Both(es="Solo la dirección.", en="The direction only."),
        Both(es="Tasa y distorsión, con números.", en="Rate and distortion, with numbers."),
        Both(
            es="Además, dónde empieza el colapso y cómo se reconoce.",
            en="Also where collapse begins, and its signs.",
        ),
    ),
    look=Look(Both(es="Ropa generada con β = 1", en="Clothes generated at β = 1"), lambda: from_prior(of_beta(1))),
    experiment=experiment,
)
