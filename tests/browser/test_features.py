"""The tab Features in a browser."""

import io
import time

import numpy as np
import pytest
from helpers.browser import (
    SOON,
    after,
    at_rest,
    choose_model,
    decoded,
    decoder_here,
    each_language,
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
)  # fmt: skip
from PIL import Image

from vae_course.demo.core.model import shipped
from vae_course.demo.tabs.features import compute
from vae_course.demo.tabs.features import view as features

pytestmark = in_a_browser
AFTER, BEFORE = "#tab-features .after img", "#tab-features .before img"
STRIPS, TABLE = "#tab-features .along img", "#tab-features .readings table"
WORDS = {
    "smile": {"es": "Sonrisa", "en": "Smile"},
    "age": {"es": "Edad", "en": "Age"},
    "reset": {"es": "Todo a cero", "en": "All to zero"},
    "hold": {"es": "Mantener para comparar", "en": "Hold to compare"},
}


def pixels(view, selector: str) -> np.ndarray:
    """The picture as it was sent, 0..255."""
    return decoded(sources(view, selector)[0]).astype(float)


def slider(view, which: str, lang: str):
    return view.locator("#tab-features").get_by_role("slider", name=WORDS[which][lang], exact=True)


def turn(view, control, value: str) -> None:
    """A slider moved, and what came of it: the picture after, another one."""
    after(view, AFTER, lambda: control.fill(value))


FAILS_ONCE = """async () => {
    const done = [], work = window.vaeCourse.latest(async (what) => {
        if (what === 1) throw new Error('once');
        done.push(what);
    });
    await work(1).catch(() => {});
    await work(2);
    return done;
}"""


@each_view
def test_a_slider_moves_the_picture_and_says_what_moved_along(visit, lang, width):
    view = visit("features", lang, width)
    assert not np.array_equal(pixels(view, BEFORE), pixels(view, AFTER))  # it opens with glasses on
    assert len(sources(view, STRIPS)) == 14
    before, start = sources(view, BEFORE), pixels(view, AFTER)
    turn(view, slider(view, "age", lang), "3")
    assert abs(pixels(view, AFTER) - start).mean() > 3
    assert sources(view, BEFORE) == before
    bold = view.locator(f"{TABLE} tr.own th").all_inner_texts()
    assert {"es": "joven", "en": "young"}[lang] in bold
    in_address(view, "features.age=3")
    assert slider(view, "age", lang).locator("xpath=../output").inner_text() == "+3"
    assert view.evaluate("document.documentElement.scrollWidth") <= width


@in_spanish
def test_reset_brings_the_picture_back_and_the_address_keeps_it_so(visit, lang):
    view = visit("features", lang)
    assert view.evaluate(FAILS_ONCE) == [2]  # what comes after a failure has its turn
    after(view, AFTER, lambda: view.get_by_role("button", name=WORDS["reset"][lang]).click())
    assert sources(view, AFTER) == sources(view, BEFORE)
    values = view.locator("#tab-features input[data-slide]").evaluate_all("all => all.map(one => Number(one.value))")
    assert len(values) == 19 and set(values) == {0}
    assert view.locator(TABLE).count() == 0
    in_address(view, "features.glasses=0")
    view.reload()
    view.locator(AFTER).wait_for()
    view.wait_for_function(f"document.querySelector('{AFTER}').src === document.querySelector('{BEFORE}').src")


@each_view
def test_holding_shows_the_one_in_the_others_place_without_the_server(visit, lang, width):
    view = visit("features", lang, width)
    shown, first = sources(view, AFTER), sources(view, BEFORE)
    slider(view, "smile", lang).hover()
    decoder_here(view, "faces")  # whose coming is not what is tried
    view.context.set_offline(True)
    button = view.get_by_role("button", name=WORDS["hold"][lang])
    button.scroll_into_view_if_needed()
    button.hover()
    view.mouse.down()
    assert sources(view, AFTER) == first and button.get_attribute("aria-pressed") == "true"
    view.mouse.up()
    assert sources(view, AFTER) == shown and button.get_attribute("aria-pressed") == "false"
    button.focus()
    view.keyboard.down("Space")
    assert sources(view, AFTER) == first
    view.keyboard.up("Space")
    assert sources(view, AFTER) == shown
    view.locator(AFTER).hover()
    view.mouse.down()
    assert sources(view, AFTER) == first
    view.mouse.up()
    assert sources(view, AFTER) == shown
    view.context.set_offline(False)


def test_sliders_work_with_the_keyboard(visit):
    view = visit("features", "en")
    control = slider(view, "smile", "en")
    control.focus()
    after(view, AFTER, lambda: view.keyboard.press("ArrowRight"))
    assert control.input_value() == "0.1"
    assert view.evaluate("document.activeElement.dataset.slide") == "smile"  # what came back left it in place


def test_the_last_of_many_moves_counts(visit):
    view = visit("features", "en")
    control = slider(view, "smile", "en")
    for step in range(-40, 31, 2):
        control.fill(str(step / 10))
    view.wait_for_function("location.href.includes('features.smile=3')")
    face, a = shipped("faces"), compute.opening_picture(shipped("faces"))
    many = compute.move(face, a, compute.opening(face) | {"smile": 3.0}).after
    shows(view, AFTER, many)
    again = visit("features", "en", query="&features.smile=3")
    again.wait_for_function("document.querySelector('#tab-features [data-slide=smile]').value === '3'")
    shows(again, AFTER, many)


@in_english
def test_another_picture_is_moved_likewise(visit, lang):
    view = visit("features", lang)
    turn(view, slider(view, "smile", lang), "2")
    strips, first = sources(view, STRIPS), sources(view, BEFORE)
    tile = view.locator("#tab-features button.tile").locator("visible=true").first
    before, now = after(view, AFTER, tile.click)
    assert before != now and sources(view, BEFORE) != first
    assert not set(strips) & set(sources(view, STRIPS))
    assert slider(view, "smile", lang).input_value() == "2"


@in_spanish
def test_an_upload_can_be_moved(visit, tmp_path, lang):
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (90, 70, 3), np.uint8)).save(tmp_path / "own.png")
    view = visit("features", lang)
    field = view.locator('#tab-features input[type="file"]')
    after(view, BEFORE, lambda: field.set_input_files(tmp_path / "own.png"))
    photo = pixels(view, "#tab-features .photo img")
    assert photo.shape == (64, 64, 3) and photo.std() > 30
    turn(view, slider(view, "smile", lang), "3")
    in_address(view, "features.a=u-")


@each_view
def test_a_model_without_attributes_has_its_dimensions_and_collapsed_ones_do_nothing(visit, lang, width):
    view = visit("features", lang, width)
    choose_model(view, lang, "fashion-latent-128")
    view.locator("#tab-features .knob .kl.asleep").first.wait_for()
    view.wait_for_function(f"document.querySelector('{AFTER}').naturalWidth === 28")
    assert view.locator("#tab-features .knob").count() == 9 and view.locator(TABLE).count() == 0
    last = view.locator("#tab-features .knob input").last
    start = pixels(view, AFTER)
    last.fill("4")
    view.wait_for_function("location.href.includes('=4')")
    assert abs(pixels(view, AFTER) - start).mean() < 0.5
    top = view.locator("#tab-features .knob input").first
    turn(view, top, "-2")
    assert abs(pixels(view, AFTER) - start).mean() > 5


def test_a_link_restores_and_so_does_the_switch(visit):
    view = visit(
        "features", "en", query="&features.model=faces-beta-1&features.a=7&features.glasses=0&features.hat=2.5"
    )
    view.wait_for_function("document.querySelector('#tab-features [data-slide=hat]').value === '2.5'", timeout=SOON)
    shown = sources(view, AFTER)
    assert shown != sources(view, BEFORE)
    view.locator("a.switch").click()
    view.wait_for_function("document.querySelector('#tab-features [data-slide=hat]')?.value === '2.5'", timeout=SOON)
    assert view.locator("html").get_attribute("lang") == "es"
    assert sources(view, AFTER) == shown


def test_before_and_after_are_saved_as_png(visit, tmp_path):
    view = visit("features", "es")
    with view.expect_download() as waiting:
        view.get_by_role("button", name="Descargar antes y después").click()
    waiting.value.save_as(tmp_path / "pair.png")
    with Image.open(tmp_path / "pair.png") as sheet:
        assert sheet.format == "PNG" and sheet.width > 1.9 * sheet.height and np.asarray(sheet).std() > 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_can_be_read_in_both_themes(visit, scheme):
    view = visit("features", "en", color_scheme=scheme)
    colours = view.evaluate(
        f"[[document.querySelector('{TABLE} th'), 'color'], [document.body, 'backgroundColor']]"
        ".map(([element, key]) => getComputedStyle(element)[key].match(/\\d+/g).slice(0, 3).map(Number))"
    )
    ink, paper = map(np.mean, colours)
    assert abs(ink - paper) > 150


@each_language
def test_on_a_phone_the_pictures_stay_in_view_while_the_last_slider_moves(visit, lang):
    view = visit("features", lang, 390)
    last = view.locator("#tab-features .knob input").last
    last.evaluate("one => one.scrollIntoView({block: 'end'})")
    turn(view, last, "3")
    box = view.locator(AFTER).bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 500
    assert last.evaluate(
        "one => {const r = one.getBoundingClientRect(); return one === "
        "document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2)}"
    )


SAID = """(given) => {
  const place = document.createElement('div');
  place.innerHTML = given ?? document.querySelector('#tab-features .readings').outerHTML;
  return [...place.querySelectorAll('.readings > p, .readings caption, .readings tr')].map((one) => {
    const bar = one.querySelector('i');
    return [one.className, one.title, one.textContent, bar && [bar.className, bar.style.left, bar.style.width]];
  });
}"""


def as_by_the_server(view, lang: str, name: str, picture: int) -> dict[str, float]:
    """Waits until picture, readings and address are what the server makes of the sliders; -> how they stand."""
    standing = "Object.fromEntries([...document.querySelectorAll('#tab-features [data-slide]')].map("
    strengths = view.evaluate(standing + "one => [one.dataset.slide, Number(one.value)]).filter(([, value]) => value))")
    moved = compute.move(shipped(name), picture, strengths)
    shows(view, AFTER, moved.after)
    # Each side rounds its own numbers.
    numbers, words = numbers_of(view.evaluate(SAID, features.read_out(lang, shipped(name), moved)))
    end = time.monotonic() + SOON / 1000
    while (now := numbers_of(view.evaluate(SAID)))[1] != words or now[0] != pytest.approx(numbers, abs=0.11):
        assert time.monotonic() < end, (now, words, numbers)
        view.wait_for_timeout(50)
    return strengths


def drag(view, control, start: float, end: float, steps: int = 25) -> None:
    """The pointer takes a slider from one share of its width to another, and lets go when another picture has come."""
    control.evaluate("one => one.scrollIntoView({block: 'center'})")
    box = control.bounding_box()
    left, right, y = box["x"] + start * box["width"], box["x"] + end * box["width"], box["y"] + box["height"] / 2
    view.mouse.move(left, y)
    view.mouse.down()
    after(view, AFTER, lambda: view.mouse.move(right, y, steps=steps))
    view.mouse.up()


@each_view
def test_sliders_decode_in_the_page_and_ask_the_server_nothing(visit, lang, width):
    """One visit: features and dimensions dragged, all at zero, another picture, another model."""
    view = visit("features", lang, width)
    slider(view, "smile", lang).hover()
    decoder_here(view, "faces")
    asked, a = requests_of(view), compute.opening_picture(shipped("faces"))
    drag(view, slider(view, "smile", lang), 0.5, 0.85)
    assert as_by_the_server(view, lang, "faces", a)["smile"] > 2
    drag(view, slider(view, "age", lang), 0.5, 0.1)
    assert as_by_the_server(view, lang, "faces", a)["age"] < -2
    drag(view, view.locator("#tab-features .knob.latent input").first, 0.5, 0.9)
    strengths = as_by_the_server(view, lang, "faces", a)
    assert len(strengths) == 4  # glasses among them, with which the tab opens
    view.wait_for_url(lambda address: all(f"features.{key}=" in address for key in set(strengths) - {"glasses"}))
    assert asked == []
    tile = view.locator("#tab-features button.tile[aria-pressed=false]").locator("visible=true").first
    b = int(tile.get_attribute("data-index"))
    after(view, BEFORE, tile.click)
    assert as_by_the_server(view, lang, "faces", b) == strengths  # which the server was told with the picture
    asked.clear()
    after(view, AFTER, lambda: view.get_by_role("button", name=WORDS["reset"][lang]).click())
    assert as_by_the_server(view, lang, "faces", b) == {}
    at_rest(view)
    assert sources(view, AFTER) == sources(view, BEFORE)
    drag(view, slider(view, "age", lang), 0.5, 0.8)
    kept = as_by_the_server(view, lang, "faces", b)
    assert asked == []
    choose_model(view, lang, "drawn-beta-1")
    view.wait_for_function("document.querySelector('#tab-features .knobs').dataset.decoder.includes('/drawn-beta-1/')")
    assert "age" in kept  # a feature that drawn faces lack: theirs opens as it does
    opened = as_by_the_server(view, lang, "drawn-beta-1", b)
    assert opened == compute.opening(shipped("drawn-beta-1"))
    slider(view, "smile", lang).hover()
    decoder_here(view, "drawn-beta-1")
    asked.clear()
    drag(view, slider(view, "smile", lang), 0.5, 0.7)
    assert as_by_the_server(view, lang, "drawn-beta-1", b) != opened and asked == []


HELD_BACK = """{
  const real = window.setTimeout; // the canvas stays until rest() is called
  window.setTimeout = (work, after, ...all) => after === 200 ? ((window.rest = work), 0) : real(work, after, ...all);
}"""
LAID = """([over, image]) => [over, image].map((one) => {
  const {left, top, width, height} = one.getBoundingClientRect();
  const {borderRadius, imageRendering} = getComputedStyle(one);
  return [left, top, width, height, borderRadius, imageRendering];
})"""


@each_view
def test_what_moves_lies_exactly_over_its_picture_and_comes_to_rest_in_it(visit, lang, width):
    view = visit("features", lang, width)
    slider(view, "smile", lang).hover()
    decoder_here(view, "faces")
    view.evaluate(HELD_BACK)
    turn(view, slider(view, "smile", lang), "2")
    canvas, image = (view.locator(f"#tab-features .after {one}") for one in ("canvas.live", "img"))
    over, below = view.evaluate(LAID, [canvas.element_handle(), image.element_handle()])
    assert over == below
    shown, file, seen = sources(view, AFTER)[0], image.get_attribute("src"), [image.screenshot()]
    assert canvas.get_attribute("aria-hidden") == "true" and image.get_attribute("alt")
    assert view.evaluate(  # what is pointed at, and so copied or saved, is the picture
        "(one) => {const {x, y} = one.getBoundingClientRect(); return document.elementFromPoint(x + 9, y + 9) === one}",
        image.element_handle(),
    )
    view.evaluate("rest()")
    at_rest(view)
    seen.append(image.screenshot())
    assert file != image.get_attribute("src") == sources(view, AFTER)[0]
    assert np.array_equal(decoded(shown), decoded(image.get_attribute("src")))
    before, now = (np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int) for shot in seen)
    assert (np.abs(before - now).max(axis=2) > 0).mean() < 0.002  # the edges of round corners, where both show


def test_where_the_engine_does_not_come_the_server_moves_the_picture(visit):
    view = visit("features", "en")
    without(view)
    asked = requests_of(view)
    for value in ("-2", "1.5"):
        turn(view, slider(view, "smile", "en"), value)
        view.wait_for_url(f"**features.smile={value}*")
        as_by_the_server(view, "en", "faces", compute.opening_picture(shipped("faces")))
    assert any("/gradio_api/" in address for address in asked) and view.locator("html[data-decoders]").count() == 0
