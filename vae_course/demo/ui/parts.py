"""What several tabs are built from."""

import gradio as gr

from ...text import Both, pick
from ..core.events import MODEL_MENU
from ..core.model import Model, choices
from . import gallery, texts
from .html import render


def html(value: str = "", *classes: str, script: str = "", events: tuple[str, ...] = ("pick",)) -> gr.HTML:
    """Our own HTML, without Gradio's typography. script: the folder of a tab, or "ui/gallery", whose script runs on it.

    The script finds `element`, `watch`, `upload`, `trigger` and pick(data, slot); events: what it triggers.
    """
    run = f"window.vaeCourse.run('{script}', element, {{trigger, watch, upload}}); // {' '.join(map(repr, events))}"
    return gr.HTML(value, apply_default_css=False, elem_classes=list(classes), js_on_load=run if script else None)


def lead(texts, lang: str) -> gr.HTML:
    """The sentence that a tab begins with, below its name for those who hear the page."""
    return html(render("ui/lead.html", lang, texts=texts), "lead")


def model_menu(name: str, lang: str, label: Both = texts.MODEL) -> gr.Dropdown:
    """A menu of models; handlers of its events get a `Model` (core/events.py)."""
    return gr.Dropdown(choices(lang), value=name, label=pick(label, lang), filterable=False, elem_classes=MODEL_MENU)


def chosen(model: Model, lang: str) -> dict:
    """What a menu of models shows when its tab is filled: an update."""
    return gr.update(choices=choices(lang), value=model.name)


def about(model: Model, lang: str) -> str:
    """A sentence on a model, and its figures."""
    return render("ui/about.html", lang, model=model)


def picker() -> gr.HTML:
    """Where a gallery to click on goes (ui/gallery.grid)."""
    return html("", "picker-area", script=gallery.SCRIPT)
