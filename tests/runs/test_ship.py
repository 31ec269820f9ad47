"""A run becomes a shipped model: what it says of itself is true, and nothing else ships."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers import runs as tiny
from PIL import Image
from safetensors.torch import load_file

from vae_course import data, figures, presets, pretrained
from vae_course.faces import draw_gaussian, fit_latent_gaussian
from vae_course.files import DamagedFile
from vae_course.history import read_history
from vae_course.images import to_unit_range
from vae_course.runs import flow, ship
from vae_course.runs.flow import ship_flow
from vae_course.runs.folder import RunError
from vae_course.runs.measure import encode_all, evaluate
from vae_course.runs.train import train

DATA = {"count": 240, "batch_size": 40}  # 120 faces to train on, as many held back


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Presets, weights and runs in a folder of their own; nothing of the repository's is touched."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("shop")
        patch.setenv("VAE_COURSE_CACHE", str(folder / "cache"))
        patch.setattr(presets, "CONFIGS", folder)
        patch.setattr(pretrained, "WEIGHTS", folder / "weights")
        patch.setattr(ship, "WITH_SHEETS", ("tiny",))
        pretrained.card.cache_clear()
        yield folder
    pretrained.card.cache_clear()


def shipped(shop, name, path=None, **changes):
    tiny.write_preset(shop / f"{name}.json", **changes)
    run = train(presets.load(name), shop / "runs" / name, path=path)
    ship.ship(run, name, path=path)
    return run


@pytest.fixture(scope="module")
def run(shop):
    training = {"epochs": 4, "learning_rate": 0.01, "beta": 0.1, "checkpoint_every": 2, "average": 0.5}
    return shipped(shop, "tiny", data=DATA, model=tiny.CONV | {"norm": "batch"}, training=training)


def test_nothing_ships_with_figures_of_other_pictures_than_it_was_trained_with(shop, run):
    noted = json.loads(run.machine.read_text())
    before = (shop / "weights" / "tiny" / "card.json").read_bytes()
    try:
        run.machine.write_text(json.dumps(noted | {"pictures": "others"}))
        with pytest.raises(RunError, match="trained with other pictures"):
            ship.ship(run, "tiny")
    finally:
        run.machine.write_text(json.dumps(noted))
    assert (shop / "weights" / "tiny" / "card.json").read_bytes() == before


def test_a_shipped_model_is_told_apart_from_a_set_of_another_size(shop, run, monkeypatch, capsys):
    evaluate("tiny")
    assert capsys.readouterr().err == ""
    load = data.load
    monkeypatch.setattr(data, "load", lambda asked, **how: load(asked.model_copy(update={"count": 300}), **how))
    evaluate("tiny")
    assert "these are not the pictures that tiny was trained with" in capsys.readouterr().err
    kept = (shop / "weights" / "tiny" / "card.json").read_bytes()
    for noted in (lambda: evaluate("tiny", card=True), lambda: ship_flow("tiny", steps=1)):
        with pytest.raises(RunError, match="tiny was trained with other pictures"):
            noted()
    assert (shop / "weights" / "tiny" / "card.json").read_bytes() == kept


def test_a_model_that_cannot_be_measured_replaces_nothing(shop, monkeypatch):
    """Refitted, and the pictures that it is shipped with leave none to judge it by."""
    run = shipped(shop, "unmeasured", data=DATA | {"test_split": 0.2}, training={"refit": True})
    files = sorted((shop / "weights" / "unmeasured").iterdir())
    before = [path.read_bytes() for path in files]
    images = data.load(run.preset().data)
    monkeypatch.setattr(ship.data, "load", lambda *_, **__: replace(images, test=torch.arange(0)))
    with pytest.raises(RunError, match=r"validation pictures too"):
        ship.ship(run, "unmeasured")
    assert [path.read_bytes() for path in files] == before


@pytest.mark.parametrize("lost", ["machine.json", "history.csv", "checkpoints/epoch-0002.pt"])
def test_a_run_that_lacks_something_replaces_nothing(shop, run, lost):
    weights = pretrained.WEIGHTS / "tiny" / "model.safetensors"
    kept, shipped_before = (run.folder / lost).read_bytes(), weights.read_bytes()
    (run.folder / lost).write_bytes(b"")
    weights.write_bytes(b"of another run")
    try:
        with pytest.raises((ValueError, IndexError, DamagedFile)):
            ship.ship(run, "tiny")
        assert weights.read_bytes() == b"of another run"
    finally:
        (run.folder / lost).write_bytes(kept)
        weights.write_bytes(shipped_before)


@pytest.fixture(scope="module")
def images(run):
    return data.load(run.preset().data)


def codes(images, part):
    """mu and logvar of part of the set, by the shipped model, in double precision."""
    model = pretrained.load("tiny").double()
    with torch.no_grad():
        return [code.numpy() for code in model.encode(to_unit_range(images.images[part]).double())]


def test_weights_are_the_runs_in_half_precision(run):
    model = pretrained.load("tiny")
    assert not any(module.training for module in model.modules())
    trained = load_file(run.weights)
    assert model.state_dict().keys() == trained.keys()
    for key, tensor in model.state_dict().items():
        rounded = trained[key].half().float() if trained[key].is_floating_point() else trained[key]
        assert tensor.dtype == trained[key].dtype and torch.equal(tensor, rounded)


def test_the_card(run):
    card = pretrained.card("tiny")
    history = (run.folder / "history.csv").read_text().splitlines()
    assert pretrained.preset("tiny") == run.preset() == presets.load("tiny")
    assert card["epochs"] == len(history) - 1 == 4
    assert card["seconds"] == round(sum(float(line.split(",")[-1]) for line in history[1:]))
    assert card["command"] == "python -m vae_course train tiny"
    assert card["parameters"] == sum(tensor.numel() for tensor in pretrained.load("tiny").parameters())
    assert card["data"]["set"] == "drawn"
    shown, whole = pretrained.history("tiny"), read_history(run.history)
    assert [row.keys() for row in shown] == [row.keys() for row in whole]
    assert all(value == float(f"{value:.6g}") for row in shown for value in row.values())
    assert [list(row.values()) for row in shown] == [pytest.approx(list(row.values()), rel=1e-5) for row in whole]


def test_the_card_counts_the_pictures_in_both_languages(run):
    title = pretrained.card("tiny")["data"]["title"]
    assert title["es"].startswith("240 rostros") and title["en"].startswith("240 faces")


def test_the_figures_are_what_evaluate_prints(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert evaluate("tiny") == pretrained.card("tiny")["figures"]
    assert list(tmp_path.iterdir()) == []


def test_shipping_again_changes_nothing(run):
    folder = pretrained.WEIGHTS / "tiny"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    torch.manual_seed(12)
    ship.ship(run, "tiny")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_no_file_but_those_that_should_ship(run):
    folder = pretrained.WEIGHTS / "tiny"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    sheets = {"sheets/epoch-0002.webp", "sheets/epoch-0004.webp"}
    assert names == {"model.safetensors", "extras.safetensors", "card.json", "history.csv"} | sheets
    assert [epoch for epoch, _ in pretrained.sheets("tiny")] == [2, 4]


def test_the_last_sheet_shows_draws_from_the_fitted_gaussian_decoded_by_the_shipped_model(run):
    mean, covariance = pretrained.gaussian("tiny")
    z = draw_gaussian(mean, covariance, 32, torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = figures.tile(pretrained.load("tiny").decode(z), columns=8)
    first, last = (np.asarray(Image.open(path)).astype(int) for _, path in pretrained.sheets("tiny"))
    assert last.shape == expected.shape
    assert abs(last - expected).mean() < 6 < abs(first - expected).mean()  # WebP is not exact


def test_the_gallery_holds_codes_of_pictures_held_back_and_no_pixels(run, images):
    gallery = pretrained.gallery("tiny")
    assert len(gallery.indices) == 60 == len(images.test)  # as many as there are, below 120
    assert set(gallery.indices.tolist()) == set(images.test.tolist())
    mu, logvar = codes(images, gallery.indices)
    assert np.allclose(gallery.mu, mu, atol=2e-3) and np.allclose(gallery.logvar, logvar, atol=2e-3)
    assert gallery.labels is None and gallery.classes == () and gallery.files == () and gallery.split == "test"
    extras = load_file(pretrained.WEIGHTS / "tiny" / "extras.safetensors")
    assert max(tensor.numel() for tensor in extras.values()) <= 60 * 4  # a picture has 576 numbers


def test_maps_are_of_the_gallerys_codes(run, images):
    gallery = pretrained.gallery("tiny")
    assert set(gallery.maps) == {"pca", "tsne"}
    assert all(points.shape == (60, 2) and points.isfinite().all() for points in gallery.maps.values())
    mu, _ = codes(images, gallery.indices)
    largest = np.linalg.eigvalsh(np.cov(mu.T))[:-3:-1]
    assert np.allclose(gallery.maps["pca"].numpy().var(axis=0, ddof=1), largest, rtol=1e-2)


def test_the_gaussian_has_the_moments_of_the_training_pictures_codes(run, images):
    mu, logvar = codes(images, images.train)
    mean, covariance = pretrained.gaussian("tiny")
    draws = mu + np.random.default_rng(0).standard_normal((4000, *mu.shape)) * np.exp(logvar / 2)
    assert np.allclose(mean, mu.mean(axis=0), atol=1e-5)
    assert np.allclose(covariance, np.cov(mu.T) + np.diag(np.exp(logvar).mean(axis=0)), atol=1e-4)
    assert np.allclose(covariance, np.cov(draws.reshape(-1, mu.shape[1]).T), atol=0.02)


def test_directions_of_factors_are_slopes(run, images):
    directions = pretrained.directions("tiny")
    assert directions.keys() == images.attributes.keys() == pretrained.card("tiny")["attributes"].keys()
    mu, _ = codes(images, images.train)
    for name, direction in directions.items():
        factor = images.attributes[name][images.train].numpy()
        slopes = [np.polyfit(factor, column, 1)[0] for column in mu.T]
        assert np.allclose(direction, slopes, atol=1e-3, rtol=2e-2), name
        assert list(pretrained.card("tiny")["attributes"][name]) == ["r2"]


@pytest.mark.parametrize("refit", [False, True])
def test_directions_of_attributes_are_differences_of_means(run, images, monkeypatch, refit):
    monkeypatch.setattr(ship, "RARE", 10)
    yes = {"smiling": images.attributes["smile"] > 0, "rare": torch.arange(240) == images.train[0]}
    some = data.ImageSet("drawn", images.images, images.train, images.validation, images.test, attributes=yes)
    learnt = images.learnt(refit)
    directions, quality = ship.directions_of(pretrained.load("tiny"), some, learnt)
    assert list(directions) == ["direction.smiling"] and list(quality) == ["smiling"]
    mu, _ = codes(images, learnt)
    smiling = yes["smiling"][learnt].numpy()
    assert np.allclose(directions["direction.smiling"], mu[smiling].mean(axis=0) - mu[~smiling].mean(axis=0), atol=1e-4)
    others = images.test if refit else torch.cat([images.validation, images.test])
    held_back = yes["smiling"][others].float().mean().item()
    assert quality["smiling"]["baseline"] == pytest.approx(max(held_back, 1 - held_back), abs=1e-4)
    assert 0 <= quality["smiling"]["accuracy"] <= 1


def test_probes_tell_what_codes_tell():
    z = torch.randn(400, 3)
    train, test = z[:300], z[300:]
    told, untold = z[:, 0] > 0.3, torch.rand(400) < 0.3
    accuracy = ship.probe_attribute(train, test, told[:300], told[300:])
    assert accuracy["accuracy"] > 0.9 > accuracy["baseline"]
    assert ship.probe_attribute(train, test, untold[:300], untold[300:])["accuracy"] < 0.85
    assert ship.probe_factor(train, test, z[:300, 1] * 2, z[300:, 1] * 2)["r2"] > 0.9
    assert ship.probe_factor(train, test, torch.randn(300), torch.randn(100))["r2"] < 0.2


def test_each_class_is_as_often_in_the_gallery_as_the_others(shop, monkeypatch, tmp_path):
    monkeypatch.setattr(ship, "GALLERY", 9)
    monkeypatch.setitem(ship.SETS, "animals", ship.SETS["drawn"])
    folder = {"source": "folder", "count": None, "channels": 1, "validation_split": 0.5, "test_split": 0.0}
    pictures = tiny.make_pictures(tmp_path / "animals", each=20)
    shipped(shop, "labelled", path=pictures, data=folder, model=tiny.DENSE)

    gallery = pretrained.gallery("labelled")
    assert gallery.labels.bincount().tolist() == [3, 3, 3]
    assert gallery.classes == ("cat", "dog", "fish") and gallery.split == "validation"
    names = [gallery.classes[label] for label in gallery.labels]
    assert [file.split("/")[0] for file in gallery.files] == names
    card = json.loads((pretrained.WEIGHTS / "labelled" / "card.json").read_text())
    assert card["preset"]["data"]["path"] is None and str(tmp_path) not in json.dumps(card)
    assert pretrained.directions("labelled") == {} == card["attributes"]
    assert pretrained.sheets("labelled") == []


def test_a_model_that_learnt_its_pictures_by_heart_shows_those(shop):
    run = shipped(shop, "by-heart", data=DATA, model=tiny.CONV, training={"epochs": 1, "keep": "last"})
    gallery, images = pretrained.gallery("by-heart"), data.load(run.preset().data)
    assert gallery.split == "train" and set(gallery.indices.tolist()) <= set(images.train.tolist())
    assert pretrained.card("by-heart")["figures"]["split"] == "test"


def test_the_priors_of_a_refitted_model_are_of_all_codes_that_it_learnt(shop, monkeypatch):
    run = shipped(shop, "refitted", data=DATA, model=tiny.CONV, training={"epochs": 1, "refit": True})
    images, model, given = data.load(run.preset().data), pretrained.load("refitted"), []
    mu, logvar = encode_all(model, images.images[torch.cat([images.train, images.validation])])
    for one, other in zip(pretrained.gaussian("refitted"), fit_latent_gaussian(mu, logvar), strict=True):
        torch.testing.assert_close(one, other)
    monkeypatch.setattr(flow, "train_flow", lambda *codes, **options: given.extend(codes[:2]) or stop())
    with pytest.raises(InterruptedError):
        ship_flow("refitted", width=4, depth=0, steps=1)
    assert torch.equal(given[0], mu) and torch.equal(given[1], logvar)


def stop():
    raise InterruptedError


# learnt priors


def test_a_flow_that_is_no_better_is_not_kept(run, monkeypatch):
    monkeypatch.setattr(flow.Judge, "distance", lambda judge, z: 1.0)
    folder = pretrained.WEIGHTS / "tiny"
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    with pytest.raises(RunError, match="no better than the Gaussian"):
        ship_flow("tiny", width=4, depth=0, steps=1)
    assert pretrained.flow("tiny") is None
    assert {path.name: path.read_bytes() for path in folder.glob("*.*")} == before


def test_a_better_one_is_kept_beside_all_else_as_it_was_measured_and_a_new_model_drops_it(run, monkeypatch):
    """Of so small a one chance decides: here the judge is told."""
    told = iter((2.0, 1.0))
    monkeypatch.setattr(flow.Judge, "distance", lambda judge, z: asked.append(z) or next(told))
    asked, before = [], load_file(pretrained.WEIGHTS / "tiny" / "extras.safetensors")
    about = ship_flow("tiny", width=4, depth=1, steps=3, seed=5)
    kept = pretrained.flow("tiny")
    gaussian, drawn = asked
    chance = torch.Generator().manual_seed(5)
    assert torch.equal(gaussian, draw_gaussian(*pretrained.gaussian("tiny"), flow.DRAWS, chance))
    assert torch.equal(drawn, kept.draw(flow.DRAWS, chance))
    extras = load_file(pretrained.WEIGHTS / "tiny" / "extras.safetensors")
    assert {key for key in extras if not key.startswith("flow.")} == before.keys()
    assert all(torch.equal(extras[key], tensor) for key, tensor in before.items())
    assert pretrained.card("tiny")["flow"] == about and about["distances"] == {"gaussian": 2.0, "flow": 1.0}
    assert about["command"] == "python -m vae_course flow tiny --width 4 --depth 1 --steps 3 --seed 5"
    assert (about["split"], about["images"]) == ("test", 60)
    ship.ship(run, "tiny")
    assert pretrained.flow("tiny") is None and "flow" not in pretrained.card("tiny")


# the figures of its samples


def test_what_evaluate_finds_of_samples_stands_on_the_card_until_another_model_ships(run):
    before = pretrained.card("tiny")
    found = evaluate("tiny", card=True)
    card = json.loads((pretrained.WEIGHTS / "tiny" / "card.json").read_text())
    assert card == pretrained.card("tiny") and {**card, "samples": None} == {**before, "samples": None}
    assert card["samples"].items() <= found.items() and card["samples"]["images"] == 60
    assert {"pixels_frechet_gaussian", "pixels_copies"} <= card["samples"].keys() and "psnr" not in card["samples"]
    with pytest.raises(RunError, match="has no card"):
        evaluate(str(run.folder), card=True)
    ship.ship(run, "tiny")
    assert "samples" not in pretrained.card("tiny")


def test_pictures_of_unknown_rights_do_not_ship(shop, tmp_path):
    pictures = tiny.make_pictures(tmp_path / "strangers")
    with pytest.raises(RunError, match="strangers"):
        shipped(shop, "stolen", path=pictures, data={"source": "folder", "count": None}, model=tiny.DENSE)
    assert "stolen" not in pretrained.names() and not (pretrained.WEIGHTS / "stolen").exists()


def test_a_run_ships_under_the_name_of_its_preset(shop, run):
    tiny.write_preset(shop / "other.json")
    for name in ("other", "nothing", "../tiny", str(shop / "tiny.json")):
        with pytest.raises(RunError, match="was not trained with a preset called"):
            ship.ship(run, name)


# shipped files that went wrong


@pytest.fixture
def damaged(run):
    """The folder of the shipped model, to be damaged; whole again afterwards."""
    folder, copy = pretrained.WEIGHTS / "tiny", pretrained.WEIGHTS.parent / "copy"
    shutil.copytree(folder, copy)
    yield folder
    shutil.rmtree(folder)
    copy.rename(folder)


@pytest.mark.parametrize("read", [pretrained.load, pretrained.gallery, pretrained.gaussian, pretrained.directions])
def test_one_wrong_bit_is_noticed(damaged, read):
    file = damaged / ("model.safetensors" if read is pretrained.load else "extras.safetensors")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(pretrained.DamagedModel, match=f"{file.name} of the model 'tiny' is missing or damaged"):
        read("tiny")
    file.unlink()
    with pytest.raises(pretrained.DamagedModel, match="missing or damaged"):
        read("tiny")


@pytest.mark.parametrize("name", ["nothing", "", ".", "..", "../x", "../weights/tiny", "tiny/", "tiny/../tiny", "Tiny"])
def test_an_unknown_name_is_answered_with_those_that_ship(run, name):
    for read in (pretrained.load, pretrained.card, pretrained.preset, pretrained.gallery, pretrained.sheets):
        with pytest.raises(pretrained.UnknownModel, match=r"there are: .*tiny") as error:
            read(name)
        assert isinstance(error.value, LookupError)


def test_names_are_in_natural_order(run, monkeypatch, tmp_path):
    for name in ("b-16", "b-2", "a", "b", "b-128-beta-0", "b-128"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "card.json").touch()
    (tmp_path / "half-shipped").mkdir()
    monkeypatch.setattr(pretrained, "WEIGHTS", tmp_path)
    assert pretrained.names() == ("a", "b", "b-2", "b-16", "b-128", "b-128-beta-0")
