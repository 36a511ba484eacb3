"""Who issued a certificate, to whom, and until when: read from its DER bytes (RFC 5280). Pure.

Python shows the parts of a certificate only if it trusts it. Whose certificate it was that was
*not* trusted is what an IT department has to know. Nothing is decided by what is read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from desktop.i18n import tr

MOST_CHARACTERS = 60
"""Of a name; whoever intercepts a connection may write what they like into it."""

_SEQUENCE, _SET, _VERSION, _UTC_TIME, _TIME = 0x30, 0x31, 0xA0, 0x17, 0x18
_COMMON_NAME, _ORGANISATION = bytes.fromhex("550403"), bytes.fromhex("55040a")
_CODECS = {0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x14: "latin-1"}
_LONG = 0x80
_MOST_LENGTH_BYTES = 4


class Unreadable(ValueError):
    """These bytes are no certificate."""


@dataclass(frozen=True, kw_only=True)
class Name:
    """Whom a certificate names; both may be empty."""

    common: str = ""
    organisation: str = ""

    def __str__(self) -> str:
        """Return the name as a person knows it: the organisation, and which of its keys."""
        if self.organisation and self.common and self.organisation not in self.common:
            return f"{self.organisation} ({self.common})"
        return self.common or self.organisation or tr("nobody who is named")


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What is worth knowing of one. ``starts`` and ``ends`` are Unix seconds."""

    subject: Name
    issuer: Name
    starts: float
    ends: float


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate.

    Raises:
        Unreadable: the bytes are none, or only the beginning of one.
    """
    try:
        return _read(der)
    except (IndexError, ValueError, StopIteration, OverflowError) as error:
        raise Unreadable("this is not a certificate") from error


def _read(der: bytes) -> Certificate:
    signed = _inside(_inside(der, _SEQUENCE), _SEQUENCE)
    parts = [part for part in _parts(signed) if part[0] != _VERSION]
    _serial, _algorithm, issuer, validity, subject = parts[:5]
    starts, ends = (_moment(kind, text) for kind, text in _parts(validity[1]))
    return Certificate(subject=_name(subject[1]), issuer=_name(issuer[1]), starts=starts, ends=ends)


def _inside(data: bytes, kind: int) -> bytes:
    """Return the content of the first part, which has to be of a kind."""
    found, content = next(_parts(data))
    if found != kind:
        raise ValueError(f"tag {found:#x} instead of {kind:#x}")
    return content


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each part (X.690 section 8.1, definite lengths only)."""
    at = 0
    while at < len(data):
        kind, length = data[at], data[at + 1]
        at += 2
        if length & _LONG:
            count = length & ~_LONG
            if not 0 < count <= _MOST_LENGTH_BYTES:
                raise ValueError("a length that DER doesn't have")
            length = int.from_bytes(data[at : at + count])
            at += count
        if at + length > len(data):
            raise ValueError("it breaks off")
        yield kind, data[at : at + length]
        at += length


def _name(data: bytes) -> Name:
    found: dict[bytes, str] = {}
    for kind, group in _parts(data):
        if kind == _SET:
            (_, oid), (text_kind, text) = list(_parts(_inside(group, _SEQUENCE)))[:2]
            found.setdefault(oid, _clean(text.decode(_CODECS.get(text_kind, "utf-8"), "replace")))
    return Name(common=found.get(_COMMON_NAME, ""), organisation=found.get(_ORGANISATION, ""))


def _clean(text: str) -> str:
    """Return what can stand in a sentence."""
    seen = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(seen.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"


def _moment(kind: int, text: bytes) -> float:
    """Read a time (RFC 5280 section 4.1.2.5): two digits of a year mean 1950 to 2049."""
    if kind not in {_UTC_TIME, _TIME}:
        raise ValueError("no time")
    form = "%y%m%d%H%M%SZ" if kind == _UTC_TIME else "%Y%m%d%H%M%SZ"
    moment = datetime.strptime(text.decode("ascii"), form).replace(tzinfo=UTC)
    return moment.timestamp()
