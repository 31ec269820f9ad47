"""Presets: the published configurations, the course's own, and what is wrong with a bad one."""

import json
import re
from pathlib import Path

import pytest
import torch

from vae_course import presets
from vae_course.presets import Layer, Optimizer, Preset, PresetError, load, parse
from vae_course.vae import build

EXAMPLES = Path(__file__).parents[1] / "examples"


def layers(*units, last="relu"):
    return (*(Layer(units=u) for u in units[:-1]), Layer(units=units[-1], activation=last))


@pytest.mark.parametrize(
    ("name", "latent_dim", "units", "epochs", "learning_rate"),
    [("basic", 8, (128, 64), 300, 1e-3), ("deep", 16, (512, 256, 128), 500, 1e-4),
     ("fine-details", 32, (1024, 512), 1000, 1e-5)],
)  # fmt: skip
def test_published_examples(name, latent_dim, units, epochs, learning_rate):
    preset = load(EXAMPLES / f"{name}.json")
    assert preset.model.dense
    assert preset.model.latent_dim == latent_dim
    assert preset.model.encoder_layers == layers(*units)
    assert preset.model.decoder_layers is None
    assert preset.model.mirrored_layers == layers(*units[::-1])
    assert (preset.training.epochs, preset.training.learning_rate) == (epochs, learning_rate)
    assert preset.data == presets.Data()


def test_published_fragments():
    data = load(EXAMPLES / "fragment-data.json")
    assert data.data.model_dump(include={"input_size", "channels", "batch_size", "validation_split"}) == {
        "input_size": (64, 64), "channels": 3, "batch_size": 2, "validation_split": 0.2,
    }  # fmt: skip
    assert (data.model, data.training) == (presets.Model(), presets.Training())
    model = load(EXAMPLES / "fragment-model.json").model
    assert model.latent_dim == 16
    assert model.encoder_layers == layers(512, 256, 128)
    assert model.decoder_layers == model.mirrored_layers == layers(128, 256, 512, last="cosh")
    training = load(EXAMPLES / "fragment-training.json").training
    assert (training.epochs, training.learning_rate) == (1000, 0.001)
    assert training.optimizer == Optimizer(type="adam", beta1=0.9, beta2=0.999, epsilon=1e-8)


def test_the_example_files_are_all_tested():
    assert {path.stem for path in EXAMPLES.iterdir()} == {
        "basic", "deep", "fine-details", "fragment-data", "fragment-model", "fragment-training"
    }  # fmt: skip


def test_the_published_projects_defaults():
    preset = parse("")
    assert preset == Preset() == parse("{}")
    assert (preset.data.input_size, preset.data.channels, preset.data.batch_size) == ((64, 64), 3, 2)
    assert (preset.data.validation_split, preset.data.test_split) == (0.2, 0.0)
    assert (preset.training.loss, preset.training.beta, preset.training.optimizer.type) == ("bce", 1.0, "adam")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('"data": {"path": "https://example.org/a"} // https://example.org/b', "https://example.org/a"),
        ('{"data": {"path": "a // b"}} // c', "a // b"),
        (r'"data": {"path": "\"//\" \\"} // "c"', '"//" \\'),
        ('// before\n// "data": {}\n"data": // {\n{"path": "x"//y\n}', "x"),
        ('"data": {"path": "a/b"}', "a/b"),
        ('"data": {"path": "gatos / niños"}//', "gatos / niños"),
    ],
)
def test_comments_end_lines_but_not_strings(text, path):
    assert parse(text).data.path == path


def section(name, **values):
    return json.dumps({name: values})


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ('{"modle": {}}', "modle", "unknown key"),
        (section("model", latent_dims=3), "model.latent_dims", "unknown key"),
        (section("training", optimizer={"beta3": 0.5}), "training.optimizer.beta3", "unknown key"),
        (section("model", encoder_layers=[{"units": 3}, {"unit": 4}]), "model.encoder_layers.1.unit", "unknown key"),
        (section("model", encoder_layers=[{"units": 3}, {"unit": 4}]), "model.encoder_layers.1.units", "required"),
        (section("model", latent_dim="16"), "model.latent_dim", "integer"),
        (section("model", latent_dim=2.5), "model.latent_dim", "integer"),
        (section("model", latent_dim=True), "model.latent_dim", "integer"),
        (section("model", latent_dim=0), "model.latent_dim", "greater"),
        (section("model", hidden_channels=[8, 0]), "model.hidden_channels.1", "greater"),
        (section("model", hidden_channels=8), "model.hidden_channels", "tuple|array|list"),
        (
            section("model", encoder_layers=[{"units": 3, "activation": "swish"}]),
            "model.encoder_layers.0.activation",
            "relu",
        ),
        (section("model", kernel_size=0), "model.kernel_size", "greater"),
        (section("model", upsample="bilinear"), "model.upsample", "nearest"),
        (section("model", linear_path=True), "model", "linear_path.*hidden_channels"),
        (section("model", linear_path=1, hidden_channels=[4]), "model.linear_path", "boolean"),
        (section("data", input_size=[64]), "data.input_size.1", "required"),
        (section("data", input_size=[64, 1]), "data.input_size.1", "greater"),
        (section("data", input_size=[64, 4096]), "data.input_size.1", "less"),
        (section("data", input_size=64), "data.input_size", ""),
        (section("data", channels=2), "data.channels", "1 or 3"),
        (section("data", source="imagenet"), "data.source", "fashion"),
        (section("data", validation_split=1.0), "data.validation_split", "less"),
        (section("data", files=[]), "data.files", "at least 1"),
        (section("data", flip="yes"), "data.flip", "boolean"),
        (section("data", shift=-1), "data.shift", "greater"),
        (section("data", shift=0.5), "data.shift", "integer"),
        (section("data", color_jitter=1.0), "data.color_jitter", "less"),
        (section("data", path=3), "data.path", "string"),
        (section("data", batch_size=0), "data.batch_size", "greater"),
        (section("training", learning_rate=0), "training.learning_rate", "greater"),
        (section("training", learning_rate=float("nan")), "training.learning_rate", ""),
        (section("training", beta=float("inf")), "training.beta", "finite"),
        (section("training", beta=-1), "training.beta", "greater"),
        (section("training", loss="l2"), "training.loss", "bce"),
        (section("training", optimizer={"type": "lion"}), "training.optimizer.type", "adam"),
        (section("training", optimizer={"beta1": 1.0}), "training.optimizer.beta1", "less"),
        (section("training", early_stopping={"patience": 0}), "training.early_stopping.patience", "greater"),
        (section("training", average=1.0), "training.average", "less"),
        ('"model": 3', "model", ""),
        (section("data", seed=2**70), "data.seed", "less than 9223372036854775808"),
        (section("training", seed=2**70), "training.seed", "less than 9223372036854775808"),
        (section("training", seed=-1), "training.seed", "greater"),
        (section("model", hidden_channels=[2**40]), "model.hidden_channels.0", "less"),
        ('{"data": {}, "model": {}, "data": {"channels": 1}}', "data", "more than once"),
        ('"training": {"epochs": 3, "seed": 1, "epochs": 30}', "training.epochs", "more than once"),
        ('"training": {"optimizer": {"beta1": 0.5, "b\\u0065ta1": 0.6}}', "training.optimizer.beta1", "more than once"),
        (
            '"model": {"encoder_layers": [{"units": 3}, {"units": 4, "units": 5}]}',
            "model.encoder_layers.1.units",
            "more than once",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_key(text, key, message):
    with pytest.raises(PresetError) as error:
        parse(text)
    explained = dict(part.split(": ", 1) for part in str(error.value).split("; "))
    assert key in explained
    assert re.search(message, explained[key])
    assert "default factory" not in str(error.value)  # what follows from another mistake is none


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"data": {"validation_split": 0.5, "test_split": 0.5}}, ["data", "validation_split", "test_split"]),
        ({"data": {"source": "drawn", "files": ["a*.png"]}}, ["data", "files", "drawn"]),
        ({"training": {"refit": True, "early_stopping": {}}}, ["training", "refit", "early_stopping"]),
        ({"training": {"refit": True, "schedule": {"type": "plateau"}}}, ["training", "refit", "plateau"]),
        ({"model": {"encoder_layers": [{"units": 3}], "hidden_channels": [4]}}, ["encoder_layers", "hidden_channels"]),
        ({"model": {"hidden_channels": [4], "decoder_layers": [{"units": 3}]}}, ["decoder_layers", "encoder_layers"]),
        ({"model": {"encoder_layers": []}}, ["model", "encoder_layers"]),
        ({"model": {"hidden_channels": []}}, ["model", "hidden_channels"]),
        ({"model": {"encoder_layers": None}}, ["model", "encoder_layers", "hidden_channels"]),
        ({"model": {"norm": "batch"}}, ["model", "norm", "hidden_channels"]),
        ({"model": {"encoder_layers": [{"units": 4}], "activation": "tanh"}}, ["model", "activation"]),
        ({"model": {"residual_blocks": 2}}, ["model", "residual_blocks"]),
        ({"model": {"hidden_channels": [4] * 7}}, ["model.hidden_channels", "6 layers", "(64, 64)"]),
        (
            {"data": {"input_size": [64, 8]}, "model": {"hidden_channels": [4] * 4}},
            ["model.hidden_channels", "3 layers"],
        ),
        (
            {"data": {"input_size": [4, 4]}, "model": {"hidden_channels": [4], "kernel_size": 7}},
            ["model.hidden_channels", "0"],
        ),
        (
            {
                "data": {"input_size": [4, 4], "batch_size": 1},
                "model": {"hidden_channels": [4, 4], "norm": "batch"},
            },
            ["data.batch_size", "model.norm batch", "1 x 1"],
        ),
    ],
)
def test_impossible_combinations_name_what_clashes(values, words):
    with pytest.raises(PresetError) as error:
        parse(json.dumps(values))
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize(
    ("size", "batch_size", "norm"), [([4, 4], 2, "batch"), ([4, 4], 1, "group"), ([8, 4], 1, "batch")]
)
def test_what_batch_normalisation_can_work_with_is_allowed(size, batch_size, norm):
    values = {
        "data": {"input_size": size, "batch_size": batch_size},
        "model": {"hidden_channels": [4, 4], "norm": norm},
    }
    preset = parse(json.dumps(values))
    assert preset.single_pixels == (size == [4, 4] and norm == "batch")
    torch.manual_seed(0)
    build(preset).train()(torch.rand(batch_size, 3, *size))


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_largest_seed_seeds(seed):
    import numpy as np

    preset = parse(section("training", seed=seed))
    torch.Generator().manual_seed(preset.training.seed)
    np.random.default_rng(preset.training.seed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"data": }', 1),
        ('{\n"data": {\n"channels": x}}', 3),
        ('// a\n// b\n{\n"data": }', 4),
        ('\n"data": {"channels": 3,\n}', 3),
    ],
)
def test_text_that_is_not_json_says_where(text, line):
    with pytest.raises(PresetError, match=rf"not valid JSON, line {line}\b"):
        parse(text)


@pytest.mark.parametrize("text", ["[1, 2]", "3", '"data"', "{}}", "{} {}"])
def test_other_json_is_no_preset(text):
    with pytest.raises(PresetError):
        parse(text)


FULL = {
    "data": {
        "source": "drawn",
        "path": "a//b",
        "input_size": [37, 50],
        "channels": 1,
        "count": 9,
        "flip": True,
        "seed": 4,
    },
    "model": {"hidden_channels": [4, 8], "stride": 3, "upsample": "nearest", "norm": "group", "logvar_start": -2},
    "training": {"beta": 2, "schedule": {"type": "cosine"}, "early_stopping": {"patience": 3}, "average": 0.9},
}


@pytest.mark.parametrize("values", [{}, FULL, {"model": {"encoder_layers": [{"units": 3}], "decoder_layers": []}}])
@pytest.mark.parametrize("indent", [None, 2])
def test_presets_survive_being_written_and_read(values, indent, tmp_path):
    preset = parse(json.dumps(values))
    assert parse(preset.model_dump_json(indent=indent)) == preset
    (tmp_path / "config.json").write_text(preset.model_dump_json(indent=indent), encoding="utf-8")
    assert load(tmp_path / "config.json") == load(str(tmp_path / "config.json")) == preset
    for name, part in values.items():
        dumped = json.loads(getattr(preset, name).model_dump_json(exclude_unset=True))
        assert dumped == part


def test_presets_cannot_be_changed_in_place():
    with pytest.raises(ValueError, match="frozen"):
        parse("").model.latent_dim = 3


def test_a_preset_that_is_not_there(tmp_path):
    for missing in ("no-such-preset", tmp_path / "nowhere.json", tmp_path):
        with pytest.raises(PresetError, match=f"{re.escape(str(missing))}; presets:"):
            load(missing)


@pytest.mark.parametrize("content", [b'{"data": 3}', b"\xff\xfe\x00{", b"{"])
def test_a_bad_file_is_named(content, tmp_path):
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(PresetError, match=re.escape(str(path))):
        load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "notepad.json"
    path.write_bytes(b'\xef\xbb\xbf"model": {"latent_dim": 5}')
    assert load(path).model.latent_dim == 5


def test_names_are_those_of_the_files_and_win_over_the_folder(monkeypatch, tmp_path):
    assert presets.names() == tuple(sorted(path.stem for path in presets.CONFIGS.iterdir() if path.suffix == ".json"))
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "mine.json").write_text('"model": {"latent_dim": 5}')
    (tmp_path / "mine").write_text('"model": {"latent_dim": 6}')
    monkeypatch.setattr(presets, "CONFIGS", tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    assert presets.names() == ("mine",)
    assert load("mine").model.latent_dim == 5
    assert load("./mine").model.latent_dim == 6


@pytest.mark.parametrize("name", presets.names())
def test_the_courses_own_presets_load_and_build(name):
    preset = load(name)
    assert json.loads(preset.model_dump_json()) == json.loads(parse(preset.model_dump_json()).model_dump_json())
    with torch.device("meta"):
        model = build(preset)
        x_hat = model.decode(torch.empty(2, preset.model.latent_dim))
    assert x_hat.shape == (2, preset.data.channels, *preset.data.input_size)
    assert (preset.data.path or "")[:1] not in ("/", "~")  # of no one machine


@pytest.mark.parametrize(
    "name", ["fragment-data", "fragment-model", "fragment-training", "basic", "deep", "fine-details"]
)
def test_published_configurations_build(name):
    preset = load(EXAMPLES / f"{name}.json")
    with torch.device("meta"):
        model = build(preset)
        mu, logvar = model.encode(torch.empty(2, 3, 64, 64))
        assert model.decode(mu).shape == (2, 3, 64, 64)
    assert mu.shape == logvar.shape == (2, preset.model.latent_dim)
