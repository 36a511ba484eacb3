"""Files of recorded requests as a person hands them over: read strictly, every complaint a sentence.

Two formats: a JSON list for :mod:`relay.conformance`, and ``.http``, one request as it went over the
line: request line, headers, an empty line, the body to the end of the file.
"""

import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from relay.errors import ConfigError
from relay.event import Delivery

MAX_FILE = 64 * 1024 * 1024
"""Bytes of a file of recorded requests."""

_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) (\S{1,8192})(?: HTTP/[0-9.]{1,3})?")
_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}):[ \t]*([^\r\n]*?)[ \t]*")


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a handshake is to be answered with."""

    status: int | None = None
    text: str | None = None
    json: Any = None
    headers: Mapping[str, str] = {}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The shape of one recorded request in a JSON file; other fields are comments and left alone."""

    id: str
    provider: str
    url: str
    scheme: str | None = None
    kind: Literal["delivery", "handshake"] = "delivery"
    secret: str | Sequence[str] | Mapping[str, Any] | None = None
    config: Mapping[str, str | int | float | bool | None] | None = None
    method: str | None = None
    headers: Mapping[str, str | Sequence[str]] | None = None
    body: str | None = None
    now: int | float | None = None
    expect: Literal["valid", "invalid"] | None = None
    expect_response: Answer | None = None


def read_rows(content: bytes) -> list[Mapping[str, Any] | str]:
    """Return the entries of a JSON file in order, and a sentence in the place of each that can't be used.

    Raises:
        ConfigError: not a JSON list.
    """
    try:
        found = msgspec.json.decode(content)
    except (ValueError, RecursionError) as error:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        raise ConfigError("FILE", f"is not JSON in UTF-8: {_plain(error)}.") from None
    if not isinstance(found, list):
        raise ConfigError("FILE", "has to be a JSON list of recorded requests.")
    return [_checked(number, entry) for number, entry in enumerate(found, start=1)]


def _checked(number: int, entry: Any) -> Mapping[str, Any] | str:
    named = entry.get("id") if isinstance(entry, dict) else None
    where = f"entry {number}{f' ({named})' if isinstance(named, str) else ''}"
    try:
        row = msgspec.convert(entry, Row)
        urlsplit(row.url).port  # noqa: B018 - raises if the address has an impossible one
    except (ValueError, RecursionError) as error:
        return f"{where}: {_plain(error)}."
    if not isinstance(entry, dict):  # never: what converts to a Row is one
        return f"{where}: is no object."
    return entry


def _plain(error: Exception) -> str:
    """Return what is wrong, never a piece of the file."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return str(error).rstrip(".") if not isinstance(error, RecursionError) else "nested too deeply"


def read_http(content: bytes, source: str, now: float) -> Delivery:
    """Return the request of an ``.http`` file; ``now`` is when it arrived unless a Date header says so.

    Lines of the head may end in LF or CRLF. The body is taken as it stands; if Content-Length says
    that it is shorter by a line break, that was added by an editor and is left out.

    Raises:
        ConfigError: not such a file.
    """
    head, found, body = _split(content)
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    line = _REQUEST_LINE.fullmatch(lines[0].strip())
    if line is None or not found:
        raise ConfigError(
            "--request",
            "does not begin with a request line such as POST /hooks/stripe HTTP/1.1, headers, an empty line.",
        )
    headers = [_header(number, text) for number, text in enumerate(lines[1:], start=2)]
    declared = [value for name, value in headers if name == b"content-length"]
    return Delivery(
        source=source,
        method=line[1].decode("ascii"),
        target=_target(line[2]),
        headers=headers,
        body=_cut(body, declared),
        received_at=_date(headers, now),
    )


def _split(content: bytes) -> tuple[bytes, bool, bytes]:
    """Return head and body: whichever empty line comes first ends the head."""
    places = [(content.find(mark), len(mark)) for mark in (b"\r\n\r\n", b"\n\n")]
    ends = [(place, size) for place, size in places if place >= 0]
    if not ends:
        stripped = content.rstrip(b"\r\n")
        return stripped, bool(stripped), b""
    place, size = min(ends)
    return content[:place], True, content[place + size :]


def _header(number: int, line: bytes) -> tuple[bytes, bytes]:
    match = _HEADER_LINE.fullmatch(line)
    if match is None:
        raise ConfigError("--request", f"line {number} is no header such as Content-Type: application/json.")
    return match[1].lower(), match[2]


def _target(given: bytes) -> bytes:
    """Return path and query; whoever saves a request may write the whole address."""
    if not given.lower().startswith((b"http://", b"https://")):
        return given
    rest = given.partition(b"://")[2]
    slash = rest.find(b"/")
    return rest[slash:] if slash >= 0 else b"/"


def _cut(body: bytes, declared: Sequence[bytes]) -> bytes:
    if len(declared) != 1 or not declared[0].isdigit() or len(declared[0]) > 12:  # noqa: PLR2004 - digits of a size
        return body
    size = int(declared[0])
    return body[:size] if body[size:] in (b"\n", b"\r\n") else body


def _date(headers: Sequence[tuple[bytes, bytes]], now: float) -> float:
    for name, value in headers:
        if name == b"date":
            try:
                return parsedate_to_datetime(value.decode("ascii")).timestamp()
            except (ValueError, OverflowError):  # UnicodeDecodeError is a ValueError
                return now
    return now
