"""The tab Reconstruct in a browser."""

import numpy as np
from helpers.browser import (
    SOON,
    after,
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
)
from PIL import Image

from vae_course.demo.core import titles
from vae_course.demo.core.model import shipped
from vae_course.demo.tabs.reconstruct import compute, texts
from vae_course.text import pick

pytestmark = in_a_browser
PICKED = "#tab-reconstruct .picked img"
BACK = "#tab-reconstruct .back img"
DRAWS = "#tab-reconstruct .draws img"
MODEL = {"es": "Modelo", "en": "Model"}
OTHER = {"es": "Comparar con el modelo", "en": "Compare with the model"}
CAMERA = {"es": "Cámara", "en": "Camera"}
SHOOT = {"es": "Tomar la foto", "en": "Take the picture"}
# a camera that shows red on its left and blue on its right
FAKE = """navigator.mediaDevices.getUserMedia = async (asked) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 240];
  const paper = canvas.getContext('2d');
  setInterval(() => {
    paper.fillStyle = 'rgb(230,20,20)'; paper.fillRect(0, 0, 160, 240);
    paper.fillStyle = 'rgb(20,20,230)'; paper.fillRect(160, 0, 160, 240);
  }, 30);
  return (window.given = canvas.captureStream(30));
};"""
KITTENS = "&reconstruct.model=cats"  # whatever pictures are on this machine
REFUSED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NAME'); };"


def tile(view, k: int):
    return view.locator("#tab-reconstruct button.tile").locator("visible=true").nth(k)


def choose(view, menu: str, lang: str, name: str) -> None:
    view.get_by_role("option").first.wait_for(state="hidden")  # the other menu's, folding up
    view.get_by_role("combobox", name=menu, exact=True).locator("visible=true").click()
    view.get_by_role("option", name=pick(titles.title(name), lang), exact=True).click()


@each_language
def test_the_opening_shows_both_ways_at_once(visit, lang):
    view = visit("reconstruct", lang, query=KITTENS)
    found = view.evaluate(
        "[...document.querySelectorAll('#tab-reconstruct .cross .row img')].map(e => e.getBoundingClientRect().bottom)"
    )
    assert len(found) == 8 and max(found) <= 860  # in the window, without scrolling
    captions = view.locator("#tab-reconstruct .picked figcaption b").all_inner_texts()
    expected = {"es": ["Modelo: Gatitos", "Modelo: Rostros"], "en": ["Model: Kittens", "Model: Faces"]}[lang]
    assert captions[1:3] == expected
    assert len(set(sources(view, "#tab-reconstruct .cross .row img"))) == 8


@each_view
def test_a_picture_is_picked_by_clicking_it(visit, lang, width):
    view = visit("reconstruct", lang, width)
    back = sources(view, BACK)
    before, now = after(view, PICKED, tile(view, 6).click)
    assert all(a != b for a, b in zip(before, now, strict=True)) and sources(view, BACK) == back
    assert tile(view, 6).get_attribute("aria-pressed") == "true"
    assert view.locator('#tab-reconstruct .tile[aria-pressed="true"]').count() == 1
    assert len(sources(view, DRAWS)) == 8
    in_address(view, "reconstruct.picture=")


def test_a_picture_is_picked_with_the_keyboard(visit):
    view = visit("reconstruct", "en")
    tile(view, 3).focus()
    view.keyboard.press("ArrowRight")
    before, now = after(view, PICKED, lambda: view.keyboard.press("Enter"))
    assert before[0] != now[0] and tile(view, 4).get_attribute("aria-pressed") == "true"


@in_spanish
def test_drawing_again_changes_the_draws_only(visit, lang):
    view = visit("reconstruct", lang)
    rows = sources(view, "#tab-reconstruct .cross .row img")
    name = {"es": "Sortear de nuevo", "en": "Draw again"}[lang]
    button = view.locator("#tab-reconstruct").get_by_role("button", name=name)
    before, now = after(view, DRAWS, button.click)
    assert not set(before) & set(now)
    assert sources(view, "#tab-reconstruct .cross .row img") == rows
    view.wait_for_url("**reconstruct.seed=1*")


def drawn(view, name: str, picture: int, seed: int, apart: int = 1) -> None:
    """Waits until the eight draws are the server's of that seed; apart: steps of 255 between pixels."""
    wanted = compute.reconstructed(shipped(name), picture, seed).draws
    for k, draw in enumerate(wanted):
        shows(view, f"{DRAWS}:nth-child({k + 1})", draw, apart)


@each_view
def test_draws_are_drawn_in_the_page_and_the_server_is_asked_nothing(visit, lang, width):
    name = {1280: "cats", 390: "fashion"}[width]
    view = visit(
        "reconstruct", lang, width, query=f"&reconstruct.model={name}&reconstruct.picture=3&reconstruct.seed=40"
    )
    again = view.locator("#tab-reconstruct").get_by_role("button", name=pick(texts.AGAIN, lang))
    again.hover()
    decoder_here(view, name)
    asked = requests_of(view)
    for seed in (41, 42):
        again.click()
        drawn(view, name, 3, seed)
    view.wait_for_url("**reconstruct.seed=42*")
    assert asked == []
    after(view, PICKED, tile(view, 6).click)
    drawn(view, name, 6, 42, apart=30)  # the server was told the seed with the picture; it sends JPEG
    asked.clear()
    again.click()
    drawn(view, name, 6, 43)
    assert asked == []


def test_where_the_engine_does_not_come_the_server_draws(visit):
    view = visit("reconstruct", "en", query="&reconstruct.model=fashion&reconstruct.picture=3")
    without(view)
    for seed in (1, 2):
        view.get_by_role("button", name="Draw again").locator("visible=true").click()
        view.wait_for_url(f"**reconstruct.seed={seed}*")
        drawn(view, "fashion", 3, seed, apart=30)


@each_view
def test_ones_own_picture_goes_through_the_models(visit, tmp_path, lang, width):
    Image.new("RGB", (300, 200), (250, 10, 10)).save(tmp_path / "red.png")
    view = visit("reconstruct", lang, width)
    upload = view.locator('#tab-reconstruct input[type="file"]')
    before, now = after(view, PICKED, lambda: upload.set_input_files(tmp_path / "red.png"))
    assert before != now
    caption = view.locator(".picked figcaption").first
    assert caption.inner_text() == {"es": "Imagen subida", "en": "Uploaded picture"}[lang]
    assert view.locator('#tab-reconstruct .tile[aria-pressed="true"]').count() == 0
    after(view, PICKED, tile(view, 2).click)
    assert view.locator('#tab-reconstruct [data-chosen="true"]').count() == 0
    upload.set_input_files(tmp_path / "red.png")  # the same once more
    view.locator('#tab-reconstruct [data-chosen="true"]').wait_for(state="attached")
    choose(view, MODEL[lang], lang, "fashion")  # and through another one
    view.wait_for_function("document.querySelector('#tab-reconstruct .picked img').naturalWidth === 28")
    assert caption.inner_text() == {"es": "Imagen subida", "en": "Uploaded picture"}[lang]


BAD = {  # bytes of the file -> what is said of it
    "text": (b"words " * 100, "no es una imagen", "not a picture"),
    "more than the server takes": (b"\0" * 10 * 2**20, "pesa demasiado", "too heavy"),
    "more than it even answers": (b"\0" * 34 * 2**20, "pesa demasiado", "too heavy"),
}


@each_language
def test_a_bad_upload_gets_a_sentence_in_the_pages_language(visit, tmp_path, lang):
    view = visit("reconstruct", lang)
    before, notice = sources(view, PICKED), view.get_by_role("alert")
    for k, (content, es, en) in enumerate(BAD.values()):
        (tmp_path / "picture.png").write_bytes(content)
        view.locator('#tab-reconstruct input[type="file"]').set_input_files(tmp_path / "picture.png")
        notice.wait_for()
        assert {"es": es, "en": en}[lang] in notice.inner_text()
        assert sources(view, PICKED) == before
        before = after(view, PICKED, tile(view, 5 + k).click)[1]
        assert notice.count() == 0


@each_view
def test_the_camera_takes_a_picture_that_goes_the_way_of_an_upload(visit, lang, width):
    view = visit("reconstruct", lang, width)
    view.evaluate("() => {" + FAKE + "}")
    button = view.get_by_role("button", name=CAMERA[lang], exact=True)
    button.click()
    shoot = view.get_by_role("button", name=SHOOT[lang])
    shoot.wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    view.wait_for_function("document.querySelector('#tab-reconstruct video').videoWidth === 320")
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    after(view, PICKED, shoot.click)
    assert not shoot.is_visible()
    assert view.evaluate("given.getTracks().every(track => track.readyState === 'ended')")
    pixels = view.evaluate(
        """async () => {
          const image = document.querySelector('#tab-reconstruct .picked img');
          const canvas = document.createElement('canvas');
          [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
          const paper = canvas.getContext('2d');
          paper.drawImage(image, 0, 0);
          return [8, 56].map(x => [...paper.getImageData(x, 32, 1, 1).data]);
        }"""
    )
    left, right = pixels  # mirrored, as the visitor saw it
    assert left[2] > 150 > left[0] and right[0] > 150 > right[2]


@in_english
def test_the_camera_is_off_once_it_is_closed_or_out_of_sight(visit, lang):
    view = visit("reconstruct", lang)
    view.evaluate("() => {" + FAKE + "}")
    ended = "given.getTracks().every(track => track.readyState === 'ended')"
    button = view.get_by_role("button", name=CAMERA[lang], exact=True)
    button.click()
    view.get_by_role("button", name={"es": "Cerrar la cámara", "en": "Close the camera"}[lang]).click()
    assert view.evaluate(ended)
    button.click()
    view.get_by_role("button", name=SHOOT[lang]).wait_for()
    view.get_by_role("tab", name={"es": "Mezclar", "en": "Mix"}[lang]).click()
    view.wait_for_function(ended)


NO_CAMERA = {
    "NotAllowedError": ("no dio permiso", "did not allow"),
    "NotFoundError": ("ninguna cámara", "No camera"),
    "NotReadableError": ("no respondió", "did not answer"),
}


@each_language
def test_a_camera_that_is_refused_or_absent_is_told(visit, lang):
    view = visit("reconstruct", lang)
    before = sources(view, PICKED)
    for error, (es, en) in NO_CAMERA.items():
        view.evaluate("() => {" + REFUSED.replace("NAME", error) + "}")
        view.get_by_role("button", name=CAMERA[lang], exact=True).click()
        view.get_by_role("alert").get_by_text({"es": es, "en": en}[lang]).wait_for()
        assert sources(view, PICKED) == before and not view.locator("video").is_visible()


def test_without_a_camera_the_browser_itself_says_so(visit):
    view = visit("reconstruct", "en")  # headless, and no camera on the machine
    view.get_by_role("button", name="Camera", exact=True).click()
    view.get_by_role("alert").wait_for()
    assert "picture" in view.get_by_role("alert").inner_text()


@in_spanish
def test_another_model_to_compare_with(visit, lang):
    view = visit("reconstruct", lang, query=KITTENS)
    before = sources(view, PICKED)
    after(view, "#tab-reconstruct .picked figure:nth-child(3) img", lambda: choose(view, OTHER[lang], lang, "drawn"))
    now = sources(view, PICKED)
    assert now[:2] == before[:2] and now[2] != before[2] and now[3] == before[3]
    choose(view, MODEL[lang], lang, "drawn")  # then the other one has to give way
    chosen = view.get_by_role("combobox", name=OTHER[lang]).locator("visible=true")
    chosen.filter(has_text=pick(titles.title("faces"), lang)).wait_for(timeout=SOON)


def test_a_link_restores_everything_and_the_switch_keeps_it(visit):
    query = "&reconstruct.model=faces&reconstruct.other=cats&reconstruct.picture=30&reconstruct.seed=4"
    view = visit("reconstruct", "es", query=query)
    view.locator('#tab-reconstruct .tile[data-index="30"][aria-pressed="true"]').wait_for()
    shown = sources(view, "#tab-reconstruct .cross .row img"), sources(view, DRAWS)
    assert view.locator("#tab-reconstruct .picked b").nth(1).inner_text() == "Modelo: Rostros"
    view.locator("a.switch").click()
    view.get_by_text("Model: Faces").first.wait_for()
    view.locator('#tab-reconstruct .tile[data-index="30"][aria-pressed="true"]').wait_for()
    assert (sources(view, "#tab-reconstruct .cross .row img"), sources(view, DRAWS)) == shown


@in_english
def test_the_pictures_are_saved_as_png(visit, tmp_path, lang):
    view = visit("reconstruct", lang, query=KITTENS)
    with view.expect_download() as waiting:
        view.locator("#tab-reconstruct .cross .save").click()
    expected = {"es": "reconstruccion-cats-faces.png", "en": "reconstruction-cats-faces.png"}
    assert waiting.value.suggested_filename == expected[lang]
    waiting.value.save_as(tmp_path / "rows.png")
    with Image.open(tmp_path / "rows.png") as saved:
        assert (saved.format, saved.size) == ("PNG", (4 * 130 - 2, 2 * 130 - 2))
        assert np.asarray(saved).std() > 20
