"""Everything that is asked of the journal: functions that run on the reader's connection."""

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from relay.event import (
    Change,
    Device,
    Draft,
    Event,
    EventState,
    Published,
    StoredChange,
    StoredEvent,
    StoredNotification,
)
from relay.protocol import MAX_SEQ, Role
from relay.refusals import Refusal, StoredRefusal

_PENDING = """
    SELECT * FROM story
    WHERE seq > (SELECT settled FROM life) AND state = 'pending' ORDER BY seq LIMIT ?
"""
# The inner query needs no body, so that it can look at many events quickly.
_LISTED = """
    SELECT * FROM story WHERE seq IN (
        SELECT seq FROM event LEFT JOIN outcome ON outcome.event = event.seq
        WHERE {} ORDER BY seq DESC LIMIT :limit)
    ORDER BY seq DESC
"""
_EVENT_OF = """
    SELECT * FROM story WHERE seq = (
        SELECT published.event
        FROM step JOIN published ON published.seq = CAST(step.step AS TEXT) ->> 'seq'
        WHERE step.work = ?1 AND published.event IS NOT NULL
        AND ?2 IN ('', CAST(published.body AS TEXT) ->> 'playbook')
        ORDER BY step.number DESC LIMIT 1)
"""
_IS_PENDING = "(seq > (SELECT settled FROM life) AND outcome.event IS NULL)"

_REFUSALS = """
    SELECT seq, request FROM refusal WHERE ?1 IS NULL OR source = ?1 ORDER BY seq DESC LIMIT ?2
"""

_AFTER = "SELECT seq, kind, body FROM published WHERE seq > ? ORDER BY seq LIMIT ?"
# What was pruned stays in recipient: begin behind it, instead of stepping over each row.
_FOR_KEY = """
    SELECT seq, kind, body FROM recipient JOIN published USING (seq)
    WHERE key = ?1 AND recipient.seq > max(?2, (SELECT coalesce(min(seq), 1) - 1 FROM published))
    ORDER BY recipient.seq LIMIT ?3
"""
_LATEST_FOR_KEY = "SELECT max(seq) FROM recipient WHERE key = ?"
_MISSED = """
    SELECT count(DISTINCT seq) FROM recipient
    WHERE key IN (SELECT value FROM json_each(?)) AND seq > ? AND first = 1
    AND NOT EXISTS (SELECT 1 FROM published WHERE published.seq = recipient.seq)
"""
_DEVICES = """
    SELECT id, agent, teams, name, token_hash, paired_at, revoked_at, cursor, seen_at, role, leads
    FROM device ORDER BY paired_at, id
"""

_draft = msgspec.json.Decoder(Draft)
_change = msgspec.json.Decoder(Change)
_refusal = msgspec.json.Decoder(Refusal)
_teams = msgspec.json.Decoder(tuple[str, ...])


def epoch(connection: apsw.Connection) -> str:
    """Return the name of the journal's life."""
    (row,) = connection.execute("SELECT epoch FROM life")
    return str(row[0])


# Events


def pending(connection: apsw.Connection, limit: int) -> list[StoredEvent]:
    """Return the oldest events without an outcome, in order."""
    return [_stored_event(row) for row in connection.execute(_PENDING, (limit,))]


def events(
    connection: apsw.Connection,
    *,
    limit: int,
    source: str | None,
    state: EventState | None,
    before: int | None,
    conflicts: bool,
) -> list[StoredEvent]:
    """Return the newest events that fit what is asked, newest first."""
    conditions = ["seq < :before"]
    if source is not None:
        conditions.append("source = :source")
    if state is EventState.PENDING:
        conditions.append(_IS_PENDING)
    elif state is not None:
        conditions.append("state = :state")
    if conflicts:
        conditions.append("seq IN (SELECT event FROM conflict)")
    asked = {
        "limit": limit,
        "before": MAX_SEQ if before is None else before,
        "source": source,
        "state": state and state.value,
    }
    return [_stored_event(row) for row in connection.execute(_LISTED.format(" AND ".join(conditions)), asked)]


def event_of(connection: apsw.Connection, notification: str, playbook: str) -> StoredEvent | None:
    """Return the last event that a notification was made of, by a playbook if it is named; else None."""
    row = connection.execute(_EVENT_OF, (notification, playbook)).fetchone()
    return None if row is None else _stored_event(row)


def _stored_event(row: tuple[Any, ...]) -> StoredEvent:
    seq, source, event_id, provider, kind, time, problem, data, state, detail, notifications, conflicts = row
    return StoredEvent(
        seq=seq,
        event=Event(
            source=source, provider=provider, id=event_id, type=kind, time=time, data=data, problem=problem
        ),
        state=EventState(state),
        detail=detail,
        notifications=notifications,
        conflicts=conflicts,
    )


# Refusals


def refusals(connection: apsw.Connection, limit: int, source: str | None) -> list[StoredRefusal]:
    """Return the newest refused requests, of one source if it is named, newest first."""
    rows = connection.execute(_REFUSALS, (source, limit))
    return [StoredRefusal(seq=seq, refusal=_refusal.decode(request)) for seq, request in rows]


# Notifications


def latest(connection: apsw.Connection) -> int:
    """Return the highest number ever given to a notification or a change."""
    (row,) = connection.execute("SELECT latest FROM life")
    return int(row[0])


def latest_for(connection: apsw.Connection, keys: Sequence[str]) -> int:
    """Return the highest number addressed to one of ``keys``, 0 if there is none."""
    tops = (connection.execute(_LATEST_FOR_KEY, (key,)).get for key in keys)
    return max((top for top in tops if top is not None), default=0)


def notifications_after(connection: apsw.Connection, seq: int, limit: int) -> list[Published]:
    """Return everybody's notifications and changes after ``seq``, in order."""
    return [_published(row) for row in connection.execute(_AFTER, (seq, limit))]


def notifications_for(
    connection: apsw.Connection, keys: Sequence[str], after: int, limit: int
) -> list[Published]:
    """Return the notifications and changes for one of ``keys`` after ``after``, in order."""
    found: dict[int, tuple[int, str, bytes]] = {}
    for key in set(keys):
        found.update((row[0], row) for row in connection.execute(_FOR_KEY, (key, after, limit)))
    return [_published(found[seq]) for seq in sorted(found)[:limit]]


def _published(row: tuple[int, str, bytes]) -> Published:
    seq, kind, body = row
    if kind == "change":
        return StoredChange(seq=seq, change=_change.decode(body))
    return StoredNotification(seq=seq, draft=_draft.decode(body))


def missed(connection: apsw.Connection, keys: Sequence[str], after: int) -> int:
    """Return how many notifications for ``keys`` after ``after`` were pruned."""
    asked = msgspec.json.encode(list(keys)).decode()
    return int(connection.execute(_MISSED, (asked, after)).get)


# Devices


def devices(connection: apsw.Connection) -> list[Device]:
    """Return every device, by the time of pairing."""
    return [_device(row) for row in connection.execute(_DEVICES)]


def _device(row: tuple[Any, ...]) -> Device:
    device_id, agent, teams, name, token_hash, paired_at, revoked_at, cursor, seen_at, role, leads = row
    return Device(
        id=device_id,
        agent=agent,
        teams=_teams.decode(teams),
        name=name,
        token_hash=token_hash,
        paired_at=paired_at,
        revoked_at=revoked_at,
        cursor=cursor,
        seen_at=seen_at,
        role=Role(role),
        leads=_teams.decode(leads),
    )
