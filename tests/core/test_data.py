"""Folders and zips of pictures: what is found, refused, skipped, split and kept for the next start."""

import io
import json
import os
import stat
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from vae_course import data
from vae_course.data import DataError, ImageSet, cache, pictures, sources
from vae_course.presets import Data

SMALL = {"input_size": (2, 2), "channels": 3, "validation_split": 0.5}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_CACHE", str(tmp_path_factory.mktemp("cache")))


def png(value):
    file = io.BytesIO()
    Image.new("RGB", (2, 2), (value, value, value)).save(file, "PNG")
    return file.getvalue()


def folder_of(folder, names):
    """A picture for each name, the i-th of grey i."""
    for i, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(png(i))
    return folder


def zip_of(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def load(path, **settings):
    return data.load(Data(**SMALL | settings), path=path)


def greys(image_set):
    return image_set.images[:, 0, 0, 0].tolist()


# what is found


def test_a_folder_in_natural_order(tmp_path):
    found = load(folder_of(tmp_path / "pics", ["10.png", "9.png", "a/2.png", "B.PNG"]))
    assert found.name == "pics"
    assert found.files == ("9.png", "10.png", "B.PNG", "a/2.png")
    assert greys(found) == [1, 0, 3, 2]
    assert found.images.dtype == torch.uint8 and found.images.shape == (4, 2, 2, 3)
    assert found.labels is None and found.classes == () and found.attributes == {} and found.skipped == ()


@pytest.mark.parametrize("names", [["²1.png", "10.png"], ["a.png", "٣1.png"], ["①/1.png", "②/1.png"]])
def test_digits_of_any_kind_in_names(tmp_path, names):
    assert sorted(load(folder_of(tmp_path / "pics", names)).files) == sorted(names)


def test_what_is_no_picture_is_passed_over_silently(tmp_path, capsys):
    folder = folder_of(tmp_path / "pics", ["a.png", "b.png", ".hidden.png", "__MACOSX/a.png", ".git/c.png"])
    for name in ("Thumbs.db", "notes.txt", "a.npy"):
        (folder / name).write_text("x")
    found = load(folder)
    assert found.files == ("a.png", "b.png") and capsys.readouterr() == ("", "")


def test_a_zip_with_nested_folders(tmp_path):
    found = load(
        zip_of(tmp_path / "kittens.zip", {"w/w/2.png": png(2), "w/w/1.png": png(1), "__MACOSX/w/._1.png": b""})
    )
    assert found.name == "kittens" and found.files == ("w/w/1.png", "w/w/2.png") and greys(found) == [1, 2]
    assert found.labels is None


def test_a_folder_that_holds_one_zip(tmp_path):
    (tmp_path / "cats").mkdir()
    zip_of(tmp_path / "cats" / "cats.zip", {"1.png": png(1), "2.png": png(2)})
    (tmp_path / "cats" / "LICENSE").write_text("x")
    assert load(tmp_path / "cats").files == ("1.png", "2.png")


@pytest.mark.parametrize(
    ("names", "labels", "classes"),
    [
        (["cat/1.png", "dog/1.png", "dog/2.png"], [0, 1, 1], ("cat", "dog")),
        (["all/10/a.png", "all/9/a.png", "all/9/deep/b.png"], [0, 0, 1], ("9", "10")),
        (["one/1.png", "one/2.png"], None, ()),
        (["cat/1.png", "dog/1.png", "loose.png"], None, ()),
        (["w/1.png", "w/cat/1.png", "w/dog/2.png"], None, ()),
    ],
)
def test_subfolders_are_labels(tmp_path, names, labels, classes):
    found = load(folder_of(tmp_path / "pics", names))
    assert (None if found.labels is None else found.labels.tolist()) == labels
    assert found.classes == classes
    assert labels is None or found.labels.dtype == torch.int64


def test_linked_class_folders_are_followed(tmp_path):
    folder_of(tmp_path / "elsewhere", ["cats/1.png", "dogs/2.png", "dogs/3.png"])
    (tmp_path / "pics" / "deep").mkdir(parents=True)
    (tmp_path / "pics" / "cat").symlink_to(tmp_path / "elsewhere" / "cats")
    (tmp_path / "pics" / "dog").symlink_to("../elsewhere/dogs")
    found = load(tmp_path / "pics")
    assert found.files == ("cat/1.png", "dog/2.png", "dog/3.png") and greys(found) == [0, 1, 2]
    assert found.classes == ("cat", "dog") and found.labels.tolist() == [0, 1, 1]


def test_links_in_a_circle_end_and_each_picture_comes_once(tmp_path):
    """Also no picture stands on both sides of the split because a link leads to its folder a second time."""
    folder = folder_of(tmp_path / "pics", ["cat/1.png", "dog/2.png", "dog/old/3.png"])
    for name, target in [("a", folder), ("cat/up", ".."), ("cat/again", "../dog"), ("dog/.x", "/"), ("gone", "no")]:
        (folder / name).symlink_to(target)
    assert load(folder).files == ("cat/1.png", "dog/2.png", "dog/old/3.png")


@pytest.mark.parametrize("prefix", ["pics\\", "./pics/", ".\\"])
def test_classes_of_a_zip_that_writes_folders_in_its_own_way(tmp_path, prefix):
    entries = {prefix + name.replace("/", prefix[-1]): png(i) for i, name in enumerate(["cat/1.png", "dog/2.png"])}
    entries[prefix + "__MACOSX" + prefix[-1] + "._1.png"] = b""
    found = load(zip_of(tmp_path / "pics.zip", entries))
    assert found.classes == ("cat", "dog") and found.labels.tolist() == [0, 1] and greys(found) == [0, 1]
    assert [name.removeprefix("pics/") for name in found.files] == ["cat/1.png", "dog/2.png"]


def test_what_was_kept_of_a_zip_before_backslashes_were_read_is_read_again(tmp_path, monkeypatch):
    path = zip_of(tmp_path / "pics.zip", {"cat\\1.png": png(1), "dog\\2.png": png(2)})
    monkeypatch.setattr("vae_course.data.cache.VERSION", 1)
    load(path)
    (notes,) = tmp_path.glob("pics-*.json")
    kept = json.loads(notes.read_text())
    notes.write_text(json.dumps(kept | {"files": ["cat\\1.png", "dog\\2.png"]}))
    assert load(path).classes == ()
    monkeypatch.undo()
    assert load(path).classes == ("cat", "dog")


def test_a_class_whose_name_is_not_utf_8_can_be_written(tmp_path):
    for name, value in ((b"ni\xf1os", 1), (b"otros", 2)):
        folder = os.path.join(os.fsencode(tmp_path), b"pics", name)
        os.makedirs(folder)
        with open(os.path.join(folder, b"\xe1.png"), "wb") as file:
            file.write(png(value))
    for _ in range(2):
        found = load(tmp_path / "pics")
        assert found.classes == ("ni\ufffdos", "otros") and sorted(greys(found)) == [1, 2]


def test_the_path_in_a_preset_is_relative_to_the_data_root(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    folder_of(tmp_path / "pics", ["1.png", "2.png"])
    assert data.load(Data(path="pics", **SMALL)).files == ("1.png", "2.png")


def test_count_takes_the_first(tmp_path):
    folder = folder_of(tmp_path / "pics", [f"{i}.png" for i in range(9)])
    (folder / "1.png").write_text("not a picture")
    found = load(folder, count=4)
    assert greys(found) == [0, 2, 3, 4] and found.skipped == ("1.png",)
    assert sorted([*found.train.tolist(), *found.validation.tolist()]) == [0, 1, 2, 3]


def test_grey_and_sizes(tmp_path):
    found = load(folder_of(tmp_path / "pics", ["1.png", "2.png"]), input_size=(3, 5), channels=1)
    assert found.images.shape == (2, 3, 5, 1) and found.images[1].unique().tolist() == [1]


# what is split


def test_split_is_disjoint_and_seeded():
    state = torch.get_rng_state()
    train, validation, test = data.split(100, 0.2, 0.1, seed=3)
    assert [len(part) for part in (train, validation, test)] == [70, 20, 10]
    assert sorted(torch.cat([train, validation, test]).tolist()) == list(range(100))
    assert all(map(torch.equal, (train, validation, test), data.split(100, 0.2, 0.1, seed=3)))
    assert not torch.equal(test, data.split(100, 0.2, 0.1, seed=4)[2])
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("n", range(1, 40))
def test_split_keeps_the_asked_sizes(n):
    train, validation, test = data.split(n, 0.15, 0.15, seed=0)
    assert len(test) == round(n * 0.15) and len(test) + len(validation) == round(n * 0.3)
    assert sorted(torch.cat([train, validation, test]).tolist()) == list(range(n))


def test_loading_leaves_torchs_random_state_alone(tmp_path):
    state = torch.get_rng_state()
    first, again = (load(folder_of(tmp_path / "pics", [f"{i}.png" for i in range(9)])) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first.train, again.train) and torch.equal(first.validation, again.validation)


def test_part():
    train, validation, test, none = torch.tensor([0]), torch.tensor([1]), torch.tensor([2]), torch.tensor([]).long()
    whole = ImageSet("a", torch.zeros(3, 1, 1, 1), train, validation, test)
    assert [whole.part(name) for name in ("train", "validation", "test")] == [train, validation, test]
    assert ImageSet("a", torch.zeros(3, 1, 1, 1), train, validation, none).part("test") is validation
    with pytest.raises(ValueError, match="'val'"):
        whole.part("val")


# what is refused, and how it is said


def told(error):
    """The message, after checking that it offers a way on."""
    assert "python -m vae_course train drawn" in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("source", ["celeba", "folder", "fashion"])
def test_a_missing_set(tmp_path, monkeypatch, source):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError) as error:
        data.load(Data(source=source, path="nowhere"))
    assert str(tmp_path / "nowhere") in told(error)
    assert "VAE_COURSE_DATA" in told(error) and "--data PATH" in told(error)


def test_a_folder_set_without_a_path_means_the_emojis(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"looked for .*emojis\.zip"):
        data.load(Data())


CHOICE = ["b.png", "smile-1.png", "smile-2.png", "smile-10.png", "old/smile-3.png", "smile.jpg", "SMILE-4.png"]


@pytest.mark.parametrize("zipped", [False, True])
def test_only_the_files_that_are_asked_for(zipped, tmp_path):
    pics = folder_of(tmp_path / "pics", CHOICE)
    if zipped:
        pics = zip_of(
            tmp_path / "pics.zip", {name: b"words" if name == "smile.jpg" else png(i) for i, name in enumerate(CHOICE)}
        )
    else:
        (pics / "smile.jpg").write_bytes(b"words")
    chosen = load(pics, files=("smile-*.png", "[bc].png"))
    assert chosen.files == ("b.png", "old/smile-3.png", "smile-1.png", "smile-2.png", "smile-10.png")
    assert greys(chosen) == [CHOICE.index(name) for name in chosen.files]
    held_back = torch.cat([chosen.train, chosen.validation]).sort().values
    assert held_back.tolist() == [0, 1, 2, 3, 4]
    assert load(pics, files=("smile-*.png",), count=2).files == ("old/smile-3.png", "smile-1.png")
    assert chosen.skipped == ()  # smile.jpg is, but was not asked for
    assert load(pics, files=("smile*",)).skipped == ("smile.jpg",)
    assert load(pics, count=2).files == ("SMILE-4.png", "b.png")  # the cache of all is not taken for that of two


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(DataError, match=r"\(a\.png, b\.png\), none is called x\*\.png or y\.png;") as error:
        load(folder_of(tmp_path / "pics", ["a.png", "b.png"]), files=("x*.png", "y.png"))
    told(error)


def test_an_empty_folder(tmp_path):
    (tmp_path / "pics").mkdir()
    with pytest.raises(DataError, match=r"no pictures in .*pics") as error:
        load(tmp_path / "pics")
    assert ".png" in told(error)


def test_a_zip_without_pictures(tmp_path):
    with pytest.raises(DataError, match=r"no pictures in .*a\.zip") as error:
        load(zip_of(tmp_path / "a.zip", {"readme.txt": "x"}))
    told(error)


def test_one_picture_is_too_few(tmp_path):
    with pytest.raises(DataError, match="1 picture is too few") as error:
        load(folder_of(tmp_path / "pics", ["a.png"]), validation_split=0.2)
    told(error)
    with pytest.raises(DataError, match="4 pictures are too few"):
        load(folder_of(tmp_path / "four", ["a.png", "b.png", "c.png", "d.png"]), test_split=0.1)


def test_no_picture_that_can_be_read(tmp_path):
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "a.jpg").write_text("words")
    with pytest.raises(DataError, match=r"none of the 1 picture.* a\.jpg") as error:
        load(tmp_path / "pics")
    told(error)
    assert [path.name for path in tmp_path.iterdir()] == ["pics"]


@pytest.mark.parametrize("name", ["../a.png", "/a.png", "w/../../a.png", "C:/a.png", "..\\a.png", "../readme.txt"])
def test_a_zip_that_reaches_outside(tmp_path, name):
    with pytest.raises(DataError, match="points outside"):
        load(zip_of(tmp_path / "a.zip", {"ok.png": png(1), name: png(2)}))


def test_a_zip_with_a_link(tmp_path):
    link = zipfile.ZipInfo("a.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DataError, match="is a link"):
        load(zip_of(tmp_path / "a.zip", {"ok.png": png(1), link: "/etc/passwd"}))


def test_an_encrypted_zip(tmp_path):
    path = zip_of(tmp_path / "a.zip", {"a.png": png(1)})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="encrypted"):
        load(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(100), b"PK\x05\x06"])
def test_not_a_zip(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(DataError, match="neither a folder nor a readable zip"):
        load(tmp_path / "a.zip")


def bomb(path, n_bytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.png", "w") as file:
        for _ in range(n_bytes >> 20):
            file.write(bytes(2**20))
    return path


@pytest.mark.parametrize("megabytes", [20, 60])
def test_a_zip_bomb_uses_no_memory(tmp_path, megabytes):
    path = bomb(tmp_path / "a.zip", megabytes << 20)
    tracemalloc.start()
    with pytest.raises(DataError, match=f"expands to {megabytes} MB"):
        load(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_bomb_that_lies_about_its_size_uses_no_memory(tmp_path):
    path = bomb(tmp_path / "a.zip", 60 << 20)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(DataError, match="none of the 1 picture"):
        load(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_reading_stops_at_the_limit_whatever_the_header_says(tmp_path, monkeypatch):
    path = zip_of(tmp_path / "a.zip", {"a.png": os.urandom(5000)})
    with sources.opened(path) as (names, get):
        monkeypatch.setattr(sources, "MAX_PICTURE", 1000)
        with pytest.raises(DataError, match="expands"):
            get(names[0])


@pytest.mark.parametrize(("limit", "value"), [("MAX_ENTRIES", 1), ("MAX_TOTAL", 100), ("MAX_PICTURE", 10)])
def test_bounds_of_a_zip(tmp_path, monkeypatch, limit, value):
    path = zip_of(tmp_path / "a.zip", {"a.png": png(1), "b.png": png(2)})
    assert len(load(path).files) == 2
    monkeypatch.setattr(sources, limit, value)
    with pytest.raises(DataError, match="was refused"):
        load(path, seed=1, count=2)


# what is skipped


def test_unreadable_pictures_are_told_in_one_line(tmp_path, capsys):
    folder = folder_of(tmp_path / "pics", ["1.png", "2.png", "3.png"])
    for name in ("b.jpg", "a.jpg", "d.gif", "c.png"):
        (folder / name).write_bytes(b"" if name == "c.png" else b"words")
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    noise.save(folder / "e.jpg")
    (folder / "e.jpg").write_bytes((folder / "e.jpg").read_bytes()[:2000])
    found = load(folder)
    line = "skipped 5 pictures that could not be read: a.jpg, b.jpg, c.png, ...\n"
    assert capsys.readouterr() == ("", line)
    assert found.files == ("1.png", "2.png", "3.png") and greys(found) == [0, 1, 2]
    assert found.skipped == ("a.jpg", "b.jpg", "c.png", "d.gif", "e.jpg")
    assert load(folder).skipped == found.skipped
    assert capsys.readouterr() == ("", line)


def test_a_damaged_zip_entry_is_skipped(tmp_path, capsys):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for i in range(3):
            archive.writestr(f"{i}.png", png(i))
    content = bytearray(path.read_bytes())
    content[content.index(b"IDAT") + 6] ^= 255
    path.write_bytes(content)
    assert load(path).files == ("1.png", "2.png")
    assert "skipped 1 picture that could not be read: 0.png\n" in capsys.readouterr().err


# what is kept


@pytest.fixture
def no_decoding(monkeypatch):
    return lambda: monkeypatch.setattr(pictures, "open_picture", lambda *_, **__: pytest.fail("decoded again"))


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_the_second_start_reads_the_cache_beside_the_data(tmp_path, no_decoding, kind):
    path = folder_of(tmp_path / "pics", ["a/1.png", "b/2.png", "b/3.png"])
    if kind == "zip":
        path = zip_of(tmp_path / "pics.zip", {"a/1.png": png(0), "b/2.png": png(1), "b/3.png": png(2)})
    first = load(path)
    kept = sorted(entry.suffix for entry in tmp_path.iterdir() if entry.is_file() and entry != path)
    assert kept == [".json", ".npy"]
    no_decoding()
    second = load(path)
    for name in ("images", "train", "validation", "test", "labels"):
        assert torch.equal(getattr(first, name), getattr(second, name))
    assert (first.files, first.classes) == (second.files, second.classes)


def test_the_npy_is_plain_and_holds_only_what_was_read(tmp_path):
    folder = folder_of(tmp_path / "pics", [f"{i}.png" for i in range(12)])
    for i in range(10):
        (folder / f"{i}.png").write_text("broken")
    load(folder)
    (npy,) = tmp_path.glob("*.npy")
    assert np.load(npy)[:, 0, 0, 0].tolist() == [10, 11]


def test_images_may_be_written_to_without_touching_the_cache(tmp_path, no_decoding):
    folder = folder_of(tmp_path / "pics", ["1.png", "2.png"])
    load(folder).images[0] = 99
    no_decoding()
    load(folder).images[0] = 99
    assert greys(load(folder)) == [0, 1]


@pytest.mark.parametrize("settings", [{"input_size": (3, 3)}, {"channels": 1}, {"count": 2}])
def test_other_settings_are_other_caches(tmp_path, settings):
    folder = folder_of(tmp_path / "pics", ["1.png", "2.png", "3.png"])
    load(folder)
    before = sorted(tmp_path.glob("*.npy"))
    load(folder, **settings)
    after = sorted(tmp_path.glob("*.npy"))
    assert len(after) == 2 and set(before) < set(after)


def test_changes_are_noticed(tmp_path):
    folder = folder_of(tmp_path / "pics", ["1.png", "2.png"])
    load(folder)
    (folder / "2.png").write_bytes(png(77))
    os.utime(folder / "2.png", ns=(1, 1))
    assert greys(load(folder)) == [0, 77]
    (folder / "3.png").write_bytes(png(78))
    assert greys(load(folder)) == [0, 77, 78]
    path = zip_of(tmp_path / "a.zip", {"1.png": png(1), "2.png": png(2)})
    load(path)
    zip_of(path, {"1.png": png(1), "2.png": png(3)})
    os.utime(path, ns=(1, 1))
    assert greys(load(path)) == [1, 3]


def spoil_nothing(npy):
    npy.write_bytes(b"")


def spoil_end(npy):
    npy.write_bytes(npy.read_bytes()[:-1])


def spoil_pixel(npy):
    content = bytearray(npy.read_bytes())
    content[-12] ^= 1
    npy.write_bytes(content)


def spoil_header(npy):
    npy.write_bytes(b"\x93NUMPY" + b"\xff" * 100)


def spoil_notes(npy):
    npy.with_suffix(".json").write_text('{"shape": [3')


def spoil_names(npy):
    npy.with_suffix(".json").write_text(json.dumps({"shape": [2, 2, 2, 3]}))


def spoil_removing(npy):
    npy.with_suffix(".json").unlink()


@pytest.mark.parametrize(
    "spoil", [spoil_nothing, spoil_end, spoil_pixel, spoil_header, spoil_notes, spoil_names, spoil_removing]
)
def test_a_broken_cache_is_built_again(tmp_path, no_decoding, spoil):
    folder = folder_of(tmp_path / "pics", ["1.png", "2.png"])
    load(folder)
    (npy,) = tmp_path.glob("*.npy")
    spoil(npy)
    assert greys(load(folder)) == [0, 1]
    no_decoding()
    assert greys(load(folder)) == [0, 1]


def test_what_was_kept_of_pictures_that_changed_is_removed(tmp_path):
    folder = folder_of(tmp_path / "pics", ["1.png", "2.png"])
    load(folder)
    load(folder, count=1, validation_split=0.0)
    load(folder_of(tmp_path / "pics-2", ["1.png", "2.png"]))
    before = set(tmp_path.glob("*.npy"))
    earlier = cache.name_for("pics", str(folder), sources.fingerprint(folder), (2, 2), 3, None, 1.0)
    assert tmp_path / earlier in before  # as it was always called: what anybody has kept is read
    (folder / "3.png").write_bytes(png(7))
    assert greys(load(folder)) == [0, 1, 7]
    after = set(tmp_path.glob("*.npy"))
    assert len(before) == len(after) == 3 and len(before & after) == 2
    assert {path.stem for path in tmp_path.glob("*.json")} == {path.stem for path in after}


def test_a_read_only_folder_uses_the_cache_folder(tmp_path, no_decoding):
    locked = tmp_path / "locked"
    path = folder_of(locked, ["1.png", "2.png"])
    zip_of(locked / "a.zip", {"1.png": png(5), "2.png": png(6)})
    locked.chmod(0o555)
    try:
        assert greys(load(path / "a.zip")) == [5, 6]
        assert sorted(entry.name for entry in locked.iterdir()) == ["1.png", "2.png", "a.zip"]
        assert len(list(cache.own().glob("a-*.npy"))) == 1
        no_decoding()
        assert greys(load(path / "a.zip")) == [5, 6]
    finally:
        locked.chmod(0o755)


def test_no_place_for_the_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("VAE_COURSE_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(cache, "places", lambda path: [cache.own()])
    with pytest.raises(DataError, match="VAE_COURSE_CACHE"):
        load(folder_of(tmp_path / "pics", ["1.png", "2.png"]))


def test_a_full_disk_beside_the_data_leaves_no_trace(tmp_path, monkeypatch):
    folder, real = folder_of(tmp_path / "pics", ["1.png", "2.png"]), os.replace

    def full(source, target):
        if target.parent == tmp_path:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert greys(load(folder)) == [0, 1]
    assert [entry.name for entry in tmp_path.iterdir()] == ["pics"]
    assert len(list(cache.own().glob("*.npy"))) == 1


def test_interrupted_decoding_leaves_no_trace(tmp_path, monkeypatch):
    folder, real = folder_of(tmp_path / "pics", ["1.png", "2.png"]), pictures.open_picture

    def interrupted(path, *args, **kwargs):
        if path.name == "2.png":
            raise KeyboardInterrupt
        return real(path, *args, **kwargs)

    monkeypatch.setattr(pictures, "open_picture", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(folder)
    assert [entry.name for entry in tmp_path.iterdir()] == ["pics"]
