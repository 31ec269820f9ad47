"""The demo as a visitor sees it: headless Chromium, both languages, wide and narrow (pytest -m browser)."""

import ast
import re
from urllib.parse import urlsplit

import pytest
from helpers.browser import after, each_language, each_view, in_a_browser, sources
from helpers.demo import ROOT
from PIL import Image

pytestmark = in_a_browser
TAB = {
    "generate": {"es": "Generar", "en": "Generate"},
    "reconstruct": {"es": "Reconstruir", "en": "Reconstruct"},
    "mix": {"es": "Mezclar", "en": "Mix"},
}


# every page


@each_view
@pytest.mark.parametrize("tab", list(TAB))
def test_each_tab_opens_with_pictures_and_fits_the_window(visit, tab, lang, width):
    view = visit(tab, lang, width)
    assert view.get_by_role("tab", name=TAB[tab][lang]).get_attribute("aria-selected") == "true"
    assert len(sources(view, f"#tab-{tab} img")) >= 3
    assert view.evaluate("document.documentElement.lang") == lang
    assert view.title() == {"es": "Taller de VAE", "en": "VAE Workshop"}[lang]
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    rights = view.evaluate(f"[...document.querySelectorAll('#tab-{tab} *')].map(e => e.getBoundingClientRect().right)")
    assert max(rights) <= width
    for hidden in ("footer", ".nav-holder"):
        assert not [found for found in view.locator(hidden).all() if found.is_visible()]


@each_language
@pytest.mark.parametrize("tab", list(TAB))
def test_everything_on_the_page_is_in_its_language(visit, tab, lang):
    view = visit(tab, lang)
    said = view.evaluate(
        """() => [document.body.innerText, ...[...document.querySelectorAll('*')].flatMap(e =>
           e.closest('[lang]') !== document.documentElement ? [] :
           ['aria-label', 'alt', 'title', 'placeholder'].map(key => e.getAttribute(key) || ''))].join('\\n')"""
    )
    wrong = [text for text in texts("en" if lang == "es" else "es") if text in said]
    assert wrong == []
    assert not re.search(r"number input for|range slider for|Drop File|Click to Upload", said)


def texts(lang: str) -> list[str]:
    """What the demo says in that language only, where it is long enough to be told apart."""
    found = []
    for path in (ROOT / "vae_course" / "demo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Both":
                values = {word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
                text = re.sub("<[^>]*>", "", re.split(r"\{", values.get(lang, ""))[0]).strip()
                if len(text) > 5 and text not in (values["es"], values["en"])[lang == "es"]:
                    found.append(text)
    switch = {"English", "Español"}
    return [text for text in found if text not in switch]


@each_language
@pytest.mark.parametrize("tab", list(TAB))
def test_every_picture_has_words_and_every_control_a_name(visit, tab, lang):
    view = visit(tab, lang)
    bare = view.evaluate(
        """() => [...document.querySelectorAll('img')].filter(e => e.offsetParent && !e.hasAttribute('alt'))
           .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert bare == []
    nameless = view.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea, a')].filter(e => e.offsetParent &&
             !(e.getAttribute('aria-label') || e.innerText.trim() || e.closest('label')?.innerText.trim()))
           .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


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
