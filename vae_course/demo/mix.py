"""The tab Mix: the way from one picture to another through the latent space."""

from html import escape

import gradio as gr
import torch
from torch import Tensor

from ..latent_space import lerp, slerp
from ..text import Both, pick
from . import events, gallery, limits, models, parts, pictures

NAME = Both(es="Mezclar", en="Mix")
LEAD = Both(
    es="Entre dos códigos hay un camino, y cada punto es una imagen: una sola forma que cambia, no dos fantasmas.",
    en="Between two codes there is a path, and each point on it is a picture: one shape that changes, not two ghosts.",
)
STEPS = 11
PATHS = {
    "lerp": (lerp, Both(es="Recta (lerp)", en="Straight line (lerp)")),
    "slerp": (slerp, Both(es="Arco (slerp)", en="Arc (slerp)")),
}
ASKED = Both(es="El camino", en="The path")
PATH = Both(es="Camino", en="Path")
SIDES = {"a": Both(es="Desde", en="From"), "b": Both(es="Hasta", en="To")}
ALT = Both(
    es="Paso {step} de {steps}: {share} % de la segunda imagen",
    en="Step {step} of {steps}: {share} % of the second picture",
)
SAVE = Both(es="Descargar el paso {step}", en="Download step {step}")
SAVE_ALL = Both(es="Descargar la tira", en="Download the strip")
STRIP = Both(es="{title}: de una imagen a la otra", en="{title}: from one picture to the other")
PREFERRED = ("cats", "faces", "drawn")


def compute(name: str, a, b, path: str) -> Tensor:
    """The strip (11, C, H, W) between two choices, each a gallery index or the pixels of an upload. Raises Refused."""
    models.known(name)
    walk, _ = PATHS[limits.one_of(path, tuple(PATHS), ASKED)]
    ends = [gallery.picked(name, choice).mu[0] for choice in (a, b)]
    return models.decode(name, walk(*ends, torch.linspace(0, 1, STEPS)))


def render(lang: str, name: str, a, b, path: str) -> str:
    """The strip, each step with its own download."""
    steps = []
    for k, picture in enumerate(compute(name, a, b, path)):
        share = round(100 * k / (STEPS - 1))
        alt = pick(ALT, lang).format(step=k + 1, steps=STEPS, share=share)
        words = pick(SAVE, lang).format(step=k + 1)
        save = pictures.save_button(words, f"{name}-{path}-{k + 1:02d}.png", short="PNG ↓")
        steps.append(pictures.figure(picture, alt, f"<b>{share} %</b>", save))
    title = pick(STRIP, lang).format(title=pick(models.title(name), lang))
    whole = pictures.save_button(pick(SAVE_ALL, lang), f"{name}-{path}.png", STEPS, within="section", short="PNG ↓")
    header = f"<header><h3>{escape(title)}</h3>{whole}</header>"
    return f'<section class="panel">{header}<div class="strip">{"".join(steps)}</div></section>'


def start(name: str) -> tuple[int, int]:
    """Two pictures from the more typical half of the gallery, those whose decodings differ most."""
    mu = gallery.stored(name).mu
    typical = gallery.typical(name)[: max(2, len(mu) // 2)]
    pixels = models.decode(name, mu[typical]).flatten(1)
    first, second = divmod(int(torch.cdist(pixels, pixels).argmax()), len(typical))
    return int(typical[first]), int(typical[second])


def build(lang: str) -> None:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name = models.first(*PREFERRED)
    a, b = start(name)
    parts.lead(LEAD, lang)
    said = events.notice()
    first, second = gr.State(a), gr.State(b)
    with gr.Row(elem_classes="bar"):
        model = parts.model_menu(name, lang)
        path = gr.Radio(
            [(pick(title, lang), key) for key, (_, title) in PATHS.items()], value="lerp", label=pick(PATH, lang)
        )
    about = parts.about_area(name, lang)
    strip = parts.html(render(lang, name, a, b, "lerp"))
    grid = parts.picker(name, lang, SIDES, {"a": a, "b": b})
    _wire(lang, [model, first, second, path], (strip, grid, about, said))


def _wire(lang: str, values: list, others: tuple) -> None:
    (model, first, second, path), (strip, grid, about, said) = values, others

    def take(event, name, a, b, walk):
        side, new = gallery.choice_of(event, tuple(SIDES), models.known(name))
        ends = {"a": a, "b": b} | {side: new}
        shown_grid = gallery.grid(name, lang, SIDES, ends) if "path" in event else gr.skip()
        return render(lang, name, *ends.values(), walk), *ends.values(), shown_grid

    def change_model(name, a, b, walk):
        a, b = (gallery.carried(choice, models.known(name)) for choice in (a, b))
        grid_again = gallery.grid(name, lang, SIDES, {"a": a, "b": b})
        return render(lang, name, a, b, walk), a, b, grid_again, parts.about(name, lang)

    def change_path(*chosen):
        return render(lang, *chosen)

    events.connect_pick(grid, take, values, [strip, first, second, grid], said, lang)
    events.connect([model.input], change_model, values, [strip, first, second, grid, about], said, lang)
    events.connect([path.input], change_path, values, [strip], said, lang)
