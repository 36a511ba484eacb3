"""A table of a TOML file as a record: everything that is wrong with it, and on which line. Pure."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

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


def convert(
    tables: dict[str, Any], record: type[Record], records: Mapping[str, type[msgspec.Struct]]
) -> tuple[Record | None, list[Problem]]:
    """Make a record of a table; None if that cannot be done, and what is wrong with it.

    Each unknown key is told with the nearest right one and left out (of ``tables``, too), so that
    what else is wrong can be told. ``records`` says which record a key's table is.
    """
    problems: list[Problem] = []
    while True:
        try:
            return msgspec.convert(tables, record), problems
        except msgspec.ValidationError as error:
            said, _, place = str(error).partition(" - at `$")
            path = re.findall(r"[^.\[\]`]+", place)
            unknown = re.search(r"contains unknown field `([^`]*)`", said)
            if unknown is None or not _without(tables, path, unknown[1]):
                return None, [*problems, (".".join(path), _plainly(said))]
            last = next((part for part in reversed(path) if not part.isdecimal()), "")
            known = [field.name for field in msgspec.structs.fields(records.get(last, record))]
            near = difflib.get_close_matches(unknown[1], sorted(known), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            where = f" in {'.'.join(path)}" if path else ""
            problems.append((".".join((*path, unknown[1])), f"unknown key {unknown[1]!r}{where}{hint}"))


def _without(tables: Any, path: Sequence[str], key: str) -> bool:
    """Take a key out of the tables; say whether it was there."""
    for part in path:
        tables = tables[int(part) if isinstance(tables, list) else part]
    return tables.pop(key, None) is not None


def _plainly(problem: str) -> str:
    """Put msgspec's words into the reader's."""
    problem = problem.replace("Object missing required field", "missing").replace("Expected", "expected")
    problem = problem.replace("Invalid enum value", "not one of the words that may stand here:")
    return re.sub(r"`(str|int|bool|array|object|float)`", lambda kind: _KINDS[kind[1]], problem)


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
