"""Which students' answers are alike beyond what a whole class writes alike: a hint for a teacher, never a finding.

Sources are compared as tokens, whatever things are called, without comments and texts: by their shingles, runs of
TOKENS tokens. One that many students have says nothing of two of them and does not count, nor do those of the release.
"""

import io
import keyword
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations

TOKENS = 6  # in a shingle
COMMON = 0.1  # share of the class from which on a shingle is what one writes anyway
ALWAYS_RARE = 2  # students who may share a shingle in a small class
LEAST = 12  # shingles that two must share
ALIKE = 0.6  # of the rarer shingles of the one that has fewer
SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING, tokenize.ENDMARKER, tokenize.STRING}


@dataclass(frozen=True)
class Pair:
    """Two students' answers to one exercise."""

    exercise: str
    students: tuple[str, str]
    sources: tuple[str, str]
    share: float  # of the rarer shingles of the one that has fewer, between 0 and 1


def pairs(answers: Mapping[str, Mapping[str, str]], released: Mapping[str, str]) -> list[Pair]:
    """The pairs that are alike, most alike first.

    answers: exercise -> student -> source. released: exercise -> the source that students were handed.
    """
    found = [pair for name, sources in answers.items() for pair in _pairs(name, sources, released.get(name, ""))]
    return sorted(found, key=lambda pair: (-pair.share, pair.exercise, pair.students))


def _pairs(exercise: str, sources: Mapping[str, str], released: str) -> Iterator[Pair]:
    given = shingles(released)
    own = {student: shingles(source) - given for student, source in sources.items()}
    counts = Counter(one for found in own.values() for one in found)
    most = max(ALWAYS_RARE, int(COMMON * len(own)))
    rare = {student: {one for one in found if counts[one] <= most} for student, found in own.items()}
    for one, other in combinations(sorted(rare), 2):
        shared = len(rare[one] & rare[other])
        fewer = min(len(rare[one]), len(rare[other]))
        if shared >= LEAST and shared >= ALIKE * fewer:
            yield Pair(exercise, (one, other), (sources[one], sources[other]), shared / fewer)


def shingles(source: str) -> set[tuple[str, ...]]:
    """The runs of tokens in a source, whatever names and texts are in it; none of what is no Python."""
    words = tokens(source)
    return set(zip(*(words[k:] for k in range(TOKENS)), strict=False))


def tokens(source: str) -> list[str]:
    """A source's tokens: signs, keywords and numbers as they are, names without what they say."""
    read = partial(next, iter(io.StringIO(source).readlines()), "")
    try:
        found = [one for one in tokenize.generate_tokens(read) if one.type not in SKIPPED]
    except (tokenize.TokenError, SyntaxError):  # IndentationError among them
        return []
    return [
        "a name" if one.type == tokenize.NAME and not keyword.iskeyword(one.string) else one.string for one in found
    ]
