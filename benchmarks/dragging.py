"""What a slider costs, here and at an older commit: python benchmarks/dragging.py [--base REV] [--rounds N] [--json].

Both run at the same time, each on a server and in a tab of its own, and are asked in turns; medians of all rounds stand
side by side. Pixels: from the slider's event until its picture is there for the next frame: an <img> whose new file is
loaded, or a canvas over it whose pixels have been set. Dragging: many sessions are open as pages open them (the page,
a cookie, the stream by which Gradio knows that somebody is there), and in a few real tabs a slider is moved 30 times a
second. So the crowd is real to the server and the fingers are few: what the others would add is their requests, which
the browser counts in the tabs. The server's CPU seconds stand beside those of as long a time, just before and after,
in which the same sessions and tabs rest. Needs git, Playwright and a Chromium; Linux.
"""

import argparse
import itertools
import json
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from helpers import demo, screenshots  # noqa: E402
from page import PATIENCE, WINDOW, checked_out  # noqa: E402

ROWS = {  # key -> what it is
    "one": "slider to pixels, one face, ms",
    "nine": "slider to pixels, nine faces, ms",
    "requests": "requests of one visitor who drags",
    "busy": "server, CPU-s with the sessions open and tabs dragging",
    "rest": "server, CPU-s in as long a time while they rest",
}
MOVES, PAUSE = 20, 30  # of a slider in one turn, milliseconds after each
PLACES = {  # key -> tab and address, the slider, the picture
    "one": ("features", "", "#tab-features [data-slide=smile]", "#tab-features .after img"),
    "nine": (
        "generate", "&generate.model=faces&generate.shown=prior",
        "#tab-generate .how input[type=range] >> nth=-1", "#tab-generate .panel .sheet img",
    ),
}  # fmt: skip
HELP = """
window.set = (slider, value) => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(slider, value);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
};
const put = CanvasRenderingContext2D.prototype.putImageData;
window.until = (selector) => new Promise((done, fail) => {
  const image = () => document.querySelector(selector), over = () => image()?.nextElementSibling;
  let before = image().src;
  const end = (how) => {
    clearTimeout(late);
    observer.disconnect();
    CanvasRenderingContext2D.prototype.putImageData = put;
    how(performance.now());
  };
  const late = setTimeout(() => end(() => fail(new Error('no other picture came'))), 10000);
  const look = async () => {
    if (over()?.matches('canvas.live')) before = image().src; // what has been seen already comes to rest there
    if (!image() || image().src === before) return;
    if (!image().complete) await new Promise((loaded) => image().addEventListener('load', loaded, {once: true}));
    end(done);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, {subtree: true, childList: true, attributes: true, attributeFilter: ['src']});
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    put.apply(this, given);
    if (this.canvas === over()) queueMicrotask(() => end(done)); // after all that the same turn paints
  };
});
"""
MOVE = """async (slider, [selector, values, pause]) => {
  const times = [];
  for (const value of values) {
    const seen = until(selector), start = performance.now();
    set(slider, value);
    times.push(await seen - start);
    await new Promise((done) => setTimeout(done, pause));
  }
  return times;
}"""
DRAG = """async (slider, seconds) => {
  const end = performance.now() + 1000 * seconds;
  for (let k = 0; performance.now() < end; k++) {
    set(slider, (3 * Math.sin(k / 10)).toFixed(1));
    await new Promise((done) => setTimeout(done, 1000 / 30));
  }
}"""


@dataclass
class Side:
    """One checkout's server, and a view of each place."""

    server: demo.Server
    chromium: object
    views: dict

    def view(self, key: str):
        """A visitor's own page, which decodes by itself where it can."""
        tab, query, slider, picture = PLACES[key]
        view = self.chromium.new_context(viewport=WINDOW).new_page()
        view.add_init_script(HELP)
        view.goto(screenshots.address(self.server.url, "en", tab) + query)
        view.locator(picture).first.wait_for(timeout=PATIENCE)
        view.wait_for_timeout(2000)  # the tab is filled
        view.locator(slider).hover()
        view.wait_for_timeout(3000)  # time for a decoder to come
        return view

    def milliseconds(self, key: str, turn: int) -> float:
        """The median of some moves: up from the middle, in another turn down, never to where the slider is."""
        view = self.views.get(key) or self.views.setdefault(key, self.view(key))
        _, _, slider, picture = PLACES[key]
        way, middle = (-1 if turn % 2 else 1), (1 if key == "nine" else 0)
        values = [f"{middle + way * 0.05 * (1 if key == 'nine' else 2) * k:g}" for k in range(1, MOVES)]
        return statistics.median(view.locator(slider).evaluate(MOVE, [picture, values, PAUSE]))

    def drags(self, sessions: int, tabs: int, seconds: float) -> dict[str, float]:
        """Requests of each tab that drags; CPU seconds of the server then, and while all sessions rest."""
        views, asked = [self.view("one") for _ in range(tabs)], []
        with ExitStack() as stack:
            for _ in range(sessions):
                stack.enter_context(session(self.server.url))
            views[0].wait_for_timeout(3000)
            before = self.spent(views[0], seconds)
            for view in views:
                view.on("request", lambda request: request.url.startswith("data:") or asked.append(request.url))
                view.evaluate(f"() => {{ ({DRAG})(document.querySelector('{PLACES['one'][2]}'), {seconds}) }}")
            busy, after = self.spent(views[0], seconds), self.spent(views[0], seconds)
        for view in views:
            view.context.close()
        return {"requests": len(asked) / tabs, "busy": busy, "rest": (before + after) / 2}

    def spent(self, view, seconds: float) -> float:
        """CPU seconds of the server in that time and a little more."""
        start = demo.cpu_seconds(self.server.pid)
        view.wait_for_timeout(1000 * seconds + 1000)
        return demo.cpu_seconds(self.server.pid) - start


def session(url: str) -> socket.socket:
    """Somebody who has the page open: its stream, until it is closed."""
    with urllib.request.urlopen(f"{url}/en", timeout=PATIENCE / 1000) as answer:
        cookie = answer.headers["set-cookie"].partition(";")[0]
        answer.read()
    host, port = url.rpartition("/")[2].split(":")
    stream = socket.create_connection((host, int(port)), timeout=PATIENCE / 1000)
    asked = f"GET /gradio_api/heartbeat/{secrets.token_hex(6)} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n"
    stream.sendall(asked.encode())
    if b"200" not in stream.recv(200):
        raise RuntimeError("the server takes no more sessions")
    return stream


def compare(
    revision: str, rounds: int, sessions: tuple[int, int], tabs: int, seconds: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of base and of here. sessions: of base, of here; the others: what `drags` takes."""
    with ExitStack() as stack:
        base = stack.enter_context(checked_out(revision))
        chromium, sides = stack.enter_context(screenshots.browser()), []
        for root in (base, ROOT):
            subprocess.run([sys.executable, "-m", "compileall", "-q", "vae_course"], cwd=root, check=True)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            server = stack.enter_context(demo.served(folder, root))
            sides.append(Side(server, chromium, {}))
        rows: list[dict[str, list[float]]] = [{key: [] for key in ROWS} for _ in sides]
        for turn, key in itertools.product(range(rounds), PLACES):
            for side, numbers in zip(sides, rows, strict=True):
                numbers[key].append(side.milliseconds(key, turn))
        for side, numbers, crowd in zip(sides, rows, sessions, strict=True):
            for key, value in side.drags(crowd, tabs, seconds).items():
                numbers[key].append(value)
        base_rows, here_rows = ({key: statistics.median(all_) for key, all_ in one.items()} for one in rows)
        return base_rows, here_rows


def table(base: dict[str, float], here: dict[str, float]) -> str:
    lines = [f"{'':58}{'base':>10}{'here':>10}{'base / here':>14}"]
    for key, what in ROWS.items():
        ratio = f"{base[key] / here[key]:.1f}" if here[key] > 0.005 and key != "rest" else ""
        lines.append(f"{what:58}{base[key]:>10.2f}{here[key]:>10.2f}{ratio:>14}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="e90923b", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=3, help=f"each {MOVES} moves of a slider for base, then for here")
    parser.add_argument("--sessions", type=int, default=300, help="that are open")
    parser.add_argument("--base-sessions", type=int, help="of base, whose pages take long; as many if not given")
    parser.add_argument("--tabs", type=int, default=3, help="of a browser, in which a slider is dragged at once")
    parser.add_argument("--seconds", type=float, default=10, help="that they drag for")
    parser.add_argument("--json", action="store_true", help="an object a line: base, here, then what to compare")
    chosen = parser.parse_args()
    if screenshots.browser_path() is None:
        parser.error(f"no browser on this machine: install one of {', '.join(screenshots.BROWSERS)}")
    sessions = (chosen.sessions if chosen.base_sessions is None else chosen.base_sessions, chosen.sessions)
    base, here = compare(chosen.base, chosen.rounds, sessions, chosen.tabs, chosen.seconds)
    if chosen.json:
        for which, numbers in (("base", base), ("here", here)):
            print(json.dumps({"which": which, **numbers}))
        faster = {name: base[key] / here[key] for name, key in (("slider_ratio", "one"), ("nine_ratio", "nine"))}
        print(json.dumps({**faster, "requests": here["requests"], "busy_to_rest": here["busy"] / here["rest"]}))
    else:
        print(table(base, here))


if __name__ == "__main__":
    main()
