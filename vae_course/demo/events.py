"""How a control reaches a tab: one cheap call, and a sentence in the page's language when it can't be done."""

import logging
from collections.abc import Callable
from html import escape

import gradio as gr

from ..text import Both, pick
from . import store
from .limits import Refused

log = logging.getLogger(__name__)
UNEXPECTED = Both(
    es="Algo falló en el servidor. El detalle quedó en su registro; conviene intentarlo otra vez.",
    en="Something failed on the server. Its log has the details; please try again.",
)
CHEAP = {"queue": False, "preprocess": False, "show_progress": "hidden", "api_visibility": "private"}


def notice() -> gr.HTML:
    """Where a tab says what could not be done; takes no room while there is nothing to say."""
    return gr.HTML("", apply_default_css=False, elem_classes="notice-area")


def sentence(text: Both, lang: str) -> str:
    return f'<p class="notice" role="alert">{escape(pick(text, lang))}</p>'


def guarded(handler: Callable, outputs: int, lang: str) -> Callable:
    """The handler, for the visitor of the request, with one more output in front: the notice.

    What can't be done leaves the other outputs alone.
    """

    def run(request: gr.Request, *values):
        try:
            with store.visiting(request):
                results = handler(*values)
            return "", *(results if isinstance(results, tuple) else (results,))
        except Refused as refusal:
            return sentence(refusal.sentence, lang), *[gr.skip()] * outputs
        except Exception:
            log.exception("%s failed", handler.__name__)
            return sentence(UNEXPECTED, lang), *[gr.skip()] * outputs

    return run


def connect(triggers, handler: Callable, inputs: list, outputs: list, said: gr.HTML, lang: str) -> None:
    """handler(*inputs) -> outputs, at each trigger, a listener such as slider.input; only the last call counts."""
    run = guarded(handler, len(outputs), lang)
    for trigger in triggers:
        trigger(run, inputs, [said, *outputs], trigger_mode="always_last", **CHEAP)


def connect_pick(picker: gr.HTML, handler: Callable, inputs: list, outputs: list, said: gr.HTML, lang: str) -> None:
    """handler(what was picked, *inputs) -> outputs, for each pick(data, slot) of the picker's script, one at a time.

    Not Gradio's event data: while a call is under way, that of later events would be lost.
    """
    picker.elem_id = f"pick-{picker._id}"  # where page.js keeps what waits

    def taken(picked, *values):
        return handler(picked, *values) if isinstance(picked, dict) else (gr.skip(),) * len(outputs)

    run = guarded(taken, len(outputs), lang)
    take = f"(_, ...values) => [window.vaeCourse.picked('{picker.elem_id}'), ...values]"
    picker.pick(run, [picker, *inputs], [said, *outputs], js=take, trigger_mode="always_last", **CHEAP)
