"""The tab Map in a browser."""

import io
import re

import numpy as np
import pytest
from helpers.browser import (
    SOON,
    after,
    decoder_here,
    each_view,
    each_width,
    in_a_browser,
    in_address,
    in_english,
    in_spanish,
    requests_of,
    shows,
    sources,
    without,
)
from PIL import Image

from vae_course.demo.core.model import shipped
from vae_course.demo.tabs.map import compute, texts
from vae_course.demo.tabs.map import view as map_view

pytestmark = in_a_browser
ENDS, FILM = "#tab-map .ends img", "#tab-map .path-area img"


def tap(view, k: int, right: float = 0, down: float = 0) -> None:
    """A click on the k-th point of the map, or so many pixels from it, whatever lies above."""
    svg = view.locator("#tab-map svg.map")
    svg.scroll_into_view_if_needed()
    box, dot = svg.bounding_box(), view.locator(f'#tab-map .dot[data-index="{k}"]')
    x, y = (float(dot.get_attribute(f"data-{axis}")) * box["width"] / map_view.SIDE for axis in "xy")
    svg.click(position={"x": x + right, "y": y + down})


def pressed(view) -> list[int]:
    return view.evaluate(
        "[...document.querySelectorAll('#tab-map .dot[aria-pressed=true]')].map(e => Number(e.dataset.index)).sort()"
    )


def drawn(view) -> np.ndarray:
    """The map as it is on the screen."""
    with Image.open(io.BytesIO(view.locator("#tab-map svg.map").screenshot())) as image:
        return np.asarray(image.convert("RGB").resize((400, 400), Image.Resampling.BOX)).astype(int)


def outlines(view) -> list[str]:
    """The classes whose outline is to be seen."""
    shown = "[...document.querySelectorAll('#tab-map .border[visibility=visible]')].map(e => e.dataset.class)"
    return view.evaluate(shown)


def choose(view, label: str, option: str) -> None:
    view.get_by_role("combobox", name=label).locator("visible=true").click()
    view.get_by_role("option", name=option, exact=True).click()


@each_view
def test_a_click_shows_a_picture_and_another_the_path_to_it(visit, lang, width):
    view = visit("map", lang, width)
    assert len(sources(view, ENDS)) == 2
    before, now = after(view, ENDS, lambda: tap(view, 19))
    view.wait_for_function(f"!document.querySelector('{FILM}')")
    assert len(now) == 1 and now[0] not in before
    assert pressed(view) == [19] and view.locator("#tab-map .path").get_attribute("visibility") == "hidden"
    tap(view, 59)
    view.wait_for_function(f"document.querySelectorAll('{FILM}').length === {compute.STEPS}")
    film = view.evaluate(f"[...document.querySelectorAll('{FILM}')].map(e => e.src)")
    assert len(set(film)) == compute.STEPS and sources(view, ENDS)[0] == now[0]
    assert pressed(view) == [19, 59] and view.locator("#tab-map .path").get_attribute("visibility") == "visible"
    in_address(view, "map.a=19", "map.b=59")
    assert view.evaluate("document.documentElement.scrollWidth") <= width


def test_a_finger_beside_a_point_means_the_nearest_and_one_in_the_empty_none(visit):
    view = visit("map", "en", 390, has_touch=True)
    box = view.locator("#tab-map svg.map").bounding_box()
    place = {"x": box["width"] * 0.97, "y": box["height"] * 0.97}
    view.locator("#tab-map svg.map").click(position=place)
    assert pressed(view) == sorted(compute.opening_pair(shipped("fashion-2d")))
    after(view, ENDS, lambda: tap(view, 72, down=9))
    assert pressed(view) == [72]


@in_spanish
def test_a_class_is_outlined_by_a_click_on_its_name(visit, lang):
    view = visit("map", lang)
    assert outlines(view) == [compute.outlined(shipped("fashion-2d"))]
    before = drawn(view)
    button = view.locator("#tab-map .legend").get_by_role("button", name={"es": "Bolso", "en": "Bag"}[lang])
    button.click()
    assert outlines(view) == ["8"] and button.get_attribute("aria-pressed") == "true"
    in_address(view, "map.outline=8")
    assert np.abs(drawn(view) - before).sum(axis=2).max() > 100
    choose(view, {"es": "Color según", "en": "Colour by"}[lang], {"es": texts.NONE.es, "en": texts.NONE.en}[lang])
    view.wait_for_function("document.querySelector('#tab-map .dot').getAttribute('fill') === '" + compute.PLAIN + "'")
    assert outlines(view) == ["8"]  # the server did not know, the page did
    view.locator("#tab-map .legend [role=button]").nth(8).press("Enter")
    assert outlines(view) == []
    in_address(view, "map.outline=none")


@each_width
def test_planes_and_looks_change_the_map_and_keep_what_was_picked(visit, width):
    view = visit("map", "es", width)
    tap(view, 19)
    view.wait_for_function(f"!document.querySelector('{FILM}')")
    tiled = drawn(view)
    view.get_by_role("radio", name="t-SNE").check()
    view.wait_for_function("!document.querySelector('#tab-map .behind')")
    dots = drawn(view)
    view.get_by_role("radio", name="Imagen", exact=True).check()
    view.locator("#tab-map svg.map[data-look=pictures]").wait_for()
    view.wait_for_timeout(300)  # the sheet of pictures is decoded
    thumbs = drawn(view)
    assert np.abs(tiled - dots).mean() > 20 and np.abs(dots - thumbs).mean() > 5
    assert pressed(view) == [19] and len(sources(view, ENDS)) == 1
    in_address(view, "map.method=tsne", "map.look=pictures", "map.a=19", "map.b=none")


HERE, LENS = "#tab-map .place img", "#tab-map .lens"


def at(view, x: float, y: float) -> tuple[float, float]:
    """A place of the map, in 0..1 from its top left, on the screen."""
    svg = view.locator("#tab-map svg.map")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


SAID = """(given) => {
  const place = document.createElement('div');
  place.innerHTML = given ?? document.querySelector('#tab-map .place').outerHTML;
  const [image, caption, note] = ['img', 'figcaption', '[data-note]'].map((one) => place.querySelector(one));
  return [image.alt, caption.textContent, note.dataset.note.replaceAll(' ', '').replace(/"(?=[,}])|(?<=:)"/g, '')];
}"""


def at_the_ring(view, model: str, method: str, x: float, y: float) -> None:
    """Waits until picture and words are the server's of that place."""
    shows(view, HERE, shipped(model).decode(compute.code_at(shipped(model), method, x, y))[0])
    assert view.evaluate(SAID) == view.evaluate(SAID, map_view.place("en", shipped(model), method, x, y))


def spot(view, x: float | None, y: float) -> list[float]:
    """Waits until the ring is within 0.003 of a place (None: not in the address) by the address; where exactly."""
    asked = "new URL(location.href).searchParams.get(`map.${axis}`)"
    spot = f"['x', 'y'].map((axis) => {asked}).map((value) => value && Number(value))"
    near = "(value, k) => (value === null) === (wanted[k] === null) && Math.abs(value - wanted[k]) < 0.003"
    view.wait_for_function(f"(wanted) => {spot}.every({near})", arg=[x, y], timeout=SOON)
    return view.evaluate(spot)


COUNT = """() => { window.underWay = 0; window.calls = 0; window.most = 0; const real = window.fetch;
  window.fetch = async (...all) => { if (all[1]?.method !== 'POST') return real(...all);
    window.most = Math.max(window.most, ++window.underWay); window.calls += 1;
    await new Promise((done) => setTimeout(done, 300));
    try { return await real(...all); } finally { window.underWay -= 1; } }; }"""


@pytest.mark.parametrize("here", [True, False])
def test_a_click_on_an_empty_place_a_drag_and_keys_decode_it(visit, here):
    """One visit: click, hover, drag, keys, another plane, one without places, and the link to all that.

    here: in the page, which asks the server nothing; else the engine does not come, and the server decodes.
    """
    view = visit("map", "en", query="&map.x=0.25&map.y=0.5")
    if not here:
        without(view)
    at_the_ring(view, "fashion-2d", "z", 0.25, 0.5)
    view.locator("#tab-map svg.map").hover(position={"x": 3, "y": 3})
    if here:
        decoder_here(view, "fashion-2d")
    view.evaluate(COUNT)
    view.mouse.click(*at(view, 0.97, 0.97))
    x, y = spot(view, 0.97, 0.03)
    at_the_ring(view, "fashion-2d", "z", x, y)
    assert pressed(view) == sorted(compute.opening_pair(shipped("fashion-2d")))
    dot = view.locator('#tab-map .dot[data-index="19"]')
    view.mouse.move(*at(view, *(float(dot.get_attribute(f"data-{axis}")) / map_view.SIDE for axis in "xy")))
    background = view.locator(LENS).evaluate("(one) => one.hidden ? '' : one.style.background")
    assert map_view.gallery.sheet(shipped("fashion-2d")) in background
    view.mouse.move(*at(view, x, 1 - y))  # the ring
    view.mouse.down()
    view.mouse.move(*at(view, 0.1, 0.3), steps=60)
    view.mouse.up()
    ring = "document.querySelector('#tab-map .here').getAttribute('transform')"
    assert [float(one) for one in re.findall(r"[\d.]+", view.evaluate(ring))] == pytest.approx([100, 300], abs=3)
    x, y = spot(view, 0.1, 0.7)
    view.wait_for_function("window.underWay === 0", timeout=SOON)
    at_the_ring(view, "fashion-2d", "z", x, y)  # the last place is what remains
    lens = view.locator(LENS).evaluate("(one) => one.querySelector('canvas')?.toDataURL() ?? one.style.background")
    assert sources(view, HERE)[0] == lens if here else view.locator(HERE).get_attribute("src") in lens
    assert pressed(view) == sorted(compute.opening_pair(shipped("fashion-2d")))  # the end of a drag is no click
    view.locator("#tab-map .here").focus()
    view.keyboard.press("Shift+ArrowRight")
    view.keyboard.press("ArrowDown")
    at_the_ring(view, "fashion-2d", "z", round(x + 0.1, 3), round(y - 0.02, 3))
    most, calls = view.evaluate("[window.most, window.calls]")
    assert calls == 0 if here else most == 1 and 1 < calls < 50  # of more than 60 places
    view.get_by_role("radio", name="PCA").check()
    at_the_ring(view, "fashion-2d", "pca", round(x + 0.1, 3), round(y - 0.02, 3))
    view.get_by_role("radio", name="t-SNE").check()
    view.locator(HERE).wait_for(state="hidden")
    before = view.evaluate("window.calls")
    view.mouse.click(*at(view, 0.99, 0.99))
    assert view.evaluate("window.calls") == before or len(pressed(view)) == 1  # nothing there, or a point


def test_a_place_of_a_plane_through_many_dimensions_is_decoded_in_the_page(visit):
    view = visit("map", "es", 390, query="&map.model=faces&map.method=pca")
    view.locator("#tab-map .here").hover()
    decoder_here(view, "faces")
    asked = requests_of(view)
    view.locator("#tab-map .here").focus()
    for key in ("Shift+ArrowLeft", "ArrowUp"):
        after(view, HERE, lambda key=key: view.keyboard.press(key))
    view.wait_for_url("**map.x=0.75&map.y=0.22")
    shows(view, HERE, shipped("faces").decode(compute.code_at(shipped("faces"), "pca", 0.75, 0.22))[0])
    assert view.locator("#tab-map .place small").inner_text() == texts.AVERAGE.es and asked == []


def test_a_finger_drags_the_ring_whichever_way_and_scrolls_beside_it(visit):
    view = visit("map", "es", 390, has_touch=True)
    shows(view, HERE, shipped("fashion-2d").decode(compute.code_at(shipped("fashion-2d"), "z", 0.85, 0.2))[0])
    finger = view.context.new_cdp_session(view)

    def drag(start, end):
        (x1, y1), (x2, y2) = start, end
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x1, "y": y1}]})
        for share in range(1, 11):
            point = {"x": x1 + (x2 - x1) * share / 10, "y": y1 + (y2 - y1) * share / 10}
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    drag(at(view, 0.85, 0.8), at(view, 0.85, 0.3))
    spot(view, None, 0.7)
    assert not view.locator(LENS).get_attribute("hidden")
    scrolled = view.evaluate("scrollY")
    drag(at(view, 0.2, 0.6), at(view, 0.2, 0.2))
    view.wait_for_function(f"scrollY !== {scrolled}")
    assert "map.x" not in view.url  # still where it was


def test_keys_walk_from_point_to_point(visit):
    view = visit("map", "en")
    dot = view.locator('#tab-map .dot[tabindex="0"]')
    assert dot.count() == 1
    dot.focus()
    active = "[...document.querySelectorAll('#tab-map .dot')].indexOf(document.activeElement)"
    x = "Number(document.activeElement.dataset.x)"
    start, left = view.evaluate(active), view.evaluate(x)
    view.keyboard.press("ArrowLeft")
    assert view.evaluate(active) != start and view.evaluate(x) < left
    index = int(view.evaluate("document.activeElement.dataset.index"))
    after(view, ENDS, lambda: view.keyboard.press("Enter"))
    assert pressed(view) == [index]
    assert view.evaluate("Number(document.activeElement.dataset.index)") == index
    seen = set()
    for _ in range(120):
        view.keyboard.press("PageDown")
        seen.add(view.evaluate("Number(document.activeElement.dataset.index)"))
    assert seen == set(range(120))


def test_a_link_restores_all_of_it_and_so_does_the_switch_of_language(visit):
    query = "&map.model=faces&map.method=pca&map.colour=glasses&map.a=12&map.b=40"
    view = visit("map", "en", query=query)
    view.locator('#tab-map .map[data-a="12"][data-b="40"]').wait_for()
    view.wait_for_function(f"document.querySelector('{ENDS}').naturalWidth === 64")
    shown, film = sources(view, ENDS), sources(view, FILM)
    fills = view.evaluate("[...document.querySelectorAll('#tab-map .dot')].map(e => e.getAttribute('fill'))")
    view.locator("a.switch").click()
    view.locator('#tab-map .map[data-a="12"][data-b="40"]').wait_for()
    view.get_by_text("Anteojos, según el código").wait_for()
    assert sources(view, ENDS) == shown and sources(view, FILM) == film
    fills_again = view.evaluate("[...document.querySelectorAll('#tab-map .dot')].map(e => e.getAttribute('fill'))")
    assert fills_again == fills and pressed(view) == [12, 40]
    assert view.get_by_role("radio", name="PCA").is_checked()


@in_english
def test_another_model_brings_its_own_planes_and_colours(visit, lang):
    view = visit("map", lang)
    view.get_by_role("combobox").locator("visible=true").first.click()
    view.get_by_role("option", name={"es": "Rostros", "en": "Faces"}[lang], exact=True).click()
    view.wait_for_function(f"document.querySelector('{ENDS}').naturalWidth === 64", timeout=SOON)
    assert view.locator("#tab-map .legend").count() == 0 and view.locator("#tab-map .scale").count() == 1
    assert not view.get_by_role("radio", name={"es": "z tal cual", "en": "z as it is"}[lang]).count()
    fill = "document.querySelector('#tab-map .dot').getAttribute('fill')"
    before = view.evaluate(fill)
    choose(view, {"es": "Color según", "en": "Colour by"}[lang], {"es": "Edad", "en": "Age"}[lang])
    view.wait_for_function(f"{fill} !== '{before}'", timeout=SOON)
    in_address(view, "map.model=faces", "map.colour=age")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_strip_is_saved_whole_as_png(visit, tmp_path, width):
    view = visit("map", "es", width)
    with view.expect_download() as waiting:
        view.locator("#tab-map .path-area .save").click()
    assert waiting.value.suggested_filename.startswith("camino-fashion-2d-")
    waiting.value.save_as(tmp_path / "strip.png")
    with Image.open(tmp_path / "strip.png") as strip:
        assert strip.format == "PNG" and strip.width > 8.5 * strip.height
        assert np.asarray(strip).std() > 5
