"""The tab Generate without a browser: what it draws, what it refuses, what an address brings back."""

import re

import pytest
import torch

from vae_course import pretrained
from vae_course.demo import generate, models
from vae_course.demo.limits import Refused
from vae_course.faces import draw_gaussian


def test_the_three_columns_differ_only_in_where_z_comes_from():
    name = "fashion-latent-8"
    sibling = generate.plain(name)
    mine, its = pretrained.preset(name).model_dump(), pretrained.preset(sibling).model_dump()
    assert mine.pop("training")["beta"] != its.pop("training")["beta"] == 0 and mine == its
    z = torch.randn(2, 8, generator=torch.Generator().manual_seed(5))
    for source, model in (("plain", sibling), ("prior", name)):
        with torch.no_grad():
            expected = pretrained.load(model).decode(0.5 * z)
        assert torch.allclose(generate.compute(name, 5, 2, 0.5, source), expected, atol=1e-6)
    mean, covariance = pretrained.gaussian(name)
    drawn = draw_gaussian(mean, 0.25 * covariance, 2, torch.Generator().manual_seed(5))
    assert torch.allclose(generate.draw(name, 5, 2, 0.5, "gaussian"), drawn)


@pytest.mark.parametrize("name", [name for name in models.ordered() if name.startswith(("fashion", "faces"))])
def test_every_plain_sibling_ships_and_has_the_same_dimension(name):
    sibling = generate.plain(name)
    if sibling is None:
        assert name.endswith("beta-0")
    else:
        assert models.load(sibling).latent_dim == models.load(name).latent_dim
        assert models.preset(sibling).data.source == models.preset(name).data.source
        assert models.preset(sibling).training.beta == 0


def test_a_model_without_sibling_shows_two_columns_and_says_why_not_three():
    shown = generate.render("en", "cats", 1, 2, 1.0, "all")
    assert shown.count("<section") == 2 and "Autoencoder" not in shown
    with pytest.raises(Refused, match="no sibling"):
        generate.render("en", "cats", 1, 2, 1.0, "plain")


def test_the_map_is_for_two_dimensions_and_its_point_is_decoded():
    assert generate.plane("es", "faces") == ""
    shown = generate.plane("es", "fashion-2d", 0.4, -1.2)
    assert "z = (0.40; -1.20)" in shown and 'data-x="0.4000"' in shown
    assert generate.plane("es", "fashion-2d", 2.0, 2.0) != shown


def test_the_lattice_is_decoded_where_a_click_lands():
    """The middle picture of the lattice is the decoding of the origin, the right one of its row has the largest x."""
    half = generate.EDGE * (generate.GRID - 1) / generate.GRID
    z = generate.latent_grid(generate.GRID, half)
    middle = generate.GRID * (generate.GRID // 2)
    assert z[middle + generate.GRID // 2].tolist() == pytest.approx([0, 0], abs=1e-6)
    assert z[middle + generate.GRID - 1].tolist() == pytest.approx([half, 0], abs=1e-6)
    assert z[0].tolist() == pytest.approx([-half, half])


@pytest.mark.parametrize("bad", [None, "1", float("nan"), 99, -4, True])
def test_a_point_off_the_map_is_refused(bad):
    with pytest.raises(Refused, match="coordinate"):
        generate.plane("en", "fashion-2d", bad, 0.0)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_neighbours_stand_below_their_samples(lang, tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))  # no training pictures: the gallery's
    generate._training_codes.cache_clear()
    shown = generate.memory(lang, "fashion-latent-8", 7, 9, 1.0, "all")
    generate._training_codes.cache_clear()
    assert shown.count("<img") == 2 * generate.CHECKED
    assert {"es": "no están aquí", "en": "are not here"}[lang] in shown
    alts = re.findall('alt="([^"]*)"', shown)
    assert alts[0] == {"es": "Muestra 1", "en": "Sample 1"}[lang] and alts[generate.CHECKED].endswith("1")


def test_restore_takes_what_is_right_and_defaults_for_the_rest():
    restore = generate._restorer("en")
    menu, seed, count, temperature, shown, sheet, _, point = restore(
        {"model": "fashion-2d", "seed": "12", "count": "500", "temperature": "hot", "shown": "prior", "x": "0.5"}
    )
    assert (menu.value, seed, count, temperature, shown.value) == (
        "fashion-2d",
        12,
        generate.START["count"],
        1.0,
        "prior",
    )
    assert sheet.count("<section") == 1 and 'data-x="0.5000"' in point
    assert restore({"model": "../../etc"})[0].value == generate.defaults()["model"]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_no_two_models_have_one_title(lang):
    titles = [title for title, _ in models.choices(lang)]
    assert len(set(titles)) == len(titles)


def test_a_column_that_a_model_lacks_is_not_offered_and_gives_way_to_all():
    kinds = {name: [key for _, key in generate.choices("en", name)] for name in ("faces", "cats")}
    assert "plain" in kinds["faces"] and "plain" not in kinds["cats"]
    _, _, _, _, shown, sheet, *_ = generate._restorer("en")({"model": "cats", "shown": "plain"})
    assert shown.value == "all" and sheet.count("<section") == 2
