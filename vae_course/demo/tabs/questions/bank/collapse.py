"""Is there mode collapse? Clothes from four sources: how alike, how near to real ones, how many classes."""

from .....text import Both
from ..clothes import COUNTED, halves, measured, of_beta
from ..figures import Panel, Sheet, Table, findings
from ..measures import from_gaussian, from_prior
from ..question import ASSIGNMENT, Look, Option, Question, Seen

TITLES = {
    "free": Both(es="β = 0, z del prior: lugar equivocado", en="β = 0, z from the prior: the wrong place"),
    "fitted": Both(es="β = 0, z de la gaussiana ajustada", en="β = 0, z from the fitted Gaussian"),
    "one": Both(es="β = 1, z del prior", en="β = 1, z from the prior"),
    "dead": Both(es="β = 64, z del prior: colapso del posterior", en="β = 64, z from the prior: posterior collapse"),
}
HEADS = (
    Both(es="galería", en="gallery"), "β = 0, prior", Both(es="β = 0, ajustada", en="β = 0, fitted"), "β = 1", "β = 64",
)  # fmt: skip
NUMBERS = Both(es="Los números, sobre 60 muestras", en="The numbers, over 60 samples")
MEASURES = {
    "spread": Both(es="Distancia media entre muestras", en="Mean distance between samples"),
    "near": Both(es="Distancia a la más cercana de la galería", en="Distance to the nearest in the gallery"),
    "classes": Both(es="Clases a las que llegan, de 10", en="Classes that they reach, of 10"),
}


def experiment(lang: str, seed: int) -> Seen:
    held, others, labels = halves(seed)
    samples = {
        "free": from_prior(of_beta(0), COUNTED, seed), "fitted": from_gaussian(of_beta(0), COUNTED, seed),
        "one": from_prior(of_beta(1), COUNTED, seed), "dead": from_prior(of_beta(64), COUNTED, seed),
    }  # fmt: skip
    numbers = {key: measured(x, others, labels, lang) for key, x in {"real": held, **samples}.items()}
    rows = [(title, [column[measure] for column in numbers.values()]) for measure, title in MEASURES.items()]
    html = findings(
        lang,
        *(Panel(TITLES[key], Sheet(x[:16]), save=True) for key, x in samples.items()),
        Panel(NUMBERS, Table(HEADS, rows), wide=True),
    )
    facts = {f"{key}_{measure}": number for key, column in numbers.items() for measure, number in column.items()}
    return Seen(html, facts)


QUESTION = Question(
    key="collapse",
    where=ASSIGNMENT,
    title=Both(es="¿Hay colapso de modos?", en="Is there mode collapse?"),
    before=Both(
        es="Ropa generada con β = 0, 1 y 64. ¿Cuáles muestras quedan más cerca de imágenes reales, y cuáles son "
        "todas iguales?",
        en="Clothes generated at β = 0, 1 and 64. Which samples lie nearest to real pictures, and which are all alike?",
    ),
    options=(
        Option(
            Both(es="Sí: el modelo solo sabe unas pocas prendas.", en="Yes: the model knows only a few clothes."),
            False,
            Both(
                es="Con β = 1 las muestras llegan a {one_classes} de 10 clases.",
                en="At β = 1 the samples reach {one_classes} of 10 classes.",
            ),
        ),
        Option(
            Both(
                es="No: si con β = 0 salen manchas, es porque z cae donde no hay códigos.",
                en="No: where β = 0 gives smudges, z falls where there are no codes.",
            ),
            True,
            Both(
                es="Sí: con z de otro lugar, el mismo decoder pasa de {free_classes} a {fitted_classes} clases.",
                en="Yes: with z from elsewhere the same decoder goes from {free_classes} to {fitted_classes}.",
            ),
        ),
        Option(
            Both(
                es="El mejor modelo es el de muestras más cercanas a imágenes reales.",
                en="The best model is the one whose samples lie nearest to real pictures.",
            ),
            False,
            Both(
                es="Las manchas de β = 0 quedan a {free_near} y la única imagen de β = 64, a {dead_near}: no "
                "más lejos que una imagen de la galería, que queda a {real_near}.",
                en="The smudges of β = 0 lie at {free_near} and the one picture of β = 64 at {dead_near}: no "
                "farther than a picture of the gallery, which lies at {real_near}.",
            ),
        ),
    ),
    seen=Both(
        es="Dos muestras difieren en promedio en {free_spread} con β = 0, y llegan a {free_classes} de 10 clases; "
        "con β = 1, en {one_spread} ({one_classes} de 10); con β = 64, en {dead_spread} ({dead_classes} de 10). "
        "Dos imágenes de la galería, en {real_spread}. Con z de la gaussiana ajustada, β = 0 pasa a "
        "{fitted_spread} y {fitted_classes} de 10.",
        en="Two samples differ on average by {free_spread} at β = 0, and reach {free_classes} of 10 classes; at "
        "β = 1 by {one_spread} ({one_classes} of 10); at β = 64 by {dead_spread} ({dead_classes} of 10). Two "
        "pictures of the gallery, by {real_spread}. With z from the fitted Gaussian β = 0 goes to {fitted_spread} "
        "and {fitted_classes} of 10.",
    ),
    why=Both(
        es="Aquí no. El colapso de modos, el de las GAN, es dejar sin generar parte de los datos aunque z "
        "varíe. A un VAE le cuesta olvidar una clase, porque paga el error de cada imagen; si la KL cuesta "
        "más, como con β = 64, las olvida todas a la vez.\n\n"
        "Hay tres cosas que se le parecen. z sorteado en el lugar equivocado: con β = 0 los códigos viven lejos "
        "del prior y z cae en un hueco; la gaussiana ajustada lo repara. Colapso del posterior: con β = 64 el "
        "decoder ignora z. Memorizar: muestras a distancia casi 0 de una imagen de entrenamiento. La distancia "
        "a lo real por sí sola premia lo oscuro y lo borroso; hace falta también la diversidad.",
        en="Not here. Mode collapse, that of GANs, is to leave part of the data ungenerated however z varies. To "
        "forget a class is dear to a VAE, which pays for the error of every picture; where the KL is dearer, as "
        "at β = 64, it forgets all of them at once.\n\n"
        "Three things look like it. z drawn in the wrong place: at β = 0 the codes live far from the prior and z "
        "falls into a hole; the fitted Gaussian repairs it. Posterior collapse: at β = 64 the decoder ignores z. "
        "Memorising: samples nearly at distance 0 from a training picture. Distance to real ones alone rewards "
        "what is dark or blurred; diversity is needed too.",
    ),
    levels=(
        Both(es="Una opinión.", en="Just an opinion."),
        Both(es="Una lámina y un número.", en="A sheet and one number."),
        Both(
            es="Realismo con diversidad; separa colapso de modos, del posterior, z mal ubicado y memoria.",
            en="Realism with diversity; tells mode collapse from posterior collapse, misplaced z and memorising.",
        ),
    ),
    look=Look(Both(es="Seis muestras con β = 0", en="Six samples at β = 0"), lambda: from_prior(of_beta(0))),
    experiment=experiment,
)
