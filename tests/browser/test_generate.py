"""The tab Generate in a browser."""

import numpy as np
import pytest
import torch
from helpers.browser import (
    SOON,
    after,
    choose_model,
    decoded,
    decoder_here,
    each_language,
    each_view,
    in_a_browser,
    in_address,
    in_english,
    in_spanish,
    requests_of,
    shows,
    sources,
    without,
)  # fmt: skip
from PIL import Image

from vae_course.demo.core.model import shipped
from vae_course.demo.tabs.generate import compute, texts
from vae_course.demo.tabs.generate import view as generate
from vae_course.demo.ui import pictures
from vae_course.text import pick
from vae_course.web import parts

pytestmark = in_a_browser
SHEET = "#tab-generate .panel .whole img"


def shown(view) -> list[np.ndarray]:
    """The pictures of the first sheet, cut apart."""
    sheet, side = decoded(sources(view, SHEET)[0]), 28
    count = int(view.locator("#tab-generate .whole").first.get_attribute("data-count"))
    tops, lefts = (range(0, length, side + 1) for length in sheet.shape[:2])
    return [sheet[top : top + side, left : left + side] for top in tops for left in lefts][:count]


@each_view
def test_another_seed_gives_other_pictures_in_all_columns(visit, lang, width):
    view = visit("generate", lang, width)
    name = {"es": "Otra semilla", "en": "Another seed"}[lang]
    before, now = after(view, SHEET, lambda: view.get_by_role("button", name=name).click())
    assert len(before) == len(now) == len(compute.SOURCES)
    assert view.locator("#tab-generate [data-count='9']").count() == len(compute.SOURCES)
    assert not set(before) & set(now)
    in_address(view, "generate.seed=")


def test_controls_change_what_they_say(visit):
    view = visit("generate", "en")
    view.get_by_role("radio", name="VAE, fitted Gaussian").check()
    view.wait_for_function("document.querySelectorAll('#tab-generate .panel').length === 1")
    assert view.locator("#tab-generate .panel h3").inner_text() == "VAE, fitted Gaussian"
    count = view.get_by_role("spinbutton", name="How many")
    count.fill("5")
    count.press("Enter")
    view.locator("#tab-generate [data-count='5']").wait_for()
    assert len({one.tobytes() for one in shown(view)}) == 5
    for typed, counts in (("100", "64"), ("-3", "1"), ("2.5", "3"), ("", "3"), ("5", "5")):  # field and pictures agree
        count.fill("")
        count.fill(typed)  # at once: between keys that come faster than the page draws, Gradio moves the caret
        count.press("Enter")
        view.locator(f"#tab-generate [data-count='{counts}']").wait_for()
        assert count.input_value() == counts
        view.locator("#tab-generate .notice").wait_for(state="detached")
    before = sources(view, SHEET)
    temperature = view.get_by_role("spinbutton", name="Temperature")
    temperature.fill("0")
    temperature.press("Enter")
    view.wait_for_function(f"document.querySelector('{SHEET}').src !== '{before[0]}'", timeout=SOON)
    first, *others = shown(view)
    assert len(others) == 4 and all(abs(one - first).mean() < 3 for one in others)
    in_address(view, "generate.shown=gaussian", "generate.count=5", "generate.temperature=0")
    temperature.press_sequentially("5")
    temperature.press("Tab")
    view.wait_for_url("**generate.temperature=2*")
    assert temperature.input_value() == "2"


@each_language
def test_a_seed_that_is_none_gets_a_sentence_and_leaves_the_pictures(visit, lang):
    view = visit("generate", lang)
    before = sources(view, SHEET)
    view.get_by_role("spinbutton", name={"es": "Semilla", "en": "Seed"}[lang]).fill("-5")
    notice = view.get_by_role("alert")
    notice.wait_for()
    assert notice.inner_text().startswith({"es": "La semilla debe ser", "en": "The seed must be"}[lang])
    assert sources(view, SHEET) == before


@each_view
def test_the_map_of_a_two_dimensional_model_is_walked_by_click_and_by_key(visit, lang, width):
    view = visit("generate", lang, width)
    choose_model(view, lang, "fashion-2d")
    lattice = view.locator(".lattice")
    lattice.wait_for()
    box = lattice.bounding_box()
    place = {"x": box["width"] * 0.25, "y": box["height"] * 0.25}
    after(view, ".plane figure img", lambda: lattice.click(position=place))
    x, y = (float(view.locator(".plane").get_attribute(f"data-{axis}")) for axis in "xy")
    assert (x, y) == (pytest.approx(-1.5, abs=0.05), pytest.approx(1.5, abs=0.05))
    after(view, ".plane figure img", lambda: view.locator(".lattice").press("ArrowRight"))
    assert float(view.locator(".plane").get_attribute("data-x")) == pytest.approx(x + 0.2, abs=0.01)
    view.wait_for_function("document.activeElement.classList.contains('lattice')")
    lattice.evaluate("(one) => one.scrollIntoView({block: 'center'})")
    box = lattice.bounding_box()
    view.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6, steps=3)
    view.locator("#tab-generate .lens:not([hidden])").wait_for()
    view.mouse.down()
    view.mouse.move(box["x"] + box["width"] * 0.88, box["y"] + box["height"] * 0.75, steps=20)
    view.mouse.up()
    there = "(document.querySelector('.plane').dataset.{axis} - {at}) < 0.05"
    for axis, at in {"x": 2.28, "y": -1.5}.items():
        view.wait_for_function(f"Math.abs{there.format(axis=axis, at=at)}", timeout=SOON)


def test_a_link_restores_model_seed_and_point_and_so_does_the_switch(visit):
    query = "&generate.model=fashion-2d&generate.seed=11&generate.x=0.5"
    view = visit("generate", "en", query=query)
    view.locator(".lattice").wait_for()
    assert view.get_by_role("spinbutton", name="Seed").input_value() == "11"
    shown = sources(view, SHEET)
    view.locator("a.switch").click()
    view.locator(".lattice").wait_for()
    assert view.get_by_role("spinbutton", name="Semilla").input_value() == "11"
    assert sources(view, SHEET) == shown


@in_spanish
def test_neighbours_are_shown_when_asked_for(visit, lang):
    view = visit("generate", lang)
    view.get_by_role("button", name={"es": "¿De memoria?", "en": "By heart?"}[lang]).click()
    view.locator(".memory img").nth(11).wait_for()
    assert len(set(sources(view, ".memory img"))) >= 7


@in_english
def test_another_model_changes_pictures_and_description(visit, lang):
    view = visit("generate", lang)
    shown = view.locator(".about .numbers").locator("visible=true").inner_text()
    choose_model(view, lang, "faces")
    view.wait_for_function(f"document.querySelector('{SHEET}').naturalWidth === 3 * 65 - 1")
    assert view.locator(".about .numbers").locator("visible=true").inner_text() != shown


def test_the_sheet_is_saved_as_png(visit, tmp_path):
    view = visit("generate", "es")
    with view.expect_download() as waiting:
        view.locator("#tab-generate .panel .save").first.click()
    waiting.value.save_as(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.format == "PNG" and sheet.width == sheet.height >= 500
        assert np.asarray(sheet).std() > 5


def on_the_plane(visit, lang, width=1280, model="fashion-2d"):
    """The tab with a two-dimensional model, and its lattice in view."""
    view = visit("generate", lang, width, query=f"&generate.model={model}")
    view.locator(".lattice").wait_for()
    view.locator(".lattice").evaluate("(one) => one.scrollIntoView({block: 'center'})")
    return view


def decoder_arrived(view, name="fashion-2d"):
    """Waits until the page itself decodes."""
    view.locator(".lattice").hover()
    decoder_here(view, name)


def shows_point(view, name, x, y):
    """Waits until the plane's picture is the model's of that point."""
    shows(view, ".plane figure img", shipped(name).decode(torch.tensor([[x, y]]))[0])


def plane(view) -> dict:
    """What the plane says and shows."""
    return view.evaluate("""() => {
      const {dataset: {x, y}} = document.querySelector('.plane'), image = document.querySelector('.plane figure img');
      return {
        x: Number(x), y: Number(y), alt: image.alt, caption: document.querySelector('.plane figcaption').textContent,
        label: document.querySelector('.lattice').getAttribute('aria-label'),
        here: document.querySelector('.here').getAttribute('style').replaceAll(' ', '').replace(/;$/, ''),
        address: location.search,
      };
    }""")


@each_view
def test_a_drag_over_the_map_decodes_in_the_page_and_asks_the_server_nothing(visit, lang, width):
    view = on_the_plane(visit, lang, width)
    decoder_arrived(view)
    asked, shown = requests_of(view), set()
    box = view.locator(".lattice").bounding_box()
    view.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.3)
    view.mouse.down()
    for step in range(1, 25):
        view.mouse.move(box["x"] + box["width"] * (0.2 + 0.025 * step), box["y"] + box["height"] * (0.3 + 0.01 * step))
        shown.add(sources(view, ".plane figure img")[0])
    view.mouse.up()
    view.wait_for_url("**generate.x=1.8*")
    here = plane(view)
    shows_point(view, "fashion-2d", here["x"], here["y"])
    assert (here["x"], here["y"]) == (pytest.approx(1.8, abs=0.05), pytest.approx(-0.24, abs=0.05))
    assert len(shown) > 8 and asked == []
    view.reload()  # the server says and shows the same of that place
    view.locator("html[data-filled~=generate]").wait_for(state="attached")
    view.locator(".lattice").wait_for()
    again = plane(view)
    for key in ("alt", "caption", "label", "address"):
        assert again[key] == here[key]
    assert (again["x"], again["y"]) == (pytest.approx(here["x"], abs=6e-4), pytest.approx(here["y"], abs=6e-4))
    shows_point(view, "fashion-2d", here["x"], here["y"])


def test_keys_walk_in_the_page_and_back_at_the_start_the_address_is_clean(visit):
    view = on_the_plane(visit, "en")
    decoder_arrived(view)
    asked = requests_of(view)
    view.locator(".lattice").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        after(view, ".plane figure img", lambda key=key: view.keyboard.press(key))
    assert view.evaluate("document.activeElement.classList.contains('lattice')")
    assert (plane(view)["x"], plane(view)["y"]) == (pytest.approx(0.6), pytest.approx(-0.8))
    view.wait_for_url("**generate.x=0.6&generate.y=-0.8")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        after(view, ".plane figure img", lambda key=key: view.keyboard.press(key))
    view.wait_for_url(lambda address: "generate.x" not in address and "generate.y" not in address)
    assert asked == []


@pytest.mark.parametrize("missing", ["**/engine/**", "**/models/**"])
def test_where_the_engine_or_the_decoder_does_not_come_the_server_decodes(visit, missing):
    view = visit("generate", "en")
    without(view, missing)
    choose_model(view, "en", "fashion-2d")
    lattice = view.locator(".lattice")
    lattice.wait_for()
    for x, y in ((-1.5, 1.5), (0.6, -1.2)):
        box = lattice.bounding_box()
        place = {"x": box["width"] * (0.5 + x / 6), "y": box["height"] * (0.5 - y / 6)}
        after(view, ".plane figure img", lambda place=place: lattice.click(position=place))
        here = plane(view)
        assert (here["x"], here["y"]) == (pytest.approx(x, abs=0.05), pytest.approx(y, abs=0.05))
        shows_point(view, "fashion-2d", here["x"], here["y"])
    assert view.locator("html[data-decoders]").count() == 0


def test_each_model_is_decoded_by_its_own_decoder_and_begins_where_the_server_puts_it(visit):
    view = on_the_plane(visit, "en")
    decoder_arrived(view)
    after(view, ".plane figure img", lambda: view.locator(".lattice").press("ArrowUp"))
    for name in ("fashion-latent-2", "fashion-2d"):
        choose_model(view, "en", name)
        view.wait_for_function(f"document.querySelector('.plane')?.dataset.decoder.includes('/{name}/')", timeout=SOON)
        assert (plane(view)["x"], plane(view)["y"]) == (1, -1)
        decoder_arrived(view, name)
        after(view, ".plane figure img", lambda: view.locator(".lattice").press("ArrowLeft"))
        assert plane(view)["x"] == pytest.approx(0.8)
        shows_point(view, name, 0.8, -1)


SAID = """(given) => {
  const place = document.createElement('div');
  place.innerHTML = given ?? document.querySelector('#tab-generate .panels').parentNode.innerHTML;
  const panels = [...place.querySelectorAll('.panel')].map((one) => {
    const image = one.querySelector('.whole img'), sheet = one.querySelector('.whole');
    const names = ['columns', 'rows', 'last', 'width', 'height'];
    const laid = names.map((name) => sheet.style.getPropertyValue(`--${name}`));
    const [pin, save] = ['.pin', '.save'].map((button) => one.querySelector(button).dataset);
    const size = ['width', 'height'].map((name) => image.getAttribute(name));
    return [one.className, pin.pin, save.save, sheet.dataset.count, ...laid, image.alt, ...size];
  });
  const noted = Object.entries(JSON.parse(place.querySelector('[data-note]').dataset.note));
  return [panels, noted.map(([key, value]) => [key, value && String(value)])];
}"""


def as_by_the_server(view, lang: str, name: str, *chosen, apart: int = 1) -> None:
    """Waits until all sheets and what is said of them are what the server makes of seed, count and temperature.

    apart: steps of 255 that a pixel may differ, more where the server encoded it as JPEG.
    """
    shipped_one, (seed, count, temperature) = shipped(name), chosen
    said = view.evaluate(SAID, generate.sheets(lang, shipped_one, seed, count, temperature, "all"))
    view.wait_for_function(f"(said) => JSON.stringify(({SAID})()) === JSON.stringify(said)", arg=said)
    for k, source in enumerate(compute.sources(shipped_one)):
        x = compute.generated(shipped_one, seed, count, temperature, source)
        height, width = x.shape[2:]
        sheet = decoded(sources(view, SHEET)[k])
        columns = min(count, 3 if count <= 9 else 4 if count <= 16 else 6 if count <= 36 else 8)
        for j, picture in enumerate(x):
            top, left = j // columns * (height + 1), j % columns * (width + 1)
            cell = sheet[top : top + height, left : left + width]
            assert np.abs(cell - np.atleast_3d(pictures.to_bytes(picture)).astype(int)).max() <= apart


@each_view
def test_sheets_are_drawn_in_the_page_and_the_server_is_asked_nothing(visit, lang, width):
    """One visit: sliders dragged, another seed, one and many pictures, and the way back for what the page can't do."""
    name = {1280: "fashion-latent-8", 390: "drawn"}[width]
    view = visit("generate", lang, width, query=f"&generate.model={name}")
    seed, more, hot = (
        view.get_by_role(role, name=pick(text, lang)).locator("visible=true").first
        for role, text in (("spinbutton", texts.SEED), ("spinbutton", texts.COUNT), ("slider", texts.TEMPERATURE))
    )
    hot.hover()
    for part in set(parts.of(name)) - {"encoder"}:
        view.locator(f'html[data-decoders*="/{name}/{part}."]').wait_for(state="attached", timeout=SOON)
    if width == 1280:
        decoder_here(view, f"{name}-beta-0")
    asked, box = requests_of(view), hot.bounding_box()
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.mouse.move(middle, y)
    view.mouse.down()
    after(view, SHEET, lambda: view.mouse.move(middle + box["width"] / 4, y, steps=25))
    view.mouse.up()
    temperature = float(hot.input_value())
    assert temperature > 1.4
    as_by_the_server(view, lang, name, 7, 9, temperature)
    after(view, SHEET, lambda: view.get_by_role("button", name=pick(texts.ANOTHER, lang)).click())
    drawn = int(seed.input_value())
    as_by_the_server(view, lang, name, drawn, 9, temperature)
    for count in (17, 1):
        more.fill(str(count))
        more.press("Enter")
        as_by_the_server(view, lang, name, drawn, count, temperature)
    view.wait_for_url(f"**generate.seed={drawn}&generate.count=1*")
    assert asked == []
    seed.fill("-5")  # no seed: that is for the server to say
    view.get_by_role("alert").wait_for()
    seed.fill("11")
    view.get_by_role("alert").wait_for(state="detached")
    as_by_the_server(view, lang, name, 11, 1, temperature, apart=25)
