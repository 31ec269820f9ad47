"""The tab Reconstruct: what is left of a picture after it went through the code, and what that costs."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import gradio as gr
import torch
from torch import Tensor

from ..evaluation import psnr
from ..loss import kl_divergence, log_normal, reconstruction_loss
from ..sampling import reparameterize
from ..text import Both, pick
from . import address, events, gallery, limits, models, parts, pictures, uploads
from .gallery import Picked

NAME = Both(es="Reconstruir", en="Reconstruct")
LEAD = Both(
    es="La imagen se vuelve una nube de puntos z y el decoder la cuenta de nuevo. Un modelo dice lo que aprendió.",
    en="The picture becomes a cloud of points z, and the decoder tells it again. A model says what it has learnt.",
)
DRAWS = 8
CHOOSE = {"a": Both(es="Galería", en="Gallery")}
SOURCES = {
    "original": Both(es="Original", en="Original"),
    "upload": Both(es="Imagen subida", en="Uploaded picture"),
    "code": Both(es="Entrada", en="Input"),
}
NOT_SHIPPED = Both(
    es="Decodificada de un código guardado: la fotografía no se distribuye. Por eso se reconstruye tan bien.",
    en="Decoded from a stored code: the photograph does not ship. That is why it is reconstructed so well.",
)
OTHER = Both(es="Comparar con el modelo", en="Compare with the model")
CROSS_TITLE = Both(es="Un modelo dice lo que aprendió", en="A model says what it has learnt")
CROSS_TEXT = Both(
    es="Cada fila es una imagen que pasa por los dos modelos. Lo que un modelo nunca vio lo cuenta con lo que conoce. "
    "Dentro de una fila, más dB es más parecido.",
    en="Each row is a picture that goes through both models. What a model never saw it tells with what it knows. "
    "Within a row, more dB is more alike.",
)
THROUGH = Both(es="Por {title}", en="Through {title}")
THROUGH_ALT = Both(
    es="Reconstrucción del modelo {title}, decodificando μ", en="Reconstruction of the model {title}, decoding μ"
)
GALLERY_OF = Both(es="de la galería {title}", en="of the gallery {title}")
DIFFERENCE = Both(es="Diferencia", en="Difference")
DIFFERENCE_KEY = Both(
    es="<span>con {title}:</span> <span><i class='too-bright'></i> más claro</span> "
    "<span><i class='too-dark'></i> más oscuro</span>",
    en="<span>with {title}:</span> <span><i class='too-bright'></i> too bright</span> "
    "<span><i class='too-dark'></i> too dark</span>",
)
DIFFERENCE_ALT = Both(
    es="Diferencia entre entrada y reconstrucción del modelo {title}: blanco donde coinciden",
    en="Difference of input and reconstruction of the model {title}: white where they agree",
)
COSTS_TITLE = Both(es="Lo que cuesta la primera fila con {title}", en="What the first row costs with {title}")
SAVE = Both(es="Descargar las imágenes en PNG", en="Download the pictures as PNG")
FILE = Both(es="reconstruccion-{name}-{other}.png", en="reconstruction-{name}-{other}.png")
DRAWS_FILE = Both(es="sorteos-{name}.png", en="draws-{name}.png")
DRAWS_TITLE = Both(es="Ocho veces la misma imagen", en="The same picture, eight times")
DRAWS_TEXT = Both(
    es="El código es una nube, no un punto: cada z se sorteó de N(μ, σ²) y se decodificó. "
    "En promedio σ\u00a0=\u00a0{sigma:.2f}: cuanto menor, más se parecen.",
    en="The code is a cloud, not a point: each z was drawn from N(μ, σ²) and decoded. "
    "On average σ\u00a0=\u00a0{sigma:.2f}: the smaller, the more alike.",
)
DRAW_ALT = Both(es="Decodificación {number} de un z sorteado", en="Decoding {number} of a drawn z")
AGAIN = Both(es="Sortear de nuevo", en="Draw again")
WHAT = {  # of each loss: what its reconstruction term is called, and its unit
    "bce": (Both(es="Reconstrucción (BCE)", en="Reconstruction (BCE)"), "nats"),
    "gaussian": (Both(es="Reconstrucción (gaussiana)", en="Reconstruction (Gaussian)"), "nats"),
    "mse": (Both(es="Suma de errores al cuadrado", en="Sum of squared errors"), ""),
    "l1": (Both(es="Suma de errores absolutos", en="Sum of absolute errors"), ""),
    "l1_mean": (Both(es="Error absoluto medio por píxel", en="Mean absolute error per pixel"), ""),
}
NOTES = {
    "bce": Both(
        es="Aun perfecta, la BCE de esta imagen sería {floor} nats: los grises nunca llegan a 0.",
        en="Even a perfect BCE of this picture would be {floor} nats: greys never reach 0.",
    ),
    "gaussian": Both(
        es="−log p(x|z) con σ = {sigma:.3f} por píxel, la del modelo; negativo si la densidad supera 1.",
        en="−log p(x|z) with σ = {sigma:.3f} per pixel, the model's; negative where the density exceeds 1.",
    ),
    "mse": Both(
        es="La suma de errores al cuadrado no está en nats: equivale a suponer un ruido de σ = 0.71 por píxel.",
        en="The sum of squared errors is not in nats: it amounts to assuming a noise of σ = 0.71 per pixel.",
    ),
    "l1": Both(es="La suma de errores absolutos no está en nats.", en="The sum of absolute errors is not in nats."),
    "l1_mean": Both(
        es="El error se promedia sobre los píxeles, así que no está en nats y la KL se pesa con un β pequeño.",
        en="The error is averaged over the pixels, so it is not in nats and a small β weighs the KL.",
    ),
}
PER_PIXEL = Both(es="{value} por valor de píxel", en="{value} per pixel value")
KL_TEXT = Both(es="lo que cuesta el código: {value} por dimensión", en="what the code costs: {value} per dimension")
LOSS = Both(es="Pérdida", en="Loss")
LOSS_TEXT = Both(
    es="reconstrucción + β·KL, con β\u00a0=\u00a0{beta:g}", en="reconstruction + β·KL, with β\u00a0=\u00a0{beta:g}"
)
TELLING = {"cats": 103, "faces": 37}  # gallery pictures that the other model retells recognisably in its own words
PARTNERS = ("faces", "cats")
PSNR_TEXT = Both(es="este modelo suele lograr {usual:.1f} dB", en="this model usually reaches {usual:.1f} dB")


@dataclass(frozen=True)
class Result:
    """A picture, its way through the model, and the price."""

    picked: Picked
    x_hat: Tensor  # (1, C, H, W), decoding mu
    draws: Tensor  # (8, C, H, W), decoding z
    kind: str  # of loss
    beta: float
    reconstruction: float  # in the loss's own unit, decoding mu
    kl: float  # nats
    psnr: float  # dB
    floor: float | None  # the least BCE that this picture can have, nats
    pixel_sigma: float  # of the decoder, from the model's usual error

    @property
    def loss(self) -> float:
        return self.reconstruction + self.beta * self.kl


def compute(name: str, choice, seed: int) -> Result:
    """choice: a gallery index, or the pixels of an upload. Raises Refused."""
    options = models.preset(models.known(name)).training
    generator = torch.Generator().manual_seed(limits.seed(seed))
    picked = gallery.picked(name, choice)
    x, usual = picked.x, models.card(name)["figures"]["mse"]
    x_hat = models.decode(name, picked.mu)
    z = reparameterize(picked.mu.expand(DRAWS, -1), picked.logvar.expand(DRAWS, -1), generator)
    return Result(
        picked, x_hat, models.decode(name, z), options.loss, options.beta,
        reconstruction=_price(x, x_hat, options.loss, usual),
        kl=kl_divergence(picked.mu, picked.logvar).item(),
        psnr=psnr(x, x_hat),
        floor=reconstruction_loss(x, x, "bce").item() if options.loss == "bce" else None,
        pixel_sigma=math.sqrt(usual),
    )  # fmt: skip


def _price(x: Tensor, x_hat: Tensor, kind: str, usual_mse: float) -> float:
    if kind == "gaussian":  # training fits the variance to a batch; one picture alone is judged by the usual one
        return -log_normal(x.flatten(1), x_hat.flatten(1), torch.tensor(math.log(usual_mse))).item()
    return reconstruction_loss(x, x_hat, kind).item()


def number(value: float) -> str:
    """Three or four digits that matter, with a true minus sign."""
    text = f"{value:,.0f}".replace(",", "\u202f") if abs(value) >= 1000 else f"{value:.4g}"
    return text.replace("-", "−")


@dataclass(frozen=True)
class Row:
    """One picture through two models."""

    x: Tensor  # (1, C, H, W), as it is shown
    source: str
    of: str | None  # the model whose gallery it is from
    x_hats: tuple[Tensor, Tensor]  # each (1, C, H, W) in its model's own shape, decoding mu
    psnrs: tuple[float, float]  # dB
    difference: Tensor  # (3, H, W), of the first model


def cross(name: str, choice, other: str, result: Result | None = None) -> tuple[Row, Row]:
    """The choice through its model and another one, and a picture of the other one's through both. Raises Refused."""
    models.known(other)
    result = result or compute(name, choice, 0)
    upload = gallery.is_upload(choice)
    x = result.picked.x
    x_other = gallery.picked(other, choice).x if upload else _fitted(x, other)
    here = _row(x, result.picked.source, None if upload else name, (name, x), (other, x_other))
    back = _back.__wrapped__ if models.OWN in (name, other) else _back
    return here, back(name, other)


@lru_cache(maxsize=64)
def _back(name: str, other: str) -> Row:
    """The other way: a picture of the other model's gallery."""
    picked = gallery.picked(other, start(other))
    return _row(picked.x, picked.source, other, (name, _fitted(picked.x, name)), (other, picked.x))


def _row(x: Tensor, source: str, of: str | None, *ways: tuple[str, Tensor]) -> Row:
    x_hats = tuple(models.decode(model, models.encode(model, given)[0]) for model, given in ways)
    psnrs = tuple(psnr(given, x_hat) for (_, given), x_hat in zip(ways, x_hats, strict=True))
    return Row(x, source, of, x_hats, psnrs, pictures.difference(ways[0][1][0], x_hats[0][0]))


def _fitted(x: Tensor, name: str) -> Tensor:
    """A picture (1, C, H, W) in the shape that a model takes."""
    shape = models.load(name).image_shape
    return x if x.shape[1:] == shape else uploads.as_input(pictures.to_bytes(x[0]), shape)


def start(name: str) -> int:
    """The gallery picture that a model begins with."""
    return (
        TELLING[name] if TELLING.get(name, math.inf) < len(gallery.stored(name).mu) else int(gallery.typical(name)[0])
    )


def partner(name: str) -> str:
    """The model to compare with at first."""
    return next(one for one in (*PARTNERS, *models.ordered(), name) if one in models.ordered() and one != name)


def render(lang: str, name: str, choice, other: str, result: Result) -> str:
    """The picture through both models, the other way, and the loss in its parts."""
    rows = cross(name, choice, other, result)
    file = pick(FILE, lang).format(name=name, other=other)
    titles = [pick(models.title(one), lang) for one in (name, other)]
    cells = "".join(_cells(lang, row, titles, kind) for row, kind in zip(rows, ("picked", "back"), strict=True))
    price = escape(pick(COSTS_TITLE, lang).format(title=titles[0]))
    return (
        f'<section class="panel cross">{_header(lang, CROSS_TITLE, file, 4, " / ".join(titles))}'
        f"<p>{escape(pick(CROSS_TEXT, lang))}</p>{cells}<h3>{price}</h3>{_costs(lang, result)}"
        f"{address.note({'model': name, 'other': other, 'picture': choice}, defaults_of(name))}</section>"
    )


def _header(lang: str, title: Both, file: str, columns: int, of: str) -> str:
    words = pick(title, lang)
    save = pictures.save_button(pick(SAVE, lang), file, columns)
    return parts.header(lang, words, f"{words}: {of}", save)


def _cells(lang: str, row: Row, titles: list[str], kind: str) -> str:
    """One row's four pictures."""
    source = pick(SOURCES[row.source], lang)
    below = (
        f"<small>{escape(pick(GALLERY_OF, lang).format(title=pick(models.title(row.of), lang)))}</small>"
        if row.of
        else ""
    )
    note = f"<small>{escape(pick(NOT_SHIPPED, lang))}</small>" if row.source == "code" else ""
    first = escape(titles[0])
    figures = [
        pictures.figure(row.x[0], source, f"<b>{escape(source)}</b>", below + note),
        *(
            _retold(lang, x_hat, decibels, title)
            for x_hat, decibels, title in zip(row.x_hats, row.psnrs, titles, strict=True)
        ),
        pictures.figure(
            row.difference,
            pick(DIFFERENCE_ALT, lang).format(title=titles[0]),
            f"<b>{escape(pick(DIFFERENCE, lang))}</b>",
            f"<small>{pick(DIFFERENCE_KEY, lang).format(title=first)}</small>",
        ),
    ]
    return f'<div class="row {kind}">{"".join(figures)}</div>'


def _retold(lang: str, x_hat: Tensor, decibels: float, title: str) -> str:
    caption = f"<b>{escape(pick(THROUGH, lang).format(title=title))}</b>"
    return pictures.figure(
        x_hat[0], pick(THROUGH_ALT, lang).format(title=title), caption, f"<small>{decibels:.1f}\u00a0dB</small>"
    )


def _costs(lang: str, result: Result) -> str:
    what, unit = WHAT[result.kind]
    values, dimensions = result.picked.x.numel(), result.picked.mu.numel()
    each = (
        "" if result.kind == "l1_mean" else pick(PER_PIXEL.format(value=number(result.reconstruction / values)), lang)
    )
    usual = 20 * math.log10(1 / result.pixel_sigma)
    cards = [
        (pick(what, lang), number(result.reconstruction), unit, "" if result.kind == "l1_mean" else each),
        ("KL", number(result.kl), "nats", pick(KL_TEXT, lang).format(value=number(result.kl / dimensions))),
        (pick(LOSS, lang), number(result.loss), unit, pick(LOSS_TEXT, lang).format(beta=result.beta)),
        ("PSNR", f"{result.psnr:.1f}", "dB", pick(PSNR_TEXT, lang).format(usual=usual)),
    ]
    items = "".join(
        f"<div><dt>{escape(title)}</dt><dd><b>{value}</b> {unit}</dd><dd>{escape(text)}</dd></div>"
        for title, value, unit, text in cards
    )
    floor = number(result.floor) if result.floor is not None else ""
    note = pick(NOTES[result.kind], lang).format(floor=floor, sigma=result.pixel_sigma)
    return f'<dl class="costs">{items}</dl><p class="fine">{escape(note)}</p>'


def render_draws(lang: str, name: str, seed: int, result: Result) -> str:
    """Eight draws from one picture's posterior."""
    sigma = (0.5 * result.picked.logvar).exp().mean().item()
    images = "".join(
        pictures.img(picture, pick(DRAW_ALT, lang).format(number=k + 1), pictures.LIVE)
        for k, picture in enumerate(result.draws)
    )
    file = pick(DRAWS_FILE, lang).format(name=name)
    noted = address.note({"seed": seed}, {"seed": 0})
    return (
        f'<section class="panel">{_header(lang, DRAWS_TITLE, file, DRAWS, pick(models.title(name), lang))}'
        f"<p>{escape(pick(DRAWS_TEXT, lang).format(sigma=sigma))}</p>"
        f'<div class="sheet draws" style="--columns:{DRAWS}">{images}</div>{noted}</section>'
    )


def defaults() -> dict:
    """What the tab opens with, as the address names it: a kitten, compared with the faces model."""
    name = models.first("cats")
    return {"model": name, "other": partner(name), "picture": start(name)}


def defaults_of(name: str) -> dict:
    """What need not stand in the address: with another model than the first, all does."""
    opening = defaults()
    return opening if name == opening["model"] else {"model": opening["model"]}


def shown(lang: str, name: str, choice, other: str, seed: int) -> tuple[str, str]:
    """Both panels."""
    result = compute(name, choice, seed)
    return render(lang, name, choice, other, result), render_draws(lang, name, seed, result)


def build(lang: str) -> address.Kept:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name, compared, picture = defaults().values()
    panels = shown(lang, name, picture, compared, 0)
    choice, seed = gr.State(picture), gr.State(0)
    parts.lead(LEAD, lang)
    said = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            model, about = parts.model_menu(name, lang), parts.about_area(name, lang)
            other = gr.Dropdown(models.choices(lang), value=compared, label=pick(OTHER, lang), filterable=False)
        with gr.Column(elem_classes="result"):
            crossed = parts.html(panels[0])
        with gr.Column(elem_classes="how"):
            picker = parts.html(grid(name, lang, picture), "picker-area", script=gallery.SCRIPT)
        with gr.Column(elem_classes="more"):
            draws = parts.html(panels[1])
            again = gr.Button(pick(AGAIN, lang), elem_classes="small")
    _wire(lang, [model, choice, other, seed], (crossed, draws), (picker, about, again, said))
    return address.Kept([model, other, choice, seed, crossed, draws, picker, about], restorer(lang), model)


def restorer(lang: str) -> Callable[[dict[str, str]], tuple]:
    """What the tab shows when its address says something."""

    def restore(values: dict[str, str]) -> tuple:
        name = models.from_address(values.get("model"), defaults()["model"])
        compared = models.from_address(values.get("other"), partner(name))
        picture = gallery.from_address(values.get("picture"), name, start(name))
        drawn = address.whole(values.get("seed"), 0, limits.SEEDS, 0)
        menus = [gr.Dropdown(models.choices(lang), value=value) for value in (name, compared)]
        panels = shown(lang, name, picture, compared, drawn)
        return *menus, picture, drawn, *panels, grid(name, lang, picture), parts.about(name, lang)

    return restore


def grid(name: str, lang: str, choice) -> str:
    return gallery.grid(name, lang, CHOOSE, {"a": choice}, camera=True)


def _wire(lang: str, values: list, panels: tuple, others: tuple) -> None:
    (model, choice, other, seed), (picker, about, again, said) = values, others

    def take(event, name, old, compared, drawn):
        _, new = gallery.choice_of(event, ("a",), models.known(name))
        shown_grid = grid(name, lang, new) if "path" in event else gr.skip()
        return *shown(lang, name, new, compared, drawn), new, shown_grid

    def change_model(name, old, compared, drawn):
        new = gallery.carried(old, models.known(name))
        if compared == name:
            compared = partner(name)
        return *shown(lang, name, new, compared, drawn), new, grid(name, lang, new), parts.about(name, lang), compared

    def change_other(name, chosen, compared, drawn):
        return render(lang, name, chosen, compared, compute(name, chosen, drawn))

    def draw_again(name, chosen, compared, drawn):
        new = (drawn + 1) % limits.SEEDS
        return render_draws(lang, name, new, compute(name, chosen, new)), new

    events.connect_pick(picker, take, values, [*panels, choice, picker], said, lang)
    events.connect([model.input], change_model, values, [*panels, choice, picker, about, other], said, lang)
    events.connect([other.input], change_other, values, [panels[0]], said, lang)
    events.connect([again.click], draw_again, values, [panels[1], seed], said, lang)
