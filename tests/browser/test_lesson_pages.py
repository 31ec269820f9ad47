"""Pages of the lessons, in one language each, without a network: formulas are drawn, nothing sticks out, folds open."""

import itertools

import pytest
from helpers.grading import ROOT

from vae_course.course import notebooks, page, source
from vae_course.exercises import LESSONS
from vae_course.text import LANGUAGES

pytestmark = pytest.mark.browser
PAPER = 642  # pixels of A4 between the margins
READY = "document.fonts.ready.then(() => document.fonts.check('16px \"STIX Two Math of the course\"'))"
SIZES = """[...document.querySelectorAll('math')].map((one) => one.getBoundingClientRect())
    .map((box) => [box.width, box.height])"""
STICKS_OUT = """[...document.querySelectorAll('main *')].filter((one) => !one.closest('math *, pre *, table *')
    && one.getBoundingClientRect().right > document.querySelector('main').getBoundingClientRect().right + 1)
    .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture(params=[*zip(LESSONS, itertools.cycle(LANGUAGES), strict=False)], ids="-".join)
def view(request, chromium, tmp_path):
    """A lesson's page, opened from its file, the network cut."""
    name, lang = request.param
    notebook = notebooks.teachers(source.read(name, ROOT), lang, ROOT)
    path = tmp_path / f"{name}.html"
    path.write_text(page.html(notebook, name), encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 860})
    opened, asked, errors = context.new_page(), [], []
    opened.on("request", lambda one: asked.append(one.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: message.type == "error" and errors.append(message.text))
    opened.goto(path.as_uri())
    yield opened
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()] and errors == []


def test_formulas_are_drawn_and_it_prints_well(view):
    assert view.evaluate(READY)
    folded = view.locator("details:not([open])").count()
    view.locator("details").evaluate_all("(folds) => folds.forEach((fold) => { fold.open = true; })")
    sizes = view.evaluate(SIZES)
    assert sizes and min(min(size) for size in sizes) > 2
    for width, media in ((1280, "screen"), (390, "screen"), (PAPER, "print")):
        view.set_viewport_size({"width": width, "height": 860})
        view.emulate_media(media=media)
        assert view.evaluate(STICKS_OUT) == [], (width, media)
    assert view.evaluate("[...document.querySelectorAll('pre')].every((one) => one.scrollWidth <= one.clientWidth + 1)")
    view.locator("details").evaluate_all("(folds) => folds.forEach((fold) => { fold.open = false; })")
    view.evaluate("addEventListener('beforeprint', () => { window.closed_on_paper = "
                  "document.querySelectorAll('details:not([open])').length; })")  # fmt: skip
    assert view.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert view.evaluate("window.closed_on_paper") == 0
    assert view.locator("details:not([open])").count() == folded
