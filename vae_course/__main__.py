"""The command line, python -m vae_course: train, figures, evaluate, models, presets, ship, flow, course, grade, …"""

import json
import os
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from .files import as_argument
from .site import command as hosting
from .text import LANGUAGES, default_language

app = typer.Typer(
    help="Taller de VAE / VAE Workshop: train, look at and measure variational autoencoders.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
RunFolder = Annotated[Path, typer.Argument(help="A run folder, such as runs/fashion.")]
DataPath = Annotated[Path | None, typer.Option("--data", help="Where the pictures are, if not where the preset says.")]


@app.command()
def train(
    preset: Annotated[str, typer.Argument(help="A preset's name (see `presets`) or a JSON file.")],
    data: DataPath = None,
    out: Annotated[Path | None, typer.Option(help="The run folder; runs/<preset> if not given.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the preset's.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the training that the run folder holds.")] = False,
    download: Annotated[bool, typer.Option(help="Let torchvision fetch fashion or celeba first.")] = False,
    device: Annotated[Literal["cpu", "cuda", "mps"] | None, typer.Option(help="cuda or mps if there is one.")] = None,
):
    """Train a model into a run folder."""
    from . import presets
    from .runs import parallel, train

    folder = out or Path("runs") / Path(preset).stem
    try:
        train.train(
            presets.load(preset), folder, path=data, epochs=epochs, resume=resume, force=force, download=download,
            device=device,
        )  # fmt: skip
    except train.NotBegun:
        parallel.say(f"stopped while it read the pictures; {folder} is as it was", file=sys.stderr)
        raise typer.Exit(130) from None
    except KeyboardInterrupt:
        again = [*(word for word in sys.argv[1:] if word not in ("--resume", "--force")), "--resume"]
        parallel.say(f"stopped; go on with: {parallel.program()} -m vae_course {shlex.join(again)}", file=sys.stderr)
        raise typer.Exit(130) from None
    parallel.say(f"trained: {folder}; next: python -m vae_course figures {as_argument(folder)}")


@app.command()
def evaluate(
    run: Annotated[str, typer.Argument(help="A run folder or the name of a shipped model.")],
    split: Annotated[
        Literal["train", "validation", "test"],
        typer.Option(help="Which pictures; validation's if none are for testing."),
    ] = "test",
    data: DataPath = None,
    full: Annotated[bool, typer.Option("--full", help="Judge its samples, too: minutes.")] = False,
    card: Annotated[bool, typer.Option("--card", help="--full, kept on a shipped model's card.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
):
    """Measure a model: loss, PSNR, KL, active units; with --full the distances of its samples, copies, a bound."""
    from .runs.measure import evaluate

    result = evaluate(run, split=split, path=data, full=full, card=card)
    print(json.dumps(result) if as_json else "\n".join(f"{key:24} {value}" for key, value in result.items()))


@app.command()
def figures(
    run: RunFolder,
    lang: Annotated[Literal["es", "en"], typer.Option(envvar="VAE_COURSE_LANG")] = "es",
    data: DataPath = None,
):
    """Draw a run's figures into its folder figures/."""
    from .runs.figures import draw_figures
    from .runs.folder import Run

    for path in draw_figures(Run(run), lang, path=data):
        print(path)


@app.command()
def models():
    """List the models that ship, with their figures."""
    from . import pretrained

    print(f"{'name':26} {'latent':>6} {'parameters':>10} {'loss':>10} {'PSNR dB':>8} {'KL nats':>8} {'active':>6}  on")
    for name in pretrained.names():
        card = pretrained.card(name)
        measured = card["figures"]
        print(
            f"{name:26} {card['preset']['model']['latent_dim']:6} {card['parameters']:10,} {measured['loss']:10.4f} "
            f"{measured['psnr']:8.2f} {measured['kl']:8.2f} {measured['active_units']:6}  "
            f"{measured['images']} {measured['split']}"
        )


@app.command()
def presets():
    """List the presets."""
    from . import presets

    print("\n".join(presets.names()))


CourseFolder = Annotated[
    Path, typer.Option("--root", help="The folder that has solutions/ and lessons/.", show_default=False)
]
HERE = Path(__file__).parents[1]
course = typer.Typer(
    help="The course's notebooks: built from solutions/NN-name.py, or as pages to print.", no_args_is_help=True
)
if find_spec("vae_course.course"):  # not in what students get
    app.add_typer(course, name="course")


@course.command("build")
def course_build(
    lessons: Annotated[list[str] | None, typer.Argument(help="Such as 04-loss; all if not given.")] = None,
    root: CourseFolder = HERE,
):
    """Write the notebooks of solutions/ and lessons/, in both languages."""
    from .course import build

    try:
        changed = build.build(root, lessons)
    except build.LessonError as error:
        sys.exit(f"error: {error}")
    for path in changed:
        print(path.relative_to(root))


@course.command("check")
def course_check(root: CourseFolder = HERE):
    """Prove that the notebooks are fresh, alike in both languages, and hold no answer that they should not."""
    from .course import build

    wrong = build.check(root)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        raise typer.Exit(1)
    print("the notebooks are what their sources make")


@course.command("html")
def course_html(
    out: Annotated[Path, typer.Argument(help="A folder; pages go to OUT/<language>/<name>.html.")],
    notebooks: Annotated[list[Path] | None, typer.Argument(help="The lessons if not given.")] = None,
    run: Annotated[bool, typer.Option("--run", help="Execute each first; the notebooks stay as they are.")] = False,
    root: CourseFolder = HERE,
):
    """Write notebooks as HTML that opens without a network, formulas drawn, and prints well."""
    from .course import page

    try:
        for path in page.write(out, notebooks or page.lessons(root), root, run):
            print(path)
    except page.PageError as error:
        sys.exit(f"error: {error}")


Lang = Annotated[Literal["es", "en"] | None, typer.Option(help="One language alone; both if not given.")]


@course.command("release")
def course_release(
    out: Annotated[Path, typer.Argument(help="A new folder.")], lang: Lang = None, root: CourseFolder = HERE
):
    """Write what students get: lessons, requirements, the package without checks and grading, a page to start from."""
    from .course import build, release

    try:
        made = release.release(root, out, (lang,) if lang else LANGUAGES)
    except (build.LessonError, release.ReleaseError) as error:
        sys.exit(f"error: {error}")
    pages = ", ".join(path.name for path in sorted(made.glob("*.html")))
    print(f"{made}: {pages}; as a zip: python -m zipfile -c {made}.zip {made}")


@course.command("links")
def course_links(
    repository: Annotated[str | None, typer.Option(help="Of the lessons, if not the one in pyproject.toml.")] = None,
    hub: Annotated[
        str | None, typer.Option(help="A JupyterHub with nbgitpuller, such as https://hub.example.edu")
    ] = None,
    lang: Lang = None,
    root: CourseFolder = HERE,
):
    """Print where Colab, and a JupyterHub, open each lesson."""
    from .course import links, settings, source

    address = repository or settings.repository(root)
    for one in (lang,) if lang else LANGUAGES:
        for lesson in source.sources(root):
            found = [links.colab(address, lesson, one), hub and links.hub(hub, address, lesson, one)]
            print(*[lesson, *filter(None, found)], sep="\n  ")


def grade(
    assignment: Annotated[str, typer.Argument(help="A lesson, such as 04-loss.")],
    student: Annotated[list[str] | None, typer.Option(help="Only this one; may be given several times.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one for each core if not given.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Of a Dask scheduler, whose workers judge instead.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
    trust: Annotated[
        bool, typer.Option("--trust-submissions", help="Grade even where this system can confine nothing.")
    ] = False,
    names: Annotated[bool, typer.Option("--names", help="Put names on the class's page, feedback/class.html.")] = False,
    alike: Annotated[
        bool,
        typer.Option("--alike", help="Write answers that are alike side by side, feedback/alike.html: a hint only."),
    ] = False,
    lang: Annotated[Literal["es", "en"] | None, typer.Option(help="Of the table and the page.")] = None,
    root: Annotated[Path, typer.Option(help="The course's folder, with submitted/.", show_default=False)] = Path(),
):
    """Grade a class's submissions to a lesson: all of submitted/, into the gradebook and autograded/.

    A page for the teacher, without names, is feedback/class.html.
    """
    from .grading.only_linux import ONLY_LINUX

    if sys.platform != "linux":
        sys.exit(f"error: {ONLY_LINUX}")
    if scheduler and workers:
        sys.exit("error: --workers are processes here; how many judge for --scheduler is said where they are started")
    from .grading import command

    try:
        complete = command.grade(
            root, assignment, student or [], workers=workers, trust=trust, as_json=as_json,
            lang=lang or default_language(), names=names, alike=alike, scheduler=scheduler,
        )  # fmt: skip
    except command.CannotGrade as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("stopped; who was graded keeps the points; the same command grades all of them again", file=sys.stderr)
        raise typer.Exit(130) from None
    if not complete:
        raise typer.Exit(1)


def collect(
    assignment: Annotated[str, typer.Argument(help="A lesson, such as 04-loss.")],
    source: Annotated[Path, typer.Argument(help="Moodle's or Canvas's archive of submissions, or a folder like it.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what students had handed in before.")] = False,
    lang: Annotated[Literal["es", "en"] | None, typer.Option(help="Of what is printed.")] = None,
    root: Annotated[Path, typer.Option(help="The course's folder.", show_default=False)] = Path(),
):
    """Put the submissions that a learning platform packed into one archive into submitted/, where `grade` looks."""
    from .grading import collect as collecting

    try:
        language = lang or default_language()
        collecting.check_lesson(assignment, root)
        found = collecting.collect(source, root / "submitted", assignment, force)
    except collecting.CannotCollect as error:
        sys.exit(f"error: {error}")
    print(*found.lines(root / "submitted", language), sep="\n")


if find_spec(f"{__package__}.grading"):  # not in what students get
    app.command()(collect)
    app.command()(grade)


@app.command()
def export(
    model: Annotated[str, typer.Argument(help="A run folder or the name of a shipped model.")],
    out: Annotated[Path, typer.Argument(help="The folder to write into.")],
    form: Annotated[Literal["onnx"], typer.Option("--format", help="ONNX, float32.")] = "onnx",
):
    """Write a model for other programs: its encoder and decoder as ONNX, which onnxruntime runs everywhere."""
    from .runs.export import export

    for path in export(model, out):
        print(path)


@app.command()
def ship(run: RunFolder, name: str, data: DataPath = None):
    """Make a run a shipped model in vae_course/weights/."""
    from .runs.folder import Run
    from .runs.ship import ship

    print(ship(Run(run), name, path=data))


@app.command()
def flow(
    name: Annotated[str, typer.Argument(help="A shipped model.")],
    width: Annotated[int, typer.Option(min=1)] = 64,
    depth: Annotated[int, typer.Option(min=0, help="Residual blocks.")] = 3,
    steps: Annotated[int, typer.Option(min=1, help="Batches of 256 codes to train on.")] = 20_000,
    seed: int = 0,
    data: DataPath = None,
):
    """Train a shipped model's learnt prior (lesson 10), and keep it if it beats the fitted Gaussian."""
    from .runs.flow import ship_flow

    about = ship_flow(name, width=width, depth=depth, steps=steps, seed=seed, path=data)
    print(", ".join(f"{prior} {far}" for prior, far in about["distances"].items()))


app.command()(hosting.site)
app.command()(hosting.space)


def main() -> None:
    """Runs the command line; what a user can mend ends as one sentence, not as a stack trace."""
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")  # what Apple's graphics can't do, the CPU does
    if strange := [word for word in sys.argv[1:] if not word.isascii() and not is_utf8(word)]:
        sys.exit(f"error: {strange[0]!r} is not UTF-8, which run folders and their files need: rename it")
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        from .runs.parallel import speaks

        if not isinstance(error, mendable()):
            raise
        sys.exit(f"error: {error}" if speaks() else 1)


def is_utf8(word: str) -> bool:
    """Whether a word of the command line was text; bytes that were none have become surrogates."""
    return word.encode("utf-8", "ignore").decode() == word


def mendable() -> tuple[type[Exception], ...]:
    """The errors whose message says what to do; imported late, so that --help need not wait for PyTorch."""
    from .data import DataError
    from .files import DamagedFile
    from .presets import PresetError
    from .pretrained import DamagedModel, UnknownModel
    from .runs.folder import RunError
    from .text import UnknownLanguage
    from .training import NonFiniteLoss

    about_files = DataError, RunError, PresetError, DamagedModel, DamagedFile, UnknownModel, OSError
    return *about_files, NonFiniteLoss, UnknownLanguage


if __name__ == "__main__":
    main()
