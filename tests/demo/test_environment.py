"""The demo starts wherever a class meets it: behind a proxy, beside other accounts, with a port that is none."""

import os
import socketserver
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers.demo import ROOT, served

from vae_course.demo import environment

SOON = 120  # seconds, for a machine that does other things too
PROXIES = [name for key in (*environment.PROXIES, "no_proxy") for name in (key, key.upper())]


@contextmanager
def refusing_proxy():
    """(address, what it was asked for): a proxy on this machine that notes each first line and refuses."""
    asked = []

    class Refuse(socketserver.StreamRequestHandler):
        def handle(self):
            asked.append(self.rfile.readline().decode().strip())
            self.wfile.write(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refuse) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()


def direct(url):
    """The status of a page, asked for past all proxies."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=SOON) as answer:
        return answer.status


@pytest.mark.slow
def test_the_demo_starts_behind_a_proxy_and_beside_another_accounts_folder(tmp_path):
    (tmp_path / "temporary").mkdir()
    (tmp_path / "temporary" / "gradio").write_text("no folder, so that not even root can write into it")
    with refusing_proxy() as (proxy, asked):
        surroundings = {name: proxy for name in PROXIES if "no_" not in name.lower()}
        surroundings |= {"NO_PROXY": "example.org", "GRADIO_TEMP_DIR": "", "TMPDIR": str(tmp_path / "temporary")}
        with served(tmp_path, surroundings=surroundings) as server:
            assert direct(f"{server.url}/en") == 200
            assert {"uploads"} & {path.name for path in tmp_path.iterdir()} == set()
            assert sent_to_the_folder_of_uploads(server.url).parents[1].parent == tmp_path / "temporary"
        assert asked == []


def sent_to_the_folder_of_uploads(url) -> Path:
    """Where a file that a visitor uploads lies afterwards."""
    import httpx

    with httpx.Client(trust_env=False, timeout=SOON) as visitor:
        answer = visitor.post(f"{url}/gradio_api/upload", files={"files": ("a.txt", b"content")})
    assert answer.status_code == 200, answer.text
    path = Path(answer.json()[0])
    assert path.read_bytes() == b"content"
    return path


NO_START = {
    "a SOCKS proxy": ({"all_proxy": "socks5://127.0.0.1:1080"}, "the proxy of all_proxy (a SOCKS proxy needs one more"),
    "GNOME's": ({"ALL_PROXY": "socks://127.0.0.1:1080/"}, "the proxy of ALL_PROXY (Unknown scheme for proxy URL"),
    "no address": ({"http_proxy": "http://[::1"}, "the proxy of http_proxy (Invalid port"),
    "a word": (
        {"GRADIO_SERVER_PORT": "word"},
        "GRADIO_SERVER_PORT='word' is not a port: give a number from 1 to 65535",
    ),
    "too large": ({"GRADIO_SERVER_PORT": "99999"}, "GRADIO_SERVER_PORT='99999' is not a port"),
    "negative": ({"GRADIO_SERVER_PORT": "-1"}, "GRADIO_SERVER_PORT='-1' is not a port"),
    "any": ({"GRADIO_SERVER_PORT": "0"}, "GRADIO_SERVER_PORT='0' is not a port"),
    "a count": ({"GRADIO_NUM_PORTS": "some"}, "GRADIO_NUM_PORTS='some' is not a count of ports"),
    "no folder": ({"GRADIO_TEMP_DIR": "/dev/null/a"}, "/dev/null/a'): set GRADIO_TEMP_DIR"),
}


@pytest.mark.parametrize(("surroundings", "said"), NO_START.values(), ids=NO_START)
def test_what_keeps_the_demo_from_starting_is_told_in_one_line(surroundings, said):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GRADIO_") and key not in PROXIES}
    command = [sys.executable, "app.py"]
    done = subprocess.run(command, cwd=ROOT, env=kept | surroundings, capture_output=True, text=True, timeout=SOON)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1 and said in done.stderr


@pytest.fixture
def surroundings(monkeypatch):
    """os.environ for one test, without what it is about; what `prepare` sets is taken back."""
    for name in [*PROXIES, "GRADIO_SERVER_PORT", "GRADIO_SERVER_NAME", "GRADIO_NUM_PORTS", "GRADIO_TEMP_DIR"]:
        monkeypatch.setenv(name, "")
    return monkeypatch


@pytest.mark.parametrize("port", ["", " "])
def test_an_empty_port_is_as_good_as_none(surroundings, port):
    surroundings.setenv("GRADIO_SERVER_PORT", port)
    environment.prepare()
    assert "GRADIO_SERVER_PORT" not in os.environ


def test_the_own_address_joins_those_that_no_proxy_is_for(surroundings):
    surroundings.setenv("NO_PROXY", "example.org, 127.0.0.1")
    surroundings.setenv("GRADIO_SERVER_NAME", "lab-3")
    environment.prepare()
    assert os.environ["no_proxy"].split(",") == ["example.org", "127.0.0.1", "localhost", "::1", "lab-3"]
    surroundings.setenv("no_proxy", "*")
    environment.prepare()
    assert os.environ["no_proxy"] == "*"


def test_a_folder_of_ones_own_is_not_made_by_others(surroundings, tmp_path):
    surroundings.setattr(environment.tempfile, "tempdir", str(tmp_path))
    first = environment.own_folder()
    assert first.parent == tmp_path and environment.own_folder() == first and first.stat().st_mode & 0o77 == 0
    first.rmdir()
    (tmp_path / "elsewhere").mkdir()
    first.symlink_to(tmp_path / "elsewhere")
    other = environment.own_folder()
    assert other != first and other.is_dir() and not other.is_symlink() and other.parent == tmp_path
