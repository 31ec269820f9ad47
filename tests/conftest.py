"""What several tests need."""

from contextlib import contextmanager

import pytest
import torch

collect_ignore = ["hidden", "answers"]  # checks of students' answers, run by vae_course.grading
torch.set_num_threads(1)  # the models are tiny: more threads only wait for each other


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@contextmanager
def unchanged(*tensors):
    """Nothing in this block changes these tensors or torch's global random state."""
    before, random = [tensor.detach().clone() for tensor in tensors], torch.get_rng_state()
    yield
    assert all(torch.equal(tensor, copy) for tensor, copy in zip(tensors, before, strict=True))
    assert torch.equal(torch.get_rng_state(), random)
