"""The whole page, once in each language: a header, the tabs, and how each is filled when it is first opened."""

import copy
import logging
import sys
from collections import defaultdict
from functools import partial
from importlib import import_module
from threading import Lock

import gradio as gr

from ..text import LANGUAGES, pick
from ..web import files
from . import api, texts
from .core import events, model, published, store
from .core.address import HOME, Tab
from .tabs.questions.tab import pinboard
from .tabs.train.tab import offer_own
from .ui import parts
from .ui.html import render

TABS = ("start", "generate", "reconstruct", "mix", "map", "features", "beta", "train", "questions")  # in the address
MODULES = {name: import_module(f".tabs.{name}.tab", __package__) for name in TABS}  # with texts and build(lang)
READY = "start"  # comes with the page; the others are filled when they are opened
ADDRESSES = {lang: home.removeprefix("./") for lang, home in HOME.items()}
KEPT_FOR = 600  # seconds that uploads and files made for scripts stay on disk
EMPTY = "no models in vae_course/weights: fetch the repository again, with all its files"
log = logging.getLogger(__name__)
_built: dict[str, dict[str, Tab]] = {}  # language -> tabs
_opening: dict[tuple[str, str], tuple] = {}  # (language, tab) -> what a new visitor sees of it
_computing: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)


def build(guest=None) -> gr.Blocks:
    """The demo: Spanish at /, English at /en, and three endpoints for scripts. guest: what vae_course/own_code adds."""
    if not model.ordered():
        sys.exit(f"error: {EMPTY}")
    demo = gr.Blocks(title=texts.TITLE.es, analytics_enabled=False, delete_cache=(60, KEPT_FOR))
    demo.route(texts.SWITCH.es, ADDRESSES["en"], show_in_navbar=False)
    with demo:  # once for both pages: each time that it ends, Gradio makes its whole application
        demo.current_page = ADDRESSES["es"]
        _page(demo, "es", guest)
        api.register()
        demo.current_page = ADDRESSES["en"]
        _page(demo, "en", guest)
    return demo


def header(lang: str) -> str:
    """Title, subtitle, the way to the other language; page.js reads from it which tabs there are."""
    other = next(one for one in LANGUAGES if one != lang)
    return render(
        "ui/header.html", lang, texts=texts, tabs=TABS, ready=READY, other=other, home=HOME[other],
        names={name: pick(tab.texts.NAME, lang) for name, tab in MODULES.items()}, engine=files.engine(),
    )  # fmt: skip


def _page(demo: gr.Blocks, lang: str, guest) -> None:
    parts.html(header(lang), "page-header")
    pinboard(lang)
    if guest:
        guest.banner(lang)
    built, notices = {}, {}
    with gr.Tabs(elem_classes="tabs") as tabs:
        for name in TABS:
            with gr.Tab(pick(MODULES[name].texts.NAME, lang), id=name, elem_id=f"tab-{name}") as tab:
                parts.lead(MODULES[name].texts, lang)
                notices[name] = events.notice()
                built[name] = MODULES[name].build(lang)
                if guest:
                    guest.panel(lang, name, built[name])
            tab.select(None, js=f"() => window.vaeCourse.tabChosen('{name}')", api_visibility="private")
    demo.load(None, outputs=tabs, js="() => window.vaeCourse.tabFromAddress()", api_visibility="private")
    _built[lang] = built
    held = _held_by_page(built[READY])
    demo.load(None, outputs=held, js="() => window.vaeCourse.ready()", api_visibility="private")
    _connect_filling(lang, built, notices)
    offer_own(lang, [menu for tab in built.values() for menu in tab.menus])


def _held_by_page(tab: Tab) -> list:
    """The outputs that a browser can set: a State lives on the server, and begins as the tab opens."""
    return [component for component in tab.outputs if not isinstance(component, gr.State)]


def ready(lang: str) -> list:
    """What the tab that comes with the page opens with, for page.js to hand to Gradio; nothing where that fails."""
    tab = _built[lang][READY]
    try:
        values = opening(lang, READY)
    except Exception:  # the page comes all the same, and says so when it asks for the tab
        log.exception("opening %s", READY)
        values = (gr.skip(),) * len(tab.outputs)
    return [value for component, value in zip(tab.outputs, values, strict=True) if component in _held_by_page(tab)]


def prepare() -> None:
    """Makes what all tabs open with, in the order in which they stand."""
    for name in TABS:
        for lang in LANGUAGES:
            try:
                opening(lang, name)
            except Exception:  # whoever opens the tab is told; a thread that nobody waits for has nobody to tell
                log.exception("preparing %s", name)


def _connect_filling(lang: str, built: dict[str, Tab], notices: dict[str, gr.HTML]) -> None:
    """When page.js says that a tab is opened, it gets what the address asks for, else its opening state."""
    opener = parts.html("", "opener", script="ui/opener", events=TABS)
    values = gr.JSON({}, visible=False)
    for name, tab in built.items():
        run = events.guarded(partial(_filling, lang, name, tab), [values], tab.outputs, lang)
        script = f"() => window.vaeCourse.valuesFor('{name}')"
        filled = getattr(opener, name)(run, [values], [notices[name], *tab.outputs], js=script, **events.CHEAP)
        filled.then(None, js=f"() => window.vaeCourse.filled('{name}')", api_visibility="private")


def _filling(lang: str, name: str, tab: Tab, values: dict) -> tuple:
    wanted = {key: value for key, value in values.items() if isinstance(value, str)}
    if wanted or not store.visitor().new:
        return tab.fill(wanted)
    came_with_page = name == READY and (lang, name) in _opening
    return (gr.skip(),) * len(tab.outputs) if came_with_page else opening(lang, name)


def opening(lang: str, name: str) -> tuple:
    """What a new visitor sees of a tab: the same for all, so computed once, its pictures kept by the browser."""
    with _computing[lang, name]:
        if (lang, name) not in _opening:
            values = _built[lang][name].fill({})
            _opening[lang, name] = tuple(published.in_html(v) if isinstance(v, str) else v for v in values)
        return copy.deepcopy(_opening[lang, name])  # Gradio empties the updates that it sends
