"""What surrounds a source's verification, over real sockets: who, how fast, how packed, and what is answered."""

import base64
import gzip
import hmac
import json
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from relay.errors import KeysUnavailable
from relay.keyfetch import KeyFetcher
from relay.peer import network
from relay.schemes.keyring import KeyRequest
from relay.schemes.prepared import Prepared
from relay.source import Secret
from tests.relay.intake_desk import BODY, NOW, Desk, source


@pytest.fixture
def desk(serve: Callable[..., int]) -> Callable[..., Desk]:
    """Give a function that starts an intake with some sources; its clocks stand still."""

    def start(*sources: dict[str, Prepared], **options: Any) -> Desk:
        return Desk(serve, {name: one for given in sources for name, one in given.items()}, **options)

    return start


# Who may send


def test_r1_only_allowed_networks_get_in(desk: Callable[..., Desk]) -> None:
    """A stranger's address is refused with 403 before its body is read, whatever its headers claim."""
    far = desk(source("closed", allow_networks=(network("192.0.2.0/24"),)), source("open"))
    claims = {"X_Forwarded_For": "192.0.2.1", "X_Real_IP": "192.0.2.1", "Forwarded": "for=192.0.2.1"}
    assert far.ask("POST", "closed", BODY, **claims).status_code == 403
    assert far.send("closed").json() == {"error": "forbidden"}
    assert far.send("open").status_code == 200
    near = desk(source("closed", allow_networks=(network("127.0.0.0/8"),)))
    assert near.send("closed").status_code == 200


def test_r2_behind_a_trusted_proxy_its_word_counts(desk: Callable[..., Desk]) -> None:
    """The right-most address that is not a proxy of ours decides, not what stands left of it."""
    door = desk(source("closed", allow_networks=(network("192.0.2.0/24"),)), trusted=[network("127.0.0.1")])
    assert door.send("closed", X_Forwarded_For="8.8.8.8, 192.0.2.1").status_code == 200
    assert door.send("closed", X_Forwarded_For="::ffff:192.0.2.1").status_code == 200
    assert door.send("closed", X_Forwarded_For="192.0.2.1, 8.8.8.8").status_code == 403
    assert door.send("closed", Forwarded="for=192.0.2.1").status_code == 403
    assert door.send("closed").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?token=",
        "?token=wrong",
        "?token=T%C3%B6ken1",
        "?token=T%C3%B6ken&token=T%C3%B6ken",
        "?Token=T%C3%B6ken",
        "?x=token=T%C3%B6ken",
    ],
)
def test_the_token_of_the_url(desk: Callable[..., Desk], query: str) -> None:
    """A missing, wrong or repeated token is answered as a bad signature is, to the byte."""
    door = desk(source("shop", url_token=Secret("Töken")))
    refused, forged = (
        door.send("shop", query=query),
        door.send("shop", BODY + b" ", packed=BODY, query="?token=T%C3%B6ken"),
    )
    assert (refused.status_code, refused.content, refused.headers) == (401, forged.content, forged.headers)
    assert door.shelf.events == {}
    assert door.send("shop", query="?a=b&token=T%C3%B6ken").status_code == 200


# How fast


def test_r3_a_source_that_is_too_fast_is_told_when_to_come_back(desk: Callable[..., Desk]) -> None:
    """What is beyond the pace gets 429 with a time; another source is not concerned."""
    door = desk(source("fast", rate=0.5, burst=3), source("calm"))
    answers = [door.send("fast") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 7
    assert (answers[-1].headers["retry-after"], answers[-1].headers["connection"]) == ("2", "close")
    assert door.send("calm").status_code == 200
    door.ticks[0] += 2
    assert [door.send("fast").status_code for _ in range(2)] == [200, 429]
    assert door.intake.outcomes["TooManyRequests"] == 8


def test_r5_unknown_paths_leave_nothing_behind(desk: Callable[..., Desk]) -> None:
    """However many paths are made up, they share one counter and no memory."""
    door = desk(source("shop"))
    with httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{door.port}") as client:
        assert {client.post(f"/hooks/made-up-{number}").status_code for number in range(200)} == {404}
    assert door.intake.outcomes == {"UnknownSource": 200}
    assert door.buffer._waiting == []


# Packed bodies


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_b5_what_is_signed_is_the_sources_rule(desk: Callable[..., Desk], coding: str, pack: Any) -> None:
    """A packed body is proven over the bytes that the source says, packed or unpacked; the other way is 401."""
    door = desk(
        source("raw", encoding="signed-raw"), source("decoded", encoding="signed-decoded"), source("plain")
    )
    packed = pack(BODY)
    good = [
        door.send("raw", packed, Content_Encoding=coding),
        door.send("decoded", BODY, packed=packed, Content_Encoding=coding),
    ]
    bad = [
        door.send("raw", BODY, packed=packed, Content_Encoding=coding),
        door.send("decoded", packed, Content_Encoding=coding),
    ]
    assert [answer.json() for answer in good] == [{"status": "stored"}, {"status": "duplicate"}]
    assert [answer.status_code for answer in bad] == [401, 401]
    assert door.shelf.events["evt_1"].data == BODY
    assert door.send("plain", packed, Content_Encoding=coding).status_code == 415
    assert [door.send(name).status_code for name in ("raw", "decoded", "plain")] == [200] * 3


@pytest.mark.parametrize("encoding", ["signed-raw", "signed-decoded"])
def test_b3_packed_bodies_have_limits(desk: Callable[..., Desk], encoding: str) -> None:
    """A bomb is 413, a damaged body 400, a nested one 415; none of them is stored, and the next good one is."""
    door = desk(source("shop", encoding=encoding))
    bomb = gzip.compress(b"0" * 5_000_000)
    damaged, junk = gzip.compress(BODY)[:-8] + bytes(8), gzip.compress(BODY) + b"junk"
    sent = [
        (bomb, "gzip"),
        (damaged, "gzip"),
        (junk, "gzip"),
        (gzip.compress(gzip.compress(BODY)), "gzip, gzip"),
    ]
    answers = [door.send("shop", packed, Content_Encoding=coding).status_code for packed, coding in sent]
    assert answers == [413, 400, 400, 415]
    assert door.shelf.events == {}
    signed = gzip.compress(BODY) if encoding == "signed-raw" else BODY
    assert door.send("shop", signed, packed=gzip.compress(BODY), Content_Encoding="gzip").status_code == 200


def test_b3_an_unsigned_bomb_is_not_unpacked(desk: Callable[..., Desk]) -> None:
    """Where the packed bytes are signed, nothing is unpacked before they are proven."""
    door = desk(source("shop", encoding="signed-raw"))
    assert (
        door.send("shop", BODY, packed=gzip.compress(b"0" * 5_000_000), Content_Encoding="gzip").status_code
        == 401
    )


@pytest.mark.parametrize("coding", ["br, gzip", "zstd", "identity;q=0", "br"])
def test_b4_other_codings_are_refused(desk: Callable[..., Desk], coding: str) -> None:
    """A coding that is not known is 415, also where packed bodies are taken."""
    door = desk(source("shop", encoding="signed-raw"))
    assert door.send("shop", Content_Encoding=coding).status_code == 415


def test_b9_the_content_type_decides_nothing_about_the_proof(desk: Callable[..., Desk]) -> None:
    """With a good signature any content type is taken, with a bad one none."""
    door = desk(source("shop"))
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded", "?"):
        assert door.send("shop", Content_Type=kind).status_code == 200
        assert door.send("shop", BODY + b" ", packed=BODY, Content_Type="application/json").status_code == 401


# Secrets


def test_s16_a_secret_counts_until_its_end(desk: Callable[..., Desk]) -> None:
    """During the overlap old and new are taken; after the old one's end only the new one is."""
    old, new = Secret("old", name="2025", until=NOW + 10), Secret("new", name="2026")
    door = desk(source("shop", secrets=(old, new)))
    by_old = hmac.digest(b"old", b"%d." % NOW + BODY, "sha256").hex()
    header = {"Stripe-Signature": f"t={NOW:.0f},v1={by_old}"}
    assert door.ask("POST", "shop", BODY, **header).status_code == 200
    assert door.send("shop").status_code == 200
    door.now[0] += 10
    assert door.ask("POST", "shop", BODY, **header).status_code == 401
    assert door.send("shop").status_code == 200


# Replay


def test_s8_a_replay_is_a_duplicate(desk: Callable[..., Desk]) -> None:
    """The same signed request again, inside its window, brings nothing new."""
    door = desk(source("shop"))
    assert [door.send("shop").json()["status"] for _ in range(3)] == ["stored", "duplicate", "duplicate"]


@pytest.mark.parametrize(
    ("options", "days"),
    [({}, 3.0), ({"dedupe_days": 10.0}, 10.0), ({"dedupe_days": 0.01, "tolerance_seconds": 86400.0}, 2.0)],
)
def test_s20_ids_are_remembered_as_long_as_they_may_come_again(
    desk: Callable[..., Desk], options: Any, days: float
) -> None:
    """By default as long as the provider retries, and never shorter than a signed time stays fresh."""
    door = desk(source("shop", **options))
    assert door.intake.remembered(NOW) == {"shop": NOW - days * 86_400}


# Batches, handshakes, providers' own answers


def _xero(*names: str) -> bytes:
    event = {"eventCategory": "INVOICE", "eventType": "UPDATE", "eventDateUtc": "2026-01-01", "tenantId": "t"}
    return json.dumps({"events": [event | {"resourceId": name} for name in names]}).encode()


def test_a_batch_is_one_delivery(desk: Callable[..., Desk]) -> None:
    """Each event of a batch is stored under its own id, in one go; an empty batch is genuine, too."""
    door = desk(source("books", "xero"))
    assert door.send("books", _xero("a", "b", "c")).status_code == 200
    assert door.send("books", _xero("c", "d")).status_code == 200
    assert door.send("books", _xero()).status_code == 200
    assert (len(door.shelf.events), door.shelf.batches) == (4, [3, 2])
    assert door.intake.outcomes == {"stored": 4, "duplicate": 1, "empty": 1}


def test_a_provider_gets_the_answer_it_wants(desk: Callable[..., Desk]) -> None:
    """Xero wants 200 and 401 without a body."""
    door = desk(source("books", "xero"))
    good, bad = door.send("books", _xero("a")), door.send("books", _xero("b"), packed=_xero("c"))
    assert [(one.status_code, one.content) for one in (good, bad)] == [(200, b""), (401, b"")]


def test_a_handshake_is_answered_and_not_stored(desk: Callable[..., Desk]) -> None:
    """X checks the URL by a GET; a GET to another source is 405, and told which methods there are."""
    door = desk(source("x", "x-twitter"), source("shop"))
    answer = door.ask("GET", "x", query="?crc_token=abc123")
    digest = base64.b64encode(hmac.digest(b"key-of-x", b"abc123", "sha256")).decode()
    assert answer.json() == {"response_token": f"sha256={digest}"}
    refused = [door.ask("GET", "x"), door.ask("GET", "shop"), door.ask("HEAD", "shop"), door.ask("PUT", "x")]
    assert [one.status_code for one in refused] == [405] * 4
    assert [one.headers["allow"] for one in refused] == ["POST, GET", "POST", "POST", "POST, GET"]
    assert (door.shelf.events, door.intake.outcomes["handshake"]) == ({}, 1)


# Keys that have to be fetched


class FarKeys(KeyFetcher):
    """The far end of fetching: a document, or none to be had."""

    def __init__(self, document: bytes | None) -> None:
        super().__init__(clock=lambda: 0.0)
        self.document, self.known, self.asked = document, False, 0

    def find(self, request: KeyRequest) -> bytes | None:
        """Return the document once it was fetched."""
        return self.document if self.known else None

    async def fetch(self, request: KeyRequest, source: str) -> None:
        """Fetch it, or fail."""
        self.asked += 1
        if self.document is None:
            raise KeysUnavailable(f"{request.url} is down")
        self.known = True


def _pubsub() -> tuple[dict[str, Prepared], dict[str, str]]:
    part = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
        for one in ({"alg": "RS256", "kid": "k1"}, {})
    ]
    options = {"audience": "desk", "email": "push@example.com"}
    return source("queue", "google-pubsub", secrets=(), options=options), {
        "Authorization": f"Bearer {part[0]}.{part[1]}.AAAA"
    }


def test_a_key_that_cannot_be_had_is_a_reason_to_come_back(desk: Callable[..., Desk]) -> None:
    """Without the provider's keys nothing is proven: 503 and a time, and other sources go on."""
    queue, headers = _pubsub()
    for options in ({"keys": FarKeys(None)}, {}):
        door = desk(queue, source("shop"), **options)
        answer = door.ask("POST", "queue", b"{}", **headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert door.send("shop").status_code == 200


def test_a_key_that_the_provider_does_not_have_is_a_bad_signature(desk: Callable[..., Desk]) -> None:
    """A key id that the fetched keys lack is refused after one look."""
    queue, headers = _pubsub()
    keys = FarKeys(b"{}")
    door = desk(queue, keys=keys)
    assert door.ask("POST", "queue", b"{}", **headers).json() == {"error": "refused"}
    assert (keys.asked, door.intake.outcomes["unknown-key"]) == (1, 1)


# Refused requests


def test_refused_requests_are_kept_without_what_could_be_used(desk: Callable[..., Desk]) -> None:
    """A person finds out what came; a signature or token in it can't be used again."""
    door = desk(source("shop", url_token=Secret("query-token-canary")))
    door.ask(
        "POST",
        "shop",
        BODY,
        query="?token=query-token-canary",
        Stripe_Signature="t=1,v1=canary-canary",
        Authorization="Bearer canary",
    )
    (kept,) = door.buffer._waiting
    assert (kept.source, kept.reason, kept.peer, kept.method) == (
        "shop",
        "mismatch",
        "127.0.0.1",
        "POST",
    )
    assert (kept.size, kept.body, kept.whole) == (len(BODY), None, False)
    assert kept.target == "/hooks/shop?token=quer… (18 characters)"
    assert ("stripe-signature", "t=1,… (20 characters)") in kept.headers
    assert "canary" not in repr(kept)


def test_refused_requests_are_kept_whole_if_asked(desk: Callable[..., Desk]) -> None:
    """With keep_refused the request can be judged again; a token in its URL is masked all the same."""
    door = desk(source("shop", keep_refused=True))
    door.send("shop", BODY + b" ", packed=BODY, query="?token=query-token-canary")
    (kept,) = door.buffer._waiting
    assert (kept.body, kept.whole, kept.reason) == (BODY, True, "mismatch")
    assert dict(kept.headers)["stripe-signature"].startswith(f"t={NOW:.0f},v1=")
    assert "canary" not in kept.target


def test_a_flood_of_refused_requests_is_not_described(desk: Callable[..., Desk]) -> None:
    """Beyond the number that is kept nothing is held; what says nothing of itself is not kept at all."""
    door = desk(source("shop", rate=1000.0, burst=20))
    for _ in range(9):
        door.ask("POST", "shop", BODY, Stripe_Signature="t=1,v1=00")
        door.ask("PUT", "shop", BODY)
        door.ask("POST", "nowhere", BODY)
    assert len(door.buffer._waiting) == 2
