"""The controls of the tab Map, and what they do."""

from functools import partial

import gradio as gr

from ....text import Both, pick
from ...core import address, attributes, events
from ...core.address import Tab
from ...core.model import Model, from_address, take
from ...ui import parts
from . import compute, texts, view
from .compute import Setting


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    opened, notice = take(compute.opening_model()), events.notice()
    methods = compute.methods(opened)
    first, second = gr.State(), gr.State()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            menu, about = parts.model_menu(opened.name, lang), parts.html("", "about")
        with gr.Column(elem_classes="result atlas-areas"):
            chart_area = parts.html("", "atlas-area", script="map/script")
            with gr.Column(elem_classes="picked"):
                ends_area, place_area = parts.html(), parts.html("", "place-area", script="map/place")
                path_area = parts.html("", "path-area")
        with gr.Column(elem_classes="how"):
            method = gr.Radio(_method_options(opened, lang), value=methods[0], label=pick(texts.METHOD, lang))
            colour = gr.Dropdown(label=pick(texts.COLOUR, lang), filterable=False)  # by what: the gallery tells
            looks = _options(texts.LOOKS, lang)
            look = gr.Radio(looks, value=compute.opening_look(methods[0]), label=pick(texts.LOOK, lang))
    inputs, areas = [menu, method, look, colour, first, second], [chart_area, ends_area, path_area, about]
    _wire(lang, inputs, areas, place_area, notice)
    return Tab([*inputs, *areas], partial(fill, lang), (menu,))


def _options(titles: dict[str, Both], lang: str) -> list[tuple[str, str]]:
    return [(pick(title, lang), key) for key, title in titles.items()]


def _method_options(model: Model, lang: str) -> list[tuple[str, str]]:
    return _options({key: texts.METHODS[key] for key in compute.methods(model)}, lang)


def colour_options(model: Model, lang: str) -> list[tuple[str, str]]:
    """(title, key) of what the points can be coloured by."""
    features = {key: feature.title for key, feature in attributes.of(model).items()}
    titles = {"class": texts.CLASS, **features, "none": texts.NONE}
    return _options({key: titles[key] for key in compute.colours(model)}, lang)


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    model = from_address(values.get("model"), compute.opening_model())
    classes = map(str, range(len(compute.class_names(model))))
    outline = address.one_of(values.get("outline"), ("none", *classes), compute.outlined(model))
    return parts.chosen(model), *_everything(lang, model, _from_address(model, values), outline)


def _from_address(model: Model, values: dict[str, str]) -> Setting:
    opening, last = compute.opening(model), len(model.gallery.mu) - 1
    a, b = (address.number(values.get(side), 0, last, getattr(opening, side)) for side in "ab")
    x, y = (address.number(values.get(axis), 0, 1, getattr(opening, axis)) for axis in "xy")
    options = {"method": compute.methods(model), "look": texts.LOOKS, "colour": compute.colours(model)}
    method, look, colour = (
        address.one_of(values.get(key), known, getattr(opening, key)) for key, known in options.items()
    )
    return Setting(method, look, colour, a, None if values.get("b") == "none" else b, x, y)


def _everything(lang: str, model: Model, setting: Setting, outline: str) -> tuple:
    """Every output but the models' menu."""
    method, look, colour, a, b, *_ = setting
    colours = colour_options(model, lang)
    return (
        gr.update(choices=_method_options(model, lang), value=method), look,
        gr.update(choices=colours, value=colour, visible=len(colours) > 1), a, b,
        view.chart(lang, model, setting, outline), view.ends(lang, model, a, b), view.path(lang, model, a, b),
        parts.about(model, lang),
    )  # fmt: skip


def _wire(lang: str, inputs: list, areas: list, place_area: gr.HTML, notice: gr.HTML) -> None:
    (menu, method, look, colour, first, second), (chart_area, ends_area, path_area, _) = inputs, areas

    def choose(event, model, method, *_):
        if "x" in event:
            return *[gr.skip()] * 4, view.place(lang, model, method, event["x"], event.get("y"))
        a, b = compute.ends(model, event.get("a"), event.get("b"))
        return a, b, view.ends(lang, model, a, b), view.path(lang, model, a, b), gr.skip()

    def change_model(model):
        return _everything(lang, model, compute.opening(model), compute.outlined(model))

    def redraw(model, *values):
        return view.chart(lang, model, compute.checked(model, *values))

    events.connect_pick(chart_area, choose, inputs, [first, second, ends_area, path_area, place_area], notice, lang)
    events.connect([menu.input], change_model, [menu], [*inputs[1:], *areas], notice, lang)
    events.connect([method.input, look.input, colour.input], redraw, inputs, [chart_area], notice, lang)
