"""Training what a preset describes into a run folder: what the command `train` does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import torch
from filelock import FileLock, Timeout
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from .. import data, presets
from ..beta import beta_schedule
from ..files import replacing
from ..fit import Average, Settings, State, cosine_with_warmup, fit, read_checkpoint, steps_an_epoch
from ..presets import Preset
from ..training import EarlyStopping
from ..vae import build, channels_last_, start_at_mean_image_
from . import hooks, parallel, precision
from .components import start_at_components_
from .folder import Run, RunError, identity
from .measure import mean_image
from .optimizers import make_optimizer
from .parallel import Team


class NotBegun(KeyboardInterrupt):
    """Interrupted before the run folder was touched."""


def train(
    preset: Preset,
    folder: Path,
    *,
    path: Path | None = None,
    epochs: int | None = None,
    resume: bool = False,
    force: bool = False,
    download: bool = False,
    device: str | None = None,
) -> Run:
    """Trains what the preset describes, into a run folder; force: in the place of what is there.

    Raises RunError, DataError, DamagedFile, NonFiniteLoss, NotBegun.
    """
    preset, run = with_choices(preset, path, epochs), Run(folder)
    if resume and force:
        raise RunError("--resume goes on with what --force would replace: give one of them")
    with parallel.team(device) as team:
        try:
            images = team.in_turn(lambda: pictures(preset, run, team, resume, force, download, moved=path is not None))
        except KeyboardInterrupt:
            raise NotBegun from None
        settings = settings_of(preset, team)
        with alone_in(run, team):
            if team.first:
                if force and run.began:
                    run.clear()
                note_start(run, preset, team, images, settings)
            learn(preset, run, images, team, settings, resume)
    return run


@contextmanager
def alone_in(run: Run, team: Team) -> Iterator[None]:
    """Raises RunError where another training is at work in the folder: the two would mix what they leave there."""
    lock = FileLock(run.folder / "training.lock")  # the system lets go of it if the training is killed

    def hold() -> None:
        if not team.first:
            return
        run.folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise RunError(
                f"another training is at work in {run.folder}: wait for it, or choose another --out"
            ) from None
        except NotImplementedError:  # a file system without locks
            pass

    team.in_turn(hold)
    try:
        yield
    finally:
        if lock.is_locked:
            with suppress(OSError):  # Windows removes no file that is open
                Path(lock.lock_file).unlink()
            lock.release()


def pictures(
    preset: Preset, run: Run, team: Team, resume: bool, force: bool, download: bool, moved: bool
) -> data.ImageSet:
    """What is trained on, once all is well. Raises RunError, DataError, DamagedFile."""
    if team.first and resume:
        check_goes_on(run, preset, moved)
    elif team.first:
        check_config(run)
        if not force:
            check_free(run)
    images = data.load(preset.data, download=download)
    if team.first and resume:
        check_pictures(run, images)
    if preset.training.refit and not len(images.test):
        raise RunError(
            "refit trains on the validation pictures too, and none are left to judge by: set test_split or, where the "
            "set comes with a split of its own, leave out count or refit"
        )
    if preset.single_pixels and len(images.learnt(preset.training.refit)) == 1:
        raise RunError("batch normalisation of 1 x 1 planes takes two pictures at least: add some, or norm group")
    return images


def learn(preset: Preset, run: Run, images: data.ImageSet, team: Team, settings: Settings, resume: bool) -> None:
    """The training itself; the first process alone leaves files. Raises RunError, DamagedFile, NonFiniteLoss."""
    refit = preset.training.refit
    learnt = images.images[images.learnt(refit)]
    held_back = images.images[images.validation[:0] if refit else images.validation]
    state = first_state(preset, learnt, team)
    if resume and team.size > 1 and run.last.exists():
        state.load(run.last)  # in every process; `fit` does it only where it has the folder
    if len(set(team.gather(state.step))) > 1:
        raise RunError(
            f"the processes find different checkpoints in {run.folder}: all machines must see the same folder"
        )
    state.parallel = team.wrap(state.model)
    learnt, held_back = learnt.to(team.device), held_back.to(team.device)
    on_epoch = [
        hooks.print_epochs(preset.training.epochs),
        hooks.keep_result(run, preset.training),
        hooks.sample_sheets(run, preset.training),
        hooks.tensorboard(run, held_back if len(held_back) else learnt),
    ]
    fit(
        state,
        settings,
        learnt,
        held_back if len(held_back) else None,
        folder=run.folder if team.first else None,
        resume=resume,
        on_epoch=on_epoch if team.first else [],
        progress=team.first,
    )


def with_choices(preset: Preset, path: Path | None, epochs: int | None) -> Preset:
    """The preset with --data and --epochs in it, so that the run folder knows where its pictures are."""
    if path is not None:
        if preset.data.source == "drawn":
            raise RunError("drawn faces are drawn, not read: --data is for presets of other pictures")
        preset = presets.changed(preset, "data", path=writable(path.expanduser().resolve()))
    return preset if epochs is None else presets.changed(preset, "training", epochs=epochs)


def writable(path: Path) -> str:
    """The path as a config.json can hold it. Raises RunError."""
    try:
        return str(path).encode().decode()
    except UnicodeEncodeError:
        raise RunError(f"{str(path)!r} is not UTF-8, and config.json can't hold it: rename that folder") from None


def check_free(run: Run) -> None:
    """Raises RunError where a new training would replace another."""
    if run.last.exists():
        raise RunError(
            f"{run.folder} already holds a training: go on with --resume, choose another --out, or replace it with "
            "--force"
        )
    if run.began:
        raise RunError(
            f"{run.folder} already holds a training, without checkpoints to go on from: choose another --out, or "
            "replace it with --force"
        )


def check_config(run: Run) -> None:
    """Raises RunError where the folder's config.json was written by hand: a training would replace it."""
    if not run.config.is_file():
        return
    try:
        as_trained = as_config(run.preset())
    except presets.PresetError:
        as_trained = None
    if run.config.read_text(encoding="utf-8", errors="replace") != as_trained:
        raise RunError(f"{run.config} was not written by a training, which would replace it: choose another --out")


def check_pictures(run: Run, images: data.ImageSet) -> None:
    """Raises RunError where the run began with other pictures: those that it held back would be others."""
    if not run.began_with(images):
        raise RunError(f"{run.folder} began with other pictures: bring back those, or train anew, into another --out")


def check_goes_on(run: Run, preset: Preset, moved: bool) -> None:
    """Raises RunError unless the folder is new or holds the start of this same experiment. Raises DamagedFile.

    moved: the pictures may lie elsewhere than before.
    """
    if run.began and not run.last.exists():
        raise RunError(
            f"{run.folder} has no checkpoints/last.pt to go on from: choose another --out, or begin again with --force"
        )
    if run.config.is_file():
        check_settings(run, preset, moved)
    elif run.began:
        raise RunError(
            f"{run.folder} has no config.json, which says what its checkpoints are of: copy the preset's file there, "
            "choose another --out, or begin again with --force"
        )
    if run.last.exists():
        check_epochs(run, run.preset().training.epochs, preset.training)


def check_settings(run: Run, preset: Preset, moved: bool) -> None:
    """Raises RunError where the run was trained by another preset; of epochs there may be more."""
    before, now = (json.loads(p.model_dump_json()) for p in (run.preset(), preset))
    now["training"]["epochs"] = before["training"]["epochs"]
    now["data"]["path"] = before["data"]["path"] if moved else now["data"]["path"]
    other = [f"{s}.{key}" for s in now for key in now[s] if now[s][key] != before[s][key]]
    if other:
        raise RunError(f"{run.folder} was trained with other settings ({', '.join(other)}): choose another --out")


def check_epochs(run: Run, planned: int, options: presets.Training) -> None:
    """Raises RunError where going on to another count of epochs is another experiment than that count in one go."""
    state, epochs = read_checkpoint(run.last), options.epochs
    done = state["epoch"]
    if epochs == planned:
        return
    anew = f"train all {epochs} anew, into another --out"
    if state["stopped"]:
        raise RunError(f"{run.folder} stopped early after epoch {done}, and would again: {anew}, with more patience")
    if epochs < done:
        raise RunError(f"{run.folder} has trained {done} epochs already, and --epochs {epochs} takes none back")
    if done == planned and planned % options.validate_every:
        raise RunError(f"{run.folder} was validated after its last epoch {planned}, out of turn: {anew}")
    if options.schedule.type == "cosine":
        raise RunError(
            f"{run.folder} lowers its learning rate along a cosine that ends with epoch {planned}: go on with --epochs "
            f"{planned}, or {anew}"
        )
    steps = state["step"] // done if done else 0
    ends = {beta_schedule(count * steps, options.beta_warmup, options.beta) for count in (planned, epochs)}
    if len(ends) > 1:
        raise RunError(
            f"{run.folder} was judged by the beta of its epoch {planned}, which was still rising: go on with --epochs "
            f"{planned}, or {anew}"
        )


def as_config(preset: Preset) -> str:
    """A run's config.json."""
    return preset.model_dump_json(indent=2) + "\n"


def note_start(run: Run, preset: Preset, team: Team, images: data.ImageSet, settings: Settings) -> None:
    """Writes what is trained, on which pictures and on what machine: for the card, seconds mean little without it."""
    names = {"cuda": torch.cuda.get_device_name, "mps": lambda: "Apple GPU (MPS)"}
    kind = torch.device(team.device).type
    name = names[kind]() if kind in names else f"CPU, {torch.get_num_threads()} threads"
    name = name if team.size == 1 else f"{team.size} processes, each on {name}"
    numbers = str(settings.precision).removeprefix("torch.")
    if numbers != preset.training.precision:
        print(f"training in {numbers}: {preset.training.precision} would be slower, which this machine only emulates")
    with replacing(run.config) as temporary:
        temporary.write_text(as_config(preset), encoding="utf-8")
    with replacing(run.machine) as temporary:
        found = {"device": name, "precision": numbers, "torch": torch.__version__, "pictures": identity(images)}
        temporary.write_text(json.dumps(found) + "\n", encoding="utf-8")


def first_state(preset: Preset, images: Tensor, team: Team) -> State:
    """The training before its first step, of uint8 images (N, H, W, C). One seed, one run, whatever else is at work."""
    options = preset.training
    generator = torch.Generator().manual_seed(options.seed)
    model = team.shard(build(preset, generator))
    if preset.model.output_bias == "mean_image":
        start_at_mean_image_(model.decoder, mean_image(images))
    if preset.model.linear_path:
        start_at_components_(model, images)
    channels_last_(model.to(team.device))
    optimizer, stopping = make_optimizer(model, options), options.early_stopping
    return State(
        model,
        optimizer,
        make_schedule(optimizer, options, options.epochs * steps_an_epoch(model, len(images), preset.data.batch_size)),
        Average(model, options.average) if options.average else None,
        EarlyStopping(stopping.patience, stopping.min_delta) if stopping else None,
        generator=torch.Generator().manual_seed(options.seed),
        noise=generator if team.device == "cpu" else None,  # what drew the weights goes on to draw z
    )


def settings_of(preset: Preset, team: Team) -> Settings:
    options = preset.training
    in_each = team.gather(precision.chosen(options.precision, team.device))
    return Settings(
        epochs=options.epochs,
        batch_size=preset.data.batch_size,
        beta=lambda step: beta_schedule(step, options.beta_warmup, options.beta),
        kind=options.loss,
        flip=preset.data.flip,
        shift=preset.data.shift,
        color_jitter=preset.data.color_jitter,
        gradient_clip=options.gradient_clip,
        precision=in_each[0] if len(set(in_each)) == 1 else torch.float32,
        validate_every=options.validate_every,
        checkpoint_every=options.checkpoint_every,
    )


def make_schedule(optimizer: torch.optim.Optimizer, options: presets.Training, steps: int) -> LRScheduler | None:
    schedule = options.schedule
    if schedule.type == "cosine":
        return cosine_with_warmup(optimizer, steps, schedule.warmup)
    if schedule.type == "plateau":
        any_less = 0.0  # counts as better; torch's own rule, a share of the loss, fails for the negative of "gaussian"
        return ReduceLROnPlateau(
            optimizer, factor=schedule.factor, patience=schedule.patience, threshold=any_less, threshold_mode="abs"
        )
    return None
