"""What a training leaves behind after each epoch, beside its checkpoints: hooks for `fit`."""

import sys
from collections.abc import Callable
from typing import cast

import torch
from PIL import Image
from torch import Tensor

from .. import figures
from ..files import replacing
from ..fit import State, as_input
from ..presets import Training
from ..training import inference
from ..vae import VAE
from .folder import Run, save_weights

Hook = Callable[[State], None]
SHEET = 32  # pictures on a sheet of samples, 8 to a row


def print_epochs(epochs: int) -> Hook:
    """Prints a line an epoch where no progress bar can be drawn."""

    def hook(state: State) -> None:
        if not sys.stderr.isatty():
            terms = ", ".join(f"{key} {value:.4f}" for key, value in state.history[-1].items() if "_" in key)
            print(f"epoch {state.epoch}/{epochs}: {terms}", flush=True)

    return hook


def keep_result(run: Run, options: Training) -> Hook:
    """Writes model.safetensors: whenever the validation loss is the best so far, or after every epoch."""
    always = options.refit or options.keep == "last"

    def hook(state: State) -> None:
        if always or state.improved or not run.weights.exists():
            save_weights(run.weights, state.result)

    return hook


def sample_sheets(run: Run, options: Training) -> Hook:
    """Decodes one fixed z every few epochs into samples/epoch-0005.png."""

    def hook(state: State) -> None:
        if options.sample_every and (state.epoch % options.sample_every == 0 or state.epoch == options.epochs):
            with replacing(run.samples / f"epoch-{state.epoch:04d}.png") as temporary:
                Image.fromarray(sample_sheet(vae_of(state))).save(temporary, format="png")

    return hook


def tensorboard(run: Run, images: Tensor) -> Hook:
    """Writes TensorBoard scalars each epoch, and reconstructions of images and samples every ten."""
    from torch.utils.tensorboard import SummaryWriter

    writers: list[SummaryWriter] = []

    def hook(state: State) -> None:
        if not writers:  # a resumed training takes back the epochs after its checkpoint
            writers.append(SummaryWriter(run.folder, purge_step=state.epoch))
        writer, row = writers[0], state.history[-1]
        for key in row.keys() - {"epoch"}:
            part, _, term = key.partition("_")
            writer.add_scalar(f"{term}/{part}" if term else key, row[key], state.epoch)
        if state.epoch == 1 or state.epoch % 10 == 0:
            model = vae_of(state)
            pairs = reconstruction_sheet(model, as_input(images[:8], state.device))
            writer.add_image("reconstructions", pairs, state.epoch, dataformats="HWC")
            writer.add_image("samples", sample_sheet(model), state.epoch, dataformats="HWC")
        writer.flush()

    return hook


def vae_of(state: State) -> VAE:
    """The model to look at: of a run it is always a VAE."""
    return cast(VAE, state.result)


def decode_fixed_z(model: VAE, n: int = SHEET) -> Tensor:
    """The same n draws from the prior, decoded: (n, C, H, W) on the CPU."""
    z = torch.randn(n, model.latent_dim, generator=torch.Generator().manual_seed(0))
    with inference(model):
        return model.decode(z.to(next(model.parameters()).device)).cpu()


def sample_sheet(model: VAE):
    return figures.tile(decode_fixed_z(model), columns=8)


def reconstruction_sheet(model: VAE, x: Tensor):
    """Eight pictures x (8, C, H, W), and below each what the model makes of it."""
    with inference(model):
        return figures.tile(torch.cat([x, model.decode(model.encode(x)[0])]), columns=8)
