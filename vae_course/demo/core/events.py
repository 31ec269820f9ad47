"""How a control reaches a tab: one cheap call, and a sentence in the page's language when it can't be done."""

import logging
from collections.abc import Callable, Sequence

import gradio as gr
from markupsafe import Markup

from ...text import Both, pick
from . import limits, model, store, texts
from .limits import Refused

log = logging.getLogger(__name__)
MODEL_MENU = "model-menu"  # the class of an element that is a menu of models
CHEAP = {"queue": False, "preprocess": False, "show_progress": "hidden", "api_visibility": "private"}


def notice() -> gr.HTML:
    """Where a tab says what could not be done; takes no room while there is nothing to say."""
    return gr.HTML("", apply_default_css=False, elem_classes="notice-area", js_on_load=None)


def sentence(text: Both, lang: str) -> Markup:
    return Markup('<p class="notice" role="alert">{}</p>').format(pick(text, lang))


def guarded(handler: Callable, inputs: Sequence, outputs: Sequence, lang: str) -> Callable:
    """The handler, for the visitor of the request, with one more output in front, the notice: what `limits.tell` says.

    An input that is a menu of models reaches it as the `Model` that is chosen, taken once, when the event begins. What
    can't be done leaves the other outputs alone.
    """
    menus = [MODEL_MENU in (getattr(component, "elem_classes", None) or ()) for component in inputs]

    def run(request: gr.Request, *values):
        told: list[Both] = []
        limits.told.set(told)
        try:
            with store.visiting(request):
                taken = [model.take(value) if menu else value for menu, value in zip(menus, values, strict=True)]
                results = handler(*taken)
            notices = "".join(sentence(text, lang) for text in told)
            return notices, *(results if isinstance(results, tuple) else (results,))
        except Refused as refusal:
            return sentence(refusal.sentence, lang), *[gr.skip()] * len(outputs)
        except Exception:
            log.exception("%s failed", handler)
            return sentence(texts.UNEXPECTED, lang), *[gr.skip()] * len(outputs)

    return run


def connect(triggers, handler: Callable, inputs: list, outputs: list, notice: gr.HTML, lang: str) -> None:
    """handler(*inputs) -> outputs, at each trigger, a listener such as slider.input; only the last call counts."""
    run = guarded(handler, inputs, outputs, lang)
    for trigger in triggers:
        trigger(run, inputs, [notice, *outputs], trigger_mode="always_last", **CHEAP)


def in_page(triggers, script: str, inputs: list, outputs: list) -> None:
    """A function of the page, of the inputs' values, gives the outputs at each trigger; the server is not asked."""
    for trigger in triggers:
        trigger(None, inputs, outputs, js=script, api_visibility="private")


def connect_pick(picker: gr.HTML, handler: Callable, inputs: list, outputs: list, notice: gr.HTML, lang: str) -> None:
    """handler(what was picked, *inputs) -> outputs, for each pick(data, slot) of the picker's script, one at a time.

    Not Gradio's event data: while a call is under way, that of later events would be lost.
    """
    picker.elem_id = f"pick-{picker._id}"  # where page.js keeps what waits

    def take(picked, *values):
        return handler(picked, *values) if isinstance(picked, dict) else (gr.skip(),) * len(outputs)

    all_inputs = [picker, *inputs]
    run = guarded(take, all_inputs, outputs, lang)
    script = f"(_, ...values) => [window.vaeCourse.picked('{picker.elem_id}'), ...values]"
    picker.pick(run, all_inputs, [notice, *outputs], js=script, trigger_mode="always_last", **CHEAP)
