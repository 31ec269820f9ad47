"""`python -m vae_course grade`: a class, as nbgrader's autograde grades it, with a progress bar and a closing table."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from tqdm import tqdm
from traitlets.config import Config, PyFileConfigLoader

from ..confined.sandbox import Layers
from ..files import first_sentence
from ..text import pick
from . import class_page
from .gradebook import AutogradeBoth, course
from .records import OtherCells, Records
from .summary import ClassSummary
from .whole_class import NoScheduler, graded

SETTINGS = "nbgrader_config.py"


class CannotGrade(Exception):
    """Nothing was graded; the message says what to do."""


def grade(
    root: Path, lesson: str, students: Sequence[str], *, workers: int | None, trust: bool, as_json: bool, lang: str,
    names: bool, alike: bool, scheduler: str | None = None,
) -> bool:  # fmt: skip
    """Grades the students named, or all, and prints what was found. -> whether each could be graded.

    Processes here judge, or those of the Dask scheduler whose address is given.
    After all it also writes the class's pages (class_page.py) into feedback/. Raises CannotGrade.
    """
    with chdir(root):
        config = settings()
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = lesson
        found = there(coursedir, config, students)
        summary, layers = ClassSummary(lesson), set[Layers]()
        with opened(coursedir, config) as records:
            by = course(coursedir, trust)
            going = graded(found, records, by, workers or cores(), scheduler)
            try:
                for one in tqdm(going, total=len(found), unit="", leave=False, disable=None):
                    summary.add(one)
                    layers |= {one.verdict.layers} if one.verdict and one.verdict.layers else set()
            except NoScheduler as error:
                raise CannotGrade(str(error)) from None
        if not students:
            home = Path(coursedir.root)
            class_page.write(summary, home / coursedir.feedback_directory, home, lang, names=names, alike=alike)
    print(json.dumps(summary.as_dict(lang), ensure_ascii=False) if as_json else summary.table(lang))
    for missing in {pick(lacks, lang) for one in layers if (lacks := one.lacks())}:
        print(missing, file=sys.stderr)
    return all(one.verdict for one in summary.graded)


def settings() -> Config:
    """nbgrader_config.py of the folder that is the present one. Raises CannotGrade."""
    if not Path(SETTINGS).is_file():
        raise CannotGrade(f"no {SETTINGS} in {Path.cwd()}: run this from the course's folder, or name it with --root")
    return PyFileConfigLoader(SETTINGS, path=os.getcwd()).load_config()


def opened(coursedir: CourseDirectory, config: Config) -> Records:
    """The gradebook. Raises CannotGrade."""
    try:
        return Records(coursedir, coursedir.assignment_id, config)
    except OtherCells as error:
        raise CannotGrade(str(error)) from None
    except (OperationalError, ModuleNotFoundError) as error:  # no such server, or nothing that speaks to it
        raise CannotGrade(f"the gradebook can't be opened: {first_sentence(error)}") from None


def there(coursedir: CourseDirectory, config: Config, wanted: Sequence[str]) -> list[str]:
    """The students whose submissions are there, of those wanted. Raises CannotGrade."""
    converter = AutogradeBoth(coursedir=coursedir, config=config)
    lesson, folder = coursedir.assignment_id, coursedir.format_path(coursedir.submitted_directory, "*", "*")
    if not converter.is_lesson():
        raise CannotGrade(f"{lesson} is none of the course's lessons: nbgrader autograde {lesson} grades others")
    converter.find()
    found = converter.students()
    if missing := sorted(set(wanted) - set(found)) if wanted else [] if found else ["anybody"]:
        raise CannotGrade(f"no submission of {', '.join(missing)} to {lesson} below {Path(folder).parent.parent}")
    return [student for student in found if student in wanted] if wanted else found


def cores() -> int:
    return len(os.sched_getaffinity(0))
