"""When a visitor's model was trained, all menus of models offer it."""

import gradio as gr

from ...core import events
from ...core.model import choices
from ...ui import parts


def connect(lang: str, menus: list[gr.Dropdown]) -> None:
    """Makes the bell that this tab's script rings, and what it does to the menus of the page."""
    notice, bell = events.notice(), parts.html("", "train-feed", script="train/bell")

    def offer(_event):
        return (gr.update(choices=choices(lang)),) * len(menus)

    events.connect_pick(bell, offer, [], menus, notice, lang)
