"""What the demo says: each text in both languages, in a .toml beside what uses it, and none that nothing uses."""

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

from vae_course import demo
from vae_course.demo.core import limits, titles
from vae_course.demo.core import texts as core_texts
from vae_course.demo.tabs.questions import texts as questions_texts
from vae_course.demo.tabs.questions.bank import ORDER
from vae_course.demo.tabs.train import texts as train_texts
from vae_course.demo.tabs.train.feed import settings
from vae_course.demo.tabs.train.plans import Plan
from vae_course.text import LANGUAGES, pick

DEMO = Path(demo.__file__).parent
FILES = sorted(DEMO.rglob("*.toml"))
BANK = DEMO / "tabs" / "questions" / "bank"
OF_A_QUESTION = {"lesson", "where", "title", "before", "options", "seen", "why", "levels", "look"}  # Question.of reads


def leaves(table, where=""):
    """(where, Spanish, English) of each text in a table."""
    if isinstance(table, dict) and set(table) & {"es", "en"}:
        yield where, table.get("es", ""), table.get("en", "")
    elif isinstance(table, dict | list):
        for key, value in table.items() if isinstance(table, dict) else enumerate(table):
            yield from leaves(value, f"{where}.{key}")


def read(file) -> dict:
    return tomllib.loads(file.read_text(encoding="utf-8"))


TEXTS = [text for file in FILES for text in leaves(read(file), file.relative_to(DEMO).as_posix())]


def plain_words(text: str) -> list[str]:
    """A text's words, without what is filled in, numbers and symbols."""
    return re.findall(r"[^\W\d_]{3,}", re.sub(r"\{.*?\}", "", text))


def test_every_text_is_there_in_both_languages():
    assert len(TEXTS) > 700
    assert [where for where, es, en in TEXTS if not es.strip() or not en.strip()] == []
    assert [where for where, es, en in TEXTS if es == en and len(plain_words(es)) > 2] == []


def test_both_languages_fill_in_the_same_values():
    def fields(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [where for where, es, en in TEXTS if fields(es) != fields(en)] == []


def test_no_line_breaks_or_double_spaces_slip_into_a_text():
    """Long texts are written over many lines; only an empty line is meant as a break."""
    broken = re.compile(r"(?<!\n)\n(?!\n)|  |^\s|\s$|\n{3}")
    assert [where for where, *texts in TEXTS if any(broken.search(text) for text in texts)] == []


def test_what_jarred_when_it_was_read_aloud_does_not_come_back():
    """A hyphen is no minus sign, and English says your own, per picture, and what somebody does best."""
    jarring = r"(?<![\w.}])-[\d{]|one's own|best inventor|(nats|pictures|values) a (picture|step)|\bSome \d"
    assert [where for where, *both in TEXTS if any(re.search(jarring, text) for text in both)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_of_something_is_no_plural(lang):
    said = [
        settings(Plan(latent=1), lang),
        pick(titles.counted(core_texts.ACTIVE, 1), lang),
        pick(titles.counted(train_texts.FEW_PICTURES, 1), lang),
        pick(titles.counted(questions_texts.PINNED, 1), lang),
    ]
    plurals = r"\b1 (dimensions|dimensiones|pictures|imágenes|activas|figuras|figures)\b"
    assert [text for text in said if re.search(plurals, text)] == []
    assert {"es": "16 dimensiones", "en": "16 dimensions"}[lang] in settings(Plan(latent=16), lang)
    assert "1" not in pick(titles.counted(questions_texts.PINNED, 0), lang)


def test_what_is_out_of_bounds_is_told_with_a_minus_sign_and_grouped_digits():
    with pytest.raises(limits.Refused, match="from −3 to 3"):
        limits.number(9, -3, 3, core_texts.NOBODY)
    with pytest.raises(limits.Refused, match="2,147,483,647"):
        limits.seed(-1)


def test_no_module_says_anything_itself():
    written = []
    for path in DEMO.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Both":
                values = [*node.args, *(word.value for word in node.keywords)]
                if any(isinstance(value, ast.Constant) for value in values):
                    written.append(f"{path.relative_to(DEMO)}:{node.lineno}")
    assert written == []


def sources(file) -> str:
    """All code and templates that may use the texts of a file, by the name `texts` or another."""
    if file.parent == BANK:
        return file.with_suffix(".py").read_text(encoding="utf-8")
    folder = file.parent if file.parent.parent == DEMO / "tabs" else DEMO
    paths = [path for path in folder.rglob("*") if path.suffix in {".py", ".html"} and BANK not in path.parents]
    if folder == DEMO / "tabs" / "questions":
        paths += BANK.glob("*.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(paths))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(DEMO).as_posix())
def test_each_text_is_used_and_each_use_has_its_text(file):
    names, code = set(read(file)), sources(file)
    used = set(re.findall(r"(?<![\w.])texts\.(\w+)", code))
    if file.parent == BANK:
        assert file.stem in ORDER and used <= names
        names -= OF_A_QUESTION
    elif file.parent.parent == DEMO / "tabs":
        bank = {name for path in BANK.glob("*.toml") for name in read(path)} if file.parent == BANK.parent else set()
        assert used <= names | bank
        names -= {"NAME", "LEAD"}  # page.py and serve.py show them
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()
