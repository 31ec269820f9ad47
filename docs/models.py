"""docs/models.md and the sheets beside it, from the models' cards and docs/models.toml: python docs/models.py.

Each sheet has rows of decoded pictures: codes drawn from N(0, I), from the Gaussian that was fitted to the codes
(lesson 09) and, where one ships, from a learnt prior (lesson 10). No photograph is among them.
"""

import re
import sys
import tomllib
from pathlib import Path

import torch
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from vae_course import pretrained  # noqa: E402
from vae_course.demo.core import titles  # noqa: E402
from vae_course.demo.ui import pictures  # noqa: E402
from vae_course.faces import draw_gaussian  # noqa: E402
from vae_course.numbers import compact, decimal, percent, significant, whole  # noqa: E402
from vae_course.runs import features, quality  # noqa: E402
from vae_course.sampling import sample_prior  # noqa: E402
from vae_course.text import pick  # noqa: E402

PAGE, SHEETS = Path(__file__).with_name("models.md"), Path(__file__).with_name("models")
COLUMNS, SIDE, GAP = 10, 64, 4  # of a sheet: pictures in a row, pixels of each and between two
SEED = 0
TEXTS = tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))
SETS = TEXTS["sets"]
ORIGINS, SHARES = ("prior", "gaussian", "flow", "floor"), ("precision", "recall", "copies")  # columns


@torch.no_grad()
def sheet(name: str) -> Image.Image:
    """Two or three rows of pictures; what is between them is transparent."""
    model, (mean, covariance), flow = pretrained.load(name), pretrained.gaussian(name), pretrained.flow(name)
    rows = [
        sample_prior(COLUMNS, len(mean), torch.Generator().manual_seed(SEED)),
        draw_gaussian(mean, covariance, COLUMNS, torch.Generator().manual_seed(SEED)),
    ]
    if flow:
        rows.append(flow.draw(COLUMNS, torch.Generator().manual_seed(SEED)))
    paper = Image.new("RGBA", (COLUMNS * (SIDE + GAP) - GAP, len(rows) * (SIDE + GAP) - GAP))
    for row, codes in enumerate(rows):
        for column, x in enumerate(model.decode(codes)):
            tile = Image.fromarray(pictures.to_bytes(x)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            paper.paste(tile, (column * (SIDE + GAP), row * (SIDE + GAP)))
    return paper


def row(name: str, lang: str) -> str:
    """A model's line in the table of its set."""
    card = pretrained.card(name)
    figures, size, samples = card["figures"], card["preset"]["model"]["latent_dim"], card.get("samples", {})
    cells = [
        f"[`{name}`](#{name}-{lang})", f"`{figures['kind']}`, β = {compact(figures['beta'], 3, lang)}",
        f"{size}, {figures['active_units']}", whole(card["parameters"], lang), significant(figures["loss"], 4, lang),
        *(number(samples, bound, 4, lang) for bound in ("elbo", "bound")), decimal(figures["psnr"], 1, lang),
        minutes(card, lang),
    ]  # fmt: skip
    return line(cells)


def minutes(card: dict, lang: str) -> str:
    """How long it took to train, and of how many threads if more than one."""
    threads = re.search(r"(\d+) threads", card["device"])
    beside = f" ({threads[1]} {TEXTS['threads'][lang]})" if threads and threads[1] != "1" else ""
    return whole(card["seconds"] / 60, lang) + beside


def line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def number(figures: dict, key: str, digits: int, lang: str) -> str:
    return significant(figures[key], digits, lang) if key in figures else "–"


def table(names: list[str], judge: str, lang: str) -> list[str]:
    """How good the samples of a set's models are, by one kind of features."""
    found = {name: pretrained.card(name).get("samples", {}) for name in names}
    rows = [
        line(
            [f"[`{name}`](#{name}-{lang})"]
            + [number(figures, f"{judge}_frechet_{origin}", 3, lang) for origin in ORIGINS]
            + [decimal(figures[f"{judge}_{share}"], 2, lang) for share in SHARES]
        )
        for name, figures in found.items()
        if figures
    ]
    about = {} if judge == "pixels" else features.about(judge)
    right = {key: percent(about[key], lang) for key in ("accuracy", "baseline") if about}
    head = TEXTS["judges"][judge][lang].strip().format(**right)
    return [head, "", TEXTS["samples"][lang], "| --- |" + " ---: |" * len(ORIGINS + SHARES), *rows, ""] if rows else []


def part(name: str, lang: str) -> str:
    """A model's sheet, under its title."""
    title = pick(titles.title(name), lang)
    card = pretrained.card(name)
    about = f"**{title}** (`{name}`). {pick(titles.sentence(name), lang)} `{card['command']}`"
    if flow := card.get("flow"):
        about += f"\n\n{TEXTS['flow'][lang]} `{flow['command']}`"
    picture = f"![{TEXTS['alt'][lang].format(title=title)}]({SHEETS.name}/{name}.webp)"
    return f'<a id="{name}-{lang}"></a>\n\n{about}\n\n{picture}\n'


def of_set(which: str, lang: str) -> list[str]:
    """What a set is, what it leaves out, its models and how good their samples are."""
    names = [name for name in pretrained.names() if pretrained.card(name)["data"]["set"] == which]
    data, texts = pretrained.card(names[0])["data"], SETS[which]
    young = whole(100 * pretrained.card("faces")["attributes"]["Young"]["baseline"], lang)
    rights = TEXTS["rights"][lang].format(title=data["title"][lang], licence=sentence(data["licence"][lang]))
    [split] = {pretrained.card(name)["figures"]["split"] for name in names}  # of one kind in a set
    columns = TEXTS["columns"][lang].format(split=TEXTS["splits"][split][lang])
    rows = "\n".join([columns, "| --- | --- |" + " ---: |" * 7, *(row(name, lang) for name in names)])
    heading = f"### {texts['name'][lang]}"
    biases = texts["biases"][lang].strip().format(young=young)
    judged = [
        text for judge in ("pixels", features.OF_SOURCE.get(which)) if judge for text in table(names, judge, lang)
    ]
    return [heading, "", rights, "", biases, "", rows, "", *judged, *(part(name, lang) for name in names)]


def sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def refitted(lang: str) -> str:
    """The models that learnt from validation pictures, too: "`a`, `b` and `c`"."""
    *others, last = (f"`{name}`" for name in pretrained.names() if pretrained.preset(name).training.refit)
    return f"{', '.join(others)} {'y' if lang == 'es' else 'and'} {last}"


def text() -> str:
    """The page."""
    parts = ["# Los modelos · The models\n\n[Español](#español) · [English](#english)\n"]
    for lang, title in (("es", "Español"), ("en", "English")):
        facts = {"draws": whole(quality.DRAWS, lang), "pictures": quality.BOUND_OF, "refitted": refitted(lang)}
        parts += [f"## {title}\n\n{TEXTS['head'][lang].strip().format(**facts)}\n"]
        parts += [line for which in SETS for line in of_set(which, lang)]
    return "\n".join(parts)


if __name__ == "__main__":
    SHEETS.mkdir(exist_ok=True)
    for name in pretrained.names():
        sheet(name).save(SHEETS / f"{name}.webp", quality=75, method=6)
    PAGE.write_text(text(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}, {sum(one.stat().st_size for one in SHEETS.iterdir()) / 1000:.0f} kB of sheets")
