"""The tab Mix without a browser: its film and crossfade, the GIF, what it refuses, what an address brings back."""

import base64
import io
import json
import re
from functools import partial
from html import unescape

import numpy as np
import pytest
import torch
from PIL import Image

from vae_course import pretrained
from vae_course.demo.core import model as models
from vae_course.demo.core import store
from vae_course.demo.core.choice import picked
from vae_course.demo.core.limits import Refused
from vae_course.demo.core.model import take
from vae_course.demo.tabs.mix import compute, texts, view
from vae_course.demo.tabs.mix.tab import fill
from vae_course.latent_space import lerp, slerp
from vae_course.text import pick

each_language = pytest.mark.parametrize("lang", ["es", "en"])


def noted(html: str) -> dict:
    """What the HTML puts into the address."""
    return json.loads(unescape(re.search(r'data-note="([^"]*)"', html)[1]))


def ends(name: str, a, b) -> tuple:
    """The model, and what it makes of two choices."""
    model = take(name)
    return model, picked(model, a), picked(model, b)


def decoded(source: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(source))) as image:
        return np.asarray(image).astype(int)


@pytest.mark.parametrize(("path", "walk"), [("lerp", lerp), ("slerp", slerp)])
def test_the_film_decodes_the_path_between_the_two_codes(path, walk):
    model = pretrained.load("fashion")
    x = take("fashion").pictures[[2, 9]]
    with torch.inference_mode():
        codes = model.encode(x)[0]
        expected = model.decode(walk(*codes, torch.linspace(0, 1, 31)))
    film = compute.through_latent_space(*ends("fashion", 2, 9), path, 31)
    assert torch.allclose(film, expected, atol=1e-5)
    assert torch.allclose(compute.strip(take("fashion"), 2, 9, path), expected[::3], atol=1e-5)


def test_the_crossfade_is_the_average_of_pixels():
    a, b = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8)
    fade = compute.crossfade(a, b, 11)
    assert torch.equal(fade[0], a[0]) and torch.equal(fade[10], b[0])
    assert torch.allclose(fade[5], (a[0] + b[0]) / 2)


@pytest.mark.parametrize("name", ["fashion", "cats"])
def test_the_gif_goes_there_and_back_without_end(name):
    film = compute.through_latent_space(*ends(name, 2, 9), "lerp", compute.FRAMES)
    file = compute.gif(film)
    assert len(file) < 2_000_000
    with Image.open(io.BytesIO(file)) as shown:
        assert (shown.format, shown.n_frames, shown.info["loop"]) == ("GIF", 60, 0)
        assert shown.width == shown.height >= 150
        frames = []
        for k in range(60):
            shown.seek(k)
            frames.append(np.asarray(shown.convert("RGB")).astype(int))
            assert shown.info["duration"] == (600 if k in (0, 30) else 60)
    scale = frames[0].shape[0] // film.shape[-1]
    for k in (0, 7, 30):
        wanted = (film[k] * 255).permute(1, 2, 0).numpy()
        assert np.abs(frames[k][::scale, ::scale] - wanted).mean() < 4
    assert all(np.abs(frames[k] - frames[60 - k]).mean() < 2 for k in range(1, 30))
    assert np.abs(frames[0] - frames[30]).mean() > 10


@each_language
def test_one_answer_holds_all_frames(lang):
    html = view.film(lang, take("fashion"), 2, 9, "lerp")
    film = decoded(re.search(r'class="frames" style="background-image:url\(data:image/jpeg;base64,([^)]*)\)', html)[1])
    assert film.shape == (28, 31 * 28)
    expected = compute.through_latent_space(*ends("fashion", 2, 9), "lerp", 31)
    for k in (0, 13, 30):
        wanted = (expected[k, 0] * 255).numpy()
        assert np.abs(film[:, 28 * k : 28 * (k + 1)] - wanted).mean() < 4
    alts = re.findall(r'alt="([^"]+)"', html)
    assert len(alts) == len(set(alts)) == 22
    assert f"{pick(texts.FADE, lang)}: 50\u00a0% " in html and f"{pick(texts.FILM, lang)}: 50\u00a0% " in html
    assert f'data-save="{pick(texts.FILE, lang)}.png"'.format(name="fashion", path="lerp") in html


def test_what_stands_in_the_address():
    opening = view.defaults()
    name, *values = opening.values()
    assert set(noted(view.film("es", take(name), *values)).values()) == {None}
    assert "at" not in noted(view.film("es", take("cats"), 1, 2, "lerp"))  # the page's script keeps it
    a, b = opening["a"], opening["b"]
    other = noted(view.film("es", take("faces"), a, b, "slerp", 3))
    assert other == {"model": "faces", "a": str(a), "b": str(b), "path": "slerp", "at": "3"}


@each_language
def test_an_address_restores_everything(lang):
    values = {"model": "fashion", "a": "7", "b": "11", "path": "slerp", "at": "4"}
    menu, a, b, path, film, grid, about = fill(lang, values)
    assert (menu["value"], a, b, path) == ("fashion", 7, 11, "slerp")
    assert 'data-at="4"' in film and noted(film) == values
    assert grid.count('aria-pressed="true"') == 2 and about


def test_an_address_that_makes_no_sense_opens_the_beginning():
    menu, a, b, path, film, *_ = fill(
        "es", {"model": "../faces", "a": "-1", "b": "u-0000", "path": "detour", "at": "99"}
    )
    opening = view.defaults()
    assert [menu["value"], a, b, path] == [opening[key] for key in ("model", "a", "b", "path")]
    assert f'data-at="{opening["at"]}"' in film


def test_an_upload_is_an_end_of_this_visitor_only():
    pixels = np.full((40, 40, 3), 200, np.uint8)
    with store.visiting(None) as visitor:
        key = visitor.keep_upload(pixels)
        assert picked(take("fashion"), key).source == "upload"
        assert noted(view.film("en", take("cats"), key, 3, "lerp"))["a"] == key
        assert fill("en", {"a": key})[1] == key
    with store.visiting(None):
        with pytest.raises(Refused):
            picked(take("fashion"), key)
        assert fill("en", {"a": key})[1] == view.defaults()["a"]


@pytest.mark.parametrize(
    ("arguments", "es", "en"),
    [
        (("nonsense", 0, 1, "lerp"), "No hay un modelo", "There is no model"),
        ((["cats"], 0, 1, "lerp"), "No hay un modelo", "There is no model"),
        (("fashion", -1, 1, "lerp"), "El índice", "The gallery index"),
        (("fashion", 0, 10**9, "lerp"), "El índice", "The gallery index"),
        (("fashion", 0, 1.5, "lerp"), "El índice", "The gallery index"),
        (("fashion", 0, "u-123", "lerp"), "Esa imagen ya no está", "That picture is no longer"),
        (("fashion", 0, 1, "detour"), "El camino", "The path"),
        (("fashion", 0, 1, ["lerp"]), "El camino", "The path"),
    ],
)
def test_bad_requests_are_refused(arguments, es, en):
    name, *values = arguments
    for ask in (compute.strip, partial(view.film, "es"), partial(view.film_as_gif, "es")):
        with pytest.raises(Refused) as caught:
            ask(take(name), *values)
        assert caught.value.sentence.es.startswith(es) and caught.value.sentence.en.startswith(en)


def test_the_opening_crossfade_is_two_ghosts_and_the_film_one_figure():
    """Half of each picture is nothing that the model knows how to draw; the decoded middle of their codes is."""
    opening = view.defaults()
    assert opening["model"] == "drawn"
    model, start, end = ends("drawn", opening["a"], opening["b"])
    assert start.source == end.source == "original"
    fade, film = compute.crossfade(start.x, end.x, 3)[1:2], compute.through_latent_space(model, start, end, "lerp", 3)
    ghosts, figure = ((x - model.decode(model.encode(x)[0])).abs().mean().item() for x in (fade, film[1:2]))
    assert ghosts > 2 * figure


@pytest.mark.parametrize("name", models.ordered())
def test_every_model_begins_with_two_pictures(name):
    a, b = compute.opening_pair(take(name))
    count = len(take(name).gallery.mu)
    assert a != b and 0 <= a < count and 0 <= b < count
