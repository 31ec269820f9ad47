"""The optimizers of presets: who moves what, and how far."""

import math

import pytest
import torch
from torch import nn

from vae_course.presets import Optimizer, Training
from vae_course.runs.optimizers import make_optimizer

RATE = 0.01


def moved(model, **settings):
    """One step from random gradients: name -> how far each number went, and the gradients."""
    optimizer = make_optimizer(model, Training(learning_rate=RATE, optimizer=Optimizer(**settings)))
    before = {name: one.detach().clone() for name, one in model.named_parameters()}
    generator = torch.Generator().manual_seed(0)
    for one in model.parameters():
        one.grad = torch.randn(one.shape, generator=generator)
    optimizer.step()
    named = dict(model.named_parameters())
    return {name: one.detach() - before[name] for name, one in named.items()}, {
        name: one.grad for name, one in named.items()
    }


def network(layout=torch.contiguous_format):
    torch.manual_seed(0)
    convolutions = nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 3, 2, 2)
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(16, 40), nn.Linear(40, 8)).to(memory_format=layout)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_muon_moves_all_directions_of_a_weight_alike_and_leaves_the_rest_to_adamw(layout):
    steps, gradients = moved(network(layout), type="muon")
    weights = {"0.weight", "2.weight", "4.weight", "5.weight"}
    assert weights == {name for name, step in steps.items() if step.ndim > 1}
    for name in weights:
        step = steps[name].flatten(1)
        spread = torch.linalg.svdvals(step) / (RATE * 0.2 * math.sqrt(max(step.shape)))  # 1: exactly orthonormal
        assert spread.min() > 0.6 and spread.max() < 1.3
        best = torch.linalg.svdvals(gradients[name].flatten(1)).sum()  # how far an orthonormal step can go downhill
        downhill = -(steps[name] * gradients[name]).sum() / (RATE * 0.2 * math.sqrt(max(step.shape)))
        assert 0.6 * best < downhill < 1.3 * best
    adamw, _ = moved(network(layout), type="adamw")
    for name in steps.keys() - weights:
        torch.testing.assert_close(steps[name], adamw[name])
        torch.testing.assert_close(steps[name].abs(), torch.full_like(steps[name], RATE), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", ["adam", "adamw", "sgd", "muon"])
def test_weights_decay_where_the_kind_says_so_and_a_schedule_reaches_all(kind):
    model = network()
    optimizer = make_optimizer(model, Training(learning_rate=RATE, optimizer=Optimizer(type=kind, weight_decay=0.5)))
    torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.25)
    assert {group["lr"] for group in optimizer.param_groups} == {RATE / 4}
    before = [one.detach().clone() for one in model.parameters()]
    assert sum(len(group["params"]) for group in optimizer.param_groups) == len(before)
    for one in model.parameters():
        one.grad = torch.zeros_like(one)
    optimizer.step()
    optimizer.zero_grad()
    assert all(one.grad is None for one in model.parameters())
    shrunk = [one.detach() / was for one, was in zip(model.parameters(), before, strict=True) if was.abs().min() > 0]
    if kind != "adam":  # which sees the decay as a gradient, of whatever size
        assert len(shrunk) > 5
        for share in shrunk:
            torch.testing.assert_close(share, torch.full_like(share, 1 - 0.5 * RATE / 4), rtol=1e-5, atol=0)


def test_a_closure_is_refused():
    optimizer = make_optimizer(network(), Training(optimizer=Optimizer(type="muon")))
    with pytest.raises(TypeError, match="closure"):
        optimizer.step(lambda: 0.0)
