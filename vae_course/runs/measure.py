"""How good a model is, in numbers: what the command `evaluate` prints, and what else is reckoned over many pictures."""

import json
import sys
from functools import reduce
from pathlib import Path

import torch
from torch import Tensor

from .. import data, pretrained
from ..beta import active_units
from ..evaluation import decibels
from ..files import replacing
from ..images import to_unit_range
from ..loss import vae_loss
from ..presets import Preset
from ..sampling import reparameterize
from ..training import Mean, inference
from ..vae import VAE
from . import card as cards
from .folder import Run, RunError

EVALUATION_BATCH = 500


def evaluate(
    name_or_folder: str, *, split: str = "test", path: Path | None = None, full: bool = False, card: bool = False
) -> dict:
    """The figures of a run folder or shipped model on part of its image set. A run's are kept in metrics.json.

    full: with those of its samples (`quality.judge_samples`). card: these, too, and kept on a shipped model's card.
    """
    model, preset, run = named(name_or_folder)
    if card and run:
        raise RunError(f"{name_or_folder} is a run and has no card: its figures are kept in {run.metrics}")
    if (full or card) and split == "train":
        raise RunError("--full compares samples with pictures that were held back: leave out --split train")
    images = data.load(preset.data, path=path)
    if card and not trained_with(name_or_folder, run, images):
        raise RunError(f"{name_or_folder} was trained with other pictures: its card would tell of these")
    tell_of_others(name_or_folder, run, images)
    result = judge(model, images, preset, split)
    if full or card:
        from .quality import FEWEST, judge_samples

        if result["images"] < FEWEST:
            raise RunError(f"--full compares samples with {FEWEST} pictures at least: here are {result['images']}")
        flow = None if run else pretrained.flow(name_or_folder)
        found = rounded(judge_samples(model, images, preset, images.part(result["split"]), flow))
        result |= found
        if card:
            cards.note(name_or_folder, samples={"split": result["split"], "images": result["images"]} | found)
    if run:
        keep(result, run.metrics)
    return result


def named(name_or_folder: str) -> tuple[VAE, Preset, Run | None]:
    """A run folder's model in eval mode, or a shipped one, which has no run. Raises RunError."""
    run = Run(Path(name_or_folder))
    if name_or_folder in pretrained.names() and not run.config.is_file():
        return pretrained.load(name_or_folder), pretrained.preset(name_or_folder), None
    if not run.folder.is_dir():
        names = ", ".join(pretrained.names())
        raise RunError(f"{name_or_folder} is neither a run folder nor a shipped model; models: {names}")
    return run.model(), run.preset(), run


def trained_with(name: str, run: Run | None, images: data.ImageSet) -> bool:
    """Whether a run's model, or the shipped one of that name, was trained with these, as far as is noted."""
    if run:
        return run.began_with(images)
    known = pretrained.card(name)["figures"]
    return known["images"] == len(images.part(known["split"]))


def tell_of_others(name: str, run: Run | None, images: data.ImageSet) -> None:
    """Says on stderr where a model was trained with other pictures than these."""
    if not trained_with(name, run, images):
        print(
            f"these are not the pictures that {name} was trained with: it may have learnt from some of those that are "
            "held back here",
            file=sys.stderr,
        )


def keep(result: dict, metrics: Path) -> None:
    """Writes the figures; where nothing can be written, says so on stderr."""
    try:
        with replacing(metrics) as temporary:
            temporary.write_text(json.dumps(result, indent=2) + "\n")
    except OSError as error:
        print(f"not kept in {metrics}: {error}", file=sys.stderr)


def judge(model: VAE, images: data.ImageSet, preset: Preset, split: str) -> dict:
    """`measure` on one part of a set, with what was measured: the part's name, how many pictures, the kind of loss."""
    if split == "test" and not len(images.test):
        split = "validation"
    if split == "validation" and preset.training.refit:
        other = "test" if len(images.test) else "train"
        raise RunError(f"it was trained on the validation pictures too (training.refit): measure with --split {other}")
    part = images.part(split)
    if not len(part):
        raise RunError("no picture was held back from training: measure with --split train")
    about = {"split": split, "images": len(part), "kind": preset.training.loss, "beta": preset.training.beta}
    return about | rounded(measure(model, images.images[part], preset))


def rounded(figures: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 5) for key, value in figures.items()}


def measure(model: VAE, images: Tensor, preset: Preset, seed: int = 0) -> dict[str, float]:
    """The figures of a model on uint8 images (N, H, W, C): what `evaluate` prints.

    loss is the training metric with one z sample per image, loss_mu the same decoding mu; kl in nats; mse per pixel and
    psnr in dB decoding mu.
    """
    generator = torch.Generator().manual_seed(seed)
    options, total, means = preset.training, Mean(), []
    with inference(model):
        for batch in images.split(EVALUATION_BATCH):
            x = to_unit_range(batch)
            mu, logvar = model.encode(x)
            x_mu = model.decode(mu)
            x_hat = model.decode(reparameterize(mu, logvar, generator))
            loss, reconstruction, kl = vae_loss(x, x_hat, mu, logvar, options.beta, options.loss)
            loss_mu, *_ = vae_loss(x, x_mu, mu, logvar, options.beta, options.loss)
            values = {"loss": loss, "loss_mu": loss_mu, "reconstruction": reconstruction, "kl": kl}
            total.add({k: v.item() for k, v in values.items()} | {"mse": (x - x_mu).square().mean().item()}, len(x))
            means.append(mu)
    result = total.mean()
    return result | {"psnr": decibels(result["mse"]), "active_units": active_units(torch.cat(means))}


def encode_all(model: VAE, images: Tensor) -> tuple[Tensor, Tensor]:
    """(mu, logvar), each (N, D), of uint8 images (N, H, W, C), in bounded memory."""
    with inference(model):
        codes = [model.encode(to_unit_range(batch)) for batch in images.split(EVALUATION_BATCH)]
    return torch.cat([mu for mu, _ in codes]), torch.cat([logvar for _, logvar in codes])


def mean_image(images: Tensor) -> Tensor:
    """The mean picture (C, H, W) of uint8 images (N, H, W, C), in bounded memory."""
    total = reduce(torch.add, (to_unit_range(part).double().sum(dim=0) for part in images.split(1000)))
    return (total / len(images)).float()
