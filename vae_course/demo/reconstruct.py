"""The tab Reconstruct: what is left of a picture after it went through the code, and what that costs."""

import math
from dataclasses import dataclass
from html import escape

import gradio as gr
import torch
from torch import Tensor

from .. import pretrained
from ..evaluation import psnr
from ..loss import kl_divergence, log_normal, reconstruction_loss
from ..sampling import reparameterize
from ..text import Both, pick
from . import events, gallery, limits, models, parts, pictures
from .gallery import Picked

NAME = Both(es="Reconstruir", en="Reconstruct")
LEAD = Both(
    es="La imagen se resume en una nube de puntos z y el decoder la cuenta de nuevo. Solo cuenta lo que aprendió.",
    en="The picture is summed up as a cloud of points z, and the decoder tells it again. It tells what it has learnt.",
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
RECONSTRUCTION = Both(es="Reconstrucción", en="Reconstruction")
RECONSTRUCTION_ALT = Both(es="Reconstrucción, decodificando μ", en="Reconstruction, decoding μ")
DIFFERENCE = Both(es="Diferencia", en="Difference")
DIFFERENCE_KEY = Both(
    es="<span><i class='too-bright'></i> más claro</span> <span><i class='too-dark'></i> más oscuro</span>",
    en="<span><i class='too-bright'></i> too bright</span> <span><i class='too-dark'></i> too dark</span>",
)
DIFFERENCE_ALT = Both(
    es="Diferencia entre entrada y reconstrucción: blanco donde coinciden",
    en="Difference of input and reconstruction: white where they agree",
)
DRAWS_TITLE = Both(es="Ocho veces la misma imagen", en="The same picture, eight times")
DRAWS_TEXT = Both(
    es="El código es una nube, no un punto: cada z se sorteó de N(μ, σ²) y se decodificó. "
    "En promedio σ\u00a0=\u00a0{sigma:.2f}.",
    en="The code is a cloud, not a point: each z was drawn from N(μ, σ²) and decoded. "
    "On average σ\u00a0=\u00a0{sigma:.2f}.",
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
    x, usual = picked.x, pretrained.card(name)["figures"]["mse"]
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


def render(lang: str, result: Result) -> str:
    """The three pictures and the loss in its parts."""
    source = result.picked.source
    label = pick(SOURCES[source], lang)
    note = f"<small>{escape(pick(NOT_SHIPPED, lang))}</small>" if source == "code" else ""
    x, x_hat = result.picked.x[0], result.x_hat[0]
    images = [
        pictures.figure(x, label, f"<b>{escape(label)}</b>", note),
        pictures.figure(x_hat, pick(RECONSTRUCTION_ALT, lang), f"<b>{escape(pick(RECONSTRUCTION, lang))}</b>"),
        pictures.figure(
            pictures.difference(x, x_hat),
            pick(DIFFERENCE_ALT, lang),
            f"<b>{escape(pick(DIFFERENCE, lang))}</b>",
            f"<small>{pick(DIFFERENCE_KEY, lang)}</small>",
        ),
    ]
    return f'<div class="trio">{"".join(images)}</div>{_costs(lang, result)}'


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


def render_draws(lang: str, result: Result) -> str:
    """Eight draws from one picture's posterior."""
    sigma = (0.5 * result.picked.logvar).exp().mean().item()
    images = "".join(
        pictures.img(picture, pick(DRAW_ALT, lang).format(number=k + 1)) for k, picture in enumerate(result.draws)
    )
    return (
        f"<h3>{escape(pick(DRAWS_TITLE, lang))}</h3><p>{escape(pick(DRAWS_TEXT, lang).format(sigma=sigma))}</p>"
        f'<div class="sheet draws" style="--columns:{DRAWS}">{images}</div>'
    )


def opening() -> str:
    """The model that the tab opens with: the first whose true pictures are on this machine."""
    return models.first(where=lambda name: gallery.originals(name) is not None)


def build(lang: str) -> None:
    """The tab's controls and pictures, in the Blocks context that is open."""
    name = opening()
    start = int(gallery.typical(name)[0])
    result = compute(name, start, 0)
    choice, seed = gr.State(start), gr.State(0)
    parts.lead(LEAD, lang)
    said = events.notice()
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="what"):
            model, about = parts.model_menu(name, lang), parts.about_area(name, lang)
            grid = parts.picker(name, lang, CHOOSE, {"a": start})
        with gr.Column(elem_classes="result"):
            trio = parts.html(render(lang, result))
        with gr.Column(elem_classes="more"):
            draws = parts.html(render_draws(lang, result))
            again = gr.Button(pick(AGAIN, lang), elem_classes="small")
    _wire(lang, (model, choice, seed), (trio, draws), (grid, about, again, said))


def _wire(lang: str, inputs: tuple, shown: tuple, others: tuple) -> None:
    (model, choice, seed), (grid, about, again, said) = inputs, others

    def both(result: Result):
        return render(lang, result), render_draws(lang, result)

    def take(event, name, old, drawn):
        _, new = gallery.choice_of(event, ("a",), models.known(name))
        shown_grid = gallery.grid(name, lang, CHOOSE, {"a": new}) if "path" in event else gr.skip()
        return *both(compute(name, new, drawn)), new, shown_grid

    def change_model(name, old, drawn):
        new = gallery.carried(old, models.known(name))
        grid_again = gallery.grid(name, lang, CHOOSE, {"a": new})
        return *both(compute(name, new, drawn)), new, grid_again, parts.about(name, lang)

    def draw_again(name, chosen, drawn):
        return render_draws(lang, compute(name, chosen, drawn + 1)), drawn + 1

    values = [model, choice, seed]
    events.connect_pick(grid, take, values, [*shown, choice, grid], said, lang)
    events.connect([model.input], change_model, values, [*shown, choice, grid, about], said, lang)
    events.connect([again.click], draw_again, values, [shown[1], seed], said, lang)
