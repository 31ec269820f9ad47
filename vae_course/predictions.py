"""What the lessons ask readers to predict before they see it, in their order: predictions.toml. Never graded."""

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .exercises import LESSONS
from .numbers import compact
from .text import LANGUAGES, Both, pick

DIGITS = 3  # of a number that is shown
IN = Both(es="{about}, en {unit}", en="{about}, in {unit}")
OF_TWO = Both(es='{about}: "{first}" o "{last}"', en='{about}: "{first}" or "{last}"')
OF_MORE = Both(es='{about}: de "{first}" a "{last}"', en='{about}: "{first}" to "{last}"')


@dataclass(frozen=True)
class Prediction:
    """What is asked: a number in a unit, or one of some options, "a", "b", ..."""

    name: str
    lesson: str
    about: Both  # what is predicted, in a few words
    unit: Both | None = None  # of a number, perhaps none: ""; None for options
    near: float = 0.0  # a number that is no farther away is right: for results near 0 or found by rounding
    options: str = ""  # their letters
    right: str = ""  # letters that hold, where no cell computes them

    def prompt(self) -> Both:
        """What is asked and in which form, for the line that waits for it."""
        if self.unit is not None:
            return IN.format(about=self.about, unit=self.unit) if self.unit.en else self.about
        words = OF_TWO if len(self.options) == 2 else OF_MORE
        return words.format(about=self.about, first=self.options[0], last=self.options[-1])

    def read(self, said) -> float | str | None:
        """What a reader wrote, as a finite number or as an option's letter; None if it is neither."""
        if self.options:
            letter = said.strip(" ().").lower() if isinstance(said, str) else ""
            return letter if len(letter) == 1 and letter in self.options else None
        try:
            number = math.nan if isinstance(said, bool) else float(said)
        except (TypeError, ValueError, OverflowError, RuntimeError):  # the last: a tensor of several numbers
            return None
        return number if math.isfinite(number) else None

    def written(self, value: float | str) -> Both:
        """A number with its unit, or letters of options, as people read them."""
        if isinstance(value, str):
            return Both(" o ".join(value), " or ".join(value))
        return Both(*(f"{compact(value, DIGITS, lang)} {pick(self.unit, lang)}".rstrip() for lang in LANGUAGES))

    def holds(self, said: float | str, truth: float | str) -> bool:
        """Whether what was said came out: one of the letters that hold, or a number that reads the same."""
        if isinstance(said, str) or isinstance(truth, str):
            return str(said) in str(truth)
        return abs(said - truth) <= self.near or self.written(said) == self.written(truth)


def _all() -> dict[str, Prediction]:
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    found = [_one(name, lesson, table) for lesson in LESSONS for name, table in tables.pop(lesson, {}).items()]
    if tables or len({one.name for one in found}) < len(found):
        raise ValueError(f"predictions.toml: no such lessons ({', '.join(tables)}), or a name that comes twice")
    return {one.name: one for one in found}


def _one(name: str, lesson: str, table: dict) -> Prediction:
    unit, about = table.pop("unit", None), Both(**table.pop("about"))
    if unit is not None:
        unit = Both(**unit) if isinstance(unit, dict) else Both(unit, unit)
    near, options, right = table.pop("near", 0.0), table.pop("options", ""), table.pop("right", "")
    if (unit is None) == (options == "") or not set(right) <= set(options) or table:
        raise ValueError(f"predictions.toml: {name} needs a unit or options, right letters that are options, no more")
    return Prediction(name, lesson, about, unit, near, options, right)


PREDICTIONS = _all()
