"""Either side of the wire may be older than the other: fields that it doesn't know change nothing."""

import json

from relay.event import Draft, StoredNotification
from relay.protocol import About, Notification, Priority, decode_from_relay, encode
from relay.session import to_wire

LATER = ("subject", "subject_name", "about")
ABOUT = About(playbook="payment-failed", source="stripe", type="invoice.payment_failed", count=30, since=7.0)


def draft(**more: object) -> Draft:
    """Return a notification as it is published."""
    fields: dict[str, object] = {
        "id": "n", "source": "stripe", "provider": "stripe", "type": "t", "priority": Priority.HIGH, "title": "t",
        "at": 0.0, "playbook": "p", "audience": ("everyone",), **more,
    }  # fmt: skip
    return Draft(**fields)  # type: ignore[arg-type] # a record with other fields


def sent(**more: object) -> bytes:
    """Return the frame that carries it."""
    return encode(to_wire(StoredNotification(seq=1, draft=draft(**more))))


def test_what_a_notice_is_about_travels() -> None:
    """Customer and storm arrive as they were published."""
    got = decode_from_relay(sent(subject="5" * 32, subject_name="Ana Souza", about=ABOUT))
    assert isinstance(got, Notification)
    assert (got.subject, got.subject_name, got.about) == ("5" * 32, "Ana Souza", ABOUT)


def test_an_old_relay_leaves_them_out() -> None:
    """A frame without the later fields is read; they are empty."""
    frame = {key: value for key, value in json.loads(sent()).items() if key not in LATER}
    got = decode_from_relay(json.dumps(frame).encode())
    assert isinstance(got, Notification)
    assert (got.subject, got.subject_name, got.about) == ("", "", None)


def test_an_old_desktop_ignores_them() -> None:
    """What is unknown, beside the fields and within them, is read over: as a later relay's would be."""
    frame = json.loads(sent(about=ABOUT))
    frame["later"] = {"deep": [1]}
    frame["about"]["later"] = "x"
    got = decode_from_relay(json.dumps(frame).encode())
    assert isinstance(got, Notification)
    assert got.about == ABOUT
