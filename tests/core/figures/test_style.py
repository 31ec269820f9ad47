"""Every general figure: its language, its page, its file."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.figures import (
    CASES,
    POINTS,
    SAME,
    drawn,
    sheet,
    texts,
    words,
)
from matplotlib.figure import Figure

from vae_course import figures


@pytest.mark.parametrize("name", CASES)
def test_every_figure_speaks_the_readers_language_and_only_it(name):
    spanish, english = drawn(name, "es"), drawn(name, "en")
    assert isinstance(spanish, Figure) and isinstance(english, Figure)
    assert {word for word in set(words(spanish)) & set(words(english)) if not SAME.fullmatch(word)} == set()
    assert not any("Both(" in word or ("{" in word and "$" not in word) for word in words(spanish) + words(english))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("lang", ["es", "en"])
def test_no_text_leaves_the_page_and_none_is_tiny(name, lang):
    figure = drawn(name, lang)
    figure.draw_without_rendering()
    shown = [text for text in texts(figure) if not SAME.fullmatch(text.get_text())]
    for text in shown:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text
        assert text.get_size() >= 8


@pytest.mark.parametrize(
    "name", ["reconstructions", "latent_traversal", "interpolation", "rows", "latent_grid", "28 x 28", "20 x 30"]
)
def test_each_pixel_of_a_picture_is_the_same_whole_number_of_pixels_on_paper(name):
    if name in CASES:
        figure = drawn(name, "es")
    else:
        height, width = map(int, name.split(" x "))
        figure = figures.samples(np.zeros((18, 1, height, width)), columns=9)
    height, width = sheet(figure).shape[:2]
    box = figure.axes[0].get_window_extent()
    scale = round(box.width / width)
    assert scale >= 2
    assert box.width == pytest.approx(scale * width, abs=1) and box.height == pytest.approx(scale * height, abs=1)
    assert figure.axes[0].images[0].get_interpolation() == "nearest"


def test_the_language_is_the_courses_unless_given(monkeypatch):
    monkeypatch.setenv("VAE_COURSE_LANG", "en")
    assert "mean KL (nats)" in words(figures.kl_bars([1.0, 2.0]))
    monkeypatch.delenv("VAE_COURSE_LANG")
    assert "KL media (nats)" in words(figures.kl_bars([1.0, 2.0]))
    with pytest.raises(ValueError, match="fr"):
        figures.kl_bars([1.0, 2.0], lang="fr")


def test_nothing_imports_pyplot_and_no_setting_of_matplotlib_changes():
    code = (
        "import sys, matplotlib; before = matplotlib.rcParams.copy()\n"
        "from vae_course import figures\n"
        "assert not {'matplotlib.pyplot', 'torch'} & set(sys.modules)\n"
        "figures.latent_space([[0, 1], [2, 3]], values=[0.1, 0.2])._repr_png_()\n"
        "assert 'matplotlib.pyplot' not in sys.modules and before == matplotlib.rcParams.copy()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


INSIDE = (".style", ".pictures", ".curves", ".maps")  # a lesson's figures take nothing from another lesson's
BELOW = ("..text", "..numbers", "..files")


def test_figures_import_each_other_and_what_is_below_but_no_pyplot():
    for path in Path(figures.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert set(re.findall(r"^\s*from (\.\S*|vae_course\S*) import", source, re.M)) <= {*INSIDE, *BELOW}, path.name
        assert "pyplot" not in re.findall(r"^\s*(?:import|from) (\S+)", source, re.M), path.name


# saving


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_saving_twice_gives_the_same_bytes_and_leaves_nothing_else(tmp_path, suffix):
    first = figures.save(drawn("kl_bars", "es"), tmp_path / "new" / f"a{suffix}").read_bytes()
    again = figures.save(CASES["kl_bars"]("es"), tmp_path / "new" / f"b{suffix}").read_bytes()
    assert first == again == figures.save(drawn("kl_bars", "es"), str(tmp_path / "new" / f"a{suffix}")).read_bytes()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [f"a{suffix}", f"b{suffix}"]
    assert b"Software" not in first and b"CreationDate" not in first and b"<dc:date>" not in first


def test_a_figure_does_not_move_when_it_is_drawn_again():
    figure = figures.latent_space(POINTS, values=POINTS[:, 0], values_label="x")
    places = [ax.get_position().bounds for ax in figure.axes]
    first = figure._repr_png_()
    assert figure._repr_png_() == first
    assert [ax.get_position(original=True).bounds for ax in figure.axes] == places


def test_a_failed_save_leaves_the_old_file_and_an_unknown_kind_is_named(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="not as jpg"):
        figures.save(drawn("kl_bars", "es"), path)
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def test_a_notebook_shows_a_figure_at_its_size_in_print():
    picture, size = drawn("kl_bars", "es")._repr_png_()
    assert picture.startswith(b"\x89PNG") and size == {"width": 720, "height": 326}
