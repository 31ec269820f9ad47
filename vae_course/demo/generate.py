"""The tab Generate: pictures that nobody took, from a z that was drawn."""

from html import escape

import gradio as gr
import torch
from torch import Tensor

from ..faces import draw_gaussian
from ..sampling import sample_prior
from ..text import Both, pick
from . import events, limits, models, parts, pictures

NAME = Both(es="Generar", en="Generate")
LEAD = Both(
    es="El decoder convierte cualquier punto z en una imagen. De dónde sale z importa tanto como el decoder.",
    en="The decoder turns any point z into a picture. Where z comes from matters as much as the decoder.",
)
SOURCES = ("prior", "gaussian")
TITLES = {
    "prior": Both(es="z del prior N(0, I)", en="z from the prior N(0, I)"),
    "gaussian": Both(es="z de la gaussiana ajustada", en="z from the fitted Gaussian"),
}
EXPLANATIONS = {
    "prior": Both(es="Donde la KL pide que estén los códigos.", en="Where the KL term asks the codes to be."),
    "gaussian": Both(
        es="Donde los códigos de las imágenes de entrenamiento están de verdad.",
        en="Where the codes of the training pictures really are.",
    ),
}
SHOWN = {
    "both": Both(es="Ambas, lado a lado", en="Both, side by side"),
    "prior": Both(es="El prior N(0, I)", en="The prior N(0, I)"),
    "gaussian": Both(es="La gaussiana ajustada", en="The fitted Gaussian"),
}
SOURCE = Both(es="De dónde sale z", en="Where z comes from")
SEED = Both(es="Semilla", en="Seed")
ANOTHER = Both(es="Otra semilla", en="Another seed")
COUNT = Both(es="Cantidad", en="How many")
TEMPERATURE = Both(es="Temperatura", en="Temperature")
TEMPERATURE_INFO = Both(
    es="Multiplica la distancia al centro: menos variedad abajo, más riesgo arriba.",
    en="Scales the distance from the centre: less variety below 1, more risk above.",
)
SAVE = Both(es="Descargar la hoja", en="Download the sheet")
ALT = Both(es="Imagen generada {number}, {title}", en="Generated picture {number}, {title}")
MOST, HOTTEST = 64, 2.0
ASKED = {  # what a sentence calls them when they are out of bounds
    "count": Both(es="La cantidad", en="The count"),
    "temperature": Both(es="La temperatura", en="The temperature"),
    "source": Both(es="La fuente de z", en="The source of z"),
}
START = {"seed": 7, "count": 16, "temperature": 1.0}
PREFERRED = ("faces", "cats", "drawn")


def compute(name: str, seed: int, count: int, temperature: float, source: str) -> Tensor:
    """count pictures (count, C, H, W). Raises Refused for what is out of bounds."""
    model = models.load(models.known(name))
    source = limits.one_of(source, SOURCES, ASKED["source"])
    generator = torch.Generator().manual_seed(limits.seed(seed))
    count = limits.whole(count, 1, MOST, ASKED["count"])
    temperature = limits.number(temperature, 0.0, HOTTEST, ASKED["temperature"])
    if source == "prior":
        return models.decode(name, temperature * sample_prior(count, model.latent_dim, generator))
    mean, covariance = models.gaussian(name)
    return models.decode(name, draw_gaussian(mean, temperature**2 * covariance, count, generator))


def render(lang: str, name: str, seed: int, count: int, temperature: float, shown: str) -> str:
    """One panel of pictures for each source."""
    sources = SOURCES if limits.one_of(shown, tuple(SHOWN), ASKED["source"]) == "both" else (shown,)
    panels = [_panel(lang, name, source, seed, compute(name, seed, count, temperature, source)) for source in sources]
    return f'<div class="panels panels-{len(panels)}">{"".join(panels)}</div>'


def _panel(lang: str, name: str, source: str, seed: int, x: Tensor) -> str:
    title = pick(TITLES[source], lang)
    alts = (pick(ALT, lang).format(number=k + 1, title=title) for k in range(len(x)))
    images = "".join(pictures.img(picture, alt, pictures.LIVE) for picture, alt in zip(x, alts, strict=True))
    columns = 4 if len(x) <= 16 else 6 if len(x) <= 36 else 8
    save = pictures.save_button(
        pick(SAVE, lang), f"{name}-{source}-{int(seed)}.png", columns, within="section", short="PNG ↓"
    )
    return (
        f'<section class="panel"><header><h3>{escape(title)}</h3>{save}</header>'
        f"<p>{escape(pick(EXPLANATIONS[source], lang))}</p>"
        f'<div class="sheet" style="--columns:{columns}">{images}</div></section>'
    )


def build(lang: str) -> None:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name = models.first(*PREFERRED)
    parts.lead(LEAD, lang)
    said = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            model, about = parts.model_menu(name, lang), parts.about_area(name, lang)
            with gr.Row(elem_classes="pair"):
                seed = gr.Number(START["seed"], precision=0, label=pick(SEED, lang), min_width=100)
                another = gr.Button(pick(ANOTHER, lang), variant="primary", min_width=120)
        with gr.Column(elem_classes="result"):
            sheet = parts.html(render(lang, name, **START, shown="both"))
        with gr.Column(elem_classes="how"):
            source = gr.Radio(
                [(pick(title, lang), key) for key, title in SHOWN.items()], value="both", label=pick(SOURCE, lang)
            )
            count = gr.Slider(1, MOST, START["count"], step=1, label=pick(COUNT, lang), buttons=[])
            words = {"label": pick(TEMPERATURE, lang), "info": pick(TEMPERATURE_INFO, lang)}
            temperature = gr.Slider(0, HOTTEST, START["temperature"], step=0.05, buttons=[], **words)
    controls = [model, seed, count, temperature, source]
    _wire(lang, controls, another, sheet, about, said)


def _wire(lang: str, controls: list, another: gr.Button, sheet: gr.HTML, about: gr.HTML, said: gr.HTML) -> None:
    model, seed, count, temperature, source = controls

    def draw(*values):
        return render(lang, *values)

    def draw_other(name, *values):
        return render(lang, name, *values), parts.about(name, lang)

    def draw_again(name, old, *values):
        new = int(torch.randint(0, 10_000, ()).item())
        return render(lang, name, new, *values), new

    live = [seed.input, count.input, temperature.input, source.input]
    events.connect(live, draw, controls, [sheet], said, lang)
    events.connect([model.input], draw_other, controls, [sheet, about], said, lang)
    events.connect([another.click], draw_again, controls, [sheet, seed], said, lang)
