"""The controls of the tab Beta, and what they do."""

from functools import partial

import gradio as gr

from ....text import pick
from ...core import address, choice, events, limits
from ...core.address import Tab
from ...ui import gallery, parts
from . import texts
from .compute import Series, all_series, carried, compute, opening_picture, opening_series, take, varying
from .view import defaults, table, table_and_curve

grid = partial(gallery.grid, titles=texts.SIDES)


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    notice = events.notice()
    if not all_series():
        return Tab([], lambda values: ())
    opening = opening_series()
    key, picture, seed = gr.State(opening.key), gr.State(), gr.State()
    with gr.Row(elem_classes="beta-bar"):
        numbers = [(pick(text, lang), varies) for varies, text in texts.VARIES.items() if varying(varies)]
        varies = gr.Radio(numbers, value=opening.varies, label=pick(texts.DIFFER, lang))
        which = gr.Radio(_siblings(lang, opening), value=opening.key, label=pick(texts.WHICH, lang))
        again = gr.Button(pick(texts.ANOTHER, lang), elem_classes="small")
    table_area = parts.html("", "beta-table", script="beta/script")
    with gr.Row(elem_classes="beta-more"):
        curve_area = parts.html("", "beta-curve")
        picker = parts.picker()
    inputs = [varies, which, key, picture, seed]
    _wire(lang, inputs, again, (table_area, curve_area, picker, notice))
    return Tab([*inputs, table_area, curve_area, picker], partial(fill, lang))


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    series = take(address.one_of(values.get("series"), all_series(), opening_series().key))
    picture = choice.from_address(values.get("picture"), series.reference, opening_picture(series))
    seed = address.number(values.get("seed"), 0, limits.SEEDS, defaults()["seed"])
    shown = table_and_curve(lang, series, picture, seed)
    return series.varies, _which(lang, series), series.key, picture, seed, *shown, grid(series.reference, lang, picture)


def _siblings(lang: str, series: Series) -> list[tuple[str, str]]:
    """(title, key) of the series that vary the same number."""
    return [(pick(texts.TITLES[sibling.key], lang), sibling.key) for sibling in varying(series.varies)]


def _which(lang: str, series: Series) -> dict:
    return gr.update(choices=_siblings(lang, series), value=series.key)


def _wire(lang: str, inputs: list, again: gr.Button, others: tuple) -> None:
    (varies, which, key, picture, seed), (*areas, picker, notice) = inputs, others

    def pick_picture(event, chosen, old, drawn):
        series = take(chosen)
        _, new = choice.from_event(event, tuple(texts.SIDES), series.reference)
        shown = table_and_curve(lang, series, new, drawn)
        return *shown, new, grid(series.reference, lang, new) if "path" in event else gr.skip()

    def change_to(series, before, old, drawn):
        new = carried(old, take(before), series)
        return *table_and_curve(lang, series, new, drawn), series.key, new, grid(series.reference, lang, new)

    def change_series(chosen, *state):
        return change_to(take(chosen), *state)

    def change_number(chosen, *state):
        series = varying(limits.one_of(chosen, tuple(texts.VARIES), texts.SERIES_ASKED))[0]
        return _which(lang, series), *change_to(series, *state)

    def draw_again(chosen, old, drawn):
        new = (limits.seed(drawn) + 1) % limits.SEEDS
        return table(lang, compute(take(chosen), old, new), old), new

    state, changed = [key, picture, seed], [*areas, key, picture, picker]
    events.connect_pick(picker, pick_picture, state, [*areas, picture, picker], notice, lang)
    events.connect([which.input], change_series, [which, *state], changed, notice, lang)
    events.connect([varies.input], change_number, [varies, *state], [which, *changed], notice, lang)
    events.connect([again.click], draw_again, state, [areas[0], seed], notice, lang)
