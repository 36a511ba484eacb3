"""Hostile and sloppy security headers: each is refused for a named reason, none breaks us."""

from collections.abc import Callable

import pytest

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.fields import MAX_LENGTH, unix_seconds
from relay.schemes.mac import MAX_CANDIDATES
from relay.schemes.pipeline import prove
from relay.schemes.prepared import Prepared
from relay.verify import judge

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]

NOW = 1_760_000_000
NAME = "stripe-signature"


def _reason(source: Prepared, delivery: Delivery, now: float = NOW) -> str:
    with pytest.raises(BadSignature) as caught:
        judge(delivery, source, now)
    return caught.value.reason


def _stripe(source: Prepared, now: float = NOW) -> tuple[str, str]:
    """Return the two pairs of a good Stripe header."""
    time, signature = source.sign(body=b"{}", now=now, event_id="", event_type="")[NAME].split(",")
    return time, signature


STRIPE = {
    "empty": ("", "malformed-header"),
    "blank": ("   ", "malformed-header"),
    "tab": ("\t{t},{v1}", "malformed-header"),
    "nul": ("{t}\x00,{v1}", "malformed-header"),
    "line break": ("{t},\r\n{v1}", "malformed-header"),
    "not ascii": ("{t},{v1},é=1", "malformed-header"),
    "too long": ("{t},{v1}," + "v0=1," * (MAX_LENGTH // 5), "malformed-header"),
    "no time": ("{v1}", "malformed-time"),
    "two times": ("{t},{t},{v1}", "malformed-time"),
    "no value": ("t,v1", "no-signature"),
    "no signature": ("{t}", "no-signature"),
    "only an older version": ("{t},v0=1", "no-signature"),
    "empty signature": ("{t},v1=", "no-signature"),
    "upper case": ("{t},V1", "no-signature"),
    "signature of one character": ("{t},v1=0", "mismatch"),
    "longer": ("{t},{v1}0", "mismatch"),
    "space": ("{t}, {v1}", "no-signature"),
    "time of zero": ("t=0,{v1}", "mismatch"),
    "negative time": ("t=-1,{v1}", "malformed-time"),
    "signed time": ("t=+1760000000,{v1}", "malformed-time"),
    "huge time": ("t=100000000000000000000,{v1}", "malformed-time"),
    "exponent": ("t=1e9,{v1}", "malformed-time"),
    "float": ("t=1760000000.0,{v1}", "malformed-time"),
    "underscores": ("t=1_760_000_000,{v1}", "malformed-time"),
    "date": ("t=2026-01-01T00:00:00Z,{v1}", "malformed-time"),
}


@pytest.mark.parametrize("case", STRIPE)
def test_s1_s2_s3_s7_stripe_header(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """Each way of getting Stripe's header wrong is refused for its own reason."""
    source = prepare("stripe", "key")
    time, signature = _stripe(source)
    text, reason = STRIPE[case]
    value = text.replace("{t}", time).replace("{v1}", signature)
    assert _reason(source, deliver(b"{}", {NAME: value})) == reason


@pytest.mark.parametrize(("age", "good"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_s7_freshness(prepare: Prepare, deliver: Deliver, age: int, good: bool) -> None:
    """The tolerance holds into the past and into the future, and its last second is good."""
    source = prepare("stripe", "key")
    delivery = deliver(b"{}", {NAME: ",".join(_stripe(source, NOW - age))})
    if good:
        assert judge(delivery, source, NOW).proof.key == 0
    else:
        assert _reason(source, delivery) == "stale"


def test_s7_milliseconds_for_seconds(prepare: Prepare, deliver: Deliver) -> None:
    """A time in milliseconds where seconds belong lies far in the future."""
    source = prepare("stripe", "key")
    delivery = deliver(b"{}", {NAME: ",".join(_stripe(source, NOW * 1000))})
    assert _reason(source, delivery) == "stale"


def test_s5_only_sixteen_candidates(prepare: Prepare, deliver: Deliver) -> None:
    """The sixteenth signature of a list may be the right one; the seventeenth is not looked at."""
    source = prepare("stripe", "key")
    time, signature = _stripe(source)
    for wrong in (MAX_CANDIDATES - 1, MAX_CANDIDATES):
        delivery = deliver(b"{}", {NAME: ",".join([time, *["v1=00"] * wrong, signature])})
        if wrong < MAX_CANDIDATES:
            assert judge(delivery, source, NOW).proof.key == 0
        else:
            assert _reason(source, delivery) == "mismatch"


@pytest.mark.parametrize("provider", ["github", "stripe", "standard-webhooks", "svix"])
def test_s1_s5_missing_and_repeated(prepare: Prepare, deliver: Deliver, provider: str) -> None:
    """Each header that proves something is needed exactly once, even if the copies are alike."""
    source = prepare(provider, "whsec_c2VjcmV0")
    headers = source.sign(body=b"{}", now=NOW, event_id="evt-1", event_type="a")
    for name in [name for name in headers if not name.startswith("x-github")]:
        rest = {key: value for key, value in headers.items() if key != name}
        assert _reason(source, deliver(b"{}", rest)) == "missing-header"
        assert _reason(source, deliver(b"{}", rest | {name: [headers[name]] * 2})) == "repeated-header"


def test_s3_upper_case_hex(prepare: Prepare, deliver: Deliver) -> None:
    """A signature has one spelling: upper-case hex is another text."""
    source = prepare("github", "key")
    name = "x-hub-signature-256"
    value = source.sign(body=b"{}", now=0, event_id="a", event_type="b")[name]
    upper = "sha256=" + value.removeprefix("sha256=").upper()
    assert _reason(source, deliver(b"{}", {name: upper})) == "mismatch"


@pytest.mark.parametrize("value", ["sha256=", "sha1=" + "0" * 40, "0" * 64, "SHA256=" + "0" * 64])
def test_s3_s4_wrong_prefix(prepare: Prepare, deliver: Deliver, value: str) -> None:
    """A header without a signature of the right kind is named so, and nothing is computed for it."""
    source = prepare("github", "key")
    assert _reason(source, deliver(b"{}", {"x-hub-signature-256": value})) == "no-signature"


def test_s3_malleable_base64(prepare: Prepare, deliver: Deliver) -> None:
    """Base64 that decodes to the same bytes but is spelled otherwise is refused."""
    source = prepare("standard-webhooks", "whsec_c2VjcmV0")
    headers = source.sign(body=b"{}", now=NOW, event_id="evt-1", event_type="a")
    good = headers["webhook-signature"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    cousin = alphabet[alphabet.index(good[-2]) ^ 1]  # its lowest bits are not part of the digest
    for value in (good[:-2] + cousin + "=", good.rstrip("="), good + "="):
        delivery = deliver(b"{}", headers | {"webhook-signature": value})
        assert _reason(source, delivery) == "mismatch"


def test_s4_headers_of_another_prefix(prepare: Prepare, deliver: Deliver) -> None:
    """The scheme is the source's: what another scheme would take is not even looked at."""
    svix, standard = prepare("svix", "whsec_c2VjcmV0"), prepare("standard-webhooks", "whsec_c2VjcmV0")
    headers = svix.sign(body=b"{}", now=NOW, event_id="evt-1", event_type="a")
    assert _reason(standard, deliver(b"{}", headers)) == "missing-header"


def test_nothing_to_prove(prepare: Prepare, deliver: Deliver) -> None:
    """A scheme that found nothing to prove has not proven anything."""

    class Empty:
        binds = prepare("github", "key").wiring.scheme.form.binds

        signs_url = False

        def read(self, asked: object) -> list[object]:
            return []

    source = prepare("github", "key")
    scheme = source.wiring.scheme
    empty = type(scheme)(form=Empty(), primitive=scheme.primitive, key=scheme.key)  # type: ignore[arg-type] # reads only
    with pytest.raises(BadSignature, match="nothing-signed"):
        prove(empty, source.ask(deliver(b"{}", {}), 0), source.window)


@pytest.mark.parametrize("text", ["", " 1", "1 ", "٣", "0x1", "1" * 17, "-0"])
def test_s7_times_are_ascii_digits(text: str) -> None:
    """A time is one to sixteen ASCII digits, whatever Python's int would take."""
    with pytest.raises(BadSignature):
        unix_seconds(text.encode(), 1.0)
