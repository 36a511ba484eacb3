"""Keys that have to be fetched: verification asks a ring and never waits; who runs it does the fetching."""

from typing import Protocol

import msgspec

from relay.errors import SenderError


class KeyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A public document with keys: an https address whose host the scheme has pinned.

    ``kid`` is the key's id if the document holds several; a document without it is out of date.
    """

    url: str
    kid: str = ""


class KeyNeeded(SenderError):
    """The request can't be judged before ``request`` is fetched; judge it again after that, once."""

    def __init__(self, request: KeyRequest) -> None:
        super().__init__(f"a key has to be fetched from {request.url}")
        self.request = request


class KeyRing(Protocol):
    """What was fetched so far."""

    def find(self, request: KeyRequest) -> bytes | None:
        """Return the document at ``request.url`` if it is at hand and fresh; ``kid`` is not looked at."""
        ...


class NoKeys:
    """A ring on which there is nothing."""

    def find(self, request: KeyRequest) -> bytes | None:  # noqa: ARG002 - a ring's shape
        """Return None."""
        return None


NO_KEYS = NoKeys()


def document_of(ring: KeyRing, request: KeyRequest) -> bytes:
    """Return a document from the ring.

    Raises:
        KeyNeeded: it isn't there.
    """
    found = ring.find(request)
    if found is None:
        raise KeyNeeded(request)
    return found
