import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from vae_course import figures
from vae_course.figures import loss, style
from vae_course.text import Both

TITLE = Both(es="Un título", en="A title")
random = np.random.default_rng(0)
PICTURES = random.random((4, 1, 8, 8), dtype=np.float32)
BETS, Z = np.linspace(0.05, 0.95, 19), np.linspace(-4, 4, 81)
BELL = np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi)
PRICES, CLOUDS, FLOOR = np.array([30.0, 40, 50, 60]), np.array([9.0, 12, 10, 20]), np.array([20.0, 10, 30, 5])
CASES = {
    "pixel_prices": lambda lang: loss.pixel_prices(
        BETS, [(BETS - 0.5) ** 2 + 0.693, 2 * BETS], [(BETS - 0.5) ** 2, BETS**2], (0.5, 0.0), lang=lang
    ),
    "cloud_prices": lambda lang: loss.cloud_prices(Z, Z**2 / 2, np.exp(Z), Z**2, lang=lang),
    "running_mean": lambda lang: loss.running_mean([1.0, 3.0, 2.0, 2.0], 2.0, lang=lang),
    "elbo": lambda lang: loss.elbo(
        Z, BELL, [np.roll(BELL, 10), BELL], (1.0, 0.0), (-2.5, -2.0), Z, -2 - Z**2 / 2, -2.0, lang=lang
    ),
    "tagged": lambda lang: loss.tagged(
        PICTURES, [Both(es=f"{k} cosas", en=f"{k} things") for k in range(4)], columns=3, title=TITLE, lang=lang
    ),
    "price_list": lambda lang: loss.price_list(
        PICTURES, PICTURES / 2, PRICES, CLOUDS, floor=FLOOR, labels=[TITLE] * 4, lang=lang
    ),
}
SAME = {"nats", "ELBO", "q(z|x)", "BCE (nats)", "x", "z", "mu", "sigma", "kl_divergence: 2.000 nats"}


def texts(figure):
    shown = [text for text in figure.findobj(Text) if text.get_visible() and "mathdefault" not in text.get_text()]
    return [text for text in shown if any(letter.isalpha() for letter in text.get_text())]


@pytest.mark.parametrize("name", CASES)
def test_every_figure_speaks_both_languages_and_stays_on_its_page(name):
    spanish, english = CASES[name]("es"), CASES[name]("en")
    assert {text.get_text() for text in texts(spanish)} & {text.get_text() for text in texts(english)} <= SAME
    for figure in (spanish, english):
        assert figure.get_figwidth() <= 7.5
        figure.draw_without_rendering()
        for text in texts(figure):
            box = text.get_window_extent()
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text


def test_curves_are_the_numbers_given():
    bce, mse = CASES["pixel_prices"]("en").axes
    np.testing.assert_allclose(bce.lines[0].get_xydata(), np.stack([BETS, (BETS - 0.5) ** 2 + 0.693], 1))
    assert [text.get_text() for text in bce.texts] == ["0.693", "0.100"] and not mse.texts[1:]
    (ax,) = CASES["running_mean"]("en").axes
    np.testing.assert_allclose(ax.lines[1].get_xydata(), [[2, 2], [3, 2], [4, 2]])


def test_the_gap_is_drawn_from_the_bound_to_the_ceiling():
    bottom, *panels = CASES["elbo"]("en").axes
    assert [ax.get_title(loc="left") for ax in panels] == ["gap: 0.500 nats", "gap: 0.000 nats"]
    (lines,) = (part.get_segments() for part in bottom.collections if hasattr(part, "get_segments"))
    assert [segment.tolist() for segment in lines] == [[[1, -2.5], [1, -2]], [[0, -2], [0, -2]]]


def test_receipts_hang_floor_error_and_cloud_one_below_the_other():
    top, bottom = CASES["price_list"]("en").axes
    bars = [patch for patch in bottom.patches if patch.get_height()]
    floor, error, cloud = bars[:4], bars[4:8], bars[8:]
    np.testing.assert_allclose([bar.get_height() for bar in floor], FLOOR)
    np.testing.assert_allclose([bar.get_y() + bar.get_height() for bar in error], PRICES)
    np.testing.assert_allclose([bar.get_y() + bar.get_height() for bar in cloud], PRICES + CLOUDS)
    assert all(bar.get_facecolor() == to_rgba(style.KL) for bar in cloud)
    assert [text.get_text() for text in bottom.texts] == ["39", "52", "60", "80"]
    np.testing.assert_array_equal(
        top.images[0].get_array(), figures.tile(np.concatenate([PICTURES, PICTURES / 2]).repeat(3, axis=1), 4)
    )
    assert top.get_xlim() == bottom.get_xlim()


def test_pictures_and_tags_keep_their_order():
    figure = CASES["tagged"]("en")
    tags = [label.get_text() for ax in figure.axes for label in ax.get_xticklabels()]
    assert tags[:4] == ["0 things", "1 things", "2 things", "3 things"]
    first, second = (np.asarray(ax.images[0].get_array()) for ax in figure.axes)
    np.testing.assert_array_equal(first, figures.tile(PICTURES[:3], 3))
    np.testing.assert_array_equal(second[:, :8], figures.tile(PICTURES[3:], 1))


@pytest.mark.parametrize(
    "draw",
    [
        lambda: loss.pixel_prices(BETS, [BETS], [BETS, BETS], (0.5,)),
        lambda: loss.cloud_prices(Z, Z[1:], Z, Z),
        lambda: loss.running_mean([1.0], 1.0),
        lambda: loss.elbo(Z, BELL[1:], [BELL], (0.0,), (-2.0,), Z, Z, 0.0),
        lambda: loss.tagged(PICTURES, ["a"]),
        lambda: loss.price_list(PICTURES, PICTURES, PRICES[:2], CLOUDS),
    ],
)
def test_wrong_shapes_are_refused(draw):
    with pytest.raises(ValueError, match=r"expected|as many"):
        draw()
