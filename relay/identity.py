"""Devices, tokens and pairing codes: who a desktop is, and how it comes to be known.

A pairing code is read aloud or typed by a person: twelve characters of Crockford's base 32, the
first four of which find the invitation and the last eight prove it. A token is read by programs
only: 256 random bits. Both are stored as SHA-256 and nothing else; a code lives ten minutes and
five tries, so that a slow hash would add nothing.
"""

import base64
import hashlib
import ipaddress
import re
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

from relay.errors import BadPairingCode, BadToken, ConfigError, TooManyTries
from relay.event import Device, PairingCode
from relay.protocol import Role

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U."""

CODE_ID_LENGTH = 4
CODE_SECRET_LENGTH = 8
CODE_SECONDS = 600.0
CODE_TRIES = 5

TOKEN_PREFIX = "dbt_"  # noqa: S105 - how every token begins, so that secret scanners can find one
TOKEN_BYTES = 32

MAX_AGENT = 200
MAX_TEAM = 100
MAX_TEAMS = 50
MAX_DEVICE_NAME = 100

THROTTLE_TRIES = 10
THROTTLE_SECONDS = 600.0
THROTTLE_ADDRESSES = 10_000
"""Addresses remembered: about 5 MB at the very worst."""

_TYPED_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_AGENT = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+")

RandomBytes = Callable[[int], bytes]
"""Returns so many random bytes: :func:`secrets.token_bytes` outside of tests."""


# Tokens


def new_token(random_bytes: RandomBytes) -> str:
    """Return a token of 256 random bits."""
    return TOKEN_PREFIX + base64.urlsafe_b64encode(random_bytes(TOKEN_BYTES)).rstrip(b"=").decode("ascii")


def hash_token(token: str) -> bytes:
    """Return what is stored of a token. One spelling only: another one is another token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


# Pairing codes


class Code(NamedTuple):
    """A pairing code in its two halves."""

    id: str
    secret: str

    def __str__(self) -> str:
        text = self.id + self.secret
        return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def parse_code(text: str) -> Code:
    """Read a code as people type it: any case, with or without dashes and spaces, O for 0, I or L for 1.

    Raises:
        BadPairingCode: it can't be one.
    """
    plain = re.sub(r"[\s\-\u2010-\u2015]", "", text[:100]).upper().translate(_TYPED_AS)
    if len(plain) != CODE_ID_LENGTH + CODE_SECRET_LENGTH or not set(plain) <= set(ALPHABET):
        raise BadPairingCode("not twelve characters of a pairing code")
    return Code(plain[:CODE_ID_LENGTH], plain[CODE_ID_LENGTH:])


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a code's secret half."""
    return hashlib.sha256(secret.encode("ascii")).digest()


def invite(
    agent: str,
    teams: Iterable[str],
    *,
    now: float,
    random_bytes: RandomBytes,
    role: Role | None = None,
    leads: Iterable[str] = (),
) -> tuple[Code, PairingCode]:
    """Make an invitation for one device: the code for the person, and the record for the journal.

    Whoever leads a team has at least the role of a lead.

    Raises:
        ConfigError: the agent's or a team's name can't be one, or role and ``leads`` don't fit.
    """
    led = check_teams(leads)
    letters = [ALPHABET[byte % len(ALPHABET)] for byte in random_bytes(CODE_ID_LENGTH + CODE_SECRET_LENGTH)]
    code = Code("".join(letters[:CODE_ID_LENGTH]), "".join(letters[CODE_ID_LENGTH:]))
    return code, PairingCode(
        id=code.id,
        secret_hash=hash_secret(code.secret),
        agent=check_agent(agent),
        teams=check_teams(teams),
        role=_check_role(role, led),
        leads=led,
        expires_at=now + CODE_SECONDS,
        tries_left=CODE_TRIES,
    )


def new_device(name: str, token: str, *, now: float, random_bytes: RandomBytes) -> Device:
    """Return the record of a device that redeems a code; the journal fills in whose it is."""
    return Device(
        id=random_bytes(16).hex(),
        agent="",
        teams=(),
        name=clean_device_name(name),
        token_hash=hash_token(token),
        paired_at=now,
    )


# Names


def check_agent(name: str) -> str:
    """Return an agent's name without surrounding space.

    Raises:
        ConfigError: it is not like ``mira@example.com``, or too long.
    """
    name = name.strip()
    if len(name) > MAX_AGENT or not _AGENT.fullmatch(name) or not name.isprintable():
        raise ConfigError("agent", f"is named by an e-mail address of at most {MAX_AGENT} characters")
    return name


def check_teams(names: Iterable[str]) -> tuple[str, ...]:
    """Return the teams' names without surrounding space, each once, in the order given.

    Raises:
        ConfigError: one is empty, too long or not printable, or there are too many.
    """
    teams = {name.strip().casefold(): name.strip() for name in reversed(list(names))}
    kept = tuple(reversed(teams.values()))
    if len(kept) > MAX_TEAMS:
        raise ConfigError("team", f"a device belongs to at most {MAX_TEAMS} teams")
    for name in kept:
        if not name or len(name) > MAX_TEAM or not name.isprintable():
            raise ConfigError("team", f"a name has 1 to {MAX_TEAM} printable characters")
    return kept


def _check_role(role: Role | None, leads: tuple[str, ...]) -> Role:
    """Return the role, which follows from ``leads`` if it isn't said.

    Raises:
        ConfigError: a lead of no team, or an agent who leads one.
    """
    if role is Role.LEAD and not leads:
        raise ConfigError("--role", "a lead leads at least one team.", hint="Name it with --lead.")
    if role is Role.AGENT and leads:
        raise ConfigError("--role", "an agent leads no team.", hint="Leave out --role, or --lead.")
    return role or (Role.LEAD if leads else Role.AGENT)


def clean_device_name(name: str) -> str:
    """Return the name that a desktop gives itself, fit for a list: one line, printable, not too long."""
    normal = unicodedata.normalize("NFC", name[: 4 * MAX_DEVICE_NAME])
    kept = "".join(letter if letter.isprintable() else " " for letter in normal)
    return " ".join(kept.split())[:MAX_DEVICE_NAME].rstrip() or "unnamed"


# Who is known


class Registry:
    """Every device in memory, found by its token. Loaded from the journal; the journal is the truth."""

    def __init__(self) -> None:
        self._by_token: dict[bytes, Device] = {}
        self._by_id: dict[str, Device] = {}
        self._cursors: dict[str, int] = {}
        self._entitle: Callable[[Device], Device] = lambda device: device
        self.revision = 0
        """Rises when somebody comes, goes, or belongs to others."""

    def __len__(self) -> int:
        return len(self._by_id)

    def share(self, entitle: Callable[[Device], Device]) -> None:
        """Let ``entitle`` add to each device that is taken in from now on what its agent has a right to."""
        self._entitle = entitle

    def load(self, devices: Iterable[Device]) -> None:
        """Take over what the journal has.

        Nothing known here is undone by an answer that was read a moment too early: devices are never
        removed from the journal, a revoked one stays revoked, and a cursor never goes back.
        """
        for device in devices:
            if device.id not in self._by_id or self.entitled(device.id) is not None:
                self.add(device)

    def add(self, device: Device) -> None:
        """Take in a device, one that has just been paired for example."""
        device = self._entitle(device)
        self.revision += _belongs(device) != _belongs(self._by_id.get(device.id))
        self._by_token[device.token_hash] = device
        self._by_id[device.id] = device
        self._cursors[device.id] = max(device.cursor, self.cursor(device.id))

    def by_token(self, token: str) -> Device:
        """Return the device that holds ``token``.

        Looked up by hash, so that the time it takes says nothing about any token.

        Raises:
            BadToken: unknown or revoked.
        """
        device = self._by_token.get(hash_token(token))
        if device is None or device.revoked_at is not None:
            raise BadToken("the token is unknown or revoked")
        return device

    def entitled(self, device: str) -> Device | None:
        """Return the device of that id if it may still connect."""
        known = self._by_id.get(device)
        return known if known is not None and known.revoked_at is None else None

    def all_entitled(self) -> list[Device]:
        """Return every device that may still connect."""
        return [device for device in self._by_id.values() if device.revoked_at is None]

    def agents(self) -> frozenset[str] | None:
        """Return the agents, in lower case, who have a device; None before any device is known at all."""
        if not self._by_id:
            return None
        return frozenset(device.agent.casefold() for device in self.all_entitled())

    def cursor(self, device: str) -> int:
        """Return the highest number that the device is known to have stored; 0 if nothing is known."""
        return self._cursors.get(device, 0)

    def raise_cursor(self, device: str, seq: int) -> None:
        """Note that a device has stored everything up to ``seq``; a lower number changes nothing."""
        if device in self._cursors:
            self._cursors[device] = max(self._cursors[device], seq)


def _belongs(device: Device | None) -> tuple[object, ...]:
    """Return what of a device concerns others."""
    if device is None:
        return ()
    return (device.agent, device.teams, device.leads, device.role, device.revoked_at)


class Throttle:
    """Limits the wrong codes that one address may try. IPv6 addresses count by their /64."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        tries: int = THROTTLE_TRIES,
        seconds: float = THROTTLE_SECONDS,
        addresses: int = THROTTLE_ADDRESSES,
    ) -> None:
        """Count with ``clock``, seconds of any clock that only goes forward."""
        self._clock = clock
        self._tries, self._seconds, self._addresses = tries, seconds, addresses
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen)

    def take(self, address: str) -> None:
        """Count a try before it is judged, so that tries at the same moment count as well.

        Raises:
            TooManyTries: says when the next one is allowed.
        """
        now, key = self._clock(), _neighbourhood(address)
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while times and now - times[0] >= self._seconds:
            times.popleft()
        if len(times) >= self._tries:
            raise TooManyTries(times[0] + self._seconds - now)
        times.append(now)
        while len(self._seen) > self._addresses:
            self._seen.popitem(last=False)

    def forgive(self, address: str) -> None:
        """Take the last try back: it was a good one."""
        key = _neighbourhood(address)
        times = self._seen.get(key)
        if times:
            times.pop()
        if not times:
            self._seen.pop(key, None)


def _neighbourhood(address: str) -> str:
    """Return what is counted together: one person at home has a whole IPv6 /64."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
