"""One pytest session over many answers: which checks belong to whom, and what each of them found."""

import contextlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ..confined.student import Failed, Gone, Outcome, Student, StudentError
from ..exercises import EXERCISES
from ..faults import joined
from ..sentences import FILE
from ..text import Both, readable
from .checks import SALT, SENTENCES, checks_files
from .results import Result, settled

IDLE = ("cacheprovider", "warnings", "logging", "threadexception", "unraisableexception", "faulthandler", "junitxml")
FAILED = Both(es="{property} No se cumple. {detail}", en="{property} This does not hold. {detail}")
STOPPED = Both(es="{property} No se pudo comprobar: {detail}", en="{property} This could not be tried: {detail}")


@dataclass(frozen=True)
class Job:
    """One answer to one exercise, and how to speak to it."""

    exercise: str
    name: str  # what the answer is called in reports
    connect: Callable[[], Any]  # -> backend


@dataclass
class Plugin:
    """Gives checks the fixture `student` and keeps what they find, answer by answer."""

    jobs: list[Job]
    results: dict[int, dict[str, Result]] = field(default_factory=dict)  # position in jobs -> name -> result
    errors: list[str] = field(default_factory=list)  # of the checks themselves

    def pytest_configure(self, config):
        config.addinivalue_line("markers", "exercise(name, weight, es, en): a hidden check")

    def pytest_generate_tests(self, metafunc):
        mark = metafunc.definition.get_closest_marker("exercise")
        wanted = [k for k, job in enumerate(self.jobs) if mark and job.exercise == mark.args[0]]
        metafunc.parametrize("student", wanted, indirect=True, scope="session", ids=[str(k) for k in wanted])

    def pytest_collection_modifyitems(self, items):
        marks = {(item.path, item.originalname): item.get_closest_marker("exercise") for item in items}
        for (path, name), mark in marks.items():
            for needed in mark.kwargs.get("needs", ()) if mark else ():
                other = marks.get((path, needed))
                if other is None or other.args != mark.args:
                    self.errors.append(f"{name} needs {needed}, no check of {mark.args[0]}")

    def pytest_collectreport(self, report):
        if report.failed:
            self.errors.append(str(report.longrepr))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        if call.when == "call" or (call.when == "setup" and call.excinfo):
            mark = item.get_closest_marker("exercise")
            error = None if call.excinfo is None else call.excinfo.value
            student = item.funcargs.get("student")
            if call.when == "setup" and isinstance(error, Exception) and not isinstance(error, Gone):
                self.errors.append(f"{type(error).__name__}: {error}")
            self.keep(
                item.callspec.params["student"], result(item.originalname, mark, error, student and student.last())
            )
        return (yield)

    def keep(self, job: int, found: Result) -> None:
        """A property that is tried in several ways holds if it holds in all; the first that fails is told."""
        known = self.results.setdefault(job, {})
        if found.name not in known or known[found.name].passed:
            known[found.name] = found


def result(name: str, mark: pytest.Mark, error: BaseException | None, last: Outcome | None = None) -> Result:
    """What a check's end means. last: the outcome of the latest call of the student's code."""
    statement = Both(es=mark.kwargs["es"], en=mark.kwargs["en"])
    about = {key: mark.kwargs[key] for key in ("weight", "leaves", "needs", "idle") if key in mark.kwargs}
    if error is None:
        return Result(name, statement, None, **about)
    if last and last.fault and not isinstance(error, Failed):
        error = StudentError(last.name, last.fault)  # whatever the check says of it, there was nothing to judge
    if isinstance(error, StudentError):
        about |= {"cause": error.cause, "unanswered": error.unanswered}
    if isinstance(error, Gone):
        about |= {"cause": ("gone",), "gone": True}
    about["reason"] = reason(error, last)
    return Result(name, statement, told(statement, error, last), **about)


def reason(error: BaseException, last: Outcome | None) -> str:
    """What is the same where one mistake of the student makes several checks fail; "" where that is not known."""
    if isinstance(error, (Gone, StudentError)):
        return ""
    useless = getattr(error, "came", False) or not (isinstance(error, AssertionError) or getattr(error, "text", None))
    if last and last.returned and (useless or last.value is None):
        return f"what {last.name} returned"
    known = getattr(error, "reason", None)
    return detail(error, last).en if known is None else known


def told(statement: Both, error: BaseException, last: Outcome | None) -> Both:
    """Why a check failed, in both languages, fit to be shown."""
    return Both(*map(readable, words(statement, error, last)))


def words(statement: Both, error: BaseException, last: Outcome | None) -> Both:
    """What a check says itself, else what came back, else the property alone."""
    if isinstance(error, Gone):
        return error.text
    if isinstance(error, StudentError):
        return STOPPED.format(property=statement, detail=error.text)
    return Both(*(text.strip() for text in FAILED.format(property=statement, detail=detail(error, last))))


def detail(error: BaseException, last: Outcome | None) -> Both:
    """What there is to say beside that the property does not hold."""
    came = (last and last.told()) or Both(es="", en="")
    text = getattr(error, "text", None)
    if isinstance(text, tuple):  # checking.Wrong, Failed, Unfit
        return joined([Both(*text), *([came] if getattr(error, "came", False) else [])])
    if isinstance(error, AssertionError):
        return Both(es="", en="")
    return came if any(came) else Both(*[f"({type(error).__name__}: {error})"] * 2)  # it stumbled over what came back


def fixtures(jobs: list[Job]) -> ModuleType:
    """A module with the fixture `student`, the answer under check: pytest wants session fixtures outside of objects."""

    @pytest.fixture(scope="session")
    def student(request):
        with contextlib.closing(jobs[request.param].connect()) as backend:
            yield Student(backend)

    module = ModuleType("student_fixture")
    vars(module)["student"] = student
    return module


def run(jobs: list[Job], checks: Path, salt: str | None = None) -> list[list[Result]]:
    """The results of each job's checks, which lie in that folder, in one pytest session whose output nobody sees.

    salt: makes inputs that are drawn others than those of the checks as published. Raises NoChecks when they are not
    there, RuntimeError when they can't be collected.
    """
    plugin = Plugin(jobs)
    said = hold(plugin, checks, salt)
    if plugin.errors or len(plugin.results) < len(jobs):
        raise RuntimeError("the checks could not be run: " + ("; ".join(plugin.errors) or said[-2000:]))
    return [settled(plugin.results[k]) for k in range(len(jobs))]


def hold(plugin: Plugin, checks: Path, salt: str | None = None) -> str:
    """One pytest session of the checks that the plugin's jobs need; what it said. Raises NoChecks."""
    lessons = sorted({EXERCISES[job.exercise].lesson for job in plugin.jobs})
    files = [str(file) for file in checks_files(checks, lessons)]
    options = ["-q", "--no-header", "--tb=no", "--capture=no", "--assert=plain", "-o", "addopts="]
    options += ["--noconftest", "--rootdir", str(checks), "-c", "/dev/null"]
    options += [part for name in IDLE for part in ("-p", f"no:{name}")]
    with (
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()) as said,
        contextlib.redirect_stderr(said),
    ):
        warnings.simplefilter("ignore")
        patch.setenv(SENTENCES, str(FILE))
        patch.delenv(SALT, raising=False)
        if salt is not None:
            patch.setenv(SALT, salt)
        for own in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # of whoever grades, for tests of their own
            patch.delenv(own, raising=False)
        pytest.main([*options, *files], plugins=[plugin, fixtures(plugin.jobs)])
    return said.getvalue()
