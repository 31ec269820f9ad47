"""The tab Reconstruct without a browser: two models' words for one picture, refusals, addresses; and galleries."""

import json
import re
from html import unescape

import numpy as np
import pytest
import torch

from vae_course import pretrained
from vae_course.demo.core import choice, store, uploads
from vae_course.demo.core import model as models
from vae_course.demo.core.limits import Refused
from vae_course.demo.core.model import take
from vae_course.demo.tabs.reconstruct import compute, texts, view
from vae_course.demo.tabs.reconstruct.tab import fill, grid
from vae_course.demo.ui import gallery, pictures
from vae_course.demo.ui import texts as ui_texts
from vae_course.evaluation import psnr
from vae_course.text import pick

each_language = pytest.mark.parametrize("lang", ["es", "en"])


def noted(html: str) -> dict:
    """What the HTML puts into the address."""
    values = {}
    for note in re.findall(r'data-note="([^"]*)"', html):
        values |= json.loads(unescape(note))
    return values


def panels(lang, name, picture, other, seed) -> tuple[str, str]:
    return view.panels(lang, take(name), picture, take(other), seed)


def cross(name, picture, other) -> tuple[compute.Row, compute.Row]:
    model = take(name)
    return compute.cross(model, picture, take(other), compute.reconstructed(model, picture, 0))


# through another model


def test_a_kitten_goes_through_both_models_and_a_face_the_other_way():
    rows = cross("cats", 5, "faces")
    for row, name, index in zip(rows, ("cats", "faces"), (5, compute.opening_picture(take("faces"))), strict=True):
        x = take(name).pictures[index : index + 1]
        assert row.of is take(name) and torch.equal(row.x, x)
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
    kittens, faces = take("cats").pictures, take("faces").pictures
    pairs = (kittens, "cats", "faces", 1), (faces, "faces", "emojis", 1), (faces, "faces", "cats", 0.5)  # twice as wide
    for x, own, other, more in pairs:
        here, there = (model.decode(model.encode(x)[0]) for model in (take(own), take(other)))
        assert psnr(x, here) > psnr(x, there) + more


def test_grey_and_coloured_models_take_each_others_pictures():
    shoe, face = cross("fashion", 4, "faces")
    assert shoe.x.shape == (1, 1, 28, 28) and face.x.shape == (1, 3, 64, 64)
    for row in (shoe, face):
        assert [tuple(x_hat.shape[1:]) for x_hat in row.x_hats] == [(1, 28, 28), (3, 64, 64)]
    fitted = compute.fitted(shoe.x, take("faces"))
    assert torch.equal(fitted[:, 0], fitted[:, 1]) and fitted.mean() == pytest.approx(shoe.x.mean().item(), abs=0.02)


def test_an_upload_goes_through_both_at_full_resolution():
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[::2] = 255
    with store.visiting(None) as visitor:
        key = visitor.keep_upload(pixels)
        row, _ = cross("fashion", key, "cats")
    x = uploads.as_input(pixels, (3, 64, 64))
    with torch.inference_mode():
        network = pretrained.load("cats")
        assert torch.allclose(row.x_hats[1], network.decode(network.encode(x)[0]), atol=1e-5)
    assert row.of is None and row.source == "upload"


@pytest.mark.parametrize("name", models.ordered())
def test_every_model_has_another_one_beside_it(name):
    assert compute.partner(name) in models.ordered() and compute.partner(name) != name
    assert 0 <= compute.opening_picture(take(name)) < len(take(name).gallery.mu)


@each_language
def test_the_panels_say_what_they_show(lang):
    crossed, draws = panels(lang, "cats", 5, "faces", 3)
    titles = [pick(take(name).title, lang) for name in ("cats", "faces")]
    assert all(crossed.count(f"<b>{pick(texts.THROUGH, lang).format(title=title)}</b>") == 2 for title in titles)
    assert crossed.count("<img ") == 8 and draws.count("<img ") == 8
    assert all(alt.strip() for alt in re.findall(r'alt="([^"]*)"', crossed + draws))
    assert "nats" in crossed and "β" in crossed
    value = {"es": "por valor de píxel", "en": "per pixel value"}[lang]
    assert re.search(rf"−?[\d.]+\xa0nats {value}", crossed)


def test_large_numbers_are_grouped_as_each_language_does():
    for lang, number in (("es", r"−\d\d\u202f\d{3}"), ("en", r"−\d\d,\d{3}")):
        assert re.search(f"<dd><b>{number}</b>\xa0nats</dd>", panels(lang, "cats", 5, "faces", 0)[0])


@pytest.mark.parametrize("name", ["cats", "drawn"])
def test_opens_with_a_kitten_or_where_there_is_none_with_a_drawn_face_through_the_faces_model(
    name, tmp_path, monkeypatch
):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    place = tmp_path / take(name).preset.data.path if name == "cats" else tmp_path / name
    place.mkdir(parents=True)
    opening = view.defaults()
    assert (opening["model"], opening["other"]) == (name, "faces")
    assert set(noted("".join(panels("es", name, opening["picture"], "faces", 0))).values()) == {None}


def test_what_opens_without_any_photograph_is_no_decoded_code_told_again(tmp_path, monkeypatch):
    """An input that the model itself decoded would come out as it went in."""
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    opening = view.defaults()
    result = compute.reconstructed(take(opening["model"]), opening["picture"], 0)
    assert result.picked.source == "original"
    assert result.psnr == pytest.approx(result.usual_psnr, abs=2)


@each_language
def test_what_a_model_reaches_is_told_as_beside_its_name(lang):
    """Which is the mean over pictures of their PSNR, a little more than the PSNR of their mean error."""
    costs = unescape(panels(lang, "cats", 5, "faces", 0)[0])
    usual = f"{pretrained.card('cats')['figures']['psnr']:.1f}"
    assert pick(texts.PSNR_TEXT, lang).format(usual=usual) in costs
    assert f"PSNR\xa0{usual}\xa0dB" in pick(take("cats").numbers, lang)


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
        panels("es", *arguments)
    assert caught.value.sentence.es.startswith(es) and caught.value.sentence.en.startswith(en)


@each_language
def test_an_address_restores_everything(lang):
    values = {"model": "fashion", "other": "emojis", "picture": "7", "seed": "5"}
    menu, other, picture, seed, crossed, draws, picker, about = fill(lang, values)
    assert (menu["value"], other["value"], picture, seed) == ("fashion", "emojis", 7, 5)
    assert noted(crossed + draws) == values
    assert picker.count('aria-pressed="true"') == 1 and about


def test_an_address_that_makes_no_sense_opens_the_beginning():
    menu, other, picture, seed, *_ = fill("en", {"model": "x", "other": "../faces", "picture": "1e9", "seed": "-4"})
    values = {"model": menu["value"], "other": other["value"], "picture": picture}
    assert values == view.defaults() and seed == 0


# galleries


@each_language
def test_a_gallery_opens_on_the_page_of_what_is_chosen(lang):
    picker = gallery.grid(take("cats"), lang, 50, titles=texts.SIDES)
    tiles = re.findall(r'<button type="button" class="tile"[^>]*>', picker)
    shown = [k for k, tile in enumerate(tiles) if " hidden" not in tile]
    assert len(tiles) == 120 and shown == list(range(48, 72))
    assert [k for k, tile in enumerate(tiles) if 'tabindex="0"' in tile] == [50]
    assert ">3 / 5<" in picker and all(pick(ui_texts.GALLERY[words], lang) in picker for words in ("back", "on"))


def test_a_gallery_with_an_upload_opens_on_its_first_page():
    with store.visiting(None) as visitor:
        key = visitor.keep_upload(np.zeros((30, 30, 3), np.uint8))
        picker = gallery.grid(take("cats"), "es", key, titles=texts.SIDES)
    assert 'aria-pressed="true"' not in picker and ">1 / 5<" in picker and 'data-chosen="true"' in picker
    assert picker.count('tabindex="0"') == 1


def test_the_camera_is_offered_where_it_is_asked_for():
    assert "data-camera" in grid(take("cats"), "es", 0)
    assert "<video" not in gallery.grid(take("cats"), "es", 0, titles=texts.SIDES)


@pytest.mark.parametrize(
    "problem", ["camera_refused", "camera_absent", "camera_busy", "camera_insecure", "other", ["x"]]
)
def test_what_the_camera_could_not_do_is_a_sentence(problem):
    with pytest.raises(Refused) as caught:
        choice.from_event({"side": "a", "problem": problem}, ("a",), take("cats"))
    assert caught.value.sentence.es.endswith(".") and caught.value.sentence.en.endswith(".")
    assert not isinstance(problem, str) or problem == "other" or caught.value.sentence == choice.PROBLEMS[problem]


@pytest.mark.parametrize(
    "event",
    [{}, {"side": "z", "index": 0}, {"side": "a"}, {"side": "a", "index": 120}, {"side": "a", "index": "3"},
     {"side": "a", "path": "/etc/passwd"}, {"side": "a", "path": 7}, {"side": ["a"], "index": 0}],
)  # fmt: skip
def test_a_pick_that_is_none_is_refused(event):
    with pytest.raises(Refused):
        choice.from_event(event, ("a",), take("cats"))
