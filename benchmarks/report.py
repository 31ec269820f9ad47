"""docs/benchmarks.md from benchmarks/results/: python -m benchmarks report. Nothing in it is typed by hand."""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PAGE, RESULTS = ROOT / "docs" / "benchmarks.md", ROOT / "benchmarks" / "results"
PICTURE = ROOT / "docs" / "benchmarks.webp"
GROWTH = ROOT / "docs" / "scaling.webp"
sys.path.insert(0, str(ROOT / "benchmarks"))  # the scripts are imported as they import each other
HEAD = """# Benchmarks

Written by `python -m benchmarks report` from [the results](../benchmarks/results), which
`python -m benchmarks NAME --keep` measured; nothing here is typed by hand. All that is compared ran on the same machine
in one run, in turns, so that the ratios mean more than the numbers beside them. *base* is an earlier commit, which each
script names: before the demo was built anew, and when nbgrader still ran a kernel for each notebook.
"""
TITLES = {
    "throughput": "Training: pictures a CPU second",
    "scaling": "Training: how time and memory grow",
    "quality": "Quality after the same CPU time",
    "priors": "Where codes are drawn from: lesson 10",
    "grading": "Grading: what a submission costs",
    "decoding": "Decoding a picture in the browser",
    "dragging": "A slider of the demo under a finger",
    "explorer": "The explorer: the first picture, and a finger on the map",
    "page": "The demo's page",
}


def results() -> dict[str, dict]:
    """What was kept, by name."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    return {one["name"]: one for one in found}


def number(value: float) -> str:
    """Three digits at least: 12,345; 1.23; 0.0123."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def said(script: str) -> Iterator[str]:
    """What a script says of its numbers; a term that it explains begins an item of a list."""
    yield ""
    for line in (importlib.import_module(script).__doc__ or "").splitlines()[2:]:
        yield f"- {line}" if re.match(r"[a-z]+(, [a-z]+)*: ", line) else line


def loops(lines: list[dict]) -> Iterator[str]:
    *loops_, ratios = lines
    keys = ("per_cpu_second", "per_second")
    rows = [
        [
            one["loop"] if "loop" in one else f"matrix product, {one['matmul']}",
            str(one.get("threads", 1)),
            *(number(one[key]) if key in one else "" for key in keys),
            number(one["flops"] / 1e9) if "flops" in one else "",
        ]
        for one in loops_
    ]
    yield f"![Pictures a CPU second of each loop]({PICTURE.name})\n"
    yield from table(["loop", "threads", "pictures a CPU second", "pictures a second", "GFLOP/s"], rows)
    yield ""
    yield from table(["ratio", "times"], [[f"`{name}`", f"{value:.2f}"] for name, value in ratios.items()])
    yield from said("throughput")


def scaling(lines: list[dict]) -> Iterator[str]:
    *rows, exponents = lines
    points = [one for one in rows if "what" in one]
    yield f"![Time and memory against what grows]({GROWTH.name})\n"
    yield from table(
        ["what grows", "to", "CPU seconds an epoch", "MB"],
        [[one["what"], number(one["value"]), number(one["seconds"]), number(one["mb"])] for one in points],
    )
    yield ""
    kinds = list(dict.fromkeys(one["what"] for one in points))
    powers = [[kind, *(f"{exponents[f'{of}_{kind}']:.2f}" for of in ("seconds", "mb"))] for kind in kinds]
    yield from table(["exponent", "of time", "of memory"], powers)
    if beside := [[one["loop"], number(one["mb"])] for one in rows if "loop" in one]:
        yield ""
        yield from table(["loop", "MB"], beside)
    yield from said("scaling")


def quality(lines: list[dict]) -> Iterator[str]:
    *models, _ = lines
    digits = importlib.import_module("quality").ROWS

    def cell(value: list[float] | None, places: int) -> str:
        return "" if value is None else f"{value[0]:.{places}f} ± {value[1]:.{places}f}"

    rows = [[f"`{key}`", *(cell(one[key], places) for one in models)] for key, places in digits.items()]
    yield from table(["", *(one["model"] for one in models)], rows)
    yield from said("quality")


def priors(lines: list[dict]) -> Iterator[str]:
    (models,) = lines
    kinds = [kind for kind in next(iter(models.values())) if kind != "seconds"]
    rows = [
        [f"`{name}`", *(f"{found[kind][0]:.2f} ± {found[kind][1]:.2f}" for kind in kinds), number(found["seconds"][0])]
        for name, found in models.items()
    ]
    yield from table(["Fréchet distance", *kinds, "CPU-s of the flow"], rows)
    yield "\nMean ± standard deviation over seeds, 0 where there is one."


def beside(script: str) -> Callable[[list[dict]], Iterator[str]]:
    """Base and here in two columns; the script's ROWS say what each number is."""

    def written(lines: list[dict]) -> Iterator[str]:
        what = importlib.import_module(script).ROWS
        base, here = ({line.get("which"): line for line in lines}[side] for side in ("base", "here"))
        names = {key: value if isinstance(value, str) else value[0] for key, value in what.items()}
        rows = [[names[key], number(base[key]), number(here[key])] for key in names if key in base]
        yield from table(["", "base", "here"], rows)

    return written


def decoding(lines: list[dict]) -> Iterator[str]:
    titles, numbers = importlib.import_module("decoding").TITLES, lines[0]
    kinds = list(numbers["bytes"])
    rows = [[row, *(number(times[kind]) for kind in kinds)] for row, times in numbers["milliseconds"].items()]
    rows.append(["to ship, bytes, gzip", *(number(numbers["bytes"][kind]) for kind in kinds)])
    yield from table(["CPU ms a call", *(titles[kind] for kind in kinds)], rows)


def explorer(lines: list[dict]) -> Iterator[str]:
    said = {
        key: " (median), ".join(map(str, value)) + " (95 %)" if isinstance(value, list) else number(value)
        for key, value in lines[-1].items()
    }
    yield from table(["", ""], [[key, value] for key, value in said.items()])


WRITERS = {
    "throughput": loops, "scaling": scaling, "quality": quality, "priors": priors, "grading": beside("grading"),
    "decoding": decoding, "dragging": beside("dragging"), "explorer": explorer, "page": beside("page"),
}  # fmt: skip


def text(found: dict[str, dict]) -> str:
    """The page."""
    parts = [HEAD]
    for one in found.values():
        machine = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in one["machine"].items())
        for (script, lines), command in zip(one["found"].items(), one["commands"], strict=True):
            parts += [f"## {TITLES[script]}\n", *WRITERS[script](lines), ""]
            parts.append(f"`{command}`, {one['date']}; {machine}.\n")
    return "\n".join(parts)


def drawn(lines: list[dict]) -> None:
    """The loops' speeds as bars, one panel a network."""
    loops_ = [one for one in lines[:-1] if "loop" in one]
    loops_ = [one for one in loops_ if one.get("threads", 1) == loops_[0].get("threads", 1)]
    kinds = list(dict.fromkeys(one["loop"].split()[0] for one in loops_))
    figure, axes = plt.subplots(1, len(kinds), figsize=(4.5 * len(kinds), 2.6), layout="constrained", squeeze=False)
    for kind, ax in zip(kinds, axes[0], strict=True):
        bars = sorted((one["per_cpu_second"], one["loop"]) for one in loops_ if one["loop"].split()[0] == kind)
        colours = ["#4338ca" if " fit" in name else "#a8a29e" for _, name in bars]
        shown = ax.barh([name.partition(" ")[2] for _, name in bars], [speed for speed, _ in bars], color=colours)
        ax.bar_label(shown, fmt="{:,.0f}", padding=4)
        ax.set(title=f"{kind}: pictures a CPU second", xlim=(0, 1.25 * bars[-1][0]), xticks=[])
        ax.spines[["top", "right", "bottom"]].set_visible(False)
    saved(figure, PICTURE)


def grown(lines: list[dict]) -> None:
    """Time and memory, a panel for each thing that grows, both axes logarithmic."""
    points = [one for one in lines if "what" in one]
    kinds = list(dict.fromkeys(one["what"] for one in points))
    figure, axes = plt.subplots(1, len(kinds), figsize=(3.4 * len(kinds), 2.8), layout="constrained", squeeze=False)
    for kind, ax in zip(kinds, axes[0], strict=True):
        mine = [one for one in points if one["what"] == kind]
        values = [one["value"] for one in mine]
        for key, name, colour in (("seconds", "CPU seconds an epoch", "#4338ca"), ("mb", "MB", "#a8a29e")):
            ax.loglog(values, [one[key] for one in mine], "o-", color=colour, label=name)
        ax.set(title=kind, xticks=values, xticklabels=[f"{value:,}" for value in values])
        ax.minorticks_off()
        ax.spines[["top", "right"]].set_visible(False)
    axes[0][0].legend(frameon=False)
    saved(figure, GROWTH)


def saved(figure: plt.Figure, path: Path) -> None:
    """As WebP."""
    png = path.with_suffix(".png")
    figure.savefig(png, dpi=120)
    plt.close(figure)
    with Image.open(png) as image:
        image.convert("RGB").save(path, quality=85, method=6)
    png.unlink()


def write() -> None:
    """The page and its picture."""
    found = results()
    PAGE.write_text(text(found), encoding="utf-8")
    if "throughput" in found:
        scripts = found["throughput"]["found"]
        drawn(scripts["throughput"])
        if "scaling" in scripts:
            grown(scripts["scaling"])
    print(f"{PAGE.relative_to(ROOT)}: {', '.join(found)}")
