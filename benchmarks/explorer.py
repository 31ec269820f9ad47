"""How soon the explorer's first picture is there, and how it follows a finger: python benchmarks/explorer.py [--json].

Bytes are what the page gets, over a line of 9 Mbit/s and 40 ms as Chromium itself imitates it, with an empty cache; the
worker's own request, the kernel of 2 kB, is not among them. A drag is 120 moves of a pointer, one a frame: of each, the
milliseconds from the move to the picture. Two numbers are the median and the 95th percentile. Needs Playwright and a
Chromium.
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers import screenshots  # noqa: E402
from helpers.engine import file_server  # noqa: E402

from vae_course.site.write import home, write  # noqa: E402

LINE = {"offline": False, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8, "latency": 40}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DRAG = """async () => {
  const plane = document.querySelector('.plane'), box = plane.getBoundingClientRect(), lags = [], frames = [];
  const send = (kind, k) => plane.dispatchEvent(new PointerEvent(kind, {
    pointerId: 1, bubbles: true,
    clientX: box.left + box.width * (0.1 + 0.006 * k), clientY: box.top + box.height * (0.2 + 0.005 * k),
  }));
  plane.setPointerCapture = () => {};
  plane.hasPointerCapture = () => true;
  send('pointerdown', 0);
  for (let k = 1; k <= 120; k++) {
    frames.push(await new Promise(requestAnimationFrame));
    const before = performance.now();
    await new Promise((done) => {
      const watch = new MutationObserver(() => { watch.disconnect(); done(); });
      watch.observe(plane, {attributeFilter: ['data-decoded']});
      send('pointermove', k);
    });
    lags.push(performance.now() - before);
  }
  return {lags, frames: frames.slice(1).map((time, k) => time - frames[k])};
}"""


def first_picture(chromium, address: str) -> tuple[float, int]:
    """(milliseconds from the beginning of the navigation, bytes) until the first decoded picture."""
    context = chromium.new_context(**PHONE)
    view, came = context.new_page(), []
    wire = context.new_cdp_session(view)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", LINE)
    wire.on("Network.dataReceived", lambda event: came.append(event["encodedDataLength"]))
    wire.on("Network.responseReceived", lambda event: came.append(event["response"].get("encodedDataLength", 0)))
    view.goto(address, wait_until="commit")
    view.wait_for_function("document.documentElement.dataset.decoded", polling="raf")
    milliseconds, size = view.evaluate("performance.now()"), sum(came)
    context.close()
    return milliseconds, size


def drag(chromium, address: str) -> dict[str, list[float]]:
    context = chromium.new_context(**PHONE)
    view = context.new_page()
    view.goto(address)
    view.locator(".tiles[data-whole]").wait_for(state="attached")
    times = view.evaluate(DRAG)
    context.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="all on one line")
    chosen = parser.parse_args()
    times = chosen.times
    with tempfile.TemporaryDirectory() as place, screenshots.browser() as chromium:
        write(Path(place, "explorer"), repository=home())
        with file_server(Path(place)) as served:
            address = f"{served}/explorer/"
            firsts = [first_picture(chromium, address) for _ in range(times)]
            drags = [drag(chromium, address) for _ in range(times)]
    lags, frames = ([value for one in drags for value in one[key]] for key in ("lags", "frames"))
    print(json.dumps({
        "first picture, ms": round(statistics.median(ms for ms, _ in firsts)), "bytes": max(size for _, size in firsts),
        "move to picture, ms": [round(value, 1) for value in statistics.quantiles(lags, n=20)[9:19:9]],
        "frame, ms": [round(value, 1) for value in statistics.quantiles(frames, n=20)[9:19:9]],
    }, indent=None if chosen.json else 1))  # fmt: skip


if __name__ == "__main__":
    main()
