"""The models that ship: all are there, whole, small, as good as they must be, and what their cards say is true."""

import hashlib
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from helpers import runs as tiny
from helpers.numbers.measures import learnt
from scipy.linalg import sqrtm

from vae_course import presets, pretrained
from vae_course.demo.core import titles
from vae_course.text import pick

MB = 10**6
BETAS = tuple(f"fashion-beta-{beta}" for beta in (0, 1, 4, 16, 64))
SIZES = (2, 8, 32, 128)
WIDE = tuple(f"fashion-latent-{size}" for size in SIZES)
FREE = tuple(f"{name}-beta-0" for name in WIDE)
FACES = ("faces", "faces-beta-0", "faces-beta-1", "faces-beta-4", "faces-beta-16")
DEMANDED = (
    *("fashion", "fashion-plus", "fashion-2d", *BETAS, *WIDE, *FREE),
    *(*FACES, "cats", "emojis", "emojis-dense", "smileys", "drawn", "drawn-beta-1"),
)  # fmt: skip
NAMES = sorted({*pretrained.names(), *DEMANDED}, key=pretrained._natural)


def figures(name):
    return pretrained.card(name)["figures"]


def files(name):
    return [path for path in (pretrained.WEIGHTS / name).rglob("*") if path.is_file()]


def test_every_model_that_should_ship_does():
    assert set(DEMANDED) <= set(pretrained.names())


def test_all_together_are_small_and_nothing_is_pickled():
    content = [path for path in pretrained.WEIGHTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in content) <= 60 * MB
    assert {path.suffix for path in content} <= {".safetensors", ".json", ".csv", ".webp"}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_loads_and_decodes(name):
    model, preset = pretrained.load(name), pretrained.preset(name)
    assert not model.training
    assert {tensor.dtype for tensor in model.state_dict().values()} <= {torch.float32, torch.int64}
    assert all(tensor.isfinite().all() for tensor in model.state_dict().values())
    with torch.no_grad():
        pictures = model.decode(torch.randn(3, preset.model.latent_dim))
    assert pictures.shape == (3, preset.data.channels, *preset.data.input_size)
    assert pictures.min() >= 0 and pictures.max() <= 1
    mean, covariance = pretrained.gaussian(name)
    assert mean.shape == (model.latent_dim,) and covariance.shape == (model.latent_dim, model.latent_dim)
    variances = torch.linalg.eigvalsh(covariance.double())  # of a float32 matrix: exact to 1e-7 of the largest
    assert torch.equal(covariance, covariance.T) and variances.max() > 0.5 and variances.min() > -1e-6 * variances.max()


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_complete_and_true(name):
    card = pretrained.card(name)
    assert card["name"] == name and presets.load(name) == pretrained.preset(name)
    assert all(card["data"][key][lang] for key in ("title", "licence") for lang in ("es", "en"))
    assert card["command"] == f"python -m vae_course train {name}"
    assert 1 <= card["epochs"] <= card["preset"]["training"]["epochs"] and card["seconds"] > 0 and card["device"]
    assert card["parameters"] == sum(tensor.numel() for tensor in pretrained.load(name).parameters())
    assert card["figures"].keys() == {
        *("split", "images", "kind", "beta", "loss", "loss_mu", "reconstruction", "kl", "mse", "psnr", "active_units")
    }  # fmt: skip
    for path in (pretrained.WEIGHTS / name).glob("*.safetensors"):
        assert card["sha256"][path.name] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(pretrained.history(name)) == card["epochs"]


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_small_and_holds_no_path_of_a_machine(name):
    pretrained.card(name)
    assert sum(path.stat().st_size for path in files(name)) <= 10 * MB
    for path in files(name):
        assert not re.search(rb"/(root|home|work|opt|tmp|Users|content)/", path.read_bytes()), path


@pytest.mark.parametrize("name", NAMES)
def test_a_gallery_holds_codes_and_no_pictures(name):
    gallery, preset = pretrained.gallery(name), pretrained.preset(name)
    count, pixels = len(gallery.indices), preset.data.channels * preset.data.input_size[0] * preset.data.input_size[1]
    assert 64 <= count <= 200 and len(set(gallery.indices.tolist())) == count
    assert gallery.mu.shape == gallery.logvar.shape == (count, preset.model.latent_dim)
    assert gallery.mu.isfinite().all() and gallery.logvar.isfinite().all()
    assert all(gallery.maps[kind].shape == (count, 2) and gallery.maps[kind].isfinite().all() for kind in gallery.maps)
    assert set(gallery.maps) == {"pca", "tsne"}
    learnt_by_heart = pretrained.preset(name).training.keep == "last"
    assert gallery.split in ({"train"} if learnt_by_heart else {"test", "validation"})
    assert gallery.files == () or len(gallery.files) == count
    if gallery.labels is not None:
        assert set(gallery.labels.tolist()) == set(range(len(gallery.classes)))
    extras = pretrained._tensors(name, "extras")
    assert not [key for key, tensor in extras.items() if tensor.numel() >= count * pixels]
    assert {key.split(".")[0] for key in extras} <= {"gallery", "gaussian", "direction", "flow"}


FLOWS = ("fashion-2d", "fashion-latent-8", "drawn")


def test_learnt_priors_ship_where_they_were_measured_to_be_better_and_are_small():
    assert tuple(name for name in DEMANDED if pretrained.flow(name)) == FLOWS
    for name in FLOWS:
        about, flow = pretrained.card(name)["flow"], pretrained.flow(name)
        assert about["distances"]["flow"] < about["distances"]["gaussian"]
        assert about["command"].startswith(f"python -m vae_course flow {name} ")
        assert sum(2 * tensor.numel() for tensor in flow.velocity.state_dict().values()) < 60_000
        assert not flow.velocity.training
        assert torch.equal(flow.mean, pretrained.gaussian(name)[0])
        codes = flow.draw(7, torch.Generator().manual_seed(1))
        assert torch.equal(codes, pretrained.flow(name).draw(7, torch.Generator().manual_seed(1)))


def frechet(these, those):
    """Between two clouds (N, D), in NumPy and SciPy: independent of vae_course.evaluation."""
    (mean, cov), (other_mean, other_cov) = ((x.mean(axis=0), np.cov(x.T)) for x in (these, those))
    return ((mean - other_mean) ** 2).sum() + np.trace(cov + other_cov - 2 * sqrtm(cov @ other_cov).real)


@pytest.mark.images
@pytest.mark.parametrize("name", FLOWS)
@torch.no_grad()
def test_what_a_learnt_prior_draws_lies_nearer_to_held_back_pictures_than_what_the_gaussian_draws(name):
    """On random projections of pixels, with other draws than those of the card."""
    from vae_course import data
    from vae_course.faces import draw_gaussian

    model, images, n = pretrained.load(name), data.load(pretrained.preset(name).data), 2000
    real = images.images[images.test][:n].flatten(1).numpy() / 255
    axes = np.random.default_rng(0).standard_normal((real.shape[1], 24)) / real.shape[1] ** 0.5
    chance = torch.Generator().manual_seed(99)
    codes = {"gaussian": draw_gaussian(*pretrained.gaussian(name), n, chance)}
    codes["flow"] = pretrained.flow(name).draw(n, chance)
    drawn = {key: model.decode(z).permute(0, 2, 3, 1).flatten(1).numpy() for key, z in codes.items()}
    distances = {key: frechet(x @ axes, real @ axes) for key, x in drawn.items()}
    assert distances["flow"] < 0.8 * distances["gaussian"]


def test_sheets_of_one_fixed_z_every_five_epochs():
    from PIL import Image

    epochs, last = [epoch for epoch, _ in pretrained.sheets("drawn")], pretrained.card("drawn")["epochs"]
    assert epochs == sorted({*range(5, last + 1, 5), last})
    for _, path in pretrained.sheets("drawn"):
        with Image.open(path) as sheet:
            assert sheet.format == "WEBP" and sheet.size == (8 * 66 - 2, 4 * 66 - 2)


@pytest.mark.parametrize(("name", "of"), [("faces", 9500), ("cats", 8803), ("emojis", 1251)])
def test_a_sentence_says_from_how_many_pictures_a_model_learnt(name, of):
    for lang, mark in (("es", r"\d{4,}"), ("en", r"\d+,\d{3}")):
        said = re.search(mark, pick(titles.sentence(name), lang)).group().replace(",", "")
        assert int(said) == pytest.approx(learnt(name, of), rel=0.003)


def test_fashion_beats_the_published_figure():
    shown, model = figures("fashion"), pretrained.preset("fashion").model
    assert (shown["split"], shown["images"], shown["kind"], shown["beta"]) == ("test", 10_000, "l1_mean", 1e-3)
    assert shown["loss"] <= 0.0735
    assert [layer.units for layer in model.encoder_layers] == [128, 64] and model.latent_dim == 8
    assert shown["loss_mu"] < shown["loss"]


def test_fashion_plus():
    shown = figures("fashion-plus")
    assert (shown["split"], shown["images"], shown["kind"], shown["beta"]) == ("test", 10_000, "l1_mean", 1e-3)
    assert shown["loss"] <= 0.0690
    assert pretrained.preset("fashion-plus").model.latent_dim == 8


# principal components, as many: 22.2 faces, 23.3 cats
@pytest.mark.parametrize(("name", "decibels", "latent"), [("faces", 23.55, 128), ("cats", 23.3, 256)])
def test_faces_and_cats_are_clear(name, decibels, latent):
    assert figures(name)["psnr"] >= decibels
    assert pretrained.preset(name).model.latent_dim == latent and pretrained.preset(name).data.input_size == (64, 64)


def test_smileys_come_from_those_of_the_emojis_that_are_faces():
    shown, data = figures("smileys"), pretrained.preset("smileys").data
    assert (shown["split"], shown["images"], data.path) == ("validation", 8, pretrained.preset("emojis").data.path)
    assert len(pretrained.gallery("smileys").mu) == 77


def test_emojis_that_were_never_seen_keep_their_shape():
    shown = figures("emojis")
    assert (shown["split"], shown["images"]) == ("validation", 125)
    assert shown["psnr"] >= 17.9  # PCA with as many components: 18.5; the dense model: 14.4


def test_classes_lie_apart_on_the_map_of_two_dimensions():
    gallery = pretrained.gallery("fashion-2d")
    distances = torch.cdist(gallery.mu, gallery.mu).fill_diagonal_(torch.inf)
    nearest = gallery.labels[distances.topk(5, largest=False).indices].mode(dim=1).values
    assert pretrained.preset("fashion-2d").model.latent_dim == 2
    assert (nearest == gallery.labels).float().mean() > 0.5  # by chance: 0.1


def same_but(names, section, *keys):
    """Nothing but these keys of one section tells these presets apart."""
    kept = []
    for name in names:
        preset = pretrained.preset(name).model_dump()
        kept.append(preset | {section: {key: value for key, value in preset[section].items() if key not in keys}})
    return all(preset == kept[0] for preset in kept)


def test_beta_trades_reconstruction_for_kl():
    assert same_but(BETAS, "training", "beta") and same_but(FACES[1:], "training", "beta")
    assert [figures(name)["beta"] for name in BETAS] == [0, 1, 4, 16, 64]
    for names in (BETAS, FACES[1:]):
        kl, error = ([figures(name)[key] for name in names] for key in ("kl", "mse"))
        assert kl == sorted(kl, reverse=True) and error == sorted(error)
        assert kl[-1] < 0.5 * kl[0] and error[-1] > 1.1 * error[0]


def test_beta_64_collapsed():
    assert figures("fashion-beta-64")["kl"] < 0.5
    assert figures("fashion-beta-64")["active_units"] < 0.25 * figures("fashion-beta-1")["active_units"]
    assert figures("fashion-beta-1")["active_units"] >= 5


def test_more_dimensions_reconstruct_better_as_long_as_they_are_used():
    assert same_but(WIDE, "model", "latent_dim") and same_but(FREE, "model", "latent_dim")
    assert same_but([WIDE[0], FREE[0]], "training", "beta")
    for names in (WIDE, FREE):
        assert [pretrained.preset(name).model.latent_dim for name in names] == list(SIZES)
    wide, free = ([figures(name)["psnr"] for name in names] for names in (WIDE, FREE))
    assert wide[1] > wide[0] + 0.5 and abs(wide[3] - wide[2]) < 0.5
    assert free[1] > free[0] + 0.5 and free[2] > free[1] + 0.5
    assert figures("fashion-latent-128")["kl"] < 1.2 * figures("fashion-latent-32")["kl"]  # most carry nothing


def test_at_least_a_dozen_attributes_of_faces_have_a_direction():
    told = pretrained.card("faces")["attributes"]
    directions = pretrained.directions("faces")
    assert directions.keys() == told.keys() and len(directions) >= 12
    assert {"Smiling", "Eyeglasses", "Blond_Hair", "Male", "Young", "Bangs"} <= directions.keys()
    better = [name for name, probe in told.items() if probe["accuracy"] > probe["baseline"] + 0.01]
    assert len(better) >= 6 and {"Smiling", "Male"} <= set(better)
    assert all(direction.shape == (128,) and direction.isfinite().all() for direction in directions.values())


def test_the_factors_of_drawn_faces_are_recovered():
    told = {name: probe["r2"] for name, probe in pretrained.card("drawn")["attributes"].items()}
    assert {
        "smile",
        "turn",
        "eye_openness",
        "skin",
        "hair_colour",
        "hair_style",
        "glasses",
        "background",
    } <= told.keys()
    assert pretrained.directions("drawn").keys() == told.keys()
    assert sorted(told.values())[len(told) // 2] > 0.7
    assert figures("drawn")["psnr"] > 22


def test_loading_asks_neither_the_network_nor_pickle():
    watch = """
import sys
def watch(event, args):
    assert event not in ("socket.connect", "socket.getaddrinfo", "pickle.find_class"), (event, args)
from vae_course import pretrained
sys.addaudithook(watch)
name = pretrained.names()[0]
pretrained.load(name), pretrained.gallery(name), pretrained.directions(name)
print(sorted({"matplotlib", "sklearn", "torchvision", "gradio"} & sys.modules.keys()))
"""
    answer = subprocess.run([sys.executable, "-c", watch], cwd=tiny.ROOT, capture_output=True, text=True)
    assert (answer.stdout, answer.stderr) == ("[]\n", "")


@pytest.mark.slow
@pytest.mark.images
@pytest.mark.parametrize("name", NAMES)
def test_evaluate_prints_what_stands_on_the_card(name, tmp_path, monkeypatch):
    from vae_course.runs.measure import evaluate

    pretrained.card(name)
    monkeypatch.chdir(tmp_path)
    result, card = evaluate(name), figures(name)
    assert result.keys() == card.keys()
    for key, value in card.items():
        assert result[key] == (value if isinstance(value, str | int) else pytest.approx(value, rel=2e-4, abs=2e-5)), key


@pytest.mark.images
@pytest.mark.parametrize("name", ["fashion", "drawn"])
def test_codes_of_the_gallery_are_those_of_its_pictures(name):
    from vae_course import data
    from vae_course.images import to_unit_range

    gallery, images = pretrained.gallery(name), data.load(pretrained.preset(name).data)
    assert set(gallery.indices.tolist()) <= set(images.part(gallery.split).tolist())
    assert not set(gallery.indices.tolist()) & set(images.train.tolist())
    with torch.no_grad():
        mu, logvar = pretrained.load(name).encode(to_unit_range(images.images[gallery.indices]))
    assert torch.allclose(mu, gallery.mu, atol=1e-2) and torch.allclose(logvar, gallery.logvar, atol=1e-2)
    if gallery.labels is not None:
        assert torch.equal(images.labels[gallery.indices], gallery.labels)
