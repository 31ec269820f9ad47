"""Code in one language: the marks of a source give way to one of their texts, and nothing else changes."""

import ast
import re

import pytest
from helpers.grading import NAME, ROOT, make_course

from vae_course.course import build, language, source
from vae_course.exercises import ALL, LESSONS
from vae_course.notebook import along, say, start
from vae_course.text import LANGUAGES, Both, pick

WORD = re.compile(r"[^\W\d_]{4,}")


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request):
    return source.read(request.param, ROOT)


def code(lesson):
    return [cell for cell in lesson.cells if isinstance(cell, source.Code)]


def laid_out(lesson, lang):
    return language.formatted([language.in_language(cell.source, lang) for cell in code(lesson)], ROOT)


class Marks(ast.NodeTransformer):
    """The same work on the tree: no positions, no layout."""

    def __init__(self, lang):
        self.lang = lang

    def visit_Call(self, node):
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id not in ("say", "Both"):
            return node
        text = next(keyword.value for keyword in node.keywords if keyword.arg == self.lang)
        return text if node.func.id == "Both" else ast.Call(ast.Name("print", ast.Load()), [text], [])

    def visit_ImportFrom(self, node):
        return None if node.module == "vae_course.text" else node


def test_what_is_built_is_the_source_with_each_mark_resolved(lesson):
    for lang in LANGUAGES:
        for cell, built in zip(code(lesson), laid_out(lesson, lang), strict=True):
            wanted = ast.dump(Marks(lang).visit(ast.parse(cell.source)))
            assert ast.dump(ast.parse(built)) == wanted, (lang, cell.name)


def words(text):
    return {word.lower() for word in WORD.findall(text)}


def texts(lesson, lang):
    """The words of all that the source says in one language, in code and around it."""
    nodes = [node for cell in code(lesson) for node in ast.walk(ast.parse(cell.source))]
    marked = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == lang]
    strings = [string for text in marked for string in constants(text)]
    prose = [re.sub(r"`.*?`", "", pick(cell.source, lang)) for cell in lesson.cells if isinstance(cell, source.Text)]
    return words(" ".join(strings)), words(" ".join(prose))


def constants(tree):
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_the_other_language_is_left_in_the_code(lesson, lang):
    """Words that only the other language's texts have are in no string; Spanish letters in no English string."""
    mine, theirs = texts(lesson, lang), texts(lesson, "en" if lang == "es" else "es")
    names = words(" ".join(re.findall(r"\w+", "\n".join(cell.source for cell in code(lesson)))).replace("_", " "))
    foreign = theirs[0] - mine[0] - mine[1] - (names if lang == "es" else set())
    for cell, built in zip(code(lesson), laid_out(lesson, lang), strict=True):
        for string in constants(ast.parse(built)):
            assert not words(string) & foreign, (cell.name, string)
            assert lang == "es" or not re.search("[áéíóúñ¿¡«»]", string), (cell.name, string)


def test_the_code_is_laid_out_as_the_sources(lesson):
    for lang in LANGUAGES:
        built = laid_out(lesson, lang)
        assert language.formatted(built, ROOT) == built
        assert max(len(line) for cell in built for line in cell.splitlines()) <= 120


def test_no_answer_of_the_course_leans_on_what_other_cells_compute(lesson):
    cells = [cell.source for cell in code(lesson)]
    for cell in code(lesson):
        for exercise in cell.exercises:
            assert along.left_behind(ALL[exercise].functions, cells) == set(), exercise


CASES = {
    "on one line": ('say(es=f"así: {x}", en=f"so: {x}")', 'print(f"so: {x}")'),
    "on several": ('say(\n    es="á",\n    en="a",\n)', 'print("a")'),
    "a text in pieces": ('say(\n    es="uno "\n    "dos",\n    en="one "\n    "two",\n)', 'print("one two")'),
    "without layout": ('say(es="á",\n    en="a")  # fmt: skip\nx', 'print("a")\nx'),
    "in an argument": ('f(\n    x, title=Both(es="á", en="a")\n)', 'f(x, title="a")'),
    "in each other": ('f(Both(es="á", en=g(Both(es="é", en="e"))))', 'f(g("e"))'),
    "after wide letters": ('ñ = "ñandú"; f("ñ", Both(es="á", en="a"))', 'ñ = "ñandú"\nf("ñ", "a")'),
    "a long one": (f'x = Both(es="á", en="{"a" * 70}" "{"b" * 70}")', None),
    "its import": ("from vae_course.text import Both\nfrom torch import nn\n", "from torch import nn"),
    "one import of two": ("from vae_course.text import Both, LANGUAGES", "from vae_course.text import LANGUAGES"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_a_mark(before, after):
    (built,) = language.formatted([language.in_language(before, "en")], ROOT)
    assert after is None or built == after
    assert "á" not in built and "Both" not in built


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_reader_hears_the_same_as_from_the_marks(capsys, lang, monkeypatch):
    monkeypatch.setenv("VAE_COURSE_LANG", lang)
    start(lang)
    marked = (
        'title = Both(es=f"número {n}",\n    en=f"number {n}")\n'
        "for k in range(2):\n"
        '    say(\n        es=f"{k}: sí\\n"\n        f"{n:3d}", en=f"{k}: yes\\n"\n        f"{n:3d}")\n'
    )
    heard = []
    for text in (marked, language.in_language(marked, lang)):
        names = {"Both": Both, "say": say, "n": 7}
        exec(text, names)
        heard.append((capsys.readouterr().out, pick(names["title"], lang)))
    assert heard[0] == heard[1] and heard[0][0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('say(es="á")', "needs es= and en="),
        ('Both("á", "a")', "needs es= and en="),
        ('say(es="á", en="a", end="")', "needs es= and en="),
        ("print(name.es)", ".es is left"),
        ("f(Both)", "Both is left"),
        ("pick(name, lang)", "pick is left"),
    ],
)
def test_what_cannot_be_told_in_one_language_is_refused(tmp_path, text, complaint):
    root = make_course(tmp_path / "course")
    path = root / "solutions" / f"{NAME}.py"
    path.write_text(path.read_text(encoding="utf-8").replace("import torch", text), encoding="utf-8")
    with pytest.raises(build.LessonError, match=re.escape(complaint)):
        build.files(root)
