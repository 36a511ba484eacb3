"""Tokens, pairing codes, names, and who is known."""

import hashlib
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import identity
from relay.errors import BadPairingCode, BadToken, ConfigError, TooManyTries
from relay.event import Device
from relay.identity import ALPHABET, Code, Registry, Throttle
from relay.protocol import Role

codes = st.text(ALPHABET, min_size=12, max_size=12).map(lambda text: Code(text[:4], text[4:]))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def device(name: str = "d1", *, token: str = "t", revoked_at: float | None = None, cursor: int = 0) -> Device:
    return Device(
        id=name,
        agent="mira@example.com",
        teams=(),
        name="laptop",
        token_hash=identity.hash_token(token),
        paired_at=0.0,
        revoked_at=revoked_at,
        cursor=cursor,
    )


def test_a_token_has_256_bits_and_is_kept_only_as_its_hash() -> None:
    """The token is the random bytes, spelled for a header; SHA-256 is what is stored."""
    token = identity.new_token(lambda count: bytes(range(count)))
    assert token == "dbt_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    assert identity.hash_token(token) == hashlib.sha256(token.encode()).digest()
    assert identity.new_token(secrets.token_bytes) != identity.new_token(secrets.token_bytes)


def test_a_code_is_three_groups_of_four() -> None:
    """It is read aloud: no I, L, O or U, and the same bytes give the same code."""
    code, record = identity.invite(
        "mira@example.com", ["Billing"], now=100.0, random_bytes=lambda n: bytes(range(n))
    )
    assert str(code) == "0123-4567-89AB"
    assert record.id == "0123"
    assert record.secret_hash == hashlib.sha256(b"456789AB").digest()
    assert (record.expires_at, record.tries_left) == (700.0, 5)
    assert (record.agent, record.teams) == ("mira@example.com", ("Billing",))


@pytest.mark.parametrize(
    ("role", "leads", "expected"),
    [
        (None, [], Role.AGENT),
        (None, ["Billing"], Role.LEAD),
        (Role.LEAD, ["Billing", "VIP"], Role.LEAD),
        (Role.ADMIN, [], Role.ADMIN),
        (Role.ADMIN, ["Billing"], Role.ADMIN),
    ],
)
def test_an_invitation_says_what_its_device_may_do(
    role: Role | None, leads: list[str], expected: Role
) -> None:
    """Whoever leads a team is a lead; nobody is more than an agent by accident."""
    _, record = identity.invite(
        "mira@example.com", [], now=0.0, random_bytes=secrets.token_bytes, role=role, leads=leads
    )
    assert (record.role, record.leads) == (expected, tuple(leads))


@pytest.mark.parametrize(("role", "leads"), [(Role.LEAD, []), (Role.AGENT, ["Billing"]), (None, [" "])])
def test_a_role_and_its_teams_have_to_fit(role: Role | None, leads: list[str]) -> None:
    """A lead leads a team that has a name, and an agent leads none."""
    with pytest.raises(ConfigError):
        identity.invite(
            "mira@example.com", [], now=0.0, random_bytes=secrets.token_bytes, role=role, leads=leads
        )


@given(codes, st.booleans(), st.sampled_from(["", " ", "-", " - ", "\u2013", "\u00a0"]))
def test_a_code_is_understood_as_people_type_it(code: Code, lower: bool, between: str) -> None:
    """Case, spaces, dashes, O for 0 and I or L for 1 make no difference."""
    typed = between.join(str(code).replace("-", ""))
    typed = typed.replace("0", "O").replace("1", "I", 1).replace("1", "l")
    assert identity.parse_code(typed.lower() if lower else typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0123-4567-89A",
        "0123-4567-89ABC",
        "0123-4567-89AU",
        "0123-4567-89A\u0660",
        "0" * 5000,
        "0123456789a\x00",
    ],
)
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    """Neither length nor foreign digits are guessed at."""
    with pytest.raises(BadPairingCode):
        identity.parse_code(typed)


@pytest.mark.parametrize(
    "name", ["mira@example.com", " mira@example.com ", "m.o'neil+x@sub.example", "zoë@exämple.com"]
)
def test_an_agent_is_named_by_an_address(name: str) -> None:
    """Surrounding space is not part of it."""
    assert identity.check_agent(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "mira",
        "@example.com",
        "mira@",
        "a@b@c",
        "a b@c",
        "Mira <m@x>",
        "a\u202e@b",
        "x@" + "y" * 200,
    ],
)
def test_a_name_that_is_no_address_is_refused(name: str) -> None:
    """The administrator is told which setting is wrong."""
    with pytest.raises(ConfigError, match="agent"):
        identity.check_agent(name)


def test_teams_are_kept_once_in_order() -> None:
    """Two spellings of one team are one team; the first stays."""
    assert identity.check_teams([" Billing", "billing ", "Ops"]) == ("Billing", "Ops")


@pytest.mark.parametrize("teams", [[""], ["a\nb"], ["x" * 101], [str(n) for n in range(51)], ["a\u200b"]])
def test_bad_teams_are_refused(teams: list[str]) -> None:
    """Empty, unprintable, too long or too many."""
    with pytest.raises(ConfigError, match="team"):
        identity.check_teams(teams)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("Mira's laptop", "Mira's laptop"),
        (" a \n\t b\x1b[31m", "a b [31m"),
        ("", "unnamed"),
        ("x" * 9000, "x" * 100),
    ],
)
def test_a_device_name_is_one_short_printable_line(given_name: str, kept: str) -> None:
    """It comes from a stranger and ends in an administrator's list."""
    assert identity.clean_device_name(given_name) == kept


def test_a_device_is_found_by_its_token_and_nothing_else() -> None:
    """A re-spelled token, a hash or a prefix is another token."""
    token = identity.new_token(secrets.token_bytes)
    registry = Registry()
    registry.load([device(token=token)])
    assert registry.by_token(token).id == "d1"
    for other in (
        token + "=",
        token[:-1],
        token.upper(),
        "",
        " " + token,
        identity.hash_token(token).hex(),
        "\udcff",
    ):
        with pytest.raises(BadToken):
            registry.by_token(other)


def test_a_revoked_device_is_unknown() -> None:
    """And a stale answer of the journal doesn't bring it back."""
    registry = Registry()
    registry.load([device()])
    registry.load([device(revoked_at=5.0)])
    registry.load([device()])
    assert registry.entitled("d1") is None
    with pytest.raises(BadToken):
        registry.by_token("t")


def test_the_agents_are_those_who_may_connect() -> None:
    """As long as no device is known at all, nobody can say who has signed out."""
    registry = Registry()
    assert registry.agents() is None
    registry.load([device()])
    assert registry.agents() == frozenset({registry.by_token("t").agent.casefold()})
    registry.load([device(revoked_at=5.0)])
    assert registry.agents() == frozenset()


def test_a_device_paired_while_the_journal_was_read_stays_known() -> None:
    """An answer from a moment before doesn't sign it out."""
    registry = Registry()
    registry.add(device("new", token="n"))
    registry.load([device()])
    assert registry.by_token("n").id == "new"
    assert len(registry) == 2


def test_cursors_never_go_back() -> None:
    """Neither by a lower ack nor by loading what the journal had earlier."""
    registry = Registry()
    registry.load([device(cursor=5)])
    registry.raise_cursor("d1", 9)
    registry.raise_cursor("d1", 7)
    registry.raise_cursor("stranger", 7)
    registry.load([device(cursor=6)])
    assert registry.cursor("d1") == 9
    assert registry.cursor("stranger") == 0


def test_ten_wrong_codes_and_then_a_wait() -> None:
    """The eleventh try of an address waits until the first is ten minutes old."""
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(10):
        throttle.take("192.0.2.1")
        clock.now += 1
    with pytest.raises(TooManyTries) as caught:
        throttle.take("192.0.2.1")
    assert caught.value.retry_after == 590.0
    throttle.take("192.0.2.2")
    clock.now += 590
    throttle.take("192.0.2.1")


def test_a_good_code_is_no_try() -> None:
    """An office behind one address can pair as many as it wants."""
    throttle = Throttle(Clock())
    for _ in range(100):
        throttle.take("192.0.2.1")
        throttle.forgive("192.0.2.1")
    assert len(throttle) == 0


def test_one_ipv6_network_is_one_address() -> None:
    """Whoever has a /64 has 2^64 addresses, and ten tries."""
    throttle = Throttle(Clock())
    for number in range(10):
        throttle.take(f"2001:db8::{number:x}")
    with pytest.raises(TooManyTries):
        throttle.take("2001:db8::ffff%eth0")
    throttle.take("2001:db8:0:1::1")
    for number in range(10):
        throttle.take(f"::ffff:192.0.2.{number}")


def test_the_throttle_forgets_the_oldest_addresses() -> None:
    """No number of strangers makes the table grow past its limit."""
    throttle = Throttle(Clock(), addresses=3)
    for number in range(50):
        throttle.take(f"192.0.2.{number}")
    assert len(throttle) == 3
