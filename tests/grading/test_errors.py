"""Which sentence comes for the likely errors of each lesson: in the visible check, and first in the hidden ones."""

import re

import pytest
from helpers.errors import FOLDER, errors, heard, says

from vae_course.confined.process import Zygote
from vae_course.exercises import ALL, LESSONS
from vae_course.faults import NO_INIT, NO_SELF, PARAMETERS

pytestmark = pytest.mark.slow

FEWEST = 40
UNCALLED = (NO_INIT, NO_SELF, PARAMETERS)
INNER = re.compile(r"Handle|Protocol|\bToy|Kept|Recipe|Unfit|/tmp|answer-|\x1b|<class|object at 0x")  # ours, not theirs


@pytest.fixture(scope="module")
def zygote():
    """One process for this module, whose children the answers are."""
    with Zygote() as process:
        yield process


@pytest.fixture(scope="module", params=LESSONS)
def said(request, zygote):
    """All that is said of a lesson's errors."""
    return heard(errors(request.param), zygote)


def test_there_is_a_file_for_each_lesson_with_all_its_exercises():
    assert {file.stem for file in FOLDER.glob("*.toml")} == set(LESSONS)
    for lesson in LESSONS:
        made = errors(lesson)
        assert {error.exercise for error in made} == {name for name, one in ALL.items() if one.lesson == lesson}
        assert len({error.source for error in made}) == len(made) > FEWEST


def test_the_sentence_that_comes(said):
    wrong = [one for one in said if one.error.name != "right"]
    assert [
        (str(one.error), *(one.hidden[:1] or ["nothing"]))
        for one in wrong
        if one.score and not says(one.hidden[0] if one.hidden else None, one.error.told)
    ] == []
    assert [(str(one.error), one.visible) for one in wrong if not says(one.visible, one.error.check)] == []


def test_right_answers_hear_nothing_and_wrong_ones_lose_points(said):
    for one in said:
        right = one.error.name == "right"
        assert one.visible is None if right else one.error.check is not None, one.error
        assert one.score is None or (one.score.points == one.score.most) == right, one.error


def test_what_never_comes(said):
    for one in said:
        told = "\n".join(one.texts)
        assert not INNER.search(told), (one.error, told)
        assert not any(words in told for words in one.error.never), (one.error, told)


def test_one_mistake_is_told_once(said):
    for one in said:
        told = [text for text in one.details if not re.search(r"hold\.$|Expected [^s]", text)]
        assert len(set(told)) == len(told), (one.error, told)


def test_an_exception_comes_with_its_line(said):
    """But where the code could not even be called."""
    for one in said:
        for text in (text for text in one.texts if re.search(r"stopped with \w+Error", text)):
            assert "(line " in text or "forward" in text or any(words.en in text for words in UNCALLED), one.error
