"""What the demonstration tells the tray app that it starts."""

from desktop.policy import decide
from desktop.policy_places import from_environment
from relay.demo import environment


def test_who_waits_for_downloads_is_not_away() -> None:
    """The first toast would wait for a key or the mouse, and the demonstration for the toast."""
    told = environment({"PATH": "/bin"}, "CODE", screen=True)

    assert decide([from_environment(told)]).settings.away_seconds == 3600
    assert (told["PATH"], told["DESKBELL_PAIR_CODE"]) == ("/bin", "CODE")
    assert "QT_QPA_PLATFORM" not in told


def test_what_a_person_has_set_counts() -> None:
    """Without a display it is painted off screen, whatever is set."""
    told = environment({"DESKBELL_AWAY_SECONDS": "90", "QT_QPA_PLATFORM": "xcb"}, "CODE", screen=False)

    assert (told["DESKBELL_AWAY_SECONDS"], told["QT_QPA_PLATFORM"]) == ("90", "offscreen")
