"""Rows with a signed time, with a token, or with a password: each takes its own requests and no others."""

import base64
import random
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from relay.errors import BadSignature, ConfigError
from relay.event import Delivery
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import judge

NOW = 1_760_000_000.0
BODY = b'{"id":"evt-1","type":"thing.happened"}'
ROUNDS = 120

WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
WHPK = "whpk_" + base64.b64encode(PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
PASSWORD = '{"user": "deskbell", "password": "a:b:ä"}'

SECRETS: Mapping[str, str] = {
    **dict.fromkeys(("clerk", "resend", "openai", "lithic", "finch", "gitlab-signed"), WHSEC),
    **dict.fromkeys(("chargebee", "postmark", "sparkpost", "mixpanel", "freshdesk"), PASSWORD),
    "generic-basic-auth": PASSWORD,
    "standard-webhooks-v1a": WHPK,
    "box": '{"primary": "one", "secondary": "two"}',
}
SIGNED = (
    "clerk", "resend", "openai", "lithic", "finch", "gitlab-signed", "standard-webhooks-v1a", "slack", "zoom",
    "zendesk", "hubspot-v3", "paddle", "duffel", "calendly", "workos", "linear", "twitch", "box", "sanity",
    "zoho-payments", "shippo", "mux", "tiktok", "persona", "recurly", "customer-io", "airship", "lob",
    "cloudflare-stream", "fedex",
)  # fmt: skip
BARE = (
    "gitlab", "telegram", "cloudflare", "okta", "auth0", "freshdesk", "gorgias", "talkdesk", "ups", "chargebee",
    "postmark", "sparkpost", "mixpanel", "generic-bearer", "generic-api-key", "generic-url-token",
    "generic-basic-auth", "generic-mtls", "cloudevents",
)  # fmt: skip
OPTIONS: Mapping[str, Mapping[str, str]] = {
    **{name: {"header": "X-Key"} for name in ("gorgias", "talkdesk", "generic-api-key")},
    "generic-mtls": {"header": "X-Cert", "certificate": "CN=crm", "proxy_header": "X-Proxy"},
}
UNSIGNED = {
    b"linear-timestamp", b"x-gitlab-event", b"x-gitlab-event-uuid", b"x-zendesk-webhook-invocation-id",
    b"box-delivery-id", b"box-signature-primary", b"box-signature-secondary",
}  # fmt: skip
"""Headers that prove nothing, or of which another proves as much."""


def _source(name: str, secret: str = "", **parts: Any) -> Prepared:
    return check_source(
        Source(
            name="shop",
            provider=name,
            secrets=(Secret(secret or SECRETS.get(name, "sesame-open")),),
            options=OPTIONS.get(name, {}),
            public_url="https://hooks.example.com",
            allow_unconfirmed=True,
            **parts,
        )
    )


def _signed(source: Prepared, body: bytes = BODY, now: float = NOW) -> Delivery:
    request = Unsigned(
        body=body, id="evt-1", type="thing", now=now, source=source.source, target=b"/hooks/shop"
    )
    key = PRIVATE if source.source.provider == "standard-webhooks-v1a" else None
    signed = source.signed(request, key=key)
    return Delivery(
        source="shop",
        method="POST",
        target=signed.target or request.target,
        headers=[(name.lower().encode(), value.encode("latin-1")) for name, value in signed.headers.items()],
        body=body if signed.body is None else signed.body,
        received_at=now,
    )


def _takes(source: Prepared, delivery: Delivery, now: float = NOW) -> bool:
    """Say whether a delivery is taken; any error but a bad signature fails the test."""
    try:
        judge(delivery, source, now)
    except BadSignature:
        return False
    return True


@pytest.mark.parametrize("name", SIGNED + BARE)
def test_own_request_is_taken(name: str) -> None:
    """What a row writes, it takes, whatever the body is."""
    source = _source(name)
    for body in (BODY, b"", b"\xff\x00", b"[]", '{"a":"ü😀"}'.encode()):
        assert _takes(source, _signed(source, body)), body


@pytest.mark.parametrize("name", SIGNED)
def test_another_body_is_refused(name: str) -> None:
    """A body with one bit, one byte or one line more or less is another one."""
    source = _source(name)
    good = _signed(source)
    for body in (BODY + b"\n", BODY[:-1], BODY.replace(b"1", b"2"), b"", BODY.replace(b":", b": ")):
        assert not _takes(source, msgspec.structs.replace(good, body=body)), body


@pytest.mark.parametrize("name", SIGNED + BARE)
def test_another_secret_is_refused(name: str) -> None:
    """A request with another secret is refused."""
    others = {WHSEC: WHSEC[:10] + "B" + WHSEC[11:], PASSWORD: PASSWORD.replace("a:b", "a:c")}
    secret = SECRETS.get(name, "sesame-open")
    other = others.get(secret) or secret.replace("one", "uno").replace("two", "due") + " "
    if name == "standard-webhooks-v1a":
        public = Ed25519PrivateKey.from_private_bytes(b"1" * 32).public_key()
        other = "whpk_" + base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    assert not _takes(_source(name, other), _signed(_source(name)))


@pytest.mark.parametrize("name", SIGNED + BARE)
def test_damaged_proof_is_refused(name: str) -> None:
    """Whatever becomes of one header or the URL, the request is refused and nothing else happens."""
    source, chance = _source(name), random.Random(name)
    good = _signed(source)
    proving = [place for place, (key, _) in enumerate(good.headers) if _proves(key)]
    for _ in range(ROUNDS):
        if not proving:
            damaged = msgspec.structs.replace(good, target=good.target[: chance.randrange(len(good.target))])
        else:
            lines = list(good.headers)
            place = chance.choice(proving)
            lines[place : place + 1] = _damaged(lines[place], chance)
            damaged = msgspec.structs.replace(good, headers=lines)
        assert not _takes(source, damaged), damaged.headers


def _proves(key: bytes) -> bool:
    """Say whether a header is part of the proof, so that no other text of it is as good."""
    words = (b"signature", b"timestamp", b"authorization", b"auth", b"token", b"credential", b"x-")
    return any(word in key for word in words) and key not in UNSIGNED


def _damaged(line: tuple[bytes, bytes], chance: random.Random) -> list[tuple[bytes, bytes]]:
    name, value = line
    at = chance.randrange(len(value))
    other = bytes([chance.choice([byte for byte in range(1, 256) if byte != value[at]])])
    ways = (
        value[:at] + other + value[at + 1 :],
        value[:at],
        value + other if other not in b" ,;" else value + b"x",
        b"",
        b"\xc3\xa9" * 20,
        b"9" * 5000,
        value[::-1] if value[::-1] != value else b"x",
    )
    choice = chance.randrange(len(ways) + 2)
    if choice == len(ways):
        return []
    if choice > len(ways):
        return [line, line]
    return [(name, ways[choice])] if _differs(ways[choice], value) else []


def _differs(text: bytes, value: bytes) -> bool:
    """Say whether a header means something else: the scheme before a password is written in any case."""
    return text.lower()[:6] != b"basic " or text[6:] != value[6:]


WINDOWS = {
    "clerk": (300, 300), "slack": (300, 300), "zoom": (300, 300), "hubspot-v3": (300, 300), "paddle": (5, 5),
    "duffel": (300, 300), "calendly": (180, 180), "workos": (180, 180), "linear": (60, 60),
    "twitch": (600, 600), "box": (600, 0), "recurly": (300, 300), "mux": (300, 300), "persona": (300, 300),
    "customer-io": (300, 300), "airship": (300, 300), "lob": (300, 300), "sanity": (300, 300),
}  # fmt: skip


@pytest.mark.parametrize("name", WINDOWS)
def test_window(name: str) -> None:
    """The provider's own tolerance holds to the second, into the past and into the future."""
    old, ahead = WINDOWS[name]
    source = _source(name)
    good = _signed(source)
    assert _takes(source, good, NOW + old)
    assert not _takes(source, good, NOW + old + 1)
    assert _takes(source, good, NOW - ahead)
    assert not _takes(source, good, NOW - ahead - 1)


def test_finch() -> None:
    """Finch's id has a header of its own name, its secret no prefix; from finch-api-go's webhook_test.go."""
    body = b'{"company_id":"720be419-0293-4d32-a707-32179b0827ab"}'
    headers = {
        b"finch-event-id": b"msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        b"finch-timestamp": b"1676312382",
        b"finch-signature": b"v1,m7y0TV2C+hlHxU42wCieApTSTaA8/047OAplBqxIV/s=",
    }
    delivery = Delivery(
        source="shop", method="POST", headers=list(headers.items()), body=body, received_at=1676312382
    )
    source = _source("finch", "5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH")
    assert judge(delivery, source, 1676312382).events[0].id == "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"
    assert not _takes(source, msgspec.structs.replace(delivery, body=body + b" "), 1676312382)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_zendesk_without_a_body(method: str) -> None:
    """A webhook of Zendesk's may be a GET or a DELETE: then the time alone is signed, and fields are in the URL."""
    source = _source("zendesk")
    bare = _signed(source, b"")
    delivery = msgspec.structs.replace(bare, method=method, target=b"/hooks/shop?ticket=7")
    event = judge(delivery, source, NOW).events[0]
    assert (event.type, msgspec.json.decode(event.data)) == ("trigger", {"ticket": "7"})


@pytest.mark.parametrize("text", [b"1760000000", b"1760000000000"])
def test_lob_in_either_unit(text: bytes) -> None:
    """Lob's time is taken in seconds and in milliseconds; it is signed as it stands there."""
    source = _source("lob")
    signature = source.wiring.scheme.primitive.sign(source.keys[0], text + b"." + BODY)
    headers = [(b"lob-signature", signature), (b"lob-signature-timestamp", text)]
    delivery = Delivery(source="shop", method="POST", headers=headers, body=BODY, received_at=NOW)
    assert _takes(source, delivery)
    assert not _takes(source, delivery, NOW + 301)


def test_gitlab_signing_token() -> None:
    """Only a token of 32 bytes is one of GitLab's."""
    with pytest.raises(ConfigError, match="32 bytes"):
        _source("gitlab-signed", "whsec_c2VjcmV0")
