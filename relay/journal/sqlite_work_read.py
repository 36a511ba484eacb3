"""What is asked about work among people: functions that run on the reader's connection."""

from collections.abc import Sequence

import apsw
import msgspec
from msgspec.structs import replace

from relay.claims import Move, Moved, Step, Work
from relay.event import Draft, StoredNotification
from relay.journal.sqlite_rows import json_text
from relay.protocol import MAX_SEQ, Receipt, Seen, Stage

_WORKS = "SELECT state FROM work WHERE id IN (SELECT value FROM json_each(?))"
_NUMBERED = "SELECT state FROM work WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC"
_NEWEST = "SELECT seq FROM work WHERE seq < ? ORDER BY seq DESC LIMIT ?"
_OF_STAGE = "SELECT seq FROM work WHERE stage = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
_UNROUTED = "SELECT state FROM work WHERE stage = 'unrouted' AND seq > ? ORDER BY seq LIMIT ?"
_OF_KEY = "SELECT seq FROM work_key WHERE key = ? AND stage = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
_OF_HOLDER = "SELECT state FROM work WHERE holder = ? AND holder <> '' AND seq < ? ORDER BY seq DESC"
_STEPS = "SELECT step FROM step WHERE work = ? ORDER BY number"
_ANSWERED = "SELECT moved FROM answered WHERE agent = ? AND request IN (?, ?)"
_DUE = "SELECT state FROM work WHERE due <= ? AND due IS NOT NULL ORDER BY due LIMIT ?"
_NEXT_DUE = "SELECT min(due) FROM work WHERE due IS NOT NULL"
_RECEIPTS = "SELECT agent, device, what, at FROM receipt WHERE work = ? ORDER BY at, agent, device, what"
_FOLLOWERS = "SELECT about, agent FROM follower ORDER BY about, agent"
_LAST = """
    SELECT published.seq, body, state FROM work JOIN published ON published.seq = work.seq
    WHERE work.id = ?
"""
_OF_EVENT = "SELECT seq, body FROM published WHERE event = ? AND event IS NOT NULL ORDER BY seq"

_state = msgspec.json.Decoder(Work)
_step = msgspec.json.Decoder(Step)
_answers = msgspec.json.Decoder(list[Moved])
_draft = msgspec.json.Decoder(Draft)


def work(connection: apsw.Connection, ids: Sequence[str]) -> dict[str, Work]:
    """Return the states of those notifications that are known, by their ids."""
    states = [_state.decode(state) for (state,) in connection.execute(_WORKS, (json_text(list(ids)),))]
    return {found.id: found for found in states}


def name_of(move: Move, request: str) -> str:
    """Return under which name an agent's request is kept: its id, used twice by mistake, hides no move."""
    return f"{move.verb}/{move.id}/{request}"


def answered(connection: apsw.Connection, move: Move, request: str) -> list[Moved] | None:
    """Return the answer that the same request had before; None if it is the first.

    A relay before this one kept it under the desktop's id alone, for a day.
    """
    names = (name_of(move, request), request)
    for (row,) in connection.execute(_ANSWERED, (move.by, *names)):
        before = _answers.decode(row)
        if before[0].work is None or before[0].work.id == move.id:
            return before
    return None


def works(
    connection: apsw.Connection,
    *,
    limit: int,
    stages: Sequence[Stage],
    keys: Sequence[str],
    holder: str,
    before: int | None,
) -> list[Work]:
    """Return states, newest first; what is empty doesn't choose."""
    below = MAX_SEQ if before is None else before
    if holder:
        held = [_state.decode(state) for (state,) in connection.execute(_OF_HOLDER, (holder, below))]
        return [found for found in held if _fits(found, stages, keys)][:limit]
    seqs = _newest(connection, stages, keys, below, limit)
    return [_state.decode(state) for (state,) in connection.execute(_NUMBERED, (json_text(seqs),))]


def _fits(found: Work, stages: Sequence[Stage], keys: Sequence[str]) -> bool:
    return (not stages or found.stage in stages) and (not keys or not set(keys).isdisjoint(found.audience))


def _newest(
    connection: apsw.Connection, stages: Sequence[Stage], keys: Sequence[str], below: int, limit: int
) -> list[int]:
    """Return the highest numbers: each pair of key and stage has its own place in an index."""
    seqs: set[int] = set()
    for key in set(keys):
        for stage in set(stages or Stage):
            rows = connection.execute(_OF_KEY, (key, stage.value, below, limit))
            seqs.update(seq for (seq,) in rows)
    if not keys:
        for stage in set(stages):
            rows = connection.execute(_OF_STAGE, (stage.value, below, limit))
            seqs.update(seq for (seq,) in rows)
    if not keys and not stages:
        seqs.update(seq for (seq,) in connection.execute(_NEWEST, (below, limit)))
    return sorted(seqs, reverse=True)[:limit]


def unrouted(connection: apsw.Connection, after: int, limit: int) -> list[Work]:
    """Return the states of what reached nobody, oldest first."""
    return [_state.decode(state) for (state,) in connection.execute(_UNROUTED, (after, limit))]


def history(connection: apsw.Connection, id_: str) -> list[Step]:
    """Return what was done to a notification, oldest first."""
    return [_step.decode(step) for (step,) in connection.execute(_STEPS, (id_,))]


def due(connection: apsw.Connection, now: float, limit: int) -> list[Work]:
    """Return the work that the clock has to look at, earliest first."""
    return [_state.decode(state) for (state,) in connection.execute(_DUE, (now, limit))]


def next_due(connection: apsw.Connection) -> float | None:
    """Return when the clock has to look next."""
    found: float | None = connection.execute(_NEXT_DUE).get
    return found


def receipts_of(connection: apsw.Connection, id_: str) -> list[tuple[str, str, Receipt]]:
    """Return what people did with a notification, oldest first."""
    rows = connection.execute(_RECEIPTS, (id_,))
    return [(agent, device, Receipt(id=id_, what=Seen(what), at=at)) for agent, device, what, at in rows]


def followers(connection: apsw.Connection) -> dict[str, tuple[str, ...]]:
    """Return who follows what: agents by case."""
    found: dict[str, tuple[str, ...]] = {}
    for about, agent in connection.execute(_FOLLOWERS):
        found[about] = (*found.get(about, ()), agent)
    return found


def notification(connection: apsw.Connection, id_: str) -> StoredNotification | None:
    """Return a notification as it was last published, with its present state and audience."""
    row = connection.execute(_LAST, (id_,)).get
    if row is None:
        return None
    seq, body, state = row
    found = _state.decode(state)
    draft = replace(
        _draft.decode(body),
        audience=found.audience,
        stage=found.stage,
        holders=found.holders,
        until=found.until,
    )
    return StoredNotification(seq=seq, draft=draft)


def notifications_of(connection: apsw.Connection, event_seq: int) -> list[StoredNotification]:
    """Return what an event led to, as it was published then, in order."""
    rows = connection.execute(_OF_EVENT, (event_seq,))
    return [StoredNotification(seq=seq, draft=_draft.decode(body)) for seq, body in rows]
