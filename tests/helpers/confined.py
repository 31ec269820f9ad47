"""What a student's code may try, tried in real children, and what became of it: python -m helpers.confined, as JSON.

`place` tells attempts what there is: `outside` a folder that anybody may write to, `secret` a file in it that anybody
may read, `hidden` the checks, `reference` the course's answer, `port` and `abstract` sockets, `victim` a process.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import torch

from helpers.grading import CHECKS
from vae_course.confined.process import Child, Zygote

RIGHT = (
    "import torch\ndef kl_divergence(mu, logvar):\n    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(dim=1)\n"
)
CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
"""
SECRET = "only for whoever grades"


@dataclass(frozen=True)
class Attempt:
    """One of grading/attempts.toml."""

    body: str
    by: str
    kinds: list[str] = field(default_factory=lambda: ["PermissionError"])
    value: object = None


ORDINARY = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]  # that gets where only root enters, to read
ORDINARY += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]

with (Path(__file__).parents[1] / "grading" / "attempts.toml").open("rb") as file:
    ATTEMPTS = {name: Attempt(**entry) for name, entry in tomllib.load(file).items()}
WAYS = {  # -> layers left out
    "all": (),
    "L": ("seccomp", "namespaces", "user"),
    "S": ("landlock", "namespaces", "user"),
}
TRIED = [(name, way) for name, attempt in ATTEMPTS.items() for way in WAYS if way == "all" or way in attempt.by]
IMPORTS = "import os, resource, socket, sys, tempfile, threading\n"


def source(attempt: Attempt) -> str:
    return f"{RIGHT}{IMPORTS}{CALL}\ndef attempt(place):\n{textwrap.indent(attempt.body, '    ')}\n"


def outcome(child: Child, place: dict) -> dict:
    """What an attempt came to, and whether the answer beside it is still right."""
    asked = {"method": "__call__", "kwargs": {}}
    tried = child.request({"target": "attempt", "args": [place], **asked})
    mu, logvar = torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2)
    told = child.request({"target": "kl_divergence", "args": [mu, logvar], **asked})
    return {"fault": tried["fault"], "value": tried["value"], "right": told["value"].tolist() == [2.5]}


@dataclass
class Surroundings:
    """What attempts are after; `place` names it, `harm` says what happened to it."""

    folder: Path

    def __post_init__(self):
        self.outside = self.folder / "outside"
        self.outside.mkdir()
        self.outside.chmod(0o777)
        self.secret = self.outside / "secret"
        self.secret.write_text(SECRET)
        self.secret.chmod(0o666)
        self._stat = self.secret.stat()
        self.victim = subprocess.Popen(["sleep", "600"])
        self._priority = os.getpriority(os.PRIO_PROCESS, self.victim.pid)
        self._abstract = f"confined-{os.getpid()}"
        tcp = socket.create_server(("127.0.0.1", 0))
        udp, unix = socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX)
        self._sockets = [tcp, udp, unix]
        udp.bind(tcp.getsockname())
        unix.bind("\0" + self._abstract)
        unix.listen()
        for one in self._sockets:
            one.setblocking(False)

    def place(self) -> dict:
        return {
            "outside": str(self.outside), "secret": str(self.secret), "hidden": str(CHECKS / "test_04_loss.py"),
            "reference": str(CHECKS.parents[1] / "vae_course" / "loss.py"), "port": self._sockets[0].getsockname()[1],
            "abstract": self._abstract, "victim": self.victim.pid,
        }  # fmt: skip

    def harm(self) -> list[str]:
        """What has changed."""
        now = self.secret.stat() if self.secret.exists() else None
        same = now and (now.st_mode, now.st_mtime, now.st_nlink) == (self._stat.st_mode, self._stat.st_mtime, 1)
        found = [] if same and self.secret.read_text() == SECRET else ["the secret is another one"]
        found += [f"{path} is new" for path in self.outside.iterdir() if path != self.secret]
        found += [f"{path} is new" for path in Path("/dev/shm").glob(self._abstract)]
        if self.victim.poll() is not None or os.getpriority(os.PRIO_PROCESS, self.victim.pid) != self._priority:
            found.append("the victim")
        for one in self._sockets:
            with contextlib.suppress(BlockingIOError):
                one.recv(1) if one.type == socket.SOCK_DGRAM else one.accept()
                found.append(f"somebody spoke to {one}")
        return found

    def close(self) -> None:
        for one in self._sockets:
            one.close()
        self.victim.kill()
        self.victim.wait()


def main() -> None:
    """Each attempt under all layers, and under each layer that refuses it alone."""
    os.environ["CONFINED_SECRET"] = SECRET
    found: dict[str, dict] = {}
    with tempfile.TemporaryDirectory() as folder, Zygote() as zygote:
        os.chmod(folder, 0o755)
        with contextlib.closing(Surroundings(Path(folder))) as surroundings:
            for way, without in WAYS.items():
                found[way] = {}
                for name, attempt in ATTEMPTS.items():
                    if (name, way) not in TRIED:
                        continue
                    file = Path(folder, "answer.py")
                    file.write_text(source(attempt))
                    with contextlib.closing(Child(zygote, file, withheld=("kl_divergence",), without=without)) as child:
                        found[way][name] = outcome(child, surroundings.place()) | {"harm": surroundings.harm()}
                        found[way][name]["layers"] = vars(child.layers)
    print(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main())
