"""What can go wrong in the relay. The first branch says whose fault it is.

.. code-block:: text

    RelayError
    ├── SenderError          a webhook's sender: answered with one constant sentence, logged in full
    │   ├── UnknownSource
    │   ├── MethodNotAllowed
    │   ├── BodyTooLarge
    │   ├── BodyTooSlow
    │   ├── BodyIncomplete
    │   ├── UnsupportedEncoding
    │   ├── MalformedBody
    │   ├── AddressRefused
    │   ├── TooManyRequests
    │   ├── KeysUnavailable
    │   └── BadSignature
    ├── DeviceError          a desktop: closed with a code of ``protocol.Close`` or refused by HTTP
    │   ├── BadToken
    │   ├── BadPairingCode
    │   ├── TooManyTries
    │   └── ProtocolViolation
    ├── ConfigError          the administrator: stops the start and names the key
    │   └── ConfigErrors     several of them at once
    ├── PlaybookError        the team lead: names file and place
    │   └── PlaybookErrors   several of them at once
    ├── CallFailed           another system's API: did not do what it was asked, or not so that we know
    └── StorageError         the disk or the database: nothing is acknowledged
        ├── StorageBusy      for now: come back
        └── StorageBroken    for good: the process has to be restarted

``intake`` turns the first branch into HTTP statuses, ``gateway`` the second into close codes, each
by one table; no other module knows a status.
"""

from collections.abc import Sequence

from relay.protocol import Close


class RelayError(Exception):
    """Anything the relay knows how to name."""


class SenderError(RelayError):
    """A webhook request was not accepted. The text is for the log, never for the sender."""


class UnknownSource(SenderError):
    """No source of that name is configured."""


class MethodNotAllowed(SenderError):
    """Only POST brings events."""


class BodyTooLarge(SenderError):
    """The body is larger than the source's limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is larger than the limit of {limit} bytes")
        self.limit = limit


class BodyTooSlow(SenderError):
    """The body did not arrive in time."""


class BodyIncomplete(SenderError):
    """The sender went away before the body was complete."""


class UnsupportedEncoding(SenderError):
    """A Content-Encoding that this source does not take."""


class MalformedBody(SenderError):
    """A packed body that cannot be unpacked."""


class AddressRefused(SenderError):
    """The request does not come from one of the source's networks."""


class TooManyRequests(SenderError):
    """The source sends faster than it may. ``retry_after`` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"faster than the source may send; next in {retry_after:.1f} s")
        self.retry_after = retry_after


class KeysUnavailable(SenderError):
    """The provider's public keys, without which nothing is proven, could not be fetched in time."""


class BadSignature(SenderError):
    """The request is not proven to be the source's own. ``reason`` is a short constant for metrics."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class DeviceError(RelayError):
    """A desktop asked for something it may not have."""


class BadToken(DeviceError):
    """The token is missing, unknown or revoked."""


class BadPairingCode(DeviceError):
    """The pairing code is wrong, used, expired, or was tried too often."""


class TooManyTries(DeviceError):
    """Too many wrong pairing codes from one address."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"too many wrong pairing codes; next try in {retry_after:.0f} s")
        self.retry_after = retry_after


class ProtocolViolation(DeviceError):
    """A desktop broke the wire protocol; ``code`` closes the socket."""

    def __init__(self, code: Close, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class ConfigError(RelayError):
    """A setting is wrong. ``key`` is its full name, ``where`` the file, line or variable it came from."""

    def __init__(self, key: str, problem: str, *, where: str = "", hint: str = "") -> None:
        place = f"{where}: " if where else ""
        advice = f" {hint}" if hint else ""
        super().__init__(f"{place}{key}: {problem}{advice}")
        self.key, self.problem, self.where, self.hint = key, problem, where, hint


class ConfigErrors(ConfigError):
    """Everything that is wrong with a configuration, so that it can be mended in one go."""

    def __init__(self, problems: Sequence[ConfigError]) -> None:
        first = problems[0]
        super().__init__(first.key, first.problem, where=first.where, hint=first.hint)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class PlaybookError(RelayError):
    """A playbook cannot be used, or a template of it failed on an event.

    ``line`` is the line of its file, 0 if that isn't known.
    """

    def __init__(self, playbook: str, field: str, problem: str, *, line: int = 0) -> None:
        name = f"{playbook}.toml:{line}" if line else playbook
        super().__init__(f"{name}: {field}: {problem}" if field else f"{name}: {problem}")
        self.playbook, self.field, self.problem, self.line = playbook, field, problem, line


class PlaybookErrors(PlaybookError):
    """Everything that is wrong with a set of playbooks, so that it can be mended in one go."""

    def __init__(self, problems: Sequence[PlaybookError]) -> None:
        first = problems[0]
        super().__init__(first.playbook, first.field, first.problem, line=first.line)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def every_problem(error: PlaybookError) -> Sequence[PlaybookError]:
    """Return the single problems that an error is about."""
    return error.problems if isinstance(error, PlaybookErrors) else (error,)


def as_one(problems: Sequence[PlaybookError]) -> PlaybookError:
    """Return one error that says all of these; there has to be one at least."""
    every = [one for problem in problems for one in every_problem(problem)]
    return every[0] if len(every) == 1 else PlaybookErrors(every)


class CallFailed(RelayError):
    """Another system's API did not do what it was asked; the text says what to do about it.

    ``status`` is its HTTP status, or None if there was no whole answer.
    """

    def __init__(self, problem: str, *, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


class StorageError(RelayError):
    """The journal could not do what it was asked; nothing of it was acknowledged."""


class StorageBusy(StorageError):
    """For now: the disk is full, the file is locked, or too much is waiting."""


class StorageBroken(StorageError):
    """For good: an fsync failed or the file is damaged; only a restart can say what is on disk."""
