"""What lies between two codes? Norms midway between prior draws; a crossfade of pixels above a path of codes."""

import torch
from torch import Tensor

from .....latent_space import lerp, slerp
from .....numbers import decimal
from .....sampling import sample_prior
from .....text import Both, pick
from ....core.model import shipped
from ....ui import charts
from ..figures import Panel, Sheet, findings
from ..measures import distances, generator, some_pictures, typical_pictures
from ..question import LESSON, Look, Option, Question, Seen

NORMS = Both(es="Distancia al centro, D = 128", en="Distance from the centre, D = 128")
ENDS = Both(es="sorteos del prior", en="draws of the prior")
MIDDLES = Both(es="puntos medios", en="midpoints of two")
X = Both(es="norma de z", en="norm of z")
CROSSFADE = Both(es="Fundido de píxeles: dos fantasmas", en="Crossfade of pixels: two ghosts")
PATH = Both(es="Camino de códigos: una forma que cambia", en="Path of codes: one shape that changes")


def experiment(lang: str, seed: int) -> Seen:
    draws = sample_prior(2000, 128, generator(seed))
    ends, middles = draws.norm(dim=1), ((draws[::2] + draws[1::2]) / 2).norm(dim=1)
    arc = slerp(draws[0], draws[1], 0.5).norm()
    chart = charts.histogram(
        pick(NORMS, lang), pick(X, lang),
        {pick(ENDS, lang): (ends.tolist(), charts.TEAL), pick(MIDDLES, lang): (middles.tolist(), charts.ORANGE)},
        [0, 4, 8, 12, 16],
    )  # fmt: skip
    fade, film = between_kittens(seed)
    html = findings(
        lang,
        Panel(CROSSFADE, Sheet(fade, 7), save=True, wide=True),
        Panel(PATH, Sheet(film, 7), save=True, wide=True),
        Panel(NORMS, chart),
    )
    norms = {"ends": ends.mean(), "middle": middles.mean(), "arc": arc}
    return Seen(html, {key: decimal(norm, 1, lang) for key, norm in norms.items()})


def between_kittens(seed: int) -> tuple[Tensor, Tensor]:
    """Crossfade and decoded path, (7, C, H, W) each, between the two kittens of a dozen that differ most."""
    model = shipped("cats")
    dozen = some_pictures(model, 12, seed)
    start, end = divmod(int(distances(dozen, dozen).argmax()), len(dozen))
    codes, times = model.encode(dozen[[start, end]])[0], torch.linspace(0, 1, 7)
    film = model.decode(lerp(codes[0], codes[1], times))
    return lerp(film[0].flatten(), film[-1].flatten(), times).view_as(film), film


QUESTION = Question(
    key="between",
    where=LESSON.format(number="6"),
    title=Both(es="¿Qué hay entre dos códigos?", en="What lies between two codes?"),
    before=Both(
        es="Dos z del prior con D = 128 tienen norma 11.3. ¿Qué norma tiene su punto medio? Y dos gatitos, ¿qué "
        "hay a mitad de camino?",
        en="Two z of the prior with D = 128 have norm 11.3. What norm has their midpoint? And two kittens: what is "
        "halfway?",
    ),
    options=(
        Option(
            Both(es="La misma, 11.3.", en="The same norm, 11.3."),
            False,
            Both(es="Esa la conserva el arco: {arc}.", en="The arc nearly keeps it: {arc}."),
        ),
        Option(
            Both(es="Unos 8.", en="Some 8 or so."),
            True,
            Both(
                es="Sí: {middle}. Al promediar dos sorteos, la varianza se divide por 2 y la norma por √2.",
                en="Yes: {middle}. Averaging two draws halves the variance and divides the norm by √2.",
            ),
        ),
        Option(
            Both(es="Casi 0: es el centro.", en="Nearly 0: it is the centre."),
            False,
            Both(
                es="Eso pasaría con dos z opuestos; al azar son casi perpendiculares.",
                en="That would take two opposite z; at random they are nearly at right angles.",
            ),
        ),
    ),
    seen=Both(
        es="Norma de los sorteos: {ends}; de los puntos medios: {middle}; a mitad del arco: {arc}.",
        en="Norm of the draws: {ends}; of the midpoints: {middle}; halfway along the arc: {arc}.",
    ),
    why=Both(
        es="En 128 dimensiones el prior vive en una cáscara delgada: casi ningún z está cerca del centro. El "
        "camino recto pasa por dentro, donde el decoder vio poco; el arco se queda en la cáscara.\n\n"
        "Con imágenes: el fundido de píxeles muestra dos fantasmas; el camino de códigos, una sola forma que "
        "cambia.",
        en="In 128 dimensions the prior lives in a thin shell: hardly any z is near the centre. The straight line "
        "passes inside, where the decoder saw little; the arc stays in the shell.\n\n"
        "With pictures: the crossfade of pixels shows two ghosts, the path of codes one shape that changes.",
    ),
    levels=(
        Both(es="«Se mezclan».", en="“They mix.”"),
        Both(es="Se mezclan los códigos, no los píxeles.", en="Codes are mixed, not pixels."),
        Both(
            es="La cáscara, con su norma, y qué gana el arco.",
            en="The shell, with its norm, and what the arc gains.",
        ),
    ),
    look=Look(Both(es="Gatitos de la galería", en="Kittens of the gallery"), lambda: typical_pictures(shipped("cats"))),
    experiment=experiment,
)
