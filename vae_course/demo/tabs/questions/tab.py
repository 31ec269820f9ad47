"""The areas of the tab Questions and the page's pinboard, and what visitors do in them."""

from functools import partial

import gradio as gr

from ...core import address, events, limits
from ...core.address import Tab
from ...ui import parts
from . import pins, texts
from .answers import SEEDS, START, act, entry, keep, known, restore
from .bank import QUESTIONS
from .view import board, collected, counter, parcel

NO_BOARD = ("write", "note", "download", "remove")  # after these the open question stays as it is
NO_REPORT = ("note", "download", "open")


def build(lang: str) -> Tab:
    """The questions, the report below them, and what carries files to the visitor."""
    notice = events.notice()
    areas = [parts.html("", f"{name}-area", script="questions/script") for name in ("board", "report", "parcel")]

    def take(event):
        keep(event.get("fields", {}))
        key, seed = known(event.get("on")), limits.whole(event.get("seed"), 0, SEEDS, texts.SEED)
        key, seed = act(event, key, seed)
        what = event.get("do")
        return (
            gr.skip() if what in NO_BOARD else board(lang, key, seed),
            gr.skip() if what in NO_REPORT else collected(lang),
            parcel(lang, event.get("kind")) if what == "download" else gr.skip(),
        )

    events.connect_pick(areas[0], take, [], areas, notice, lang)
    return Tab(areas, partial(fill, lang))


def pinboard(lang: str) -> None:
    """The counter of the page, hidden until something was pinned; it listens for clicks on pin buttons anywhere.

    A browser says hello with what it keeps, and is told what of it is news here and which figures to send again.
    """
    area, notice = parts.html("", "pinboard", script="questions/pins"), events.notice()

    def take(event):
        told = {"answers": event.get("number")}
        if event.get("do") != "pin":
            told |= {"news": restore(event.get("fields")), "missing": pins.missing(event.get("figures"))}
            return counter(lang, **told)
        try:
            pins.add(event)
        except limits.Refused as refusal:
            return counter(lang, refusal.sentence, failed=True, **told)
        return counter(lang, None if event.get("again") else texts.PIN_ADDED, **told)

    events.connect_pick(area, take, [], [area], notice, lang)


def fill(lang: str, values: dict[str, str]) -> tuple[str, str, str]:
    """Question and seed of an address, else the first question, with what the visitor did before."""
    key = address.one_of(values.get("q"), QUESTIONS, str(START["q"]))
    seed = address.number(values.get("seed"), 0, SEEDS, entry(key)["seed"])
    return board(lang, key, seed), collected(lang), ""
