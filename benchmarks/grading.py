"""What grading costs, here and with kernels: python benchmarks/grading.py [--lesson L] [--many N] [--json].

Honest submissions, made from the solved lesson, are graded by `nbgrader autograde` at a commit that still ran each
notebook in a Jupyter kernel and by `python -m vae_course grade` here, in turns. CPU seconds are those of the command
and of all its processes; "a further one" leaves out what starting costs. --many: so many submissions here, by two
processes: wall seconds, and the memory of the recording and of the judging processes after a tenth and at the end.
Needs git and Linux.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import nbformat  # noqa: E402
from helpers.submissions import answered  # noqa: E402
from page import checked_out  # noqa: E402

BASE = "82d51c8"  # the last commit that graded in kernels
LINKED = ("lessons", "solutions", "tests", "vae_course", "pyproject.toml")
ROWS = {
    "cpu_seconds": ("a submission, all in, CPU-s", 2),
    "further_cpu_seconds": ("a further submission, CPU-s", 2),
    "feedback_bytes": ("a feedback page, bytes", 0),
}


def course(root: Path, folder: Path, lesson: str, submissions: int) -> Path:
    """A course's folder for the checkout at root, with submissions."""
    folder.mkdir()
    for name in LINKED:
        (folder / name).symlink_to(root / name)
    shutil.copy(root / "nbgrader_config.py", folder)
    first = folder / "first.ipynb"
    nbformat.write(answered(lesson), first)
    for number in range(submissions):
        path = folder / "submitted" / f"student-{number:03}" / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True)
        shutil.copy(first, path)
    return folder


def cpu(command: list[str], folder: Path) -> float:
    """CPU seconds of a command with all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(root: Path, grade: list[str], lesson: str, submissions: int) -> dict[str, float]:
    """One round for the checkout at root: as many submissions, and one alone."""
    with tempfile.TemporaryDirectory() as folder:
        several = course(root, Path(folder) / "several", lesson, submissions)
        one = course(root, Path(folder) / "one", lesson, 1)
        all_in, alone = cpu([*grade, lesson], several), cpu([*grade, lesson], one)
        cpu([nbgrader(), "generate_feedback", lesson], one)
        (page,) = one.glob("feedback/*/*/*.html")
        return {
            "cpu_seconds": all_in / submissions,
            "further_cpu_seconds": (all_in - alone) / (submissions - 1),
            "feedback_bytes": page.stat().st_size,
        }


def nbgrader() -> str:
    return str(Path(sys.executable).with_name("nbgrader"))


def compare(lesson: str, submissions: int, of_base: int, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of base and of here."""
    here = [sys.executable, "-m", "vae_course", "grade", "--workers", "1"]
    with checked_out(BASE) as base:
        measured = [
            (measure(base, [nbgrader(), "autograde"], lesson, of_base), measure(ROOT, here, lesson, submissions))
            for _ in range(rounds)
        ]
    sides = zip(*measured, strict=True)
    of_base_, of_here = ({key: statistics.median(one[key] for one in side) for key in ROWS} for side in sides)
    return of_base_, of_here


def many(lesson: str, submissions: int) -> dict[str, float]:
    """A large class here, by two processes: how long, and how much memory."""
    from traitlets.config import PyFileConfigLoader

    with tempfile.TemporaryDirectory() as name:
        folder = course(ROOT, Path(name) / "course", lesson, submissions)
        os.chdir(folder)
        config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
        from nbgrader.coursedir import CourseDirectory

        from vae_course.grading import gradebook, records, whole_class

        coursedir = CourseDirectory(config=config)
        students = sorted(one.name for one in (folder / "submitted").iterdir())
        start, memory = time.monotonic(), {}
        with records.Records(coursedir, lesson, config) as there:
            graded = whole_class.graded(students, there, gradebook.course(coursedir), workers=2)
            for count, one in enumerate(graded, 1):
                assert one.verdict, one.error
                if count in (submissions // 10, submissions - 2):
                    memory[count] = megabytes()
        early, late = memory.values()
        os.chdir(ROOT)
        return {"submissions": submissions, "seconds": time.monotonic() - start, "early_mb": early, "late_mb": late}


def megabytes() -> float:
    """Of this process and all that it started, what no other shares counted once (PSS)."""
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
    family = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    total = 0
    for pid in family:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:
            continue
    return total / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="04-loss")
    parser.add_argument("--submissions", type=int, default=20, help="graded here in a round")
    parser.add_argument("--of-base", type=int, default=2, help="graded in kernels in a round; each takes half a minute")
    parser.add_argument("--rounds", type=int, default=1, help="each measures base, then here")
    parser.add_argument("--many", type=int, metavar="N", help="grade N submissions here instead")
    parser.add_argument("--json", action="store_true", help="an object a line")
    chosen = parser.parse_args()
    if min(chosen.submissions, chosen.of_base) < 2:
        parser.error("a further submission needs two of them: --submissions and --of-base are at least 2")
    if chosen.many:
        found = many(chosen.lesson, chosen.many)
        print(json.dumps(found) if chosen.json else "\n".join(f"{key:12} {value:,.0f}" for key, value in found.items()))
        return
    base, here = compare(chosen.lesson, chosen.submissions, chosen.of_base, chosen.rounds)
    ratio = {key: here[key] / base[key] for key in ROWS}
    if chosen.json:
        for which, numbers in (("base", base), ("here", here), ("ratio", ratio)):
            print(json.dumps({"which": which, **numbers}))
        print(json.dumps({"cpu_ratio": base["further_cpu_seconds"] / here["further_cpu_seconds"]}))
        return
    print(f"{chosen.lesson:34}{'kernels':>12}{'here':>12}{'ratio':>8}")
    for key, (what, digits) in ROWS.items():
        print(f"{what:34}{base[key]:>12,.{digits}f}{here[key]:>12,.{digits}f}{ratio[key]:>8.3f}")


if __name__ == "__main__":
    main()
