import numpy as np
import pytest
from matplotlib.text import Text

from vae_course.figures import faces
from vae_course.text import Both

NAMES = (Both(es="sonrisa", en="smile"), Both(es="anteojos", en="glasses"))
SPREAD = [np.array([0.5, 4.0, 1.0]), np.array([1.1, 0.9])]
SHARES = np.array([[0.49, 0.83], [0.69, 0.28]])
CASES = {
    "spectra": lambda lang: faces.spectra(SPREAD, NAMES, lang=lang),
    "shares": lambda lang: faces.shares(SHARES, NAMES, (Both(es="antes", en="before"), "+2"), lang=lang),
}


def words(figure):
    return {text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()}


@pytest.mark.parametrize("name", CASES)
def test_texts_are_in_the_language_asked_for(name):
    es, en = words(CASES[name]("es")), words(CASES[name]("en"))
    assert {"sonrisa", "anteojos"} <= es - en and {"smile", "glasses"} <= en - es


@pytest.mark.parametrize("name", CASES)
def test_figures_fit_the_page(name):
    assert CASES[name]("es").get_size_inches()[0] <= 7.6


def test_spectra_are_sorted_beside_the_prior():
    prior, *curves = CASES["spectra"]("en").axes[0].lines
    assert set(prior.get_ydata()) == {1}
    assert [list(curve.get_ydata()) for curve in curves] == [[4.0, 1.0, 0.5], [1.1, 0.9]]


def test_bars_have_the_shares_lengths():
    ax = CASES["shares"]("en").axes[0]
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]
    np.testing.assert_allclose(widths, 100 * SHARES.T)
    assert {"49", "83", "69", "28"} <= words(ax.figure)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: faces.spectra([np.array([1.0, -1.0])], NAMES[:1]),
        lambda: faces.spectra(SPREAD, NAMES[:1]),
        lambda: faces.shares(SHARES * 100, NAMES, ("a", "b")),
        lambda: faces.shares(SHARES, NAMES, ("a",)),
    ],
)
def test_wrong_input_is_refused(draw):
    with pytest.raises(ValueError, match=r"expected|as many"):
        draw()
