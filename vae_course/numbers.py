"""Numbers as people read them: grouped by language, with a true minus sign, a point before decimals in both languages.

English groups from a thousand on, with commas. Spanish keeps four digits together and groups from 10 000 on, with a
narrow space where no line breaks. What is not a number or infinite is "nan", "inf" or "−inf".
"""

from collections.abc import Callable
from typing import SupportsFloat

from .text import LANGUAGES, Both, pick

THOUSANDS = Both(es="\u202f", en=",")
UNGROUPED = {"es": 4, "en": 3}  # digits that stay together
FULL = 1e9  # from here on a value with few significant digits is written as a power of ten


def whole(value: SupportsFloat, lang: str) -> str:
    """Rounded to a whole number: 2959171 is "2,959,171" in English, "2 959 171" in Spanish; 8550 is "8550" there."""
    return _written(f"{float(value):.0f}", lang)


def decimal(value: SupportsFloat, places: int, lang: str) -> str:
    """Rounded to that many places behind the point: decimal(-1234.5, 2, "en") is "−1,234.50"."""
    return _written(f"{float(value):.{places}f}", lang)


def significant(value: SupportsFloat, digits: int, lang: str) -> str:
    """So many digits that matter, zeros at the end too, and all of the whole part.

    With 4: "0.07064", "−3.500", "12,346"; what is below 0.0001 or from a thousand million on, "2.000e−08".
    """
    return _rounded(float(value), digits, "#", lang).rstrip(".")


def compact(value: SupportsFloat, digits: int, lang: str) -> str:
    """Like `significant`, without zeros at the end: with 3, "0.5", "−2", "1,235", "2e−08"."""
    return _rounded(float(value), digits, "", lang)


def percent(share: SupportsFloat, lang: str, places: int = 0) -> str:
    """A share of 1 in per cent: percent(0.825, "es", 1) is "82.5 %"."""
    return f"{decimal(100 * float(share), places, lang)} %"


def signed(number: str) -> str:
    """A written number with its plus sign too, and a mere "0" where it is zero: "+1.5", "−0.3", "0" for "0.0"."""
    if number.strip("0.") == "":
        return "0"
    return number if number.startswith("−") or number == "nan" else f"+{number}"


def both(write: Callable[..., str], *values: SupportsFloat) -> Both:
    """A number in both languages: both(whole, 2959171), both(decimal, 0.5, 2)."""
    return Both(*(write(*values, lang) for lang in LANGUAGES))


def _rounded(value: float, digits: int, flag: str, lang: str) -> str:
    """By Python's format "g", but a whole part longer than `digits` is written in full up to FULL."""
    if abs(value) < FULL and abs(float(f"{value:.{digits}g}")) >= 10**digits:
        return whole(value, lang)
    return _written(f"{value:{flag}.{digits}g}", lang)


def _written(number: str, lang: str) -> str:
    """Python's spelling of a number as people write it; no minus sign before zero."""
    separator = pick(THOUSANDS, lang)
    minus = "−" if number.startswith("-") and number.strip("-0.") else ""
    integer, point, rest = number.lstrip("-").partition(".")
    if integer.isdigit() and len(integer) > UNGROUPED[lang]:
        integer = f"{int(integer):,}".replace(",", separator)
    return f"{minus}{integer}{point}{rest}".replace("-", "−")
