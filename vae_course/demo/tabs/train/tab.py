"""The controls of the tab Train, and what they do."""

import time
from dataclasses import astuple, replace
from functools import partial

import gradio as gr

from ....data import fashion
from ....text import pick
from ...core import address, events, limits, store
from ...core import texts as core_texts
from ...core.address import Tab
from ...core.model import Own
from ...ui import menu, parts
from . import sets, texts, view
from .bench import bench
from .feed import feed, hidden
from .plans import BATCHES, BETAS, LATENTS, NETWORKS, PROBLEMS, RATES, Plan, spelled

OFFERS = {"latent": LATENTS, "beta": BETAS, "rate": RATES, "batch": BATCHES}


def build(lang: str) -> Tab:
    """The tab's controls and places for its pictures, in the Blocks context that is open."""
    notice = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            problems = parts.html("", "train-problems", script="train/problems")
        with gr.Column(elem_classes="result"):
            screen = parts.html("", "train-screen", script="train/script")
        with gr.Column(elem_classes="how"):
            data = _radio(lang, "data", _sets())
            upload = parts.html("", "train-upload", script="train/upload")
            knobs = [data, _radio(lang, "network", list(NETWORKS)), *_menus(lang)]
            noted = parts.html(script="train/next")
    feed_area = parts.html(hidden(lang, {"status": "none"}), "train-feed", script="train/feed")
    _wire(lang, knobs, (screen, problems, upload, noted, feed_area, notice))
    return Tab([*knobs, screen, problems, upload, noted], partial(fill, lang))


def fill(lang: str, values: dict[str, str]) -> tuple:
    """What the tab shows when it opens: what its address says, else the opening state."""
    plan, problem = plan_from_address(values), address.one_of(values.get("problem"), PROBLEMS, "none")
    upload = view.upload(lang, bench().pictures if plan.data == "own" else None)
    areas = view.screen(lang), view.problems(lang, problem), upload, view.noted(lang, plan, problem)
    return *astuple(plan), *areas


def plan_from_address(values: dict[str, str]) -> Plan:
    """The plan that stood there; what is no offer, and a zip that is not here, stays at its default."""
    first, data = Plan(), values.get("data")
    if data == "own" and bench().pictures is None:
        limits.tell(texts.NOT_SHARED)
        data = None
    return Plan(
        address.one_of(data, _sets(), first.data),
        address.one_of(values.get("network"), NETWORKS, first.network),
        **{key: _offered(values.get(key), offers, getattr(first, key)) for key, offers in OFFERS.items()},
    )


def _offered(value: str | None, offers: tuple, otherwise):
    return next((offer for offer in offers if value == f"{offer:g}"), otherwise)


def _sets() -> list[str]:
    return [name for name in sets.SETS if name != "fashion" or fashion.there()]


def _radio(lang: str, key: str, names: list[str]) -> gr.Radio:
    options = [(pick(texts.OPTIONS[key][name], lang), name) for name in names]
    return gr.Radio(options, value=getattr(Plan(), key), label=pick(texts.KNOBS[key], lang))


def _menus(lang: str) -> list[gr.Dropdown]:
    menus = {}
    for pair in (("latent", "batch"), ("beta", "rate")):
        with gr.Row(elem_classes="pair"):
            for key in pair:
                offers = [(spelled(offer), offer) for offer in OFFERS[key]]
                label, value = pick(texts.KNOBS[key], lang), getattr(Plan(), key)
                menus[key] = gr.Dropdown(offers, value=value, label=label, filterable=False, min_width=100)
    return [menus[key] for key in OFFERS]


def _wire(lang: str, knobs: list, others: tuple) -> None:
    screen, problems, upload, noted, feed_area, notice = others

    def press(event, *values):
        return act(lang, event, Plan.checked(*values))

    def choose(event, *values):
        plan, problem = chosen_plan(event, Plan.checked(*values))
        start(plan, "run")
        areas = gr.skip() if "cure" in event else view.problems(lang, problem), view.noted(lang, plan, problem)
        return feed(lang, bench(), {}), *astuple(plan), *areas

    def poll(event):
        mine = bench()
        if mine.run is not None:
            mine.run.polled = time.monotonic()
        return feed(lang, mine, event)

    def turn(*values):
        plan = Plan.checked(*values)
        run = bench().run
        if run is not None and not run.over:
            run.tune(plan.beta, plan.rate)
        return view.noted(lang, plan)

    def take(event, _data, *rest):
        try:
            return receive(lang, event), gr.update(value="own"), view.noted(lang, Plan.checked("own", *rest))
        except limits.Refused as refusal:  # said where the zip was chosen
            return view.upload(lang, refused=refusal.sentence), gr.skip(), gr.skip()

    events.connect_pick(screen, press, knobs, [feed_area], notice, lang)
    events.connect_pick(problems, choose, knobs, [feed_area, *knobs, problems, noted], notice, lang)
    events.connect_pick(feed_area, poll, [], [feed_area], notice, lang)
    events.connect_pick(upload, take, knobs, [upload, knobs[0], noted], notice, lang)
    events.connect([knob.input for knob in knobs], turn, knobs, [noted], notice, lang)


def act(lang: str, event: dict, plan: Plan) -> str:
    """Start, go on, one step, pause, stop. Raises Refused."""
    what = limits.one_of(event.get("act"), ("start", "run", "step", "pause", "stop"), texts.BUTTONS["group"])
    mine = bench()
    if what == "start" or (what in ("run", "step") and (mine.run is None or mine.run.over)):
        start(plan, "step" if what == "step" else "run")
    else:
        mine.ask(what)
    return feed(lang, mine, event)


def start(plan: Plan, asked: str) -> None:
    """A new training of the current visitor, whose model the other tabs get. Raises Refused."""
    visitor = store.visitor()

    def keep(own: Own) -> None:
        visitor.own = own

    bench().start(plan, keep, asked)


def chosen_plan(event: dict, plan: Plan) -> tuple[Plan, str]:
    """The plan with a usual problem in it, or with one of its cures; and the problem. Raises Refused."""
    name = limits.one_of(event.get("problem"), tuple(PROBLEMS), texts.USUAL)
    planned, cures = PROBLEMS[name]
    cure = cures[limits.whole(event["cure"], 0, len(cures) - 1, texts.CURES)] if "cure" in event else {}
    return replace(Plan(data=plan.data), **planned | cure), name


def receive(lang: str, event: dict) -> str:
    """An uploaded zip into the visitor's bench; what is said of it. Raises Refused."""
    if event.get("problem"):
        raise limits.Refused(texts.HEAVY if event["problem"] == "too_heavy" else core_texts.FAILED)
    bench().pictures = sets.read_zip(event.get("path"))
    return view.upload(lang, bench().pictures)


def offer_own(lang: str, menus: list[gr.HTML]) -> None:
    """When a visitor's model was trained, this tab's script rings a bell, and all menus of models offer it."""
    notice, bell = events.notice(), parts.html("", "train-feed", script="train/bell")

    def offer(_event):
        return (gr.update(**menu.own()),) * len(menus)

    events.connect_pick(bell, offer, [], menus, notice, lang)
