"""How a run becomes a shipped model: float16 weights, a gallery of codes, directions, a card with its figures."""

import hashlib
import io
import json
import shutil
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from .. import data, presets, pretrained
from ..faces import attribute_direction, draw_gaussian, fit_latent_gaussian
from ..files import replacing
from ..fit import load_result
from ..history import read_history, write_history
from ..latent_space import project
from ..numbers import both, whole
from ..text import Both, pick
from ..training import inference
from ..vae import VAE, build
from . import card as cards
from .folder import Run, RunError, save_weights
from .measure import encode_all, judge

GALLERY = 120  # codes; classes share them equally
WITH_SHEETS = ("drawn",)
RARE = 60  # pictures with an attribute, and without it, that a direction needs

# what the pictures are, and what their rights say
SETS = {
    "fashion": (
        Both(
            es="Fashion-MNIST: {count} prendas en gris, 28 x 28", en="Fashion-MNIST: {count} clothes in grey, 28 x 28"
        ),
        Both(es="Zalando Research, licencia MIT", en="Zalando Research, MIT licence"),
    ),
    "celeba": (
        Both(es="CelebA: {count} rostros, 64 x 64", en="CelebA: {count} faces, 64 x 64"),
        Both(
            es="CelebA: solo para investigación no comercial; no se distribuye ninguna fotografía",
            en="CelebA: non-commercial research only; no photograph ships",
        ),
    ),
    "cats": (
        Both(es="{count} caras de gatitos, 64 x 64", en="{count} kitten faces, 64 x 64"),
        Both(
            es="circula como «cats faces 64x64», derechos inciertos; no se distribuye ninguna fotografía",
            en='circulates as "cats faces 64x64", rights unclear; no photograph ships',
        ),
    ),
    "emojis": (
        Both(es="{count} emojis Noto, 64 x 64", en="{count} Noto emojis, 64 x 64"),
        Both(es="Noto Emoji (2018), Apache-2.0", en="Noto Emoji (2018), Apache-2.0"),
    ),
    "drawn": (
        Both(
            es="{count} rostros dibujados por este proyecto, 64 x 64", en="{count} faces drawn by this project, 64 x 64"
        ),
        Both(es="MIT, como el proyecto", en="MIT, like the project"),
    ),
}


def ship(run: Run, name: str, *, path: Path | None = None) -> Path:
    """Writes weights/<name>/ from a finished run; what `evaluate` prints for it stands on its card. Raises RunError."""
    model, preset = run.model(), preset_of(run, name)
    images = data.load(run.preset().data, path=path)
    if not run.began_with(images):
        raise RunError(f"{run.folder} was trained with other pictures: its card would tell of these")
    if images.name not in SETS:
        raise RunError(f"whose pictures {images.name} are is not known: add them to SETS in runs/ship.py first")
    model.load_state_dict(
        {key: value.half().float() for key, value in model.state_dict().items() if value.is_floating_point()},
        strict=False,
    )
    measured = judge(model, images, preset, "test")  # what can't be measured is not shipped
    gallery, about = gallery_of(model, images, preset)
    learnt = images.learnt(preset.training.refit)
    gaussian = fit_latent_gaussian(*encode_all(model, images.images[learnt]))
    extras = {"gaussian.mean": gaussian[0], "gaussian.covariance": gaussian[1]} | gallery
    directions, quality = directions_of(model, images, learnt)
    extras |= {key: direction.half() for key, direction in directions.items()}
    card = card_of(name, run, images, about, quality, measured)
    sheets = draw_sheets(run, *gaussian) if name in WITH_SHEETS else {}
    folder = pretrained.WEIGHTS / name  # all is ready: from here on files are replaced
    save_weights(folder / "model.safetensors", model, torch.float16)
    with replacing(folder / "extras.safetensors") as temporary:
        save_file({key: tensor.contiguous() for key, tensor in extras.items()}, temporary)
    write_history(folder / "history.csv", [shortened(row) for row in read_history(run.history)])
    shutil.rmtree(folder / "sheets", ignore_errors=True)
    for file, sheet in sheets.items():
        with replacing(folder / "sheets" / file) as temporary:
            temporary.write_bytes(sheet)
    files = ("model.safetensors", "extras.safetensors")
    cards.write(
        name, card | {"sha256": {one: hashlib.sha256((folder / one).read_bytes()).hexdigest() for one in files}}
    )
    return folder


def shortened(row: dict[str, float]) -> dict[str, float]:
    """A row of a history to six digits, as no curve shows more."""
    return {key: float(f"{value:.6g}") for key, value in row.items()} | {"epoch": int(row["epoch"])}


def preset_of(run: Run, name: str) -> presets.Preset:
    """The preset of that name, which the run was trained with, wherever its pictures lay. Raises RunError."""
    if name in presets.names():
        preset = presets.load(name)
        if presets.changed(run.preset(), "data", path=preset.data.path) == preset:
            return preset
    raise RunError(f"{run.folder} was not trained with a preset called {name}, which its card would name")


def gallery_of(model: VAE, images: data.ImageSet, preset: presets.Preset) -> tuple[dict[str, Tensor], dict]:
    """Codes, labels and maps of held-back pictures, each class as often as the others.

    A model that kept its last epoch, not its best on others' pictures, was to learn its own by heart: it shows those.
    """
    split = "train" if preset.training.keep == "last" else "test" if len(images.test) else "validation"
    part = images.part(split)
    labels = None if images.labels is None or len(images.classes) > 40 else images.labels
    groups = [part] if labels is None else [part[labels[part] == k] for k in range(len(images.classes))]
    each = max(1, GALLERY // len(groups))
    chosen = torch.cat([group[:each] for group in groups]).sort().values
    mu, logvar = encode_all(model, images.images[chosen])
    tensors = {"gallery.mu": mu.half(), "gallery.logvar": logvar.half(), "gallery.indices": chosen}
    tensors |= {f"gallery.{method}": project(mu, method) for method in ("pca", "tsne")}
    if labels is not None:
        tensors["gallery.labels"] = labels[chosen]
    about = {
        "split": split,
        "classes": [] if labels is None else [pick(name, "en") for name in images.classes],
        "files": [images.files[k] for k in chosen] if images.files else [],
    }
    return tensors, about


def directions_of(model: VAE, images: data.ImageSet, train: Tensor) -> tuple[dict[str, Tensor], dict]:
    """A direction for each attribute, from codes of what was trained on, and how well held-back codes tell it."""
    if not images.attributes:
        return {}, {}
    held_back = torch.cat([images.validation, images.test])
    held_back = held_back[~torch.isin(held_back, train)]
    mu, held_back_mu = (encode_all(model, images.images[part])[0] for part in (train, held_back))
    tensors, quality = {}, {}
    for name, values in images.attributes.items():
        known, asked = values[train], values[held_back]
        if values.dtype == torch.bool:
            if min(known.sum(), (~known).sum()) < RARE:
                continue
            tensors[f"direction.{name}"] = attribute_direction(mu, known)
            quality[name] = probe_attribute(mu, held_back_mu, known, asked)
        else:
            slope = (mu - mu.mean(dim=0)).T @ (known - known.mean()) / len(train)
            tensors[f"direction.{name}"] = slope / known.var()
            quality[name] = probe_factor(mu, held_back_mu, known, asked)
    return tensors, quality


def probe_attribute(train: Tensor, test: Tensor, train_labels: Tensor, test_labels: Tensor) -> dict[str, float]:
    """Logistic regression on codes: its accuracy, and that of always giving the commoner answer."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    probe.fit(train.numpy(), train_labels.numpy())
    share = test_labels.float().mean().item()
    return {
        "accuracy": round(probe.score(test.numpy(), test_labels.numpy()), 4),
        "baseline": round(max(share, 1 - share), 4),
    }


def probe_factor(train: Tensor, test: Tensor, train_values: Tensor, test_values: Tensor) -> dict[str, float]:
    """Gradient-boosted trees on codes: the share of the factor's variance that they explain (R^2)."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    probe = HistGradientBoostingRegressor(max_iter=150, random_state=0).fit(train.numpy(), train_values.numpy())
    return {"r2": round(probe.score(test.numpy(), test_values.numpy()), 4)}


def draw_sheets(run: Run, mean: Tensor, covariance: Tensor) -> dict[str, bytes]:
    """File name -> what the same 32 codes, drawn from the finished model's Gaussian, meant at each checkpoint."""
    from .. import figures  # matplotlib takes half a second, which the demo can do without

    z, model = draw_gaussian(mean, covariance, 32, torch.Generator().manual_seed(0)), build(run.preset()).eval()
    sheets = {}
    for path in sorted(run.last.parent.glob("epoch-*.pt")):
        load_result(path, model)
        with inference(model), io.BytesIO() as file:
            sheet = Image.fromarray(figures.tile(model.decode(z), columns=8))
            sheet.save(file, format="webp", quality=70, method=6)
            sheets[f"{path.stem}.webp"] = file.getvalue()
    return sheets


def card_of(name: str, run: Run, images: data.ImageSet, gallery: dict, attributes: dict, measured: dict) -> dict:
    """What the model says of itself: what it was trained on, how, for how long, and how good it is."""
    history = read_history(run.history)
    title, licence = SETS[images.name]
    title = title.format(count=both(whole, len(images.images)))
    return {
        "name": name,
        "data": {"set": images.name, "title": title._asdict(), "licence": licence._asdict()},
        "preset": presets.load(name).model_dump(mode="json"),
        "epochs": int(history[-1]["epoch"]),
        "seconds": round(sum(row["seconds"] for row in history)),
        "device": json.loads(run.machine.read_text())["device"],
        "command": f"python -m vae_course train {name}",
        "parameters": sum(p.numel() for p in run.model().parameters()),
        "figures": measured,
        "attributes": attributes,
        "gallery": gallery,
    }
