"""What formgrader's pages show of a submission can only be read; below a written answer stands its rubric."""

import re

import nbformat
import pytest
from helpers.grading import ROOT
from helpers.submissions import grade_id
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config, PyFileConfigLoader

ACTS = [
    "<script>acts()</script>", "<img src=x onerror=acts()>", "[link](javascript:acts)", "<iframe src='/tree'></iframe>",
    "<style>body {acts: none}</style>", '<form action="/acts"><button>x</button></form>', '<svg onload="acts()"></svg>',
]  # fmt: skip
ABOUT = {"base_url": "", "notebook_id": "04-loss", "index": 0, "total": 1, "submission_id": "s"}
SCRIPTS = "<script", "onerror=", 'href="javascript', "<iframe", "<style>body", "<form", "<svg"


def shown(cells, config: Config, lang="es") -> str:
    """Formgrader's own page, what is above the submission left out."""
    about = {"vae_course": {"lang": lang}}
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    page, _ = HTMLExporter(config=config).from_notebook_node(
        new_notebook(cells=cells, metadata=about), resources=dict(ABOUT)
    )
    return page.partition('id="notebook-container"')[2]


@pytest.fixture
def config() -> Config:
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


@pytest.mark.parametrize("cell", [new_markdown_cell, new_raw_cell, new_code_cell])
@pytest.mark.parametrize("source", ACTS)
def test_nothing_of_a_submission_acts(config, cell, source):
    page = shown([cell(f"before {source} after")], config)
    tags = "".join(re.findall("<[^>]*>", page))
    assert not [script for script in SCRIPTS if script in tags]
    assert "before" in page and "after" in page


def test_without_our_settings_it_does(config):
    """Or the test above could not fail."""
    assert "<script" in shown([new_markdown_cell(ACTS[0])], Config())


def test_texts_are_shown_as_written_with_formulas(config):
    page = shown([new_markdown_cell("a **b** of $x^2$"), new_code_cell("z = mu + 1")], config)
    assert "<strong>b</strong>" in page and "<msup>" in page and '<span class="n">mu</span>' in page


@pytest.mark.parametrize(("lang", "words"), [("es", "Respuesta modelo"), ("en", "Model answer")])
def test_a_written_answer_has_its_rubric(config, lang, words):
    released = nbformat.read(ROOT / f"lessons/{lang}/04-loss/04-loss.ipynb", as_version=4)
    asked = next(cell for cell in released.cells if grade_id(cell) == "question-noise")
    page = shown([asked, new_markdown_cell("mine")], config, lang)
    assert (
        len(re.findall(f"<summary[^>]*>{words}", page)) == 1
        and f"<strong>{words}" in page
        and "BEGIN SOLUTION" not in page
    )
    assert page.index("<details>") < page.index("mine")
