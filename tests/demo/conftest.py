"""What the tests of the demo without a browser share."""

import asyncio

import pytest


@pytest.fixture
def event_loops(monkeypatch):
    """Gradio makes some and closes none."""
    made, make = [], asyncio.new_event_loop
    monkeypatch.setattr(asyncio, "new_event_loop", lambda: made.append(make()) or made[-1])
    yield
    asyncio.set_event_loop(None)
    for loop in made:
        loop.close()


@pytest.fixture
def few_faces(monkeypatch):
    """Train's drawn faces, so few that a training takes no time."""
    from vae_course.demo.tabs.train import learner, sets

    monkeypatch.setattr(sets, "FACES", 240)
    monkeypatch.setattr(learner, "JUDGED", 12)
    sets._shared.cache_clear()
    yield
    sets._shared.cache_clear()


@pytest.fixture
def visitor():
    """Somebody who has done nothing yet, and whose event is handled."""
    from vae_course.demo.core import store

    with store.visiting(None) as current:
        yield current


@pytest.fixture
def queue(monkeypatch):
    """Train's queue, empty, and empty again at the end."""
    from helpers.train import wait

    from vae_course.demo.tabs.train import bench

    new = bench.Queue()
    monkeypatch.setattr(bench, "QUEUE", new)
    yield new
    for run in [*new.waiting, *new.running]:
        run.end()
        new.leave(run)
    wait(lambda: not new.running)
