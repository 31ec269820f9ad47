"""The confinement of a student's process: what is tried (attempts.toml) is refused, and honest answers are not."""

import contextlib
import functools
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import torch
from helpers.confined import ATTEMPTS, ORDINARY, RIGHT, SECRET, TRIED
from helpers.grading import CHECKS, ROOT

from vae_course import text
from vae_course.confined import landlock, protocol, replies, sandbox, seccomp, syscalls
from vae_course.confined.importable import importable
from vae_course.confined.process import Child, Zygote
from vae_course.confined.protocol import ProtocolError, dumps, loads
from vae_course.confined.sandbox import Layers
from vae_course.confined.student import Gone
from vae_course.confined.watch import Limits, children
from vae_course.exercises import ALL
from vae_course.faults import Fault
from vae_course.grading import __main__ as grading
from vae_course.grading import score
from vae_course.grading.score import score_many

CALL = {"method": "__call__", "args": [], "kwargs": {}}


@pytest.fixture(scope="module")
def zygote():
    with Zygote() as process:
        yield process


@pytest.fixture
def child(zygote, tmp_path):
    """child(source, ...) -> a confined process that has loaded it."""
    with contextlib.ExitStack() as stack:

        def of(source: str, limits: Limits | None = None, **more) -> Child:
            file = tmp_path / "answer.py"
            file.write_text(source)
            return stack.enter_context(contextlib.closing(Child(zygote, file, limits or Limits(), **more)))

        yield of


# what is tried


@pytest.fixture(scope="module", params=["as it is", "ordinary"])
def tried(request):
    """Way -> attempt -> what became of it, where whoever runs the tests grades, and where an ordinary user does."""
    before = []
    if request.param == "ordinary":
        if os.geteuid() or not shutil.which("setpriv"):
            pytest.skip("needs root, and setpriv of util-linux")
        before = ORDINARY
    run = subprocess.run(
        [*before, sys.executable, "-m", "helpers.confined"], cwd="/", capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way"), TRIED)
def test_what_is_tried(tried, name, way):
    attempt, found = ATTEMPTS[name], tried[way][name]
    layers = Layers(**found["layers"])
    if (way != "S" and layers.landlock < 6) or (way != "L" and not layers.seccomp):
        pytest.skip(f"this kernel has only {layers}")
    assert found["right"] and found["harm"] == []
    if attempt.kinds:
        assert found["fault"] and found["fault"]["kind"] in attempt.kinds, found
    else:
        assert (found["fault"], found["value"]) == (None, attempt.value)
    assert SECRET not in json.dumps(found)


def test_another_account_where_root_grades(child):
    found = child("import os\ndef who():\n    return [os.getuid(), os.getgid(), os.getgroups()]\n" + RIGHT)
    mine = [os.getuid(), os.getgid(), os.getgroups()]
    told = found.request({"target": "who", **CALL})["value"]
    assert told == ([sandbox.USER, sandbox.USER, []] if found.layers.user else mine)


CONNECTS = """
import socket
def sees(port, name):
    with socket.socket(socket.AF_UNIX) as one, socket.socket() as other:
        return [one.connect_ex("\\0" + name), other.connect_ex(("127.0.0.1", port))]
"""


def test_its_network_is_its_own(child):
    name = f"apart-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0" + name)
        unix.listen()
        asked = {"target": "sees", "method": "__call__", "args": [server.getsockname()[1], name], "kwargs": {}}
        others = ("landlock", "seccomp", "user")
        held = child(CONNECTS, without=("namespaces", *others)).request(asked)["value"]
        apart = child(CONNECTS, without=others)
        if not apart.layers.namespaces:
            pytest.skip("this system lets nobody have namespaces")
        assert held == [0, 0] and all(apart.request(asked)["value"])


ORDINARY_APART = """
import json, os, socket, sys
from vae_course.confined import sandbox
sandbox.environment()
sandbox._open_to_all = lambda folder: True  # so that nothing of root's is needed to read
sandbox.os.geteuid = lambda: 1000
layers = sandbox.confine(sandbox.Rules(sys.argv[1], memory=2**30, cpu=60, without=("landlock", "seccomp")))
with socket.socket() as one:
    seen = one.connect_ex(("127.0.0.1", int(sys.argv[2])))
print(json.dumps([layers.namespaces, seen, open("mine", "w").write("x")]))
"""


def test_the_network_is_its_own_for_an_ordinary_account_too(tmp_path):
    """By a new user's namespace, which such an account may make where the system lets it; here whoever runs this."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        run = subprocess.run(
            [sys.executable, "-c", ORDINARY_APART, str(tmp_path), str(server.getsockname()[1])], cwd=ROOT,
            capture_output=True, text=True,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    apart, seen, written = json.loads(run.stdout)
    assert (seen != 0) == apart and written == 1
    if not apart:
        pytest.skip("this system lets nobody have namespaces")


def test_no_mark_is_lost(zygote, tmp_path):
    file = tmp_path / "answer.py"
    file.write_text("try:\n    open('/etc/passwd')\nexcept OSError:\n    pass\n" + RIGHT)
    (graded,) = score_many([("kl_divergence", file)], CHECKS, zygote=zygote)
    assert graded.points == graded.most


def test_the_reference_says_that_it_is_the_exercise(zygote, tmp_path):
    file = tmp_path / "answer.py"
    file.write_text("from vae_course.loss import kl_divergence\n")
    (graded,) = score_many([("kl_divergence", file)], CHECKS, zygote=zygote)
    (told,) = {one.message for one in graded.results if one.judged}
    assert graded.points == 0
    assert "vae_course.loss.kl_divergence is the exercise itself. It is what is to be written" in told.en
    assert "al corregir no se puede importar. (línea 1: `from vae_course.loss" in told.es


def test_what_fails_before_the_answer_is_no_mark_of_it(zygote, tmp_path):
    told = "the process of an answer could not be started: FileNotFoundError"
    with pytest.raises(RuntimeError, match=told):
        score_many([("kl_divergence", tmp_path / "nowhere.py")], CHECKS, zygote=zygote)


# too much


WRITES = "for fd in range(3, 64):\n    try:\n        os.write(fd, {data})\n    except OSError:\n        pass\n"
ENDLESS = {
    "folders": (
        "for k in range(60):\n    os.mkdir(str(k))\nwhile True: pass",
        "filled its folder: more than 0.00098 GB",
    ),
    "bytes": ("open('large', 'wb').write(bytes(2**22))\nwhile True: pass", "filled its folder: more than 0.00098 GB"),
    "stopped": ("os.kill(os.getpid(), signal.SIGSTOP)", "waited 1 seconds for something that does not come"),
    "half a message": (WRITES.format(data="b'x'") + "time.sleep(10**6)", "a sleep in the code"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_ended(child, name):
    body, sentence = ENDLESS[name]
    limits = Limits(call=5, still=1, disk=2**20, files=50)
    one = child(f"import os, signal, time\ndef f():\n{textwrap.indent(body, '    ')}\n", limits)
    with pytest.raises(Gone, match=re.escape(sentence)):
        one.request({"target": "f", **CALL})


FORGED = [
    "bytes(8)", "b'\\xff' * 64", "struct.pack('<Q', 2**29) + bytes(2**20)", "struct.pack('<Q', 20) + bytes(20)",
    "framed([])", "framed({'value': None})", "framed(OUTCOME | {'fault': {'kind': 'E'}})",
    "framed(OUTCOME | {'returned': [1, 2]})", "framed(OUTCOME | {'numpy': 3})",
    "framed(OUTCOME | {'changed': {'seed': [1]}})", "framed(OUTCOME | {'gradients': {'mu': 'x'}})",
]  # fmt: skip
FORGES = """
import os, struct
from vae_course.confined.protocol import dumps

OUTCOME = dict(value=1, fault=None, error_type=None, gradients={}, inputs=[], requires_grad=False)
OUTCOME |= dict(random_moved=False, returned=None, changed={}, numpy=False)

def framed(value):
    message = dumps(value)
    return struct.pack('<Q', len(message)) + message

def kl_divergence(mu, logvar):
"""


@pytest.mark.parametrize("sent", FORGED)
def test_forged_replies_end_the_file_and_not_the_grading(zygote, tmp_path, sent):
    file = tmp_path / "answer.py"
    file.write_text(f"{FORGES}{textwrap.indent(WRITES.format(data=sent), '    ')}    os._exit(0)\n")
    (graded,) = score_many([("kl_divergence", file)], CHECKS, zygote=zygote)
    assert graded.points == 0 and any("abruptly" in one.message.en for one in graded.results)


def test_texts_that_steer_a_terminal_do_not_reach_it(zygote, tmp_path):
    file = tmp_path / "answer.py"
    file.write_text(
        "def kl_divergence(mu, logvar):\n    raise ValueError('\\x1b]0;title\\x07' + chr(0xD800) + 'x' * 10**6)\n"
    )
    (graded,) = score_many([("kl_divergence", file)], CHECKS, zygote=zygote)
    for one in graded.results:
        assert all(words.isprintable() and len(words) <= text.LONGEST for words in one.message)


def test_nothing_outlives_the_grading_without_seccomp_either(child, zygote):
    source = "import os, time\ndef f():\n    for _ in range(5):\n        if os.fork() == 0:\n            os.setsid()\n"
    source += "            if os.fork() == 0:\n                time.sleep(600)\n            os._exit(0)\n"
    one = child(source, without=("seccomp",))
    one.request({"target": "f", **CALL})
    one.close()
    deadline = time.monotonic() + 60
    while children(zygote.process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert children(zygote.process.pid) == []


def test_folders_in_folders_are_removed(child):
    one = child("import os\ndef f():\n    for _ in range(1100):\n        os.mkdir('d')\n        os.chdir('d')\n")
    folder = one._folder
    with contextlib.suppress(Gone):  # nobody can say any more where it is
        one.request({"target": "f", **CALL})
    one.close()
    assert not folder.exists()


# its parts


def test_what_an_answer_may_import_never_has_the_answer():
    for name, exercise in ALL.items():
        texts = dict(importable(name))
        own = texts.pop(exercise.module)
        compile(own, name, "exec")
        for function in exercise.functions:
            assert not re.search(rf"^(def|class) {function}\b", "\n".join([own, *texts.values()]), re.MULTILINE)
        assert all(other not in texts for other in ("flow", "pretrained", "figures") if other != exercise.module)


def test_all_that_may_be_imported_can_be(child):
    modules = sorted({exercise.module for exercise in ALL.values()})
    one = child("".join(f"import vae_course.{name}\n" for name in modules) + RIGHT, withheld=("integrate",))
    assert one.layers.landlock or one.layers.seccomp


def test_layers_that_are_missing_are_told(capsys):
    assert Layers(landlock=7, seccomp=True, namespaces=True, user=None).lacks() is None
    told = Layers(landlock=0, seccomp=True, namespaces=False, user=False).lacks()
    assert "landlock (archivos), espacios de nombres (red), otra cuenta." in told.es
    assert "landlock (files), namespaces (network), another account." in told.en


def test_the_command_says_what_is_missing(monkeypatch, tmp_path, capsys):
    file = tmp_path / "answer.py"
    file.write_text(RIGHT)
    monkeypatch.setattr(score, "Child", functools.partial(Child, without=("landlock",)))
    assert grading.main(["score", "--exercise", "kl_divergence", "--file", str(file), "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert "kl_divergence 7/7" in told.out
    assert told.err.startswith("Incomplete isolation on this system, missing: landlock (files)")


def test_the_filter_knows_its_numbers():
    """As the kernel's headers say, where they are."""
    files = [Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm-generic/unistd.h")]
    if not all(file.is_file() for file in files):
        pytest.skip("no kernel headers here")
    for machine, file in zip(syscalls.NAMED, files, strict=True):
        told = {
            name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", file.read_text())
        }
        known = syscalls.numbers(machine)
        assert known.items() >= {name: told[name] for name in known if name in told}.items()
        assert {name for name in syscalls.NUMBERS if name in told} <= set(known)  # none is left out that is there


@pytest.mark.parametrize("machine", syscalls.NAMED)
def test_the_filter_is_whole(machine):
    program = seccomp.program(machine, 1234)
    assert len(program) < 4096
    for place, (code, yes, no, _) in enumerate(program):
        if code & 7 == 5:
            assert place + 1 + max(yes, no) < len(program)
    assert program[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)


def test_a_folder_that_holds_the_course_is_read_around_it(tmp_path, monkeypatch):
    course = tmp_path / "lib" / "site-packages" / "vae_course"
    course.mkdir(parents=True)
    (tmp_path / "lib" / "site-packages" / "torch").mkdir()
    (tmp_path / "lib" / "other").mkdir()
    monkeypatch.setattr(sandbox, "HIDDEN", course)
    found = set(sandbox._around(tmp_path / "lib"))
    assert found == {str(tmp_path / "lib" / "site-packages" / "torch"), str(tmp_path / "lib" / "other")}
    assert list(sandbox._around(tmp_path / "lib" / "other")) == [str(tmp_path / "lib" / "other")]


def test_the_newest_abi_is_a_number():
    assert landlock.newest() >= 0


# messages


def raw(value, *blobs: bytes, sizes=None) -> bytes:
    """A message as nobody of ours would write it."""
    header = json.dumps({"value": value, "sizes": [len(one) for one in blobs] if sizes is None else sizes}).encode()
    return len(header).to_bytes(8, "little") + header + b"".join(blobs)


FLOATS = bytes(16)
LIES = {
    "a shape that is too large": raw({"array": ["float32", [5], 0]}, FLOATS),
    "a shape below 0": raw({"array": ["float32", [-1], 0]}, FLOATS),
    "a shape of two signs": raw({"array": ["float32", [-2, -2], 0]}, FLOATS),
    "a shape of truths": raw({"array": ["float32", [True, 4], 0]}, FLOATS),
    "a shape of floats": raw({"array": ["float32", [4.0], 0]}, FLOATS),
    "nothing, of great size": raw({"array": ["float32", [0, 2**40], 0]}, b""),
    "bytes taken twice": raw([{"array": ["float32", [4], 0]}] * 2, FLOATS),
    "bytes that are not there": raw({"array": ["float32", [4], 1]}, FLOATS),
    "sizes below 0": raw({"array": ["float32", [4], 0]}, FLOATS, sizes=[32, -16]),
    "sizes that are no numbers": raw(None, sizes=["x"]),
    "bytes left over": raw(None, FLOATS, sizes=[]),
    "an unknown type": raw({"array": ["object", [4], 0]}, FLOATS),
    "an unknown kind": raw({"pickle": "x"}),
    "two kinds": raw({"float": "1", "tuple": []}),
    "half a character": raw("\ud800"),
    "values in values": raw(functools.reduce(lambda inner, _: [inner], range(200), 0)),
    "lists as keys": raw({"dict": [[[1], 2]]}),
    "many keys": raw({"dict": [[k, 0] for k in range(protocol.MOST_KEYS + 1)]}),
    "a number that is none": raw({"float": "x"}),
    "a handle that is none": raw({"kept": "x"}),
    "no entries": raw({}),
}


@pytest.mark.parametrize("name", LIES)
def test_lies_are_refused(name):
    with pytest.raises(ProtocolError):
        loads(LIES[name])


def test_truths_are_0_or_1():
    assert loads(raw({"array": ["bool", [3], 0]}, b"\0\1\xff")).sum() == 2


def test_whatever_comes_is_a_value_or_refused():
    """Messages changed by chance: no other error leaves loads, and no reply that has another form."""
    chance, message = (
        random.Random(0),
        dumps({"value": torch.arange(6.0).reshape(2, 3), "fault": None, "n": [1, (2, "x")]}),
    )
    for _ in range(3000):
        changed = bytearray(message)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.choice(b'\0\xff{}[],:"0123456789-eEtfn')
        with contextlib.suppress(ProtocolError):
            replies.checked(loads(bytes(changed)), {"target": "f"})


OUTCOME = {
    "value": 1, "fault": None, "error_type": None, "gradients": {}, "inputs": [], "requires_grad": None,
    "random_moved": False, "returned": None, "changed": {}, "numpy": False,
}  # fmt: skip


def test_a_reply_is_made_readable():
    fault = vars(Fault("Error", "a\x1b[31m\nb" + "x" * 10**5, line=3))
    found = replies.checked(OUTCOME | {"fault": fault, "error_type": ("A",) * 1000}, {"target": "f"})
    assert found["fault"]["message"].startswith("a [31m bxxx") and len(found["fault"]["message"]) == text.LONGEST
    assert found["fault"]["line"] == 3 and len(found["error_type"]) == replies.MOST_CLASSES


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fault", {}), ("fault", "x"), ("fault", vars(Fault("E", "m", line=-1))),
        ("fault", vars(Fault("E", "m", line=True))), ("error_type", "abc"), ("gradients", []),
        ("gradients", {"mu": 1.0}), ("gradients", {1: None}), ("inputs", None),
        ("requires_grad", "yes"), ("requires_grad", [1]), ("random_moved", 1), ("returned", ["es"]), ("returned", "xx"),
        ("changed", {"seed": None}), ("numpy", None), ("more", 1),
    ],
)  # fmt: skip
def test_a_reply_of_another_form_is_refused(key, value):
    assert replies.checked(dict(OUTCOME), {"target": "f"}) == OUTCOME
    with pytest.raises(ProtocolError):
        replies.checked(OUTCOME | {key: value}, {"target": "f"})
