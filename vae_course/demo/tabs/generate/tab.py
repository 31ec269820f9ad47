"""The controls of the tab Generate, and what they do."""

from functools import partial

import gradio as gr

from ....text import pick
from ...core import address, events, limits
from ...core.address import Tab
from ...core.model import from_address, take
from ...ui import parts
from . import texts
from .compute import EDGE, HOTTEST, MOST, opening_model
from .view import HERE, START, choices, defaults, memory, plane, possible, sheets


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    notice = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            menu, about = parts.model_menu(opening_model(), lang), parts.html("", "about")
            with gr.Row(elem_classes="pair"):
                seed = gr.Number(
                    START["seed"], precision=0, label=pick(texts.SEED, lang), min_width=100,
                    minimum=0, maximum=limits.SEEDS, step=1,
                )  # fmt: skip
                another = gr.Button(pick(texts.ANOTHER, lang), variant="primary", min_width=120)
        with gr.Column(elem_classes="result"):
            sheet_area = parts.html("", script="generate/sheets", events=("pick", "shown"))
            plane_area = parts.html("", "plane-area", script="generate/plane")
            memory_area = parts.html("", "memory-area")
            check = gr.Button(pick(texts.NEAREST, lang), elem_classes="small")
        with gr.Column(elem_classes="how"):
            columns = gr.Radio(choices(lang, take(opening_model())), value="all", label=pick(texts.SOURCE, lang))
            count = gr.Slider(1, MOST, START["count"], step=1, label=pick(texts.COUNT, lang), buttons=[])
            temperature = gr.Slider(
                0, HOTTEST, START["temperature"], step=0.05, buttons=[],
                label=pick(texts.TEMPERATURE, lang), info=pick(texts.TEMPERATURE_INFO, lang),
            )  # fmt: skip
    controls = [menu, seed, count, temperature, columns]
    _wire(lang, controls, (another, check), (sheet_area, about, plane_area, memory_area, notice))
    return Tab([*controls, sheet_area, about, plane_area], partial(fill, lang), (menu,))


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    start = defaults()
    model = from_address(values.get("model"), start["model"])
    drawn = (
        address.number(values.get("seed"), 0, limits.SEEDS, start["seed"]),
        address.number(values.get("count"), 1, MOST, start["count"]),
        address.number(values.get("temperature"), 0, HOTTEST, start["temperature"]),
    )
    columns = possible(address.one_of(values.get("shown"), texts.TITLES, start["shown"]), model)
    here = [address.number(values.get(axis), -EDGE, EDGE, middle) for axis, middle in HERE.items()]
    views = sheets(lang, model, *drawn, columns), parts.about(model, lang), plane(lang, model, *here)
    return parts.chosen(model), *drawn, gr.update(choices=choices(lang, model), value=columns), *views


def _wire(lang: str, controls: list, buttons: tuple, areas: tuple) -> None:
    (menu, seed, count, temperature, columns), (another, check) = controls, buttons
    sheet_area, about, plane_area, memory_area, notice = areas

    def draw(asked, model, _, *values):
        return sheets(lang, model, asked.get("seed"), *values), ""

    def change_model(model, seed, count, temperature, columns):
        columns = possible(columns, model)
        views = sheets(lang, model, seed, count, temperature, columns), parts.about(model, lang), plane(lang, model)
        return *views, "", gr.update(choices=choices(lang, model), value=columns)

    def go(point, model):
        return plane(lang, model, point.get("x"), point.get("y"))

    turned, emptied = "(...values) => window.vaeCourse.turned(values", [memory_area, notice]
    live = [seed.input, count.input, temperature.input, columns.input]
    events.in_page(live, f"{turned}).slice(1)", controls, emptied)
    events.in_page([another.click], f"{turned}, true)", controls, [seed, *emptied])
    events.connect_pick(sheet_area, draw, controls, [sheet_area, memory_area], notice, lang)
    changed = [sheet_area, about, plane_area, memory_area, columns]
    events.connect([menu.input], change_model, controls, changed, notice, lang)
    events.connect([check.click], partial(memory, lang), controls, [memory_area], notice, lang)
    events.connect_pick(plane_area, go, [menu], [plane_area], notice, lang)
