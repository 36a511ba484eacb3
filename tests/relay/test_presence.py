"""Presence: who is connected, how available, since when absent, and how often somebody was asked."""

from relay.presence import OFFER_MEMORY, Presence
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
