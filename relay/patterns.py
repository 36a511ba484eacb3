"""Patterns of types and playbooks, as of file names: what one matches, and what it says of another. Pure.

``*`` stands for anything, ``?`` for one character, ``[ab]`` and ``[!ab]`` for one of some; capital and small
letters are the same. What is said of two patterns is sure: where it would take more thought to know, the
answer is the careful one.
"""

import fnmatch
import re
from collections.abc import Sequence

_PIECE = re.compile(r"\*|\?|\[!?+\]?+[^\]]*\]|.", re.DOTALL)
"""What :mod:`fnmatch` reads as one thing; a bracket that nobody closes is itself."""


def matches(pattern: str, name: str) -> bool:
    """Say whether a pattern is about a name."""
    return fnmatch.fnmatchcase(name.lower(), pattern.lower())


def covers(wide: str, narrow: str) -> bool:
    """Say whether one pattern is about everything that another is about; False if that isn't sure."""
    ours = _pieces(wide)
    at = _on({0}, ours)
    for piece in _pieces(narrow):
        stay = {place for place in at if _is_star(ours, place)}
        at = _on(stay | {place + 1 for place in at - stay if _takes(ours[place : place + 1], piece)}, ours)
    return len(ours) in at


def overlap(one: str, other: str) -> bool:
    """Say whether some name may be what both patterns are about; True if that isn't sure."""
    ours = _pieces(one)
    at = _on({0}, ours)
    for piece in _pieces(other):
        if piece == "*" and at:
            at = set(range(min(at), len(ours) + 1))
            continue
        stay = {place for place in at if _is_star(ours, place)}
        at = _on(stay | {place + 1 for place in at - stay if _meet(ours[place : place + 1], piece)}, ours)
    return len(ours) in at


def _on(at: set[int], pieces: Sequence[str]) -> set[int]:
    """Add the places behind stars: a star may stand for nothing."""
    for place, piece in enumerate(pieces):
        if place in at and piece == "*":
            at.add(place + 1)
    return at


def _is_star(pieces: Sequence[str], place: int) -> bool:
    return place < len(pieces) and pieces[place] == "*"


def _pieces(pattern: str) -> Sequence[str]:
    return _PIECE.findall(pattern.lower())


def _takes(wide: Sequence[str], narrow: str) -> bool:
    """Say whether a piece for one character, if there is one, takes everything that another piece does."""
    if not wide or narrow == "*":
        return False
    if wide[0] in {"?", narrow}:
        return True
    return len(narrow) == 1 and narrow != "?" and fnmatch.fnmatchcase(narrow, wide[0])


def _meet(one: Sequence[str], other: str) -> bool:
    """Say whether two pieces for one character, if there are two, may mean the same one."""
    if not one or "?" in {one[0], other} or (len(one[0]) > 1 and len(other) > 1):
        return bool(one)
    plain, wider = (one[0], other) if len(one[0]) == 1 else (other, one[0])
    return fnmatch.fnmatchcase(plain, wider)
