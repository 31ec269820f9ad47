"""What several tabs are built from."""

from html import escape

import gradio as gr

from ..text import Both, pick
from . import gallery, models, pictures

MODEL = Both(es="Modelo", en="Model")
PIN = Both(es="Al informe: {title}", en="To the report: {title}")


PICK = "const pick = (data, slot) => window.vaeCourse.pick(element, () => trigger('pick', {}), data, slot);\n"


def html(value: str, *classes: str, script: str = "") -> gr.HTML:
    """Our own HTML, without Gradio's typography. Its script has Gradio's element, watch, ... and pick(data, slot)."""
    more = {"js_on_load": PICK + script} if script else {}
    return gr.HTML(value, apply_default_css=False, elem_classes=list(classes), **more)


def lead(text: Both, lang: str) -> gr.HTML:
    """The sentence that a tab begins with."""
    return html(f"<p>{escape(pick(text, lang))}</p>", "lead")


def header(lang: str, title: str, caption: str, *buttons: str) -> str:
    """A panel's title, its buttons, and the pin that puts the panel into the visitor's report with the caption."""
    pin = pictures.pin_button(pick(PIN, lang).format(title=title), caption)
    return f'<header><h3>{escape(title)}</h3><span class="buttons">{"".join(buttons)}{pin}</span></header>'


def link(tab: str, name: str, text: str, question: str = "") -> str:
    """A link to another tab, perhaps to a question, which page.js opens in the page; a phone finds it by its name."""
    more, which = (f"&amp;questions.q={question}", f' data-question="{question}"') if question else ("", "")
    return f'<a href="?tab={tab}{more}" data-tab="{tab}" data-tab-name="{escape(name)}"{which}>{escape(text)}</a>'


def model_menu(name: str, lang: str) -> gr.Dropdown:
    return gr.Dropdown(models.choices(lang), value=name, label=pick(MODEL, lang), filterable=False)


def about_area(name: str, lang: str) -> gr.HTML:
    return html(about(name, lang), "about")


def about(name: str, lang: str) -> str:
    """A sentence on a model, and its figures."""
    sentence, numbers = (escape(pick(text(name), lang)) for text in (models.sentence, models.numbers))
    return f'<p>{sentence}</p><p class="numbers">{numbers}</p>'


def picker(name: str, lang: str, titles: dict[str, Both], chosen: dict) -> gr.HTML:
    return html(gallery.grid(name, lang, titles, chosen), "picker-area", script=gallery.SCRIPT)
