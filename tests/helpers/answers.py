"""The bank of answers whose worth is known: every right one is full, every wrong one is not."""

from pathlib import Path

from vae_course.grading.results import Score

ANSWERS = Path(__file__).parents[1] / "answers"


def answers(exercise: str, kind: str) -> list[Path]:
    """The files of an exercise's "right" or "wrong" ones."""
    return sorted((ANSWERS / exercise).glob(f"{kind}_*.py"))


def misjudged(scores: list[Score]) -> list[str]:
    """What is wrong with the checks: right answers below full, wrong ones at full."""
    return [
        f"{Path(one.file).parent.name}/{Path(one.file).name}: {one.points}/{one.most}"
        for one in scores
        if (one.points == one.most) != Path(one.file).name.startswith("right")
    ]
