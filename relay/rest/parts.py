"""What the API's answers are made from; :mod:`relay.app` puts it together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from relay.claims import Move, Work
from relay.errors import PlaybookError
from relay.identity import Registry
from relay.journal.base import Journal
from relay.people import Directory
from relay.playbooks import Playbook
from relay.presence import Presence
from relay.render import Renderer


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The relay's parts that answer. What may be replaced while it runs is asked for each time."""

    journal: Journal
    registry: Registry
    presence: Presence
    accepting: Callable[[], bool]
    """Whether the devices are known, and the relay isn't about to stop."""
    directory: Callable[[], Directory]
    playbooks: Callable[[], Sequence[Playbook]]
    renderer: Callable[[], Renderer]
    compile: Callable[[str, str], Renderer]
    """Make a renderer of one playbook that isn't in use, from its name and its TOML."""
    link_hosts: Sequence[str] = ()
    """The only hosts to which links may lead, if there are any."""
    faults: Callable[[], Sequence[PlaybookError]]
    """What is wrong with the playbooks' folder at present."""
    given_back: Callable[[Work], Awaitable[object]]
    """Told of work that is offered to one after the other and has nobody now."""
    routed: Callable[[Work, Move, float], Move]
    """Adds to a move how those get the notification to whom it goes."""
    devices_changed: Callable[[], Awaitable[object]]
    """Told that a device was revoked."""
    filters_changed: Callable[[], Awaitable[object]]
    """Told that a layer was stored."""
    calls_added: Callable[[], None]
    """Told that a call waits."""
    clock: Callable[[], float]
    """Unix seconds."""
    ticks: Callable[[], float]
    """Seconds of a clock that only goes forward."""
    log: FilteringBoundLogger
