"""Providers that sign the body, by their documentation: each recipe is written here a second time.

What a row of the table takes is compared with an HMAC computed as the page says that is named in the
row's ``documentation``.
"""

import base64
import hmac
import random
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.pipeline import Unsigned
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import judge, verify

NOW = 1_760_000_000.0
SECRET = "deadbeefDEADBEEF"
"""Good as text, as hexadecimal and as base64."""


class Recipe(msgspec.Struct, frozen=True):
    """Header, hash, spelling, prefix, and how the secret becomes the key."""

    header: str
    algorithm: str = "sha256"
    encoding: str = "hex"
    prefix: str = ""
    key: str = "text"


RECIPES = {
    "github-legacy-sha1": Recipe("X-Hub-Signature", "sha1", "hex", "sha1="),
    "bitbucket": Recipe("X-Hub-Signature", "sha256", "hex", "sha256="),
    "bitbucket-server": Recipe("X-Hub-Signature", "sha256", "hex", "sha256="),
    "jira": Recipe("X-Hub-Signature", "sha256", "hex", "sha256="),
    "intercom": Recipe("X-Hub-Signature", "sha1", "hex", "sha1="),
    "meta": Recipe("X-Hub-Signature-256", "sha256", "hex", "sha256="),
    "whatsapp": Recipe("X-Hub-Signature-256", "sha256", "hex", "sha256="),
    "messenger": Recipe("X-Hub-Signature-256", "sha256", "hex", "sha256="),
    "genesys": Recipe("X-Hub-Signature-256", "sha256", "base64", "sha256="),
    "shopify": Recipe("X-Shopify-Hmac-Sha256", "sha256", "base64"),
    "x-twitter": Recipe("X-Twitter-Webhooks-Signature", "sha256", "base64", "sha256="),
    "razorpay": Recipe("X-Razorpay-Signature"),
    "line": Recipe("X-Line-Signature", "sha256", "base64"),
    "viber": Recipe("X-Viber-Content-Signature"),
    "help-scout": Recipe("X-HelpScout-Signature", "sha1", "base64"),
    "front": Recipe("X-Front-Signature", "sha1", "base64"),
    "gocardless": Recipe("Webhook-Signature"),
    "coinbase-commerce": Recipe("X-CC-Webhook-Signature"),
    "modern-treasury": Recipe("X-Signature"),
    "segment": Recipe("X-Signature", "sha1"),
    "lemon-squeezy": Recipe("X-Signature"),
    "clickup": Recipe("X-Signature"),
    "gitea": Recipe("X-Gitea-Signature"),
    "sentry": Recipe("Sentry-Hook-Signature"),
    "vercel": Recipe("X-Vercel-Signature", "sha1"),
    "dropbox": Recipe("X-Dropbox-Signature"),
    "typeform": Recipe("Typeform-Signature", "sha256", "base64", "sha256="),
    "xero": Recipe("X-Xero-Signature", "sha256", "base64"),
    "docusign": Recipe("X-DocuSign-Signature-1", "sha256", "base64"),
    "aftership": Recipe("AfterShip-Hmac-Sha256", "sha256", "base64"),
    "easypost": Recipe("X-Hmac-Signature", "sha256", "hex", "hmac-sha256-hex="),
    "sendcloud": Recipe("Sendcloud-Signature"),
    "mollie": Recipe("X-Mollie-Signature", "sha256", "hex", "sha256="),
    "woocommerce": Recipe("X-WC-Webhook-Signature", "sha256", "base64"),
    "pagerduty": Recipe("X-PagerDuty-Signature", "sha256", "hex", "v1="),
    "circleci": Recipe("Circleci-Signature", "sha256", "hex", "v1="),
    "airtable": Recipe("X-Airtable-Content-MAC", "sha256", "hex", "hmac-sha256=", "base64"),
    "adyen-platform": Recipe("HmacSignature", "sha256", "base64", "", "hex"),
    "asana": Recipe("X-Hook-Signature"),
    "microsoft-teams": Recipe("Authorization", "sha256", "base64", "HMAC ", "base64"),
}

TIMED = ("front-app", "front-channel")

names = st.sampled_from(sorted([*RECIPES, *TIMED]))


def _source(name: str, *secrets: str) -> Prepared:
    texts = secrets or (SECRET,)
    return check_source(Source(name="shop", provider=name, secrets=tuple(Secret(text) for text in texts)))


SOURCES = {name: _source(name) for name in [*RECIPES, *TIMED]}


def _signature(recipe: Recipe, body: bytes, secret: str = SECRET) -> str:
    decode = {"text": str.encode, "hex": bytes.fromhex, "base64": base64.b64decode}
    digest = hmac.digest(decode[recipe.key](secret), body, recipe.algorithm)
    return recipe.prefix + (digest.hex() if recipe.encoding == "hex" else base64.b64encode(digest).decode())


def _deliver(body: bytes, headers: dict[str, Any], **changed: Any) -> Delivery:
    lines = [
        (name.lower().encode(), value.encode("utf-8", "surrogatepass"))
        for name, values in headers.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    sent = Delivery(source="shop", method="POST", headers=lines, body=body, received_at=NOW)
    return msgspec.structs.replace(sent, **changed)


def _signed(name: str, body: bytes) -> dict[str, str]:
    return SOURCES[name].sign(body=body, now=NOW, event_id="evt-1", event_type="a.b")


def _takes(name: str, body: bytes, headers: dict[str, Any]) -> bool:
    try:
        judge(_deliver(body, headers), SOURCES[name], NOW)
    except BadSignature:
        return False
    return True


@given(names, st.binary(max_size=200))
def test_signed_is_taken(name: str, body: bytes) -> None:
    """Any body that a row signs it proves; the recipe of the documentation gives the same header."""
    headers = _signed(name, body)
    assert _takes(name, body, headers)
    if name in RECIPES:
        recipe = RECIPES[name]
        assert headers[recipe.header.lower()] == _signature(recipe, body)


@given(names, st.binary(max_size=200), st.binary(max_size=200))
def test_another_body_is_refused(name: str, body: bytes, other: bytes) -> None:
    """A signature is good for one body only."""
    assume(body != other)
    assert not _takes(name, other, _signed(name, body))


@given(names, st.data())
def test_altered_signature_is_refused(name: str, data: st.DataObject) -> None:
    """One changed, added or lost character in what proves a request breaks the proof, never us."""
    headers = _signed(name, b"{}")
    key = next(key for key in headers if "signature" in key or key in _plain(name))
    text, place = headers[key], data.draw(st.integers(0, len(headers[key]) - 1))
    strange = st.characters(exclude_characters=" \t,", exclude_categories=["Cs"])  # "," would make a list
    altered = text[:place] + data.draw(st.text(strange, max_size=2)) + text[place + 1 :]
    assume(altered != text)
    assert not _takes(name, b"{}", headers | {key: altered})


def _plain(name: str) -> set[str]:
    return {RECIPES[name].header.lower()} if name in RECIPES else set()


@given(names, st.data())
def test_any_header_is_answered(name: str, data: st.DataObject) -> None:
    """Whatever stands in the headers, the answer is refused, never another error."""
    headers = {key: data.draw(st.text(max_size=40)) for key in _signed(name, b"{}")}
    assert not _takes(name, b"{}", headers)


@pytest.mark.parametrize("name", sorted([*RECIPES, *TIMED]))
def test_missing_repeated_and_another_secret(name: str) -> None:
    """Without its header, with the header twice or with another secret a request is refused."""
    headers = _signed(name, b"{}")
    key = next(key for key in headers if "signature" in key or key in _plain(name))
    assert not _takes(name, b"{}", {other: text for other, text in headers.items() if other != key})
    assert _takes(name, b"{}", headers | {key: [headers[key]] * 2}) == (name == "mollie")
    stranger = _source(name, "feedbeefDEADBEEF")
    with pytest.raises(BadSignature, match="mismatch"):
        judge(_deliver(b"{}", headers), stranger, NOW)


def _mutated(chance: random.Random, text: bytes) -> bytes:
    """Return a text with a byte changed, added or lost; no comma comes in, which may be a separator."""
    place, new = chance.randrange(len(text)), bytes([chance.choice([b for b in range(256) if b != ord(",")])])
    return text[:place] + chance.choice([new, b"", new + text[place : place + 1]]) + text[place + 1 :]


@pytest.mark.parametrize("name", sorted([*RECIPES, *TIMED]))
def test_mutations_are_refused(name: str) -> None:
    """Of some hundred requests with one byte altered in body or proof none is taken, and none breaks us."""
    chance, body = random.Random(name), b'{"id": "evt-1", "type": "a.b"}'
    sent = _deliver(body, _signed(name, body))
    proving = [number for number, (key, _) in enumerate(sent.headers) if _proves(name, key.decode())]
    for _ in range(300):
        number = chance.choice([*proving, -1])
        if number < 0:
            altered = msgspec.structs.replace(sent, body=_mutated(chance, body))
        else:
            lines = list(sent.headers)
            lines[number] = (lines[number][0], _mutated(chance, lines[number][1]))
            altered = msgspec.structs.replace(sent, headers=lines)
        if altered == sent:
            continue
        with pytest.raises(BadSignature):
            judge(altered, SOURCES[name], NOW)


def _proves(name: str, header: str) -> bool:
    return header.startswith("x-front-") if name in TIMED else header in _plain(name)


@pytest.mark.parametrize("name", sorted([*RECIPES, *TIMED]))
def test_rotation(name: str) -> None:
    """While a secret is replaced both are good."""
    both = _source(name, "feedbeefDEADBEEF", SECRET)
    assert judge(_deliver(b"{}", _signed(name, b"{}")), both, NOW).proof.key == 1


def test_base64_has_one_spelling() -> None:
    """Base64 that decodes to the same bytes, but is spelled otherwise, is refused."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for name in sorted(name for name, recipe in RECIPES.items() if recipe.encoding == "base64"):
        key = RECIPES[name].header
        good = _signature(RECIPES[name], b"{}")
        cousin = alphabet[alphabet.index(good.rstrip("=")[-1]) ^ 1]
        for text in (good.rstrip("="), good.rstrip("=")[:-1] + cousin + "=", good + "="):
            assert not _takes(name, b"{}", {key: text}), name


def test_shopify_spells_its_headers_twice() -> None:
    """The newer names without a prefix count as much; if both stand there, one is enough."""
    good = _signature(RECIPES["shopify"], b"{}")
    newer = {"shopify-hmac-sha256": good, "shopify-event-id": "e2", "shopify-topic": "orders/paid"}
    (event,) = verify(_deliver(b"{}", newer), SOURCES["shopify"], NOW)
    assert (event.id, event.type) == ("e2", "orders/paid")
    assert _takes("shopify", b"{}", {"X-Shopify-Hmac-Sha256": "AAAA", "shopify-hmac-sha256": good})
    assert not _takes("shopify", b"{}", {"shopify-hmac-sha256": [good, good]})


def test_docusign_signs_with_every_key() -> None:
    """Any numbered header may be the one of our key, up to the hundred that an account can have."""
    good = _signature(RECIPES["docusign"], b"{}")
    for place in (1, 2, 100):
        headers = {f"X-DocuSign-Signature-{number}": "AAAA" for number in range(1, place)}
        assert _takes("docusign", b"{}", headers | {f"X-DocuSign-Signature-{place}": good})
    many = {f"X-DocuSign-Signature-{number}": good for number in range(1, 102)}
    assert not _takes("docusign", b"{}", many)
    for name in ("X-DocuSign-Signature", "X-DocuSign-Signature-0", "X-DocuSign-Signature-1x"):
        assert not _takes("docusign", b"{}", {name: good})


def test_mollie_signs_with_both_keys() -> None:
    """While Mollie's key is replaced there are two signatures, as two headers or as one list."""
    good, key = _signature(RECIPES["mollie"], b"{}"), "X-Mollie-Signature"
    bare = good.removeprefix("sha256=")
    for value in ([f"sha256={'0' * 64}", good], f"sha256={'0' * 64}, {good}", bare):
        assert _takes("mollie", b"{}", {key: value})
    for value in ("sha256=", "", [good, ""], [good, "é"], f"sha1={bare}", f"sha256=sha256={bare}"):
        assert not _takes("mollie", b"{}", {key: value}), value


@pytest.mark.parametrize("name", ["pagerduty", "circleci"])
def test_lists_of_versions(name: str) -> None:
    """In a list of versions any v1 may match, and no other version can."""
    recipe = RECIPES[name]
    good = _signature(recipe, b"{}")
    for value in (f"v1=00,{good}", f"{good},v1=00", f"v2=00, {good}"):
        assert _takes(name, b"{}", {recipe.header: value})
    digest = good.removeprefix("v1=")
    for value in (f"v2={digest}", digest, "v1=", f"v1=00,v2={digest}", f"V1={digest}"):
        assert not _takes(name, b"{}", {recipe.header: value})


def test_easypost_normalises_its_secret() -> None:
    """A secret with accents is the same however it was typed."""
    composed, taken_apart = (unicodedata.normalize(form, "sécret") for form in ("NFC", "NFD"))
    assert composed != taken_apart
    proof = {"X-Hmac-Signature": _signature(RECIPES["easypost"], b"{}", taken_apart)}
    for secret in (composed, taken_apart):
        assert judge(_deliver(b"{}", proof), _source("easypost", secret), NOW).proof.key == 0


def test_front_channels_sign_a_word() -> None:
    """A call without a body is signed as if the body were the word undefined; a body is refused."""
    source = SOURCES["front-channel"]
    for method in ("GET", "DELETE"):
        request = Unsigned(body=b"", id="1", type="a", now=NOW, source=source.source, method=method)
        headers = dict(source.signed(request).headers)
        time = f"{int(NOW * 1000)}"
        assert headers["x-front-request-timestamp"] == time
        digest = hmac.digest(SECRET.encode(), f"{time}:undefined".encode(), "sha256")
        assert headers["x-front-signature"] == base64.b64encode(digest).decode()
        (event,) = verify(_deliver(b"", headers, method=method), source, NOW)
        assert event.type == "call"
        assert judge(_deliver(b"undefined", headers, method=method), source, NOW).events
        with pytest.raises(BadSignature, match="body-changed"):
            judge(_deliver(b"{}", headers, method=method), source, NOW)
        with pytest.raises(BadSignature, match="mismatch"):
            judge(_deliver(b"", headers), source, NOW)


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize(("age", "good"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_front_times(name: str, age: int, good: bool) -> None:
    """Front's time is in milliseconds and good for five minutes, into the past and into the future."""
    headers = SOURCES[name].sign(body=b"{}", now=NOW - age, event_id="1", event_type="a")
    assert _takes(name, b"{}", headers) == good
