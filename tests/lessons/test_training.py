"""Lesson 05: steps, stopping, and training that resumes as if it had never stopped."""

import math

import pytest
import torch
from helpers.lessons import unchanged
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

from vae_course import training
from vae_course.images import to_unit_range
from vae_course.networks import ConvDecoder, ConvEncoder
from vae_course.training import COLUMNS, EarlyStopping, NonFiniteLoss, fit, read_history, train_step
from vae_course.vae import VAE

SIDE, IMAGES, BATCH = 6, 10, 4  # 3 steps an epoch, the last with 2 images
STEPS = math.ceil(IMAGES / BATCH)


def pictures(n=IMAGES, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (n, SIDE, SIDE, 1), dtype=torch.uint8, generator=generator)


def tiny_vae(seed=3):
    """Convolutions with batch normalisation: weights, buffers and noise, all of which a checkpoint must hold."""
    torch.manual_seed(seed)
    return VAE(*(part(1, SIDE, (4,), 2, norm="batch") for part in (ConvEncoder, ConvDecoder)))


class Plain(nn.Module):
    """x_hat, mu and logvar without any chance, so that everything can be worked out by hand."""

    def __init__(self):
        super().__init__()
        self.pixel = nn.Parameter(torch.tensor(0.3))
        self.mean = nn.Parameter(torch.tensor([0.5, -1.0]))
        self.spread = nn.Parameter(torch.tensor([0.2, -0.4]))
        self.mode = nn.Sequential(nn.Dropout(), nn.Identity())
        self.seen = []

    def forward(self, x):
        self.seen.append(x.detach().clone())
        brightness = x.flatten(1).mean(dim=1, keepdim=True)
        return torch.sigmoid(self.pixel + x - 0.5), brightness * self.mean, brightness * self.spread


def by_hand(x, pixel, mean, spread, beta):
    """Plain's loss, reconstruction and kl of each image, with torch.distributions."""
    x_hat = torch.sigmoid(pixel + x - 0.5)
    entropy = -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).sum(dim=(1, 2, 3))
    brightness = x.mean(dim=(1, 2, 3))[:, None]
    posterior = torch.distributions.Normal(brightness * mean, (brightness * spread / 2).exp())
    kl = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0, 1)).sum(dim=1)
    return entropy + beta * kl, entropy, kl


def parameters_of(module):
    return {name: value.detach().clone() for name, value in module.named_parameters()}


def same(a, b):
    """Bitwise equality of nested containers of tensors and numbers."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def timeless(history):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in history]


def read(path):
    return torch.load(path, weights_only=True)


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


@pytest.mark.parametrize("beta", [math.inf, math.nan])
def test_train_step_leaves_everything_after_a_non_finite_loss(beta):
    model = Plain()
    optimizer = torch.optim.Adam(model.parameters())
    before = parameters_of(model)
    with pytest.raises(NonFiniteLoss, match=r"loss = (inf|nan)"):
        train_step(model, torch.rand(2, 1, SIDE, SIDE), optimizer, beta=beta)
    assert same(parameters_of(model), before)
    assert not optimizer.state


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


# Learning rate


@pytest.mark.parametrize(("steps", "warmup"), [(100, 0.1), (40, 0.0), (7, 0.5), (1, 0.03)])
def test_cosine_with_warmup(steps, warmup):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule = training.cosine_with_warmup(optimizer, steps, warmup)
    rates = []
    for _ in range(steps + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    first = max(1, round(warmup * steps))
    expected = [0.2 * (i + 1) / first for i in range(first)]
    expected += [0.2 * math.cos(math.pi / 2 * (i - first) / (steps - first)) ** 2 for i in range(first, steps)]
    assert rates[:steps] == pytest.approx(expected)
    assert steps == 1 or rates[steps] == pytest.approx(0, abs=1e-12)
    assert max(rates) == pytest.approx(0.2)


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


# The loop


def run(folder, *, way="cosine", epochs=5, seed=3, watch=lambda step: None, resume=False, **options):
    """A training with everything that a checkpoint must hold; the same arguments give the same run."""
    model = tiny_vae(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    if way == "cosine":
        parts = {
            "schedule": training.cosine_with_warmup(optimizer, epochs * STEPS, 0.3),
            "average": training.averaged(model, 0.8),
            "flip": True,
            "gradient_clip": 1.0,
        }
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        plateau = ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=1e9, threshold_mode="abs")
        parts = {"schedule": plateau, "stopping": EarlyStopping(3, 1e9), "kind": "mse"}

    def beta(step):
        watch(step)
        return 0.1 + 0.01 * step

    history = fit(
        model, pictures(), pictures(5, seed=2), epochs=epochs, batch_size=BATCH, optimizer=optimizer, beta=beta,
        folder=folder, resume=resume, checkpoint_every=2, progress=False, **{**parts, **options},
    )  # fmt: skip
    return history, model, parts.get("average"), optimizer


def raise_once(error, when):
    """Raises `error` the first time that it is called with that number, or with a state of that epoch."""
    left = [error]

    def hook(step_or_state):
        if getattr(step_or_state, "epoch", step_or_state) == when and left:
            raise left.pop()

    return hook


@pytest.fixture(scope="module", params=["cosine", "plateau"])
def unstopped(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unstopped")
    return request.param, folder, run(folder, way=request.param)


@pytest.mark.parametrize(
    ("where", "when"), [("hook", 2), ("hook", 1), ("step", 2 * STEPS + 1), ("step", STEPS), ("step", 1), ("saving", 2)]
)
def test_resuming_goes_on_exactly(unstopped, where, when, tmp_path, monkeypatch):
    way, folder, (history, model, average, optimizer) = unstopped
    if where == "hook":
        error, options = RuntimeError("stop"), {"on_epoch": [raise_once(RuntimeError("stop"), when)]}
    elif where == "step":
        error, options = KeyboardInterrupt(), {"watch": raise_once(KeyboardInterrupt(), when)}
    else:  # history.csv is already a row ahead of last.pt
        error, options, save = KeyboardInterrupt(), {}, training.State.save

        def save_or_stop(state, path):
            if path.name == "last.pt" and state.epoch == when:
                raise error
            save(state, path)

        monkeypatch.setattr(training.State, "save", save_or_stop)
    with pytest.raises(type(error)):
        run(tmp_path, way=way, **options)
    monkeypatch.undo()
    read(tmp_path / "checkpoints" / "last.pt")
    resumed, other, others, optimizers = run(
        tmp_path, way=way, seed=77, resume=True
    )  # other weights, other random state
    assert timeless(resumed) == timeless(history)
    assert same(dict(other.state_dict()), dict(model.state_dict()))
    assert same(optimizers.state_dict(), optimizer.state_dict())
    if average is not None:
        assert same(dict(others.state_dict()), dict(average.state_dict()))
    assert read_history(tmp_path / "history.csv") == resumed
    for name in ("last", "best", *(f"epoch-{epoch:04d}" for epoch in range(2, len(history) + 1, 2))):
        mine, theirs = (read(path / "checkpoints" / f"{name}.pt") for path in (tmp_path, folder))
        mine["history"], theirs["history"] = timeless(mine["history"]), timeless(theirs["history"])
        assert same(mine, theirs), name


def test_what_those_runs_did(unstopped):
    way, folder, (history, *_) = unstopped
    rates = [row["lr"] for row in history]
    if way == "cosine":
        assert len(history) == 5
        assert rates[-1] == pytest.approx(0, abs=1e-12)
    else:
        assert len(history) == 4  # a first best, then three updates in a row that did not improve it
        assert rates == [0.01, 0.01, 0.01, 0.005]
    assert [tuple(row) for row in history] == [COLUMNS] * len(history)
    assert [row["epoch"] for row in history] == list(range(1, len(history) + 1))
    assert all(row["seconds"] > 0 for row in history)
    assert read_history(folder / "history.csv") == history
    assert {path.name for path in (folder / "checkpoints").iterdir()} == {
        "last.pt", "best.pt", "epoch-0002.pt", "epoch-0004.pt"
    }  # fmt: skip
    assert read(folder / "checkpoints" / "epoch-0002.pt")["epoch"] == 2
    best = min(range(len(history)), key=lambda i: history[i]["val_loss"]) + 1
    assert read(folder / "checkpoints" / "best.pt")["epoch"] == best


def test_a_new_training_removes_the_checkpoints_of_the_one_before(tmp_path):
    for epochs in (4, 1):
        fit(Plain(), pictures(), epochs=epochs, batch_size=IMAGES, folder=tmp_path, checkpoint_every=2, progress=False)
    assert {path.name for path in (tmp_path / "checkpoints").iterdir()} == {"last.pt", "best.pt"}
    assert read(tmp_path / "checkpoints" / "best.pt")["epoch"] == 1


def test_a_first_epoch_interrupted_leaves_a_checkpoint_of_epoch_0(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, watch=raise_once(KeyboardInterrupt(), 1))
    state = read(tmp_path / "checkpoints" / "last.pt")
    assert (state["epoch"], state["step"], state["history"]) == (0, 0, [])
    assert same(dict(state["model"]), dict(tiny_vae().state_dict()))
    assert read_history(tmp_path / "history.csv") == []


def test_resuming_a_finished_run_does_nothing_and_more_epochs_go_on(tmp_path):
    history, model, *_ = run(tmp_path, epochs=2, schedule=None, average=None)
    again, other, *_ = run(tmp_path, epochs=2, seed=5, resume=True, schedule=None, average=None)
    assert again == history
    assert same(dict(other.state_dict()), dict(model.state_dict()))
    longer, *_ = run(tmp_path, epochs=3, seed=5, resume=True, schedule=None, average=None)
    assert longer[:2] == history
    assert [row["epoch"] for row in longer] == [1, 2, 3]


def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    history, *_ = run(tmp_path, way="plateau", epochs=9)
    assert len(history) == 4
    again, *_ = run(tmp_path, way="plateau", epochs=9, resume=True)
    assert again == history


def test_without_resume_a_folder_starts_afresh(tmp_path):
    run(tmp_path, epochs=2)
    history, *_ = run(tmp_path, epochs=1)
    assert read_history(tmp_path / "history.csv") == history
    assert len(history) == 1


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_non_finite_loss_stops_and_spoils_nothing(bad, tmp_path):
    model, snapshots = Plain(), []
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def beta(step):
        snapshots.append(parameters_of(model))
        return bad if step == STEPS + 1 else 1.0

    with pytest.raises(NonFiniteLoss, match=rf"epoch 2, step {STEPS + 2}\b.*learning rate"):
        fit(
            model,
            pictures(),
            epochs=3,
            batch_size=BATCH,
            optimizer=optimizer,
            beta=beta,
            folder=tmp_path,
            progress=False,
        )
    assert same(parameters_of(model), snapshots[-1])
    state = read(tmp_path / "checkpoints" / "last.pt")
    assert (state["epoch"], state["step"]) == (1, STEPS)
    assert same(dict(state["model"]), snapshots[-2])  # the first step of epoch 2 came after it
    assert not same(snapshots[-1], snapshots[-2])
    assert len(read_history(tmp_path / "history.csv")) == 1


@pytest.mark.parametrize("kind", ["bce", "mse", "l1", "l1_mean", "gaussian"])
@pytest.mark.parametrize("cause", ["logvar", "weights"])
def test_an_overflow_in_the_network_is_a_non_finite_loss_for_every_kind(kind, cause):
    model = tiny_vae()
    with torch.no_grad():
        if cause == "logvar":
            model.encoder.heads.logvar.bias.fill_(1e4)
        else:
            model.decoder.project.weight.fill_(math.nan)
    with pytest.raises(NonFiniteLoss, match="epoch 1, step 1"):
        fit(model, pictures(), epochs=1, batch_size=BATCH, kind=kind, progress=False)


@pytest.mark.parametrize("validated", [True, False])
def test_weights_spoilt_by_the_last_step_of_an_epoch_do_not_replace_the_last_good_checkpoint(validated, tmp_path):
    model = Plain()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)

    def spoil(state):
        if state.epoch == 2:
            optimizer.param_groups[0]["lr"] = math.inf  # the loss is still finite, the weights after the step are not

    with pytest.raises(NonFiniteLoss, match="epoch 3, step 3"):
        fit(
            model, pictures(), pictures() if validated else None, epochs=5, batch_size=IMAGES, kind="mse",
            optimizer=optimizer, folder=tmp_path, on_epoch=[spoil], progress=False,
        )  # fmt: skip
    state = read(tmp_path / "checkpoints" / "last.pt")
    assert state["epoch"] == 2
    assert all(value.isfinite().all() for value in state["model"].values())


def test_bytes_and_floats_train_alike_and_stay_as_they_are():
    results = []
    for convert in (lambda x: x, to_unit_range):
        train, val, model = convert(pictures()), convert(pictures(5, seed=2)), tiny_vae()
        before = train.clone(), val.clone()
        history = fit(model, train, val, epochs=2, batch_size=BATCH, flip=True, progress=False)
        assert torch.equal(train, before[0])
        assert torch.equal(val, before[1])
        results.append((timeless(history), dict(model.state_dict())))
    assert same(*results)


def test_fit_without_chance_in_the_model_leaves_the_random_state_alone():
    with unchanged():
        fit(Plain(), pictures(), pictures(), epochs=2, batch_size=BATCH, flip=True, progress=False)


def shuffled(seed):
    model = Plain()
    fit(model, pictures(), epochs=2, batch_size=BATCH, seed=seed, progress=False)
    return torch.cat(model.seen)


def test_each_epoch_sees_each_image_once_in_an_order_that_follows_the_seed():
    images = to_unit_range(pictures())
    seen = shuffled(seed=4)
    assert [len(seen)] == [2 * IMAGES]
    orders = [[next(i for i, x in enumerate(images) if torch.equal(x, y)) for y in half] for half in seen.split(IMAGES)]
    assert [sorted(order) for order in orders] == [list(range(IMAGES))] * 2
    assert orders[0] != orders[1]
    assert torch.equal(seen, shuffled(seed=4))
    assert not torch.equal(seen, shuffled(seed=5))


def test_flip_mirrors_about_half_of_the_training_pictures_left_to_right():
    images, model = to_unit_range(pictures(200)), Plain()
    fit(model, pictures(200), pictures(5, seed=2), epochs=1, batch_size=200, flip=True, progress=False)
    seen, validated = model.seen
    plain, mirrored = (
        torch.tensor([any(torch.equal(x, y) for x in source) for y in seen]) for source in (images, images.flip(-1))
    )
    assert (plain ^ mirrored).all()
    assert 60 < mirrored.sum() < 140
    assert torch.equal(validated, to_unit_range(pictures(5, seed=2)))


def test_history_means_are_over_images_and_weights_follow_the_steps():
    model, steps = Plain(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    fit(model, pictures(), pictures(5, seed=2), epochs=1, batch_size=BATCH, optimizer=optimizer, beta=0.5,
        progress=False, on_epoch=[lambda state: steps.append((state.step, dict(state.history[0])))])  # fmt: skip
    (step, row), x, val = steps[0], to_unit_range(pictures()), to_unit_range(pictures(5, seed=2))
    assert step == STEPS
    for part, images in (("train", x), ("val", val)):
        for name, term in zip(training.TERMS, by_hand(images, *model.parameters(), beta=0.5), strict=True):
            assert row[f"{part}_{name}"] == pytest.approx(term.mean().item(), rel=1e-5)


def test_beta_follows_the_step_and_validation_uses_its_last_value():
    model, asked = Plain(), []

    def beta(step):
        asked.append(step)
        return 0.25 * step

    history = fit(model, pictures(), pictures(), epochs=4, batch_size=IMAGES, beta=beta, progress=False)
    assert sorted(asked) == [0, 1, 2, 3, 4]
    for step, row in enumerate(history):
        assert row["train_loss"] == pytest.approx(row["train_reconstruction"] + 0.25 * step * row["train_kl"])
        assert row["val_loss"] == pytest.approx(row["val_reconstruction"] + 0.25 * 4 * row["val_kl"])


def moving_average(values, decay):
    """By hand: the first value, then a decay that begins small and stops at `decay`."""
    mean = values[0]
    for n, value in enumerate(values[1:], start=1):
        share = min(decay, (1 + n) / (10 + n))
        mean = share * mean + (1 - share) * value
    return mean


@pytest.mark.parametrize("decay", [0.25, 0.99])  # (1 + n) / (10 + n) is 0.18, 0.25, 0.31, 0.36
def test_averaged_weights_are_an_exponential_moving_average_and_are_what_is_validated(decay):
    model = Plain()
    average, weights = training.averaged(model, decay), []
    history = fit(
        model, pictures(), pictures(5, seed=2), epochs=5, batch_size=IMAGES, average=average, progress=False,
        optimizer=torch.optim.SGD(model.parameters(), lr=0.05),
        on_epoch=[lambda state: weights.append([p.detach().clone() for p in state.model.parameters()])],
    )  # fmt: skip
    expected = [moving_average(values, decay) for values in zip(*weights, strict=True)]
    for p, mean, last in zip(average.module.parameters(), expected, weights[-1], strict=True):
        torch.testing.assert_close(p.detach(), mean)
        assert not torch.allclose(p, last)
    loss, *_ = by_hand(to_unit_range(pictures(5, seed=2)), *expected, beta=1.0)
    assert history[-1]["val_loss"] == pytest.approx(loss.mean().item(), rel=1e-5)


def test_best_is_of_the_lowest_validation_loss(tmp_path, monkeypatch):
    losses = iter([5.0, 3.0, 3.0, 4.0, 2.0, 6.0])
    monkeypatch.setattr(training, "evaluate", lambda *_: dict.fromkeys(training.TERMS, next(losses)))
    flags = []
    fit(Plain(), pictures(), pictures(), epochs=6, batch_size=IMAGES, folder=tmp_path, progress=False,
        on_epoch=[lambda state: flags.append((state.improved, state.best))])  # fmt: skip
    assert flags == [(True, 5), (True, 3), (False, 3), (False, 3), (True, 2), (False, 2)]
    assert [read(tmp_path / "checkpoints" / f"{name}.pt")["epoch"] for name in ("best", "last")] == [5, 6]
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2  # none in between unless asked for


def test_validation_every_k_epochs_and_after_the_last(tmp_path):
    validated, stopping = [], EarlyStopping(2, 1e9)
    history = fit(
        Plain(), pictures(), pictures(), epochs=5, batch_size=IMAGES, validate_every=2, stopping=stopping,
        folder=tmp_path, progress=False, on_epoch=[lambda state: validated.append(state.improved)],
    )  # fmt: skip
    assert ["val_loss" in row for row in history] == [False, True, False, True, True]
    assert validated[::2] == [False, False, True]
    assert stopping.waited == 2  # only validations count
    assert read_history(tmp_path / "history.csv") == history


def test_without_validation_the_training_loss_decides():
    improved = []
    history = fit(Plain(), pictures(), epochs=3, batch_size=IMAGES, progress=False,
                  on_epoch=[lambda state: improved.append(state.best)])  # fmt: skip
    assert improved == [row["train_loss"] for row in history]
    assert [tuple(row) for row in history] == [tuple(key for key in COLUMNS if not key.startswith("val"))] * 3


def test_hooks_run_in_order_before_the_epoch_counts_as_done(tmp_path):
    seen = []
    hooks = [
        lambda state: seen.append(("first", read(tmp_path / "checkpoints" / "last.pt")["epoch"])),
        lambda state: seen.append(("second", state.epoch)),
    ]
    fit(Plain(), pictures(), epochs=2, batch_size=IMAGES, folder=tmp_path, on_epoch=hooks, progress=False)
    assert seen == [("first", 0), ("second", 1), ("first", 1), ("second", 2)]
    assert read(tmp_path / "checkpoints" / "last.pt")["epoch"] == 2


def test_without_a_terminal_no_progress_is_drawn(capsys):
    fit(Plain(), pictures(), epochs=1, batch_size=BATCH)
    assert capsys.readouterr() == ("", "")


def test_training_lowers_the_loss():
    images = pictures(2).repeat(5, 1, 1, 1)
    model = tiny_vae()
    history = fit(model, images, epochs=30, batch_size=5, optimizer=torch.optim.Adam(model.parameters(), lr=0.02),
                  precision=torch.bfloat16, progress=False)  # fmt: skip
    assert history[-1]["train_loss"] < 0.95 * history[0]["train_loss"]


def test_options_of_a_step_reach_every_step(monkeypatch):
    calls, step = [], training.train_step

    def spy(*args, **options):
        calls.append(options)
        return step(*args, **options)

    monkeypatch.setattr(training, "train_step", spy)
    options = {"kind": "l1", "gradient_clip": 0.5, "precision": torch.bfloat16}
    fit(Plain(), pictures(), epochs=1, batch_size=BATCH, progress=False, **options)
    assert calls == [options] * STEPS


def test_buffers_are_averaged_too():
    model = tiny_vae()
    average, means = training.averaged(model, 0.7), []
    fit(model, pictures(), epochs=3, batch_size=IMAGES, average=average, progress=False,
        on_epoch=[lambda state: means.append(state.model.encoder.features[1].running_mean.clone())])  # fmt: skip
    torch.testing.assert_close(average.module.encoder.features[1].running_mean, moving_average(means, 0.7))
    assert average.module.encoder.features[1].num_batches_tracked == 3


def test_a_resumed_run_remembers_its_best(tmp_path, monkeypatch):
    losses = iter([3.0, 5.0, 4.0])
    monkeypatch.setattr(training, "evaluate", lambda *_: dict.fromkeys(training.TERMS, next(losses)))
    for epochs in (1, 3):
        fit(
            Plain(),
            pictures(),
            pictures(),
            epochs=epochs,
            batch_size=IMAGES,
            folder=tmp_path,
            resume=True,
            progress=False,
        )
    assert [read(tmp_path / "checkpoints" / f"{name}.pt")["epoch"] for name in ("best", "last")] == [1, 3]
