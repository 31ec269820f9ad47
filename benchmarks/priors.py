"""How good priors are: python benchmarks/priors.py [NAME ...] [--seeds N] [--steps N] [--draws N] [--json].

Squared Frechet distance between held-back pictures and what a shipped decoder makes of codes drawn from

prior: N(0, I)                              gaussian: lesson 09's, fitted to the training pictures' codes
flow: lesson 10's, trained on those codes   codes: those codes themselves, which no prior can be expected to beat
reconstructions: the held-back pictures' own codes, so the same pictures on both sides: the decoder's floor

on the 64 principal components of the held-back pictures' pixels in [0, 1]: mean and standard deviation over seeds,
which draw anew and train the flow anew. Codes are drawn from the posteriors, mu + sigma eps. Distances of one model
compare; those of two don't: the fewer pictures were held back (475 faces), the farther all but their own codes are. The
sets lie under VAE_COURSE_DATA; a model whose set is not there is left out. Last: CPU seconds of a flow's training.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from vae_course import data, pretrained  # noqa: E402
from vae_course.faces import draw_gaussian, fit_latent_gaussian  # noqa: E402
from vae_course.flow import train_flow  # noqa: E402
from vae_course.images import to_unit_range  # noqa: E402
from vae_course.runs.flow import Judge  # noqa: E402
from vae_course.runs.measure import encode_all  # noqa: E402
from vae_course.sampling import reparameterize, sample_prior  # noqa: E402

MODELS = ("fashion-2d", "fashion-latent-8", "drawn", "faces")
PRIORS = ("prior", "gaussian", "flow", "codes", "reconstructions")


def draw(codes: tuple[Tensor, Tensor], n: int, generator: torch.Generator) -> Tensor:
    """n codes (n, D) from the posteriors of pictures (mu, logvar), each used as often as the others."""
    rows = torch.cat([torch.randperm(len(codes[0]), generator=generator) for _ in range(-(-n // len(codes[0])))])[:n]
    return reparameterize(codes[0][rows], codes[1][rows], generator)


def measure(name: str, seeds: int, steps: int, draws: int) -> dict[str, list[float]]:
    """Distances by prior, one a seed, and under "seconds" the CPU seconds of training the flow."""
    model, preset = pretrained.load(name), pretrained.preset(name)
    images = data.load(preset.data)
    learnt, held_back = images.images[images.learnt(preset.training.refit)], images.images[images.part("test")]
    judge = Judge(model, to_unit_range(held_back))
    codes, own = encode_all(model, learnt), encode_all(model, held_back)
    found: dict[str, list[float]] = {key: [] for key in (*PRIORS, "seconds")}
    for seed in range(seeds):
        generator = torch.Generator().manual_seed(seed)
        started = time.process_time()
        flow = train_flow(*codes, steps, generator=generator)
        found["seconds"].append(time.process_time() - started)
        drawn = {
            "prior": sample_prior(draws, model.latent_dim, generator),
            "gaussian": draw_gaussian(*fit_latent_gaussian(*codes), draws, generator),
            "flow": flow.draw(draws, generator),
            "codes": draw(codes, draws, generator),
            "reconstructions": draw(own, draws, generator),
        }
        for key in PRIORS:
            found[key].append(judge.distance(drawn[key]))
    return found


def spread(values: list[float]) -> tuple[float, float]:
    """Mean and standard deviation; 0 of one value."""
    numbers = torch.tensor(values, dtype=torch.float64)
    return numbers.mean().item(), numbers.std().item() if len(values) > 1 else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=MODELS, metavar="NAME", help="shipped models")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=5000, help="of training a flow")
    parser.add_argument("--draws", type=int, default=10_000, help="codes from each prior")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line, model -> prior -> [mean, deviation]")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    found = {}
    if not chosen.json:
        print(f"{'':18}" + "".join(f"{key:>18}" for key in PRIORS) + f"{'CPU-s':>8}")
    for name in chosen.names:
        try:
            values = measure(name, chosen.seeds, chosen.steps, chosen.draws)
        except data.DataError as error:
            print(f"{name}: left out: {error}", file=sys.stderr)
            continue
        found[name] = {key: spread(distances) for key, distances in values.items()}
        if not chosen.json:
            cells = [f"{mean:.2f} ± {deviation:.2f}" for mean, deviation in (found[name][key] for key in PRIORS)]
            print(
                f"{name:18}" + "".join(f"{cell:>18}" for cell in cells) + f"{found[name]['seconds'][0]:>8.0f}",
                flush=True,
            )
    if chosen.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
