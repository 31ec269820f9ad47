"""A student's result beside the course's: what of both is shown, and how they differ, in a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ..confined.student import Gone, Outcome, Student, StudentError, Unfit
from ..numbers import both, decimal, significant
from ..text import Both
from . import texts
from .runner import Session
from .source import Unusable
from .trials import At, Trial

CLOSE = 1e-3  # what rounding may leave, for numbers about 1
MANY = 1000  # draws, to see how wide they are
WIDE = 0.1  # how far from 1 the width of so many may be
FEW = 4  # numbers that are written out


@dataclass(frozen=True)
class Shown:
    """What there is to see of one function; of two things the first is the course's."""

    name: str
    says: Both
    right: bool = False
    pictures: tuple[Tensor, ...] = ()  # (N, C, H, W)
    numbers: tuple[list[float], ...] = ()


def compared(trial: Trial, at: At, session: Session) -> Shown:
    """Both results, whatever the student's is."""
    try:
        return session.use(trial.name, lambda student: _beside(trial, at, student))
    except StudentError as error:
        says = error.text
    except Gone as error:
        says = texts.GONE.format(name=trial.name, why=error.text)
    except Unusable as error:
        says = error.sentence
    except Unfit as error:
        says = error.text or Both(str(error), str(error))
    return Shown(trial.name, says)


def _beside(trial: Trial, at: At, student: Student) -> Shown:
    pairs = _asked(trial, at, student)
    apart = max(float((ours - theirs).abs().max()) for ours, theirs in pairs)
    right = all(torch.allclose(theirs, ours, rtol=CLOSE, atol=CLOSE) for ours, theirs in pairs)
    says = texts.SAME if right else texts.APART.format(most=both(significant, apart, 3))
    if trial.shows == "numbers":
        numbers = tuple([float(x) for pair in pairs for x in pair[side].flatten()] for side in (0, 1))
        return Shown(trial.name, says, right, numbers=numbers if len(numbers[0]) <= FEW else ())
    ours, theirs = (_pictures(result, trial, at) for result in pairs[0])
    if trial.noise and not right:
        right, says = _width(trial, at, student)
    elif not right:
        most = float((ours - theirs).abs().max())
        says = texts.PIXELS.format(pixels=both(significant, most, 2), most=both(significant, apart, 2))
    return Shown(trial.name, says, right, (ours, theirs))


def _asked(trial: Trial, at: At, student: Student) -> list[tuple[Tensor, Tensor]]:
    """The parts of both results. Raises StudentError, Gone, Unfit, Unusable."""
    outcome = trial.call(student, at).ok()
    return list(_pairs(trial.course(at), outcome.value, outcome))


def _pairs(ours: Any, theirs: Any, outcome: Outcome) -> Iterator[tuple[Tensor, Tensor]]:
    """Those of one shape, as float32; a NumPy array counts as a tensor. Raises Unusable."""
    about = {"name": outcome.name, "what": outcome.told() or Both("", "")}
    if isinstance(ours, (tuple, list)):
        if not isinstance(theirs, (tuple, list)) or len(theirs) != len(ours):
            raise Unusable(texts.OTHER_PARTS.format(count=len(ours), **about))
        for one, other in zip(ours, theirs, strict=True):
            yield from _pairs(one, other, outcome)
        return
    if not isinstance(theirs, (Tensor, int, float)) or (isinstance(theirs, Tensor) and theirs.is_complex()):
        raise Unusable(texts.OTHER_KIND.format(**about))
    ours, theirs = (torch.as_tensor(one, dtype=torch.float32) for one in (ours, theirs))
    if theirs.shape != ours.shape:
        shapes = {"theirs": str(tuple(theirs.shape)), "ours": str(tuple(ours.shape))}
        raise Unusable(texts.OTHER_SHAPE.format(name=outcome.name, **shapes))
    if not theirs.isfinite().all():
        raise Unusable(texts.NOT_FINITE.format(name=outcome.name))
    yield ours, theirs


def _pictures(result: Tensor, trial: Trial, at: At) -> Tensor:
    """What is shown of pictures, or of codes."""
    return result.clamp(0, 1) if trial.shows == "pictures" else at.model.decode(at.scale * result.flatten(1))


def _width(trial: Trial, at: At, student: Student) -> tuple[bool, Both]:
    """Other random numbers are no fault; their middle and width can be one."""
    assert trial.noise
    many = replace(at, count=MANY)
    noise = trial.noise(_asked(trial, many, student)[0][1], many)
    middle, width = noise.mean().item(), noise.std().item()
    right = abs(width - 1) < WIDE and abs(middle) < WIDE
    says = texts.OTHER_NOISE if right else texts.WIDTH
    return right, says.format(width=both(decimal, width, 2), middle=both(decimal, middle, 2))
