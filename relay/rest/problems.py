"""What a caller is told when a request isn't done: one exception, constant sentences, one shape."""

from collections.abc import Mapping
from http import HTTPStatus

from relay.claims import SENTENCES, Moved, Refusal

SIGN_IN = "A valid device token is needed."
NOT_ALLOWED = "Your role does not allow this."
NOT_FOUND = "There is nothing here, or nothing for you."
"""The same for what doesn't exist and for what the caller may not see."""
TOO_LARGE = "The request is too large."
TOO_SLOW = "The request came too slowly."
TOO_MANY = "Too many requests. Wait a moment."
BUSY = "Try again in a moment."
RESTARTING = "The relay is restarting."
BROKEN = "Something went wrong at the relay."
STALE_FILTERS = "Somebody else has changed the filters meanwhile. Load them again."

_STATUSES: Mapping[Refusal, HTTPStatus] = {
    Refusal.UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.NOT_ADDRESSED: HTTPStatus.FORBIDDEN,
}
"""What isn't listed is a conflict with the state that the notification has."""


class Refused(Exception):  # the API's own signal; front.py turns it into an answer
    """A request that isn't done, with the status and the sentence that the caller gets."""

    def __init__(
        self, status: HTTPStatus, error: str, *, by: str = "", name: str = "", **headers: str
    ) -> None:
        super().__init__(error)
        self.status, self.error, self.by, self.name = status, error, by, name
        self.headers = {key.replace("_", "-"): value for key, value in headers.items()}

    def content(self) -> dict[str, str]:
        """Return the body: the sentence, and who was faster if somebody was."""
        more = {"by": self.by, "name": self.name} if self.by else {}
        return {"error": self.error, **more}


def not_allowed(error: str = NOT_ALLOWED) -> Refused:
    """Return the answer to whoever may see a thing and may not do this to it."""
    return Refused(HTTPStatus.FORBIDDEN, error)


def not_found() -> Refused:
    """Return the answer for what doesn't exist, and for what isn't the caller's."""
    return Refused(HTTPStatus.NOT_FOUND, NOT_FOUND)


def conflict(error: str) -> Refused:
    """Return the answer to what the present state does not allow."""
    return Refused(HTTPStatus.CONFLICT, error)


def precondition_needed() -> Refused:
    """Return the answer to a change that doesn't say on what it is based (RFC 6585)."""
    return Refused(HTTPStatus.PRECONDITION_REQUIRED, "Say in If-Match on which revision this is based.")


def precondition_failed(error: str) -> Refused:
    """Return the answer to a change that is based on something old."""
    return Refused(HTTPStatus.PRECONDITION_FAILED, error)


def wrong(error: str) -> Refused:
    """Return the answer to a request that can be read and can't be meant."""
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, error)


def not_moved(moved: Moved, name: str) -> Refused:
    """Return the answer to a move that wasn't made; ``name`` is what colleagues call the holder."""
    refusal = moved.refusal or Refusal.UNKNOWN
    if refusal is Refusal.UNKNOWN:
        return not_found()
    holder = moved.work.holder if moved.work else ""
    sentence = SENTENCES[refusal].format(name=name or holder or "Somebody")
    return Refused(_STATUSES.get(refusal, HTTPStatus.CONFLICT), sentence, by=holder, name=name)
