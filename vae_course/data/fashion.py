"""Fashion-MNIST (Xiao et al. 2017): 70,000 pieces of clothing, 28 x 28, grey."""

from pathlib import Path

import torch

from vae_course.data.imageset import DataError, ImageSet, checked_split, data_root, missing
from vae_course.data.pictures import fit_all
from vae_course.presets import Data
from vae_course.text import Both

TRAINING = 60_000  # the first so many of the 70,000; a sixth of them validates
CLASSES = (
    Both("Camiseta", "T-shirt"),
    Both("Pantalón", "Trousers"),
    Both("Suéter", "Pullover"),
    Both("Vestido", "Dress"),
    Both("Abrigo", "Coat"),
    Both("Sandalia", "Sandal"),
    Both("Camisa", "Shirt"),
    Both("Zapatilla", "Sneaker"),
    Both("Bolso", "Bag"),
    Both("Botín", "Ankle boot"),
)


def load(data: Data, path: Path | None, download: bool) -> ImageSet:
    """The official 60,000, then the 10,000 for testing; 10,000 of the 60,000 validate.

    The sizes are fixed: data's validation_split and test_split don't apply.
    """
    train, test = (_part(root(path), training, download) for training in (True, False))
    images = torch.cat([train.data, test.data])[: data.count].unsqueeze(-1)  # (N, 28, 28) -> (N, 28, 28, 1)
    n = len(images)
    training, validation, _ = checked_split(min(n, TRAINING), 1 / 6, 0.0, data.seed, "fashion")
    return ImageSet(
        name="fashion",
        images=torch.from_numpy(fit_all(images.numpy(), data.input_size, data.channels)),
        train=training,
        validation=validation,
        test=torch.arange(TRAINING, max(n, TRAINING)),
        labels=torch.cat([train.targets, test.targets])[:n],
        classes=CLASSES,
    )


def root(path: Path | None) -> Path:
    """torchvision's root: the folder that holds FashionMNIST/raw, also when path is one of those two."""
    path = path or data_root()
    for inner in (Path("FashionMNIST", "raw"), Path("FashionMNIST")):
        if path.parts[-len(inner.parts) :] == inner.parts:
            return path.parents[len(inner.parts) - 1]
    return path


def there() -> bool:
    """Whether it is on this machine, where data_root() says."""
    return any((root(None) / "FashionMNIST" / "raw").glob("train-images-idx3-ubyte*"))


def _part(where: Path, training: bool, download: bool):
    from torchvision.datasets import FashionMNIST  # takes a second to import

    try:
        return FashionMNIST(where, train=training, download=download)
    except (RuntimeError, OSError, ValueError, AssertionError) as error:
        if "not found" in str(error) and not download:
            folder = where / "FashionMNIST" / "raw"
            raise missing("Fashion-MNIST", folder, "or let --download fetch it; ") from None
        raise DataError(f"Fashion-MNIST in {where} can't be read or downloaded: {error}") from error
