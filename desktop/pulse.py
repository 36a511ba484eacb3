"""How the link feels, besides its state: for the diagnostics. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """What is known of a link that was opened."""

    route: str = ""
    """The way that was taken, in words."""
    by_requests: bool = False
    """Something on it does not let WebSockets through."""
    answered: float | None = None
    """Seconds that the newest answer to a ping took."""
    ahead: float | None = None
    """Seconds by which this computer's clock is before the relay's."""
