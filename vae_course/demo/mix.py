"""The tab Mix: the way from one picture to another, pixel by pixel and through the latent space."""

import io
import time
from collections.abc import Callable
from functools import lru_cache
from html import escape
from pathlib import Path

import gradio as gr
import torch
from PIL import Image
from torch import Tensor

from ..latent_space import lerp, slerp
from ..text import Both, pick
from . import address, events, gallery, limits, models, parts, pictures
from .pictures import LIVE

NAME = Both(es="Mezclar", en="Mix")
LEAD = Both(
    es="Entre dos códigos hay un camino, y cada punto es una imagen: una sola forma que cambia, no dos fantasmas.",
    en="Between two codes there is a path, and each point on it is a picture: one shape that changes, not two ghosts.",
)
STEPS = 11  # of the strips, which show every third frame of the film
FRAMES = 31
PATHS = {
    "lerp": (lerp, Both(es="Recta (lerp)", en="Straight line (lerp)")),
    "slerp": (slerp, Both(es="Arco (slerp)", en="Arc (slerp)")),
}
ASKED = Both(es="El camino", en="The path")
PATH = Both(es="Camino", en="Path")
SIDES = {"a": Both(es="Desde", en="From"), "b": Both(es="Hasta", en="To")}
FADE = Both(es="Fundido de píxeles", en="Pixel crossfade")
FADE_TEXT = Both(
    es="Cada píxel es el promedio de dos: a medio camino hay dos fantasmas.",
    en="Each pixel averages two: halfway there are two ghosts.",
)
FILM = Both(es="Película latente", en="Latent film")
FILM_TEXT = Both(
    es="Cada cuadro decodifica un z del camino: a medio camino hay una sola figura.",
    en="Each frame decodes one z of the path: halfway there is one figure.",
)
ALT = Both(es="{kind}: {share} % de la segunda imagen", en="{kind}: {share} % of the second picture")
SCREEN_ALT = Both(es="{kind}, en la posición del control", en="{kind}, where the slider stands")
SCRUB = Both(es="Posición entre las dos imágenes", en="Position between the two pictures")
PLAY = Both(es="Reproducir, ida y vuelta", en="Play, there and back")
SAVE = Both(es="Descargar las dos tiras en PNG", en="Download both strips as PNG")
GIF = Both(es="Descargar la película en GIF, ida y vuelta", en="Download the film as a GIF, there and back")
TITLE = Both(es="{title}: de una imagen a la otra", en="{title}: from one picture to the other")
FILE = Both(es="mezcla-{name}-{path}", en="mix-{name}-{path}")
PREFERRED = ("cats", "faces", "drawn")
TELLING = {"cats": (35, 58), "faces": (41, 27)}  # gallery pictures whose crossfade shows two ghosts clearly
GIF_SIDE = 192  # pixels that its pictures are wide at least
GIF_PAUSE = 60  # milliseconds a frame; the two ends stay ten times as long
SCRIPT = (Path(__file__).parent / "mix.js").read_text(encoding="utf-8")
RECEIVE = """
watch('value', () => {
  const made = element.querySelector('[data-gif]');
  if (!made) return;
  const bytes = Uint8Array.from(atob(made.dataset.gif), (letter) => letter.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], {type: 'image/gif'}));
  link.download = made.dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  made.remove();
});
"""


def compute(name: str, a, b, path: str) -> Tensor:
    """The strip (11, C, H, W) between two choices, each a gallery index or the pixels of an upload. Raises Refused."""
    return through_latent_space(name, *ends(name, a, b), path, STEPS)


def ends(name: str, a, b) -> tuple[gallery.Picked, gallery.Picked]:
    models.known(name)
    return gallery.picked(name, a), gallery.picked(name, b)


def through_latent_space(name: str, first: gallery.Picked, second: gallery.Picked, path: str, frames: int) -> Tensor:
    """The decoded path between two pictures' codes, (frames, C, H, W). Raises Refused."""
    walk, _ = PATHS[limits.one_of(path, tuple(PATHS), ASKED)]
    return models.decode(name, walk(first.mu[0], second.mu[0], torch.linspace(0, 1, frames)))


def crossfade(first: Tensor, second: Tensor, frames: int) -> Tensor:
    """Each pixel on its own straight line, (frames, C, H, W); both (1, C, H, W)."""
    t = torch.linspace(0, 1, frames).view(-1, 1, 1, 1)
    return (1 - t) * first + t * second


def gif(film: Tensor) -> bytes:
    """The frames (N, C, H, W) there and back, endlessly, enlarged crisply."""
    scale = max(1, GIF_SIDE // film.shape[-1])
    there = [_gif_frame(picture, scale) for picture in film]
    pauses = [10 * GIF_PAUSE] + [GIF_PAUSE] * (len(film) - 2) + [10 * GIF_PAUSE] + [GIF_PAUSE] * (len(film) - 2)
    file = io.BytesIO()
    there[0].save(
        file, "gif", save_all=True, append_images=[*there[1:], *there[-2:0:-1]], duration=pauses, loop=0, disposal=1
    )
    return file.getvalue()


def _gif_frame(picture: Tensor, scale: int) -> Image.Image:
    image = Image.fromarray(pictures.to_bytes(picture))
    if image.mode == "RGB":
        image = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def render(lang: str, name: str, a, b, path: str, at: int | None = None) -> str:
    """Crossfade and film, large and as strips; at: the frame to show, None leaves it to what the page shows now."""
    first, second = ends(name, a, b)
    film = through_latent_space(name, first, second, path, FRAMES)
    fade = crossfade(first.x, second.x, STEPS)
    k = FRAMES // 2 if at is None else at
    noted = {"model": name, "a": a, "b": b, "path": path} | ({} if at is None else {"at": at})
    version = time.monotonic_ns()  # so that the page's script hears of every answer
    return (
        f'<div class="film" data-version="{version}" data-last="{FRAMES - 1}" data-at="{"" if at is None else at}" '
        f'style="--k:{k};--last:{FRAMES - 1}">{_screens(lang, first.x[0], second.x[0], film)}{_scrubber(lang, k)}'
        f"{_strips(lang, name, path, fade, film[:: (FRAMES - 1) // (STEPS - 1)])}"
        f"{address.note(noted, defaults_of(name))}</div>"
    )


def _screens(lang: str, first: Tensor, second: Tensor, film: Tensor) -> str:
    """The two large pictures."""
    sheet = pictures.encode(pictures.to_bytes(torch.cat(list(film), dim=2)), LIVE)
    sources = [pictures.data_uri(pictures.encode(pictures.to_bytes(picture)), "png") for picture in (first, second)]
    fading = "".join(f'<img src="{source}" alt="">' for source in sources)
    frames = f'<div class="frames" style="background-image:url({pictures.data_uri(sheet, "jpeg")})"></div>'
    return (
        f'<div class="screens">{_screen(lang, FADE, FADE_TEXT, fading)}{_screen(lang, FILM, FILM_TEXT, frames)}</div>'
    )


def _screen(lang: str, title: Both, text: Both, inside: str) -> str:
    name = escape(pick(title, lang))
    alt = escape(pick(SCREEN_ALT, lang).format(kind=pick(title, lang)))
    caption = f"<figcaption><b>{name}</b> <small>{escape(pick(text, lang))}</small></figcaption>"
    return f'<figure><div class="screen" role="img" aria-label="{alt}">{inside}</div>{caption}</figure>'


def _scrubber(lang: str, k: int) -> str:
    scrub, play = escape(pick(SCRUB, lang)), escape(pick(PLAY, lang))
    share = round(100 * k / (FRAMES - 1))
    return (
        f'<div class="scrub"><button type="button" class="play" aria-pressed="false" aria-label="{play}" '
        f'title="{play}"></button><input type="range" min="0" max="{FRAMES - 1}" step="1" value="{k}" '
        f'aria-label="{scrub}" aria-valuetext="{share} %"><output>{share} %</output></div>'
    )


def _strips(lang: str, name: str, path: str, fade: Tensor, film: Tensor) -> str:
    title = pick(TITLE, lang).format(title=pick(models.title(name), lang))
    file = pick(FILE, lang).format(name=name, path=path)
    save = pictures.save_button(pick(SAVE, lang), f"{file}.png", STEPS)
    words = escape(pick(GIF, lang))
    made = f'<button type="button" class="save" data-gif aria-label="{words}" title="{words}">GIF ↓</button>'
    rows = "".join(_strip(lang, kind, frames) for kind, frames in ((FADE, fade), (FILM, film)))
    header = parts.header(lang, title, f"{title} ({pick(PATHS[path][1], lang)})", save, made)
    return f'<section class="panel">{header}{rows}</section>'


def _strip(lang: str, kind: Both, frames: Tensor) -> str:
    images = ""
    for k, picture in enumerate(frames):
        alt = pick(ALT, lang).format(kind=pick(kind, lang), share=round(100 * k / (STEPS - 1)))
        images += pictures.img(picture, alt, LIVE)
    return f'<p class="kind">{escape(pick(kind, lang))}</p><div class="strip">{images}</div>'


def render_gif(lang: str, name: str, a, b, path: str) -> str:
    """The film as a GIF that the page's script saves."""
    film = through_latent_space(name, *ends(name, a, b), path, FRAMES)
    file = pick(FILE, lang).format(name=name, path=path) + ".gif"
    content = pictures.data_uri(gif(film), "gif").partition(",")[2]
    return f'<span data-version="{time.monotonic_ns()}" data-file="{escape(file)}" data-gif="{content}"></span>'


def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    name = models.first(*PREFERRED)
    a, b = start(name)
    return {"model": name, "a": a, "b": b, "path": "lerp", "at": FRAMES // 2}


def defaults_of(name: str) -> dict:
    """What need not stand in the address: with another model than the first, both pictures do."""
    opening = defaults()
    return opening if name == opening["model"] else {"model": opening["model"], "path": "lerp", "at": FRAMES // 2}


def start(name: str) -> tuple[int, int]:
    """The two pictures that a model begins with."""
    return _start.__wrapped__(name) if name == models.OWN else _start(name)


@lru_cache(maxsize=32)
def _start(name: str) -> tuple[int, int]:
    """Two telling pictures; from the more typical half of the gallery, those whose decodings differ most."""
    mu = gallery.stored(name).mu
    if max(TELLING.get(name, (len(mu),))) < len(mu):
        return TELLING[name]
    typical = gallery.typical(name)[: max(2, len(mu) // 2)]
    pixels = models.decode(name, mu[typical]).flatten(1)
    first, second = divmod(int(torch.cdist(pixels, pixels).argmax()), len(typical))
    if first == second:  # a collapsed model decodes all codes alike
        second = (first + 1) % len(typical)
    return int(typical[first]), int(typical[second])


def build(lang: str) -> address.Kept:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name, a, b, path, at = defaults().values()
    parts.lead(LEAD, lang)
    said = events.notice()
    first, second = gr.State(a), gr.State(b)
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            model, about = parts.model_menu(name, lang), parts.about_area(name, lang)
            ways = [(pick(title, lang), key) for key, (_, title) in PATHS.items()]
            walk = gr.Radio(ways, value=path, label=pick(PATH, lang))
        with gr.Column(elem_classes="result"):
            film = parts.html(render(lang, name, a, b, path, at), script=SCRIPT)
            made = parts.html("", "made", script=RECEIVE)
        with gr.Column(elem_classes="how"):
            grid = parts.picker(name, lang, SIDES, {"a": a, "b": b})
    _wire(lang, [model, first, second, walk], (film, grid, about, made, said))
    return address.Kept([model, first, second, walk, film, grid, about], restorer(lang), model)


def restorer(lang: str) -> Callable[[dict[str, str]], tuple]:
    """What the tab shows when its address says something."""

    def restore(values: dict[str, str]) -> tuple:
        name = models.from_address(values.get("model"), defaults()["model"])
        a, b = (gallery.from_address(values.get(side), name, old) for side, old in zip("ab", start(name), strict=True))
        path, at = (
            address.one_of(values.get("path"), PATHS, "lerp"),
            address.whole(values.get("at"), 0, FRAMES - 1, FRAMES // 2),
        )
        menu = gr.Dropdown(models.choices(lang), value=name)
        grid_again = gallery.grid(name, lang, SIDES, {"a": a, "b": b})
        return menu, a, b, path, render(lang, name, a, b, path, at), grid_again, parts.about(name, lang)

    return restore


def _wire(lang: str, values: list, others: tuple) -> None:
    (model, first, second, path), (film, grid, about, made, said) = values, others

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

    def save_gif(*chosen):
        return render_gif(lang, *chosen)

    events.connect_pick(grid, take, values, [film, first, second, grid], said, lang)
    events.connect([model.input], change_model, values, [film, first, second, grid, about], said, lang)
    events.connect([path.input], change_path, values, [film], said, lang)
    events.connect([film.gif], save_gif, values, [made], said, lang)
