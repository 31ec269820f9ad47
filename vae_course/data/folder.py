"""Any folder or zip of pictures: kittens, emojis, a student's own; subfolders are labels."""

from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from vae_course.data import cache, sources
from vae_course.data.imageset import ImageSet, checked_split, data_root
from vae_course.presets import Data

EMOJIS = Path("emojis", "emojis.zip")  # what presets without a path mean: their format is the emoji project's


def load(data: Data, path: Path | None) -> ImageSet:
    """The pictures below path, or the emojis, in the natural order of their names."""
    found = sources.locate(path or data_root() / EMOJIS, "folder or zip of pictures")
    decoded = cache.decoded(found, data.input_size, data.channels, count=data.count)
    split = (data.validation_split, data.test_split, data.seed)
    train, validation, test = checked_split(len(decoded.files), *split, str(found))
    labels, classes = labels_of(decoded.files)
    return ImageSet(
        name=found.stem if found.is_file() else found.resolve().name,
        images=torch.from_numpy(decoded.images),
        train=train,
        validation=validation,
        test=test,
        labels=labels,
        classes=classes,
        files=decoded.files,
        skipped=decoded.skipped,
    )


def labels_of(files: tuple[str, ...]) -> tuple[Tensor | None, tuple[str, ...]]:
    """(labels (N,), their names): the outermost folders that differ, if every picture lies in one of at least two."""
    folders = [PurePosixPath(file).parent.parts for file in files]
    levels = list(zip(*folders, strict=False))  # as deep as the picture that lies least deep
    differing = next((depth for depth, level in enumerate(levels) if len(set(level)) > 1), None)
    if differing is None:
        return None, ()
    names = sorted(set(levels[differing]), key=sources.natural)
    number = {name: i for i, name in enumerate(names)}
    return torch.tensor([number[name] for name in levels[differing]]), tuple(map(readable, names))


def readable(name: str) -> str:
    """A folder's name as figures can write it, also where its bytes are not UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
