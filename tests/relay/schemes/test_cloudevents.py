"""CloudEvents in each of their modes, and the handshake before them."""

from collections.abc import Callable, Sequence

import msgspec
import pytest

from relay.errors import BadSignature, MethodNotAllowed
from relay.event import QUARANTINED, Delivery
from relay.schemes.prepared import Prepared
from relay.verify import judge, take

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]
Headers = dict[str, str | Sequence[str]]

STRUCTURED = b'{"specversion":"1.0","id":"1","source":"/crm","type":"lead.new","data":{"name":"Mira"}}'
BINARY: Headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/crm", "ce-type": "lead.new"}
JSON: Headers = {"Content-Type": "application/json"}
EVENT: Headers = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
BATCH: Headers = {"Content-Type": "application/cloudevents-batch+json"}

GOOD: dict[str, tuple[bytes, Headers, list[tuple[str, str]]]] = {
    "structured": (STRUCTURED, EVENT, [("/crm:1", "lead.new")]),
    "batch": (b"[" + STRUCTURED + b"," + STRUCTURED.replace(b'"1"', b'"2"', 1) + b"]", BATCH,
              [("/crm:1", "lead.new"), ("/crm:2", "lead.new")]),
    "empty batch": (b"[]", BATCH, []),
    "binary": (b'{"name":"Mira"}', {**BINARY, **JSON}, [("/crm:1", "lead.new")]),
    "binary without a body": (b"", BINARY, [("/crm:1", "lead.new")]),
    "binary, text": (b"hello", {**BINARY, "Content-Type": "text/plain"}, [("/crm:1", "lead.new")]),
    "binary, no text": (b"\xff", {**BINARY, "Content-Type": "image/png"}, [("/crm:1", "lead.new")]),
    "percent-encoded": (b"", {**BINARY, "ce-type": "Euro%20%E2%82%AC"}, [("/crm:1", "Euro \u20ac")]),
}  # fmt: skip
BAD: dict[str, tuple[bytes, Headers]] = {
    "not JSON": (b"{", EVENT),
    "batch that is none": (STRUCTURED, BATCH),
    "another format": (STRUCTURED, {"Content-Type": "application/cloudevents+avro"}),
    "no id": (b"", {name: value for name, value in BINARY.items() if name != "ce-id"}),
    "id twice": (b"", {**BINARY, "ce-id": ["1", "2"]}),
    "not UTF-8": (b"", {**BINARY, "ce-id": "%ff"}),
    "no source": (STRUCTURED.replace(b"source", b"origin"), EVENT),
    "data that is no JSON": (b"{", {**BINARY, **JSON}),
}


@pytest.mark.parametrize("case", GOOD)
def test_modes(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """Whichever way an event comes, its id is source and id, and its type its type."""
    body, headers, expected = GOOD[case]
    found = judge(
        deliver(body, headers | {"Authorization": "Bearer key"}), prepare("cloudevents", "key"), 0.0
    )
    assert [(event.id, event.type) for event in found.events] == expected


def test_data(prepare: Prepare, deliver: Deliver) -> None:
    """A binary event is kept as the JSON format would have it."""
    body, headers, _ = GOOD["binary"]
    event = judge(
        deliver(body, headers | {"Authorization": "Bearer key"}), prepare("cloudevents", "key"), 0.0
    )
    assert msgspec.json.decode(event.events[0].data) == {
        "specversion": "1.0",
        "id": "1",
        "source": "/crm",
        "type": "lead.new",
        "datacontenttype": "application/json",
        "data": {"name": "Mira"},
    }


@pytest.mark.parametrize("case", BAD)
def test_unreadable(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """What is no CloudEvent is kept in quarantine."""
    body, headers = BAD[case]
    found = judge(
        deliver(body, headers | {"Authorization": "Bearer key"}), prepare("cloudevents", "key"), 0.0
    )
    assert [event.type for event in found.events] == [QUARANTINED]


def test_no_token(prepare: Prepare, deliver: Deliver) -> None:
    """An event without the token is refused."""
    with pytest.raises(BadSignature, match="missing-header"):
        judge(deliver(STRUCTURED, EVENT), prepare("cloudevents", "key"), 0.0)


def _options(deliver: Deliver, headers: Headers) -> Delivery:
    return msgspec.structs.replace(deliver(b"", headers), method="OPTIONS")


def test_handshake(prepare: Prepare, deliver: Deliver) -> None:
    """A sender that asks whether it may send is told that it may, at any rate."""
    asked = _options(deliver, {"WebHook-Request-Origin": "events.example.com"})
    reply = take(asked, prepare("cloudevents", "key"), 0.0).reply
    assert reply is not None
    assert dict(reply.headers) == {
        "webhook-allowed-origin": "events.example.com",
        "webhook-allowed-rate": "*",
        "allow": "POST",
    }


@pytest.mark.parametrize("origin", ["", "a b", "x" * 254, ["a", "b"], "\u00e4", "a\r\nb", "*"])
def test_bad_handshake(prepare: Prepare, deliver: Deliver, origin: str | Sequence[str]) -> None:
    """A request to know that names no domain is refused."""
    with pytest.raises(BadSignature, match="not-a-challenge"):
        take(_options(deliver, {"WebHook-Request-Origin": origin}), prepare("cloudevents", "key"), 0.0)


def test_other_methods(prepare: Prepare, deliver: Deliver) -> None:
    """A GET brings no events."""
    with pytest.raises(MethodNotAllowed):
        take(msgspec.structs.replace(deliver(b"", {}), method="GET"), prepare("cloudevents", "key"), 0.0)
