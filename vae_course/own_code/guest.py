"""What the page gains with `python app.py --with FILE`: a line above the tabs, and in some a panel below the rest."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ..demo.core import address, events
from ..demo.core.address import Tab
from ..demo.core.choice import picked
from ..demo.core.model import first, ordered, shipped, take
from ..demo.ui import html, parts
from ..text import Both
from . import texts
from .compare import compared
from .runner import Runner
from .source import Unusable
from .trials import SHOWN as SHOWN
from .trials import TRIALS, At, Trial

HERE = Path(__file__).parent
MOST = 9  # draws that are shown
NAMED = 3  # models that are recommended where another does not fit

# tab -> which of its outputs say what it shows, which of them is new whenever that is, and what to make of them
WATCHED: dict[str, tuple[tuple[int, ...], int, Callable[..., At]]] = {
    "generate": ((0, 1, 2, 3), 5, lambda model, seed, count, temperature: At(
        model, int(seed), min(int(count), MOST), float(temperature))),
    "reconstruct": ((0, 2, 3), 5, lambda model, picture, seed: At(model, int(seed), picked=picked(model, picture))),
    "mix": ((0, 1, 2, 3), 4, lambda model, a, b, path: At(
        model, picked=picked(model, a), to=picked(model, b), path=path)),
    "features": ((0, 1), 3, lambda model, picture: At(model, picked=picked(model, picture))),
    "train": ((), 6, lambda: At(take(first("drawn")))),
}  # fmt: skip


class Guest:
    """What `page.build` adds for a student's file."""

    def __init__(self, runner: Runner):
        self._runner = runner
        self._lines: dict[str, Any] = {}  # language -> the line's component

    def banner(self, lang: str) -> None:
        """The line above all tabs, in the Blocks context that is open."""
        with self._runner.session() as session:
            self._lines[lang] = parts.html(self._line(lang, session.source.found), "own-code-line")

    def panel(self, lang: str, name: str, tab: Tab) -> None:
        """A tab's panel, below all else in it; none in a tab that asks nothing of the student's functions."""
        if name not in WATCHED:
            return
        numbers, watched, at = WATCHED[name]
        notice, area = events.notice(), parts.html("", "own-code")
        shown: Any = tab.outputs[watched]
        ways = ("change", "shown")  # by the server, by the page
        news = [getattr(shown, way) for way in ways if hasattr(shown, way)]
        inputs, outputs = [tab.outputs[number] for number in numbers], [area, self._lines[lang]]
        events.connect(news, partial(self._shown, lang, name, at), inputs, outputs, notice, lang)

    def _line(self, lang: str, found: list[str], wrong: Both | None = None) -> str:
        tabs = {tab: [one.name for one in trials if one.name in found] for tab, trials in TRIALS.items()}
        return render(
            "line.html", lang, file=self._runner.file.name, warning=self._runner.warning(), wrong=wrong,
            tabs={tab: names for tab, names in tabs.items() if names}, style=(HERE / "style.css").read_text("utf-8"),
            unshown=[name for name in found if name not in SHOWN],
        )  # fmt: skip

    def _shown(self, lang: str, tab: str, at: Callable[..., At], *values) -> tuple[str, str]:
        here = at(*values)
        try:
            with self._runner.session() as session:
                found = session.source.found
                there = [trial for trial in TRIALS[tab] if trial.name in found]
                unfit = [trial for trial in there if not trial.fits(here)]
                results = [compared(trial, here, session) for trial in there if trial not in unfit]
        except Unusable as error:
            return "", self._line(lang, [], error.sentence)
        panel = render(
            "panel.html", lang, tab=tab, file=self._runner.file.name, results=results,
            unfit=[trial.name for trial in unfit], better=_better(unfit, here),
            missing=[trial.name for trial in TRIALS[tab] if trial.name not in found],
        )  # fmt: skip
        return panel, self._line(lang, found)


def _better(unfit: list[Trial], here: At) -> list[Both]:
    """The titles of the first models with which all this would fit, in the order of the menus."""
    models = (replace(here, model=shipped(name)) for name in ordered())
    fitting = (at.model.title for at in models if unfit and all(trial.fits(at) for trial in unfit))
    return list(islice(fitting, NAMED))


def render(template: str, lang: str, **values) -> Markup:
    """A template of this room, or of the demo, with these values in it."""
    return Markup(
        environment().get_template(template).render(lang=lang, here=address.HOME[lang], texts=texts, **values)
    )


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    demo = html.environment()
    assert demo.loader
    return demo.overlay(loader=jinja2.ChoiceLoader([demo.loader, jinja2.FileSystemLoader(HERE / "templates")]))
