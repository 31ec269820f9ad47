"""Broken and hostile submissions are graded fairly and leave no trace, whoever grades and with each layer alone."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from helpers.confined import ORDINARY
from helpers.grading import ROOT

from hostile import accidents, break_ins, cheats, hogs
from hostile.classroom import ESCAPED
from vae_course.confined.sandbox import Layers

GROUPS = {"accidents": accidents.CASES, "hogs": hogs.CASES, "cheats": cheats.CASES, "break_ins": break_ins.CASES}
CASES = [(group, name) for group, cases in GROUPS.items() for name in cases]
BY = {key: [name for name, case in break_ins.CASES.items() if key in case.by] for key in "LS"}
ALONE = {"L": ["seccomp", "namespaces", "user"], "S": ["landlock", "namespaces", "user"]}  # -> layers left out
SOME_HOGS = ["loop-that-swallows-interrupts", "memory", "forks", "2-gb-file", "exit-at-once", "kill-the-parent"]

pytestmark = pytest.mark.slow


def classroom(*arguments, before=()):
    """A group graded in a process of its own, maybe by another account."""
    run = subprocess.run(
        [*before, sys.executable, "-W", "ignore", "-m", "hostile.classroom", *arguments],
        cwd="/", capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def room():
    """room(group, ...) -> what became of it, once."""
    known = {}

    def of(*arguments, before=()):
        if arguments not in known:
            known[arguments] = classroom(*arguments, before=before)
        return known[arguments]

    return of


def expect_fair(case, found, zeros=None):
    """The points that a submission is worth, in the gradebook too, and nothing that got through."""
    assert found["error"] == ""
    assert {name: found["points"].get(name) for name in case.points} == case.points
    assert found["recorded"] == found["all"] == pytest.approx(sum(found["points"].values()))
    assert case.says in found["outputs"] + "\n".join(found["repairs"])
    assert ESCAPED not in found["outputs"] and "\x1b" not in found["outputs"]
    if zeros is not None:
        assert found["points"]["kl_divergence"] <= zeros["points"]["kl_divergence"]


@pytest.mark.parametrize(("group", "name"), CASES)
def test_what_is_fair(room, group, name):
    cases, found = GROUPS[group], room(group)["cases"]
    expect_fair(cases[name], found[name], found.get(cases[name].as_wrong_as))


@pytest.mark.parametrize("group", GROUPS)
def test_nothing_is_left_behind_or_changed(room, group):
    assert room(group)["harm"] == []


def test_the_wrong_answers_are_worth_little(room):
    found = room("cheats")["cases"]
    assert 0 < found["zeros"]["points"]["kl_divergence"] < 2 < found["cut"]["points"]["kl_divergence"] < 3


def test_what_cannot_be_read_has_a_row_and_no_points(room):
    for name, case in accidents.CASES.items():
        found = room("accidents")["cases"][name]
        assert found["unread"] == (case.points == accidents.NONE)
        assert not found["unread"] or (found["recorded"] == 0 and found["repairs"])


def expect_all_fair(found, group):
    assert found["harm"] == []
    for name, one in found["cases"].items():
        case = GROUPS[group][name]
        expect_fair(case, one, found["cases"]["zeros"] if case.as_wrong_as else None)


@pytest.mark.parametrize(("group", "names"), [("break_ins", break_ins.CASES), ("hogs", SOME_HOGS)])
def test_an_ordinary_account_is_as_safe(group, names):
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("needs root, and setpriv of util-linux")
    if subprocess.run([*ORDINARY, "test", "-x", sys.prefix]).returncode:  # alembic asks so; no capability helps it
        pytest.skip(f"other accounts can't enter {sys.prefix}")
    expect_all_fair(classroom(group, "--only", *names, before=ORDINARY), group)


@pytest.mark.parametrize("key", ALONE)
def test_each_layer_holds_alone(key):
    found = classroom("break_ins", "--only", "zeros", *BY[key], "--without", *ALONE[key])
    layers = Layers(**found["cases"]["zeros"]["layers"])
    if (layers.landlock < 6) if key == "L" else not layers.seccomp:
        pytest.skip(f"this kernel has only {layers}")
    assert bool(layers.landlock) == (key == "L") and layers.seccomp == (key == "S")
    expect_all_fair(found, "break_ins")


def test_inside_bubblewrap():
    if not shutil.which("bwrap"):
        pytest.skip("needs bubblewrap")
    outside = ["bwrap", "--unshare-all", "--dev-bind", "/", "/", "--proc", "/proc", "--die-with-parent"]
    if (tried := subprocess.run([*outside, "true"], capture_output=True, text=True)).returncode:
        pytest.skip(f"bubblewrap can't work here: {tried.stderr.strip()}")
    expect_all_fair(classroom("break_ins", before=outside), "break_ins")
