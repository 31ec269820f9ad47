"""What a feedback page says: points, what waits, answers and reports, in the submission's language, in little space."""

import base64
import html
import re
from copy import deepcopy
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from helpers.feedback import LIMIT, feedback, graded, written
from helpers.submissions import at, grade_id, is_answer, is_question
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.preprocessors import ClearHiddenTests
from PIL import Image

from vae_course.exercises import LESSONS
from vae_course.grading.feedback import HideChecks
from vae_course.grading.feedback_page import STYLE, TEXTS, Grade, Marks, headings, page
from vae_course.grading.harmless import PICTURES, Harmless
from vae_course.pages import style
from vae_course.text import LANGUAGES, pick

ALL = [(name, lang) for name in LESSONS for lang in LANGUAGES]


def words(text):
    """What a reader of a page sees, folded or not."""
    text = re.sub(r"<(style|math|title)\b.*?</\1>|</?(span|code|em|strong|b)\b[^>]*>", "", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def rows(text):
    table = re.search(r'<table class="marks">.*?</table>', text, re.DOTALL)[0]
    return [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]


def noise(width, height):
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def opened(address):
    return Image.open(BytesIO(base64.b64decode(address.partition(",")[2])))


# ------------------------------------------------------------------------------------------------- each lesson


@pytest.fixture(scope="module", params=ALL, ids="-".join)
def lesson(request):
    """(a lesson with all answered, its marks, its page)"""
    notebook, marks = graded(*request.param)
    return notebook, marks, feedback(notebook, marks)


def test_it_is_light(lesson):
    _, _, text = lesson
    assert len(text.encode()) < LIMIT - 4 / 3 * PICTURES


def test_formulas_are_drawn(lesson):
    notebook, _, text = lesson
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    prose = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL)
    drawn = re.findall(r"<math\b.*?</math>", text, re.DOTALL)
    assert len(drawn) == len(re.findall(r"\$\$.+?\$\$|\$[^$]+?\$", prose, re.DOTALL)) > 0
    assert not [one for one in drawn if "\\" in one or "merror" in one]
    left = re.sub(r"<(math|style|pre|code)\b.*?</\1>", "", text, flags=re.DOTALL)
    assert "$" not in left and not re.search(r"\\[a-z]+|[\ue000\ue001]", left)


def test_the_font_has_the_signs(lesson):
    drawn = "".join(re.findall(r"<math\b.*?</math>", lesson[2], re.DOTALL))
    signs = {sign for sign in html.unescape(re.sub(r"<[^>]*>", "", drawn)) if not sign.isspace()}
    with TTFont(style.FONT) as font:
        assert not signs - set(map(chr, font.getBestCmap()))


def test_nothing_is_fetched_and_nothing_runs(lesson):
    _, _, text = lesson
    assert not re.search(r"<(script|iframe|link|object|embed|form|base|svg|video|audio)\b", text)
    assert not re.search(r"@import|url\((?!\"data:font)|\son\w+=|\sstyle=|javascript:", text.partition("<main")[2])
    assert all(address.startswith("data:image/") for address in re.findall(r"\ssrc=\"([^\"]*)", text))
    assert all(re.match("https?:|#", address) for address in re.findall(r"\shref=\"([^\"]*)", text))
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])
    assert policy.startswith("default-src 'none'; ") and "script-src" not in policy and "unsafe" not in policy


def test_the_table_names_each_exercise_with_its_points_and_leads_there(lesson):
    notebook, marks, text = lesson
    lang = notebook.metadata.vae_course.lang
    head, *body, foot = rows(text)
    assert head == [pick(TEXTS.exercise, lang), pick(TEXTS.got, lang), pick(TEXTS.most, lang)]
    assert [row[2] for row in body] == [written(grade.most, lang) for grade in marks.grades.values()]
    waits = [pick(TEXTS.waits, lang) if g.state == "waits" else written(g.points, lang) for g in marks.grades.values()]
    assert [row[1] for row in body] == waits
    assert foot == ["Total", written(marks.points, lang), written(marks.most, lang)]
    titles = tuple(title for cell in notebook.cells for title in headings(cell.source))
    assert all(row[0].startswith(titles) for row in body)
    links = re.findall(r'href="#(grade-\d+)"', text)
    assert len(links) == len(set(links)) == len(body) and all(f'id="{link}"' in text for link in links)


def test_it_speaks_the_submissions_language(lesson):
    notebook, _, text = lesson
    lang = notebook.metadata.vae_course.lang
    other = next(one for one in LANGUAGES if one != lang)
    assert f'<html lang="{lang}">' in text
    for name in ("feedback", "waits", "not_final", "answer", "check", "lesson", "top"):
        mine, theirs = getattr(TEXTS, name)[LANGUAGES.index(lang)], getattr(TEXTS, name)[LANGUAGES.index(other)]
        assert mine in words(text) and f">{theirs}<" not in text


def test_the_students_work_is_open_and_the_lessons_text_folded(lesson):
    notebook, _, text = lesson
    unfolded = words(re.sub(r'<details class="lesson">.*?\n</details>\n', "", text, flags=re.DOTALL))
    for cell in notebook.cells:
        if is_answer(cell):
            assert all(" ".join(line.split()) in unfolded for line in cell.source.splitlines())
    assert unfolded.count("It grows in a straight line.") == sum(1 for c in notebook.cells if c.get("outputs"))
    texts = " ".join(cell.source for cell in notebook.cells if cell.id.startswith("text-"))
    told = [
        run for run in re.findall(r"(?<=\n\n)[^\W\d_][^$`*\[\]()<>|#&\n]{40,}", texts) if run.strip() not in unfolded
    ]
    assert len(told) > 5 and all(run.strip() in words(text) for run in told)


# ------------------------------------------------------------------------------------------------- what is said


@pytest.fixture
def ana():
    return graded("03-sampling", "es")


def test_what_waits_for_the_teacher_is_not_a_zero(ana):
    notebook, marks = ana
    assert [row[1] for row in rows(feedback(notebook, marks))[1:-1]][-2:] == ["todavía sin nota"] * 2
    assert "Hasta ahora, 5 de 16 puntos Todavía no es la nota final" in words(feedback(notebook, marks))
    for name, grade in marks.grades.items():
        if grade.state == "waits":
            marks.grades[name] = replace(grade, points=2.5, state="given")
    marks.points += 5
    text = feedback(notebook, marks)
    assert "10 de 16 puntos" in words(text) and "Hasta ahora" not in text and TEXTS.waits.es not in text


def test_what_was_graded_before_a_new_grading_is_told(ana):
    notebook, marks = ana
    name = list(marks.grades)[-1]
    marks.grades[name] = Grade(2.0, 3.0, "again")
    assert rows(feedback(notebook, marks))[-2][1:] == ["2, por revisar", "3"]


@pytest.mark.parametrize(("lang", "said"), [("es", "Descuento por entrega tardía"), ("en", "Late submission penalty")])
def test_a_late_penalty_is_a_row(lang, said):
    notebook, marks = graded("03-sampling", lang)
    assert said not in feedback(notebook, marks)
    marks.penalty, marks.points = 1.25, marks.points - 1.25
    table = rows(feedback(notebook, marks))
    assert table[-2] == [said, "−1.25", ""] and table[-1][1] == "3.75"


def test_blank_answers_and_comments(ana):
    notebook, marks = ana
    answer = next(cell for cell in notebook.cells if is_answer(cell))
    question = next(cell for cell in notebook.cells if is_question(cell))
    marks.blank.add(grade_id(answer))
    marks.comments = {grade_id(question): "Muy **bien**: $\\sigma$, <b>pero</b> <script>no()</script>breve"}
    text = feedback(notebook, marks)
    assert "Respuesta Sin respuesta." in words(text) and words(text).count("Sin respuesta.") == 1
    assert re.search(r"<strong>bien</strong>: <math.*</math>, <b>pero</b> breve", text)
    assert text.count('<div class="comment">') == 1


def test_a_question_is_apart_from_its_answer(ana):
    notebook, marks = ana
    text = feedback(notebook, marks)
    assert text.count("Pregunta: el gradiente y el azar") == 2  # in the table and above the question
    question = next(cell for cell in notebook.cells if is_question(cell))
    question.source = "Escribí encima de la pregunta."
    assert '<div class="text"><p>Escribí encima de la pregunta.</p>' in feedback(notebook, marks)


def test_cells_of_ones_own_and_texts_that_were_edited_are_open(ana):
    notebook, marks = ana
    notebook.cells.insert(at(notebook, "reparameterize"), new_code_cell("mine = 7", outputs=[
        new_output("stream", name="stderr", text="\x1b[31mrojo\x1b[0m \u202e\x07"),
        new_output("display_data", {"image/png": noise(30, 20), "text/plain": "no"}),
        new_output("execute_result", {"text/html": "<b>si</b>", "text/plain": "no"}),
        new_output("display_data", {"image/svg+xml": "<svg onload='x'/>", "text/plain": "dibujo"}),
        new_output("execute_result", {"text/html": "<table><tr><td onclick='x'>7</td></tr></table>"}),
        new_output("error", ename="ValueError", evalue="<e>", traceback=[]),
    ]))  # fmt: skip
    notebook.cells.insert(0, new_raw_cell("<b>crudo</b>"))
    edited = next(cell for cell in notebook.cells if cell.id.startswith("text-"))
    edited.source += "\n\nAnotación al margen."
    text = feedback(notebook, marks)
    assert words(text).count("Celda añadida") == 2 and words(text).count("Celda de la lección, con cambios") == 1
    assert "rojo \ufffd\ufffd" in text and "&lt;b&gt;crudo&lt;/b&gt;" in text and "ValueError: &lt;e&gt;" in text
    assert "<tbody><tr><td>7</td></tr></tbody>" in text and ">no<" not in text and ">dibujo<" in text
    assert text.count('<img src="data:image/png') == 1 and "Anotación al margen." in words(text)
    assert "setup" not in text and "points" not in words(text)


def test_a_teachers_own_assignment_is_shown_whole():
    made = {"grade": True, "grade_id": "f-test", "points": 2, "solution": False, "locked": True, "schema_version": 3}
    answer = {"grade": False, "grade_id": "f", "solution": True, "locked": False, "schema_version": 3}
    cells = [
        new_markdown_cell("# Mine\n\nSome text"),
        new_code_cell("import math"),
        new_code_cell("def f(): ...", metadata={"nbgrader": answer}),
        new_code_cell("assert f(2) == 4", metadata={"nbgrader": made}),
    ]
    marks = Marks(grades={"f-test": Grade(2.0, 2.0)}, points=2.0, most=2.0)
    text = page(new_notebook(cells=cells), marks, "en", {"assignment": "ps1", "student": "bo"}, None)
    shown = words(text)
    assert "2 of 2 points" in shown and "Some text" in shown and "import math" in shown and "assert f(2) == 4" in shown
    assert rows(text)[1] == ["f-test", "2", "2"] and "<details" not in text


def test_hidden_lines_and_what_an_error_shows_of_them_stay_hidden():
    marks = {"grade": True, "grade_id": "f-test", "points": 2, "solution": False, "locked": True, "schema_version": 3}
    secret = "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(3) == 9, 'not squared'\n### END HIDDEN TESTS"
    error = new_output("error", ename="AssertionError", evalue="not squared", traceback=[secret, "AssertionError"])
    cell = new_code_cell(secret, metadata={"nbgrader": dict(marks)}, outputs=[error])
    plain = new_code_cell(
        "assert f(1) == 1", metadata={"nbgrader": dict(marks, grade_id="g")}, outputs=[deepcopy(error)]
    )
    assert ClearHiddenTests().begin_test_delimeter in secret
    notebook, _ = HideChecks().preprocess(new_notebook(cells=[cell, plain]), {})
    grades = {"f-test": Grade(0, 2), "g": Grade(0, 2)}
    shown = words(page(notebook, Marks(grades), "en", {"assignment": "ps1", "student": "bo"}, None))
    assert "AssertionError: not squared" in shown and "HIDDEN TESTS" in "".join(notebook.cells[1].outputs[0].traceback)
    assert "f(3)" not in shown.partition("assert f(1) == 1")[2].partition("assert f(1) == 1")[0]


# -------------------------------------------------------------------------------------- what a stranger wrote


def test_pictures_that_were_pasted_are_shown_and_others_are_words():
    png, jpeg = noise(12, 9), BytesIO()
    Image.new("RGB", (8, 6), "red").save(jpeg, "JPEG")
    attached = {
        "a.png": {"image/png": png},
        "b.jpg": {"image/jpeg": base64.b64encode(jpeg.getvalue()).decode()},
        "c.svg": {"image/svg+xml": "PHN2Zy8+"},
        "d.png": {"image/png": base64.b64encode(b"no picture").decode()},
        "e f.png": {"image/png": png},
    }
    links = [f"![{name[0]}]({link})" for name, link in {
        "a": "attachment:a.png", "b": "attachment:b.jpg", "c": "attachment:c.svg", "d": "attachment:d.png",
        "e": "attachment:e%20f.png", "lost": "attachment:lost.png", "near": "near.png", "far": "https://example.org/x.png",
        "inline": f"data:image/png;base64,{png}",
    }.items()]  # fmt: skip
    made = Harmless("es", 6).markdown(
        "\n".join([*links, f'<img src="data:image/png;base64,{png}" alt="tag">']), attached
    )
    kinds = re.findall(r'src="data:(image/\w+);base64,', made)
    assert kinds == ["image/png", "image/jpeg", "image/png", "image/png", "image/png"]
    assert "example.org" not in made and "near.png" not in made and all(f'alt="{x}"' in made for x in "cdl")
    assert "attachment:" not in made and "inline-" not in made


def test_a_page_with_pictures_is_light():
    notebook, marks = graded("05-training", "es")  # the longest
    question = next(cell for cell in notebook.cells if is_question(cell))
    question.attachments = {f"{number}.png": {"image/png": noise(900, 600)} for number in range(3)}
    question.source += "".join(f"\n\n![](attachment:{name})" for name in question.attachments)
    text = feedback(notebook, marks)
    assert text.count('src="data:image/webp') == 3 and len(text.encode()) < LIMIT


def test_heavy_pictures_become_light_ones_upright_and_whole():
    photo = Image.new("RGB", (3000, 1500), "white")
    photo.paste("black", (0, 0, 1500, 1500))
    photo.paste(Image.effect_noise((1500, 1500), 90).convert("RGB"), (1500, 0))
    out, sideways = BytesIO(), Image.Exif()
    sideways[0x0112] = 6  # to be turned by a quarter
    photo.save(out, "JPEG", quality=95, exif=sideways)
    small = opened(Harmless("en", 4).picture(base64.b64encode(out.getvalue()).decode()))
    assert small.format == "WEBP" and small.width * 2 == pytest.approx(small.height, abs=2) and not small.getexif()
    assert small.getpixel((small.width // 2, small.height // 8))[0] < 30  # its left half is above now


def test_many_pictures_stay_a_light_page():
    harmless, png = Harmless("es", 2), noise(200, 200)
    made = harmless.markdown("![x](attachment:a) " * 500, {"a": {"image/png": png}})
    assert 0 < made.count("<img src=") <= 40 and len(made) < 150_000


def test_a_picture_of_too_many_pixels_is_not_opened():
    out = BytesIO()
    Image.new("1", (20_000, 9_000)).save(out, "PNG")
    assert Harmless("es").picture(base64.b64encode(out.getvalue()).decode()) is None


def test_long_texts_lose_their_middle():
    made = Harmless("es").words("a" * 30_000 + "z")
    assert len(made) < 21_000 and made.startswith("aa") and made.endswith("az") and "faltan 10001 caracteres" in made


@pytest.mark.parametrize(
    "text", ["{" * 9000, "$" + "{" * 900 + "$", r"$\frac$ y $\left($", r"\begin{a}" * 900, "> " * 4000]
)
def test_what_cannot_be_drawn_is_readable(text):
    made = Harmless("es").markdown(text)
    assert len(words(made)) + made.count("blockquote") > 0 and "merror" not in made


@pytest.mark.parametrize("sign", ["\ue0000\ue001", "&#xE000;0&#xE001;", "<b title='&#xE000;0&#xE001;'>x</b>"])
def test_nobody_forges_the_place_of_a_formula(sign):
    made = Harmless("es").markdown(f"{sign} $x$ {sign * 50}")
    assert made.count("<math") == 1 and not re.search("[\ue000\ue001]", made)


def test_a_formula_in_a_pictures_words_stays_as_typed():
    made = Harmless("es").markdown("![la $\\sigma$](attachment:a.png)", {"a.png": {"image/png": noise(3, 3)}})
    assert 'alt="la $\\sigma$"' in made and "<math" not in made


def test_tables_lists_and_links_are_kept():
    made = Harmless("es").markdown(
        "| a | b |\n|---|---|\n| 1 | $x<2$ |\n\n- [x] sí\n- [ ] no\n\n[a](https://a.org) [b](b.ipynb)"
    )
    assert "<th>a</th>" in made and "&lt;" in made and "☑ sí" in made and "☐ no" in made
    assert '<a href="https://a.org" rel="noopener noreferrer nofollow">a</a>' in made and "b.ipynb" not in made


def test_the_style_is_allowed_by_what_it_is():
    notebook, marks = graded("07-beta", "en")
    assert STYLE.read_text(encoding="utf-8") in feedback(notebook, marks)
    assert feedback(notebook, marks) == feedback(notebook, marks)
