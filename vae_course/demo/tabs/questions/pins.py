"""The pinboard: figures from any tab that a visitor puts into the report.

A click on a pin (ui/templates/parts.html) makes pins.js draw the panel around it as one PNG, which is checked and
kept here.
"""

import base64
import io
import re
import secrets
import weakref

from PIL import Image

from ...core import store
from ...core.limits import Refused
from . import texts

MOST = 12  # figures of one visitor
MAX_BYTES = 1_500_000  # of one figure
MAX_TOTAL = 10_000_000  # of one visitor's
MAX_EVERYBODY = 400_000_000
MAX_SIDE, MAX_PIXELS = 4000, 6_000_000
CAPTION = 240  # characters
KEY, NAME, ADDRESS = "[0-9a-f]{12}", "[a-z-]{1,20}", r"(?=.{1,900}$)https?://[^\s\"'<>`\\]+"
PREFIX = "data:image/png;base64,"
holders: weakref.WeakValueDictionary[int, store.Visitor] = weakref.WeakValueDictionary()  # visitors with figures


def add(event: dict) -> dict:
    """Keeps a figure of the event for the current visitor, unless it is there already. Raises Refused."""
    png, width = checked(event.get("png"))
    figure = {
        "id": _like(KEY, event.get("id"), secrets.token_hex(6)), "tab": _like(NAME, event.get("tab")),
        "question": _like(NAME, event.get("question")), "address": _like(ADDRESS, event.get("address")),
        "caption": checked_text(event.get("caption"), CAPTION), "width": _shown_width(event.get("width"), width),
        "png": png,
    }  # fmt: skip
    visitor = store.visitor()
    with visitor.lock:
        if not missing([figure["id"]]):
            return figure
        if len(visitor.pins) >= MOST or _weight(visitor) + len(png) > MAX_TOTAL:
            raise Refused(texts.PINS_FULL.format(most=MOST, size=MAX_TOTAL // 1_000_000))
        if sum(map(_weight, list(holders.values()))) + len(png) > MAX_EVERYBODY:
            raise Refused(texts.PINS_BUSY)
        visitor.pins.append(figure)
        holders[id(visitor)] = visitor
    return figure


def missing(keys) -> list[str]:
    """Those of a browser's figures that the current visitor doesn't have here."""
    here = {figure["id"] for figure in store.visitor().pins}
    return [key for key in keys if _like(KEY, key) and key not in here] if isinstance(keys, list) else []


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


def checked(uri) -> tuple[bytes, int]:
    """A data URI's bytes, which are one whole PNG of moderate size, and its width. Raises Refused."""
    if not isinstance(uri, str) or not uri.startswith(PREFIX) or len(uri) > len(PREFIX) + MAX_BYTES * 4 // 3 + 4:
        raise Refused(texts.PIN_BAD)
    try:
        png = base64.b64decode(uri[len(PREFIX) :], validate=True)
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            width, height = image.size
            if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS or getattr(image, "n_frames", 1) > 1:
                raise Refused(texts.PIN_BAD)
            image.verify()
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused(texts.PIN_BAD) from error
    return png, width


def checked_text(value, most: int) -> str:
    """A visitor's text, without control characters. Raises Refused when it is too long or none."""
    if not isinstance(value, str) or len(value) > most:
        raise Refused(texts.TOO_LONG.format(most=most))
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", value.replace("\t", " ")).strip()


def _like(pattern: str, value, otherwise: str = "") -> str:
    return value if isinstance(value, str) and re.fullmatch(pattern, value) else otherwise


def _shown_width(value, width: int) -> int:
    """How wide the figure was on the page, in CSS pixels; its own width where that makes no sense."""
    usual = isinstance(value, (int, float)) and not isinstance(value, bool) and 40 <= value <= width
    return round(value) if usual else width


def _weight(visitor: store.Visitor) -> int:
    return sum(len(figure["png"]) for figure in visitor.pins)
