"""The tab Generate without a browser: what it draws, what it refuses, what an address brings back."""

import re
from html import unescape

import pytest
import torch

from vae_course import pretrained
from vae_course.demo.core import model as models
from vae_course.demo.core.limits import Refused
from vae_course.demo.core.model import Shipped, take
from vae_course.demo.tabs.generate import compute, texts, view
from vae_course.demo.tabs.generate.tab import fill
from vae_course.faces import draw_gaussian
from vae_course.images import to_unit_range
from vae_course.text import LANGUAGES, pick


def test_the_columns_differ_only_in_where_z_comes_from():
    name = "fashion-latent-8"
    sibling = compute.plain(take(name)).name
    mine, its = pretrained.preset(name).model_dump(), pretrained.preset(sibling).model_dump()
    assert mine.pop("training")["beta"] != its.pop("training")["beta"] == 0 and mine == its
    z = torch.randn(2, 8, generator=torch.Generator().manual_seed(5))
    for source, decoder in (("plain", sibling), ("prior", name)):
        with torch.no_grad():
            expected = pretrained.load(decoder).decode(0.5 * z)
        assert torch.allclose(compute.generated(take(name), 5, 2, 0.5, source), expected, atol=1e-6)
    mean, covariance = pretrained.gaussian(name)
    drawn = draw_gaussian(mean, 0.25 * covariance, 2, torch.Generator().manual_seed(5))
    assert torch.allclose(compute.draw(take(name), 5, 2, 0.5, "gaussian"), drawn)
    flow = pretrained.flow(name)
    carried = flow.carry(0.5 * z)
    assert torch.equal(compute.draw(take(name), 5, 2, 0.5, "flow"), carried)
    with torch.no_grad():
        expected = pretrained.load(name).decode(carried)
    assert torch.allclose(compute.generated(take(name), 5, 2, 0.5, "flow"), expected, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in models.ordered() if name.startswith(("fashion", "faces"))])
def test_every_plain_sibling_ships_and_has_the_same_dimension(name):
    model = take(name)
    sibling = compute.plain(model)
    if sibling is None:
        assert name.endswith("beta-0")
    else:
        assert sibling.latent_dim == model.latent_dim
        assert sibling.preset.data.source == model.preset.data.source
        assert sibling.preset.training.beta == 0


def test_a_model_without_sibling_shows_two_columns_and_says_why_not_three():
    sheets = view.sheets("en", take("cats"), 1, 2, 1.0, "all")
    assert sheets.count("<section") == 2 and "Autoencoder" not in sheets
    with pytest.raises(Refused, match="no sibling"):
        view.sheets("en", take("cats"), 1, 2, 1.0, "plain")


def test_the_first_column_is_no_noise_and_the_last_says_why_it_is():
    html = view.sheets("en", take(view.defaults()["model"]), *view.START.values(), "all")
    assert re.findall("<h3>(.*?)</h3>", html) == [texts.TITLES[source].en for source in compute.SOURCES]
    distances = pretrained.card("fashion-latent-8")["flow"]["distances"]
    assert "pictures: {flow:.1f}; the Gaussian's is {gaussian:.1f}.".format(**distances) in unescape(html)
    autoencoder = pretrained.gallery("fashion-latent-8-beta-0").mu
    z = torch.randn(4000, 8, generator=torch.Generator().manual_seed(0))
    times = autoencoder.norm(dim=1).mean() / z.norm(dim=1).mean()
    said = float(re.search(r"codes lie ([\d.]+) times as far out", html)[1])
    assert said == pytest.approx(times.item(), rel=0.05) and said > 2


def test_the_map_is_for_two_dimensions_and_its_point_is_decoded():
    assert view.plane("es", take("faces")) == ""
    plane = view.plane("es", take("fashion-2d"), 0.4, -1.2)
    assert "z\xa0=\xa0(0.40,\xa0−1.20)" in plane and 'data-x="0.4000"' in plane
    assert view.plane("es", take("fashion-2d"), 2.0, 2.0) != plane


def test_the_lattice_is_decoded_where_a_click_lands():
    """The middle picture of the lattice is the decoding of the origin, the right one of its row has the largest x."""
    half, middle = compute.EDGE * (compute.GRID - 1) / compute.GRID, compute.GRID // 2
    model = take("fashion-2d")
    tiles = compute.lattice(model)[0].unflatten(0, (compute.GRID, 28)).unflatten(2, (compute.GRID, 28))
    for row, column, z in ((middle, middle, (0, 0)), (middle, -1, (half, 0)), (0, 0, (-half, half))):
        expected = model.decode(torch.tensor([z], dtype=torch.float32))[0, 0]
        assert torch.allclose(tiles[row, :, column], expected, atol=1e-5)


@pytest.mark.parametrize("bad", [None, "1", float("nan"), 99, -4, True])
def test_a_point_off_the_map_is_refused(bad):
    with pytest.raises(Refused, match="coordinate"):
        view.plane("en", take("fashion-2d"), bad, 0.0)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_neighbours_stand_below_their_samples(lang, tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))  # no training pictures: the gallery's
    compute.training_pictures.cache_clear()
    memory = view.memory(lang, Shipped("fashion-latent-8"), 7, 9, 1.0, "all")
    assert memory.count("<img") == 2 * compute.CHECKED
    assert {"es": "no están aquí", "en": "are not here"}[lang] in memory
    alts = re.findall('alt="([^"]*)"', memory)
    assert alts[0] == {"es": "Muestra 1", "en": "Sample 1"}[lang] and alts[compute.CHECKED].endswith("1")


def test_neighbours_are_training_pictures_where_they_are_on_the_machine():
    model = Shipped("drawn")
    found = compute.neighbours(model, 7, 9, 1.0, "prior")
    known = compute.training_pictures(model.preset.data)
    assert (found.kind, found.among, len(known)) == ("train", compute.LOOKED_AT, compute.LOOKED_AT)
    z = compute.draw(model, 7, compute.CHECKED, 1.0, "prior")
    nearest = torch.cdist(z, compute.training_codes(model)).argmin(dim=1)
    assert torch.equal(found.nearest, to_unit_range(known[nearest]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_neighbours_are_those_of_the_chosen_source_which_is_named(lang):
    model = take("fashion-latent-8")
    sibling = compute.plain(model)
    found = compute.neighbours(model, 7, 9, 1.0, "plain")
    assert torch.equal(found.samples, compute.generated(model, 7, compute.CHECKED, 1.0, "plain"))
    z = compute.draw(sibling, 7, compute.CHECKED, 1.0, "plain")
    codes = compute.training_codes(sibling) if found.kind == "train" else sibling.gallery.mu
    assert found.distance == pytest.approx(torch.cdist(z, codes).min(dim=1).values.median().item())
    for columns, named in (*zip(compute.SOURCES, compute.SOURCES, strict=True), ("all", "gaussian")):
        memory = unescape(view.memory(lang, model, 7, 9, 1.0, columns))
        title = pick(texts.TITLES[named], lang)
        assert f"«{title}»" in memory or f"“{title}”" in memory
        assert title in re.search('data-pin="([^"]*)"', memory)[1]
    with pytest.raises(Refused):
        view.memory(lang, take("cats"), 7, 9, 1.0, "plain")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_pictures_that_were_held_back_count_as_never_seen(lang):
    """The galleries of the emojis' models hold training pictures: their distances to those are 0."""
    never = {"es": "nunca vistas", "en": "never seen"}[lang]
    for name in models.ordered():
        model = take(name)
        held_back = model.gallery.split != "train"
        if held_back and not name.startswith(("drawn", "fashion-2d")):
            continue
        found = compute.neighbours(model, 7, 9, 1.0, "prior")
        assert (found.held is not None) == held_back == (never in view.memory(lang, model, 7, 9, 1.0, "prior"))


@pytest.mark.parametrize("name", [name for name in models.ordered() if name.endswith("beta-0")])
def test_a_model_without_a_kl_is_called_an_autoencoder_and_not_explained_by_one(name):
    model = take(name)
    sheets = unescape(view.sheets("en", model, 1, 2, 1.0, "all"))
    assert re.findall("<h3>(.*?)</h3>", sheets) == ["Autoencoder, no KL", "Autoencoder, fitted Gaussian"]
    assert "VAE" not in sheets and texts.EXPLANATIONS["prior"].en not in sheets
    assert f"codes lie {compute.far_out(model):.1f} times as far out" in sheets
    assert [title for title, _ in view.choices("es", model)] == [
        "Todas las fuentes", "Autoencoder, sin KL", "Autoencoder, gaussiana ajustada",
    ]  # fmt: skip
    assert "VAE" not in view.memory("en", model, 1, 2, 1.0, "all")


def test_restore_takes_what_is_right_and_defaults_for_the_rest():
    menu, seed, count, temperature, radio, sheets, _, plane = fill(
        "en", {"model": "fashion-2d", "seed": "12", "count": "500", "temperature": "hot", "shown": "prior", "x": "0.5"}
    )
    values = menu["value"], seed, count, temperature, radio["value"]
    assert values == ("fashion-2d", 12, view.START["count"], 1.0, "prior")
    assert sheets.count("<section") == 1 and 'data-x="0.5000"' in plane
    assert fill("en", {"model": "../../etc"})[0]["value"] == view.defaults()["model"]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_no_two_models_have_one_title(lang):
    titles = [pick(models.shipped(name).title, lang) for name in models.ordered()]
    assert len(set(titles)) == len(titles)


def test_a_column_that_a_model_lacks_is_not_offered_and_gives_way_to_all():
    kinds = {name: [key for _, key in view.choices("en", take(name))] for name in ("faces", "cats")}
    assert "plain" in kinds["faces"] and "plain" not in kinds["cats"] and "flow" not in kinds["faces"]
    for lang, why in (("es", "no trae un prior aprendido"), ("en", "has no learnt prior")):
        with pytest.raises(Refused) as refusal:
            compute.generated(take("faces"), 1, 1, 1.0, "flow")
        said, (_, _, named) = pick(refusal.value.sentence, lang), pick(refusal.value.sentence, lang).partition(": ")
        assert why in said
        assert named.rstrip(".").split(", ") == [one for one in models.ordered() if pretrained.flow(one) is not None]
    _, _, _, _, radio, sheets, *_ = fill("en", {"model": "cats", "shown": "plain"})
    assert radio["value"] == "all" and sheets.count("<section") == 2
