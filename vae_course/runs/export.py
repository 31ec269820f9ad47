"""A model for programs that know nothing of PyTorch: its encoder and its decoder as ONNX, for any number of pictures.

float32, by torch's exporter of traces. Its newer one folds batch normalisation into the transposed convolution before
it, which, once stored in 16 bits, is another network than the one that ships.
"""

import json
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from ..files import replacing
from .folder import RunError
from .measure import named

OPSET = 17  # of 2022, which all runtimes of today read
TOLERANCE = 1e-5  # of pixels; of mu and logvar, of the largest


def export(name_or_folder: str, out: Path) -> list[Path]:
    """Writes encoder.onnx (x -> mu, logvar), decoder.onnx (z -> x_hat) and about.json into a folder.

    x, x_hat: (N, C, H, W) float32 in [0, 1]; mu, logvar, z: (N, D) float32. Raises RunError: no such model, no onnx,
    or its runtime finds something else than PyTorch.
    """
    needed()
    model, _, _ = named(name_or_folder)
    x = torch.rand(3, *model.image_shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        z = model.encode(x)[0]
    out.mkdir(parents=True, exist_ok=True)
    encoder, decoder = out / "encoder.onnx", out / "decoder.onnx"
    write(encoder, model.encoder, x, ["x"], ["mu", "logvar"])
    write(decoder, model.decoder, z, ["z"], ["x_hat"])
    about = {"model": name_or_folder, "image": list(model.image_shape), "latent_dim": model.latent_dim}
    with replacing(out / "about.json") as temporary:
        temporary.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return [encoder, decoder]


def needed() -> None:
    """Raises RunError."""
    try:
        import onnx  # noqa: F401  # with which torch writes
        import onnxruntime  # noqa: F401
    except ImportError as error:
        raise RunError(
            f"{error.name} is missing: python -m pip install 'vae-course[export]', or onnx onnxruntime"
        ) from None


def write(path: Path, network: nn.Module, example: Tensor, names: list[str], results: list[str]) -> None:
    """Exports a network and compares it, on more rows than it was traced with. Raises RunError."""
    with replacing(path) as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of that exporter, whose follower changes the network
        # what it does not know of itself
        torch.onnx.register_custom_op_symbolic("aten::cosh", lambda graph, x: graph.op("Cosh", x), OPSET)
        torch.onnx.export(
            network, (example[:2],), temporary, input_names=names, output_names=results, opset_version=OPSET,
            dynamic_axes={name: {0: "N"} for name in (*names, *results)}, dynamo=False,
        )  # fmt: skip
        apart = difference(temporary, network, example)
        if not apart < TOLERANCE:
            raise RunError(f"{path.name} would differ from PyTorch by {apart:.1g}")


def difference(path: Path, network: nn.Module, example: Tensor) -> float:
    """The largest difference between onnxruntime and PyTorch, of the largest value where that is above 1."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (name,) = (one.name for one in session.get_inputs())
    with torch.no_grad():
        right = network(example)
    right = right if isinstance(right, tuple) else (right,)
    found = [torch.from_numpy(one) for one in session.run(None, {name: example.numpy()})]
    scales = [max(1.0, one.abs().max().item()) for one in right]
    return max(((a - b).abs().max() / scale).item() for a, b, scale in zip(found, right, scales, strict=True))
