"""The pinboard: figures from any tab that a visitor puts into the report.

A click on a button of `pictures.pin_button` makes pins.js draw the panel around it as one PNG, which is checked and
kept here.
"""

import base64
import binascii
import io
import re
import secrets
import time
import weakref
from html import escape
from pathlib import Path

from PIL import Image

from ..text import Both, pick
from . import events, parts, store
from .limits import Refused

MOST = 12  # figures of one visitor
MAX_BYTES = 1_500_000  # of one figure
MAX_TOTAL = 10_000_000  # of one visitor's
MAX_EVERYBODY = 400_000_000
MAX_SIDE, MAX_PIXELS = 4000, 6_000_000
CAPTION, ADDRESS = 240, 900  # characters
PREFIX = "data:image/png;base64,"
COUNTS = {
    0: Both(es="Informe: todavía sin figuras", en="Report: no figures yet"),
    1: Both(es="Informe: 1 figura", en="Report: 1 figure"),
}
COUNT = Both(es="Informe: {count} figuras", en="Report: {count} figures")
ADDED = Both(es="Figura puesta en el informe.", en="The figure is in the report.")
FULL = Both(
    es="El informe admite {most} figuras y {size} MB. Conviene quitar alguna en la pestaña Preguntas.",
    en="A report holds {most} figures and {size} MB. Please remove one in the tab Questions.",
)
BUSY = Both(
    es="El servidor ya guarda demasiadas figuras. Conviene intentarlo en unos minutos.",
    en="The server keeps too many figures already. Please try again in some minutes.",
)
BAD = Both(
    es="La figura no se pudo guardar: no llegó como una imagen PNG de tamaño aceptable.",
    en="The figure could not be kept: it did not arrive as a PNG of acceptable size.",
)
TOO_LONG = Both(
    es="El texto es demasiado largo: se aceptan {most} caracteres.",
    en="The text is too long: {most} characters at most.",
)
holders: weakref.WeakValueDictionary[int, store.Visitor] = weakref.WeakValueDictionary()  # visitors with figures


def build(lang: str) -> None:
    """The counter of the page, hidden until something was pinned; it listens for clicks on pin buttons anywhere."""
    script = (Path(__file__).with_suffix(".js")).read_text(encoding="utf-8").replace("MAX_BYTES", str(MAX_BYTES))
    board = parts.html("", "pinboard", script=script)
    said = events.notice()

    def take(event):
        if event.get("do") != "pin":
            return render(lang)
        try:
            add(event)
        except Refused as refusal:
            return render(lang, refusal.sentence, failed=True)
        return render(lang, ADDED)

    events.connect_pick(board, take, [], [board], said, lang)


def render(lang: str, sentence: Both | None = None, failed: bool = False) -> str:
    """How many figures there are, and what became of the last one."""
    visitor = store.visitor()
    count = len(visitor.pins)
    words = escape(pick(COUNTS.get(count, COUNT.format(count=count)), lang))
    told = f'<span role="{"alert" if failed else "status"}">{escape(pick(sentence, lang))}</span>' if sentence else ""
    hidden = "" if count or told else "hidden"
    link = f'<a href="?tab=questions" data-open="questions">{words}</a>'
    kept = str(bool(visitor.pins or visitor.answers)).lower()
    return f'<p data-kept="{kept}" data-version="{time.monotonic_ns()}" {hidden}>{link}{told}</p>'


def add(event: dict) -> dict:
    """Keeps a figure of the event for the current visitor. Raises Refused."""
    png = decoded(event.get("png"))
    width, _ = checked(png)
    figure = {
        "id": secrets.token_hex(6), "png": png, "width": _shown_width(event.get("width"), width),
        "caption": text(event.get("caption"), CAPTION), "tab": _name(event.get("tab")),
        "question": _name(event.get("question")), "address": link(event.get("address")),
    }  # fmt: skip
    visitor = store.visitor()
    with visitor.lock:
        if len(visitor.pins) >= MOST or _weight(visitor) + len(png) > MAX_TOTAL:
            raise Refused(FULL.format(most=MOST, size=MAX_TOTAL // 1_000_000))
        if sum(map(_weight, list(holders.values()))) + len(png) > MAX_EVERYBODY:
            raise Refused(BUSY)
        visitor.pins.append(figure)
        holders[id(visitor)] = visitor
    return figure


def remove(key) -> None:
    """Takes a figure out; one that is gone already stays gone."""
    visitor = store.visitor()
    with visitor.lock:
        visitor.pins[:] = [one for one in visitor.pins if one["id"] != key]


def decoded(uri) -> bytes:
    """The bytes of a PNG's data URI. Raises Refused."""
    if not isinstance(uri, str) or not uri.startswith(PREFIX) or len(uri) > len(PREFIX) + MAX_BYTES * 4 // 3 + 4:
        raise Refused(BAD)
    try:
        return base64.b64decode(uri[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(BAD) from error


def checked(png: bytes) -> tuple[int, int]:
    """Width and height of what is a whole PNG of moderate size. Raises Refused."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            width, height = image.size
            if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS or getattr(image, "n_frames", 1) > 1:
                raise Refused(BAD)
            image.verify()
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused(BAD) from error
    return width, height


def text(value, most: int) -> str:
    """A visitor's text, without control characters. Raises Refused when it is too long or none."""
    if not isinstance(value, str) or len(value) > most:
        raise Refused(TOO_LONG.format(most=most))
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
    return sum(len(one["png"]) for one in visitor.pins)
