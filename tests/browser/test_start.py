"""The tab Start as a visitor sees it (pytest -m browser)."""

import re
from urllib.parse import urljoin

import numpy as np
import pytest
from helpers.browser import (
    SOON,
    after,
    at_rest,
    choose_model,
    decoded,
    decoder_here,
    each_view,
    in_a_browser,
    in_address,
    in_english,
    in_spanish,
    numbers_of,
    requests_of,
    shows,
    sources,
    without,
)
from PIL import Image

from vae_course.demo import page
from vae_course.demo.core.model import shipped
from vae_course.demo.tabs.start import compute, texts
from vae_course.demo.tabs.start import view as start
from vae_course.text import pick

pytestmark = in_a_browser
REDRAWS = "#tab-start .redraws img"
WAY = "#tab-start .way img"
NAME, PICTURE = "drawn-beta-1", 11  # one of its draws lies further out than two deviations
QUERY = f"&start.model={NAME}&start.picture={PICTURE}&start.seed=0"


def fills(request) -> bool:
    """Whether the page asks for another tab's opening state, which it does while one looks."""
    return '"data":[{}]' in (request.post_data or "")


def draw_again(view, lang):
    return lambda: view.get_by_role("button", name=pick(texts.AGAIN, lang)).click()


@each_view
def test_drawing_again_changes_all_eight_and_the_reconstruction_but_not_the_picture(visit, lang, width):
    view = visit("start", lang, width)
    photo, reconstruction = sources(view, WAY)
    before, now = after(view, REDRAWS, draw_again(view, lang))
    assert len(before) == len(now) == len(set(now)) == 8 and not set(before) & set(now)
    assert sources(view, WAY)[0] == photo and sources(view, WAY)[1] == now[0] != reconstruction
    assert view.evaluate("document.documentElement.scrollWidth") <= width


@in_spanish
def test_without_sigma_the_eight_are_one_and_with_it_they_come_back(visit, lang):
    view = visit("start", lang)
    switch = view.get_by_label(pick(texts.ZERO, lang))
    before, now = after(view, REDRAWS, switch.check)
    assert len(set(before)) == 8 and len(set(now)) == 1
    assert view.get_by_text(pick(texts.NOT_DRAWN, lang)).is_visible()
    widths = view.evaluate(
        "[...document.querySelectorAll('#tab-start .code .sigma')].map(e => e.getAttribute('width'))"
    )
    assert widths and set(map(float, widths)) == {0.0}
    _, again = after(view, REDRAWS, switch.uncheck)
    for one, other in zip(again, before, strict=True):  # the page's and the server's
        assert np.abs(decoded(one) - decoded(other)).max() <= 1


@pytest.mark.parametrize("way", ["click", "keyboard"])
def test_a_chosen_draw_shows_its_z_and_its_picture_without_the_server(visit, way):
    view = visit("start", "en")
    asked, files = [], ("data:", *(urljoin(view.url, folder) for folder in ("engine/", "models/")))  # no answers
    view.on("request", lambda request: fills(request) or request.url.startswith(files) or asked.append(request.url))
    view.wait_for_timeout(2000)  # what the page asks for as it opens
    asked.clear()
    button = view.locator("#tab-start .redraw").nth(4)
    if way == "click":
        button.click()
    else:
        button.focus()
        view.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert view.locator('#tab-start .redraw[aria-pressed="true"]').count() == 1
    assert view.locator("#tab-start g.draw.on").get_attribute("data-draw") == "4"
    assert asked == []
    assert sources(view, WAY)[1] == sources(view, REDRAWS)[4]  # asks for published pictures itself


@each_view
def test_each_link_opens_its_tab_in_the_page(visit, lang, width):
    view = visit("start", lang, width)
    view.evaluate("window.stayed = true")
    for tab in sorted(set(texts.LINKS) | {"questions"}):
        if tab not in page.TABS:
            continue
        view.evaluate("tab => document.querySelector(`#tab-start a[data-tab=${tab}]`).click()", tab)
        view.wait_for_url(f"**tab={tab}*", timeout=SOON)
        view.wait_for_function("tab => document.querySelector(`#tab-${tab}`)?.offsetParent", arg=tab)
    assert view.evaluate("window.stayed")


@in_english
def test_another_picture_an_upload_and_another_model(visit, tmp_path, lang):
    view = visit("start", lang)
    after(view, WAY, view.locator("#tab-start button.tile").nth(3).click)
    Image.new("RGB", (90, 60), (20, 20, 240)).save(tmp_path / "blue.png")
    upload = view.locator('#tab-start input[type="file"]')
    after(view, WAY, lambda: upload.set_input_files(tmp_path / "blue.png"))
    choose_model(view, lang, "fashion")
    view.wait_for_function("document.querySelector('#tab-start .way img').naturalWidth === 28")
    assert view.locator("#tab-start .way img").first.get_attribute("alt") == {
        "es": "Imagen subida", "en": "Uploaded picture"
    }[lang]  # fmt: skip


def test_the_address_restores_and_the_switch_of_language_keeps_it(visit):
    query = "start.model=fashion-beta-1&start.picture=5&start.seed=4&start.zero=1"
    view = visit("start", "es", query=f"&{query}")
    view.wait_for_function("document.querySelector('#tab-start .way img').naturalWidth === 28")
    here = sources(view, WAY)
    assert view.get_by_label(texts.ZERO.es).is_checked() and len(set(sources(view, REDRAWS))) == 1
    view.locator("a.switch").click()
    view.get_by_role("tab", name=texts.NAME.en).wait_for()
    view.wait_for_function("document.querySelector('#tab-start .way img')?.naturalWidth === 28")
    assert sources(view, WAY) == here
    in_address(view, *query.split("&"))


def test_the_eight_draws_are_saved(visit, tmp_path):
    view = visit("start", "en")
    with view.expect_download() as waiting:
        view.get_by_role("button", name=texts.SAVE.en).click()
    waiting.value.save_as(tmp_path / "draws.png")
    with Image.open(tmp_path / "draws.png") as sheet:
        assert sheet.format == "PNG" and sheet.width > sheet.height * 1.8


SAID = """(given) => {
  const place = document.createElement('div'), panels = [...document.querySelectorAll('section.start')];
  place.innerHTML = given ?? panels.map((one) => one.outerHTML).join('');
  const told = (node) => ['x', 'width', 'cx', 'd'].map((name) => node.getAttribute(name));
  const numbers = [...place.querySelectorAll('.chart *')].map((one) =>
    [one.tagName, one.className.baseVal, one.children.length ? '' : one.textContent, ...told(one)].join(' '));
  const noted = Object.entries(JSON.parse(place.querySelector('[data-note]').dataset.note));
  const notes = noted.map(([key, value]) => [key, value && String(value)]);
  const words = [...place.querySelectorAll('h3, p, .pin, .save, .redraws, svg, .panel')].map((one) => {
    const {pin, save, seed, zero} = one.dataset;
    return [one.ariaLabel, one.title, pin, save, seed, zero, one.matches('h3, p') && one.textContent];
  });
  return [numbers, words, notes, [...place.querySelectorAll('.redraw')].map(({ariaPressed}) => ariaPressed)];
}"""


def as_by_the_server(view, lang: str, seed: int, zero: bool = False) -> compute.Way:
    """Waits until all eight pictures are the server's of that seed, and the diagram and its words are."""
    way = compute.compute(shipped(NAME), PICTURE, seed, zero)
    for k, draw in enumerate(way.draws):
        shows(view, f"#tab-start .redraw[data-draw='{k}'] img", draw)
    shows(view, "#tab-start .stop-4 img", way.draws[0])
    said = "".join(start.way_and_draws(lang, shipped(NAME), PICTURE, seed, zero))
    (wanted, words), (shown, read) = numbers_of(view.evaluate(SAID, said)), numbers_of(view.evaluate(SAID))
    assert read == words and shown == pytest.approx(wanted, abs=0.11)  # of rounding
    return way


@each_view
def test_the_eight_are_drawn_in_the_page_and_the_server_is_asked_nothing(visit, lang, width):
    """One visit: draws whose axes differ, the switch, and a chosen draw."""
    view = visit("start", lang, width, query=QUERY)
    view.locator("#tab-start [data-decoder*=drawn]").wait_for(state="attached")
    again = view.get_by_role("button", name=pick(texts.AGAIN, lang))
    again.hover()
    decoder_here(view, NAME)
    asked = requests_of(view)
    before = as_by_the_server(view, lang, 0)
    again.click()
    assert as_by_the_server(view, lang, 1).reach != before.reach and asked == []
    view.wait_for_url("**start.seed=1*")
    switch, before = view.get_by_label(pick(texts.ZERO, lang)), sources(view, REDRAWS)
    why = view.get_by_text(pick(texts.WHY, lang))
    switch.check()
    as_by_the_server(view, lang, 1, zero=True)
    assert not why.is_visible()
    again.click()
    view.wait_for_url(re.compile("start.seed=2.*start.zero=1"))
    assert len(set(sources(view, REDRAWS))) == 1
    switch.uncheck()
    as_by_the_server(view, lang, 2)
    view.wait_for_url(lambda address: "start.zero" not in address)
    assert not set(before) & set(sources(view, REDRAWS)) and why.is_visible()
    view.locator("#tab-start .redraw").nth(2).click()
    assert sources(view, WAY)[1] == sources(view, REDRAWS)[2]
    at_rest(view)
    assert sources(view, WAY)[1] == sources(view, REDRAWS)[2]
    switch.check()
    as_by_the_server(view, lang, 2, zero=True)
    assert asked == []


def test_where_the_engine_does_not_come_the_server_draws(visit):
    view = visit("start", "en", query=QUERY)
    view.locator("#tab-start [data-decoder*=drawn]").wait_for(state="attached")
    without(view)
    after(view, REDRAWS, draw_again(view, "en"))
    as_by_the_server(view, "en", 1)
    switch = view.get_by_label(texts.ZERO.en)
    switch.check()
    as_by_the_server(view, "en", 1, zero=True)
    switch.uncheck()
    as_by_the_server(view, "en", 1)
    assert view.locator("html[data-decoders]").count() == 0
