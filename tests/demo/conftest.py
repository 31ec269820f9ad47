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
