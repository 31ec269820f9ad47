"""Predictions: asked before each result, compared at it, kept over lessons and kernels, drawn in lesson 09."""

import ast
import json
import math
import re
import threading

import numpy as np
import pytest
import torch
from helpers.numbers import ROOT, read

from vae_course.course import source
from vae_course.exercises import LESSONS
from vae_course.notebook import calibration, predict, reveal, start
from vae_course.notebook import kept as store
from vae_course.notebook.calibration import factor, leaning
from vae_course.notebook.kept import FILE, Kept
from vae_course.notebook.predictions import _tell_once
from vae_course.predictions import PREDICTIONS
from vae_course.text import LANGUAGES, Both, pick

NUMBER, CHOICE, SECOND = "young", "reshape", "glance"  # a share in %; options a to c, c is right; nats of lesson 05
each_lesson = pytest.mark.parametrize("lesson", LESSONS)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A lesson's folder to work in, in English; the folder above it, where predictions are kept."""
    (tmp_path / "01-images").mkdir()
    monkeypatch.chdir(tmp_path / "01-images")
    monkeypatch.setenv("VAE_COURSE_LANG", "en")
    new_kernel()
    yield tmp_path
    new_kernel()


def new_kernel():
    store._unwritten.clear()
    _tell_once.cache_clear()


@pytest.fixture
def said(capsys):
    """said() -> what was printed since it was last asked for."""
    return lambda: capsys.readouterr().out


# ------------------------------------------------------------------------------------------------ said and compared


@pytest.mark.parametrize("nothing", [(), (...,), (None,)])
def test_one_that_is_unanswered_says_nothing_and_leaves_nothing(folder, said, nothing):
    for name, truth in ((NUMBER, 78.6), (CHOICE, None)):
        predict(name, *nothing)
        reveal(name, truth)
    assert said() == "" and [path.name for path in folder.iterdir()] == ["01-images"]


@pytest.mark.parametrize(
    ("lang", "noted", "compared"),
    [
        (
            "es",
            "Anotado · rostros con la etiqueta Young: 60 %\n",
            "Predicción · rostros con la etiqueta Young: 60 %. Resultó 78.6 %.\n",
        ),
        (
            "en",
            "Noted · faces with the label Young: 60 %\n",
            "Prediction · faces with the label Young: 60 %. It came to 78.6 %.\n",
        ),
    ],
)
def test_a_number_is_compared_in_one_sentence(said, lang, noted, compared):
    start(lang)
    predict(NUMBER, 60)
    assert said() == noted
    reveal(NUMBER, torch.tensor(78.6))
    assert said() == compared


def test_a_number_that_reads_the_same_is_a_hit(said):
    predict(NUMBER, 78.6)
    reveal(NUMBER, 78.5999984741211)
    assert said().endswith("78.6 %. So it is.\n")


@pytest.mark.parametrize(("number", "hit"), [(0, True), (0.4, True), (2, False)])
def test_near_zero_counts_as_zero(said, number, hit):
    predict("first-kl", number)
    reveal("first-kl", 0.02)
    assert ("So it is" in said()) == hit


@pytest.mark.parametrize("written", ["c", "C", " c ", "c)", "(c)", "C."])
def test_a_letter_may_be_written_in_many_ways(said, written):
    predict(CHOICE, written)
    reveal(CHOICE)
    assert said().endswith("Prediction · each channel of reshape: c. So it is.\n")


def test_another_letter_hears_which_one_holds(said):
    predict(CHOICE, "a")
    reveal(CHOICE)
    assert said().endswith("Prediction · each channel of reshape: a. It is c.\n")


@pytest.mark.parametrize(("letter", "sentence"), [("c", "c. So it is."), ("a", "a. It is b or c.")])
def test_several_letters_may_hold(said, letter, sentence):
    predict("best-samples", letter)
    reveal("best-samples")
    assert sentence in said()


def test_a_cell_may_compute_the_letter_or_find_that_none_holds(said):
    predict("precise", "c")
    reveal("precise", {"A": "a"}.get("AD"))  # with other pictures no option holds, and none is right in general
    assert said().count("\n") == 1
    reveal("precise", "a")
    assert "It is a." in said()


NUMBERS = [60, 60.0, "60", " 60 ", np.float32(60), torch.tensor(60), torch.tensor([[60.0]])]


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_a_number_may_come_in_many_forms(said, number):
    predict(NUMBER, number)
    assert "60 %" in said()


NO_NUMBERS = ["many", "60 %", "", True, math.nan, math.inf, "inf", 10**400, [60], {}, torch.zeros(2), print]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:20])
def test_what_is_no_number_is_told_and_stops_nothing(folder, said, value):
    predict(NUMBER, value)
    assert said().startswith(f'A number was expected, as in predict("{NUMBER}", 12) (faces with the label Young)')
    assert not (folder / FILE).exists()


@pytest.mark.parametrize("value", ["d", "ab", "", "?", 3, True, ["c"], print])
def test_what_is_no_option_is_told_and_stops_nothing(folder, said, value):
    start("es")
    predict(CHOICE, value)
    assert said().startswith("Se esperaba una de las opciones, entre comillas, como en")
    assert not (folder / FILE).exists()


def test_a_name_that_does_not_exist_is_told_with_the_near_one(said):
    predict("yung", 60)
    assert said() == "There is no prediction called yung; was it young?\n"
    predict("qqqqqq", 60)
    reveal("qqqqqq", 60)
    assert said() == 2 * "There is no prediction called qqqqqq.\n"


# ------------------------------------------------------------------------------------------------------------- kept


def kept(name):
    one = store.kept()[name]
    return one.said, one.truth


def test_a_new_kernel_and_another_lesson_find_it(folder, monkeypatch, said):
    predict(NUMBER, 60)
    new_kernel()
    (folder / "09-faces").mkdir()
    monkeypatch.chdir(folder / "09-faces")
    reveal(NUMBER, 78.6)
    assert "60 %. It came to 78.6 %" in said() and kept(NUMBER) == (60, 78.6)


def test_it_lies_beside_the_lessons_folders_so_that_nbgrader_does_not_collect_it(folder):
    predict(NUMBER, 60)
    assert sorted(path.name for path in folder.rglob("*")) == ["01-images", FILE]


def test_elsewhere_as_on_colab_it_lies_beside_the_notebook(folder, monkeypatch):
    monkeypatch.chdir(folder)
    predict(NUMBER, 60)
    assert (folder / FILE).is_file()


def test_it_may_be_changed_before_the_result_and_not_after(said):
    for number in (60, 50):
        predict(NUMBER, number)
    reveal(NUMBER, 78.6)
    said()
    predict(NUMBER, 78.6)
    assert said() == "What was noted before the result was seen stays · faces with the label Young: 50 %\n"
    predict(NUMBER, 50)
    reveal(NUMBER, 80)  # other pictures, or a knob turned: the sentence says so, what is kept is the first result
    assert "50 %. It came to 80 %" in said() and kept(NUMBER) == (50, 78.6)


def test_another_notebook_changes_nothing_after_the_result(folder):
    predict(NUMBER, 60)
    reveal(NUMBER, 78.6)
    with open(folder / FILE, "a") as file:  # it was open since before
        file.write('\n{"name": "young", "said": 79}\n{"name": "young", "truth": 80}')
    assert kept(NUMBER) == (60, 78.6)


def test_running_again_adds_nothing(folder):
    def run():
        predict(NUMBER, 60)
        reveal(NUMBER, 78.6)
        return (folder / FILE).read_bytes()

    assert run() == run()


def test_both_languages_keep_the_same(said):
    start("es")
    predict(CHOICE, "b")
    start("en")
    reveal(CHOICE)
    assert "each channel of reshape: b. It is c." in said()


DAMAGE = [
    b"\x00\xff\xfe not text at all \x80",
    b'{"name": "reshape", "said": "a"',
    b'[1, 2]\nnull\n3\n"young"',
    b'{"name": "no-such", "said": 3}\n{"said": 4}\n{"name": ["young"], "said": 1}',
    b'{"name": "young", "said": "many"}\n{"name": "young", "said": NaN}\n{"name": "young", "said": 1e999}',
    b'{"name": "young", "truth": 3}\n{"name": "reshape", "said": "z"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage[:20].decode(errors="replace"))
def test_a_damaged_line_is_only_that_line(folder, said, damage):
    predict(CHOICE, "b")
    with open(folder / FILE, "ab") as file:
        file.write(b"\n" + damage)
    new_kernel()
    predict(NUMBER, 60)
    reveal(NUMBER, 78.6)
    assert kept(CHOICE) == ("b", None) and kept(NUMBER) == (60, 78.6)
    assert "could not" not in said()


def test_a_file_that_is_all_damage_stops_nothing(folder, said):
    (folder / FILE).write_bytes(bytes(range(256)) * 40)
    predict(NUMBER, 60)
    assert kept(NUMBER) == (60, None)


def test_results_that_were_damaged_are_taken_again(folder):
    predict(CHOICE, "b")
    with open(folder / FILE, "a") as file:
        file.write('\n{"name": "reshape", "truth": "xyz"}')
    assert kept(CHOICE) == ("b", None)
    reveal(CHOICE)
    assert kept(CHOICE) == ("b", "c")


def test_where_nothing_can_be_written_it_holds_in_the_kernel_and_that_is_told_once(folder, said):
    (folder / FILE).mkdir()  # root may write anywhere, but not into a folder
    predict(NUMBER, 60)
    predict(CHOICE, "a")
    assert said().count("could not be written here") == 1
    reveal(NUMBER, 78.6)
    assert "60 %. It came to 78.6 %" in said() and calibration() is not None
    new_kernel()
    assert store.kept() == {}


def test_two_notebooks_at_once_lose_nothing(folder):
    names = [name for name, one in PREDICTIONS.items() if one.unit is not None]
    halves = names[::2], names[1::2]
    both = [threading.Thread(target=lambda half=half: [store.keep(name, said=1.0) for name in half]) for half in halves]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert list(store.kept()) == names
    lines = (folder / FILE).read_text(encoding="utf-8").split("\n")[1:]
    assert sorted(json.loads(line)["name"] for line in lines) == sorted(names)


@pytest.mark.parametrize("execution", ["validate", "autograde"])
def test_nbgrader_sees_the_sentences_and_no_file_is_touched(folder, monkeypatch, said, execution):
    (folder / FILE).write_text('{"name": "young", "said": 1, "truth": 2}')
    before = (folder / FILE).read_bytes()
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    predict(NUMBER, 60)
    reveal(NUMBER, 78.6)
    assert "60 %. It came to 78.6 %" in said() and (folder / FILE).read_bytes() == before
    new_kernel()
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    assert store.kept() == {}


# ------------------------------------------------------------------------------------------------------ calibration


def seen(name, value, truth=None):
    predict(name, value)
    reveal(name, truth)


def test_without_predictions_it_says_so_kindly(said):
    assert calibration() is None
    assert FILE in said()
    predict(NUMBER, 60)  # its result was not seen yet
    said()
    assert calibration() is None and "no harm is done" in said()


def test_few_are_drawn_and_nothing_is_concluded(said):
    seen(NUMBER, 60, 78.6)
    seen(CHOICE, "c")
    said()
    figure = calibration()
    text = said()
    assert "Numbers: 1; between half the result and twice the result, 1." in text
    assert "Options: 1; right, 1. By chance about 0 would be." in text and "too few" in text and "Mostly" not in text
    assert len(figure.axes) == 2 and figure.axes[0].get_yticklabels()[0].get_text() == "01"


@pytest.mark.parametrize(("share", "sentence"), [(0.3, "too low"), (3, "too high"), (1.1, "neither side")])
def test_many_show_a_habit(said, share, sentence):
    for k, name in enumerate([name for name, one in PREDICTIONS.items() if one.unit is not None and not one.near][:12]):
        seen(name, 5.0 * share * (1 + k), 5.0 * (1 + k))
    said()
    assert calibration() is not None
    assert sentence in said()


def test_it_speaks_spanish(said):
    start("es")
    seen(SECOND, 10, 0.7)
    said()
    assert "lección" in {ax.get_ylabel() for ax in calibration().axes}
    assert said().startswith("Números: 1; entre la mitad y el doble del resultado, 0.")


@pytest.mark.parametrize(
    ("said_", "truth", "times"),
    [(60, 30, 2), (-3, -6, 0.5), (0, 5, 0), (-5, 5, 0), (5, -5, math.inf), (5, 0, math.inf), (0, 0, 1), (-5, 0, 0)],
)
def test_a_number_is_measured_in_units_of_its_result(said_, truth, times):
    assert factor(Kept(PREDICTIONS[NUMBER], said_, truth)) == times


def test_which_side_a_median_leans_to():
    assert leaning([0.2, 1, 9]) == leaning([1.2]) != leaning([2.0])


# ---------------------------------------------------------------------------------------------------- in the lessons

MARKER = {"es": "**Predicción.**", "en": "**Prediction.**"}
BOLD = re.compile(r"\*\*[^*\n]*[.:]\*\*")
KIN = re.compile(r"predic|anot[ae]|adivin|pron[oó]stic|guess|write down|forecast", re.IGNORECASE)
SENTENCE = re.compile(r"[\s¿]+(?:[A-ZÁÉÍÓÚÑ]|`)")
OPENED = re.compile(r"^(#+ .*)$", re.MULTILINE)


def cells(lesson):
    """The lesson's cells: (kind, cell) with kind "text" or the code's tag."""
    return [("text" if isinstance(cell, source.Text) else cell.tag, cell) for cell in read(lesson).cells]


def asked(cell):
    return [name for line in cell.source.splitlines() for name in source.PREDICT.fullmatch(line).groups()]


def revealed(cell):
    """The strings of a cell that reveals something, None if it does not."""
    nodes = list(ast.walk(ast.parse(cell.source)))
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reveal"]
    return {node.value for node in nodes if isinstance(node, ast.Constant)} if calls else set()


@each_lesson
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_marker_is_one_and_each_has_its_cell(lesson, lang):
    waiting = 0
    for kind, cell in cells(lesson):
        if kind == "text":
            text = pick(cell.source, lang)
            kin = [bold for bold in BOLD.findall(text) if KIN.search(bold)]
            assert set(kin) <= {MARKER[lang]} and len(kin) + waiting <= 1, (waiting, text[:80])
            assert not [title for title in OPENED.findall(text) if title.startswith("## Predic")]
            assert all(SENTENCE.match(text.partition(bold)[2]) for bold in kin), text[:80]
            waiting += len(kin)
        elif kind == "predict":
            assert waiting == 1, cell.source
            waiting = 0
    assert waiting == 0


@each_lesson
def test_each_prediction_is_asked_once_and_revealed_later(lesson):
    found = cells(lesson)
    places = {name: place for place, (kind, cell) in enumerate(found) if kind == "predict" for name in asked(cell)}
    assert list(places) == [name for name, one in PREDICTIONS.items() if one.lesson == lesson]
    assert sum(len(asked(cell)) for kind, cell in found if kind == "predict") == len(places)
    for name, place in places.items():
        reveals = [
            p for p, (kind, cell) in enumerate(found) if kind not in ("text", "predict") and name in revealed(cell)
        ]
        assert len(reveals) == 1 and reveals[0] > place, name


@each_lesson
@pytest.mark.parametrize("lang", LANGUAGES)
def test_options_stand_in_the_text_before(lesson, lang):
    text = ""
    for kind, cell in cells(lesson):
        if kind == "text":
            text = pick(cell.source, lang)
        for name in asked(cell) if kind == "predict" else ():
            for letter in PREDICTIONS[name].options:
                assert re.search(rf"\*\*{letter}\)?\*\*|\b{letter.upper()}\b", text) or "figur" in text, (name, letter)


@pytest.mark.parametrize("name", PREDICTIONS)
def test_it_is_told_in_a_few_words_of_both_languages(name):
    one = PREDICTIONS[name]
    assert one.about.es and one.about.en and one.about.es != one.about.en
    assert all(len(f'predict("{name}", ...)  # {text}') <= 100 for text in one.prompt())
    assert one.lesson in LESSONS and one.options == "abcdefgh"[: len(one.options)]


def test_what_is_asked_and_how_is_said_in_the_line():
    assert PREDICTIONS[NUMBER].prompt() == Both(
        "rostros con la etiqueta Young, en %", "faces with the label Young, in %"
    )
    assert PREDICTIONS[CHOICE].prompt().en == 'each channel of reshape: "a" to "c"'
    assert PREDICTIONS["nearer"].prompt().es == 'las muestras más cercanas: "a" o "b"'
    assert PREDICTIONS["midpoint"].prompt().en == "length of the midpoint"


def test_lesson_10_draws_the_calibration():
    assert any(cell.source.strip() == "calibration()" for kind, cell in cells("10-flow") if kind == "reward")


@pytest.mark.parametrize("page", ["docs/studying.md", "docs/glossary.md"])
def test_pages_name_the_marker_as_the_lessons_do(page):
    text = (ROOT / page).read_text(encoding="utf-8").lower()
    assert all(word.strip("*.").lower() in text for word in MARKER.values())
