"""Each number that a lesson prints comes from a computation, with the real pictures: the tables in helpers/numbers."""

import subprocess

import matplotlib.pyplot as plt
import pytest
from helpers import numbers
from helpers.numbers import Given, Held

from vae_course import notebook
from vae_course.exercises import LESSONS
from vae_course.notebook import reader
from vae_course.predictions import PREDICTIONS
from vae_course.text import LANGUAGES

each_lesson = pytest.mark.parametrize("lesson", LESSONS)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


COMPUTED = {  # letters that a cell computes, as the texts tell them
    "best-tip": "b", "worst-tip": "f", "variances-fit": "b", "larger-part": "b", "cheapest-garment": "a",
    "highest-loss": "a", "nearer": "a", "precise": "c", "smallest-frechet": "c", "below-the-floor": "a",
    "hundred-codes": "c",
}  # fmt: skip


@pytest.fixture
def results():
    """What `play` saw at each prediction's reveal."""
    return {}


@pytest.fixture
def play(monkeypatch, tmp_path, results):
    """play(lesson) -> the names of its cells before each text, by the course's answers, in an empty folder."""
    monkeypatch.setenv("VAE_COURSE_LANG", "en")
    monkeypatch.setattr(reader, "_namespace", dict)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess((), 1, "", ""))  # 09 trains
    monkeypatch.chdir(tmp_path)
    functions = {name: getattr(notebook, name) for name in notebook.__all__}
    functions |= {"show": lambda *_: None, "reveal": lambda name, truth=None: results.update({name: truth})}
    yield lambda lesson: numbers.played(lesson, functions)
    plt.close("all")


def wrong(lesson, play):
    """What the phrases say and the computations don't, each of which is made once for both languages."""
    prose = {lang: numbers.texts(lesson, lang) for lang in LANGUAGES}
    found, seen = [], play(lesson)
    for entry in numbers.table(lesson):
        said = [(lang, numbers.phrase(entry, lang)) for lang in LANGUAGES if isinstance(entry, Held)]
        places = {(lang, phrase): numbers.place(prose[lang], phrase) for lang, phrase in said if phrase}
        computed = {position: entry.value(seen[position]) for position in set(places.values())}
        for (lang, phrase), position in places.items():
            found += [f"{phrase}: {one}" for one in entry.wrong(lang, computed[position])]
    return found


@each_lesson
@each_language
def test_each_phrase_stands_in_its_lesson_once(lesson, lang):
    prose = numbers.texts(lesson, lang)
    for entry in numbers.table(lesson):
        if phrase := numbers.phrase(entry, lang):
            numbers.place(prose, phrase)


@each_lesson
@each_language
def test_no_number_is_loose(lesson, lang):
    assert numbers.loose(lesson, lang) == []


@pytest.mark.images
@pytest.mark.slow
@each_lesson
def test_numbers_are_what_the_pictures_give(lesson, play, results):
    assert wrong(lesson, play) == []
    asked = {name: one for name, one in PREDICTIONS.items() if one.lesson == lesson}
    assert results.keys() == asked.keys()
    assert [name for name, one in asked.items() if not one.options and one.read(results[name]) is None] == []
    letters = {name: results[name] or one.right for name, one in asked.items() if one.options}
    assert letters == {name: asked[name].right or COMPUTED[name] for name in letters}


# the tables' own rules


@pytest.mark.parametrize(
    ("printed", "computed", "fits"),
    [("<11.6>", 11.64, True), ("<11.6>", 11.66, False), ("<12 288>", 12288, True), ("<−0.5>", 0.5, False)],
)
def test_a_number_fits_if_it_rounds_to_what_is_printed(printed, computed, fits):
    assert (Held(f"unos {printed} nats", None, None).wrong("es", computed) == []) == fits


def test_some_leaves_room_and_no_more():
    assert Held("<1,700>", "<1,700>", None, within=100).wrong("en", 1790) == []
    assert Held("<1,700>", "<1,700>", None, within=100).wrong("en", 1810) != []


def test_a_table_that_computes_too_few_numbers_is_told():
    assert Held("de <1> a <2>", None, None).wrong("es", 1) == ["2 numbers marked, 1 computed"]
    assert Held("de <1> nats", None, None).wrong("es", float("nan")) != []


def test_a_phrase_that_left_the_lesson_or_stands_twice_is_told():
    with pytest.raises(LookupError, match="0 texts"):
        numbers.place({0: "a 11.6 dB"}, "a 11.7 dB")
    with pytest.raises(LookupError, match="2 texts"):
        numbers.place({0: "a 11.6 dB", 4: "otra vez a 11.6 dB"}, "a 11.6 dB")


def test_loose_numbers_are_measured_ones(monkeypatch):
    monkeypatch.setattr(numbers, "texts", lambda *_: {0: "de 3 a 0.5, 12 nats; `x = 0.7`, 2017 y 48 000 prendas"})
    monkeypatch.setattr(numbers, "table", lambda _: [Given("48 000 prendas", None)])
    found = numbers.loose("01-images", "es")
    assert len(found) == 2 and "0.5" in found[0] and "12 nats" in found[1]
