"""The site's HTML: a page for each language, and the screens that it fetches when they are opened."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from ..demo.tabs import beta, features, generate, mix, reconstruct
from ..demo.tabs import map as maps
from ..demo.ui.html import Folded, unbroken
from ..text import pick
from ..web import files
from . import texts
from .screens import FIRST, SCREENS, data

TEMPLATES = Path(__file__).parent / "templates"
ROOTS = {"es": "", "en": "../"}  # the site's folder, from each language's page
TABS = {"map": maps, "generate": generate, "features": features, "mix": mix, "beta": beta, "reconstruct": reconstruct}
OTHER = {"es": "en", "en": "es"}


@dataclass(frozen=True)
class Links:
    """Where the site leads to."""

    repository: str
    demo: str | None

    def lesson(self, name: str, lang: str) -> str:
        return f"{self.repository}/blob/main/lessons/{lang}/{name}/{name}.ipynb"

    def tab(self, name: str, lang: str) -> str:
        if self.demo is None:
            return f"{self.repository}/blob/main/docs/demo.md"
        return f"{self.demo}/{'' if lang == 'es' else lang}?tab={name}"


def page(lang: str, app: str, links: Links) -> str:
    """The page of a language, with its first screen; app: the folder of scripts and screens, from the site's own."""
    here = ROOTS[lang]
    return _render(
        "page.html", lang, app=f"{here}{app}", engine=f"{here}{files.engine()}", screens=SCREENS, first=FIRST,
        other=OTHER[lang], home={"es": "../", "en": "en/"}[OTHER[lang]], links=links,
        screen=Markup(screen(FIRST, lang, links)), decoder=here + data(FIRST)["parts"]["fashion-2d"]["decoder"],
    )  # fmt: skip


def screen(name: str, lang: str, links: Links) -> str:
    """One screen's section."""
    about = SCREENS[name]
    given = pick_all(data(name), lang)
    said = given.pop("said", {})
    return _render(
        f"{name}.html", lang, name=name, data=given, said=said, about=about, links=links, words=getattr(texts, name)
    )  # fmt: skip


def pick_all(value, lang: str):
    """A value in which each text is in that language, as JSON wants it."""
    if isinstance(value, dict):
        return {key: pick_all(inner, lang) for key, inner in value.items()}
    if isinstance(value, list):
        return [pick_all(inner, lang) for inner in value]
    return pick(value, lang)


def _render(template: str, lang: str, **values) -> str:
    return (
        _environment(lang).get_template(template).render(lang=lang, root=ROOTS[lang], texts=texts, tabs=TABS, **values)
    )


@cache
def _environment(lang: str) -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, extensions=[Folded])
    made.filters["t"] = lambda text, **fields: unbroken(pick(text.format(**fields) if fields else text, lang))
    made.filters["json"] = _as_json
    return made


def _as_json(value) -> Markup:
    """For a <script type="application/json">, which ends at the first "</"."""
    return Markup(json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/"))
