"""Storms: when one begins, what it folds, what is told of it and when it is over."""

from relay.event import Draft
from relay.protocol import Priority, Stage
from relay.storms import CALM_SECONDS, RATE, TELL_SECONDS, WINDOW, Storms


def draft(audience: str = "team:billing", collapse: str = "", **more: object) -> Draft:
    """Return a routed notification."""
    fields: dict[str, object] = {
        "id": "n", "source": "s", "provider": "p", "type": "t", "priority": Priority.HIGH, "title": "t",
        "at": 0.0, "playbook": "payment-failed", "audience": (audience,), "collapse": collapse, **more,
    }  # fmt: skip
    return Draft(**fields)  # type: ignore[arg-type] # a record with other fields


def test_the_eleventh_within_a_minute_begins_a_storm() -> None:
    """Ten are ten notifications; the eleventh goes to the inbox, and one notification counts them all."""
    storms = Storms()
    assert not any(storms.folds(draft(), float(second)) for second in range(RATE))
    assert storms.news(9.0) == []
    assert storms.folds(draft(), 10.0)

    (told,) = storms.news(10.5)
    assert (told.key.playbook, told.total, told.more, told.since, told.over) == (
        "payment-failed",
        11,
        11,
        0.0,
        False,
    )


def test_ten_a_minute_is_no_storm() -> None:
    """The eleventh comes when the first is more than a minute old."""
    storms = Storms()
    step = WINDOW / RATE + 0.1
    assert not any(storms.folds(draft(), number * step) for number in range(100))


def test_audiences_and_playbooks_are_counted_apart() -> None:
    """Two teams with ten each have no storm."""
    storms = Storms()
    for second in range(RATE):
        for one in (draft("team:billing"), draft("team:support"), draft(playbook="payment-paid")):
            assert not storms.folds(one, float(second))


def test_the_count_is_told_every_ten_seconds() -> None:
    """Not with each of them, and not if nothing has come."""
    storms = Storms()
    for _ in range(RATE + 1):
        storms.folds(draft(), 0.0)
    storms.news(0.0)
    for second in range(1, 10):
        storms.folds(draft(), float(second))

    assert storms.news(TELL_SECONDS - 0.1) == []
    assert [(told.total, told.more) for told in storms.news(TELL_SECONDS)] == [(20, 9)]
    assert storms.news(2 * TELL_SECONDS) == []


def test_a_storm_is_over_after_a_calm_minute() -> None:
    """The last word has the whole count, and afterwards ten are ten again."""
    storms = Storms()
    for _ in range(RATE + 3):
        storms.folds(draft(), 0.0)
    storms.news(0.0)

    assert storms.folds(draft(), 30.0), "it still goes on"
    last_fast = 30.0
    assert storms.news(last_fast + CALM_SECONDS - 0.1) != [], "a higher count"
    (told,) = storms.news(last_fast + CALM_SECONDS)
    assert (told.total, told.more, told.over) == (14, 0, True)
    assert storms.going_on == ()
    assert not storms.folds(draft(), 91.0)


def test_what_is_urgent_or_offered_is_never_folded() -> None:
    """Somebody has to see it now."""
    storms = Storms()
    for _ in range(50):
        assert not storms.folds(draft(priority=Priority.URGENT), 0.0)
        assert not storms.folds(draft(stage=Stage.OFFERED), 0.0)


def test_a_case_that_goes_on_counts_once() -> None:
    """Fifty replies in one ticket take one place, and are no storm."""
    storms = Storms()
    assert not any(storms.folds(draft(collapse="ticket/7"), 0.0) for _ in range(50))
    assert storms.news(0.0) == []


def test_what_is_watched_has_a_limit() -> None:
    """Very many audiences push out calm ones, and no storm."""
    storms = Storms()
    for _ in range(RATE + 1):
        storms.folds(draft("team:stormy"), 0.0)
    for number in range(10_100):
        storms.folds(draft(f"agent:{number}"), 0.0)

    assert len(storms._watches) == 10_000
    assert [key.audience for key in storms.going_on] == [("team:stormy",)]


def test_a_storm_says_of_what_it_is() -> None:
    """Source and type are told as long as all are of one."""
    storms = Storms()
    for second in range(RATE + 1):
        storms.folds(draft(), float(second))
    (told,) = storms.news(11.0)
    assert (told.source, told.type) == ("s", "t")

    storms.folds(draft(type="u"), 12.0)
    (told,) = storms.news(11.0 + TELL_SECONDS)
    assert (told.source, told.type) == ("s", "")


def test_what_came_before_a_storm_is_not_of_it() -> None:
    """One of another source an hour ago takes nothing from what is said of the storm."""
    storms = Storms()
    storms.folds(draft(source="other", type="u"), 0.0)
    for second in range(RATE + 1):
        storms.folds(draft(), 3600.0 + second)
    (told,) = storms.news(3611.0)
    assert (told.source, told.type, told.total) == ("s", "t", RATE + 1)
