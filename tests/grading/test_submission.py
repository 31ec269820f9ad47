"""Submissions' files: which one is taken, and what is read whatever wrote it."""

import json
import os

import nbformat
import pytest
from helpers.habits import as_colab, as_format_3, as_kaggle, as_vscode, bare, malformed
from helpers.submissions import answered, at, is_answer, lose_all_data, released, untouched
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from vae_course.grading import submission, verdict
from vae_course.grading.normalize import normalized
from vae_course.text import LANGUAGES, Both

NAME = "03-sampling"


def content(notebook=None):
    """A file as JSON."""
    return json.loads(nbformat.writes(notebook or answered()))


def write(folder, content, name=f"{NAME}.ipynb", encoding="utf-8"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode(encoding))
    return path


@pytest.mark.parametrize("habit", [as_colab, as_kaggle, as_vscode, as_format_3, bare, malformed])
def test_whatever_wrote_a_file_its_answers_count(habit, tmp_path):
    file = content()
    habit(file)
    path = write(tmp_path, file)
    before = path.read_bytes()
    notebook = submission.read(path, NAME)
    nbformat.validate(notebook)
    result, _ = normalized(notebook, released())
    nbformat.validate(result)
    assert result.metadata == released().metadata and path.read_bytes() == before
    wanted = answered()
    for cell in wanted.cells:
        if is_answer(cell) or cell.id.startswith("question-"):
            assert result.cells[at(result, cell.id)].source == cell.source
    nbformat.writes(result).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_how_a_file_is_encoded_does_not_matter(encoding, tmp_path):
    path = write(tmp_path, json.dumps(content(), ensure_ascii=False).encode(encoding))
    assert normalized(submission.read(path, NAME), released())[1] == []


def test_a_notebook_read_again_is_the_same(tmp_path):
    notebook = submission.tidy(answered())
    assert submission.read(write(tmp_path, content(notebook)), NAME) == notebook


@pytest.mark.parametrize(
    ("file", "es"),
    [
        (b"", "está vacío"),
        (b"\xef\xbb\xbf \n", "no se puede leer"),
        (b"PK\x03\x04 not at all", "no se puede leer"),
        (b"<html><body>403</body></html>", "no se puede leer"),
        (json.dumps(content()).encode()[:5000], "no se puede leer"),
        ({"cells": {}}, "no se puede leer"),
        ([1, 2], "no se puede leer"),
        ({"worksheets": [3], "nbformat": 3}, "no se puede leer"),
        (b"[" * 100_000, "no se puede leer"),
        (content(untouched("04-loss")), "es de la lección 04-loss"),
    ],
)
def test_what_is_no_notebook_of_the_lesson_is_told_in_both_languages(file, es, tmp_path):
    write(tmp_path, file)
    with pytest.raises(submission.Unreadable) as error:
        submission.opened(tmp_path, NAME)
    assert es in error.value.reason.es and f"{NAME}.ipynb" in error.value.reason.es
    assert isinstance(error.value.reason, Both) and f"{NAME}.ipynb" in str(error.value)


def test_an_empty_folder_is_told(tmp_path):
    write(tmp_path, content(), ".ipynb_checkpoints/03-sampling-checkpoint.ipynb")
    with pytest.raises(submission.Unreadable, match="holds no notebook"):
        submission.opened(tmp_path, NAME)


@pytest.mark.parametrize(
    "name",
    [
        "03-sampling (1).ipynb",
        "Copia de 03-sampling.ipynb",
        "ana.IPYNB",
        "03-sampling/03-sampling (2).ipynb",
        "[x].ipynb",
    ],
)
def test_a_file_of_another_name_is_found_and_told(name, tmp_path):
    write(tmp_path, content(untouched("04-loss")), "04-loss.ipynb")
    write(tmp_path, content(), name)
    notebook, (said,) = submission.opened(tmp_path, NAME)
    assert notebook == submission.tidy(answered())
    assert os.path.basename(name) in said.es and f"{NAME}.ipynb" in said.en


def test_a_renamed_file_that_lost_its_data_is_found_among_others(tmp_path):
    lost = answered()
    lose_all_data(lost)
    lost.metadata = {}
    write(tmp_path, content(untouched("04-loss")), "04-loss.ipynb")
    write(tmp_path, content(lost), "Untitled.ipynb")
    assert normalized(submission.opened(tmp_path, NAME)[0], released())[0] == normalized(answered(), released())[0]


def test_of_several_the_one_with_the_right_name_is_taken_then_the_latest_and_that_is_told(tmp_path):
    for age, name in enumerate(["a.ipynb", "b.ipynb", "c.ipynb"]):
        os.utime(write(tmp_path, content(), name), (1e9 - age, 1e9 - age))
    (said,) = submission.opened(tmp_path, NAME)[1]
    assert said.en.endswith("a.ipynb was graded, not b.ipynb, c.ipynb.")
    empty = write(tmp_path, b"")
    assert submission.opened(tmp_path, NAME)[1] == [said]
    empty.write_text(json.dumps(content()))
    assert f"{NAME}.ipynb was graded, not a.ipynb" in submission.opened(tmp_path, NAME)[1][0].en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_language_is_found_without_metadata(lang):
    notebook = answered(lang=lang)
    assert submission.language(notebook) == lang
    notebook.metadata = {}
    assert submission.language(notebook) == lang
    notebook.cells = [cell for cell in notebook.cells if cell.id != "start"]
    both = {lang: released(lang=lang) for lang in LANGUAGES}
    assert (
        submission.language(notebook) is None
        and submission.likest(notebook, both, "es") == submission.likest(notebook, both, "en") == lang
    )
    assert (
        submission.likest(new_notebook(), both, "en") == "en" and submission.likest(new_notebook(), both, "es") == "es"
    )


def test_nothing_that_a_student_named_is_markup_in_feedback():
    named = "<script>alert(1)</script> [x](https://example.org) **b** `c` _d_ https://example.org\n# h &amp; $x$"
    cell = verdict.told([Both(es=named, en=named)], "es")
    page = HTMLExporter(template_name="basic").from_notebook_node(new_notebook(cells=[cell]))[0]
    body = page[page.index("Sobre este cuaderno") :]
    assert not any(tag in body for tag in ("<script", "<a ", "<code", "<em", "<h1", "<b>"))
    assert body.count("<strong") == 0 and "&lt;script&gt;alert(1)&lt;/script&gt;" in body and "&amp;amp;" in body


def test_thousands_of_long_cells_are_no_labour():
    """What would take hours if a pattern looked at them again and again."""
    junk = [
        "[" * 20_000,
        "<img " * 4000,
        "`" * 20_000,
        "\n" * 20_000,
        "1 + " * 900 + "1",
    ]
    cells = [new_code_cell(text) for text in junk] + [new_markdown_cell(f"{text} attachment:x") for text in junk]
    notebook = answered()
    lose_all_data(notebook)
    notebook.cells += cells + [new_code_cell("pass")] * 1500
    assert len(normalized(submission.tidy(notebook), released())[0].cells) == len(notebook.cells)
