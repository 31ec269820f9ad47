"""Archives of learning platforms become submitted/STUDENT/LESSON/, and nothing is lost or written elsewhere."""

import io
import os
import subprocess
import sys
import zipfile

import pytest
from helpers.grading import ROOT
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from vae_course.grading.collect import CannotCollect, collect
from vae_course.grading.gradebook import AutogradeBoth

LESSON = "03-sampling"


def archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return packed.getvalue()


@pytest.fixture
def collected(tmp_path):
    """collected(files, force) -> what is told, and what lies in submitted/ afterwards."""

    def of(files, force=False):
        source = tmp_path / "download.zip"
        source.write_bytes(archive(files))
        found = collect(source, tmp_path / "course" / "submitted", LESSON, force)
        aside = source.name, f".{LESSON}.number"
        there = (path for path in tmp_path.rglob("*") if path.is_file() and path.name not in aside)
        root = tmp_path / "course" / "submitted"
        return found, {path.relative_to(root).as_posix(): path.read_bytes() for path in there}

    return of


MOODLE = {"moodle": "assignsubmission_file", "moodle of old": "assignsubmission_file_"}  # how its folders end
PLATFORMS = {
    **{
        name: {
            f"Ana Pérez_4001_{end}/03-sampling.ipynb": b"ana",
            f"Ana Pérez_4001_{end}/photo.png": b"x",
            f"Ana Pérez_4001_{end.replace('file', 'onlinetext')}/onlinetext.html": b"x",
            f"O'Brien (3ro B)_4002_{end}/Copia de 03-sampling.ipynb": b"luis",
        }
        for name, end in MOODLE.items()
    },
    "moodle, a folder around": {
        "class/Ana Pérez_4001_assignsubmission_file/03-sampling.ipynb": b"ana",
        "class/O'Brien (3ro B)_4002_assignsubmission_file/Copia de 03-sampling.ipynb": b"luis",
    },
    "moodle, no folders": {
        "Ana Pérez_4001_assignsubmission_file_03-sampling.ipynb": b"ana",
        "O'Brien (3ro B)_4002_assignsubmission_file_Copia de 03-sampling.ipynb": b"luis",
    },
    "canvas": {
        "Ana Pérez_4001_77_03-sampling.ipynb": b"ana",
        "O'Brien (3ro B)_LATE_4002_78_Copia de 03-sampling.ipynb": b"luis",
    },
    "folders": {
        "Ana Pérez/03-sampling.ipynb": b"ana",
        "O'Brien (3ro B)/tarea/Copia de 03-sampling.ipynb": b"luis",
        "__MACOSX/Ana Pérez/._03-sampling.ipynb": b"x",
        "O'Brien (3ro B)/.ipynb_checkpoints/03-sampling-checkpoint.ipynb": b"x",
    },
    "a folder around, by Windows": {
        "class\\Ana Pérez\\03-sampling.ipynb": b"ana",
        "class\\O'Brien (3ro B)\\Copia de 03-sampling.ipynb": b"luis",
    },
    "each an archive": {
        "Ana Pérez/work.zip": archive({"x/03-sampling.ipynb": b"ana", "x/._03-sampling.ipynb": b"x"}),
        "O'Brien (3ro B)/work.ZIP": archive({"Copia de 03-sampling.ipynb": b"luis"}),
    },
}


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_platforms_write(collected, name):
    found, there = collected(PLATFORMS[name])
    assert there == {
        f"Ana Pérez/{LESSON}/03-sampling.ipynb": b"ana",
        f"O'Brien (3ro B)/{LESSON}/Copia de 03-sampling.ipynb": b"luis",
    }
    assert len(found.new) == 2 and not (found.empty or found.nobodys or found.kept or found.same)


ONE = {
    **{name: f"Ana Diaz_12_{end}/03-sampling.ipynb" for name, end in MOODLE.items()},
    **{f"{name}, a folder": f"Ana Diaz_12_{end}/03-sampling/03-sampling.ipynb" for name, end in MOODLE.items()},
    **{f"{name}, another folder": f"Ana Diaz_12_{end}/handed in/03-sampling.ipynb" for name, end in MOODLE.items()},
    **{f"{name}, without a number": f"Ana Diaz_{end}/03-sampling.ipynb" for name, end in MOODLE.items()},
    "folders": "Ana Diaz/03-sampling/03-sampling.ipynb",
    "a folder around": "class/Ana Diaz/03-sampling/03-sampling.ipynb",
    "a folder around, called as the lesson": "03-sampling/Ana Diaz/03-sampling.ipynb",
}


@pytest.mark.parametrize("name", ONE)
def test_of_one_student_alone(collected, name):
    assert collected({ONE[name]: b"ana"})[1] == {f"Ana Diaz/{LESSON}/03-sampling.ipynb": b"ana"}


def anas(*numbers, content=b"%d", end=MOODLE["moodle"]):
    return {f"Ana_{k}_{end}/03-sampling.ipynb": content.replace(b"%d", b"%d" % k) for k in numbers}


def works(**whose):
    return {f"{student.replace('_', ' ')}/{LESSON}/03-sampling.ipynb": content for student, content in whose.items()}


@pytest.mark.parametrize("end", MOODLE.values(), ids=MOODLE)
def test_two_of_one_name(collected, end):
    assert collected(anas(1, 2, end=end))[1] == works(Ana_1=b"1", Ana_2=b"2")
    found, there = collected(anas(2, end=end))
    assert found.same == ["Ana 2"] and there == works(Ana_1=b"1", Ana_2=b"2")


def test_an_archive_of_older_moodle_and_one_of_todays_name_the_same_student(collected):
    collected(anas(1, end=MOODLE["moodle of old"]))
    assert collected(anas(1))[0].same == ["Ana"]


@pytest.mark.parametrize("force", [False, True])
def test_two_of_one_name_in_two_archives(collected, force):
    collected(anas(1))
    found, there = collected(anas(2), force)
    assert found.new == ["Ana 2"] and there == works(Ana=b"1", Ana_2=b"2")
    found, there = collected(anas(1, 2), force)
    assert found.same == ["Ana", "Ana 2"] and there == works(Ana=b"1", Ana_2=b"2")
    found, there = collected(anas(1, 2, content=b"later %d"), force)
    assert (found.new if force else found.kept) == ["Ana", "Ana 2"]
    assert there == (works(Ana=b"later 1", Ana_2=b"later 2") if force else works(Ana=b"1", Ana_2=b"2"))


def test_who_handed_in_nothing_is_somebody_too(collected):
    collected({"Ana_1_assignsubmission_file/report.docx": b"x"})
    assert collected(anas(2))[1] == works(Ana_2=b"2")


def test_a_number_is_of_one_lesson(tmp_path):
    """Moodle gives a student another one in each assignment."""
    for number, lesson in (1, "03-sampling"), (2, "04-loss"):
        (source := tmp_path / "download.zip").write_bytes(archive(anas(number)))
        assert collect(source, tmp_path / "submitted", lesson).new == ["Ana"]


def test_what_nobody_noted_is_as_ever(collected, tmp_path):
    """A submission put there by hand, or before numbers were noted: the first who hands in just that is its owner."""
    (folder := tmp_path / "course" / "submitted" / "Ana" / LESSON).mkdir(parents=True)
    (folder / "03-sampling.ipynb").write_bytes(b"1")
    found, there = collected(anas(2))
    assert found.kept == ["Ana"] and there == works(Ana=b"1")
    assert collected(anas(1))[0].same == ["Ana"]
    assert collected(anas(2), force=True)[1] == works(Ana=b"1", Ana_2=b"2")


def test_an_archive_without_numbers_is_as_ever(collected):
    collected(anas(1))
    assert collected({"Ana/03-sampling.ipynb": b"2"})[0].kept == ["Ana"]
    assert collected({"Ana/03-sampling.ipynb": b"2"}, force=True)[1] == works(Ana=b"2")


def test_grading_sees_submissions_only(collected, tmp_path):
    collected(anas(1))
    collected(anas(2))
    coursedir = CourseDirectory(root=str(tmp_path / "course"), assignment_id=LESSON)
    (whole := AutogradeBoth(coursedir=coursedir)).find()
    assert whole.students() == ["Ana", "Ana 2"]
    assert NbGraderAPI(coursedir).get_submitted_students("*") == {"Ana", "Ana 2"}
    assert {file.name for file in (tmp_path / "course").rglob(f"{LESSON}/*")} == {"03-sampling.ipynb"}


def test_what_is_no_notebook_is_told_and_has_a_folder(collected, tmp_path):
    files = {
        "ana/report.docx": b"x",
        "luis/broken.zip": b"PK",
        "zoe/03-sampling.ipynb": b"z",
        "03-sampling.ipynb": b"?",
    }
    found, there = collected(files)
    assert there == {f"zoe/{LESSON}/03-sampling.ipynb": b"z"}
    assert (found.empty, found.nobodys) == (["ana", "luis"], ["03-sampling.ipynb"])
    assert (tmp_path / "course" / "submitted" / "ana" / LESSON).is_dir()  # graded: 0 with a reason
    assert "ana, luis" in "\n".join(found.lines(tmp_path, "en"))


def test_again_changes_nothing_unless_forced(collected):
    first, again = {"ana/03-sampling.ipynb": b"1"}, {"ana/other.ipynb": b"2"}
    collected(first)
    assert collected(first)[0].same == ["ana"]
    found, there = collected(again)
    assert found.kept == ["ana"] and there == {f"ana/{LESSON}/03-sampling.ipynb": b"1"}
    found, there = collected(again, force=True)
    assert found.new == ["ana"] and there == {f"ana/{LESSON}/other.ipynb": b"2"}


def test_force_replaces_nothing_by_nothing(collected):
    collected({"ana/03-sampling.ipynb": b"1"})
    found, there = collected({"ana/report.docx": b"x"}, force=True)
    assert found.kept == ["ana"] and there == {f"ana/{LESSON}/03-sampling.ipynb": b"1"}


def test_of_two_files_of_one_name_the_later_counts(tmp_path):
    folder = tmp_path / "download"
    for name, when in (("a", 2_000_000_000), ("b", 1_000_000_000)):
        file = folder / "ana" / name / "03-sampling.ipynb"
        file.parent.mkdir(parents=True)
        file.write_bytes(name.encode())
        os.utime(file, (when, when))
    (folder / "zoe").mkdir()
    (folder / "zoe" / "03-sampling.ipynb").write_bytes(b"z")
    collect(folder, tmp_path / "submitted", LESSON)
    assert (tmp_path / "submitted" / "ana" / LESSON / "03-sampling.ipynb").read_bytes() == b"a"


def test_one_damaged_file_costs_nobody_else(tmp_path):
    packed = bytearray(archive({"ana/03-sampling.ipynb": b"damaged", "zoe/03-sampling.ipynb": b"z"}))
    packed[packed.index(b"damaged")] ^= 1
    (source := tmp_path / "download.zip").write_bytes(packed)
    found = collect(source, tmp_path / "submitted", LESSON)
    assert found.new == ["ana", "zoe"]
    there = {path.parts[-3]: path.read_bytes() for path in (tmp_path / "submitted").rglob("*.ipynb")}
    assert there == {"ana": b"", "zoe": b"z"}  # which is graded: an empty file


def test_paths_lead_nowhere_else(collected):
    files = {"../evil/03-sampling.ipynb": b"x", "/etc/03-sampling.ipynb": b"x", "ana/../../03-sampling.ipynb": b"x"}
    files |= {".hidden/03-sampling.ipynb": b"x", "zoe/03-sampling.ipynb": b"z"}
    _, there = collected(files)
    assert there == {f"zoe/{LESSON}/03-sampling.ipynb": b"z"}


@pytest.mark.parametrize("content", [b"no archive", archive({"03-sampling.ipynb": b"x"})])
def test_what_names_nobody(tmp_path, content):
    file = tmp_path / "download.zip"
    file.write_bytes(content)
    with pytest.raises(CannotCollect):
        collect(file, tmp_path / "submitted", LESSON)
    done = command(tmp_path, LESSON)
    assert done.returncode == 1 and done.stderr.startswith("error: ") and "Traceback" not in done.stderr
    assert not (tmp_path / "submitted").exists()


@pytest.mark.parametrize(
    ("lesson", "near"), [("03-samplin", "is it 03-sampling?"), ("my-won", "is it my-own?"), ("../x", "there are: 01-")]
)
def test_an_unknown_lesson_is_refused(tmp_path, lesson, near):
    (tmp_path / "download.zip").write_bytes(archive(anas(1)))
    (tmp_path / "solutions" / "en" / "my-own").mkdir(parents=True)
    done = command(tmp_path, lesson)
    assert done.returncode == 1 and done.stderr.startswith("error: ") and near in done.stderr
    assert not (tmp_path / "submitted").exists()


@pytest.mark.parametrize("made", ["solutions/es", "lessons/en", "source", "release"])
def test_a_teachers_own_lesson(tmp_path, made):
    (tmp_path / "download.zip").write_bytes(archive(anas(1)))
    (tmp_path / made / "my-own").mkdir(parents=True)
    assert command(tmp_path, "my-own").returncode == 0
    assert (tmp_path / "submitted" / "Ana" / "my-own" / "03-sampling.ipynb").read_bytes() == b"1"


def command(root, lesson):
    run = [sys.executable, "-m", "vae_course", "collect", lesson, root / "download.zip", "--root", root]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
