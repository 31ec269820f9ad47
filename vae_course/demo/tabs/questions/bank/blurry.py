"""Why can generated images be blurry? Averages of neighbours; one network trained and sampled in three ways."""

import torch
from torch import Tensor

from .....numbers import decimal, percent, whole
from .....text import Both, pick
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, Steps, findings
from ..measures import SHARP, SOFT, from_gaussian, from_prior, history, scores, sharpness
from ..question import ASSIGNMENT, Look, Option, Question, Seen

VALUES = 3 * 64 * 64  # of one picture of a face
MEANS = (1, 2, 4, 8, 16, 32)  # how many pictures are averaged
MEAN_OF = Both(es="Media de {count}", en="Mean of {count}")
MEAN = Both(
    es="La media de muchas imágenes nítidas es una imagen borrosa",
    en="The mean of many sharp pictures is a blurred one",
)
MEAN_TEXT = Both(
    es="Un rostro y los que el modelo borroso codifica más cerca: los que casi confunde con él. Promediados, cada "
    "vez más.",
    en="A face and those that the blurry model encodes nearest: those that it nearly takes for it. Averaged, more "
    "and more of them.",
)
CURVE = Both(es="Nitidez que conserva la media", en="Sharpness that the mean keeps")
X = Both(es="imágenes promediadas", en="pictures averaged")
Y = Both(es="% de la nitidez de una", en="% of one picture's sharpness")
ASSUMED = Both(es="1. Ruido supuesto: σ = 0.71", en="1. Assumed noise: σ = 0.71")
ASSUMED_TEXT = Both(
    es="Suma de errores al cuadrado: el detalle no vale lo que cuesta ({kl} nats de KL).",
    en="Sum of squared errors: detail is not worth its price ({kl} nats of KL).",
)
PRIOR = Both(es="2. La misma red, σ medida; z del prior", en="2. Same network, σ measured; z from the prior")
PRIOR_TEXT = Both(
    es="Compra {kl} nats de detalle, pero z cae donde no vive ningún código.",
    en="It buys {kl} nats of detail, but z falls where no code lives.",
)
GAUSSIAN = Both(es="3. Lo mismo, z de la gaussiana ajustada", en="3. The same, z from the fitted Gaussian")
GAUSSIAN_TEXT = Both(es="z cae donde los códigos viven de verdad.", en="z falls where the codes really live.")


def experiment(lang: str, seed: int) -> Seen:
    means = means_of_neighbours(seed)
    kept = [sharpness(mean) / sharpness(means[0]) for mean in means]
    facts = _facts(lang, kept[-1])
    steps = Steps(means, [MEAN_OF.format(count=count) for count in MEANS], [percent(share, lang) for share in kept])
    curve = charts.plot(
        pick(CURVE, lang), pick(X, lang), pick(Y, lang),
        [charts.Series("", [(count, 100 * share) for count, share in zip(MEANS, kept, strict=True)])],
        xs=MEANS, ys=(0, 25, 50, 75, 100), log=True,
    )  # fmt: skip
    sheets = (
        (ASSUMED, ASSUMED_TEXT.format(kl=facts["kl_soft"]), from_prior(shipped(SOFT), 8, seed)),
        (PRIOR, PRIOR_TEXT.format(kl=facts["kl_sharp"]), from_prior(shipped(SHARP), 8, seed)),
        (GAUSSIAN, GAUSSIAN_TEXT, from_gaussian(shipped(SHARP), 8, seed)),
    )
    html = findings(
        lang,
        Panel(MEAN, steps, MEAN_TEXT, save=True, wide=True),
        *(Panel(title, Sheet(x, 8), text, save=True, wide=True) for title, text, x in sheets),
        Panel(CURVE, curve),
    )
    return Seen(html, facts)


def means_of_neighbours(seed: int) -> list[Tensor]:
    """Means (C, H, W) of a sharp face and the faces whose codes lie nearest to its own, more and more of them."""
    codes, faces = shipped(SOFT).gallery.mu, shipped(SHARP).pictures
    anchor = int(torch.tensor([-sharpness(face) for face in faces]).argsort()[seed % 40])
    near = (codes - codes[anchor]).norm(dim=1).argsort()
    return [faces[near[:count]].mean(dim=0) for count in MEANS]


def _facts(lang: str, kept: float) -> dict[str, str]:
    soft, sharp = shipped(SOFT), shipped(SHARP)
    last = history(soft)[-1]
    epoch = int(last["epoch"])
    squared_error = torch.tensor(float(last["val_reconstruction"]) / VALUES)
    early = squared_error_of(float(history(sharp)[epoch - 1]["val_reconstruction"]))
    return {
        "kept": percent(kept, lang), "count": str(MEANS[-1]),
        "kl_soft": whole(scores(soft)["kl"], lang), "kl_sharp": whole(scores(sharp)["kl"], lang),
        "sigma": decimal(scores(sharp)["mse"] ** 0.5, 2, lang), "epoch": str(epoch),
        "db_soft": decimal(-10 * squared_error.log10(), 1, lang), "db_sharp": decimal(-10 * early.log10(), 1, lang),
        "parameters": whole(soft.card["parameters"], lang),
    }  # fmt: skip


def squared_error_of(nats: float, values: int = VALUES) -> Tensor:
    """The mean squared error that belongs to sigma-VAE's reconstruction loss."""
    return torch.tensor(2 * nats / values - 1).exp() / (2 * torch.pi)


QUESTION = Question(
    key="blurry",
    where=ASSIGNMENT,
    title=Both(es="¿Por qué pueden salir borrosas las imágenes generadas?", en="Why can generated images be blurry?"),
    before=Both(
        es="El experimento promedia rostros parecidos y muestra una misma red, entrenada y muestreada de tres maneras.",
        en="What follows averages faces that are alike, then shows one network trained and sampled in three ways.",
    ),
    options=(
        Option(
            Both(es="A la red le faltan capas o filtros.", en="The network lacks layers or filters."),
            False,
            Both(
                es="La red de las tres láminas es la misma: {parameters} parámetros. Lo que cambia es la pérdida y z.",
                en="The network of the three sheets is the same: {parameters} parameters. Loss and z differ.",
            ),
        ),
        Option(
            Both(es="Le faltan épocas de entrenamiento.", en="It was not trained for long enough."),
            False,
            Both(
                es="Con las mismas {epoch} épocas, una pérdida da {db_soft} dB y la otra {db_sharp} dB.",
                en="After the same {epoch} epochs one loss gives {db_soft} dB, the other {db_sharp} dB.",
            ),
        ),
        Option(
            Both(
                es="Ante la duda, el modelo responde con el promedio de lo posible.",
                en="Where it is unsure, the model answers with the average of what is possible.",
            ),
            True,
            Both(
                es="Sí: la media de {count} rostros nítidos conserva {kept} de la nitidez.",
                en="Yes: the mean of {count} sharp faces keeps {kept} of the sharpness.",
            ),
        ),
        Option(
            Both(
                es="Los z sorteados caen donde no hay códigos de imágenes.",
                en="The z that are drawn fall where no picture has its code.",
            ),
            True,
            Both(
                es="Es una de las tres causas: con z de la gaussiana ajustada, la misma red genera mejor.",
                en="It is one of three causes: with z from the fitted Gaussian the same network generates better.",
            ),
        ),
    ),
    seen=Both(
        es="La media de {count} rostros nítidos conserva {kept} de la nitidez. La misma red compra {kl_soft} nats "
        "con σ = 0.71 supuesta y {kl_sharp} nats con σ = {sigma} medida.",
        en="The mean of {count} sharp faces keeps {kept} of the sharpness. The same network buys {kl_soft} nats "
        "when σ = 0.71 is assumed and {kl_sharp} nats when σ = {sigma} is measured.",
    ),
    why=Both(
        es="La media de muchas imágenes nítidas es una imagen borrosa. Un decoder que no sabe cuál de ellas es "
        "responde con la media, porque es lo que menos error cuadrático tiene.\n\n"
        "Por qué no lo sabe tiene tres causas. El ruido supuesto: sumar errores al cuadrado equivale a suponer "
        "σ = 0.71 por píxel, y con tanto ruido un detalle fino parece azar. La tasa perdida: entonces el "
        "detalle no vale su KL, y el código guarda {kl_soft} nats en vez de {kl_sharp}. Y z sorteado en el "
        "lugar equivocado: aun la red nítida da manchas si z sale de un prior donde no viven los códigos.",
        en="The mean of many sharp pictures is a blurred one. A decoder that can't tell which of them it is "
        "answers with the mean, because that has the least squared error.\n\n"
        "Why it can't tell has three causes. Assumed noise: adding squared errors amounts to assuming σ = 0.71 "
        "per pixel, and in so much noise fine detail looks like chance. Lost rate: detail is then not worth its "
        "KL, and the code keeps {kl_soft} nats instead of {kl_sharp}. And misplaced samples: even the sharp "
        "network gives smears when z comes from a prior where no codes live.",
    ),
    levels=(
        Both(es="«Faltan capas».", en="“Too few layers.”"),
        Both(es="La media de imágenes plausibles.", en="The mean of plausible pictures."),
        Both(
            es="Separa ruido supuesto, tasa perdida y muestras mal ubicadas, cada una con una figura.",
            en="Separates assumed noise, lost rate and misplaced samples, each with a figure.",
        ),
    ),
    look=Look(Both(es="Rostros que generó un VAE", en="Faces that a VAE generated"), lambda: from_prior(shipped(SOFT))),
    experiment=experiment,
)
