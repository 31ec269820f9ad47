"""What the tab Train shows, but for what its script draws."""

from dataclasses import asdict

import numpy as np

from ....text import Both, pick
from ...core import uploads
from ...ui.html import render
from . import recording, texts
from .feed import settings
from .plans import Plan

ACTS = ("start", "pause", "step", "stop")
ROOM = 2**16  # of an upload, that is not the zip itself


def screen(lang: str) -> str:
    """What the script fills: control bar, sheet, scrubber, charts; it opens with the recorded run."""
    buttons = {key: texts.BUTTONS[key] for key in ("start", "pause", "go on")}
    words = {key: pick(text, lang) for key, text in (texts.CHARTS | texts.CHAPTERS | texts.ALTS | buttons).items()}
    words |= {"recorded": pick(texts.RECORDED, lang), "settings": settings(Plan(), lang), "lang": lang}
    run = recording.recorded()
    return render(
        "train/screen.html", lang, texts=texts, words=words, acts=ACTS, recorded=recording.address(),
        originals=run["originals"], last=run["frames"][-1],
    )  # fmt: skip


def problems(lang: str, chosen: str) -> str:
    """The usual problems, and of the chosen one what tells it and its cures."""
    return render("train/problems.html", lang, texts=texts, chosen=chosen)


def upload(lang: str, pictures: np.ndarray | None = None, refused: Both | None = None) -> str:
    """Where a zip goes, and what became of the last one: its pictures."""
    words = "" if pictures is None else pick(texts.UPLOADED, lang).format(n=len(pictures))
    most = uploads.MAX_TRANSFER - ROOM
    return render("train/upload.html", lang, texts=texts, words=words, refused=refused, most=most)


def noted(lang: str, plan: Plan, problem: str = "none") -> str:
    """The knobs for the address, and in words for the script."""
    values, defaults = asdict(plan) | {"problem": problem}, asdict(Plan()) | {"problem": "none"}
    return render("train/noted.html", lang, values=values, defaults=defaults, plan=settings(plan, lang))
