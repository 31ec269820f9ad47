"""Accessibility: axe finds nothing serious or critical on any tab: both languages, wide and narrow, light and dark."""

import pytest
from helpers.browser import each_language, in_a_browser, serious

from vae_course.demo import page
from vae_course.demo.screenshots import WIDTHS

pytestmark = in_a_browser


@each_language
@pytest.mark.parametrize("tab", page.TABS)
def test_nothing_serious(visit, tab, lang):
    view = visit(tab, lang)
    assert serious(view) == []
    view.set_viewport_size({"width": 390, "height": WIDTHS[390]})
    assert serious(view) == []


@pytest.mark.parametrize("tab", page.TABS)
def test_nothing_serious_in_the_dark(visit, tab):
    assert serious(visit(tab, "en", color_scheme="dark")) == []
