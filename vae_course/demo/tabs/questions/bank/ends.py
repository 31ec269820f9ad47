"""What if the KL is removed, and what if only it remains? Both ends of beta beside its middle."""

from .....text import texts_beside
from ..clothes import of_beta, side_by_side, written
from ..figures import Panel, Table, findings
from ..measures import from_prior
from ..question import Question, Seen

texts = texts_beside(__file__, "ends")

BETAS = (0, 1, 64)
HEADS = (texts.NO_KL, "β = 1", texts.KL_RULES)


def experiment(lang: str, seed: int) -> Seen:
    models = [of_beta(beta) for beta in BETAS]
    html = findings(lang, Panel(texts.TABLE, Table(HEADS, side_by_side(models, seed, lang, rebuilt=3)), wide=True))
    return Seen(html, {f"kl_{beta}": kl for beta, kl in zip(BETAS, written(models, "kl", lang), strict=True)})


QUESTION = Question.of("ends", texts, lambda: from_prior(of_beta(1)), experiment)
