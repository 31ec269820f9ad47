"""Any folder or zip of pictures: kittens, emojis, a student's own; subfolders are labels."""

from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import torch
from torch import Tensor

from vae_course.data import cache, sources
from vae_course.data.imageset import INSTEAD, DataError, ImageSet, checked_split, data_root
from vae_course.presets import Data

EMOJIS = Path("emojis", "emojis.zip")  # what presets without a path mean: their format is the emoji project's


def load(data: Data, path: Path | None) -> ImageSet:
    """The pictures below path, or the emojis, in the natural order of their names. Raises DataError."""
    found = sources.locate(path or data_root() / EMOJIS, "folder or zip of pictures")
    decoded = cache.decoded(found, data.input_size, data.channels, count=None if data.files else data.count)
    images, files, skipped = torch.from_numpy(decoded.images), decoded.files, decoded.skipped
    if data.files:
        chosen = matching(files, data.files)[: data.count]
        if not chosen:
            raise DataError(
                f"of the pictures in {found} ({cache.some(files)}), none is called {' or '.join(data.files)}; {INSTEAD}"
            )
        images, files = images[chosen], tuple(files[k] for k in chosen)
        skipped = tuple(skipped[k] for k in matching(skipped, data.files))
    split = (data.validation_split, data.test_split, data.seed)
    train, validation, test = checked_split(len(files), *split, str(found))
    labels, classes = labels_of(files)
    return ImageSet(
        name=found.stem if found.is_file() else found.resolve().name,
        images=images,
        train=train,
        validation=validation,
        test=test,
        labels=labels,
        classes=classes,
        files=files,
        skipped=skipped,
    )


def matching(files: tuple[str, ...], patterns: tuple[str, ...]) -> list[int]:
    """Positions of the files whose own name, without its folders, matches one of the shell patterns."""
    names = [PurePosixPath(file).name for file in files]
    return [k for k, name in enumerate(names) if any(fnmatchcase(name, pattern) for pattern in patterns)]


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
