"""The command line as a user meets it: what it prints, what it leaves behind, how it fails."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import zipfile

import pytest
import torch
from helpers import runs as tiny
from PIL import Image
from safetensors.torch import load_file

from vae_course import __main__ as command_line
from vae_course import data, presets, pretrained
from vae_course.history import read_history

COMMANDS = ("train", "evaluate", "figures", "models", "presets", "ship", "flow")
EPOCHS = 20


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """The folder where all commands run."""
    folder = tmp_path_factory.mktemp("commands")
    tiny.write_preset(folder / "small.json", data={"count": 256}, training={"epochs": EPOCHS, "sample_every": 6})
    (folder / "data").mkdir()
    return folder


@pytest.fixture(scope="session")
def trained(place):
    """(run folder, stdout) of a training that nothing disturbed."""
    code, out, err = tiny.command("train", "small.json", folder=place)
    assert (code, err) == (0, "")
    return place / "runs" / "small", out


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_training_leaves_the_whole_run_folder(trained):
    run, out = trained
    assert presets.load(run / "config.json") == presets.load(run.parents[1] / "small.json")
    for file in ("checkpoints/last.pt", "checkpoints/best.pt", "model.safetensors", "machine.json"):
        assert (run / file).stat().st_size > 0
    assert [row["epoch"] for row in read_history(run / "history.csv")] == list(range(1, EPOCHS + 1))
    assert len(out.splitlines()) == EPOCHS + 1
    assert out.splitlines()[-1].endswith("python -m vae_course figures runs/small")
    assert not list(run.rglob("*.tmp"))


def test_a_training_draws_sheets_of_one_fixed_z(trained):
    run, _ = trained
    sheets = sorted(path.name for path in (run / "samples").iterdir())
    assert sheets == [f"epoch-{epoch:04d}.png" for epoch in (6, 12, 18, EPOCHS)]
    for name in sheets:
        with Image.open(run / "samples" / name) as sheet:
            assert sheet.size == (8 * 14 - 2, 4 * 18 - 2)


def scalars_of(run):
    """TensorBoard's {tag: [(step, value)]} and {tag: steps of its images}."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run), size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    tags = events.Tags()
    scalars = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in tags["scalars"]}
    return scalars, {tag: [event.step for event in events.Images(tag)] for tag in tags["images"]}


def test_tensorboard_shows_loss_reconstruction_and_kl_apart(trained):
    run, _ = trained
    scalars, images = scalars_of(run)
    history = read_history(run / "history.csv")
    for term in ("loss", "reconstruction", "kl"):
        for part in ("train", "val"):
            expected = [(int(row["epoch"]), pytest.approx(row[f"{part}_{term}"], rel=1e-5)) for row in history]
            assert scalars[f"{term}/{part}"] == expected
    assert set(scalars) >= {"lr", "seconds"}
    assert images == {"reconstructions": [1, 10, 20], "samples": [1, 10, 20]}


@pytest.mark.slow
def test_an_interrupted_training_goes_on_as_if_it_had_not_stopped(place, trained):
    process = tiny.start("train", "small.json", "--out", "a run", folder=place)
    with process:
        while not process.stdout.readline().startswith("epoch 3/"):
            assert process.poll() is None, process.stderr.read()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    sentence = "stopped; go on with: python -m vae_course "
    assert err.startswith(sentence) and err.count("\n") == 1
    stopped = torch.load(place / "a run" / "checkpoints" / "last.pt", weights_only=True)
    assert 2 <= stopped["epoch"] < EPOCHS
    code, _, err = tiny.command(*shlex.split(err.removeprefix(sentence)), folder=place)
    assert (code, err) == (0, "")
    same_run(place / "a run", trained[0])


def same_run(a, b):
    """Weights, checkpoints, sheets, history and TensorBoard's scalars are equal; only times may differ."""
    for file in ("checkpoints/last.pt", "checkpoints/best.pt"):
        states = [torch.load(run / file, weights_only=True) for run in (a, b)]
        for key, tensor in states[0]["model"].items():
            assert torch.equal(tensor, states[1]["model"][key])
        assert states[0]["step"] == states[1]["step"]
    weights = [load_file(run / "model.safetensors") for run in (a, b)]
    assert all(torch.equal(tensor, weights[1][key]) for key, tensor in weights[0].items())
    assert contents(a / "samples").values() and [*contents(a / "samples").values()] == [
        (b / "samples" / path.name).read_bytes() for path in contents(a / "samples")
    ]
    untimed = [[row | {"seconds": 0} for row in read_history(run / "history.csv")] for run in (a, b)]
    assert untimed[0] == untimed[1]
    curves = [scalars_of(run)[0] for run in (a, b)]
    assert all(curves[0][tag] == curves[1][tag] for tag in curves[0].keys() - {"seconds"})


@pytest.mark.slow
def test_a_second_training_into_a_run_is_refused_and_nothing_is_lost(place, trained):
    before = contents(trained[0])
    code, out, err = tiny.command("train", "small.json", folder=place)
    assert (code, out) == (1, "")
    assert err == (
        "error: runs/small already holds a training: go on with --resume, choose another --out, or replace it with "
        "--force\n"
    )
    assert contents(trained[0]) == before


COSH = {"latent_dim": 2, "encoder_layers": [{"units": 64, "activation": "cosh"}, {"units": 64, "activation": "cosh"}]}
DIVERGING = {
    "bce": {"training": {"learning_rate": 1e30}},
    "mse": {"training": {"learning_rate": 1e30, "loss": "mse"}},
    "cosh": {"training": {"learning_rate": 0.5, "loss": "mse"}, "model": COSH},
}


@pytest.mark.parametrize("name", DIVERGING)
def test_a_diverging_training_ends_with_one_sentence(place, name, capsys, monkeypatch):
    tiny.write_preset(place / f"{name}.json", **DIVERGING[name])
    monkeypatch.chdir(place)
    code, _, err = in_process(["train", f"{name}.json"], capsys, monkeypatch)
    assert code == 1
    assert re.match(r"error: the loss stopped being a finite number in epoch 1, step [23]: ", err)
    assert "learning rate" in err and "cosh" in err and err.count("\n") == 1
    kept = torch.load(place / "runs" / name / "checkpoints" / "last.pt", weights_only=True)
    assert all(tensor.isfinite().all() for tensor in kept["model"].values())


@pytest.mark.slow
def test_pictures_in_folders_by_class(place):
    """--data is remembered: evaluate and figures find the pictures again."""
    tiny.make_pictures(place / "animals")
    grey = {"source": "folder", "count": None, "input_size": [20, 20], "channels": 1, "test_split": 0.0}
    tiny.write_preset(place / "grey.json", data=grey, model=tiny.DENSE, training={"epochs": 1})
    code, _, err = tiny.command_here("train", "grey.json", "--data", "animals", "--epochs", 2, folder=place)
    assert (code, err) == (0, "")
    code, out, err = tiny.command_here("evaluate", "runs/grey", "--json", folder=place)
    assert (code, err) == (0, "")
    figures = json.loads(out)
    assert (figures["split"], figures["images"]) == ("validation", 8)
    assert json.loads((place / "runs" / "grey" / "metrics.json").read_text()) == figures
    code, out, err = tiny.command_here("figures", "runs/grey", "--lang", "en", folder=place)
    assert (code, err) == (0, "")
    drawn = {line.removeprefix("runs/grey/figures/") for line in out.splitlines()}
    wanted = {"loss", "reconstruction", "latent_space", "latent_traversal", "interpolation", "samples/prior"}
    assert drawn >= {f"{name}.png" for name in wanted}
    for name in drawn:
        with Image.open(place / "runs" / "grey" / "figures" / name) as picture:
            assert 250 <= picture.width <= 2000 and 120 <= picture.height <= 2400


def test_help_in_english(capsys, monkeypatch):
    for words in ([], *([name] for name in COMMANDS)):
        code, out, _ = in_process([*words, "--help"], capsys, monkeypatch)
        assert code == 0
        assert "Show this message and exit." in out
        assert all(name in out for name in COMMANDS if not words)


def test_help_and_presets_wait_for_nothing_heavy(place):
    for words in (["--help"], ["presets"], ["evaluate", "--help"], ["train"]):
        line = f"import sys; sys.argv[1:] = {words}; from vae_course.__main__ import main\ntry: main()\nfinally: "
        line += "print(sorted({'torch', 'matplotlib', 'sklearn'} & sys.modules.keys()))"
        code = tiny.subprocess.run([sys.executable, "-c", line], cwd=tiny.ROOT, capture_output=True, text=True)
        assert code.stdout.splitlines()[-1] == "[]", code


def in_process(words, capsys, monkeypatch):
    """(exit code, stdout, stderr), as the shell would have them."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["vae_course", *map(str, words)])
    code = 0
    try:
        command_line.main()
    except SystemExit as stop:
        code = stop.code or 0
    out, err = capsys.readouterr()
    return (1, out, f"{err}{code}\n") if isinstance(code, str) else (code, out, err)


def test_presets_are_listed(capsys, monkeypatch):
    code, out, _ = in_process(["presets"], capsys, monkeypatch)
    assert (code, tuple(out.split())) == (0, presets.names())


def test_models_are_listed_with_their_figures(capsys, monkeypatch):
    code, out, err = in_process(["models"], capsys, monkeypatch)
    head, *lines = out.splitlines()
    assert (code, err) == (0, "") and head.split()[0] == "name"
    assert tuple(line.split()[0] for line in lines) == pretrained.names()
    for line in lines:
        figures = pretrained.card(line.split()[0])["figures"]
        assert f"{figures['loss']:.4f}" in line and f"{figures['psnr']:.2f}" in line and f" {figures['kl']:.2f}" in line


@pytest.fixture
def bad(tmp_path, monkeypatch, trained):
    """A folder full of mistakes to make."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv("VAE_COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("VAE_COURSE_LANG", raising=False)
    tiny.write_preset(tmp_path / "good.json")
    tiny.write_preset(tmp_path / "pictures.json", data={"source": "folder"})
    tiny.write_preset(tmp_path / "typo.json", training={"learning_rat": 1})
    tiny.write_preset(tmp_path / "impossible.json", data={"input_size": [3, 3]})
    (tmp_path / "torn.json").write_text('{"data": {"source": "drawn"')
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("a file, not a folder")
    with zipfile.ZipFile(tmp_path / "words.zip", "w") as archive:
        archive.writestr("readme.txt", "no pictures here")
    (tmp_path / "began").mkdir()
    (tmp_path / "began" / "config.json").write_text((tmp_path / "good.json").read_text())
    (tmp_path / "done").symlink_to(trained[0])
    return tmp_path


MISTAKES = {
    "train nothing.json": "no preset and no file is called nothing.json; presets: cats",
    "train empty": "no preset and no file is called empty",
    "train typo.json": "typo.json: training.learning_rat: unknown key",
    "train torn.json": "torn.json: not valid JSON, line 1",
    "train binary.json": "binary.json: ",
    "train impossible.json": "model.hidden_channels",
    "train fashion": "no Fashion-MNIST: looked for",
    "train celeba.json": "no preset and no file",
    "train faces": "looked for",
    "train pictures.json": "no folder or zip of pictures: looked for",
    "train pictures.json --data gone": "gone",
    "train pictures.json --data empty": "no pictures in",
    "train pictures.json --data words.zip": "no pictures in",
    "train pictures.json --data file": "neither a folder nor a readable zip",
    "train good.json --data empty": "drawn faces are drawn, not read",
    "train good.json --out file": "file",
    "evaluate nope": "nope is neither a run folder nor a shipped model; models: ",
    "evaluate ../x": "../x is neither a run folder nor a shipped model",
    "evaluate file": "file is neither a run folder nor a shipped model",
    "evaluate empty": "empty is no run folder: it has no config.json",
    "evaluate began": "began has no model.safetensors yet",
    "evaluate fashion": "no Fashion-MNIST: looked for",
    "figures empty": "empty is no run folder",
    "figures nope": "nope is no run folder",
    "figures began": "began has no model.safetensors yet",
    "ship began tiny": "began has no model.safetensors yet",
    "train good.json --out done --resume": (
        "done was trained with other settings (data.count, training.sample_every): choose another --out"
    ),
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_told_in_one_line(bad, line, capsys, monkeypatch):
    before = contents(bad / "done")
    code, out, err = in_process(line.split(), capsys, monkeypatch)
    assert (code, out) == (1, "")
    assert err.startswith("error: ") and err.count("\n") == 1
    assert MISTAKES[line] in err
    assert not (bad / "runs").exists()
    assert contents(bad / "done") == before


WRONG_WORDS = {
    "train good.json --epochs 0": "--epochs",
    "train good.json --epochs many": "--epochs",
    "train good.json --device abacus": "abacus",
    "train": "PRESET",
    "evaluate done --split tomorrow": "tomorrow",
    "figures done --lang fr": "fr",
    "paint": "paint",
}


@pytest.mark.parametrize("line", WRONG_WORDS)
def test_words_that_mean_nothing_are_named(bad, line, capsys, monkeypatch):
    code, out, err = in_process(line.split(), capsys, monkeypatch)
    assert (code, out) == (2, "")
    assert WRONG_WORDS[line].lower() in err.lower() and "Usage: " in err and "Traceback" not in err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_device_that_is_not_there(bad, capsys, monkeypatch):
    code, _, err = in_process(["train", "good.json", "--device", "cuda"], capsys, monkeypatch)
    assert code == 1 and err.startswith("error: --device cuda: ") and err.count("\n") == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_language_of_figures_may_stand_in_the_environment(bad, language, monkeypatch, capsys):
    from vae_course.runs import figures

    asked = []
    monkeypatch.setattr(figures, "draw_figures", lambda run, lang, path: asked.append(lang) or [])
    assert in_process(["figures", "done"], capsys, monkeypatch)[0] == 0
    monkeypatch.setenv("VAE_COURSE_LANG", language)
    assert in_process(["figures", "done"], capsys, monkeypatch)[0] == 0
    assert in_process(["figures", "done", "--lang", "en"], capsys, monkeypatch)[0] == 0
    assert asked == ["es", language, "en"]


def test_what_is_interrupted_before_it_began_offers_nothing_to_go_on_with(bad, capsys, monkeypatch):
    def interrupted(*given, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(data, "load", interrupted)
    before = contents(bad / "done")
    code, out, err = in_process(["train", "good.json", "--out", "done", "--force"], capsys, monkeypatch)
    assert (code, out, err) == (130, "", "stopped while it read the pictures; done is as it was\n")
    assert contents(bad / "done") == before


@pytest.mark.parametrize(
    "line",
    ["-m vae_course grade 04-loss", "-m vae_course.grading score --exercise lerp --file x.py", "app.py --with x.py"],
)
def test_a_language_that_there_is_not_is_told_in_one_line(line):
    words = [sys.executable, *line.split()]
    done = subprocess.run(
        words, cwd=tiny.ROOT, env=os.environ | {"VAE_COURSE_LANG": "fr"}, capture_output=True, text=True
    )
    assert done.returncode and done.stderr == "error: VAE_COURSE_LANG='fr' is not one of es, en\n"


def test_damaged_files_are_told_in_one_line(bad, capsys, monkeypatch):
    (bad / "began" / "model.safetensors").write_bytes(b"not tensors")
    code, _, err = in_process(["evaluate", "began"], capsys, monkeypatch)
    assert code == 1 and "model.safetensors is damaged" in err and err.count("\n") == 1
    (bad / "began" / "config.json").write_text("{")
    code, _, err = in_process(["evaluate", "began"], capsys, monkeypatch)
    assert code == 1 and "config.json: not valid JSON" in err and err.count("\n") == 1


def test_an_error_of_ours_keeps_its_stack_trace(monkeypatch):
    monkeypatch.setattr(command_line, "app", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command_line.main()
