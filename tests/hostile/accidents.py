"""Submissions to lesson 03 as honest students hand them in by accident; the answers are right, the file is not."""

import base64
import io
import json
import zipfile
from pathlib import Path

import nbformat
from helpers import habits
from helpers.submissions import at, grade_id, is_answer, is_check, lose_all_data, untouched

from hostile.classroom import Cases, above, answer

CASES = Cases()
LESSON = "03-sampling"
ALL = {"reparameterize": 6.0, "sample_prior": 1.0, "VAE": 3.0}
NONE: dict[str, float] = {}  # unread
RETURNED = "    return mu + torch.exp(0.5 * logvar) * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)\n"


def accident(name, says="", points=ALL, **about):
    return CASES.add(name, lesson=LESSON, points=points, says=says, **about)


def named(name, content):
    return {name: content.encode() if isinstance(content, str) else content}


def written(notebook):
    return nbformat.writes(notebook).encode()


def as_file(habit):
    """The file as another program leaves it."""

    def make(notebook):
        content = json.loads(nbformat.writes(notebook))
        habit(content)
        return named(f"{LESSON}.ipynb", json.dumps(content))

    return make


def first_of(notebook, test):
    return next(k for k, cell in enumerate(notebook.cells) if test(cell))


# what writes notebooks

for habit in (habits.as_colab, habits.as_kaggle, habits.as_vscode, habits.as_format_3, habits.bare, habits.malformed):
    accident(habit.__name__.replace("_", "-"))(as_file(habit))


@accident("byte-order-mark")
def _(notebook):
    return named(f"{LESSON}.ipynb", b"\xef\xbb\xbf" + written(notebook))


@accident("utf-16")
def _(notebook):
    return named(f"{LESSON}.ipynb", nbformat.writes(notebook).encode("utf-16"))


@accident("another-kernel")
def _(notebook):
    notebook.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    notebook.metadata["language_info"] = {"name": "R"}


@accident("cells-without-ids")
def _(notebook):
    content = json.loads(nbformat.writes(notebook))
    for cell in content["cells"]:
        del cell["id"]
    return named(f"{LESSON}.ipynb", json.dumps(content))


@accident("no-data-at-all", says="reparameterize")
def _(notebook):
    lose_all_data(notebook)
    notebook.metadata = {}


# what hands move


@accident("a-check-edited", says="reparameterize")
def _(notebook):
    notebook.cells[at(notebook, "reparameterize-check")].source = "print('6/6')\n6.0"


@accident("all-checks-deleted", says="reparameterize")
def _(notebook):
    notebook.cells = [cell for cell in notebook.cells if not is_check(cell)]


@accident("an-answer-copied", says="reparameterize")
def _(notebook):
    place = at(notebook, "reparameterize")
    notebook.cells.insert(place + 1, nbformat.from_dict(dict(notebook.cells[place], id="copy")))


@accident("an-answer-deleted", points=ALL | {"sample_prior": 0.0}, says="sample_prior")
def _(notebook):
    del notebook.cells[at(notebook, "sample_prior")]


@accident("all-in-the-wrong-order", says="Out of place")
def _(notebook):
    notebook.cells.reverse()


@accident("merged-with-its-check")
def _(notebook):
    place = at(notebook, "reparameterize")
    notebook.cells[place].source += "\n\n" + notebook.cells[place + 1].source
    del notebook.cells[place + 1]


@accident("all-code-in-one-cell")
def _(notebook):
    own = [cell for cell in notebook.cells if is_answer(cell)]
    own[0].source = "\n\n".join(cell.source for cell in own)
    notebook.cells = [cell for cell in notebook.cells if not is_answer(cell) or cell is own[0]]


@accident("unlocked-and-worth-more")
def _(notebook):
    for cell in notebook.cells:
        if grade_id(cell):
            cell.metadata.nbgrader |= {"locked": False, "points": 100, "grade": True, "solution": True}


@accident("retyped-as-text")
def _(notebook):
    cell = notebook.cells[at(notebook, "reparameterize")]
    notebook.cells[at(notebook, "reparameterize")] = nbformat.v4.new_markdown_cell(
        f"```python\n{cell.source}\n```", id=cell.id, metadata=cell.metadata
    )


@accident("answers-below-their-checks")
def _(notebook):
    blank = untouched(LESSON)
    for name in ALL:
        source = notebook.cells[at(notebook, name)].source
        answer(notebook, name, blank.cells[at(blank, name)].source)
        notebook.cells.insert(at(notebook, f"{name}-check") + 1, nbformat.v4.new_code_cell(source))


# what is written between


@accident("magics-and-shell")
def _(notebook):
    above(notebook, "sample_prior", "%matplotlib inline\n!pip install --quiet torch\ntorch.randn?\n?torch.randn")
    notebook.cells[at(notebook, "reparameterize")].source = (
        "%%time\n" + notebook.cells[at(notebook, "reparameterize")].source
    )
    answer(notebook, "VAE", notebook.cells[at(notebook, "VAE")].source + "\n\n!ls\nprint??")


@accident("a-cell-that-raises", says="ZeroDivisionError")
def _(notebook):
    above(notebook, "sample_prior", "1 / 0")


@accident("a-syntax-error-in-one-answer", points=ALL | {"sample_prior": 0.0}, says="SyntaxError")
def _(notebook):
    answer(
        notebook,
        "sample_prior",
        "def sample_prior(n, latent_dim, generator=None)\n    return torch.randn(n latent_dim)",
    )


@accident("a-name-that-is-not-there", points=ALL | {"sample_prior": 0.0}, says="NameError")
def _(notebook):
    answer(
        notebook, "sample_prior", "def sample_prior(n, latent_dim, generator=None):\n    return randn(n, latent_dim)"
    )


@accident("a-helper-above")
def _(notebook):
    above(notebook, "reparameterize", "def my_std(logvar):\n    return (logvar / 2).exp()")
    answer(notebook, "reparameterize", USES_HELPER)


@accident("a-helper-below", says="reparameterize")
def _(notebook):
    answer(notebook, "reparameterize", USES_HELPER)
    place = at(notebook, "reparameterize-check") + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell("def my_std(logvar):\n    return (logvar / 2).exp()"))


@accident("a-helper-in-a-cell-of-the-lesson", says="which was copied")
def _(notebook):
    cell = notebook.cells[at(notebook, "code-025")]
    cell.source = "def my_std(logvar):\n    return (logvar / 2).exp()\n\n" + cell.source
    answer(notebook, "reparameterize", USES_HELPER)


USES_HELPER = (
    "def reparameterize(mu, logvar, generator=None):\n"
    "    return mu + my_std(logvar) * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)"
)


@accident("an-answer-that-uses-mine")
def _(notebook):
    source = notebook.cells[at(notebook, "VAE")].source
    answer(notebook, "VAE", source.replace("self.decode(reparameterize(", 'self.decode(mine("reparameterize")('))


@accident("prints-without-end")
def _(notebook):
    source = f"def reparameterize(mu, logvar, generator=None):\n    print('mu', mu.tolist() * 20)\n{RETURNED}"
    answer(notebook, "reparameterize", source)
    above(notebook, "reparameterize", "for k in range(10**4):\n    print('x' * 1000)")


@accident("a-picture-of-20-mb")
def _(notebook):
    cell = notebook.cells[at(notebook, "question-chance")]
    cell.source += "\n\n![](attachment:Captura%20de%20pantalla%20ñ.png)"
    cell.attachments = {"Captura de pantalla ñ.png": {"image/png": base64.b64encode(bytes(15 * 2**20)).decode()}}


@accident("plots-and-widgets-in-outputs")
def _(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            data = {"text/html": "<script>alert(1)</script>", "application/vnd.jupyter.widget-view+json": {"x": 1}}
            cell.outputs = [nbformat.v4.new_output("display_data", data=data)]


@accident("another-language-in-the-answers")
def _(notebook):
    cell = notebook.cells[at(notebook, "reparameterize")]
    cell.source = cell.source.replace("eps", "ruído_ε").replace("# (N, D)", "# ¿forma? 形状 🎲")


@accident("print-of-python-2", points=ALL | {"VAE": 0.0}, says="SyntaxError")
def _(notebook):
    answer(notebook, "VAE", notebook.cells[at(notebook, "VAE")].source + "\nprint 'listo'")


@accident("tabs-and-windows-line-ends")
def _(notebook):
    for cell in notebook.cells:
        if is_answer(cell):
            cell.source = cell.source.replace("    ", "\t").replace("\n", "\r\n")


@accident("nothing-was-answered", points=dict.fromkeys(ALL, 0.0))
def _(notebook):
    notebook.cells = untouched(LESSON).cells


# files and folders


@accident("renamed", says="(1).ipynb")
def _(notebook):
    return named("03-sampling (1).ipynb", written(notebook))


@accident("a-copy", says="Copia de 03-sampling.ipynb")
def _(notebook):
    return named("Copia de 03-sampling.ipynb", written(notebook))


@accident("in-a-folder-of-a-folder")
def _(notebook):
    return named("entrega [final]/Tarea 3/03-sampling.ipynb", written(notebook))


@accident("beside-other-files")
def _(notebook):
    files = {
        "__MACOSX/._03-sampling.ipynb": b"\0\5\26\7",
        "foto.png": b"\x89PNG",
        "04-loss.ipynb": written(untouched("04-loss")),
    }
    return {f"{LESSON}.ipynb": written(notebook), ".ipynb_checkpoints/03-sampling-checkpoint.ipynb": b"{}", **files}


@accident("zoë [b] & o'neil (2)")
def _(notebook):
    return None


@accident("a-link-to-a-file-of-the-grader", points=NONE, says="can't be read")
def _(notebook):
    return {f"{LESSON}.ipynb": Path("/etc/hostname")}


@accident("a-link-that-leads-in-a-circle", says="03-sampling (1).ipynb")
def _(notebook):
    return {"03-sampling (1).ipynb": written(notebook), "folder": Path("."), f"{LESSON}.ipynb": Path(f"{LESSON}.ipynb")}


@accident("another-lesson", points=NONE, says="04-loss")
def _(notebook):
    return named(f"{LESSON}.ipynb", written(untouched("04-loss")))


@accident("empty", points=NONE, says="empty")
def _(notebook):
    return named(f"{LESSON}.ipynb", b"")


@accident("cut-short", points=NONE, says="can't be read")
def _(notebook):
    return named(f"{LESSON}.ipynb", written(notebook)[:20_000])


@accident("missing", points=NONE, says="no notebook")
def _(notebook):
    return {}


@accident("a-web-page", points=NONE, says="can't be read")
def _(notebook):
    return named(f"{LESSON}.ipynb", "<!DOCTYPE html><title>Sign in</title>")


@accident("a-zip", points=NONE, says="can't be read")
def _(notebook):
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(f"{LESSON}.ipynb", written(notebook))
        return named(f"{LESSON}.ipynb", stream.getvalue())


@accident("only-a-zip", points=NONE, says="no notebook")
def _(notebook):
    return named(f"{LESSON}.zip", b"PK\x03\x04")


@accident("brackets-without-end", points=NONE, says="can't be read")
def _(notebook):
    return named(f"{LESSON}.ipynb", "[" * 100_000)


@accident("a-script", points=NONE, says="no notebook")
def _(notebook):
    return named(f"{LESSON}.py", "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code"))
