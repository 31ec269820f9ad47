"""What the tests of the tab Train share: a tiny plan, waiting, what the page is told."""

import html
import json
import re
import time

from vae_course.demo.core import model
from vae_course.demo.tabs.train.plans import Plan
from vae_course.demo.tabs.train.run import Run

TINY = Plan(network="dense", latent=3, batch=8)
PATIENCE = 60  # seconds, on a machine that does other things too


def wait(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def told(value: str) -> dict:
    return json.loads(html.unescape(re.search('data-feed="([^"]*)"', value)[1]))


def finished(plan=TINY, steps=12, **more) -> tuple[Run, list[model.Own]]:
    kept = []
    run = Run(plan, keep=kept.append, most_steps=steps, **more)
    run.work(lambda: False)
    return run, kept
