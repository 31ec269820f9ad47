"""The reader's own answers of all lessons, gathered from the lessons' notebooks into one program that trains a VAE.

Nothing of a notebook is executed but its answer cells; imports of its setup cells are read, and kept where needed.
"""

import ast
import contextlib
import io
import json
import re
import sys
import textwrap
import types
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from .grading.contract import EXERCISES, LESSONS
from .notebook import UNANSWERED, complaint
from .text import Both, default_language, pick

NO_NOTEBOOK = Both(es="no se encontró {path}", en="{path} was not found")
NO_CELL = Both(es="su celda no está en {path}", en="its cell is not in {path}")
UNWRITTEN = Both(es="espera una respuesta", en="waiting for an answer")
BROKEN = Both(es="su celda se detuvo con {error}", en="its cell stopped with {error}")
TAKEN = Both(es="el nombre {name} ya está en uso en el archivo", en="the name {name} is already in use in the file")
LOST = Both(
    es="Falta vae_course: ejecutar este archivo desde la carpeta del curso, o instalar el curso.",
    en="vae_course is missing: run this file from the course's folder, or install the course.",
)
COURSE = Both(es="Del curso, mientras falta la respuesta propia:", en="The course's, until an answer is there:")
LESSON = Both(es="Lección {lesson}", en="Lesson {lesson}")
MARK = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
WIDTH = 120


@dataclass(frozen=True)
class Assembled:
    """The file that was written, whose answers are in it, and why the others are the course's."""

    path: Path
    own: tuple[str, ...]  # names of exercises
    borrowed: dict[str, Both]  # name -> reason


@dataclass(frozen=True)
class Import:
    """One imported name: `import module as name`, or `from module import what as name`."""

    module: str
    what: str | None
    name: str  # as it is bound

    def line(self) -> str:
        """`import module`, or what stands behind `from module import`."""
        target = self.what or self.module
        known = self.name == (self.what or self.module.split(".")[0])
        return ("" if self.what else "import ") + target + ("" if known else f" as {self.name}")


@dataclass(frozen=True)
class Answer:
    """One exercise as its reader wrote it: the statements that its functions need, and the imports."""

    exercise: str
    statements: dict[str, str]  # names that a statement binds, joined by spaces -> its source
    imports: frozenset[Import]

    @property
    def names(self) -> set[str]:
        return {name for names in self.statements for name in names.split()}


def assemble(path: str | Path, notebooks: str | Path | None = None) -> Assembled:
    """Write the program to `path` from the notebooks `NN-name/NN-name.ipynb` below a folder.

    notebooks: that folder; by default the parent of the working folder, where a lesson's notebook runs, or the working
    folder where lessons lie in it (Colab). An answer that is missing or fails its visible check is replaced by an
    import of the course's, with a comment that says so.
    """
    path, folder = Path(path), _beside() if notebooks is None else Path(notebooks)
    answers, borrowed = {}, {}
    for lesson in LESSONS:
        for name, found in _lesson(lesson, folder):
            (answers if isinstance(found, Answer) else borrowed)[name] = found
    _drop_clashes(answers, borrowed)
    program = _program(answers)
    while failing := _failing(program, answers):  # one answer may have leant on another that was dropped
        for name, reason in failing.items():
            del answers[name]
            borrowed[name] = reason
        program = _program(answers)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(program, encoding="utf-8")
    order = list(EXERCISES)
    return Assembled(path, tuple(sorted(answers, key=order.index)), {n: borrowed[n] for n in order if n in borrowed})


# Reading the notebooks


def _beside() -> Path:
    here = Path.cwd()
    found = (folder for folder in (here.parent, here) if any((folder / lesson).is_dir() for lesson in LESSONS))
    return next(found, here.parent)


def _lesson(lesson: str, folder: Path) -> Iterator[tuple[str, "Answer | Both"]]:
    """Each exercise of a lesson with its answer, or with the reason why there is none."""
    file = folder / lesson / f"{lesson}.ipynb"
    names = [name for name, exercise in EXERCISES.items() if exercise.lesson == lesson]
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        yield from ((name, NO_NOTEBOOK.format(path=f"{lesson}/{lesson}.ipynb")) for name in names)
        return
    setup = frozenset().union(*(_imports_of_setup(cell) for cell in cells))
    sources = dict(filter(None, map(_answer_cell, cells)))  # exercises of a cell -> its source
    for name in names:
        source = next((source for exercises, source in sources.items() if name in exercises), None)
        yield name, NO_CELL.format(path=f"{lesson}.ipynb") if source is None else _answer(name, source, setup)


def _answer_cell(cell: dict) -> tuple[tuple[str, ...], str] | None:
    """(exercises, source) of an answer cell, known by its nbgrader mark, as "lerp-slerp"; None of any other."""
    mark = cell.get("metadata", {}).get("nbgrader", {})
    exercises = tuple(str(mark.get("grade_id", "")).split("-"))
    if cell.get("cell_type") != "code" or not mark.get("solution") or not all(name in EXERCISES for name in exercises):
        return None
    return exercises, MARK.sub("", _source(cell))


def _imports_of_setup(cell: dict) -> frozenset[Import]:
    if cell.get("cell_type") != "code" or "setup" not in cell.get("metadata", {}).get("tags", ()):
        return frozenset()
    with contextlib.suppress(SyntaxError):
        return _imports(ast.parse(_source(cell)))
    return frozenset()


def _source(cell: dict) -> str:
    return "".join(cell.get("source", ""))  # a string, or a list of lines


def _imports(tree: ast.Module) -> frozenset[Import]:
    """What the statements of a cell import, not looking inside functions."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {_plain_import(a) for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {Import(node.module, a.name, a.asname or a.name) for a in node.names}
    return frozenset(found)


def _plain_import(alias: ast.alias) -> Import:
    """`import torch.nn as nn` is told as `from torch import nn`, so that both are one."""
    parent, _, last = alias.name.rpartition(".")
    if alias.asname and parent:
        return Import(parent, last, alias.asname)
    return Import(alias.name, None, alias.asname or alias.name.split(".")[0])


def _answer(name: str, source: str, setup: frozenset[Import]) -> "Answer | Both":
    """The exercise's part of its cell if its visible check is content with it, else the reason."""
    try:
        tree = ast.parse(source)
        statements = _needed(EXERCISES[name].functions, tree, source)
    except SyntaxError as error:
        return BROKEN.format(error=f"SyntaxError: {error.msg}")
    used = _used("\n".join(statements.values()))
    imports = _imports(tree) | {one for one in setup if one.name in used}
    answer = Answer(name, statements, frozenset(one for one in imports if one.name not in _FUNCTIONS))
    borrowed = [function for function in used if function in _FUNCTIONS and function not in answer.names]
    lent = {Import(_module(_FUNCTIONS[function]), function, function) for function in borrowed}
    problem = _problem("\n\n".join([*_import_lines(answer.imports | lent), *statements.values()]), [name])
    return problem.get(name, answer)


_FUNCTIONS = {function: name for name, exercise in EXERCISES.items() for function in exercise.functions}


def _module(exercise: str) -> str:
    return f"vae_course.{EXERCISES[exercise].lesson[3:].replace('-', '_')}"


def _needed(functions: Iterable[str], tree: ast.Module, source: str) -> dict[str, str]:
    """The cell's statements that these functions need, in the cell's order: names bound -> source, comments kept."""
    lines, binds, end = source.splitlines(), {}, 0
    for node in tree.body:
        if names := _bound(node):
            binds[names] = "\n".join(_with_comments(lines, node, end))
        end = node.end_lineno
    wanted, seen = list(functions), set()
    while wanted:
        name = wanted.pop()
        for names, text in binds.items():
            if name in names.split() and names not in seen:
                seen.add(names)
                wanted += [used for used in _used(text) if used not in _FUNCTIONS]
    return {names: text for names, text in binds.items() if names in seen}


def _with_comments(lines: list[str], node: ast.stmt, end: int) -> list[str]:
    """A statement's lines with its decorators and the comments right above it, not above line `end`."""
    start = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
    while start > end and lines[start - 1].startswith("#"):
        start -= 1
    return lines[start : node.end_lineno]


def _bound(node: ast.stmt) -> str:
    """The names that a definition or an assignment binds, joined by spaces; "" for any other statement."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        return node.name
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return " ".join(one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))
    return ""


def _used(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


# Trying what was read


def _problem(program: str, exercises: Iterable[str]) -> dict[str, Both]:
    """What the visible checks have against the exercises of a program: name -> reason, {} if nothing."""
    module = types.ModuleType("my_vae")
    before, sys.modules["my_vae"] = sys.modules.get("my_vae"), module  # dataclasses look their module up
    module.__file__ = "my_vae.py"
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            exec(compile(program, "my_vae.py", "exec"), vars(module))
            found = {name: _complaint(name, vars(module)) for name in exercises}
    except (Exception, SystemExit) as error:
        reason = BROKEN.format(error=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        return dict.fromkeys(exercises, reason)
    finally:
        if before is None:
            del sys.modules["my_vae"]
        else:
            sys.modules["my_vae"] = before
    return {name: reason for name, reason in found.items() if reason is not None}


def _complaint(name: str, namespace: dict) -> Both | None:
    """What the visible check says, without the exercise's name, and the same of all that are unwritten."""
    reason = complaint(name, namespace)
    if reason == UNANSWERED.format(name=name):
        return UNWRITTEN
    return reason and Both(*(text.removeprefix(f"{name}: ") for text in reason))


def _failing(program: str, answers: dict[str, Answer]) -> dict[str, Both]:
    return _problem(program, answers) if answers else {}


def _drop_clashes(answers: dict[str, Answer], borrowed: dict[str, Both]) -> None:
    """No answer may bind a name that the program, or an answer before it, uses for something else. In place."""
    taken = _names_of_program()
    for name, answer in list(answers.items()):
        others = {function for function in _FUNCTIONS if _FUNCTIONS[function] != name}
        bound = answer.statements | {one.name: repr(one) for one in answer.imports if one.what != "*"}
        clash = [
            part
            for names, text in bound.items()
            for part in names.split()
            if part in others or taken.get(part, text) != text
        ]
        if clash:
            del answers[name]
            borrowed[name] = TAKEN.format(name=clash[0])
        else:
            taken |= {part: text for names, text in bound.items() for part in names.split()}


def _names_of_program() -> dict[str, str]:
    """What the fixed part of the program binds at its top: name -> "" if it defines it, else the import."""
    defined = (name for node in ast.parse(_fixed("en")).body for name in _bound(node).split())
    return {one.name: repr(one) for one in _PROGRAM_IMPORTS} | dict.fromkeys(defined, "")


# Writing


def _program(answers: dict[str, Answer]) -> str:
    """The whole file, in the reader's language."""
    lang = default_language()
    imports = set(_PROGRAM_IMPORTS).union(*(answer.imports for answer in answers.values()))
    ours = {one for one in imports if one.module.split(".")[0] == "vae_course"}
    future = {one for one in imports if one.module == "__future__"}
    head = [
        '"""' + pick(TITLE, lang) + '"""',
        *_import_lines(future),
        "\n".join(_import_lines(imports - ours - future)),
    ]
    sections = [_section(lesson, answers, lang) for lesson in LESSONS]
    parts = [*filter(None, head), _finder(lang), "\n".join(_import_lines(ours))]
    return "\n\n".join(parts) + "\n\n\n" + "\n\n\n".join([*sections, _fixed(lang)])


def _section(lesson: str, answers: dict[str, Answer], lang: str) -> str:
    """A lesson's answers, and before them what the course lends."""
    names = [name for name, exercise in EXERCISES.items() if exercise.lesson == lesson]
    parts = [f"# {pick(LESSON.format(lesson=lesson), lang)}"]
    lent = [function for name in names if name not in answers for function in EXERCISES[name].functions]
    if lent:
        what = textwrap.wrap(f"{pick(COURSE, lang)} {', '.join(lent)}", WIDTH - 2)
        imports = _import_lines({Import(_module(names[0]), function, function) for function in lent})
        parts[0] += "\n\n" + "\n".join([*(f"# {line}" for line in what), *imports])
    seen = set()
    for name in names:
        for text in answers[name].statements.values() if name in answers else ():
            if text not in seen:
                seen.add(text)
                parts.append(text)
    return "\n\n\n".join(parts)


def _import_lines(imports: Iterable[Import]) -> list[str]:
    """Import statements, the names of one module in one: the standard library first, then a blank line."""
    imports = sorted(imports, key=lambda one: (one.what is not None, one.module, one.what or "", one.name))
    plain = [one.line() for one in imports if one.what is None]
    names: dict[str, list[str]] = {}
    for one in imports:
        if one.what is not None:
            names.setdefault(one.module, []).append(one.line())
    lines = dict.fromkeys(plain + [_wrapped(module, parts) for module, parts in names.items()])
    standard = [line for line in lines if line.split()[1].split(".")[0] in sys.stdlib_module_names]
    others = [line for line in lines if line not in standard]
    return [*standard, *([""] if standard and others else []), *others]


def _wrapped(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= WIDTH else f"from {module} import (\n" + "".join(f"    {one},\n" for one in names) + ")"


def _finder(lang: str) -> str:
    return Template(_FINDER).substitute(lost=pick(LOST, lang))


def _fixed(lang: str) -> str:
    return Template(_PROGRAM).substitute({name: pick(text, lang) for name, text in WORDS.items()})


TITLE = Both(
    es="Un VAE armado con las respuestas propias de las nueve lecciones.\n\n"
    "python my_vae.py --data drawn --epochs 30 --out runs/drawn\n",
    en="A VAE made of one's own answers to the nine lessons.\n\n"
    "python my_vae.py --data drawn --epochs 30 --out runs/drawn\n",
)
WORDS = {
    "title": Both(es="El programa", en="The program"),
    "vae": Both(es="encoder + reparameterize + decoder.", en="encoder + reparameterize + decoder."),
    "z": Both(
        es="dimensión de z; si falta, la de la tabla DATA", en="dimension of z; by default that of the table DATA"
    ),
    "count": Both(es="solo las primeras tantas imágenes", en="only the first so many pictures"),
    "out": Both(es="carpeta de los resultados", en="folder for the results"),
    "resume": Both(es="seguir desde checkpoint.pt", en="go on from checkpoint.pt"),
    "download": Both(es="descargar las imágenes si faltan", en="download the pictures if missing"),
    "batches": Both(
        es="Bytes (N, H, W, C) en lotes listos para la red, (n, C, H, W).",
        en="Bytes (N, H, W, C) in batches ready for the network, (n, C, H, W).",
    ),
    "epoch": Both(
        es="Una vuelta por las imágenes: la media de las pérdidas.", en="Once over the images: the mean of the losses."
    ),
    "sheet": Both(es="z decodificado, en una lámina.", en="z decoded, on one sheet."),
    "fitted": Both(
        es="n códigos de la gaussiana ajustada a los de estas imágenes.",
        en="n codes from the Gaussian fitted to those of these images.",
    ),
}
_PROGRAM_IMPORTS = frozenset(
    [
        *(Import(name, None, name.split(".")[0]) for name in ("argparse", "csv", "importlib.util", "sys", "torch")),
        Import("pathlib", "Path", "Path"),
        Import("PIL", "Image", "Image"),
        Import("torch", "nn", "nn"),
        *(Import("vae_course", name, name) for name in ("data", "figures", "presets")),
    ]
)
_FINDER = """\
if importlib.util.find_spec("vae_course") is None:
    here = [*Path(__file__).resolve().parents, Path.cwd(), *Path.cwd().parents]
    course = [str(folder) for folder in here if (folder / "vae_course" / "__init__.py").is_file()]
    if not course:
        sys.exit("$lost")
    sys.path.append(course[0])"""
_PROGRAM = '''\
# $title

DATA = {  # --data: (preset, D, channels)
    "drawn": ("drawn", 32, (16, 32, 64, 128)),
    "faces": ("faces", 128, (32, 64, 128, 256)),
    "cats": ("cats", 128, (32, 64, 128, 256)),
    "fashion": ("fashion", 16, (32, 64)),
}


class VAE(nn.Module):
    """$vae"""

    def __init__(self, channels, size, hidden_channels, latent_dim):
        super().__init__()
        self.encoder = ConvEncoder(channels, size, hidden_channels, latent_dim)
        self.decoder = ConvDecoder(channels, size, hidden_channels, latent_dim)

    def encode(self, x):
        return self.encoder(x)  # (N, C, H, W) -> (N, D), (N, D)

    def decode(self, z):
        return self.decoder(z)  # (N, D) -> (N, C, H, W)

    def forward(self, x):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar)), mu, logvar


def batches(images, batch_size, device, generator=None):
    """$batches"""
    for part in minibatches(images, batch_size, generator):
        yield to_unit_range(part).to(device)


def train_epoch(model, images, optimizer, options, device, generator):
    """$epoch"""
    total = {"loss": 0.0, "reconstruction": 0.0, "kl": 0.0}
    for x in batches(images, options.batch_size, device, generator):
        losses = train_step(model, x, optimizer, options.beta)
        total = {name: total[name] + losses[name] * len(x) / len(images) for name in total}
    return total


@torch.no_grad()
def save_sheet(path, model, z):
    """$sheet"""
    model.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(figures.tile(model.decode(z), columns=8)).save(path)


@torch.no_grad()
def draw_fitted(model, images, n, device):
    """$fitted"""
    model.eval()
    codes = [model.encode(x) for x in batches(images[:2000], 100, device)]
    mu, logvar = (torch.cat(parts).cpu().double() for parts in zip(*codes))
    mean, cov = fit_latent_gaussian(mu, logvar)
    return torch.distributions.MultivariateNormal(mean, cov).sample((n,)).float().to(device)


def read_history(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def write_history(path, history):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, history[0])
        writer.writeheader()
        writer.writerows(history)


def train(model, train_images, val_images, options, device):
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=3)
    stopping = EarlyStopping(patience=10)
    generator = torch.Generator().manual_seed(0)
    z = sample_prior(32, options.latent_dim, torch.Generator().manual_seed(0)).to(device)
    done, history = 0, []
    if options.resume:
        done = load_checkpoint(out / "checkpoint.pt", model, optimizer)
        history = read_history(out / "history.csv")[:done]
    for epoch in range(done + 1, options.epochs + 1):
        losses = train_epoch(model, train_images, optimizer, options, device, generator)
        val = evaluate(model, batches(val_images, options.batch_size, device), options.beta)
        row = {f"train_{name}": value for name, value in losses.items()} | {f"val_{name}": val[name] for name in losses}
        history.append({"epoch": epoch} | row)
        numbers = "  ".join(f"{name} {value:.1f}" for name, value in row.items())
        print(f"{epoch}/{options.epochs}  {numbers}", flush=True)
        write_history(out / "history.csv", history)
        save_checkpoint(out / "checkpoint.pt", model, optimizer, epoch)
        if epoch == 1 or epoch % 5 == 0 or epoch == options.epochs:
            save_sheet(out / "samples" / f"epoch-{epoch:04d}.png", model, z)
        plateau.step(val["loss"])
        if stopping.update(val["loss"]):
            break
    if history:
        figures.save(figures.loss_curves(history), out / "loss.png")
        save_sheet(out / "fitted.png", model, draw_fitted(model, train_images, 32, device))
    return history


def parse(arguments=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", choices=DATA, default="drawn")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", default="runs/my_vae", help="$out")
    parser.add_argument("--count", type=int, help="$count")
    parser.add_argument("--latent-dim", type=int, help="$z")
    parser.add_argument("--beta", type=float, default=1.0)
    parser.add_argument("--lr", type=float, default=5e-4)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--resume", action="store_true", help="$resume")
    parser.add_argument("--download", action="store_true", help="$download")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    torch.manual_seed(0)
    preset, latent_dim, hidden_channels = DATA[options.data]
    settings = presets.load(preset).data.model_copy(update={"count": options.count} if options.count else {})
    try:
        images = data.load(settings, download=options.download).images  # uint8 (N, H, W, C)
    except data.DataError as error:
        sys.exit(str(error))
    options.latent_dim = options.latent_dim or latent_dim
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train_part, val_part = split_indices(len(images), 0.1, seed=0)
    model = VAE(settings.channels, settings.input_size[0], hidden_channels, options.latent_dim).to(device)
    return train(model, images[train_part], images[val_part], options, device)


if __name__ == "__main__":
    main()
'''
