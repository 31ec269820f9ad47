"""What the tab Mix computes: the path between two codes, and the crossfade between two pictures."""

import io

import torch
from PIL import Image
from torch import Tensor

from ....latent_space import lerp, slerp
from ...core import limits
from ...core.choice import Choice, Picked, picked
from ...core.model import Model, first_real, kept
from ...ui import pictures
from . import texts

STEPS = 11  # of the strips, which show every third frame of the film
FRAMES = 31
WALKS = {"lerp": lerp, "slerp": slerp}
# whose crossfade clearly shows two ghosts
TELLING = {"drawn": (43, 16), "faces": (41, 27), "cats": (45, 56), "smileys": (56, 28)}
GIF_SIDE = 192  # pixels that its pictures are wide at least
GIF_PAUSE = 60  # milliseconds a frame; the two ends stay ten times as long


def strip(model: Model, a: Choice, b: Choice, path: str) -> Tensor:
    """The path between two choices in 11 pictures, (11, C, H, W). Raises Refused."""
    return through_latent_space(model, picked(model, a), picked(model, b), path, STEPS)


def through_latent_space(model: Model, start: Picked, end: Picked, path: str, frames: int) -> Tensor:
    """The decoded path between two pictures' codes, (frames, C, H, W). Raises Refused."""
    walk = WALKS[limits.one_of(path, tuple(WALKS), texts.PATH_ASKED)]
    return model.decode(walk(start.mu[0], end.mu[0], torch.linspace(0, 1, frames)))


def crossfade(start: Tensor, end: Tensor, frames: int) -> Tensor:
    """Each pixel on its own straight line, (frames, C, H, W); both (1, C, H, W)."""
    t = torch.linspace(0, 1, frames).view(-1, 1, 1, 1)
    return (1 - t) * start + t * end


def gif(film: Tensor) -> bytes:
    """The frames (N, C, H, W) there and back, endlessly, enlarged crisply."""
    scale = max(1, GIF_SIDE // film.shape[-1])
    there = [_gif_frame(picture, scale) for picture in film]
    pauses = ([10 * GIF_PAUSE] + [GIF_PAUSE] * (len(film) - 2)) * 2
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


@kept(1)
def opening_pair(model: Model) -> tuple[int, int]:
    """Two telling pictures; from the more typical half of the gallery, those whose decodings differ most."""
    mu = model.gallery.mu
    if max(TELLING.get(model.name, (len(mu),))) < len(mu):
        return TELLING[model.name]
    typical = model.typical[: max(2, len(mu) // 2)]
    pixels = model.decode(mu[typical]).flatten(1)
    a, b = divmod(int(torch.cdist(pixels, pixels).argmax()), len(typical))
    if a == b:  # a collapsed model decodes all codes alike
        b = (a + 1) % len(typical)
    return int(typical[a]), int(typical[b])


def opening_model() -> str:
    return first_real("drawn", "faces", "cats")
