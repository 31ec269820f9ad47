"""Accessibility: axe finds nothing serious or critical on any tab: both languages, wide and narrow, light and dark."""

import pytest
from helpers.browser import each_language, each_width, in_a_browser, serious

from vae_course.demo import page

pytestmark = in_a_browser


@each_language
@each_width
@pytest.mark.parametrize("tab", page.TABS)
def test_nothing_serious(visit, tab, lang, width):
    assert serious(visit(tab, lang, width)) == []


@pytest.mark.parametrize("tab", page.TABS)
def test_nothing_serious_in_the_dark(visit, tab):
    assert serious(visit(tab, "en", color_scheme="dark")) == []
