"""The run that the tab Train opens with: one training of this very page, kept in recorded.json.

`python -m vae_course.demo.tabs.train.recording` makes it again; it takes about two minutes.
"""

import json
import math
from functools import lru_cache
from pathlib import Path

import torch

from ....files import replacing
from ...core import published
from .plans import Plan
from .run import Run

FILE = Path(__file__).with_name("recorded.json")
STEPS, GROWTH = 1500, 1.3


@lru_cache(maxsize=1)
def address() -> str:
    """Where the page's script fetches it from."""
    return published.publish(FILE.read_bytes(), "json")


@lru_cache(maxsize=1)
def recorded() -> dict:
    """lines, originals, points and frames as the page wants them; steps and seconds."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def record(steps: int = STEPS) -> dict:
    run = Run(Plan(), limit=600.0, most_steps=steps, growth=GROWTH)
    run.polled = math.inf  # nobody needs to look
    run.work(lambda: False)
    return run.news(0, 0) | {"id": "recorded", "steps": run.steps, "seconds": round(run.seconds)}


def main() -> None:
    torch.set_num_threads(1)
    with replacing(FILE) as temporary:
        temporary.write_text(json.dumps(record(), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
