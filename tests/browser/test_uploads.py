"""Pictures that are larger than the server takes are shrunk in the browser, and the page says so."""

import io

import numpy as np
import pytest
from helpers.browser import SOON, after, decoded, each_language, in_a_browser, sources
from PIL import Image

from vae_course.demo.core import texts as core_texts
from vae_course.demo.core import uploads
from vae_course.demo.ui import texts
from vae_course.text import pick

pytestmark = in_a_browser
PICKED = "#tab-reconstruct .picked img"
SAID = "#tab-reconstruct .said"
WATCH = """() => { window.sent = []; const real = FormData.prototype.append; FormData.prototype.append =
  function (name, file, ...more) { window.sent.push(file.size); return real.call(this, name, file, ...more); }; }"""
TURNED = 6  # EXIF: a camera held upright, whose rows are the picture's columns


def colours(size: tuple[int, int]) -> Image.Image:
    """Red left, blue right, and a green band above, of size (width, height)."""
    image = Image.new("RGB", (40, 40), (220, 30, 30))
    image.paste((30, 30, 220), (20, 0, 40, 40))
    image.paste((30, 200, 30), (0, 0, 40, 12))
    return image.resize(size, Image.Resampling.NEAREST)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Files that the server would refuse, by what is too much of them; "broken": nobody can decode it."""
    folder = tmp_path_factory.mktemp("large")
    exif = Image.Exif()
    exif[0x0112] = TURNED
    turned = colours((7400, 5600)).transpose(Image.Transpose.ROTATE_90)  # shown turned right, it is upright again
    turned.save(folder / "pixels.jpg", quality=60, exif=exif)
    noise = np.random.default_rng(0).integers(-12, 12, (1700, 1700, 3))
    heavy = np.clip(np.asarray(colours((1700, 1700))).astype(int) + noise, 0, 255).astype(np.uint8)
    Image.fromarray(heavy).save(folder / "bytes.bmp")
    colours((17_000, 300)).save(folder / "wide.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(uploads.MAX_BYTES))
    (folder / "light.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    return folder


def corner(pixels: np.ndarray, across: float, down: float) -> str:
    """The strongest channel at a place, in 0..1 from the top left."""
    height, width = pixels.shape[:2]
    return "RGB"[int(pixels[int(down * height), int(across * width)].argmax())]


@each_language
def test_a_large_picture_arrives_upright_and_the_page_says_that_it_was_shrunk(visit, large, lang):
    view = visit("reconstruct", lang)
    field = view.locator('#tab-reconstruct input[type="file"]')
    view.evaluate(WATCH)
    for name in ("pixels.jpg", "bytes.bmp", "wide.png"):
        after(view, PICKED, lambda name=name: field.set_input_files(large / name))
        view.locator(SAID).filter(has_text=pick(texts.GALLERY["shrunk"], lang)).wait_for(timeout=SOON)
        pixels = decoded(sources(view, PICKED)[0])
        if name == "wide.png":  # its middle square
            assert (corner(pixels, 0.2, 0.7), corner(pixels, 0.8, 0.7)) == ("R", "B")
        else:
            seen = [corner(pixels, *place) for place in ((0.2, 0.1), (0.8, 0.1), (0.2, 0.7), (0.8, 0.7))]
            assert seen == ["G", "G", "R", "B"]
        assert not view.get_by_role("alert").count()
    sent = view.evaluate("window.sent")
    assert len(sent) == 3 and max(sent) < 1_000_000
    view.locator("#tab-reconstruct button.tile:visible").first.click()
    view.locator(SAID).wait_for(state="hidden")
    for name, sentence in (("broken.png", core_texts.TOO_HEAVY), ("light.png", core_texts.UPLOADS["not_a_picture"])):
        field.set_input_files(large / name)
        view.get_by_role("alert").filter(has_text=pick(sentence, lang)).wait_for(timeout=SOON)
    assert not view.locator(SAID).is_visible()


def test_what_the_server_takes_goes_as_it_is(visit, tmp_path):
    small = io.BytesIO()
    colours((900, 700)).save(small, "jpeg", quality=92)
    view = visit("mix", "en")
    view.evaluate(WATCH)
    view.locator('#tab-mix input[type="file"]').first.set_input_files(
        {"name": "small.jpg", "mimeType": "image/jpeg", "buffer": small.getvalue()}
    )
    view.wait_for_function("window.sent.length === 1", timeout=SOON)
    assert view.evaluate("window.sent") == [len(small.getvalue())]
    assert view.locator("#tab-mix .said:visible").count() == 0
