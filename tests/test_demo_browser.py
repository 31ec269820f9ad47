"""The demo as a visitor sees it: headless Chromium, both languages, wide and narrow (pytest -m browser)."""

import ast
import re
from urllib.parse import urlsplit

import numpy as np
import pytest
from demo_server import ROOT, served
from PIL import Image

from vae_course.demo import screenshots

pytest.importorskip("playwright", reason="Playwright is not installed: pip install playwright")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(screenshots.browser_path() is None, reason="no Chromium on this machine"),
]
OTHER = {"es": "en-US", "en": "es-MX"}  # what the browser speaks: never the page's language
TAB = {
    "generate": {"es": "Generar", "en": "Generate"},
    "reconstruct": {"es": "Reconstruir", "en": "Reconstruct"},
    "mix": {"es": "Mezclar", "en": "Mix"},
}
SOON = 30_000  # milliseconds, on a machine that does other things too
each_language = pytest.mark.parametrize("lang", ["es", "en"])
each_width = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    with screenshots.browser() as browser:
        yield browser


@pytest.fixture
def visit(server, chromium):
    """visit(tab, lang, width=1280) -> the page, watched: it may call nobody else and report no error."""
    contexts, elsewhere, errors = [], [], []

    def open_page(tab, lang, width=1280, **more):
        context = chromium.new_context(
            viewport={"width": width, "height": screenshots.WIDTHS[width]}, locale=OTHER[lang], **more
        )
        contexts.append(context)
        view = context.new_page()
        view.set_default_timeout(SOON)
        view.on("request", lambda request: urlsplit(request.url).scheme in ("data", "blob") or own(request.url))
        view.on("pageerror", lambda error: errors.append(str(error)))
        view.on("console", lambda message: message.type == "error" and errors.append(message.text))
        screenshots.open_tab(view, server.url, lang, tab, SOON)
        return view

    def own(url):
        if urlsplit(url).hostname != "127.0.0.1":
            elsewhere.append(url)

    yield open_page
    for context in contexts:
        context.close()
    assert elsewhere == []
    assert errors == []


def sources(view, selector: str) -> list[str]:
    """The visible pictures' own bytes, as data URIs."""
    return [image.get_attribute("src") for image in view.locator(selector).locator("visible=true").all()]


def after(view, selector: str, action) -> tuple[list[str], list[str]]:
    """The pictures before and after an action that should change the first of them."""
    before = sources(view, selector)
    action()
    view.wait_for_function(
        "([selector, before]) => {const image = [...document.querySelectorAll(selector)].find(e => e.offsetParent);"
        "return image && image.src !== before}",
        arg=[selector, before[0]],
        timeout=SOON,
    )
    return before, sources(view, selector)


def choose_model(view, lang: str, name: str) -> None:
    from vae_course.demo import models
    from vae_course.text import pick

    view.get_by_role("combobox").locator("visible=true").click()
    view.get_by_role("option", name=pick(models.title(name), lang), exact=True).click()


# every page


@each_language
@each_width
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
    for path in (ROOT / "vae_course" / "demo").glob("*.py"):
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
    styles = view.evaluate("[...document.querySelectorAll('.trio img')].map(e => getComputedStyle(e).imageRendering)")
    assert set(styles) == {"pixelated"}


# generate


@each_language
@each_width
def test_another_seed_gives_other_pictures_in_both_panels(visit, lang, width):
    view = visit("generate", lang, width)
    name = {"es": "Otra semilla", "en": "Another seed"}[lang]
    before, now = after(view, ".panel img", lambda: view.get_by_role("button", name=name).click())
    assert len(before) == len(now) == 32
    assert not set(before) & set(now)


def test_controls_change_what_they_say(visit):
    view = visit("generate", "en")
    view.get_by_label("The fitted Gaussian").check()
    view.wait_for_function("document.querySelectorAll('.panel').length === 1")
    assert view.locator(".panel h3").inner_text() == "z from the fitted Gaussian"
    count = view.get_by_role("spinbutton", name="How many")
    count.fill("5")
    count.press("Enter")
    view.wait_for_function("document.querySelectorAll('.panel img').length === 5")
    temperature = view.get_by_role("spinbutton", name="Temperature")
    temperature.fill("0")
    temperature.press("Enter")
    view.wait_for_function(
        "new Set([...document.querySelectorAll('.panel img')].map(e => e.src)).size === 1", timeout=SOON
    )


@each_language
def test_a_seed_that_is_none_gets_a_sentence_and_leaves_the_pictures(visit, lang):
    view = visit("generate", lang)
    before = sources(view, ".panel img")
    view.get_by_role("spinbutton", name={"es": "Semilla", "en": "Seed"}[lang]).fill("-5")
    notice = view.get_by_role("alert")
    notice.wait_for()
    assert notice.inner_text().startswith({"es": "La semilla debe ser", "en": "The seed must be"}[lang])
    assert sources(view, ".panel img") == before


@each_language
def test_another_model_changes_pictures_and_description(visit, lang):
    view = visit("generate", lang)
    shown = view.locator(".about .numbers").locator("visible=true").inner_text()
    choose_model(view, lang, "fashion")
    view.wait_for_function("document.querySelector('.panel img').naturalWidth === 28")
    assert view.locator(".about .numbers").locator("visible=true").inner_text() != shown


def test_the_sheet_is_saved_as_png(visit, tmp_path):
    view = visit("generate", "es")
    with view.expect_download() as waiting:
        view.locator(".panel .save").first.click()
    waiting.value.save_as(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.format == "PNG" and sheet.width == sheet.height >= 500
        assert np.asarray(sheet).std() > 5


# reconstruct


@each_language
@each_width
def test_a_picture_is_picked_by_clicking_it(visit, lang, width):
    view = visit("reconstruct", lang, width)
    tile = view.locator("button.tile").nth(6)
    before, now = after(view, ".trio img", tile.click)
    assert all(a != b for a, b in zip(before, now, strict=True))
    assert tile.get_attribute("aria-pressed") == "true"
    assert view.locator('button.tile[aria-pressed="true"]').count() == 1
    assert len(sources(view, ".draws img")) == 8


def test_a_picture_is_picked_with_the_keyboard(visit):
    view = visit("reconstruct", "en")
    view.locator("button.tile").nth(3).focus()
    before, now = after(view, ".trio img", lambda: view.keyboard.press("Enter"))
    assert before[0] != now[0]


@each_language
def test_drawing_again_changes_the_draws_only(visit, lang):
    view = visit("reconstruct", lang)
    trio = sources(view, ".trio img")
    name = {"es": "Sortear de nuevo", "en": "Draw again"}[lang]
    before, now = after(view, ".draws img", lambda: view.get_by_role("button", name=name).click())
    assert not set(before) & set(now)
    assert sources(view, ".trio img") == trio


@each_language
@each_width
def test_ones_own_picture_goes_through_the_model(visit, tmp_path, lang, width):
    Image.new("RGB", (300, 200), (250, 10, 10)).save(tmp_path / "red.png")
    view = visit("reconstruct", lang, width)
    upload = view.locator('input[type="file"]').locator("visible=true")
    before, now = after(view, ".trio img", lambda: upload.set_input_files(tmp_path / "red.png"))
    assert before != now
    caption = view.locator(".trio figcaption").first.inner_text()
    assert caption == {"es": "Imagen subida", "en": "Uploaded picture"}[lang]
    assert view.locator('button.tile[aria-pressed="true"]').count() == 0
    after(view, ".trio img", view.locator("button.tile").nth(2).click)
    assert view.locator('[data-chosen="true"]').count() == 0
    upload.set_input_files(tmp_path / "red.png")  # the same once more
    view.locator('[data-chosen="true"]').wait_for(state="attached")
    assert view.locator('button.tile[aria-pressed="true"]').count() == 0
    choose_model(view, lang, "fashion")  # and through another one
    view.wait_for_function("document.querySelector('.trio img').naturalWidth === 28")
    assert view.locator(".trio figcaption").first.inner_text() == caption


@each_language
@pytest.mark.parametrize("wrong", ["text", "wide", "heavy", "vast"])
def test_a_bad_upload_gets_a_sentence_in_the_pages_language(visit, tmp_path, lang, wrong):
    file = tmp_path / "picture.png"
    if wrong == "text":
        file.write_text("words " * 100)
    elif wrong == "wide":
        Image.new("L", (20_000, 40)).save(file)
    else:  # one that the server would answer itself, one beyond what it takes
        file.write_bytes(b"\0" * {"heavy": 10, "vast": 14}[wrong] * 2**20)
    view = visit("reconstruct", lang)
    before = sources(view, ".trio img")
    view.locator('input[type="file"]').locator("visible=true").set_input_files(file)
    notice = view.get_by_role("alert")
    notice.wait_for()
    expected = {
        "text": {"es": "no es una imagen", "en": "not a picture"},
        "wide": {"es": "demasiados píxeles", "en": "too many pixels"},
        "heavy": {"es": "pesa demasiado", "en": "too heavy"},
        "vast": {"es": "pesa demasiado", "en": "too heavy"},
    }
    assert expected[wrong][lang] in notice.inner_text()
    assert sources(view, ".trio img") == before
    after(view, ".trio img", view.locator("button.tile").nth(5).click)
    assert view.get_by_role("alert").count() == 0


# mix


@each_language
@each_width
def test_two_clicks_choose_the_ends_of_the_strip(visit, lang, width):
    view = visit("mix", lang, width)
    first, second = (view.locator(f'button.tile[data-side="{side}"]') for side in "ab")
    before, one = after(view, ".strip img", first.nth(8).click)
    assert len(before) == len(one) == 11
    assert one[0] != before[0] and one[10] == before[10]
    second.nth(2).click()
    view.wait_for_function(
        "before => document.querySelectorAll('.strip img')[10].src !== before", arg=one[10], timeout=SOON
    )
    two = sources(view, ".strip img")
    assert two[0] == one[0] and len(set(two)) == 11


def test_the_arc_bends_the_middle_of_the_strip_only(visit):
    view = visit("mix", "es")
    before = sources(view, ".strip img")
    view.get_by_label("Arco (slerp)").check()
    view.wait_for_function("before => document.querySelectorAll('.strip img')[5].src !== before", arg=before[5])
    now = sources(view, ".strip img")
    assert now[0] == before[0] and now[10] == before[10]


@each_language
def test_an_upload_can_be_an_end(visit, tmp_path, lang):
    Image.new("RGB", (80, 80), (10, 10, 250)).save(tmp_path / "blue.png")
    view = visit("mix", lang)
    before = sources(view, ".strip img")
    view.locator('input[type="file"][data-side="b"]').set_input_files(tmp_path / "blue.png")
    view.wait_for_function("before => document.querySelectorAll('.strip img')[10].src !== before", arg=before[10])
    assert sources(view, ".strip img")[0] == before[0]
    assert view.locator('button.tile[data-side="b"][aria-pressed="true"]').count() == 0
    assert view.locator('button.tile[data-side="a"][aria-pressed="true"]').count() == 1


def test_each_step_is_saved_as_the_png_that_is_shown(visit, tmp_path):
    import base64
    import io

    view = visit("mix", "en")
    with view.expect_download() as waiting:
        view.get_by_role("button", name="Download step 4", exact=True).click()
    assert re.fullmatch(r"[a-z0-9-]+-lerp-04\.png", waiting.value.suggested_filename)
    waiting.value.save_as(tmp_path / "step.png")
    source = sources(view, ".strip img")[3].partition(",")[2]
    with Image.open(tmp_path / "step.png") as saved, Image.open(io.BytesIO(base64.b64decode(source))) as shown:
        assert saved.format == "PNG" and saved.width >= 256
        scale = saved.width // shown.width
        small = np.asarray(saved.convert("RGB"))[::scale, ::scale]
        assert np.array_equal(small, np.asarray(shown.convert("RGB")))


# two visitors


def test_visitors_do_not_see_each_others_pictures(visit, tmp_path):
    Image.new("RGB", (64, 64), (10, 250, 10)).save(tmp_path / "green.png")
    one, two = visit("reconstruct", "es"), visit("reconstruct", "es")
    theirs = sources(two, ".trio img")
    upload = one.locator('input[type="file"]').locator("visible=true")
    after(one, ".trio img", lambda: upload.set_input_files(tmp_path / "green.png"))
    two.get_by_role("button", name="Sortear de nuevo").click()
    two.wait_for_timeout(500)
    assert sources(two, ".trio img") == theirs
