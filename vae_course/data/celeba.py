"""CelebA (Liu et al. 2015): aligned faces with 40 attributes; the full set, or any part of it."""

import csv
import re
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from torch import Tensor

from vae_course.data import cache, sources
from vae_course.data.imageset import DataError, ImageSet, checked_split, data_root, missing
from vae_course.presets import Data

WIDTH_SHARE = 148 / 178  # of a picture's width is the side of the square that is used
OFFICIAL = ("Anno", "Eval")  # folders of the official download that hold the tables
MANUAL = (
    "download img_align_celeba.zip and list_attr_celeba.txt from https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html "
    "into that folder"
)


@dataclass(frozen=True)
class Table:
    """An annotation file: what it says of each picture."""

    path: Path  # of one inside a zip: the zip's, and its name there
    columns: list[str]
    values: Tensor  # int8 (rows, columns)
    row: dict[str, int]  # name of a picture without its ending -> its row

    def rows(self, stems: list[str]) -> Tensor:
        """The pictures' rows, (N,), -1 where there is none."""
        return torch.tensor([self.row.get(stem, -1) for stem in stems])


def load(data: Data, path: Path | None, download: bool) -> ImageSet:
    """Faces cut to the central square of 148/178 of their width, their attributes, and the official split if known.

    A picture without a row in the attribute or partition file belongs to no part of the split.
    """
    folder = path or data_root() / "celeba"
    if download and not _pictures(folder):
        _download(folder)
    found = _pictures(folder)
    if not found:
        raise missing("CelebA (img_align_celeba.zip or a folder img_align_celeba)", folder, "or try --download; ")
    decoded = cache.decoded(found, data.input_size, data.channels, count=data.count, width_share=WIDTH_SHARE)
    stems = [PurePosixPath(file).stem for file in decoded.files]
    attributes, described = _attributes(found, stems)
    train, validation, test = _split(data, found, stems, described)
    return ImageSet(
        name="celeba",
        images=torch.from_numpy(decoded.images),
        train=train,
        validation=validation,
        test=test,
        attributes=attributes,
        files=decoded.files,
        skipped=decoded.skipped,
    )


def _pictures(folder: Path) -> Path | None:
    """The zip or folder of faces: img_align_celeba in folder, in folder/celeba or folder/Img, or folder itself.

    As a last resort, the only zip in folder: Kaggle calls it archive.zip.
    """
    for place in (folder, folder / "celeba", folder / "Img"):
        for name in ("img_align_celeba.zip", "img_align_celeba"):
            if (place / name).exists():
                return place / name
    if folder.is_file() or (folder.is_dir() and any(sources.walk(folder))):
        return folder
    return sources.only_zip(folder)


def _download(folder: Path) -> None:
    from torchvision.datasets import CelebA  # takes a second to import

    root = folder.parent if folder.name == "celeba" else folder
    try:
        CelebA(root, download=True)
    except Exception as error:  # missing gdown, no network, Google's quota, a page instead of a zip, a full disk, ...
        raise DataError(f"CelebA could not be downloaded to {root / 'celeba'} ({error}): {MANUAL}") from error


def _table(pictures: Path, name: str) -> Table | None:
    """The annotation file of that name beside the pictures, among them or in their zip, .txt or .csv."""
    names = [f"{name}.txt", f"{name}.csv"]
    folders = [folder for folder in (pictures, *list(pictures.parents)[:2]) if folder.is_dir()]
    paths = (
        place / file for folder in folders for place in (folder, *(folder / o for o in OFFICIAL)) for file in names
    )
    found = next((path for path in paths if path.is_file()), None)
    if found:
        return parse(found, found.read_text(encoding="utf-8-sig", errors="replace"))
    inside = sources.zipped_text(pictures, names) if pictures.is_file() else None
    return parse(pictures / inside[0], inside[1]) if inside else None


def parse(path: Path, text: str) -> Table:
    """An annotation file of CelebA, the official .txt or Kaggle's .csv. Raises DataError.

    Official: a line with the count and one with the names (neither in the partition file), then a row a picture.
    Kaggle: the names behind "image_id", then rows, all with commas; other programs add quotes or write semicolons.
    """
    lines = (_unquoted(text) if '"' in text else text).replace(",", " ").replace(";", " ").splitlines()
    head = [line.split() for line in lines[:2]]
    columns, start = ["partition"], 0
    if head and head[0][:1] == ["image_id"]:
        columns, start = head[0][1:], 1
    elif len(head) == 2 and len(head[0]) == 1:
        columns, start = head[1], 2
    rows = [row for line in lines[start:] if (row := line.split(maxsplit=1))]
    if not (rows and columns) or any(len(row) == 1 for row in rows):
        raise _malformed(path, columns)
    values = _numbers(" ".join(row[1] for row in rows))
    if values.size != len(rows) * len(columns) or values.min() < -1 or values.max() > 2:
        raise _malformed(path, columns)
    table = torch.from_numpy(values).view(len(rows), len(columns))
    return Table(path, columns, table, {PurePosixPath(row[0]).stem: i for i, row in enumerate(rows)})


def _unquoted(text: str) -> str:
    """Rows of fields in quotes as rows with spaces between fields, and none inside; "" where a quote never ends."""
    delimiter = ";" if text.count(";") > text.count(",") else ","
    try:
        rows = list(csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return ""
    return "\n".join(" ".join("_".join(re.split(r"[\s,;]+", field.strip())) for field in row) for row in rows)


def _numbers(text: str) -> np.ndarray:
    """Small integers between spaces, 8 million in half a second; none where there is anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an older numpy warns and stops where a newer one raises
        try:
            return np.fromstring(text, np.int8, sep=" ")
        except (ValueError, DeprecationWarning):
            return np.empty(0, np.int8)


def _malformed(path: Path, columns: list[str]) -> DataError:
    return DataError(
        f"{path} is not an annotation file of CelebA: each row should hold a picture's name and {len(columns)} values, "
        "-1 or 1 (0, 1 or 2 in a partition file). Download it again, or remove it to go without"
    )


def _attributes(pictures: Path, stems: list[str]) -> tuple[dict[str, Tensor], Tensor]:
    """(name -> bool (N,), which pictures have a row (N,)); no attribute where there is no file."""
    table = _table(pictures, "list_attr_celeba")
    if table is None:
        return {}, torch.ones(len(stems), dtype=torch.bool)
    rows = table.rows(stems)
    described = rows >= 0
    if not described.any():
        _say(f"{table.path} describes none of the pictures in {pictures}: no attributes")
        return {}, ~described
    if not described.all():
        without = [stem for stem, known in zip(stems, described.tolist(), strict=True) if not known]
        _say(f"{len(without)} pictures have no row in {table.path.name} and are left out: {cache.some(without)}")
    if unused := len(table.row) - len(rows[described].unique()):
        _say(f"{unused} rows of {table.path.name} are of pictures that are not here")
    values = (table.values[rows] > 0) & described.unsqueeze(1)  # (N, attributes)
    return dict(zip(table.columns, values.T.contiguous(), strict=True)), described


def _split(data: Data, pictures: Path, stems: list[str], described: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The official split where a partition file leaves something to train on and to validate, else a seeded one."""
    table = _table(pictures, "list_eval_partition")
    if table is not None:
        rows = table.rows(stems)
        part = torch.where(described & (rows >= 0), table.values[rows, 0], -1)
        train, validation, test = (torch.nonzero(part == number).flatten() for number in range(3))
        if len(train) and len(validation):
            return train, validation, test
        _say(f"{table.path.name} leaves nothing to train on or to validate here: seeded split instead")
    positions = torch.nonzero(described).flatten()
    parts = checked_split(len(positions), data.validation_split, data.test_split, data.seed, str(pictures))
    train, validation, test = (positions[part] for part in parts)
    return train, validation, test


def _say(sentence: str) -> None:
    print(f"celeba: {sentence}", file=sys.stderr)
