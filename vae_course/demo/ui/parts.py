"""What several tabs are built from."""

import gradio as gr

from ...text import Both
from ..core.events import MODEL_MENU
from ..core.model import Model
from . import menu, texts
from .html import render


def html(
    value="", *classes: str, script: str = "", events: tuple[str, ...] = ("pick",), template: str = "${value}"
) -> gr.HTML:
    """Our own HTML, without Gradio's typography. script: the folder of a tab, or "ui/gallery", whose script runs on it.

    The script finds `element`, `props`, `watch`, `upload`, `trigger` and pick(data, slot); events: what it triggers.
    """
    given, names = "{props, trigger, watch, upload}", " ".join(map(repr, events))
    js = f"window.vaeCourse.run('{script}', element, {given}); // {names}" if script else None
    return gr.HTML(value, html_template=template, apply_default_css=False, elem_classes=list(classes), js_on_load=js)


def lead(texts, lang: str) -> gr.HTML:
    """The sentence that a tab begins with, below its name for those who hear the page."""
    return html(render("ui/lead.html", lang, texts=texts), "lead")


def model_menu(name: str, lang: str, label: Both = texts.MODEL) -> gr.HTML:
    """A menu of models, whose value is a name (ui/menu.py); handlers of its events get a `Model` (core/events.py)."""
    return html(name, MODEL_MENU, script="ui/menu", template=render("ui/menu.html", lang, label=label))


def chosen(model: Model) -> dict:
    """What a menu of models shows when its tab is filled: an update."""
    return gr.update(value=model.name, **menu.own())


def about(model: Model, lang: str) -> str:
    """A sentence on a model, and its figures."""
    return render("ui/about.html", lang, model=model)


def picker() -> gr.HTML:
    """Where a gallery to click on goes (ui/gallery.grid)."""
    return html("", "picker-area", script="ui/gallery")
