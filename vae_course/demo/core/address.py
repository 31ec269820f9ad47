"""What stands in a page's address, so that a link restores tab, model, seed, picture and sliders.

`?tab=mix&mix.model=cats&mix.a=3`: each tab's values under its name. A tab writes them by rendering `note(...)` in its
HTML, which page.js copies into the address; when the tab opens, `Tab.fill` gets them back as texts.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup

from . import limits, texts
from .limits import Refused

HOME = {"es": "./", "en": "./en"}  # of each language's page, from the folder that Gradio's base element names


@dataclass(frozen=True)
class Tab:
    """What a tab's build(lang) leaves: its components, still without pictures, and what fills them when it opens.

    fill(values of the address as texts) -> a new value for each output; {} gives the opening state.
    """

    outputs: Sequence[gr.components.Component]
    fill: Callable[[dict[str, str]], tuple]
    menus: tuple[gr.HTML, ...] = ()  # of models, which gain the visitor's own when one was trained


def note(values: dict, defaults: dict) -> Markup:
    """HTML that puts the values into the address; those that are the defaults stay out of it."""
    kept = {key: None if value == defaults.get(key) else _text(value) for key, value in values.items()}
    return Markup('<span class="note" hidden data-note="{}"></span>').format(json.dumps(kept))


def _text(value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def number(value: str | None, low: float, high: float, otherwise):
    """A number that stood in the address, a whole one where `otherwise` is; else `otherwise`."""
    check: Callable = limits.whole if isinstance(otherwise, int) else limits.number
    try:
        return check(type(otherwise)(value or ""), low, high, texts.NOBODY)
    except (Refused, ValueError):
        return otherwise


def one_of(value: str | None, options: Iterable[str], otherwise: str) -> str:
    """An option that stood in the address, else `otherwise`."""
    return value if value is not None and value in tuple(options) else otherwise
