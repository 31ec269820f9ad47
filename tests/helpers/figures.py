"""Small inputs for every general figure, and what was drawn from them."""

import re
from functools import cache

import numpy as np
import torch
from matplotlib.text import Text

from vae_course import figures
from vae_course.text import Both

CLASSES = (Both(es="Camiseta", en="T-shirt"), Both(es="Pantalón", en="Trouser"), Both(es="Botín", en="Ankle boot"))
ENDS = {"start_labels": CLASSES[:2], "end_labels": CLASSES[1:]}
TITLE = Both(es="Un título", en="A title")


def random(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def history(epochs=6, **changed):
    rows = []
    for epoch in range(1, epochs + 1):
        terms = {"loss": 250 + 50 / epoch, "reconstruction": 230 + 60 / epoch, "kl": 20 - 10 / epoch}
        rows.append(
            {"epoch": epoch, **{f"{s}_{t}": v + (s == "val") for s in ("train", "val") for t, v in terms.items()}}
        )
    return [row | changed.get(f"epoch{row['epoch']}", {}) for row in rows]


GREY, COLOUR = random(6, 1, 8, 8), random(6, 3, 8, 8, seed=1)
STRIPS = random(2, 5, 1, 8, 8)
POINTS = random(60, 2) * 4 - 2
LABELS = np.arange(60) % 3
REFERENCE = (385.0, Both(es="imagen media", en="mean image"))
SHEETS = [figures.tile(COLOUR * share, 3) for share in (0.2, 0.6, 1)]
TRADE = [(310.0, 198.0, "β = 0"), (25.0, 236.0, "β = 1"), (0.2, 366.0, "β = 64")]
CASES = {
    "loss_curves": lambda lang: figures.loss_curves(history(), references=[REFERENCE], title=TITLE, lang=lang),
    "reconstructions": lambda lang: figures.reconstructions(GREY[:3], GREY[3:], labels=CLASSES, lang=lang),
    "reconstructions in colour": lambda lang: figures.reconstructions(COLOUR[:3], COLOUR[3:], lang=lang),
    "latent_space": lambda lang: figures.latent_space(
        POINTS, LABELS, classes=CLASSES, title=TITLE, variance=[0.4, 0.2], axes=("PC 1", "PC 2"), prior=True, lang=lang
    ),
    "latent_pairs": lambda lang: figures.latent_pairs(
        random(60, 6), values=LABELS == 0, values_label=TITLE, dims=(0, 4, 5), title=TITLE, lang=lang
    ),
    "latent_traversal": lambda lang: figures.latent_traversal(
        STRIPS, (0, 17), np.linspace(-2, 2, 5), kl=[2.0, 0.5], title=TITLE, lang=lang
    ),
    "interpolation": lambda lang: figures.interpolation(STRIPS, **ENDS, crossfade=STRIPS, lang=lang),
    "samples": lambda lang: figures.samples(COLOUR, columns=4, title=TITLE, lang=lang),
    "rows": lambda lang: figures.rows(
        STRIPS,
        CLASSES[:2],
        top=torch.linspace(-1, 1, 5),
        right=CLASSES[1:],
        xlabel=REFERENCE[1],
        title=TITLE,
        lang=lang,
    ),
    "latent_grid": lambda lang: figures.latent_grid(random(9, 1, 8, 8), 3, 2.0, title=TITLE, lang=lang),
    "kl_bars": lambda lang: figures.kl_bars([0.5, 0.001, 3.0, 1.5], lang=lang),
    "rate_distortion": lambda lang: figures.rate_distortion(TRADE, title=TITLE, lang=lang),
    "history_of_samples": lambda lang: figures.history_of_samples(SHEETS, (5, 10, 20), lang=lang),
}
# numbers, symbols and words that are the same in both languages
SAME = re.compile(r"KL|original|no|t = 0|(PC \d|\$z_\{\d+\}\$)?( \(\d+ %\))?|β = \d+|(\$z_\{\d+\}\$\n)?[−\d.]+( nats)?|"
                  r"\$\\mathdefault\{.*\}\$")  # fmt: skip


@cache
def drawn(name, lang):
    return CASES[name](lang)


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def words(figure):
    return [text.get_text() for text in texts(figure)]


def sheet(figure, k=0):
    return np.asarray(figure.axes[k].images[0].get_array())


def line(ax, k):
    return ax.lines[k].get_xydata().tolist()
