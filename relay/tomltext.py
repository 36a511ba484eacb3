"""A TOML file as a person wrote it: its text, its values, and the line on which each key stands."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from relay.errors import ConfigError, ConfigErrors

MAX_FILE = 1024 * 1024
"""Bytes. A thousand sources take some hundred kB; a longer file is the wrong file."""

_SYNTAX_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


def file_text(path: Path) -> str:
    """Return a file's text.

    Raises:
        ConfigErrors: it can't be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise ConfigErrors(
                [ConfigError("configuration file", f"{path} is larger than {MAX_FILE} bytes.")]
            )
        return content.decode("utf-8-sig")
    except OSError as error:
        problem = f"{path} can't be read: {error.strerror or error}."
    except UnicodeDecodeError:
        problem = f"{path} is not UTF-8 text."
    raise ConfigErrors([ConfigError("configuration file", problem)])


def parse(text: str, filename: str) -> dict[str, object]:
    """Return the values of a text.

    Raises:
        ConfigErrors: it is not TOML; the line is named.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        where = f"{filename}:{found[1]}" if found else filename
        raise ConfigErrors(
            [ConfigError("TOML", f"{_SYNTAX_LINE.sub('', str(error))}.", where=where)]
        ) from None
    except RecursionError:
        raise ConfigErrors([ConfigError("TOML", "is nested too deeply.", where=filename)]) from None


def key_lines(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield each key and section of a TOML text with its line, from 1.

    A search, not a parser: what looks like a key inside a text of many lines is yielded too, which
    is harmless, because only keys that the parser found are looked up.
    """
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            if header := _dotted(stripped.strip("[]").split("]")[0]):
                section = header
                yield section, number
        elif (name := _dotted(stripped.partition("=")[0])) and "=" in stripped:
            yield (*section, *name), number


def _dotted(written: str) -> tuple[str, ...]:
    """Return the parts of a key as TOML understands it, quotes and dots included; empty if it is none."""
    try:
        table: object = tomllib.loads(f"{written.strip()} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    parts = []
    while isinstance(table, dict) and table:
        parts.append(next(iter(table)))
        table = table[parts[-1]]
    return tuple(parts)
