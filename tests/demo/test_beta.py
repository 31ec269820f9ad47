"""The tab Beta without a browser: series, figures against the library, refusals, addresses."""

import json
import re
from html import unescape

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged

from vae_course import pretrained
from vae_course.beta import active_units, kl_per_dimension
from vae_course.demo import beta, gallery, limits, store
from vae_course.evaluation import psnr
from vae_course.text import pick

KEYS = list(beta.shipped())


def test_the_series_are_what_ships_in_order():
    assert beta.shipped()["clothes"] == tuple(f"fashion-beta-{b}" for b in (0, 1, 4, 16, 64))
    assert beta.shipped()["latent"] == tuple(f"fashion-latent-{d}" for d in (2, 8, 32, 128))
    assert beta.shipped()["latent-0"] == tuple(f"fashion-latent-{d}-beta-0" for d in (2, 8, 32, 128))
    assert all(name.startswith("faces-beta-") for name in beta.shipped()["faces"])


@pytest.mark.parametrize("key", KEYS)
def test_models_of_a_series_differ_in_one_number_only(key):
    presets = [pretrained.preset(name).model_dump() for name in beta.shipped()[key]]
    varying = ("training", "beta") if beta.SERIES[key].varies == "beta" else ("model", "latent_dim")
    values = [preset[varying[0]].pop(varying[1]) for preset in presets]
    assert values == sorted(set(values))
    assert all(preset == presets[0] for preset in presets)


@pytest.mark.parametrize("key", KEYS)
def test_one_picture_and_one_seed_go_through_every_model(key):
    result = beta.compute(key, 5, 11)
    x = gallery.shown(beta.reference(key))[5:6]
    z = torch.randn(beta.SAMPLES, beta.WIDEST, generator=torch.Generator().manual_seed(11))
    for row in result.rows:
        model = pretrained.load(row.name)
        with torch.inference_mode():
            mu, logvar = model.encode(x)
            x_hat, samples = model.decode(mu), model.decode(z[:, : model.latent_dim])
        assert torch.allclose(row.x_hat, x_hat[0], atol=1e-4)
        assert torch.allclose(row.samples, samples, atol=1e-4)
        assert torch.allclose(row.kl, kl_per_dimension(mu, logvar), atol=1e-4)
        assert row.psnr == pytest.approx(psnr(x, x_hat), abs=0.01)


@pytest.mark.parametrize("key", [key for key in KEYS if beta.SERIES[key].varies == "beta"])
def test_the_best_above_is_not_the_best_below(key):
    result = beta.compute(key, beta.opening(key), beta.defaults()["seed"])
    assert result.best_above is result.rows[0]
    assert result.best_below is not result.best_above
    above, below = (pick(beta.DIFFERENT, "en").format(above=result.best_above.title, below=result.best_below.title), 0)
    assert above in beta.render("en", key, beta.opening(key), 7)[0] and not below


def test_the_distance_sees_that_beta_0_and_a_collapsed_model_do_not_generate():
    distances = {row.name: row.distance for row in beta.compute("clothes", 0, 0).rows}
    good = max(distances[f"fashion-beta-{b}"] for b in (1, 4, 16))
    assert min(distances["fashion-beta-0"], distances["fashion-beta-64"]) > 4 * good


@pytest.mark.parametrize("key", KEYS)
def test_bars_count_the_dimensions_that_are_awake(key):
    table, _ = beta.render("en", key, 0, 0)
    for row, chart in zip(beta.compute(key, 0, 0).rows, re.findall(r'<svg class="bars".*?</svg>', table), strict=True):
        mu = gallery.stored(row.name).mu
        assert chart.count('class="awake"') == active_units(mu)
        assert chart.count("<rect") == mu.shape[1]
        assert all(0 <= float(y) <= 70 for y in re.findall(r'y="([-\d.]+)"', chart))


@pytest.mark.parametrize("key", KEYS)
def test_the_curve_holds_each_card_and_the_pictures_own_reconstruction(key):
    _, curve = beta.render("en", key, 2, 0)
    result = beta.compute(key, 2, 0)
    assert curve.count("<circle") == curve.count("<image") == len(result.rows)
    for row in result.rows:
        figures = pretrained.card(row.name)["figures"]
        assert f"{row.title}: KL {beta.short(figures['kl'])} nats" in unescape(curve)
        assert row.png in curve
    points = re.search(r'<polyline points="([^"]*)"', curve)[1].split()
    xs, ys = zip(*(map(float, point.split(",")) for point in points), strict=True)
    assert list(xs) == sorted(xs) and list(ys) == sorted(ys)  # more rate, less distortion: y grows downwards
    assert beta.PLOT["left"] <= min(xs) and max(xs) <= beta.PLOT["right"] and max(ys) <= beta.PLOT["bottom"]


def test_the_tab_opens_with_a_shoe():
    codes = gallery.stored(beta.reference("clothes"))
    assert beta.defaults()["series"] == "clothes"
    assert codes.classes[codes.labels[beta.defaults()["picture"]]] == beta.SHOE


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("none", 0, 0), "series"),
        ((None, 0, 0), "series"),
        ((["clothes"], 0, 0), "series"),
        (("clothes", -1, 0), "gallery index"),
        (("clothes", 120, 0), "gallery index"),
        (("clothes", [0], 0), "gallery index"),
        (("clothes", "u-gone", 0), "no longer"),
        (("clothes", 0, -1), "seed"),
        (("clothes", 0, "1"), "seed"),
    ],
)
def test_what_can_not_be_is_refused_in_both_languages(values, said):
    with pytest.raises(limits.Refused) as caught:
        beta.render("es", *values)
    assert said in caught.value.sentence.en and caught.value.sentence.es != caught.value.sentence.en


def test_an_upload_goes_through_every_model_and_is_not_kept_by_the_cache():
    visitor = store.Visitor()
    token = store._current.set(visitor)
    try:
        key = visitor.keep_upload(np.full((40, 40, 3), 200, np.uint8))
        result = beta.compute("faces", key, 0)
        assert result.picked.source == "upload" and len(result.rows) == len(beta.shipped()["faces"])
        assert beta.carried(key, "clothes", "faces") == key
        visitor.uploads.clear()
        with pytest.raises(limits.Refused):
            beta.compute("faces", key, 0)
    finally:
        store._current.reset(token)


def test_another_seed_changes_samples_only_and_no_global_state():
    with unchanged():
        one, two = beta.compute("clothes", 0, 1), beta.compute("clothes", 0, 2)
    for a, b in zip(one.rows[:-1], two.rows[:-1], strict=True):  # the last one has collapsed: always the same picture
        assert not torch.equal(a.samples, b.samples) and torch.equal(a.x_hat, b.x_hat)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_table_is_in_its_language(lang, key):
    other = "en" if lang == "es" else "es"
    said = unescape("".join(beta.render(lang, key, 0, 0)))
    for text in (beta.SERIES[key].moral, beta.ABOVE, beta.BARS_KEY, beta.CURVE, beta.RATE, beta.COVER):
        assert pick(text, lang) in said and pick(text, other) not in said


def test_the_address_brings_everything_back_and_survives_nonsense():
    restore = beta.restorer("es")
    varies, which, key, choice, seed, table, curve, _ = restore({"series": "latent", "picture": "9", "seed": "3"})
    assert (varies, which.value, key, choice, seed) == ("latent", "latent", "latent", 9, 3)
    assert (table, curve) == beta.render("es", "latent", 9, 3)
    noted = json.loads(unescape(re.search(r'data-note="([^"]*)"', table)[1]))
    assert noted == {"series": "latent", "picture": "9", "seed": "3"}
    _, _, key, choice, seed, *_ = restore({"series": "x", "picture": "nan", "seed": "-4"})
    assert {"series": key, "picture": choice, "seed": seed} == beta.defaults()


def test_a_gallery_picture_stays_where_the_next_series_has_the_same_gallery():
    assert beta.carried(9, "clothes", "latent-0") == 9
    assert beta.carried(9, "clothes", "faces") == beta.opening("faces")
