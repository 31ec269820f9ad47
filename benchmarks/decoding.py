"""What decoding in the browser costs: python benchmarks/decoding.py [--rounds N] [--json].

The engine with WebAssembly's relaxed SIMD, with plain SIMD and without any, and ONNX Runtime Web with one thread, all
in one page of a headless Chromium, in turns: CPU milliseconds of the page's thread for one call, the median of all
rounds; and what each has to ship, gzip. ONNX Runtime and what writes its files are fetched into a temporary folder, in
the versions below; without a network the engine is measured alone. Needs Playwright and a Chromium; npm for the other.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers import engine, screenshots  # noqa: E402

from vae_course import pretrained  # noqa: E402
from vae_course.web import parts  # noqa: E402

ONNX_RUNTIME, ONNX = "onnxruntime-web@1.30.0", ("onnx==1.23.2", "protobuf==7.36.2", "ml_dtypes==0.6.0")
MODELS = {"faces": (1, 9), "drawn": (1,), "fashion-plus": (1,), "fashion-2d": (1,)}  # name -> codes at once
WARM, CALLS = 20, 20  # calls before anything is measured; calls of one turn
SHIPPED = {
    "relaxed": [engine.ENGINE / name for name in ("client.min.js", "worker.min.js", "kernel-relaxed.wasm")],
    "simd": [engine.ENGINE / name for name in ("client.min.js", "worker.min.js", "kernel.wasm")],
    "plain": [engine.ENGINE / name for name in ("client.min.js", "worker.min.js")],
    "onnx": ["onnx/ort.wasm.bundle.min.mjs", "onnx/ort-wasm-simd-threaded.wasm"],
}
TITLES = {"relaxed": "engine", "simd": "plain SIMD", "plain": "no WebAssembly", "onnx": "ONNX Runtime"}
EXPORT = """
import sys, torch, warnings
from vae_course import pretrained
warnings.simplefilter("ignore")
for name in sys.argv[2:]:
    decoder = pretrained.load(name).decoder
    torch.onnx.export(
        decoder, (torch.zeros(2, decoder.latent_dim),), f"{sys.argv[1]}/{name}.onnx", dynamo=False,
        input_names=["z"], output_names=["x"], dynamic_axes={"z": {0: "n"}, "x": {0: "n"}},
    )
"""
PREPARE = """
  window.decoders = {};
  for (const kind of ['relaxed', 'simd', 'plain']) {
    const decoder = await model.Decoder.of(await model.fetched(`${name}/decoder.safetensors`), kind);
    if (decoder.machine.kind !== kind) throw new Error(`the browser has no ${kind}`);
    decoders[kind] = async (z) => decoder.decode(z);
  }
  if (withOnnx) {
    const ort = await import(new URL('onnx/ort.wasm.bundle.min.mjs', document.baseURI));
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = {wasm: new URL('onnx/ort-wasm-simd-threaded.wasm', document.baseURI).href};
    const session = await ort.InferenceSession.create(`onnx/${name}.onnx`, {graphOptimizationLevel: 'all'});
    decoders.onnx = async (z) => {
      const {x} = await session.run({z: new ort.Tensor('float32', z, [z.length / latent, latent])});
      return x.data;
    };
  }
"""
CALL = "for (let k = 1; k < calls; k++) await decoders[kind](z); return await decoders[kind](z)"


def measure(rounds: int) -> dict:
    """Milliseconds by (model, codes) and contender, largest differences from PyTorch, bytes that travel."""
    with (
        tempfile.TemporaryDirectory() as folder,
        screenshots.browser() as chromium,
        engine.engine(chromium, Path(folder) / "site") as page,
    ):
        there = onnx_runtime(page.folder / "onnx")
        times, apart = {}, {}
        for name, counts in MODELS.items():
            for count in counts:
                times[f"{name} x {count}"], apart[f"{name} x {count}"] = one(page, name, count, rounds, there)
        return {"milliseconds": times, "apart": apart, "bytes": sizes(page.folder, there)}


def one(page, name: str, count: int, rounds: int, there: bool) -> tuple[dict[str, float], dict[str, float]]:
    """Of one model: CPU milliseconds of a call, and how far the pictures are from PyTorch's, in steps of 1/255."""
    network, z = pretrained.load(name), torch.randn(count, pretrained.preset(name).model.latent_dim)
    with torch.no_grad():
        wanted = network.decode(z)
    page.put(f"{name}/decoder.safetensors", parts.cut(name, "decoder"))
    page.run(PREPARE, name=name, withOnnx=there, latent=network.latent_dim)
    kinds = [kind for kind in SHIPPED if there or kind != "onnx"]
    apart = {}
    for kind in kinds:
        got = page.run(CALL, kind=kind, z=z, calls=WARM)
        channels, height, width = network.image_shape
        shape = (count, channels, height, width) if kind == "onnx" else (count, height, width, channels)
        got = got.view(shape) if kind == "onnx" else got.view(shape).permute(0, 3, 1, 2)
        apart[kind] = 255 * (got - wanted).abs().max().item()
    clock = page.view.context.new_cdp_session(page.view)
    clock.send("Performance.enable", {"timeDomain": "threadTicks"})
    turns = [{kind: turn(page, clock, kind, z) for kind in kinds} for _ in range(rounds)]
    return {kind: statistics.median(turn[kind] for turn in turns) for kind in kinds}, apart


def turn(page, clock, kind: str, z: torch.Tensor) -> float:
    """CPU milliseconds of the page's thread for a call; what asking costs is taken off."""

    def cpu(calls: int) -> float:
        before = seconds(clock)
        page.run(CALL, kind=kind, z=z, calls=calls)
        return seconds(clock) - before

    return 1000 * (cpu(CALLS + 1) - cpu(1)) / CALLS


def seconds(clock) -> float:
    metrics = {one["name"]: one["value"] for one in clock.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"]


def onnx_runtime(folder: Path) -> bool:
    """Puts ONNX Runtime and a file for each model into a folder; False where that can't be had."""
    with tempfile.TemporaryDirectory() as place:
        npm = ["npm", "install", "--silent", "--ignore-scripts", "--prefix", place, ONNX_RUNTIME]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", f"{place}/python", *ONNX]
        export = [sys.executable, "-c", EXPORT, str(folder), *MODELS]
        folder.mkdir()
        try:
            subprocess.run(npm, check=True)
            subprocess.run(pip, check=True)
            subprocess.run(export, check=True, env={**os.environ, "PYTHONPATH": f"{place}/python:{ROOT}"})
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"without ONNX Runtime: {error}", file=sys.stderr)
            return False
        built = Path(place) / "node_modules" / "onnxruntime-web" / "dist"
        for name in SHIPPED["onnx"]:
            (folder / Path(name).name).write_bytes((built / Path(name).name).read_bytes())
    return True


def sizes(folder: Path, there: bool) -> dict[str, int]:
    """Scripts and WebAssembly, gzip, without a model."""
    kinds = [kind for kind in SHIPPED if there or kind != "onnx"]
    return {kind: sum(len(gzip.compress((folder / name).read_bytes())) for name in SHIPPED[kind]) for kind in kinds}


def summary(numbers: dict) -> dict[str, float]:
    """What the engine ships, and how many times ONNX Runtime's CPU time is its own, in the least of all rows."""
    rows = [row["onnx"] / row["relaxed"] for row in numbers["milliseconds"].values() if "onnx" in row]
    return {"gzip_bytes": numbers["bytes"]["relaxed"], **({"onnx_ratio": min(rows)} if rows else {})}


def table(numbers: dict) -> str:
    kinds = list(numbers["bytes"])
    lines = [f"{'CPU ms a call':18}" + "".join(f"{TITLES[kind]:>18}" for kind in kinds)]
    for row, times in numbers["milliseconds"].items():
        lines.append(f"{row:18}" + "".join(f"{times[kind]:>18.2f}" for kind in kinds))
    lines.append(f"{'to ship, kB gzip':18}" + "".join(f"{numbers['bytes'][kind] / 1000:>18.1f}" for kind in kinds))
    furthest = {kind: max(row[kind] for row in numbers["apart"].values()) for kind in kinds}
    lines.append(f"{'from PyTorch, /255':18}" + "".join(f"{furthest[kind]:>18.5f}" for kind in kinds))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help=f"each a turn of {CALLS} calls for every contender")
    parser.add_argument("--json", action="store_true", help="all numbers as one object, then those to compare")
    chosen = parser.parse_args()
    if screenshots.browser_path() is None:
        parser.error(f"no browser on this machine: install one of {', '.join(screenshots.BROWSERS)}")
    torch.manual_seed(0)
    torch.set_num_threads(1)
    numbers = measure(chosen.rounds)
    if chosen.json:
        print(json.dumps(numbers))
        print(json.dumps(summary(numbers)))
    else:
        print(table(numbers))


if __name__ == "__main__":
    main()
