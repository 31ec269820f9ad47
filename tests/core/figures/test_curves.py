"""Loss curves, and what the information costs."""

import math

import numpy as np
import pytest
import torch
from helpers.figures import (
    TRADE,
    drawn,
    history,
    line,
    words,
)
from matplotlib.colors import to_rgba

from vae_course import figures
from vae_course.figures import style


def test_loss_curves_draw_the_three_terms_training_solid_validation_dashed():
    rows = history()
    for ax, term in zip(figures.loss_curves(rows).axes, ("loss", "reconstruction", "kl"), strict=True):
        for k, (split, dashes) in enumerate((("train", "-"), ("val", "--"))):
            assert line(ax, k) == [[row["epoch"], row[f"{split}_{term}"]] for row in rows]
            assert ax.lines[k].get_linestyle() == dashes


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
    alone = figures.loss_curves(only_training, lang="en")
    assert [len(ax.lines) for ax in alone.axes] == [1, 1, 1]
    assert [[text.get_text() for text in legend.get_texts()] for legend in alone.legends] == [["training"]]


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


# information


def test_kl_bars_are_sorted_named_and_counted():
    figure = drawn("kl_bars", "en")
    ax = figure.axes[0]
    assert [bar.get_height() for bar in ax.patches[:4]] == [3.0, 1.5, 0.5, 0.001]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["2", "3", "0", "1"]
    assert [bar.get_facecolor() for bar in ax.patches[:4]] == [*[to_rgba(style.KL)] * 3, to_rgba(style.INK)]
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
