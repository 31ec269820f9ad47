"""What the models are called, and the sentence that introduces each."""

import re

from ... import pretrained
from ...numbers import both, decimal, whole
from ...text import Both
from . import texts

SERIES = {  # of models that differ in one number only: the pattern of their names -> which texts
    r"faces-beta-(?P<beta>\d+)": "faces-beta",
    r"drawn-beta-(?P<beta>\d+)": "drawn-beta",
    r"fashion-beta-(?P<beta>\d+)": "fashion-beta",
    r"fashion-latent-(?P<latent>\d+)-beta-0": "fashion-latent-beta-0",
    r"fashion-latent-(?P<latent>\d+)": "fashion-latent",
}


def title(name: str) -> Both:
    """Of a shipped model."""
    return _of_series(name, "title") or texts.TITLES.get(name) or Both(es=name, en=name)


def sentence(name: str) -> Both:
    """One sentence on what a shipped model learnt from."""
    given = pretrained.card(name)["data"]["title"]
    return _of_series(name, "sentence") or texts.SENTENCES.get(name) or Both(es=given["es"] + ".", en=given["en"] + ".")


def place(name: str) -> tuple[Both, Both | None, Both]:
    """Of a shipped model in a menu: what it learnt from, what differs among its siblings, what it is called there."""
    about = pretrained.card(name)["data"]
    data = texts.SETS.get(about["set"]) or Both(**about["title"])
    return data, _of_series(name, "differs"), _of_series(name, "short") or title(name)


def _of_series(name: str, which: str) -> Both | None:
    for pattern, series in SERIES.items():
        if match := re.fullmatch(pattern, name):
            return texts.SERIES[series][which].format(**match.groupdict())
    return None


def numbers(card: dict) -> Both:
    """One line of a card's figures."""
    figures = card["figures"]
    return texts.NUMBERS.format(
        dimensions=counted(texts.DIMENSIONS, card["preset"]["model"]["latent_dim"]),
        active=counted(texts.ACTIVE, figures["active_units"]),
        parameters=both(whole, card["parameters"]), psnr=both(decimal, figures["psnr"], 1),
    )  # fmt: skip


def counted(forms: dict[str, Both], n: int) -> Both:
    """So many of something: forms "one", "many" and, where it has a word of its own, "none"."""
    return forms.get({0: "none", 1: "one"}.get(n, "many"), forms["many"]).format(n=both(whole, n))
