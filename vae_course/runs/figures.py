"""Every figure of a run folder, good enough for print: what the command `figures` draws."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .. import data, figures
from ..beta import kl_per_dimension
from ..faces import draw_gaussian, fit_latent_gaussian
from ..history import read_history
from ..images import to_unit_range
from ..latent_space import latent_grid, lerp, project, traverse
from ..text import Both
from ..training import inference
from ..vae import VAE
from .folder import Run
from .hooks import SHEET, decode_fixed_z
from .measure import encode_all, tell_of_others


def draw_figures(run: Run, lang: str, *, path: Path | None = None) -> list[Path]:
    """Draws all figures of a run, in the reader's language, into figures/. Returns their paths."""
    model, images = run.model(), data.load(run.preset().data, path=path)
    tell_of_others(str(run.folder), run, images)
    part = images.part("test") if len(images.part("test")) else images.train
    view = View(model, images, part[:MAP_POINTS], lang)
    drawn = {"loss": figures.loss_curves(read_history(run.history), lang=lang)}
    drawn |= {name: draw(view) for name, (draw, *fewest) in FIGURES.items() if enough(view, *fewest)}
    sheets = sorted(path for path in run.samples.glob("epoch-*.png") if path.stem[6:].isdecimal())
    if sheets:
        drawn["samples/over_time"] = over_time(sheets, lang)
    if model.latent_dim == 2:
        drawn["latent_grid"] = grid_figure(view)
    return [figures.save(figure, run.figures / f"{name}.png") for name, figure in drawn.items()]


MAP_POINTS = 2000  # codes on a map


class View:
    """A model looking at pictures, held-back ones if there are any: codes and labels, made once for all figures."""

    def __init__(self, model: VAE, images: data.ImageSet, part: Tensor, lang: str):
        self.model, self.lang, self.part = model, lang, part
        self.pixels = images.images[part]
        self.mu, self.logvar = encode_all(model, self.pixels)
        self.kl = kl_per_dimension(self.mu, self.logvar)
        self.active = self.kl.argsort(descending=True)
        self.groups, self.names = grouped(images, part)

    def decode(self, z: Tensor) -> Tensor:
        """z (..., D) to pictures (..., C, H, W)."""
        with inference(self.model):
            return self.model.decode(z.flatten(0, -2)).unflatten(0, z.shape[:-1])

    @property
    def colours(self) -> dict:
        """How maps colour their points, as figures' maps take it."""
        return {} if self.groups is None else {"labels": self.groups, "classes": self.names}


def grouped(images: data.ImageSet, part: Tensor) -> tuple[Tensor | None, tuple[str | Both, ...]]:
    """The groups of pictures that figures compare: classes, or the halves of the set's most telling attribute."""
    if images.labels is not None:
        plain = (name.replace("$", r"\$") if isinstance(name, str) else name for name in images.classes)
        return images.labels[part], tuple(plain)  # no formulas: folders may have any name
    for attribute, names in TELLING.items():
        if attribute in images.attributes:
            values = images.attributes[attribute][part]
            return (values > 0).long(), names
    return None, ()


TELLING = {
    "Smiling": (Both(es="seria", en="serious"), Both(es="sonriente", en="smiling")),
    "smile": (Both(es="triste", en="sad"), Both(es="sonriente", en="smiling")),
}


def reconstruction_figure(view: View):
    x = to_unit_range(view.pixels[:8])
    return figures.reconstructions(x, view.decode(view.mu[:8]), lang=view.lang)


def map_figure(view: View):
    """The plane itself for two dimensions, mu and sigma for one, else the two directions in which codes vary most."""
    if view.mu.shape[1] == 1:
        points = torch.cat([view.mu, (0.5 * view.logvar).exp()], dim=1)
        return figures.latent_space(points, **view.colours, axes=("z_0", "σ"), lang=view.lang)
    if view.mu.shape[1] == 2:
        return figures.latent_space(view.mu, **view.colours, prior=True, lang=view.lang)
    share = torch.linalg.eigvalsh(torch.cov(view.mu.T)).flip(0)
    return figures.latent_space(
        project(view.mu, "pca"),
        **view.colours,
        axes=("PC 1", "PC 2"),
        variance=share[:2] / share.sum().clamp(min=1e-12),
        lang=view.lang,
    )


def tsne_figure(view: View):
    return figures.latent_space(project(view.mu, "tsne"), **view.colours, axes=("t-SNE 1", "t-SNE 2"), lang=view.lang)


def pairs_figure(view: View):
    return figures.latent_pairs(view.mu, **view.colours, dims=sorted(view.active[:4].tolist()), lang=view.lang)


def traversal_figure(view: View):
    """One picture's code, moved along each of the eight dimensions that carry most, as far as codes lie."""
    dims = view.active[:8].tolist()
    limit = max(3.0, view.mu[:, dims].abs().quantile(0.98).ceil().item())
    values = torch.linspace(-limit, limit, 9)
    rows = view.decode(torch.stack([traverse(view.mu[0], dim, values) for dim in dims]))
    return figures.latent_traversal(rows, dims, values, kl=view.kl[dims], lang=view.lang)


def interpolation_figure(view: View, steps: int = 9):
    """Films between the mean codes of classes, or between pictures where nothing tells them apart."""
    ends, names = prototypes(view)
    pairs = [(k, k + 1) for k in range(len(ends) - 1)][:6]
    t = torch.linspace(0, 1, steps)
    strips = view.decode(torch.stack([lerp(ends[a], ends[b], t) for a, b in pairs]))
    starts, stops = ([names[pair[side]] for pair in pairs] for side in (0, 1))
    return figures.interpolation(strips, start_labels=starts, end_labels=stops, lang=view.lang)


def prototypes(view: View) -> tuple[Tensor, list[str | Both]]:
    if view.groups is not None:
        present = [k for k in range(len(view.names)) if (view.groups == k).any()]
        if len(present) > 1:
            return torch.stack([view.mu[view.groups == k].mean(dim=0) for k in present]), [
                view.names[k] for k in present
            ]
    return view.mu[:7], [f"{k + 1}" for k in range(7)]


def samples_figure(view: View):
    title = Both(es="z del prior N(0, I)", en="z from the prior N(0, I)")
    return figures.samples(decode_fixed_z(view.model), title=title, lang=view.lang)


def fitted_samples_figure(view: View):
    z = draw_gaussian(*fit_latent_gaussian(view.mu, view.logvar), SHEET, torch.Generator().manual_seed(0))
    title = Both(es="z de la gaussiana ajustada a los códigos", en="z from the Gaussian fitted to the codes")
    return figures.samples(view.decode(z), title=title, lang=view.lang)


def kl_figure(view: View):
    return figures.kl_bars(view.kl, lang=view.lang)


def grid_figure(view: View, steps: int = 15):
    return figures.latent_grid(view.decode(latent_grid(steps, 3.0)), steps, 3.0, lang=view.lang)


def over_time(sheets: list[Path], lang: str, most: int = 6):
    steps = max(1, min(most, len(sheets)) - 1)
    chosen = sorted({sheets[round(k * (len(sheets) - 1) / steps)] for k in range(steps + 1)})
    epochs = [int(path.stem.removeprefix("epoch-")) for path in chosen]
    return figures.history_of_samples([np.asarray(Image.open(path)) for path in chosen], epochs, lang=lang)


def enough(view: View, pictures: int, dimensions: int) -> bool:
    return len(view.mu) >= pictures and view.mu.shape[1] >= dimensions


FIGURES = {  # name: (what draws it, how many pictures and how many latent dimensions it takes)
    "reconstruction": (reconstruction_figure, 1, 1),
    "latent_space": (map_figure, 2, 1),
    "latent_space_tsne": (tsne_figure, 5, 2),
    "latent_pairs": (pairs_figure, 1, 2),
    "latent_traversal": (traversal_figure, 1, 1),
    "interpolation": (interpolation_figure, 2, 1),
    "samples/prior": (samples_figure, 1, 1),
    "samples/fitted": (fitted_samples_figure, 2, 1),
    "kl": (kl_figure, 1, 1),
}
