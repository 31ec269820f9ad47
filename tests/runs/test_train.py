"""Training into run folders: exact resuming, what is kept, and what another training beside it changes: nothing."""

import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch
from helpers import runs as tiny
from safetensors.torch import load_file

from vae_course import data, fit
from vae_course.history import read_history
from vae_course.images import to_unit_range
from vae_course.runs import hooks
from vae_course.runs.figures import draw_figures
from vae_course.runs.folder import Run, RunError
from vae_course.runs.hooks import decode_fixed_z
from vae_course.runs.measure import evaluate, judge, mean_image
from vae_course.runs.train import NotBegun, make_schedule, train
from vae_course.training import TERMS
from vae_course.vae import build


@pytest.fixture(autouse=True)
def _places(tmp_path, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VAE_COURSE_CACHE", str(tmp_path / "cache"))


def run_of(tmp_path, name="run", **changes):
    return train(tiny.preset(**changes), tmp_path / name)


FAMILIES = {
    "conv": {"model": tiny.CONV | {"norm": "batch"}},
    "dense": {"model": tiny.DENSE, "data": {"channels": 1}},
    "averaged": {"training": {"average": 0.9, "schedule": {"type": "cosine"}, "epochs": 4}},
    "muon": {
        "model": tiny.CONV | {"norm": "batch"},
        "training": {"average": 0.9, "optimizer": {"type": "muon"}, "schedule": {"type": "cosine"}, "epochs": 4},
    },
    "plateau": {"training": {"loss": "mse", "validate_every": 2, "schedule": {"type": "plateau"}, "epochs": 4}},
    "flip": {"data": {"flip": True}, "training": {"beta_warmup": 6, "optimizer": {"type": "sgd"}}},
}


@pytest.mark.parametrize("changes", FAMILIES.values(), ids=FAMILIES)
def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path, changes, monkeypatch):
    whole = run_of(tmp_path, "whole", **changes)
    with monkeypatch.context() as patch:
        patch.setattr(hooks, "print_epochs", tiny.stop_in_epoch_2)
        with pytest.raises(KeyboardInterrupt):
            run_of(tmp_path, "parts", **changes)
    torch.manual_seed(99)
    parts = train(tiny.preset(**changes), tmp_path / "parts", resume=True)
    untimed = [[row | {"seconds": 0} for row in read_history(run.history)] for run in (whole, parts)]
    assert untimed[0] == untimed[1]
    assert same_tensors(*(load_file(run.weights) for run in (whole, parts)))
    assert same_tensors(*(torch.load(run.last, weights_only=True)["model"] for run in (whole, parts)))
    sheets = [{path.name: path.read_bytes() for path in (run.folder / "samples").iterdir()} for run in (whole, parts)]
    assert sheets[0] == sheets[1]


def same_tensors(a, b):
    return a.keys() == b.keys() and all(torch.equal(tensor, b[key]) for key, tensor in a.items())


def test_the_same_seed_is_the_same_run_beside_another_training(tmp_path, monkeypatch):
    alone = run_of(tmp_path, "alone", **FAMILIES["flip"])

    def another_meanwhile(epochs):
        def hook(state):
            if state.epoch == 1 and not (tmp_path / "another").exists():
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(run_of, tmp_path, "another", **FAMILIES["flip"]).result()

        return hook

    monkeypatch.setattr(hooks, "print_epochs", another_meanwhile)
    for run in (run_of(tmp_path, "beside", **FAMILIES["flip"]), Run(tmp_path / "another")):
        histories = [[row | {"seconds": 0} for row in read_history(one.history)] for one in (run, alone)]
        assert histories[0] == histories[1]
        assert same_tensors(load_file(run.weights), load_file(alone.weights))


def test_more_epochs_go_on_where_the_run_ended(tmp_path):
    run = train(tiny.preset(), tmp_path / "run", epochs=1)
    assert run.preset().training.epochs == 1
    train(tiny.preset(), tmp_path / "run", epochs=3, resume=True)
    whole = train(tiny.preset(), tmp_path / "whole", epochs=3)
    assert run.preset().training.epochs == 3
    assert same_tensors(load_file(run.weights), load_file(whole.weights))


def test_resuming_where_nothing_began_begins(tmp_path):
    run = train(tiny.preset(), tmp_path / "run", epochs=1, resume=True)
    assert len(read_history(run.history)) == 1


@pytest.mark.parametrize(("keep", "kept"), [("best", "best.pt"), ("last", "last.pt")])
def test_the_weights_are_those_of_the_epoch_that_the_preset_keeps(tmp_path, keep, kept, monkeypatch):
    losses = iter([3.0, 1.0, 2.0, 4.0])
    monkeypatch.setattr(fit, "evaluate", lambda *_: dict.fromkeys(TERMS, next(losses)))
    run = run_of(tmp_path, training={"epochs": 4, "keep": keep})
    states = {name: torch.load(run.last.with_name(name), weights_only=True) for name in ("best.pt", "last.pt")}
    assert [state["epoch"] for state in states.values()] == [2, 4]
    assert same_tensors(load_file(run.weights), states[kept]["model"])


def test_refitting_trains_on_the_validation_pictures_too_and_keeps_the_last_epoch(tmp_path, monkeypatch):
    given = []

    def noted(state, settings, learnt, held_back, **options):
        given.extend([learnt, held_back])
        return fit.fit(state, settings, learnt, held_back, **options)

    monkeypatch.setattr("vae_course.runs.train.fit", noted)
    monkeypatch.setattr(fit, "judge", lambda state, *_, **__: setattr(state, "improved", state.epoch == 1))
    run = run_of(tmp_path, training={"refit": True})
    images = data.load(run.preset().data)
    assert torch.equal(given[0], images.images[torch.cat([images.train, images.validation])])
    assert given[1] is None and not any("val_loss" in row for row in read_history(run.history))
    assert same_tensors(load_file(run.weights), torch.load(run.last, weights_only=True)["model"])
    assert evaluate(str(run.folder))["images"] == len(images.test)
    with pytest.raises(RunError, match=r"validation pictures too.*--split test"):
        evaluate(str(run.folder), split="validation")


def test_refitting_needs_pictures_to_judge_by_before_it_begins(tmp_path):
    with pytest.raises(RunError, match="none are left to judge by: set test_split"):
        run_of(tmp_path, data={"test_split": 0.0}, training={"refit": True})
    assert not (tmp_path / "run").exists()


def test_where_a_refitted_model_has_no_test_pictures_only_those_of_training_are_left(tmp_path):
    preset = tiny.preset(training={"refit": True})
    images = replace(data.load(preset.data), test=torch.arange(0))
    model = build(preset, torch.Generator().manual_seed(0))
    with pytest.raises(RunError, match=r"validation pictures too.*--split train"):
        judge(model, images, preset, "test")
    assert judge(model, images, preset, "train")["images"] == len(images.train)


def test_averaged_weights_are_the_ones_that_are_kept(tmp_path):
    run = run_of(tmp_path, training={"average": 0.99, "epochs": 1})
    state = torch.load(run.last, weights_only=True)
    average = {key.removeprefix("module."): value for key, value in state["average"].items() if key != "n_averaged"}
    assert same_tensors(load_file(run.weights), average)
    assert not same_tensors(average, state["model"])


def test_checkpoints_every_few_epochs(tmp_path):
    run = run_of(tmp_path, training={"checkpoint_every": 2, "epochs": 4, "sample_every": 0})
    names = {path.name for path in (run.folder / "checkpoints").iterdir()}
    assert names == {"last.pt", "best.pt", "epoch-0002.pt", "epoch-0004.pt"}
    assert not (run.folder / "samples").exists()


def test_early_stopping_ends_the_run_and_resuming_leaves_it_ended(tmp_path):
    training = {"epochs": 50, "early_stopping": {"patience": 1, "min_delta": 1e6}, "sample_every": 0}
    run = run_of(tmp_path, training=training)
    assert len(read_history(run.history)) == 2
    train(tiny.preset(training=training), run.folder, resume=True)
    assert len(read_history(run.history)) == 2


def test_the_decoder_may_start_at_the_mean_image(tmp_path):
    changes = {"data": {"batch_size": 64}, "model": tiny.DENSE | {"output_bias": "mean_image"}}
    run = run_of(tmp_path, training={"epochs": 1, "learning_rate": 1e-12}, **changes)
    images = data.load(run.preset().data)
    mean = to_unit_range(images.images[images.train]).mean(dim=0)
    assert torch.allclose(run.model().decoder.output_bias, torch.logit(mean.flatten(), eps=1e-3), atol=1e-4)
    assert torch.allclose(mean_image(images.images[images.train]), mean, atol=1e-6)


def test_everything_may_be_trained_on(tmp_path):
    run = run_of(tmp_path, data={"validation_split": 0.0, "test_split": 0.0})
    assert "val_loss" not in read_history(run.history)[-1]
    with pytest.raises(RunError, match="--split train"):
        evaluate(str(run.folder))
    assert evaluate(str(run.folder), split="train")["images"] == 72


def test_a_zip_of_grey_pictures_is_remembered(tmp_path):
    folder = tiny.make_pictures(tmp_path / "animals")
    with zipfile.ZipFile(tmp_path / "animals.zip", "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(tmp_path))
    preset = tiny.preset(data={"source": "folder", "count": None, "channels": 1, "test_split": 0.0})
    run = train(preset, tmp_path / "run", path=tmp_path / "animals.zip")
    assert evaluate(str(run.folder))["images"] == 8
    images = data.load(run.preset().data)
    assert images.classes == ("cat", "dog", "fish") and images.images.shape == (30, 16, 12, 1)
    with pytest.raises(RunError, match=r"other settings \(data.path\)"):
        train(preset, run.folder, resume=True)
    (tmp_path / "animals.zip").rename(tmp_path / "moved.zip")
    train(preset, run.folder, path=tmp_path / "moved.zip", epochs=4, resume=True)
    assert len(read_history(run.history)) == 4


def test_a_mistake_leaves_no_folder_behind(tmp_path):
    preset = tiny.preset(data={"source": "folder"})
    with pytest.raises(data.DataError):
        train(preset, tmp_path / "run", path=tmp_path / "nowhere")
    assert not (tmp_path / "run").exists()


def test_resuming_needs_the_pictures_that_the_run_began_with(tmp_path):
    """Others would be held back: what was learnt from would be judged by."""
    folder, settings = tiny.make_pictures(tmp_path / "animals"), {"source": "folder", "count": None}
    run = train(tiny.preset(data=settings), tmp_path / "run", path=folder, epochs=1)
    shutil.copytree(folder, tmp_path / "moved")
    train(tiny.preset(data=settings), run.folder, path=tmp_path / "moved", epochs=2, resume=True)
    (folder / "cat" / "more.png").write_bytes((folder / "cat" / "0.png").read_bytes())
    before = run.last.read_bytes()
    with pytest.raises(RunError, match="began with other pictures"):
        train(tiny.preset(data=settings), run.folder, path=folder, epochs=3, resume=True)
    assert run.last.read_bytes() == before


@pytest.mark.parametrize("noted", [None, "", "[]", '{"device": "CPU"}'])
def test_a_run_that_does_not_say_with_which_pictures_it_began_goes_on(tmp_path, noted):
    run = train(tiny.preset(), tmp_path / "run", epochs=1)
    run.machine.unlink() if noted is None else run.machine.write_text(noted)
    train(tiny.preset(), run.folder, epochs=2, resume=True)
    assert len(read_history(run.history)) == 2


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("text", ["// why\n{}", "{", "{}"])
def test_a_config_that_somebody_wrote_is_not_replaced(tmp_path, text, force):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(RunError, match="was not written by a training"):
        train(tiny.preset(), tmp_path, force=force)
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_what_is_interrupted_while_it_reads_pictures_has_not_begun(tmp_path, monkeypatch):
    run = run_of(tmp_path)
    before = run.config.read_bytes(), run.last.read_bytes()

    def interrupted(*given, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(data, "load", interrupted)
    with pytest.raises(NotBegun):
        train(tiny.preset(), run.folder, force=True)
    assert (run.config.read_bytes(), run.last.read_bytes()) == before


CHANGES = {
    "data.seed": {"data": {"seed": 1}},
    "model.latent_dim": {"model": tiny.CONV | {"latent_dim": 5}},
    "model.hidden_channels, model.encoder_layers": {"model": tiny.DENSE | {"latent_dim": 4}},
    "training.beta, training.seed": {"training": {"beta": 2.0, "seed": 7}},
}


@pytest.mark.parametrize("keys", CHANGES)
def test_resuming_with_other_settings_names_them(tmp_path, keys):
    run = Run(tmp_path)
    run.config.write_text(tiny.preset().model_dump_json())
    with pytest.raises(RunError, match=rf"\({keys}\)"):
        train(tiny.preset(**CHANGES[keys]), tmp_path, resume=True)


def test_weights_of_another_model(tmp_path):
    run = run_of(tmp_path)
    run.config.write_text(tiny.preset(model=tiny.DENSE).model_dump_json())
    with pytest.raises(RunError, match="not of the model in config"):
        run.model()


def test_one_z_is_drawn_the_same_each_time(tmp_path):
    model = run_of(tmp_path).model()
    pictures = decode_fixed_z(model)
    torch.manual_seed(5)
    assert torch.equal(pictures, decode_fixed_z(model)) and pictures.shape == (32, 3, 16, 12)


def test_training_says_each_epoch_where_no_bar_can_be_drawn(tmp_path, capsys):
    run_of(tmp_path, training={"validate_every": 2, "epochs": 2})
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2: train_loss ") and "val_" not in first
    assert "val_loss" in second


def test_checkpoints_of_others_stay(tmp_path):
    kept = [tmp_path / name for name in ("checkpoints/resnet50.pt", "checkpoints/epoch-best.pt", "figures/paper/1.png")]
    old = tmp_path / "checkpoints" / "epoch-0099.pt"
    for path in (*kept, old):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    for force in (False, True):
        train(tiny.preset(), tmp_path, epochs=1, force=force)
        assert [path.read_text() for path in kept] == ["mine"] * 3
        assert not old.exists()


def test_force_clears_nothing_where_no_training_was(tmp_path):
    figure = tmp_path / "figures" / "loss.png"
    figure.parent.mkdir()
    figure.write_text("mine")
    train(tiny.preset(), tmp_path, epochs=1, force=True)
    assert figure.read_text() == "mine"


def test_figures_of_other_pictures_than_those_of_the_training_say_so(tmp_path, capsys):
    """Of a set that has grown the split is another: pictures of the training would pass for held-back ones."""
    folder, settings = tiny.make_pictures(tmp_path / "animals"), {"source": "folder", "count": None}
    run = train(tiny.preset(data=settings), tmp_path / "run", path=folder, epochs=1)
    evaluate(str(run.folder))
    draw_figures(run, "en")
    assert "not the pictures" not in capsys.readouterr().err
    (folder / "cat" / "more.png").write_bytes((folder / "cat" / "0.png").read_bytes())
    evaluate(str(run.folder))
    draw_figures(run, "en")
    assert capsys.readouterr().err.count("these are not the pictures that ") == 2


@pytest.mark.parametrize("sign", [1, -1])
def test_a_plateau_is_one_for_negative_losses_too(sign):
    """Those of "gaussian" are: torch's own rule, a share of the best, never sees them fail to fall."""
    preset = tiny.preset(training={"loss": "gaussian", "schedule": {"type": "plateau", "patience": 2, "factor": 0.5}})
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = make_schedule(optimizer, preset.training, 100)
    for step in range(3):
        schedule.step(sign * 15441.0 - step)  # better and better
    assert optimizer.param_groups[0]["lr"] == 1
    for step in range(4):
        schedule.step(sign * 15441.0 - 2 + 0.1 * (step + 1))  # worse and worse
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_a_folder_has_one_training_at_a_time(tmp_path):
    """Whichever way the second one comes, it ends before it changes a file, and the first goes on undisturbed."""
    said = []

    def second(state):
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        for how in ({"resume": True}, {"force": True}):
            with pytest.raises(RunError) as error:
                train(tiny.preset(), tmp_path / "run", **how)
            said.append(str(error.value))
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hooks, "print_epochs", lambda epochs: second)
        run = train(tiny.preset(), tmp_path / "run", epochs=2)
    assert said == [f"another training is at work in {run.folder}: wait for it, or choose another --out"] * 4
    assert not (run.folder / "training.lock").exists()
    train(tiny.preset(), run.folder, epochs=3, resume=True)
    assert len(read_history(run.history)) == 3
