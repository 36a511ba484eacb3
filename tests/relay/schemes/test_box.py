"""Box's two keys in two headers."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest

from relay.errors import BadSignature, ConfigError
from relay.event import Delivery
from relay.schemes.box import escaped
from relay.schemes.prepared import Prepared
from relay.verify import judge

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]

BODY = (
    b'{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED",'
    b'"source":{"id":"1234567890","type":"file","name":"Test.txt"}}'
)
HEADERS = {
    "box-delivery-id": "f96bb54b-ee16-4fc5-aa65-8c2d9e5b546f",
    "box-delivery-timestamp": "2020-01-01T00:00:00-07:00",
    "box-signature-algorithm": "HmacSHA256",
    "box-signature-primary": "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI=",
    "box-signature-secondary": "v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo=",
    "box-signature-version": "1",
}
"""From the tests of box-node-sdk and box-python-sdk."""

NOW = datetime.fromisoformat(HEADERS["box-delivery-timestamp"]).timestamp()
PRIMARY, SECONDARY = "SamplePrimaryKey", "SampleSecondaryKey"


def _keys(**parts: str | None) -> str:
    return json.dumps(parts)


def _reason(source: Prepared, delivery: Delivery, now: float = NOW) -> str:
    try:
        judge(delivery, source, now)
    except BadSignature as error:
        return error.reason
    return ""


KEYS = {
    "both": (_keys(primary=PRIMARY, secondary=SECONDARY), ""),
    "primary good": (_keys(primary=PRIMARY, secondary="wrong"), ""),
    "secondary good": (_keys(primary="wrong", secondary=SECONDARY), ""),
    "primary only": (_keys(primary=PRIMARY, secondary=None), ""),
    "secondary only": (_keys(secondary=SECONDARY), ""),
    "one without a name": (PRIMARY, ""),
    "the other without a name": (SECONDARY, ""),
    "both wrong": (_keys(primary="wrong", secondary="wrong"), "mismatch"),
    "exchanged": (_keys(primary=SECONDARY, secondary=PRIMARY), "mismatch"),
}


@pytest.mark.parametrize("case", KEYS)
def test_keys(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """Either key proves a delivery, in its own header."""
    secret, reason = KEYS[case]
    assert _reason(prepare("box", secret), deliver(BODY, HEADERS)) == reason


CHANGES: dict[str, tuple[dict[str, str | None], str]] = {
    "another version": ({"box-signature-version": "2"}, "wrong-version"),
    "another algorithm": ({"box-signature-algorithm": "XXX"}, "wrong-version"),
    "no version": ({"box-signature-version": None}, "missing-header"),
    "no secondary": ({"box-signature-secondary": None}, ""),
    "no primary": ({"box-signature-primary": None}, ""),
    "neither": ({"box-signature-primary": None, "box-signature-secondary": None}, "missing-header"),
    "empty primary": ({"box-signature-primary": ""}, "malformed-header"),
    "no time": ({"box-delivery-timestamp": None}, "missing-header"),
    "another time": ({"box-delivery-timestamp": "2020-01-01T00:00:00-06:00"}, "mismatch"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_headers(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """Version and algorithm are the only ones there are, and one signature is enough."""
    change, reason = CHANGES[case]
    headers = {name: value for name, value in {**HEADERS, **change}.items() if value is not None}
    source = prepare("box", _keys(primary=PRIMARY, secondary=SECONDARY))
    assert _reason(source, deliver(BODY, headers)) == reason


@pytest.mark.parametrize(("age", "reason"), [(600, ""), (601, "stale"), (0, ""), (-1, "stale")])
def test_window(prepare: Prepare, deliver: Deliver, age: int, reason: str) -> None:
    """A delivery may be ten minutes old, and never from the future."""
    assert _reason(prepare("box", PRIMARY), deliver(BODY, HEADERS), NOW + age) == reason


def test_escaped_body(prepare: Prepare, deliver: Deliver) -> None:
    """A body may have been signed with its characters escaped."""
    source = prepare("box", PRIMARY)
    body = '{"trigger":"FILE.UPLOADED","name":"ü😀"}'.encode()
    assert escaped(body) == b'{"trigger":"FILE.UPLOADED","name":"\\u00fc\\ud83d\\ude00"}'
    signature = source.wiring.scheme.primitive.sign(
        source.keys[0], escaped(body) + HEADERS["box-delivery-timestamp"].encode()
    )
    primary = signature.split(b",")[0].decode()
    assert _reason(source, deliver(body, HEADERS | {"box-signature-primary": primary})) == ""
    assert _reason(source, deliver(body + b" ", HEADERS | {"box-signature-primary": primary})) == "mismatch"


@pytest.mark.parametrize("secret", ["{}", '{"primary": ""}', '{"primary": 1}', '{"other": "x"}'])
def test_bad_parts(prepare: Prepare, secret: str) -> None:
    """An object without a usable key stops the start."""
    with pytest.raises(ConfigError, match=r"sources\.shop\.secret"):
        prepare("box", secret)
