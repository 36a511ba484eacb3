"""A card that stands for several: many of one kind, several about one customer, what came meanwhile. Pure.

The relay's word of a storm becomes one, too, with the newest titles that this desktop has of it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from desktop import rules
from desktop.entry import Entry
from desktop.i18n import tr
from desktop.search import Narrowing
from desktop.text import MAX_LABEL, OWN, clean_line
from desktop.veil import kind
from relay.protocol import How, Priority

NAMED = 3
"""Titles, or types, on a card."""
MOST_LETTERS = 44
"""Of a title among others: each has one line."""
AWAY = f"{OWN}.away"
"""The type of a card that tells what came while nobody was there."""


class Offer(StrEnum):
    """What can be done about all of them."""

    SHOW = "show"
    PAUSE = "pause"
    """Its kind, for 15 minutes."""
    PAUSE_LONG = "pause-long"
    """For an hour."""
    READ = "read"
    """Mark them all as read."""
    UNDO = "undo"
    """Take back what was done last."""


PAUSES = {Offer.PAUSE: 15 * 60.0, Offer.PAUSE_LONG: 3600.0}
"""For how many seconds."""
KINDS = (Offer.SHOW, Offer.PAUSE, Offer.PAUSE_LONG)
"""What is offered for many of one kind."""


@dataclass(frozen=True, kw_only=True)
class Gathered(Entry):
    """An entry that stands for several."""

    members: tuple[str, ...] = ()
    """Their ids, as far as they are known."""
    offers: tuple[Offer, ...] = ()
    narrowing: Narrowing
    """What the history shows of them."""
    pausing: str = ""
    """The playbook or the type that a pause is about."""
    said: str = ""
    """What became of the last offer that was taken, in a sentence."""
    waits: bool = False
    """The relay is still asked; nothing more is done until it has answered."""


def gathered(entry: Entry, **more: object) -> Gathered:
    """Return an entry as a card, with what a :class:`Gathered` has more."""
    return Gathered(**_of(entry) | more)


def still(card: Entry, entry: Entry) -> Entry:
    """Return an entry that has changed as the card that it was."""
    if not isinstance(card, Gathered) or isinstance(entry, Gathered):
        return entry
    return replace(card, **_of(entry))


def _of(entry: Entry) -> dict[str, Any]:
    return {field.name: getattr(entry, field.name) for field in fields(Entry)}


def storm(entry: Entry, newest: Sequence[str]) -> Gathered:
    """Return the relay's word of a storm as a card; ``newest`` are titles of what it is about."""
    about = entry.about
    assert about is not None  # noqa: S101 - only such entries are cards
    words = kind(about.type or about.playbook)
    titles = [clean_line(title, MOST_LETTERS) for title in newest[:NAMED]]
    rest = about.count - len(titles)
    over = entry.priority is Priority.LOW
    return gathered(
        replace(
            entry,
            title=f"{about.count} × {words}",
            body=_listed(titles, rest) if titles else entry.body,
            count=1,
        ),
        offers=(Offer.SHOW,) if over else KINDS,
        narrowing=Narrowing(words=words, playbook=about.playbook, since=about.since or None),
        pausing=about.playbook,
    )


def digest(
    entries: Sequence[Entry], members: Sequence[str], *, card_id: str, now: float, quiet: bool = False
) -> Gathered:
    """Return a card that tells what came meanwhile, by type; ``quiet`` says that somebody was there.

    ``entries`` are all of it, ``members`` the ids of those that have no toast of their own.
    """
    urgent = sum(entry.priority is Priority.URGENT for entry in entries)
    words = tr("Kept quiet") if quiet else tr("While you were away")
    title = f"{words}: {tr('%n items', one='%n item', n=len(entries))}"
    if urgent:
        title = tr("{items}, {urgent} urgent", items=title, urgent=urgent)
    return Gathered(
        id=card_id, seq=0, source=OWN, provider=OWN, type=AWAY, priority=Priority.NORMAL,
        title=title, body=_by_type(entries), scripts=(), links=(), how=How.TOAST, at=now, received_at=now,
        members=tuple(members),
        offers=(Offer.SHOW, Offer.READ),
        narrowing=Narrowing(words=words, ids=tuple(entry.id for entry in entries)),
    )  # fmt: skip


def _by_type(entries: Sequence[Entry]) -> str:
    """Return the most frequent types with their counts; what is urgent goes first."""
    pressing = {entry.type: 0 for entry in entries}
    for entry in entries:
        pressing[entry.type] = max(pressing[entry.type], rules.RANK[entry.priority])
    counted = Counter(entry.type for entry in entries)
    ranked = sorted(counted, key=lambda each: (-pressing[each], -counted[each], each))
    lines = [f"{counted[each]} × {kind(each)}" for each in ranked[:NAMED]]
    return _listed(lines, sum(counted[each] for each in ranked[NAMED:]))


def customer(entry: Entry) -> str:
    """Return how the customer of an entry is called."""
    return clean_line(entry.subject_name, MAX_LABEL) or tr("one customer")


def titles(entries: Sequence[Entry]) -> str:
    """Return the titles of the newest, the newest first, and how many more there are."""
    named = [clean_line(entry.title, MOST_LETTERS) for entry in reversed(entries[-NAMED:])]
    return _listed(named, len(entries) - len(named))


def _listed(lines: Sequence[str], rest: int) -> str:
    return "\n".join([*lines, tr("and %n more", n=rest)] if rest > 0 else lines)
