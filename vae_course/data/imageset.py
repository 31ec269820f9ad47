"""What every image set is: pictures as bytes, who trains and who is held back, and what is known about each."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from vae_course.images import split_indices
from vae_course.text import Both

REPOSITORY = Path(__file__).parents[2]
INSTEAD = "or train with drawn faces, which need no download: python -m vae_course train drawn"


class DataError(Exception):
    """Pictures that can't be had; the message says what was looked for, where, and what to do."""


@dataclass(frozen=True)
class ImageSet:
    """Pictures and their split. Network input is `images.to_unit_range(image_set.images[positions])`."""

    name: str
    images: Tensor  # uint8 (N, H, W, C), perhaps memory-mapped
    train: Tensor  # int64 positions in images, disjoint from the next two
    validation: Tensor
    test: Tensor  # may be empty
    labels: Tensor | None = None  # int64 (N,)
    classes: tuple[str | Both, ...] = ()  # names of the labels
    attributes: dict[str, Tensor] = field(default_factory=dict)  # name -> (N,), bool or float32
    files: tuple[str, ...] = ()  # names inside the folder or zip
    skipped: tuple[str, ...] = ()  # pictures that could not be read

    def learnt(self, refit: bool) -> Tensor:
        """Positions of what is trained on: the training pictures, and to refit the validation pictures after them."""
        return torch.cat([self.train, self.validation]) if refit else self.train

    def part(self, split: str) -> Tensor:
        """Positions of "train", "validation" or "test"; validation's where nothing was set aside for testing."""
        if split not in ("train", "validation", "test"):
            raise ValueError(f"split {split!r} is not one of train, validation, test")
        if split == "test" and not len(self.test):
            return self.validation
        return getattr(self, split)


def data_root() -> Path:
    """Where the image sets lie: VAE_COURSE_DATA, or `data` in the repository."""
    given = os.environ.get("VAE_COURSE_DATA")
    return Path(given).expanduser() if given else REPOSITORY / "data"


def missing(what: str, where: Path, more: str = "") -> DataError:
    """The error for a set that is not where it was looked for; `more` is one more thing to do."""
    return DataError(
        f"no {what}: looked for {where}. Set VAE_COURSE_DATA to the folder that holds the image sets, or pass "
        f"--data PATH; {more}{INSTEAD}"
    )


def split(n: int, validation_split: float, test_split: float, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Positions 0..n-1, shuffled by seed and cut into (train, validation, test).

    round(n * test_split) are for testing; with them, round(n * (validation_split + test_split)) are held back.
    """
    train, held_back = split_indices(n, validation_split + test_split, seed)
    n_test = round(n * test_split)
    return train, held_back[n_test:], held_back[:n_test]


def checked_split(n: int, validation_split: float, test_split: float, seed: int, what: str):
    """`split`, or a DataError when a part that was asked for would be empty."""
    parts = split(n, validation_split, test_split, seed)
    wanted = (True, validation_split > 0, test_split > 0)
    if any(asked and not len(part) for asked, part in zip(wanted, parts, strict=True)):
        raise DataError(
            f"{what}: {n} {'picture is' if n == 1 else 'pictures are'} too few for validation_split {validation_split} "
            f"and test_split {test_split}. Add pictures, or change the splits in the preset; {INSTEAD}"
        )
    return parts
