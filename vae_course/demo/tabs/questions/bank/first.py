"""What is the loss before any training? An untrained network beside the mean picture, a trained one and the floor."""

import torch
from torch import Tensor

from ..... import vae
from .....loss import bce
from .....numbers import whole
from .....pretrained import history
from .....text import texts_beside
from ....core.model import Model, shipped
from ....ui import charts
from ..clothes import of_beta, of_latent
from ..figures import Panel, Table, findings
from ..measures import generator, scores, typical_pictures
from ..question import Question, Seen

texts = texts_beside(__file__, "first")

FLOOR = 190  # nats: the BCE of Fashion-MNIST's test pictures with themselves


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
    table = Table(["1", "2", "3", "4"], [(texts.GUESSES[key], list(guess[four])) for key, guess in guesses.items()])
    measured = [(int(row["epoch"]), row["val_reconstruction"]) for row in history(model.name) if "val_loss" in row]
    html = findings(
        lang,
        Panel(texts.LOSSES, _bars(lang, nats, facts), texts.LOSSES_TEXT),
        Panel(texts.FOUR, table),
        Panel(texts.CURVE, _curve(lang, measured, nats), texts.CURVE_TEXT.format(end=whole(measured[-1][1], lang))),
    )
    return Seen(html, facts)


@torch.inference_mode()
def guessed(model: Model, x: Tensor, seed: int) -> dict[str, Tensor]:
    """What networks and mean say of pictures x (N, C, H, W), each of its shape, by the keys of GUESSES."""
    with torch.random.fork_rng():  # layers draw from torch's own chance before the generator draws them anew
        fresh = vae.build(model.preset, generator(seed)).eval()
    average = x.mean(dim=0, keepdim=True).expand_as(x)
    rebuilt = fresh.decode(fresh.encode(x)[0])
    return {"fresh": rebuilt, "average": average, "trained": model.reconstruct(x), "floor": x}


def _bars(lang: str, nats: dict[str, float], facts: dict[str, str]) -> str:
    rows = [(texts.GUESSES[key], value, facts[key]) for key, value in nats.items()]
    colours = [charts.GREY, charts.ORANGE, charts.TEAL, charts.GREY]
    return charts.bars(lang, texts.LOSSES, rows, max(nats.values()), texts.UNIT, colours)


def _curve(lang: str, measured: list[tuple[int, float]], nats: dict[str, float]) -> str:
    """The validation loss of each epoch, from the mean picture's on, between dashed lines."""
    line = charts.Series("", [(0, nats["average"]), *measured])
    marks = {texts.GUESSES[key]: nats[key] for key in ("fresh", "average", "floor")}
    xs, ys = (0, 20, 40, 60), (150, 250, 350, 450, 550)
    return charts.plot(lang, texts.CURVE, texts.X, texts.UNIT, [line], xs=xs, ys=ys, marks=marks)


QUESTION = Question.of("first", texts, lambda: typical_pictures(of_latent(8)), experiment)
