"""Genuine bodies that are hard to read, over real sockets: kept for a person, quickly, and never a crash."""

import time
from collections.abc import Callable

import pytest

from relay.event import QUARANTINED
from tests.relay.intake_desk import Desk, source

LIMIT = 1024 * 1024
BUDGET_SECONDS = 3.0
"""Of the processor, whoever else uses it: far above what any of them takes, far below a quadratic reader."""

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"

STRANGE_JSON = {
    "invalid": b"{", "no utf-8": b'{"id": "\xff"}', "bom": b'\xef\xbb\xbf{"id": 1', "nul": b'{"id": "a"}\0',
    "lone surrogate": b'{"id": "\\ud800", "type": "x"}', "nan": b'{"id": NaN, "type": "x"}',
    "repeated key": b'{"id": "a", "id": "b", "type": "x"}', "no id": b'{"type": "x"}', "a number": b"1e999",
    "deep": b'{"id":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "long number": b'{"id": ' + b"9" * 5_000 + b"}",
    "wide": b"[" + b"1," * 400_000 + b"1]",
}  # fmt: skip

STRANGE_FORMS = {
    "many fields": (FORM, b"a=1&" * 100_000),
    "not utf-8": (FORM, b"id=%ff"),
    "many parts": (PARTS, b"".join(b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(15_000)) + b"--b--"),
    "no last boundary": (PARTS, b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n' + b"1" * 500_000),
    "huge part header": (PARTS, b"--b\r\nx: " + b"y" * 900_000 + b"\r\n\r\n1\r\n--b--"),
    "many part headers": (PARTS, b"--b\r\n" + b"x: y\r\n" * 150_000 + b"\r\n1\r\n--b--"),
    "parts in parts": (PARTS, b"--b\r\ncontent-type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n1\r\n--c--\r\n--b--"),
    "no boundary": ("multipart/form-data", b"--b\r\n\r\n1\r\n--b--"),
    "document type": ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "deep xml": ("text/xml", b"<a>" * 50_000 + b"</a>" * 50_000),
}  # fmt: skip


@pytest.fixture
def desk(serve: Callable[..., int]) -> Desk:
    """Return an intake with a source that sends JSON, and one that sends anything."""
    return Desk(serve, source("shop", body_limit=LIMIT) | source("chat", "slack", body_limit=LIMIT))


@pytest.mark.parametrize("case", STRANGE_JSON)
def test_b6_b7_a_signed_body_that_cannot_be_read(desk: Desk, case: str) -> None:
    """It is answered 202 and kept in quarantine, unsigned it is 401; the next good one passes."""
    begun = time.process_time()
    assert desk.send("shop", STRANGE_JSON[case]).status_code == 202
    assert time.process_time() - begun < BUDGET_SECONDS
    assert [event.type for event in desk.shelf.events.values()] == [QUARANTINED]
    assert desk.ask("POST", "shop", STRANGE_JSON[case]).status_code == 401
    assert desk.send("shop").json() == {"status": "stored"}


@pytest.mark.parametrize("case", STRANGE_FORMS)
def test_b8_a_signed_form_that_is_hard_to_read(desk: Desk, case: str) -> None:
    """Within its budget it is read or kept in quarantine; the next good one passes."""
    kind, body = STRANGE_FORMS[case]
    begun = time.process_time()
    assert desk.send("chat", body, Content_Type=kind).status_code in {200, 202}
    assert time.process_time() - begun < BUDGET_SECONDS
    assert desk.ask("POST", "chat", body, Content_Type=kind).status_code == 401
    assert desk.send("chat", b"command=x&trigger_id=next", Content_Type=FORM).status_code == 200
    assert desk.shelf.events["next"].type == "command"


def test_b8_a_plain_form_is_read(desk: Desk) -> None:
    """Forms of both kinds become an event whose data is the JSON of their fields."""
    parts = b'--b\r\ncontent-disposition: form-data; name="trigger_id"\r\n\r\n7\r\n--b--\r\n'
    assert desk.send("chat", b"trigger_id=6&text=a+b", Content_Type=FORM).status_code == 200
    assert desk.send("chat", parts, Content_Type=PARTS).status_code == 200
    assert [event.data for event in desk.shelf.events.values()] == [
        b'{"trigger_id":"6","text":"a b"}',
        b'{"trigger_id":"7"}',
    ]
