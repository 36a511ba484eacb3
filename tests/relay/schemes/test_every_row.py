"""Every row of the table: what it signs it takes, and of a myriad altered requests of a family, none."""

import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import ConfigError, SenderError
from relay.event import QUARANTINED, Delivery, Event
from relay.schemes.keyring import NO_KEYS, KeyRing
from relay.schemes.pipeline import Binds
from relay.schemes.prepared import Prepared
from relay.schemes.providers import PROVIDERS
from relay.specimen import Specimen, Wanted, make
from relay.verify import judge
from tests.every_row import NOW, RING, prepare, request

MUTATIONS = 10_000
"""Of each family, shared among its rows."""

SPARE = {
    "aws-sns": "the header with the message's type is a copy of what is signed",
    "box": "one of two signatures is enough",
    "ebay": "the header also names algorithm and digest, which the row has pinned",
    "hubspot-v1": "the version may lack: the row has pinned it",
    "hubspot-v2": "as v1",
    "keygen": "the header also has a key's name, which is a label",
    "linear": "the header with the time is a copy of what is signed in the body",
    "mollie": "of several signatures one is enough",
    "paypal": "the ring of these tests has a certificate at every address",
    "shipstation": "the ring of these tests has a key for every name",
}
"""Rows with something beside the proof that proves nothing: changed, the same events are taken."""

SNS_SIGNED = {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}
"""Only these fields of a notification are signed; the others say where its certificate is, and the like."""

GLUED = {"mandrill"}
"""Rows that sign names and values without anything between: a lost = is not noticed, and quarantined."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A row made ready, a request that it takes, and the events that this brings."""

    name: str
    prepared: Prepared
    specimen: Specimen
    delivery: Delivery
    events: tuple[Event, ...]

    @property
    def binds(self) -> Binds:
        """Return what a signature of the row proves."""
        return self.prepared.wiring.scheme.form.binds


@cache
def case(name: str) -> Case:
    """Return a row with a request that it takes."""
    prepared, key = prepare(name)
    specimen = request(prepared, key)
    delivery = specimen.delivery("shop", NOW)
    events = judge(delivery, prepared, NOW, RING).events
    return Case(name=name, prepared=prepared, specimen=specimen, delivery=delivery, events=events)


def family(name: str) -> str:
    """Return what a row shares its code with: the form's function, and the primitive."""
    wiring = case(name).prepared.wiring
    form = wiring.scheme.form
    reader = getattr(form, "reader", None)
    code = getattr(reader, "__module__", "") + "." + getattr(reader, "__qualname__", "")
    return f"{type(form).__name__} {code.strip('.')} {type(wiring.scheme.primitive).__name__}".replace(
        "  ", " "
    )


ROWS = sorted(PROVIDERS)
FAMILIES: Mapping[str, list[str]] = {
    found: [name for name in ROWS if family(name) == found] for found in sorted(map(family, ROWS))
}


def taken(
    delivery: Delivery, prepared: Prepared, now: float = NOW, ring: KeyRing = RING
) -> tuple[Event, ...]:
    """Return the events of a delivery, none if it is refused; anything but a refusal is a failure."""
    try:
        return judge(delivery, prepared, now, ring).events
    except SenderError:
        return ()


@pytest.mark.parametrize("name", ROWS)
def test_what_a_row_signs_it_takes(name: str) -> None:
    """A request that was made from the row alone is proven, and its events can be read."""
    found = case(name)
    assert found.events
    assert [event.problem for event in found.events] == [None] * len(found.events)
    assert found.delivery.target.startswith(b"/hooks/shop")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("paypal", "public half the relay fetches"),
        ("kinde", "public half the relay fetches"),
        ("google-pubsub", "public half the relay fetches"),
        ("plaid", "only the provider can sign it"),
    ],
)
def test_without_a_private_key_the_reason_is_said(name: str, why: str) -> None:
    """Who has neither the private key nor a ring with its public half is told why nothing can be sent."""
    prepared, _ = prepare(name)
    with pytest.raises(ConfigError, match=why):
        make(prepared, Wanted(type="invoice.paid", id="1", now=NOW))


SIGNED = [name for name in ROWS if Binds.BODY in case(name).binds]


@given(st.sampled_from(ROWS), st.uuids(), st.sampled_from(["invoice.paid", "a", "ticket.created.v2"]))
def test_any_id_and_type_are_taken(name: str, event_id: Any, kind: str) -> None:
    """Whatever id and type an event has, the signed request is proven."""
    prepared, key = prepare(name) if name in _KEYED else (case(name).prepared, None)
    found = request(prepared, key, event_id=str(event_id), kind=kind)
    assert taken(found.delivery("shop", NOW), prepared)


_KEYED = frozenset(name for name in ROWS if prepare(name)[1] is not None)


@given(st.sampled_from(SIGNED), st.data())
def test_s6_another_body_is_refused(name: str, data: st.DataObject) -> None:
    """Any body but the signed one is refused, or says exactly the same."""
    found = case(name)
    body = data.draw(st.binary(max_size=300) | st.sampled_from([b"", b"{}", b"[]", b"a=b", b"<a/>"]))
    delivery = msgspec.structs.replace(found.delivery, body=body)
    assert taken(delivery, found.prepared) in ((), found.events)


@given(st.sampled_from(ROWS), st.data())
def test_hostile_requests_are_refused_and_nothing_else(name: str, data: st.DataObject) -> None:
    """Whatever stands in headers, path and body, the answer is a refusal, never another error."""
    found = case(name)
    bytes_ = st.binary(max_size=60) | st.sampled_from(
        [b"", b" ", b"\xff", b"-1", b"9" * 40, b"e30.e30.", b"t=,v1="]
    )
    headers = [(key, data.draw(bytes_)) for key, _ in found.delivery.headers]
    delivery = msgspec.structs.replace(
        found.delivery,
        headers=headers * data.draw(st.integers(0, 2)),
        body=data.draw(st.binary(max_size=100) | st.just(found.delivery.body)),
        target=data.draw(
            st.sampled_from([b"/", b"?", b"/hooks/shop?a=%ff&a", b"\xff", found.delivery.target])
        ),
    )
    for ring in (RING, NO_KEYS):
        assert taken(delivery, found.prepared, ring=ring) in ((), found.events) or name in _UNPROVEN


_UNPROVEN = frozenset(
    name for name in ROWS if not case(name).delivery.headers or Binds.BODY not in case(name).binds
)
"""Rows whose proof is not of the body: with the right token anything is theirs."""


Mutate = Callable[[random.Random, Case], tuple[Delivery, float]]


def altered_body(chance: random.Random, found: Case) -> tuple[Delivery, float]:
    """Change, drop, double or add bytes of the body."""
    return msgspec.structs.replace(found.delivery, body=scrambled(chance, found.delivery.body)), NOW


def altered_proof(chance: random.Random, found: Case) -> tuple[Delivery, float]:
    """Spoil a header that proves something."""
    headers = list(found.delivery.headers)
    places = [number for number, (name, _) in enumerate(headers) if name in proofs(found)]
    place = chance.choice(places)
    name, value = headers[place]
    how = chance.randrange(6)
    if how == 0:
        del headers[place]
    elif how == 1:
        headers.insert(place, (name, value))
    elif how == 2:
        headers[place] = (name, value[: chance.randrange(len(value))])
    elif how == 3:
        headers[place] = (name, chance.randbytes(chance.randrange(1, 80)))
    else:
        headers[place] = (name, substituted(chance, value))
    return msgspec.structs.replace(found.delivery, headers=headers), NOW


def another_time(chance: random.Random, found: Case) -> tuple[Delivery, float]:
    """Send it again too late, or long before it was made."""
    window = found.prepared.window
    late = max(window.old, 3600) + chance.uniform(61, 10_000_000)
    early = max(window.ahead, 3600) + chance.uniform(61, 10_000_000)
    return found.delivery, NOW + chance.choice([late, -early])


def another_target(chance: random.Random, found: Case) -> tuple[Delivery, float]:
    """Send it to another path."""
    path, mark, query = found.delivery.target.partition(b"?")
    place = chance.randrange(1, len(path) + 1)
    other = path[:place] + bytes([chance.choice(b"abcxyz0189")]) + path[place:]
    return msgspec.structs.replace(found.delivery, target=other + mark + query), NOW


def scrambled(chance: random.Random, body: bytes) -> bytes:
    """Return other bytes, of which most are the same."""
    how = chance.randrange(5)
    begin = chance.randrange(len(body) + 1)
    end = min(len(body), begin + chance.randrange(1, 9))
    if how == 0:
        return body[:begin] + chance.randbytes(chance.randrange(1, 5)) + body[begin:]
    if how == 1:
        return body[:begin] + body[end:]
    if how == 2:
        return body[:end] + body[begin:]
    if how == 3 and body:
        place = chance.randrange(len(body))
        return body[:place] + bytes([body[place] ^ (1 << chance.randrange(8))]) + body[place + 1 :]
    return body + chance.choice([b"\n", b"\0", b" ", b"{}", b"&a=b", b"x"])


def substituted(chance: random.Random, value: bytes) -> bytes:
    """Return a value with another character in one place, never the same letter in another case."""
    place = chance.randrange(len(value))
    others = [char for char in range(0x21, 0x7F) if bytes([char]).lower() != value[place : place + 1].lower()]
    return value[:place] + bytes([chance.choice(others)]) + value[place + 1 :]


@cache
def _named(name: str) -> frozenset[bytes]:
    wiring = case(name).prepared.wiring
    return frozenset(
        place.header
        for where in (wiring.id, wiring.type)
        for part in where.parts
        for place in part.places
        if place.header
    )


def proofs(found: Case) -> list[bytes]:
    """Return the headers that prove something: neither the content's type, nor an id or type that isn't signed."""
    signed_id = {getattr(found.prepared.wiring.scheme.form, "id", None)}
    left = (_named(found.name) - signed_id) | {b"content-type"}
    return [name for name, _ in found.delivery.headers if name not in left]


def mutations(found: Case) -> list[Mutate]:
    """Return the ways to alter a request of a row that its signature has to notice."""
    ways: list[Mutate] = []
    if Binds.BODY in found.binds:
        ways.append(altered_body)
    if proofs(found):
        ways.append(altered_proof)
    if Binds.TIME in found.binds:
        ways.append(another_time)
    if Binds.URL in found.binds:
        ways.append(another_target)
    return ways


def altered(name: str, count: int) -> Iterator[tuple[str, Case, tuple[Event, ...]]]:
    """Yield what became of ``count`` altered requests of a row, alike in every run."""
    found, chance = case(name), random.Random(name)
    ways = mutations(found)
    for number in range(count if ways else 0):
        way = ways[number % len(ways)]
        delivery, now = way(chance, found)
        if (delivery, now) != (found.delivery, NOW):
            yield way.__name__, found, taken(delivery, found.prepared, now)


@pytest.mark.parametrize("found", FAMILIES)
def test_s6_no_altered_request_is_taken(found: str) -> None:
    """Ten thousand altered requests of each family: none is taken, unless it says exactly the same."""
    names = FAMILIES[found]
    each = -(-MUTATIONS // len(names))
    wrong = {
        (name, way)
        for name in names
        for way, one, events in altered(name, each)
        if events and not harmless(name, way, one, events)
    }
    assert not wrong


def harmless(name: str, way: str, found: Case, events: tuple[Event, ...]) -> bool:
    """Say whether what was taken says exactly what the unaltered request says, where that may happen."""
    if name in GLUED and events[0].type == QUARANTINED:
        return True
    same = [(one.id, one.type, said(one)) for one in events] == [
        (one.id, one.type, said(one)) for one in found.events
    ]
    return same and (way == "altered_body" or (way == "altered_proof" and name in SPARE))


def said(event: Event) -> Any:
    """Return what an event's data says, however it is spelled."""
    found = msgspec.json.decode(event.data)
    if event.provider == "aws-sns":
        return {field: text for field, text in found.items() if field in SNS_SIGNED}
    return found


@pytest.mark.parametrize("name", [name for name in ROWS if name not in _KEYED and case(name).prepared.keys])
def test_another_secret_is_refused(name: str) -> None:
    """A request that was signed with another source's secret is refused."""
    stranger, _ = prepare(name, seed="another")
    assert taken(case(name).delivery, stranger) == ()
