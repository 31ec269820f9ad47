"""The controls of the tab Mix, and what they do."""

from functools import partial

import gradio as gr

from ....text import pick
from ...core import address, choice, events
from ...core.address import Tab
from ...core.model import from_address
from ...ui import gallery, parts
from . import texts
from .compute import FRAMES, opening_model, opening_pair
from .view import MIDDLE, film, film_as_gif

grid = partial(gallery.grid, titles=texts.SIDES)


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    notice = events.notice()
    first, second = gr.State(), gr.State()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            menu, about = parts.model_menu(opening_model(), lang), parts.html("", "about")
            ways = [(pick(title, lang), key) for key, title in texts.PATHS.items()]
            path = gr.Radio(ways, value="lerp", label=pick(texts.PATH, lang))
        with gr.Column(elem_classes="result"):
            film_area = parts.html(script="mix/script", events=("pick", "shown", "gif"))
            made = parts.html("", "made", script="mix/receive")
        with gr.Column(elem_classes="how"):
            picker = parts.picker()
    _wire(lang, [menu, first, second, path], (film_area, picker, about, made, notice))
    return Tab([menu, first, second, path, film_area, picker, about], partial(fill, lang), (menu,))


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    model = from_address(values.get("model"), opening_model())
    ends = zip("ab", opening_pair(model), strict=True)
    a, b = (choice.from_address(values.get(side), model, index) for side, index in ends)
    path = address.one_of(values.get("path"), texts.PATHS, "lerp")
    at = address.number(values.get("at"), 0, FRAMES - 1, MIDDLE)
    shown = film(lang, model, a, b, path, at)
    return parts.chosen(model), a, b, path, shown, grid(model, lang, a, b), parts.about(model, lang)


def _wire(lang: str, inputs: list, others: tuple) -> None:
    (menu, first, second, path), (film_area, picker, about, made, notice) = inputs, others

    def take(event, model, a, b, walk):
        side, new = choice.from_event(event, tuple(texts.SIDES), model)
        a, b = (new if side == "a" else a), (new if side == "b" else b)
        return film(lang, model, a, b, walk), a, b, grid(model, lang, a, b) if "path" in event else gr.skip()

    def change_model(model, a, b, walk):
        a, b = (choice.carried(end, model) for end in (a, b))
        return film(lang, model, a, b, walk), a, b, grid(model, lang, a, b), parts.about(model, lang)

    events.connect_pick(picker, take, inputs, [film_area, first, second, picker], notice, lang)
    events.connect([menu.input], change_model, inputs, [film_area, first, second, picker, about], notice, lang)
    events.in_page([path.input], "(path) => window.vaeCourse.walk(path)", [path], [])
    events.connect_pick(film_area, lambda _, *values: film(lang, *values), inputs, [film_area], notice, lang)
    events.connect([film_area.gif], partial(film_as_gif, lang), inputs, [made], notice, lang)
