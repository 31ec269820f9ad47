"""What the page's script is told of a visitor's training: its state, and what there is to see since the last time."""

import time

from ....numbers import both, whole
from ....text import pick
from ...core import texts as core_texts
from ...core.titles import counted
from ...ui.html import render
from . import texts
from .bench import Bench
from .plans import Plan, spelled
from .run import Run
from .sets import SIDE

COLLAPSE_KL, COLLAPSE_NEAR, COLLAPSE_STEPS = 0.5, 0.05, 60


def feed(lang: str, bench: Bench, have: dict) -> str:
    """The state of the visitor's training as hidden HTML; have: run, points and frames that the page holds."""
    run = bench.run
    if run is None:
        return hidden(lang, {"status": "none"})
    known = have.get("run") == run.id
    points, frames = (_count(have.get(key)) if known else 0 for key in ("points", "frames"))
    place, at_work = bench.place()
    status = "waiting" if place else run.status
    words = texts.STATUS[status].format(
        place=place, at_work=at_work, step=both(whole, run.steps), seconds=round(run.seconds), most=round(run.limit)
    )
    about = {
        "status": status, "kept": run.kept, "side": 28 if run.plan.data == "fashion" else SIDE,
        "words": pick(words, lang), "title": settings(run.plan, lang), "trouble": trouble(run, lang),
    }  # fmt: skip
    return hidden(lang, run.news(points, frames) | about)


def _count(value) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def hidden(lang: str, values: dict) -> str:
    """JSON for the script; the version makes Gradio see that it is new, and the script which is the latest."""
    return render("train/feed.html", lang, values=values | {"version": time.time_ns() // 1000})


def settings(plan: Plan, lang: str) -> str:
    """The plan in one line."""
    data, network = (pick(texts.OPTIONS[key][getattr(plan, key)], lang) for key in ("data", "network"))
    return pick(texts.SETTINGS, lang).format(
        data=data, network=network.lower(), dimensions=pick(counted(core_texts.DIMENSIONS, plan.latent), lang),
        beta=spelled(plan.beta), rate=spelled(plan.rate), batch=plan.batch,
    )  # fmt: skip


def trouble(run: Run, lang: str) -> str:
    """What went wrong, and what to try; empty while nothing did."""
    if run.status == "diverged":
        return pick(texts.DIVERGED, lang).format(step=whole(run.steps, lang), rate=spelled(run.plan.rate))
    if run.problem is not None:
        return pick(run.problem, lang)
    return pick(texts.COLLAPSED, lang).format(beta=spelled(run.plan.beta)) if collapsed(run) else ""


def collapsed(run: Run) -> bool:
    """The teaching notes' sign: hardly any KL, and no better than the mean image."""
    frame = run.frames[-1] if run.frames else None
    if not frame or frame["step"] < COLLAPSE_STEPS or frame["kl"] is None or frame["reconstruction"] is None:
        return False
    return frame["kl"] < COLLAPSE_KL and frame["reconstruction"] > (1 - COLLAPSE_NEAR) * run.lines["mean"]
