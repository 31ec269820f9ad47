"""Sheets of pictures, reconstructions, rows and walks."""

import re
from itertools import pairwise

import numpy as np
import pytest
import torch
from helpers.figures import COLOUR, ENDS, GREY, SHEETS, STRIPS, drawn, random, sheet, words

from vae_course import figures
from vae_course.figures import pictures

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


# pictures


def test_reconstructions_stand_below_their_originals_and_grey_stays_grey():
    shown = sheet(drawn("reconstructions", "es"))
    two = figures.tile(np.concatenate([GREY[:3], GREY[3:]]), 3)
    assert (shown[: len(two)] == two).all() and (two[..., 0] == two[..., 1]).all()
    assert shown.shape[0] == 3 * 8 + 2 * pictures.GAP
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
