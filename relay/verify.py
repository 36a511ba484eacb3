"""A delivery, a source and the time: an event, or a refusal. Pure; nothing is parsed before it is proven."""

import hashlib

import msgspec

from relay.event import QUARANTINED, Delivery, Event
from relay.schemes.document import Unreadable, read_document
from relay.schemes.pipeline import Proof, prove
from relay.schemes.place import read_id, read_type
from relay.schemes.prepared import Prepared


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A proven delivery: what its signature covers, and what it says.

    If ``problem`` is set, the body could not be read: ``id`` is then made from its hash and
    ``type`` is ``QUARANTINED``.
    """

    proof: Proof
    id: str
    type: str
    problem: str | None = None


def judge(delivery: Delivery, prepared: Prepared, now: float) -> Verdict:
    """Return what is proven about a delivery at the time ``now`` (Unix seconds).

    Raises:
        BadSignature: the delivery is not proven to be the source's own.
    """
    wiring = prepared.wiring
    tolerance = prepared.source.tolerance_seconds
    proof = prove(wiring.scheme, prepared.keys, delivery, now=now, tolerance=tolerance)
    try:
        document = read_document(delivery.body)
        event_id = read_id(wiring.id, delivery, document)
        return Verdict(proof=proof, id=event_id, type=read_type(wiring.type, delivery, document))
    except Unreadable as error:
        name = f"quarantine:{hashlib.sha256(delivery.body).hexdigest()}"
        return Verdict(proof=proof, id=name, type=QUARANTINED, problem=str(error))


def verify(delivery: Delivery, prepared: Prepared, now: float) -> Event:
    """Return the event that a delivery brings, its body exactly as signed.

    A genuine delivery that cannot be read becomes an event in quarantine: it is kept for a person,
    since the provider would only send the same again.

    Raises:
        BadSignature: the delivery is not proven to be the source's own.
    """
    verdict = judge(delivery, prepared, now)
    return Event(
        source=delivery.source,
        provider=prepared.source.provider,
        id=verdict.id,
        type=verdict.type,
        time=delivery.received_at,
        data=delivery.body,
        problem=verdict.problem,
    )
