"""The demo as a visitor sees it: headless Chromium, both languages, wide and narrow (pytest -m browser)."""

import re
import tomllib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from helpers.browser import after, each_language, in_a_browser, serious, sources, switch
from helpers.demo import ROOT
from helpers.screenshots import WIDTHS
from PIL import Image

from vae_course.demo import page
from vae_course.text import pick

pytestmark = in_a_browser
DEMO = ROOT / "vae_course" / "demo"
AXE = {"es": 390, "en": 1280}  # the width at which axe looks: two things that don't meet
TAB = {
    "generate": {"es": "Generar", "en": "Generate"},
    "reconstruct": {"es": "Reconstruir", "en": "Reconstruct"},
    "mix": {"es": "Mezclar", "en": "Mix"},
}


# every page


@each_language
@pytest.mark.parametrize("tab", page.TABS)
def test_each_tab_opens_in_its_language_fits_and_can_be_heard(visit, tab, lang):
    view = visit(tab, lang)
    name = pick(page.MODULES[tab].texts.NAME, lang)
    assert view.get_by_role("tab", name=name, exact=True).get_attribute("aria-selected") == "true"
    assert len(sources(view, f"#tab-{tab} img")) >= 3
    assert view.evaluate("document.documentElement.lang") == lang
    assert view.title() == {"es": "Taller de VAE", "en": "VAE Workshop"}[lang]
    for hidden in ("footer", ".nav-holder"):
        assert not [found for found in view.locator(hidden).all() if found.is_visible()]
    said = view.evaluate(SAID)
    assert [text for text in only_in({"es": "en", "en": "es"}[lang]) if text in said] == []
    assert not re.search(r"number input for|range slider for|Drop File|Click to Upload", said)
    assert view.evaluate(WORDLESS) == [] == view.evaluate(NAMELESS)
    for width in (1280, 390):
        view.set_viewport_size({"width": width, "height": WIDTHS[width]})
        assert view.evaluate("document.documentElement.scrollWidth") <= width
        assert view.evaluate(RIGHTMOST, tab) <= width
        if width == AXE[lang]:
            assert serious(view) == []


def test_axe_finds_nothing_serious_in_the_dark(visit):
    """In any tab, one after the other."""
    first, *others = page.TABS
    view = visit(first, "en", color_scheme="dark")
    found = [(first, *one) for one in serious(view)]
    for tab in others:
        switch(view, tab, "en")
        found += [(tab, *one) for one in serious(view)]
    assert found == []


SAID = """() => [document.body.innerText, ...[...document.querySelectorAll('*')].flatMap(e =>
  e.closest('[lang]') !== document.documentElement ? [] :
  ['aria-label', 'alt', 'title', 'placeholder'].map(key => e.getAttribute(key) || ''))].join('\\n')"""
WORDLESS = """() => [...document.querySelectorAll('img')].filter(e => e.checkVisibility() && !e.hasAttribute('alt'))
  .map(e => e.outerHTML.slice(0, 80))"""
NAMELESS = """() => [...document.querySelectorAll('button, input, select, textarea, a')].filter(e =>
    e.checkVisibility() && !(e.getAttribute('aria-label') || e.innerText.trim() || e.querySelector('img')?.alt ||
      e.closest('label')?.innerText.trim()))
  .map(e => e.outerHTML.slice(0, 120))"""
RIGHTMOST = """tab => Math.max(...[...document.querySelectorAll(`#tab-${tab} :not(svg *)`)]
  .map(e => e.getBoundingClientRect().right))"""


def only_in(lang: str) -> list[str]:
    """What the demo says in one language, as far as the other does not say it too, where it is long enough."""
    both = [text for path in DEMO.rglob("*.toml") for text in bilingual(tomllib.loads(path.read_text("utf-8")))]
    assert len(both) > 500
    others = " ".join(text["en" if lang == "es" else "es"] for text in both)
    begins = {re.sub("<[^>]*>", "", re.split(r"[{\n]", text[lang])[0]).strip() for text in both}
    return [text for text in begins if len(text) > 5 and text not in others and text not in ("English", "Español")]


def bilingual(table: dict) -> Iterator[dict[str, str]]:
    if table.keys() == {"es", "en"}:
        yield table
    else:
        for value in table.values():
            yield from bilingual(value) if isinstance(value, dict) else ()


@each_language
def test_the_switch_keeps_the_tab_and_changes_the_language(visit, lang):
    other = "en" if lang == "es" else "es"
    view = visit("generate", lang)
    view.get_by_role("tab", name=TAB["mix"][lang]).click()
    view.wait_for_url("**tab=mix")
    view.locator("a.switch").click()
    view.get_by_role("tab", name=TAB["mix"][other]).wait_for()
    view.locator(".strip img").first.wait_for()
    assert view.get_by_role("tab", name=TAB["mix"][other]).get_attribute("aria-selected") == "true"
    assert urlsplit(view.url).path == {"es": "/", "en": "/en"}[other]


def test_the_page_is_dark_where_the_visitor_likes_it_dark(visit):
    light, dark = (
        visit("generate", "es", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert sum(map(int, re.findall(r"\d+", light)[:3])) > 600 > 200 > sum(map(int, re.findall(r"\d+", dark)[:3]))


def test_small_pictures_are_enlarged_crisply(visit):
    view = visit("reconstruct", "es")
    styles = view.evaluate("[...document.querySelectorAll('.cross img')].map(e => getComputedStyle(e).imageRendering)")
    assert set(styles) == {"pixelated"}


# two visitors


def test_visitors_do_not_see_each_others_pictures(visit, tmp_path):
    Image.new("RGB", (64, 64), (10, 250, 10)).save(tmp_path / "green.png")
    one, two = visit("reconstruct", "es"), visit("reconstruct", "es")
    theirs = sources(two, "#tab-reconstruct .picked img")
    upload = one.locator('input[type="file"]').locator("visible=true")
    after(one, "#tab-reconstruct .picked img", lambda: upload.set_input_files(tmp_path / "green.png"))
    two.get_by_role("button", name="Sortear de nuevo").click()
    two.wait_for_timeout(500)
    assert sources(two, "#tab-reconstruct .picked img") == theirs


@pytest.mark.parametrize("tab", ["generate", "features", "beta"])
def test_files_are_named_in_the_pages_language(visit, tab):
    names = {}
    for lang in ("es", "en"):
        view = visit(tab, lang)
        names[lang] = view.locator(f"#tab-{tab} [data-save]").evaluate_all("all => all.map(one => one.dataset.save)")
    assert names["es"] and len(names["es"]) == len(names["en"])
    assert all(re.fullmatch(r"[a-z0-9.-]+\.png", name) for lang in names for name in names[lang])
    assert not set(names["es"][-1:]) & set(names["en"])
