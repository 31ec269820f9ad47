"""The figures of lesson 02."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from vae_course.figures import networks as figures
from vae_course.text import Both

NAMES = (Both(es="base", en="base"), Both(es="otra", en="another"))
SHAPES = [(1, 8, 8), (4, 4, 4)]


def random(*shape):
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def words(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def hourglass(lang="en"):
    return figures.hourglass(SHAPES, 2, image=random(1, 8, 8), lang=lang)


def holes(lang="en"):
    return figures.holes(
        random(9, 2), np.arange(9) % 2, classes=NAMES, places=[(0, 0), (1, 1)], decoded=random(2, 1, 4, 4), lang=lang
    )


def contest(lang="en"):
    return figures.contest(NAMES, [[9, 8], [7, 5]], [[4, 3], [2, 1]], [1.0, 2.5], steps=(5, 10), lang=lang)


def overlaps(lang="en"):
    return figures.overlaps([np.array([[1, 2], [2, 4]])], NAMES[1:], lang=lang)


@pytest.mark.parametrize("draw", [hourglass, holes, contest, overlaps])
def test_each_language_has_its_texts(draw):
    spanish, english = words(draw("es")), words(draw("en"))
    assert set(spanish) - set(english) and set(english) - set(spanish)


def test_the_hourglass_tells_real_shapes_and_counts():
    found = words(hourglass())
    assert {"1 ×\n8 × 8", "4 ×\n4 × 4", "code\n2", "64"} <= set(found)
    boxes = [patch for patch in hourglass().axes[0].patches if isinstance(patch, Rectangle)]
    assert [round(box.get_height(), 2) for box in boxes][:2] == [1, 0.5] and len(boxes) == 5


def test_feature_maps_are_the_data():
    maps = random(5, 4, 4)
    figure = figures.feature_maps(random(1, 8, 8), [maps], columns=3)
    drawn = [image.get_array() for ax in figure.axes for image in ax.images]
    assert len(drawn) == 1 + 3
    np.testing.assert_allclose(drawn[2], maps[1])


def test_places_stand_on_the_map():
    letters = {text.get_text(): text.get_position() for text in holes().axes[0].texts}
    assert letters == {"A": (0, 0), "B": (1, 1)}


def test_bars_are_mean_errors():
    bars = [bar.get_width() for container in contest().axes[0].containers for bar in container]
    assert bars == [8.5, 6, 3.5, 1.5]


def test_counts_are_written_out():
    assert [text.get_text() for text in overlaps().axes[0].texts] == ["1", "2", "2", "4"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.hourglass([(8, 8)], 2),
        lambda: figures.feature_maps(random(1, 8, 8), [random(4, 4)]),
        lambda: figures.holes(random(9, 3), [0] * 9, classes=NAMES, places=[(0, 0)], decoded=random(1, 1, 4, 4)),
        lambda: figures.holes(random(9, 2), [0] * 9, classes=NAMES, places=[(0, 0)], decoded=random(2, 1, 4, 4)),
        lambda: figures.contest(NAMES, [[1.0], [2.0]], [1.0, 2.0], [1, 2], steps=(1, 2)),
        lambda: figures.overlaps([np.ones(3)], NAMES[:1]),
    ],
)
def test_wrong_shapes_are_refused(draw):
    with pytest.raises(ValueError):
        draw()
