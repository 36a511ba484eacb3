"""What a desktop that comes back is sent: where things stand now, not what happened meanwhile. Pure.

Of what was published while it was away,

- a notification comes with its present stage, holder and time, and in its newest revision only;
- one that has expired, was withdrawn, or is off for this agent doesn't come;
- a change of what comes anyway is in it already; of what the desktop has, only the last one comes;
- what an action came to is told in any case.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from relay.claims import Work
from relay.event import Published, StoredChange, StoredNotification
from relay.protocol import OVER, How, Notification, Stage, Update
from relay.session import Names, all_names, notification, unnamed, update

MEMORY = 4000
"""Ids that are remembered of one returning desktop: of what is older, a change is told once more."""

_NEVER_HAD = -1
_GONE = frozenset({Stage.EXPIRED, Stage.WITHDRAWN})
_WAITING = frozenset({Stage.NEW, Stage.OFFERED, Stage.UNROUTED})


class Line(msgspec.Struct, frozen=True):
    """What becomes of one published thing: a message tells it, or it is left out."""

    seq: int
    id: str
    message: Notification | Update | None = None
    state: int | None = None
    """The version of the notification's state that the desktop has with it; None: that isn't known."""


class _Page(msgspec.Struct, frozen=True):
    """What has to be known of a whole page, by ids."""

    newest: Mapping[str, int]
    """The number under which a notification comes last."""
    shown: Mapping[str, int]
    """The same, of those that are not off."""
    last: Mapping[str, StoredChange]

    @classmethod
    def of(cls, page: Sequence[Published], agent: str) -> "_Page":
        notifications = [stored for stored in page if isinstance(stored, StoredNotification)]
        shown = [stored for stored in notifications if stored.draft.routing.how_for(agent) is not How.OFF]
        return cls(
            {stored.draft.id: stored.seq for stored in notifications},
            {stored.draft.id: stored.seq for stored in shown},
            {stored.change.id: stored for stored in page if isinstance(stored, StoredChange)},
        )


class CatchUp:
    """One desktop's way back to now, page after page. ``agent`` is in lower case, ``keys`` are its own."""

    __slots__ = ("_agent", "_keys", "_names", "_told")

    def __init__(self, agent: str, names: Names = unnamed, keys: Collection[str] = ()) -> None:
        self._agent, self._names, self._keys = agent, names, frozenset(keys)
        self._told: dict[str, int] = {}

    def lines(self, published: Sequence[Published], works: Mapping[str, Work], now: float) -> list[Line]:
        """Say, in order, what becomes of each thing in a page.

        ``works`` are the present states, read after the page. As much as is sent of it has to be
        noted by :meth:`sent` before the next page.
        """
        page, told, lines = _Page.of(published, self._agent), dict(self._told), []
        for stored in published:
            if isinstance(stored, StoredNotification):
                line = self._notification(stored, works.get(stored.draft.id), page, now)
            else:
                id_ = stored.change.id
                line = _change(stored, works.get(id_), page, told.get(id_))
            if line.state is not None:
                told[line.id] = line.state
            lines.append(line)
        return lines

    def sent(self, lines: Iterable[Line]) -> None:
        """Remember what the desktop was told, or will never have."""
        for line in lines:
            if line.state is not None:
                self._told.pop(line.id, None)
                self._told[line.id] = line.state
        while len(self._told) > MEMORY:
            del self._told[next(iter(self._told))]

    def _notification(self, stored: StoredNotification, work: Work | None, page: _Page, now: float) -> Line:
        draft = stored.draft
        if page.newest[draft.id] != stored.seq or (work is not None and draft.revision < work.revision):
            return Line(stored.seq, draft.id)
        how = draft.routing.how_for(self._agent)
        if how is How.OFF:
            return Line(stored.seq, draft.id, state=_NEVER_HAD if draft.revision == 1 else None)
        if _is_gone(work, draft.expires, now):
            untouched = draft.revision == 1 and work is not None and _only_closed(work)
            return Line(stored.seq, draft.id, state=_NEVER_HAD if untouched else None)
        message = notification(stored, how, self._names, spared=self._agent in draft.routing.over)
        if work is None:
            return Line(stored.seq, draft.id, message)
        change = page.last.get(draft.id)
        lost = change is not None and change.seq > stored.seq and change.change.stage is Stage.PASSED
        # The change may stand on another page, or came before a later event of the same case.
        lost = lost or (bool(work.open_to) and bool(self._keys) and self._keys.isdisjoint(work.open_to))
        return Line(stored.seq, draft.id, self._present(message, work, lost=lost), work.version)

    def _present(self, message: Notification, work: Work, *, lost: bool) -> Notification:
        """Put the present state in. ``lost``: it was passed on to others, away from this agent."""
        return replace(
            message,
            stage=Stage.PASSED if lost and work.stage in _WAITING else work.stage,
            holder=", ".join(work.holders),
            holder_name=all_names(work.holders, self._names),
            until=work.until,
            expires=work.expires,
            owner=work.owner,
        )


def _change(stored: StoredChange, work: Work | None, page: _Page, told: int | None) -> Line:
    change = stored.change
    comes = page.shown.get(change.id, 0) > stored.seq
    final = page.last[change.id] is stored and not comes
    known = work is not None and told == work.version
    if told == _NEVER_HAD or (not change.note and (not final or known)):
        return Line(stored.seq, change.id)
    message = update(stored)
    if work is not None:
        again = message.again and work.stage in _WAITING
        until = work.until if work.stage is change.stage else message.until
        message = replace(message, again=again, until=until)
    return Line(stored.seq, change.id, message)


def _is_gone(work: Work | None, expires: float | None, now: float) -> bool:
    """Say whether it is of no use any more, perhaps before the clock has come to it."""
    if work is not None:
        if work.stage in OVER:
            return work.stage in _GONE
        expires = work.expires
    return expires is not None and expires <= now


def _only_closed(work: Work) -> bool:
    """Say whether nothing but its escalation has happened to it before it was closed.

    Then it was published once to each, and a desktop that gets it now never had it.
    """
    return not work.open and work.version <= work.step + 2
