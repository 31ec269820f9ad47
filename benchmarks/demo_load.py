"""How the demo bears a class: python benchmarks/demo_load.py [--visitors 30] [--seconds 60] [--url URL].

First each action alone, one after the other: the server's CPU milliseconds. Then all visitors at once, each acting
every three seconds: latencies, errors, memory. Without --url it starts `python app.py` itself, to be measured on Linux.
"""

import argparse
import asyncio
import json
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
EVERY = 3.0  # seconds between two actions of one visitor
ALONE = 40  # calls of each action


@dataclass(frozen=True)
class Action:
    """One control of the page, as its event reaches the server."""

    name: str
    fn_index: int
    data: list  # the inputs' opening values
    place: int | None  # of the control's own value among them
    values: list  # what it may be moved to

    def body(self, session: str) -> dict:
        data = list(self.data)
        if self.place is not None:
            data[self.place] = random.choice(self.values)
        return {"data": data, "fn_index": self.fn_index, "trigger_id": None, "session_hash": session}


def configuration(page: str) -> dict:
    return json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)[1])


def fills(page: str) -> dict[int, list[int]]:
    """The calls with which a page fills its tabs when they are opened: fn_index -> ids of what they fill."""
    tabs = re.search(r'data-tabs="([^"]+)"', page)[1].split()
    return {
        event["id"]: event["outputs"]
        for event in configuration(page)["dependencies"]
        if event.get("backend_fn") and any(kind in tabs for _, kind in event["targets"])
    }


def actions(page: str, opened: dict[int, object]) -> list[Action]:
    """Every slider, number, radio, dropdown and button of the page whose event the server answers at once.

    opened: what the tabs' components show once they are filled, by their ids.
    """
    config, found = configuration(page), []
    parts = {part["id"]: part for part in config["components"]}
    for event in config["dependencies"]:
        for target, kind in event["targets"]:
            part = parts.get(target, {})
            label = part.get("props", {}).get("label") or part.get("props", {}).get("value")
            if event.get("backend_fn") and not event.get("queue") and kind in ("input", "click") and label:
                data = [
                    None if parts[key]["type"] == "state" else opened.get(key, parts[key]["props"].get("value"))
                    for key in event["inputs"]
                ]
                place = event["inputs"].index(target) if target in event["inputs"] and kind == "input" else None
                found.append(Action(f"{label} ({part['type']})", event["id"], data, place, values(part)))
    return [one for one in found if one.place is None or one.values]


def values(part: dict) -> list:
    props = part["props"]
    if part["type"] == "slider":
        low, high, step = props["minimum"], props["maximum"], props.get("step") or 0.1
        return [round(low + step * k, 6) for k in range(1 + round((high - low) / step))]
    if part["type"] in ("radio", "dropdown"):
        return [choice[1] for choice in props["choices"]]
    return list(range(1, 1000)) if part["type"] == "number" else []


@contextmanager
def served():
    """The demo as a process of its own: (address, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                httpx.get(url, timeout=60)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def cpu_seconds(pid: int | None) -> float:
    if pid is None:
        return float("nan")
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int | None) -> float:
    """Megabytes."""
    if pid is None:
        return float("nan")
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


class Visitor:
    """One browser: its cookie, its session, its calls."""

    def __init__(self, url: str):
        self.client = httpx.AsyncClient(base_url=url, timeout=60)
        self.session = secrets.token_hex(6)

    async def open(self, page: str) -> dict[int, object]:
        """Opens every tab; what its components show then, by their ids."""
        shown = {}
        await self.client.get("/en")
        for fn_index, outputs in fills(page).items():
            body = {"data": [{}], "fn_index": fn_index, "trigger_id": None, "session_hash": self.session}
            answer = await self.client.post("/gradio_api/run/predict", json=body)
            shown |= dict(zip(outputs, answer.json()["data"], strict=True))
        values = {key: new.get("value") if isinstance(new, dict) else new for key, new in shown.items()}
        return {key: value for key, value in values.items() if value is not None}

    async def act(self, action: Action) -> tuple[float, bool]:
        """(seconds, whether it was answered)"""
        start = time.perf_counter()
        answer = await self.client.post("/gradio_api/run/predict", json=action.body(self.session))
        return time.perf_counter() - start, answer.status_code == 200


async def alone(url: str, pid: int | None, page: str) -> list[Action]:
    visitor = Visitor(url)
    all_actions = actions(page, await visitor.open(page))
    for action in all_actions:
        for _ in range(3):
            await visitor.act(action)
        before = cpu_seconds(pid)
        took = [(await visitor.act(action))[0] for _ in range(ALONE)]
        cost = 1000 * (cpu_seconds(pid) - before) / ALONE
        print(f"{action.name[:50]:50} {cost:7.1f} ms CPU {1000 * statistics.median(took):7.1f} ms answered", flush=True)
    return all_actions


async def together(
    url: str, pid: int | None, page: str, all_actions: list[Action], visitors: int, seconds: float
) -> None:
    found, end = [], time.monotonic() + seconds
    memory = [resident(pid)]

    async def visit(k: int):
        visitor = Visitor(url)
        await visitor.open(page)
        await asyncio.sleep(EVERY * k / visitors)
        while time.monotonic() < end:
            found.append(await visitor.act(random.choice(all_actions)))
            await asyncio.sleep(max(0.0, EVERY - found[-1][0]))

    async def watch():
        while time.monotonic() < end:
            await asyncio.sleep(5)
            memory.append(resident(pid))

    before = cpu_seconds(pid)
    await asyncio.gather(watch(), *(visit(k) for k in range(visitors)))
    times = sorted(took for took, _ in found)
    p50, p95 = (times[int(share * (len(times) - 1))] for share in (0.5, 0.95))
    failed = sum(not answered for _, answered in found)
    spent, used = cpu_seconds(pid) - before, ", ".join(f"{one:.0f}" for one in memory)
    print(f"{visitors} visitors, {len(found)} actions, {failed} failed, {spent:.1f} s of server CPU")
    print(f"answered within: median {p50:.2f} s, 95th percentile {p95:.2f} s, worst {times[-1]:.2f} s")
    print(f"server memory, MB every 5 s: {used}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--url", help="a demo that runs already")
    chosen = parser.parse_args()
    with elsewhere(chosen.url) if chosen.url else served() as (url, pid):
        page = httpx.get(f"{url}/en", timeout=60).text
        all_actions = asyncio.run(alone(url, pid, page))
        asyncio.run(together(url, pid, page, all_actions, chosen.visitors, chosen.seconds))


@contextmanager
def elsewhere(url: str):
    yield url.rstrip("/"), None


if __name__ == "__main__":
    main()
