"""A delivery, a source and the time: events, an answer, or a refusal. Pure; only what is proven is read.

Exceptions to the last are schemes that sign fields of the body: they read it within bounds, and what
they can't read is a bad signature.
"""

import hashlib
from typing import Any

import msgspec

from relay.errors import MethodNotAllowed
from relay.event import QUARANTINED, Delivery, Event
from relay.inflate import inflate
from relay.schemes.bodies import chosen, read_json
from relay.schemes.document import Unreadable
from relay.schemes.keyring import NO_KEYS, KeyRing
from relay.schemes.pipeline import Asked, Proof, prove
from relay.schemes.place import read_id, read_items, read_type
from relay.schemes.prepared import Prepared
from relay.schemes.provider import Reply


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A proven delivery: what its signature covers, and the events it brings, none if a batch is empty.

    If the body could not be read, there is one event, in quarantine: its id is made from the body's
    hash and its type is ``QUARANTINED``.
    """

    proof: Proof
    events: tuple[Event, ...]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a request: a verdict whose events are to be stored, or a reply, or both.

    With a ``reply`` nothing is stored: the request checked our URL. Without a ``verdict`` it was
    not proven, and needed not be.
    """

    verdict: Verdict | None = None
    reply: Reply | None = None


def take(delivery: Delivery, prepared: Prepared, now: float, ring: KeyRing = NO_KEYS) -> Taken:
    """Return what becomes of a request at the time ``now`` (Unix seconds): the one door to everything here.

    Raises:
        BadSignature: the delivery is not proven to be the source's own.
        KeyNeeded: a key has to be fetched first.
        MethodNotAllowed: the provider sends no events so.
    """
    provider, asked = prepared.provider, prepared.ask(delivery, now, ring)
    if provider.greet is not None and (reply := provider.greet(asked)) is not None:
        return Taken(reply=reply)
    if delivery.method not in provider.methods:
        raise MethodNotAllowed(f"{delivery.method} brings no events")
    verdict = _judge(asked, prepared)
    return Taken(verdict=verdict, reply=provider.answer(asked) if provider.answer else None)


def methods(prepared: Prepared) -> tuple[str, ...]:
    """Return the methods for which a body is worth reading."""
    return prepared.provider.methods + prepared.provider.greet_methods


def ack(prepared: Prepared, outcome: str) -> Reply | None:
    """Return the provider's own answer to an outcome, None if it has none.

    ``outcome`` is stored, duplicate, quarantined or refused.
    """
    reply: Reply | None = getattr(prepared.provider.ack, outcome)
    return reply


def judge(delivery: Delivery, prepared: Prepared, now: float, ring: KeyRing = NO_KEYS) -> Verdict:
    """Return what is proven about a delivery at the time ``now`` (Unix seconds).

    A genuine delivery that cannot be read becomes an event in quarantine: it is kept for a person,
    since the provider would only send the same again. So does a batch with one bad item.

    Raises:
        BadSignature: the delivery is not proven to be the source's own.
        KeyNeeded: a key has to be fetched first.
    """
    return _judge(prepared.ask(delivery, now, ring), prepared)


def _judge(asked: Asked, prepared: Prepared) -> Verdict:
    delivery = asked.delivery
    proof = prove(prepared.wiring.scheme, asked, prepared.window)
    if delivery.packed:
        body = inflate(delivery.body, delivery.packed, delivery.unpacked_limit)
        delivery = msgspec.structs.replace(delivery, body=body, packed=b"")
    try:
        events = _events(delivery, prepared)
    except Unreadable as error:
        name = f"quarantine:{hashlib.sha256(delivery.body).hexdigest()}"
        parts = {"id": name, "type": QUARANTINED, "data": delivery.body, "problem": str(error)}
        events = (_event(delivery, prepared, **parts),)
    return Verdict(proof=proof, events=events)


def verify(delivery: Delivery, prepared: Prepared, now: float, ring: KeyRing = NO_KEYS) -> tuple[Event, ...]:
    """Return the events that a delivery brings; see :func:`judge`."""
    return judge(delivery, prepared, now, ring).events


def _events(delivery: Delivery, prepared: Prepared) -> tuple[Event, ...]:
    wiring = prepared.wiring
    document = wiring.reader(delivery)
    if wiring.items is None:
        return (_read(delivery, prepared, document, None),)
    return tuple(_read(delivery, prepared, document, item) for item in read_items(wiring.items, document))


def _read(delivery: Delivery, prepared: Prepared, document: Any, item: Any) -> Event:
    """Return the one event of a body, or an item of a batch as one."""
    wiring = prepared.wiring
    event_id = read_id(wiring.id, delivery, document, item)
    kind = read_type(wiring.type, delivery, document, item)
    if wiring.items is not None:
        data = msgspec.json.encode(item)
    elif chosen(wiring.reader, delivery) is read_json:
        data = delivery.body
    else:
        data = msgspec.json.encode(document)
    return _event(delivery, prepared, id=event_id, type=kind, data=data)


def _event(delivery: Delivery, prepared: Prepared, **parts: Any) -> Event:
    return Event(
        source=delivery.source, provider=prepared.source.provider, time=delivery.received_at, **parts
    )
