"""CelebA in every layout, Fashion-MNIST as torchvision has it, drawn faces; and the real sets where they are."""

import importlib
import struct
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from vae_course import data
from vae_course.data import DataError, cache, fashion, pictures
from vae_course.presets import Data
from vae_course.text import Both

FACES = 10
NAMES = [f"{i:06d}.jpg" for i in range(1, FACES + 1)]
ATTRIBUTES = {"Smiling": [1, -1] * 5, "Eyeglasses": [-1] * 7 + [1] * 3, "Male": [1] * 4 + [-1] * 6}
PARTITION = [0, 0, 0, 0, 0, 1, 1, 0, 2, 2]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_CACHE", str(tmp_path_factory.mktemp("cache")))


def draw_faces(folder, size=(178, 218)):
    folder.mkdir(parents=True)
    for i, name in enumerate(NAMES):
        noise = np.random.default_rng(i).integers(0, 256, (14, 11, 3), np.uint8)
        Image.fromarray(noise).resize(size).save(folder / name, quality=90)


def pack(folder, path, inside):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{inside}{file.name}")


def annotations(path, columns, with_head=True):
    rows = list(zip(NAMES, *columns.values(), strict=True))
    if path.suffix == ".csv":
        lines = [",".join(["image_id", *columns]), *(",".join(map(str, row)) for row in rows)]
    else:
        lines = [str(len(rows)), " ".join(columns) + " "] if with_head else []
        lines += [row[0] + " " + " ".join(f"{value:2d}" for value in row[1:]) for row in rows]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A data root with celeba/faces, to be laid out by each test."""
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    draw_faces(tmp_path / "celeba" / "faces")
    return tmp_path


def lay_out(root, layout):
    folder = root / "celeba"
    match layout:
        case "folder":
            (folder / "faces").rename(folder / "img_align_celeba")
        case "nested folder":
            (folder / "img_align_celeba").mkdir()
            (folder / "faces").rename(folder / "img_align_celeba" / "img_align_celeba")
        case "zip":
            pack(folder / "faces", folder / "img_align_celeba.zip", "img_align_celeba/")
        case "nested zip":
            pack(folder / "faces", folder / "img_align_celeba.zip", "img_align_celeba/img_align_celeba/")
    return folder


def load_faces(**settings):
    return data.load(Data(source="celeba", **settings))


@pytest.mark.parametrize("layout", ["folder", "nested folder", "zip", "nested zip"])
@pytest.mark.parametrize("suffix", [".txt", ".csv"])
def test_celeba_in_every_layout(root, layout, suffix, capsys):
    folder = lay_out(root, layout)
    annotations(folder / f"list_attr_celeba{suffix}", ATTRIBUTES)
    found = load_faces()
    assert found.name == "celeba" and found.images.shape == (FACES, 64, 64, 3)
    assert [Path(file).name for file in found.files] == NAMES
    assert list(found.attributes) == list(ATTRIBUTES)
    for name, values in ATTRIBUTES.items():
        assert found.attributes[name].dtype == torch.bool
        assert found.attributes[name].tolist() == [value == 1 for value in values]
    assert len(found.train) == 8 and len(found.validation) == 2 and len(found.test) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("inside", ["", "celeba-dataset/"])
@pytest.mark.parametrize("by_path", [True, False])
def test_kaggles_archive_holds_its_tables(root, inside, by_path):
    folder = root / "celeba"
    annotations(folder / "list_attr_celeba.csv", ATTRIBUTES)
    annotations(folder / "list_eval_partition.csv", {"partition": PARTITION})
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        archive.writestr(f"__MACOSX/{inside}list_attr_celeba.csv", "x")
        for table in sorted(folder.glob("*.csv")):
            archive.write(table, f"{inside}{table.name}")
            table.unlink()
        for file in sorted((folder / "faces").iterdir()):
            archive.write(file, f"{inside}img_align_celeba/img_align_celeba/{file.name}")
            file.unlink()
    found = data.load(Data(source="celeba"), path=folder / "archive.zip" if by_path else None)
    assert len(found.files) == FACES and list(found.attributes) == list(ATTRIBUTES)
    assert found.attributes["Male"].tolist() == [value == 1 for value in ATTRIBUTES["Male"]]
    assert found.train.tolist() == [0, 1, 2, 3, 4, 7]
    assert found.validation.tolist() == [5, 6] and found.test.tolist() == [8, 9]


def test_a_broken_table_in_an_archive_is_named(root):
    folder = lay_out(root, "zip")
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "a") as archive:
        archive.writestr("list_attr_celeba.csv", "image_id,A\n000001.jpg,\n")
    with pytest.raises(DataError, match=r"img_align_celeba\.zip/list_attr_celeba\.csv is not an annotation file"):
        load_faces()


def test_the_official_folders(root):
    for name in ("Img", "Anno", "Eval"):
        (root / "celeba" / name).mkdir()
    pack(root / "celeba" / "faces", root / "celeba" / "Img" / "img_align_celeba.zip", "img_align_celeba/")
    annotations(root / "celeba" / "Anno" / "list_attr_celeba.txt", ATTRIBUTES)
    annotations(root / "celeba" / "Eval" / "list_eval_partition.txt", {"partition": PARTITION}, with_head=False)
    found = load_faces()
    assert list(found.attributes) == list(ATTRIBUTES) and found.test.tolist() == [8, 9]


@pytest.mark.parametrize("separator", [",", ";", ", "])
@pytest.mark.parametrize("quoted", ["all", "names", "none"])
def test_tables_that_other_programs_wrote(root, separator, quoted):
    """With quotes, as R and pandas may write them, or with semicolons, as a Spanish Excel does."""
    folder = lay_out(root, "folder")
    for name, columns in (("list_attr_celeba", ATTRIBUTES), ("list_eval_partition", {"partition": PARTITION})):
        rows = [["image_id", *columns], *([name, *row] for name, *row in zip(NAMES, *columns.values(), strict=True))]
        quotes = {"all": lambda k, cell: f'"{cell}"', "names": lambda k, cell: cell if k else f'"{cell}"'}
        write = quotes.get(quoted, lambda k, cell: str(cell))
        lines = [separator.join(str(write(k, cell)) for k, cell in enumerate(row)) for row in rows]
        (folder / f"{name}.csv").write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8", newline="")
    found = load_faces()
    assert list(found.attributes) == list(ATTRIBUTES) and found.test.tolist() == [8, 9]
    assert found.attributes["Smiling"].tolist() == [value == 1 for value in ATTRIBUTES["Smiling"]]


def test_a_quoted_name_of_two_words_is_one_column(root):
    folder = lay_out(root, "folder")
    rows = "".join(f'"{name}","1","-1"\n' for name in NAMES)
    (folder / "list_attr_celeba.csv").write_text('"image_id","Wearing Hat","Bald, or nearly"\n' + rows)
    assert list(load_faces().attributes) == ["Wearing_Hat", "Bald_or_nearly"]


@pytest.mark.parametrize(("size", "box"), [((178, 218), (15, 35, 163, 183)), ((89, 109), (7, 17, 81, 91))])
def test_celeba_crop(tmp_path, size, box):
    draw_faces(tmp_path / "img_align_celeba", size)
    found = data.load(Data(source="celeba"), path=tmp_path)
    for i, name in enumerate(NAMES):
        with Image.open(tmp_path / "img_align_celeba" / name) as image:
            expected = np.asarray(image.crop(box).resize((64, 64), Image.Resampling.BICUBIC))
        assert np.array_equal(found.images[i].numpy(), expected)


@pytest.mark.parametrize("suffix", [".txt", ".csv"])
def test_the_official_partition(root, suffix):
    folder = lay_out(root, "folder")
    annotations(folder / f"list_eval_partition{suffix}", {"partition": PARTITION}, with_head=False)
    found = load_faces()
    assert found.train.tolist() == [0, 1, 2, 3, 4, 7]
    assert found.validation.tolist() == [5, 6] and found.test.tolist() == [8, 9]
    assert found.attributes == {}


def test_a_picture_without_row_in_the_partition_belongs_to_no_part(root):
    folder = lay_out(root, "folder")
    path = folder / "list_eval_partition.txt"
    annotations(path, {"partition": PARTITION}, with_head=False)
    path.write_text("\n".join(path.read_text().splitlines()[1:]))
    found = load_faces()
    assert found.train.tolist() == [1, 2, 3, 4, 7] and found.test.tolist() == [8, 9]


def test_a_partition_that_trains_on_everything_gives_way(root, capsys):
    folder = lay_out(root, "folder")
    annotations(folder / "list_eval_partition.txt", {"partition": PARTITION}, with_head=False)
    found = load_faces(count=5, test_split=0.2)
    assert [len(part) for part in (found.train, found.validation, found.test)] == [3, 1, 1]
    assert "list_eval_partition.txt leaves nothing to train on or to validate" in capsys.readouterr().err


def test_rows_without_picture_and_pictures_without_row(root, capsys):
    folder = lay_out(root, "folder")
    path = folder / "list_attr_celeba.txt"
    annotations(path, ATTRIBUTES)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:4], *lines[5:], "000099.jpg 1 1 1", "000100.jpg -1 1 1"]))
    found = load_faces()
    assert sorted(torch.cat([found.train, found.validation]).tolist()) == [0, 1, 3, 4, 5, 6, 7, 8, 9]
    assert found.attributes["Male"].tolist() == [True, True, False, True] + [False] * 6
    assert capsys.readouterr().err.splitlines() == [
        "celeba: 1 pictures have no row in list_attr_celeba.txt and are left out: 000003",
        "celeba: 2 rows of list_attr_celeba.txt are of pictures that are not here",
    ]


def test_attributes_of_other_pictures(root, capsys):
    folder = lay_out(root, "zip")
    (folder / "list_attr_celeba.txt").write_text("1\nSmiling\nother.jpg 1\n")
    found = load_faces()
    assert found.attributes == {} and "describes none of the pictures" in capsys.readouterr().err
    assert len(found.train) == 8


MALFORMED = {
    "empty": "",
    "only a count": "2\n",
    "short row": "1\nA B\n000001.jpg 1\n",
    "word": "1\nA\n000001.jpg yes\n",
    "number": "1\nA\n000001.jpg 7\n",
    "no value": "image_id,A\n000001.jpg,\n",
    "no columns": "image_id\n000001.jpg yes\n",
    "page": "<html>Quota exceeded</html>\n",
    "bytes": "\x00\xff",
    "a quote that never ends": 'image_id,A\n"000001.jpg,1\n' + "000002.jpg,1\n" * 20_000,
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_attribute_file(root, text):
    folder = lay_out(root, "zip")
    (folder / "list_attr_celeba.txt").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"list_attr_celeba\.txt is not an annotation file"):
        load_faces()


def test_celeba_by_path(root):
    folder = lay_out(root, "nested folder")
    annotations(folder / "list_attr_celeba.csv", ATTRIBUTES)
    inner = folder / "img_align_celeba" / "img_align_celeba"
    for path in (root, folder, folder / "img_align_celeba", inner):
        found = data.load(Data(source="celeba"), path=path)
        assert len(found.files) == FACES and list(found.attributes) == list(ATTRIBUTES)


def test_celeba_split_is_seeded(root):
    lay_out(root, "zip")
    first, again, other = (load_faces(seed=seed, test_split=0.2) for seed in (1, 1, 2))
    assert torch.equal(first.train, again.train) and not torch.equal(first.train, other.train)
    assert sorted(torch.cat([first.train, first.validation, first.test]).tolist()) == list(range(FACES))


def test_a_failed_download_of_celeba_says_what_to_do(tmp_path, monkeypatch):
    def quota(root, download):
        raise RuntimeError(f"quota exceeded below {root}")

    monkeypatch.setattr("torchvision.datasets.CelebA", quota)
    with pytest.raises(DataError, match=r"could not be downloaded .*quota exceeded.*: download img_align_celeba\.zip"):
        data.load(Data(source="celeba"), path=tmp_path / "celeba", download=True)


def test_a_download_of_celeba_is_then_read(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    monkeypatch.setattr(
        "torchvision.datasets.CelebA", lambda root, download: draw_faces(root / "celeba" / "img_align_celeba")
    )
    assert len(data.load(Data(source="celeba"), download=True).files) == FACES
    monkeypatch.setattr("torchvision.datasets.CelebA", lambda root, download: pytest.fail("downloaded again"))
    data.load(Data(source="celeba"), download=True)


# Fashion-MNIST


def idx(path, values):
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + values.tobytes())


@pytest.fixture
def little_fashion(tmp_path, monkeypatch):
    """12 + 4 pictures in place of 60,000 + 10,000."""
    raw, rng = tmp_path / "FashionMNIST" / "raw", np.random.default_rng(0)
    for part, n in (("train", 12), ("t10k", 4)):
        idx(raw / f"{part}-images-idx3-ubyte", rng.integers(0, 256, (n, 28, 28), np.uint8))
        idx(raw / f"{part}-labels-idx1-ubyte", rng.integers(0, 10, n, np.uint8))
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    monkeypatch.setattr(fashion, "TRAINING", 12)
    return tmp_path


FASHION = {"source": "fashion", "input_size": (28, 28), "channels": 1}


def test_fashion_is_training_then_test(little_fashion):
    found = data.load(Data(**FASHION))
    raw = little_fashion / "FashionMNIST" / "raw"
    pixels = b"".join((raw / f"{part}-images-idx3-ubyte").read_bytes()[16:] for part in ("train", "t10k"))
    assert found.images.shape == (16, 28, 28, 1) and found.images.numpy().tobytes() == pixels
    labels = b"".join((raw / f"{part}-labels-idx1-ubyte").read_bytes()[8:] for part in ("train", "t10k"))
    assert found.labels.tolist() == list(labels) and found.labels.dtype == torch.int64
    assert found.test.tolist() == [12, 13, 14, 15] and len(found.validation) == 2
    assert sorted(torch.cat([found.train, found.validation]).tolist()) == list(range(12))
    assert len(found.classes) == 10 and all(isinstance(name, Both) for name in found.classes)


@pytest.mark.parametrize("inside", [".", "FashionMNIST", "FashionMNIST/raw"])
def test_fashion_by_path(little_fashion, inside):
    assert len(data.load(Data(**FASHION), path=little_fashion / inside).images) == 16


def test_fashion_at_another_size(little_fashion):
    found = data.load(Data(source="fashion", input_size=(32, 32), channels=3))
    plain = data.load(Data(**FASHION)).images[5, ..., 0].numpy()
    expected = Image.fromarray(plain).resize((32, 32), Image.Resampling.BICUBIC).convert("RGB")
    assert np.array_equal(found.images[5].numpy(), np.asarray(expected))


def test_the_first_of_fashion(little_fashion):
    found = data.load(Data(**FASHION, count=6))
    assert len(found.images) == len(found.labels) == 6
    assert [len(part) for part in (found.train, found.validation, found.test)] == [5, 1, 0]


def test_damaged_fashion(little_fashion):
    path = little_fashion / "FashionMNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="can't be read"):
        data.load(Data(**FASHION))


def test_fashion_is_there_where_its_files_are(little_fashion, monkeypatch, tmp_path):
    assert fashion.there()
    raw = tmp_path / "failed" / "FashionMNIST" / "raw"  # what a download leaves that failed
    raw.mkdir(parents=True)
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path / "failed"))
    assert not fashion.there()
    (raw / "train-images-idx3-ubyte.gz").touch()
    assert fashion.there()


def test_download_passes_on(little_fashion, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "torchvision.datasets.FashionMNIST", lambda root, train, download: asked.append(download) or 1 / 0
    )
    for download in (True, False):
        with pytest.raises(ZeroDivisionError):
            data.load(Data(**FASHION), download=download)
    assert asked == [True, False]


# drawn faces


def test_drawn_faces(monkeypatch):
    from vae_course.data import drawn

    found = data.load(Data(source="drawn", count=20, test_split=0.1))
    images, factors = drawn.faces(20, 0)
    assert found.name == "drawn" and np.array_equal(found.images.numpy(), images)
    assert list(found.attributes) == list(factors)
    for name, values in factors.items():
        assert found.attributes[name].dtype == torch.float32
        assert np.array_equal(found.attributes[name].numpy(), values)
    assert [len(part) for part in (found.train, found.validation, found.test)] == [14, 4, 2]

    monkeypatch.setattr(drawn, "faces", lambda n, seed: pytest.fail("drawn again"))
    again = data.load(Data(source="drawn", count=20, test_split=0.1))
    assert torch.equal(again.images, found.images)
    assert all(torch.equal(again.attributes[name], found.attributes[name]) for name in factors)


def test_drawn_faces_by_seed_size_and_channels():
    one, other = (data.load(Data(source="drawn", count=8, seed=seed)) for seed in (0, 1))
    assert not torch.equal(one.images, other.images)
    grey = data.load(Data(source="drawn", count=8, input_size=(32, 32), channels=1))
    expected = Image.fromarray(one.images[3].numpy()).convert("L").resize((32, 32), Image.Resampling.BICUBIC)
    assert np.array_equal(grey.images[3, ..., 0].numpy(), np.asarray(expected))


@pytest.mark.parametrize("module", ["drawn", "shapes"])
def test_faces_that_other_code_drew_are_drawn_anew(module, tmp_path, monkeypatch):
    data.load(Data(source="drawn", count=8))
    part = importlib.import_module(f"vae_course.data.{module}")
    other = tmp_path / "other.py"
    other.write_text(Path(part.__file__).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    monkeypatch.setattr(part, "__file__", str(other))
    data.load(Data(source="drawn", count=8))
    assert len(list(cache.own().glob("drawn-*.npy"))) == 2


def test_drawn_faces_need_no_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("VAE_COURSE_CACHE", str(tmp_path / "file" / "cache"))
    assert len(data.load(Data(source="drawn", count=8)).images) == 8


# the real sets


@pytest.fixture
def shared_cache(monkeypatch):
    """The cache that the user has, so that the real sets are decoded once."""
    monkeypatch.undo()


@pytest.mark.images
@pytest.mark.usefixtures("shared_cache")
def test_the_real_fashion():
    found = data.load(Data(**FASHION))
    assert found.images.shape == (70_000, 28, 28, 1)
    assert [len(part) for part in (found.train, found.validation, found.test)] == [50_000, 10_000, 10_000]
    assert found.test.min() == 60_000 and max(found.train.max(), found.validation.max()) < 60_000
    assert found.labels.bincount().tolist() == [7000] * 10
    assert abs(found.images[:60_000].float().mean() / 255 - 0.2860) < 1e-3  # the mean that every tutorial quotes


@pytest.mark.images
@pytest.mark.usefixtures("shared_cache")
@pytest.mark.parametrize(
    ("settings", "shape", "first"),
    [
        ({"source": "celeba"}, (9500, 64, 64, 3), "000001.jpg"),
        ({"path": "cats/cats.zip"}, (8803, 64, 64, 3), "1.jpg"),
        ({"path": "emojis/emojis.zip"}, (1251, 64, 64, 3), "00a9.png"),
    ],
)
def test_the_real_folders(settings, shape, first, monkeypatch, capsys):
    found = data.load(Data(**settings))
    assert found.images.shape == shape and Path(found.files[0]).name == first
    assert found.skipped == () and capsys.readouterr() == ("", "")
    assert len(found.validation) == round(0.2 * shape[0])
    assert 60 < found.images[::50].float().mean() < 250
    monkeypatch.setattr(pictures, "open_picture", lambda *_, **__: pytest.fail("decoded again"))
    start = time.perf_counter()
    assert torch.equal(data.load(Data(**settings)).train, found.train)
    assert time.perf_counter() - start < 5


@pytest.mark.images
@pytest.mark.usefixtures("shared_cache")
def test_the_real_attributes():
    found = data.load(Data(source="celeba"))
    assert len(found.attributes) == 40 and all(len(values) == 9500 for values in found.attributes.values())
    text = (data.data_root() / "celeba" / "list_attr_celeba.txt").read_text().splitlines()
    position = 1234
    row = dict(zip(text[1].split(), text[2 + position].split()[1:], strict=True))
    assert text[2 + position].startswith(Path(found.files[position]).name)
    assert {name: values[position].item() for name, values in found.attributes.items()} == {
        name: value == "1" for name, value in row.items()
    }
