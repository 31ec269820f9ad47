import math
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

from vae_course import figures
from vae_course.text import Both

CLASSES = (Both(es="Camiseta", en="T-shirt"), Both(es="Pantalón", en="Trouser"), Both(es="Botín", en="Ankle boot"))
ENDS = {"start_labels": CLASSES[:2], "end_labels": CLASSES[1:]}
TITLE = Both(es="Un título", en="A title")


def random(*shape, seed=0):
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def history(epochs=6, **changed):
    rows = []
    for epoch in range(1, epochs + 1):
        terms = {"loss": 250 + 50 / epoch, "reconstruction": 230 + 60 / epoch, "kl": 20 - 10 / epoch}
        rows.append(
            {"epoch": epoch, **{f"{s}_{t}": v + (s == "val") for s in ("train", "val") for t, v in terms.items()}}
        )
    return [row | changed.get(f"epoch{row['epoch']}", {}) for row in rows]


GREY, COLOUR = random(6, 1, 8, 8), random(6, 3, 8, 8, seed=1)
STRIPS = random(2, 5, 1, 8, 8)
POINTS = random(60, 2) * 4 - 2
LABELS = np.arange(60) % 3
REFERENCE = (385.0, Both(es="imagen media", en="mean image"))
SHEETS = [figures.tile(COLOUR * share, 3) for share in (0.2, 0.6, 1)]
TRADE = [(310.0, 198.0, "β = 0"), (25.0, 236.0, "β = 1"), (0.2, 366.0, "β = 64")]
CASES = {
    "loss_curves": lambda lang: figures.loss_curves(history(), references=[REFERENCE], title=TITLE, lang=lang),
    "reconstructions": lambda lang: figures.reconstructions(GREY[:3], GREY[3:], labels=CLASSES, lang=lang),
    "reconstructions in colour": lambda lang: figures.reconstructions(COLOUR[:3], COLOUR[3:], lang=lang),
    "latent_space": lambda lang: figures.latent_space(
        POINTS, LABELS, classes=CLASSES, title=TITLE, variance=[0.4, 0.2], axes=("PC 1", "PC 2"), prior=True, lang=lang
    ),
    "latent_pairs": lambda lang: figures.latent_pairs(
        random(60, 6), values=LABELS == 0, values_label=TITLE, dims=(0, 4, 5), title=TITLE, lang=lang
    ),
    "latent_traversal": lambda lang: figures.latent_traversal(
        STRIPS, (0, 17), np.linspace(-2, 2, 5), kl=[2.0, 0.5], title=TITLE, lang=lang
    ),
    "interpolation": lambda lang: figures.interpolation(STRIPS, **ENDS, crossfade=STRIPS, lang=lang),
    "samples": lambda lang: figures.samples(COLOUR, columns=4, title=TITLE, lang=lang),
    "rows": lambda lang: figures.rows(
        STRIPS,
        CLASSES[:2],
        top=torch.linspace(-1, 1, 5),
        right=CLASSES[1:],
        xlabel=REFERENCE[1],
        title=TITLE,
        lang=lang,
    ),
    "latent_grid": lambda lang: figures.latent_grid(random(9, 1, 8, 8), 3, 2.0, title=TITLE, lang=lang),
    "kl_bars": lambda lang: figures.kl_bars([0.5, 0.001, 3.0, 1.5], lang=lang),
    "rate_distortion": lambda lang: figures.rate_distortion(TRADE, title=TITLE, lang=lang),
    "history_of_samples": lambda lang: figures.history_of_samples(SHEETS, (5, 10, 20), lang=lang),
}
# numbers, symbols and words that are the same in both languages
SAME = re.compile(r"KL|original|no|t = 0|(PC \d|\$z_\{\d+\}\$)?( \(\d+ %\))?|β = \d+|(\$z_\{\d+\}\$\n)?[−\d.]+( nats)?|"
                  r"\$\\mathdefault\{.*\}\$")  # fmt: skip


@cache
def drawn(name, lang):
    return CASES[name](lang)


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def words(figure):
    return [text.get_text() for text in texts(figure)]


def sheet(figure, k=0):
    return np.asarray(figure.axes[k].images[0].get_array())


def line(ax, k):
    return ax.lines[k].get_xydata().tolist()


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


def test_only_figures_imports_matplotlib_and_figures_only_text():
    for path in Path(figures.__file__).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert set(re.findall(r"^\s*from (\.\S*|vae_course\S*) import", source, re.M)) <= {".", "..text"}, path.name
        assert "pyplot" not in re.findall(r"^\s*(?:import|from) (\S+)", source, re.M), path.name


# tile


def test_tile_lays_pictures_out_row_after_row_with_white_between():
    images = np.array([0.0, 0.2, 0.4]).reshape(3, 1, 1, 1) * np.ones((3, 1, 1, 2))
    white = [255] * 2
    expected = [
        [0, 0, *white, 51, 51],
        [*white, *white, *white],
        [*white, *white, *white],
        [102, 102, *white, *white],
    ]
    result = figures.tile(images, 2)
    assert result.dtype == np.uint8 and result.shape == (4, 6, 3)
    assert (result == np.array(expected)[..., None]).all()


def test_tile_keeps_channels_cuts_values_and_rounds():
    red = torch.tensor([1.7, -0.5, 0.5]).reshape(1, 3, 1, 1).requires_grad_()
    assert figures.tile(red, 5).tolist() == [[[255, 0, 128]]]
    assert figures.tile(np.full((1, 1, 1, 1), np.nan), 1).tolist() == [[[0, 0, 0]]]


@pytest.mark.parametrize("shape", [(8, 8), (2, 8, 8), (2, 2, 8, 8), (2, 8, 8, 3), (0, 3, 8, 8)])
def test_tile_names_the_shape_it_cannot_show(shape):
    with pytest.raises(ValueError, match=re.escape(f"(N, C, H, W) with C 1 or 3, none empty, got shape {shape}")):
        figures.tile(np.zeros(shape), 2)


def test_tile_wants_a_column():
    with pytest.raises(ValueError, match="columns"):
        figures.tile(GREY, 0)


# loss curves


def test_loss_curves_draw_the_three_terms_training_solid_validation_dashed():
    rows = history()
    for ax, term in zip(figures.loss_curves(rows).axes, ("loss", "reconstruction", "kl"), strict=True):
        for k, (split, style) in enumerate((("train", "-"), ("val", "--"))):
            assert line(ax, k) == [[row["epoch"], row[f"{split}_{term}"]] for row in rows]
            assert ax.lines[k].get_linestyle() == style


def test_loss_curves_write_the_last_values_and_the_references():
    figure = drawn("loss_curves", "es")
    assert {"258.3", "259.3", "240.0", "241.0", "18.33", "19.33", "imagen media"} <= set(words(figure))
    total, reconstruction, kl = figure.axes
    assert reconstruction.lines[2].get_ydata() == [385.0, 385.0]
    assert len(total.lines) == len(kl.lines) == 2
    assert reconstruction.get_ylim()[1] > 385


def test_validation_may_be_rare_missing_or_empty():
    gone = {"val_loss": "", "val_reconstruction": None, "val_kl": ""}
    rows = history(epoch1=gone, epoch3=gone, epoch5=gone)
    del rows[3]["val_kl"]
    total, _, kl = figures.loss_curves(rows).axes
    assert [x for x, _ in line(total, 1)] == [2, 4, 6]
    assert [x for x, _ in line(kl, 1)] == [2, 6]
    assert kl.lines[1].get_marker() == "o"
    only_training = [{key: value for key, value in row.items() if "val" not in key} for row in history()]
    assert [len(ax.lines) for ax in figures.loss_curves(only_training).axes] == [1, 1, 1]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.07064, "0.07064"),
        (-3.5, "−3.500"),
        (9999.4, "9999"),
        (-14312.4, "−14\u202f312"),
        (12345678, "12\u202f345\u202f678"),
    ],
)
def test_the_last_value_of_a_curve_is_written_in_full(value, words):
    history = [{"epoch": 1, "train_loss": 2 * value}, {"epoch": 2, "train_loss": value}]
    texts = [text.get_text() for text in figures.loss_curves(history).axes[0].texts]
    assert words in texts


def test_a_collapsed_model_shows_flat_bars():
    figure = figures.kl_bars([2e-8, 1e-8], lang="en")
    assert figure.axes[0].get_ylim()[1] >= 0.1
    assert "0.000 nats" in figure.axes[0].get_title(loc="left")


def test_one_epoch_is_a_dot_over_a_whole_number():
    ax = figures.loss_curves(history(1)).axes[0]
    assert ax.lines[0].get_marker() == "o" and line(ax, 0) == [[1, 300]]
    low, high = ax.get_xlim()
    assert [tick for tick in ax.get_xticks() if low <= tick <= high] == [1]


@pytest.mark.parametrize("value", [math.nan, math.inf, "nan"])
def test_a_diverged_run_is_drawn_to_where_it_broke(value):
    figure = figures.loss_curves(history(epoch5={"train_loss": value}, epoch6={"train_loss": value}), lang="en")
    assert [x for x, _ in line(figure.axes[0], 0)] == [1, 2, 3, 4]
    assert words(figure).count("not finite") == 1
    assert figure.axes[0].lines[-1].get_xdata() == [5, 5]


def test_a_run_that_never_was_finite_does_not_crash():
    broken = {f"{split}_{term}": math.nan for split in ("train", "val") for term in ("loss", "reconstruction", "kl")}
    figure = figures.loss_curves([{"epoch": 1, **broken}], lang="en")
    assert words(figure).count("not finite") == 3


def test_first_epochs_that_dwarf_the_rest_leave_the_panel_and_are_written_out():
    rows = history(40, epoch1={"train_loss": 9000.0})
    figure = figures.loss_curves(rows, lang="en")
    assert figure.axes[0].get_ylim()[1] < 400 and "epoch 1: 9000 ↑" in words(figure)
    rising = figures.loss_curves(history(40, epoch1={"train_kl": -900.0}), lang="es")
    assert rising.axes[2].get_ylim()[0] > 0 and "época 1: −900.0 ↓" in words(rising)
    assert figures.loss_curves(history(40)).axes[0].get_ylim()[1] > 300


def test_a_range_over_decades_gets_a_logarithmic_axis():
    rows = [row | {"train_kl": 10.0 ** -row["epoch"], "val_kl": 10.0 ** -row["epoch"]} for row in history(8)]
    assert [ax.get_yscale() for ax in figures.loss_curves(rows).axes] == ["linear", "linear", "log"]


def test_no_history_is_an_error():
    with pytest.raises(ValueError, match="history"):
        figures.loss_curves([])


# pictures


def test_reconstructions_stand_below_their_originals_and_grey_stays_grey():
    shown = sheet(drawn("reconstructions", "es"))
    two = figures.tile(np.concatenate([GREY[:3], GREY[3:]]), 3)
    assert (shown[: len(two)] == two).all() and (two[..., 0] == two[..., 1]).all()
    assert shown.shape[0] == 3 * 8 + 2 * figures.GAP
    assert {"Camiseta", "Pantalón", "Botín", "original", "reconstrucción", "diferencia"} <= set(
        words(drawn("reconstructions", "es"))
    )
    bare = figures.reconstructions(GREY[:3], GREY[3:], difference=False)
    assert (sheet(bare) == two).all() and len(bare.axes) == 1


def test_a_brighter_reconstruction_is_red_a_darker_one_blue_an_equal_one_pale():
    images = np.full((3, 1, 4, 4), 0.5)
    figure = figures.reconstructions(images, images + np.array([0.3, -0.3, 0]).reshape(3, 1, 1, 1), lang="en")
    red, blue, pale = (sheet(figure)[-1, x].astype(int) for x in (0, 6, 12))
    assert red[0] > red[2] + 50 and blue[2] > blue[0] + 50 and np.ptp(pale) < 10 and pale.min() > 235
    assert "the reconstruction is darker  ←  →  brighter" in words(figure)


def test_in_colour_the_difference_is_absolute_so_that_opposite_channels_do_not_cancel():
    images = np.full((2, 3, 4, 4), 0.5)
    shift = np.array([[0.3, -0.3, 0], [0, 0, 0]]).reshape(2, 3, 1, 1)
    figure = figures.reconstructions(images, images + shift, lang="en")
    changed, same = sheet(figure)[-1, 0].astype(int), sheet(figure)[-1, -1].astype(int)
    assert changed.sum() < same.sum() - 100
    assert "absolute difference, mean over channels" in words(figure)


def test_reconstructions_of_another_shape_or_number_of_names_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 1, 8, 8\).*\(2, 1, 8, 8\)"):
        figures.reconstructions(GREY[:3], GREY[:2])
    with pytest.raises(ValueError, match="3 images, 2 labels"):
        figures.reconstructions(GREY[:3], GREY[3:], labels=["a", "b"])
    with pytest.raises(ValueError, match="reconstructed: expected pictures"):
        figures.reconstructions(GREY[:3], GREY[3:, 0])


def test_names_of_neighbours_never_touch():
    labels = ["Zapatilla deportiva", "Camiseta o blusa"] * 5
    figure = figures.reconstructions(random(10, 1, 8, 8), random(10, 1, 8, 8), labels=labels)
    boxes = [text.get_window_extent() for text in figure.axes[0].get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    assert min(text.get_size() for text in figure.axes[0].get_xticklabels()) >= 8


def test_samples_show_the_tile_of_what_they_are_given():
    assert (sheet(drawn("samples", "es")) == figures.tile(COLOUR, 4)).all()
    assert (sheet(figures.samples(torch.from_numpy(GREY))) == figures.tile(GREY, 6)).all()


def test_rows_are_the_pictures_between_their_names():
    ax = drawn("rows", "es").axes[0]
    assert (sheet(ax.figure) == figures.tile(STRIPS.reshape(10, 1, 8, 8), 5)).all()
    assert [name.get_text() for name in ax.get_xticklabels()] == ["−1", "−0.5", "0", "0.5", "1"]
    assert [name.get_text() for name in ax.get_yticklabels()] == ["Camiseta", "Pantalón"]
    assert [name.get_text() for name in ax.texts] == ["Pantalón", "Botín"]
    assert (ax.get_title(loc="left"), ax.get_xlabel()) == ("Un título", "imagen media")


@pytest.mark.parametrize("side", [16, 28, 64])
@pytest.mark.parametrize("columns", [1, 5, 7, 8, 9, 12])
def test_rows_stay_on_the_page_whatever_their_names(side, columns):
    names = ["reconstrucción", "gaussiana ajustada"]
    figure = figures.rows(random(2, columns, 1, side, side), names, right=["386 nats\nKL 0.00"] * 2)
    assert figure.get_figwidth() <= 7.55  # rounding, at most


def test_rows_refuse_what_does_not_match():
    with pytest.raises(ValueError, match=r"images: expected pictures \(R, T, C, H, W\)"):
        figures.rows(STRIPS[0], ["a", "b"])
    with pytest.raises(ValueError, match="2 rows, 1 left"):
        figures.rows(STRIPS, ["a"])
    with pytest.raises(ValueError, match="2 rows, 2 left, 1 right"):
        figures.rows(STRIPS, ["a", "b"], right=["c"])
    with pytest.raises(ValueError, match="5 columns, 2 top"):
        figures.rows(STRIPS, ["a", "b"], top=[1, 2])


def test_history_of_samples_shows_each_sheet_under_its_epoch():
    figure = drawn("history_of_samples", "en")
    assert all((sheet(figure, k) == SHEETS[k]).all() for k in range(3))
    assert [ax.get_title(loc="left") for ax in figure.axes[:3]] == ["epoch 5", "epoch 10", "epoch 20"]
    with pytest.raises(ValueError, match="3 sheets, 1 epochs"):
        figures.history_of_samples(SHEETS, [5])
    with pytest.raises(ValueError, match="uint8"):
        figures.history_of_samples([GREY[0, 0]], [5])


# walks


def test_a_traversal_names_dimensions_and_values_and_frames_the_middle():
    figure = drawn("latent_traversal", "es")
    ax = figure.axes[0]
    assert (sheet(figure) == figures.tile(STRIPS.reshape(10, 1, 8, 8), 5)).all()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["−2", "−1", "0", "1", "2"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["$z_{0}$\n2.00 nats", "$z_{17}$\n0.50 nats"]
    frame = ax.patches[0]
    assert (frame.get_x(), frame.get_width(), frame.get_height()) == (2 * 10 - 0.5, 8, 18)
    even = figures.latent_traversal(STRIPS[:, :4], (0, 1), range(4))
    assert not even.axes[0].patches


def test_a_traversal_wants_a_name_for_each_row_and_a_value_for_each_column():
    with pytest.raises(ValueError, match="2 rows, 1 dims"):
        figures.latent_traversal(STRIPS, [0], range(5))
    with pytest.raises(ValueError, match="5 pictures_a_row, 4 values"):
        figures.latent_traversal(STRIPS, [0, 1], range(4))
    with pytest.raises(ValueError, match=r"rows: expected pictures \(R, T, C, H, W\)"):
        figures.latent_traversal(GREY, [0], range(5))


def test_an_interpolation_has_its_ends_at_both_sides_and_the_crossfade_above():
    figure = figures.interpolation(STRIPS, **ENDS, crossfade=STRIPS[::-1], lang="en")
    above, below = figure.axes
    assert (sheet(figure, 0) == figures.tile(STRIPS[::-1].reshape(10, 1, 8, 8), 5)).all()
    assert (sheet(figure, 1) == figures.tile(STRIPS.reshape(10, 1, 8, 8), 5)).all()
    assert [text.get_text() for text in above.get_xticklabels()] == ["t = 0", "0.25", "0.5", "0.75", "1"]
    assert (above.get_title("left"), below.get_title("left")) == ("pixel crossfade", "path in z, decoded")
    assert [text.get_text() for text in below.get_yticklabels()] == ["T-shirt", "Trouser"]
    assert [text.get_text() for text in below.texts] == ["Trouser", "Ankle boot"]
    assert len(figures.interpolation(STRIPS, **ENDS).axes) == 1


def test_an_interpolation_refuses_what_does_not_match():
    with pytest.raises(ValueError, match="2 strips, 1 start_labels"):
        figures.interpolation(STRIPS, start_labels=["a"], end_labels=["a", "b"])
    with pytest.raises(ValueError, match="crossfade"):
        figures.interpolation(STRIPS, **ENDS, crossfade=STRIPS[:1])


def test_the_latent_grid_has_its_values_beside_the_pictures_they_belong_to():
    figure = drawn("latent_grid", "es")
    ax = figure.axes[0]
    assert (sheet(figure) == figures.tile(random(9, 1, 8, 8), 3)).all()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["−2", "0", "2"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["−2", "0", "2"]
    assert ax.get_xticks().tolist() == [3.5, 13.5, 23.5] and ax.get_yticks().tolist() == [23.5, 13.5, 3.5]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$z_{0}$", "$z_{1}$")
    with pytest.raises(ValueError, match="16 pictures, got 9"):
        figures.latent_grid(random(9, 1, 8, 8), 4, 2.0)


# maps


def by_place(ax):
    """Each point with its colour, whatever order they were drawn in."""
    dots = ax.collections[0]
    colours = np.broadcast_to(dots.get_facecolors()[:, :3], (len(dots.get_offsets()), 3))
    return {tuple(map(float, place)): tuple(colour) for place, colour in zip(dots.get_offsets(), colours, strict=True)}


def test_latent_space_has_every_point_in_its_classs_colour():
    figure = drawn("latent_space", "es")
    expected = {tuple(map(float, p)): to_rgba(figures.PALETTE[k])[:3] for p, k in zip(POINTS, LABELS, strict=True)}
    assert by_place(figure.axes[0]) == expected
    legend = figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["Camiseta", "Pantalón", "Botín", "prior: 1σ y 2σ"]
    assert [handle.get_color() for handle in legend.legend_handles[:3]] == list(figures.PALETTE[:3])
    assert [patch.radius for patch in figure.axes[0].patches] == [1, 2]
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("PC 1 (40 %)", "PC 2 (20 %)")


def test_without_labels_points_have_one_colour_and_no_legend():
    figure = figures.latent_space(torch.from_numpy(POINTS))
    assert set(by_place(figure.axes[0]).values()) == {to_rgba(figures.RECONSTRUCTION)[:3]}
    assert not figure.legends and not figure.axes[0].patches
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("$z_{0}$", "$z_{1}$")


def test_a_yes_or_no_attribute_gets_a_legend_and_a_number_a_colour_bar():
    smiling = torch.from_numpy(LABELS == 1)
    figure = figures.latent_space(POINTS, values=smiling, values_label=Both(es="Sonríe", en="Smiling"), lang="es")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["no", "sí"]
    assert figure.legends[0].get_title().get_text() == "Sonríe"
    colours = by_place(figure.axes[0])
    assert {colours[tuple(map(float, p))] for p in POINTS[LABELS == 1]} == {to_rgba(figures.PALETTE[1])[:3]}

    figure = figures.latent_space(POINTS, values=POINTS[:, 0], values_label="x", lang="es")
    bar = figure.axes[1]
    assert bar.get_ylabel() == "x" and bar.get_ylim() == pytest.approx((POINTS[:, 0].min(), POINTS[:, 0].max()))
    lowest = min(by_place(figure.axes[0]).items())[1]
    assert lowest == pytest.approx(matplotlib.colormaps[figures.SEQUENTIAL](0.0)[:3])


def test_more_classes_than_colours_leave_the_rarest_in_grey():
    labels = np.concatenate([np.repeat(np.arange(12), 4), np.arange(12, 24) % 15])
    figure = figures.latent_space(POINTS, labels, lang="en")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == len(figures.PALETTE) + 1 and names[-1] == "others"
    assert len(set(figures.PALETTE)) == len(figures.PALETTE) == 12
    rare = by_place(figure.axes[0])[tuple(map(float, POINTS[np.flatnonzero(labels == 13)[0]]))]
    assert rare == to_rgba(figures.REST)[:3]


def test_pairs_show_each_plane_of_the_dimensions_asked_for_or_the_most_active():
    z = random(60, 6)
    planes = drawn("latent_pairs", "es").axes[:3]
    assert [(ax.get_xlabel(), ax.get_ylabel()) for ax in planes] == [
        ("$z_{0}$", "$z_{4}$"), ("$z_{0}$", "$z_{5}$"), ("$z_{4}$", "$z_{5}$")
    ]  # fmt: skip
    assert set(by_place(planes[1])) == {(float(a), float(b)) for a, b in z[:, [0, 5]]}
    active = figures.latent_pairs(z * [1, 9, 0, 9, 9, 9])
    assert len(active.axes) == 6 and active.axes[0].get_xlabel() == "$z_{1}$"
    assert len(figures.latent_pairs(random(9, 2)).axes) == 1


@pytest.mark.parametrize("dims", [[0], [0, 6], [-1, 2], [0, 1, 2, 3, 4, 5]])
def test_pairs_want_two_to_five_dimensions_that_exist(dims):
    with pytest.raises(ValueError, match=r"2 to 5 numbers in 0\.\.5"):
        figures.latent_pairs(random(9, 6), dims=dims)


def test_maps_refuse_points_that_are_not_in_the_plane_and_colours_that_do_not_match():
    with pytest.raises(ValueError, match=r"expected shape \(N, 2\), got \(60, 3\)"):
        figures.latent_space(random(60, 3))
    with pytest.raises(ValueError, match=r"expected shape \(N, D\), got \(60,\)"):
        figures.latent_pairs(random(60))
    with pytest.raises(ValueError, match="60 points, 2 labels"):
        figures.latent_space(POINTS, [0, 1])
    with pytest.raises(ValueError, match="not by both"):
        figures.latent_space(POINTS, LABELS, values=POINTS[:, 0])


# information


def test_kl_bars_are_sorted_named_and_counted():
    figure = drawn("kl_bars", "en")
    ax = figure.axes[0]
    assert [bar.get_height() for bar in ax.patches[:4]] == [3.0, 1.5, 0.5, 0.001]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["2", "3", "0", "1"]
    assert [bar.get_facecolor() for bar in ax.patches[:4]] == [*[to_rgba(figures.KL)] * 3, to_rgba(figures.INK)]
    assert ax.get_title("left") == "active: 3 of 4; total KL: 5.001 nats" and "asleep: 1" in words(figure)
    awake = figures.kl_bars(torch.tensor([0.5, 0.25]), threshold=0.1, lang="en")
    assert not any("asleep" in word for word in words(awake))
    assert "active: 0 of 50; total KL: 0.000 nats" in words(figures.kl_bars(np.zeros(50), lang="en"))
    with pytest.raises(ValueError, match=r"\(D,\), got \(2, 2\)"):
        figures.kl_bars(np.zeros((2, 2)))


def test_rate_distortion_joins_its_points_in_order_and_names_them():
    ax = drawn("rate_distortion", "es").axes[0]
    assert line(ax, 0) == [[kl, reconstruction] for kl, reconstruction, _ in TRADE]
    assert [(text.get_text(), text.xy) for text in ax.texts] == [(name, (kl, rec)) for kl, rec, name in TRADE]
    assert ax.get_xscale() == "symlog"
    assert figures.rate_distortion(TRADE[1:]).axes[0].get_xscale() == "linear"
    with pytest.raises(ValueError, match="points"):
        figures.rate_distortion([])


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
