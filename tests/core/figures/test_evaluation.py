import numpy as np
import pytest
from matplotlib.text import Text

from vae_course.figures import evaluation as charts
from vae_course.text import Both


def random(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


TITLE = Both(es="Un título", en="A title")
GAUSSIAN = Both(es="gaussiana", en="Gaussian")
CODES, LABELS = random(40, 2) - 0.5, np.arange(40) % 2
CLASSES = (Both(es="Bolso", en="Bag"), Both(es="Botín", en="Ankle boot"))
POINTS = [(3.0, 9.0, "beta 1"), (5.0, 10.0, GAUSSIAN)]
TRIPLE = [random(4, 1, 6, 6, seed=seed) for seed in range(3)]
CASES = {
    "neighbours": lambda **how: charts.neighbours(*TRIPLE, random(50) + 1, title=TITLE, **how),
    "two_measures": lambda **how: charts.two_measures(POINTS, (4.0, 11.0), title=TITLE, **how),
    "few_samples": lambda **how: charts.few_samples((50, 100), {"PCA-32": [8.0, 4.0]}, title=TITLE, **how),
    "aggregate_posterior": lambda **how: charts.aggregate_posterior(
        [(CODES, "beta 0"), (2 * CODES, GAUSSIAN)], LABELS, classes=CLASSES, title=TITLE, **how
    ),
    "bounds": lambda **how: charts.bounds((1, 10), (-240.0, -238.5), -240.0, random(9), title=TITLE, **how),
}


def words(figure):
    return {text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()}


@pytest.mark.parametrize("name", CASES)
def test_both_languages_have_their_texts(name):
    es, en = (words(CASES[name](lang=lang)) for lang in ("es", "en"))
    assert {TITLE.es} <= es - en and {TITLE.en} <= en - es
    assert not any("{" in text and "$" not in text for text in es | en)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.neighbours(TRIPLE[0], TRIPLE[1][:3], TRIPLE[2], random(50)),
        lambda: charts.two_measures([], (1, 1)),
        lambda: charts.few_samples((50, 100), {"PCA-32": [8.0]}),
        lambda: charts.aggregate_posterior([(CODES[:5], "beta 0")], LABELS, classes=CLASSES),
        lambda: charts.bounds((1, 10), (-240.0,), -240.0, random(9)),
    ],
)
def test_wrong_shapes_are_refused(draw):
    with pytest.raises(ValueError):
        draw()


def test_neighbours_marks_both_distances():
    samples, nearest, next_nearest = TRIPLE
    held_back = random(50) + 1
    _, below = charts.neighbours(samples, nearest, next_nearest, held_back).axes
    drawn = [dots.get_offsets()[:, 0] for dots in below.collections]
    np.testing.assert_allclose(drawn[0], np.sqrt(((samples - nearest) ** 2).sum(axis=(1, 2, 3))), rtol=1e-5)
    np.testing.assert_allclose(drawn[1], np.sqrt(((nearest - next_nearest) ** 2).sum(axis=(1, 2, 3))), rtol=1e-5)
    assert sum(bar.get_height() for bar in below.patches) == len(held_back)


def test_copies_share_one_label():
    figure = charts.neighbours(TRIPLE[0], TRIPLE[0], TRIPLE[1], random(50) + 1, lang="en")
    assert "1–4" in words(figure)


@pytest.mark.parametrize(
    "numbers, text", [([3], "3"), ([1, 2], "1 2"), ([1, 2, 3, 4, 6, 7, 9], "1–4 6 7 9"), ([1, 5, 6, 7], "1 5–7")]
)
def test_columns_in_a_row_are_told_by_their_ends(numbers, text):
    assert charts._runs(numbers) == text


def test_two_measures_draws_points_and_target():
    dots, star = charts.two_measures(POINTS, (4.0, 11.0)).axes[0].collections
    assert dots.get_offsets().tolist() == [[3, 9], [5, 10]] and star.get_offsets().tolist() == [[4, 11]]


def test_few_samples_compares_with_one_over_n():
    measured, guide = charts.few_samples((50, 100), {"PCA-32": [8.0, 3.0]}).axes[0].lines
    assert measured.get_ydata().tolist() == [8, 3] and guide.get_ydata().tolist() == [8, 4]


def test_aggregate_posterior_draws_the_codes():
    left, right = charts.aggregate_posterior([(CODES, "0"), (2 * CODES, "1")], LABELS, classes=CLASSES).axes
    for ax, codes in ((left, CODES), (right, 2 * CODES)):
        drawn = ax.collections[0].get_offsets()
        np.testing.assert_allclose(sorted(map(tuple, drawn)), sorted(map(tuple, codes)), rtol=1e-5)


def test_no_code_lies_beyond_the_axes():
    """Not even the farthest of hundreds."""
    codes = np.zeros((300, 2))
    codes[7] = 5, -40
    (ax,) = charts.aggregate_posterior([(codes, "beta 0")], np.zeros(300, int), classes=CLASSES).axes
    assert ax.get_xlim()[1] == ax.get_ylim()[1] == -ax.get_ylim()[0] > 40


def test_bounds_draws_the_bound_and_every_gain():
    left, right = charts.bounds((1, 10), (-240.0, -238.5), -240.0, random(9)).axes
    assert left.lines[1].get_ydata().tolist() == [-240, -238.5]
    assert sum(bar.get_height() for bar in right.patches) == 9
