"""How time and memory of `fit` grow: python benchmarks/scaling.py [--quick] [--json].

One thing grows, all else stays, one thread; each point is measured in a process of its own.

images: epochs of the network of the preset `fashion` (784-128-64-8), 128 a batch
side: of square pictures, three channels, through the network of the preset `faces`, in bfloat16, 64 a batch
latent: latent dimensions of the network of `fashion`

loops: what benchmarks/throughput.py compares, as it does but on noise; not with --quick

seconds: of CPU, of the fastest of a few epochs. mb: how far the process's memory grew at most, pictures included.
exponent: of the power law through the points, by least squares of the logarithms. Where it is near 0, what grows is
little beside what stays.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.throughput import BATCH, LOOPS, PICTURES, Loop, installed, loop, ours  # noqa: E402
from vae_course import presets  # noqa: E402
from vae_course.presets import Preset  # noqa: E402

POINTS = {  # what grows -> its values; and with --quick
    "images": ((2_500, 5_000, 10_000, 20_000, 40_000), (2_500, 10_000, 40_000)),
    "side": ((32, 48, 64, 96, 128), (32, 64, 128)),
    "latent": ((2, 8, 32, 128, 512), (2, 32, 512)),
}
IMAGES = {"fashion": 5_000, "faces": 128}  # where their number is not what grows


def experiment(what: str, value: int) -> tuple[Preset, int]:
    """A preset with that value, and how many pictures it learns."""
    name = "faces" if what == "side" else "fashion"
    preset = presets.changed(presets.load(name), "data", batch_size=BATCH[name])
    if what == "side":
        preset = presets.changed(preset, "data", input_size=(value, value))
    elif what == "latent":
        preset = presets.changed(preset, "model", latent_dim=value)
    return preset, value if what == "images" else IMAGES[name]


def noise(name: str, count: int) -> torch.Tensor:
    return noise_like(presets.load(name), count)


def noise_like(preset: Preset, count: int) -> torch.Tensor:
    """uint8 (N, H, W, C)."""
    shape = (count, *preset.data.input_size, preset.data.channels)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def peak() -> float:
    """The most memory that this process ever had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def cost(begin: Callable[[int], Loop], count: int, epochs: int) -> tuple[float, float]:
    """CPU seconds of the fastest epoch, and MB by which memory grew. begin: the loop for so many pictures."""
    torch.set_num_threads(1)
    begin(2)()  # what any training loads
    before, seconds, train = peak(), [], begin(count)
    for _ in range(epochs):
        start = time.process_time()
        train()
        seconds.append(time.process_time() - start)
    return min(seconds), peak() - before


def point(what: str, value: int, epochs: int) -> tuple[float, float]:
    preset, count = experiment(what, value)
    return cost(lambda images: ours(preset, noise_like(preset, images)), count, epochs)


def of_loop(name: str, count: int, epochs: int) -> tuple[float, float]:
    return cost(lambda images: loop(name, images, noise), count, epochs)


def apart(work: Callable, *args):
    """What work(*args) returns, from a process of its own that ends by itself: a Pool kills it, its lock leaks."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args).result()


def exponent(values: list[int], costs: list[float]) -> float:
    """b of the best a * value ** b."""
    return float(np.polyfit(np.log(values), np.log(np.maximum(costs, 1e-9)), 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer points")
    parser.add_argument("--json", action="store_true", help="an object a line, the exponents last")
    chosen, exponents = parser.parse_args(), {}
    for name in () if chosen.quick else filter(installed, LOOPS):
        seconds, mb = apart(of_loop, name, PICTURES[LOOPS[name][0]][0], 1)
        row = {"loop": name, "seconds": seconds, "mb": mb}
        print(json.dumps(row) if chosen.json else f"{name:20}{seconds:>9.3f} CPU-s{mb:>8.1f} MB")
    for what, choices in POINTS.items():
        values = choices[chosen.quick]
        seconds, mb = zip(*(apart(point, what, value, 2 if chosen.quick else 4) for value in values), strict=True)
        exponents |= {f"seconds_{what}": exponent(values, seconds), f"mb_{what}": exponent(values, mb)}
        for value, second, size in zip(values, seconds, mb, strict=True):
            row = {"what": what, "value": value, "seconds": second, "mb": size}
            print(json.dumps(row) if chosen.json else f"{what:8}{value:>8,}{second:>9.3f} CPU-s{size:>8.1f} MB")
    print(
        json.dumps(exponents)
        if chosen.json
        else "\n".join(f"{key:16}{value:>6.2f}" for key, value in exponents.items())
    )


if __name__ == "__main__":
    main()
