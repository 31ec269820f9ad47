"""A demo to test against: `python app.py` as a process of its own, on a free port, watched for calls to elsewhere."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds to start, on a machine that does other things too
WATCH = """
import os, sys
def watch(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        place = str(args[1][0])
    elif event == "socket.getaddrinfo":
        place = str(args[0])
    else:
        return
    if place not in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "None", ""):
        with open(os.environ["CALLS"], "a") as file:
            file.write(place + "\\n")
sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    log: Path
    calls: Path  # one line for each address elsewhere that the process asked for
    cpu_seconds: float  # from process start to the first page answered

    def resident(self) -> float:
        """MB of memory in use."""
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())[1]) / 1024

    def loaded(self) -> str:
        """The libraries that the process has mapped."""
        return Path(f"/proc/{self.pid}/maps").read_text()

    def open_tabs(self) -> None:
        """Asks for every tab in both languages: afterwards the server has prepared all that it prepares by itself."""
        import httpx

        for path in ("/", "/en"):
            page = httpx.get(self.url + path, timeout=PATIENCE).text
            tabs = re.search(r'data-tabs="([^"]+)"', page)[1].split()
            config = json.loads(page.partition("window.gradio_config = ")[2].partition(";</script>")[0])
            for event in config["dependencies"]:
                if event["backend_fn"] and any(kind in tabs for _, kind in event["targets"]):
                    body = {"data": [{}], "fn_index": event["id"], "trigger_id": None, "session_hash": "opened"}
                    httpx.post(f"{self.url}/gradio_api/run/predict", json=body, timeout=PATIENCE).raise_for_status()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(
    folder: Path, root: Path = ROOT, surroundings: dict[str, str] | None = None, arguments: tuple[str, ...] = ()
):
    """A running demo of the checkout at root; folder keeps its log and its temporary files.

    surroundings: environment variables; empty ones are as good as unset. GRADIO_SERVER_PORT: otherwise a free one.
    """
    port = (surroundings or {}).get("GRADIO_SERVER_PORT") or free_port()
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    calls, log = folder / "calls", folder / "log"
    calls.touch()
    environment = (
        {key: value for key, value in os.environ.items() if not key.startswith("GRADIO_")}
        | {
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_TEMP_DIR": str(folder / "uploads"),
            "PYTHONPATH": str(folder),
            "CALLS": str(calls),
            "OMP_NUM_THREADS": "1",
        }
        | (surroundings or {})
    )
    with open(log, "wb") as output:
        command = [sys.executable, "app.py", *arguments]
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output)
    try:
        url = f"http://127.0.0.1:{port}"
        seconds = wait(process, url, log)
        yield Server(url, process.pid, log, calls, seconds)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait(process: subprocess.Popen, url: str, log: Path) -> float:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE):
                return cpu_seconds(process.pid)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError(f"the demo did not start (exit status {process.poll()}):\n{log.read_text()}")


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has taken; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
