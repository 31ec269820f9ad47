"""The controls of the tab Start, and what they do."""

from functools import partial

import gradio as gr

from ....text import pick
from ...core import address, choice, events, limits
from ...core.address import Tab
from ...core.model import from_address, take
from ...ui import gallery, parts
from . import texts
from .compute import opening_model, opening_picture
from .view import way_and_draws

grid = partial(gallery.grid, titles=texts.SIDES)


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    notice = events.notice()
    picture, seed = gr.State(opening_picture(take(opening_model()))), gr.Number(0, visible=False, precision=0)
    with gr.Row(elem_classes="start-bar"):
        again = gr.Button(pick(texts.AGAIN, lang), variant="primary", elem_classes="small")
        zero = gr.Checkbox(False, label=pick(texts.ZERO, lang))
    way = parts.html("", "start-way")
    draws = parts.html("", "start-redraws", script="start/draws")
    with gr.Row(elem_classes="start-pictures"):
        menu = parts.model_menu(opening_model(), lang)
        picker = parts.picker()
    inputs = [menu, picture, seed, zero]
    _wire(lang, inputs, again, (way, draws, picker, notice))
    return Tab([*inputs, way, draws, picker], partial(fill, lang), (menu,))


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    model = from_address(values.get("model"), opening_model())
    picture = choice.from_address(values.get("picture"), model, opening_picture(model))
    seed = address.number(values.get("seed"), 0, limits.SEEDS, 0)
    zero = values.get("zero") == "1"
    shown = way_and_draws(lang, model, picture, seed, zero)
    return parts.chosen(model), picture, seed, zero, *shown, grid(model, lang, picture)


def _wire(lang: str, inputs: list, again: gr.Button, others: tuple) -> None:
    (menu, picture, seed, zero), (*areas, picker, notice) = inputs, others

    def pick_picture(event, model, old, drawn, off):
        _, new = choice.from_event(event, tuple(texts.SIDES), model)
        shown = way_and_draws(lang, model, new, drawn, off)
        return *shown, new, grid(model, lang, new) if "path" in event else gr.skip()

    def change_model(model, old, drawn, off):
        new = old if choice.is_upload(old) else opening_picture(model)
        return *way_and_draws(lang, model, new, drawn, off), new, grid(model, lang, new)

    def draw_again(asked, model, chosen, _, off):
        return way_and_draws(lang, model, chosen, asked.get("seed"), off)

    events.connect_pick(picker, pick_picture, inputs, [*areas, picture, picker], notice, lang)
    events.connect([menu.input], change_model, inputs, [*areas, picture, picker], notice, lang)
    for trigger, another in ((again.click, 1), (zero.input, 0)):
        script = f"(seed, zero) => window.vaeCourse.drawnAtStart(seed + {another}, zero)"
        events.in_page([trigger], script, [seed, zero], [seed])
    events.connect_pick(areas[1], draw_again, inputs, areas, notice, lang)
