"""When many of one kind come at once they become one card. Pure.

The relay folds what goes on for minutes (a storm); this is for the seconds before it can know.
"""

from collections import deque
from dataclasses import dataclass, replace

from desktop import rules
from desktop.entry import Entry
from desktop.i18n import tr
from desktop.text import MAX_TITLE, OWN, clean_line, is_own
from desktop.veil import kind
from relay.protocol import How, Priority

WINDOW = 10.0
"""Seconds."""
SINGLE = 3
"""Of one kind within the window; the next one makes a group."""
QUIET = 60.0
"""A group takes no more after so many seconds without news."""
NAMED = 3
"""Titles on the card, the newest first."""
MOST_KINDS = 500
GROUP = f"{OWN}.group"
"""The type of a card that stands for several."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries of one kind, told as one."""

    key: str
    members: tuple[Entry, ...]

    @property
    def card_id(self) -> str:
        """Return the id of its card, which no inbox knows."""
        return f"{GROUP}:{self.key}"

    def entry(self) -> Entry:
        """Return what the card shows."""
        newest = self.members[-1]
        titles = [clean_line(member.title, MAX_TITLE) for member in reversed(self.members[-NAMED:])]
        rest = len(self.members) - len(titles)
        return Entry(
            id=self.card_id,
            seq=0,
            source=OWN,
            provider=OWN,
            type=GROUP,
            priority=max((member.priority for member in self.members), key=rules.RANK.__getitem__),
            title=f"{len(self.members)} × {kind(newest.type)}",
            body="\n".join([*titles, tr("and %n more", n=rest)] if rest > 0 else titles),
            scripts=(),
            links=(),
            how=How.TOAST,
            at=newest.at,
            received_at=newest.received_at,
        )


def kind_of(entry: Entry) -> str:
    """Return what entries of one kind have in common."""
    return f"{entry.source}/{entry.type}"


def joins(entry: Entry, kind: str) -> bool:
    """Say whether an entry may be told together with others of a kind."""
    return entry.priority is not Priority.URGENT and not is_own(entry) and kind_of(entry) == kind


class Groups:
    """What came of which kind within the last seconds, and the groups that stand."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = {}
        self._last: dict[str, float] = {}
        self._groups: dict[str, Group] = {}

    def take(self, entry: Entry, now: float) -> str | None:
        """Take notice of an entry; return the key of the group it belongs to, None if it stands alone.

        What is urgent, and what this desktop tells by itself, always stands alone.
        """
        if entry.priority is Priority.URGENT or is_own(entry):
            return None
        key = kind_of(entry)
        if len(self._seen) >= MOST_KINDS and key not in self._seen:
            self._forget_one()
        seen = self._seen.setdefault(key, deque(maxlen=SINGLE + 1))
        fresh = now - self._last.get(key, now) <= QUIET
        self._last[key] = now
        seen.append(now)
        if key in self._groups and fresh:
            return key
        return key if len(seen) > SINGLE and now - seen[0] <= WINDOW else None

    def join(self, key: str, entries: tuple[Entry, ...]) -> Group:
        """Add entries to a group, or begin it; an entry that is in it already is brought up to date."""
        known = {member.id: member for member in self._groups[key].members} if key in self._groups else {}
        known.update({entry.id: entry for entry in entries})
        group = self._groups[key] = Group(key=key, members=tuple(known.values()))
        return group

    def of(self, entry_id: str) -> Group | None:
        """Return the group that an entry is in."""
        return next((g for g in self._groups.values() if any(m.id == entry_id for m in g.members)), None)

    def drop(self, entry_id: str) -> Group | None:
        """Take an entry out of its group; return the group as it is then, None if it was in none."""
        group = self.of(entry_id)
        if group is None:
            return None
        left = replace(group, members=tuple(m for m in group.members if m.id != entry_id))
        self._groups[group.key] = left
        return left

    def end(self, key: str) -> None:
        """Forget a group: its card is gone. The next ones of its kind stand alone again."""
        self._groups.pop(key, None)
        self._seen.pop(key, None)

    def end_card(self, card_id: str) -> None:
        """Forget the group with this card, if there is one."""
        for key in [key for key, group in self._groups.items() if group.card_id == card_id]:
            self.end(key)

    def clear(self) -> None:
        """Forget everything."""
        self._seen.clear()
        self._last.clear()
        self._groups.clear()

    def _forget_one(self) -> None:
        idle = next((key for key in self._seen if key not in self._groups), None)
        if idle is not None:
            del self._seen[idle]
            self._last.pop(idle, None)
