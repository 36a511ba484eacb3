"""Who is connected, how available they are, and since when somebody is absent. In memory; no clock.

The gateway says what it sees, routing reads. After a restart everybody is absent since then, and
comes back within seconds; for so long those who were there before it count as there. Agents are
addresses in lower case; times are Unix seconds.
"""

from collections import deque
from collections.abc import Iterable

from relay.event import Device
from relay.protocol import Availability

OFFER_MEMORY = 3600.0
"""Seconds for which an offer counts when the next one is given to whoever had the fewest."""
GRACE_SECONDS = 10.0
"""For so long after a start whoever was there before it counts as there: desktops are back by then."""
RESTART_SECONDS = 600.0
"""A relay that was down for longer can't know any more who is there."""
SEEN_SECONDS = 60.0
"""How often is written down, at least, that a desktop is connected."""
TOGETHER_SECONDS = 1.5 * SEEN_SECONDS
"""Who was seen so shortly before the last one was there with them."""

_RANK = {Availability.AVAILABLE: 2, Availability.BUSY: 1, Availability.AWAY: 0}


class Presence:
    """The people in front of the desktops. ``revision`` rises with every change of who is how."""

    def __init__(self, now: float) -> None:
        """``now`` is when the relay began to look."""
        self._began = now
        self._devices: dict[str, dict[str, Availability]] = {}
        self._left: dict[str, float] = {}
        self._offers: dict[str, deque[float]] = {}
        self._expected = frozenset[str]()
        self.revision = 0

    def expect(self, agents: Iterable[str]) -> None:
        """Let these, who were there before the start, count as there until they are or the grace is over."""
        self._expected = frozenset(agents)

    def awaited(self, agent: str, now: float) -> bool:
        """Say whether an agent is about to come back after a restart; nothing was heard of them yet."""
        new = agent not in self._devices and agent not in self._left
        return new and agent in self._expected and now - self._began < GRACE_SECONDS

    def say(self, agent: str, device: str, state: Availability) -> bool:
        """Note that a device is connected and what it says; tell whether that changes the agent's state."""
        before = self.of(agent)
        self._devices.setdefault(agent, {})[device] = state
        self._left.pop(agent, None)
        return self._changed(before, agent)

    def leave(self, agent: str, device: str, now: float) -> bool:
        """Note that a device is gone; tell whether that changes the agent's state."""
        before = self.of(agent)
        devices = self._devices.get(agent, {})
        if devices.pop(device, None) is not None and not devices:
            del self._devices[agent]
            self._left[agent] = now
        return self._changed(before, agent)

    def of(self, agent: str) -> Availability | None:
        """Return the most that one of the agent's desktops says; None if none is connected."""
        devices = self._devices.get(agent)
        return max(devices.values(), key=_RANK.__getitem__) if devices else None

    def connected(self) -> frozenset[str]:
        """Return the agents of whom a desktop is connected."""
        return frozenset(self._devices)

    def devices(self) -> tuple[str, ...]:
        """Return the ids of the desktops that are connected."""
        return tuple(device for devices in self._devices.values() for device in devices)

    def absent_since(self, agent: str) -> float | None:
        """Return since when none of an agent's desktops is connected; None if one is."""
        if agent in self._devices:
            return None
        return self._left.get(agent, self._began)

    def shift(self, seconds: float) -> None:
        """Go on with a clock that was set by ``seconds``: who left a minute ago still did."""
        self._began += seconds
        self._left = {agent: left + seconds for agent, left in self._left.items()}
        self._offers = {agent: deque(at + seconds for at in times) for agent, times in self._offers.items()}

    def offered(self, agents: Iterable[str], now: float) -> None:
        """Note that something was offered to these."""
        for agent in agents:
            self._offers.setdefault(agent, deque()).append(now)

    def offers(self, agent: str, now: float) -> int:
        """Return how often something was offered to an agent within the last hour."""
        times = self._offers.get(agent)
        if times is None:
            return 0
        while times and times[0] <= now - OFFER_MEMORY:
            times.popleft()
        if not times:
            del self._offers[agent]
        return len(times)

    def _changed(self, before: Availability | None, agent: str) -> bool:
        changed = self.of(agent) is not before
        self.revision += changed
        return changed


def there_before(devices: Iterable[Device], now: float) -> frozenset[str]:
    """Return the agents whose desktops were connected when the relay ended, if that was a moment ago."""
    known = [(device, device.seen_at) for device in devices if device.seen_at is not None]
    last = max((seen for _, seen in known), default=float("-inf"))
    if now - last > RESTART_SECONDS:
        return frozenset()
    return frozenset(
        device.agent.strip().casefold()
        for device, seen in known
        if device.revoked_at is None and last - seen <= TOGETHER_SECONDS
    )
