"""What the demo's browser tests share: a page that is watched, pictures before and after, the model menu."""

import base64
import io
import json
import re
import time

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from helpers import screenshots
from vae_course.demo.ui import pictures

OTHER = {"es": "en-US", "en": "es-MX"}  # what the browser speaks: never the page's language
SOON = 120_000  # milliseconds: only what never comes takes so long, on a machine that does other things too
AS_DATA = """async (image) => {
  const over = image.nextElementSibling; // what the page decoded last, until it rests
  if (over?.matches('canvas.live')) return over.toDataURL();
  const given = image.getAttribute('src');
  if (given.startsWith('data:')) return given;
  const content = await (await fetch(image.src)).blob();
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(content);
  });
}"""
FIRST = """(selector) => {
  const image = [...document.querySelectorAll(selector)].find((one) => one.offsetParent);
  const over = image?.nextElementSibling;
  return over?.matches('canvas.live') ? over.toDataURL() : image?.src;
}"""
each_language = pytest.mark.parametrize("lang", ["es", "en"])
in_spanish = pytest.mark.parametrize("lang", ["es"])  # what goes the same way in both: each tab has tests of either
in_english = pytest.mark.parametrize("lang", ["en"])
each_view = pytest.mark.parametrize(("lang", "width"), [("es", 390), ("en", 1280)])  # two things that don't meet
each_width = pytest.mark.parametrize("width", [1280, 390])
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(screenshots.browser_path() is None, reason="no Chromium on this machine"),
]


def sources(view, selector: str) -> list[str]:
    """What the visible pictures show, as data URIs, whether the page carries or paints them or names their files."""
    return [image.evaluate(AS_DATA) for image in view.locator(selector).locator("visible=true").all()]


def decoded(source: str) -> np.ndarray:
    """A data URI's pixels, (H, W, 3)."""
    with Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def after(view, selector: str, action) -> tuple[list[str], list[str]]:
    """The pictures before and after an action that should change the first of them."""
    before, first = sources(view, selector), view.evaluate(FIRST, selector)
    action()
    view.wait_for_function(
        f"([selector, first]) => {{const now = ({FIRST})(selector); return now && now !== first}}",
        arg=[selector, first],
        timeout=SOON,
    )
    return before, sources(view, selector)


def serious(view):
    """What axe complains of: (rule, first element), of serious and critical impact."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(view).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found if one["impact"] in ("serious", "critical")]


def decoder_here(view, name: str) -> None:
    """Waits until the page itself can decode a model, after a hover over what will need it."""
    view.locator(f'html[data-decoders*="/{name}/"]').wait_for(state="attached", timeout=SOON)


def without(view, addresses: str = "**/engine/**") -> None:
    """From now on what lies there does not come to the page; the engine is what it decodes with."""
    view.route(addresses, lambda route: route.fulfill(content_type="text/javascript", body="export {}"))


def requests_of(view) -> list[str]:
    """The addresses that the page will ask for from now on, but for published pictures, which `sources` reads too."""
    asked: list[str] = []

    def note(request):
        if not request.url.startswith("data:") and "/published/" not in request.url:
            asked.append(request.url)

    view.on("request", note)
    return asked


def in_address(view, *parts: str) -> None:
    """Waits until the page's address has them: a page that changes often writes it a little later."""
    view.wait_for_function(
        "(parts) => parts.every((part) => location.href.includes(part))", arg=list(parts), timeout=SOON
    )


def at_rest(view) -> None:
    """Waits until no canvas lies over a picture any more."""
    view.locator("canvas.live").first.wait_for(state="detached", timeout=SOON)


def shows(view, selector: str, picture: Tensor, apart: int = 1) -> None:
    """Waits until a picture is that one, (C, H, W) in [0, 1], but for the last step of rounding, or so many."""
    wanted = torch.atleast_3d(torch.from_numpy(pictures.to_bytes(picture))).numpy().astype(int)
    end = time.monotonic() + SOON / 1000
    while not (now := sources(view, selector)) or np.abs(decoded(now[0]) - wanted).max() > apart:
        assert time.monotonic() < end, "another picture" if now else "no picture"
        view.wait_for_timeout(50)


def numbers_of(said: list) -> tuple[list[float], str]:
    """The numbers in what is said, and what stands between them."""
    text = json.dumps(said, ensure_ascii=False)
    return [float(one) for one in re.findall(r"\d+(?:\.\d+)?", text)], re.sub(r"\d+(?:\.\d+)?", "#", text)


def slow_net(milliseconds: int) -> str:
    """A script after which each call of the server leaves that much later; void, as Playwright calls what it gets."""
    return (
        "{const real = window.fetch; void (window.fetch = async (...all) => {if (all[1]?.method === 'POST') "
        f"await new Promise((done) => setTimeout(done, {milliseconds})); return real(...all)}})}}"
    )


def switch(view, tab: str, lang: str) -> None:
    """Goes to another tab and waits until its pictures are there."""
    from vae_course.demo import page
    from vae_course.text import pick

    view.get_by_role("tab", name=pick(page.MODULES[tab].texts.NAME, lang), exact=True).click()
    view.locator(f"html[data-filled~={tab}]").wait_for(state="attached", timeout=SOON)
    view.locator(f"#tab-{tab} img, #tab-{tab} svg").locator("visible=true").first.wait_for(timeout=SOON)
    view.wait_for_function("[...document.images].every(one => one.complete)", timeout=SOON)


def choose_model(view, lang: str, name: str) -> None:
    from vae_course.demo.core import titles
    from vae_course.text import pick

    view.get_by_role("combobox").locator("visible=true").click()
    view.get_by_role("option", name=pick(titles.title(name), lang), exact=True).click()
