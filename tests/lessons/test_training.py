"""Lesson 05: steps, evaluation, stopping, and checkpoints."""

import math

import pytest
import torch
from helpers.lessons import unchanged
from helpers.training import BATCH, SIDE, Plain, by_hand, parameters_of, pictures, same, tiny_vae
from torch import nn

from vae_course import training
from vae_course.images import to_unit_range
from vae_course.training import EarlyStopping, NonFiniteLoss, train_epoch, train_step

# One step


def test_train_step_is_one_step_of_gradient_descent():
    model, x = Plain(), torch.rand(5, 1, SIDE, SIDE)
    before = [p.detach().clone().requires_grad_() for p in model.parameters()]
    terms = [term.mean() for term in by_hand(x, *before, beta=2.5)]
    gradients = torch.autograd.grad(terms[0], before)
    for p in model.parameters():
        p.grad = torch.full_like(p, 1e3)  # must be discarded
    model.eval()
    with unchanged(x):
        values = train_step(model, x, torch.optim.SGD(model.parameters(), lr=0.01), beta=2.5)
    assert all(module.training for module in model.modules())
    assert list(values) == ["loss", "reconstruction", "kl"]
    assert all(type(value) is float for value in values.values())
    assert list(values.values()) == pytest.approx([term.item() for term in terms], rel=1e-5)
    for p, old, gradient in zip(model.parameters(), before, gradients, strict=True):
        torch.testing.assert_close(p.detach(), old.detach() - 0.01 * gradient, rtol=1e-5, atol=1e-6)


def test_train_step_takes_another_loss():
    model, x = Plain(), torch.rand(3, 1, SIDE, SIDE)
    expected = (x - torch.sigmoid(model.pixel + x - 0.5)).abs().sum(dim=(1, 2, 3)).mean().item()
    values = train_step(model, x, torch.optim.SGD(model.parameters(), lr=0.0), beta=0.0, kind="l1")
    assert values["reconstruction"] == pytest.approx(expected) == values["loss"]


@pytest.mark.parametrize("clip", [0.5, 1e9])
def test_train_step_clips_the_norm_of_the_whole_gradient(clip):
    x, steps = torch.rand(3, 1, SIDE, SIDE), []
    for gradient_clip in (None, clip):
        model = Plain()
        before = nn.utils.parameters_to_vector(model.parameters()).detach()
        train_step(model, x, torch.optim.SGD(model.parameters(), lr=1.0), gradient_clip=gradient_clip)
        steps.append(nn.utils.parameters_to_vector(model.parameters()).detach() - before)
    free, clipped = steps
    torch.testing.assert_close(clipped, free * min(1, clip / free.norm()), rtol=1e-4, atol=1e-6)


def test_train_step_in_half_precision_keeps_weights_and_loss_in_full():
    x, values = to_unit_range(pictures()), []
    for precision in (torch.float32, torch.bfloat16):
        model = tiny_vae()
        torch.manual_seed(5)
        values.append(train_step(model, x, torch.optim.SGD(model.parameters(), lr=0.1), precision=precision))
        assert {p.dtype for p in model.parameters()} == {torch.float32}
    full, half = (value["loss"] for value in values)
    assert half != full
    assert half == pytest.approx(full, rel=0.02)


def test_the_kl_of_a_step_in_half_precision_is_that_in_full_near_the_prior():
    x, values, gradients = to_unit_range(pictures()), [], []
    for precision in (torch.float32, torch.bfloat16):
        torch.manual_seed(4)
        model = tiny_vae()
        heads = model.encoder.heads
        with torch.no_grad():
            for parameter in heads.parameters():
                parameter.mul_(0.1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
        values.append(train_step(model, x, optimizer, beta=1e6, precision=precision)["kl"])
        gradients.append(heads.logvar.weight.grad.clone())
    full, half = values
    assert 0 < full < 0.1 and half == pytest.approx(full, rel=0.02)
    assert (gradients[1] - gradients[0]).norm() < 0.02 * gradients[0].norm()


@pytest.mark.parametrize("beta", [math.inf, math.nan])
def test_train_step_leaves_everything_after_a_non_finite_loss(beta):
    model = Plain()
    optimizer = torch.optim.Adam(model.parameters())
    before = parameters_of(model)
    with pytest.raises(NonFiniteLoss, match=r"loss = (inf|nan)"):
        train_step(model, torch.rand(2, 1, SIDE, SIDE), optimizer, beta=beta)
    assert same(parameters_of(model), before)
    assert not optimizer.state


def test_an_epoch_is_a_step_for_each_batch_and_the_mean_over_images():
    batches = [torch.rand(n, 1, SIDE, SIDE) for n in (3, 1, 2)]
    one, other = Plain(), Plain()
    optimizer, steps = torch.optim.Adam(other.parameters(), lr=0.1), []
    for x in batches:
        steps += [train_step(other, x, optimizer, 2.5)] * len(x)
    found = train_epoch(one, iter(batches), torch.optim.Adam(one.parameters(), lr=0.1), 2.5)
    assert found == pytest.approx({name: sum(step[name] for step in steps) / 6 for name in steps[0]})
    assert same(parameters_of(one), parameters_of(other))


def test_an_epoch_without_images_is_refused():
    with pytest.raises(ValueError, match="no image"):
        train_epoch(Plain(), [], torch.optim.SGD(Plain().parameters(), lr=0.1))


def drawn_from(noise):
    """What a step and an evaluation of the same model give, in two runs with torch's global generator elsewhere."""
    values = []
    for seed in (5, 6):
        model, x = tiny_vae(), to_unit_range(pictures())
        torch.manual_seed(seed)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        values.append((train_step(model, x, optimizer, **noise()), training.evaluate(model, [x], **noise())))
    return values


def test_noise_comes_from_the_generator_that_is_given_or_from_the_global_one():
    own = drawn_from(lambda: {"generator": torch.Generator().manual_seed(1)})
    shared = drawn_from(dict)
    assert own[0] == own[1]
    assert shared[0] != shared[1]


# Evaluation


def test_evaluate_averages_over_images_and_puts_every_mode_back():
    model, x = Plain(), torch.rand(7, 1, SIDE, SIDE)
    model.mode[0].eval()  # a mixture of modes
    modes = [module.training for module in model.modules()]
    seen = []
    model.register_forward_pre_hook(lambda m, _: seen.append((m.mode[1].training, torch.is_grad_enabled())))
    with unchanged(x):
        values = training.evaluate(model, iter([x[:4], x[4:6], x[6:]]), beta=3.0)
    assert values == pytest.approx(
        {
            name: term.mean().item()
            for name, term in zip(training.TERMS, by_hand(x, *model.parameters(), beta=3.0), strict=True)
        },
        rel=1e-5,
    )
    assert set(seen) == {(False, False)}
    assert [module.training for module in model.modules()] == modes
    assert torch.is_grad_enabled()


def test_evaluate_puts_modes_back_after_an_error():
    model = Plain()
    with pytest.raises(AttributeError):
        training.evaluate(model, ["no picture"])
    assert all(module.training for module in model.modules())


def test_evaluate_without_images_says_so():
    with pytest.raises(ValueError, match="no image"):
        training.evaluate(Plain(), [])


# Stopping


@pytest.mark.parametrize(
    ("patience", "min_delta", "values", "stops", "best"),
    [
        (1, 0.0, [3.0, 2.0, 2.0], [False, False, True], 2.0),
        (2, 0.0, [3.0, 4.0, 2.0, 3.0, 3.0, 3.0], [False, False, False, False, True, True], 2.0),
        (2, 0.0, [3.0, 4.0, 4.0, 1.0], [False, False, True, False], 1.0),
        (2, 0.5, [3.0, 2.75, 2.5, 2.25], [False, False, True, False], 2.25),  # by exactly 0.5 is not by more
        (1, 0.0, [math.nan, 1.0, math.nan], [True, False, True], 1.0),
        (3, 1e9, [5.0, -5.0, 4.0, 3.0], [False, False, False, True], 5.0),
    ],
)
def test_early_stopping(patience, min_delta, values, stops, best):
    stopping = EarlyStopping(patience, min_delta)
    assert [stopping.update(value) for value in values] == stops
    assert stopping.best == best


# Checkpoints


def some_steps(model, optimizer, steps, seed):
    x = to_unit_range(pictures())
    torch.manual_seed(seed)
    return [train_step(model, x[i : i + BATCH], optimizer) for i in range(steps)]


def test_a_loaded_checkpoint_goes_on_exactly(tmp_path):
    model = tiny_vae()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    some_steps(model, optimizer, 3, seed=1)
    with unchanged(*model.state_dict().values()):
        training.save_checkpoint(str(tmp_path / "deep" / "er" / "c.pt"), model, optimizer, 7)
    losses = some_steps(model, optimizer, 3, seed=2)
    other = tiny_vae(seed=99)
    others = torch.optim.Adam(other.parameters(), lr=0.5)
    identities = [id(p) for p in other.parameters()]
    assert training.load_checkpoint(tmp_path / "deep" / "er" / "c.pt", other, others) == 7
    assert [id(p) for p in other.parameters()] == identities
    assert some_steps(other, others, 3, seed=2) == losses
    assert same(dict(other.state_dict()), dict(model.state_dict()))
    assert same(others.state_dict()["state"], optimizer.state_dict()["state"])
    assert others.param_groups[0]["lr"] == 0.01


def test_an_interrupted_save_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    model = Plain()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    training.save_checkpoint(tmp_path / "c.pt", model, optimizer, 1)

    def half(_, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(KeyboardInterrupt):
        training.save_checkpoint(tmp_path / "c.pt", model, optimizer, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["c.pt"]
    assert training.load_checkpoint(tmp_path / "c.pt", model, optimizer) == 1
