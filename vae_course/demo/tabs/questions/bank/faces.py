"""Are the generated faces diverse and realistic? Sheets of faces from several sources, and two numbers for each."""

from .....numbers import percent
from .....text import Both, pick
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, findings
from ..measures import SHARP, SOFT, diversity, from_gaussian, from_prior, sharpness, some_pictures
from ..question import ASSIGNMENT, Look, Option, Question, Seen

MEASURED, SHOWN = 24, 12  # faces of each kind
SPREAD, SHARPNESS = 39.3, 0.0436  # diversity and sharpness of the gallery's 120 photographs, which do not ship
REAL = Both(es="Galería: rostros que existen", en="The gallery: faces that exist")
DECODED = Both(
    es="Galería, decodificada: las fotos no se distribuyen", en="The gallery, decoded: its photographs do not ship"
)
TITLES = {
    "real": REAL,
    "prior": Both(es="z del prior N(0, I)", en="z from the prior N(0, I)"),
    "gaussian": Both(es="z de la gaussiana ajustada", en="z from the fitted Gaussian"),
    "cool": Both(es="Gaussiana ajustada, temperatura 0.5", en="Fitted Gaussian, temperature 0.5"),
    "soft": Both(es="Modelo borroso (β = 1), z del prior", en="Blurry model (β = 1), z from the prior"),
}
SHORT = {
    "real": Both(es="24 de la galería", en="24 of the gallery"),
    "prior": Both(es="prior", en="prior"),
    "gaussian": Both(es="gaussiana", en="Gaussian"),
    "cool": Both(es="T = 0.5", en="T = 0.5"),
    "soft": Both(es="borroso", en="blurry"),
}
CHART = Both(es="Diversidad y nitidez, frente a las fotos", en="Diversity and sharpness, against photographs")
CHART_TEXT = Both(
    es="De 24 rostros de cada clase (se ven 12); 100 % es lo que miden las 120 fotos de la galería.",
    en="Of 24 faces of each kind (12 are shown); 100 % is what the gallery's 120 photographs measure.",
)
UNIT = Both(es="% de lo que miden las 120 fotos", en="% of what the 120 photographs measure")
LEGEND = {Both(es="diversidad", en="diversity"): charts.TEAL, Both(es="nitidez", en="sharpness"): charts.ORANGE}


def experiment(lang: str, seed: int) -> Seen:
    sharp = shipped(SHARP)
    sets = {
        "real": some_pictures(sharp, MEASURED, seed), "prior": from_prior(sharp, MEASURED, seed),
        "gaussian": from_gaussian(sharp, MEASURED, seed), "cool": from_gaussian(sharp, MEASURED, seed, 0.5),
        "soft": from_prior(shipped(SOFT), MEASURED, seed),
    }  # fmt: skip
    shares = {key: (diversity(x) / SPREAD, sharpness(x) / SHARPNESS) for key, x in sets.items()}
    titles = TITLES if sharp.originals is not None else TITLES | {"real": DECODED}
    html = findings(
        lang,
        *(Panel(titles[key], Sheet(x[:SHOWN]), save=True) for key, x in sets.items()),
        Panel(CHART, _chart(lang, shares), CHART_TEXT),
    )
    facts = {
        f"{key}_{measure}": percent(share, lang)
        for key, pair in shares.items()
        for measure, share in zip(("spread", "sharp"), pair, strict=True)
    }
    return Seen(html, facts)


def _chart(lang: str, shares: dict[str, tuple[float, float]]) -> str:
    """Two bars for each source of faces, the first with its name."""
    rows = [
        (word, 100 * share, percent(share, lang))
        for key, pair in shares.items()
        for word, share in zip((pick(SHORT[key], lang), ""), pair, strict=True)
    ]
    most, colours = max(value for _, value, _ in rows), list(LEGEND.values()) * len(shares)
    legend = {pick(measure, lang): colour for measure, colour in LEGEND.items()}
    return charts.bars(pick(CHART, lang), rows, most, pick(UNIT, lang), colours, legend)


QUESTION = Question(
    key="faces",
    where=ASSIGNMENT,
    title=Both(
        es="¿Son diversos y realistas los rostros generados?", en="Are the generated faces diverse and realistic?"
    ),
    before=Both(
        es="Se generan rostros de cuatro maneras y se mide cuánto difieren entre sí y qué tan nítidos son, "
        "frente a fotos reales.",
        en="Faces are generated in four ways; how much they differ and how sharp they are is measured against "
        "photographs.",
    ),
    options=(
        Option(
            Both(es="Diversos y realistas a la vez.", en="Diverse and realistic at once."),
            False,
            Both(
                es="Lo más cercano es la gaussiana ajustada: {gaussian_spread} de la diversidad, "
                "{gaussian_sharp} de la nitidez.",
                en="The fitted Gaussian comes nearest: {gaussian_spread} of the diversity, {gaussian_sharp} of the "
                "sharpness.",
            ),
        ),
        Option(
            Both(es="Realistas, pero todos parecidos.", en="Realistic, but all alike."),
            False,
            Both(
                es="Solo lo segundo, con temperatura 0.5: {cool_spread} de la diversidad, pero {cool_sharp} de la "
                "nitidez.",
                en="Only the latter, at temperature 0.5: {cool_spread} of the diversity, but {cool_sharp} of the "
                "sharpness.",
            ),
        ),
        Option(
            Both(es="Diversos, pero poco nítidos.", en="Diverse, but not very sharp."),
            True,
            Both(
                es="Con la gaussiana ajustada, sí: {gaussian_spread} y {gaussian_sharp}.",
                en="With the fitted Gaussian, yes: {gaussian_spread} and {gaussian_sharp}.",
            ),
        ),
        Option(
            Both(es="Depende de dónde salga z.", en="It depends on where z comes from."),
            True,
            Both(
                es="Sí: el mismo decoder da {prior_spread} de diversidad con el prior y {gaussian_spread} con la "
                "gaussiana.",
                en="Yes: the same decoder gives {prior_spread} of the diversity with the prior, {gaussian_spread} "
                "with the Gaussian.",
            ),
        ),
    ),
    seen=Both(
        es="Diversidad y nitidez frente a fotos: prior {prior_spread} y {prior_sharp}; gaussiana ajustada "
        "{gaussian_spread} y {gaussian_sharp}; temperatura 0.5 {cool_spread} y {cool_sharp}; modelo borroso "
        "{soft_spread} y {soft_sharp}.",
        en="Diversity and sharpness against photos: prior {prior_spread} and {prior_sharp}; fitted Gaussian "
        "{gaussian_spread} and {gaussian_sharp}; temperature 0.5 {cool_spread} and {cool_sharp}; blurry model "
        "{soft_spread} and {soft_sharp}.",
    ),
    why=Both(
        es="Realismo y diversidad son dos preguntas, y un solo número no contesta ambas: bajar la temperatura da "
        "rostros más seguros y más iguales; subirla, más variedad y más errores. Estas medidas son sencillas: una "
        "mancha de colores también puede ser nítida y diversa, y por eso hacen falta los ojos.\n\n"
        "El fondo, el pelo largo y los accesorios fallan más que los ojos y la boca, que están siempre en el mismo "
        "sitio. Y la diversidad tiene un límite anterior al modelo: solo hay rostros como los que aprendió.",
        en="Realism and diversity are two questions, and one number does not answer both: a lower temperature "
        "gives safer faces that are more alike; a higher one more variety and more mistakes. These measures are "
        "simple: a smear of colours can be sharp and diverse too, so eyes are needed.\n\n"
        "Background, long hair and accessories fail more often than eyes and mouth, which are always in the "
        "same place. And diversity has a limit that comes before the model: there are only faces like those it "
        "learnt.",
    ),
    levels=(
        Both(es="Una opinión: «se ven bien».", en="An opinion: “they look good”."),
        Both(es="Una lámina y un número.", en="A sheet and one number."),
        Both(
            es="Realismo y diversidad por separado, frente a imágenes reales, y qué falla.",
            en="Realism and diversity apart, against real pictures, and what fails.",
        ),
    ),
    look=Look(
        Both(es="Rostros que nadie fotografió", en="Faces that nobody photographed"),
        lambda: from_gaussian(shipped(SHARP)),
    ),
    experiment=experiment,
)
