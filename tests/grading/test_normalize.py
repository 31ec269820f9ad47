"""Accidents that befall submissions, made from the real lessons: what the student wrote counts, repairs are told."""

import random
from copy import deepcopy

import nbformat
import pytest
from helpers.submissions import (
    WORDS,
    answered,
    at,
    by_name,
    grade_id,
    is_answer,
    is_check,
    is_question,
    lose_all_data,
    released,
    untouched,
)
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from vae_course.confined.contents import same
from vae_course.exercises import LESSONS
from vae_course.grading import submission
from vae_course.grading.normalize import normalized
from vae_course.grading.repairs import ABOVE, LOOK, REPAIRS
from vae_course.text import LANGUAGES, pick

BOTH = [(name, lang) for name in LESSONS for lang in LANGUAGES]


def kinds(repairs):
    """What was told, by its name in the table of sentences; each sentence is there in both languages."""
    known = {
        kind: [r for r in repairs if all(r[k].startswith(f"{REPAIRS[kind][k]}: ") for k in (0, 1))] for kind in REPAIRS
    }
    assert sum(map(len, known.values())) == len(repairs)
    return {kind: found[0].es.partition(": ")[2].rstrip(".") for kind, found in known.items() if found}


def rebuilt(notebook, name="03-sampling", lang="es"):
    """The result and its repairs by kind; all that holds whatever the accident was is asserted."""
    before = deepcopy(notebook)
    result, repairs = normalized(notebook, released(name, lang))
    assert notebook == before
    nbformat.validate(result)
    ours = {cell.id: cell for cell in released(name, lang).cells}
    assert [cell.id for cell in result.cells if cell.id in ours] == list(ours)
    for cell in result.cells:
        if cell.id in ours:
            assert (cell.cell_type, cell.metadata) == (ours[cell.id].cell_type, ours[cell.id].metadata)
            assert is_answer(cell) or is_question(cell) or not grade_id(cell) or cell == ours[cell.id]
    again, nothing = normalized(result, released(name, lang))
    assert again == result and nothing == []
    return result, kinds(repairs)


def assert_all_answers_count(result, name="03-sampling", lang="es"):
    wanted = by_name(answered(name, lang))
    for name_, cell in by_name(result).items():
        if is_answer(cell) or is_question(cell):
            assert same(cell.source, wanted[name_].source), name_
    assert_no_stub_comes_last(result)


def assert_no_stub_comes_last(result):
    """Whatever an answer's cell holds, no stub of a function comes after the student's own."""
    for cell in result.cells:
        assert not (is_answer(cell) and "NotImplementedError" in cell.source), cell.source


# ------------------------------------------------------------------------------------------------ whatever the lesson


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_an_untouched_submission_is_the_released_notebook(name, lang):
    assert rebuilt(untouched(name, lang), name, lang) == (released(name, lang), {})


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_an_answered_submission_keeps_its_answers_and_needs_no_repair(name, lang):
    result, repairs = rebuilt(answered(name, lang), name, lang)
    assert repairs == {} and len(result.cells) == len(released(name, lang).cells)
    assert_all_answers_count(result, name, lang)


def lose_marks(notebook):
    for cell in notebook.cells:
        cell.metadata = {}


def delete_checks(notebook):
    notebook.cells = [cell for cell in notebook.cells if not is_check(cell)]


def delete_all_but_answers(notebook):
    notebook.cells = [cell for cell in notebook.cells if is_answer(cell) or is_question(cell)]


def answer_below_the_checks(notebook):
    stubs = by_name(untouched(notebook.metadata.vae_course.lesson, notebook.metadata.vae_course.lang))
    for cell in [cell for cell in notebook.cells if is_answer(cell)]:
        notebook.cells.insert(at(notebook, cell.id) + 2, new_code_cell(cell.source, id=f"new-{cell.id}"[:64]))
        cell.source = stubs[grade_id(cell)].source


def retype_answers(notebook):
    for number, cell in enumerate(notebook.cells):
        if is_answer(cell) or is_check(cell):
            notebook.cells[number] = new_code_cell(cell.source, id=f"new-{number}")


def merge_answers_with_checks(notebook):
    for check in [cell for cell in notebook.cells if is_check(cell)]:
        position = at(notebook, check.id)
        notebook.cells[position - 1].source += f"\n\n{check.source}"
        del notebook.cells[position]


def turn_kinds(notebook):
    for number, cell in enumerate(notebook.cells):
        if is_answer(cell) or is_check(cell) or is_question(cell):
            turned = new_code_cell if is_question(cell) else new_markdown_cell
            notebook.cells[number] = turned(cell.source, id=cell.id, metadata=cell.metadata)


def shuffle(notebook):
    random.Random(0).shuffle(notebook.cells)


EVERYWHERE = [
    (lose_all_data, {"recognised"}),
    (lose_marks, {"recognised"}),
    (delete_checks, {"missing"}),
    (delete_all_but_answers, {"missing", "lesson"}),
    (answer_below_the_checks, {"elsewhere"}),
    (retype_answers, {"recognised"}),
    (merge_answers_with_checks, {"merged"}),
    (turn_kinds, {"kind"}),
    (shuffle, {"moved"}),
]


@pytest.mark.parametrize(("name", "lang"), BOTH)
@pytest.mark.parametrize(("accident", "told"), EVERYWHERE, ids=lambda one: getattr(one, "__name__", ""))
def test_what_a_student_wrote_counts_after(accident, told, name, lang):
    notebook = answered(name, lang)
    accident(notebook)
    result, repairs = rebuilt(notebook, name, lang)
    assert set(repairs) == told
    assert_all_answers_count(result, name, lang)
    assert len(result.cells) == len(released(name, lang).cells)


# ------------------------------------------------------------------------------------ one accident after another, in 03


def insert(notebook, after, source, make=new_code_cell, **more):
    """A cell of the student's own below another."""
    cell = make(source, id=f"mine-{len(notebook.cells)}", **more)
    notebook.cells.insert(at(notebook, after) + 1, cell)
    return cell


def delete(notebook, *names):
    for name in names:
        del notebook.cells[at(notebook, name)]


def stub(name):
    return by_name(untouched())[name].source


def edit_a_check(notebook):
    by_name(notebook)["VAE-check"].source = "3.0"


def unlock_a_check(notebook):
    by_name(notebook)["VAE-check"].metadata.nbgrader.update(locked=False, points=99)


def edit_the_start(notebook):
    by_name(notebook)["start"].source += "\n%cd /content/drive"


def lose_the_start_and_the_setup(notebook):
    delete(notebook, "start", "code-003")


def merge_start_and_setup(notebook):
    by_name(notebook)["start"].source += "\n\n" + notebook.cells[at(notebook, "code-003")].source
    delete(notebook, "code-003")


def merge_three_answers(notebook):
    cells = by_name(notebook)
    names = [name for exercise in ("sample_prior", "reparameterize", "VAE") for name in (exercise, f"{exercise}-check")]
    cells["sample_prior"].source = "\n\n".join(cells[name].source for name in names)
    delete(notebook, *names[1:])


def merge_both_questions(notebook):
    cells = by_name(notebook)
    cells["question-chance"].source += "\n\n" + cells["question-silent"].source
    delete(notebook, "question-silent")


def above(notebook, name):
    """The cell before one of ours: its own number changes with the lesson."""
    return notebook.cells[at(notebook, name) - 1]


def merge_a_text_and_a_question(notebook):
    text = above(notebook, "question-chance")
    text.source += "\n\n" + by_name(notebook)["question-chance"].source
    delete(notebook, "question-chance")


def split_a_question(notebook):
    cell = by_name(notebook)["question-chance"]
    above = cell.source.rpartition("\n\n")[0]
    insert(notebook, "question-chance", cell.source, new_markdown_cell, metadata=deepcopy(cell.metadata))
    cell.source = above


def copy_an_answer_as_backup(notebook):
    cell = by_name(notebook)["reparameterize"]
    notebook.cells.insert(0, nbformat.from_dict(dict(cell, id="backup", source="def reparameterize(*a): return a")))


def copy_the_stub_below(notebook):
    cell = deepcopy(by_name(notebook)["reparameterize"])
    notebook.cells.insert(at(notebook, "reparameterize-check"), cell)
    cell.source, cell.id = stub("reparameterize"), "copy"


def swap_answer_and_check(notebook):
    k = at(notebook, "reparameterize")
    notebook.cells[k : k + 2] = reversed(notebook.cells[k : k + 2])


def answer_above_the_stub(notebook):
    k = at(notebook, "VAE")
    notebook.cells.insert(k, new_code_cell(notebook.cells[k].source, id="mine"))
    notebook.cells[k + 1].source = stub("VAE")


def answer_in_the_checks_cell(notebook):
    cells = by_name(notebook)
    cells["VAE-check"].source = cells["VAE"].source + '\n\ncheck("VAE")'
    cells["VAE"].source = stub("VAE")


def answer_over_the_check(notebook):
    cells = by_name(notebook)
    cells["VAE-check"].source, cells["VAE"].source = cells["VAE"].source, stub("VAE")


def answer_at_the_end_without_a_stub(notebook):
    source = by_name(notebook)["VAE"].source
    delete(notebook, "VAE")
    notebook.cells.append(new_code_cell(source, id="mine"))


def answer_as_fenced_text(notebook):
    k = at(notebook, "VAE")
    notebook.cells[k] = new_markdown_cell(f"```python\n{notebook.cells[k].source}\n```", id="mine")


def format_the_stub_and_answer_below(notebook):
    cell = by_name(notebook)["sample_prior"]
    insert(notebook, "sample_prior-check", cell.source)
    cell.source = 'def sample_prior(\n    n, latent_dim, generator=None\n):\n    """z"""\n    pass\n'


def question_below_itself(notebook):
    cell = by_name(notebook)["question-silent"]
    cell.source = stub("question-silent")
    insert(notebook, "question-silent", WORDS, new_markdown_cell)


def question_in_a_code_cell_below(notebook):
    cell = by_name(notebook)["question-silent"]
    cell.source = stub("question-silent")
    insert(notebook, "question-silent", WORDS)


def both_questions_retyped(notebook):
    text = above(notebook, "question-chance").id
    delete(notebook, "question-chance", "question-silent")
    insert(notebook, text, WORDS, new_markdown_cell)
    insert(notebook, notebook.cells[at(notebook, text) + 1].id, WORDS, new_markdown_cell)


def lose_ids_and_edit_headings(notebook):
    for name in ("question-chance", "question-silent"):
        cell = notebook.cells[at(notebook, name)]
        heading, _, rest = cell.source.partition("\n")
        notebook.cells[at(notebook, name)] = new_markdown_cell(heading.upper() + "\n" + rest, id=f"lost-{name}")


ACCIDENTS = [
    (edit_a_check, {"changed": 'check("VAE")'}),
    (unlock_a_check, {"marks": 'check("VAE")'}),
    (edit_the_start, {"merged": "Preparar el cuaderno"}),
    (lose_the_start_and_the_setup, {"missing": "Preparar el cuaderno", "lesson": "1"}),
    (merge_start_and_setup, {"merged": "Preparar el cuaderno"}),
    (
        merge_three_answers,
        {
            "merged": 'check("sample_prior"), check("reparameterize"), check("VAE")',
            "recognised": "reparameterize, VAE",
        },
    ),
    (merge_both_questions, {"merged": "Pregunta: el gradiente y el azar, Pregunta: el error que no avisa"}),
    (merge_a_text_and_a_question, {"merged": "Pregunta: el gradiente y el azar"}),
    (split_a_question, {"copies": "Pregunta: el gradiente y el azar"}),
    (copy_an_answer_as_backup, {"copies": "reparameterize", "moved": "reparameterize"}),
    (copy_the_stub_below, {"copies": "reparameterize"}),
    (swap_answer_and_check, {"moved": "reparameterize"}),
    (answer_above_the_stub, {"elsewhere": "VAE"}),
    (answer_in_the_checks_cell, {"merged": 'check("VAE")', "elsewhere": "VAE"}),
    (answer_over_the_check, {"changed": 'check("VAE")', "elsewhere": "VAE"}),
    (answer_at_the_end_without_a_stub, {"elsewhere": "VAE"}),
    (answer_as_fenced_text, {"recognised": "VAE", "kind": "VAE"}),
    (format_the_stub_and_answer_below, {"elsewhere": "sample_prior"}),
    (question_below_itself, {"elsewhere": "Pregunta: el error que no avisa"}),
    (question_in_a_code_cell_below, {"elsewhere": "Pregunta: el error que no avisa"}),
    (both_questions_retyped, {"elsewhere": "Pregunta: el gradiente y el azar, Pregunta: el error que no avisa"}),
    (lose_ids_and_edit_headings, {"recognised": "Pregunta: el gradiente y el azar, Pregunta: el error que no avisa"}),
]


@pytest.mark.parametrize(("accident", "told"), ACCIDENTS, ids=lambda one: getattr(one, "__name__", ""))
def test_answers_count_and_repairs_are_told_after(accident, told):
    notebook = answered()
    accident(notebook)
    result, repairs = rebuilt(notebook)
    assert repairs == told
    for name, cell in by_name(answered()).items():
        if is_answer(cell):
            assert same(by_name(result)[name].source, cell.source), name
        if is_question(cell):
            assert WORDS in by_name(result)[name].source
    assert_no_stub_comes_last(result)


# ------------------------------------------------------------------------------------------- what the student added


def mine(result):
    """The sources of the student's own cells, each with the name of our cell before it."""
    ours, before, found = {cell.id for cell in released().cells}, None, []
    for cell in result.cells:
        if cell.id in ours:
            before = cell.id
        else:
            found.append((before, cell.source))
    return found


def test_added_cells_stay_where_they_stand():
    notebook = answered()
    insert(notebook, "sample-prior", "a = 1")
    insert(notebook, "sample-prior-check", "b = 2")
    insert(notebook, "sample-prior-check", "c = 3", new_raw_cell)
    notebook.cells.insert(0, new_markdown_cell("# Ana", id="ana"))
    wanted = [
        (None, "# Ana"),
        ("sample-prior", "a = 1"),
        ("sample-prior-check", "c = 3"),
        ("sample-prior-check", "b = 2"),
    ]
    result, repairs = rebuilt(notebook)
    assert (mine(result), repairs) == (wanted, {})


def test_a_check_that_was_deleted_comes_back_below_the_cells_that_belong_to_the_answer():
    notebook = answered()
    insert(notebook, "sample-prior", "def helper(): pass")
    delete(notebook, "sample_prior-check")
    result, repairs = rebuilt(notebook)
    assert mine(result) == [("sample-prior", "def helper(): pass")] and set(repairs) == {"missing"}


def test_the_lessons_other_cells_may_be_edited_and_come_back_when_they_were_deleted():
    notebook = answered()
    predictions, experiment, text = (
        notebook.cells[at(notebook, name)] for name in ("code-007", "code-008", "text-010")
    )
    predictions.source = predictions.source.replace("...", "0.5")
    experiment.source += "\nprint(point_sigma)"
    text.source += "\n\nNotas."
    delete(notebook, "text-012", "code-014")
    result, repairs = rebuilt(notebook)
    for cell in (predictions, experiment, text):
        assert result.cells[at(result, cell.id)].source == cell.source
    assert mine(result) == [] and repairs == {"lesson": "2"}


def test_edited_cells_of_the_lesson_are_known_without_data_too():
    notebook = answered()
    notebook.cells[at(notebook, "code-008")].source += "\nprint(point_sigma)"
    edited = notebook.cells[at(notebook, "code-008")].source
    lose_all_data(notebook)
    result, _ = rebuilt(notebook)
    assert mine(result) == [] and result.cells[at(result, "code-008")].source == edited


def test_imports_that_answers_lean_on_are_there():
    notebook = answered()
    setup = notebook.cells[at(notebook, "code-003")]
    more = f"{setup.source}\nimport torch.nn.functional as F"
    setup.source = more
    result, _ = rebuilt(notebook)
    assert result.cells[at(result, "code-003")].source == more and mine(result) == []
    setup.source = "import torch.nn.functional as F"
    result, _ = rebuilt(notebook)
    assert result.cells[at(result, "code-003")] == released().cells[at(released(), "code-003")]
    assert mine(result) == [("code-003", "import torch.nn.functional as F")]


def test_what_was_defined_last_before_the_check_counts():
    notebook = answered()
    insert(notebook, "VAE", "class VAE: second = True")
    insert(notebook, "VAE-check", "class VAE: only_a_trial = True")
    assert mine(rebuilt(notebook)[0]) == [
        ("VAE", "class VAE: second = True"),
        ("VAE-check", "class VAE: only_a_trial = True"),
    ]
    by_name(notebook)["VAE"].source = stub("VAE")
    result, repairs = rebuilt(notebook)
    assert by_name(result)["VAE"].source == "class VAE: second = True" and repairs == {"elsewhere": "VAE"}
    assert mine(result) == [("VAE-check", "class VAE: only_a_trial = True")]


def test_two_functions_of_one_exercise_in_two_cells():
    notebook, name = answered("05-training"), "05-training"
    both = by_name(notebook)["checkpoint"].source
    save, load = both.split("def load_checkpoint")
    by_name(notebook)["checkpoint"].source = by_name(untouched(name))["checkpoint"].source
    insert(notebook, "checkpoint-check", save)
    insert(notebook, notebook.cells[at(notebook, "checkpoint-check") + 1].id, f"def load_checkpoint{load}")
    result, repairs = rebuilt(notebook, name)
    position = at(result, "checkpoint")
    assert [same(result.cells[position - 1].source, save), repairs] == [True, {"elsewhere": "checkpoint"}]
    assert result.cells[position].source.startswith("def load_checkpoint")


def test_half_an_answer_in_its_cell_and_half_of_it_below_the_check():
    notebook, name = answered("06-latent-space"), "06-latent-space"
    lerp, slerp = by_name(notebook)["lerp-slerp"].source.split("def slerp")
    given = by_name(untouched(name))["lerp-slerp"].source
    by_name(notebook)["lerp-slerp"].source = f"{lerp}def slerp{given.split('def slerp')[1]}"
    insert(notebook, "lerp-slerp-check", f"def slerp{slerp}")
    result, _ = rebuilt(notebook, name)
    position = at(result, "lerp-slerp")
    assert result.cells[position + 1].source == f"def slerp{slerp}" and is_check(result.cells[position + 2])


def test_no_stub_shadows_what_stands_in_another_exercises_cell():
    notebook = answered()
    cells = by_name(notebook)
    cells["sample_prior"].source += "\n\n\n" + cells["reparameterize"].source
    both = cells["sample_prior"].source
    delete(notebook, "reparameterize")
    result, repairs = rebuilt(notebook)
    assert by_name(result)["sample_prior"].source == both and repairs == {"elsewhere": "reparameterize"}
    assert by_name(result)["reparameterize"].source == ABOVE.es.format(names="reparameterize")


def test_an_answer_in_a_later_exercises_cell_is_there_before_its_own_check():
    notebook = answered()
    cells = by_name(notebook)
    both = cells["reparameterize"].source + "\n\n\n" + cells["sample_prior"].source
    cells["reparameterize"].source, cells["sample_prior"].source = both, stub("sample_prior")
    result, _ = rebuilt(notebook)
    assert by_name(result)["sample_prior"].source == by_name(result)["reparameterize"].source == both


def test_an_answer_in_a_cell_of_the_lesson():
    notebook = answered()
    setup = notebook.cells[at(notebook, "code-003")]
    setup.source += "\n\n" + by_name(notebook)["sample_prior"].source
    by_name(notebook)["sample_prior"].source = stub("sample_prior")
    result, repairs = rebuilt(notebook)
    assert by_name(result)["sample_prior"].source == ABOVE.es.format(names="sample_prior")
    assert repairs == {"elsewhere": "sample_prior"}


def test_what_an_answer_uses_and_only_cells_below_its_check_define_comes_before_it():
    notebook = answered()
    prior = by_name(notebook)["sample_prior"]
    prior.source = "def sample_prior(n, latent_dim, generator=None):\n    z = draw((n, latent_dim))\n    return z"
    insert(notebook, "sample-prior-check", "z = draw((1, 2))")
    insert(notebook, "sample-prior-check", "def draw(shape):\n    return rt.randn(*shape)")
    insert(notebook, "text-023", "import torch as rt\nz = 3")
    insert(notebook, "text-023", "import torch")
    result, repairs = rebuilt(notebook)
    assert repairs == {"helpers": "sample_prior"}
    assert mine(result) == [
        ("text-020", "def draw(shape):\n    return rt.randn(*shape)"),
        ("text-020", "import torch as rt\nz = 3"),
        ("sample-prior-check", "z = draw((1, 2))"),
        ("text-023", "import torch"),
    ]


def test_broken_code_is_the_students_answer_too():
    notebook = answered()
    by_name(notebook)["VAE"].source = "class VAE(torch.nn.Module:\n    pass"
    insert(notebook, "VAE-check", "%timeit f(\n!ls")
    result, repairs = rebuilt(notebook)
    assert by_name(result)["VAE"].source.startswith("class VAE(torch.nn.Module:") and repairs == {}


# ---------------------------------------------------------------------------------------------------- written answers


def blank(*names):
    notebook = answered()
    for name in names or ("question-chance", "question-silent"):
        by_name(notebook)[name].source = stub(name)
    return notebook


def test_a_blank_question_without_any_text_stays_as_it_was_released():
    result, repairs = rebuilt(blank())
    assert by_name(result)["question-chance"] == by_name(released())["question-chance"] and repairs == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_teacher_looks_where_a_text_elsewhere_may_be_the_answer(lang):
    notebook = untouched(lang=lang)
    notebook.cells.append(new_markdown_cell("5. " + WORDS, id="end"))
    result, repairs = rebuilt(notebook, lang=lang)
    assert by_name(result)["question-chance"].source.endswith(pick(LOOK, lang))
    assert "perhaps" in repairs


def test_the_teacher_looks_where_a_text_of_the_lesson_was_changed():
    notebook = blank("question-chance")
    above(notebook, "question-chance").source += f"\n\n{WORDS}"
    result, repairs = rebuilt(notebook)
    assert by_name(result)["question-chance"].source.endswith(LOOK.es)
    assert repairs == {"perhaps": "Pregunta: el gradiente y el azar"}


def test_a_name_above_the_lesson_is_no_answer():
    notebook = blank()
    notebook.cells.insert(0, new_markdown_cell("Ana Pérez, grupo 2", id="ana"))
    assert rebuilt(notebook)[1] == {}


def test_a_question_that_was_erased_is_what_the_student_left():
    notebook = answered()
    by_name(notebook)["question-chance"].source = WORDS
    result, repairs = rebuilt(notebook)
    assert by_name(result)["question-chance"].source == WORDS and repairs == {}


# ----------------------------------------------------------------------------------------------------------- pictures


PIXEL = {"image/png": "iVBORw0KGgo="}


TEXTS = ["![fig](attachment:{})", '<img width="300" src="attachment:{}">', "![f][1]\n\n[1]: attachment:{}"]
LINKS = [
    ("Captura de pantalla.png", "Captura%20de%20pantalla.png"),
    ("gr\u00e1fico (1).png", "gr%C3%A1fico%20(1).png"),
    ("gra\u0301fico.png", "gr\u00e1fico.png"),
    ("image.png", "image.png"),
]
WITH_SPACES = [("Captura de pantalla.png", "Captura de pantalla.png"), ("image.png", 'image.png "el error"')]


@pytest.mark.parametrize(
    ("text", "name", "link"),
    [(text, *link) for text in TEXTS for link in LINKS] + [(TEXTS[0], *link) for link in WITH_SPACES],
)
def test_pasted_pictures_are_found_whatever_they_are_called(text, name, link):
    notebook = answered()
    cell = by_name(notebook)["question-chance"]
    cell.source += "\n\n" + text.format(link)
    cell.attachments = {"other.png": PIXEL, name: PIXEL}
    result, repairs = rebuilt(notebook)
    made = by_name(result)["question-chance"]
    (safe,) = made.attachments
    assert safe.isascii() and " " not in safe and f"attachment:{safe}" in made.source and repairs == {}
    page(result)


def test_two_pictures_of_one_name_below_a_question_are_two():
    notebook = blank("question-chance")
    for data in ("QQ==", "Qg=="):
        pasted = {"image.png": {"image/png": data}}
        insert(notebook, "question-chance", "![](attachment:image.png)a", new_markdown_cell, attachments=pasted)
    cell = by_name(rebuilt(notebook)[0])["question-chance"]
    assert [picture["image/png"] for picture in cell.attachments.values()] == ["Qg==", "QQ=="]
    assert all(f"attachment:{name}" in cell.source for name in cell.attachments)


def test_a_merged_cell_keeps_the_pictures_of_each_part():
    notebook = answered()
    for name in ("question-chance", "question-silent"):
        by_name(notebook)[name].source += f"\n\n![](attachment:{name}.png)"
    merge_both_questions(notebook)
    by_name(notebook)["question-chance"].attachments = {f"question-{n}.png": PIXEL for n in ("chance", "silent")}
    result, _ = rebuilt(notebook)
    assert [list(by_name(result)[f"question-{n}"].attachments) for n in ("chance", "silent")] == [
        ["question-chance.png"],
        ["question-silent.png"],
    ]


def test_lost_pictures_are_words_and_told():
    notebook = answered()
    question = by_name(notebook)["question-chance"]
    question.source += "\n\n![fig](attachment:mi%20foto.png) y <img src='attachment:b.png'/>"
    notebook.cells.append(new_markdown_cell("![x](attachment:c.png)", id="end", attachments={"c.png": {}}))
    result, repairs = rebuilt(submission.tidy(notebook))
    assert "attachment" not in str(result) and repairs == {"pictures": "mi foto.png, b.png, c.png"}
    page(result)


def page(notebook):
    """The page that nbconvert makes of it, as for feedback."""
    return HTMLExporter().from_notebook_node(notebook)[0]


def test_what_an_answer_uses_of_a_cell_that_is_not_run_is_copied():
    """A helper in an experiment's cell, and what the helper uses; of the lesson's own too."""
    notebook = answered()
    used = "SCALE = 0.5\nslow = load()\n\n\n@wraps\ndef deviation(logvar):\n    return (SCALE * logvar).exp() + SHIFT"
    notebook.cells[at(notebook, "code-014")].source += f"\n\n{used}"
    by_name(notebook)[
        "reparameterize"
    ].source = "def reparameterize(mu, logvar):\n    return deviation(logvar), covered"
    result, repairs = rebuilt(notebook)
    assert repairs == {"copied": "reparameterize"}
    (copied,) = (cell for cell in result.cells if cell.id == "used-by-reparameterize")
    assert result.cells.index(copied) == at(result, "reparameterize") - 1
    assert copied.source.startswith("def covered(") and "\n\nSCALE = 0.5\n\n@wraps\ndef deviation" in copied.source
    assert "slow" not in copied.source
