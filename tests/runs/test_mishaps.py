"""What happens to run folders and commands in other people's hands: each ends well, or as one sentence."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
import torch
from helpers import runs as tiny
from safetensors.torch import load_file

from vae_course import presets
from vae_course.history import read_history

COSINE = {"schedule": {"type": "cosine"}}
STOPPING = {"early_stopping": {"patience": 1, "min_delta": 1e6}}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder where all commands run, with presets."""
    folder = tmp_path_factory.mktemp("mishaps")
    (folder / "data").mkdir()
    changes = {
        "plain": {},
        "cosine": COSINE,
        "stopping": STOPPING,
        "rising": {"beta_warmup": 9},
        "seldom": {"validate_every": 3},
    }
    for name, training in changes.items():
        tiny.write_preset(folder / f"{name}.json", training=training | {"sample_every": 2})
    return folder


@pytest.fixture(scope="module")
def trained(place):
    """trained(name, *words) -> a run folder of its own, a copy of what one training left."""
    made = {}

    def copy(name, *words):
        if (name, *words) not in made:
            original = place / "originals" / f"{name}-{len(made)}"
            code, _, err = tiny.command_here("train", f"{name}.json", "--out", original, *words, folder=place)
            assert (code, err) == (0, "")
            made[name, *words] = original
        return shutil.copytree(made[name, *words], place / "copies" / f"{name}-{len(list(place.glob('copies/*')))}")

    return copy


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(folder, *words):
    """What a command says that refuses, in one line."""
    code, out, err = tiny.command_here(*words, folder=folder)
    assert (code, out) == (1, "")
    assert err.startswith("error: ") and err.count("\n") == 1
    return err


# going on


@pytest.mark.parametrize(
    ("name", "first", "words", "sentence"),
    [
        (
            "cosine",
            ["--epochs", 2],
            ["--epochs", 4],
            "a cosine that ends with epoch 2: go on with --epochs 2, or train",
        ),
        ("cosine", ["--epochs", 2], [], "a cosine that ends with epoch 2: go on with --epochs 2, or train all 3 anew"),
        ("stopping", [], ["--epochs", 9], "stopped early after epoch 2, and would again: train all 9 anew"),
        ("plain", [], ["--epochs", 1], "has trained 3 epochs already, and --epochs 1 takes none back"),
        ("rising", ["--epochs", 2], ["--epochs", 5], "judged by the beta of its epoch 2, which was still rising"),
        ("seldom", ["--epochs", 2], ["--epochs", 5], "validated after its last epoch 2, out of turn: train all 5"),
    ],
)
def test_going_on_is_refused_where_it_would_be_another_experiment(place, trained, name, first, words, sentence):
    run = trained(name, *first)
    before = contents(run)
    assert sentence in refused(place, "train", f"{name}.json", "--out", run, "--resume", *words)
    assert contents(run) == before


def test_going_on_where_it_is_the_same_experiment(place, trained):
    """The count that was planned, and where no beta rises any more, another one."""
    for run, epochs in ((trained("cosine", "--epochs", 2), 2), (trained("rising", "--epochs", 3), 4)):
        name = run.name.partition("-")[0]
        words = ("train", f"{name}.json", "--out", run, "--resume", "--epochs", epochs)
        code, _, err = tiny.command_here(*words, folder=place)
        assert (code, err) == (0, "")
        assert len(read_history(run / "history.csv")) == epochs == presets.load(run / "config.json").training.epochs


def test_a_finished_run_without_checkpoints_is_not_replaced_unasked(place, trained):
    run = trained("plain")
    shutil.rmtree(run / "checkpoints")
    (run / "metrics.json").write_text("{}")
    (run / "samples" / "epoch-0099.png").write_bytes(b"of a longer training")
    (run / "notes.txt").write_text("of the user")
    before = contents(run)
    said = refused(place, "train", "plain.json", "--out", run)
    assert "without checkpoints" in said and "--out" in said and "--force" in said
    said = refused(place, "train", "plain.json", "--out", run, "--resume")
    assert "no checkpoints/last.pt" in said and "--out" in said and "--force" in said
    assert "give one of them" in refused(place, "train", "plain.json", "--out", run, "--resume", "--force")
    assert "drawn, not read" in refused(place, "train", "plain.json", "--out", run, "--force", "--data", "x")
    assert contents(run) == before
    code, _, err = tiny.command_here("train", "plain.json", "--out", run, "--force", "--epochs", 1, folder=place)
    assert (code, err) == (0, "")
    assert len(read_history(run / "history.csv")) == 1 and (run / "checkpoints" / "last.pt").exists()
    left = {str(path.relative_to(run)) for path in contents(run)}
    assert left >= {"notes.txt", "samples/epoch-0001.png"}
    assert not left & {"metrics.json", "samples/epoch-0099.png", "samples/epoch-0002.png"}
    assert len(list(run.glob("events.out.tfevents.*"))) == 1
    kept = torch.load(run / "checkpoints" / "best.pt", weights_only=True)["model"]
    assert all(torch.equal(tensor, kept[key]) for key, tensor in load_file(run / "model.safetensors").items())


DAMAGES = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "cut near its end": lambda content: content[: len(content) * 9 // 10],
    "a page": lambda content: b"<html>not found</html>",
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_checkpoint_is_named(place, trained, damage):
    run = trained("plain")
    last = run / "checkpoints" / "last.pt"
    last.write_bytes(damage(last.read_bytes()))
    before = contents(run)
    said = refused(place, "train", "plain.json", "--out", run, "--resume", "--epochs", 5)
    assert "checkpoints/last.pt is damaged or no checkpoint" in said and "best.pt" in said
    assert contents(run) == before


def test_the_best_checkpoint_can_take_the_place_of_a_damaged_one(place, trained):
    run = trained("plain")
    shutil.copy(run / "checkpoints" / "best.pt", run / "checkpoints" / "last.pt")
    code, _, err = tiny.command_here("train", "plain.json", "--out", run, "--resume", "--epochs", 5, folder=place)
    assert (code, err, len(read_history(run / "history.csv"))) == (0, "", 5)


def test_a_checkpoint_of_another_model(place, trained):
    run = trained("plain")
    other = torch.load(run / "checkpoints" / "last.pt", weights_only=True)
    other["model"].popitem()
    torch.save(other, run / "checkpoints" / "last.pt")
    said = refused(place, "train", "plain.json", "--out", run, "--resume", "--epochs", 5)
    assert "checkpoints/last.pt is of another training" in said


def test_a_deleted_config(place, trained):
    run = trained("plain")
    (run / "config.json").unlink()
    before = contents(run)
    assert "no run folder: it has no config.json" in refused(place, "evaluate", run)
    assert "no run folder: it has no config.json" in refused(place, "figures", run)
    said = refused(place, "train", "plain.json", "--out", run, "--resume")
    assert "has no config.json, which says what its checkpoints are of" in said and "--force" in said
    assert contents(run) == before


# files that others wrote, or won't have written


def saved_by_excel(text, mark=";", decimals=","):
    """As a Spanish Excel saves a table: semicolons, decimal commas, a byte order mark."""
    return ("\ufeff" + text.replace(",", mark).replace(".", decimals).replace("\n", "\r\n")).encode("utf-8")


def test_figures_of_a_history_that_a_spanish_excel_saved(place, trained):
    run = trained("plain")
    history = read_history(run / "history.csv")
    text = (run / "history.csv").read_text(encoding="utf-8")
    for mark in (";", "\t"):
        (run / "history.csv").write_bytes(saved_by_excel(text + ",,,,,,,,\n", mark))
        assert read_history(run / "history.csv") == history
    code, out, err = tiny.command_here("figures", run, folder=place)
    assert (code, err) == (0, "") and "loss.png" in out


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfee\x00p\x00",
        b"epoch,train_loss\n1,many\n",
        b"a,b\n1,2\n",
        saved_by_excel("epoch,train_loss\n1,0.5\n", ","),
    ],
)
def test_a_history_that_is_none_is_named(place, trained, content):
    run = trained("plain")
    (run / "history.csv").write_bytes(content)
    assert "history.csv is not the table that a training writes (" in refused(place, "figures", run)


def test_a_run_where_nothing_can_be_written_is_measured_all_the_same(place, trained):
    run = trained("plain")
    code, out, _ = tiny.command_here("evaluate", run, "--json", folder=place)
    assert code == 0
    (run / "metrics.json").unlink()
    (run / "metrics.json").mkdir()  # root may write into any folder, but not in the place of one
    code, again, err = tiny.command("evaluate", run, "--json", folder=place)
    assert (code, json.loads(again)) == (0, json.loads(out))
    assert err.startswith(f"not kept in {run}/metrics.json: ") and err.count("\n") == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="may write anywhere")
def test_a_read_only_run_is_measured_all_the_same(place, trained):
    run = trained("plain")
    run.chmod(0o555)
    code, out, err = tiny.command_here("evaluate", run, "--json", folder=place)
    run.chmod(0o755)
    assert code == 0 and json.loads(out)["split"] == "test"
    assert err.startswith("not kept in ") and err.count("\n") == 1


# words and paths


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["it's (año 2); echo $HOME", "-new"])
def test_the_next_command_can_be_pasted(place, folder):
    code, out, err = tiny.command_here("train", "plain.json", "--epochs", 1, f"--out={folder}", folder=place)
    assert (code, err) == (0, "")
    line = out.splitlines()[-1].partition("; next: ")[2].replace("python", shlex.quote(sys.executable), 1)
    environment = tiny.environment(place)
    done = subprocess.run(line, shell=True, cwd=place, env=environment, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / folder / "figures" / "loss.png").exists()


STRANGE = b"caf\xe9"


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
@pytest.mark.parametrize(
    "words",
    [
        ["train", STRANGE],
        ["train", "plain.json", b"--out=" + STRANGE],
        ["evaluate", STRANGE],
    ],
)
def test_a_path_that_is_not_utf_8_is_named(place, words):
    os.makedirs(os.fsencode(place) + b"/" + STRANGE, exist_ok=True)
    line = [sys.executable, "-m", "vae_course", *words]
    done = subprocess.run(line, cwd=place, env=tiny.environment(place), capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"error: '(--out=)?caf\\udce9' is not UTF-8, .*: rename it\n", done.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
@pytest.mark.slow
def test_work_in_a_folder_whose_name_is_not_utf_8(place):
    """Pictures below it can't be remembered; what needs no absolute path works."""
    here = os.path.join(os.fsencode(place), STRANGE + b" 2")
    os.makedirs(here)
    tiny.make_pictures(place / "pictures")
    shutil.move(place / "pictures", os.fsdecode(here))
    shutil.copy(place / "plain.json", os.fsdecode(here))
    grey = {"source": "folder", "count": None, "input_size": [20, 20], "channels": 1}
    tiny.write_preset(place / "grey.json", data=grey, model=tiny.DENSE)
    for words, code, said in (
        (["train", "../grey.json", "--data", "pictures"], 1, "is not UTF-8, and config.json can't hold it"),
        (["train", "plain.json", "--epochs", "1"], 0, ""),
        (["evaluate", "runs/plain"], 0, ""),
        (["figures", "runs/plain"], 0, ""),
    ):
        line = [sys.executable, "-m", "vae_course", *words]
        done = subprocess.run(line, cwd=here, env=tiny.environment(place), capture_output=True, text=True, timeout=300)
        assert (done.returncode, said in done.stderr, done.stderr.count("\n")) == (code, True, int(code > 0)), (
            done.stderr
        )


def test_a_seed_that_is_too_large_and_a_key_twice(place):
    tiny.write_preset(place / "seed.json", training={"seed": 2**70})
    assert "seed.json: training.seed: Input should be less than 9223372036854775808" in refused(
        place, "train", "seed.json"
    )
    (place / "twice.json").write_text('"data": {"source": "drawn", "seed": 1, "seed": 2}')
    assert "twice.json: data.seed: this key stands here more than once" in refused(place, "train", "twice.json")


SINGLE_PIXELS = {"model": {"latent_dim": 2, "hidden_channels": [4, 4], "norm": "batch"}}


def test_a_last_picture_alone_joins_the_batch_before_it(place):
    """Batch normalisation on planes of 1 x 1 pixels can't do with one picture."""
    data = {"input_size": [4, 4], "count": 66, "validation_split": 1 / 66, "test_split": 0.0}  # 65 train, 16 at a time
    tiny.write_preset(place / "lone.json", data=data, training=COSINE, **SINGLE_PIXELS)
    code, _, err = tiny.command_here("train", "lone.json", folder=place)
    assert (code, err) == (0, "")
    state = torch.load(place / "runs" / "lone" / "checkpoints" / "last.pt", weights_only=True)
    assert (state["epoch"], state["step"]) == (3, 3 * 4)
    assert state["schedule"]["last_epoch"] == 12 and state["history"][-1]["lr"] == pytest.approx(0, abs=1e-9)


def test_batches_of_one_are_refused_where_they_can_not_be_normalised(place):
    tiny.write_preset(place / "ones.json", data={"input_size": [4, 4], "batch_size": 1}, **SINGLE_PIXELS)
    assert "ones.json: data.batch_size: one picture at a time" in refused(place, "train", "ones.json")
    alone = {"input_size": [4, 4], "count": 2, "validation_split": 0.5, "test_split": 0.0}
    tiny.write_preset(place / "alone.json", data=alone, **SINGLE_PIXELS)
    assert "takes two pictures at least" in refused(place, "train", "alone.json")
    thirds = alone | {"count": 3, "validation_split": 1 / 3, "test_split": 1 / 3}  # refitted, it learns from two
    tiny.write_preset(place / "two.json", data=thirds, training={"refit": True}, **SINGLE_PIXELS)
    code, _, err = tiny.command_here("train", "two.json", folder=place)
    assert (code, err) == (0, "")
