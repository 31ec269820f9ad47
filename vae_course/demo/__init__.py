"""The demo: what a class sees in the browser. The only part of the course that imports gradio."""

import inspect
from unittest import mock

from ..text import texts_beside
from .environment import prepare

prepare()
_getfile = inspect.getfile


def _file_of(thing):
    """As inspect.getfile, but Gradio's classes have none: half of its import is writing type stubs beside them."""
    if inspect.isclass(thing) and thing.__module__.startswith("gradio."):
        raise OSError("no stubs, please")
    return _getfile(thing)


with mock.patch.object(inspect, "getfile", _file_of):
    import gradio  # noqa: F401

texts = texts_beside(__file__)
