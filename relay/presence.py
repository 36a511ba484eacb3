"""Who is connected, how available they are, and since when somebody is absent. In memory; no clock.

The gateway says what it sees, routing reads. After a restart everybody is absent since then, and
comes back within seconds. Agents are addresses in lower case; times are Unix seconds.
"""

from collections import deque
from collections.abc import Iterable

from relay.protocol import Availability

OFFER_MEMORY = 3600.0
"""Seconds for which an offer counts when the next one is given to whoever had the fewest."""

_RANK = {Availability.AVAILABLE: 2, Availability.BUSY: 1, Availability.AWAY: 0}


class Presence:
    """The people in front of the desktops. ``revision`` rises with every change of who is how."""

    def __init__(self, now: float) -> None:
        """``now`` is when the relay began to look."""
        self._began = now
        self._devices: dict[str, dict[str, Availability]] = {}
        self._left: dict[str, float] = {}
        self._offers: dict[str, deque[float]] = {}
        self.revision = 0

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
