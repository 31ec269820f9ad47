"""The tab Train's queue, benches and zips, without a browser."""

import io
import threading
import time
import zipfile

import numpy as np
import pytest
from helpers.train import PATIENCE, TINY, told, wait
from PIL import Image

from vae_course.demo.core import store
from vae_course.demo.core.limits import Refused
from vae_course.demo.tabs.train import bench as benches
from vae_course.demo.tabs.train import run as runs_of_visitors
from vae_course.demo.tabs.train import sets, tab, texts
from vae_course.demo.tabs.train.bench import Bench, bench
from vae_course.demo.tabs.train.feed import feed
from vae_course.demo.tabs.train.plans import Plan
from vae_course.demo.tabs.train.run import Run

# the queue

pytestmark = pytest.mark.usefixtures("few_faces")


class Slow(Run):
    """A run that only waits to be let go."""

    def __init__(self):
        super().__init__(TINY)
        self.go, self.turns = threading.Event(), 0

    def work(self, crowded):
        self.status, self.turns = "running", self.turns + 1
        self.go.wait(PATIENCE)
        self.status = "finished"


def test_two_at_once_and_the_third_waits_where_all_can_see(queue, visitor):
    runs = [Slow() for _ in range(4)]
    for run in runs:
        queue.enter(run)
    wait(lambda: [run.status for run in runs] == ["running", "running", "waiting", "waiting"])
    assert [queue.place(run)[0] for run in runs] == [0, 0, 1, 2]
    visitor.work["train"] = Bench(run=runs[3])
    for lang, word in (("es", "lugar 2"), ("en", "place 2")):
        assert word in told(feed(lang, visitor.work["train"], {}))["words"]
    runs[0].go.set()
    wait(lambda: runs[2].status == "running")
    assert queue.place(runs[3])[0] == 1
    queue.leave(runs[3])
    assert queue.place(runs[3])[0] == 0 and runs[3].status == "stopped"
    for run in runs:
        run.go.set()
    wait(lambda: not queue.running)


def test_one_that_nobody_waits_for_leaves_the_queue(queue):
    runs = [Slow() for _ in range(3)]
    for run in runs:
        queue.enter(run)
    runs[2].polled -= runs_of_visitors.AWAY + 1
    assert queue.place(runs[2])[0] == 0 and runs[2].status == "paused"
    for run in runs:
        run.go.set()


def test_a_full_queue_refuses(queue, monkeypatch):
    monkeypatch.setattr(benches, "MOST_WAITING", 1)
    runs = [Slow() for _ in range(4)]
    for run in runs[:3]:
        queue.enter(run)
    with pytest.raises(Refused):
        queue.enter(runs[3])
    for run in runs:
        run.go.set()


def test_a_start_that_is_refused_leaves_the_training_before_as_it_was(queue, visitor, monkeypatch):
    monkeypatch.setattr(benches, "MOST_WAITING", 1)
    mine = bench()
    run = mine.start(TINY, lambda own: None)
    wait(lambda: run.steps > 0)
    mine.ask("pause")
    wait(lambda: run.status == "paused" and not queue.running)
    others = [Slow() for _ in range(3)]
    for other in others:
        queue.enter(other)
    with pytest.raises(Refused):
        mine.start(TINY, lambda own: None)
    assert mine.run is run and run.status == "paused" and run.learner
    mine.ask("stop")
    for other in others:
        other.go.set()
    assert run.status == "stopped"


def test_whoever_waits_may_start_another_in_its_place_though_the_queue_is_full(queue, visitor, monkeypatch):
    monkeypatch.setattr(benches, "MOST_WAITING", 1)
    others = [Slow() for _ in range(2)]
    for other in others:
        queue.enter(other)
    mine = bench()
    first = mine.start(TINY, lambda own: None)
    second = mine.start(TINY, lambda own: None)
    assert first.status == "stopped" and mine.place() == (1, 2) and queue.waiting == [mine.run] == [second]
    mine.stop()
    for other in others:
        other.go.set()


def test_after_its_turn_a_training_lets_others_go_first(monkeypatch):
    monkeypatch.setattr(runs_of_visitors, "TURN", 0.0)
    run = Run(TINY, most_steps=50)
    run.work(lambda: True)
    assert run.status == "waiting" and run.wants_on() and run.steps < 50
    run.work(lambda: False)
    assert run.status == "finished" and run.steps == 50


def test_pause_go_on_one_step_stop(queue, visitor):
    mine = bench()
    assert bench() is mine
    run = mine.start(TINY, lambda own: setattr(visitor, "own", own))
    wait(lambda: run.steps > 2)
    mine.ask("pause")
    wait(lambda: run.status == "paused" and not queue.running)
    assert visitor.own is not None and run.kept == run.steps
    steps = run.steps
    time.sleep(0.1)
    assert run.steps == steps
    mine.ask("step")
    wait(lambda: run.steps == steps + 1 and run.status == "paused" and not queue.running)
    mine.ask("run")
    wait(lambda: run.steps > steps + 3)
    mine.ask("stop")
    wait(lambda: run.status == "stopped" and not queue.running)
    assert run.kept == run.steps and run._learner is None
    mine.ask("run")
    assert run.status == "stopped"


def test_as_many_steps_are_made_as_were_asked_for_however_fast(queue, visitor):
    """Clicks that come while a step is being made, or while its thread ends, count too."""
    mine = bench()
    run = mine.start(TINY, lambda own: None, "step")
    for _ in range(7):
        mine.ask("step")
    wait(lambda: run.status == "paused" and not queue.running and run.steps >= 8)
    assert run.steps == 8 and [frame["step"] for frame in run.frames] == [*range(9)]
    for _ in range(20):
        mine.ask("step")
        time.sleep(0.002)
    wait(lambda: run.steps >= 28 and run.status == "paused" and not queue.running)
    assert run.steps == 28
    mine.ask("step")
    mine.ask("pause")  # the rest of what was asked for is given up
    wait(lambda: run.status == "paused" and not queue.running)
    assert run.steps in (28, 29) and run.due == 0


def test_a_new_training_takes_the_place_of_the_old(queue, visitor):
    mine = bench()
    first = mine.start(TINY, lambda own: None)
    second = mine.start(TINY, lambda own: None)
    wait(lambda: first.status == "stopped" and second.steps > 0)
    assert mine.run is second
    assert told(feed("en", mine, {"run": first.id, "points": 5, "frames": 5}))["from"] == [0, 0]


def test_a_visitor_who_is_gone_stops_working(queue):
    shelf = store.Store(idle=0.0)
    place = Bench(pictures=np.zeros((24, 32, 32, 3), np.uint8))
    shelf.visitor("somebody").work["train"] = place
    run = place.start(TINY, lambda own: None)
    wait(lambda: run.steps > 0)
    time.sleep(0.01)
    assert len(shelf) == 0
    wait(lambda: run.status == "stopped" and not queue.running)
    assert place.pictures is None and run._learner is None


def test_memory_of_old_trainings_is_given_up(queue, monkeypatch):
    monkeypatch.setattr(benches, "MOST_KEPT", 1)
    runs = [Run(TINY, most_steps=10**6) for _ in range(2)]
    queue.enter(runs[0])
    wait(lambda: runs[0].steps > 0)
    runs[0].asked = "pause"
    wait(lambda: not queue.running)
    assert runs[0]._learner is not None
    queue.enter(runs[1])
    assert runs[0].status == "stopped" and runs[0]._learner is None


def test_whoever_waits_stays_in_the_queue_however_often_others_start_anew(queue, monkeypatch):
    monkeypatch.setattr(benches, "MOST_KEPT", 4)
    busy, places = [Slow() for _ in range(2)], [Bench() for _ in range(3)]
    for run in busy:
        queue.enter(run)
    patient, *others = [place.start(TINY, lambda own: None) for place in places]
    for place in 4 * places[1:]:
        others.append(place.start(TINY, lambda own: None))
    assert patient.status == "waiting" and patient.asked == "run" and queue.place(patient)[0] == 1
    assert [run.status for run in others] == ["stopped"] * (len(others) - 2) + ["waiting"] * 2
    for place in places:
        place.stop()
    for run in busy:
        run.go.set()


def test_a_paused_training_is_not_given_up_for_those_that_are_over_or_replaced(queue, monkeypatch):
    monkeypatch.setattr(benches, "MOST_KEPT", 2)
    paused = Run(TINY, most_steps=10**6)
    queue.enter(paused)
    wait(lambda: paused.steps > 0)
    paused.ask("pause")
    wait(lambda: not queue.running)
    for place in (Bench(), Bench()):
        for _ in range(3):  # each in place of the one before
            place.start(TINY, lambda own: None)
        place.ask("stop")
        wait(lambda: not queue.running)
    assert paused.status == "paused" and paused.learner


# zips


def zipped(folder, entries: dict[str, bytes], name="pictures.zip"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)
    return path


def png(colour=(200, 30, 40), size=(48, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    return tmp_path / "uploads"


def test_a_zip_is_read_into_memory_and_deleted(folder):
    path = zipped(folder, {f"{k}.png": png((k, 0, 0)) for k in range(30)} | {"notes.txt": b"x", "bad.png": b"no"})
    found = sets.read_zip(str(path))
    assert found.shape == (30, 32, 32, 3) and found.dtype == np.uint8
    assert found[7, 0, 0].tolist() == [7, 0, 0]
    assert not path.exists() and list(folder.rglob("*")) == []


@pytest.mark.parametrize("wrong", ["few", "many", "entries", "outside", "no zip", "vast", "heavy"])
def test_a_zip_out_of_bounds_is_refused_and_deleted(folder, monkeypatch, wrong):
    entries = {f"{k}.png": png() for k in range(30)}
    if wrong == "few":
        entries = {"1.png": png()}
    if wrong == "many":
        monkeypatch.setattr(sets, "MOST_PICTURES", 29)
    if wrong == "entries":
        monkeypatch.setattr(sets, "MOST_ENTRIES", 29)
    if wrong == "outside":
        entries["../../evil.png"] = png()
    if wrong == "vast":
        monkeypatch.setattr(sets, "MOST_PIXELS", 48 * 40 * 29)
    if wrong == "heavy":
        monkeypatch.setattr(sets.uploads, "MAX_TRANSFER", 100)
    path = zipped(folder, entries)
    if wrong == "no zip":
        path.write_bytes(b"words " * 50)
    with pytest.raises(Refused) as caught:
        sets.read_zip(str(path))
    expected = {
        "few": texts.FEW_PICTURES["one"], "many": texts.MANY, "entries": texts.MANY,
        "outside": texts.NO_ZIP, "no zip": texts.NO_ZIP, "vast": texts.VAST, "heavy": texts.HEAVY,
    }  # fmt: skip
    assert caught.value.sentence == expected[wrong]
    assert not path.exists()


@pytest.mark.parametrize("path", [None, 5, "", "/etc/hostname", "no\0thing"])
def test_only_what_was_uploaded_is_read(folder, path):
    with pytest.raises(Refused):
        sets.read_zip(path)


def test_own_pictures_need_a_zip_first(queue, visitor):
    with pytest.raises(Refused):
        tab.start(Plan(data="own"), "run")
    assert queue.waiting == queue.running == []


@pytest.mark.parametrize("event", [{"problem": "too_heavy"}, {"problem": "?"}, {}])
def test_an_upload_that_did_not_arrive_is_told(visitor, event):
    with pytest.raises(Refused):
        tab.receive("en", event)
