"""The tab Start: one picture on its way through the model, and eight pictures drawn from its one code."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import gradio as gr
import torch
from torch import Tensor

from ..evaluation import psnr
from ..sampling import reparameterize
from ..text import Both, pick
from . import address, events, gallery, limits, models, parts, pictures
from .gallery import Picked
from .reconstruct import NOT_SHIPPED, SOURCES

NAME = Both(es="Inicio", en="Start")
LEAD = Both(
    es="Un VAE no guarda una imagen como un punto, sino como una nube. De la misma nube salen imágenes parecidas, "
    "nunca iguales.",
    en="A VAE does not keep a picture as a point but as a cloud. The same cloud gives pictures that are alike, "
    "never the same.",
)
DRAWS = 8
FAST = {"format": "png", "compress_level": 1}  # exact, and drawn anew with each click
ROWS = 12  # dimensions that are shown: those with most KL
PREFERRED = ("faces-beta-1", "fashion-beta-1", "fashion", "drawn")
OPENING = {"faces-beta-1": 6, "faces": 6}  # pictures whose cloud is plain to see; elsewhere the most typical one
CHOOSE = {"a": Both(es="Otra imagen", en="Another picture")}
ZERO = Both(es="σ = 0: sin nube", en="σ = 0: no cloud")
AGAIN = Both(es="Sortear de nuevo", en="Draw again")
ASKED = Both(es="El interruptor σ = 0", en="The switch σ = 0")
TITLE = Both(es="De la foto a la nube y de vuelta", en="From photo to cloud and back")
WAY_CAPTION = Both(
    es="{title}: de la imagen al código y de vuelta, {cloud}",
    en="{title}: from the picture to the code and back, {cloud}",
)
PIN_CAPTION = Both(
    es="{title}: ocho sorteos del código de una misma imagen, {cloud}",
    en="{title}: eight draws from one picture's code, {cloud}",
)
CLOUD = Both(es="con σ\u00a0≈\u00a0{sigma}", en="with σ\u00a0≈\u00a0{sigma}")
NO_CLOUD = Both(es="con σ\u00a0=\u00a00", en="with σ\u00a0=\u00a00")
SAVE = Both(es="Descargar los ocho sorteos", en="Download the eight draws")
STAGES = (
    Both(es="Imagen x", en="Picture x"),
    Both(es="Nube: μ y σ", en="Cloud: μ and σ"),
    Both(es="Un punto z", en="One point z"),
    Both(es="Reconstrucción", en="Reconstruction"),
)
ARROWS = (
    Both(es="encoder", en="encoder"),
    Both(es="se sortea ε", en="draw ε"),
    Both(es="decoder", en="decoder"),
)
IN = Both(
    es="Entran {count} números: {height}\u00a0×\u00a0{width} píxeles, {colours}.",
    en="{count} numbers go in: {height}\u00a0×\u00a0{width} pixels, {colours}.",
)
COLOURS = {1: Both(es="en gris", en="grey"), 3: Both(es="3 colores", en="3 colours")}
CODE = Both(
    es="Quedan {latent} centros μ y anchos σ; aquí, los {rows} con más KL. En promedio σ\u00a0=\u00a0{sigma}.",
    en="What is left: {latent} centres μ and widths σ; these {rows} have most KL. On average σ\u00a0=\u00a0{sigma}.",
)
CODE_ZERO = Both(
    es="Quedan {latent} centros μ; aquí, los {rows} con más KL. Los anchos σ, {sigma} en promedio, se pusieron en 0.",
    en="What is left: {latent} centres μ; these {rows} have most KL. The widths σ, {sigma} on average, were set to 0.",
)
DRAWN = Both(
    es="z = μ + σ·ε, con ε al azar. Los puntos pálidos son los otros siete sorteos.",
    en="z = μ + σ·ε, with ε at random. The pale dots are the other seven draws.",
)
NOT_DRAWN = Both(
    es="Con σ = 0 el azar no cuenta: z es μ, las ocho veces.",
    en="With σ = 0 chance does not count: z is μ, all eight times.",
)
OUT = Both(
    es="El decoder solo ve z. Parecido con la imagen: {psnr:.1f}\u00a0dB.",
    en="The decoder sees z only. Likeness to the picture: {psnr:.1f}\u00a0dB.",
)
MANY = Both(es="Ocho sorteos de la misma nube", en="Eight draws from the same cloud")
MANY_TEXT = Both(
    es="Un código es una nube: cada z que cae en ella da otra imagen. Al elegir una se ve arriba de qué z salió.",
    en="A code is a cloud: each z that falls into it gives another picture. Choose one to see its z above.",
)
ONE = Both(es="Ocho veces el mismo punto", en="Eight times the same point")
ONE_TEXT = Both(
    es="Sin σ el código es un punto y las ocho imágenes son una sola. La variedad venía de la nube.",
    en="Without σ the code is a point and the eight pictures are one. The variety came from the cloud.",
)
QUESTIONS = Both(es="Preguntas", en="Questions")
WHY = Both(es="¿Por qué difieren? Escribirlo en Preguntas", en="Why do they differ? Write it down in Questions")
DRAW = Both(es="Sorteo {number} de 8", en="Draw {number} of 8")
RECONSTRUCTION_ALT = Both(es="Reconstrucción, decodificando el z sorteado", en="Reconstruction, decoding the drawn z")
CODE_ALT = Both(
    es="Barras de μ con su ancho σ en {rows} dimensiones. La primera, z{first}: μ = {mu}, σ = {sigma}.",
    en="Bars of μ with its width σ in {rows} dimensions. The first, z{first}: μ = {mu}, σ = {sigma}.",
)
Z_ALT = Both(
    es="Los ocho z sorteados en las mismas {rows} dimensiones, uno de ellos resaltado.",
    en="The eight drawn z in the same {rows} dimensions, one of them marked.",
)
AXIS = Both(es="valor, en desviaciones del prior", en="value, in deviations of the prior")
LINKS = (  # of each stage: tab, and what is found there
    (
        ("map", Both(es="Mapa: dónde queda cada imagen", en="Map: where each picture lies")),
        ("train", Both(es="Entrenar: cómo se aprende", en="Train: how it is learnt")),
    ),
    (("beta", Both(es="Beta: qué ancho conviene", en="Beta: how wide is worth it")),),
    (
        ("generate", Both(es="Generar: z sin imagen", en="Generate: z without a picture")),
        ("mix", Both(es="Mezclar: de un z a otro", en="Mix: from one z to another")),
        ("features", Both(es="Rasgos: mover z", en="Features: move z")),
    ),
    (("reconstruct", Both(es="Reconstruir: qué se pierde", en="Reconstruct: what is lost")),),
)
SCRIPT = Path(__file__).with_name("start.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Result:
    """A picture, its code, and what eight draws from it decode to."""

    picked: Picked
    z: Tensor  # (8, D)
    draws: Tensor  # (8, C, H, W)
    zero: bool
    rows: Tensor  # the dimensions with most KL, most first, (R,)

    @property
    def mu(self) -> Tensor:
        """Of the dimensions that are shown, (R,)."""
        return self.picked.mu[0, self.rows]

    @property
    def sigma(self) -> Tensor:
        """What the draws used, of the dimensions that are shown, (R,)."""
        return (0 if self.zero else 1) * (0.5 * self.picked.logvar[0, self.rows]).exp()


def compute(name: str, choice, seed: int, zero: bool) -> Result:
    """choice: a gallery index, or an upload. Raises Refused."""
    generator = torch.Generator().manual_seed(limits.seed(seed))
    picked = _picked(models.known(name), choice)
    mu, logvar = picked.mu.expand(DRAWS, -1), picked.logvar.expand(DRAWS, -1)
    if _switch(zero):
        z, draws = mu, models.decode(name, picked.mu).expand(DRAWS, -1, -1, -1)
    else:
        z = reparameterize(mu, logvar, generator)
        draws = models.decode(name, z)
    kl = (picked.mu**2 + picked.logvar.exp() - 1 - picked.logvar)[0]
    return Result(picked, z, draws, zero, kl.argsort(descending=True)[:ROWS])


def _switch(value) -> bool:
    if isinstance(value, bool):
        return value
    raise limits.Refused(limits.ONE_OF.format(what=ASKED, options="true, false"))


def _picked(name: str, choice) -> Picked:
    """Encoded once, where it is a shipped model's own picture."""
    if name == models.OWN or gallery.is_upload(choice):
        return gallery.picked(name, choice)
    return _encoded(name, limits.whole(choice, 0, len(gallery.stored(name).mu) - 1, gallery.INDEX))


@lru_cache(maxsize=512)
def _encoded(name: str, index: int) -> Picked:
    return gallery.picked(name, index)


def render(lang: str, name: str, choice, seed: int, zero: bool) -> tuple[str, str]:
    """The way of one picture through the model, and eight draws."""
    result = compute(name, choice, seed, zero)
    images = _images(lang, result)
    noted = address.note({"model": name, "picture": choice, "seed": int(seed), "zero": int(zero)}, defaults())
    cloud = NO_CLOUD if result.zero else CLOUD.format(sigma=_number(_mean_sigma(result)))
    told = {"title": models.title(name), "cloud": cloud}
    header = parts.header(lang, pick(TITLE, lang), pick(WAY_CAPTION.format(**told), lang))
    way = f'<section class="panel start">{header}{_way(lang, result, images[0])}{noted}</section>'
    file = f"{name}-{'mu' if zero else 'z'}-{int(seed)}.png"
    save = pictures.save_button(pick(SAVE, lang), file, DRAWS // 2)
    return way, _redraws(lang, zero, images, pick(PIN_CAPTION.format(**told), lang), save)


def _images(lang: str, result: Result) -> list[str]:
    """The draws; where all are one, it is encoded once."""
    alts = [pick(DRAW, lang).format(number=k + 1) for k in range(DRAWS)]
    if result.zero:
        one = pictures.img(result.draws[0], alts[0], FAST)
        return [one.replace(alts[0], alt) for alt in alts]
    return [pictures.img(x, alt, FAST) for x, alt in zip(result.draws, alts, strict=True)]


def _mean_sigma(result: Result) -> float:
    return (0.5 * result.picked.logvar).exp().mean().item()


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _way(lang: str, result: Result, first: str) -> str:
    """Picture, cloud, point, reconstruction, with arrows between them."""
    first = first.replace(pick(DRAW, lang).format(number=1), pick(RECONSTRUCTION_ALT, lang), 1)
    shown = (
        pictures.img(result.picked.x[0], pick(SOURCES[result.picked.source], lang), FAST),
        _code_chart(lang, result),
        _z_chart(lang, result),
        first,
    )
    stages = []
    for k, (title, inside, text) in enumerate(zip(STAGES, shown, _sentences(lang, result), strict=True)):
        if k:
            stages.append(
                f'<div class="arrow" aria-hidden="true"><span>{escape(pick(ARROWS[k - 1], lang))}</span></div>'
            )
        stages.append(
            f'<div class="stop stop-{k + 1}"><h4><i>{k + 1}</i> {escape(pick(title, lang))}</h4>'
            f'<div class="seen">{inside}</div><p>{escape(text)}</p>{_links(lang, LINKS[k])}</div>'
        )
    return f'<div class="way">{"".join(stages)}</div>'


def _sentences(lang: str, result: Result) -> tuple[str, ...]:
    x, latent = result.picked.x[0], result.picked.mu.shape[1]
    channels, height, width = x.shape
    count = f"{x.numel():,}".replace(",", "\u202f")
    enter = IN.format(count=count, height=height, width=width, colours=COLOURS[channels])
    if result.picked.source == "code":
        enter = Both(es=f"{enter.es} {NOT_SHIPPED.es}", en=f"{enter.en} {NOT_SHIPPED.en}")
    code = CODE_ZERO if result.zero else CODE
    code = code.format(latent=latent, rows=len(result.rows), sigma=_number(_mean_sigma(result)))
    leave = OUT.format(psnr=psnr(result.picked.x, result.draws[:1]))
    return tuple(pick(text, lang) for text in (enter, code, NOT_DRAWN if result.zero else DRAWN, leave))


def _links(lang: str, links: tuple) -> str:
    inside = "".join(parts.link(tab, pick(text, lang).partition(":")[0], pick(text, lang)) for tab, text in links)
    return f'<div class="onward">{inside}</div>'


def _redraws(lang: str, zero: bool, images: list[str], caption: str, save: str) -> str:
    title, text = (ONE, ONE_TEXT) if zero else (MANY, MANY_TEXT)
    buttons = "".join(
        f'<button type="button" class="redraw" data-draw="{k}" aria-pressed="{str(k == 0).lower()}">{image}</button>'
        for k, image in enumerate(images)
    )
    why = "" if zero else parts.link("questions", pick(QUESTIONS, lang), pick(WHY, lang), "redraws")
    title = pick(title, lang)
    return (
        f'<section class="panel start">{parts.header(lang, title, caption, save)}'
        f"<p>{escape(pick(text, lang))} {why}</p>"
        f'<div class="redraws" role="group" aria-label="{escape(title)}">{buttons}</div></section>'
    )


# the two charts: one row for each dimension, the same rows and the same axis in both

WIDTH, ROW, TOP, LEFT, RIGHT, BOTTOM = 240, 17, 4, 34, 6, 34


def _frame(lang: str, result: Result, inside: str, alt: str, kind: str) -> str:
    """A chart with its rows' names, its axis and what is inside; x is measured in the prior's deviations."""
    reach, height = _reach(result), ROW * len(result.rows)
    names = "".join(
        f'<text x="{LEFT - 6}" y="{TOP + ROW * (k + 0.5) + 3.5:.1f}" text-anchor="end">z<tspan dy="2" class="sub">'
        f"{d + 1}</tspan></text>"
        for k, d in enumerate(result.rows.tolist())
    )
    bottom = TOP + height
    ticks = "".join(
        f'<path class="grid" d="M{_x(v, reach):.1f} {TOP}V{bottom}"/>'
        f'<text x="{_x(v, reach):.1f}" y="{bottom + 13}" text-anchor="middle">{str(v).replace("-", "−")}</text>'
        for v in range(-reach + reach % 2, reach + 1, 2 if reach > 2 else 1)
    )
    axis = (
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{bottom + 28}" text-anchor="middle">'
        f"{escape(pick(AXIS, lang))}</text>"
    )
    return (
        f'<svg class="chart {kind}" viewBox="0 0 {WIDTH} {bottom + BOTTOM}" role="img" aria-label="{escape(alt)}">'
        f"{ticks}{names}{axis}{inside}</svg>"
    )


def _reach(result: Result) -> int:
    """The axis goes from -reach to reach and holds the means, two deviations around them, and the draws."""
    widest = (result.picked.mu.abs() + 2 * (0.5 * result.picked.logvar).exp())[0, result.rows].max()
    return max(3, min(99, int(max(widest.item(), result.z[:, result.rows].abs().max().item())) + 1))


def _x(value: float, reach: int) -> float:
    return LEFT + (value + reach) / (2 * reach) * (WIDTH - LEFT - RIGHT)


def _code_chart(lang: str, result: Result) -> str:
    reach, inside = _reach(result), []
    for k, (mu, sigma) in enumerate(zip(result.mu.tolist(), result.sigma.tolist(), strict=True)):
        y, zero, at = TOP + ROW * k, _x(0, reach), _x(mu, reach)
        low, high = _x(mu - sigma, reach), _x(mu + sigma, reach)
        inside.append(
            f'<rect class="mu" x="{min(zero, at):.1f}" y="{y + 5}" width="{abs(at - zero):.1f}" height="{ROW - 10}"/>'
            f'<rect class="sigma" x="{low:.1f}" y="{y + 2}" width="{high - low:.1f}" height="{ROW - 4}" rx="3"/>'
            f'<path class="centre" d="M{at:.1f} {y + 2}v{ROW - 4}"/>'
        )
    alt = pick(CODE_ALT, lang).format(
        rows=len(result.rows), first=int(result.rows[0]) + 1,
        mu=_number(result.mu[0].item()), sigma=_number(result.sigma[0].item()),
    )  # fmt: skip
    return _frame(lang, result, "".join(inside), alt, "code")


def _z_chart(lang: str, result: Result) -> str:
    reach, clouds = _reach(result), []
    for k, (mu, sigma) in enumerate(zip(result.mu.tolist(), result.sigma.tolist(), strict=True)):
        low, high = _x(mu - sigma, reach), _x(mu + sigma, reach)
        place = f'x="{low:.1f}" y="{TOP + ROW * k + 2}" width="{high - low:.1f}" height="{ROW - 4}"'
        clouds.append(f'<rect class="sigma" {place} rx="3"/>')
    for number, z in reversed(list(enumerate(result.z[:, result.rows].tolist()))):  # the marked one above the others
        dots = "".join(
            f'<circle cx="{_x(v, reach):.1f}" cy="{TOP + ROW * (k + 0.5):.1f}" r="3"/>' for k, v in enumerate(z)
        )
        clouds.append(f'<g class="draw{" on" if number == 0 else ""}" data-draw="{number}">{dots}</g>')
    return _frame(lang, result, "".join(clouds), pick(Z_ALT, lang).format(rows=len(result.rows)), "drawn")


# the tab


@lru_cache(maxsize=1)
def defaults() -> dict:
    """What the tab opens with, as the address names it."""
    name = models.first(*PREFERRED)
    return {"model": name, "picture": opening(name), "seed": 0, "zero": 0}


def opening(name: str) -> int:
    """The picture that a model's way begins with."""
    return OPENING[name] if name in OPENING else int(gallery.typical(name)[0])


def build(lang: str) -> address.Kept:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name, start, *_ = defaults().values()
    parts.lead(LEAD, lang)
    said = events.notice()
    choice, seed = gr.State(start), gr.State(0)
    shown = render(lang, name, start, 0, False)
    with gr.Row(elem_classes="start-bar"):
        again = gr.Button(pick(AGAIN, lang), variant="primary", elem_classes="small")
        zero = gr.Checkbox(False, label=pick(ZERO, lang))
    way = parts.html(shown[0], "start-way")
    redraws = parts.html(shown[1], "start-redraws", script=SCRIPT)
    with gr.Row(elem_classes="start-pictures"):
        model = parts.model_menu(name, lang)
        grid = parts.picker(name, lang, CHOOSE, {"a": start})
    values = [model, choice, seed, zero]
    _wire(lang, values, again, (way, redraws, grid, said))
    return address.Kept([*values, way, redraws, grid], restorer(lang), model)


def restorer(lang: str) -> Callable[[dict[str, str]], tuple]:
    """What brings back the tab that an address holds."""

    def restore(values: dict[str, str]) -> tuple:
        name = models.from_address(values.get("model"), defaults()["model"])
        new = gallery.from_address(values.get("picture"), name, opening(name))
        drawn = address.whole(values.get("seed"), 0, limits.SEEDS, 0)
        off = values.get("zero") == "1"
        menu = gr.Dropdown(models.choices(lang), value=name)
        grid_again = gallery.grid(name, lang, CHOOSE, {"a": new})
        return menu, new, drawn, off, *render(lang, name, new, drawn, off), grid_again

    return restore


def _wire(lang: str, values: list, again: gr.Button, others: tuple) -> None:
    (model, choice, seed, zero), (*shown, grid, said) = values, others

    def take(event, name, old, drawn, off):
        _, new = gallery.choice_of(event, tuple(CHOOSE), models.known(name))
        shown_grid = gallery.grid(name, lang, CHOOSE, {"a": new}) if "path" in event else gr.skip()
        return *render(lang, name, new, drawn, off), new, shown_grid

    def change_model(name, old, drawn, off):
        new = old if gallery.is_upload(old) else opening(models.known(name))
        return *render(lang, name, new, drawn, off), new, gallery.grid(name, lang, CHOOSE, {"a": new})

    def draw_again(name, chosen, drawn, off):
        new = (limits.seed(drawn) + 1) % limits.SEEDS
        return *render(lang, name, chosen, new, off), new

    def switch(*chosen):
        return render(lang, *chosen)

    events.connect_pick(grid, take, values, [*shown, choice, grid], said, lang)
    events.connect([model.input], change_model, values, [*shown, choice, grid], said, lang)
    events.connect([again.click], draw_again, values, [*shown, seed], said, lang)
    events.connect([zero.input], switch, values, shown, said, lang)
