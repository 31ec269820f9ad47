"""The tab Beta without a browser: series, figures against the library, refusals, addresses."""

import dataclasses
import json
import re
from html import unescape

import numpy as np
import pytest
import torch
from helpers.lessons import unchanged

from vae_course import pretrained
from vae_course.beta import active_units, kl_per_dimension
from vae_course.demo.core import limits, store
from vae_course.demo.tabs.beta import compute as beta
from vae_course.demo.tabs.beta import tab, texts, view
from vae_course.demo.ui import pictures
from vae_course.demo.ui import texts as ui_texts
from vae_course.evaluation import frechet_distance, psnr
from vae_course.text import LANGUAGES, pick

KEYS = list(beta.all_series())


def names(key) -> tuple[str, ...]:
    return tuple(model.name for model in beta.all_series()[key].models.values())


def shown(lang, key, *more) -> tuple[str, str]:
    """Table and curve."""
    return view.table_and_curve(lang, beta.take(key), *more)


def computed(key, *more) -> beta.Result:
    return beta.compute(beta.take(key), *more)


def test_the_series_are_what_ships_in_order():
    assert names("clothes") == tuple(f"fashion-beta-{b}" for b in (0, 1, 4, 16, 64))
    assert names("latent") == tuple(f"fashion-latent-{d}" for d in (2, 8, 32, 128))
    assert names("latent-0") == tuple(f"fashion-latent-{d}-beta-0" for d in (2, 8, 32, 128))
    assert all(name.startswith("faces-beta-") for name in names("faces"))


@pytest.mark.parametrize("key", KEYS)
def test_models_of_a_series_differ_in_one_number_only(key):
    presets = [pretrained.preset(name).model_dump() for name in names(key)]
    varying = ("training", "beta") if beta.take(key).varies == "beta" else ("model", "latent_dim")
    values = [preset[varying[0]].pop(varying[1]) for preset in presets]
    assert values == sorted(set(values))
    assert all(preset == presets[0] for preset in presets)


@pytest.mark.parametrize("key", KEYS)
def test_one_picture_and_one_seed_go_through_every_model(key):
    result = computed(key, 5, 11)
    x = beta.take(key).reference.pictures[5:6]
    z = torch.randn(beta.SAMPLES, beta.WIDEST, generator=torch.Generator().manual_seed(11))
    for row in result.rows:
        model = pretrained.load(row.model.name)
        with torch.inference_mode():
            mu, logvar = model.encode(x)
            x_hat, samples = model.decode(mu), model.decode(z[:, : model.latent_dim])
        assert torch.allclose(row.copy.x_hat, x_hat[0], atol=1e-4)
        assert torch.allclose(row.samples, samples, atol=1e-4)
        assert torch.allclose(row.copy.kl, kl_per_dimension(mu, logvar), atol=1e-4)
        assert row.copy.psnr == pytest.approx(psnr(x, x_hat), abs=0.01)


@pytest.mark.parametrize("key", [key for key in KEYS if beta.take(key).varies == "beta"])
def test_the_best_above_is_not_the_best_below(key):
    result = computed(key, beta.opening_picture(beta.take(key)), view.defaults()["seed"])
    assert result.best_above is result.rows[0]
    assert result.best_above not in result.best_below and len(result.best_below) == 1
    table = shown("en", key, beta.opening_picture(beta.take(key)), 7)[0]
    assert texts.DIFFERENT.en.format(above=result.best_above.title, below=result.best_below[0].title) in table
    assert table.count(f"★ {texts.BEST_BELOW.en}") == 1


def test_the_distance_sees_that_beta_0_and_a_collapsed_model_do_not_generate():
    distances = {row.model.name: row.distance for row in computed("clothes", 0, 0).rows}
    good = max(distances[f"fashion-beta-{b}"] for b in (1, 4, 16))
    assert min(distances["fashion-beta-0"], distances["fashion-beta-64"]) > 4 * good


@pytest.mark.parametrize("key", ["clothes", "latent"])
def test_the_distance_is_that_of_many_samples_and_its_spread_is_what_one_draw_leaves_open(key):
    series = beta.take(key)
    mean, components = beta._components(series.reference)
    real = (series.reference.pictures.flatten(1) - mean) @ components
    for row in computed(key, 0, 0).rows:
        z = torch.randn(beta.JUDGED[1], row.model.latent_dim, generator=torch.Generator().manual_seed(99))
        with torch.inference_mode():
            samples = pretrained.load(row.model.name).decode(z).flatten(1)
        other = frechet_distance((samples - mean) @ components, real).item()  # another draw of as many
        assert abs(other - row.distance) < max(6 * row.spread, 0.05)
        assert 0 < row.spread < 0.25 * row.distance


def test_whoever_is_no_farther_for_all_one_can_tell_shares_the_star():
    told = zip((90.0, 5.0, 4.0, 4.7, 60.0), (1.0, 0.2, 0.3, 0.6, 1.0), computed("clothes", 0, 0).rows, strict=True)
    rows = [dataclasses.replace(row, distance=far, spread=spread) for far, spread, row in told]
    result = dataclasses.replace(computed("clothes", 0, 0), rows=rows)
    assert [row.title for row in result.best_below] == ["β = 4", "β = 16"]
    table = view.table("es", result, 0)
    assert "β = 4, β = 16 inventa" in table and table.count(f"★ {texts.BEST_BELOW.es}") == 2


def test_each_number_is_written_as_exactly_as_its_spread_allows():
    table = shown("en", "clothes", 0, 0)[0]
    written = re.findall(r"dis\u00adtance ([\d.]+) ±\u00a0([\d.]+)", table)
    assert len(written) == 5
    assert all(len(far.partition(".")[2]) == len(spread.partition(".")[2]) for far, spread in written)
    assert all(float(spread) > 0 for _, spread in written)


@pytest.mark.parametrize("key", KEYS)
def test_bars_count_the_dimensions_that_are_awake(key):
    table, _ = shown("en", key, 0, 0)
    for row, chart in zip(computed(key, 0, 0).rows, re.findall(r'<svg class="bars".*?</svg>', table), strict=True):
        mu = row.model.gallery.mu
        assert chart.count('class="awake"') == active_units(mu)
        assert chart.count("<rect") == mu.shape[1]
        assert all(0 <= float(y) <= 70 for y in re.findall(r'y="([-\d.]+)"', chart))


@pytest.mark.parametrize("key", KEYS)
def test_the_curve_holds_each_card_and_the_pictures_own_reconstruction(key):
    _, curve = shown("en", key, 2, 0)
    result = computed(key, 2, 0)
    assert curve.count("<circle") == curve.count("<image") == len(result.rows)
    for row in result.rows:
        figures = pretrained.card(row.model.name)["figures"]
        assert f"{row.title}: KL {view.short(figures['kl']).en}\u00a0nats" in unescape(curve)
        assert pictures.source(row.copy.x_hat) in curve
    points = re.search(r'<polyline points="([^"]*)"', curve)[1].split()
    xs, ys = zip(*(map(float, point.split(",")) for point in points), strict=True)
    assert list(xs) == sorted(xs) and list(ys) == sorted(ys)  # more rate, less distortion: y grows downwards
    assert view.PLOT["left"] <= min(xs) and max(xs) <= view.PLOT["right"] and max(ys) <= view.PLOT["bottom"]


def test_the_tab_opens_with_a_shoe():
    codes = beta.take("clothes").reference.gallery
    assert view.defaults()["series"] == "clothes"
    assert codes.classes[codes.labels[view.defaults()["picture"]]] == beta.SHOE


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
        shown("es", *values)
    assert said in caught.value.sentence.en and caught.value.sentence.es != caught.value.sentence.en


def test_an_upload_goes_through_every_model_and_is_not_kept_by_the_cache():
    visitor = store.Visitor()
    token = store._current.set(visitor)
    try:
        key = visitor.keep_upload(np.full((40, 40, 3), 200, np.uint8))
        result = computed("faces", key, 0)
        assert result.picked.source == "upload" and len(result.rows) == len(names("faces"))
        assert beta.carried(key, beta.take("clothes"), beta.take("faces")) == key
        visitor.uploads.clear()
        with pytest.raises(limits.Refused):
            computed("faces", key, 0)
    finally:
        store._current.reset(token)


def test_another_seed_changes_samples_only_and_no_global_state():
    with unchanged():
        one, two = computed("clothes", 0, 1), computed("clothes", 0, 2)
    for a, b in zip(one.rows[:-1], two.rows[:-1], strict=True):  # the last one has collapsed: always the same picture
        assert not torch.equal(a.samples, b.samples) and torch.equal(a.copy.x_hat, b.copy.x_hat)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_table_is_in_its_language(lang, key):
    other = "en" if lang == "es" else "es"
    said = unescape("".join(shown(lang, key, 0, 0)))
    for text in (texts.MORALS[key], texts.ABOVE, texts.BARS_KEY, texts.CURVE, texts.RATE, ui_texts.COVER):
        assert pick(text, lang) in said and pick(text, other) not in said


def test_the_address_brings_everything_back_and_survives_nonsense():
    values = {"series": "latent", "picture": "9", "seed": "3"}
    varies, which, key, picture, seed, table, curve, _ = tab.fill("es", values)
    assert (varies, which["value"], key, picture, seed) == ("latent", "latent", "latent", 9, 3)
    assert (table, curve) == shown("es", "latent", 9, 3)
    noted = json.loads(unescape(re.search(r'data-note="([^"]*)"', table)[1]))
    assert noted == values
    _, _, key, picture, seed, *_ = tab.fill("es", {"series": "x", "picture": "nan", "seed": "-4"})
    assert {"series": key, "picture": picture, "seed": seed} == view.defaults()


def test_a_gallery_picture_stays_where_the_next_series_has_the_same_gallery():
    clothes, faces = beta.take("clothes"), beta.take("faces")
    assert beta.carried(9, clothes, beta.take("latent-0")) == 9
    assert beta.carried(9, clothes, faces) == beta.opening_picture(faces)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("key", "heading"), [("clothes", texts.BELOW), ("latent", texts.BELOW_LATENT)])
def test_samples_are_headed_by_what_they_are(lang, key, heading):
    table = view.table(lang, computed(key, 0, 11), 0)
    assert f"<span>{pick(heading, lang).format(seed=11)}" in table
