"""What is new about a sample: ids and times, in the form in which they stood there."""

from typing import Any

import pytest

from relay.renewal import Identity, Moment, renew

NOW = 1_790_000_000.0  # 2026-09-21 14:13:20 UTC, a Monday
UUID = "0f8b5d5e-0a54-4c0e-9f43-6f0f2f3c7a11"
HEX = UUID.replace("-", "")
NUMBER = int(HEX, 16) % 10**12


def renewed(document: Any, identity: Identity, **more: Any) -> tuple[Any, str]:
    """Return the document as it has become, and the event's id."""
    event_id = renew(document, identity, more.get("times", {}), more.get("case", {}), now=NOW, new_id=UUID)
    return document, event_id


@pytest.mark.parametrize(
    ("old", "moment", "new"),
    [
        (1_772_193_600, Moment(), 1_790_000_000),
        (1_772_193_600_000, Moment(after=-60), 1_789_999_940_000),
        ("1772193600000", Moment(), "1790000000000"),
        ("1772193600", Moment(), "1790000000"),
        ("2026-02-27", Moment(after=86_400), "2026-09-22"),
        ("2026-02-27T12:00:00", Moment(), "2026-09-21T14:13:20"),
        ("2026-02-27T12:00:00Z", Moment(step=60), "2026-09-21T14:13:00Z"),
        ("2026-02-27T12:00:00.123Z", Moment(), "2026-09-21T14:13:20.123Z"),
        ("2026-02-27T12:00:00+01:00", Moment(zone="+02:00"), "2026-09-21T16:13:20+02:00"),
        ("2026-02-27T12:00:00-05:00", Moment(zone="-05:00"), "2026-09-21T09:13:20-05:00"),
        ("Fri, 27 Feb 2026 12:00:00 +0000", Moment(), "Mon, 21 Sep 2026 14:13:20 +0000"),
        ("Fri Feb 27 12:00:00 +0000 2026", Moment(), "Mon Sep 21 14:13:20 +0000 2026"),
    ],
)
def test_a_time_keeps_its_form(old: object, moment: Moment, new: object) -> None:
    """Whatever a provider writes times in, the new one is written so, too."""
    assert renewed({"at": old}, Identity(pattern="x"), times={"at": moment})[0] == {"at": new}


@pytest.mark.parametrize("old", ["yesterday", "", None])
def test_what_is_no_time_is_refused(old: object) -> None:
    """A mistake in a sample is found by its test."""
    with pytest.raises(ValueError, match="is no time"):
        renewed({"at": old}, Identity(pattern="x"), times={"at": Moment()})


def test_an_id_stands_where_the_provider_puts_it() -> None:
    """Text stays text and a number a number, in an object or in a list."""
    assert renewed({"id": "evt_1"}, Identity(pattern="evt_{hex}", path="id")) == (
        {"id": f"evt_{HEX}"},
        f"evt_{HEX}",
    )
    assert renewed([{"eventId": 7}], Identity(pattern="{number}", path="0.eventId")) == (
        [{"eventId": NUMBER}],
        str(NUMBER),
    )


def test_an_id_may_be_made_by_the_relay() -> None:
    """Of parts of the body, of the time, or of the moment of arrival, which nobody knows beforehand."""
    assert renewed({}, Identity(event="call.created:7:{now}"))[1] == "call.created:7:1790000000"
    assert renewed({"sid": ""}, Identity(pattern="CA{hex}", path="sid", event="{id}:ringing"))[1] == (
        f"CA{HEX}:ringing"
    )
    assert renewed({}, Identity(event=""))[1] == ""


def test_a_case_has_an_id_of_its_own() -> None:
    """A number in the body stays one, and is exact in every JSON reader."""
    found, _ = renewed(
        {"a": {"id": 5, "ref": "AB"}}, Identity(), case={"a.id": "{number}", "a.ref": "{hex:.6}"}
    )
    assert found == {"a": {"id": NUMBER, "ref": HEX[:6]}}
    assert NUMBER < 2**53
