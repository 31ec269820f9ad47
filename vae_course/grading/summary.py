"""What a teacher reads of a class that was graded."""

from .verdict import Verdict


def in_a_line(verdict: Verdict) -> str:
    """A student's points in a log."""
    parts = [f"{verdict.points:g} of {verdict.most:g} points"]
    if verdict.waiting:
        parts.append(f"{verdict.waiting:g} wait for the teacher")
    return ", ".join(parts + [repair.en.rstrip(".") for repair in verdict.repairs])
