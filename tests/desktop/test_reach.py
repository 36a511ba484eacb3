"""A key leads from any window to the newest toast, and Escape leads back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.attention import Attention
from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.inbox import Inbox
from desktop.preferences_file import PreferencesFile
from desktop.reach import Reach
from desktop.shortcut import Shortcut
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.tray import Tray
from desktop.wishes import Wishes
from relay.protocol import Script
from tests.desktop.in_session import in_session, seen_by

MakeEntry = Callable[..., Entry]


class Session:
    """Who has the keyboard in the whole session: here only what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def remember(self) -> None:
        """Keep in mind who has it."""
        self.asked.append("remember")

    def give(self, window: int) -> None:
        """Give it to a window of ours."""
        self.asked.append("give")

    def give_back(self) -> None:
        """Give it back."""
        self.asked.append("give back")

    def close(self) -> None:
        """Leave."""


@pytest.fixture
def session() -> Session:
    """Nothing was asked for yet."""
    return Session()


@pytest.fixture
def stack(qapp: QApplication, looks: Looks) -> Iterator[Stack]:
    """An empty stack."""
    made = Stack(looks, lambda _id: True, composited=False)
    yield made
    made.clear()


@pytest.fixture
def reach(stack: Stack, session: Session) -> Reach:
    """The way to its toasts."""
    return Reach(stack, lambda: session)


def show(qtbot: QtBot, stack: Stack, *entries: Entry) -> None:
    """Show toasts, and wait until they take presses."""
    for entry in entries:
        stack.add(entry, 60.0)
    qtbot.waitUntil(
        lambda: len(stack.toasts()) == len(entries) and not any(t.is_held() for t in stack.toasts())
    )


def keyed(stack: Stack) -> list[str]:
    """Return the ids of toasts that have the keyboard."""
    return [toast.entry.id for toast in stack.toasts() if toast.has_keys()]


def test_the_key_goes_from_the_newest_to_the_older(
    qtbot: QtBot, stack: Stack, reach: Reach, session: Session, make_entry: MakeEntry
) -> None:
    """The window that had the keyboard is remembered once, not at every step."""
    show(qtbot, stack, make_entry(1), make_entry(2))
    assert keyed(stack) == []
    reach.go()
    assert keyed(stack) == ["event-2"]
    reach.go()
    qtbot.waitUntil(lambda: keyed(stack) == ["event-1"])
    reach.go()
    qtbot.waitUntil(lambda: keyed(stack) == ["event-2"])
    assert session.asked == ["remember", "give", "give", "give"]


def test_escape_dismisses_and_leads_back(
    qtbot: QtBot, stack: Stack, reach: Reach, session: Session, make_entry: MakeEntry
) -> None:
    """The other toast is not asked whether it wants the keyboard."""
    show(qtbot, stack, make_entry(1), make_entry(2))
    reach.go()
    toast = stack.toasts()[0]
    qtbot.waitUntil(toast.isActiveWindow)
    QTest.keyClick(toast, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: session.asked[-1] == "give back")
    assert [toast.entry.id for toast in stack.toasts()] == ["event-1"]
    assert keyed(stack) == []


def test_new_words_keep_the_keyboard(
    qtbot: QtBot, stack: Stack, reach: Reach, session: Session, make_entry: MakeEntry
) -> None:
    """Whoever is reading by keys goes on reading when the toast is revised."""
    show(qtbot, stack, make_entry(1))
    reach.go()
    stack.revise(make_entry(1, title="Paid after all"), 60.0)
    qtbot.waitUntil(lambda: keyed(stack) == ["event-1"])
    assert stack.toasts()[0].title.text() == "Paid after all"
    assert "give back" not in session.asked


def test_a_veil_keeps_the_keyboard(
    qtbot: QtBot, stack: Stack, reach: Reach, session: Session, make_entry: MakeEntry
) -> None:
    """What stands in the place of a toast takes over what that had, and gives it back to the same window."""
    show(qtbot, stack, make_entry(1))
    reach.go()
    stack.veil(Privacy.TYPE)
    qtbot.waitUntil(lambda: keyed(stack) == ["event-1"])
    assert session.asked == ["remember", "give", "give back", "remember", "give"]


def test_without_a_toast_something_else_is_offered(qtbot: QtBot, reach: Reach, session: Session) -> None:
    """Nobody presses a key to see nothing, and nobody loses the keyboard to nothing."""
    with qtbot.waitSignal(reach.nothing_there):
        reach.go()
    assert session.asked == []


def test_every_button_can_be_pressed_by_keys(
    qtbot: QtBot, stack: Stack, reach: Reach, make_entry: MakeEntry
) -> None:
    """Enter presses the one in focus, a number the one at that place, the arrows go about."""
    show(qtbot, stack, make_entry(1, claimable=True))
    reach.go()
    toast = stack.toasts()[0]
    qtbot.waitUntil(toast.isActiveWindow)
    assert toast.script is not None
    assert toast.script.copy.hasFocus()
    with qtbot.waitSignal(toast.copied):
        QTest.keyClick(toast, Qt.Key.Key_Return)
    shown = [button for button in toast.in_order() if button.isVisible()]
    with qtbot.waitSignal(toast.pressed) as pressed:
        QTest.keyClick(toast, Qt.Key.Key_2)
    assert pressed.args == ["event-1", "claim"]
    with qtbot.waitSignal(toast.dismissed):
        QTest.keyClick(toast, Qt.Key(Qt.Key.Key_0 + len(shown)))


def test_tab_goes_by_worth(qtbot: QtBot, stack: Stack, reach: Reach, make_entry: MakeEntry) -> None:
    """Copy, then the work, then the links; menu and cross come last, wherever they stand."""
    show(qtbot, stack, make_entry(1, claimable=True))
    reach.go()
    toast = stack.toasts()[0]
    qtbot.waitUntil(toast.isActiveWindow)
    assert toast.script is not None
    order = []
    for _ in range(5):
        order.append(toast.focusWidget().accessibleName())
        QTest.keyClick(toast.focusWidget(), Qt.Key.Key_Tab)
    assert order == [
        "Copy the suggested reply",
        "Claim this notification",
        "Open invoice, opens dashboard.stripe.com in the browser",
        "More",
        "Dismiss",
    ]
    assert toast.script.copy.hasFocus()


def test_what_cannot_be_copied_has_no_focus(
    qtbot: QtBot, stack: Stack, reach: Reach, make_entry: MakeEntry
) -> None:
    """The first button that can be pressed has it."""
    show(qtbot, stack, make_entry(1, scripts=(Script(name="Reply", text="Hi {{ name }}"),)))
    reach.go()
    toast = stack.toasts()[0]
    assert toast.focusWidget() is toast.links[0]


def test_a_toast_that_was_left_takes_no_more_keys(
    qtbot: QtBot, stack: Stack, reach: Reach, session: Session, make_entry: MakeEntry
) -> None:
    """A press elsewhere takes the keyboard there; a press on the toast does not take it again."""
    show(qtbot, stack, make_entry(1), make_entry(2))
    reach.go()
    reach.go()
    qtbot.waitUntil(lambda: keyed(stack) == ["event-1"])
    left = stack.toasts()[0]
    assert left.windowHandle().flags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert {button.focusPolicy() for button in left.in_order()} == {Qt.FocusPolicy.NoFocus}


def test_a_session_without_such_keys_says_so(qtbot: QtBot) -> None:
    """Where no way is known, the reason is shown beside the setting; no key is no problem."""
    shortcut = Shortcut("offscreen")
    told: list[str] = []
    shortcut.told.connect(told.append)
    shortcut.use("")
    shortcut.use("Ctrl+Alt+N")
    shortcut.use("")
    shortcut.close()
    assert told == ["cannot be had here: this session does not let programs have keys.", ""]


def test_the_setting_takes_effect_at_once(
    qtbot: QtBot, looks: Looks, stack: Stack, inbox: Inbox, tmp_path: Path
) -> None:
    """Chosen while the app runs, it is tried; why it can't be had stands beside it, and is told once."""
    wishes, tray = Wishes(PreferencesFile(tmp_path / "p.json"), {}, places=list), Tray(available=lambda: True)
    attention = Attention(looks, tray, stack, inbox, wishes, platform="offscreen", open_id=lambda: "")
    told: list[str] = []
    attention.noticed.connect(told.append)
    wishes.choose("newest_toast_shortcut", "Ctrl+Alt+N")
    wishes.choose("theme", "dark")
    assert wishes.hindrances["newest_toast_shortcut"].startswith("cannot be had here")
    assert told == [f"Key for the newest toast {wishes.hindrances['newest_toast_shortcut']}"]
    with qtbot.waitSignal(stack.more_asked):
        attention.shortcut.pressed.emit()
    wishes.reset("newest_toast_shortcut")
    assert wishes.hindrances["newest_toast_shortcut"] == ""
    attention.close()
    tray.close()


@pytest.mark.desktop_session
@in_session
def test_the_key_works_from_another_window() -> None:
    """Pressed in a window of another program it leads to the toast and back, and no typed sign is lost."""
    seen = seen_by("reaching", seconds=200)

    steps = ("first", "copied", "tab", "second", "gone", "back", "locks", "loner", "missed", "new_key")
    assert {step: seen[step] for step in steps} == dict.fromkeys(steps, True)
    assert seen["first_button"] == "Copy the suggested reply"
    assert (seen["typed"], seen["focus"]) == ("before after", "somebody types here")
    assert seen["taken"] == ["is taken by another program."]
    assert seen["changed"] == ""
    assert seen["none"] == 2, "without a key nothing happens"
    assert seen["busy_seconds"] < 0.2, "waiting for the key costs nothing"
