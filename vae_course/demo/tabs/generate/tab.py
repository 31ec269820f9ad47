"""The tab Generate: pictures that nobody took, from a z that was drawn."""

from functools import lru_cache
from html import escape

import gradio as gr
import torch
from torch import Tensor

from .. import data
from ..faces import draw_gaussian
from ..images import to_unit_range
from ..latent_space import latent_grid
from ..sampling import sample_prior
from ..text import Both, pick
from . import address, events, gallery, limits, models, parts, pictures

NAME = Both(es="Generar", en="Generate")
LEAD = Both(
    es="El decoder convierte cualquier punto z en una imagen. De dónde sale z importa tanto como el decoder.",
    en="The decoder turns any point z into a picture. Where z comes from matters as much as the decoder.",
)
SOURCES = ("plain", "prior", "gaussian")
TITLES = {
    "plain": Both(es="Autoencoder", en="Autoencoder"),
    "prior": Both(es="VAE, prior", en="VAE, prior"),
    "gaussian": Both(es="VAE, gaussiana ajustada", en="VAE, fitted Gaussian"),
}
EXPLANATIONS = {
    "plain": Both(
        es="z de N(0, I), pero entrenado sin KL: nadie le dijo dónde poner los códigos.",
        en="z from N(0, I), but trained without a KL: nobody told it where to put codes.",
    ),
    "prior": Both(
        es="z de N(0, I): donde la KL pide que estén los códigos.", en="z from N(0, I): where the KL asks codes to be."
    ),
    "gaussian": Both(
        es="z de donde los códigos de entrenamiento están de verdad.",
        en="z from where the training codes really are.",
    ),
}
SHOWN = {
    "all": Both(es="Todas, lado a lado", en="All, side by side"),
    "plain": Both(es="El autoencoder", en="The autoencoder"),
    "prior": Both(es="El prior N(0, I)", en="The prior N(0, I)"),
    "gaussian": Both(es="La gaussiana ajustada", en="The fitted Gaussian"),
}
NO_PLAIN = Both(
    es="Este modelo no tiene un hermano sin KL: la ropa y los rostros sí.",
    en="This model has no sibling without a KL: clothes and faces have.",
)
SOURCE = Both(es="De dónde sale z", en="Where z comes from")
SEED = Both(es="Semilla", en="Seed")
ANOTHER = Both(es="Otra semilla", en="Another seed")
COUNT = Both(es="Cantidad", en="How many")
TEMPERATURE = Both(es="Temperatura", en="Temperature")
TEMPERATURE_INFO = Both(
    es="Multiplica la distancia al centro: menos variedad abajo, más riesgo arriba.",
    en="Scales the distance from the centre: less variety below 1, more risk above.",
)
SAVE = Both(es="Descargar la lámina", en="Download the sheet")
CAPTION = Both(es="{model}: {source}, semilla {seed}", en="{model}: {source}, seed {seed}")
ALTS = {1: Both(es="Una imagen generada: {title}", en="One generated picture: {title}")}
ALT = Both(es="{count} imágenes generadas: {title}", en="{count} generated pictures: {title}")
AUTOENCODERS = {  # how a model's name begins -> its sibling with a beta of 0
    "fashion-beta": "fashion-beta-0", "fashion": "fashion-latent-{}-beta-0", "faces": "faces-beta-0",
}  # fmt: skip
MOST, HOTTEST = 64, 2.0
ASKED = {  # what a sentence calls them when they are out of bounds
    "count": Both(es="La cantidad", en="The count"),
    "temperature": Both(es="La temperatura", en="The temperature"),
    "source": Both(es="La fuente de z", en="The source of z"),
    "point": Both(es="La coordenada", en="The coordinate"),
}
CONTROLS = ("model", "seed", "count", "temperature", "shown")  # as the address names them
START = {"seed": 7, "count": 9, "temperature": 1.0}
PREFERRED = ("fashion-latent-8", "fashion-beta-1", "faces", "drawn")
HERE = (1.0, -1.0)  # the point that a 2-D model's map opens with
GRID, EDGE = 15, 3.0  # pictures a side and reach of a 2-D model's map
GRID_TITLE = Both(es="Todo el espacio latente", en="The whole latent space")
GRID_TEXT = Both(
    es="z tiene solo dos números: cada lugar del mapa es un z. Un clic, o las flechas del teclado, lo decodifican.",
    en="z has only two numbers: each place on the map is a z. A click, or the arrow keys, decode it.",
)
POINT = Both(es="z = ({x:.2f}; {y:.2f})", en="z = ({x:.2f}, {y:.2f})")
POINT_ALT = Both(es="Decodificación de {point}", en="Decoding of {point}")
MAP_ALT = Both(es="Mapa de imágenes decodificadas", en="Map of decoded pictures")
QUESTIONS = Both(es="Preguntas", en="Questions")
COLLAPSE = Both(
    es="¿Colapso de modos, o z sorteado en el lugar equivocado? Medirlo en Preguntas",
    en="Mode collapse, or z drawn in the wrong place? Measure it in Questions",
)
WITH_FACES = Both(es="Con rostros se nota más", en="With faces it shows more")
MEMORY = Both(es="¿Las aprendió de memoria?", en="Has it learnt them by heart?")
MEMORY_TEXT = {
    "train": Both(
        es="Debajo de cada muestra, la de código más cercano entre {n} imágenes de entrenamiento. La distancia {far}.",
        en="Below each sample the one with the nearest code among {n} training pictures. Their distance {far}.",
    ),
    "gallery": Both(
        es="Las imágenes de entrenamiento no están aquí: debajo, la más cercana de {n} en la galería. La distancia "
        "{far}.",
        en="The training pictures are not here: below, the nearest of the gallery's {n}. Their distance {far}.",
    ),
}
FAR = Both(
    es="mediana es {samples:.1f}; la de imágenes nunca vistas, {held:.1f}",
    en="is {samples:.1f} in the median; that of pictures never seen, {held:.1f}",
)
SAMPLE_ALT = Both(es="Muestra {number}", en="Sample {number}")
NEAREST_ALT = Both(es="Imagen más cercana a la muestra {number}", en="Nearest picture to sample {number}")
CHECKED, LOOKED_AT = 6, 400  # samples whose neighbours are shown; training pictures that are encoded


def plain(name: str) -> str | None:
    """The shipped autoencoder without a KL that learnt from the same pictures with as many dimensions."""
    if name == models.OWN or name.endswith("beta-0"):
        return None
    dimension = models.preset(name).model.latent_dim
    found = next((its for start, its in AUTOENCODERS.items() if name.startswith(start)), "").format(dimension)
    return found if found in models.ordered() else None


def compute(name: str, seed: int, count: int, temperature: float, source: str) -> Tensor:
    """count pictures (count, C, H, W). Raises Refused for what is out of bounds."""
    source = limits.one_of(source, SOURCES, ASKED["source"])
    name = models.known(name) if source != "plain" else plain(models.known(name))
    if name is None:
        raise limits.Refused(NO_PLAIN)
    return models.decode(name, draw(name, seed, count, temperature, source))


def draw(name: str, seed: int, count: int, temperature: float, source: str) -> Tensor:
    """The codes z, (count, D). Raises Refused for what is out of bounds."""
    generator = torch.Generator().manual_seed(limits.seed(seed))
    count = limits.whole(count, 1, MOST, ASKED["count"])
    temperature = limits.number(temperature, 0.0, HOTTEST, ASKED["temperature"])
    if source != "gaussian":
        return temperature * sample_prior(count, models.load(name).latent_dim, generator)
    mean, covariance = models.gaussian(name)
    return draw_gaussian(mean, temperature**2 * covariance, count, generator)


def render(lang: str, name: str, seed: int, count: int, temperature: float, shown: str) -> str:
    """One panel of pictures for each source."""
    shown = limits.one_of(shown, tuple(SHOWN), ASKED["source"])
    models.known(name)
    there = SOURCES if plain(name) else SOURCES[1:]
    sources = there if shown == "all" else (shown,)
    values = seed, count, temperature
    panels = [_panel(lang, name, source, seed, compute(name, *values, source)) for source in sources]
    noted = address.note(dict(zip(CONTROLS, (name, *values, shown), strict=True)), defaults())
    return f'<div class="panels panels-{len(panels)}">{"".join(panels)}</div>{_onward(lang, name)}{noted}'


def _onward(lang: str, name: str) -> str:
    """Links to where the columns' difference is measured, and to the model that shows it best."""
    links = [parts.link("questions", pick(QUESTIONS, lang), pick(COLLAPSE, lang), "collapse")]
    if not name.startswith("faces") and "faces" in models.ordered():
        links.append(f'<a href="?tab=generate&amp;generate.model=faces">{escape(pick(WITH_FACES, lang))}</a>')
    return f'<p class="onward">{" ".join(links)}</p>'


def _panel(lang: str, name: str, source: str, seed: int, x: Tensor) -> str:
    title = pick(TITLES[source], lang)
    columns = 3 if len(x) <= 9 else 4 if len(x) <= 16 else 6 if len(x) <= 36 else 8
    file = pictures.file_name(name, title, int(seed))
    save = pictures.save_button(pick(SAVE, lang), file)
    caption = pick(CAPTION, lang).format(model=pick(models.title(name), lang), source=title, seed=int(seed))
    header = parts.header(lang, title, caption, save)
    sheet = pictures.sheet(x, columns, pick(ALTS.get(len(x), ALT), lang).format(count=len(x), title=title))
    return f'<section class="panel">{header}<p>{escape(pick(EXPLANATIONS[source], lang))}</p>{sheet}</section>'


def plane(lang: str, name: str, x: float = HERE[0], y: float = HERE[1]) -> str:
    """A 2-D model's decoded lattice, to click on, and the point decoded large; empty for other models."""
    if models.load(models.known(name)).latent_dim != 2:
        return ""
    x, y = (limits.number(value, -EDGE, EDGE, ASKED["point"]) for value in (x, y))
    words = pick(POINT, lang).format(x=x, y=y)
    picture = pictures.img(models.decode(name, torch.tensor([[x, y]]))[0], pick(POINT_ALT, lang).format(point=words))
    left, top = (100 * (x + EDGE) / (2 * EDGE), 100 * (EDGE - y) / (2 * EDGE))
    return (
        f'<section class="panel plane" data-x="{x:.4f}" data-y="{y:.4f}" data-edge="{EDGE:g}">'
        f"<header><h3>{escape(pick(GRID_TITLE, lang))}</h3></header><p>{escape(pick(GRID_TEXT, lang))}</p>"
        f'<div class="both"><div class="lattice" tabindex="0" role="application" '
        f'aria-label="{escape(pick(MAP_ALT, lang))}. {escape(words)}">'
        f'<img src="{lattice(name)}" alt=""><i class="here" style="left:{left:.2f}%;top:{top:.2f}%"></i></div>'
        f"<figure>{picture}<figcaption>{escape(words)}</figcaption></figure></div>"
        f"{address.note({'x': round(x, 3), 'y': round(y, 3)}, dict(zip('xy', HERE, strict=True)))}</section>"
    )


def lattice(name: str) -> str:
    """The decoded lattice as one picture, (x to the right, y upwards), as a data URI."""
    return _lattice.__wrapped__(name) if name == models.OWN else _lattice(name)


@lru_cache(maxsize=8)
def _lattice(name: str) -> str:
    half = EDGE * (GRID - 1) / GRID  # the middles of the outer pictures
    x = models.decode(name, latent_grid(GRID, half))
    _, channels, height, width = x.shape
    sheet = x.unflatten(0, (GRID, GRID)).permute(2, 0, 3, 1, 4).reshape(channels, GRID * height, GRID * width)
    return pictures.data_uri(pictures.encode(pictures.to_bytes(sheet), {"format": "webp", "quality": 80}), "webp")


def memory(lang: str, name: str, seed: int, count: int, temperature: float, shown: str) -> str:
    """The first samples, and below each the picture whose code lies nearest: is anything copied?"""
    source = "prior" if shown == "prior" else "gaussian"
    z = draw(models.known(name), seed, min(limits.whole(count, 1, MOST, ASKED["count"]), CHECKED), temperature, source)
    kind, codes, known = training_codes(name)
    nearest = torch.cdist(z, codes).min(dim=1)
    held = torch.cdist(gallery.stored(name).mu, codes)
    held = held.masked_fill(held < 1e-6, torch.inf).min(dim=1).values  # not to themselves
    samples = models.decode(name, z)
    tops = [pictures.img(one, pick(SAMPLE_ALT, lang).format(number=k + 1)) for k, one in enumerate(samples)]
    below = known(nearest.indices)
    belows = [pictures.img(one, pick(NEAREST_ALT, lang).format(number=k + 1)) for k, one in enumerate(below)]
    far = FAR.format(samples=nearest.values.median().item(), held=held.median().item())
    text = pick(MEMORY_TEXT[kind].format(n=len(codes), far=far), lang)
    asked = pick(MEMORY, lang)
    header = parts.header(lang, asked, f"{pick(models.title(name), lang)}: {asked}")
    return (
        f'<section class="panel">{header}'
        f'<p>{escape(text)}</p><div class="sheet memory" style="--columns:{len(z)}">{"".join(tops + belows)}</div>'
        "</section>"
    )


def training_codes(name: str):
    """(kind, codes (M, D), indices -> pictures (n, C, H, W)): of training pictures here, else of the gallery."""
    found = None if name == models.OWN else _training_codes(name)
    if found is None:
        return "gallery", gallery.stored(name).mu, lambda indices: gallery.shown(name)[indices]
    mu, images = found
    return "train", mu, lambda indices: to_unit_range(images[indices])


@lru_cache(maxsize=4)
def _training_codes(name: str) -> tuple[Tensor, Tensor] | None:
    """Codes and pictures (uint8) of the first training pictures; None where the set is not on this machine."""
    try:
        images = data.load(models.preset(name).data)
    except (data.DataError, OSError):
        return None
    some = images.images[images.train[:LOOKED_AT]].clone()
    return models.encode(name, to_unit_range(some))[0], some


# a click on the lattice, or an arrow key, becomes the event "pick"
SCRIPT = """
const go = (x, y) => {
  const plane = element.querySelector('.plane'), edge = Number(plane.dataset.edge);
  const within = (value) => Math.max(-edge, Math.min(edge, value));
  pick({x: within(x), y: within(y)}, 'point');
};
element.addEventListener('click', event => {
  const lattice = event.target.closest('.lattice');
  if (!lattice) return;
  lattice.focus();
  const box = lattice.getBoundingClientRect(), edge = Number(element.querySelector('.plane').dataset.edge);
  go(edge * (2 * (event.clientX - box.left) / box.width - 1), edge * (1 - 2 * (event.clientY - box.top) / box.height));
});
element.addEventListener('keydown', event => {
  const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
  const plane = element.querySelector('.plane');
  if (!step || !event.target.closest('.lattice')) return;
  event.preventDefault();
  element.dataset.typing = 'yes';
  go(Number(plane.dataset.x) + 0.2 * step[0], Number(plane.dataset.y) + 0.2 * step[1]);
});
watch('value', () => requestAnimationFrame(() => {
  if (element.dataset.typing) element.querySelector('.lattice')?.focus();
  delete element.dataset.typing;
}));
"""


def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    return dict(zip(CONTROLS, (models.first(*PREFERRED), *START.values(), "all"), strict=True))


def build(lang: str) -> address.Kept:
    """The tab's controls and pictures, in the Blocks context that is open."""
    start = defaults()
    name = start["model"]
    parts.lead(LEAD, lang)
    said = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            model, about = parts.model_menu(name, lang), parts.about_area(name, lang)
            with gr.Row(elem_classes="pair"):
                seed = gr.Number(START["seed"], precision=0, label=pick(SEED, lang), min_width=100)
                another = gr.Button(pick(ANOTHER, lang), variant="primary", min_width=120)
        with gr.Column(elem_classes="result"):
            sheet = parts.html(render(lang, *start.values()))
            point = parts.html(plane(lang, name), "plane-area", script=SCRIPT)
            found = parts.html("", "memory-area")
            check = gr.Button(pick(MEMORY, lang), elem_classes="small")
        with gr.Column(elem_classes="how"):
            source = gr.Radio(choices(lang, name), value="all", label=pick(SOURCE, lang))
            count = gr.Slider(1, MOST, START["count"], step=1, label=pick(COUNT, lang), buttons=[])
            words = {"label": pick(TEMPERATURE, lang), "info": pick(TEMPERATURE_INFO, lang)}
            temperature = gr.Slider(0, HOTTEST, START["temperature"], step=0.05, buttons=[], **words)
    controls = [model, seed, count, temperature, source]
    _wire(lang, controls, (another, check), (sheet, about, point, found), said)
    return address.Kept([*controls, sheet, about, point], _restorer(lang), model)


def choices(lang: str, name: str) -> list[tuple[str, str]]:
    """What can be shown of a model."""
    return [(pick(title, lang), key) for key, title in SHOWN.items() if key != "plain" or plain(name)]


def possible(shown: str, name: str) -> str:
    """What was chosen, or all where this model has no such column."""
    return "all" if shown == "plain" and not plain(models.known(name)) else shown


def _restorer(lang: str):
    def restore(values: dict[str, str]) -> tuple:
        start = defaults()
        new = (
            models.from_address(values.get("model"), start["model"]),
            address.whole(values.get("seed"), 0, limits.SEEDS, start["seed"]),
            address.whole(values.get("count"), 1, MOST, start["count"]),
            address.number(values.get("temperature"), 0, HOTTEST, start["temperature"]),
            address.one_of(values.get("shown"), SHOWN, start["shown"]),
        )
        new = (*new[:4], possible(new[4], new[0]))
        menu, radio = gr.Dropdown(models.choices(lang), value=new[0]), gr.Radio(choices(lang, new[0]), value=new[4])
        here = [address.number(values.get(axis), -EDGE, EDGE, old) for axis, old in zip("xy", HERE, strict=True)]
        return menu, *new[1:4], radio, render(lang, *new), parts.about(new[0], lang), plane(lang, new[0], *here)

    return restore


def _wire(lang: str, controls: list, buttons: tuple, areas: tuple, said: gr.HTML) -> None:
    (model, seed, count, temperature, source), (another, check) = controls, buttons
    sheet, about, point, found = areas

    def draw_sheet(*values):
        return render(lang, *values), ""

    def draw_other(name, *values):
        *others, shown = values
        shown = possible(shown, name)
        drawn = render(lang, name, *others, shown), parts.about(name, lang), plane(lang, name), ""
        return *drawn, gr.Radio(choices(lang, name), value=shown)

    def draw_again(name, old, *values):
        new = int(torch.randint(0, 10_000, ()).item())
        return render(lang, name, new, *values), new, ""

    def go(event, name):
        return plane(lang, name, event.get("x"), event.get("y"))

    def look(*values):
        return memory(lang, *values)

    live = [seed.input, count.input, temperature.input, source.input]
    events.connect(live, draw_sheet, controls, [sheet, found], said, lang)
    events.connect([model.input], draw_other, controls, [sheet, about, point, found, source], said, lang)
    events.connect([another.click], draw_again, controls, [sheet, seed, found], said, lang)
    events.connect([check.click], look, controls, [found], said, lang)
    events.connect_pick(point, go, [model], [point], said, lang)
