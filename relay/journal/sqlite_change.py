"""Everything that changes the journal: functions that run inside the writer's transaction.

None of them begins or commits, and each can be run again after a rollback.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence

import apsw
import msgspec

from relay.event import Appended, Device, Event, PairingCode
from relay.journal.sqlite_read import latest
from relay.journal.sqlite_rows import PRUNED_AT_ONCE, insert_all, insert_portion, json_text, portions
from relay.protocol import Role
from relay.refusals import Refusal

_EVENT = "INSERT INTO event (source, id, provider, type, time, problem, stored_at, data)"
_STORED = "SELECT seq, data = ?3 FROM event WHERE source = ?1 AND id = ?2"
_STORED_ONCE = "SELECT seq, digest = sha256(?3) FROM past_id WHERE source = ?1 AND id = ?2"
_ANY_PAST = "SELECT EXISTS (SELECT 1 FROM past_id)"
_CONFLICT = """
    INSERT INTO conflict (event, times, at, digest, size) VALUES (?1, 1, ?2, sha256(?3), length(?3))
    ON CONFLICT (event) DO UPDATE
    SET times = times + 1, at = excluded.at, digest = excluded.digest, size = excluded.size
"""

_PRUNABLE = """
    SELECT event.seq FROM event JOIN outcome ON outcome.event = event.seq
    WHERE event.stored_at < ? ORDER BY event.stored_at LIMIT ?
"""
_REMEMBER_IDS = """
    INSERT INTO past_id (source, id, seq, stored_at, digest)
    SELECT event.source, event.id, seq, stored_at, sha256(data)
    FROM event JOIN json_each(?1) AS begin ON begin.key = event.source
    WHERE seq IN (SELECT value FROM json_each(?2)) AND stored_at >= begin.value
    ON CONFLICT DO NOTHING
"""
_PRUNE_EVENTS = "DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))"
_FORGET_IDS = """
    DELETE FROM past_id WHERE (source, id) IN (
        SELECT past_id.source, past_id.id
        FROM past_id LEFT JOIN json_each(?) AS begin ON begin.key = past_id.source
        WHERE stored_at < coalesce(begin.value, ?) LIMIT ?)
"""
_PRUNE_REFUSALS = """
    DELETE FROM refusal WHERE seq IN (SELECT seq FROM refusal WHERE at < ? ORDER BY at LIMIT ?)
"""

_REFUSAL = "INSERT INTO refusal (source, reason, at, request)"
_TRIM_REFUSALS = """
    DELETE FROM refusal WHERE source = ?1 AND reason = ?2 AND seq <= (
        SELECT seq FROM refusal WHERE source = ?1 AND reason = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)
"""

_ACK = "UPDATE device SET cursor = max(cursor, ?2), seen_at = max(coalesce(seen_at, ?3), ?3) WHERE id = ?1"
_REVOKE = "UPDATE device SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
_DEVICE = """
    INSERT INTO device
    (id, agent, teams, name, token_hash, paired_at, revoked_at, cursor, seen_at, role, leads)
"""
_CODE = "INSERT INTO pairing_code (id, secret_hash, agent, teams, expires_at, tries_left, role, leads)"
_VALID_CODE = """
    SELECT secret_hash, agent, teams, role, leads FROM pairing_code
    WHERE id = ? AND expires_at > ? AND tries_left > 0
"""


# Events


def append(connection: apsw.Connection, events: Sequence[Event], now: float) -> list[Appended]:
    """Store events in order, each at most once per (source, id); say for each what happened."""
    known = _known_by_id(connection, events)
    if not known:
        return _append_new(connection, events, now)
    new = [event for place, event in enumerate(events) if place not in known]
    answers = iter(_append_new(connection, new, now))
    return [known.get(place) or next(answers) for place in range(len(events))]


def _known_by_id(connection: apsw.Connection, events: Sequence[Event]) -> dict[int, Appended]:
    """Return the answers to those events of which the journal has only the id left, by their places."""
    # Mostly there are none at all: whatever is kept longer than it may come again needs no entry.
    if not connection.execute(_ANY_PAST).get:
        return {}
    found = {}
    for place, event in enumerate(events):
        row = connection.execute(_STORED_ONCE, (event.source, event.id, event.data)).get
        if row is not None:
            found[place] = Appended(seq=row[0], duplicate=True, conflict=not row[1])
    return found


def _append_new(connection: apsw.Connection, events: Sequence[Event], now: float) -> list[Appended]:
    rows = [(e.source, e.id, e.provider, e.type, e.time, e.problem, now, e.data) for e in events]
    answers: list[Appended] = []
    for portion in portions(rows):
        insert_portion(connection, _EVENT, rows[portion])
        added = connection.changes()
        if added == portion.stop - portion.start:
            last = connection.last_insert_rowid()
            answers.extend(Appended(seq=seq) for seq in range(last - added + 1, last + 1))
        else:
            answers.extend(_answers_with_duplicates(connection, events[portion], added, now))
    return answers


def _answers_with_duplicates(
    connection: apsw.Connection, events: Sequence[Event], added: int, now: float
) -> Iterator[Appended]:
    found = [connection.execute(_STORED, (e.source, e.id, e.data)).get for e in events]
    # Numbers only rise, so the rows that this statement added have the highest ones.
    numbers = sorted({seq for seq, _ in found}, reverse=True)
    new = set(numbers[:added])
    for event, (seq, same) in zip(events, found, strict=True):
        if not same:
            connection.execute(_CONFLICT, (seq, now, event.data))
        yield Appended(seq=seq, duplicate=seq not in new, conflict=not same)
        new.discard(seq)


def prune_events(connection: apsw.Connection, before: float, forget: Mapping[str, float]) -> int:
    """Remove some dispatched events that were stored before ``before``; return how many.

    Ids of the sources in ``forget`` are remembered if they were stored at that time or later.
    """
    chosen = [seq for (seq,) in connection.execute(_PRUNABLE, (before, PRUNED_AT_ONCE))]
    seqs = json_text(chosen)
    connection.execute(_REMEMBER_IDS, (json_text(forget), seqs))
    connection.execute(_PRUNE_EVENTS, (seqs,))
    return connection.changes()


def forget_ids(connection: apsw.Connection, before: float, forget: Mapping[str, float]) -> int:
    """Forget some remembered ids whose time is over, or whose source is gone; return how many."""
    connection.execute(_FORGET_IDS, (json_text(forget), before, PRUNED_AT_ONCE))
    return connection.changes()


def prune_refusals(connection: apsw.Connection, before: float) -> int:
    """Remove some refused requests that came before ``before``; return how many."""
    connection.execute(_PRUNE_REFUSALS, (before, PRUNED_AT_ONCE))
    return connection.changes()


# Refusals


def keep_refusals(connection: apsw.Connection, refusals: Sequence[Refusal], keep: int) -> None:
    """Add refused requests, and forget what is beyond the newest ``keep`` of a source and reason."""
    rows = [(one.source, one.reason, one.at, msgspec.json.encode(one)) for one in refusals]
    insert_all(connection, _REFUSAL, rows)
    connection.executemany(_TRIM_REFUSALS, {(one.source, one.reason, keep) for one in refusals})


# Devices


def ack(connection: apsw.Connection, cursors: Mapping[str, int], seen_at: float) -> None:
    """Raise the cursors of devices, never lower them."""
    connection.executemany(_ACK, [(device, cursor, seen_at) for device, cursor in cursors.items()])


def revoke(connection: apsw.Connection, device: str, at: float) -> bool:
    """Mark a device as revoked; say whether that changed anything."""
    connection.execute(_REVOKE, (at, device))
    return connection.changes() == 1


def add_code(connection: apsw.Connection, code: PairingCode, now: float) -> None:
    """Store an invitation, and forget those that have expired."""
    connection.execute("DELETE FROM pairing_code WHERE expires_at <= ?", (now,))
    row = (code.id, code.secret_hash, code.agent, json_text(code.teams), code.expires_at, code.tries_left)
    rank = (code.role.value, json_text(code.leads))
    connection.execute(f"{_CODE} VALUES (?,?,?,?,?,?,?,?)", (*row, *rank))


def redeem(
    connection: apsw.Connection, code: str, secret_hash: bytes, device: Device, at: float
) -> Device | None:
    """Exchange an invitation for a device, or take one of its tries."""
    found = connection.execute(_VALID_CODE, (code, at)).get
    if found is None:
        return None
    expected, agent, teams, role, leads = found
    if not hmac.compare_digest(expected, secret_hash):
        connection.execute("UPDATE pairing_code SET tries_left = tries_left - 1 WHERE id = ?", (code,))
        return None
    paired = msgspec.structs.replace(
        device,
        agent=agent,
        teams=msgspec.json.decode(teams, type=tuple[str, ...]),
        role=Role(role),
        leads=msgspec.json.decode(leads, type=tuple[str, ...]),
        cursor=latest(connection),
    )
    connection.execute("DELETE FROM pairing_code WHERE id = ?", (code,))
    _add_device(connection, paired)
    return paired


def _add_device(connection: apsw.Connection, device: Device) -> None:
    row = (device.id, device.agent, json_text(device.teams), device.name, device.token_hash)
    times = (device.paired_at, device.revoked_at, device.cursor, device.seen_at)
    rank = (device.role.value, json_text(device.leads))
    connection.execute(f"{_DEVICE} VALUES (?,?,?,?,?,?,?,?,?,?,?)", (*row, *times, *rank))


# Life


def probe(connection: apsw.Connection, now: float) -> None:
    """Write something small, to see whether the disk takes it."""
    connection.execute("UPDATE life SET checked_at = ?", (now,))
