"""What the tab Questions computes: one function for each question, with shipped models and a seed, nothing prepared."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import torch
from torch import Tensor

from .. import pretrained, vae
from ..faces import apply_attribute, draw_gaussian
from ..latent_space import lerp, slerp
from ..loss import bce, kl_divergence
from ..sampling import reparameterize, sample_prior
from ..text import Both, pick
from . import charts, gallery, models, pictures
from .charts import GREY, ORANGE, TEAL, Series
from .parts import PIN

SHARP, SOFT = "faces", "faces-beta-1"
VALUES = 3 * 64 * 64  # of one of their pictures
LATENTS, BETAS = (2, 8, 32, 128), (0, 1, 4, 16, 64)
CLOTHES = "fashion-beta-1"  # whose pictures stand for those of all clothes models
SAVE = Both(es="Descargar: {title}", en="Download: {title}")
EQUALS = "\u00a0=\u00a0"
NUMBERED = Both(es="{title}, imagen {number}", en="{title}, picture {number}")


@dataclass(frozen=True)
class Seen:
    """What an experiment shows, as HTML, and its numbers as words."""

    html: str
    facts: dict[str, str]


# ---- pieces of HTML


def images(xs: Tensor, title: str, lang: str) -> str:
    alts = (pick(NUMBERED, lang).format(title=title, number=k + 1) for k in range(len(xs)))
    return "".join(pictures.img(x, alt, pictures.LIVE) for x, alt in zip(xs, alts, strict=True))


def sheet(xs: Tensor, title: str, lang: str, columns: int = 4) -> str:
    return f'<div class="sheet" style="--columns:{columns}">{images(xs, title, lang)}</div>'


def panel(lang: str, title: Both, text: Both | None, inside: str, *, save: bool = False, wide: bool = False) -> str:
    """A titled part of an experiment that can be pinned and perhaps saved as a picture."""
    said, heading = pick(title, lang), escape(pick(title, lang))
    about = f"<p>{escape(pick(text, lang))}</p>" if text else ""
    pin = pictures.pin_button(pick(PIN, lang).format(title=said), said)
    words, file = pick(SAVE, lang).format(title=said), pictures.file_name(said)
    button = pictures.save_button(words, file, 4) if save else ""
    buttons = f'<span class="buttons">{button}{pin}</span>'
    kind = "panel wide" if wide else "panel"
    return f'<section class="{kind}"><header><h4>{heading}</h4>{buttons}</header>{about}{inside}</section>'


def panels(*parts: str, columns: int = 2) -> str:
    return f'<div class="findings" style="--columns:{columns}">{"".join(parts)}</div>'


def table(lang: str, heads: list[str], rows: Iterable[tuple[str, list[Tensor] | list[str]]]) -> str:
    """A column for each model; a row of pictures or of numbers under a word."""
    top = "".join(f'<th scope="col">{escape(head.replace(" = ", EQUALS))}</th>' for head in heads)
    body = "".join(f'<tr><th scope="row">{escape(word)}</th>{_cells(word, heads, row)}</tr>' for word, row in rows)
    inside = f"<thead><tr><td></td>{top}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide-table" tabindex="0"><table>{inside}</table></div>'


def _cells(word: str, heads: list[str], row) -> str:
    return "".join(
        f"<td>{escape(cell)}</td>"
        if isinstance(cell, str)
        else f"<td>{pictures.img(cell, f'{word}, {head}', pictures.LIVE)}</td>"
        for head, cell in zip(heads, row, strict=True)
    )


# ---- pieces of computation


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def from_prior(name: str, count: int, seed: int, temperature: float = 1.0) -> Tensor:
    return models.decode(name, temperature * sample_prior(count, models.load(name).latent_dim, generator(seed)))


def from_gaussian(name: str, count: int, seed: int, temperature: float = 1.0) -> Tensor:
    mean, covariance = models.gaussian(name)
    return models.decode(name, draw_gaussian(mean, temperature**2 * covariance, count, generator(seed)))


def reconstructed(name: str, x: Tensor) -> Tensor:
    return models.decode(name, models.encode(name, x)[0])


def some(name: str, count: int, seed: int) -> Tensor:
    """Pictures of a gallery, drawn without repeats."""
    shown = gallery.shown(name)
    return shown[torch.randperm(len(shown), generator=generator(seed))[:count]]


def sharpness(x: Tensor) -> float:
    """Mean absolute step from pixel to pixel."""
    return float((x.diff(dim=-1).abs().mean() + x.diff(dim=-2).abs().mean()) / 2)


def apart(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distances between pictures, (N, M)."""
    return torch.cdist(a.flatten(1), b.flatten(1), compute_mode="donot_use_mm_for_euclid_dist")


def diversity(x: Tensor) -> float:
    """Mean distance between two different pictures of a set."""
    return float(apart(x, x).sum() / (len(x) * (len(x) - 1)))


def figures(name: str) -> dict:
    return models.card(name)["figures"]


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


@lru_cache(maxsize=8)
def history(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pretrained.history_file(name).read_text(encoding="utf-8"))))


# ---- the assignment's questions

MEANS = (1, 2, 4, 8, 16, 32)
MEAN_OF = Both(es="Media de {count}", en="Mean of {count}")
BLURRY = {
    "mean": Both(
        es="La media de muchas imágenes nítidas es una imagen borrosa",
        en="The mean of many sharp pictures is a blurred one",
    ),
    "mean_text": Both(
        es="Un rostro y los que el modelo borroso codifica más cerca: los que casi confunde con él. Promediados, cada "
        "vez más.",
        en="A face and those that the blurry model encodes nearest: those that it nearly takes for it. Averaged, more "
        "and more of them.",
    ),
    "curve": Both(es="Nitidez que conserva la media", en="Sharpness that the mean keeps"),
    "x": Both(es="imágenes promediadas", en="pictures averaged"),
    "y": Both(es="% de la nitidez de una", en="% of one picture's sharpness"),
    "soft": Both(es="1. Ruido supuesto: σ = 0.71", en="1. Assumed noise: σ = 0.71"),
    "soft_text": Both(
        es="Suma de errores al cuadrado: el detalle no vale lo que cuesta ({kl} nats de KL).",
        en="Sum of squared errors: detail is not worth its price ({kl} nats of KL).",
    ),
    "prior": Both(es="2. La misma red, σ medida; z del prior", en="2. Same network, σ measured; z from the prior"),
    "prior_text": Both(
        es="Compra {kl} nats de detalle, pero z cae donde no vive ningún código.",
        en="It buys {kl} nats of detail, but z falls where no code lives.",
    ),
    "gaussian": Both(
        es="3. Lo mismo, z de la gaussiana ajustada", en="3. The same, z from the fitted Gaussian"
    ),
    "gaussian_text": Both(es="z cae donde los códigos viven de verdad.", en="z falls where the codes really live."),
}  # fmt: skip


def blurry(lang: str, seed: int) -> Seen:
    """Averages of neighbours, and one network trained and sampled in three ways."""
    means = _means(seed)
    kept = [sharpness(mean) / sharpness(means[0]) for mean in means]
    soft, sharp = figures(SOFT), figures(SHARP)
    t = {key: pick(text, lang) for key, text in BLURRY.items()}
    captions = [pick(MEAN_OF, lang).format(count=count) for count in MEANS]
    strip = "".join(
        pictures.figure(mean, caption, f"{escape(caption)}<small>{percent(share)}</small>")
        for mean, caption, share in zip(means, captions, kept, strict=True)
    )
    curve = charts.plot(
        t["curve"], t["x"], t["y"], [Series("", [(n, 100 * k) for n, k in zip(MEANS, kept, strict=True)])],
        xs=MEANS, ys=(0, 25, 50, 75, 100), log=True,
    )  # fmt: skip
    kls = {"soft": f"{soft['kl']:.0f}", "prior": f"{sharp['kl']:.0f}", "gaussian": ""}
    made = {"soft": from_prior(SOFT, 8, seed), "prior": from_prior(SHARP, 8, seed),
            "gaussian": from_gaussian(SHARP, 8, seed)}  # fmt: skip
    sheets = [
        panel(lang, BLURRY[key], BLURRY[f"{key}_text"].format(kl=kls[key]), sheet(xs, t[key], lang, 8),
              save=True, wide=True)
        for key, xs in made.items()
    ]  # fmt: skip
    html = panels(
        panel(lang, BLURRY["mean"], BLURRY["mean_text"], f'<div class="steps">{strip}</div>', save=True, wide=True),
        *sheets, panel(lang, BLURRY["curve"], None, curve),
    )  # fmt: skip
    return Seen(html, _blurry_facts(kept[-1]))


def _means(seed: int) -> list[Tensor]:
    codes, shown = gallery.stored(SOFT).mu, gallery.shown(SHARP)
    anchor = int(torch.tensor([-sharpness(x) for x in shown]).argsort()[seed % 40])
    near = (codes - codes[anchor]).norm(dim=1).argsort()
    return [shown[near[:count]].mean(dim=0) for count in MEANS]


def _blurry_facts(kept: float) -> dict[str, str]:
    soft, sharp = figures(SOFT), figures(SHARP)
    epoch = int(history(SOFT)[-1]["epoch"])
    squares = float(history(SOFT)[-1]["val_reconstruction"]) / VALUES
    early = _gaussian_mse(float(history(SHARP)[epoch - 1]["val_reconstruction"]))
    return {
        "kept": percent(kept), "count": str(MEANS[-1]),
        "kl_soft": f"{soft['kl']:.0f}", "kl_sharp": f"{sharp['kl']:.0f}",
        "sigma": f"{sharp['mse'] ** 0.5:.2f}", "epoch": str(epoch),
        "db_soft": f"{-10 * torch.tensor(squares).log10():.1f}", "db_sharp": f"{-10 * early.log10():.1f}",
        "parameters": f"{models.card(SOFT)['parameters']:,}".replace(",", "\u202f"),
    }  # fmt: skip


def _gaussian_mse(nats: float, values: int = VALUES) -> Tensor:
    """The mean squared error that belongs to sigma-VAE's reconstruction loss."""
    return torch.tensor(2 * nats / values - 1).exp() / (2 * torch.pi)


REBUILT = Both(es="Reconstrucción", en="Reconstruction")
GIVEN = Both(es="Entrada", en="Input picture")
DRAWN = Both(es="Muestra {number}", en="Sample {number}")
DIMENSIONS = Both(es="{count} dimensiones", en="{count} dimensions each")
ACTIVE = Both(es="Dimensiones activas", en="Active dimensions")
PRICE = Both(es="KL, en nats", en="KL, in nats")
QUALITY = Both(es="PSNR, en dB", en="PSNR, in dB")
LATENT = {
    "with": Both(es="β = 1: reconstrucciones y muestras del prior", en="β = 1: reconstructions and prior samples"),
    "without": Both(es="β = 0: lo mismo, sin KL", en="β = 0: the same, without KL"),
    "curve": Both(es="Cuántas dimensiones se usan", en="How many dimensions are used"),
    "x": Both(es="dimensiones que hay", en="dimensions that there are"),
    "y": Both(es="dimensiones activas", en="active dimensions"),
}


def models_table(
    lang: str, names: list[str], heads: list[str], seed: int, rebuilt: int = 2, drawn: int = 3, more: tuple = ()
) -> str:
    """The same pictures and seed through several models of clothes, with their cards' figures. more: rows."""
    x = some(CLOTHES, rebuilt, seed)
    recs = [reconstructed(name, x) for name in names]
    samples = [from_prior(name, drawn, seed) for name in names]
    word, sample = pick(REBUILT, lang), pick(DRAWN, lang)
    rows: list = [(f"{word} {k + 1}", [rec[k] for rec in recs]) for k in range(rebuilt)]
    rows += [(sample.format(number=k + 1), [one[k] for one in samples]) for k in range(drawn)]
    rows += [
        (pick(QUALITY, lang), [f"{figures(name)['psnr']:.1f}" for name in names]),
        (pick(PRICE, lang), [f"{figures(name)['kl']:.1f}" for name in names]),
        (pick(ACTIVE, lang), [str(figures(name)["active_units"]) for name in names]),
        *more,
    ]
    return table(lang, heads, rows)


def latent(lang: str, seed: int) -> Seen:
    """Models that differ only in their latent dimension, with and without KL."""
    heads = [f"D = {count}" for count in LATENTS]
    names = {
        "with": [f"fashion-latent-{d}" for d in LATENTS],
        "without": [f"fashion-latent-{d}-beta-0" for d in LATENTS],
    }
    active = {key: [figures(name)["active_units"] for name in group] for key, group in names.items()}
    lines = [
        Series(f"β = {beta}", list(zip(LATENTS, active[key], strict=True)), colour)
        for key, beta, colour in (("with", 1, TEAL), ("without", 0, ORANGE))
    ]
    t = {key: pick(text, lang) for key, text in LATENT.items()}
    curve = charts.plot(t["curve"], t["x"], t["y"], lines, xs=LATENTS, ys=(0, 32, 64, 96, 128), log=True)
    shown = [panel(lang, LATENT[key], None, models_table(lang, names[key], heads, seed)) for key in names]
    facts = {
        "active": ", ".join(map(str, active["with"])), "active_0": ", ".join(map(str, active["without"])),
        "psnr": ", ".join(f"{figures(name)['psnr']:.1f}" for name in names["with"]),
        "psnr_0": ", ".join(f"{figures(name)['psnr']:.1f}" for name in names["without"]),
    }  # fmt: skip
    return Seen(panels(*shown, panel(lang, LATENT["curve"], None, curve)), facts)


BETA = {
    "table": Both(
        es="Lo mismo con cinco precios: arriba reconstruye, abajo genera",
        en="The same at five prices: reconstructing above, generating below",
    ),
    "classes": Both(es="Clases de 10 en 60 muestras", en="Classes of 10 in 60 samples"),
    "curve": Both(es="Tasa y distorsión", en="Rate and distortion"),
    "x": Both(es="tasa: KL, en nats", en="rate: KL, in nats"),
    "y": Both(es="distorsión: BCE, en nats", en="distortion: BCE, in nats"),
    "curve_text": Both(
        es="β = 0 queda fuera, a la derecha: {kl} nats.", en="β = 0 lies outside, to the right: {kl} nats."
    ),
}


def beta(lang: str, seed: int) -> Seen:
    """Models that differ only in beta, and the curve on which they lie."""
    names = [f"fashion-beta-{b}" for b in BETAS]
    of = {b: figures(name) for b, name in zip(BETAS, names, strict=True)}
    t = {key: pick(text, lang) for key, text in BETA.items()}
    points = [(of[b]["kl"], of[b]["reconstruction"]) for b in BETAS[1:]]
    words = [f"β = {b}" for b in BETAS[1:]]
    curve = charts.plot(
        t["curve"],
        t["x"],
        t["y"],
        [Series("", points, words=words)],
        xs=(0, 4, 8, 12, 16),
        ys=(200, 250, 300, 350, 400),
    )
    free = f"{of[0]['kl']:.0f}"
    _, rest, labels = _halves(seed)
    classes = [_measured(from_prior(name, COUNTED, seed), rest, labels)["classes"] for name in names]
    shown = models_table(lang, names, [f"β = {b}" for b in BETAS], seed, more=((t["classes"], classes),))
    html = panels(
        panel(lang, BETA["table"], None, shown, wide=True),
        panel(lang, BETA["curve"], BETA["curve_text"].format(kl=free), curve),
    )
    facts = {
        "kl": ", ".join(f"{of[b]['kl']:.1f}" for b in BETAS),
        "active": ", ".join(str(of[b]["active_units"]) for b in BETAS),
        "psnr": ", ".join(f"{of[b]['psnr']:.1f}" for b in BETAS),
        "distortion": f"{of[64]['reconstruction']:.0f}",
        **{f"classes_{b}": count for b, count in zip(BETAS, classes, strict=True)},
    }
    return Seen(html, facts)


FACES = {
    "real": Both(es="Galería: rostros que existen", en="The gallery: faces that exist"),
    "decoded": Both(
        es="Galería, decodificada: las fotos no se distribuyen", en="The gallery, decoded: its photographs do not ship"
    ),
    "prior": Both(es="z del prior N(0, I)", en="z from the prior N(0, I)"),
    "gaussian": Both(es="z de la gaussiana ajustada", en="z from the fitted Gaussian"),
    "cool": Both(es="Gaussiana ajustada, temperatura 0.5", en="Fitted Gaussian, temperature 0.5"),
    "soft": Both(es="Modelo borroso (β = 1), z del prior", en="Blurry model (β = 1), z from the prior"),
    "chart": Both(es="Diversidad y nitidez, frente a las fotos", en="Diversity and sharpness, against photographs"),
    "x": Both(es="diversidad", en="diversity"),
    "y": Both(es="nitidez", en="sharpness"),
    "chart_text": Both(
        es="De 24 rostros de cada clase (se ven 12); 100 % es lo que miden las 120 fotos de la galería.",
        en="Of 24 faces of each kind (12 are shown); 100 % is what the gallery's 120 photographs measure.",
    ),
    "unit": Both(es="% de lo que miden las 120 fotos", en="% of what the 120 photographs measure"),
    "short": Both(
        es="24 de la galería/prior/gaussiana/T = 0.5/borroso", en="24 of the gallery/prior/Gaussian/T = 0.5/blurry"
    ),
}  # fmt: skip
MANY = 24
SPREAD, SHARPNESS = 39.3, 0.0436  # diversity and sharpness of the gallery's 120 photographs, which do not ship


def faces(lang: str, seed: int) -> Seen:
    """Sheets of faces from several sources, and two numbers for each."""
    sets = {
        "real": some(SHARP, MANY, seed), "prior": from_prior(SHARP, MANY, seed),
        "gaussian": from_gaussian(SHARP, MANY, seed), "cool": from_gaussian(SHARP, MANY, seed, 0.5),
        "soft": from_prior(SOFT, MANY, seed),
    }  # fmt: skip
    known = gallery.originals(SHARP) is not None
    points = [(100 * diversity(xs) / SPREAD, 100 * sharpness(xs) / SHARPNESS) for xs in sets.values()]
    t = {key: pick(text, lang) for key, text in FACES.items()}
    words = zip(t["short"].split("/"), points, strict=True)
    rows = [(word * (k == 0), value, percent(value / 100)) for word, pair in words for k, value in enumerate(pair)]
    most, colours = max(value for _, value, _ in rows), [TEAL, ORANGE] * len(points)
    chart = charts.bars(t["chart"], rows, most, t["unit"], colours, {t["x"]: TEAL, t["y"]: ORANGE})
    titles = {**FACES, "real": FACES["real" if known else "decoded"]}
    sheets = [
        panel(lang, titles[key], None, sheet(xs[:12], pick(titles[key], lang), lang), save=True)
        for key, xs in sets.items()
    ]
    facts = {
        f"{key}_{what}": f"{value:.0f} %"
        for key, point in zip(sets, points, strict=True)
        for what, value in zip(("spread", "sharp"), point, strict=True)
    }
    return Seen(panels(*sheets, panel(lang, FACES["chart"], FACES["chart_text"], chart)), facts)


COLLAPSE = {
    "real": Both(es="Galería", en="The gallery"),
    "free": Both(es="β = 0, z del prior: lugar equivocado", en="β = 0, z from the prior: the wrong place"),
    "fitted": Both(es="β = 0, z de la gaussiana ajustada", en="β = 0, z from the fitted Gaussian"),
    "one": Both(es="β = 1, z del prior", en="β = 1, z from the prior"),
    "dead": Both(
        es="β = 64, z del prior: colapso del posterior", en="β = 64, z from the prior: posterior collapse"
    ),
    "numbers": Both(es="Los números, sobre 60 muestras", en="The numbers, over 60 samples"),
    "spread": Both(es="Distancia media entre muestras", en="Mean distance between samples"),
    "near": Both(es="Distancia a la más cercana de la galería", en="Distance to the nearest in the gallery"),
    "classes": Both(es="Clases a las que llegan, de 10", en="Classes that they reach, of 10"),
    "heads": Both(
        es="galería/β = 0, prior/β = 0, ajustada/β = 1/β = 64",
        en="gallery/β = 0, prior/β = 0, fitted/β = 1/β = 64",
    ),
}  # fmt: skip


def collapse(lang: str, seed: int) -> Seen:
    """Samples of clothes from four sources: how alike, how near to real ones, how many classes."""
    held, rest, labels = _halves(seed)
    sets = {
        "real": held, "free": from_prior("fashion-beta-0", COUNTED, seed),
        "fitted": from_gaussian("fashion-beta-0", COUNTED, seed),
        "one": from_prior("fashion-beta-1", COUNTED, seed), "dead": from_prior("fashion-beta-64", COUNTED, seed),
    }  # fmt: skip
    measured = {key: _measured(xs, rest, labels) for key, xs in sets.items()}
    rows = [
        (pick(COLLAPSE[what], lang), [told[what] for told in measured.values()])
        for what in ("spread", "near", "classes")
    ]
    numbers = panel(
        lang, COLLAPSE["numbers"], None, table(lang, pick(COLLAPSE["heads"], lang).split("/"), rows), wide=True
    )
    sheets = [
        panel(lang, COLLAPSE[key], None, sheet(xs[:16], pick(COLLAPSE[key], lang), lang), save=True)
        for key, xs in sets.items()
        if key != "real"
    ]
    return Seen(panels(*sheets, numbers), {f"{key}_{k}": v for key, told in measured.items() for k, v in told.items()})


COUNTED = 60  # samples, or pictures of the gallery, whose classes are counted


def _halves(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Clothes of the gallery to count, the others to compare with, and the labels of these others."""
    shown, labels = gallery.shown(CLOTHES), gallery.stored(CLOTHES).labels
    order = torch.randperm(len(shown), generator=generator(seed))
    return shown[order[:COUNTED]], shown[order[COUNTED:]], labels[order[COUNTED:]]


def _measured(xs: Tensor, real: Tensor, labels: Tensor) -> dict[str, str]:
    distances = apart(xs, real)
    classes = labels[distances.argmin(dim=1)].bincount(minlength=10)
    reached = int((classes >= 2).sum())  # one alone may be chance
    return {
        "spread": f"{diversity(xs):.1f}",
        "near": f"{distances.min(dim=1).values.mean():.1f}",
        "classes": str(reached),
    }


# ---- the lessons' questions

PIXELS = {
    "uniform": Both(es="1. Cada píxel, al azar", en="1. Each pixel at random"),
    "histogram": Both(es="2. Cada píxel, de su propio histograma", en="2. Each pixel from its own histogram"),
    "pca": Both(es="3. Una gaussiana sobre {count} componentes", en="3. A Gaussian over {count} components"),
    "build": Both(es="Cuántos componentes hacen falta", en="How many components it takes"),
    "build_text": Both(
        es="Un rostro apartado, contado con los primeros componentes de los demás.",
        en="A face kept aside, told with the first components of the others.",
    ),
}
COMPONENTS = (1, 4, 16, 64)


def pixels(lang: str, seed: int) -> Seen:
    """Three ways to draw a picture, and one picture told with few numbers, on drawn faces."""
    shown = gallery.shown("drawn")
    order = torch.randperm(len(shown), generator=generator(seed))
    aside, known = shown[order[:1]], shown[order[1:]].flatten(1)
    mean = known.mean(dim=0)
    _, lengths, axes = torch.linalg.svd(known - mean, full_matrices=False)
    chance, shape = generator(seed), shown.shape[1:]
    rows = torch.randint(0, len(known), (8, known.shape[1]), generator=chance)
    spread = lengths[:64] / (len(known) - 1) ** 0.5
    drawn = {
        "uniform": torch.rand(8, *shape, generator=chance),
        "histogram": known.gather(0, rows).view(8, *shape),
        "pca": (mean + torch.randn(8, 64, generator=chance) * spread @ axes[:64]).view(8, *shape),
    }
    built = [(mean + (aside.flatten(1) - mean) @ axes[:k].T @ axes[:k]).view(shape) for k in COMPONENTS]
    titles = {**PIXELS, "pca": PIXELS["pca"].format(count=64)}
    sheets = [
        panel(lang, titles[k], None, sheet(xs, pick(titles[k], lang), lang), save=True) for k, xs in drawn.items()
    ]
    steps = "".join(
        pictures.figure(x, str(k), str(k)) for k, x in zip((*COMPONENTS, "x"), (*built, aside[0]), strict=True)
    )
    kept = lengths.square().cumsum(0) / lengths.square().sum()
    build = panel(lang, PIXELS["build"], PIXELS["build_text"], f'<div class="steps">{steps}</div>', wide=True)
    return Seen(panels(*sheets, build, columns=3), {"share": percent(float(kept[15])), "values": str(known.shape[1])})


BOTTLENECK = {
    "rebuilt": Both(es="Reconstruye (β = 0)", en="It reconstructs (β = 0)"),
    "random": Both(es="Decodifica z de N(0, I)", en="It decodes z from N(0, I)"),
    "lives": Both(es="Qué tan lejos viven los códigos", en="How far out the codes live"),
    "lives_text": Both(
        es="Distancia media al origen, comparada con la de un z del prior.",
        en="Mean distance from the origin, compared with that of a z from the prior.",
    ),
    "codes": Both(es="códigos, D = {count}", en="codes, D = {count}"),
    "priors": Both(es="prior, D = {count}", en="prior, D = {count}"),
    "unit": Both(es="distancia al origen", en="distance from the origin"),
}


def bottleneck(lang: str, seed: int) -> Seen:
    """Autoencoders with 2, 8 and 32 numbers: their reconstructions, and what random codes give."""
    x = some(CLOTHES, 4, seed)
    parts, rows, colours, facts = [], [], [], {}
    for count in LATENTS[:3]:
        name = f"fashion-latent-{count}-beta-0"
        codes = models.encode(name, gallery.shown(CLOTHES))[0].norm(dim=1).mean()
        prior = sample_prior(1000, count, generator(seed)).norm(dim=1).mean()
        for key, value in (("codes", float(codes)), ("priors", float(prior))):
            rows.append((pick(BOTTLENECK[key], lang).format(count=count), value, f"{value:.1f}"))
        colours += [TEAL, GREY]
        facts |= {f"psnr_{count}": f"{figures(name)['psnr']:.1f}", f"far_{count}": f"{codes / prior:.0f}"}
        parts.append((f"D = {count}", reconstructed(name, x), from_prior(name, 4, seed)))
    heads = [head for head, *_ in parts]
    rebuilt = [(f"{pick(REBUILT, lang)} {k + 1}", [recs[k] for _, recs, _ in parts]) for k in range(4)]
    random = [(pick(DRAWN, lang).format(number=k + 1), [made[k] for *_, made in parts]) for k in range(4)]
    chart = charts.bars(pick(BOTTLENECK["lives"], lang), rows, max(value for _, value, _ in rows),
                        pick(BOTTLENECK["unit"], lang), colours)  # fmt: skip
    html = panels(
        panel(lang, BOTTLENECK["rebuilt"], None, table(lang, heads, rebuilt)),
        panel(lang, BOTTLENECK["random"], None, table(lang, heads, random)),
        panel(lang, BOTTLENECK["lives"], BOTTLENECK["lives_text"], chart),
    )
    return Seen(html, facts)


REDRAWS = {
    "none": Both(es="σ puesta en 0", en="σ set to 0"),
    "usual": Both(es="La σ del modelo", en="The model's σ"),
    "wide": Both(es="Tres veces σ", en="Three times σ"),
    "chart": Both(es="Diferencia media por píxel entre dos sorteos", en="Mean difference per pixel between two draws"),
}


def redraws(lang: str, seed: int) -> Seen:
    """Draws of one photograph from its cloud, as it is, shrunk to a point and widened."""
    mu, logvar = models.encode(SOFT, some(SOFT, 1, seed))
    eps, std = torch.randn(6, mu.shape[1], generator=generator(seed)), (0.5 * logvar).exp()
    parts, shares = [], {}
    for key, scale in (("none", 0), ("usual", 1), ("wide", 3)):
        xs = models.decode(SOFT, mu + scale * std * eps)
        shares[key] = 100 * torch.pdist(xs.flatten(1), p=1).mean().item() / xs[0].numel()
        title = pick(REDRAWS[key], lang)
        parts.append(panel(lang, REDRAWS[key], None, sheet(xs, title, lang, 3), save=True))
    facts = {key: f"{share:.1f}" for key, share in shares.items()} | {"sigma": f"{std.mean().item():.2f}"}
    rows = [(pick(REDRAWS[key], lang), share, f"{facts[key]} %") for key, share in shares.items()]
    chart = charts.bars(pick(REDRAWS["chart"], lang), rows, shares["wide"], "%", [GREY, TEAL, ORANGE])
    return Seen(panels(*parts, panel(lang, REDRAWS["chart"], None, chart, wide=True), columns=3), facts)


SIGMA = {
    "alone": Both(es="Solo E[(z − 3)²]", en="E[(z − 3)²] alone"),
    "cut": Both(es="Lo mismo, con z.detach()", en="The same, with z.detach()"),
    "kl": Both(es="Con la KL", en="With the KL"),
    "x": Both(es="pasos", en="descent steps"),
    "y": Both(es="valor", en="their value"),
}
STEPS, RATE = 200, 0.2


def sigma(lang: str, seed: int) -> Seen:
    """Gradient descent on mu and logvar of one cloud, in three ways."""
    parts, facts = [], {}
    for key in ("alone", "cut", "kl"):
        mu, std = _descend(key, seed)
        lines = [
            Series(word, list(enumerate(values)), colour)
            for word, values, colour in (("μ", mu, TEAL), ("σ", std, ORANGE))
        ]
        chart = charts.plot(pick(SIGMA[key], lang), pick(SIGMA["x"], lang), pick(SIGMA["y"], lang), lines,
                            xs=(0, 50, 100, 150, 200), ys=(0, 1, 2, 3))  # fmt: skip
        parts.append(panel(lang, SIGMA[key], None, chart))
        facts |= {f"mu_{key}": f"{mu[-1]:.2f}", f"sigma_{key}": f"{std[-1]:.2f}"}
    return Seen(panels(*parts), facts)


def _descend(how: str, seed: int) -> tuple[list[float], list[float]]:
    chance = generator(seed)
    mu, logvar = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, 1, requires_grad=True)
    path = []
    for _ in range(STEPS + 1):
        path.append((mu.item(), (0.5 * logvar).exp().item()))
        z = reparameterize(mu.expand(256, 1), logvar.expand(256, 1), chance)
        if how == "cut":
            z = z.detach()
        loss = (z - 3).square().mean() + (kl_divergence(mu, logvar).mean() if how == "kl" else 0)
        if loss.requires_grad:
            for value, slope in zip((mu, logvar), torch.autograd.grad(loss, (mu, logvar)), strict=True):
                value.data -= RATE * slope
    first, second = zip(*path, strict=True)
    return list(first), list(second)


NOISE = {
    "noisy": Both(es="Un rostro con el ruido que supone cada una", en="A face with the noise that each assumes"),
    "none": Both(es="sin ruido", en="no noise"),
    "measured": Both(es="σ = {sigma}, la medida", en="σ = {sigma}, the measured one"),
    "assumed": Both(es="σ = 0.71, la supuesta", en="σ = 0.71, the assumed one"),
    "bought": Both(es="Nats de KL que compra cada modelo", en="Nats of KL that each model buys"),
    "soft": Both(es="σ = 0.71 supuesta", en="σ = 0.71 assumed"),
    "sharp": Both(es="σ medida", en="σ measured"),
    "rebuilt": Both(es="Lo que reconstruye cada uno", en="What each of them reconstructs"),
    "decoded": Both(
        es="La entrada es un código decodificado, porque la foto no se distribuye: a σ medida le resulta fácil.",
        en="The input is a decoded code, because its photograph does not ship: easy for the measured σ.",
    ),
}  # fmt: skip


def noise(lang: str, seed: int) -> Seen:
    """The pixel noise that a summed squared error assumes, drawn on a face; what it does to the KL."""
    soft, sharp = figures(SOFT), figures(SHARP)
    measured = sharp["mse"] ** 0.5
    x = some(SHARP, 1, seed)
    eps = torch.randn(x.shape, generator=generator(seed))
    t = {key: pick(text, lang) for key, text in NOISE.items()}
    words = (t["none"], t["measured"].format(sigma=f"{measured:.2f}"), t["assumed"])
    noisy = [(x + level * eps).clamp(0, 1)[0] for level in (0, measured, 0.5**0.5)]
    strip = "".join(pictures.figure(one, word, escape(word)) for one, word in zip(noisy, words, strict=True))
    rows = [(t["soft"], soft["kl"], f"{soft['kl']:.0f}"), (t["sharp"], sharp["kl"], f"{sharp['kl']:.0f}")]
    chart = charts.bars(t["bought"], rows, sharp["kl"], pick(PRICE, lang), [ORANGE, TEAL])
    both = (pick(GIVEN, lang), x[0]), (t["soft"], reconstructed(SOFT, x)[0]), (t["sharp"], reconstructed(SHARP, x)[0])
    pair = "".join(pictures.figure(one, word, escape(word)) for word, one in both)
    note = NOISE["decoded"] if gallery.originals(SHARP) is None else None
    html = panels(
        panel(lang, NOISE["noisy"], None, f'<div class="steps three">{strip}</div>', save=True),
        panel(lang, NOISE["rebuilt"], note, f'<div class="steps three">{pair}</div>', save=True),
        panel(lang, NOISE["bought"], None, chart),
    )
    return Seen(html, {"sigma": f"{measured:.2f}", "kl_soft": f"{soft['kl']:.0f}", "kl_sharp": f"{sharp['kl']:.0f}",
                       "db_soft": f"{soft['psnr']:.1f}", "db_sharp": f"{sharp['psnr']:.1f}"})  # fmt: skip


FLOOR = 190  # nats: the BCE of Fashion-MNIST's test pictures with themselves
FIRST = {
    "losses": Both(es="La BCE de una imagen", en="The BCE of one picture"),
    "losses_text": Both(
        es="En promedio sobre las 10 000 imágenes de prueba, sin la KL; sin entrenar, sobre las de la galería.",
        en="Averaged over the 10,000 test pictures, without the KL; untrained, over those of the gallery.",
    ),
    "fresh": Both(es="red sin entrenar", en="untrained network"),
    "average": Both(es="imagen media", en="mean picture"),
    "trained": Both(es="red entrenada", en="trained network"),
    "floor": Both(es="piso: x̂ = x", en="floor: x̂ = x"),
    "unit": Both(es="nats por imagen", en="nats a picture"),
    "shown": Both(es="Lo que cada una dice de cuatro imágenes", en="What each says of four pictures"),
    "curve": Both(es="Después, la BCE cae", en="Then the BCE falls"),
    "curve_text": Both(
        es="Sin la KL, en otras 10 000 imágenes apartadas; termina en {end}. Esta red empezó ya en la imagen media, "
        "puesta en el sesgo de su última capa.",
        en="Without the KL, on 10,000 other held-back pictures; it ends at {end}. This network began at the mean "
        "picture, which was put into its last bias.",
    ),
    "x": Both(es="época", en="training epoch"),
}


def first(lang: str, seed: int) -> Seen:
    """What an untrained network pays, beside the mean picture, a trained one and the floor."""
    name = "fashion-latent-8"
    x = gallery.shown(name if gallery.originals(name) is not None else "fashion-plus")
    fresh = vae.build(models.preset(name), generator(seed)).eval()
    with torch.inference_mode():
        guesses = {
            "fresh": fresh.decode(fresh.encode(x)[0]), "average": x.mean(dim=0, keepdim=True).expand_as(x),
            "trained": reconstructed(name, x), "floor": x,
        }  # fmt: skip
        nats = {
            "fresh": float(bce(x, guesses["fresh"]).mean()), "average": figures("fashion-beta-64")["reconstruction"],
            "trained": figures(name)["reconstruction"], "floor": FLOOR,
        }  # fmt: skip
    t = {key: pick(text, lang) for key, text in FIRST.items()}
    rows = [(t[key], value, f"{value:.0f}") for key, value in nats.items()]
    chart = charts.bars(t["losses"], rows, max(nats.values()), t["unit"], [GREY, ORANGE, TEAL, GREY])
    few = gallery.typical(name)[seed % 20 :: 25][:4]
    table_rows = [(t[key], list(guess[few])) for key, guess in guesses.items()]
    shown = table(lang, [str(k + 1) for k in range(len(few))], table_rows)
    measured = [(int(row["epoch"]), float(row["val_reconstruction"])) for row in history(name) if row["val_loss"]]
    curve = charts.plot(t["curve"], t["x"], t["unit"], [Series("", [(0, nats["average"]), *measured])],
                        marks={t[key]: nats[key] for key in ("fresh", "average", "floor")},
                        xs=(0, 20, 40, 60), ys=(150, 250, 350, 450, 550))  # fmt: skip
    html = panels(
        panel(lang, FIRST["losses"], FIRST["losses_text"], chart), panel(lang, FIRST["shown"], None, shown),
        panel(lang, FIRST["curve"], FIRST["curve_text"].format(end=f"{measured[-1][1]:.0f}"), curve),
    )  # fmt: skip
    return Seen(html, {key: f"{value:.0f}" for key, value in nats.items()})


BETWEEN = {
    "norms": Both(es="Distancia al centro, D = 128", en="Distance from the centre, D = 128"),
    "ends": Both(es="sorteos del prior", en="draws of the prior"),
    "middle": Both(es="puntos medios", en="midpoints of two"),
    "x": Both(es="norma de z", en="norm of z"),
    "cross": Both(es="Fundido de píxeles: dos fantasmas", en="Crossfade of pixels: two ghosts"),
    "path": Both(es="Camino de códigos: una forma que cambia", en="Path of codes: one shape that changes"),
    "straight": Both(es="Mitad del camino recto", en="Middle of the straight line"),
    "arc": Both(es="Mitad del arco", en="Middle of the arc"),
}


def between(lang: str, seed: int) -> Seen:
    """Norms midway between prior draws; a crossfade of pixels above a path of codes."""
    draws = sample_prior(2000, 128, generator(seed))
    middles = (draws[::2] + draws[1::2]) / 2
    norms, halves = draws.norm(dim=1), middles.norm(dim=1)
    t = {key: pick(text, lang) for key, text in BETWEEN.items()}
    values = {t["ends"]: (norms.tolist(), TEAL), t["middle"]: (halves.tolist(), ORANGE)}
    chart = charts.histogram(t["norms"], t["x"], values, [0, 4, 8, 12, 16])
    some_cats = some("cats", 12, seed)
    first, second = divmod(int(apart(some_cats, some_cats).argmax()), len(some_cats))
    ends = models.encode("cats", some_cats[[first, second]])[0]
    times = torch.linspace(0, 1, 7)
    film = models.decode("cats", lerp(*ends, times))
    fade = lerp(film[0].flatten(), film[-1].flatten(), times).view_as(film)
    films = [
        panel(lang, BETWEEN[key], None, sheet(xs, t[key], lang, 7), save=True, wide=True)
        for key, xs in (("cross", fade), ("path", film))
    ]
    pairs = torch.cat([draws[:2], slerp(*draws[:2], 0.5)[None]])
    facts = {"ends": f"{norms.mean():.1f}", "middle": f"{halves.mean():.1f}", "arc": f"{pairs[2].norm():.1f}"}
    return Seen(panels(*films, panel(lang, BETWEEN["norms"], None, chart)), facts)


GLASSES = {
    "strip": Both(es="El mismo rostro, hacia «anteojos»", en="The same face, towards “glasses”"),
    "strip_text": Both(es="Ningún otro control se toca.", en="No other knob is touched."),
    "bars": Both(es="Qué más cambia a la vez", en="What else changes with it"),
    "unit": Both(
        es="% del paso entero hacia ese rasgo", en="% of the whole step towards that feature"
    ),
    "step": Both(es="fuerza {strength}", en="strength {strength}"),
}  # fmt: skip
FEATURES = {
    "Eyeglasses": Both(es="anteojos", en="glasses"),
    "Male": Both(es="hombre", en="male"),
    "Young": Both(es="joven", en="young"),
    "Gray_Hair": Both(es="canas", en="grey hair"),
    "Smiling": Both(es="sonrisa", en="smile"),
    "Heavy_Makeup": Both(es="maquillaje", en="make-up"),
    "Attractive": Both(es="«atractivo»", en="“attractive”"),
}


def glasses(lang: str, seed: int) -> Seen:
    """One face along the direction of glasses, and how far that direction goes along others."""
    directions = pretrained.directions(SHARP)
    way = directions["Eyeglasses"]
    code = models.encode(SHARP, some(SHARP, 1, seed))[0]
    strengths = (-1, 0, 1, 2, 3)
    film = models.decode(SHARP, torch.cat([apply_attribute(code, way, s) for s in strengths]))
    steps = "".join(
        pictures.figure(x, word, escape(word))
        for x, word in zip(
            film,
            (pick(GLASSES["step"], lang).format(strength=f"{s}".replace("-", "−")) for s in strengths),
            strict=True,
        )
    )
    shares = {
        key: float(way @ directions[key] / directions[key].square().sum()) for key in FEATURES if key in directions
    }
    rows = [(pick(FEATURES[key], lang), 100 * share, percent(share).replace("-", "−")) for key, share in shares.items()]
    chart = charts.bars(pick(GLASSES["bars"], lang), rows, 100, pick(GLASSES["unit"], lang))
    html = panels(
        panel(lang, GLASSES["strip"], GLASSES["strip_text"], f'<div class="steps">{steps}</div>', save=True, wide=True),
        panel(lang, GLASSES["bars"], None, chart),
    )
    return Seen(html, {key.lower(): percent(share).replace("-", "−") for key, share in shares.items()})


ENDS = {
    "table": Both(es="Sin KL, con ambas, solo KL (casi)", en="Without KL, with both, (nearly) KL only"),
    "heads": Both(es="β = 0: sin KL/β = 1/β = 64: manda la KL", en="β = 0: no KL/β = 1/β = 64: the KL rules"),
}


def ends(lang: str, seed: int) -> Seen:
    """Both ends of beta beside its middle."""
    names = [f"fashion-beta-{b}" for b in (0, 1, 64)]
    shown = models_table(lang, names, pick(ENDS["heads"], lang).split("/"), seed, 3, 3)
    facts = {f"kl_{b}": f"{figures(name)['kl']:.1f}" for b, name in zip((0, 1, 64), names, strict=True)}
    return Seen(panels(panel(lang, ENDS["table"], None, shown, wide=True)), facts)


RUN: dict[str, Callable[[str, int], Seen]] = {
    "blurry": blurry, "latent": latent, "beta": beta, "faces": faces, "collapse": collapse, "pixels": pixels,
    "bottleneck": bottleneck, "redraws": redraws, "sigma": sigma, "noise": noise, "first": first, "between": between,
    "glasses": glasses, "ends": ends,
}  # fmt: skip


@lru_cache(maxsize=64)
def run(question: str, lang: str, seed: int) -> Seen:
    return RUN[question](lang, seed)
