"""The tab Start without a browser: what it computes, what it refuses, what an address brings back."""

import re

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged

from vae_course import pretrained
from vae_course.beta import kl_per_dimension
from vae_course.demo import page
from vae_course.demo.core import limits, store
from vae_course.demo.core.address import HOME
from vae_course.demo.core.model import Shipped, take
from vae_course.demo.tabs.start import tab, texts, view
from vae_course.demo.tabs.start.compute import ROWS, compute
from vae_course.sampling import reparameterize
from vae_course.text import Both, pick

NAME = "fashion-beta-1"


def decoded(name, z):
    with torch.inference_mode():
        return pretrained.load(name).decode(z)


def shown(lang, name, *more) -> tuple[str, str]:
    return view.way_and_draws(lang, take(name), *more)


def test_eight_draws_are_decoded_from_the_pictures_cloud():
    result = compute(take(NAME), 3, 5, False)
    with torch.no_grad():
        mu, logvar = (value.expand(8, -1) for value in pretrained.load(NAME).encode(take(NAME).pictures[3:4].clone()))
    z = reparameterize(mu, logvar, torch.Generator().manual_seed(5))
    assert torch.allclose(result.z, z, atol=1e-5)
    assert torch.allclose(result.draws, decoded(NAME, z), atol=1e-4)
    assert len({draw.numpy().tobytes() for draw in result.draws}) == 8


def test_without_sigma_all_eight_are_the_decoded_centre():
    result = compute(take(NAME), 3, 5, True)
    assert torch.equal(result.z, result.picked.mu.expand(8, -1))
    assert torch.allclose(result.draws, decoded(NAME, result.picked.mu).expand(8, -1, -1, -1), atol=1e-5)
    assert result.sigma.eq(0).all()


def test_the_rows_are_the_dimensions_with_most_kl():
    result = compute(take(NAME), 3, 0, False)
    kl = kl_per_dimension(result.picked.mu, result.picked.logvar)
    assert kl[result.rows].tolist() == kl.sort(descending=True).values[:ROWS].tolist()
    assert result.mu.tolist() == result.picked.mu[0, result.rows].tolist()


def test_where_no_photograph_is_it_opens_with_a_drawn_face_whose_cloud_can_be_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    opening = view.defaults()
    assert opening["model"] == "drawn-beta-1"
    way = compute(take(opening["model"]), opening["picture"], 0, False)
    assert way.picked.source == "original"
    assert way.sigma.mean() > 0.2  # pixels wide: the charts span about six
    assert torch.pdist(way.draws.flatten(1), p=1).mean() / way.draws[0].numel() > 0.01
    (tmp_path / "celeba").mkdir()
    assert view.defaults()["model"] == "faces-beta-1"


@pytest.mark.parametrize("name", ["drawn-beta-1", "faces-beta-1", "fashion-2d"])
def test_the_width_that_is_told_is_that_of_what_is_shown(name):
    way, _ = shown("en", name, 3, 0, False)
    result = compute(take(name), 3, 0, False)
    code = way.partition("draw ε")[0]
    told = [float(number) for number in re.findall(r"(?:σ\u00a0≈\u00a0|in the others )([\d.]+\d)", code)]
    others = [d for d in range(len(result.widths)) if d not in result.rows.tolist()]
    expected = [result.sigma.mean().item(), *([result.widths[others].mean().item()] if others else [])]
    assert told[-len(expected) :] == pytest.approx(expected, abs=0.006)
    assert len(others) == 0 or expected[0] < expected[1]  # most KL, narrowest clouds


def test_the_global_random_state_stays():
    with unchanged():
        compute(take(NAME), 3, 5, False)


@pytest.mark.parametrize("name", ["faces-beta-1", "fashion-2d", "fashion-beta-64", "fashion-beta-0"])
@pytest.mark.parametrize("zero", [False, True])
def test_the_charts_stay_inside_their_frame(name, zero):
    way, _ = shown("en", name, 0, 1, zero)
    low, high = view.LEFT, view.WIDTH - view.RIGHT
    dots = [float(x) for x in re.findall(r'<circle cx="([-\d.]+)"', way)]
    assert len(dots) == 8 * len(compute(take(name), 0, 1, zero).rows)
    edges = [
        (float(x), float(x) + float(w)) for x, w in re.findall(r'<rect [^>]*?x="([-\d.]+)"[^>]*?width="([-\d.]+)"', way)
    ]
    assert all(low - 0.1 <= x <= high + 0.1 for pair in edges for x in pair) and min(dots) >= low and max(dots) <= high
    assert "nan" not in way and "inf" not in re.sub(r"base64,[^\"]*", "", way)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("none", 0, 0, False), "no model called"),
        ((NAME, -1, 0, False), "gallery index"),
        ((NAME, 10_000, 0, False), "gallery index"),
        ((NAME, True, 0, False), "gallery index"),
        ((NAME, None, 0, False), "gallery index"),
        ((NAME, "u-gone", 0, False), "no longer"),
        ((NAME, 0, -1, False), "seed"),
        ((NAME, 0, 0.5, False), "seed"),
        ((NAME, 0, 0, "yes"), "switch"),
        ((NAME, 0, 0, 1), "switch"),
        ((["x"], 0, 0, False), "no model called"),
        (("own", 0, 0, False), "no longer"),
    ],
)
def test_what_can_not_be_is_refused_in_both_languages(values, said):
    with pytest.raises(limits.Refused) as caught:
        shown("es", *values)
    assert said in caught.value.sentence.en and caught.value.sentence.es != caught.value.sentence.en


def test_an_upload_goes_through():
    visitor = store.Visitor()
    token = store._current.set(visitor)
    try:
        key = visitor.keep_upload(np.full((40, 40, 3), 200, np.uint8))
        result = compute(take("faces-beta-1"), key, 0, False)
        assert result.picked.source == "upload" and result.picked.x.shape == (1, 3, 64, 64)
        visitor.uploads.clear()
        with pytest.raises(limits.Refused):
            compute(take("faces-beta-1"), key, 0, False)
    finally:
        store._current.reset(token)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_result_says_it_in_its_language_and_links_to_every_stage(lang):
    other = "en" if lang == "es" else "es"
    way, redraws = shown(lang, NAME, 0, 0, False)
    for text in (texts.DRAWN, texts.TITLE, *texts.STAGES[:1]):
        assert pick(text, lang) in way and pick(text, other) not in way
    assert pick(texts.MANY_TEXT, lang) in redraws and pick(texts.MANY_TEXT, other) not in redraws
    tabs = set(re.findall(rf"href=\"{re.escape(HOME[lang])}\?tab=(\w+)", way + redraws))
    assert tabs == set(page.TABS) - {"start"}
    one, many = shown(lang, NAME, 0, 0, True)
    assert pick(texts.NOT_DRAWN, lang) in one and pick(texts.ONE_TEXT, lang) in many


def test_links_call_the_tabs_by_their_names():
    for name, text in texts.LINKS.items():
        for lang in ("es", "en"):
            assert pick(text, lang).partition(":")[0] == pick(page.MODULES[name].texts.NAME, lang)


def test_the_address_brings_everything_back_and_survives_nonsense():
    values = {"model": NAME, "picture": "4", "seed": "9", "zero": "1"}
    menu, picture, seed, zero, *areas, _ = tab.fill("en", values)
    assert (menu["value"], picture, seed, zero) == (NAME, 4, 9, True)
    assert tuple(areas) == shown("en", NAME, 4, 9, True)
    nonsense = {"model": "<b>", "picture": "u-0", "seed": "1e9999", "zero": "[]"}
    menu, picture, seed, zero, *_ = tab.fill("en", nonsense)
    assert {"model": menu["value"], "picture": picture, "seed": seed, "zero": int(zero)} == view.defaults()


def test_titles_are_escaped():
    model = Shipped(NAME)
    model.title = Both(es="<i>", en="<i>")
    html = "".join(view.way_and_draws("es", model, 0, 0, False))
    assert "<i>:" not in html and "&lt;i&gt;:" in html
