"""Why does a random picture never look like a face? Three ways to draw one, and one told with few numbers."""

import torch
from torch import Tensor

from .....numbers import percent, whole
from .....text import Both
from ....core.model import shipped
from ..figures import Panel, Sheet, Steps, findings
from ..measures import generator, typical_pictures
from ..question import LESSON, Look, Option, Question, Seen

COMPONENTS = (1, 4, 16, 64)
MOST = COMPONENTS[-1]
UNIFORM = Both(es="1. Cada píxel, al azar", en="1. Each pixel at random")
HISTOGRAM = Both(es="2. Cada píxel, de su propio histograma", en="2. Each pixel from its own histogram")
PCA = Both(es="3. Una gaussiana sobre {count} componentes", en="3. A Gaussian over {count} components")
BUILT = Both(es="Cuántos componentes hacen falta", en="How many components it takes")
BUILT_TEXT = Both(
    es="Un rostro apartado, contado con los primeros componentes de los demás.",
    en="A face kept aside, told with the first components of the others.",
)


def experiment(lang: str, seed: int) -> Seen:
    faces = shipped("drawn").pictures
    order = torch.randperm(len(faces), generator=generator(seed))
    aside, x = faces[order[0]], faces[order[1:]].flatten(1)
    mean = x.mean(dim=0)
    _, lengths, axes = torch.linalg.svd(x - mean, full_matrices=False)
    explained = lengths.square().cumsum(0) / lengths.square().sum()
    built = [(mean + (aside.flatten() - mean) @ axes[:k].T @ axes[:k]).view_as(aside) for k in COMPONENTS]
    uniform, histogram, normal = draws(x, seed)
    spread = lengths[:MOST] / (len(x) - 1) ** 0.5
    principal = mean + normal * spread @ axes[:MOST]
    sheets = {UNIFORM: uniform, HISTOGRAM: histogram, PCA.format(count=MOST): principal}
    html = findings(
        lang,
        *(Panel(title, Sheet(rows.view(-1, *aside.shape)), save=True) for title, rows in sheets.items()),
        Panel(BUILT, Steps([*built, aside], [*map(str, COMPONENTS), "x"]), BUILT_TEXT, wide=True),
        columns=3,
    )
    return Seen(html, {"share": percent(explained[15], lang), "values": whole(aside.numel(), lang)})


def draws(x: Tensor, seed: int, count: int = 8) -> tuple[Tensor, Tensor, Tensor]:
    """What chance gives: pixels (count, P); each pixel that of some row of x (N, P); normal numbers (count, MOST)."""
    chance = generator(seed)
    rows = torch.randint(0, len(x), (count, x.shape[1]), generator=chance)
    uniform = torch.rand(count, x.shape[1], generator=chance)
    return uniform, x.gather(0, rows), torch.randn(count, MOST, generator=chance)


QUESTION = Question(
    key="pixels",
    where=LESSON.format(number="1"),
    title=Both(
        es="¿Por qué una imagen al azar nunca parece un rostro?",
        en="Why does a random picture never look like a face?",
    ),
    before=Both(
        es="Tres sorteos: cada píxel al azar; cada píxel de su propio histograma; 64 números sobre componentes "
        "principales.",
        en="Three draws: each pixel at random; each pixel from its own histogram; 64 numbers over principal "
        "components.",
    ),
    options=(
        Option(
            Both(es="Ninguno dará un rostro.", en="None of them will give a face."),
            False,
            Both(es="El tercero casi lo logra.", en="The third nearly does."),
        ),
        Option(
            Both(es="Basta con el histograma de cada píxel.", en="Each pixel's histogram will do."),
            False,
            Both(
                es="Da un fantasma con ruido: los píxeles no se ponen de acuerdo.",
                en="It gives a noisy ghost: the pixels don't agree with each other.",
            ),
        ),
        Option(
            Both(es="Solo el tercero, el de pocos números.", en="Only the third, the one of few numbers."),
            True,
            Both(
                es="Sí: 16 componentes explican ya {share} de lo que varía.",
                en="Yes: 16 components explain {share} of what varies.",
            ),
        ),
    ),
    seen=Both(
        es="De {values} valores por imagen, 16 componentes explican {share} de la variación.",
        en="Of {values} values a picture, 16 components explain {share} of the variation.",
    ),
    why=Both(
        es="Los píxeles dependen unos de otros. El segundo sorteo conoce cada píxel por separado y aun así "
        "falla; el tercero sabe cuáles cambian juntos.\n\n"
        "Pocas direcciones bastan: de ahí la idea de un vector latente, unos cuantos números de los que la "
        "imagen sale entera. Un VAE cambia los componentes rectos de PCA por caminos curvos.",
        en="Pixels depend on each other. The second draw knows each pixel by itself and fails all the same; the "
        "third knows which ones change together.\n\n"
        "Few directions are enough: hence the idea of a latent vector, some numbers from which the whole picture "
        "follows. A VAE replaces PCA's straight components by curved paths.",
    ),
    levels=(
        Both(es="«Es más realista».", en="“It is more realistic.”"),
        Both(es="Los píxeles dependen unos de otros.", en="Pixels depend on each other."),
        Both(
            es="Pocas direcciones bastan, y de ahí un vector latente, con un número.",
            en="Few directions suffice, hence a latent vector, with a number.",
        ),
    ),
    look=Look(
        Both(es="Rostros dibujados, de 12 288 valores", en="Drawn faces, of 12,288 values"),
        lambda: typical_pictures(shipped("drawn")),
    ),
    experiment=experiment,
)
