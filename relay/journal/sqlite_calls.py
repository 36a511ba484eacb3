"""The calls to other systems that wait in the journal, or were made."""

from collections.abc import Collection, Sequence

import apsw
import msgspec
from msgspec.structs import replace

from relay.calls import Call, CallState
from relay.journal.sqlite_rows import PRUNED_AT_ONCE, insert_all, json_text

_CALL = "INSERT INTO call (id, notification, state, due, created_at, call)"
_KEEP = """
    UPDATE call SET state = ?2, due = ?3, call = ?4
    WHERE id = ?1 AND state IN (SELECT value FROM json_each(?5))
"""
_DUE = "SELECT call FROM call WHERE state = 'waiting' AND due <= ? ORDER BY due, number LIMIT ?"
_NEXT = "SELECT min(due) FROM call WHERE state = 'waiting'"
_WAITING = "SELECT call FROM call WHERE state = 'waiting'"
_ONE = "SELECT call FROM call WHERE id = ?"
_LISTED = "SELECT call FROM call WHERE {} ORDER BY number DESC LIMIT :limit"
_PRUNE = """
    DELETE FROM call WHERE number IN (
        SELECT number FROM call WHERE state <> 'waiting' AND created_at < ? ORDER BY created_at LIMIT ?)
"""

_call = msgspec.json.Decoder(Call)


def add(connection: apsw.Connection, calls: Sequence[Call]) -> None:
    """Store calls; one whose id is there already is left alone."""
    rows = [(c.id, c.notification, c.state.value, c.due, c.created_at, msgspec.json.encode(c)) for c in calls]
    insert_all(connection, _CALL, rows)


def keep(connection: apsw.Connection, call: Call, was: Collection[CallState]) -> bool:
    """Store what became of a call, if it is still there and in one of the states ``was``; say whether."""
    row = (call.id, call.state.value, call.due, msgspec.json.encode(call), json_text(sorted(was)))
    connection.execute(_KEEP, row)
    return connection.changes() > 0


def shift(connection: apsw.Connection, seconds: float) -> int:
    """Move what waits for its time by ``seconds``; return how much."""
    found = [_call.decode(call) for (call,) in connection.execute(_WAITING)]
    for call in found:
        keep(connection, replace(call, due=call.due + seconds), (CallState.WAITING,))
    return len(found)


def due(connection: apsw.Connection, now: float, limit: int) -> list[Call]:
    """Return the waiting calls whose time has come, earliest first."""
    return [_call.decode(call) for (call,) in connection.execute(_DUE, (now, limit))]


def next_due(connection: apsw.Connection) -> float | None:
    """Return when the next waiting call is due."""
    found: float | None = connection.execute(_NEXT).get
    return found


def one(connection: apsw.Connection, id_: str) -> Call | None:
    """Return a call by its id."""
    found: bytes | None = connection.execute(_ONE, (id_,)).get
    return None if found is None else _call.decode(found)


def listed(
    connection: apsw.Connection, *, limit: int, state: CallState | None, notification: str, before: str
) -> list[Call]:
    """Return the newest calls in a state, of a notification, or asked for before another, newest first."""
    conditions = ["true"]
    if state is not None:
        conditions.append("state = :state")
    if notification:
        conditions.append("notification = :notification")
    if before:
        conditions.append("number < (SELECT number FROM call WHERE id = :before)")
    asked = {"limit": limit, "state": state and state.value, "notification": notification, "before": before}
    rows = connection.execute(_LISTED.format(" AND ".join(conditions)), asked)
    return [_call.decode(call) for (call,) in rows]


def prune(connection: apsw.Connection, before: float) -> int:
    """Remove some finished calls that were added before ``before``; return how many."""
    connection.execute(_PRUNE, (before, PRUNED_AT_ONCE))
    return connection.changes()
