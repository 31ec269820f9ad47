"""Numbers as people read them, in both languages."""

import math

import numpy as np
import pytest
import torch

from vae_course.numbers import both, compact, decimal, percent, signed, significant, whole
from vae_course.text import Both

NARROW = "\u202f"  # a space where no line breaks


@pytest.mark.parametrize(
    ("value", "es", "en"),
    [
        (0, "0", "0"),
        (-0.0, "0", "0"),
        (-0.4, "0", "0"),
        (7.6, "8", "8"),
        (999, "999", "999"),
        (999.6, "1000", "1,000"),
        (1000, "1000", "1,000"),
        (8550, "8550", "8,550"),
        (9999, "9999", "9,999"),
        (9999.4, "9999", "9,999"),
        (9999.6, f"10{NARROW}000", "10,000"),
        (10_000, f"10{NARROW}000", "10,000"),
        (2_959_171, f"2{NARROW}959{NARROW}171", "2,959,171"),
        (-1234, "−1234", "−1,234"),
        (-14312.4, f"−14{NARROW}312", "−14,312"),
        (math.nan, "nan", "nan"),
        (math.inf, "inf", "inf"),
        (-math.inf, "−inf", "−inf"),
        (np.int64(12345), f"12{NARROW}345", "12,345"),
        (torch.tensor(12345), f"12{NARROW}345", "12,345"),
    ],
)
def test_whole_numbers_are_grouped_as_each_language_does(value, es, en):
    assert (whole(value, "es"), whole(value, "en")) == (es, en)


@pytest.mark.parametrize(
    ("value", "places", "es", "en"),
    [
        (0, 2, "0.00", "0.00"),
        (-0.0, 1, "0.0", "0.0"),
        (-0.004, 2, "0.00", "0.00"),
        (-0.006, 2, "−0.01", "−0.01"),
        (0.25, 0, "0", "0"),
        (999.96, 1, "1000.0", "1,000.0"),
        (9999.996, 2, f"10{NARROW}000.00", "10,000.00"),
        (-238.5, 2, "−238.50", "−238.50"),
        (-1234.5, 2, "−1234.50", "−1,234.50"),
        (12345.678, 3, f"12{NARROW}345.678", "12,345.678"),
        (math.nan, 2, "nan", "nan"),
        (-math.inf, 2, "−inf", "−inf"),
    ],
)
def test_decimals_keep_their_places_and_the_point(value, places, es, en):
    assert (decimal(value, places, "es"), decimal(value, places, "en")) == (es, en)


@pytest.mark.parametrize(
    ("value", "es", "en"),
    [
        (0, "0.000", "0.000"),
        (-0.0, "0.000", "0.000"),
        (0.07064, "0.07064", "0.07064"),
        (-3.5, "−3.500", "−3.500"),
        (999.96, "1000", "1,000"),
        (1000, "1000", "1,000"),
        (9999.4, "9999", "9,999"),
        (9999.96, f"10{NARROW}000", "10,000"),
        (12345.6, f"12{NARROW}346", "12,346"),
        (999_999_999, f"999{NARROW}999{NARROW}999", "999,999,999"),
        (-1e9, "−1.000e+09", "−1.000e+09"),
        (2e-8, "2.000e−08", "2.000e−08"),
        (math.nan, "nan", "nan"),
        (math.inf, "inf", "inf"),
        (-math.inf, "−inf", "−inf"),
    ],
)
def test_four_significant_digits(value, es, en):
    assert (significant(value, 4, "es"), significant(value, 4, "en")) == (es, en)


@pytest.mark.parametrize(
    ("value", "digits", "es", "en"),
    [
        (0.0, 3, "0", "0"),
        (-0.0, 3, "0", "0"),
        (-0.5, 3, "−0.5", "−0.5"),
        (2.0, 3, "2", "2"),
        (-1.2345, 3, "−1.23", "−1.23"),
        (999.6, 3, "1000", "1,000"),
        (1234.6, 3, "1235", "1,235"),
        (10_000, 6, f"10{NARROW}000", "10,000"),
        (1234.5678, 6, "1234.57", "1,234.57"),
        (-2e-5, 3, "−2e−05", "−2e−05"),
        (math.nan, 3, "nan", "nan"),
        (-math.inf, 3, "−inf", "−inf"),
    ],
)
def test_compact_numbers_have_no_zeros_at_the_end(value, digits, es, en):
    assert (compact(value, digits, "es"), compact(value, digits, "en")) == (es, en)


def test_percentages():
    assert [percent(share, "es") for share in (0, 0.825, 1, -0.04, -0.001)] == ["0 %", "82 %", "100 %", "−4 %", "0 %"]
    assert (percent(0.825, "en", 1), percent(12.5, "en")) == ("82.5 %", "1,250 %")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (decimal(1.5, 1, "es"), "+1.5"),
        (decimal(-0.3, 1, "es"), "−0.3"),
        (decimal(-0.04, 1, "es"), "0"),
        (compact(0, 3, "en"), "0"),
        (compact(2, 3, "en"), "+2"),
        (whole(12345, "en"), "+12,345"),
        (whole(100, "en"), "+100"),
        (decimal(math.inf, 1, "es"), "+inf"),
        (decimal(math.nan, 1, "es"), "nan"),
    ],
)
def test_signs_stand_before_all_but_zero(number, expected):
    assert signed(number) == expected


def test_one_number_in_both_languages():
    assert both(whole, 2_959_171) == Both(es=f"2{NARROW}959{NARROW}171", en="2,959,171")
    assert both(decimal, 1000, 1) == Both(es="1000.0", en="1,000.0")
    assert Both(es="{n} imágenes", en="{n} images").format(n=both(whole, 8550)) == Both("8550 imágenes", "8,550 images")


@pytest.mark.parametrize("write", [whole, percent, lambda value, lang: compact(value, 3, lang)])
def test_another_language_is_an_error(write):
    with pytest.raises(ValueError, match="es, en"):
        write(1.0, "fr")
