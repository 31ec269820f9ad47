"""Figures of lesson 01: what is drawn is the data."""

import numpy as np
import pytest
import torch
from matplotlib.text import Text

from vae_course.figures import images as drawings
from vae_course.text import Both

RANDOM = np.random.default_rng(0)
STORED = RANDOM.integers(0, 256, (6, 20, 16, 3), dtype=np.uint8)
FRAMES = torch.from_numpy(RANDOM.random((3, 3, 12, 10)))
NAMES = (Both(es="primero", en="first"), Both(es="segundo", en="second"))
CASES = {
    "stored": lambda lang: drawings.stored(STORED, columns=3, title=NAMES[0], lang=lang),
    "pixels": lambda lang: drawings.pixels(STORED[0], 2, 3, size=4, lang=lang),
    "framed": lambda lang: drawings.framed(FRAMES, 8, title=NAMES[0], lang=lang),
    "bars": lambda lang: drawings.bars([68139.0, 55000.0], NAMES, unit=NAMES[0], lang=lang),
    "fidelity": lambda lang: drawings.fidelity(
        [1, 4, 128], [([9, 12, 20], NAMES[0]), ([8, 9, 10], NAMES[1])], lang=lang
    ),
}


def words(figure):
    return {text.get_text() for text in figure.findobj(Text) if text.get_text().strip()}


@pytest.mark.parametrize("name", CASES)
def test_both_languages_have_their_words_and_nothing_leaves_the_page(name):
    spanish, english = CASES[name]("es"), CASES[name]("en")
    assert not {word for word in words(spanish) & words(english) if word.isalpha()}
    for figure in (spanish, english):
        assert figure.get_size_inches()[0] <= 7.5
        figure.draw_without_rendering()
        for text in figure.findobj(Text):
            if any(letter.isalpha() for letter in text.get_text()):
                box = text.get_window_extent()
                assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1


def test_pixels_writes_the_bytes_of_the_patch_and_frames_it():
    whole, *planes = CASES["pixels"]("en").axes
    for k, ax in enumerate(planes):
        written = [int(text.get_text()) for text in ax.texts]
        assert written == STORED[0, 2:6, 3:7, k].flatten().tolist()
        assert (ax.images[0].get_array() == STORED[0, 2:6, 3:7, k]).all()
    assert whole.patches[0].get_bbox().bounds == (2.5, 1.5, 4, 4)


def test_stored_pictures_lie_in_their_rows_and_columns():
    stored = CASES["stored"]("es").axes[0].images[0].get_array()
    assert (stored[22:42, 18:34] == STORED[4]).all()


def test_the_frame_is_the_central_square():
    ax = CASES["framed"]("es").axes[0]
    assert [patch.get_bbox().bounds for patch in ax.patches] == [(k * 12 + 0.5, 1.5, 8, 8) for k in range(3)]


def test_bars_and_curves_are_the_values():
    ax = CASES["bars"]("en").axes[0]
    assert [bar.get_width() for bar in ax.patches] == [68139.0, 55000.0]
    assert "68\u202f139" in words(ax.figure)
    assert "47 %" in words(drawings.bars([0.472], ["Smiling"], percent=True))
    lines = CASES["fidelity"]("en").axes[0].lines
    assert [line.get_xydata().tolist() for line in lines] == [[[1, 9], [4, 12], [128, 20]], [[1, 8], [4, 9], [128, 10]]]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: drawings.stored(STORED / 255),
        lambda: drawings.pixels(STORED[0], 15, 0, size=6),
        lambda: drawings.pixels(STORED, 0, 0),
        lambda: drawings.framed(FRAMES, 11),
        lambda: drawings.bars([1.0, 2.0], NAMES[:1]),
        lambda: drawings.bars([[1.0, 2.0]], NAMES),
        lambda: drawings.fidelity([1, 2], [([1.0], "a")]),
    ],
)
def test_wrong_shapes_are_refused(draw):
    with pytest.raises(ValueError):
        draw()
