"""The relay's log: one line an event, nothing secret, nothing that drives a terminal."""

import io
import json
import logging
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from relay.event import Event
from relay.log import MASK, MAX_TEXT, configure, escape, get_logger
from relay.source import Secret


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_time_level_event_and_fields() -> None:
    """A JSON line begins with the time in UTC, the level and the event."""
    stream = io.StringIO()
    log = configure("info", "json", stream, clock=lambda: 1772193764.25)
    log.info("intake.stored", source="stripe", seq=7, duplicate=False)
    assert list(lines(stream)[0].items()) == [
        ("time", "2026-02-27T12:02:44.250Z"),
        ("level", "info"),
        ("event", "intake.stored"),
        ("source", "stripe"),
        ("seq", 7),
        ("duplicate", False),
    ]


def test_text_is_for_people() -> None:
    """The text format is one line, with quotes only where they are needed."""
    stream = io.StringIO()
    configure("info", "text", stream, clock=lambda: 0.0).warning(
        "intake.refused", source="s", reason="too old"
    )
    assert stream.getvalue() == '1970-01-01T00:00:00.000Z warning  intake.refused source=s reason="too old"\n'


def test_auto_is_json_where_no_terminal_is() -> None:
    """A pipe or a file gets JSON, a terminal gets text."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    pipe, terminal = io.StringIO(), Terminal()
    configure("info", "auto", pipe).info("started")
    configure("info", "auto", terminal).info("started")
    assert pipe.getvalue().startswith("{")
    assert terminal.getvalue().endswith("started\n")


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "deviceToken",
        "secret",
        "webhook_secrets",
        "Authorization",
        "body",
        "raw-body",
        "payload",
        "headers",
    ],
)
def test_what_is_named_like_a_secret_is_masked(name: str) -> None:
    """A field named like a secret or a payload shows a mask, at any depth."""
    stream = io.StringIO()
    configure("info", "json", stream).info("event", **{name: "whsec_hush", "request": {name: ["whsec_hush"]}})
    assert "whsec_hush" not in stream.getvalue()
    assert lines(stream)[0][name] == MASK


def test_numbers_about_a_body_stay() -> None:
    """How long a body was is no secret."""
    stream = io.StringIO()
    configure("info", "json", stream).info("event", body_bytes=12, token_count=None)
    assert lines(stream)[0]["body_bytes"] == 12
    assert lines(stream)[0]["token_count"] is None


def test_objects_do_not_print_themselves() -> None:
    """Bytes, secrets and records whose repr holds a payload show only what they are."""
    stream = io.StringIO()
    event = Event(source="s", provider="p", id="1", type="t", time=0.0, data=b'{"name": "Maya"}')
    configure("info", "json", stream).info(
        "x", got=event, raw=b"Maya", deep=[[[[["Maya"]]]]], key=Secret("hush")
    )
    assert lines(stream)[0]["got"] == "<Event>"
    assert lines(stream)[0]["raw"] == "<4 bytes>"
    assert lines(stream)[0]["key"] == "<Secret>"
    assert "Maya" not in stream.getvalue()


def test_a_line_cannot_be_forged_or_drive_a_terminal() -> None:
    """Line breaks, escape sequences and direction marks of a stranger are written as text."""
    hostile = "a\n2026 error forged\r\x1b[2J\x9b31m\u202egnp.exe\u2028\x00\ud800"
    for form in ("json", "text"):
        stream = io.StringIO()
        configure("info", form, stream).info("event", **{"name": hostile, "bad\nkey": 1})
        assert stream.getvalue().count("\n") == 1
        assert stream.getvalue()[:-1].isprintable()
        assert "\\x1b[2J" in stream.getvalue()


def test_long_values_are_clipped() -> None:
    """A value of a million characters costs the log some thousand."""
    assert len(escape("x" * 1_000_000)) < MAX_TEXT + 50


def test_kinds_of_values_are_written_plainly() -> None:
    """Enums, paths, sets and errors read as people expect."""

    class State(StrEnum):
        LIVE = "live"

    stream = io.StringIO()
    configure("info", "json", stream).info(
        "x", state=State.LIVE, path=Path("/a/b"), some={3}, error=OSError("disk")
    )
    assert lines(stream)[0] | {"time": ""} == {
        "time": "",
        "level": "info",
        "event": "x",
        "state": "live",
        "path": str(Path("/a/b")),
        "some": [3],
        "error": "OSError: disk",
    }


def test_a_traceback_is_kept_without_the_values_of_variables() -> None:
    """An unexpected error shows where it happened, line by line."""
    stream = io.StringIO()
    log = configure("info", "json", stream)
    try:
        msgspec.json.decode(b"[")
    except msgspec.DecodeError:
        log.exception("dispatch.failed")
    trace = lines(stream)[0]["exception"]
    assert isinstance(trace, list)
    assert trace[0].startswith("Traceback")
    assert "DecodeError" in trace[-1]
    assert lines(stream)[0]["level"] == "error"


def test_a_traceback_is_readable_as_text() -> None:
    """In the text format a traceback stands below its line, indented."""
    stream = io.StringIO()
    log = configure("info", "text", stream)
    log.warning("failed", exc_info=ValueError("no\x1b"))
    assert " failed\n    ValueError" in stream.getvalue()
    assert stream.getvalue().endswith("\n    ValueError: no\\x1b\n")


def test_libraries_log_through_the_same_door() -> None:
    """What uvicorn and others tell the standard library comes out as lines of ours, also at odd levels."""
    stream = io.StringIO()
    configure("info", "json", stream)
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 12)
    logging.getLogger("some.library").log(25, "odd")
    assert lines(stream)[0]["event"] == "Started server process [12]"
    assert lines(stream)[0]["logger"] == "uvicorn.error"
    assert lines(stream)[1]["event"] == "odd"


def test_there_is_no_access_log_and_no_chatter() -> None:
    """URLs and frames that libraries would log are left out, at debug level too."""
    stream = io.StringIO()
    configure("debug", "json", stream)
    logging.getLogger("uvicorn.access").info("POST /hooks/stripe")
    logging.getLogger("httpx").info("HTTP Request: POST https://x")
    logging.getLogger("websockets.server").debug("< TEXT secret")
    assert stream.getvalue() == ""


def test_the_level_is_kept() -> None:
    """Below the chosen level nothing is written, neither ours nor of libraries."""
    stream = io.StringIO()
    log = configure("warning", "json", stream)
    log.info("quiet")
    logging.getLogger("any").info("quiet")
    log.warning("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_configuring_twice_writes_once() -> None:
    """The second configuration replaces the first."""
    first, second = io.StringIO(), io.StringIO()
    configure("info", "json", first)
    configure("info", "json", second)
    logging.getLogger("any").warning("x")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1


def test_fields_can_be_bound() -> None:
    """A logger with fields adds them to each of its lines."""
    stream = io.StringIO()
    configure("info", "json", stream)
    get_logger(source="stripe").info("x")
    assert lines(stream)[0]["source"] == "stripe"


def test_a_broken_stream_does_not_stop_the_relay(tmp_path: Path) -> None:
    """A closed log or one that can't spell a character is no reason to fail."""
    with (tmp_path / "log").open("w", encoding="ascii") as stream:
        log = configure("info", "text", stream)
        log.info("Göteborg")
    log.info("after the end")
    assert "G\\xf6teborg" in (tmp_path / "log").read_text(encoding="ascii")
