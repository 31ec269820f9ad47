"""The pinboard: figures from any tab that a visitor puts into the report.

A click on a pin (ui/templates/parts.html) makes pins.js draw the panel around it as one PNG, which is checked and
kept here.
"""

import base64
import binascii
import io
import re
import secrets
import time
import weakref

from PIL import Image

from ....text import Both
from ...core import events, store, titles
from ...core.limits import Refused
from ...ui import parts
from ...ui.html import render
from . import texts

MOST = 12  # figures of one visitor
MAX_BYTES = 1_500_000  # of one figure
MAX_TOTAL = 10_000_000  # of one visitor's
MAX_EVERYBODY = 400_000_000
MAX_SIDE, MAX_PIXELS = 4000, 6_000_000
CAPTION, ADDRESS = 240, 900  # characters
PREFIX = "data:image/png;base64,"
holders: weakref.WeakValueDictionary[int, store.Visitor] = weakref.WeakValueDictionary()  # visitors with figures


def build(lang: str) -> None:
    """The counter of the page, hidden until something was pinned; it listens for clicks on pin buttons anywhere."""
    board, notice = parts.html("", "pinboard", script="questions/pins"), events.notice()

    def take(event):
        if event.get("do") != "pin":
            return counter(lang)
        try:
            add(event)
        except Refused as refusal:
            return counter(lang, refusal.sentence, failed=True)
        return counter(lang, texts.PIN_ADDED)

    events.connect_pick(board, take, [], [board], notice, lang)


def counter(lang: str, sentence: Both | None = None, failed: bool = False) -> str:
    """How many figures there are, and what became of the last one."""
    visitor = store.visitor()
    count = len(visitor.pins)
    words = titles.counted(texts.PINNED, count)
    return render(
        "questions/pinboard.html", lang, words=words, sentence=sentence, failed=failed, shown=count or sentence,
        kept=bool(visitor.pins or visitor.answers), version=time.monotonic_ns(), most=MAX_BYTES,
    )  # fmt: skip


def add(event: dict) -> dict:
    """Keeps a figure of the event for the current visitor. Raises Refused."""
    png = decoded(event.get("png"))
    width, _ = checked(png)
    figure = {
        "id": secrets.token_hex(6), "png": png, "width": _shown_width(event.get("width"), width),
        "caption": checked_text(event.get("caption"), CAPTION), "tab": _name(event.get("tab")),
        "question": _name(event.get("question")), "address": link(event.get("address")),
    }  # fmt: skip
    visitor = store.visitor()
    with visitor.lock:
        if len(visitor.pins) >= MOST or _weight(visitor) + len(png) > MAX_TOTAL:
            raise Refused(texts.PINS_FULL.format(most=MOST, size=MAX_TOTAL // 1_000_000))
        if sum(map(_weight, list(holders.values()))) + len(png) > MAX_EVERYBODY:
            raise Refused(texts.PINS_BUSY)
        visitor.pins.append(figure)
        holders[id(visitor)] = visitor
    return figure


def remove(key) -> None:
    """Takes a figure out; one that is gone already stays gone."""
    visitor = store.visitor()
    with visitor.lock:
        visitor.pins[:] = [figure for figure in visitor.pins if figure["id"] != key]


def caption(key: str, text: str) -> None:
    """Gives a figure another caption."""
    with store.visitor().lock:
        for figure in store.visitor().pins:
            if figure["id"] == key:
                figure["caption"] = text


def decoded(uri) -> bytes:
    """The bytes of a PNG's data URI. Raises Refused."""
    if not isinstance(uri, str) or not uri.startswith(PREFIX) or len(uri) > len(PREFIX) + MAX_BYTES * 4 // 3 + 4:
        raise Refused(texts.PIN_BAD)
    try:
        return base64.b64decode(uri[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(texts.PIN_BAD) from error


def checked(png: bytes) -> tuple[int, int]:
    """Width and height of what is a whole PNG of moderate size. Raises Refused."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            width, height = image.size
            if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS or getattr(image, "n_frames", 1) > 1:
                raise Refused(texts.PIN_BAD)
            image.verify()
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused(texts.PIN_BAD) from error
    return width, height


def checked_text(value, most: int) -> str:
    """A visitor's text, without control characters. Raises Refused when it is too long or none."""
    if not isinstance(value, str) or len(value) > most:
        raise Refused(texts.TOO_LONG.format(most=most))
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", value.replace("\t", " ")).strip()


def link(value) -> str:
    """The page's address where it is one, else nothing."""
    usual = isinstance(value, str) and len(value) <= ADDRESS and re.fullmatch(r"https?://[^\s\"'<>`\\]+", value)
    return value if usual else ""


def _name(value) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[a-z-]{1,20}", value) else ""


def _shown_width(value, width: int) -> int:
    """How wide the figure was on the page, in CSS pixels; its own width where that makes no sense."""
    usual = isinstance(value, (int, float)) and not isinstance(value, bool) and 40 <= value <= width
    return round(value) if usual else width


def _weight(visitor: store.Visitor) -> int:
    return sum(len(figure["png"]) for figure in visitor.pins)
