"""The journal in one SQLite file: the default engine, for one relay process.

The verbs are here, and what is between them and the file in ``sqlite_engine.py``; ``sqlite_change.py``,
``sqlite_work.py``, ``sqlite_calls.py``, ``sqlite_filters.py``, ``sqlite_people.py`` and the ``read`` files
hold the SQL.
A second process, such as the command line, may open the same file for reading and for single
changes; it must then leave the checkpoints to the first (``checkpointer=False``).
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from relay.calls import Call, CallState
from relay.claims import Move, Moved, Step, Work
from relay.event import (
    Appended,
    Device,
    Dispatched,
    Draft,
    Event,
    EventState,
    PairingCode,
    Published,
    StoredEvent,
    StoredNotification,
)
from relay.filters import FilterSet, Layer
from relay.journal import sqlite_calls, sqlite_filters, sqlite_people
from relay.journal import sqlite_change as change
from relay.journal import sqlite_read as read
from relay.journal import sqlite_work as work_change
from relay.journal import sqlite_work_read as work_read
from relay.journal.sqlite_engine import SqliteEngine
from relay.protocol import Receipt, Stage
from relay.refusals import Refusal, StoredRefusal


class SqliteJournal(SqliteEngine):
    """The verbs of :class:`relay.journal.base.Journal` on SQLite. Made by :meth:`open`."""

    # Events

    async def append(self, event: Event) -> Appended:
        """Store an event, at most once per (source, id); return when it is on disk."""
        return await self._writer.append(event)

    async def append_all(self, events: Sequence[Event]) -> list[Appended]:
        """Store the events of one delivery, all or none of them; return when they are on disk."""
        return await self._writer.append_all(events)

    async def pending(self, limit: int) -> list[StoredEvent]:
        """Return the oldest events that were not dispatched yet, in order."""
        return await self._read(read.pending, limit)

    async def publish(self, results: Sequence[Dispatched]) -> None:
        """Store what became of events together with their notifications, all or nothing."""
        now = self._clock()
        drafts = any(result.drafts for result in results)
        await self._writer.change(
            lambda base: work_change.publish(base, results, now), wakes=lambda _: drafts
        )

    async def announce(self, drafts: Sequence[Draft]) -> list[str]:
        """Publish notifications to which no event led; return the ids under which they are known."""
        now = self._clock()
        return await self._writer.change(
            lambda base: work_change.announce(base, drafts, now), wakes=lambda _: True
        )

    async def events(
        self,
        *,
        limit: int,
        source: str | None = None,
        state: EventState | None = None,
        before: int | None = None,
        conflicts: bool = False,
    ) -> list[StoredEvent]:
        """Return events for a person to look at, newest first."""
        return await self._read(
            read.events, limit=limit, source=source, state=state, before=before, conflicts=conflicts
        )

    # Notifications

    async def latest(self) -> int:
        """Return the highest sequence number ever given to a notification."""
        return await self._read(read.latest)

    async def latest_for(self, keys: Sequence[str]) -> int:
        """Return the highest sequence number addressed to one of ``keys``, pruned ones counted."""
        return await self._read(read.latest_for, keys)

    async def notifications_after(self, seq: int, limit: int) -> list[Published]:
        """Return everybody's notifications and changes after ``seq``, in order."""
        return await self._read(read.notifications_after, seq, limit)

    async def notifications_for(self, keys: Sequence[str], after: int, limit: int) -> list[Published]:
        """Return what was addressed to one of ``keys`` after ``after``, in order."""
        return await self._read(read.notifications_for, keys, after, limit)

    async def notification(self, id_: str) -> StoredNotification | None:
        """Return a notification as it was last published, with its present state and audience."""
        return await self._read(work_read.notification, id_)

    async def notifications_of(self, event_seq: int) -> list[StoredNotification]:
        """Return what an event led to, as it was published then, in order."""
        return await self._read(work_read.notifications_of, event_seq)

    async def event_of(self, notification: str, playbook: str = "") -> StoredEvent | None:
        """Return the last event that a notification was made of, by a playbook if it is named."""
        return await self._read(read.event_of, notification, playbook)

    async def missed(self, keys: Sequence[str], after: int) -> int:
        """Return how many notifications for ``keys`` after ``after`` were pruned."""
        return await self._read(read.missed, keys, after)

    async def prune(self, before: float, forget: Mapping[str, float] | None = None) -> int:
        """Remove what is dispatched and was stored before ``before``, in small transactions."""
        begins = dict(forget or {})
        removed = await self._in_portions(partial(change.prune_events, before=before, forget=begins))
        removed += await self._in_portions(partial(work_change.prune_published, before=before))
        await self._in_portions(partial(change.forget_ids, before=before, forget=begins))
        for rest in (change.prune_refusals, work_change.prune_work, sqlite_calls.prune):
            await self._in_portions(partial(rest, before=before))
        for rest in (work_change.prune_followers, sqlite_people.prune):
            await self._in_portions(partial(rest, before=before))
        answers = self._clock() - work_change.ANSWERS_KEPT
        await self._in_portions(partial(work_change.prune_answers, before=answers))
        return removed

    # Work: what happens to notifications among people

    async def move(
        self, moves: Sequence[Move], at: float, request: str = "", calls: Sequence[Call] = ()
    ) -> list[Moved]:
        """Make moves in one transaction, in order; say what each came to."""
        return await self._writer.change(
            lambda base: work_change.move(base, moves, at, request, calls),
            wakes=lambda answers: any(moved.changes or moved.send for moved in answers),
        )

    async def answered(self, move: Move, request: str) -> Moved | None:
        """Return the answer that a move had with this request."""
        before = await self._read(work_read.answered, move, request)
        return before[0] if before else None

    async def work(self, ids: Sequence[str]) -> dict[str, Work]:
        """Return the states of notifications by their ids."""
        return await self._read(work_read.work, ids)

    async def works(
        self,
        *,
        limit: int,
        stages: Sequence[Stage] = (),
        keys: Sequence[str] = (),
        holder: str = "",
        before: int | None = None,
    ) -> list[Work]:
        """Return states, newest first; what is empty doesn't choose."""
        return await self._read(
            work_read.works, limit=limit, stages=stages, keys=keys, holder=holder, before=before
        )

    async def unrouted(self, *, after: int, limit: int) -> list[Work]:
        """Return the states of what reached nobody, oldest first."""
        return await self._read(work_read.unrouted, after, limit)

    async def history(self, id_: str) -> list[Step]:
        """Return everything that was done to a notification, oldest first."""
        return await self._read(work_read.history, id_)

    async def due(self, now: float, limit: int) -> list[Work]:
        """Return the work that the clock has to look at, earliest first."""
        return await self._read(work_read.due, now, limit)

    async def next_due(self) -> float | None:
        """Return when the clock has to look next, None if nothing waits."""
        return await self._read(work_read.next_due)

    async def shift(self, seconds: float) -> int:
        """Move the open work's assignments, leases and offers, and waiting calls; return how many."""
        return await self._writer.change(lambda base: work_change.shift(base, seconds))

    async def receipts(self, receipts: Sequence[tuple[str, str, Receipt]]) -> None:
        """Store what people did with notifications that are known; the first of a kind counts."""
        await self._writer.change(lambda base: work_change.keep_receipts(base, receipts))

    async def receipts_of(self, id_: str) -> list[tuple[str, str, Receipt]]:
        """Return what people did with a notification, oldest first."""
        return await self._read(work_read.receipts_of, id_)

    async def follow(self, agent: str, case: str, *, on: bool) -> None:
        """Let an agent follow a case, or not any more."""
        now = self._clock()
        await self._writer.change(lambda base: work_change.follow(base, agent, case, now, on=on))

    async def followers(self) -> dict[str, tuple[str, ...]]:
        """Return who follows what: agents by case."""
        return await self._read(work_read.followers)

    async def keep_belonging(self, belonging: Mapping[str, tuple[str, ...]]) -> None:
        """Write down which audience keys each known agent has from now on."""
        await self._writer.change(lambda base: sqlite_people.keep(base, belonging))

    async def belonging(self, agent: str) -> list[tuple[int, tuple[str, ...]]]:
        """Return an agent's audience keys, each with the number after which they held."""
        return await self._read(sqlite_people.of, agent)

    # Calls to other systems

    async def add_calls(self, calls: Sequence[Call]) -> None:
        """Store calls that are to be made; one whose id is there already is left alone."""
        await self._writer.change(lambda base: sqlite_calls.add(base, calls))

    async def calls_due(self, now: float, limit: int) -> list[Call]:
        """Return the waiting calls whose time has come, earliest first."""
        return await self._read(sqlite_calls.due, now, limit)

    async def next_call(self) -> float | None:
        """Return when the next waiting call is due, None if there is none."""
        return await self._read(sqlite_calls.next_due)

    async def calls(
        self, *, limit: int, state: CallState | None = None, notification: str = "", before: str = ""
    ) -> list[Call]:
        """Return calls for a person to look at, newest first; those asked for before the call ``before``."""
        return await self._read(
            sqlite_calls.listed, limit=limit, state=state, notification=notification, before=before
        )

    async def call(self, id_: str) -> Call | None:
        """Return a call, None if it is unknown or was pruned."""
        return await self._read(sqlite_calls.one, id_)

    async def keep_call(self, call: Call, was: Collection[CallState], told: Move | None = None) -> bool:
        """Store what became of a call, if it is still as it was, and what is told of it; say whether."""
        now = self._clock()
        return await self._writer.change(
            lambda base: work_change.keep_call(base, call, was, told, now),
            wakes=lambda kept: kept and told is not None,
        )

    # Filters

    async def filters(self, revision: int | None = None) -> FilterSet:
        """Return the filters as they hold now, or held at a revision."""
        return await self._read(sqlite_filters.read, revision)

    async def filters_revision(self) -> int:
        """Return the revision of the filters that hold now."""
        return await self._read(sqlite_filters.revision_of)

    async def keep_layer(
        self, layer: Layer, *, by: str, at: float, expected: int | None = None, above: Collection[str] = ()
    ) -> int | None:
        """Store a layer in place of the one of its name; return the new revision, or None."""
        return await self._writer.change(
            lambda base: sqlite_filters.keep_layer(base, layer, by, at, expected=expected, above=above),
            wakes=lambda revision: revision is not None,
        )

    # Refusals

    async def keep_refusals(self, refusals: Sequence[Refusal], keep: int) -> None:
        """Store refused requests, and forget older ones beyond ``keep`` of one source and reason."""
        await self._writer.change(lambda base: change.keep_refusals(base, refusals, keep))

    async def refusals(self, *, limit: int, source: str | None = None) -> list[StoredRefusal]:
        """Return refused requests for a person to look at, newest first."""
        return await self._read(read.refusals, limit, source)

    # Devices

    async def devices(self) -> list[Device]:
        """Return every device, revoked ones too, by the time of pairing."""
        return await self._read(read.devices)

    async def ack(self, cursors: Mapping[str, int], seen_at: float) -> None:
        """Raise the cursors of devices, by id."""
        await self._writer.change(lambda base: change.ack(base, cursors, seen_at))

    async def revoke(self, device: str, at: float) -> bool:
        """Mark a device as revoked; say whether that changed anything."""
        return await self._writer.change(lambda base: change.revoke(base, device, at))

    async def add_code(self, code: PairingCode) -> None:
        """Store an invitation, and forget those that have expired.

        Raises:
            ValueError: there is an invitation of that id.
        """
        now = self._clock()
        await self._writer.change(lambda base: change.add_code(base, code, now))

    async def redeem(self, code: str, secret_hash: bytes, device: Device, at: float) -> Device | None:
        """Exchange an invitation for a device; None if it is not valid, or the secret is wrong.

        Raises:
            ValueError: there is a device of that id or token; the invitation stays.
        """
        return await self._writer.change(lambda base: change.redeem(base, code, secret_hash, device, at))
