"""Maps of codes."""

import matplotlib
import numpy as np
import pytest
import torch
from helpers.figures import LABELS, POINTS, drawn, random
from matplotlib.colors import to_rgba

from vae_course import figures
from vae_course.figures import style
from vae_course.text import Both


def by_place(ax):
    """Each point with its colour, whatever order they were drawn in."""
    dots = ax.collections[0]
    colours = np.broadcast_to(dots.get_facecolors()[:, :3], (len(dots.get_offsets()), 3))
    return {tuple(map(float, place)): tuple(colour) for place, colour in zip(dots.get_offsets(), colours, strict=True)}


def test_latent_space_has_every_point_in_its_classs_colour():
    figure = drawn("latent_space", "es")
    expected = {tuple(map(float, p)): to_rgba(style.PALETTE[k])[:3] for p, k in zip(POINTS, LABELS, strict=True)}
    assert by_place(figure.axes[0]) == expected
    legend = figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["Camiseta", "Pantalón", "Botín", "prior: 1σ y 2σ"]
    assert [handle.get_color() for handle in legend.legend_handles[:3]] == list(style.PALETTE[:3])
    assert [patch.radius for patch in figure.axes[0].patches] == [1, 2]
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("PC 1 (40 %)", "PC 2 (20 %)")


def test_without_labels_points_have_one_colour_and_no_legend():
    figure = figures.latent_space(torch.from_numpy(POINTS))
    assert set(by_place(figure.axes[0]).values()) == {to_rgba(style.RECONSTRUCTION)[:3]}
    assert not figure.legends and not figure.axes[0].patches
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("$z_{0}$", "$z_{1}$")


def test_a_yes_or_no_attribute_gets_a_legend_and_a_number_a_colour_bar():
    smiling = torch.from_numpy(LABELS == 1)
    figure = figures.latent_space(POINTS, values=smiling, values_label=Both(es="Sonríe", en="Smiling"), lang="es")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["no", "sí"]
    assert figure.legends[0].get_title().get_text() == "Sonríe"
    colours = by_place(figure.axes[0])
    assert {colours[tuple(map(float, p))] for p in POINTS[LABELS == 1]} == {to_rgba(style.PALETTE[1])[:3]}

    figure = figures.latent_space(POINTS, values=POINTS[:, 0], values_label="x", lang="es")
    bar = figure.axes[1]
    assert bar.get_ylabel() == "x" and bar.get_ylim() == pytest.approx((POINTS[:, 0].min(), POINTS[:, 0].max()))
    lowest = min(by_place(figure.axes[0]).items())[1]
    assert lowest == pytest.approx(matplotlib.colormaps[style.SEQUENTIAL](0.0)[:3])


def test_more_classes_than_colours_leave_the_rarest_in_grey():
    labels = np.concatenate([np.repeat(np.arange(12), 4), np.arange(12, 24) % 15])
    figure = figures.latent_space(POINTS, labels, lang="en")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == len(style.PALETTE) + 1 and names[-1] == "others"
    assert len(set(style.PALETTE)) == len(style.PALETTE) == 12
    rare = by_place(figure.axes[0])[tuple(map(float, POINTS[np.flatnonzero(labels == 13)[0]]))]
    assert rare == to_rgba(style.REST)[:3]


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
