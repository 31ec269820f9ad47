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

from ..exercises import EXERCISES
from ..text import Both
from .checks import checks_files
from .student import Failed, Gone, Student

IDLE = ("cacheprovider", "warnings", "logging", "threadexception", "unraisableexception", "faulthandler", "junitxml")
TOLD = Both(es="{property} No se cumple. {detail}", en="{property} This does not hold. {detail}")


@dataclass(frozen=True)
class Job:
    """One answer to one exercise, and how to speak to it."""

    exercise: str
    name: str  # what the answer is called in reports
    connect: Callable[[], Any]  # -> backend


@dataclass(frozen=True)
class Result:
    """What one check found."""

    name: str
    weight: float
    passed: bool
    property: Both
    message: Both | None  # why it failed
    gone: bool = False  # the answer's process is no more


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

    def pytest_collectreport(self, report):
        if report.failed:
            self.errors.append(str(report.longrepr))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        if call.when == "call" or (call.when == "setup" and call.excinfo):
            mark = item.get_closest_marker("exercise")
            error = None if call.excinfo is None else call.excinfo.value
            self.keep(item.callspec.params["student"], result(item.originalname, mark, error))
        return (yield)

    def keep(self, job: int, found: Result) -> None:
        """A property that is tried in several ways holds if it holds in all; the first that fails is told."""
        known = self.results.setdefault(job, {})
        if found.name not in known or known[found.name].passed:
            known[found.name] = found


def result(name: str, mark: pytest.Mark, error: BaseException | None) -> Result:
    """What a check's end means."""
    property = Both(es=mark.kwargs["es"], en=mark.kwargs["en"])
    if error is None:
        return Result(name, mark.kwargs["weight"], True, property, None)
    return Result(name, mark.kwargs["weight"], False, property, told(property, error), isinstance(error, Gone))


def told(property: Both, error: BaseException) -> Both:
    """Why a check failed, in both languages: what it says itself, else the property alone."""
    if isinstance(error, Gone):
        return error.text
    text = getattr(error, "text", None)
    if isinstance(error, Failed):
        detail = error.text
    elif isinstance(text, tuple):  # checking.Wrong
        detail = Both(*text)
    elif isinstance(error, AssertionError):
        detail = Both(es="", en="")
    else:
        detail = Both(es=f"({type(error).__name__}: {error})", en=f"({type(error).__name__}: {error})")
    return Both(*(text.strip() for text in TOLD.format(property=property, detail=detail)))


def fixtures(jobs: list[Job]) -> ModuleType:
    """A module with the fixture `student`, the answer under check: pytest wants session fixtures outside of objects."""

    @pytest.fixture(scope="session")
    def student(request):
        with contextlib.closing(jobs[request.param].connect()) as backend:
            yield Student(backend)

    module = ModuleType("student_fixture")
    vars(module)["student"] = student
    return module


def run(jobs: list[Job], checks: Path) -> list[list[Result]]:
    """The results of each job's checks, which lie in that folder, in one pytest session whose output nobody sees.

    Raises NoChecks when they are not there, RuntimeError when they can't be collected.
    """
    plugin = Plugin(jobs)
    said = hold(plugin, checks)
    if plugin.errors or len(plugin.results) < len(jobs):
        raise RuntimeError("the checks could not be run: " + ("; ".join(plugin.errors) or said[-2000:]))
    return [list(plugin.results[k].values()) for k in range(len(jobs))]


def hold(plugin: Plugin, checks: Path) -> str:
    """One pytest session of the checks that the plugin's jobs need; what it said. Raises NoChecks."""
    lessons = sorted({EXERCISES[job.exercise].lesson for job in plugin.jobs})
    files = [str(file) for file in checks_files(checks, lessons)]
    options = ["-q", "--no-header", "--tb=no", "--capture=no", "--assert=plain", "-o", "addopts="]
    options += ["--noconftest", "--rootdir", str(checks), "-c", "/dev/null"]
    options += [part for name in IDLE for part in ("-p", f"no:{name}")]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        warnings.simplefilter("ignore")
        pytest.main([*options, *files], plugins=[plugin, fixtures(plugin.jobs)])
    return said.getvalue()
