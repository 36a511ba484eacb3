"""What is peculiar to providers whose proof is no plain HMAC: their greetings, pins and traps."""

import base64
import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay.errors import BadSignature, ConfigError
from relay.event import QUARANTINED, Delivery
from relay.schemes.claims import query_hash
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared
from relay.schemes.provider import Reply
from relay.schemes.wecom import sealed_for, wecom_key
from relay.verify import ack, judge, methods, take, verify

Prepare = Callable[..., Prepared]

NOW = 1_760_000_000.0
URL = "https://hooks.example.com"
FORM = "application/x-www-form-urlencoded"
ED25519 = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
WECOM = json.dumps({"token": "t", "encoding_aes_key": "A" * 43, "receive_id": "corp"})
BRAINTREE = json.dumps({"public_key": "pk", "private_key": "sk"})


def request(
    body: bytes = b"", target: bytes = b"/hooks/shop", method: str = "POST", **headers: str
) -> Delivery:
    """Return a request; underscores in names of headers stand for hyphens."""
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Delivery(source="shop", method=method, target=target, headers=lines, body=body, received_at=NOW)


def signed(
    source: Prepared, body: bytes, key: Any = None, target: bytes = b"/hooks/shop", **changed: Any
) -> Delivery:
    """Return a request as the provider would send it, with ``changed`` parts."""
    added = source.signed(
        Unsigned(body=body, id="evt-1", type="a.b", now=NOW, source=source.source, target=target), key
    )
    lines = [(name.lower().encode(), value.encode()) for name, value in added.headers.items()]
    found = request(body if added.body is None else added.body, added.target or target)
    return msgspec.structs.replace(found, **{"headers": lines, **changed})


def reply_to(source: Prepared, delivery: Delivery) -> Reply:
    """Return the answer to a greeting."""
    reply = take(delivery, source, NOW).reply
    assert reply is not None
    return reply


@pytest.mark.parametrize("provider", ["trello", "mandrill"])
def test_head(prepare: Prepare, provider: str) -> None:
    """A HEAD finds that there is something, and is no event."""
    source = prepare(provider, "key", public_url=URL)
    assert "HEAD" in methods(source)
    assert reply_to(source, request(method="HEAD")) == Reply()


def test_trello_signs_body_and_url(prepare: Prepare) -> None:
    """Trello's text is the body followed by the callback's URL (its page "Webhooks", signatures)."""
    body = b'{"action":{"id":"a","type":"updateCard"}}'
    digest = hmac.digest(b"key", body + b"https://hooks.example.com/hooks/shop?m=1", "sha1")
    sent = request(body, b"/hooks/shop?m=1", x_trello_webhook=base64.b64encode(digest).decode())
    assert verify(sent, prepare("trello", "key", public_url=URL), NOW)[0].id == "a"


def test_mandrill_basic_auth(prepare: Prepare) -> None:
    """User and password of the public URL are part of what Mandrill signs."""
    body = b"mandrill_events=%5B%5D"
    digest = hmac.digest(b"key", b"https://u:p@hooks.example.com/hooks/shopmandrill_events[]", "sha1")
    sent = request(body, x_mandrill_signature=base64.b64encode(digest).decode(), content_type=FORM)
    assert verify(sent, prepare("mandrill", "key", public_url="https://u:p@hooks.example.com"), NOW) == ()


def test_twilio_body_hash(prepare: Prepare) -> None:
    """Of a body that is no form, the hash stands in the signed URL: both are checked."""
    source = prepare("twilio", "token", public_url=URL)
    sent = signed(source, b'{"CallSid":"CA1"}')
    assert b"bodySHA256=" in sent.target
    assert verify(sent, source, NOW)
    with pytest.raises(BadSignature, match="body-changed"):
        verify(msgspec.structs.replace(sent, body=b'{"CallSid":"CA2"}'), source, NOW)


def test_twilio_get(prepare: Prepare) -> None:
    """The fields of a GET stand in the query, and become the event's data."""
    source = prepare("twilio", "token", public_url=URL)
    sent = signed(source, b"", target=b"/hooks/shop?CallSid=CA1&CallStatus=busy", method="GET")
    (event,) = verify(sent, source, NOW)
    assert (event.id, msgspec.json.decode(event.data)["CallStatus"]) == ("CA1:busy", "busy")
    reply = ack(source, "stored")
    assert reply is not None
    assert (reply.content_type, reply.body) == ("text/xml", b"<Response/>")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_hash_can_not_be_continued(prepare: Prepare, version: str) -> None:
    """A plain hash of secret and text can be continued by anyone, but not by a text in UTF-8."""
    source = prepare(f"hubspot-{version}", "k" * 36, public_url=URL)
    sent = signed(source, b"[]\x80\x00\x00")
    with pytest.raises(BadSignature, match="malformed-body"):
        verify(sent, source, NOW)


def test_hubspot_version(prepare: Prepare) -> None:
    """A request that says another version is not of this source."""
    source = prepare("hubspot-v1", "key")
    sent = signed(source, b"[]")
    headers = [(name, b"v2" if value == b"v1" else value) for name, value in sent.headers]
    with pytest.raises(BadSignature, match="wrong-version"):
        verify(msgspec.structs.replace(sent, headers=headers), source, NOW)


@pytest.mark.parametrize(
    ("method", "target", "body", "text"),
    [
        ("GET", b"/a?b=2&a=1", b"", b"/a?a=1&b=2"),
        ("POST", b"/a", b"B=2&A=1", b"/a?A1B2"),
        ("POST", b"/a?b=2&a=1", b"B=2&A=1", b"/a?a=1&b=2.A1B2"),
        ("POST", b"/a?b=2", b"", b"/a?b=2"),
        ("POST", b"/", b"", b""),
    ],
)
def test_plivo_glue(prepare: Prepare, method: str, target: bytes, body: bytes, text: bytes) -> None:
    """Query and form are glued together in Plivo's four ways, and an address may lack its only slash."""
    digest = hmac.digest(b"token", URL.encode() + text + b".n", "sha256")
    headers = {
        "x_plivo_signature_ma_v3": f"AAAA,{base64.b64encode(digest).decode()}",
        "x_plivo_signature_v3_nonce": "n",
    }
    sent = request(body, target, method, content_type=FORM, **headers)
    assert verify(sent, prepare("plivo-v3", "token", public_url=URL), NOW)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_vonage_hashes(prepare: Prepare, name: str) -> None:
    """The hash is what the account says, and a signature may stand in capitals; in a query it covers all."""
    source = prepare("vonage-sig", "key", options={"hash": name})
    text = f"&text=a_b_c&timestamp={int(NOW)}".encode()
    signature = hmac.digest(b"key", text, name).hex()
    target = f"/hooks/shop?timestamp={int(NOW)}&text=a%26b%3Dc&sig=".encode()
    for spelled in (signature, signature.upper()):
        assert verify(request(b"", target + spelled.encode(), "GET"), source, NOW)
    with pytest.raises(BadSignature, match="body-changed"):
        verify(request(b"x=1", target + signature.encode()), source, NOW)


def test_vonage_unknown_hash(prepare: Prepare) -> None:
    """A hash that there isn't stops the start."""
    with pytest.raises(ConfigError, match="sha256"):
        prepare("vonage-sig", "key", options={"hash": "sha256x"})


def test_vonage_body_needs_its_hash(prepare: Prepare) -> None:
    """A token without a hash of the body is good for a request without a body only."""
    source = prepare("vonage-jwt", "a secret of theirs, long enough")
    bare = signed(source, b"")
    assert judge(bare, source, NOW).events
    with pytest.raises(BadSignature, match="body-changed"):
        judge(msgspec.structs.replace(bare, body=b"{}"), source, NOW)


def test_contentful_window(prepare: Prepare) -> None:
    """Contentful's library refuses a request that is thirty seconds old."""
    source = prepare("contentful", "key")
    sent = signed(source, b"{}")
    assert judge(sent, source, NOW + 29).events
    with pytest.raises(BadSignature, match="stale"):
        judge(sent, source, NOW + 30)


def test_keygen_host_is_the_configured_one(prepare: Prepare) -> None:
    """The host that Keygen signs is that of the public URL, whatever the Host header says."""
    key = ED25519.public_key().public_bytes_raw().hex()
    source = prepare("keygen", key, public_url=URL)
    lie = signed(prepare("keygen", key, public_url="https://evil.example.com"), b"{}", ED25519)
    lie = msgspec.structs.replace(lie, headers=[*lie.headers, (b"host", b"evil.example.com")])
    with pytest.raises(BadSignature, match="mismatch"):
        judge(lie, source, NOW)


def test_wecom_check(prepare: Prepare) -> None:
    """The check of the address is proven, decrypted and answered; for another account it is refused."""
    source, key = prepare("wecom", WECOM), wecom_key(WECOM)
    for receiver, good in ((b"corp", True), (b"other", False)):
        sealed = sealed_for(msgspec.structs.replace(key, receiver=receiver), b"echo", b"0" * 16)
        text = b"".join(sorted([b"t", b"%d" % NOW, b"n", sealed]))
        echo = sealed.replace(b"+", b"%2B").replace(b"/", b"%2F")
        target = b"/?msg_signature=%s&timestamp=%d&nonce=n&echostr=%s" % (
            hashlib.sha1(text).hexdigest().encode(), NOW, echo,
        )  # fmt: skip
        if good:
            assert reply_to(source, request(b"", target, "GET")).body == b"echo"
        else:
            with pytest.raises(BadSignature, match="body-changed"):
                take(request(b"", target, "GET"), source, NOW)


def test_wechat_check(prepare: Prepare) -> None:
    """An official account's check is proven by a hash without the text, which is echoed as it is."""
    source = prepare("wechat", WECOM)
    digest = hashlib.sha1(b"".join(sorted([b"t", b"%d" % NOW, b"n"]))).hexdigest()
    target = f"/?signature={digest}&timestamp={int(NOW)}&nonce=n&echostr=".encode()
    assert reply_to(source, request(b"", target + b"7", "GET")).body == b"7"
    with pytest.raises(BadSignature, match="missing-field"):
        judge(request(b"<xml><MsgType>text</MsgType></xml>", target + b"7"), source, NOW)


def test_braintree_challenge(prepare: Prepare) -> None:
    """A challenge is signed, and what was signed so is no notification."""
    source = prepare("braintree", BRAINTREE)
    challenge = b"20f9f8ed05f77439fe955c977e4c8a53"
    answer = reply_to(source, request(b"", b"/?bt_challenge=" + challenge, "GET")).body
    assert answer.startswith(b"pk|")
    forged = b"bt_signature=" + answer.replace(b"|", b"%7C") + b"&bt_payload=" + challenge
    with pytest.raises(BadSignature, match="malformed-field"):
        judge(request(forged, content_type=FORM), source, NOW)
    with pytest.raises(BadSignature, match="not-a-challenge"):
        take(request(b"", b"/?bt_challenge=" + challenge + b"%0A", "GET"), source, NOW)


def test_ebay_challenge(prepare: Prepare) -> None:
    """The challenge is hashed with the word and the address without its query."""
    source = prepare("ebay", "word", public_url=URL)
    reply = reply_to(source, request(b"", b"/hooks/shop?challenge_code=abc", "GET"))
    digest = hashlib.sha256(b"abcwordhttps://hooks.example.com/hooks/shop").hexdigest()
    assert msgspec.json.decode(reply.body) == {"challengeResponse": digest}


@pytest.mark.parametrize("padding", ["", "  "])
def test_ebay_other_spelling_of_the_header(prepare: Prepare, padding: str) -> None:
    """The header's base64 has one spelling; another one of the same bytes is refused as such."""
    proof = b64encode(
        b'{"alg":"ECDSA","kid":"one","signature":"AA==","digest":"SHA1"}' + padding.encode()
    ).decode()
    last = proof.rstrip("=")[-1]
    other = proof.rstrip("=")[:-1] + chr(ord(last) + 1) + "=" * proof.count("=")
    source = prepare("ebay", "word", public_url=URL)

    with pytest.raises(BadSignature, match="not canonical base64"):
        judge(request(b"{}", x_ebay_signature=other), source, NOW)
    with pytest.raises(BadSignature, match="unknown-key"):
        judge(request(b"{}", x_ebay_signature=proof), source, NOW)


def test_ebay_without_keys(prepare: Prepare) -> None:
    """As long as the source has no public keys, no event is taken."""
    header = base64.b64encode(b'{"alg":"ecdsa","kid":"k","signature":"AA==","digest":"SHA1"}').decode()
    with pytest.raises(BadSignature, match="unknown-key"):
        judge(request(b"{}", x_ebay_signature=header), prepare("ebay", "word", public_url=URL), NOW)


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        (b'{"type":1}', 200, b'{"type":1}'),
        (b'{"type":0}', 204, b""),
    ],
)
def test_discord_pings(prepare: Prepare, body: bytes, status: int, answer: bytes) -> None:
    """Both pings are answered as Discord wants, once they are proven; a wrong one gets its 401."""
    source = prepare("discord", ED25519.public_key().public_bytes_raw().hex())
    reply = reply_to(source, signed(source, body, ED25519))
    assert (reply.status, reply.body) == (status, answer)
    event = signed(source, b'{"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}', ED25519)
    assert take(event, source, NOW).reply is None
    refused = ack(source, "refused")
    assert refused is not None
    assert refused.status == 401


def test_monday_challenge(prepare: Prepare) -> None:
    """A body that is nothing but a challenge is echoed; one with more has to be signed."""
    source = prepare("monday", "a secret of theirs, long enough", public_url=URL)
    assert msgspec.json.decode(reply_to(source, request(b'{"challenge": "c"}')).body) == {"challenge": "c"}
    with pytest.raises(BadSignature, match="missing-header"):
        take(request(b'{"challenge": "c", "event": {"type": "x"}}'), source, NOW)


def test_query_hash() -> None:
    """Jira's hash leaves the token out, sorts names and values, and begins below the app's own path."""
    text = b"GET&/rest/a%26b&p=%2A,x%20y&q=1"
    found = query_hash("get", b"/app/rest/a&b/?q=1&p=x+y&p=*&jwt=t", "/app/")
    assert found == hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("aircall", b'{"event":"call.ended"}'),
        ("zoho-crm", b'{"channel_id":"c","operation":"o","module":"m"}'),
        ("livechat", b'{"action":"a"}'),
        ("microsoft-graph", b'{"value":[{"subscriptionId":"s","changeType":"c"}]}'),
    ],
)
def test_tokens_travel_no_further(prepare: Prepare, provider: str, body: bytes) -> None:
    """A token that stands in the body is not part of the event that is stored."""
    source = prepare(provider, "canary-token")
    sent = signed(source, body)
    assert b"canary-token" in sent.body
    (event,) = verify(sent, source, NOW)
    assert event.type != QUARANTINED
    assert b"canary" not in event.data


def test_graph_checks_each(prepare: Prepare) -> None:
    """One notification without the right word spoils the request; the check of the address is echoed."""
    source = prepare("microsoft-graph", "word")
    good, bad = (
        {"clientState": "word", "changeType": "c", "id": "1"},
        {"clientState": "w", "changeType": "c", "id": "2"},
    )
    for items in ([good, bad], [good, {}], []):
        with pytest.raises(BadSignature):
            judge(request(json.dumps({"value": items}).encode()), source, NOW)
    reply = reply_to(source, request(b"", b"/?validationToken=a%20b"))
    assert (reply.status, reply.body, reply.content_type.partition(";")[0]) == (200, b"a b", "text/plain")


def test_mailgun_token_is_the_id(prepare: Prepare) -> None:
    """A replay with another body has the same id, so that it is noticed as a duplicate."""
    source = prepare("mailgun", "key")
    sent = signed(source, b'{"event-data":{"event":"opened"}}')
    swapped = msgspec.structs.replace(sent, body=sent.body.replace(b"opened", b"failed"))
    assert [verify(one, source, NOW)[0].id for one in (sent, swapped)] == ["evt-1", "evt-1"]
    with pytest.raises(BadSignature, match="stale"):
        judge(sent, source, NOW + 121)


def test_unisender_field_stands_once(prepare: Prepare) -> None:
    """The hash stands in its field and nowhere else."""
    source = prepare("unisender-go", "key")
    sent = signed(source, b'{"events_by_user":[]}')
    assert verify(sent, source, NOW) == ()
    auth = msgspec.json.decode(sent.body)["auth"].encode()
    twice = sent.body.replace(b"[]", b'["' + auth + b'"]')
    with pytest.raises(BadSignature, match="malformed-field"):
        judge(msgspec.structs.replace(sent, body=twice), source, NOW)


def test_adyen_answer(prepare: Prepare) -> None:
    """Adyen wants its word back, whatever became of a genuine request."""
    source = prepare("adyen", "00ff")
    for outcome in ("stored", "duplicate", "quarantined"):
        reply = ack(source, outcome)
        assert reply is not None
        assert reply.body == b"[accepted]"
    with pytest.raises(BadSignature, match="nothing-signed"):
        judge(request(b'{"notificationItems":[]}'), source, NOW)


def test_tokens_have_one_spelling(prepare: Prepare) -> None:
    """A token whose last character has other spare bits is another text, and refused."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    source = prepare("vonage-jwt", "a secret of theirs, long enough")
    sent = signed(source, b"{}")
    ((name, value),) = sent.headers
    other = value[:-1] + alphabet[alphabet.index(chr(value[-1])) ^ 1].encode()
    with pytest.raises(BadSignature, match="malformed-token"):
        judge(msgspec.structs.replace(sent, headers=[(name, other)]), source, NOW)


@pytest.mark.parametrize("target", [b":x/", b"[", b"", b"*", b"http://other/"])
def test_odd_targets_are_refused(prepare: Prepare, target: bytes) -> None:
    """A target that is no path makes another address, and no other error."""
    for provider in ("twilio", "mandrill", "plivo-v3", "square"):
        source = prepare(provider, "key", public_url=URL)
        sent = signed(source, b"a=1")
        with pytest.raises(BadSignature):
            judge(msgspec.structs.replace(sent, target=target), source, NOW)
