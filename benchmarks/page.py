"""What the demo weighs, here and at an older commit: python benchmarks/page.py [--base REV] [--rounds N] [--json].

Both are measured in one run, in turns, each time on a server of its own; the medians of all rounds stand side by side
with their ratio, here / base. Slow net: DevTools' "Fast 3G", 180,000 bytes/s down (1.6 Mbit/s * 0.9), 84,375 bytes/s up
(750 kbit/s * 0.9), each answer 562.5 ms late; an empty cache. Opening tabs: at full speed, one visit, each tab clicked
when the visitor has looked two seconds at the one before. Needs git, Playwright and a Chromium; Linux.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers import demo, screenshots  # noqa: E402

from vae_course import data  # noqa: E402
from vae_course.demo import page  # noqa: E402

FAST_3G = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
LOOKING = 2000  # milliseconds that a visitor stays on a tab
PATIENCE = 120_000  # milliseconds
WINDOW = {"width": 1280, "height": 860}
ROWS = {  # key -> (what it is, digits after the point)
    "bytes": ("the first page's answer at /, bytes sent", 0),
    "plain_bytes": ("the same for who takes no compression", 0),
    "first_paint_seconds": ("slow net: first contentful paint, s", 2),
    "first_text_seconds": ("slow net: the title can be read, s", 2),
    "first_text_bytes": ("slow net: bytes of whole answers until then", 0),
    "first_picture_seconds": ("slow net: the first picture, s", 2),
    "cpu_seconds": ("process start to first page, CPU-s", 2),
    "import_cpu_seconds": ("importing torch and Gradio, CPU-s", 2),
    "build_cpu_seconds": ("page.build(), CPU-s", 2),
    "tab_seconds": ("a further tab, click to pictures, s", 3),
    "demo_lines": ("lines of Python in vae_course/demo", 0),
    "longest_in_vae_course": ("longest Python or JS file of vae_course", 0),
    "longest_in_tests": ("longest Python or JS file of tests", 0),
}
READY = """
window.hasPictures = (tab) => [...document.querySelectorAll(`#tab-${tab} img, #tab-${tab} svg`)].some((picture) => {
  const { width, height } = picture.getBoundingClientRect();  // Gradio's own icons are smaller
  return picture.checkVisibility() && Math.min(width, height) >= 48 && (picture.complete ?? true)
    && (picture.naturalWidth ?? 1) > 0;
});
"""
WATCH = """
window.seen = {};
const look = () => {
  const title = document.querySelector("h1");
  if (!seen.text && title?.innerText.trim() && title.checkVisibility({ opacityProperty: true }))
    seen.text = performance.now();
  if (window.hasPictures("start")) seen.picture = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
OPEN = """
(tab) => new Promise((done) => {
  const start = performance.now();
  const look = () => window.hasPictures(tab) ? done(performance.now() - start) : requestAnimationFrame(look);
  document.getElementById(`tab-${tab}-button`).click();
  look();
})
"""
SEEN = """
(() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  const document = performance.getEntriesByType("navigation")[0].responseEnd;
  const times = { ...seen, paint, document, origin: performance.timeOrigin };
  return Object.fromEntries(Object.entries(times).map(([key, milliseconds]) => [key, milliseconds / 1000]));
})()
"""
IMPORTS = """
import time
import torch, vae_course.demo, gradio  # Gradio as the demo imports it
print(time.process_time())
"""
BUILD = """
import time
from vae_course.demo import page
start = time.process_time()
page.build()
print(time.process_time() - start)
"""


def measure(root: Path) -> dict[str, float]:
    """One round: every row's number for the checkout at root."""
    numbers = lines_of_files(root) | {
        "import_cpu_seconds": child(root, IMPORTS),
        "build_cpu_seconds": child(root, BUILD),
    }
    with tempfile.TemporaryDirectory() as folder, demo.served(Path(folder), root) as server:
        numbers |= {"cpu_seconds": server.cpu_seconds}
        numbers |= {"bytes": page_bytes(server.url, "gzip, br"), "plain_bytes": page_bytes(server.url, "identity")}
        with screenshots.browser() as chromium:
            return numbers | {"tab_seconds": open_tabs(chromium, server.url)} | visit_slowly(chromium, server.url)


def lines_of_files(root: Path) -> dict[str, float]:
    """Lines of files in a checkout."""

    def lines(folder: str, *endings: str) -> list[int]:
        files = [path for ending in endings for path in (root / folder).rglob(f"*{ending}")]
        return [path.read_text(encoding="utf-8").count("\n") for path in files]

    return {
        "demo_lines": sum(lines("vae_course/demo", ".py")),
        "longest_in_vae_course": max(lines("vae_course", ".py", ".js")),
        "longest_in_tests": max(lines("tests", ".py", ".js")),
    }


def child(root: Path, program: str) -> float:
    """The number that a program of its own prints last, run in the checkout."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = [sys.executable, "-c", program]
    output = subprocess.run(run, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout
    return float(output.split()[-1])


def page_bytes(url: str, encodings: str) -> int:
    """The body's length as it travels to who takes these encodings."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": encodings})
    with urllib.request.urlopen(request) as answer:
        return len(answer.read())


def open_tabs(chromium, url: str) -> float:
    """Seconds from a click on a tab until a picture stands there; the median of all tabs but the first."""
    with visit(chromium, READY) as view:
        view.goto(url)
        view.wait_for_function("hasPictures('start')", timeout=PATIENCE)
        times = []
        for tab in list(page.TABS)[1:]:
            view.wait_for_timeout(LOOKING)
            times.append(view.evaluate(OPEN, tab))
    return statistics.median(times) / 1000


def visit_slowly(chromium, url: str) -> dict[str, float]:
    """What a visitor with a slow net sees, and when."""
    with visit(chromium, READY + WATCH) as view:
        network = view.context.new_cdp_session(view)
        requests: list[dict] = []
        answers: list[dict] = []
        network.on("Network.requestWillBeSent", lambda event: requests.append(event))
        network.on("Network.loadingFinished", lambda event: answers.append(event))
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", FAST_3G)
        view.goto(url, wait_until="commit", timeout=PATIENCE)
        view.wait_for_function("seen.picture", timeout=PATIENCE)
        seen = view.evaluate(SEEN)
    text = max(seen["text"], seen["paint"])  # nothing is read before it is painted
    begun = requests[0]["timestamp"] + seen["origin"] - requests[0]["wallTime"]  # in Chromium's own seconds
    end = begun + max(text, seen["document"])
    return {
        "first_paint_seconds": seen["paint"],
        "first_text_seconds": text,
        "first_text_bytes": sum(answer["encodedDataLength"] for answer in answers if answer["timestamp"] <= end),
        "first_picture_seconds": seen["picture"],
    }


@contextmanager
def visit(chromium, script: str) -> Iterator:
    """A page with nothing in its cache, which runs a script before its own."""
    context = chromium.new_context(viewport=WINDOW)
    context.add_init_script(script)
    yield context.new_page()
    context.close()


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """A commit of this repository in a folder of its own, for a while."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "base"
        git("worktree", "add", "--quiet", "--detach", str(tree), revision)
        try:
            yield tree
        finally:
            git("worktree", "remove", "--force", str(tree))


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=ROOT, check=True)


def compare(revision: str, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of base and of here. Both read the same image sets, and neither has to compile its modules first."""
    os.environ.setdefault("VAE_COURSE_DATA", str(data.data_root()))
    with checked_out(revision) as base:
        for root in (base, ROOT):
            subprocess.run([sys.executable, "-m", "compileall", "-q", "vae_course"], cwd=root, check=True)
        measured = [(measure(base), measure(ROOT)) for _ in range(rounds)]
    of_base, of_here = zip(*measured, strict=True)
    return medians(of_base), medians(of_here)


def medians(rounds: tuple[dict[str, float], ...]) -> dict[str, float]:
    return {key: statistics.median(numbers[key] for numbers in rounds) for key in ROWS}


def table(base: dict[str, float], here: dict[str, float], ratio: dict[str, float]) -> str:
    lines = [f"{'':46}{'base':>12}{'here':>12}{'ratio':>8}"]
    for key, (what, digits) in ROWS.items():
        lines.append(f"{what:46}{base[key]:>12,.{digits}f}{here[key]:>12,.{digits}f}{ratio[key]:>8.3f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="e90923b", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=3, help="each measures base, then here")
    parser.add_argument("--json", action="store_true", help="an object a line: base, here, ratio, then what to compare")
    chosen = parser.parse_args()
    if screenshots.browser_path() is None:
        parser.error(f"no browser on this machine: install one of {', '.join(screenshots.BROWSERS)}")
    base, here = compare(chosen.base, chosen.rounds)
    ratio = {key: here[key] / base[key] for key in ROWS}
    if chosen.json:
        for which, numbers in (("base", base), ("here", here), ("ratio", ratio)):
            print(json.dumps({"which": which, **numbers}))
        print(json.dumps({key: here[key] for key in ("bytes", "cpu_seconds")}))
    else:
        print(table(base, here, ratio))


if __name__ == "__main__":
    main()
