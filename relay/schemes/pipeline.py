"""From a delivery to a proof, in stages that are data or a named function each.

.. code-block:: text

    form.read      which units have to be proven, and for each: signatures, signed bytes, signed time
    primitive      any signature × key × alternative of signed bytes may match
    bindings       what a signed value says of the rest: a hash of the body, the URL, the audience
    freshness      the signed time lies within the window, into the past and into the future

Every unit has to pass. Nothing here waits; ``now`` and the ring of fetched keys are parameters.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Flag, auto
from typing import Any, Protocol

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.keyring import NO_KEYS, KeyRing
from relay.source import DEFAULT_TOLERANCE_SECONDS, Source


class Binds(Flag):
    """What a signature proves. A static token binds the sender only; most HMACs bind the body too."""

    SENDER = auto()
    BODY = auto()
    TIME = auto()
    ID = auto()
    """The event id is part of the signed text."""
    URL = auto()


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """How many seconds a signed time may lie in the past and in the future; the last second is good."""

    old: float = DEFAULT_TOLERANCE_SECONDS
    ahead: float = DEFAULT_TOLERANCE_SECONDS


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with all that may be needed to judge it.

    ``keys`` has the source's keys in the order of its secrets, None for one that has expired.
    """

    delivery: Delivery
    source: Source
    keys: Sequence[Any]
    now: float
    ring: KeyRing = NO_KEYS

    def option(self, name: str) -> str:
        """Return an option of the source that its provider requires."""
        return self.source.options[name]


class Primitive(Protocol):
    """What proves a unit: a MAC, a public-key signature, a token. ``key`` is as the scheme made it."""

    def accepts(self, key: Any, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the candidates is a signature of ``signed`` by ``key``."""
        ...

    def sign(self, key: Any, signed: bytes) -> bytes:
        """Return the signature as it is spelled in a header; public-key signatures take the private key."""
        ...


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to prove: any of ``signatures`` over any of ``signed``. ``time`` is in Unix seconds.

    ``keys`` and ``primitive`` take the place of the source's and the scheme's own. ``bindings`` run
    once the signature has matched; each raises :class:`relay.errors.BadSignature` or returns.
    """

    signatures: Sequence[bytes]
    signed: Sequence[bytes]
    time: float | None = None
    keys: Sequence[Any] | None = None
    primitive: Primitive | None = None
    bindings: Sequence[Callable[[], None]] = ()


class Unsigned(msgspec.Struct, frozen=True, kw_only=True):
    """A request to be signed as the provider would: for tests and the simulator."""

    body: bytes
    id: str
    type: str
    now: float
    source: Source
    method: str = "POST"
    target: bytes = b"/"


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """What signing added: headers, and a changed body or target where the signature stands there."""

    headers: Mapping[str, str] = {}
    body: bytes | None = None
    target: bytes | None = None


Sign = Callable[[bytes], bytes]


class Form(Protocol):
    """How a family of providers writes a proof into a request."""

    @property
    def binds(self) -> Binds:
        """Return what a match proves."""
        ...

    @property
    def signs_url(self) -> bool:
        """Say whether the source's public URL is needed."""
        ...

    def read(self, asked: Asked) -> Sequence[Unit]:
        """Return the units; raise :class:`relay.errors.BadSignature` if they cannot be read."""
        ...

    def write(self, request: Unsigned, sign: Sign) -> Signed:
        """Return what proves a request, the inverse of ``read``."""
        ...


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider proves that a request is its own.

    ``key`` turns the configured secret into the key; it raises :class:`ValueError` with a sentence
    if it cannot. It is None if there is no secret, since all keys are fetched.
    """

    form: Form
    primitive: Primitive
    key: Callable[[str], Any] | None
    window: Window = Window()


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is its source's own: what that covers, and which secret proved it (0 is the oldest)."""

    binds: Binds
    key: int


def prove(scheme: Scheme, asked: Asked, window: Window) -> Proof:
    """Return the proof that the delivery was signed with one of the source's keys.

    Raises:
        BadSignature: anything else; ``reason`` says which stage refused.
        KeyNeeded: a key has to be fetched first.
    """
    units = scheme.form.read(asked)
    if not units:
        raise BadSignature("nothing-signed")
    key = 0
    for unit in units:
        keys = asked.keys if unit.keys is None else unit.keys
        key = _match(unit.primitive or scheme.primitive, keys, unit)
        for binding in unit.bindings:
            binding()
        if unit.time is not None:
            check_freshness(unit.time, asked.now, window)
    return Proof(binds=scheme.form.binds, key=key)


def _match(primitive: Primitive, keys: Sequence[Any], unit: Unit) -> int:
    for index in reversed(range(len(keys))):  # the newest secret is the likeliest
        if keys[index] is None:
            continue
        for signed in unit.signed:
            if primitive.accepts(keys[index], signed, unit.signatures):
                return index
    raise BadSignature("mismatch")


def check_freshness(time: float, now: float, window: Window) -> None:
    """Refuse a time outside the window; both times are Unix seconds.

    Raises:
        BadSignature: ``stale``.
    """
    age = now - time
    if -window.ahead <= age <= window.old:
        return
    where, allowed = ("old", window.old) if age > 0 else ("ahead", window.ahead)
    raise BadSignature("stale", f"signed {abs(age):.0f} s {where}; {allowed:.0f} s are allowed")
