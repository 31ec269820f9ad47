"""What is the loss before any training? An untrained network beside the mean picture, a trained one and the floor."""

import torch
from torch import Tensor

from ..... import vae
from .....loss import bce
from .....numbers import whole
from .....text import Both, pick
from ....core.model import Model, shipped
from ....ui import charts
from ..clothes import of_beta, of_latent
from ..figures import Panel, Table, findings
from ..measures import generator, history, reconstructed, scores, typical_pictures
from ..question import LESSON, Look, Option, Question, Seen

FLOOR = 190  # nats: the BCE of Fashion-MNIST's test pictures with themselves
LOSSES = Both(es="La BCE de una imagen", en="The BCE of one picture")
LOSSES_TEXT = Both(
    es="En promedio sobre las 10 000 imágenes de prueba, sin la KL; sin entrenar, sobre las de la galería.",
    en="Averaged over the 10,000 test pictures, without the KL; untrained, over those of the gallery.",
)
GUESSES = {
    "fresh": Both(es="red sin entrenar", en="untrained network"),
    "average": Both(es="imagen media", en="mean picture"),
    "trained": Both(es="red entrenada", en="trained network"),
    "floor": Both(es="piso: x̂ = x", en="floor: x̂ = x"),
}
UNIT = Both(es="nats por imagen", en="nats a picture")
FOUR = Both(es="Lo que cada una dice de cuatro imágenes", en="What each says of four pictures")
CURVE = Both(es="Después, la BCE cae", en="Then the BCE falls")
CURVE_TEXT = Both(
    es="Sin la KL, en otras 10 000 imágenes apartadas; termina en {end}. Esta red empezó ya en la imagen media, "
    "puesta en el sesgo de su última capa.",
    en="Without the KL, on 10,000 other held-back pictures; it ends at {end}. This network began at the mean "
    "picture, which was put into its last bias.",
)
X = Both(es="época", en="training epoch")


def experiment(lang: str, seed: int) -> Seen:
    model = of_latent(8)
    x = (model if model.originals is not None else shipped("fashion-plus")).pictures
    guesses = guessed(model, x, seed)
    nats = {
        "fresh": float(bce(x, guesses["fresh"]).mean()), "average": scores(of_beta(64))["reconstruction"],
        "trained": scores(model)["reconstruction"], "floor": FLOOR,
    }  # fmt: skip
    facts = {key: whole(value, lang) for key, value in nats.items()}
    four = model.typical[seed % 20 :: 25][:4]
    table = Table(["1", "2", "3", "4"], [(GUESSES[key], list(guess[four])) for key, guess in guesses.items()])
    measured = [(int(row["epoch"]), float(row["val_reconstruction"])) for row in history(model) if row["val_loss"]]
    html = findings(
        lang,
        Panel(LOSSES, _bars(lang, nats, facts), LOSSES_TEXT),
        Panel(FOUR, table),
        Panel(CURVE, _curve(lang, measured, nats), CURVE_TEXT.format(end=whole(measured[-1][1], lang))),
    )
    return Seen(html, facts)


@torch.inference_mode()
def guessed(model: Model, x: Tensor, seed: int) -> dict[str, Tensor]:
    """What networks and mean say of pictures x (N, C, H, W), each of its shape, by the keys of GUESSES."""
    with torch.random.fork_rng():  # layers draw from torch's own chance before the generator draws them anew
        fresh = vae.build(model.preset, generator(seed)).eval()
    average = x.mean(dim=0, keepdim=True).expand_as(x)
    rebuilt = fresh.decode(fresh.encode(x)[0])
    return {"fresh": rebuilt, "average": average, "trained": reconstructed(model, x), "floor": x}


def _bars(lang: str, nats: dict[str, float], facts: dict[str, str]) -> str:
    rows = [(pick(GUESSES[key], lang), value, facts[key]) for key, value in nats.items()]
    colours = [charts.GREY, charts.ORANGE, charts.TEAL, charts.GREY]
    return charts.bars(pick(LOSSES, lang), rows, max(nats.values()), pick(UNIT, lang), colours)


def _curve(lang: str, measured: list[tuple[int, float]], nats: dict[str, float]) -> str:
    """The validation loss of each epoch, from the mean picture's on, between dashed lines."""
    line = charts.Series("", [(0, nats["average"]), *measured])
    marks = {pick(GUESSES[key], lang): nats[key] for key in ("fresh", "average", "floor")}
    return charts.plot(
        pick(CURVE, lang), pick(X, lang), pick(UNIT, lang), [line], marks=marks,
        xs=(0, 20, 40, 60), ys=(150, 250, 350, 450, 550),
    )  # fmt: skip


QUESTION = Question(
    key="first",
    where=LESSON.format(number="5"),
    title=Both(es="¿Cuánto vale la pérdida antes de entrenar?", en="What is the loss before any training?"),
    before=Both(
        es="Una red recién creada mira ropa de 784 píxeles. Su BCE se compara con la de la imagen media y la de "
        "una red entrenada.",
        en="A new network looks at clothes of 784 pixels. Its BCE is compared with the mean picture's and a "
        "trained network's.",
    ),
    options=(
        Option(
            Both(es="Cualquier cosa: depende del azar.", en="Anything: it depends on chance."),
            False,
            Both(
                es="Casi no depende: con otra semilla da lo mismo, unos {fresh} nats.",
                en="Hardly: another seed gives the same, some {fresh} nats.",
            ),
        ),
        Option(
            Both(es="784 · ln 2 ≈ 543 nats.", en="It is 784 · ln 2 ≈ 543 nats."),
            True,
            Both(
                es="Sí: sin saber nada, cada píxel sale 0.5 y cuesta ln 2.",
                en="Yes: knowing nothing, each pixel is 0.5 and costs ln 2.",
            ),
        ),
        Option(
            Both(es="Unos 385, lo de la imagen media.", en="Some 385, as the mean picture."),
            False,
            Both(
                es="Eso es lo primero que se aprende: la imagen media cuesta {average} nats.",
                en="That is what is learnt first: the mean picture costs {average} nats.",
            ),
        ),
    ),
    seen=Both(
        es="Sin entrenar {fresh} nats; imagen media {average}; entrenada {trained}; piso {floor}.",
        en="Untrained {fresh} nats; mean picture {average}; trained {trained}; floor {floor}.",
    ),
    why=Both(
        es="Tres rectas dan sentido a la curva: no saber nada, saber solo la media y el piso. Primero se "
        "aprende el promedio, después las diferencias.\n\n"
        "El piso no es 0: la BCE de un píxel gris cuesta aun cuando se acierta. Una curva que se detiene en la "
        "recta de la imagen media no converge: colapsó.",
        en="Three lines give the curve its meaning: knowing nothing, knowing the mean only, and the floor. The "
        "average is learnt first, then the differences.\n\n"
        "The floor is not 0: the BCE of a grey pixel has a cost even when it is right. A curve that stops at the "
        "line of the mean picture has not converged: it collapsed.",
    ),
    levels=(
        Both(es="«Empieza alta».", en="“It starts high.”"),
        Both(es="784 · ln 2, y por qué.", en="784 · ln 2, and why."),
        Both(es="Y qué significan las otras dos rectas.", en="And what the other two lines mean."),
    ),
    look=Look(Both(es="Ropa de la galería", en="Clothes of the gallery"), lambda: typical_pictures(of_latent(8))),
    experiment=experiment,
)
