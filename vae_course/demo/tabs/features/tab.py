"""The controls of the tab Features, and what they do."""

from functools import partial

import gradio as gr

from ...core import address, choice, events
from ...core.address import Tab
from ...core.choice import Choice
from ...core.model import Model, from_address
from ...ui import gallery, parts
from . import compute, texts
from .knobs import knobs
from .view import areas, read_out, sliders

grid = partial(gallery.grid, titles=texts.SIDES)


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    notice = events.notice()
    picture, strengths = gr.State(), parts.html({}, "unshown", script="features/strengths", template="")
    with gr.Row(elem_classes="bar features-bar"):
        menu, about = parts.model_menu(compute.opening_model(), lang), parts.html("", "about")
    with gr.Row(elem_classes="workbench"):
        with gr.Column(elem_classes="see"):
            stage_area = parts.html("", "stage-area", script="features/hold")
            read_area = parts.html("", "read-area", script="features/readings")
        with gr.Column(elem_classes="turn"):
            knob_area = parts.html("", "knob-area", script="features/slide")
    strip_area = parts.html("", "strips-area")
    picker = parts.picker()
    inputs, shown = [menu, picture, strengths], [knob_area, strip_area, stage_area, read_area]
    _wire(lang, inputs, shown, (picker, about, notice))
    return Tab([*inputs, *shown, picker, about], partial(fill, lang), (menu,))


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    model = from_address(values.get("model"), compute.opening_model())
    a, opened = choice.from_address(values.get("a"), model, compute.opening_picture(model)), compute.opening(model)
    strengths = {
        knob.key: address.number(values.get(knob.key), -knob.reach, knob.reach, opened.get(knob.key, 0.0))
        for knob in knobs(model)
    }
    return parts.chosen(model), *_all(lang, model, a, strengths)


def _all(lang: str, model: Model, a: Choice, strengths: dict[str, float]) -> tuple:
    """Every output but the models' menu."""
    moved = compute.move(model, a, strengths)
    shown = sliders(lang, model, moved.strengths), *areas(lang, model, moved)
    return a, moved.strengths, *shown, grid(model, lang, a), parts.about(model, lang)


def _wire(lang: str, inputs: list, shown: list, others: tuple) -> None:
    (menu, picture, strengths), (picker, about, notice) = inputs, others
    knob_area, *pictured = shown

    def slide(event, model, a, _):
        return read_out(lang, model, compute.move(model, a, event.get("moved")))

    def take(event, model, _, values):
        _, new = choice.from_event(event, tuple(texts.SIDES), model)
        changed = areas(lang, model, compute.move(model, new, values))
        return new, *changed, grid(model, lang, new) if "path" in event else gr.skip()

    def change_model(model, a, values):
        return _all(lang, model, choice.carried(a, model), compute.carried(model, values))

    events.connect_pick(knob_area, slide, inputs, pictured[-1:], notice, lang)
    events.connect_pick(picker, take, inputs, [picture, *pictured, picker], notice, lang)
    events.connect([menu.input], change_model, inputs, [picture, strengths, *shown, picker, about], notice, lang)
