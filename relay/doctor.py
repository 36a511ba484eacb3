"""The signature doctor: why a request was refused, found out by trying what may have gone wrong. Pure.

Everything is judged by the code behind the door, with one thing changed at a time: the body as it
may have been, the secret, the key, the URL, the provider. What is told is for the operator; no
secret and nothing of a body is repeated, and the sender learns none of it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from relay import variants
from relay.complaints import ADVICE, complaint
from relay.errors import BadSignature, ConfigError, RelayError
from relay.event import Delivery
from relay.fingerprints import fingerprint
from relay.refusals import Refusal, replayed
from relay.schemes.header import HeaderForm
from relay.schemes.keyring import NO_KEYS, KeyNeeded, KeyRing
from relay.schemes.pairs import PairsForm
from relay.schemes.pipeline import Window
from relay.schemes.prepared import Prepared, check_source
from relay.schemes.providers import PROVIDERS
from relay.source import Secret, Source
from relay.verify import take

HOUR = 3600.0
YEAR = 365 * 24 * HOUR

MOST_ZONES = 26.5 * HOUR
"""How far two time zones may be from each other."""

NEAR_SECONDS = 30.0
"""What clocks may differ by and still be said to be whole hours apart."""

ANY_TIME = Window(old=math.inf, ahead=math.inf)

_MATCHED = frozenset({"", "stale"})
"""How a request fares whose signature is right."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong; ``certain`` if the signature is right once it is undone."""

    code: str
    sentence: str
    advice: str = ""
    certain: bool = True


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of a request that arrived ``at`` (Unix seconds)."""

    at: float
    accepted: bool
    reason: str
    summary: str
    findings: tuple[Finding, ...] = ()


def diagnose(
    delivery: Delivery,
    prepared: Prepared,
    now: float,
    *,
    ring: KeyRing = NO_KEYS,
    neighbours: Iterable[Source] = (),
) -> Diagnosis:
    """Judge a request as at ``now`` (Unix seconds); say what is wrong with it, if anything is.

    ``neighbours`` are the relay's other sources, whose secrets may have been mixed up with this one's.
    """
    reason, detail = _judged(delivery, prepared, now, ring)
    if not reason:
        return Diagnosis(
            at=now, accepted=True, reason="", summary="The request is good: it would be accepted."
        )
    found = tuple(_findings(reason, detail, _Case(delivery, prepared, now, ring, tuple(neighbours))))
    return Diagnosis(
        at=now, accepted=False, reason=reason, summary=f"Refused ({reason}): {detail}.", findings=found
    )


def diagnose_refusal(refusal: Refusal, prepared: Prepared, neighbours: Iterable[Source] = ()) -> Diagnosis:
    """Say what can be said of a refused request that was kept: whole, or only what it looked like."""
    delivery = replayed(refusal)
    if delivery is not None:
        delivery = msgspec.structs.replace(delivery, target=refusal.target.encode("latin-1", "replace"))
        found = diagnose(delivery, prepared, refusal.at, neighbours=neighbours)
        if found.accepted:
            text = f"It was refused ({refusal.reason}); as the source is configured now it is accepted."
            return msgspec.structs.replace(found, summary=text)
        return found
    names = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in refusal.headers
    ]
    shape = Delivery(
        source=refusal.source, method=refusal.method, headers=names, body=b"", received_at=refusal.at
    )
    case = _Case(shape, prepared, refusal.at, NO_KEYS, ())
    findings = [_complaint(refusal.reason, refusal.detail), *_strangers(case)]
    if refusal.reason == "mismatch":
        advice = f"Set keep_refused = true in [sources.{refusal.source}], have it sent again, and ask again."
        findings.append(
            Finding(
                code="not-kept",
                sentence="Only what the request looked like was kept; more can't be found out from that.",
                advice=advice,
                certain=False,
            )
        )
    return Diagnosis(
        at=refusal.at,
        accepted=False,
        reason=refusal.reason,
        summary=f"Refused ({refusal.reason}): {refusal.detail}.",
        findings=tuple(findings),
    )


class _Case:
    """A refused request with all that it is tried with."""

    def __init__(
        self,
        delivery: Delivery,
        prepared: Prepared,
        now: float,
        ring: KeyRing,
        neighbours: Sequence[Source],
    ) -> None:
        self.delivery, self.now, self.ring = delivery, now, ring
        self.prepared = msgspec.structs.replace(prepared, window=ANY_TIME, expiring=False)
        self.configured = prepared
        self.neighbours = neighbours

    @property
    def source(self) -> Source:
        return self.prepared.source

    def matches(self, prepared: Prepared | None = None, **changes: Any) -> bool:
        """Say whether the signature is right for the delivery with some parts of it changed."""
        delivery = msgspec.structs.replace(self.delivery, **changes) if changes else self.delivery
        return _judged(delivery, prepared or self.prepared, self.now, self.ring)[0] in _MATCHED

    def with_source(self, **changes: Any) -> Prepared | None:
        """Return the source with some of its configuration changed, None if that can't be."""
        try:
            found = check_source(msgspec.structs.replace(self.source, **changes))
        except ConfigError:
            return None
        return msgspec.structs.replace(found, window=ANY_TIME, expiring=False)

    def with_key(self, key: bytes) -> Prepared:
        """Return the source with another key."""
        return msgspec.structs.replace(self.prepared, keys=(key,))


def _judged(delivery: Delivery, prepared: Prepared, now: float, ring: KeyRing) -> tuple[str, str]:
    """Return reason and detail of a refusal, or two empty texts."""
    try:
        take(delivery, prepared, now, ring)
    except BadSignature as error:
        return error.reason, str(error).partition(": ")[2] or error.reason
    except KeyNeeded as error:
        return "KeyNeeded", str(error)
    except RelayError as error:
        return type(error).__name__, str(error)
    return "", ""


def _findings(reason: str, detail: str, case: _Case) -> Iterator[Finding]:
    if reason == "stale":
        yield from _stale(case)
        return
    if reason not in {"mismatch", "body-changed", "wrong-claim"}:
        yield _complaint(reason, detail)
        yield from _strangers(case)
        yield from _searched(case)
        return
    certain = list(_certain(case))
    if certain:
        yield from certain
        return
    yield from _mode(case)
    yield from _short(case)
    yield from _strangers(case)
    yield _complaint(reason, detail)


def _certain(case: _Case) -> Iterator[Finding]:
    """Try one change after the other; the first kind that makes the signature right is told."""
    for tried in (_expired, _secret, _neighbour, _body, _address, _key, _searched, _scheme):
        found = list(tried(case))
        if found:
            yield from found
            return


def _complaint(reason: str, detail: str) -> Finding:
    sentence, advice = complaint(reason, detail)
    return Finding(code=reason, sentence=sentence, advice=advice, certain=False)


def _stale(case: _Case) -> Iterator[Finding]:
    """Say by how much the time is off. The signature itself was right, or that would have been told."""
    signed = _signed_time(case)
    if signed is None:
        yield _complaint("stale", "")
        return
    age = case.now - signed
    if abs(age) > 10 * YEAR:
        sentence = (
            "The signature is right, but its time is in another unit, such as milliseconds for seconds."
        )
        yield Finding(code="clock-unit", sentence=sentence, advice=ADVICE["clock-unit"])
        return
    where = "before" if age > 0 else "after"
    window = case.configured.window
    allowed = window.old if age > 0 else window.ahead
    sentence = (
        f"The signature is right, but it was made {abs(age):.0f} s {where} the relay's clock; "
        f"{allowed:.0f} s are allowed."
    )
    if _whole_hours(abs(age)):
        sentence += " That is close to a whole number of hours, as between time zones."
    yield Finding(
        code="clock", sentence=sentence, advice=ADVICE["clock-ahead" if age < 0 else "clock-behind"]
    )


def _whole_hours(seconds: float) -> bool:
    """Say whether a distance looks like that of two time zones."""
    quarter = seconds % (HOUR / 4)
    near = min(quarter, HOUR / 4 - quarter) < NEAR_SECONDS
    return near and HOUR / 2 <= seconds < MOST_ZONES


def _signed_time(case: _Case) -> float | None:
    try:
        units = case.prepared.wiring.scheme.form.read(case.prepared.ask(case.delivery, case.now, case.ring))
    except RelayError:
        return None
    return next((unit.time for unit in units if unit.time is not None), None)


def _expired(case: _Case) -> Iterator[Finding]:
    if case.configured.expiring and case.matches():
        sentence = "It is signed with a secret that has expired here."
        yield Finding(code="expired-secret", sentence=sentence, advice=ADVICE["expired-secret"])


def _secret(case: _Case) -> Iterator[Finding]:
    for secret in case.source.secrets:
        for what, text in variants.secrets(secret.reveal()):
            other = case.with_source(secrets=(Secret(text),))
            if other is not None and case.matches(other):
                sentence = f"The signature is right, but the secret {_named(secret)}{what}."
                yield Finding(code="secret-spelling", sentence=sentence, advice=ADVICE["secret-spelling"])
                return


def _neighbour(case: _Case) -> Iterator[Finding]:
    for neighbour in case.neighbours:
        if neighbour.name == case.source.name or not neighbour.secrets:
            continue
        other = case.with_source(secrets=neighbour.secrets)
        if other is not None and case.matches(other):
            sentence = f"It is signed with the secret of another source of yours: {neighbour.name}."
            yield Finding(code="other-secret", sentence=sentence, advice=ADVICE["other-secret"])
            return


def _body(case: _Case) -> Iterator[Finding]:
    for what, body in variants.bodies(case.delivery):
        if case.matches(body=body):
            sentence = f"The signature is right for another body: on the way {what}."
            yield Finding(code="body-altered", sentence=sentence, advice=ADVICE["body-altered"])
            return


def _address(case: _Case) -> Iterator[Finding]:
    if not case.prepared.wiring.scheme.form.signs_url:
        return
    for base, target in variants.addresses(case.source.public_url, case.delivery):
        source = msgspec.structs.replace(case.source, public_url=base)
        if case.matches(msgspec.structs.replace(case.prepared, source=source), target=target):
            theirs, ours = f"{base}{_path(target)}", case.source.public_url.rstrip("/")
            sentence = (
                f"The signature is right for another address: the provider has {theirs}, "
                f"here it would be {ours}{_path(case.delivery.target)}."
            )
            yield Finding(code="wrong-url", sentence=sentence, advice=ADVICE["wrong-url"])
            return


def _path(target: bytes) -> str:
    """Return a target without its query, in which a token may stand."""
    return target.partition(b"?")[0].decode("latin-1")


def _key(case: _Case) -> Iterator[Finding]:
    if not case.prepared.keys or not isinstance(case.prepared.keys[0], bytes):
        return
    for secret in case.source.secrets:
        for what, key in variants.keys(secret.reveal()):
            if case.matches(case.with_key(key)):
                named = case.source.provider
                sentence = f"The signature is right if one {what}, which {named} does not do."
                yield Finding(code="secret-decoding", sentence=sentence, advice=ADVICE["secret-decoding"])
                return


def _searched(case: _Case) -> Iterator[Finding]:
    """Look for any usual signature of the body in any header."""
    secrets = [secret.reveal() for secret in case.source.secrets]
    if found := fingerprint(case.delivery, secrets, case.source.public_url):
        sentence = f"The secret is right, but the signature is another: {found}."
        yield Finding(code="wrong-scheme", sentence=sentence, advice=ADVICE["wrong-scheme"])
        yield from _scheme(case)


def _scheme(case: _Case) -> Iterator[Finding]:
    """Try the request as every other provider's."""
    names = [name for name in PROVIDERS if name != case.source.provider and _as(case, name)]
    if names:
        shown = ", ".join(f'"{name}"' for name in names[:5])
        sentence = f"The request is a good one of another provider: {shown}."
        yield Finding(code="other-provider", sentence=sentence, advice=ADVICE["other-provider"])


def _as(case: _Case, name: str) -> bool:
    row = PROVIDERS[name]
    options = {key: text for key, text in case.source.options.items() if key in {**row.needs, **row.takes}}
    changes = {"provider": name, "options": options, "recipe": {}, "allow_unconfirmed": True}
    other = case.with_source(**changes, public_url=case.source.public_url or "https://localhost")
    return other is not None and case.matches(other)


def _strangers(case: _Case) -> Iterator[Finding]:
    """Name the providers whose signature header the request carries."""
    own = _signature_header(case.prepared)
    present = {name for name, _ in case.delivery.headers}
    found: dict[str, list[str]] = {}
    for row in PROVIDERS.values():
        form = row.wiring.scheme.form if row.wiring else None
        header = form.header if isinstance(form, HeaderForm | PairsForm) else b"authorization"
        if header in present and header not in {own, b"authorization"}:
            found.setdefault(header.decode("ascii"), []).append(row.title)
    for theirs, titles in found.items():
        sentence = f"It carries the header {theirs}, as {' or '.join(dict.fromkeys(titles))} sends it."
        yield Finding(code="other-header", sentence=sentence, advice=ADVICE["other-provider"], certain=False)


def _signature_header(prepared: Prepared) -> bytes | None:
    form = prepared.wiring.scheme.form
    return form.header if isinstance(form, HeaderForm | PairsForm) else None


def _mode(case: _Case) -> Iterator[Finding]:
    """Read from the body whether it is of a test or of the real thing: they have separate secrets."""
    if mode := variants.mode_of(case.delivery.body):
        sentence = f"The body says that it is of {mode} mode; providers have another secret for each mode."
        yield Finding(code="mode", sentence=sentence, advice=ADVICE["mode"], certain=False)


def _short(case: _Case) -> Iterator[Finding]:
    declared = case.delivery.header_values(b"content-length")
    if len(declared) == 1 and declared[0].isdigit() and int(declared[0][:12]) != len(case.delivery.body):
        told, there = int(declared[0][:12]), len(case.delivery.body)
        sentence = f"Content-Length says {told} bytes, but the body has {there}."
        yield Finding(code="length", sentence=sentence, advice=ADVICE["body-altered"], certain=False)


def _named(secret: Secret) -> str:
    return f"({secret.name or secret.origin}) " if secret.name or secret.origin else ""
