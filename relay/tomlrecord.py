"""A table of a TOML file as a record: everything that is wrong with it, and on which line. Pure."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, get_type_hints

import msgspec

from relay.tomltext import key_lines

Record = TypeVar("Record", bound=msgspec.Struct)

Problem = tuple[str, str]
"""A place such as ``scripts.0.text``, and what is wrong there."""

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "float": "a number",
}


class Words(NamedTuple):
    """What a file's reader is told instead of the library's words."""

    records: Mapping[str, type[msgspec.Struct]]
    """Which record a table is, by its key."""
    patterns: Mapping[str, str] = {}
    """What a text looks like that matches a pattern."""
    choices: Mapping[str, Sequence[str]] = {}
    """The words that may stand somewhere, by key."""


def convert(
    tables: dict[str, Any], record: type[Record], words: Words
) -> tuple[Record | None, list[Problem]]:
    """Make a record of a table; None if that cannot be done, and what is wrong with it.

    Each unknown key is told with the nearest right one. It, and every value of the wrong kind, is left
    out (of ``tables``, too), so that what else is wrong can be told.
    """
    problems: list[Problem] = []
    wrong: set[str] = set()
    while True:
        try:
            found = msgspec.convert(tables, record)
        except msgspec.ValidationError as error:
            said, _, place = str(error).partition(" - at `$")
            path = re.findall(r"[^.\[\]`]+", place)
            if (unknown := re.search(r"contains unknown field `([^`]*)`", said)) is not None:
                problems.append(_unknown(path, unknown[1], record, words))
                path = [*path, unknown[1]]
            elif (missing := re.search(r"missing required field `([^`]*)`", said)) is not None:
                lost = ".".join((*path, missing[1]))
                # What was of the wrong kind is left out, and told already.
                if lost not in wrong:
                    problems.append((lost, "is missing"))
                wrong.add(lost)
                if not _with_something(tables, [*path, missing[1]], record, words):
                    return None, problems
                continue
            else:
                wrong.add(".".join(path))
                problems.append((".".join(path), _plainly(said, path[-1] if path else "", words)))
            if not _without(tables, path):
                return None, problems
        else:
            return None if wrong else found, problems


def _unknown(path: Sequence[str], key: str, record: type[msgspec.Struct], words: Words) -> Problem:
    """Tell of a key that doesn't exist, with the nearest that does."""
    known = [field.name for field in msgspec.structs.fields(_record_of(path, record, words))]
    near = difflib.get_close_matches(key, sorted(known), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    where = f" in {'.'.join(path)}" if path else ""
    return ".".join((*path, key)), f"unknown key {key!r}{where}{hint}"


def _with_something(tables: Any, path: Sequence[str], record: type[msgspec.Struct], words: Words) -> bool:
    """Put a value of the right kind in the place of a missing one; say whether there is such a value.

    Nobody sees it: it is there so that what is wrong behind it is found, too.
    """
    kinds = get_type_hints(_record_of(path[:-1], record, words), include_extras=True)
    for part in path[:-1]:
        tables = tables[int(part) if isinstance(tables, list) else part]
    for something in ("x", "1s", ["x"], 1, 1.0, False):
        try:
            msgspec.convert(something, kinds[path[-1]])
        except msgspec.ValidationError:
            continue
        tables[path[-1]] = something
        return True
    return False


def _record_of(path: Sequence[str], record: type[msgspec.Struct], words: Words) -> type[msgspec.Struct]:
    """Return which record stands at a place."""
    last = next((part for part in reversed(path) if not part.isdecimal()), "")
    return words.records.get(last, record)


def _without(tables: Any, path: Sequence[str]) -> bool:
    """Take a value out of the tables; say whether it was there."""
    try:
        for part in path[:-1]:
            tables = tables[int(part) if isinstance(tables, list) else part]
        del tables[int(path[-1]) if isinstance(tables, list) else path[-1]]
    except (KeyError, IndexError, ValueError):
        return False  # the library doesn't name keys of free tables
    return True


def _plainly(problem: str, key: str, words: Words) -> str:
    """Put msgspec's words into the reader's."""
    if problem.startswith("Invalid enum value") and key in words.choices:
        said = problem.removeprefix("Invalid enum value ")
        return f"{said} may not stand here; one of {', '.join(words.choices[key])}"
    if problem.startswith("Invalid RFC3339 encoded date"):
        return "no day; write it as 2026-12-31"
    for pattern, looks in words.patterns.items():
        problem = problem.replace(f"`str` matching regex {pattern!r}", looks)
    return re.sub(
        r"`(str|int|bool|array|object|float)`",
        lambda kind: _KINDS[kind[1]],
        problem.replace("Expected", "expected"),
    )


def line_of(text: str, place: str) -> int:
    """Return the line of a key such as ``scripts.0.text`` in a TOML text, or of what holds it; 0 if none."""
    parts = place.split(".")
    names = [part for part in parts if not part.isdecimal()]
    wanted = {tuple(names[:n]) for n in range(1, len(names) + 1)}
    # Of repeated tables, [[scripts]], the one with the right number counts.
    numbered = next((n for n, part in enumerate(parts) if part.isdecimal()), 0)
    table, number = tuple(parts[:numbered]), int(parts[numbered]) if numbered else -1
    seen, depth, best = -1, 0, 0
    for path, line in key_lines(text):
        seen += path == table
        inside = len(path) >= len(table) > 0
        if path in wanted and len(path) > depth and (not inside or seen == number):
            depth, best = len(path), line
    return best
