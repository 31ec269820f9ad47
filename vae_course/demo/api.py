"""What a script may ask the demo for, through gradio_client: /generate, /reconstruct and /mix.

Pictures come back as PNG files. What can't be done is a sentence in the language `lang`.
"""

import logging
from collections.abc import Callable
from functools import wraps

import gradio as gr
from gradio.processing_utils import save_pil_to_cache
from gradio.utils import get_upload_folder
from PIL import Image
from torch import Tensor

from ..text import LANGUAGES, pick
from . import texts
from .core import limits, uploads
from .core import texts as core_texts
from .core.choice import Choice
from .core.limits import Refused
from .core.model import take
from .tabs.generate.compute import generated
from .tabs.mix.compute import strip
from .tabs.reconstruct.compute import reconstructed
from .ui import pictures

log = logging.getLogger(__name__)


def register() -> None:
    """Adds the three endpoints to the Blocks context that is open."""
    for function in (generate, reconstruct, mix):
        gr.api(answering(function), api_name=function.__name__, concurrency_limit=2)


def answering(function: Callable) -> Callable:
    """The endpoint, whose refusals and failures reach the caller as one sentence."""

    @wraps(function)
    def call(*values):
        lang = values[-1] if values and values[-1] in LANGUAGES else "en"
        try:
            limits.one_of(values[-1], LANGUAGES, texts.LANG)
            return function(*values)
        except Refused as refusal:
            raise gr.Error(pick(refusal.sentence, lang), print_exception=False) from None
        except Exception:
            log.exception("/%s failed", function.__name__)
            raise gr.Error(pick(core_texts.UNEXPECTED, lang), print_exception=False) from None

    return call


def generate(
    model: str, seed: int = 7, count: int = 12, temperature: float = 1.0, source: str = "prior", lang: str = "en"
) -> list[dict]:
    """New pictures, count PNG files. source: "prior", "gaussian" (fitted to the training codes), "flow"..."""
    return files(generated(take(model), seed, count, temperature, source))


def reconstruct(model: str, index: int = 0, picture: dict | None = None, seed: int = 0, lang: str = "en") -> dict:
    """A gallery picture, or one's own: handle_file(path). Returns its way through the model and the loss in its parts.

    input, reconstruction, difference: PNG files; draws: eight of them; source: "original", "upload", or "code" where
    the photograph does not ship; kind: of loss; reconstruction_loss in that loss's unit, kl in nats, psnr in dB.
    """
    result = reconstructed(take(model), chosen(picture, index), seed)
    x, x_hat = result.picked.x[0], result.x_hat[0]
    return {
        "input": file(x), "reconstruction": file(x_hat), "difference": file(pictures.difference(x, x_hat)),
        "draws": files(result.draws), "source": result.picked.source, "kind": result.kind, "beta": result.beta,
        "loss": result.loss, "reconstruction_loss": result.reconstruction, "kl": result.kl, "psnr": result.psnr,
        "values": x.numel(),
    }  # fmt: skip


def mix(
    model: str,
    index_a: int = 0,
    index_b: int = 1,
    picture_a: dict | None = None,
    picture_b: dict | None = None,
    path: str = "lerp",
    lang: str = "en",
) -> list[dict]:
    """The 11 steps from one picture to another, as PNG files. path: "lerp" or "slerp"; pictures: handle_file(path)."""
    ends = chosen(picture_a, index_a), chosen(picture_b, index_b)
    return files(strip(take(model), *ends, path))


def chosen(picture: dict | None, index: int) -> Choice:
    """The pixels of an uploaded file, or the gallery index where none came. Raises Refused."""
    if picture is None:
        return index
    return uploads.read(picture.get("path") if isinstance(picture, dict) else None)


def files(images: Tensor) -> list[dict]:
    return [file(picture) for picture in images]


def file(picture: Tensor) -> dict:
    """A picture (C, H, W) as a PNG that the client fetches; the server deletes it some minutes later."""
    path = save_pil_to_cache(Image.fromarray(pictures.to_bytes(picture)), get_upload_folder(), format="png")
    return gr.FileData(path=path, mime_type="image/png").model_dump()
