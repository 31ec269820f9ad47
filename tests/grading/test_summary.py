"""What a teacher reads of a class: points, and what several got wrong."""

import dataclasses

import pytest
from helpers.grading import ROOT

from vae_course.confined.student import StudentError
from vae_course.exercises import EXERCISES, names
from vae_course.faults import Fault
from vae_course.grading import class_page, likeness
from vae_course.grading.plugin import told
from vae_course.grading.results import Result, Score
from vae_course.grading.summary import ClassSummary, in_a_line
from vae_course.grading.verdict import Mark, Verdict
from vae_course.grading.whole_class import Graded
from vae_course.text import Both

LESSON = "07-beta"
AVERAGED = Both(es="Se promedió.", en="It was averaged.")


def result(name, message=None, reason="", **more):
    return Result(name, Both(es=name, en=name), message, 1.0, reason=reason, **more)


def verdict(results, points, repairs=(), **more):
    """Of a student whose exercises ended with these results."""
    scores = tuple(Score(name, name, results.get(name, [result("fine")])) for name in names(LESSON))
    marks = {score.exercise: Mark(score.points, score.most, False, "") for score in scores}
    marks["question"] = Mark(points, 3.0, False, "")
    return Verdict(LESSON, "en", "{}", marks, scores, tuple(repairs), **more)


@pytest.fixture
def summary():
    several = [
        result("sums", AVERAGED, "averaged"),
        result("value", AVERAGED, "averaged", judged=False),
        result("form"),
    ]
    nothing = [result("form", AVERAGED, unanswered=True), result("value", AVERAGED, unanswered=True)]
    found = ClassSummary(LESSON)
    found.add(Graded("eva", None, "OperationalError: locked"))
    found.add(Graded("dan\x1b[2J", verdict({"kl_per_dimension": several}, 2.0)))
    found.add(Graded("ana", verdict({}, None, [Both(es="Se corrigió otro.", en="Another was graded.")])))
    found.add(Graded("bea", verdict({"kl_per_dimension": several, "active_units": nothing}, None)))
    return found


def test_points_what_waits_and_what_was_repaired(summary):
    es, en = (summary.table(lang).splitlines() for lang in ("es", "en"))
    assert en[0].split() == ["student", "points", "remarks"] and es[0].split()[1] == "puntos"
    assert en[1].split(maxsplit=2) == ["ana", "5/8", "3 to be given by hand; Another was graded"]
    assert es[1].endswith("faltan 3 por poner a mano; Se corrigió otro")
    assert en[2].split(maxsplit=2) == ["bea", "2/8", "3 to be given by hand"]
    assert en[3].startswith("dan") and en[3].split()[-1] == "6/8" and "\x1b" not in summary.table("en")
    assert en[4].split(maxsplit=2) == ["eva", "–", "not graded: OperationalError: locked"]


def test_the_mistakes_of_the_class_each_counted_once_a_student(summary):
    en = summary.table("en").splitlines()
    at = en.index("kl_per_dimension: 1 of 3 with full points")
    assert en[at + 1] == "  2 of 3: It was averaged." and not en[at + 2].startswith("  ")
    at = en.index("active_units: 2 of 3 with full points")
    assert en[at + 1] == "  1 of 3: not answered"
    assert "beta_schedule: 3 of 3 with full points" in en


KL = Both(es="Es la KL, por dimensión.", en="It is the KL, by dimension.")
COLON = Fault("SyntaxError", "expected ':'", 1, "def kl_per_dimension(mu, logvar)")
DIFFERENT = (
    COLON,
    Fault("NameError", "name 'logvr' is not defined", 2, "return logvr", near="logvar"),
    Fault("KeyError", "'sum'", 2, "return {}['sum']"),
    Fault("TypeError", "'int' object is not callable", 3, "return 0.5 (mu**2)"),
    Fault("AttributeError", "'Tensor' object has no attribute 'epx'", 2, "logvar.epx()", near="exp"),
    Fault("ZeroDivisionError", "division by zero", 2, "return mu / 0"),
    Fault("IndentationError", "unexpected indent", 4, "return kl"),
    Fault("RecursionError", "maximum recursion depth exceeded", 2, "return kl_per_dimension(mu, logvar)"),
)


def said(*of_each, lang="en"):
    """What a class is told of students who had these faults, or sentences, in one check."""
    found = ClassSummary(LESSON)
    for number, one in enumerate(of_each):
        stopped = told(KL, StudentError("kl_per_dimension", one), None) if isinstance(one, Fault) else one
        failed = dataclasses.replace(result("value", stopped), statement=KL)
        found.add(Graded(f"s{number}", verdict({"kl_per_dimension": [failed, result("form")]}, 1.0)))
    (about,) = [one for one in found.as_dict(lang)["exercises"] if one["exercise"] == "kl_per_dimension"]
    return [(one["count"], one["text"]) for one in about["mistakes"]]


def test_different_mistakes_are_not_told_as_those_of_one():
    assert said(*DIFFERENT) == [(8, f"{KL.en} This does not hold or could not be tried, each time for another reason.")]
    assert said(*DIFFERENT, lang="es")[0][1].endswith(
        "No se cumple o no se pudo comprobar, en cada caso por otra razón."
    )
    ((count, text),) = said(COLON)
    assert count == 1 and text.endswith("expected ':' (line 1: `def kl_per_dimension(mu, logvar)`)")


def test_what_is_told_of_several_is_true_of_each():
    elsewhere = dataclasses.replace(COLON, line=7, code="for mu in logvar")
    stopped = f"{KL.en} This could not be tried: kl_per_dimension stopped with "
    several, rest = said(COLON, *DIFFERENT[1:3], elsewhere)
    assert several == (2, f"{stopped}SyntaxError: expected ':'")
    assert rest[0] == 2 and rest[1].endswith("each time for another reason.")
    other = Fault("NameError", "name 'sgima' is not defined", 2, "return sgima", near="sigma")
    assert said(DIFFERENT[1], other) == [(2, f"{stopped}NameError: name '…' is not defined. Is it `…`?")]
    assert [count for count, _ in said(COLON, elsewhere, *DIFFERENT)] == [7, 3]


def test_numbers_are_told_of_those_who_share_them():
    def got(shape, value):
        return Both(*[f"{KL.en} This isn't so: expected shape (3,), got {shape}; one isn't {value}."] * 2)

    assert said(got("(3, 1)", 1e-05), got("(3, 1)", 1e-05))[0][1] == got("(3, 1)", 1e-05).en
    general = f"{KL.en} This isn't so: expected shape (…), got (…); one isn't …."
    assert said(got("(3, 1)", 1e-05), got("(5,)", -0.5)) == [(2, general)]


def test_the_same_as_json(summary):
    found = summary.as_dict("en")
    assert [one["student"] for one in found["students"]] == ["ana", "bea", "dan\x1b[2J", "eva"]
    assert found["students"][0]["score"] == 5.0 and found["students"][0]["waiting"] == 3.0
    assert found["students"][3] == {"student": "eva", "error": "OperationalError: locked"}
    (kl,) = [one for one in found["exercises"] if one["exercise"] == "kl_per_dimension"]
    assert kl == {
        "exercise": "kl_per_dimension", "points": EXERCISES["kl_per_dimension"].points, "submissions": 3, "right": 1,
        "mistakes": [{"count": 2, "text": "It was averaged."}],
    }  # fmt: skip


def test_the_class_as_a_page_has_no_names_unless_asked(summary, tmp_path):
    class_page.write(summary, tmp_path / "feedback", ROOT, "en")
    (path,) = (tmp_path / "feedback").iterdir()
    text = path.read_text(encoding="utf-8")
    assert "4 submissions" in text and "4.33 of 8 points on average" in text and "in 2 submissions" in text
    assert "<strong>2 of 3:</strong> It was averaged." in text and "1 could not be graded" in text
    assert not any(name in text for name in ("ana", "bea", "eva")) and "<script" not in text
    assert "bea" in class_page.page(summary, ROOT, "es", names=True)


def test_a_student_in_a_line_of_a_log():
    graded, waits = (Graded("ana", verdict({}, points)) for points in (1.0, None))
    assert in_a_line(graded, "en") == "6/8" and in_a_line(waits, "es").startswith("5/8; faltan 3")


ANSWER = """def active_units(mu, threshold=0.01):
    total = 0
    for column in range(mu.shape[1]):  # one after the other
        values = mu[:, column]
        middle = values.sum() / len(values)
        if ((values - middle) ** 2).sum() / (len(values) - 1) > threshold:
            total += 1
    return total
"""
RENAMED = (
    ANSWER.replace("total", "n").replace("column", "k").replace("values", "v").replace("  # one after the other", "")
)
USUAL = "def active_units(mu, threshold=0.01):\n    return int((mu.var(dim=0) > threshold).sum())\n"
OTHER = """def active_units(mu, threshold=0.01):
    centred = mu - mu.mean(dim=0, keepdim=True)
    spread = torch.einsum("nd,nd->d", centred, centred) / max(mu.shape[0] - 1, 1)
    return torch.count_nonzero(spread > threshold).item()
"""


def test_answers_that_are_alike_whatever_things_are_called():
    answers = {"ana": ANSWER, "bea": RENAMED, "caro": OTHER, **{f"s{k}": USUAL for k in range(20)}}
    (pair,) = likeness.pairs({"active_units": answers}, {})
    assert pair.students == ("ana", "bea") and pair.share == 1.0 and pair.sources == (ANSWER, RENAMED)
    assert likeness.pairs({"active_units": {"ana": ANSWER, "bea": RENAMED}}, {"active_units": ANSWER}) == []
    assert likeness.pairs({"active_units": {f"s{k}": ANSWER for k in range(30)}}, {}) == []  # what everybody was shown
    assert likeness.pairs({"active_units": {"ana": "def (", "bea": "def ("}}, {}) == []


def test_what_is_alike_stands_side_by_side(summary, tmp_path):
    one, summary.graded = verdict({}, 1.0), []
    cells = [f"{name}{end}" for name in names(LESSON) for end in ("", "-check")]
    for student, source in (("fay", ANSWER), ("gus", RENAMED + "# <script>\n")):
        marks = {name: Mark(None, 0.0, False, source if name == "active_units" else "") for name in cells}
        summary.add(Graded(student, dataclasses.replace(one, marks=marks)))
    class_page.write(summary, tmp_path, ROOT, "en", alike=True)
    text = (tmp_path / "alike.html").read_text(encoding="utf-8")
    assert text.count("<figure>") == 2 and "fay" in text and "gus" in text and "100 % of what is uncommon" in text
    assert "&lt;script&gt;" in text and "<script" not in text
