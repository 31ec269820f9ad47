"""What a visitor did with the questions: predictions, texts, experiments; kept for that visitor alone.

kept.js keeps the same in the browser, in fields such as "why:blurry", and brings back what the server forgot.
"""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from itertools import islice

from ...core import limits, store
from ...core import texts as core_texts
from ...core.limits import Refused
from . import pins, texts
from .bank import QUESTIONS

START = {"q": "blurry", "seed": 7}
SEEDS, MOST_FIELDS = 10_000, 100
LENGTHS = {"why": 400, "answer": 3000, "name": 80, "notes": 3000, "caption": pins.CAPTION}
ENTRY = {"choice": None, "why": "", "seed": START["seed"], "ran": False, "answer": ""}
MARKS: dict[str, Callable] = {
    "choice": lambda key, value: limits.whole(value, 0, len(QUESTIONS[key].options) - 1, texts.CHOICE),
    "seed": lambda key, value: limits.whole(value, 0, SEEDS, texts.SEED),
    "ran": lambda key, value: value is True,
}
META = "report"  # the key among a visitor's answers of what is no answer: name and notes


def entry(key: str) -> dict:
    """What the current visitor has done with a question."""
    return {**ENTRY, **store.visitor().answers.get(key, {})}


def progress(key: str) -> list[str]:
    """How far a question got, the furthest first: of "answered", "ran", "predicted"; none before it was begun."""
    done = entry(key)
    predicted = done["choice"] is not None or done["why"]
    reached = {"answered": done["answer"], "ran": done["ran"], "predicted": predicted}
    return [state for state, there in reached.items() if there]


def about() -> dict[str, str]:
    """The report's name and notes."""
    return {"name": "", "notes": "", **store.visitor().answers.get(META, {})}


def keep(fields) -> None:
    """Keeps what stands on the page: {"why:blurry": text, "caption:<figure>": text, ...}. Raises Refused."""
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS:
        raise Refused(core_texts.ONE_OF.format(what=texts.FIELD, options=", ".join(LENGTHS)))
    for name, value in fields.items():
        kind, _, which = str(name).partition(":")
        if kind in MARKS:
            note(known(which), kind, MARKS[kind](which, value))
            continue
        value = pins.checked_text(value, LENGTHS[limits.one_of(kind, tuple(LENGTHS), texts.FIELD)])
        if kind == "caption":
            pins.caption(which, value)
        elif kind in about():
            note(META, kind, value)
        else:
            note(known(which), kind, value)


def restore(fields) -> bool:
    """Takes over what a browser kept, as far as it makes sense (still); was anything of it news?"""
    before = deepcopy(store.visitor().answers)
    for name, value in islice(fields.items(), MOST_FIELDS) if isinstance(fields, dict) else ():
        with suppress(Refused):
            keep({name: value})
    return store.visitor().answers != before


def note(key: str, what: str, value) -> None:
    """Writes one thing into the visitor's answers; an empty text is not worth an entry."""
    visitor = store.visitor()
    with visitor.lock:
        if value not in ("", None) or key in visitor.answers:
            visitor.answers.setdefault(key, {})[what] = value


def predict(key: str, choice) -> None:
    """Keeps the option that was picked, if any. Raises Refused when there is neither an option nor a word."""
    if choice is not None:
        note(key, "choice", MARKS["choice"](key, choice))
    elif not entry(key)["why"] and entry(key)["choice"] is None:
        raise Refused(texts.PREDICT_FIRST)


def act(event: dict, key: str, seed: int) -> tuple[str, int]:
    """Does what was clicked; which question and seed are shown then. Raises Refused."""
    what = event.get("do")
    if what == "open":
        key = known(event.get("question"))
        return key, entry(key)["seed"]
    if event.get("choice") is not None or what == "run":
        predict(key, event.get("choice"))
    if what in ("run", "again"):
        seed = seed if what == "run" else seed % SEEDS + 1
        note(key, "seed", seed)
        note(key, "ran", True)
    if what == "back":
        note(key, "ran", False)
    if what == "erase":
        store.visitor().erase()
    if what == "remove":
        pins.remove(event.get("figure"))
    return key, seed


def known(key) -> str:
    """The key of a question. Raises Refused."""
    return limits.one_of(key, tuple(QUESTIONS), texts.UNKNOWN)
