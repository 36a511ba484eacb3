"""Whatever a sender puts into a notification: it is drawn as text, in its place, and holds nothing up."""

import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.entry import Entry
from desktop.inbox import Inbox
from desktop.records import Records
from desktop.stack import Stack
from desktop.theme import Looks
from relay.protocol import Action, Link, Notification, Priority, Script

MakeEntry = Callable[..., Entry]
AREA = QRect(0, 0, 1_366, 728)
STALL_SECONDS = 0.1
"""The longest that a burst may hold up the window."""

TEXTS = {
    "markup": "<h1 style='font-size:900px'>Hi</h1><img src='file:///etc/passwd'><script>alert(1)</script>",
    "rich tooltip": "<qt><a href='javascript:alert(1)'>pay</a></qt>",
    "overrides": "\u202egnp.exe\u202c \u2066\u2067\u2068\u2069\u200f\u061c",
    "ten megabytes": "W" * 10_000_000,
    "five thousand lines": "line\n" * 5_000,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 500,
    "marks": "a" + "\u0301" * 5_000,
    "nulls": "pay\x00ment\x1b[31m\x07\x08\x7f failed",
    "placeholders": "{{ " * 3_000 + " " * 8_000,
    "ampersands": "&&& Save &now &amp; &lt;b&gt;",
    "surrogate pairs": "\U0001f600\U000e0041\U0010ffff" * 300,
    "nothing": "",
    "blanks": "\u3000\u00a0\u2028\u2029\t \r\n",
}


@pytest.fixture
def stack(looks: Looks) -> Iterator[Stack]:
    """An empty stack that groups."""
    made = Stack(looks, lambda _id: True, claim_many=lambda _ids: None, area=lambda: AREA)
    yield made
    made.clear()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_no_text_breaks_out(qtbot: QtBot, stack: Stack, make_entry: MakeEntry, text: str) -> None:
    """In every field at once: the toast keeps its place, says no control character, and copies plain text."""
    entry = make_entry(
        title=text, body=text, source=text[:200], provider=text[:200], type=text[:200], scheme=text[:1_000],
        scripts=(Script(name=text[:500], text=text, language=text[:9], missing=(text[:500],)),),
        links=(Link(label=text[:500], url="https://example.com/"),),
        actions=(Action(name="a", label=text[:500], confirm=text[:500]),),
    )  # fmt: skip
    begun = time.thread_time()
    stack.add(entry, 60.0)
    stack.arrange()
    (toast,) = stack.toasts()
    with qtbot.waitSignal(toast.painted, timeout=10_000):
        pass
    assert time.thread_time() - begun < 5
    card = toast.geometry().adjusted(toast.shadow, toast.shadow, -toast.shadow, -toast.shadow)
    assert AREA.contains(card)
    assert card.height() <= round(AREA.height() * 0.4)
    said = [toast.title.text(), toast.body.text(), toast.source.text(), toast.accessibleName()]
    assert not any(character in words for words in said for character in "\x00\x1b\x07\u202e\u2066\u200f")
    toast.open_menu()
    menu = toast.menu()
    assert menu is not None
    assert menu.sizeHint().width() < AREA.width()
    toast._choose("action", "a")
    toast.claims.no.click()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_no_text_breaks_out_of_the_history(
    qtbot: QtBot, inbox: Inbox, records: Records, make_message: Callable[..., Notification], text: str
) -> None:
    """In list and detail: stored, found and drawn in time, as plain text without a control character."""
    part = text[:300_000]  # three of them still fit into a frame of the wire
    script = Script(name=part[:500], text=part, language=part[:9], missing=(part[:500],))
    inbox.put([make_message(1, title=part, body=part, scripts=(script,))], device="d", epoch="e")
    begun = time.thread_time()
    window = records.make_window("mira@example.com")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.list.model().index(0, 0).data() is not None, timeout=10_000)
    window.select("event-1")
    window.grab()
    assert time.thread_time() - begun < 5
    row = window.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    said = [row, *(each.accessibleName() for each in window.findChildren(QWidget))]
    assert not any(character in words for words in said for character in "\x00\x1b\x07\u202e\u2066\u200f")
    window.stays_reachable = False
    window.close()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "file:///etc/passwd", "\\\\server\\share", "//server/share",
        "smb://server/share", "data:text/html,<b>", "ms-msdt:/id", "https:\\\\evil.example", "vbscript:x",
        "https://stripe.com@evil.example/", "https://stripe.com\u2028.evil.example/", " https://a.example", "",
    ],
)  # fmt: skip
def test_no_dangerous_link_has_a_button(stack: Stack, make_entry: MakeEntry, url: str) -> None:
    """Neither on the toast nor in its menu."""
    stack.add(make_entry(links=(Link(label="Pay", url=url),)), 60.0)
    stack.arrange()
    (toast,) = stack.toasts()
    assert toast.links == []


def test_a_look_alike_host_is_shown_as_it_is_asked(stack: Stack, make_entry: MakeEntry) -> None:
    """Cyrillic letters become punycode, on the button and in the tooltip."""
    stack.add(make_entry(links=(Link(label="stripe.com", url="https://\u0455tr\u0456pe.com/pay"),)), 60.0)
    stack.arrange()
    (toast,) = stack.toasts()
    assert toast.links[0].host.text().startswith("xn--")
    assert toast.links[0].toolTip().startswith("xn--")


def test_five_hundred_in_a_second_hold_nothing_up(qtbot: QtBot, stack: Stack, make_entry: MakeEntry) -> None:
    """The event loop goes on turning; the cap on windows, and one card for many, are what keeps it quick."""
    before = {one for one in QGuiApplication.topLevelWindows() if one.isVisible()}
    stack.add(make_entry(0, title="warm"), 60.0)
    qtbot.waitUntil(lambda: bool(stack.toasts()), timeout=5_000)
    gaps: list[float] = []
    last = time.thread_time()
    beat = QTimer(interval=1)
    feed = QTimer(interval=20)
    sent = 0

    def tick() -> None:
        nonlocal last
        # The thread's own time: what others do on this machine is not ours to answer for.
        now = time.thread_time()
        gaps.append(now - last)
        last = now

    def send() -> None:
        nonlocal sent
        for _ in range(10):
            sent += 1
            priority = Priority.HIGH if sent % 7 == 0 else Priority.NORMAL
            stack.add(make_entry(sent, type=f"kind.{sent % 5}", priority=priority), 60.0)
        if sent >= 500:
            feed.stop()

    beat.timeout.connect(tick)
    feed.timeout.connect(send)
    beat.start()
    feed.start()
    qtbot.waitUntil(lambda: sent >= 500 and len(stack.toasts()) >= 1, timeout=30_000)
    qtbot.wait(300)
    beat.stop()
    windows = {one for one in QGuiApplication.topLevelWindows() if one.isVisible()}
    assert len(windows - before) <= 5
    assert max(gaps) <= STALL_SECONDS, f"{max(gaps) * 1000:.0f} ms"
