"""What train, evaluate and figures do with run folders.

A run folder holds config.json, model.safetensors, checkpoints/, history.csv, TensorBoard events, samples/,
metrics.json and figures/.
"""

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from . import data, presets, pretrained, training
from .beta import active_units, beta_schedule
from .evaluation import decibels
from .files import replacing
from .images import to_unit_range
from .loss import vae_loss
from .presets import Preset
from .sampling import reparameterize
from .vae import VAE, build, start_at_mean_image_

EVALUATION_BATCH = 500
SHEET = 32  # pictures on a sheet of samples, 8 to a row


class RunError(Exception):
    """A run folder that can't be used as asked; the message says why."""


@dataclass(frozen=True)
class Run:
    """A run folder and what it holds."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.json"

    @property
    def weights(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def last(self) -> Path:
        return self.folder / "checkpoints" / "last.pt"

    @property
    def history(self) -> Path:
        return self.folder / "history.csv"

    @property
    def machine(self) -> Path:
        return self.folder / "machine.json"

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics.json"

    def preset(self) -> Preset:
        if not self.config.is_file():
            raise RunError(f"{self.folder} is no run folder: it has no config.json")
        return presets.load(self.config)

    def model(self) -> VAE:
        """The trained model on the CPU, in eval mode."""
        model = build(self.preset())
        if not self.weights.is_file():
            raise RunError(f"{self.folder} has no model.safetensors yet: its training has not finished an epoch")
        try:
            model.load_state_dict(load_file(self.weights))
        except (SafetensorError, RuntimeError) as error:
            why = str(error).splitlines()[0].rstrip(":")
            raise RunError(f"{self.weights} is damaged or not of the model in config.json ({why})") from None
        return model.eval()


def train(
    preset: Preset,
    folder: Path,
    *,
    path: Path | None = None,
    epochs: int | None = None,
    resume: bool = False,
    download: bool = False,
    device: str | None = None,
) -> Run:
    """Trains what the preset describes, into a run folder. Raises RunError, DataError, NonFiniteLoss."""
    preset, run = with_choices(preset, path, epochs), Run(folder)
    check_free(run, preset, resume, moved=path is not None)
    device = choose_device(device)
    images = data.load(preset.data, download=download)
    note_start(run, preset, device)
    options = preset.training
    torch.manual_seed(options.seed)
    model = build(preset)
    if preset.model.output_bias == "mean_image":
        start_at_mean_image_(model.decoder, mean_image(images.images[images.train]))
    model.to(device, memory_format=torch.channels_last)  # faster convolutions, on CPUs too
    train_images, val_images = (images.images[part].to(device) for part in (images.train, images.validation))
    training.fit(
        model,
        train_images,
        val_images if len(val_images) else None,
        batch_size=preset.data.batch_size,
        flip=preset.data.flip,
        **means(model, options, steps_per_epoch=math.ceil(len(train_images) / preset.data.batch_size)),
        folder=folder,
        resume=resume,
        on_epoch=[
            report(options.epochs),
            keep_result(run, options),
            sample_sheets(run, options),
            tensorboard(run, val_images if len(val_images) else train_images),
        ],
    )
    return run


def means(model: VAE, options: presets.Training, steps_per_epoch: int) -> dict:
    """What a preset's training section says, as arguments of `training.fit`."""
    optimizer, stopping = make_optimizer(model, options), options.early_stopping
    return {
        "epochs": options.epochs,
        "optimizer": optimizer,
        "schedule": make_schedule(optimizer, options, options.epochs * steps_per_epoch),
        "average": training.averaged(model, options.average) if options.average else None,
        "stopping": training.EarlyStopping(stopping.patience, stopping.min_delta) if stopping else None,
        "beta": lambda step: beta_schedule(step, options.beta_warmup, options.beta),
        "kind": options.loss,
        "gradient_clip": options.gradient_clip,
        "precision": getattr(torch, options.precision),
        "validate_every": options.validate_every,
        "checkpoint_every": options.checkpoint_every,
        "seed": options.seed,
    }


def with_choices(preset: Preset, path: Path | None, epochs: int | None) -> Preset:
    """The preset with --data and --epochs in it, so that the run folder knows where its pictures are."""
    if path is not None:
        if preset.data.source == "drawn":
            raise RunError("drawn faces are drawn, not read: --data is for presets of other pictures")
        preset = changed(preset, "data", path=str(path.expanduser().resolve()))
    return preset if epochs is None else changed(preset, "training", epochs=epochs)


def changed(preset: Preset, section: str, **values) -> Preset:
    return preset.model_copy(update={section: getattr(preset, section).model_copy(update=values)})


def check_free(run: Run, preset: Preset, resume: bool, moved: bool) -> None:
    """Raises RunError unless the folder is new or, to resume, holds the start of this same experiment.

    moved: the pictures may lie elsewhere than before.
    """
    if run.last.exists() and not resume:
        raise RunError(f"{run.folder} already holds a training: go on with --resume, or choose another --out")
    if run.config.exists() and resume:
        before, now = (json.loads(p.model_dump_json()) for p in (run.preset(), preset))
        now["training"]["epochs"] = before["training"]["epochs"]
        now["data"]["path"] = before["data"]["path"] if moved else now["data"]["path"]
        other = [f"{s}.{key}" for s in now for key in now[s] if now[s][key] != before[s][key]]
        if other:
            raise RunError(f"{run.folder} was trained with other settings ({', '.join(other)}): choose another --out")


def choose_device(asked: str | None) -> str:
    device = asked or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cuda":
        if not torch.cuda.is_available():
            raise RunError("--device cuda: PyTorch finds no CUDA device here; leave --device out to train on the CPU")
        torch.set_float32_matmul_precision("high")
    return device


def note_start(run: Run, preset: Preset, device: str) -> None:
    """Writes what is trained, and on what machine: for the card, as seconds mean little without it."""
    name = torch.cuda.get_device_name() if device == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    with replacing(run.config) as temporary:
        temporary.write_text(preset.model_dump_json(indent=2) + "\n", encoding="utf-8")
    with replacing(run.machine) as temporary:
        temporary.write_text(json.dumps({"device": name, "torch": torch.__version__}) + "\n", encoding="utf-8")


def mean_image(images: Tensor) -> Tensor:
    """The mean picture (C, H, W) of uint8 images (N, H, W, C), in bounded memory."""
    total = sum(to_unit_range(part).double().sum(dim=0) for part in images.split(1000))
    return (total / len(images)).float()


def make_optimizer(model: VAE, options: presets.Training) -> torch.optim.Optimizer:
    settings = options.optimizer
    if settings.type == "sgd":
        return torch.optim.SGD(
            model.parameters(), lr=options.learning_rate, momentum=settings.beta1, weight_decay=settings.weight_decay
        )
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[settings.type]
    betas = (settings.beta1, settings.beta2)
    return kind(
        model.parameters(), lr=options.learning_rate, betas=betas, eps=settings.epsilon,
        weight_decay=settings.weight_decay, fused=True,
    )  # fmt: skip


def make_schedule(optimizer: torch.optim.Optimizer, options: presets.Training, steps: int):
    schedule = options.schedule
    if schedule.type == "cosine":
        return training.cosine_with_warmup(optimizer, steps, schedule.warmup)
    if schedule.type == "plateau":
        return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=schedule.factor, patience=schedule.patience)
    return None


def report(epochs: int):
    """A hook that prints a line an epoch where no progress bar can be drawn."""

    def hook(state: training.State) -> None:
        if not sys.stderr.isatty():
            terms = ", ".join(f"{key} {value:.4f}" for key, value in state.history[-1].items() if "_" in key)
            print(f"epoch {state.epoch}/{epochs}: {terms}", flush=True)

    return hook


def keep_result(run: Run, options: presets.Training):
    """A hook that writes model.safetensors: whenever the validation loss is the best so far, or after every epoch."""

    def hook(state: training.State) -> None:
        if state.improved or options.keep == "last" or not run.weights.exists():
            save_weights(run.weights, state.result)

    return hook


def save_weights(path: Path, model: VAE, dtype: torch.dtype = torch.float32) -> None:
    tensors = {
        name: (tensor.to(dtype) if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in model.state_dict().items()
    }
    with replacing(path) as temporary:
        save_file(tensors, temporary)


def sample_sheets(run: Run, options: presets.Training):
    """A hook that decodes one fixed z every few epochs into samples/epoch-0005.png."""
    from . import figures  # matplotlib takes half a second, which evaluating can do without

    def hook(state: training.State) -> None:
        if options.sample_every and (state.epoch % options.sample_every == 0 or state.epoch == options.epochs):
            sheet = figures.tile(decode_fixed_z(state.result), columns=8)
            with replacing(run.folder / "samples" / f"epoch-{state.epoch:04d}.png") as temporary:
                Image.fromarray(sheet).save(temporary, format="png")

    return hook


def decode_fixed_z(model: VAE, n: int = SHEET) -> Tensor:
    """The same n draws from the prior, decoded: (n, C, H, W) on the CPU."""
    z = torch.randn(n, model.latent_dim, generator=torch.Generator().manual_seed(0))
    with training.inference(model):
        return model.decode(z.to(next(model.parameters()).device)).cpu()


def tensorboard(run: Run, images: Tensor):
    """A hook that writes TensorBoard scalars each epoch, and reconstructions and samples every ten."""
    from torch.utils.tensorboard import SummaryWriter

    from . import figures

    writers = []

    def hook(state: training.State) -> None:
        if not writers:
            writers.append(SummaryWriter(run.folder, purge_step=state.epoch))
        writer, row = writers[0], state.history[-1]
        for key in row.keys() - {"epoch"}:
            part, _, term = key.partition("_")
            writer.add_scalar(f"{term}/{part}" if term else key, row[key], state.epoch)
        if state.epoch == 1 or state.epoch % 10 == 0:
            x = training.as_input(images[:8], next(state.model.parameters()).device)
            with training.inference(state.result):
                pairs = torch.cat([x, state.result.decode(state.result.encode(x)[0])])
            writer.add_image("reconstructions", figures.tile(pairs, columns=8), state.epoch, dataformats="HWC")
            writer.add_image(
                "samples", figures.tile(decode_fixed_z(state.result), columns=8), state.epoch, dataformats="HWC"
            )
        writer.flush()

    return hook


def measure(model: VAE, images: Tensor, preset: Preset, seed: int = 0) -> dict[str, float]:
    """The figures of a model on uint8 images (N, H, W, C): what `evaluate` prints.

    loss is the training metric with one z sample per image, loss_mu the same decoding mu; kl in nats; mse per pixel and
    psnr in dB decoding mu.
    """
    generator = torch.Generator().manual_seed(seed)
    options, total, means = preset.training, training.Mean(), []
    with training.inference(model):
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


def evaluate(name_or_folder: str, *, split: str = "test", path: Path | None = None) -> dict:
    """The figures of a run folder or shipped model on part of its image set. A run's are kept in metrics.json."""
    run = Run(Path(name_or_folder))
    shipped = name_or_folder in pretrained.names() and not run.config.is_file()
    if not shipped and not run.folder.is_dir():
        names = ", ".join(pretrained.names())
        raise RunError(f"{name_or_folder} is neither a run folder nor a shipped model; models: {names}")
    preset = pretrained.preset(name_or_folder) if shipped else run.preset()
    model = pretrained.load(name_or_folder) if shipped else run.model()
    images = data.load(preset.data, path=path)
    result = judge(model, images, preset, split)
    if not shipped:
        with replacing(run.metrics) as temporary:
            temporary.write_text(json.dumps(result, indent=2) + "\n")
    return result


def judge(model: VAE, images: data.ImageSet, preset: Preset, split: str) -> dict:
    """`measure` on one part of a set, with what was measured: the part's name, how many pictures, the kind of loss."""
    if split == "test" and not len(images.test):
        split = "validation"
    part = images.part(split)
    if not len(part):
        raise RunError("no picture was held back from training: measure with --split train")
    about = {"split": split, "images": len(part), "kind": preset.training.loss, "beta": preset.training.beta}
    return about | {key: round(value, 5) for key, value in measure(model, images.images[part], preset).items()}


def encode_all(model: VAE, images: Tensor) -> tuple[Tensor, Tensor]:
    """(mu, logvar), each (N, D), of uint8 images (N, H, W, C), in bounded memory."""
    with training.inference(model):
        codes = [model.encode(to_unit_range(batch)) for batch in images.split(EVALUATION_BATCH)]
    return torch.cat([mu for mu, _ in codes]), torch.cat([logvar for _, logvar in codes])
