"""The tab Mix in a browser."""

import io
import re
import time
from itertools import chain

import numpy as np
import pytest
from helpers.browser import (
    AS_DATA,
    SOON,
    choose_model,
    decoded,
    decoder_here,
    each_view,
    in_a_browser,
    in_address,
    in_english,
    in_spanish,
    requests_of,
    slow_net,
    without,
)
from PIL import Image

from vae_course.demo.core.choice import picked
from vae_course.demo.core.model import shipped
from vae_course.demo.tabs.mix import compute, texts
from vae_course.demo.tabs.mix import view as mix
from vae_course.demo.ui.pictures import to_bytes
from vae_course.text import pick

pytestmark = in_a_browser
MIDDLE = compute.FRAMES // 2


def strips(view) -> tuple[list[str], list[str]]:
    """The pictures of the crossfade and of the film, as data URIs."""
    own = view.locator("#tab-mix .strip img").evaluate_all(f"(images) => Promise.all(images.map({AS_DATA}))")
    assert len(own) == 22
    return own[:11], own[11:]


def changed(view, which: int, before: str) -> None:
    """Waits until another picture stands at that place of the two strips."""
    end = time.monotonic() + SOON / 1000
    while [*chain(*strips(view))][which] == before:
        assert time.monotonic() < end
        view.wait_for_timeout(50)


def screens(view) -> list[np.ndarray]:
    """The two large pictures as they are on the screen, 64 x 64."""
    found = []
    for screen in view.locator("#tab-mix .screen").all():
        with Image.open(io.BytesIO(screen.screenshot())) as image:
            found.append(np.asarray(image.convert("RGB").resize((64, 64), Image.Resampling.BOX)).astype(int))
    return found


def tile(view, side: str, k: int):
    return view.locator(f'#tab-mix button.tile[data-side="{side}"]').locator("visible=true").nth(k)


@each_view
def test_two_clicks_choose_the_ends(visit, lang, width):
    view = visit("mix", lang, width)
    fade, film = strips(view)
    tile(view, "a", 3).click()
    changed(view, 0, fade[0])
    one_fade, one_film = strips(view)
    assert one_fade[0] != fade[0] and one_fade[10] == fade[10] and one_film[10] == film[10]
    tile(view, "b", 7).click()
    changed(view, 10, one_fade[10])
    two_fade, two_film = strips(view)
    assert two_fade[0] == one_fade[0] and two_film[0] == one_film[0] and two_film[10] != one_film[10]
    assert len(set(two_fade + two_film)) == 22
    in_address(view, "mix.a=", "mix.b=")
    assert re.search(r"mix\.a=\d+", view.url) and re.search(r"mix\.b=\d+", view.url)


@each_view
def test_the_scrubber_moves_both_pictures_without_the_server(visit, lang, width):
    view = visit("mix", lang, width)
    pictures = strips(view)
    asked = []
    view.on("request", lambda request: asked.append(request.url) if request.url.startswith("http") else None)
    middle = screens(view)
    slider = view.get_by_role("slider", name=pick(texts.SCRUB, lang))
    assert slider.get_attribute("aria-valuetext") == "50 %"
    slider.focus()
    for key, share, k in (("End", "100 %", 10), ("Home", "0 %", 0)):
        view.keyboard.press(key)
        assert slider.get_attribute("aria-valuetext") == share == view.locator("#tab-mix output").inner_text()
        for shown, strip, old in zip(screens(view), pictures, middle, strict=True):
            assert np.abs(shown - decoded(strip[k])).mean() < 9
            assert np.abs(shown - old).mean() > 12
    before = screens(view)
    view.keyboard.press("ArrowRight")
    assert all(0.1 < np.abs(a - b).mean() < 12 for a, b in zip(before, screens(view), strict=True))
    assert view.locator("#tab-mix output").inner_text() == "3 %"
    assert asked == []
    view.wait_for_url("**mix.at=1*")


def test_halfway_the_two_large_pictures_differ(visit):
    fade, film = screens(visit("mix", "es"))
    assert np.abs(fade - film).mean() > 5


def test_the_film_plays_there_and_back_and_stops(visit):
    view = visit("mix", "en")
    play = view.get_by_role("button", name="Play, there and back")
    output = view.locator("#tab-mix output")
    play.click()
    for share in ("100 %", "90 %", "0 %", "50 %"):
        view.wait_for_function("share => document.querySelector('#tab-mix output').innerText === share", arg=share)
    play.click()
    at = output.inner_text()
    view.wait_for_timeout(300)
    assert output.inner_text() == at and play.get_attribute("aria-pressed") == "false"


def test_a_picture_of_the_strip_is_a_place_to_go_to(visit):
    view = visit("mix", "en")
    view.locator("#tab-mix .strip").nth(1).locator("img").nth(2).click()
    assert view.locator("#tab-mix output").inner_text() == "20 %"


@in_spanish
def test_the_arc_bends_the_middle_of_the_film_only(visit, lang):
    view = visit("mix", lang)
    fade, film = strips(view)
    slider = view.locator("#tab-mix .scrub input")
    slider.focus()
    slider.press("PageUp")
    moved = slider.input_value()
    view.get_by_label({"es": "Arco (slerp)", "en": "Arc (slerp)"}[lang]).check()
    changed(view, 16, film[5])
    now_fade, now_film = strips(view)
    assert now_fade == fade
    for k in (0, 10):  # one may be the server's, a JPEG, and the other the page's
        assert np.abs(decoded(now_film[k]) - decoded(film[k])).mean() < 2
    assert np.abs(decoded(now_film[5]) - decoded(film[5])).mean() > 2
    assert slider.input_value() == moved != str(MIDDLE)  # the page stays where it was


NAMED = """(given) => {
  const place = document.createElement('div');
  place.innerHTML = given ?? document.querySelector('#tab-mix .film').outerHTML;
  const {pin} = place.querySelector('[data-pin]').dataset, {save} = place.querySelector('[data-save]').dataset;
  return [pin, save, place.querySelector('.film').dataset.path];
}"""
FRAMES = """async () => { // the sheet of all, by its address
  const [, address] = document.querySelector('#tab-mix .frames').style.backgroundImage.match(/url\\("(.*)"\\)/);
  const image = new Image();
  image.src = address;
  await image.decode();
  const paper = document.createElement('canvas');
  Object.assign(paper, {width: image.naturalWidth, height: image.naturalHeight});
  paper.getContext('2d').drawImage(image, 0, 0);
  return paper.toDataURL();
}"""


def walks(view, lang: str, path: str, apart: int) -> None:
    """Waits until film, strip and names are the server's of that path, with what a pixel may differ, of 255."""
    model = shipped("drawn")
    ends = compute.opening_pair(model)
    view.wait_for_function(f"([said]) => String(({NAMED})()) === said", arg=[
        ",".join(view.evaluate(NAMED, mix.film(lang, model, *ends, path)))
    ])  # fmt: skip
    wanted = compute.through_latent_space(model, *(picked(model, k) for k in ends), path, compute.FRAMES)
    sheet, side = decoded(view.evaluate(FRAMES)), wanted.shape[-1]
    for k, frame in enumerate(wanted):
        assert np.abs(sheet[:, k * side : (k + 1) * side] - to_bytes(frame).astype(int)).max() <= apart
    _, film = strips(view)
    for shown, frame in zip(film, wanted[::3], strict=True):
        assert np.abs(decoded(shown) - to_bytes(frame).astype(int)).max() <= apart


@each_view
def test_another_path_is_walked_in_the_page_and_the_server_is_asked_nothing(visit, lang, width):
    view = visit("mix", lang, width)
    arc, line = (view.get_by_label(pick(texts.PATHS[path], lang)) for path in ("slerp", "lerp"))
    arc.hover()
    decoder_here(view, "drawn")
    asked, slider = requests_of(view), view.locator("#tab-mix .scrub input")
    slider.focus()
    slider.press("PageUp")
    at = slider.input_value()
    arc.check()
    walks(view, lang, "slerp", apart=1)
    view.wait_for_url("**mix.path=slerp*")
    line.check()
    walks(view, lang, "lerp", apart=1)
    view.wait_for_url(lambda address: "mix.path" not in address)
    assert asked == [] and slider.input_value() == at


def test_where_the_engine_does_not_come_the_server_walks(visit):
    view = visit("mix", "en")
    without(view)
    view.get_by_label(texts.PATHS["slerp"].en).check()
    walks(view, "en", "slerp", apart=40)  # of JPEG
    assert view.locator("html[data-decoders]").count() == 0


@in_english
def test_an_upload_can_be_an_end(visit, tmp_path, lang):
    Image.new("RGB", (80, 80), (10, 10, 250)).save(tmp_path / "blue.png")
    view = visit("mix", lang)
    fade, _ = strips(view)
    view.locator('#tab-mix input[type="file"][data-side="b"]').set_input_files(tmp_path / "blue.png")
    changed(view, 10, fade[10])
    now, _ = strips(view)
    assert now[0] == fade[0] and np.abs(decoded(now[10]) - (10, 10, 250)).max() < 12
    assert view.locator('#tab-mix button.tile[data-side="b"][aria-pressed="true"]').count() == 0
    assert view.locator('#tab-mix button.tile[data-side="a"][aria-pressed="true"]').count() == 1
    view.wait_for_url("**mix.b=u-*")
    view.reload()  # the upload is still this visitor's
    view.wait_for_function("b => document.querySelectorAll('#tab-mix .strip img')[10]?.src === b", arg=now[10])


def test_another_model_brings_its_gallery(visit):
    view = visit("mix", "en")
    choose_model(view, "en", "fashion")
    view.wait_for_function("document.querySelector('#tab-mix .strip img').naturalWidth === 28")
    assert all(len(set(strip)) == 11 for strip in strips(view))


@in_spanish
def test_both_strips_are_saved_as_png(visit, tmp_path, lang):
    view = visit("mix", lang)
    name = {"es": "Descargar las dos tiras en PNG", "en": "Download both strips as PNG"}[lang]
    with view.expect_download() as waiting:
        view.get_by_role("button", name=name).click()
    assert waiting.value.suggested_filename == {"es": "mezcla-drawn-lerp.png", "en": "mix-drawn-lerp.png"}[lang]
    waiting.value.save_as(tmp_path / "strips.png")
    with Image.open(tmp_path / "strips.png") as saved:
        assert (saved.format, saved.size) == ("PNG", (11 * 130 - 2, 2 * 130 - 2))
        pixels = np.asarray(saved.convert("RGB")).astype(int)
    for row, strip in enumerate(strips(view)):
        for k in (0, 4, 10):
            cut = pixels[130 * row : 130 * row + 128 : 2, 130 * k : 130 * k + 128 : 2]
            assert np.abs(cut - decoded(strip[k])).mean() < 1


@in_english
def test_the_film_is_saved_as_gif_each_time_it_is_asked_for(visit, tmp_path, lang):
    view = visit("mix", lang)
    button = view.get_by_role("button", name={"es": "GIF, ida y vuelta", "en": "as a GIF, there and back"}[lang])
    for k in range(2):
        with view.expect_download() as waiting:
            button.click()
        assert waiting.value.suggested_filename == {"es": "mezcla-drawn-lerp.gif", "en": "mix-drawn-lerp.gif"}[lang]
        waiting.value.save_as(tmp_path / f"{k}.gif")
        with Image.open(tmp_path / f"{k}.gif") as saved:
            assert (saved.format, saved.n_frames, saved.size) == ("GIF", 60, (192, 192))
            first = np.asarray(saved.convert("RGB")).astype(int)[::3, ::3]
    assert np.abs(first - decoded(strips(view)[1][0])).mean() < 6


def test_a_link_restores_everything_and_the_switch_keeps_it(visit):
    view = visit("mix", "en", query="&mix.model=faces&mix.a=7&mix.b=90&mix.path=slerp&mix.at=24")
    view.wait_for_function("document.querySelector('#tab-mix output')?.innerText === '80 %'")
    assert view.get_by_label("Arc (slerp)").is_checked()
    for side, index in (("a", "7"), ("b", "90")):
        pressed = view.locator(f'#tab-mix .tile[data-side="{side}"][aria-pressed="true"]')
        assert pressed.get_attribute("data-index") == index and pressed.is_visible()
    shown, large = strips(view), screens(view)
    tile(view, "a", 0).click()
    changed(view, 0, shown[0][0])
    assert view.locator("#tab-mix output").inner_text() == "80 %"
    moved = strips(view)[0][0]
    tile(view, "a", 7).click()
    changed(view, 0, moved)
    view.locator("a.switch").click()
    view.get_by_label("Arco (slerp)").wait_for()
    view.wait_for_function("document.querySelector('#tab-mix output')?.innerText === '80 %'")
    assert strips(view) == shown
    assert all(np.abs(a - b).mean() < 1 for a, b in zip(screens(view), large, strict=True))


@each_view
def test_galleries_are_paged_by_click_and_by_key(visit, lang, width):
    view = visit("mix", lang, width)
    side = view.locator('#tab-mix .side[data-side="a"]')
    seen = set()
    page = side.locator(".pager span")
    for _ in range(5):
        seen |= {one.get_attribute("data-index") for one in side.locator(".tile").locator("visible=true").all()}
        before = page.inner_text()
        side.get_by_role("button", name={"es": "Página siguiente", "en": "Next page"}[lang]).click()
        assert page.inner_text() != before
    assert len(seen) == 120
    assert side.locator('.tile[aria-pressed="true"]').is_visible()  # round once, back where it began
    assert side.locator('.tile[tabindex="0"]').count() == 1
    tile(view, "a", 23).focus()
    last = tile(view, "a", 23).get_attribute("data-index")
    view.keyboard.press("ArrowRight")
    assert view.evaluate("document.activeElement.dataset.index") == str(int(last) + 1)
    fade, _ = strips(view)
    view.keyboard.press("Enter")
    changed(view, 0, fade[0])
    view.keyboard.press("ArrowDown")
    view.keyboard.press("ArrowUp")
    assert view.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_tile_that_has_the_focus_is_outlined(visit, scheme):
    view = visit("mix", "en", color_scheme=scheme)
    tile(view, "a", 0).focus()
    view.keyboard.press("ArrowRight")
    assert view.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_clicks_on_a_slow_net_are_taken_one_by_one_and_none_is_lost(visit):
    """While a call is under way, later clicks wait: the last on each side counts, in the order of the clicks."""
    view = visit("mix", "en")
    sent = []
    view.on("request", lambda one: sent.append(one.post_data_json["data"][0]) if one.method == "POST" else None)
    view.evaluate(slow_net(500))
    wanted = {}
    for side, k in (("a", 3), ("b", 7), ("a", 5), ("a", 6)):
        wanted[side] = tile(view, side, k).get_attribute("data-index")
        tile(view, side, k).click()
    view.wait_for_url(f"**mix.a={wanted['a']}&mix.b={wanted['b']}")
    assert [one["side"] for one in sent] == ["a", "b", "a"]
    assert [str(one["index"]) for one in sent[1:]] == [wanted["b"], wanted["a"]]
