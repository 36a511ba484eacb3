"""The journal's verbs: what every engine can do, and nothing about how.

One contract test suite (``tests/relay/journal/``) runs against each engine.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from relay.event import (
    Appended,
    Device,
    Dispatched,
    Event,
    EventState,
    PairingCode,
    StoredEvent,
    StoredNotification,
)
from relay.refusals import Refusal, StoredRefusal


class Journal(Protocol):
    """The durable, ordered, deduplicating log of events, and the only buffer there is.

    Every verb that changes something returns when the change is on disk, unless it says otherwise.
    Verbs raise :class:`relay.errors.StorageBusy` or :class:`relay.errors.StorageBroken`.
    """

    @property
    def epoch(self) -> str:
        """Return the name of this journal's life; another one means that cursors start anew."""
        ...

    def watch(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` on the event loop whenever events or notifications were added."""
        ...

    # Events

    async def append(self, event: Event) -> Appended:
        """Store an event, at most once per (source, id). Concurrent calls share one transaction."""
        ...

    async def append_all(self, events: Sequence[Event]) -> list[Appended]:
        """Store the events of one delivery, all or none of them; say for each what happened.

        Concurrent calls share one transaction with each other and with ``append``.
        """
        ...

    async def pending(self, limit: int) -> list[StoredEvent]:
        """Return the oldest events that were not dispatched yet, in order."""
        ...

    async def publish(self, results: Sequence[Dispatched]) -> None:
        """Store what became of events together with their notifications, all or nothing.

        An event that is no longer pending is left alone, so that publishing twice changes nothing.
        Sequence numbers of notifications rise without holes in the order given.
        """
        ...

    async def events(
        self,
        *,
        limit: int,
        source: str | None = None,
        state: EventState | None = None,
        before: int | None = None,
        conflicts: bool = False,
    ) -> list[StoredEvent]:
        """Return events for a person to look at, newest first; ``before`` pages by sequence number.

        ``conflicts`` asks for those only whose id came again with another body.
        """
        ...

    # Notifications

    async def latest(self) -> int:
        """Return the highest sequence number of a notification, 0 if there is none yet."""
        ...

    async def latest_for(self, keys: Sequence[str]) -> int:
        """Return the highest sequence number addressed to one of ``keys``, 0 if there is none."""
        ...

    async def notifications_after(self, seq: int, limit: int) -> list[StoredNotification]:
        """Return everybody's notifications after ``seq``, in order."""
        ...

    async def notifications_for(
        self, keys: Sequence[str], after: int, limit: int
    ) -> list[StoredNotification]:
        """Return the notifications addressed to one of ``keys`` after ``after``, in order."""
        ...

    async def missed(self, keys: Sequence[str], after: int) -> int:
        """Return how many notifications for ``keys`` after ``after`` were pruned."""
        ...

    async def prune(self, before: float, forget: Mapping[str, float] | None = None) -> int:
        """Remove dispatched events and notifications older than ``before`` (Unix seconds); return how many.

        Refused requests go likewise. The ids of pruned events are forgotten too, except those that a
        source in ``forget`` stored at the time given there or later: its provider may send them again.
        Who was addressed is kept, so that ``missed`` can count.
        """
        ...

    # Refusals

    async def keep_refusals(self, refusals: Sequence[Refusal], keep: int) -> None:
        """Store refused requests, and forget older ones beyond ``keep`` of one source and reason."""
        ...

    async def refusals(self, *, limit: int, source: str | None = None) -> list[StoredRefusal]:
        """Return refused requests for a person to look at, newest first."""
        ...

    # Devices

    async def devices(self) -> list[Device]:
        """Return every device, revoked ones too, by the time of pairing."""
        ...

    async def ack(self, cursors: Mapping[str, int], seen_at: float) -> None:
        """Raise the cursors of devices (by id); a lower number than the stored one changes nothing."""
        ...

    async def revoke(self, device: str, at: float) -> bool:
        """Mark a device as revoked; False if there is none of that id or it was revoked before."""
        ...

    async def add_code(self, code: PairingCode) -> None:
        """Store an invitation, and forget those that have expired."""
        ...

    async def redeem(self, code: str, secret_hash: bytes, device: Device, at: float) -> Device | None:
        """Use up an invitation, and return the device that it was for.

        ``device`` is stored with the invitation's agent and teams, and with today's latest sequence
        number as its cursor.

        None if there is no such code, it has expired or its tries are used up, or the secret is
        wrong (which costs one of the tries).
        """
        ...

    # Life

    async def foreign_change(self) -> bool:
        """Say whether another process wrote to the journal since this was last asked."""
        ...

    async def check(self) -> None:
        """Prove that the journal can be read and written; raise :class:`relay.errors.StorageError`."""
        ...

    async def close(self) -> None:
        """Finish what was begun, and let go of the files. A second call does nothing."""
        ...
