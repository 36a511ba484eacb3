"""Tokens, passwords and certificates: what proves a sender without signing anything."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from relay.errors import BadSignature, ConfigError
from relay.event import Delivery
from relay.schemes.pipeline import Binds
from relay.schemes.prepared import Prepared
from relay.verify import judge, take

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]
BODY = b'{"id":"7","type":"order.paid"}'
PASSWORD = '{"user": "deskbell", "password": "a:b:\u00e4"}'


def _reason(source: Prepared, delivery: Delivery) -> str:
    try:
        judge(delivery, source, 0.0)
    except BadSignature as error:
        return error.reason
    return ""


def _basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


HEADERS: dict[str, tuple[str, dict[str, str], dict[str, str | Sequence[str]], str]] = {
    "bearer": ("generic-bearer", {}, {"Authorization": "Bearer key"}, ""),
    "bearer without its word": ("generic-bearer", {}, {"Authorization": "key"}, "mismatch"),
    "bearer, only its word": ("generic-bearer", {}, {"Authorization": "Bearer "}, "malformed-header"),
    "bearer, another token": ("generic-bearer", {}, {"Authorization": "Bearer keys"}, "mismatch"),
    "bearer, part of it": ("generic-bearer", {}, {"Authorization": "Bearer ke"}, "mismatch"),
    "bearer twice": ("generic-bearer", {}, {"Authorization": ["Bearer key"] * 2}, "repeated-header"),
    "header": ("generic-api-key", {"header": "X-Key"}, {"X-Key": "key"}, ""),
    "another header": ("generic-api-key", {"header": "X-Key"}, {"X-Token": "key"}, "missing-header"),
    "empty header": ("generic-api-key", {"header": "X-Key"}, {"X-Key": ""}, "malformed-header"),
    "okta": ("okta", {}, {"Authorization": "key"}, ""),
    "okta, another header": ("okta", {"header": "X-Hook"}, {"X-Hook": "key"}, ""),
    "freshdesk, a header": ("freshdesk", {"header": "X-Hook"}, {"X-Hook": "key"}, ""),
    "proxy": ("generic-mtls", {}, {"X-Cert": "CN=crm", "X-Proxy": "key"}, ""),
    "past the proxy": ("generic-mtls", {}, {"X-Cert": "CN=crm"}, "missing-header"),
    "no certificate": ("generic-mtls", {}, {"X-Proxy": "key"}, "missing-header"),
    "another certificate": ("generic-mtls", {}, {"X-Cert": "CN=eve", "X-Proxy": "key"}, "mismatch"),
    "another proxy": ("generic-mtls", {}, {"X-Cert": "CN=crm", "X-Proxy": "guess"}, "mismatch"),
    "exchanged": ("generic-mtls", {}, {"X-Cert": "key", "X-Proxy": "CN=crm"}, "mismatch"),
    "two certificates": ("generic-mtls", {}, {"X-Cert": ["CN=crm", "CN=eve"], "X-Proxy": "key"}, "repeated-header"),
}  # fmt: skip
MTLS = {"header": "X-Cert", "certificate": "CN=crm", "proxy_header": "X-Proxy"}


@pytest.mark.parametrize("case", HEADERS)
def test_header(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """A secret in a header is taken if it is the whole secret in the right header, once."""
    provider, options, headers, reason = HEADERS[case]
    source = prepare(provider, "key", options=MTLS if provider == "generic-mtls" else options)
    assert _reason(source, deliver(BODY, headers)) == reason


BASIC: dict[str, tuple[str | Sequence[str], str]] = {
    "good": (_basic("deskbell:a:b:\u00e4"), ""),
    "any case": (_basic("deskbell:a:b:\u00e4").replace("Basic", "bASIC"), ""),
    "another password": (_basic("deskbell:a:b"), "mismatch"),
    "another user": (_basic("desk:bell:a:b:\u00e4"), "mismatch"),
    "no colon": (_basic("deskbell"), "mismatch"),
    "only the word": ("Basic", "malformed-header"),
    "no word": (_basic("deskbell:a:b:\u00e4")[6:], "malformed-header"),
    "another scheme": ("Bearer abc", "malformed-header"),
    "not base64": ("Basic wrong*base64", "malformed-header"),
    "padded too much": (_basic("deskbell:a:b:\u00e4") + "=", "malformed-header"),
    "not as an encoder writes it": ("Basic YTp=", "malformed-header"),
    "two blanks": (_basic("deskbell:a:b:\u00e4").replace(" ", "  "), "malformed-header"),
    "twice": ([_basic("deskbell:a:b:\u00e4")] * 2, "repeated-header"),
}


@pytest.mark.parametrize("case", BASIC)
def test_basic(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """User and password are taken whole; a password may have colons, as RFC 7617 says."""
    value, reason = BASIC[case]
    source = prepare("generic-basic-auth", PASSWORD)
    assert _reason(source, deliver(BODY, {"Authorization": value})) == reason


URLS = {
    b"/hooks/shop?token=a%26%20b": "",
    b"/hooks/shop?token=a%26+b&x=1": "",
    b"/hooks/shop?token=a": "mismatch",
    b"/hooks/shop?token=": "missing-token",
    b"/hooks/shop": "missing-token",
    b"/hooks/shop?Token=a%26%20b": "missing-token",
    b"/hooks/shop?token=a%26%20b&token=a%26%20b": "repeated-field",
    b"/hooks/shop?token=%ff": "malformed-fields",
    b"/hooks/shop?\xff": "malformed-fields",
}


@pytest.mark.parametrize("target", URLS)
def test_url_token(prepare: Prepare, deliver: Deliver, target: bytes) -> None:
    """A secret in the URL is taken if it stands there once, under its name."""
    source = prepare("generic-url-token", "a& b")
    assert _reason(source, msgspec.structs.replace(deliver(BODY, {}), target=target)) == URLS[target]


def test_nothing_is_bound(prepare: Prepare, deliver: Deliver) -> None:
    """A secret proves its sender, and nothing of what is sent."""
    proof = judge(deliver(BODY, {"Authorization": "Bearer key"}), prepare("generic-bearer", "key"), 0.0).proof
    assert proof.binds == Binds.SENDER


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ("7", "order.paid")),
        ({"id": "header:X-Id", "type": "text:order"}, ("h-1", "order")),
        ({"type": "body:type + body:missing?"}, ("7", "order.paid")),
    ],
)
def test_places(
    prepare: Prepare, deliver: Deliver, options: dict[str, str], expected: tuple[str, str]
) -> None:
    """A source says where its sender puts id and type."""
    source = prepare("generic-bearer", "key", options=options)
    event = judge(deliver(BODY, {"Authorization": "Bearer key", "X-Id": "h-1"}), source, 0.0).events[0]
    assert (event.id, event.type) == expected


MISTAKES: dict[str, tuple[str, dict[str, Any], str]] = {
    "no header": ("generic-api-key", {}, "options.header"),
    "bad header": ("generic-api-key", {"header": "X Key"}, "options.header"),
    "bad place": ("generic-bearer", {"id": "nowhere"}, "options.id"),
    "bad parameter": ("generic-url-token", {"parameter": "a&b"}, "options.parameter"),
    "empty parameter": ("generic-url-token", {"parameter": ""}, "options.parameter"),
    "no certificate": ("generic-mtls", {**MTLS, "certificate": " "}, "options.certificate"),
    "one header for both": ("generic-mtls", {**MTLS, "proxy_header": "x-cert"}, "options.proxy_header"),
    "no parts": ("generic-basic-auth", {}, "secret"),
    "bad header of okta": ("okta", {"header": ""}, "options.header"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake(prepare: Prepare, case: str) -> None:
    """A source that can't work stops the start and names the key."""
    provider, options, key = MISTAKES[case]
    with pytest.raises(ConfigError) as caught:
        prepare(provider, "key", options=options)
    assert caught.value.key == f"sources.shop.{key}"


def test_colon_in_a_user(prepare: Prepare) -> None:
    """A user with a colon could be taken for another one."""
    with pytest.raises(ConfigError, match="colon"):
        prepare("generic-basic-auth", '{"user": "a:b", "password": "c"}')


def test_unconfirmed_is_a_choice(prepare: Prepare) -> None:
    """What could not be confirmed is used only if the source says so."""
    with pytest.raises(ConfigError, match="allow_unconfirmed"):
        prepare("talkdesk", "key", options={"header": "X-Key"})
    assert prepare("talkdesk", "key", options={"header": "X-Key"}, allow_unconfirmed=True).keys == (b"key",)


def test_okta(prepare: Prepare, deliver: Deliver) -> None:
    """Okta's challenge is answered without a secret; each of its events has an id of its own."""
    source = prepare("okta", "key")
    asked = msgspec.structs.replace(deliver(b"", {"X-Okta-Verification-Challenge": "abc"}), method="GET")
    reply = take(asked, source, 0.0).reply
    assert reply is not None
    assert (reply.content_type, msgspec.json.decode(reply.body)) == (
        "application/json",
        {"verification": "abc"},
    )
    body = b'{"eventId":"e","data":{"events":[{"uuid":"u1","eventType":"a"},{"uuid":"u2","eventType":"b"}]}}'
    events = judge(deliver(body, {"Authorization": "key"}), source, 0.0).events
    assert [(event.id, event.type) for event in events] == [("u1", "a"), ("u2", "b")]


@pytest.mark.parametrize(
    "body",
    [
        b'{"log_id":"1","data":{"type":"s"}}\n{"log_id":"2","data":{"type":"f"}}\n',
        b'[{"log_id":"1","data":{"type":"s"}},{"log_id":"2","data":{"type":"f"}}]',
        b'[\n{"log_id":"1","data":{"type":"s"}},\n{"log_id":"2","data":{"type":"f"}}\n]',
    ],
)
def test_auth0(prepare: Prepare, deliver: Deliver, body: bytes) -> None:
    """Auth0 sends one log entry on each line, or all in a list."""
    events = judge(deliver(body, {"Authorization": "key"}), prepare("auth0", "key"), 0.0).events
    assert [(event.id, event.type) for event in events] == [("1", "s"), ("2", "f")]


@pytest.mark.parametrize(
    "body", [b'{"log_id":"1","data":{"type":"s"}}', b'{\n"log_id":"1",\n"data":{"type":"s"}}']
)
def test_auth0_single(prepare: Prepare, deliver: Deliver, body: bytes) -> None:
    """A single entry may stand on one line or on several."""
    events = judge(deliver(body, {"Authorization": "key"}), prepare("auth0", "key"), 0.0).events
    assert [(event.id, event.type) for event in events] == [("1", "s")]


def test_sparkpost(prepare: Prepare, deliver: Deliver) -> None:
    """SparkPost's events stand below the name of their kind."""
    body = (
        b'[{"msys":{"message_event":{"event_id":"1","type":"bounce"}}},'
        b'{"msys":{"track_event":{"event_id":"2","type":"click"}}}]'
    )
    source = prepare("sparkpost", PASSWORD)
    events = judge(deliver(body, {"Authorization": _basic("deskbell:a:b:\u00e4")}), source, 0.0).events
    assert [(event.id, event.type) for event in events] == [("1", "bounce"), ("2", "click")]
