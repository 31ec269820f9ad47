"""Notebooks as pages: everything inside, formulas as MathML, whatever is in a notebook."""

import html
import re

import nbformat
import pytest
from fontTools.ttLib import TTFont
from helpers import runs
from helpers.grading import NAME, ROOT, make_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from vae_course.course import build, notebooks, page, source
from vae_course.exercises import LESSONS
from vae_course.pages import formulas, style
from vae_course.text import LANGUAGES


@pytest.fixture(scope="module", params=[(name, lang) for name in LESSONS for lang in LANGUAGES], ids="-".join)
def lesson(request):
    """(the teacher's notebook of a lesson, which says most; its page)"""
    name, lang = request.param
    notebook = notebooks.teachers(source.read(name, ROOT), lang, ROOT)
    return notebook, page.html(notebook, name)


def drawn(text):
    return re.findall(r"<math\b.*?</math>", text, re.DOTALL)


def test_every_formula_is_drawn(lesson):
    notebook, text = lesson
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    prose = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL)
    wanted = len(re.findall(r"\$\$.+?\$\$|\$[^$]+?\$", prose, re.DOTALL))
    assert wanted > 0 and len(drawn(text)) == wanted
    assert not [one for one in drawn(text) if "\\" in one or "merror" in one]
    left = re.sub(r"<(math|style|pre|code|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    assert "$" not in left and not re.search(r"\\[a-z]+", left)


def test_the_font_has_every_sign(lesson):
    _, text = lesson
    signs = set(html.unescape(re.sub(r"<[^>]*>", "", "".join(drawn(text)))))
    with TTFont(style.FONT) as font:
        assert "MATH" in font and not {sign for sign in signs if not sign.isspace()} - set(map(chr, font.getBestCmap()))


def test_nothing_is_fetched(lesson):
    notebook, text = lesson
    assert not re.findall(r"<(?:script|iframe|link|object|embed|source)\b[^>]*(?:src|href|data)=[^>]*>", text)
    assert not re.findall(r"@import|url\((?!\"data:)", text)
    assert all(address.startswith("data:") for address in re.findall(r"<img\b[^>]*\bsrc=\"([^\"]*)", text))
    assert f'<html lang="{notebook.metadata.vae_course.lang}">' in text


def test_a_page_holds_the_lesson_and_not_its_setup(lesson):
    notebook, text = lesson
    shown = [cell for cell in notebook.cells if cell.metadata.get("tags") != ["start"]]
    assert text.count("<section ") == len(shown) == len(notebook.cells) - 1
    assert "subprocess.run([sys.executable" not in text
    heading = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    assert html.escape(heading, quote=False) in re.search(r"<h1.*?</h1>", text)[0]
    assert f"<title>{html.escape(heading, quote=False)}</title>" in text
    assert text.count("<details>") == text.count("</details>") == sum(c.source.count("<details>") for c in shown)


def test_the_font_says_whose_it_is():
    with TTFont(style.FONT) as font:
        owner, licence = (font["name"].getDebugName(number) for number in (0, 13))
    assert "STIX Fonts Project" in owner and "Open Font License" in licence


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        (r"\arg\min_i", "<mo>arg</mo>"),
        (r"\mathcal N(0)", "𝒩"),
        (r"\text{output\_padding}", "output_padding"),
        (r"z \sim p", "<mo>∼</mo>"),
        (r"x\log y", f"<mi>x</mi>{formulas.THIN}<mi>log</mi>{formulas.THIN}<mi>y</mi>"),
        (r"(x)\log(y)", f"{formulas.THIN}<mi>log</mi><mo"),
        (r"\log^2 x", "<msup><mi>log</mi><mn>2</mn></msup>"),
    ],
)
def test_what_latex2mathml_lacks(latex, part):
    assert part in formulas.mathml(latex, "inline")


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def test_outputs_of_every_kind_are_shown():
    outputs = [
        new_output("stream", name="stdout", text="a <b> "),
        new_output("stream", name="stdout", text="& c\n"),
        new_output("stream", name="stderr", text="\x1b[31mred\x1b[0m\n"),
        new_output("display_data", {"image/png": PIXEL, "text/plain": "no"}, metadata={"image/png": {"width": 7}}),
        new_output("execute_result", {"image/jpeg": PIXEL}, metadata={"image/jpeg": {"width": 7, "height": 9}}),
        new_output("execute_result", {"text/html": "<em>table</em>", "text/plain": "no"}),
        new_output("execute_result", {"text/plain": "x < 3"}),
        new_output("execute_result", {"application/x-unknown": "no"}),
        new_output("error", ename="E", evalue="e", traceback=["\x1b[1mbold\x1b[0m", "E: <e>"]),
    ]
    cells = [new_code_cell("1 < 2", outputs=outputs), new_markdown_cell(r"$$\begin{aligned}a&=1\\b&=2\end{aligned}$$")]
    text = page.html(new_notebook(cells=cells, metadata={"vae_course": {"lang": "en"}}), "mine")
    assert "a &lt;b&gt; &amp; c" in text and "ansi-red-fg" in text and "x &lt; 3" in text and "E: &lt;e&gt;" in text
    assert "<em>table</em>" in text and ">no<" not in text and "\x1b" not in text and "<mtable" in text
    assert 'alt="Figure 1"' in text and re.search(r'<img alt="Figure 2"[^>]*width="7" height="9"|height="9" ', text)
    assert "<title>mine</title>" in text


@pytest.fixture
def toy(tmp_path):
    root = make_course(tmp_path / "course")
    build.build(root)
    return root


def command(root, *arguments):
    return runs.command_here("course", "html", *arguments, "--root", root, folder=ROOT)


@pytest.mark.slow
def test_the_command_writes_the_lessons_in_both_languages(toy, tmp_path):
    code, said, _ = command(toy, tmp_path / "pages")
    made = [tmp_path / "pages" / lang / f"{NAME}.html" for lang in LANGUAGES]
    assert code == 0 and said.split() == list(map(str, made))
    assert "comprar" in made[0].read_text(encoding="utf-8") and "buying" in made[1].read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_command_runs_a_notebook_first_and_leaves_it_as_it_was(toy, tmp_path):
    path = toy / "lessons" / "en" / NAME / f"{NAME}.ipynb"
    before = {file: file.read_bytes() for file in toy.rglob("*") if file.is_file()}
    code, _, error = command(toy, tmp_path / "pages", path, "--run")
    text = (tmp_path / "pages" / "en" / f"{NAME}.html").read_text(encoding="utf-8")
    assert code == 0, error
    assert "is waiting for an answer" in text and "beta: 0.5" in text
    assert {file: file.read_bytes() for file in toy.rglob("*") if file.is_file()} == before


@pytest.mark.slow
def test_what_cannot_be_a_page_is_told(toy, tmp_path):
    path = toy / "lessons" / "es" / NAME / f"{NAME}.ipynb"
    other = tmp_path / "other" / path.name
    other.parent.mkdir()
    other.write_bytes(path.read_bytes())
    code, _, error = command(toy, tmp_path / "pages", path, other)
    assert code != 0 and "two notebooks of one name" in error and "Traceback" not in error
    other.write_text("{}", encoding="utf-8")
    for wrong in (other, tmp_path / "nothing.ipynb"):
        code, _, error = command(toy, tmp_path / "pages", wrong)
        assert code != 0 and "could not be read as a notebook" in error and "Traceback" not in error


def test_a_notebook_without_our_metadata_has_the_default_language(monkeypatch):
    monkeypatch.setenv("VAE_COURSE_LANG", "en")
    assert page.language(nbformat.v4.new_notebook()) == "en"
