"""The controls of the tab Reconstruct, and what they do."""

from functools import partial

import gradio as gr

from ....text import pick
from ...core import address, choice, events, limits
from ...core.address import Tab
from ...core.model import from_address, take
from ...ui import gallery, parts
from . import texts
from .compute import opening_model, opening_picture, partner, reconstructed
from .view import cross_panel, draws_panel, panels

grid = partial(gallery.grid, titles=texts.SIDES, camera=True)


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    picture, seed = gr.State(), gr.Number(0, visible=False, precision=0)
    notice = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            menu, about = parts.model_menu(opening_model(), lang), parts.html("", "about")
            other = parts.model_menu(partner(opening_model()), lang, texts.OTHER)
        with gr.Column(elem_classes="result"):
            crossed = parts.html()
        with gr.Column(elem_classes="how"):
            picker = parts.picker()
        with gr.Column(elem_classes="more"):
            draws = parts.html(script="reconstruct/draws", events=("pick", "shown"))
            again = gr.Button(pick(texts.AGAIN, lang), variant="primary", elem_classes="small")
    _wire(lang, [menu, picture, other, seed], (crossed, draws), (picker, about, again, notice))
    return Tab([menu, other, picture, seed, crossed, draws, picker, about], partial(fill, lang), (menu,))


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    model = from_address(values.get("model"), opening_model())
    other = from_address(values.get("other"), partner(model.name))
    picture = choice.from_address(values.get("picture"), model, opening_picture(model))
    seed = address.number(values.get("seed"), 0, limits.SEEDS, 0)
    menus = parts.chosen(model), parts.chosen(other)
    areas = *panels(lang, model, picture, other, seed), grid(model, lang, picture), parts.about(model, lang)
    return *menus, picture, seed, *areas


def _wire(lang: str, inputs: list, areas: tuple, others: tuple) -> None:
    (menu, picture, other, seed), (picker, about, again, notice) = inputs, others

    def take_picture(event, model, _, compared, drawn):
        _, new = choice.from_event(event, tuple(texts.SIDES), model)
        return *panels(lang, model, new, compared, drawn), new, grid(model, lang, new) if "path" in event else gr.skip()

    def change_model(model, old, compared, drawn):
        new = choice.carried(old, model)
        if compared is model:
            compared = take(partner(model.name))
        views = *panels(lang, model, new, compared, drawn), new, grid(model, lang, new), parts.about(model, lang)
        return *views, compared.name

    def change_other(model, chosen, compared, drawn):
        return cross_panel(lang, model, chosen, compared, reconstructed(model, chosen, drawn))

    def draw_again(asked, model, chosen):
        return draws_panel(lang, model, asked.get("seed"), reconstructed(model, chosen, asked.get("seed")))

    events.connect_pick(picker, take_picture, inputs, [*areas, picture, picker], notice, lang)
    events.connect([menu.input], change_model, inputs, [*areas, picture, picker, about, other], notice, lang)
    events.connect([other.input], change_other, inputs, [areas[0]], notice, lang)
    events.in_page([again.click], "(seed) => window.vaeCourse.drawnAgain(seed)", [seed], [seed])
    events.connect_pick(areas[1], draw_again, [menu, picture], [areas[1]], notice, lang)
