"""What one transaction does to work among people: read once, changed in memory, written at the end.

A batch may publish a notification and let the next event of its case take its place: the ledger
gives the second what the first has done, before either is on disk.
"""

from collections.abc import Collection, Iterable, Sequence

import apsw
import msgspec

from relay.claims import Step, Work
from relay.event import Change, Draft
from relay.journal.sqlite_read import latest
from relay.journal.sqlite_rows import insert_all, json_text

_WORKS = "SELECT state FROM work WHERE id IN (SELECT value FROM json_each(?))"
_OPEN_CASE = """
    SELECT state FROM work
    WHERE collapse = ? AND collapse <> '' AND stage NOT IN ('done', 'expired', 'withdrawn')
    ORDER BY seq DESC LIMIT 1
"""
_DRAFT = "SELECT body FROM published WHERE seq = ? AND kind = 'notification'"

_PUBLISHED = "INSERT INTO published (seq, published_at, event, kind, body)"
_RECIPIENT = "INSERT INTO recipient (key, seq, first)"
_WORK = "INSERT INTO work (id, seq, stage, holder, collapse, due, changed_at, state)"
_CHANGE_WORK = """
    UPDATE work SET seq = ?2, stage = ?3, holder = ?4, collapse = ?5, due = ?6, changed_at = ?7, state = ?8
    WHERE id = ?1
"""
_KEY = "INSERT INTO work_key (key, stage, seq)"
_DROP_KEY = "DELETE FROM work_key WHERE key = ? AND stage = ? AND seq = ?"
_STEP = "INSERT INTO step (work, step)"

_state = msgspec.json.Decoder(Work)
_draft = msgspec.json.Decoder(Draft)


class Ledger:
    """Work as one transaction sees it, and what it publishes; nothing is written before :meth:`write`."""

    def __init__(self, connection: apsw.Connection, at: float) -> None:
        self._connection, self.at = connection, at
        self.latest = latest(connection)
        """The highest number given so far."""
        self._before: dict[str, Work | None] = {}
        self._works: dict[str, Work | None] = {}
        self._cases: dict[str, str] = {}
        self._drafts: dict[int, Draft] = {}
        self._published: list[tuple[int, float, int | None, str, bytes]] = []
        self._recipients: list[tuple[str, int, int]] = []
        self._steps: list[tuple[str, bytes]] = []

    # Reading

    def load(self, ids: Iterable[str]) -> None:
        """Read several states with one question."""
        missing = [one for one in dict.fromkeys(ids) if one not in self._works]
        if missing:
            for (state,) in self._connection.execute(_WORKS, (json_text(missing),)):
                self._remember(_state.decode(state))
            for one in missing:
                self._before.setdefault(one, None)
                self._works.setdefault(one, None)

    def _remember(self, work: Work) -> None:
        # What this transaction has done to it already is newer than what is read.
        if work.id not in self._works:
            self._before[work.id] = self._works[work.id] = work

    def work(self, id_: str) -> Work | None:
        """Return the state of a notification, None if it isn't known."""
        self.load((id_,))
        return self._works[id_]

    def open_case(self, case: str) -> Work | None:
        """Return the open work of a case, None if there is none."""
        if case not in self._cases:
            row = self._connection.execute(_OPEN_CASE, (case,)).get
            if row is None:
                return None
            stored = _state.decode(row)
            self._remember(stored)
            self._cases[case] = stored.id
        found = self._works[self._cases[case]]
        return found if found is not None and found.open else None

    def draft(self, seq: int) -> Draft | None:
        """Return what was published under a number, None if it was pruned."""
        if seq in self._drafts:
            return self._drafts[seq]
        body = self._connection.execute(_DRAFT, (seq,)).get
        return None if body is None else _draft.decode(body)

    # Changing

    def keep(self, work: Work) -> None:
        """Let this be the state of a notification."""
        self._before.setdefault(work.id, None)
        self._works[work.id] = work
        if work.collapse and work.open:
            self._cases[work.collapse] = work.id

    def tell(self, change: Change) -> int:
        """Publish a change; return its number."""
        return self._publish("change", change, None, ())

    def send(self, draft: Draft, *, known: Sequence[str] = (), event: int | None = None) -> int:
        """Publish a notification; return its number. It is not new to those keys that are ``known``."""
        seq = self._publish("notification", draft, event, set(draft.audience).difference(known))
        self._drafts[seq] = draft
        return seq

    def _publish(self, kind: str, what: Draft | Change, event: int | None, new: Collection[str]) -> int:
        self.latest += 1
        self._published.append((self.latest, self.at, event, kind, msgspec.json.encode(what)))
        keys = dict.fromkeys(what.audience)
        self._recipients.extend((key, self.latest, int(key in new)) for key in keys)
        return self.latest

    def write_down(self, id_: str, step: Step) -> None:
        """Add a line to the history of a notification."""
        self._steps.append((id_, msgspec.json.encode(step)))

    # Writing

    def write(self) -> None:
        """Write everything into the transaction."""
        insert_all(self._connection, _PUBLISHED, self._published)
        insert_all(self._connection, _RECIPIENT, self._recipients)
        self._write_works()
        insert_all(self._connection, _STEP, self._steps)
        self._connection.execute("UPDATE life SET latest = ?", (self.latest,))

    def _write_works(self) -> None:
        both = ((self._before[id_], work) for id_, work in self._works.items())
        pairs = [(before, work) for before, work in both if work is not None and work is not before]
        insert_all(self._connection, _WORK, [_row(work) for before, work in pairs if before is None])
        old = [_row(work) for before, work in pairs if before is not None]
        dropped: list[tuple[str, str, int]] = []
        added: list[tuple[str, str, int]] = []
        for before, work in pairs:
            was, is_ = _keys(before), _keys(work)
            dropped.extend(was - is_)
            added.extend(is_ - was)
        if old:
            self._connection.executemany(_CHANGE_WORK, old)
        if dropped:
            self._connection.executemany(_DROP_KEY, dropped)
        insert_all(self._connection, _KEY, added)


def _row(work: Work) -> tuple[str, int, str, str, str, float | None, float, bytes]:
    state = msgspec.json.encode(work)
    return (
        work.id,
        work.seq,
        work.stage.value,
        work.holder,
        work.collapse,
        work.due(),
        work.changed_at,
        state,
    )


def _keys(work: Work | None) -> set[tuple[str, str, int]]:
    if work is None:
        return set()
    return {(key, work.stage.value, work.seq) for key in work.audience}
