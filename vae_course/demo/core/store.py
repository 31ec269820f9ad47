"""What belongs to one visitor: uploads, trained models, pinned figures. Nobody else sees it, and it is gone when idle.

A cookie that nobody can guess names the visitor, so that all survives the switch of language and a reload. While an
event is handled, `visitor()` is the one who caused it.
"""

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import gradio as gr
import numpy as np

from . import texts
from .limits import Refused

if TYPE_CHECKING:
    from .model import Own

COOKIE = "taller-vae"
IDLE = 15 * 60  # seconds after its last use that a visitor's things are freed
MOST_VISITORS = 500  # the ones that were away longest go first
MOST_UPLOADS = 12  # of one visitor


class Work(Protocol):
    """What goes on for a visitor between events, and must end when the visitor is forgotten."""

    def stop(self) -> None: ...


@dataclass
class Visitor:
    """One browser's things."""

    uploads: OrderedDict[str, np.ndarray] = field(default_factory=OrderedDict)  # key -> (S, S, 3) uint8
    own: "Own | None" = None
    pins: list[dict] = field(default_factory=list)
    answers: dict[str, dict] = field(default_factory=dict)  # question -> what was predicted and seen
    work: dict[str, Work] = field(default_factory=dict)  # by the tab whose it is
    used: float = field(default_factory=time.monotonic)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def new(self) -> bool:
        """Nothing of this visitor's shows anywhere yet."""
        return self.own is None and not (self.uploads or self.pins or self.answers or self.work)

    def forget(self) -> None:
        """Stops what still works for a visitor who is gone."""
        for work in self.work.values():
            work.stop()

    def erase(self) -> None:
        """Nothing is left, as the visitor asked: the next one at this computer finds none of it."""
        self.forget()
        vars(self).update(vars(Visitor()))

    def keep_upload(self, pixels: np.ndarray) -> str:
        """Keeps an upload and returns its key, such as "u-9f2c…"."""
        with self.lock:
            key = f"u-{secrets.token_hex(6)}"
            self.uploads[key] = pixels
            while len(self.uploads) > MOST_UPLOADS:
                self.uploads.popitem(last=False)
            return key

    def upload(self, key: str) -> np.ndarray:
        """An upload's pixels. Raises Refused when it is gone."""
        with self.lock:
            if key not in self.uploads:
                raise Refused(texts.GONE)
            return self.uploads[key]


class Store:
    """Visitors by their cookie."""

    def __init__(self, idle: float = IDLE, most: int = MOST_VISITORS):
        self.idle, self.most = idle, most
        self._visitors: OrderedDict[str, Visitor] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            self._sweep()
            return len(self._visitors)

    def visitor(self, key: str) -> Visitor:
        """The visitor of a cookie, a new one where it is not known (any more)."""
        with self._lock:
            self._sweep()
            visitor = self._visitors.setdefault(key, Visitor())
            visitor.used = time.monotonic()
            self._visitors.move_to_end(key)
            while len(self._visitors) > self.most:
                self._visitors.popitem(last=False)[1].forget()
            return visitor

    def _sweep(self) -> None:
        now = time.monotonic()
        for key in [key for key, visitor in self._visitors.items() if now - visitor.used > self.idle]:
            self._visitors.pop(key).forget()


STORE = Store()
_current: ContextVar[Visitor | None] = ContextVar("visitor", default=None)


def visitor() -> Visitor:
    """Whose event is being handled; someone without anything outside of events."""
    return _current.get() or Visitor()


@contextmanager
def visiting(request: gr.Request | None) -> Iterator[Visitor]:
    """Handle an event of this request."""
    visitor = STORE.visitor(key_of(request))
    token = _current.set(visitor)
    try:
        yield visitor
    finally:
        _current.reset(token)


def key_of(request: gr.Request | None) -> str:
    """The visitor's cookie; where there is none, this page's own session."""
    cookie = (getattr(request, "cookies", None) or {}).get(COOKIE, "")
    if re.fullmatch(r"[\w-]{20,64}", cookie):
        return cookie
    return getattr(request, "session_hash", None) or secrets.token_urlsafe(24)


def new_cookie(https: bool) -> str:
    """A Set-Cookie value; https: the page may stand in a frame of another site, as on Spaces."""
    place = "SameSite=None; Secure; Partitioned" if https else "SameSite=Lax"
    return f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; {place}"
