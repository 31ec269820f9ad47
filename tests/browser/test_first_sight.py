"""What a visitor sees before Gradio's scripts have come, and how tabs are filled when they are opened."""

import itertools
import re

import pytest
from helpers.browser import SOON, each_language, in_a_browser, in_english, in_spanish

from vae_course.demo import page
from vae_course.text import LANGUAGES, pick

pytestmark = in_a_browser


@pytest.fixture
def bare(server, chromium):
    """bare(path) -> a page to which none of Gradio's scripts and styles come."""
    contexts = []

    def open_page(path):
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)
        view = context.new_page()
        view.route(re.compile("/assets/|/scripts/|theme.css"), lambda route: route.abort())
        view.goto(server.url + path, wait_until="commit")
        return view

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("tab", "lang"), [*zip(page.TABS, itertools.cycle(LANGUAGES), strict=False)])
def test_a_tabs_sentence_can_be_read_before_any_script_has_come(bare, lang, tab):
    view = bare(f"/{page.ADDRESSES[lang]}?tab={tab}")
    view.get_by_role("heading", level=1, name=pick(page.texts.TITLE, lang)).wait_for(timeout=SOON)
    view.get_by_text(pick(page.MODULES[tab].texts.LEAD, lang), exact=True).wait_for(timeout=SOON)
    assert view.locator(".first-sight .lead:visible").count() == 1
    for width in (1280, 390):
        view.set_viewport_size({"width": width, "height": 800})
        assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")


@each_language
def test_the_page_takes_over_without_leaving_a_second_heading(visit, lang):
    view = visit("start", lang)
    assert view.locator("h1").count() == 1
    assert view.locator(".first-sight").count() == 0


@in_spanish
def test_a_tab_is_asked_for_when_it_is_opened_and_only_once(visit, lang):
    view = visit("start", lang)
    view.wait_for_function("!document.documentElement.classList.contains('restoring')", timeout=SOON)
    calls = []
    view.on("request", lambda request: calls.append(request.post_data or "") if request.method == "POST" else None)
    view.get_by_role("tab", name=pick(page.MODULES["beta"].texts.NAME, lang), exact=True).click()
    view.locator("#tab-beta img").locator("visible=true").first.wait_for(timeout=SOON)
    asked = len(calls)
    assert asked >= 1
    view.get_by_role("tab", name=pick(page.MODULES["start"].texts.NAME, lang), exact=True).click()
    view.get_by_role("tab", name=pick(page.MODULES["beta"].texts.NAME, lang), exact=True).click()
    view.locator("#tab-beta img").locator("visible=true").first.wait_for(timeout=SOON)
    fills = [body for body in calls[asked:] if '"data":[{}]' in body]
    assert fills == []


@in_english
def test_opening_pictures_are_files_and_every_one_arrives(visit, lang):
    view = visit("start", lang)
    view.wait_for_function(
        "[...document.querySelectorAll('#tab-start img')].every((image) => image.complete && image.naturalWidth)",
        timeout=SOON,
    )
    sources = view.evaluate("[...document.querySelectorAll('#tab-start img')].map((i) => i.getAttribute('src'))")
    assert sum(source.startswith("published/") for source in sources) > 5
