"""What the tests of work in the journal do again and again: publish, and make one move."""

from msgspec.structs import replace

from relay.claims import Move, Moved, Verb
from relay.event import EVERYONE, Dispatched, Draft, Event, EventState
from relay.journal.base import Journal

BILLING, SUPPORT = "team:billing", "team:support"


async def publish(journal: Journal, *drafts: Draft) -> int:
    """Publish drafts as the outcome of one new event; return its number."""
    name = f"e{(await journal.latest(), len(await journal.events(limit=100)))}"
    event = Event(source="shop", provider="stripe", id=name, type="order.paid", time=5.0, data=b"{}")
    seq = (await journal.append(event)).seq
    await journal.publish([Dispatched(event_seq=seq, state=EventState.NOTIFIED, drafts=drafts)])
    return seq


def by(agent: str, verb: Verb, id_: str = "a", **fields: object) -> Move:
    return replace(Move(id=id_, verb=verb, by=agent, keys=(EVERYONE, f"agent:{agent}", BILLING)), **fields)


async def one(journal: Journal, move: Move, at: float = 1_000.0, request: str = "") -> Moved:
    (moved,) = await journal.move([move], at, request)
    return moved
