"""Signature headers that grow while keys rotate."""

from collections.abc import Callable

import pytest

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.prepared import Prepared
from relay.verify import judge

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]
NOW = 1_760_000_000


def _signature(source: Prepared, text: bytes) -> str:
    signature: bytes = source.wiring.scheme.primitive.sign(source.keys[0], text)
    return signature.decode()


RECURLY = {
    "both": ("{t},{bad},{good}", ""),
    "one": ("{t},{good}", ""),
    "no signature": ("{t}", "no-signature"),
    "empty signature": ("{t},", "no-signature"),
    "no time": ("{good}", "malformed-time"),
    "pairs": ("t={t},v1={good}", "malformed-time"),
    "seconds": ("1760000000,{good}", "mismatch"),
    "space": ("{t}, {good}", "mismatch"),
}
PERSONA = {
    "one": ("t={t},v1={good}", ""),
    "both": ("t={t},v1={bad} t={t},v1={good}", ""),
    "other order": ("t={t},v1={good} t={t},v1={bad}", ""),
    "another time": ("t={t},v1={good} t=1760000001,v1={bad}", "malformed-time"),
    "no time": ("v1={good}", "malformed-time"),
    "signature first": ("v1={good},t={t}", "malformed-time"),
    "no signature": ("t={t}", "no-signature"),
    "empty signature": ("t={t},v1=", "no-signature"),
    "two spaces": ("t={t},v1={good}  t={t},v1={bad}", "malformed-time"),
    "too many": (" ".join(["t={t},v1={bad}"] * 17), "malformed-header"),
}


def _judged(source: Prepared, deliver: Deliver, header: str, value: str) -> str:
    try:
        judge(deliver(b"{}", {header: value}), source, NOW)
    except BadSignature as error:
        return error.reason
    return ""


@pytest.mark.parametrize("case", RECURLY)
def test_recurly(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """Recurly's list begins with milliseconds; any of what follows may be the signature."""
    source = prepare("recurly", "key")
    template, reason = RECURLY[case]
    time = f"{NOW}000"
    good = _signature(source, f"{time}.{{}}".encode())
    assert (
        _judged(source, deliver, "recurly-signature", template.format(t=time, good=good, bad="0" * 64))
        == reason
    )


@pytest.mark.parametrize("case", PERSONA)
def test_persona(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """Persona's sets are each a time and a signature, with one space between."""
    source = prepare("persona", "key")
    template, reason = PERSONA[case]
    good = _signature(source, f"{NOW}.{{}}".encode())
    assert (
        _judged(source, deliver, "persona-signature", template.format(t=NOW, good=good, bad="0" * 64))
        == reason
    )
