"""The real app under a window manager, with a tray, a notification service and an unlocked keyring."""

from pathlib import Path

import pytest

from tests.desktop.hundred_toasts import TOASTS, WORDS
from tests.desktop.in_session import in_session, seen_by
from tests.desktop.real_desktop import TYPED


@pytest.mark.desktop_session
@in_session
def test_an_agent_who_types_loses_no_key_while_toasts_come(tmp_path: Path) -> None:
    """Twenty-one toasts come while somebody types: the words, the focus, the tray and the keyring are all right."""
    seen = seen_by("real_desktop", str(tmp_path / "screen.png"))

    assert seen["typed"] == TYPED
    assert seen["focus"] == "somebody types here"
    assert seen["milliseconds"] is not None, seen["demo_log"]
    assert seen["windows"] >= 2, "the tray icon and at least one toast"
    assert seen["token"], "the token is in the system's keyring"
    assert seen["demo_running"]
    assert seen["demo_status"] == 130
    assert "Traceback" not in seen["desktop_log"]
    assert (tmp_path / "screen.png").stat().st_size > 10_000


@pytest.mark.desktop_session
@in_session
def test_a_hundred_toasts_take_no_key() -> None:
    """They come and go above another window, also urgent ones; the words and the focus stay there."""
    seen = seen_by("hundred_toasts")

    assert seen["typed"] == WORDS
    assert seen["focus"] == "somebody types here"
    assert seen["painted"] == TOASTS


@pytest.mark.desktop_session
@in_session
def test_the_window_in_front_is_found() -> None:
    """Its middle is what the window manager says, within the width of its frame."""
    seen = seen_by("front_window", seconds=120)

    assert seen["found"] == pytest.approx(seen["window"], abs=30)
