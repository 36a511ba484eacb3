"""What somebody looks for in the history, and the question to the database that it comes to. Pure.

Words are looked for in title, text and scripts: all of them have to be there, in any order, each as
the beginning of a word. Upper and lower case, and accents, are the same.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

MAX_WORDS: Final = 12
"""Words of a search that count: nobody types more, and a pasted page would only be slow."""

INDEX: Final = """
CREATE VIRTUAL TABLE entry_words USING fts5(
    words, content = 'entry', content_rowid = 'row', prefix = '1 2',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER entry_words_added AFTER INSERT ON entry BEGIN
    INSERT INTO entry_words (rowid, words) VALUES (new.row, new.words);
END;
CREATE TRIGGER entry_words_removed AFTER DELETE ON entry BEGIN
    INSERT INTO entry_words (entry_words, rowid, words) VALUES ('delete', old.row, old.words);
END;
CREATE TRIGGER entry_words_changed AFTER UPDATE OF words ON entry WHEN old.words <> new.words BEGIN
    INSERT INTO entry_words (entry_words, rowid, words) VALUES ('delete', old.row, old.words);
    INSERT INTO entry_words (rowid, words) VALUES (new.row, new.words);
END;
INSERT INTO entry_words (entry_words) VALUES ('rebuild');
"""
"""Makes the index of words (FTS5) and keeps it in step with the entries, from now on."""

NO_INDEX: Final = """
DROP TRIGGER IF EXISTS entry_words_added;
DROP TRIGGER IF EXISTS entry_words_removed;
DROP TRIGGER IF EXISTS entry_words_changed;
"""
"""Stops feeding the index, where SQLite has no FTS5 (any more): entries must be stored all the same."""

_TOKEN = re.compile(r"[^\W_]")
# Thai, Lao, Burmese, Khmer, Japanese, Chinese: no blanks between words, so no beginnings of words.
_UNBROKEN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_BEYOND_BMP = 0x1FFFF
"""From here on there are only rarer Chinese characters."""


class State(StrEnum):
    """What became of an entry, as somebody looks for it."""

    ANY = ""
    NEW = "new"
    """Nobody is on it yet."""
    MINE = "mine"
    """This agent is on it."""
    OTHERS = "others"
    """Somebody else is on it."""
    MISSED = "missed"
    """No toast was shown though one was wanted, and nobody has read it since."""
    PASSED = "passed"
    """It went on to somebody else."""
    DONE = "done"
    EXPIRED = "expired"
    """Its time is over."""
    WITHDRAWN = "withdrawn"
    """It was closed elsewhere."""


class Period(StrEnum):
    """When the relay received it, by this computer's calendar."""

    ANY = ""
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    """Today and the six days before."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to look for; everything that is set has to be true of an entry."""

    text: str = ""
    type: str = ""
    team: str = ""
    state: State = State.ANY
    unread: bool = False
    since: float | None = None
    """Unix seconds; that moment is in."""
    until: float | None = None
    """Unix seconds; that moment is out."""
    playbook: str = ""
    subject: str = ""
    """A customer's key."""
    ids: tuple[str, ...] = ()
    """Only these; all if there are none."""
    agent: str = ""
    """Whose desktop this is: says which claims are one's own."""

    @property
    def is_narrow(self) -> bool:
        """Say whether anything is left out."""
        return self != Query(agent=self.agent)


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What a card stands for, as the history shows it: narrower than its filters can be set by hand."""

    words: str
    """What it is, for a button that takes it away again."""
    type: str = ""
    playbook: str = ""
    subject: str = ""
    ids: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    """As of a :class:`Query`."""

    def of(self, query: Query) -> Query:
        """Return a query with this on top; a type that was chosen by hand goes before its own."""
        return replace(
            query,
            type=query.type or self.type,
            playbook=self.playbook,
            subject=self.subject,
            ids=self.ids,
            since=max((each for each in (self.since, query.since) if each is not None), default=None),
            until=min((each for each in (self.until, query.until) if each is not None), default=None),
        )


class Statement(NamedTuple):
    """SQL with its values."""

    sql: str
    values: tuple[object, ...]


def bounds(period: Period, now: float) -> tuple[float | None, float | None]:
    """Return since when and until when (Unix seconds) a period lasts, by the local calendar."""
    today = datetime.fromtimestamp(now).astimezone().date()
    match period:
        case Period.TODAY:
            return _midnight(today), None
        case Period.YESTERDAY:
            return _midnight(today - timedelta(days=1)), _midnight(today)
        case Period.WEEK:
            return _midnight(today - timedelta(days=6)), None
    return None, None


def _midnight(day: date) -> float:
    # From the calendar, not by seconds: a day on which clocks are changed has 23 or 25 hours.
    return datetime(day.year, day.month, day.day).astimezone().timestamp()


def keys(query: Query, *, indexed: bool, extra: str = "", values: tuple[object, ...] = ()) -> Statement:
    """Return what selects the row numbers of all entries that a query finds, newest first.

    ``indexed`` says whether there is an index of words; without one every text is read. ``extra`` is
    one more condition on ``row`` or ``id``, with its ``values``.
    """
    plain, phrases = _words(query.text, indexed=indexed)
    conditions, found = _conditions(query)
    for word in plain:
        conditions.append("instr(words, ?) > 0")
        found.append(word)
    if phrases:
        # The index alone answers in order if it is asked alone.
        if not conditions and not extra:
            sql = "SELECT rowid AS row FROM entry_words WHERE entry_words MATCH ? ORDER BY rowid DESC"
            return Statement(sql, (phrases,))
        conditions.append("row IN (SELECT rowid FROM entry_words WHERE entry_words MATCH ?)")
        found.append(phrases)
    if extra:
        conditions.append(extra)
        found += values
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    return Statement(f"SELECT row FROM entry {where}ORDER BY row DESC", tuple(found))  # noqa: S608 - our own conditions


def _words(text: str, *, indexed: bool) -> tuple[list[str], str]:
    """Return the words that must be looked for in every text, and the question to the index."""
    plain, phrases = list[str](), list[str]()
    for word in text.replace("\0", " ").casefold().split()[:MAX_WORDS]:
        if indexed and _TOKEN.search(word) and not _is_unbroken(word):
            phrases.append('"' + word.replace('"', '""') + '"*')
        else:
            plain.append(word)
    return plain, " ".join(phrases)


def _is_unbroken(word: str) -> bool:
    return bool(_UNBROKEN.search(word)) or any(ord(character) > _BEYOND_BMP for character in word)


def _conditions(query: Query) -> tuple[list[str], list[object]]:
    conditions, values = list[str](), list[object]()
    for condition, value in (
        ("type = ?", query.type or None),
        ("playbook = ?", query.playbook or None),
        ("subject = ?", query.subject or None),
        # Teams are a list in JSON, stored as bytes.
        ("instr(teams, CAST(json_quote(?) AS BLOB)) > 0", query.team or None),
        ("id IN (SELECT value FROM json_each(?))", json.dumps(query.ids) if query.ids else None),
        ("at >= ?", query.since),
        ("at < ?", query.until),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if query.unread:
        conditions.append("read = 0")
    if query.state is not State.ANY:
        conditions.append(_STATES[query.state])
        values += [query.agent.strip()] * _STATES[query.state].count("?")
    return conditions, values


_STATES: Final = {
    State.NEW: "stage IN ('new', 'offered', 'unrouted')",
    State.MINE: "(stage = 'claimed' AND holder = ? COLLATE NOCASE)",
    State.OTHERS: "(stage = 'claimed' AND holder <> ? COLLATE NOCASE)",
    State.MISSED: "(read = 0 AND quiet <> '' AND how <> 'inbox' AND stage IN ('new', 'offered', 'unrouted'))",
    State.PASSED: "stage = 'passed'",
    State.DONE: "stage = 'done'",
    State.EXPIRED: "stage = 'expired'",
    State.WITHDRAWN: "stage = 'withdrawn'",
}
