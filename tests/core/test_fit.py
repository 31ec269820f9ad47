"""The trainer: settings, schedules and averages, and training that resumes as if it had never stopped."""

import itertools
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from helpers.lessons import unchanged
from helpers.training import BATCH, IMAGES, STEPS, Plain, by_hand, parameters_of, pictures, same, tiny_vae
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import ReduceLROnPlateau

from vae_course import fit as trainer
from vae_course.augmentation import color_jitter
from vae_course.fit import Average, Settings, State, as_input, cosine_with_warmup, fit
from vae_course.history import COLUMNS, read_history
from vae_course.images import to_unit_range
from vae_course.training import TERMS, EarlyStopping, NonFiniteLoss, train_step


def begun(model, optimizer=None, **parts):
    return State(model, optimizer or torch.optim.Adam(model.parameters(), lr=5e-4), **parts)


def timeless(history):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in history]


def read(path):
    return torch.load(path, weights_only=True)


# Learning rate


@pytest.mark.parametrize(("steps", "warmup"), [(100, 0.1), (40, 0.0), (7, 0.5), (1, 0.03)])
def test_cosine_with_warmup(steps, warmup):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.2)
    schedule = cosine_with_warmup(optimizer, steps, warmup)
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


# The loop


def run(folder, *, way="cosine", epochs=5, seed=3, watch=lambda step: None, resume=False, on_epoch=(), **parts):
    """A training with everything that a checkpoint must hold; the same arguments give the same run."""
    model = tiny_vae(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    if way == "cosine":
        schedule = cosine_with_warmup(optimizer, epochs * STEPS, 0.3)
        usual, options = {"schedule": schedule, "average": Average(model, 0.8)}, {"flip": True, "gradient_clip": 1.0}
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
        plateau = ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=1e9, threshold_mode="abs")
        usual, options = {"schedule": plateau, "stopping": EarlyStopping(3, 1e9)}, {"kind": "mse"}

    def beta(step):
        watch(step)
        return 0.1 + 0.01 * step

    state = State(model, optimizer, **{**usual, **parts})
    settings = Settings(epochs, BATCH, beta, checkpoint_every=2, **options)
    history = fit(state, settings, pictures(), pictures(5, seed=2), folder=folder, resume=resume, on_epoch=on_epoch,
                  progress=False)  # fmt: skip
    return history, model, state.average, optimizer


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
        error, options, save = KeyboardInterrupt(), {}, State.save

        def save_or_stop(state, path):
            if path.name == "last.pt" and state.epoch == when:
                raise error
            save(state, path)

        monkeypatch.setattr(State, "save", save_or_stop)
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
        settings = Settings(epochs, IMAGES, checkpoint_every=2)
        fit(begun(Plain()), settings, pictures(), folder=tmp_path, progress=False)
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
        fit(begun(model, optimizer), Settings(3, BATCH, beta), pictures(), folder=tmp_path, progress=False)
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
        fit(begun(model), Settings(1, BATCH, kind=kind), pictures(), progress=False)


@pytest.mark.parametrize("validated", [True, False])
def test_weights_spoilt_by_the_last_step_of_an_epoch_do_not_replace_the_last_good_checkpoint(validated, tmp_path):
    model = Plain()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)

    def spoil(state):
        if state.epoch == 2:
            optimizer.param_groups[0]["lr"] = math.inf  # the loss is still finite, the weights after the step are not

    with pytest.raises(NonFiniteLoss, match="epoch 3, step 3"):
        fit(begun(model, optimizer), Settings(5, IMAGES, kind="mse"), pictures(), pictures() if validated else None,
            folder=tmp_path, on_epoch=[spoil], progress=False)  # fmt: skip
    state = read(tmp_path / "checkpoints" / "last.pt")
    assert state["epoch"] == 2
    assert all(value.isfinite().all() for value in state["model"].values())


def test_bytes_and_floats_train_alike_and_stay_as_they_are():
    results = []
    for convert in (lambda x: x, to_unit_range):
        train, val = convert(pictures()), convert(pictures(5, seed=2))
        model = tiny_vae().to(memory_format=torch.channels_last)  # else the pictures decide how sums go
        before = train.clone(), val.clone()
        history = fit(begun(model), Settings(2, BATCH, flip=True), train, val, progress=False)
        assert torch.equal(train, before[0])
        assert torch.equal(val, before[1])
        results.append((timeless(history), dict(model.state_dict())))
    assert same(*results)


@pytest.mark.parametrize("kind", [Plain, tiny_vae])
def test_fit_leaves_torchs_random_state_alone(kind):
    model = kind()
    with unchanged():
        fit(begun(model), Settings(2, BATCH, flip=True), pictures(), pictures(), progress=False)


def shuffled(seed):
    model = Plain()
    generator = torch.Generator().manual_seed(seed)
    fit(begun(model, generator=generator), Settings(2, BATCH), pictures(), progress=False)
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
    fit(begun(model), Settings(1, 200, flip=True), pictures(200), pictures(5, seed=2), progress=False)
    seen, validated = model.seen
    plain, mirrored = (
        torch.tensor([any(torch.equal(x, y) for x in source) for y in seen]) for source in (images, images.flip(-1))
    )
    assert (plain ^ mirrored).all()
    assert 60 < mirrored.sum() < 140
    assert torch.equal(validated, to_unit_range(pictures(5, seed=2)))


def test_shift_moves_each_training_picture_anew_over_its_own_border():
    images, model = to_unit_range(pictures(300)), Plain()
    fit(begun(model), Settings(1, 300, shift=2), pictures(300), pictures(5, seed=2), progress=False)
    seen, validated = model.seen
    wide, (height, width) = F.pad(images, [2] * 4, mode="replicate"), images.shape[-2:]
    places = list(itertools.product(range(5), range(5)))
    cuts = torch.cat([wide[:, :, down : down + height, right : right + width] for down, right in places])
    nearest = torch.cdist(seen.flatten(1), cuts.flatten(1)).argmin(dim=1)
    assert torch.equal(cuts[nearest], seen)
    assert set((nearest // len(images)).tolist()) == set(range(25))
    assert torch.equal(validated, to_unit_range(pictures(5, seed=2)))


def test_color_jitter_shows_each_training_picture_in_another_light():
    images, model = to_unit_range(pictures(300)), Plain()
    fit(begun(model), Settings(1, 300, color_jitter=0.2), pictures(300), pictures(5, seed=2), progress=False)
    seen, validated = model.seen
    nearest = torch.cdist(seen.flatten(1), images.flatten(1)).argmin(dim=1)
    assert len(set(nearest.tolist())) == 300 and not any(map(torch.equal, seen, images[nearest]))
    assert seen.min() >= 0 and seen.max() <= 1
    assert torch.equal(validated, to_unit_range(pictures(5, seed=2)))


def test_color_jitter_is_contrast_about_the_mean_then_brightness_and_a_colour():
    x = 0.3 + 0.3 * torch.rand(500, 3, 6, 5, generator=torch.Generator().manual_seed(1))
    y = color_jitter(x, 0.2, torch.Generator().manual_seed(2))
    (before, wide), (after, wider) = ((z.mean(dim=(2, 3)), z.std(dim=(2, 3))) for z in (x, y))  # (N, C)
    slope = wider / wide
    start = after - slope * before
    torch.testing.assert_close(
        y, slope[:, :, None, None] * x + start[:, :, None, None]
    )  # each channel: a straight line
    mean = before.mean(dim=1, keepdim=True)
    contrast = mean / (mean + start / slope)  # as start = gain mean (1 - contrast), and slope = gain contrast
    gain = slope / contrast
    torch.testing.assert_close(contrast, contrast[:, :1].expand(-1, 3), rtol=1e-3, atol=0)
    for factor, most in ((contrast, 0.2), (gain.mean(dim=1), 0.32), (gain[:, 0] / gain[:, 1], 0.23)):
        assert 1 - most < factor.min() < 1 - 0.7 * most and 1 + 0.7 * most < factor.max() < 1 + most
        assert factor.mean().item() == pytest.approx(1, abs=0.02)
    both = torch.stack([contrast[:, 0], gain.mean(dim=1)])
    assert abs(both.corrcoef()[0, 1]) < 0.15


def test_history_means_are_over_images_and_weights_follow_the_steps():
    model, steps = Plain(), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    fit(begun(model, optimizer), Settings(1, BATCH, 0.5), pictures(), pictures(5, seed=2),
        progress=False, on_epoch=[lambda state: steps.append((state.step, dict(state.history[0])))])  # fmt: skip
    (step, row), x, val = steps[0], to_unit_range(pictures()), to_unit_range(pictures(5, seed=2))
    assert step == STEPS
    for part, images in (("train", x), ("val", val)):
        for name, term in zip(TERMS, by_hand(images, *model.parameters(), beta=0.5), strict=True):
            assert row[f"{part}_{name}"] == pytest.approx(term.mean().item(), rel=1e-5)


def test_beta_follows_the_step_and_validation_uses_its_last_value():
    model, asked = Plain(), []

    def beta(step):
        asked.append(step)
        return 0.25 * step

    history = fit(begun(model), Settings(4, IMAGES, beta), pictures(), pictures(), progress=False)
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
    average, weights = Average(model, decay), []
    state = State(model, torch.optim.SGD(model.parameters(), lr=0.05), average=average)
    history = fit(
        state, Settings(5, IMAGES), pictures(), pictures(5, seed=2), progress=False,
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
    monkeypatch.setattr(trainer, "evaluate", lambda *_: dict.fromkeys(TERMS, next(losses)))
    flags = []
    fit(begun(Plain()), Settings(6, IMAGES), pictures(), pictures(), folder=tmp_path, progress=False,
        on_epoch=[lambda state: flags.append((state.improved, state.best))])  # fmt: skip
    assert flags == [(True, 5), (True, 3), (False, 3), (False, 3), (True, 2), (False, 2)]
    assert [read(tmp_path / "checkpoints" / f"{name}.pt")["epoch"] for name in ("best", "last")] == [5, 6]
    assert len(list((tmp_path / "checkpoints").iterdir())) == 2  # none in between unless asked for


def test_validation_every_k_epochs_and_after_the_last(tmp_path):
    validated, stopping = [], EarlyStopping(2, 1e9)
    history = fit(
        begun(Plain(), stopping=stopping), Settings(5, IMAGES, validate_every=2), pictures(), pictures(),
        folder=tmp_path, progress=False, on_epoch=[lambda state: validated.append(state.improved)],
    )  # fmt: skip
    assert ["val_loss" in row for row in history] == [False, True, False, True, True]
    assert validated[::2] == [False, False, True]
    assert stopping.waited == 2  # only validations count
    assert read_history(tmp_path / "history.csv") == history


def test_without_validation_the_training_loss_decides():
    improved = []
    history = fit(begun(Plain()), Settings(3, IMAGES), pictures(), progress=False,
                  on_epoch=[lambda state: improved.append(state.best)])  # fmt: skip
    assert improved == [row["train_loss"] for row in history]
    assert [tuple(row) for row in history] == [tuple(key for key in COLUMNS if not key.startswith("val"))] * 3


def test_hooks_run_in_order_before_the_epoch_counts_as_done(tmp_path):
    seen = []
    hooks = [
        lambda state: seen.append(("first", read(tmp_path / "checkpoints" / "last.pt")["epoch"])),
        lambda state: seen.append(("second", state.epoch)),
    ]
    fit(begun(Plain()), Settings(2, IMAGES), pictures(), folder=tmp_path, on_epoch=hooks, progress=False)
    assert seen == [("first", 0), ("second", 1), ("first", 1), ("second", 2)]
    assert read(tmp_path / "checkpoints" / "last.pt")["epoch"] == 2


def test_without_a_terminal_no_progress_is_drawn(capsys):
    fit(begun(Plain()), Settings(1, BATCH), pictures())
    assert capsys.readouterr() == ("", "")


def test_training_lowers_the_loss():
    images = pictures(2).repeat(5, 1, 1, 1)
    model = tiny_vae()
    state = begun(model, torch.optim.Adam(model.parameters(), lr=0.02))
    history = fit(state, Settings(30, 5, precision=torch.bfloat16), images, progress=False)
    assert history[-1]["train_loss"] < 0.95 * history[0]["train_loss"]


@pytest.mark.parametrize(("images", "batch_size", "sizes"), [
    (9, 4, [4, 5]), (10, 4, [4, 4, 2]), (8, 4, [4, 4]), (5, 4, [5]), (3, 1, [1, 1, 1]), (1, 4, [1]), (3, 2, [3]),
])  # fmt: skip
def test_a_lone_last_picture_joins_where_there_is_batch_normalisation(images, batch_size, sizes):
    numbers = torch.arange(images, dtype=torch.float32)
    for model, joins in ((tiny_vae(), True), (Plain(), False)):
        expected = sizes if joins else [len(part) for part in numbers.split(batch_size)]
        parts = list(trainer.batches(begun(model), Settings(1, batch_size), numbers))
        assert [len(part) for part in parts] == expected
        assert trainer.steps_an_epoch(model, images, batch_size) == len(expected)
        assert torch.cat(parts).sort().values.equal(numbers)
        assert torch.cat(parts).equal(torch.cat(list(trainer.minibatches(numbers, batch_size, begun(model).generator))))


def test_options_of_a_step_reach_every_step(monkeypatch):
    calls = []

    def spy(*args, **options):
        calls.append(options)
        return train_step(*args, **options)

    monkeypatch.setattr(trainer, "train_step", spy)
    options = {"kind": "l1", "gradient_clip": 0.5, "precision": torch.bfloat16}
    fit(begun(Plain()), Settings(1, BATCH, **options), pictures(), progress=False)
    assert calls == [options | {"generator": None}] * STEPS


def test_buffers_are_averaged_too():
    model = tiny_vae()
    average, means = Average(model, 0.7), []
    fit(begun(model, average=average), Settings(3, IMAGES), pictures(), progress=False,
        on_epoch=[lambda state: means.append(state.model.encoder.features[1].running_mean.clone())])  # fmt: skip
    torch.testing.assert_close(average.module.encoder.features[1].running_mean, moving_average(means, 0.7))
    assert average.module.encoder.features[1].num_batches_tracked == 3


def test_a_resumed_run_remembers_its_best(tmp_path, monkeypatch):
    losses = iter([3.0, 5.0, 4.0])
    monkeypatch.setattr(trainer, "evaluate", lambda *_: dict.fromkeys(TERMS, next(losses)))
    for epochs in (1, 3):
        fit(begun(Plain()), Settings(epochs, IMAGES), pictures(), pictures(), folder=tmp_path, resume=True,
            progress=False)  # fmt: skip
    assert [read(tmp_path / "checkpoints" / f"{name}.pt")["epoch"] for name in ("best", "last")] == [1, 3]


# Random numbers


def beside(work):
    """Does it in another thread and waits for its end, in the midst of a training: the same order at every run."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def trained_while(meanwhile):
    """The history and weights of one training; meanwhile() runs before each of its steps."""
    model = tiny_vae()

    def beta(step):
        meanwhile()
        return 1.0

    settings = Settings(3, BATCH, beta, flip=True)
    history = fit(begun(model), settings, pictures(), pictures(5, seed=2), progress=False)
    return timeless(history), dict(model.state_dict())


def test_a_training_is_the_same_alone_and_beside_another():
    def another():
        torch.rand(3)
        fit(begun(tiny_vae()), Settings(1, BATCH, flip=True), pictures(), progress=False)

    alone = trained_while(lambda: None)
    assert same(trained_while(lambda: beside(another)), alone)


def test_noise_is_drawn_from_the_states_own_generator():
    histories = []
    for seed in (None, 0, 1):
        noise = None if seed is None else torch.Generator().manual_seed(seed)
        history = fit(begun(tiny_vae(), noise=noise), Settings(1, BATCH), pictures(), pictures(), progress=False)
        histories.append(timeless(history))
    assert histories[0] == histories[1] != histories[2]
    assert begun(Plain()).noise is None


@pytest.mark.parametrize("device_states", [[], [torch.zeros(16, dtype=torch.uint8)]], ids=["cpu", "cuda"])
def test_a_checkpoint_of_the_first_version_is_read(device_states, tmp_path):
    """It held torch's global generators, from which the noise was drawn: the CPU's, then one a CUDA device."""
    state, noise = begun(tiny_vae()), torch.Generator().manual_seed(5)
    state.save(tmp_path / "old.pt")
    old = read(tmp_path / "old.pt")
    old["random"] = [old["random"][0], noise.get_state(), *device_states]
    torch.save(old, tmp_path / "old.pt")
    state.load(tmp_path / "old.pt")
    assert torch.equal(state.noise.get_state(), noise.get_state())


@pytest.mark.parametrize("channels", [1, 3])
def test_a_batch_has_the_numbers_of_to_unit_range_with_channels_last(channels):
    images = torch.randint(0, 256, (5, 6, 4, channels), dtype=torch.uint8)
    x = as_input(images, torch.device("cpu"))
    assert torch.equal(x, to_unit_range(images))
    assert x.is_contiguous(memory_format=torch.channels_last)
    assert as_input(x, torch.device("cpu")) is x
