"""Everything that changes work among people: functions that run inside the writer's transaction.

What is decided about it is decided in :mod:`relay.cases` and :mod:`relay.moves`; here it is read,
published and kept.
"""

from collections.abc import Collection, Sequence

import apsw
import msgspec
from msgspec.structs import replace

from relay.calls import Call, CallState
from relay.cases import begin, follow_up
from relay.claims import Move, Moved, Step, Verb, Work, shifted
from relay.event import Dispatched, Draft
from relay.journal import sqlite_calls as kept
from relay.journal.sqlite_ledger import Ledger
from relay.journal.sqlite_rows import PRUNED_AT_ONCE, insert_all, json_text
from relay.journal.sqlite_work_read import answered, name_of
from relay.moves import apply
from relay.protocol import Receipt

ANSWERS_KEPT = 86_400.0
"""Seconds. A desktop that lost its connection asks again within minutes; a day is for a laptop's night."""

_PENDING_AMONG = """
    SELECT event.seq FROM json_each(?) AS asked JOIN event ON event.seq = asked.value
    WHERE NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.event = event.seq)
"""
_OUTCOME = "INSERT INTO outcome (event, state, detail, notifications)"
_SETTLE = """
    UPDATE life SET settled = coalesce(
        (SELECT seq - 1 FROM event
         WHERE seq > settled AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.event = event.seq)
         ORDER BY seq LIMIT 1),
        (SELECT max(seq) FROM event),
        settled)
"""

_ANSWER = "INSERT INTO answered (agent, request, at, moved)"
_TIMED = "SELECT state FROM work WHERE due IS NOT NULL"
_RECEIPT = """
    INSERT INTO receipt (work, agent, device, what, at) SELECT ?1, ?2, ?3, ?4, ?5
    WHERE EXISTS (SELECT 1 FROM work WHERE id = ?1) ON CONFLICT DO NOTHING
"""
_FOLLOW = "INSERT INTO follower (agent, about, at)"
_UNFOLLOW = "DELETE FROM follower WHERE agent = ? AND about = ?"

_OLD_PUBLISHED = "SELECT seq FROM published WHERE published_at < ? ORDER BY published_at LIMIT ?"
# Only what a gap counts keeps its addressees.
_PRUNE_RECIPIENTS = """
    DELETE FROM recipient WHERE first = 0 AND (key, seq) IN (
        SELECT named.value, published.seq
        FROM published, json_each(CAST(body AS TEXT), '$.audience') AS named
        WHERE published.seq IN (SELECT value FROM json_each(?)))
"""
_PRUNE_PUBLISHED = "DELETE FROM published WHERE seq IN (SELECT value FROM json_each(?))"
_OLD_WORK = """
    SELECT id FROM work
    WHERE changed_at < ? AND NOT EXISTS (SELECT 1 FROM published WHERE published.seq = work.seq)
    ORDER BY changed_at LIMIT ?
"""
_PRUNE_WORK_KEYS = """
    DELETE FROM work_key WHERE (key, stage, seq) IN (
        SELECT named.value, work.stage, work.seq
        FROM work, json_each(CAST(state AS TEXT), '$.audience') AS named
        WHERE work.id IN (SELECT value FROM json_each(?)))
"""
_PRUNE_WORK = "DELETE FROM work WHERE id IN (SELECT value FROM json_each(?))"
_PRUNE_ANSWERS = """
    DELETE FROM answered WHERE (agent, request) IN (
        SELECT agent, request FROM answered WHERE at < ? ORDER BY at LIMIT ?)
"""
_PRUNE_FOLLOWERS = """
    DELETE FROM follower WHERE (agent, about) IN (
        SELECT agent, about FROM follower
        WHERE at < ? AND NOT EXISTS (SELECT 1 FROM work WHERE id = about)
        AND NOT EXISTS (
            SELECT 1 FROM work
            WHERE collapse = about AND collapse <> '' AND stage NOT IN ('done', 'expired', 'withdrawn'))
        ORDER BY at LIMIT ?)
"""

_state = msgspec.json.Decoder(Work)


# Publishing


def publish(connection: apsw.Connection, results: Sequence[Dispatched], at: float) -> None:
    """Store what became of those events that are still pending, with their notifications."""
    news = _still_pending(connection, results)
    ledger = Ledger(connection, at)
    ledger.load(draft.id for result in news for draft in result.drafts)
    outcomes, calls = [], list[Call]()
    for result in news:
        told = [_publish(ledger, draft, result.event_seq) for draft in result.drafts]
        calls += _calls(result, told)
        count = sum(id_ is not None for id_ in told)
        outcomes.append((result.event_seq, result.state.value, result.detail, count))
    insert_all(connection, _OUTCOME, outcomes)
    ledger.write()
    kept.add(connection, calls)
    connection.execute(_SETTLE)


def _calls(result: Dispatched, told: Sequence[str | None]) -> list[Call]:
    """Return an event's calls for the notifications as they are known now."""
    known = dict(zip((draft.id for draft in result.drafts), told, strict=True))
    return [
        replace(call, notification=known.get(call.notification) or call.notification) for call in result.calls
    ]


def _still_pending(connection: apsw.Connection, results: Sequence[Dispatched]) -> list[Dispatched]:
    asked = json_text([result.event_seq for result in results])
    pending = {seq for (seq,) in connection.execute(_PENDING_AMONG, (asked,))}
    first: dict[int, Dispatched] = {}
    for result in results:
        if result.event_seq in pending:
            first.setdefault(result.event_seq, result)
    return list(first.values())


def announce(connection: apsw.Connection, drafts: Sequence[Draft], at: float) -> list[str]:
    """Publish notifications to which no event led; return the ids under which they are known."""
    ledger = Ledger(connection, at)
    ledger.load(draft.id for draft in drafts)
    told = [draft.id if ledger.work(draft.id) else _publish(ledger, draft, None) for draft in drafts]
    ledger.write()
    return [id_ for id_ in told if id_ is not None]


def _publish(ledger: Ledger, draft: Draft, event: int | None) -> str | None:
    """Publish one notification; return the id under which it is known, None if it is silent."""
    for case in draft.resolves:
        closed = ledger.open_case(case)
        if closed is not None:
            _make(ledger, Move(id=closed.id, verb=Verb.WITHDRAW, reason=draft.title))
    if draft.silent:
        return None
    earlier = (ledger.open_case(draft.collapse) if draft.collapse else None) or ledger.work(draft.id)
    known = earlier.audience if earlier else ()
    seq = ledger.latest + 1
    if earlier is not None and earlier.open:
        work, draft = follow_up(earlier, draft, seq, ledger.at)
    else:
        work = begin(draft, seq, ledger.at)
    ledger.send(draft, known=known, event=event)
    ledger.keep(work)
    step = Step(at=ledger.at, verb="published", stage=work.stage, holders=work.holders, seq=seq)
    ledger.write_down(work.id, step)
    return work.id


# Moving


def move(
    connection: apsw.Connection, moves: Sequence[Move], at: float, request: str, calls: Sequence[Call]
) -> list[Moved]:
    """Make moves in order, or give the answer that the same request had before."""
    if request and (before := answered(connection, moves[0], request)) is not None:
        return before
    ledger = Ledger(connection, at)
    ledger.load(one.id for one in moves)
    answers = [_make(ledger, one) for one in moves]
    ledger.write()
    wanted = {(one.work.id, one.call) for one in answers if one.work is not None and one.call}
    kept.add(connection, [call for call in calls if (call.notification, call.action) in wanted])
    if request:
        row = (moves[0].by, name_of(moves[0], request), at, msgspec.json.encode(answers))
        insert_all(connection, _ANSWER, [row])
    return answers


def _make(ledger: Ledger, wanted: Move) -> Moved:
    """Make one move, publish what is to be told of it, and write it down."""
    before = ledger.work(wanted.id)
    moved = apply(before, wanted, ledger.at)
    if before is None or moved.work is None or not moved.ok:
        return moved
    seqs = [ledger.tell(change) for change in moved.changes if change.audience]
    work = moved.work
    draft = ledger.draft(work.seq) if moved.send else None
    if draft is not None:
        work = replace(work, seq=ledger.send(_again(draft, moved, wanted), known=before.audience))
        seqs.append(work.seq)
    if work != before:
        ledger.keep(work)
    if (work != before or seqs) and wanted.verb is not Verb.RENEW:
        ledger.write_down(work.id, _step(wanted, work, ledger.at, seqs[0] if seqs else 0))
    return replace(moved, work=work)


def _again(draft: Draft, moved: Moved, wanted: Move) -> Draft:
    """Return a notification as it is sent to those to whom it is new, with its present state."""
    work = moved.work
    if work is None:
        return draft
    return replace(
        draft,
        audience=moved.send,
        stage=work.stage,
        holders=work.holders,
        until=work.until,
        routing=wanted.routing or draft.routing,
    )


def _step(wanted: Move, work: Work, at: float, seq: int) -> Step:
    return Step(
        at=at,
        verb=wanted.verb.value,
        by=wanted.by,
        stage=work.stage,
        holders=work.holders,
        to=wanted.to,
        reason=wanted.reason or wanted.note,
        seq=seq,
    )


def keep_call(
    connection: apsw.Connection, call: Call, was: Collection[CallState], told: Move | None, at: float
) -> bool:
    """Store what became of a call, if it is still as it was, and what is told of it; say whether."""
    known = kept.keep(connection, call, was)
    if known and told is not None:
        move(connection, [told], at, "", ())
    return known


def shift(connection: apsw.Connection, seconds: float) -> int:
    """Move everything that the clock waits for, but not times of expiry; return how much."""
    states = [_state.decode(bytes(state)) for (state,) in connection.execute(_TIMED)]
    ledger = Ledger(connection, 0.0)
    ledger.load(work.id for work in states)
    count = 0
    for work in states:
        moved = shifted(work, seconds)
        if moved != work:
            ledger.keep(moved)
            count += 1
    ledger.write()
    return count + kept.shift(connection, seconds)


# What people did


def keep_receipts(connection: apsw.Connection, receipts: Sequence[tuple[str, str, Receipt]]) -> None:
    """Store receipts for what is known; the first of a kind counts."""
    rows = [(one.id, agent, device, one.what.value, one.at) for agent, device, one in receipts]
    connection.executemany(_RECEIPT, rows)


def follow(connection: apsw.Connection, agent: str, case: str, at: float, *, on: bool) -> None:
    """Let an agent follow a case, or not any more."""
    if on:
        insert_all(connection, _FOLLOW, [(agent, case, at)])
    else:
        connection.execute(_UNFOLLOW, (agent, case))


# Pruning


def prune_published(connection: apsw.Connection, before: float) -> int:
    """Remove some of what was published before ``before``; return how many."""
    chosen = json_text([seq for (seq,) in connection.execute(_OLD_PUBLISHED, (before, PRUNED_AT_ONCE))])
    connection.execute(_PRUNE_RECIPIENTS, (chosen,))
    connection.execute(_PRUNE_PUBLISHED, (chosen,))
    return connection.changes()


def prune_work(connection: apsw.Connection, before: float) -> int:
    """Remove some work whose notification is gone, with its history and receipts; return how many."""
    chosen = json_text([id_ for (id_,) in connection.execute(_OLD_WORK, (before, PRUNED_AT_ONCE))])
    connection.execute(_PRUNE_WORK_KEYS, (chosen,))
    connection.execute(_PRUNE_WORK, (chosen,))
    return connection.changes()


def prune_answers(connection: apsw.Connection, before: float) -> int:
    """Remove some answers that were given before ``before``; return how many."""
    connection.execute(_PRUNE_ANSWERS, (before, PRUNED_AT_ONCE))
    return connection.changes()


def prune_followers(connection: apsw.Connection, before: float) -> int:
    """Forget some who began to follow before ``before`` what isn't there any more; return how many."""
    connection.execute(_PRUNE_FOLLOWERS, (before, PRUNED_AT_ONCE))
    return connection.changes()
