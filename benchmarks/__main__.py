"""The benchmarks, and their report: python -m benchmarks NAME|all|report [--quick] [--json] [--keep].

Each is a script of its own beside this file, with more to choose (python benchmarks/page.py --help). Here one or all of
them run, and end with one JSON object of the numbers to compare. --keep writes what was measured, on which machine and
by which commands, to benchmarks/results/; report makes docs/benchmarks.md from that. Measure on an idle machine.
"""

import argparse
import datetime
import json
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PEERS = ("torch", "torchvision", "gradio", "nbgrader", "pythae", "lightning", "onnxruntime")
RUNS = {  # name -> the scripts; for each what is asked of it, and what for a quick look
    "throughput": {
        "throughput": (["--threads", "1", "2"], ["--quick", "--rounds", "3"]),
        "scaling": ([], ["--quick"]),
    },
    "quality": {"quality": ([], ["--seconds", "4", "--seeds", "1"])},
    "priors": {"priors": ([], ["--seeds", "1", "--steps", "2000", "fashion-latent-8"])},
    "grading": {"grading": ([], ["--submissions", "3"])},
    "browser": {
        "decoding": ([], ["--rounds", "3"]),
        "dragging": ([], ["--rounds", "2", "--seconds", "4", "--base-sessions", "30"]),
        "explorer": ([], ["--times", "1"]),
    },
    "page": {"page": ([], ["--rounds", "1"])},
}


def run(name: str, quick: bool) -> dict:
    """What the scripts of a benchmark print, a list of objects each, and the last one of each together."""
    commands, found, summary, start = [], {}, {}, time.monotonic()
    for script, (usual, short) in RUNS[name].items():
        command = [f"benchmarks/{script}.py", "--json", *(short if quick else usual)]
        done = subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"python {' '.join(command)} failed")
        commands.append(" ".join(["python", *command]))
        found[script] = [json.loads(line) for line in done.stdout.splitlines()]
        summary |= found[script][-1]
    return {
        "name": name, "summary": summary, "found": found, "commands": commands, "machine": machine(),
        "date": datetime.date.today().isoformat(), "seconds": round(time.monotonic() - start),
    }  # fmt: skip


def machine() -> dict[str, str | int]:
    """What the numbers lean on: processor, memory, system, versions."""
    about: dict[str, str | int] = {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
    }
    if Path("/proc/cpuinfo").exists():
        fields = [line.partition(":")[::2] for line in Path("/proc/cpuinfo").read_text().splitlines()]
        about["processor"] = next((value.strip() for key, value in fields if key.strip() == "model name"), "")
        about["cores"] = sum(key.strip() == "processor" for key, _ in fields)
        about["memory_gb"] = round(int(Path("/proc/meminfo").read_text().split()[1]) / 1e6)
    return about | {name: version(name) for name in PEERS if installed(name)}


def installed(name: str) -> bool:
    try:
        return bool(version(name))
    except ModuleNotFoundError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=[*RUNS, "all", "report"])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: all of them in some ten minutes")
    parser.add_argument("--json", action="store_true", help="each object that the scripts print, too")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/NAME.json")
    chosen = parser.parse_args()
    if chosen.name == "report":
        from benchmarks import report

        report.write()
        return
    for name in RUNS if chosen.name == "all" else [chosen.name]:
        found = run(name, chosen.quick)
        if chosen.json:
            for script, lines in found["found"].items():
                print(*(json.dumps({"script": script, **line}) for line in lines), sep="\n")
        print(json.dumps({"benchmark": name, **found["summary"]}), flush=True)
        if chosen.keep:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
