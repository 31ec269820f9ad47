"""The drawn faces: reproducible, smooth, and each factor moves what it names and nothing else."""

import numpy as np
import pytest

from vae_course.data import drawn
from vae_course.data.drawn import COUNTS, FACTORS, draw, faces, sample_factors
from vae_course.data.shapes import block, both, cloud, cut, ellipse, grow, join, stroke

LONG = {"hair_style": 3.0}  # a style in which every factor shows


def pair(name, **others):
    """Two faces that differ in one factor only, mostly from one end to the other; (2, 64, 64, 3) float."""
    ends = {"hair_style": (2.0, 3.0), "background": (0.0, 0.5)}.get(name, FACTORS[name])
    return draw({**LONG, **others, name: np.array(ends)}).astype(float)


def moved(pictures):
    """Where two pictures differ: (64, 64) bool."""
    return (np.abs(pictures[0] - pictures[1]) > 1).any(-1)


def test_a_seed_fixes_the_pictures():
    (one, f), (again, g), (other, _) = faces(20, 3), faces(20, 3), faces(20, 4)
    assert np.array_equal(one, again) and all(np.array_equal(f[name], g[name]) for name in FACTORS)
    assert not np.array_equal(one, other)


def test_shapes_and_types():
    pictures, factors = faces(7, 0)
    assert pictures.shape == (7, 64, 64, 3) and pictures.dtype == np.uint8
    assert list(factors) == list(FACTORS)
    assert all(values.shape == (7,) and values.dtype == np.float32 for values in factors.values())
    assert faces(0)[0].shape == (0, 64, 64, 3)
    assert draw({}).shape == (1, 64, 64, 3)


def test_samples_fill_their_ranges():
    factors = sample_factors(2000, 1)
    for name, (low, high) in FACTORS.items():
        values = factors[name]
        assert low <= values.min() < low + 0.15 * (high - low) and high - 0.15 * (high - low) < values.max() <= high
        if name in COUNTS:
            assert set(values) == set(range(COUNTS[name]))


def test_a_face_does_not_depend_on_its_company():
    pictures, factors = faces(200, 5)
    picked = [150, 3, 77]
    assert np.abs(draw({k: v[picked] for k, v in factors.items()}).astype(int) - pictures[picked]).max() <= 1


@pytest.mark.parametrize("name", FACTORS)
def test_each_factor_shows(name):
    assert moved(pair(name)).sum() >= 30


@pytest.mark.parametrize(
    "name, top, bottom",
    [
        ("smile", 39, 49),
        ("eye_openness", 25, 37),
        ("brow_raise", 19, 30),
        ("glasses", 23, 40),
        ("beard", 28, 54),
        ("blush", 31, 48),
    ],
)
def test_features_move_only_their_own_rows(name, top, bottom):
    rows = np.flatnonzero(moved(pair(name)).any(1))
    assert top <= rows.min() and rows.max() < bottom


def test_background_and_clothing_leave_the_face_alone():
    background, clothing = moved(pair("background")), moved(pair("clothing"))
    assert background[:8, :8].all() and not background[16:50, 20:44].any()
    assert clothing[-4:, 30:34].all() and not clothing[:48].any()


def test_brighter_or_darker_skin_leaves_the_hair_alone():
    skin, hair = moved(pair("skin")), moved(pair("hair_colour"))
    assert skin[33, 30:34].all() and not skin[:14].any()
    assert hair[14, 30:34].all() and not hair[44, 30:34].any()


@pytest.mark.parametrize("style", range(COUNTS["hair_style"]))
def test_mirrored_factors_draw_the_mirrored_face(style):
    factors = sample_factors(30, 2) | {"hair_style": np.full(30, style, np.float32)}
    mirrored = factors | {name: -factors[name] for name in ("turn", "tilt", "parting")}
    difference = draw(factors).astype(int) - draw(mirrored)[:, :, ::-1]
    assert np.abs(difference).max() <= 1
    assert np.abs(draw(factors).astype(int) - draw(mirrored)).max() > 50


def centre(region, colour, axis):
    """The mean row (axis 0) or column (axis 1) of the pixels of that colour in a region."""
    return np.nonzero(np.abs(region.astype(float) - colour).max(-1) < 20)[axis].mean()


def test_turning_moves_the_nose_farther_than_the_eyes():
    pictures = draw({"turn": np.array([-1.0, 1.0]), "hair_style": 0.0, "blush": 0.0, "skin": 0.0})
    nose_colour = drawn.SHADE.ravel() * drawn.SKIN[0]
    eyes = np.diff([centre(picture[28:36], drawn.INK, 1) for picture in pictures])
    nose = np.diff([centre(picture[35:38, 20:44], nose_colour, 1) for picture in pictures])
    assert nose > 1.8 * eyes > 5


def test_the_mouth_bends_with_the_smile():
    sad, happy = (picture[144:208, 80:176] for picture in draw({"smile": np.array([-1.0, 1.0])}, 256))
    corners, middle = np.r_[0:36, 60:96], slice(40, 56)
    assert centre(sad[:, middle], drawn.LIP, 0) < centre(sad[:, corners], drawn.LIP, 0) - 3
    assert centre(happy[:, middle], drawn.LIP, 0) > centre(happy[:, corners], drawn.LIP, 0) + 3


def test_a_wide_face_has_more_skin():
    cheeks = draw({"face_width": np.array([-1.0, 0.0, 1.0]), "hair_style": 0.0, "blush": 0.0})[:, 36:42].astype(float)
    skin = drawn.palette(drawn.SKIN, np.float32([0.3])).ravel()
    assert (np.diff((np.abs(cheeks - skin).max(-1) < 8).sum((1, 2))) > 5).all()


def test_edges_are_smooth():
    top_of_the_head = draw({"hair_style": 0.0, "hair_colour": 0.0})[0, 8:16].reshape(-1, 3)
    assert len(np.unique(top_of_the_head, axis=0)) > 15


def test_larger_pictures_show_the_same_faces():
    _, factors = faces(12, 6)
    small, large = draw(factors).astype(float), draw(factors, 256).astype(float)
    assert large.shape == (12, 256, 256, 3)
    assert np.abs(large.reshape(12, 64, 4, 64, 4, 3).mean((2, 4)) - small).mean() < 1.5


def test_skin_darkens_steadily():
    pictures = draw({"skin": np.linspace(0, 1, 20), "blush": 0.0, "hair_style": 0.0})
    assert (np.diff(pictures[:, 16:20, 30:34].mean((1, 2, 3))) < 0).all()


def test_wrong_factors_are_named():
    with pytest.raises(ValueError, match="nostrils"):
        draw({"nostrils": np.zeros(3)})
    with pytest.raises(ValueError, match="turn"):
        draw({"smile": np.zeros(3), "turn": np.zeros(2)})
    with pytest.raises(ValueError, match="turn"):
        draw({"smile": np.zeros(3), "turn": np.zeros((3, 1))})
    for wrong in (0.5, 6.0, -1.0):
        with pytest.raises(ValueError, match="hair_style"):
            draw({"hair_style": np.array([0.0, wrong])})


def test_a_linear_model_reads_the_factors_from_the_pixels():
    pictures, factors = faces(3000, 8)
    pixels = pictures.reshape(3000, 16, 4, 16, 4, 3).mean((2, 4)).reshape(3000, -1) / 255
    pixels = np.c_[pixels, np.ones(3000)]
    train, held_out = pixels[:2400], pixels[2400:]
    gram = train.T @ train + np.eye(pixels.shape[1])
    for name in ("turn", "skin", "smile"):
        known, wanted = factors[name][:2400], factors[name][2400:]
        error = held_out @ np.linalg.solve(gram, train.T @ known) - wanted
        assert 1 - error.var() / wanted.var() > 0.7, name


def test_every_shape_lies_in_its_box():
    x, y = np.meshgrid(np.linspace(-2, 2, 201, dtype=np.float32), np.linspace(-2, 2, 201, dtype=np.float32))
    round_one, other = ellipse(0.1, 0.2, 0.5, 0.7, 0.1), block(0.4, -0.3, 0.6, 0.3, 0.1)
    shapes = [round_one, other, stroke(0.1, 0.3, 0.4, -0.3, 0.05, 0.1), cloud(0, 0.1, 0.5, 0.3, 0.2)]
    shapes += [grow(other, 0.2), join(round_one, other), cut(other, round_one), both(other, round_one)]
    for shape in shapes:
        left, right, top, bottom = shape.box
        inside = shape.distance(x, y) < 0
        assert inside.any()
        assert not (inside & ((x < left - 0.01) | (x > right + 0.01) | (y < top - 0.01) | (y > bottom + 0.01))).any()
