"""HTML by Jinja2 templates, escaped by themselves: those of a tab lie beside it, those of all tabs in ui/templates.

"mix/film.html" is tabs/mix/templates/film.html. Each template knows `lang` and `here`, the address of the page in it;
the filters `t` (a text in the page's language), `px` (a place in a chart), `floats` (numbers for a script) and those of
vae_course/numbers.py, such as `value|decimal(2)`; `common`, what several tabs say; the functions `img`, `img_of`,
`sheet`, `note`, `part` (the address of a model's part) and `version`, whose number is another each time: Gradio ignores
HTML that it had before. A line break between tags is nothing; elsewhere a space.
"""

import base64
import re
import time
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

import jinja2
from jinja2.ext import Extension
from markupsafe import Markup

from ... import numbers
from ...text import pick
from ...web import files
from ..core import address
from . import pictures, texts

DEMO = Path(__file__).parents[1]
unbroken = partial(re.compile(r"(?<=\d) (?=%|dB\b|nats\b)").sub, "\u00a0")  # numbers stay with their units
IN_LANGUAGE = ("whole", "decimal", "significant", "compact", "percent")
GLOBALS = {
    "img": pictures.img, "img_of": pictures.img_of, "sheet": pictures.sheet, "note": address.note, "common": texts,
    "version": time.monotonic_ns, "part": lambda model, part: files.part(model.name, part, model.key),
}  # fmt: skip


class Folded(Extension):
    """Templates are written over many lines; what is sent is not."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<=[>}])\s*\n\s*(?=[<{])", "", source.strip()))


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """Where templates lie, and what all of them may use."""
    folders = {"ui": DEMO / "ui", **{folder.parent.name: folder.parent for folder in DEMO.glob("tabs/*/templates")}}
    loaders = {name: jinja2.FileSystemLoader(folder / "templates") for name, folder in folders.items()}
    made = jinja2.Environment(
        loader=jinja2.PrefixLoader(loaders), autoescape=True, undefined=jinja2.StrictUndefined, extensions=[Folded]
    )
    made.filters["t"] = _with_language(lambda text, lang: unbroken(pick(text, lang)))
    made.filters["px"] = "{:.1f}".format
    made.filters["floats"] = lambda numbers: base64.b64encode(numbers.float().numpy().tobytes()).decode()
    made.filters |= {name: _with_language(getattr(numbers, name)) for name in IN_LANGUAGE} | {"signed": numbers.signed}
    made.globals |= GLOBALS
    return made


def _with_language(function: Callable) -> Callable:
    """function(value, lang, ...) as a filter that takes the template's `lang`."""

    @jinja2.pass_context
    def call(context, value, *more):
        return function(value, *more, lang=context["lang"])

    return call


def render(template: str, lang: str, **values) -> Markup:
    """A template such as "mix/film.html" with these values in it."""
    return Markup(environment().get_template(template).render(lang=lang, here=address.HOME[lang], **values))
