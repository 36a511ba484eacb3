"""Requests that nobody proved, over real sockets: what is answered tells nothing, and nobody is called."""

import hmac
import json
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from relay.keyfetch import KeyFetcher
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared
from relay.source import Secret
from tests.relay.intake_desk import BODY, NOW, Desk, source

Start = Callable[..., Desk]


@pytest.fixture
def desk(serve: Callable[..., int]) -> Start:
    """Give a function that starts an intake with some sources; its clocks stand still.

    It runs on asyncio's own loop, whose look-ups and connections go through the module socket.
    """

    def start(*sources: dict[str, Prepared], **options: Any) -> Desk:
        return Desk(
            partial(serve, loop="asyncio"),
            {name: one for given in sources for name, one in given.items()},
            **options,
        )

    return start


# Bodies


@pytest.mark.parametrize("provider", ["stripe", "github", "shopify", "slack", "xero"])
def test_b10_an_empty_body_needs_a_signature_too(desk: Start, provider: str) -> None:
    """A ping without a body is taken if it is signed; unsigned, or signed for another body, it is 401."""
    door = desk(source("shop", provider))
    assert door.ask("POST", "shop").status_code == 401
    assert door.send("shop", BODY, packed=b"").status_code == 401
    assert door.shelf.events == {}
    assert door.send("shop", b"").is_success


def test_b10_a_call_without_a_body(desk: Start) -> None:
    """Front's pings are a GET without a body: taken with the signature, 401 without it or with a changed one."""
    door = desk(source("calls", "front-channel"))
    calls = door.sources["calls"]
    signed = calls.signed(Unsigned(body=b"", id="1", type="a", now=NOW, source=calls.source, method="GET"))
    name, good = "x-front-signature", dict(signed.headers)
    unsigned = {other: value for other, value in good.items() if other != name}
    assert door.ask("GET", "calls", b"", **unsigned).status_code == 401
    assert door.ask("GET", "calls", b"", **(good | {name: flipped(good[name], 0)})).status_code == 401
    assert door.shelf.events == {}
    assert door.ask("GET", "calls", b"", **good).is_success


# Signatures


def flipped(text: str, place: int) -> str:
    """Return the text with another hex digit at one place."""
    place %= len(text)
    return text[:place] + ("1" if text[place] == "0" else "0") + text[place + 1 :]


def test_s2_a_part_of_the_signature_is_none(desk: Start) -> None:
    """However much of the right signature a request has, or more than all of it: it is 401."""
    door = desk(source("code", "github"))
    good = hmac.digest(b"key-of-code", BODY, "sha256").hex()
    for part in (*(good[:length] for length in range(len(good))), good + "0", good + good):
        answer = door.ask("POST", "code", BODY, X_Hub_Signature_256=f"sha256={part}", X_GitHub_Event="push")
        assert answer.status_code == 401, part
    assert door.shelf.events == {}
    assert door.send("code").status_code == 200


REWRITTEN = {
    "one bit": bytes([*BODY[:-3], BODY[-3] ^ 1, *BODY[-2:]]),
    "pretty-printed": json.dumps(json.loads(BODY), indent=2).encode(),
    "compact": json.dumps(json.loads(BODY), separators=(",", ":")).encode(),
    "re-ordered": json.dumps(dict(reversed(json.loads(BODY).items()))).encode(),
}


@pytest.mark.parametrize("case", REWRITTEN)
def test_s6_a_body_rewritten_after_signing(desk: Start, case: str) -> None:
    """The bytes are signed, not what they mean: the same object written otherwise is 401."""
    door = desk(source("shop"))
    assert door.send("shop", packed=REWRITTEN[case]).status_code == 401
    assert door.shelf.events == {}
    assert door.send("shop").json() == {"status": "stored"}


def test_s4_the_scheme_is_the_sources(desk: Start) -> None:
    """A GitHub source takes neither GitLab's token, nor SHA-1, though both are made with its secret."""
    door = desk(source("code", "github"))
    secret = "key-of-code"
    sha1 = "sha1=" + hmac.digest(secret.encode(), BODY, "sha1").hex()
    sha256 = "sha256=" + hmac.digest(secret.encode(), BODY, "sha256").hex()
    for headers in (
        {"X_Gitlab_Token": secret},
        {"X_Hub_Signature": sha1},
        {"X_Hub_Signature_256": sha1},
        {"X_Gitlab_Token": secret, "X_Hub_Signature": sha1},
        {"X_Signature_256": sha256},
    ):
        assert door.ask("POST", "code", BODY, X_GitHub_Event="push", **headers).status_code == 401
    assert door.shelf.events == {}
    assert door.send("code").status_code == 200


def constant(answer: httpx.Response) -> tuple[Any, ...]:
    """Return all that a sender reads of an answer, but the date."""
    lines = [(name, value) for name, value in answer.headers.raw if name.lower() != b"date"]
    return answer.status_code, answer.reason_phrase, lines, answer.content


def test_s17_refusals_are_alike_to_the_byte(desk: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a signature is wrong the answer is the same, and hmac.compare_digest compares it whole.

    How long that takes is left to it: a measured time says more about the machine than about us.
    """
    compared: list[tuple[Any, ...]] = []
    compare = hmac.compare_digest

    def noted(left: Any, right: Any) -> bool:
        compared.append((left, right))
        return compare(left, right)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    door = desk(source("shop"))
    good = hmac.digest(b"key-of-shop", b"%d." % NOW + BODY, "sha256").hex()
    stale = hmac.digest(b"key-of-shop", b"%d." % (NOW - 301) + BODY, "sha256").hex()
    wrong = [flipped(good, 0), flipped(good, -1)]
    signatures = [f"t={NOW:.0f},v1={one}" for one in wrong] + [f"t={NOW - 301:.0f},v1={stale}"]
    answers = [door.ask("POST", "shop", BODY, Stripe_Signature=one) for one in signatures]
    answers.append(door.ask("POST", "shop", BODY))
    assert {answer.status_code for answer in answers} == {401}
    assert all(constant(answer) == constant(answers[0]) for answer in answers)
    for one in wrong:
        assert any({one.encode(), good.encode()} == set(pair) for pair in compared)
    assert set(door.intake.outcomes) == {"mismatch", "stale", "missing-header"}


# Checks of the URL


class Network:
    """Notes each name that is looked up and each address that is connected to, and lets it happen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.used: list[Any] = []
        connect, look_up = socket.socket.connect, socket.getaddrinfo

        def noted_connect(one: socket.socket, address: Any) -> None:
            self.used.append(address)
            connect(one, address)

        def noted_look_up(host: Any, *args: Any, **options: Any) -> Any:
            self.used.append((host, *args[:1]))
            return look_up(host, *args, **options)

        monkeypatch.setattr(socket.socket, "connect", noted_connect)
        monkeypatch.setattr(socket, "getaddrinfo", noted_look_up)


SLACK = b'{"type":"url_verification","token":"wrong","challenge":"abc"}'
ZOOM = b'{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}'
META = "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
SNS = {
    "Type": "SubscriptionConfirmation", "MessageId": "1", "TopicArn": "t", "Message": "m", "Timestamp": "x", "Token": "k",
    "SubscribeURL": "https://evil.example/", "SignatureVersion": "2", "Signature": "AAAA",
}  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {
    "meta": {"options": {"verify_token": "right"}},
    "aws-sns": {"options": {"topic": "t"}, "secrets": ()},
}

CHALLENGES: dict[str, tuple[str, str, str, bytes, dict[str, str], int]] = {
    "slack": ("slack", "POST", "", SLACK, {"X_Slack_Signature": "v0=00", "X_Slack_Request_Timestamp": f"{NOW:.0f}"}, 401),
    "zoom": ("zoom", "POST", "", ZOOM, {"X_Zm_Signature": "v0=00", "X_Zm_Request_Timestamp": f"{NOW:.0f}"}, 401),
    "meta": ("meta", "GET", META + "wrong", b"", {}, 403),
    "meta, none": ("meta", "GET", META, b"", {}, 403),
    "x": ("x-twitter", "GET", "?crc_token=%7B%22id%22%3A1%7D", b"", {}, 401),
    "dropbox": ("dropbox", "GET", "?challenge=a%0D%0Ab", b"", {}, 401),
    "sns": ("aws-sns", "POST", "", json.dumps(SNS | {"SigningCertURL": "https://evil.example/a.pem"}).encode(), {}, 401),
    "sns, no certificate": ("aws-sns", "POST", "", json.dumps(SNS).encode(), {}, 401),
}  # fmt: skip


@pytest.mark.parametrize("case", CHALLENGES)
def test_s18_a_wrong_challenge(desk: Start, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """A check of the URL that isn't the provider's is refused, and makes us call nobody."""
    provider, method, query, body, headers, status = CHALLENGES[case]
    door = desk(source("app", provider, **OPTIONS.get(provider, {})), keys=KeyFetcher(clock=lambda: 0.0))
    network = Network(monkeypatch)
    answer = door.ask(method, "app", body, query=query, **headers)
    assert answer.status_code == status
    assert b"abc" not in answer.content
    assert {str(address[0]) for address in network.used} == {"127.0.0.1"}
    assert {address[1] for address in network.used} == {door.port}
    assert (door.shelf.events, door.intake.outcomes["handshake"]) == ({}, 0)


@pytest.mark.parametrize(
    ("provider", "query"),
    [("x-twitter", "crc_token=abc"), ("dropbox", "challenge=abc"), ("meta", META[1:] + "right")],
)
def test_s18_a_challenge_without_the_urls_token(desk: Start, provider: str, query: str) -> None:
    """Where the URL has a token, a check of the URL without the right one is refused, and with it answered."""
    guarded = source("app", provider, url_token=Secret("right"), **OPTIONS.get(provider, {}))
    door = desk(guarded)
    refused = [door.ask("GET", "app", query=f"?{query}{more}") for more in ("", "&token=wrong")]
    assert {answer.status_code for answer in refused} <= {401, 403}
    assert door.intake.outcomes == {"url-token": 2}
    assert door.ask("GET", "app", query=f"?{query}&token=right").status_code == 200
