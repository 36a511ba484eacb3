"""What the API tells of colleagues: to whom work can be passed on, and who is there."""

from relay.protocol import Availability
from relay.rest.shapes import Shape


class Colleague(Shape):
    """Somebody to whom work can be passed on."""

    agent: str
    name: str
    teams: tuple[str, ...]
    state: Availability | None
    """Null: no desktop is connected. Since when is for leads."""


class People(Shape):
    """To whom the caller may pass work on: agents, and teams."""

    agents: tuple[Colleague, ...]
    teams: tuple[str, ...]


class Present(Shape):
    """Whether an agent is there."""

    agent: str
    name: str
    state: Availability | None
    """Null: no desktop is connected."""
    absent_since: float | None
    """Null: a desktop is connected."""
