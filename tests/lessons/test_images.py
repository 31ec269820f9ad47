"""Lesson 01's functions, against loops and counting."""

import pytest
import torch

from vae_course.images import center_crop, minibatches, split_indices, to_unit_range


def bytes_(*shape):
    return torch.arange(torch.Size(shape).numel()).reshape(shape).mul(7).remainder(256).to(torch.uint8)


def test_to_unit_range_moves_channels_and_divides():
    images = bytes_(2, 3, 4, 3)
    before = images.clone()
    x = to_unit_range(images)
    assert x.shape == (2, 3, 3, 4) and x.dtype == torch.float32 and x.is_contiguous()
    for n, h, w, c in ((0, 0, 0, 0), (1, 2, 3, 2), (0, 1, 2, 1)):
        assert x[n, c, h, w].item() == pytest.approx(images[n, h, w, c].item() / 255, abs=1e-7)
    assert torch.equal(images, before)


def test_to_unit_range_reaches_both_ends_exactly():
    x = to_unit_range(torch.tensor([[[0, 255]]], dtype=torch.uint8))
    assert x.shape == (1, 1, 1, 2) and x.flatten().tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("height", "width", "size", "top", "left"), [(5, 4, 3, 1, 0), (6, 9, 6, 0, 1), (4, 4, 1, 1, 1)]
)
def test_center_crop_takes_the_middle(height, width, size, top, left):
    images = torch.arange(2 * 3 * height * width).reshape(2, 3, height, width)
    crop = center_crop(images, size)
    assert crop.shape == (2, 3, size, size)
    for row in range(size):
        for column in range(size):
            assert torch.equal(crop[..., row, column], images[..., top + row, left + column])


@pytest.mark.parametrize("shape", [(1, 1, 3, 9), (1, 1, 9, 3)])
def test_center_crop_refuses_more_than_there_is(shape):
    with pytest.raises(ValueError, match="4 x 4"):
        center_crop(torch.zeros(shape), 4)


@pytest.mark.parametrize(
    ("n", "fraction", "held_back"), [(10, 0.2, 2), (7, 0.5, 4), (5, 0.0, 0), (5, 1.0, 5), (0, 0.5, 0)]
)
def test_split_indices_holds_back_the_fraction(n, fraction, held_back):
    train, val = split_indices(n, fraction, seed=1)
    assert len(val) == held_back
    assert sorted([*train.tolist(), *val.tolist()]) == list(range(n))
    assert train.dtype == val.dtype == torch.int64


def test_split_indices_is_shuffled_by_its_seed_alone():
    state = torch.get_rng_state()
    first, again, other = (split_indices(1000, 0.3, seed) for seed in (4, 4, 5))
    assert all(map(torch.equal, first, again))
    assert not torch.equal(first[1], other[1])
    assert abs(first[1].float().mean() - 499.5) < 60  # 3.6 standard errors of a fair draw
    assert not torch.equal(first[0], first[0].sort().values)
    assert torch.equal(torch.get_rng_state(), state)


def test_minibatches_give_each_image_once_in_random_order():
    images = torch.arange(10).reshape(10, 1, 1, 1)
    batches = list(minibatches(images, 4, torch.Generator().manual_seed(0)))
    assert [len(batch) for batch in batches] == [4, 4, 2]
    order = torch.cat(batches).flatten().tolist()
    assert sorted(order) == list(range(10)) and order != list(range(10))
    again = torch.cat(list(minibatches(images, 4, torch.Generator().manual_seed(0)))).flatten().tolist()
    other = torch.cat(list(minibatches(images, 4, torch.Generator().manual_seed(1)))).flatten().tolist()
    assert again == order != other


def test_minibatches_use_only_the_generator_they_are_given():
    images = torch.zeros(5, 1, 1, 1)
    state = torch.get_rng_state()
    list(minibatches(images, 2, torch.Generator()))
    assert torch.equal(torch.get_rng_state(), state)
    list(minibatches(images, 2))
    assert not torch.equal(torch.get_rng_state(), state)
