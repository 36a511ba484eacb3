"""Linear's time: in the body, or else in a header."""

import hmac
from collections.abc import Callable, Sequence

import pytest

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.prepared import Prepared
from relay.verify import judge

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]
NOW = 1_760_000_000

CASES: dict[str, tuple[str, str | Sequence[str], str]] = {
    "in the body": ('{"webhookTimestamp":1760000000000}', "", ""),
    "in the header": ("{}", "1760000000000", ""),
    "body wins": ('{"webhookTimestamp":1760000000000}', "1", ""),
    "body wins when stale": ('{"webhookTimestamp":1759999939999}', "1760000000000", "stale"),
    "60 s old": ('{"webhookTimestamp":1759999940000}', "", ""),
    "from the future": ('{"webhookTimestamp":1760000060001}', "", "stale"),
    "null": ('{"webhookTimestamp":null}', "1760000000000", ""),
    "nowhere": ("{}", "", "missing-time"),
    "not JSON": ("webhookTimestamp", "1760000000000", ""),
    "not an object": ('["webhookTimestamp"]', "", "missing-time"),
    "text": ('{"webhookTimestamp":"1760000000000"}', "", "malformed-time"),
    "boolean": ('{"webhookTimestamp":true}', "", "malformed-time"),
    "fraction": ('{"webhookTimestamp":1760000000000.5}', "", "malformed-time"),
    "negative": ('{"webhookTimestamp":-1}', "", "malformed-time"),
    "huge": ('{"webhookTimestamp":99999999999999999}', "", "malformed-time"),
    "repeated header": ('{"webhookTimestamp":1760000000000}', ["1760000000000"] * 2, "repeated-header"),
    "bad header": ("{}", "soon", "malformed-time"),
}


def _reason(source: Prepared, delivery: Delivery) -> str:
    try:
        judge(delivery, source, NOW)
    except BadSignature as error:
        return error.reason
    return ""


@pytest.mark.parametrize("case", CASES)
def test_time(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """The body's time wins, the header's is next, and without any a request is refused."""
    text, header, reason = CASES[case]
    body = text.encode()
    headers: dict[str, str | Sequence[str]] = {"Linear-Signature": hmac.digest(b"key", body, "sha256").hex()}
    if header:
        headers["Linear-Timestamp"] = header
    assert _reason(prepare("linear", "key"), deliver(body, headers)) == reason
