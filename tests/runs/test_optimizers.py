"""The optimizers of presets: who moves what, and how far."""

import math

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from vae_course.presets import Optimizer, Training
from vae_course.runs.optimizers import Muon, make_optimizer, orthonormal

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


@pytest.mark.parametrize("shape", [(12, 40), (40, 12), (16, 16), (1, 9), (9, 1)])
@pytest.mark.parametrize("dtype, digits", [(torch.float32, 1e-4), (torch.float64, 1e-12)])
def test_singular_values_are_all_that_changes_on_the_way_to_an_orthonormal_matrix(shape, dtype, digits):
    """Against the singular value decomposition, of which Newton-Schulz knows nothing."""
    matrix = torch.randn(shape, dtype=dtype, generator=torch.Generator().manual_seed(0))
    u, values, vt = torch.linalg.svd(matrix.double(), full_matrices=False)
    values = values / values.square().sum().sqrt()
    for _ in range(5):
        values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
    found = orthonormal(matrix)
    assert found.dtype == dtype
    torch.testing.assert_close(found, (u * values @ vt).to(dtype), rtol=0, atol=digits)


def test_a_tall_matrix_is_no_more_work_than_a_wide_one():
    work = []
    for shape in [(8, 400), (400, 8)]:
        with FlopCounterMode(display=False) as counter:
            orthonormal(torch.randn(shape))
        work.append(counter.get_total_flops())
    assert work[0] == work[1] > 0


def test_a_matrix_of_few_directions_or_none_stays_finite():
    few = torch.randn(20, 2) @ torch.randn(2, 50)
    step = torch.linalg.svdvals(orthonormal(few))
    assert step[:2].min() > 0.6 and step[2:].max() < 0.01
    assert torch.equal(orthonormal(torch.zeros(3, 5)), torch.zeros(3, 5))


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_muon_steps_as_torchs_does_but_for_its_bfloat16(decay):
    models = [nn.Linear(30, 20, dtype=torch.float64) for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    before = models[0].weight.detach().clone()
    settings = {"lr": 0.01, "momentum": 0.9, "weight_decay": decay}
    mine = Muon([models[0].weight], settings)
    torchs = torch.optim.Muon([models[1].weight], **settings, adjust_lr_fn="match_rms_adamw")
    for step in range(4):
        gradient = torch.randn(20, 30, dtype=torch.float64, generator=torch.Generator().manual_seed(step))
        for model, optimizer in zip(models, (mine, torchs), strict=True):
            model.weight.grad = gradient.clone()
            optimizer.step()
    moved = (models[1].weight - before).detach()
    assert ((models[0].weight - before - moved).norm() / moved.norm()).item() < 0.02
    mine.load_state_dict(torchs.state_dict())  # a run that torch's began goes on
    torch.testing.assert_close(mine.state[models[0].weight], torchs.state[models[1].weight])
    mine.step()


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
