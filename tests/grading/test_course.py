"""The builder: what it makes, what it refuses, and that what is committed is what it would make."""

import ast
import subprocess
import sys

import nbformat
import pytest
from helpers.grading import CHECKS, NAME, ROOT, make_course

from vae_course.course import build, notebooks, source
from vae_course.exercises import EXERCISES, LESSONS
from vae_course.grading.score import score_here

KINDS = [(kind, lang) for kind in ("solutions", "lessons") for lang in ("es", "en")]


@pytest.fixture
def toy(tmp_path):
    root = make_course(tmp_path / "course")
    build.build(root)
    return root


def written(root, kind, lang):
    return root / kind / lang / NAME / f"{NAME}.ipynb"


def notebook(root, kind, lang):
    return nbformat.read(written(root, kind, lang), as_version=4)


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --------------------------------------------------------------------------------------------------- what is made


@pytest.mark.parametrize(("kind", "lang"), KINDS)
def test_notebooks_are_valid_and_say_what_they_are(toy, kind, lang):
    made = notebook(toy, kind, lang)
    nbformat.validate(made)
    assert made.metadata["vae_course"] == {"lesson": NAME, "lang": lang}
    assert not any(cell.get("outputs") for cell in made.cells)


def test_each_language_has_its_texts_and_the_same_code(toy):
    es, en = (notebook(toy, "lessons", lang).cells for lang in ("es", "en"))
    assert [cell.id for cell in es] == [cell.id for cell in en]
    assert "comprar" in es[0].source and "buying" in en[0].source
    assert [c.source for c in es[2:-1]] == [c.source for c in en[2:-1]]
    assert es[-1].source.endswith("*La respuesta va aquí.*") and en[-1].source.endswith("*The answer goes here.*")


def test_students_get_stubs_teachers_answers_and_both_the_visible_checks(toy):
    theirs = {cell.id: cell.source for cell in notebook(toy, "lessons", "es").cells}
    ours = {cell.id: cell.source for cell in notebook(toy, "solutions", "es").cells}
    assert theirs["beta-schedule"].endswith('beta_max"""\n    raise NotImplementedError')
    assert theirs["beta-schedule-check"] == ours["beta-schedule-check"] == 'check("beta_schedule")'
    assert "beta_max * step" in ours["beta-schedule"]


def test_points_are_the_contracts(toy):
    points = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.get("points")
              for cell in notebook(toy, "lessons", "en").cells if "nbgrader" in cell.metadata}  # fmt: skip
    assert points["kl_per_dimension-check"] == EXERCISES["kl_per_dimension"].points
    assert points["question-price"] == 3


def test_an_optional_exercise_has_a_visible_check_and_no_mark(toy):
    made = [{cell.id: cell for cell in notebook(toy, kind, "es").cells} for kind in ("lessons", "solutions")]
    for cells in made:
        assert 'check("ConditionalVAE")' in cells["ConditionalVAE-try"].source
        assert "nbgrader" not in cells["ConditionalVAE-try"].metadata
        assert not cells["ConditionalVAE"].metadata.nbgrader.grade
    theirs, ours = (cells["ConditionalVAE"].source for cells in made)
    assert theirs.endswith("raise NotImplementedError") and "return classes" in ours


def test_a_lesson_may_lack_its_optional_exercise_but_not_mix_it_with_a_graded_one(toy):
    file = toy / "solutions" / f"{NAME}.py"
    change(file, 'exercise="ConditionalVAE"', 'exercise="ConditionalVAE active_units"')
    with pytest.raises(source.LessonError, match="cell of its own"):
        source.read(NAME, toy)
    text = file.read_text(encoding="utf-8")
    begins, ends = text.index('# %% tags=["answer"] exercise="ConditionalVAE'), text.index('# %% tags=["reward"]')
    file.write_text(text[:begins] + text[ends:], encoding="utf-8")
    assert source.read(NAME, toy).name == NAME


ASKING = '# %% tags=["predict"]\npredict("warm-kl", ...)\npredict("told-the-class", ...)\n\n# %% tags=["reward"]\n'


@pytest.mark.parametrize(
    ("lang", "asked"),
    [
        ("es", ['más KL al final: "a" o "b"', "lo que se ahorra con la clase, en nats"]),
        ("en", ['more KL at the end: "a" or "b"', "what it saves by the class, in nats"]),
    ],
)
def test_a_prediction_says_what_is_asked_and_nbgrader_knows_nothing_of_it(toy, lang, asked):
    change(toy / "solutions" / f"{NAME}.py", '# %% tags=["reward"]\n', ASKING)
    build.build(toy)
    for kind in ("solutions", "lessons"):
        cells = nbformat.read(written(toy, kind, lang), as_version=4).cells
        (cell,) = (one for one in cells if one.metadata.get("tags") == ["predict"])
        assert cell.source.splitlines() == [
            f'predict("warm-kl", ...)  # {asked[0]}',
            f'predict("told-the-class", ...)  # {asked[1]}',
        ]
        assert "nbgrader" not in cell.metadata or not cell.metadata.nbgrader.get("grade")


def test_the_start_and_what_is_marked_so_are_folded(toy):
    change(toy / "solutions" / f"{NAME}.py", '# %% tags=["reward"]\n', '# %% tags=["reward"] folded=true\n')
    build.build(toy)
    for kind, lang in KINDS:
        cells = notebook(toy, kind, lang).cells
        folded = [cell.metadata.tags for cell in cells if cell.metadata.get("cellView") == "form"]
        assert folded == [["start"], ["reward"]]
        assert folded == [c.metadata.tags for c in cells if c.metadata.get("jupyter") == {"source_hidden": True}]


@pytest.mark.parametrize(
    "line",
    ['predict("young", ...)', 'predict("warm-kl", 3)', 'predict("no-such", ...)', "print()", 'predict("warm-kl")'],
)
def test_a_cell_of_predictions_asks_for_those_of_its_lesson_and_nothing_else(toy, line):
    change(toy / "solutions" / f"{NAME}.py", '# %% tags=["reward"]\n', ASKING.replace('predict("warm-kl", ...)', line))
    with pytest.raises(source.LessonError, match="of a prediction of the lesson"):
        source.read(NAME, toy)


def test_building_again_changes_nothing(toy):
    before = {path: path.read_bytes() for path in toy.rglob("*.ipynb")}
    assert len(before) == 4 and build.build(toy) == []
    assert {path: path.read_bytes() for path in toy.rglob("*.ipynb")} == before


@pytest.mark.slow
def test_another_process_writes_the_same_bytes(toy):
    before = written(toy, "lessons", "es").read_bytes()
    written(toy, "lessons", "es").unlink()
    code = f"from pathlib import Path; from vae_course.course import build; build.build(Path({str(toy)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={"PYTHONHASHSEED": "7", "PATH": ""})
    assert written(toy, "lessons", "es").read_bytes() == before


# ------------------------------------------------------------------------------------------------- what is refused


def test_a_fresh_course_has_nothing_wrong(toy):
    assert build.check(toy) == []


def test_stale_missing_and_stray_notebooks_are_told(toy):
    change(written(toy, "lessons", "es"), "comprar", "vender")
    written(toy, "solutions", "en").unlink()
    stray = toy / "lessons" / "en" / "old" / "old.ipynb"
    stray.parent.mkdir()
    stray.write_text("{}", encoding="utf-8")
    wrong = "\n".join(build.check(toy))
    assert "lessons/es/07-beta/07-beta.ipynb: not what its source makes" in wrong
    assert "solutions/en/07-beta/07-beta.ipynb: missing" in wrong
    assert "lessons/en/old/old.ipynb: no source makes it" in wrong


def test_a_solution_left_in_a_release_is_told(toy, monkeypatch):
    monkeypatch.setattr(notebooks, "RELEASE", tuple(s for s in notebooks.RELEASE if s.__name__ != "ClearSolutions"))
    assert any("is left" in sentence for sentence in build.check(toy))


def test_a_hidden_line_left_in_a_release_is_told(toy, monkeypatch):
    monkeypatch.setattr(notebooks, "CHECK", "### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS\n" + notebooks.CHECK)
    monkeypatch.setattr(notebooks, "RELEASE", tuple(s for s in notebooks.RELEASE if s.__name__ != "ClearHiddenTests"))
    assert any("HIDDEN TESTS" in sentence for sentence in build.check(toy))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('# %% [markdown] lang="en"\n# # How much information is worth buying?\n', "", "English text"),
        ('lang="es"\n# #', 'lang="en"\n# #', "pair"),
        ('tags=["reward"]', 'tags=["fun"]', "one tag"),
        ('exercise="active_units"', "", "with exercise none"),
        ('exercise="active_units"', 'exercise="slerp"', "slerp"),
        ('exercise="active_units"', 'exercise="beta_schedule"', "wanted"),
        ("    ### BEGIN SOLUTION\n    return int", "    return int", "region"),
        ('points=3 lang="en"', 'points=2 lang="en"', "points"),
        ("# ### BEGIN SOLUTION\n# **Rubric**", "# **Rubric**", "region"),
    ],
)
def test_a_source_that_cannot_be_a_lesson_says_why(toy, old, new, complaint):
    change(toy / "solutions" / f"{NAME}.py", old, new)
    with pytest.raises(source.LessonError, match=complaint):
        source.read(NAME, toy)
    assert complaint in "\n".join(build.check(toy))


# ------------------------------------------------------------------------------------------------ what is committed


def test_what_is_committed_is_fresh():
    done = subprocess.run([sys.executable, "-m", "vae_course", "course", "check"], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_a_folder_without_lessons_is_told(tmp_path):
    assert build.check(tmp_path) == [f"no lesson's source in {tmp_path / 'solutions'}"]


def test_every_lesson_has_its_source():
    assert source.sources(ROOT) == list(LESSONS)


@pytest.fixture(scope="module", params=LESSONS)
def lesson(request):
    return source.read(request.param, ROOT)


def test_setup_needs_only_torch_numpy_and_earlier_lessons(lesson):
    earlier = {f"vae_course.{name[3:].replace('-', '_')}" for name in LESSONS[: LESSONS.index(lesson.name)]}
    allowed = {"torch", "numpy"} | set(sys.stdlib_module_names)
    for cell in lesson.cells:
        if isinstance(cell, source.Code) and cell.tag in ("setup", "answer"):
            for node in ast.walk(ast.parse(cell.source)):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) else []
                assert all(name in earlier or name.split(".")[0] in allowed for name in names), names


def test_own_answers_get_full_marks_with_setup_alone(tmp_path):
    """What the referee will run: each lesson's setup and answers, nothing else."""
    answers = []
    for name in LESSONS:
        cells = [cell for cell in source.read(name, ROOT).cells if isinstance(cell, source.Code)]
        code = [cell for cell in cells if cell.tag in ("setup", "answer")]
        file = tmp_path / f"{name}.py"
        file.write_text("\n\n".join(cell.source for cell in code), encoding="utf-8")
        answers += [(exercise, file) for cell in code for exercise in cell.exercises if exercise in EXERCISES]
    scores = score_here(answers, CHECKS)
    assert [(score.exercise, score.points) for score in scores] == [(s.exercise, s.most) for s in scores]
    assert {score.exercise for score in scores} == set(EXERCISES)


def test_code_is_shared_and_free_of_prose(lesson):
    """No comment in a code cell holds a sentence: only symbols, shapes and nbgrader's marks."""
    for cell in lesson.cells:
        if isinstance(cell, source.Code):
            for line in cell.source.splitlines():
                comment = line.partition("#")[2].strip("# ")
                words = [word for word in comment.split() if word.isalpha() and word.islower() and len(word) > 3]
                assert len(words) < 3 or '"' in line, f"{cell.name}: {line}"


def test_setup_cells_come_before_the_answers_that_need_them(lesson):
    tags = [cell.tag for cell in lesson.cells if isinstance(cell, source.Code)]
    assert tags[0] == "setup" and "answer" in tags


def test_written_questions_say_how_they_are_marked(lesson):
    for cell in lesson.cells:
        if isinstance(cell, source.Text) and cell.points:
            assert "**Pauta**" in cell.source.es and "**Rubric**" in cell.source.en, cell.name


def test_the_exercises_are_worth_a_hundred_points():
    assert sum(exercise.points for exercise in EXERCISES.values()) == 100
