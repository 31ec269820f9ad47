"""Why does a random picture never look like a face? Three ways to draw one, and one told with few numbers."""

import torch
from torch import Tensor

from .....numbers import percent, whole
from .....text import texts_beside
from ....core.model import shipped
from ..figures import Panel, Sheet, Steps, findings
from ..measures import generator, typical_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "pixels")

COMPONENTS = (1, 4, 16, 64)
MOST = COMPONENTS[-1]


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
    sheets = {texts.UNIFORM: uniform, texts.HISTOGRAM: histogram, texts.PCA.format(count=MOST): principal}
    html = findings(
        lang,
        *(Panel(title, Sheet(rows.view(-1, *aside.shape)), save=True) for title, rows in sheets.items()),
        Panel(texts.BUILT, Steps([*built, aside], [*map(str, COMPONENTS), "x"]), texts.BUILT_TEXT, wide=True),
        columns=3,
    )
    return Seen(html, {"share": percent(explained[15], lang), "values": whole(aside.numel(), lang)})


def draws(x: Tensor, seed: int, count: int = 8) -> tuple[Tensor, Tensor, Tensor]:
    """What chance gives: pixels (count, P); each pixel that of some row of x (N, P); normal numbers (count, MOST)."""
    chance = generator(seed)
    rows = torch.randint(0, len(x), (count, x.shape[1]), generator=chance)
    uniform = torch.rand(count, x.shape[1], generator=chance)
    return uniform, x.gather(0, rows), torch.randn(count, MOST, generator=chance)


QUESTION = Question.of("pixels", texts, lambda: typical_pictures(shipped("drawn")), experiment)
