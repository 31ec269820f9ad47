"""How good models are after the same CPU time: python benchmarks/quality.py [--seconds S] [--seeds N] [--json].

All learn Fashion-MNIST's 50,000 training pictures with the network 784-128-64-8 of the preset `fashion`, binary cross
entropy, one learning rate (0.002) and as many CPU seconds each, as far as whole epochs go (one at least, whatever it
takes), one thread, in turns, for several seeds; what is said is said of pictures that none of them saw. Medians over
seeds, ± half the way from the least to the most.

usual: PyTorch's example: Adam, batches of 128
ours: vae_course.fit: AdamW, cosine schedule with warm-up, averaged weights
pythae: its VAE, beta-VAE (beta 4) and IWAE (5 samples), its own trainer; tried as installed by
  pip install --no-deps pythae==0.1.2
autoencoder: ours without KL (beta 0); PCA: as many components

loss: reconstruction of one z + KL, nats. psnr: of the decoded mean code, dB. bound: importance-weighted, 1,000 draws,
of 200 of the pictures, nats, so it does not compare with the loss. active: latent dimensions of 8.

The rest is told by two kinds of features, which do not compare with each other: pixels, 64 principal components of the
training pictures; clothes, this project's own classifier (vae_course/runs/judges). prior, gaussian: squared Fréchet
distance between the held-back pictures and 5,000 samples, from N(0, I) and from the Gaussian fitted to the training
pictures' codes; floor: held-back reconstructions in their place. precision, recall (Kynkäänniemi et al. 2019, k = 3)
and copies are of samples from N(0, I), for the autoencoder and PCA of those from their Gaussian. copies: how near the
nearest training picture is to a sample, over how near it is to a held-back picture: well below 1 where samples are
copies.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from throughput import Pictures, by_pythae, in_pythae, installed  # noqa: E402

from vae_course import data, presets  # noqa: E402
from vae_course.beta import active_units, kl_per_dimension  # noqa: E402
from vae_course.data import fashion  # noqa: E402
from vae_course.evaluation import frechet_distance, psnr  # noqa: E402
from vae_course.faces import draw_gaussian, fit_latent_gaussian  # noqa: E402
from vae_course.fit import Average, Settings, State, cosine_with_warmup, fit  # noqa: E402
from vae_course.images import to_unit_range  # noqa: E402
from vae_course.loss import reconstruction_loss, vae_loss  # noqa: E402
from vae_course.runs.quality import SAMPLES, bounds, copies, in_parts, judges, precision, principal  # noqa: E402
from vae_course.sampling import VAE, reparameterize, sample_prior  # noqa: E402
from vae_course.vae import build  # noqa: E402

BATCH, KIND, LEARNING_RATE = 128, "bce", 2e-3
BOUND_OF = 200  # pictures
JUDGES = {"pixels": 2, "clothes": 3}  # whose features; digits of their distances
ROWS = {"loss": 2, "psnr": 2, "bound": 2, "active": 0, "epochs": 0} | {
    f"{judge}_{row}": digits if row in ("prior", "gaussian", "floor") else 3
    for judge, digits in JUDGES.items()
    for row in ("prior", "gaussian", "floor", "precision", "recall", "copies")
}


@dataclass(frozen=True)
class Coder:
    """A trained model: encode x (N, C, H, W) -> (mu, logvar or None), decode z -> pictures."""

    encode: Callable[[Tensor], tuple[Tensor, Tensor | None]]
    decode: Callable[[Tensor], Tensor]
    epochs: int = 0


Train = Callable[[Tensor, int, float], Coder]  # images (N, H, W, C) uint8, seed, CPU seconds


def network(seed: int) -> VAE:
    return build(presets.load("fashion"), torch.Generator().manual_seed(seed))


def epochs_in(seconds: float, epochs: Callable[[int], object]) -> int:
    """As many as fit into so many CPU seconds, by the time that the first of them takes, which counts for nothing."""
    start = time.process_time()
    epochs(1)
    return max(1, round(seconds / (time.process_time() - start)))


def of_vae(model: VAE, epochs: int) -> Coder:
    model.eval()
    return Coder(model.encode, model.decode, epochs)


def usual(images: Tensor, seed: int, seconds: float) -> Coder:
    torch.manual_seed(seed)
    loader = torch.utils.data.DataLoader(Pictures(images), BATCH, shuffle=True)

    def trained(epochs: int) -> VAE:
        model = network(seed).train()
        optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        for _ in range(epochs):
            for x, _ in loader:
                optimizer.zero_grad()
                vae_loss(x, *model(x), kind=KIND)[0].backward()
                optimizer.step()
        return model

    epochs = epochs_in(seconds, trained)
    return of_vae(trained(epochs), epochs)


def ours(images: Tensor, seed: int, seconds: float, beta: float = 1.0) -> Coder:
    def trained(epochs: int) -> VAE:
        model = network(seed)
        optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, fused=True)
        schedule = cosine_with_warmup(optimizer, epochs * math.ceil(len(images) / BATCH))
        state = State(model, optimizer, schedule, Average(model, 0.998), generator=torch.Generator().manual_seed(seed))
        fit(state, Settings(epochs, BATCH, beta, KIND), images, progress=False)
        return state.result

    epochs = epochs_in(seconds, trained)
    return of_vae(trained(epochs), epochs)


def autoencoder(images: Tensor, seed: int, seconds: float) -> Coder:
    coder = ours(images, seed, seconds, beta=0.0)
    return Coder(lambda x: (coder.encode(x)[0], None), coder.decode, coder.epochs)


def pca(images: Tensor, seed: int, seconds: float) -> Coder:
    x = to_unit_range(images)
    mean, axes = principal(x.flatten(1), network(seed).latent_dim)
    return Coder(
        lambda x: ((x.flatten(1) - mean) @ axes, None),
        lambda z: (mean + z @ axes.T).clamp(0, 1).view(-1, *x.shape[1:]),
    )


def pythae(which: str, **options) -> Train:
    def train(images: Tensor, seed: int, seconds: float) -> Coder:
        x = to_unit_range(images)

        def trained(epochs: int) -> VAE:
            mine = network(seed)
            by_pythae(in_pythae(mine, which, KIND, **options), x, BATCH, epochs, LEARNING_RATE, seed=seed)
            return mine

        epochs = epochs_in(seconds, trained)
        return of_vae(trained(epochs), epochs)

    return train


CONTENDERS: dict[str, Train] = {
    "usual": usual,
    "ours": ours,
    "pythae VAE": pythae("VAE"),
    "pythae beta-VAE": pythae("BetaVAE", beta=4.0),
    "pythae IWAE": pythae("IWAE", number_samples=5),
    "autoencoder": autoencoder,
    "PCA": pca,
}


class Judge:
    """What is said of a model, from the training pictures and those held back, uint8 (N, H, W, C)."""

    def __init__(self, training: Tensor, held_back: Tensor):
        self.seen, self.x = to_unit_range(training), to_unit_range(held_back)
        self.kinds = {
            name: (of, in_parts(of, self.x), in_parts(of, self.seen)) for name, of in judges("fashion", training)
        }  # name -> features, those of the pictures held back, those of the training pictures

    @torch.no_grad()
    def __call__(self, model: Coder, seed: int) -> dict[str, float]:
        generator = torch.Generator().manual_seed(seed)
        mu, logvar = model.encode(self.x)
        decoded = model.decode(mu)
        found = {"psnr": psnr(self.x, decoded), "active": active_units(mu), "epochs": model.epochs}
        known, doubt = model.encode(self.seen)
        gaussian = fit_latent_gaussian(known, torch.full_like(known, -math.inf) if doubt is None else doubt)
        samples = {"gaussian": model.decode(draw_gaussian(*gaussian, SAMPLES, generator))}
        if logvar is not None:
            samples["prior"] = model.decode(sample_prior(SAMPLES, mu.shape[1], generator))
            reconstruction = reconstruction_loss(self.x, model.decode(reparameterize(mu, logvar, generator)), KIND)
            found["loss"] = (reconstruction.mean() + kl_per_dimension(mu, logvar).sum()).item()
            some = (part[:BOUND_OF] for part in (self.x, mu, logvar))
            found["bound"] = bounds(model.decode, *some, KIND, generator)["bound"]
        for judge, (of, real, seen) in self.kinds.items():
            drawn = {origin: in_parts(of, x) for origin, x in (samples | {"floor": decoded}).items()}
            found |= {f"{judge}_{origin}": frechet_distance(a, real).item() for origin, a in drawn.items()}
            best = drawn.get("prior", drawn["gaussian"])
            found[f"{judge}_precision"], found[f"{judge}_recall"] = precision(best, real), precision(real, best)
            found[f"{judge}_copies"] = copies(best, seen, real)
        return found


def measure(seconds: float, seeds: int) -> dict[str, list[dict[str, float]]]:
    """name -> what is said, once a seed."""
    images = data.load(presets.load("fashion").data)
    training, held_back = images.images[images.train], images.images[images.test]
    judge = Judge(training, held_back)
    there = {name: train for name, train in CONTENDERS.items() if "pythae" not in name or installed("mlp pythae")}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in there}
    for seed in range(seeds):
        for name, train in there.items():
            torch.set_num_threads(1)
            model = train(training, seed, seconds)
            torch.set_num_threads(os.cpu_count() or 1)  # what is not timed
            found[name].append(judge(model, seed))
            print(name, seed, found[name][-1], file=sys.stderr)
    return found


def spread(rows: list[dict[str, float]], key: str) -> tuple[float, float] | None:
    """Median over seeds, and half the way from the least to the most."""
    values = [row[key] for row in rows if key in row]
    return (statistics.median(values), (max(values) - min(values)) / 2) if values else None


def summary(found: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    """Ours and the best of the others, by loss and by the distance of samples from the fitted Gaussian."""
    best = {}
    for key in ("loss", "pixels_gaussian", "clothes_gaussian"):
        values = {name: value[0] for name, rows in found.items() if (value := spread(rows, key))}
        best |= {f"{key}_ours": values.pop("ours"), f"{key}_best_other": min(values.values())}
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="of CPU time, for each model")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="an object a line, those to compare last")
    chosen = parser.parse_args()
    if not fashion.there():
        parser.error("Fashion-MNIST is missing: set VAE_COURSE_DATA to the folder with it")
    found = measure(chosen.seconds, chosen.seeds)
    if chosen.json:
        for name, rows in found.items():
            print(json.dumps({"model": name, **{key: spread(rows, key) for key in ROWS}}))
        print(json.dumps(summary(found)))
        return
    print(f"{'':18}" + "".join(f"{name:>18}" for name in found))
    for key, digits in ROWS.items():
        cells = [spread(rows, key) for rows in found.values()]
        print(
            f"{key:18}"
            + "".join(f"{cell[0]:>12.{digits}f}±{cell[1]:<5.{digits}f}" if cell else f"{'':18}" for cell in cells)
        )


if __name__ == "__main__":
    main()
