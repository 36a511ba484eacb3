"""Storms: very many notifications of one playbook to the same people, folded into one. Pure.

.. code-block:: text

    CALM ── more than 10 within 60 s ─▶ STORM: the further ones go to the inbox, one notification counts them
      ▲                                   │
      └──── 60 s below that rate ─────────┘
"""

from collections import deque
from typing import NamedTuple

import msgspec

from relay.event import Draft
from relay.protocol import Priority, Stage

RATE = 10
"""Notifications within ``WINDOW`` that are no storm yet."""
WINDOW = 60.0
CALM_SECONDS = 60.0
"""How long the rate has to be lower until a storm is over."""
TELL_SECONDS = 10.0
"""How often its count is told, at most."""
MOST_KEPT = 10_000
"""Playbooks × audiences that are watched; the ones seen longest ago are forgotten first."""


class Key(NamedTuple):
    """What is counted together."""

    playbook: str
    audience: tuple[str, ...]
    rung: int = 0
    """The step of the ladder at which they are sent once more, from 1; 0: they come."""


class Told(NamedTuple):
    """What is to be told of a storm now."""

    key: Key
    total: int
    """Everything since it began, what made it one too."""
    more: int
    """Of those, what came since it was last told."""
    since: float
    over: bool
    source: str = ""
    type: str = ""
    """Of all of them; empty if they aren't of one."""


class _Seen(NamedTuple):
    """What counts of a notification."""

    at: float
    case: str
    source: str
    type: str


class _Watch(msgspec.Struct):
    """One playbook to one audience. ``seen`` has the newest last."""

    seen: deque[_Seen]
    storming: bool = False
    since: float = 0.0
    last_fast: float = 0.0
    total: int = 0
    told: int = 0
    told_at: float = float("-inf")
    source: str = ""
    type: str = ""
    """Of everything that the storm has counted; empty if that isn't of one."""


class Storms:
    """What comes at which rate."""

    def __init__(self) -> None:
        self._watches: dict[Key, _Watch] = {}
        self._storming: dict[Key, _Watch] = {}

    def folds(self, draft: Draft, now: float, *, rung: int = 0) -> bool:
        """Take notice of a routed draft; say whether it goes to the inbox because there is a storm.

        What is urgent or offered to somebody is never folded, and a case that goes on counts once.
        """
        if draft.priority is Priority.URGENT or draft.stage is Stage.OFFERED:
            return False
        key = Key(draft.playbook, draft.audience, rung)
        watch = self._watches.get(key)
        if watch is None:
            watch = self._watch(key)
        if watch.storming and now - watch.last_fast >= CALM_SECONDS:
            return False  # over, and told so with the next news
        self._count(key, watch, _Seen(now, draft.collapse, draft.source, draft.type))
        return watch.storming

    def news(self, now: float) -> list[Told]:
        """Return what has to be told by now: storms that begin, go on, or are over."""
        found = []
        for key, watch in list(self._storming.items()):
            over = now - watch.last_fast >= CALM_SECONDS
            if over or (watch.total > watch.told and now - watch.told_at >= TELL_SECONDS):
                more = watch.total - watch.told
                found.append(Told(key, watch.total, more, watch.since, over, watch.source, watch.type))
                watch.told, watch.told_at = watch.total, now
            if over:
                del self._storming[key], self._watches[key]
        return found

    @property
    def going_on(self) -> tuple[Key, ...]:
        """Return the storms of this moment."""
        return tuple(self._storming)

    def _watch(self, key: Key) -> _Watch:
        if len(self._watches) >= MOST_KEPT:
            calm = next((old for old, watch in self._watches.items() if not watch.storming), None)
            if calm is not None:
                del self._watches[calm]
        watch = self._watches[key] = _Watch(seen=deque(maxlen=RATE + 1))
        return watch

    def _count(self, key: Key, watch: _Watch, new: _Seen) -> None:
        if not (new.case and any(new.case == known.case for known in watch.seen)):
            watch.seen.append(new)
            if watch.storming:
                watch.total += 1
                watch.source = watch.source if watch.source == new.source else ""
                watch.type = watch.type if watch.type == new.type else ""
        first = watch.seen[0].at
        if len(watch.seen) <= RATE or new.at - first > WINDOW:
            return
        watch.last_fast = new.at
        if not watch.storming:
            self._begin(key, watch)

    def _begin(self, key: Key, watch: _Watch) -> None:
        watch.storming, watch.since, watch.total = True, watch.seen[0].at, len(watch.seen)
        watch.told, watch.told_at = 0, float("-inf")
        watch.source = _only({seen.source for seen in watch.seen})
        watch.type = _only({seen.type for seen in watch.seen})
        self._storming[key] = watch


def _only(values: set[str]) -> str:
    """Return the one value there is; empty if there are several."""
    return values.pop() if len(values) == 1 else ""
