"""What if the KL is removed, and what if only it remains? Both ends of beta beside its middle."""

from .....text import Both
from ..clothes import of_beta, side_by_side, written
from ..figures import Panel, Table, findings
from ..measures import from_prior
from ..question import Look, Option, Question, Seen

BETAS = (0, 1, 64)
HEADS = (
    Both(es="β = 0: sin KL", en="β = 0: no KL"), "β = 1", Both(es="β = 64: manda la KL", en="β = 64: the KL rules"),
)  # fmt: skip
TABLE = Both(es="Sin KL, con ambas, solo KL (casi)", en="Without KL, with both, (nearly) KL only")


def experiment(lang: str, seed: int) -> Seen:
    models = [of_beta(beta) for beta in BETAS]
    html = findings(lang, Panel(TABLE, Table(HEADS, side_by_side(models, seed, lang, rebuilt=3)), wide=True))
    return Seen(html, {f"kl_{beta}": kl for beta, kl in zip(BETAS, written(models, "kl", lang), strict=True)})


QUESTION = Question(
    key="ends",
    where=Both(es="Para cerrar", en="To close"),
    title=Both(
        es="¿Y si se quita la KL? ¿Y si solo queda ella?",
        en="What if the KL is removed, and what if only it remains?",
    ),
    before=Both(
        es="Tres modelos iguales salvo por β: 0, que quita la KL; 1; y 64, donde casi solo cuenta ella.",
        en="Three models alike but for β: 0, which removes the KL; 1; and 64, where hardly anything else counts.",
    ),
    options=(
        Option(
            Both(
                es="Sin KL reconstruye y no genera; solo con KL, siempre la misma imagen.",
                en="Without KL it reconstructs and does not generate; with KL alone, always the same picture.",
            ),
            True,
            Both(
                es="Sí: con {kl_0} nats sabe todo de cada imagen; con {kl_64}, nada.",
                en="Yes: at {kl_0} nats it knows all of each picture; at {kl_64}, nothing.",
            ),
        ),
        Option(
            Both(es="Sin KL todo mejora; solo con KL, ruido.", en="Without KL all improves; with KL alone, noise."),
            False,
            Both(
                es="Sin KL las muestras del prior se pierden, y solo con KL no sale ruido sino la imagen media.",
                en="Without KL prior samples are lost, and KL alone gives no noise but the mean picture.",
            ),
        ),
        Option(
            Both(es="Da casi lo mismo.", en="It hardly matters."),
            False,
            Both(es="Son los dos extremos: {kl_0} y {kl_64} nats.", en="They are both ends: {kl_0} and {kl_64} nats."),
        ),
    ),
    seen=Both(
        es="KL con β = 0, 1 y 64: {kl_0}, {kl_1} y {kl_64} nats.",
        en="KL at β = 0, 1 and 64: {kl_0}, {kl_1} and {kl_64} nats.",
    ),
    why=Both(
        es="Sin KL queda un autoencoder: nubes casi puntuales, códigos donde sea, y ningún lugar de donde sortear. "
        "Solo con KL, cada nube es el prior: z no dice nada y el decoder responde con la media.\n\n"
        "Un VAE es el acuerdo entre ambas: contar la imagen, y contarla con códigos que se puedan sortear.",
        en="Without KL an autoencoder is left: clouds that are nearly points, codes anywhere, and no place to draw "
        "from. With KL alone each cloud is the prior: z says nothing and the decoder answers with the mean.\n\n"
        "A VAE is the bargain between both: to tell the picture, and to tell it in codes that can be drawn.",
    ),
    levels=(
        Both(es="Un extremo solo.", en="One end only."),
        Both(es="Ambos extremos.", en="Both ends of it."),
        Both(es="Ambos, con lo que cada término aporta.", en="Both, with what each term contributes."),
    ),
    look=Look(Both(es="Ropa generada con β = 1", en="Clothes generated at β = 1"), lambda: from_prior(of_beta(1))),
    experiment=experiment,
)
