"""An autoencoder reconstructs; does it generate too? Three of them, and what random codes give."""

from torch import Tensor

from .....numbers import decimal, whole
from .....sampling import sample_prior
from .....text import Both, pick
from ....core.model import Model
from ....ui import charts
from ..clothes import DRAWN, REBUILT, of_latent, picture_rows, typical_model
from ..figures import Panel, Table, findings
from ..measures import SIX, from_prior, generator, reconstructed, scores, some_pictures
from ..question import LESSON, Look, Option, Question, Seen

DIMENSIONS = (2, 8, 32)
HEADS = [f"D = {count}" for count in DIMENSIONS]
RECONSTRUCTS = Both(es="Reconstruye (β = 0)", en="It reconstructs (β = 0)")
DECODES = Both(es="Decodifica z de N(0, I)", en="It decodes z from N(0, I)")
LIVES = Both(es="Qué tan lejos viven los códigos", en="How far out the codes live")
LIVES_TEXT = Both(
    es="Distancia media al origen, comparada con la de un z del prior.",
    en="Mean distance from the origin, compared with that of a z from the prior.",
)
CODES = Both(es="códigos, D = {count}", en="codes, D = {count}")
PRIOR = Both(es="prior, D = {count}", en="prior, D = {count}")
UNIT = Both(es="distancia al origen", en="distance from the origin")


def experiment(lang: str, seed: int) -> Seen:
    x = some_pictures(typical_model(), 4, seed)
    models = [of_latent(count, beta=0) for count in DIMENSIONS]
    lengths = [mean_lengths(model, seed) for model in models]
    html = findings(
        lang,
        Panel(RECONSTRUCTS, Table(HEADS, picture_rows(REBUILT, [reconstructed(model, x) for model in models]))),
        Panel(DECODES, Table(HEADS, picture_rows(DRAWN, [from_prior(model, 4, seed) for model in models]))),
        Panel(LIVES, _chart(lang, lengths), LIVES_TEXT),
    )
    facts = {}
    for count, model, (codes, prior) in zip(DIMENSIONS, models, lengths, strict=True):
        facts[f"psnr_{count}"] = decimal(scores(model)["psnr"], 1, lang)
        facts[f"far_{count}"] = whole(codes / prior, lang)
    return Seen(html, facts)


def mean_lengths(model: Model, seed: int) -> tuple[float, float]:
    """How far from the origin the codes of the gallery live, and draws of the prior."""
    codes = model.encode(typical_model().pictures)[0]
    prior = sample_prior(1000, model.latent_dim, generator(seed))
    return float(codes.norm(dim=1).mean()), float(prior.norm(dim=1).mean())


def _chart(lang: str, lengths: list[tuple[float, float]]) -> str:
    rows = [
        (pick(name.format(count=count), lang), length, decimal(length, 1, lang))
        for count, pair in zip(DIMENSIONS, lengths, strict=True)
        for name, length in zip((CODES, PRIOR), pair, strict=True)
    ]
    most, colours = max(length for _, length, _ in rows), [charts.TEAL, charts.GREY] * len(lengths)
    return charts.bars(pick(LIVES, lang), rows, most, pick(UNIT, lang), colours)


def rebuilt_clothes() -> Tensor:
    """Six typical pictures through an autoencoder."""
    model = of_latent(8, beta=0)
    return reconstructed(model, of_latent(8).pictures[model.typical[:SIX]])


QUESTION = Question(
    key="bottleneck",
    where=LESSON.format(number="2"),
    title=Both(
        es="Un autoencoder reconstruye. ¿También genera?", en="An autoencoder reconstructs. Does it generate too?"
    ),
    before=Both(
        es="Autoencoders (β = 0) de 2, 8 y 32 números. ¿Más números ayudan a reconstruir? ¿Y a decodificar un "
        "código al azar?",
        en="Autoencoders (β = 0) of 2, 8 and 32 numbers. Do more numbers help reconstruction? Do they help to "
        "decode a random code?",
    ),
    options=(
        Option(
            Both(es="Ayudan a ambas cosas.", en="They help both."),
            False,
            Both(
                es="Solo a reconstruir: {psnr_2}, {psnr_8}, {psnr_32} dB.",
                en="Reconstruction only: {psnr_2}, {psnr_8}, {psnr_32} dB.",
            ),
        ),
        Option(
            Both(es="A reconstruir sí, a generar no.", en="Reconstruction yes, generation no."),
            True,
            Both(
                es="Sí: los códigos viven {far_2}, {far_8} y {far_32} veces más lejos que el prior.",
                en="Yes: the codes live {far_2}, {far_8} and {far_32} times as far out as the prior.",
            ),
        ),
        Option(
            Both(es="A ninguna: 2 números alcanzan.", en="Neither: 2 numbers are enough."),
            False,
            Both(
                es="De 2 a 8 números se ganan varios dB: {psnr_2} y {psnr_8}.",
                en="From 2 to 8 numbers some dB are won: {psnr_2} and {psnr_8}.",
            ),
        ),
    ),
    seen=Both(
        es="PSNR con 2, 8 y 32 números: {psnr_2}, {psnr_8} y {psnr_32} dB. Los códigos viven {far_2}, {far_8} y "
        "{far_32} veces más lejos que los z del prior.",
        en="PSNR with 2, 8 and 32 numbers: {psnr_2}, {psnr_8} and {psnr_32} dB. The codes live {far_2}, {far_8} "
        "and {far_32} times as far out as the z of the prior.",
    ),
    why=Both(
        es="El decoder solo aprendió los puntos que el encoder le dio. Entre ellos y alrededor hay regiones que "
        "nunca vio, y cuantas más dimensiones, más hueco queda.\n\n"
        "Falta algo más: nada dice de dónde sortear z. Por eso el VAE le pide a cada código que sea una nube "
        "cercana a una distribución conocida.",
        en="The decoder learnt only the points that the encoder gave it. Between and around them lie regions "
        "that it never saw, and the more dimensions, the more emptiness.\n\n"
        "One more thing is missing: nothing says where to draw z from. That is why a VAE asks each code to be a "
        "cloud near a known distribution.",
    ),
    levels=(
        Both(es="Culpa al tamaño.", en="Blames the size."),
        Both(es="Regiones que el decoder nunca vio.", en="Regions that the decoder never saw."),
        Both(
            es="Nada dice de dónde sortear: z necesita una distribución.",
            en="Nothing says where to draw from: z needs a distribution.",
        ),
    ),
    look=Look(
        Both(es="Ropa que reconstruyó un autoencoder", en="Clothes that an autoencoder reconstructed"), rebuilt_clothes
    ),
    experiment=experiment,
)
