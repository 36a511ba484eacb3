"""The relay's log: JSON lines, or text on a terminal, without payloads, secrets or control characters.

Everything goes one way: our own events by structlog, and what libraries tell the standard library's
logging. A field that is named like a secret or a payload is masked, bytes are never written, and
what could forge a line or drive a terminal is escaped (CWE-117, CWE-150).
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import PurePath
from threading import Lock
from typing import TextIO, cast

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

MAX_TEXT = 2000
"""Characters of one value; a stranger's request can't make a line longer than some of these."""

MAX_TRACE = 20_000
"""Characters of a traceback; its end is kept, because there stands what went wrong."""

MAX_ITEMS = 50
"""Entries of a list or table in a field."""

MASK = "[masked]"

SENSITIVE = frozenset(
    {"authorization", "cookie", "credential", "passphrase", "password", "secret", "signature", "token"}
    | {"body", "bodies", "header", "payload"}
)
"""Words that make a field's text masked, wherever they stand in its name; numbers stay: ``body_bytes=12``."""

# These put frames, URLs or headers into their messages below this level.
_QUIET = ("asyncio", "httpcore", "httpx", "websockets")
_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, escape sequences among them
    "\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, line-breaking and direction-changing ones
    "\ud800-\udfff]"  # lone surrogates, which no encoding can write
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BARE = re.compile(r"[^\s\"=\\]+")

Clock = Callable[[], float]


def configure(
    level: str = "info", format_: str = "auto", stream: TextIO | None = None, clock: Clock = time.time
) -> FilteringBoundLogger:
    """Send every log line of this process to ``stream`` (standard error), from ``level`` on; return a logger.

    ``format_`` is ``json``, ``text`` or ``auto``: text on a terminal, JSON elsewhere. A second call
    replaces the first.
    """
    stream = stream or sys.stderr
    as_text = format_ == "text" or (format_ == "auto" and stream.isatty())
    number = logging.getLevelNamesMapping()[level.upper()]
    sink = _Sink(stream)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _stamp(clock),
            _explain_exception,
            _clean,
            _as_text if as_text else _as_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: sink,
        cache_logger_on_first_use=False,
    )
    _route_standard_logging(number)
    return get_logger()


def get_logger(**fields: object) -> FilteringBoundLogger:
    """Return a logger that adds ``fields`` to each line; get it after :func:`configure`."""
    return cast("FilteringBoundLogger", structlog.get_logger().bind(**fields))


def escape(text: str, limit: int = MAX_TEXT) -> str:
    r"""Return text on one line, clipped: control and invisible characters become ``\x1b`` or ``\u202e``."""
    clipped = text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
    return _UNSAFE.sub(_escaped, clipped)


class _Sink:
    """Where finished lines go. A log that cannot be written never stops the relay."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, Lock()

    def msg(self, line: str) -> None:
        """Write one line."""
        encoding = self._stream.encoding or "utf-8"
        writable = line.encode(encoding, "backslashreplace").decode(encoding)
        with self._lock:
            try:
                self._stream.write(f"{writable}\n")
                self._stream.flush()
            except (OSError, ValueError):
                return  # a closed pipe or a full disk; there is no other place to tell it

    debug = info = warning = error = critical = fatal = failure = err = log = exception = msg


class _Foreign(logging.Handler):
    """Takes what libraries log through the standard library into the same stream."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a library's record as an event of ours."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = str(record.msg)
        log = get_logger(logger=record.name)
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        log.log(level, message, **({"exc_info": record.exc_info} if record.exc_info else {}))


def _route_standard_logging(level: int) -> None:
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Foreign)]:
        root.removeHandler(handler)
    root.addHandler(_Foreign())
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in _UVICORN:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # One line for each webhook would bury the others, and URLs are not for logs.
    logging.getLogger("uvicorn.access").disabled = True


def _stamp(clock: Clock) -> Processor:
    def stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        moment = datetime.fromtimestamp(clock(), UTC).isoformat(timespec="milliseconds")
        return {"time": moment.replace("+00:00", "Z"), "level": event.pop("level"), **event}

    return stamp


def _explain_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Turn ``exc_info`` into text: the traceback, without the values of variables."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = "".join(traceback.format_exception(error))[-MAX_TRACE:]
    return event


def _clean(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    cleaned = {escape(name, 100): _clean_field(name, value) for name, value in event.items()}
    order = ("time", "level", "event")
    return {name: cleaned.pop(name) for name in order if name in cleaned} | cleaned


def _clean_field(name: str, value: object, depth: int = 3) -> object:
    if name == "exception":
        return [escape(line) for line in str(value).splitlines()]
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int | float):
        return value
    return MASK if _is_sensitive(name) else _clean_value(value, depth)


def _is_sensitive(name: str) -> bool:
    words = {word.lower() for word in _WORDS.findall(name)}
    return bool(SENSITIVE & (words | {word.removesuffix("s") for word in words}))


def _clean_value(value: object, depth: int) -> object:
    """Return what may be written of a value; of a list or table, ``depth`` levels of it."""
    if depth and isinstance(value, Mapping):
        pairs = list(value.items())[:MAX_ITEMS]
        return {escape(str(key), 100): _clean_field(str(key), item, depth - 1) for key, item in pairs}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_clean_field("", item, depth - 1) for item in list(value)[:MAX_ITEMS]]
    return _clean_text(value)


def _clean_text(value: object) -> str:
    """Return the text of a value; of an unknown object only its type, because its repr may hold a payload."""
    match value:
        case str() | PurePath() | datetime():
            return escape(str(value))
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case BaseException():
            return escape(f"{type(value).__name__}: {value}")
        case _:
            return f"<{type(value).__name__}>"


def _as_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return msgspec.json.encode(event).decode()


def _as_text(_: WrappedLogger, __: str, event: EventDict) -> str:
    """Return a line for a person: time, level, event, then the fields; a traceback below it, indented."""
    trace = event.pop("exception", [])
    head = f"{event.pop('time')} {event.pop('level'):<8} {event.pop('event', '')}"
    fields = (f"{name}={_shown(value)}" for name, value in event.items())
    return "\n    ".join([" ".join([head, *fields]), *trace])


def _shown(value: object) -> str:
    if isinstance(value, str) and _BARE.fullmatch(value):
        return value
    return msgspec.json.encode(value).decode()


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - what two digits hold
