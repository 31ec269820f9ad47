"""The README's picture and the demo's cards: python docs/picture.py. Walks through latent spaces, no photograph.

docs/picture.webp, and for each language vae_course/demo/ui/static/card-es.jpeg, which stands beside a shared link.

Each row goes from one code, drawn at random, to the next and back to the first, as the decoders of the faces, the
kittens, the clothes and the drawn faces see it.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from vae_course import demo, pretrained  # noqa: E402
from vae_course.faces import draw_gaussian  # noqa: E402
from vae_course.latent_space import slerp  # noqa: E402
from vae_course.text import LANGUAGES, Both, pick  # noqa: E402

FILE = Path(__file__).with_name("picture.webp")
CARDS = {lang: ROOT / "vae_course" / "demo" / "ui" / "static" / f"card-{lang}.jpeg" for lang in LANGUAGES}
BELOW = Both("Autoencoders variacionales, para mirar y tocar", "Variational autoencoders, to look at and to touch")
CARD, MARGIN, DARK = (1200, 630), 102, "#1c1917"  # what sites that show links ask for
ROWS = {"faces": 18, "cats": 4, "fashion-plus": 16, "drawn": 13}  # model -> seed of its codes
STOPS, STEPS = 3, 4  # codes in a row, pictures from one to the next
SIDE, GAP = 78, 6  # pixels of a picture, and transparent ones between two


@torch.no_grad()
def walk(name: str, seed: int) -> torch.Tensor:
    """The decoded walk, (STOPS * STEPS, C, H, W)."""
    generator = torch.Generator().manual_seed(seed)
    codes = draw_gaussian(*pretrained.gaussian(name), STOPS, generator=generator)
    z = torch.cat([slerp(a, b, torch.arange(STEPS) / STEPS) for a, b in pairwise([*codes, codes[0]])])
    return pretrained.load(name).decode(z)


def picture() -> Image.Image:
    """All walks, one below the other; what is between the pictures is transparent."""
    width, height = (count * (SIDE + GAP) - GAP for count in (STOPS * STEPS, len(ROWS)))
    sheet = Image.new("RGBA", (width, height))
    for row, (name, seed) in enumerate(ROWS.items()):
        for column, x in enumerate(walk(name, seed)):
            pixels = (x.expand(3, -1, -1) * 255).round().byte().permute(1, 2, 0).numpy()
            tile = Image.fromarray(np.ascontiguousarray(pixels)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            sheet.paste(tile, (column * (SIDE + GAP), row * (SIDE + GAP)))
    return sheet


def card(sheet: Image.Image, lang: str) -> Image.Image:
    """The sheet under the demo's title in one language."""
    paper = Image.new("RGB", CARD, DARK)
    draw = ImageDraw.Draw(paper)
    for text, top, size, face in ((demo.texts.TITLE, 48, 76, "Sans-Bold"), (BELOW, 150, 32, "Sans")):
        font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVu{face}.ttf", size)
        draw.text((MARGIN, top), pick(text, lang), font=font, fill="white")
    paper.paste(sheet, (MARGIN, CARD[1] - sheet.height - 60), sheet)
    return paper


if __name__ == "__main__":
    made = picture()
    made.save(FILE, quality=80, method=6)
    for lang, file in CARDS.items():
        card(made, lang).save(file, quality=88)
    for file in (FILE, *CARDS.values()):
        print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} kB")
