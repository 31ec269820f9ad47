"""The lessons' words: terms by one name, minutes and difficulty that add up, and no word worn out."""

import ast
import re
import tomllib
import unicodedata
from functools import cache
from itertools import pairwise

import pytest
from helpers.numbers import ROOT, read

from vae_course.course import source
from vae_course.exercises import LESSONS, OPTIONAL
from vae_course.text import LANGUAGES, pick

UNREAD = re.compile(r"```.*?```|`[^`]*`|\$[^$]*\$|\]\([^)]*\)", re.DOTALL)
SAID = re.compile(r"\b(es|en)=f?\"([^\"\n]*)\"")
PLACED = re.compile(r"\{[^}]*\}")  # what an f-string computes
TOTAL = r"\*(\d+) min(?: \((\d+(?: \+ \d+)+)\))?, (\d+) "  # of them for exercises, in how many parts
HEAD = {
    "es": TOTAL + r"de ellos para ejercicios y preguntas · dificultad [123] de 3\*",
    "en": TOTAL + r"of them for exercises and questions · difficulty [123] of 3\*",
}
PART = {"es": r"\*(\d+) min · dificultad [123] de 3\*", "en": r"\*(\d+) min · difficulty [123] of 3\*"}
STOP = {"es": r"\*(\d+) min hasta aquí; quedan (\d+)\*", "en": r"\*(\d+) min so far; (\d+) to go\*"}
AIMS = {"es": "**Objetivos.** ", "en": "**Aims.** "}
FURTHER = {"es": "## Para seguir (sin nota)", "en": "## Going further (not graded)"}
SITTING = 120  # minutes: more is too long for one
WORN = {"es": {"conviene": 2, "nadie": 2}, "en": {"nobody": 2}}  # at most so often in one lesson
each_lesson = pytest.mark.parametrize("lesson", LESSONS)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


def cells(lesson, lang):
    """The texts of a lesson, in order; (text, the exercises of the answer that follows, whether it is a question)."""
    found = read(lesson).cells
    for cell, after in pairwise([*found, None]):
        if isinstance(cell, source.Text):
            answer = after.exercises if isinstance(after, source.Code) else ()
            yield pick(cell.source, lang), answer, bool(cell.points)


@cache
def prose(lesson, lang):
    """What a reader of a lesson reads: its texts, and what its cells print or draw."""
    said = [text for one, text in SAID.findall((ROOT / "solutions" / f"{lesson}.py").read_text("utf-8")) if one == lang]
    return "\n".join(
        [UNREAD.sub(" ", text) for text, *_ in cells(lesson, lang)] + [PLACED.sub(" ", one) for one in said]
    )


def rows(title):
    """The cells of the table below a heading of the glossary, a list a row."""
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition(title)[2]
    table = re.search(r"(?:^\|.*\n)+", page, re.MULTILINE)[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table]


def has(text, term):
    """Whether a text uses a term, in the singular or the plural, with its accents or without."""
    words = [rf"{re.escape(word)}(?:s|es)?" for word in bare(term).split()]
    return re.search(r"(?<!\w)" + r"\s+".join(words) + r"(?!\w)", bare(text)) is not None


def bare(text):
    return "".join(one for one in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(one))


# terms


TERMS, NAMES = rows("# Glosario"), rows("### Una palabra")


@pytest.mark.parametrize("row", TERMS, ids=lambda row: row[1])
def test_a_term_is_used_where_the_glossary_says(row):
    for lang, term in zip(LANGUAGES, row, strict=False):
        words = [word.strip(" ()") for word in re.split(r"[(),]", term) if word.strip(" ()")]
        for number in row[4].split(", "):
            lesson = next(name for name in LESSONS if name.startswith(number))
            assert any(has(prose(lesson, lang), word) for word in words), f"{lesson}, {lang}: {words}"


@each_lesson
@each_language
def test_each_thing_has_one_name(lesson, lang):
    wrong = [word for row in NAMES for word in row[1 + 2 * LANGUAGES.index(lang)].split(", ") if word]
    assert [word for word in wrong if has(" ".join(prose(lesson, lang).split()), word)] == []


def test_the_right_names_are_in_use():
    everything = {lang: "\n".join(prose(lesson, lang) for lesson in LESSONS) for lang in LANGUAGES}
    for row in NAMES:
        for lang, names in (("es", row[0]), ("en", row[2])):
            assert all(has(everything[lang], name) for name in names.split(", ")), names


@pytest.mark.parametrize(
    "page", ["docs/studying.md", "docs/teaching.md", "docs/glossary.md", "docs/demo.md", "README.md"]
)
def test_pages_use_the_same_names(page):
    text = UNREAD.sub(" ", (ROOT / page).read_text(encoding="utf-8"))
    text = re.sub(r"### Una palabra.*?(?=## Keras)", "", text, flags=re.DOTALL)
    assert [word for row in NAMES for word in row[1].split(", ") if word and has(text, word)] == []


def texts_of_the_library(lang):
    """The constant parts of every `es=` or `en=` of the package, and of the demo's texts."""
    for path in sorted((ROOT / "vae_course" / "demo").rglob("*.toml")):
        yield path, PLACED.sub(" ", " ".join(leaves(tomllib.loads(path.read_text(encoding="utf-8")), lang)))
    for path in sorted((ROOT / "vae_course").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for keyword in node.keywords if isinstance(node, ast.Call) else ():
                if keyword.arg == lang:
                    parts = [one.value for one in ast.walk(keyword.value) if isinstance(one, ast.Constant)]
                    yield path, " ".join(PLACED.sub(" ", " ".join(map(str, parts))).split())


def leaves(table, lang):
    """The texts of one language in a table of tables."""
    for key, value in table.items() if isinstance(table, dict) else enumerate(table):
        if key == lang:
            yield " ".join(value.split())
        elif isinstance(value, dict | list):
            yield from leaves(value, lang)


@each_language
def test_the_library_speaks_with_the_same_names(lang):
    wrong = [word for row in NAMES for word in row[1 + 2 * LANGUAGES.index(lang)].split(", ") if word]
    found = [(path.name, word) for path, text in texts_of_the_library(lang) for word in wrong if has(text, word)]
    assert sorted(set(found)) == []


@each_lesson
@each_language
def test_no_word_is_worn_out(lesson, lang):
    text = prose(lesson, lang).lower()
    assert {word: text.count(word) for word, most in WORN[lang].items() if text.count(word) > most} == {}


# minutes, aims, difficulty


@each_lesson
@each_language
def test_the_head_says_minutes_aims_and_difficulty(lesson, lang):
    (title, *_), *_ = cells(lesson, lang)
    total, parts, _ = re.search(HEAD[lang], title).groups()
    sittings = [int(one) for one in (parts or total).split(" + ")]
    assert sum(sittings) == int(total) and max(sittings) <= SITTING
    assert AIMS[lang] in title


@each_lesson
@each_language
def test_each_exercise_and_question_has_its_minutes_and_they_add_up(lesson, lang):
    (title, *_), *texts = cells(lesson, lang)
    minutes = []
    for text, answer, question in texts:
        found = re.findall(PART[lang], text)
        assert len(found) == (bool(answer) or question), text[:80]
        minutes += [] if set(answer) & set(OPTIONAL) else map(int, found)
    total, _, own = re.search(HEAD[lang], title).groups()
    assert sum(minutes) == int(own) < int(total)


@each_lesson
def test_both_languages_say_the_same_minutes(lesson):
    es, en = (
        [
            re.findall(r"\d+", line)
            for text, *_ in cells(lesson, lang)
            for line in re.findall(r"^\*\d+ min.*\*$", text, re.M)
        ]
        for lang in LANGUAGES
    )
    assert es == en


@each_lesson
@each_language
def test_a_lesson_of_two_sittings_has_a_stop_between_them(lesson, lang):
    (title, *_), *texts = cells(lesson, lang)
    parts = re.search(HEAD[lang], title)[2]
    stops = [list(map(int, one)) for text, *_ in texts for one in re.findall(STOP[lang], text)]
    assert stops == ([list(map(int, parts.split(" + ")))] if parts else [])


@each_lesson
@each_language
def test_there_is_more_for_the_fast(lesson, lang):
    (text,) = (text for text, *_ in cells(lesson, lang) if text.startswith(FURTHER[lang]))
    assert text.count("\n- **") >= 3
