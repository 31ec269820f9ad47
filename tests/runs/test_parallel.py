"""Trainings by several processes, started by torchrun or by hand: the run of one process, by another way."""

import json
import shutil
import socket
import subprocess
import sys

import pytest
import torch
from helpers import runs as tiny
from helpers import together
from safetensors.torch import load_file

from vae_course.history import read_history
from vae_course.runs import parallel
from vae_course.runs.folder import Run, RunError

EPOCHS, STEPS = 3, 3  # of 36 pictures in batches of 16
PLAIN = {"training": {"epochs": EPOCHS, "average": 0.9, "schedule": {"type": "cosine"}}}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parallel")
    tiny.write_preset(folder / "plain.json", **PLAIN)
    tiny.write_preset(folder / "hot.json", training={"learning_rate": 1e30, "optimizer": {"type": "sgd"}})
    return folder


def environment(folder):
    return tiny.environment(folder) | {"PYTHONPATH": f"{tiny.ROOT}:{tiny.ROOT / 'tests'}"}


def torchrun(*words, processes, folder, options=()):
    """(exit code, stdout, stderr) of torchrun -m WORDS."""
    line = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    line += [*options, "-m", *map(str, words)]
    done = subprocess.run(line, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=900)
    return done.returncode, done.stdout, done.stderr


def by_hand(*lines, folder, machines=1):
    """(exit code, stdout, stderr) of each `python -m LINE`, a process each of one training, as Slurm would start them.

    Nobody ends one when another fails, so that each comes to its own end.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = []
    for rank, words in enumerate(lines):
        local = rank if machines == 1 else 0
        names = {"RANK": rank, "LOCAL_RANK": local, "WORLD_SIZE": len(lines), "MASTER_ADDR": "127.0.0.1"}
        told = {name: str(value) for name, value in (names | {"MASTER_PORT": port}).items()}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", *map(str, words)], cwd=folder, env=environment(folder) | told, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
        )  # fmt: skip
    ends = [process.communicate(timeout=600) for process in started]
    return [(process.returncode, *said) for process, said in zip(started, ends, strict=True)]


def untimed(run):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in read_history(run.history)]


def last(run):
    return torch.load(run.last, weights_only=True)


def flat(value, path=""):
    """A nested state as {path: number or tensor}."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else None
    return (
        {path: value}
        if items is None
        else {k: v for key, part in items for k, v in flat(part, f"{path}/{key}").items()}
    )


def differ(a, b, tolerance):
    """The paths where two nested states are further apart than that, of 1 or of the larger number."""
    a, b = flat(a), flat(b)
    assert a.keys() == b.keys()
    pairs = (
        (path, torch.as_tensor(a[path]), torch.as_tensor(b[path]))
        for path in a
        if isinstance(a[path], (int, float, torch.Tensor))
    )
    return [path for path, x, y in pairs if not torch.allclose(x.double(), y.double(), rtol=tolerance, atol=tolerance)]


# the arithmetic


@pytest.mark.slow
def test_three_processes_find_what_one_finds(tmp_path):
    """In float64: losses, weights, running statistics, averages; uneven rows, or none; a loss of the whole batch."""
    code, _, err = torchrun("helpers.together", tmp_path / "found.pt", processes=3, folder=tmp_path)
    assert (code, err) == (0, "")
    found = torch.load(tmp_path / "found.pt", weights_only=True)
    assert found.pop("turns") == ["rank 2 of 3"] * 3
    alone = together.results(parallel.Team("cpu"))
    assert differ(found, alone, 1e-9) == []
    assert {len(found[name]["history"]) for name in together.CASES} == {together.EPOCHS}


# the command


@pytest.fixture(scope="module")
def alone(place):
    code, out, _ = tiny.command_here("train", "plain.json", "--out", "alone", folder=place)
    assert code == 0
    return Run(place / "alone"), out


@pytest.fixture(scope="module")
def two(place):
    return Run(place / "two"), both("train", "plain.json", "--out", "two", folder=place)


def both(*words, folder):
    """What two processes of a training say that comes to its end: the first all of it."""
    (code, out, err), second = by_hand(*[("vae_course", *words)] * 2, folder=folder)
    assert (code, err, second) == (0, "", (0, "", ""))
    return out


TOLERANCE = 1e-5  # float32 keeps 1e-7; nine steps of Adam, which divides by the gradient's size, make more of it


def left_by(run):
    """The names of a run folder's files; an events file's says when and where it was made."""
    names = [path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*")]
    return sorted("events" if name.startswith("events.") else name for name in names)


@pytest.mark.slow
def test_two_processes_leave_what_one_leaves(alone, two):
    (one, said), (run, also_said) = alone, two
    assert [line.partition(" ")[0] for line in also_said.splitlines()] == ["epoch"] * EPOCHS + ["trained:"]
    assert len(said.splitlines()) == EPOCHS + 1
    assert left_by(run) == left_by(one)
    assert run.config.read_bytes() == one.config.read_bytes()
    assert json.loads(run.machine.read_text())["device"].startswith("2 processes, each on CPU")
    assert differ(untimed(run), untimed(one), TOLERANCE) == []
    mine, theirs = last(run), last(one)
    for state in (mine, theirs):
        state["history"] = None
    assert all(torch.equal(a, b) for a, b in zip(mine.pop("random"), theirs.pop("random"), strict=True))
    assert differ(mine["model"], theirs["model"], TOLERANCE) == []
    assert differ(mine["average"], theirs["average"], TOLERANCE) == []
    assert differ(mine, theirs, 1e-3) == []  # the optimizer's too, whose squares of gradients keep fewer digits


@pytest.fixture(scope="module")
def ends(place):
    """How two processes of a training ended, the second of which was killed in its second epoch."""
    words = ("helpers.killed", STEPS + 1, "train", "plain.json", "--out", "killed")
    return by_hand(words, words, folder=place)


@pytest.fixture(scope="module")
def killed(place, ends):
    run = Run(place / "killed")
    assert (last(run)["epoch"], last(run)["step"]) == (1, STEPS)
    return run


@pytest.mark.slow
def test_who_loses_the_others_says_so(ends):
    (code, out, said), (other, *_) = ends
    assert (code, other) == (1, -9) and "trained:" not in out
    assert said.startswith("error: the processes lost each other") and said.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_with_a_killed_process_goes_on_by_as_many_as_there_are(place, two, alone, killed, processes):
    run = Run(shutil.copytree(killed.folder, place / f"goes-on-{processes}"))
    words = ("train", "plain.json", "--out", run.folder, "--resume")
    if processes == 1:
        code, _, err = tiny.command_here(*words, folder=place)
        assert (code, err) == (0, "")
    else:
        both(*words, folder=place)  # exactly, as one process does
        assert untimed(run) == untimed(two[0])
        a, b = (load_file(r.weights) for r in (run, two[0]))
        assert all(torch.equal(a[name], b[name]) for name in b)
    assert differ(untimed(run), untimed(alone[0]), TOLERANCE) == []
    assert differ(load_file(run.weights), load_file(alone[0].weights), TOLERANCE) == []


@pytest.mark.slow
def test_torchrun_itself_can_go_on(place, two):
    """It ends the others where one was killed, and starts all again: the run is exactly that of `two`."""
    folder = place / "restarting"
    folder.mkdir()
    shutil.copy(place / "plain.json", folder)
    words = ("helpers.killed", STEPS + 1, "train", "plain.json", "--out", "run", "--resume")
    code, out, _ = torchrun(*words, processes=2, folder=folder, options=["--max-restarts", "1"])
    assert (code, out.count("trained:"), (folder / "died").exists()) == (0, 1, True)
    assert untimed(Run(folder / "run")) == untimed(two[0])


# what can't be done, said once


@pytest.mark.slow
def test_what_is_refused_is_said_once(place, two):
    words = ("vae_course", "train", "plain.json", "--out", two[0].folder)
    before = {path: path.read_bytes() for path in two[0].folder.rglob("*") if path.is_file()}
    (code, out, said), second = by_hand(words, words, folder=place)
    assert (code, out, second) == (1, "", (1, "", ""))
    assert "already holds a training: go on with --resume" in said and said.count("\n") == 1
    assert {path: path.read_bytes() for path in two[0].folder.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_a_loss_that_is_no_number_is_said_once(place):
    (code, _, said), (other, out, silence) = by_hand(*[("vae_course", "train", "hot.json")] * 2, folder=place)
    assert (code, other, out, silence) == (1, 1, "", "")
    assert said.startswith("error: the loss stopped being a finite number in epoch 1, step ") and said.count("\n") == 1


@pytest.mark.slow
def test_machines_that_see_different_folders_are_told(place, killed):
    lines = [("vae_course", "train", "plain.json", "--resume", "--out", out) for out in (killed.folder, "elsewhere")]
    before = killed.last.read_bytes()
    for code, out, err in by_hand(*lines, folder=place, machines=2):
        assert (code, out) == (1, "")
        assert "error: the processes find different checkpoints in " in err and err.count("\n") == 1
    assert killed.last.read_bytes() == before and not (place / "elsewhere" / "checkpoints").exists()


ALL = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}


@pytest.fixture
def started(monkeypatch):
    """started(WORLD_SIZE="2", ...): this process is told that, and nothing else, of others."""

    def tell(**told):
        for name in (*ALL, "LOCAL_WORLD_SIZE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in told.items():
            monkeypatch.setenv(name, value)

    return tell


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE is 2, but RANK, LOCAL_RANK, MASTER_ADDR, MASTER_PORT is not set"),
        ({**ALL, "WORLD_SIZE": "0"}, "WORLD_SIZE is '0', which is no number of processes"),
        ({"WORLD_SIZE": "many"}, "WORLD_SIZE is 'many', which is no number of processes"),
    ],
)
def test_processes_that_can_not_find_each_other(place, started, told, sentence):
    started(**told)
    code, out, err = tiny.command_here("train", "plain.json", "--out", "never", folder=place)
    assert (code, out) == (1, "") and err.startswith(f"error: {sentence}") and err.count("\n") == 1
    assert not (place / "never").exists()


def test_who_was_not_started_with_others_is_alone(started):
    for told in ({}, {"WORLD_SIZE": "1"}, {"RANK": "3"}, {**ALL, "WORLD_SIZE": "1"}):
        started(**told)
        assert (parallel.world_size(), parallel.speaks(), parallel.program()) == (1, True, "python")
        with parallel.team("cpu") as team:
            assert (team, team.first, team.gather(5)) == (parallel.Team("cpu"), True, [5])


def test_one_process_a_machine_speaks(started):
    for rank, local, speaks in ((0, 0, True), (1, 1, False), (2, 0, True)):
        started(**(ALL | {"RANK": str(rank), "LOCAL_RANK": str(local), "WORLD_SIZE": "4", "LOCAL_WORLD_SIZE": "2"}))
        assert parallel.speaks() == speaks
        assert parallel.program() == "torchrun --nproc-per-node 2"


@pytest.mark.parametrize(
    ("gpus", "mps", "asked", "told", "chosen"),
    [
        (2, False, None, {}, "cuda:1"),
        (2, False, "cpu", {}, "cpu"),
        (0, True, None, {}, "cpu"),
        (0, True, "mps", {}, "--device mps: several processes train on CPUs or on GPUs of NVIDIA"),
        (0, False, "cuda", {}, "--device cuda: PyTorch finds none here"),
        (
            1,
            False,
            None,
            {},
            "2 processes on this machine take a GPU each, and PyTorch finds 1: take --nproc-per-node 1",
        ),
        (2, False, None, {"LOCAL_WORLD_SIZE": "4"}, "4 processes on this machine take a GPU each, and PyTorch finds 2"),
    ],
)
def test_the_device_of_each_process(gpus, mps, asked, told, chosen, started, monkeypatch):
    started(**(ALL | {"RANK": "1", "LOCAL_RANK": "1"} | told))
    taken = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "set_device", taken.append)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(torch, "set_float32_matmul_precision", lambda precision: None)
    if " " in chosen:
        with pytest.raises(RunError) as error:
            parallel.choose_device(asked, several=True)
        assert str(error.value).startswith(chosen) and not taken
    else:
        assert parallel.choose_device(asked, several=True) == chosen
        assert taken == [1] * (chosen == "cuda:1")
