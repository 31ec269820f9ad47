"""The reader's language: strings that hold Spanish and English, and which of the two to show."""

import os
from typing import NamedTuple

LANGUAGES = ("es", "en")


class Both(NamedTuple):
    """One text in both languages of the course; leaving one out is an error at once."""

    es: str
    en: str

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


def default_language() -> str:
    """The language that VAE_COURSE_LANG names; Spanish when it is unset."""
    lang = os.environ.get("VAE_COURSE_LANG", "es")
    if lang not in LANGUAGES:
        raise ValueError(f"VAE_COURSE_LANG={lang!r} is not one of {', '.join(LANGUAGES)}")
    return lang
