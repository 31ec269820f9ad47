"""What lesson 10 says and draws of all predictions whose results were seen."""

import math
import statistics
from typing import Any

from ..figures.calibration import calibration as draw
from ..text import Both, default_language, pick
from .kept import FILE, Kept, kept

NONE = Both(
    es="Todavía no hay predicciones con su resultado, y no pasa nada. Para tener algunas se escriben en las celdas "
    "predict(...) de una lección y se ejecuta otra vez. Se guardan en {file}, junto a las carpetas de las lecciones.",
    en="There are no predictions with their results yet, and no harm is done. To have some, write them in a lesson's "
    "predict(...) cells and run it again. They are kept in {file}, beside the lessons' folders.",
)
NUMBERS = Both(
    es="Números: {n}; entre la mitad y el doble del resultado, {close}.",
    en="Numbers: {n}; between half the result and twice the result, {close}.",
)
LOW = Both(
    es="Lo más común fue quedarse por debajo: la mitad de ellos no pasa de {factor} veces el resultado.",
    en="Mostly they were too low: half of them are at most {factor} times the result.",
)
HIGH = Both(
    es="Lo más común fue pasarse: la mitad de ellos llega a {factor} veces el resultado o más.",
    en="Mostly they were too high: half of them are {factor} times the result or more.",
)
EVEN = Both(es="No se inclinan hacia un lado.", en="They lean to neither side.")
OPTIONS = Both(
    es="Opciones: {n}; acertadas, {right}. Al azar se aciertan unas {chance}.",
    en="Options: {n}; right, {right}. By chance about {chance} would be.",
)
FEW = Both(
    es="Son pocas para decir algo de quien predice: con diez o más se empieza a ver una costumbre.",
    en="They are too few to say anything about who predicts: from ten on, a habit begins to show.",
)
ENOUGH = 10  # predictions from which on something is said of them all
LEANS = 1.25  # times the result, or less than its inverse: the median is off to one side


def calibration() -> Any:
    """Say and draw how the reader's predictions compare with their results; without any, only say so.

    A number is measured in units of its result: 1 is a hit, 2 is twice as much.
    """
    seen = [one for one in kept().values() if one.truth is not None]
    numbers, options = ([one for one in seen if bool(one.asked.options) == kind] for kind in (False, True))
    if not seen:
        _say(NONE.format(file=FILE))
        return None
    factors = [factor(one) for one in numbers]
    if factors:
        _say(NUMBERS.format(n=len(factors), close=sum(0.5 <= one <= 2 for one in factors)))
    if options:
        by_chance = sum(len(str(one.truth)) / len(one.asked.options) for one in options)
        _say(OPTIONS.format(n=len(options), right=sum(map(hit, options)), chance=round(by_chance)))
    if len(seen) < ENOUGH:
        _say(FEW)
    elif len(factors) >= ENOUGH:
        _say(leaning(factors))
    return draw(
        [(_number(one), value) for one, value in zip(numbers, factors, strict=True)],
        [(_number(one), hit(one), len(str(one.truth)) / len(one.asked.options)) for one in options],
    )


def factor(one: Kept) -> float:
    """A number that was said, in units of the result: 0 or infinite where signs or a zero allow no quotient."""
    said, truth = float(one.said), float(one.truth or 0)
    if one.asked.holds(said, truth):
        return 1.0
    if said * truth > 0:
        return said / truth
    return 0.0 if said < truth else math.inf


def hit(one: Kept) -> bool:
    """Whether the option that was chosen holds."""
    return one.truth is not None and one.asked.holds(one.said, one.truth)


def leaning(factors: list[float]) -> Both:
    """To which side numbers lean, by their median."""
    middle = statistics.median(factors)
    sentence = HIGH if middle > LEANS else LOW if middle < 1 / LEANS else EVEN
    return sentence.format(factor=f"{middle:.2g}")


def _number(one: Kept) -> str:
    return one.asked.lesson[:2]


def _say(sentence: Both) -> None:
    print(pick(sentence, default_language()))
