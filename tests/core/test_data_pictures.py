"""One picture from a file: every odd format, upright, on white, in 8 bits; what isn't a picture is refused."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from vae_course.data import pictures
from vae_course.data.pictures import PictureError, fit_all, middle, open_picture, size_of

QUADRANTS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [10, 20, 30]]], np.uint8)


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    file.seek(0)
    return file


def png_claiming(width, height):
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = (struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (header, data, b"IEND"))
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def test_plain_colours_pass_unchanged():
    assert np.array_equal(open_picture(saved(Image.fromarray(QUADRANTS), "PNG"), (2, 2), 3), QUADRANTS)


def test_paths_work_too(tmp_path):
    Image.fromarray(QUADRANTS).save(tmp_path / "a.png")
    assert np.array_equal(open_picture(tmp_path / "a.png", (2, 2), 3), QUADRANTS)
    assert np.array_equal(open_picture(str(tmp_path / "a.png"), (2, 2), 3), QUADRANTS)
    with pytest.raises(FileNotFoundError):
        open_picture(tmp_path / "b.png", (2, 2), 3)


def test_a_file_object_stays_open_for_its_owner():
    file = saved(Image.fromarray(QUADRANTS), "PNG")
    first, again = open_picture(file, (2, 2), 3), open_picture(file, (2, 2), 3)
    assert not file.closed and np.array_equal(first, again)


def test_grey_is_luminance():
    grey = open_picture(saved(Image.fromarray(QUADRANTS), "PNG"), (2, 2), 1)
    expected = QUADRANTS @ np.array([0.299, 0.587, 0.114])
    assert grey.shape == (2, 2, 1) and grey.dtype == np.uint8
    assert np.abs(grey[..., 0] - expected).max() <= 1


def test_grey_files_fill_three_channels():
    out = open_picture(saved(Image.fromarray(np.array([[0, 90], [180, 255]], np.uint8)), "PNG"), (2, 2), 3)
    assert np.array_equal(out, np.array([[[0] * 3, [90] * 3], [[180] * 3, [255] * 3]]))


def test_palette():
    image = Image.new("P", (2, 1))
    image.putpalette([1, 2, 3, 200, 100, 50])
    image.putdata([1, 0])
    assert open_picture(saved(image, "PNG"), (1, 2), 3).tolist() == [[[200, 100, 50], [1, 2, 3]]]


def test_transparent_palette_stands_on_white():
    image = Image.new("P", (2, 1))
    image.putpalette([1, 2, 3, 200, 100, 50])
    image.putdata([1, 0])
    expected = [[[200, 100, 50], [255, 255, 255]]]
    assert open_picture(saved(image, "PNG", transparency=0), (1, 2), 3).tolist() == expected
    assert open_picture(saved(image, "PNG", transparency=b"\x00\xff"), (1, 2), 3).tolist() == expected
    assert open_picture(saved(image, "GIF", transparency=0), (1, 2), 3).tolist() == expected


def test_alpha_is_composited_on_white():
    image = Image.new("RGBA", (3, 1))
    image.putdata([(0, 0, 0, 0), (0, 100, 200, 51), (9, 8, 7, 255)])
    out = open_picture(saved(image, "PNG"), (1, 3), 3)
    assert np.abs(out[0].astype(int) - [[255, 255, 255], [204, 224, 244], [9, 8, 7]]).max() <= 1
    grey = Image.new("LA", (2, 1))
    grey.putdata([(0, 0), (30, 255)])
    assert open_picture(saved(grey, "PNG"), (1, 2), 1).flatten().tolist() == [255, 30]


def test_one_transparent_colour_stands_on_white():
    out = open_picture(saved(Image.fromarray(QUADRANTS), "PNG", transparency=(255, 0, 0)), (2, 2), 3)
    assert out[0, 0].tolist() == [255, 255, 255] and np.array_equal(out[1], QUADRANTS[1])


@pytest.mark.parametrize("format", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled(format):
    values = np.array([[0, 257, 128 * 257], [1000, 65000, 12345]], np.uint16)
    out = open_picture(saved(Image.fromarray(values), format), (2, 3), 1)
    assert out[..., 0].tolist() == np.rint(values / 257).astype(int).tolist()


def test_floats_from_0_to_1_are_scaled():
    values = np.array([[0.0, 0.2], [1.0, 0.6]], np.float32)
    assert open_picture(saved(Image.fromarray(values), "TIFF"), (2, 2), 1).flatten().tolist() == [0, 51, 255, 153]


def test_wider_scales_are_stretched():
    values = np.array([[-1000, 0], [1000, 500]], np.int32)
    assert open_picture(saved(Image.fromarray(values), "TIFF"), (2, 2), 1).flatten().tolist() == [0, 128, 255, 191]


def test_one_float_everywhere_is_no_division_by_zero():
    assert open_picture(saved(Image.fromarray(np.full((2, 2), 7, np.float32)), "TIFF"), (2, 2), 1).max() == 0


def test_one_bit():
    image = Image.new("1", (2, 1))
    image.putdata([1, 0])
    assert open_picture(saved(image, "PNG"), (1, 2), 3).tolist() == [[[255] * 3, [0] * 3]]


def test_cmyk():
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert open_picture(saved(image, "TIFF"), (4, 4), 3)[1, 1].tolist() == [255, 0, 0]
    out = open_picture(saved(image, "JPEG", quality=100), (4, 4), 3)
    assert np.abs(out.astype(int) - [255, 0, 0]).max() <= 4


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_the_first_frame_of_an_animation(format):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue", "lime")]
    options = {"lossless": True} if format == "WEBP" else {}
    file = saved(frames[0], format, save_all=True, append_images=frames[1:], duration=50, **options)
    assert (open_picture(file, (4, 4), 3) == [255, 0, 0]).all()


TURNS = {  # EXIF orientation: what to do with the stored pixels, by the standard
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: np.rot90(a),
}


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
@pytest.mark.parametrize("orientation", TURNS)
def test_exif_orientation(orientation, format):
    stored = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 10
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = TURNS[orientation](stored)
    out = open_picture(saved(Image.fromarray(stored), format, exif=exif), upright.shape[:2], 3)
    assert np.array_equal(out, upright)


def test_exif_orientation_of_a_jpeg():
    stored = np.zeros((16, 32, 3), np.uint8)
    stored[:, :16] = 255  # white on the left: a quarter turn clockwise puts it on top
    exif = Image.Exif()
    exif[0x0112] = 6
    out = open_picture(saved(Image.fromarray(stored), "JPEG", quality=95, exif=exif), (32, 16), 3)
    assert out[:14].min() > 240 and out[18:].max() < 15


def test_damaged_exif_does_not_spoil_the_picture():
    file = saved(Image.fromarray(QUADRANTS), "PNG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert np.array_equal(open_picture(file, (2, 2), 3), QUADRANTS)


def test_the_middle_is_cut_out_and_shrunk_bicubically():
    noise = np.random.default_rng(0).integers(0, 256, (90, 61, 3), np.uint8)
    cropped = Image.fromarray(noise[14:75])
    expected = np.asarray(cropped.resize((20, 20), Image.Resampling.BICUBIC))
    assert np.array_equal(open_picture(saved(Image.fromarray(noise), "PNG"), (20, 20), 3), expected)


@pytest.mark.parametrize(
    ("picture", "size", "share", "box"),
    [
        ((178, 218), (64, 64), 148 / 178, (15, 35, 163, 183)),
        ((89, 109), (64, 64), 148 / 178, (7, 17, 81, 91)),
        ((100, 50), (32, 64), 1.0, (0, 0, 100, 50)),
        ((100, 100), (32, 64), 1.0, (0, 25, 100, 75)),
        ((20000, 1), (64, 64), 1.0, (9999, 0, 10000, 1)),
    ],
)
def test_middle(picture, size, share, box):
    assert middle(picture, size, share) == box


def test_a_huge_jpeg_is_decoded_small_and_keeps_its_colours(monkeypatch):
    sizes, decode = [], pictures._decode
    monkeypatch.setattr(pictures, "_decode", lambda image: sizes.append(image.size) or decode(image))
    big = np.zeros((2500, 2500, 3), np.uint8)
    big[:, 1250:] = [200, 100, 50]
    out = open_picture(saved(Image.fromarray(big), "JPEG", quality=90), (64, 64), 3)
    assert sizes == [(313, 313)]
    assert np.abs(out[:, :30].astype(int)).max() < 6
    assert np.abs(out[:, 34:].astype(int) - [200, 100, 50]).max() < 6


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP", "BMP"])
def test_truncated(format):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    content = saved(Image.fromarray(noise), format).getvalue()
    with pytest.raises(PictureError) as error:
        open_picture(io.BytesIO(content[: len(content) // 2]), (8, 8), 3)
    assert error.value.reason == "truncated"


@pytest.mark.parametrize(
    "content", [b"", b"just words", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"\xff\xd8"]
)
def test_not_a_picture(content):
    with pytest.raises(PictureError) as error:
        open_picture(io.BytesIO(content), (8, 8), 3)
    assert error.value.reason == "not_a_picture"


@pytest.mark.parametrize("side", [6400, 12000, 20000, 2**31 - 1])
def test_too_large_is_refused_before_decoding(side, monkeypatch):
    monkeypatch.setattr(pictures, "_decode", lambda image: pytest.fail("decoded"))
    limit = Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings(record=True) as caught, pytest.raises(PictureError) as error:
        open_picture(png_claiming(side, side), (64, 64), 3)
    assert error.value.reason == "too_large"
    assert not caught and limit == Image.MAX_IMAGE_PIXELS


def test_the_pixel_limit_is_the_callers():
    file = saved(Image.fromarray(QUADRANTS), "PNG")
    with pytest.raises(PictureError, match="2 x 2"):
        open_picture(file, (2, 2), 3, max_pixels=3)
    assert open_picture(file, (2, 2), 3, max_pixels=4).shape == (2, 2, 3)


def test_the_size_stands_in_the_header_and_the_file_is_as_before(monkeypatch, tmp_path):
    monkeypatch.setattr(pictures, "_decode", lambda image: pytest.fail("decoded"))
    file = saved(Image.new("RGB", (5, 3)), "PNG")
    (tmp_path / "a.png").write_bytes(file.getvalue())
    assert size_of(file) == size_of(tmp_path / "a.png") == (5, 3)
    assert not file.closed and file.tell() == 0
    with pytest.raises(PictureError) as error:
        size_of(io.BytesIO(b"no picture"))
    assert error.value.reason == "not_a_picture"


def test_warnings_of_pillow_stay_inside():
    image = Image.new("P", (2, 1))
    image.putpalette([1, 2, 3, 200, 100, 50])
    before = list(warnings.filters)
    open_picture(saved(image, "PNG", transparency=b"\x00\xff"), (1, 2), 3)
    assert warnings.filters == before


def test_fit_all_resizes_like_a_file_and_leaves_what_fits():
    images = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 1), np.uint8)
    assert fit_all(images, (28, 28), 1) is images
    out = fit_all(images, (14, 14), 3)
    assert np.array_equal(out[1], open_picture(saved(Image.fromarray(images[1, ..., 0]), "PNG"), (14, 14), 3))
