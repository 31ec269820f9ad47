"""How fast `fit` trains, beside other people's loops: python benchmarks/throughput.py [--quick] [--json].

The same VAEs, batches, optimizer (Adam) and loss (squared error, summed, + KL), in one process, in turns: each round
trains each loop for an epoch, and the medians of all rounds after the first count. Ratios are of CPU seconds, of all
threads, which a busy machine disturbs less; pictures a second stand beside them.

mlp: 784-128-64-8 on 20,000 pictures of Fashion-MNIST, or noise where that is not on disk (VAE_COURSE_DATA), 128 a batch
conv: the network of the preset `faces`, 64 x 64 x 3, on drawn faces, 64 a batch

usual: as in PyTorch's examples: torchvision's data set, ToTensor, a DataLoader, Adam
plain: a short loop by hand: float32 in memory, a shuffled index, Adam(fused=True); no check, no history
fit: vae_course.fit, with weight averaging or in bfloat16 with averaging, as said; conv as the preset trains: both
pythae, lightning: their own trainers, tried as installed by
  pip install --no-deps pythae==0.1.2 lightning==2.6.6 lightning-utilities==0.15.3 torchmetrics==1.9.0

flops: of its matrix products and convolutions, a second. matmul: what this machine reaches on square matrices.

Ratios are of the first number of threads that is asked for. conv_vs_plain is of `fit` in bfloat16 and `plain` in
float32; beside it stands what both do in float32.
"""

import argparse
import json
import logging
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path

import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from vae_course import data, presets  # noqa: E402
from vae_course.data import drawn, fashion  # noqa: E402
from vae_course.fit import Average, Settings, State, fit  # noqa: E402
from vae_course.images import to_unit_range  # noqa: E402
from vae_course.presets import Preset  # noqa: E402
from vae_course.sampling import VAE  # noqa: E402
from vae_course.vae import build, channels_last_  # noqa: E402

PEERS = {"pythae": "0.1.2", "lightning": "2.6."}
RATE = 1e-3
LOSS = "mse"  # pythae's, which halves it
RATIOS = {  # name -> whose pictures a CPU second, over whose
    "mlp_averaged_vs_usual": ("mlp fit, averaged", "mlp usual"),
    "mlp_averaged_vs_pythae": ("mlp fit, averaged", "mlp pythae"),
    "mlp_vs_usual": ("mlp fit", "mlp usual"),
    "mlp_bfloat16_vs_usual": ("mlp fit, bfloat16", "mlp usual"),
    "mlp_bfloat16_vs_pythae": ("mlp fit, bfloat16", "mlp pythae"),
    "conv_vs_plain": ("conv fit", "conv plain"),
}

Loop = Callable[[], None]  # trains on for an epoch


def model_of(preset: Preset) -> VAE:
    return build(preset, torch.Generator().manual_seed(0))


def loss_of(x: Tensor, x_hat: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """As it is usually written."""
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (F.mse_loss(x_hat, x, reduction="sum") + kl) / len(x)


class Pictures(torchvision.datasets.FashionMNIST):
    """torchvision's data set, of pictures that are given instead of read."""

    def __init__(self, images: Tensor):
        torchvision.datasets.VisionDataset.__init__(self, ".", transform=torchvision.transforms.ToTensor())
        self.data, self.targets = images.squeeze(-1), torch.zeros(len(images), dtype=torch.int64)


def usual(preset: Preset, images: Tensor) -> Loop:
    """As in PyTorch's own examples."""
    loader = DataLoader(Pictures(images), preset.data.batch_size, shuffle=True)
    model = model_of(preset)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)

    def train() -> None:
        model.train()
        total = 0.0
        for x, _ in loader:
            optimizer.zero_grad()
            loss = loss_of(x, *model(x))
            loss.backward()
            total += loss.item()
            optimizer.step()

    return train


def plain(preset: Preset, images: Tensor) -> Loop:
    x = to_unit_range(images)
    model = model_of(preset)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)

    def train() -> None:
        model.train()
        for positions in torch.randperm(len(x)).split(preset.data.batch_size):
            batch = x[positions]
            loss = loss_of(batch, *model(batch))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return train


def ours(preset: Preset, images: Tensor) -> Loop:
    """As `python -m vae_course train` trains, without its files; in bfloat16 also where the machine emulates it."""
    options = preset.training
    model = channels_last_(model_of(preset))
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    state = State(model, optimizer, average=Average(model, options.average) if options.average else None)
    precision, batch_size = getattr(torch, options.precision), preset.data.batch_size

    def train() -> None:
        settings = Settings(state.epoch + 1, batch_size, kind=LOSS, precision=precision)
        fit(state, settings, images, progress=False)

    return train


def in_pythae(ours: VAE, which: str, loss: str, **options) -> torch.nn.Module:
    """A model of pythae (Chadebec et al. 2022), such as "VAE", with our encoder and decoder in it."""
    from pythae import models
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder

    logging.disable(logging.WARNING)

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = ours.encoder

        def forward(self, x: Tensor) -> ModelOutput:
            mu, logvar = self.layers(x)
            return ModelOutput(embedding=mu, log_covariance=logvar)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = ours.decoder

        def forward(self, z: Tensor) -> ModelOutput:
            return ModelOutput(reconstruction=self.layers(z))

    config = getattr(models, f"{which}Config")(ours.image_shape, ours.latent_dim, reconstruction_loss=loss, **options)
    return getattr(models, which)(config, Encoder(), Decoder())


def by_pythae(model: torch.nn.Module, x: Tensor, batch_size: int, epochs: int, rate: float = RATE, **options) -> None:
    """pythae's own trainer on x (N, C, H, W), without its words and files."""
    from pythae.data.datasets import BaseDataset
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    pictures = BaseDataset(x, torch.zeros(len(x)))
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        chosen = BaseTrainerConfig(
            output_dir=folder, per_device_train_batch_size=batch_size, num_epochs=epochs, learning_rate=rate,
            no_cuda=True, **options,
        )  # fmt: skip
        BaseTrainer(model, pictures, training_config=chosen).train()


def pythae(preset: Preset, images: Tensor) -> Loop:
    model, x = in_pythae(model_of(preset), "VAE", LOSS), to_unit_range(images)
    return lambda: by_pythae(model, x, preset.data.batch_size, epochs=1)


def lightning(preset: Preset, images: Tensor) -> Loop:
    """Lightning's Trainer on the usual data set."""
    import lightning as pl

    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore", module="lightning")

    class Module(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = model_of(preset)

        def training_step(self, batch: list[Tensor]) -> Tensor:
            x, _ = batch
            return loss_of(x, *self.model(x))

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=RATE)

    loader = DataLoader(Pictures(images), preset.data.batch_size, shuffle=True)
    module = Module()
    quiet = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)

    def train() -> None:
        with redirect_stderr(StringIO()):
            pl.Trainer(max_epochs=1, accelerator="cpu", devices=1, **quiet).fit(module, loader)

    return train


LOOPS: dict[str, tuple[str, Callable[..., Loop], dict]] = {  # name -> model, what trains it, changes of `training`
    "mlp usual": ("fashion", usual, {}),
    "mlp lightning": ("fashion", lightning, {}),
    "mlp pythae": ("fashion", pythae, {}),
    "mlp plain": ("fashion", plain, {}),
    "mlp fit": ("fashion", ours, {"average": None}),
    "mlp fit, averaged": ("fashion", ours, {}),
    "mlp fit, bfloat16": ("fashion", ours, {"precision": "bfloat16"}),
    "conv plain": ("faces", plain, {}),
    "conv fit, float32": ("faces", ours, {"precision": "float32"}),
    "conv fit": ("faces", ours, {}),
}
SPEEDS = {"per_cpu_second": 16, "per_second": 12}  # and how wide their column is
PICTURES = {"fashion": (20_000, 5_000), "faces": (640, 320)}  # an epoch's, and with --quick
BATCH = {"fashion": 128, "faces": 64}


def pictures_of(model: str, count: int) -> Tensor:
    """uint8 (N, H, W, C)."""
    if model == "faces":
        return torch.from_numpy(drawn.faces(count)[0])
    if fashion.there():
        return data.load(presets.changed(presets.load("fashion"), "data", count=count).data).images
    return torch.randint(0, 256, (count, 28, 28, 1), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def installed(name: str) -> bool:
    """Whether the package that a loop needs is here, in the version that is pinned."""
    package = name.split()[1]
    try:
        return package not in PEERS or version(package).startswith(PEERS[package])
    except PackageNotFoundError:
        return False


def loop(name: str, count: int, pictures: Callable[[str, int], Tensor] = pictures_of) -> Loop:
    model, make, changes = LOOPS[name]
    preset = presets.changed(presets.load(model), "data", batch_size=BATCH[model])
    return make(presets.changed(preset, "training", **changes), pictures(model, count))


def work_of(name: str) -> float:
    """Floating point operations of a step, a picture: of matrix products and convolutions, there and back."""
    preset = presets.load(LOOPS[name][0])
    model = model_of(preset)
    x = torch.rand(8, *model.image_shape)
    with FlopCounterMode(display=False) as counter:
        loss_of(x, *model(x)).backward()
    return counter.get_total_flops() / len(x)


def matmul(precision: torch.dtype, size: int = 1024, times: int = 12) -> float:
    """Floating point operations a second of a product of two square matrices, the fastest of several."""
    a, seconds = torch.rand(size, size, dtype=precision), []
    for _ in range(times):
        start = time.perf_counter()
        a @ a
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / min(seconds)


def measure(counts: dict[str, int], rounds: int) -> dict[str, dict[str, float]]:
    """name -> medians over rounds: pictures a CPU second, pictures and operations a second. counts: its pictures."""
    loops = {name: loop(name, count) for name, count in counts.items()}
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in loops}
    for _ in range(rounds + 1):  # the first warms up
        for name, train in loops.items():
            cpu, wall = time.process_time(), time.perf_counter()
            train()
            seconds[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    found = {}
    for name, count in counts.items():
        cpu, wall = (statistics.median(one) for one in zip(*seconds[name][1:], strict=True))
        found[name] = {"per_cpu_second": count / cpu, "per_second": count / wall, "flops": work_of(name) * count / wall}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="each trains each loop for an epoch")
    parser.add_argument("--quick", action="store_true", help="shorter epochs")
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--json", action="store_true", help="an object a line, the ratios last")
    chosen = parser.parse_args()
    counts = {name: PICTURES[model][chosen.quick] for name, (model, *_) in LOOPS.items() if installed(name)}
    rows = []
    for threads in chosen.threads:
        torch.set_num_threads(threads)
        for kind in (torch.float32, torch.bfloat16):
            rows.append({"matmul": str(kind).removeprefix("torch."), "threads": threads, "flops": matmul(kind)})
        rows += [{"loop": name, "threads": threads, **one} for name, one in measure(counts, chosen.rounds).items()]
    found = {row["loop"]: row for row in rows if row["threads"] == chosen.threads[0] and "loop" in row}
    ratios = {
        name: found[mine]["per_cpu_second"] / found[other]["per_cpu_second"]
        for name, (mine, other) in RATIOS.items()
        if other in found
    }
    if chosen.json:
        print(*map(json.dumps, [*rows, ratios]), sep="\n")
        return
    print(f"{'':20}{'threads':>8}{'pictures/CPU-s':>16}{'pictures/s':>12}{'GFLOP/s':>9}")
    for row in rows:
        speeds = "".join(f"{row[key]:>{width},.0f}" for key, width in SPEEDS.items()) if "loop" in row else " " * 28
        name = row["loop"] if "loop" in row else f"matmul {row['matmul']}"
        print(f"{name:20}{row['threads']:>8}{speeds}{row['flops'] / 1e9:>9.1f}")
    print(*(f"{name:24}{ratio:>12.2f}" for name, ratio in ratios.items()), sep="\n")
    for name in LOOPS.keys() - found.keys():
        print(f"{name}: left out, as {name.split()[1]} {PEERS[name.split()[1]].rstrip('.')} is not installed")


if __name__ == "__main__":
    main()
