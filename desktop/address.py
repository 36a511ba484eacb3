"""Where a relay is, from what a person typed; and who this desktop is there. Pure."""

from dataclasses import dataclass


class BadAddress(ValueError):
    """What was typed is not the address of a relay; the text is a sentence for the agent."""


@dataclass(frozen=True, kw_only=True)
class RelayAddress:
    """The addresses of one relay. ``base`` has no slash at its end and is its name in the keyring."""

    base: str
    """For example ``https://apps.example/deskbell``."""
    socket: str
    """The WebSocket, ``wss://apps.example/deskbell/ws``."""
    pair: str
    """Where pairing codes are exchanged, ``https://apps.example/deskbell/v1/pair``."""
    secure: bool
    """TLS protects the way; without it the relay is on this computer."""


def parse_address(text: str) -> RelayAddress:
    """Read an address as a person types it: the scheme may be left out, a path before ours is kept.

    Raises:
        BadAddress: nothing usable, or unprotected HTTP to another computer.
    """
    raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who this desktop is at a relay: all that is remembered of a pairing, except the token."""

    relay: str
    """``RelayAddress.base``."""
    device: str
    agent: str
    teams: tuple[str, ...]
