"""`predict` before a result and `reveal` at it: neither stops a notebook, and one that is unanswered says nothing."""

from difflib import get_close_matches
from functools import cache
from typing import Any

from ..predictions import PREDICTIONS, Prediction
from ..text import Both, default_language, pick
from .kept import FILE, keep, kept

NOTED = Both(es="Anotado · {about}: {said}", en="Noted · {about}: {said}")
FIRST = Both(
    es="Queda lo que se anotó antes de ver el resultado · {about}: {said}",
    en="What was noted before the result was seen stays · {about}: {said}",
)
NUMBER = Both(
    es='Se esperaba un número, como en predict("{name}", 12) ({about}); llegó {said}.',
    en='A number was expected, as in predict("{name}", 12) ({about}); {said} came.',
)
OPTION = Both(
    es='Se esperaba una de las opciones, entre comillas, como en predict("{name}", "{first}") ({about}); llegó {said}.',
    en='One of the options was expected, in quotes, as in predict("{name}", "{first}") ({about}); {said} came.',
)
UNKNOWN = Both(es="No hay predicción que se llame {name}.", en="There is no prediction called {name}.")
MISSPELT = Both(
    es="No hay predicción que se llame {name}; ¿será {near}?", en="There is no prediction called {name}; was it {near}?"
)
SESSION = Both(
    es="(No se pudo escribir {file} aquí: las predicciones valen mientras el cuaderno siga abierto.)",
    en="({file} could not be written here: predictions hold as long as the notebook is open.)",
)
HELD = Both(es="Predicción · {about}: {said}. Así es.", en="Prediction · {about}: {said}. So it is.")
CAME = Both(es="Predicción · {about}: {said}. Resultó {truth}.", en="Prediction · {about}: {said}. It came to {truth}.")
IS = Both(es="Predicción · {about}: {said}. Es {truth}.", en="Prediction · {about}: {said}. It is {truth}.")


def predict(name: str, value: Any = ...) -> None:
    """Keep what the reader expects before a result is seen: a number, or an option's letter such as "b".

    `...` is none yet, and nothing happens. What was said last before the result counts; later, nothing changes.
    """
    if value is ... or value is None:
        return
    asked = _asked(name)
    if asked is None:
        return
    said = asked.read(value)
    if said is None:
        ask = OPTION if asked.options else NUMBER
        _print(ask, name=name, about=asked.about, said=repr(value)[:40], first=asked.options[:1])
        return
    before = kept().get(name)
    if before is not None and before.truth is not None and before.said != said:
        _print(FIRST, about=asked.about, said=asked.written(before.said))
        return
    if before is None or before.said != said:
        _keep(name, said=said)
    _print(NOTED, about=asked.about, said=asked.written(said))


def reveal(name: str, truth: Any = None) -> None:
    """Compare what was predicted with the result, in one sentence; nothing if nothing was predicted.

    truth: a number, or the letters of options that hold; left out, those that predictions.toml says.
    """
    asked = _asked(name)
    one = kept().get(name)
    if asked is None or one is None:
        return
    result = (str(truth) if truth is not None else asked.right) if asked.options else asked.read(truth)
    if result is None or result == "":
        return
    if one.truth is None:
        _keep(name, truth=result)
    held = asked.holds(one.said, result)
    sentence = HELD if held else IS if asked.options else CAME
    _print(sentence, about=asked.about, said=asked.written(one.said), truth=asked.written(result))


def _asked(name: str) -> Prediction | None:
    """The prediction of that name; None if there is none, and then the reader is told."""
    if name not in PREDICTIONS:
        near = get_close_matches(str(name), PREDICTIONS, 1)
        _print(MISSPELT.format(name=name, near=near[0]) if near else UNKNOWN.format(name=name))
    return PREDICTIONS.get(name)


def _keep(name: str, **what: float | str) -> None:
    if not keep(name, **what):
        _tell_once()


@cache
def _tell_once() -> None:
    _print(SESSION, file=FILE)


def _print(sentence: Both, **values: Any) -> None:
    lang = default_language()
    print(pick(sentence.format(**values), lang))
