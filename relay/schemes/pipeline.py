"""From a delivery to a proof, in stages that are data or a named function each.

.. code-block:: text

    form.read      which units have to be proven, and for each: signatures, signed bytes, signed time
    primitive      any signature × key × alternative of signed bytes may match
    freshness      the signed time lies within the tolerance, into the past and into the future

Every unit has to pass. Nothing here parses a body or waits; ``now`` is a parameter.
"""

from collections.abc import Callable, Sequence
from enum import Flag, auto
from typing import Protocol

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery


class Binds(Flag):
    """What a signature proves. A static token binds the sender only; most HMACs bind the body too."""

    SENDER = auto()
    BODY = auto()
    TIME = auto()
    ID = auto()
    """The event id is part of the signed text."""


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to prove: any of ``signatures`` over any of ``signed``. ``time`` is in Unix seconds."""

    signatures: Sequence[bytes]
    signed: Sequence[bytes]
    time: float | None = None


class Unsigned(msgspec.Struct, frozen=True, kw_only=True):
    """A request to be signed as the provider would: for tests and the simulator."""

    body: bytes
    id: str
    type: str
    now: float


class Primitive(Protocol):
    """What proves a unit: a MAC here; public-key signatures and tokens have the same shape."""

    def accepts(self, key: bytes, signed: bytes, candidates: Sequence[bytes]) -> bool:
        """Say whether one of the candidates is a signature of ``signed`` by ``key``."""
        ...

    def sign(self, key: bytes, signed: bytes) -> bytes:
        """Return the signature as it is spelled in a header."""
        ...


class Form(Protocol):
    """How a family of providers writes a proof into a request."""

    @property
    def binds(self) -> Binds:
        """Return what a match proves."""
        ...

    def read(self, delivery: Delivery) -> Sequence[Unit]:
        """Return the units; raise :class:`relay.errors.BadSignature` if they cannot be read."""
        ...

    def write(self, request: Unsigned, sign: Callable[[bytes], bytes]) -> dict[str, str]:
        """Return the security headers of a request, the inverse of ``read``."""
        ...


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider proves that a request is its own.

    ``key`` turns the configured secret into the key's bytes; it raises :class:`ValueError` with a
    sentence if it cannot.
    """

    form: Form
    primitive: Primitive
    key: Callable[[str], bytes]


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is its source's own: what that covers, and which secret proved it (0 is the oldest)."""

    binds: Binds
    key: int


def prove(
    scheme: Scheme, keys: Sequence[bytes], delivery: Delivery, *, now: float, tolerance: float
) -> Proof:
    """Return the proof that the delivery was signed with one of ``keys``.

    ``now`` is in Unix seconds; a signed time exactly ``tolerance`` seconds away is still good.

    Raises:
        BadSignature: anything else; ``reason`` says which stage refused.
    """
    units = scheme.form.read(delivery)
    if not units:
        raise BadSignature("nothing-signed")
    key = 0
    for unit in units:
        key = _match(scheme.primitive, keys, unit)
        _check_freshness(unit, now, tolerance)
    return Proof(binds=scheme.form.binds, key=key)


def _match(primitive: Primitive, keys: Sequence[bytes], unit: Unit) -> int:
    for index in reversed(range(len(keys))):  # the newest secret is the likeliest
        for signed in unit.signed:
            if primitive.accepts(keys[index], signed, unit.signatures):
                return index
    raise BadSignature("mismatch")


def _check_freshness(unit: Unit, now: float, tolerance: float) -> None:
    if unit.time is None:
        return
    age = now - unit.time
    if abs(age) > tolerance:
        where = "old" if age > 0 else "ahead"
        raise BadSignature("stale", f"signed {abs(age):.0f} s {where}; {tolerance:.0f} s are allowed")
