"""The tab Reconstruct without a browser: two models' words for one picture, refusals, addresses; and galleries."""

import json
import re
from html import unescape

import numpy as np
import pytest
import torch

from vae_course import pretrained
from vae_course.demo import gallery, models, pictures, reconstruct, store, uploads
from vae_course.demo.limits import Refused
from vae_course.evaluation import psnr
from vae_course.text import pick

each_language = pytest.mark.parametrize("lang", ["es", "en"])


def noted(html: str) -> dict:
    """What the HTML puts into the address."""
    found = {}
    for note in re.findall(r'data-note="([^"]*)"', html):
        found |= json.loads(unescape(note))
    return found


# through another model


def test_a_kitten_goes_through_both_models_and_a_face_the_other_way():
    rows = reconstruct.cross("cats", 5, "faces")
    for row, name, index in zip(rows, ("cats", "faces"), (5, reconstruct.start("faces")), strict=True):
        x = gallery.shown(name)[index : index + 1]
        assert row.of == name and torch.equal(row.x, x)
        for model, x_hat, decibels in zip(("cats", "faces"), row.x_hats, row.psnrs, strict=True):
            network = pretrained.load(model)
            with torch.inference_mode():
                expected = network.decode(network.encode(x)[0])
            assert torch.allclose(x_hat, expected, atol=1e-5)
            assert decibels == pytest.approx(psnr(x, expected), abs=0.01)
        with torch.inference_mode():
            own = pretrained.load("cats")
            assert torch.allclose(row.difference, pictures.difference(x[0], own.decode(own.encode(x)[0])[0]), atol=1e-3)
    assert rows[0].psnrs[0] > rows[0].psnrs[1] and rows[1].psnrs[1] > rows[1].psnrs[0]


def test_each_model_tells_its_own_pictures_better_than_another_does():
    kittens, faces = gallery.shown("cats"), gallery.shown("faces")
    for x, own, other in ((kittens, "cats", "faces"), (faces, "faces", "cats")):
        here, there = (models.decode(name, models.encode(name, x)[0]) for name in (own, other))
        assert psnr(x, here) > psnr(x, there) + 1


def test_grey_and_coloured_models_take_each_others_pictures():
    shoe, face = reconstruct.cross("fashion", 4, "faces")
    assert shoe.x.shape == (1, 1, 28, 28) and face.x.shape == (1, 3, 64, 64)
    for row in (shoe, face):
        assert [tuple(x_hat.shape[1:]) for x_hat in row.x_hats] == [(1, 28, 28), (3, 64, 64)]
    fitted = reconstruct._fitted(shoe.x, "faces")
    assert torch.equal(fitted[:, 0], fitted[:, 1]) and fitted.mean() == pytest.approx(shoe.x.mean().item(), abs=0.02)


def test_an_upload_goes_through_both_at_full_resolution():
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[::2] = 255
    with store.visiting(None) as visitor:
        key = visitor.keep_upload(pixels)
        row, _ = reconstruct.cross("fashion", key, "cats")
    x = uploads.as_input(pixels, (3, 64, 64))
    with torch.inference_mode():
        network = pretrained.load("cats")
        assert torch.allclose(row.x_hats[1], network.decode(network.encode(x)[0]), atol=1e-5)
    assert row.of is None and row.source == "upload"


@pytest.mark.parametrize("name", models.ordered())
def test_every_model_has_another_one_beside_it(name):
    assert reconstruct.partner(name) in models.ordered() and reconstruct.partner(name) != name
    assert 0 <= reconstruct.start(name) < len(gallery.stored(name).mu)


@each_language
def test_the_panels_say_what_they_show(lang):
    cross, draws = reconstruct.shown(lang, "cats", 5, "faces", 3)
    titles = [pick(models.title(name), lang) for name in ("cats", "faces")]
    assert all(cross.count(f"<b>{pick(reconstruct.THROUGH, lang).format(title=title)}</b>") == 2 for title in titles)
    assert cross.count("<img ") == 8 and draws.count("<img ") == 8
    assert all(alt.strip() for alt in re.findall(r'alt="([^"]*)"', cross + draws))
    assert "nats" in cross and "β" in cross
    assert re.search({"es": r"−?[\d.]+ por valor de píxel", "en": r"−?[\d.]+ per pixel value"}[lang], cross)


def test_opens_with_a_kitten_through_the_faces_model():
    opening = reconstruct.defaults()
    assert (opening["model"], opening["other"]) == ("cats", "faces")
    assert set(noted("".join(reconstruct.shown("es", "cats", opening["picture"], "faces", 0))).values()) == {None}


@pytest.mark.parametrize(
    ("arguments", "es", "en"),
    [
        (("nonsense", 0, "cats", 0), "No hay un modelo", "There is no model"),
        (("cats", 0, "nonsense", 0), "No hay un modelo", "There is no model"),
        (("cats", 0, None, 0), "No hay un modelo", "There is no model"),
        (("cats", 0, models.OWN, 0), "Ese modelo ya no está", "That model is no longer"),
        (("cats", 500, "faces", 0), "El índice", "The gallery index"),
        (("cats", "u-gone", "faces", 0), "Esa imagen ya no está", "That picture is no longer"),
        (("cats", 0, "faces", -1), "La semilla", "The seed"),
    ],
)
def test_bad_requests_are_refused(arguments, es, en):
    with pytest.raises(Refused) as caught:
        reconstruct.shown("es", *arguments)
    assert caught.value.sentence.es.startswith(es) and caught.value.sentence.en.startswith(en)


@each_language
def test_an_address_restores_everything(lang):
    values = {"model": "fashion", "other": "emojis", "picture": "7", "seed": "5"}
    menu, other, picture, seed, cross, draws, grid, about = reconstruct.restorer(lang)(values)
    assert (menu.value, other.value, picture, seed) == ("fashion", "emojis", 7, 5)
    assert noted(cross + draws) == values
    assert grid.count('aria-pressed="true"') == 1 and about


def test_an_address_that_makes_no_sense_opens_the_beginning():
    menu, other, picture, seed, *_ = reconstruct.restorer("en")(
        {"model": "x", "other": "../faces", "picture": "1e9", "seed": "-4"}
    )
    assert {"model": menu.value, "other": other.value, "picture": picture} == reconstruct.defaults() and seed == 0


# galleries


@each_language
def test_a_gallery_opens_on_the_page_of_what_is_chosen(lang):
    grid = gallery.grid("cats", lang, reconstruct.CHOOSE, {"a": 50})
    tiles = re.findall(r'<button type="button" class="tile"[^>]*>', grid)
    shown = [k for k, tile in enumerate(tiles) if " hidden" not in tile]
    assert len(tiles) == 120 and shown == list(range(48, 72))
    assert [k for k, tile in enumerate(tiles) if 'tabindex="0"' in tile] == [50]
    assert ">3 / 5<" in grid and all(pick(words, lang) in grid for words in gallery.TURN.values())


def test_a_gallery_with_an_upload_opens_on_its_first_page():
    with store.visiting(None) as visitor:
        key = visitor.keep_upload(np.zeros((30, 30, 3), np.uint8))
        grid = gallery.grid("cats", "es", reconstruct.CHOOSE, {"a": key})
    assert 'aria-pressed="true"' not in grid and ">1 / 5<" in grid and 'data-chosen="true"' in grid
    assert grid.count('tabindex="0"') == 1


def test_the_camera_is_offered_where_it_is_asked_for():
    assert "data-camera" in reconstruct.grid("cats", "es", 0)
    assert "<video" not in gallery.grid("cats", "es", reconstruct.CHOOSE, {"a": 0})


@pytest.mark.parametrize(
    "problem", ["camera_refused", "camera_absent", "camera_busy", "camera_insecure", "other", ["x"]]
)
def test_what_the_camera_could_not_do_is_a_sentence(problem):
    with pytest.raises(Refused) as caught:
        gallery.choice_of({"side": "a", "problem": problem}, ("a",), "cats")
    assert caught.value.sentence.es.endswith(".") and caught.value.sentence.en.endswith(".")
    assert not isinstance(problem, str) or problem == "other" or caught.value.sentence == gallery.PROBLEMS[problem]


@pytest.mark.parametrize(
    "event",
    [{}, {"side": "z", "index": 0}, {"side": "a"}, {"side": "a", "index": 120}, {"side": "a", "index": "3"},
     {"side": "a", "path": "/etc/passwd"}, {"side": "a", "path": 7}, {"side": ["a"], "index": 0}],
)  # fmt: skip
def test_a_pick_that_is_none_is_refused(event):
    with pytest.raises(Refused):
        gallery.choice_of(event, ("a",), "cats")
