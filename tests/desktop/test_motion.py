"""Whether to keep still is asked of the system."""

from pytestqt.qtbot import QtBot

from desktop import motion


def test_a_system_that_says_nothing_does_not_mind(qtbot: QtBot) -> None:
    """Without a portal toasts move as they always did; asking takes no time worth speaking of."""
    assert motion.is_unwanted() is False
