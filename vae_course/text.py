"""The reader's language: strings that hold Spanish and English, and which of the two to show."""

import os
import tomllib
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, NoReturn

LANGUAGES = ("es", "en")
LONGEST = 2000  # characters of a stranger's text; what is longer is cut


class Both(NamedTuple):
    """One text in both languages of the course; leaving one out is an error at once."""

    es: str
    en: str

    def __format__(self, spec: str) -> NoReturn:
        """Written by str.format or an f-string it would show both texts: a language has to be picked first."""
        raise TypeError(f"a text in both languages where one is wanted: {self!r}")

    def __html__(self) -> NoReturn:
        """The same for a template: {{ text|t }}."""
        self.__format__("")

    def format(self, **values) -> "Both":
        """Both texts with the same values filled in; a value may itself be a `Both`."""
        return Both(
            *(getattr(self, lang).format(**{k: pick(v, lang) for k, v in values.items()}) for lang in LANGUAGES)
        )


def pick(text, lang: str):
    """The text in language `lang` ("es" or "en"); anything that is not a `Both` comes back as it is."""
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {', '.join(LANGUAGES)}")
    return getattr(text, lang) if isinstance(text, Both) else text


def readable(text: str) -> str:
    """A stranger's text as it may be shown: not long, and nothing in it that steers a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST])


class UnknownLanguage(ValueError):
    """VAE_COURSE_LANG names a language that the course is not in."""


def default_language() -> str:
    """The language that VAE_COURSE_LANG names; Spanish when it is unset or empty. Raises UnknownLanguage."""
    lang = os.environ.get("VAE_COURSE_LANG") or "es"
    if lang not in LANGUAGES:
        raise UnknownLanguage(f"VAE_COURSE_LANG={lang!r} is not one of {', '.join(LANGUAGES)}")
    return lang


@cache
def texts_beside(file: str, name: str = "texts") -> SimpleNamespace:
    """What NAME.toml says, beside the module `file`; its tables of "es" and "en" are a `Both` each.

    Raises ValueError for a text that lacks a language, or stands in one alone.
    """
    path = Path(file).with_name(f"{name}.toml")
    with path.open("rb") as content:
        return SimpleNamespace(
            **{key: _texts(value, f"{path.name}: {key}") for key, value in tomllib.load(content).items()}
        )


def _texts(value, where: str):
    if isinstance(value, list):
        return tuple(_texts(item, f"{where}.{k}") for k, item in enumerate(value))
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES) and all(isinstance(text, str) and text for text in value.values()):
            return Both(**value)
        return {key: _texts(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, str):
        raise ValueError(f"{where} is not there in each of {', '.join(LANGUAGES)}")
    return value
