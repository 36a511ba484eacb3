"""What can be done about an entry, and what of it has a button: the rest is in a toast's menu. Pure."""

from dataclasses import dataclass

from desktop.standing import Standing

CLAIM, DONE, RELEASE, PASS = "claim", "done", "release", "pass"
ACT = "act"
"""Not an offer of its own: an action has its own words."""

OFFERS: dict[Standing, tuple[str, ...]] = {
    Standing.PLAIN: (),
    Standing.OPEN: (CLAIM,),
    Standing.OFFERED: (CLAIM, RELEASE),
    Standing.MINE: (DONE, RELEASE, PASS),
    Standing.GONE: (),
}
"""What an agent can do about the work itself, the most likely first."""

MAX_BUTTONS = 3
"""On a toast, with Copy; the platforms' own toasts have no more either."""
MAX_LINKS = 2
"""Buttons; more would not have room for their words."""

_NEEDED = {Standing.OPEN: 1, Standing.OFFERED: 2, Standing.MINE: 1}
"""So many of the offers come before any link."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many have a button."""

    claims: int
    links: int


def share(standing: Standing, *, script: bool, links: int) -> Share:
    """Share the buttons out: Copy, the work, the first links, and what else there is of the work."""
    room = MAX_BUTTONS - script
    claims = min(room, _NEEDED.get(standing, 0))
    shown = min(MAX_LINKS, links, room - claims)
    return Share(claims=min(len(OFFERS[standing]), room - shown), links=shown)
