"""When many of one kind, or several about one customer, come at once they become one card. Pure.

The relay folds what goes on for minutes (a storm); this is for the seconds before it can know.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace

from desktop import rules
from desktop.entry import Entry
from desktop.gathered import KINDS, Gathered, Offer, customer, titles
from desktop.i18n import tr
from desktop.search import Narrowing
from desktop.text import OWN, is_own
from desktop.veil import kind
from relay.protocol import How, Priority

WINDOW = 10.0
"""Seconds."""
SINGLE = 3
"""Of one kind within the window; the next one makes a group."""
SINGLE_CUSTOMER = 2
"""About one customer within the window: three toasts of one person are a card already."""
QUIET = 60.0
"""A group takes no more after so many seconds without news."""
MOST_KINDS = 500
GROUP = f"{OWN}.group"
"""The type of a card that stands for several."""
CUSTOMER = "customer:"
"""How the key of a group about a customer begins."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries of one kind, or about one customer, told as one."""

    key: str
    members: tuple[Entry, ...]

    @property
    def card_id(self) -> str:
        """Return the id of its card, which no inbox knows."""
        return f"{GROUP}:{self.key}"

    def entry(self) -> Gathered:
        """Return what the card shows."""
        newest = self.members[-1]
        number, words = len(self.members), kind(newest.type)
        by_customer = self.key.startswith(CUSTOMER)
        since = min(member.at for member in self.members)
        title = f"{number} × {words}"
        narrowing = Narrowing(words=words, type=newest.type, since=since)
        if by_customer:
            words = next((each.subject_name for each in reversed(self.members) if each.subject_name), "")
            called = customer(replace(newest, subject_name=words))
            title = tr("%n items about {customer}", one="%n item about {customer}", n=number, customer=called)
            narrowing = Narrowing(words=called, subject=newest.subject)
        return Gathered(
            id=self.card_id,
            seq=0,
            source=OWN,
            provider=OWN,
            type=GROUP,
            priority=max((member.priority for member in self.members), key=rules.RANK.__getitem__),
            title=title,
            body=titles(self.members),
            scripts=(),
            links=(),
            how=How.TOAST,
            at=newest.at,
            received_at=newest.received_at,
            members=tuple(member.id for member in self.members),
            offers=(Offer.SHOW,) if by_customer else KINDS,
            narrowing=narrowing,
            pausing="" if by_customer else newest.playbook or newest.type,
        )


def keys_of(entry: Entry) -> tuple[str, ...]:
    """Return what entries that can be told together have in common: the customer, then the kind."""
    by_kind = f"{entry.source}/{entry.type}"
    return (f"{CUSTOMER}{entry.subject}", by_kind) if entry.subject else (by_kind,)


def stands_alone(entry: Entry) -> bool:
    """Say whether an entry is never told with others: urgent, our own, or about several itself."""
    return entry.priority is Priority.URGENT or is_own(entry) or entry.about is not None


def joined(entry: Entry, keys: Collection[str]) -> str | None:
    """Return the first of ``keys`` with which an entry may be told together with others, None if none."""
    return None if stands_alone(entry) else next((key for key in keys_of(entry) if key in keys), None)


def _number(entry: Entry) -> int:
    return entry.seq


class Groups:
    """What came of which kind within the last seconds, and the groups that stand."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = {}
        self._last: dict[str, float] = {}
        self._groups: dict[str, Group] = {}

    def take(self, entry: Entry, now: float) -> str | None:
        """Take notice of an entry; return the key of the group it belongs to, None if it stands alone.

        What is urgent, and what this desktop tells by itself, always stands alone. What can be told
        by its customer isn't told by its kind.
        """
        if stands_alone(entry):
            return None
        found = [key for key in keys_of(entry) if self._notice(key, now)]
        return found[0] if found else None

    def _notice(self, key: str, now: float) -> bool:
        """Count one; say whether it belongs to a group."""
        single = SINGLE_CUSTOMER if key.startswith(CUSTOMER) else SINGLE
        if len(self._seen) >= MOST_KINDS and key not in self._seen:
            self._forget_one()
        seen = self._seen.setdefault(key, deque(maxlen=single + 1))
        fresh = now - self._last.get(key, now) <= QUIET
        self._last[key] = now
        seen.append(now)
        return (key in self._groups and fresh) or (len(seen) > single and now - seen[0] <= WINDOW)

    def join(self, key: str, entries: tuple[Entry, ...]) -> Group:
        """Add entries to a group, or begin it; an entry that is in it already is brought up to date.

        They stand in the order of the relay's numbers, whichever had a place on the screen.
        """
        known = {member.id: member for member in self._groups[key].members} if key in self._groups else {}
        known.update({entry.id: entry for entry in entries})
        group = self._groups[key] = Group(key=key, members=tuple(sorted(known.values(), key=_number)))
        return group

    def get(self, key: str) -> Group | None:
        """Return the group of a key, None if there is none."""
        return self._groups.get(key)

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
        for known in (self._groups, self._seen, self._last):
            known.pop(key, None)

    def end_card(self, card_id: str) -> None:
        """Forget the group with this card, if there is one."""
        for key in [key for key, group in self._groups.items() if group.card_id == card_id]:
            self.end(key)

    def end_kind(self, playbook: str) -> list[Group]:
        """Forget the groups by kind whose members are of a playbook; return them."""
        found = [
            group
            for key, group in self._groups.items()
            if not key.startswith(CUSTOMER) and group.members and group.members[-1].playbook == playbook
        ]
        for group in found:
            self.end(group.key)
        return found

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
