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


class _Watch(msgspec.Struct):
    """One playbook to one audience. ``seen`` are times and cases, the newest last."""

    seen: deque[tuple[float, str]]
    storming: bool = False
    since: float = 0.0
    last_fast: float = 0.0
    total: int = 0
    told: int = 0
    told_at: float = float("-inf")
    source: str = ""
    type: str = ""


class Storms:
    """What comes at which rate."""

    def __init__(self) -> None:
        self._watches: dict[Key, _Watch] = {}
        self._storming: dict[Key, _Watch] = {}

    def folds(self, draft: Draft, now: float) -> bool:
        """Take notice of a routed draft; say whether it goes to the inbox because there is a storm.

        What is urgent or offered to somebody is never folded, and a case that goes on counts once.
        """
        if draft.priority is Priority.URGENT or draft.stage is not Stage.NEW:
            return False
        key = Key(draft.playbook, draft.audience)
        watch = self._watches.get(key)
        if watch is None:
            watch = self._watch(key, draft)
        watch.source = watch.source if watch.source == draft.source else ""
        watch.type = watch.type if watch.type == draft.type else ""
        if watch.storming and now - watch.last_fast >= CALM_SECONDS:
            return False  # over, and told so with the next news
        self._count(key, watch, draft.collapse, now)
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

    def _watch(self, key: Key, first: Draft) -> _Watch:
        if len(self._watches) >= MOST_KEPT:
            calm = next((old for old, watch in self._watches.items() if not watch.storming), None)
            if calm is not None:
                del self._watches[calm]
        watch = self._watches[key] = _Watch(seen=deque(maxlen=RATE + 1), source=first.source, type=first.type)
        return watch

    def _count(self, key: Key, watch: _Watch, case: str, now: float) -> None:
        if not (case and any(case == known for _, known in watch.seen)):
            watch.seen.append((now, case))
            watch.total += watch.storming
        first = watch.seen[0][0]
        if len(watch.seen) <= RATE or now - first > WINDOW:
            return
        watch.last_fast = now
        if not watch.storming:
            watch.storming, watch.since, watch.total = True, first, len(watch.seen)
            watch.told, watch.told_at = 0, float("-inf")
            self._storming[key] = watch
