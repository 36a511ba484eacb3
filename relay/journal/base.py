"""The journal's verbs: what every engine can do, and nothing about how.

One contract test suite (``tests/relay/journal/``) runs against each engine.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

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
from relay.protocol import Receipt, Stage
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
        """Call ``wake`` on the event loop whenever events, notifications, changes or filters were added."""
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
        Sequence numbers of notifications and changes rise together, without holes, in the order given.

        A draft whose case (``collapse``) has open work takes the place of what was published before
        (:func:`relay.cases.follow_up`); otherwise work begins (:func:`relay.cases.begin`). Open
        work of the cases in ``resolves`` is withdrawn first. A ``silent`` draft does only that.

        ``calls`` are stored with it; one for a draft that took the place of an earlier notification
        is for that one.
        """
        ...

    async def announce(self, drafts: Sequence[Draft]) -> list[str]:
        """Publish the relay's own notifications, to which no event led: a storm, a digest, a broadcast.

        As ``publish`` does with its drafts; one whose id is known already is left alone. Returns the
        ids under which they are known: a draft that took the place of an earlier one has that one's.
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

    async def notifications_after(self, seq: int, limit: int) -> list[Published]:
        """Return everybody's notifications and changes after ``seq``, in order."""
        ...

    async def notifications_for(self, keys: Sequence[str], after: int, limit: int) -> list[Published]:
        """Return what was addressed to one of ``keys`` after ``after``, in order."""
        ...

    async def notification(self, id_: str) -> StoredNotification | None:
        """Return a notification as it was last published, with its present state and whole audience.

        None if it is unknown or was pruned.
        """
        ...

    async def notifications_of(self, event_seq: int) -> list[StoredNotification]:
        """Return what an event led to, as it was published then, in order.

        Work that went on under an earlier notification's id is found by that id in each of them.
        """
        ...

    async def event_of(self, notification: str, playbook: str = "") -> StoredEvent | None:
        """Return the last event that a notification was made of; None if there was none or it was pruned.

        With a ``playbook``, the last of which that one has made it: a case may go on by another's words.
        """
        ...

    async def missed(self, keys: Sequence[str], after: int) -> int:
        """Return how many notifications for ``keys`` after ``after`` were pruned.

        Each counts where it was new to a key: neither changes of it nor its later revisions do.
        """
        ...

    async def prune(self, before: float, forget: Mapping[str, float] | None = None) -> int:
        """Remove dispatched events and notifications older than ``before`` (Unix seconds); return how many.

        Refused requests, finished calls, and the work of notifications that are gone go likewise, with
        its history and receipts; answers of ``move`` go after a day. The ids of pruned events are
        forgotten too, except those that a source in ``forget`` stored at the time given there or later:
        its provider may send them again.
        Who was addressed is kept, so that ``missed`` can count.
        """
        ...

    # Work: what happens to notifications among people

    async def move(
        self, moves: Sequence[Move], at: float, request: str = "", calls: Sequence[Call] = ()
    ) -> list[Moved]:
        """Make moves (:func:`relay.moves.apply`), all in one transaction, in order; say what each came to.

        What has to be told is published with it: first each :class:`relay.event.StoredChange` to its
        audience, then the notification itself to those in ``send``, as it was last published but with
        the present stage, holders and until. Each move that changed something is written to the
        work's history, except renewals.

        Of ``calls`` those are stored in the same transaction whose notification and action are asked
        for by a move that was made (``Moved.call``): neither without the other, whenever the power goes.

        With a ``request`` (of the one move) the answer is kept for a day, and given again to the same
        request of the same agent, for the same verb and notification, without doing anything.
        """
        ...

    async def answered(self, move: Move, request: str) -> Moved | None:
        """Return the answer that ``move`` had with this request (verb, notification and agent count).

        None if it wasn't made within the last day.
        """
        ...

    async def work(self, ids: Sequence[str]) -> dict[str, Work]:
        """Return the states of notifications by their ids; those that aren't known are left out."""
        ...

    async def works(
        self,
        *,
        limit: int,
        stages: Sequence[Stage] = (),
        keys: Sequence[str] = (),
        holder: str = "",
        before: int | None = None,
    ) -> list[Work]:
        """Return states, newest first: in one of ``stages``, for one of ``keys``, held by ``holder``.

        What is empty doesn't choose. ``before`` pages by sequence number.
        """
        ...

    async def unrouted(self, *, after: int, limit: int) -> list[Work]:
        """Return the states of what reached nobody, oldest first; ``after`` pages by sequence number."""
        ...

    async def history(self, id_: str) -> list[Step]:
        """Return everything that was done to a notification, oldest first."""
        ...

    async def due(self, now: float, limit: int) -> list[Work]:
        """Return the work that the clock has to look at (:meth:`relay.claims.Work.due`), earliest first."""
        ...

    async def next_due(self) -> float | None:
        """Return when the clock has to look next, None if nothing waits."""
        ...

    async def shift(self, seconds: float) -> int:
        """Move the open work's assignments, leases and offers, and the waiting calls; return how many.

        For when the wall clock was set by ``seconds``: what was to happen in three minutes still does.
        Times of expiry stay, because they are times of day.
        """
        ...

    async def receipts(self, receipts: Sequence[tuple[str, str, Receipt]]) -> None:
        """Store what people did: (agent, device, receipt) each; the first of a kind counts.

        What is said of a notification that isn't known is dropped.
        """
        ...

    async def receipts_of(self, id_: str) -> list[tuple[str, str, Receipt]]:
        """Return what people did with a notification, oldest first."""
        ...

    async def follow(self, agent: str, case: str, *, on: bool) -> None:
        """Let an agent follow a case (a collapse key, or a notification's id), or not any more.

        Forgotten with the retention, unless the notification is there or the case has open work.
        """
        ...

    async def followers(self) -> dict[str, tuple[str, ...]]:
        """Return who follows what: agents by case."""
        ...

    async def keep_belonging(self, belonging: Mapping[str, tuple[str, ...]]) -> None:
        """Write down which audience keys each known agent has from now on, if they are others."""
        ...

    async def belonging(self, agent: str) -> list[tuple[int, tuple[str, ...]]]:
        """Return an agent's audience keys, each with the number after which they held, in order.

        As far back as something published is there.
        """
        ...

    # Calls to other systems

    async def add_calls(self, calls: Sequence[Call]) -> None:
        """Store calls that are to be made; one whose id is there already is left alone."""
        ...

    async def calls_due(self, now: float, limit: int) -> list[Call]:
        """Return the waiting calls whose time has come, earliest first."""
        ...

    async def next_call(self) -> float | None:
        """Return when the next waiting call is due, None if there is none."""
        ...

    async def calls(
        self, *, limit: int, state: CallState | None = None, notification: str = "", before: str = ""
    ) -> list[Call]:
        """Return calls for a person to look at, newest first; those asked for before the call ``before``.

        Nothing if that one isn't there (any more).
        """
        ...

    async def call(self, id_: str) -> Call | None:
        """Return a call, None if it is unknown or was pruned."""
        ...

    async def keep_call(self, call: Call, was: Collection[CallState], told: Move | None = None) -> bool:
        """Store what became of a call, if it is still there and in one of the states ``was``; say whether.

        So nobody undoes what somebody else did after it was read.
        ``told`` is what those who have its notification hear of it: stored together, neither without
        the other.
        """
        ...

    # Filters

    async def filters(self, revision: int | None = None) -> FilterSet:
        """Return the filters as they hold now, or held at a revision."""
        ...

    async def filters_revision(self) -> int:
        """Return the revision of the filters that hold now: cheap enough to be asked for each batch."""
        ...

    async def keep_layer(
        self, layer: Layer, *, by: str, at: float, expected: int | None = None, above: Collection[str] = ()
    ) -> int | None:
        """Store a layer in place of the one of its name; return the new revision.

        None if this layer, or one of those ``above`` it, was changed after the revision ``expected``:
        somebody else was faster. Other layers may have been.
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
