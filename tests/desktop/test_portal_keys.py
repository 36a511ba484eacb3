"""On Wayland the desktop gives keys, by a portal, if it has one and the person agrees."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.keys import parse
from desktop.portal_keys import NAME, PortalKeys
from tests.desktop.notification_service import session_bus
from tests.desktop.shortcut_portal import serving

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("dbus-daemon") is None, reason="needs a D-Bus of its own"
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A bus of the test's own."""
    with session_bus(tmp_path) as found:
        yield found


@pytest.fixture
def keys(address: str) -> Iterator[PortalKeys]:
    """What asks for keys on that bus."""
    made = PortalKeys(address=address)
    yield made
    made.close()


def test_a_key_is_asked_for_pressed_and_given_back(qtbot: QtBot, address: str, keys: PortalKeys) -> None:
    """The wish is told, presses come, another wish takes its place, and none ends it."""
    with serving(address) as portal:
        with qtbot.waitSignal(keys.told) as told:
            keys.grab(parse("Ctrl+Alt+N"))
        assert told.args == [""]
        with qtbot.waitSignal(keys.pressed):
            portal.press(NAME)
        with qtbot.waitSignal(keys.told):
            keys.grab(parse("Meta+F9"))
        assert portal.asked == ["CTRL+ALT+n", "closed", "LOGO+F9"]
        keys.release()
        qtbot.waitUntil(lambda: portal.session == "")


def test_others_keys_are_not_ours(qtbot: QtBot, address: str, keys: PortalKeys) -> None:
    """A press of another name is somebody else's."""
    with serving(address) as portal:
        with qtbot.waitSignal(keys.told):
            keys.grab(parse("Ctrl+Alt+N"))
        heard: list[bool] = []
        keys.pressed.connect(lambda: heard.append(True))
        portal.press("something-else")
        with qtbot.waitSignal(keys.pressed):
            portal.press(NAME)
        assert heard == [True]


def test_a_no_is_told(qtbot: QtBot, address: str, keys: PortalKeys) -> None:
    """The person may refuse what the desktop asks them."""
    with serving(address, allows=False), qtbot.waitSignal(keys.told) as told:
        keys.grab(parse("Ctrl+Alt+N"))
    assert told.args == ["was not allowed by your desktop."]


def test_a_desktop_without_a_portal_is_told(qtbot: QtBot, keys: PortalKeys) -> None:
    """Many have none."""
    with qtbot.waitSignal(keys.told) as told:
        keys.grab(parse("Ctrl+Alt+N"))
    assert told.args == ["cannot be had here: this session does not let programs have keys."]
