"""What stands in a page's address, so that a link restores tab, model, seed, picture and sliders.

`?tab=mix&mix.model=cats&mix.a=3`: each tab's values under its name. A tab writes them by rendering `note(...)` in its
HTML, which page.js copies into the address; when the page opens, `Kept.restore` gets them back as texts.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import gradio as gr

from . import limits
from .limits import Refused


@dataclass(frozen=True)
class Kept:
    """What a tab can bring back: restore(values of the address as texts) -> a new value for each output."""

    outputs: list[gr.components.Component]
    restore: Callable[[dict[str, str]], tuple]
    menu: gr.Dropdown | None = None  # of models, which gains the visitor's own when one was trained


def note(values: dict, defaults: dict) -> str:
    """HTML that puts the values into the address; those that are the defaults stay out of it."""
    told = {key: None if value == defaults.get(key) else _text(value) for key, value in values.items()}
    return f'<span class="note" hidden data-note="{escape(json.dumps(told))}"></span>'


def _text(value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def number(value: str | None, low: float, high: float, otherwise: float) -> float:
    """A number that stood in the address, else `otherwise`."""
    try:
        return limits.number(float(value), low, high, limits.NOBODY)
    except (Refused, TypeError, ValueError):
        return otherwise


def whole(value: str | None, low: int, high: int, otherwise: int) -> int:
    try:
        return limits.whole(int(value), low, high, limits.NOBODY)
    except (Refused, TypeError, ValueError):
        return otherwise


def one_of(value: str | None, options, otherwise: str) -> str:
    return value if value in tuple(options) else otherwise
