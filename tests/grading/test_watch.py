"""What a student's process may use, and what is said of one that gives no answer. Never how long anything takes."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.grading import CHECKS

from vae_course.confined import watch
from vae_course.confined.process import Child, Zygote
from vae_course.confined.student import Gone
from vae_course.confined.watch import TICK, Limits, Look, Watch
from vae_course.grading.score import score_many

ANSWERS = Path(__file__).parents[1] / "answers"
BUSY = 6  # processes that compute beside the graded one, on its processor
HANGS = {
    "loop": (
        "def kl_divergence(mu, logvar):\n    while True:\n        mu = mu + 1",
        ("¿hay un bucle que no termina?", "is there a loop that never ends?"),
        {"while True:", "mu = mu + 1"},
    ),
    "sleep": (
        "import time\ndef kl_divergence(mu, logvar):\n    time.sleep(10**6)",
        ("¿hay un sleep en el código?", "is there a sleep in the code?"),
        {"time.sleep(10**6)"},
    ),
    "lock": (
        "import threading\nlock = threading.Lock()\nlock.acquire()\n"
        "def kl_divergence(mu, logvar):\n    lock.acquire()\n",
        ("esperando un candado (lock) que nadie libera", "for a lock that nobody releases"),
        {"lock.acquire()"},
    ),
    "pipe": (
        "import os\ndef kl_divergence(mu, logvar):\n    end, _ = os.pipe()\n    return os.read(end, 1)",
        ("esperando algo que no llega", "for something that does not come"),
        {"return os.read(end, 1)"},
    ),
}


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as process:
        yield process


@pytest.fixture
def loaded_processor(zygote):
    """One processor for the zygote, its children to come, and several processes that never rest."""
    before = os.sched_getaffinity(zygote.process.pid)
    os.sched_setaffinity(zygote.process.pid, {min(before)})
    spin = f"import os\nos.sched_setaffinity(0, {{{min(before)}}})\nwhile os.getppid() == {os.getpid()}: pass"
    busy = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(BUSY)]
    yield
    for process in busy:
        process.kill()
        process.wait()
    os.sched_setaffinity(zygote.process.pid, before)


@pytest.mark.parametrize("name", ["train_step", "checkpoint"])
def test_a_busy_machine_costs_no_marks(zygote, loaded_processor, name):
    limits = Limits(
        call=3, total=20, still=2
    )  # of computing: with the clock instead, a seventh of a processor is short
    (score,) = score_many([(name, ANSWERS / name / "right_plain.py")], CHECKS, limits, zygote=zygote)
    assert score.points == score.most


@pytest.mark.parametrize("name", HANGS)
def test_each_hang_has_its_sentence_and_its_line(zygote, tmp_path, name):
    source, sentences, lines = HANGS[name]
    file = tmp_path / "answer.py"
    file.write_text(source)
    limits = Limits(call=0.5, still=0.5)
    with contextlib.closing(Child(zygote, file, limits)) as child, pytest.raises(Gone) as gone:
        child.request({"target": "kl_divergence", "method": "__call__", "args": [1, 2], "kwargs": {}})
    for text, sentence in zip(gone.value.text, sentences, strict=True):
        assert sentence in text and any(f"`{line}`)" in text for line in lines), text


def test_a_file_that_hangs_while_it_loads(zygote, tmp_path):
    file = tmp_path / "answer.py"
    file.write_text("import time\n\ntime.sleep(10**6)\n")
    with pytest.raises(Gone, match=r"a sleep in the code\? \(line 3: `time.sleep"):
        Child(zygote, file, Limits(still=0.5))


def test_nobody_types(zygote, tmp_path):
    file = tmp_path / "answer.py"
    file.write_text("def kl_divergence(mu, logvar):\n    return input()\n")
    (score,) = score_many([("kl_divergence", file)], CHECKS, zygote=zygote)
    (told,) = [one.message.en for one in score.results if one.judged]
    assert "EOFError" in told and "input() has to go" in told and "(line 2: `return input()`)" in told


def test_a_process_nobody_watches_ends(zygote, tmp_path):
    """The kernel's own limit on CPU time holds where the one who graded is gone."""
    file = tmp_path / "answer.py"
    file.write_text("import resource\ndef limit():\n    return list(resource.getrlimit(resource.RLIMIT_CPU))\n")
    with contextlib.closing(Child(zygote, file, Limits(total=20))) as child:
        answer = child.request({"target": "limit", "method": "__call__", "args": [], "kwargs": {}})
    assert answer["value"] == [41, 41]


# one look after the other


def watched(looks, **limits):
    """The complaint after those looks, and how many it took."""
    looks = iter(looks)
    one = Watch(0, Limits(**limits), look=lambda pid: next(looks))
    for count in range(10_000):
        try:
            if why := one.complaint():
                return why, count
        except StopIteration:
            return None, count
    raise AssertionError("no end of looks")


RUNS = [Look(0.01 * k, False, "0") for k in range(5000)]  # as one of very many that want the processor


def test_whoever_waits_for_the_processor_is_not_blamed():
    assert watched(RUNS, call=100, total=100, still=1)[0] is None


def test_computing_is_counted_from_the_request_on_and_in_all():
    late = [Look(50 + look.cpu, False, "0") for look in RUNS]
    assert watched(late, call=100, total=101)[0] is None
    assert watched(late, call=1, total=1000)[0] == watch.LOOP.format(seconds=1)
    assert watched(late, call=100, total=60)[0] == watch.SLOW.format(seconds=60)


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("hrtimer_nanosleep", watch.SLEEP),
        ("futex_do_wait", watch.LOCK),
        ("anon_pipe_read", watch.INPUT),
        ("", watch.INPUT),
    ],
)
def test_stillness_is_counted_in_looks_not_by_the_clock(where, sentence):
    why, count = watched([Look(1.0, True, where)] * 100, still=10 * TICK)
    assert why == sentence.format(seconds=10 * TICK) and count == 10


def test_a_nap_now_and_then_is_no_stillness():
    naps = [Look(float(k // 2), k % 2 == 0, "hrtimer_nanosleep") for k in range(200)]
    assert watched(naps, call=10**4, total=10**4, still=TICK)[0] is None


def test_little_steps_between_sleeps_do_not_hide_a_hang():
    polling = [Look(0.002 * k, True, "hrtimer_nanosleep") for k in range(1000)]
    assert watched(polling, still=10)[0] == watch.SLEEP.format(seconds=10)


def test_the_clock_alone_ends_what_nothing_else_explains(monkeypatch):
    monkeypatch.setattr(watch.time, "monotonic", iter(range(0, 10**6, 100)).__next__)
    why, _ = watched([Look(0.0, False, "0")] * 100, wall=1000)
    assert why == watch.NO_ANSWER.format(seconds=1000)


def test_a_look_sees_children_and_what_they_used(tmp_path):
    code = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'while True: pass'])"
    with subprocess.Popen([sys.executable, "-c", code], start_new_session=True) as process:
        try:
            one = watch.look(process.pid)
            while not watch.look(process.pid).cpu > one.cpu + 0.3:
                pass
            assert not watch.look(process.pid).asleep  # it waits for its child, which computes
        finally:
            os.killpg(process.pid, 9)
