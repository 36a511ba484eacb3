"""Presence: who is connected, how available, since when absent, and how often somebody was asked."""

from relay.event import Device
from relay.presence import (
    GRACE_SECONDS,
    OFFER_MEMORY,
    RESTART_SECONDS,
    TOGETHER_SECONDS,
    Presence,
    there_before,
)
from relay.protocol import Availability

MIRA, ZOE = "mira@example.com", "zoe@example.com"


def test_the_most_available_desktop_counts() -> None:
    """Somebody with two desktops is there if one of them says so."""
    presence = Presence(0.0)
    assert presence.say(MIRA, "office", Availability.AWAY)
    assert presence.say(MIRA, "home", Availability.AVAILABLE)
    assert not presence.say(MIRA, "office", Availability.BUSY)
    assert presence.of(MIRA) is Availability.AVAILABLE
    assert presence.leave(MIRA, "home", 5.0)
    assert presence.of(MIRA) is Availability.BUSY
    assert presence.connected() == {MIRA}


def test_absence_begins_with_the_last_desktop() -> None:
    """Who has left is absent since then, who never came since the relay looks, who is back not at all."""
    presence = Presence(100.0)
    presence.say(MIRA, "office", Availability.AVAILABLE)
    presence.leave(MIRA, "office", 130.0)

    assert presence.absent_since(MIRA) == 130.0
    assert presence.absent_since(ZOE) == 100.0
    presence.say(MIRA, "office", Availability.AWAY)
    assert presence.absent_since(MIRA) is None


def test_leaving_twice_changes_nothing() -> None:
    """A socket that is cut after its close frame is gone once."""
    presence = Presence(0.0)
    presence.say(MIRA, "office", Availability.AVAILABLE)
    presence.leave(MIRA, "office", 10.0)
    before = presence.revision
    assert not presence.leave(MIRA, "office", 20.0)
    assert (presence.absent_since(MIRA), presence.revision) == (10.0, before)


def test_offers_are_forgotten_after_an_hour() -> None:
    """Whoever was asked long ago is as good as never asked."""
    presence = Presence(0.0)
    presence.offered([MIRA, ZOE], 10.0)
    presence.offered([MIRA], 20.0)

    assert [presence.offers(agent, 30.0) for agent in (MIRA, ZOE)] == [2, 1]
    assert [presence.offers(agent, 15.0 + OFFER_MEMORY) for agent in (MIRA, ZOE)] == [1, 0]


def test_whoever_was_there_before_a_restart_is_awaited() -> None:
    """For ten seconds; who has come and gone meanwhile, or wasn't there before, is not."""
    presence = Presence(100.0)
    presence.expect([MIRA])

    assert [presence.awaited(agent, 101.0) for agent in (MIRA, ZOE)] == [True, False]
    assert not presence.awaited(MIRA, 100.0 + GRACE_SECONDS)
    presence.say(MIRA, "office", Availability.AWAY)
    assert presence.devices() == ("office",)
    assert not presence.awaited(MIRA, 101.0)
    presence.leave(MIRA, "office", 102.0)
    assert not presence.awaited(MIRA, 103.0)


def seen(agent: str, at: float | None, *, revoked: bool = False) -> Device:
    """Return a device that was seen then."""
    return Device(
        id=agent, agent=agent, teams=(), name="d", token_hash=b"", paired_at=0.0, seen_at=at,
        revoked_at=1.0 if revoked else None,
    )  # fmt: skip


def test_who_was_there_is_known_by_when_they_were_seen() -> None:
    """Whoever was seen as late as the others; nobody, if the relay was down for long."""
    devices = [
        seen(MIRA.upper(), 1000.0),
        seen("omar@example.com", 1000.0 - TOGETHER_SECONDS),
        seen(ZOE, 999.0 - TOGETHER_SECONDS),
        seen("lena@example.com", None),
        seen("gone@example.com", 1000.0, revoked=True),
    ]
    assert there_before(devices, 1030.0) == {MIRA, "omar@example.com"}
    assert there_before(devices, 1001.0 + RESTART_SECONDS) == frozenset()
    assert there_before([], 0.0) == frozenset()
