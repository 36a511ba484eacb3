"""A toast shows its entry as plain text, keeps to its size and time, and never takes the focus."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.entry import Entry
from desktop.guard import HOLD_SECONDS
from desktop.theme import Looks
from desktop.toast import Toast
from relay.protocol import Link, Priority, Script

MakeEntry = Callable[..., Entry]
MakeToast = Callable[..., Toast]


class Clock:
    """A clock that a test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A monotonic clock under control."""
    return Clock()


@pytest.fixture
def make_toast(looks: Looks, make_entry: MakeEntry, clock: Clock) -> Iterator[MakeToast]:
    """Return a function that shows a toast, away from the offscreen pointer."""
    made: list[Toast] = []

    def make(*, seconds: float | None = None, most: int = 600, **changes: object) -> Toast:
        toast = Toast(
            looks, make_entry(**changes), seconds=seconds, clock=clock, wall=lambda: 1_800_000_130.0
        )
        made.append(toast)
        toast.fit(most)
        toast.move(200, 200)
        toast.show()
        return toast

    yield make
    for toast in made:
        toast.close()
        toast.deleteLater()


def press(widget: QWidget) -> None:
    """Press a widget in its middle."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def enter(toast: Toast) -> None:
    """Let the pointer come over a toast."""
    middle = QPointF(50, 50)
    QApplication.sendEvent(toast, QEnterEvent(middle, middle, middle))


def leave(toast: Toast) -> None:
    """Let the pointer leave a toast."""
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))


def test_the_first_paint_is_reported_with_what_was_drawn(qtbot: QtBot, make_toast: MakeToast) -> None:
    """After the first picture the toast says so, once, and can tell every text it drew."""
    toast = make_toast(priority=Priority.HIGH)
    with qtbot.waitSignal(toast.painted, timeout=5_000) as heard:
        pass
    assert heard.args == ["event-1"]
    assert toast.painted_at == 1_800_000_130.0
    assert toast.painted_texts() == {
        "title": "Payment 1 failed: Ana Souza",
        "body": "The card was declined.",
        "script": "Hi Ana, your payment did not go through.",
        "links": [{"label": "Open invoice", "host": "dashboard.stripe.com"}],
    }
    assert (toast.priority.text(), toast.source.text(), toast.age.text()) == (
        "High",
        "Stripe · verified",
        "2 min",
    )
    with qtbot.assertNotEmitted(toast.painted, wait=20):
        toast.repaint()


def test_nothing_is_painted_before_it_is_shown(looks: Looks, make_entry: MakeEntry) -> None:
    """A text counts as painted only when its widget drew it."""
    toast = Toast(looks, make_entry(), seconds=None)
    assert toast.painted_texts()["title"] == ""
    toast.deleteLater()


def test_a_toast_cannot_take_the_focus(make_toast: MakeToast) -> None:
    """The window refuses the focus, shows without activating, and so does every button on it."""
    toast = make_toast()
    flags = toast.windowFlags()
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert flags & Qt.WindowType.Tool == Qt.WindowType.Tool
    assert toast.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    policies = {child.focusPolicy() for child in toast.findChildren(QWidget)}
    assert policies == {Qt.FocusPolicy.NoFocus}


def test_copy_puts_the_plain_script_on_the_clipboard(qtbot: QtBot, make_toast: MakeToast) -> None:
    """One press copies the whole script, and the button says so."""
    toast = make_toast()
    assert toast.script is not None
    with qtbot.waitSignal(toast.copied) as heard:
        press(toast.script.copy)
    assert heard.args == ["event-1"]
    assert QGuiApplication.clipboard().text() == "Hi Ana, your payment did not go through."
    assert toast.script.copy.text() == "Copied"
    qtbot.waitUntil(lambda: toast.script is not None and toast.script.copy.text() == "Copy", timeout=5_000)


def test_every_button_of_a_script_is_hit_easily(
    qtbot: QtBot, looks: Looks, make_toast: MakeToast, clock: Clock
) -> None:
    """In all of 32 pixels, of which the edges aren't drawn: three toasts have to fit a small screen."""
    scripts = (Script(name="Call", text="word " * 200), Script(name="Mail", text="Hallo"))
    toast = make_toast(scripts=scripts)
    assert toast.script is not None
    clock.now += HOLD_SECONDS
    for button in toast.script.buttons():
        assert button.height() >= 2 * looks.sizes["large"]
        for y in (0, button.height() - 1):
            with qtbot.waitSignal(button.clicked):
                QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(button.width() // 2, y))


def test_a_script_with_a_hole_cannot_be_copied(qtbot: QtBot, make_toast: MakeToast) -> None:
    """An unfilled placeholder blocks Copy, and the toast says what is missing."""
    toast = make_toast(scripts=(Script(name="", text="Hi {{ contact.name }}"),))
    assert toast.script is not None
    assert not toast.script.copy.isEnabled()
    assert toast.script.missing.text() == "Not ready to copy: contact.name is missing."
    assert toast.script.name.text() == "Suggested reply"


def test_a_second_script_is_one_press_away(qtbot: QtBot, make_toast: MakeToast) -> None:
    """Several scripts are shown one at a time, and Copy copies the one that is shown."""
    toast = make_toast(scripts=(Script(name="A", text="first"), Script(name="B", text="second")))
    assert toast.script is not None
    press(toast.script.other)
    press(toast.script.copy)
    assert QGuiApplication.clipboard().text() == "second"
    assert (toast.script.name.text(), toast.script.other.text()) == ("B", "2 of 2")


def test_show_all_unfolds_a_long_script(qtbot: QtBot, make_toast: MakeToast) -> None:
    """A long script shows three lines and, when asked, everything, scrolling if it must."""
    toast = make_toast(scripts=(Script(name="A", text="All of this. " * 60),))
    toast.resized.connect(lambda: toast.fit(600))
    before = toast.height()
    assert toast.script is not None
    assert toast.script.more.isVisible()
    press(toast.script.more)
    assert before < toast.height() <= 600 + 2 * toast.shadow
    assert toast.script.more.text() == "Show less"
    press(toast.script.more)
    assert toast.height() == before


def test_links_show_their_host_and_are_asked_for_by_address(qtbot: QtBot, make_toast: MakeToast) -> None:
    """At most two links, only those that may be opened; an ampersand stays what it is."""
    toast = make_toast(
        links=(
            Link(label="Bad", url="javascript:alert(1)"),
            Link(label="Terms & more", url="https://bücher.example/x"),
            Link(label="Two", url="https://two.example/"),
            Link(label="Three", url="https://three.example/"),
        )
    )
    shown = [b.label.text() for b in toast.links if b.isVisibleTo(toast)]
    assert shown == ["Terms & more", "Two"]
    with qtbot.waitSignal(toast.link_opened) as heard:
        press(toast.links[0])
    assert heard.args == ["event-1", "https://xn--bcher-kva.example/x"]


def test_markup_is_drawn_as_it_was_sent(qtbot: QtBot, make_toast: MakeToast) -> None:
    """No text on a toast is ever read as HTML (promise P7)."""
    toast = make_toast(title="<b>Click</b> <a href='https://evil.example'>here</a>", body="<img src=x> &amp;")
    with qtbot.waitSignal(toast.painted, timeout=5_000):
        pass
    assert toast.painted_texts()["title"] == "<b>Click</b> <a href='https://evil.example'>here</a>"
    assert toast.painted_texts()["body"] == "<img src=x> &amp;"


@pytest.mark.parametrize(
    "title", ["W" * 3_000, "wide words " * 300, "\u202e" * 90, "漢" * 900, "😀" * 400, ""]
)
@pytest.mark.parametrize("most", [220, 330])
def test_no_text_makes_a_toast_larger_than_it_may_be(make_toast: MakeToast, title: str, most: int) -> None:
    """Width is fixed and height is bounded, whatever a provider sends."""
    toast = make_toast(title=title, body=title * 3, scripts=(Script(name=title, text=title),), most=most)
    assert toast.width() == toast._looks.sizes["toast"] + 2 * toast.shadow
    assert toast.height() <= max(most, 250) + 2 * toast.shadow
    assert len(toast.title.drawn(toast.title.width())) <= 2
    for line in toast.title.drawn(toast.title.width()):
        assert toast.title.fontMetrics().horizontalAdvance(line) <= toast.title.width() + 1


def test_a_toast_expires_after_its_time(qtbot: QtBot, make_toast: MakeToast) -> None:
    """When the time is over the toast says so."""
    toast = make_toast(seconds=0.05)
    with qtbot.waitSignal(toast.expired, timeout=5_000) as heard:
        toast.start()
    assert heard.args == ["event-1"]


def test_an_urgent_toast_stays(qtbot: QtBot, make_toast: MakeToast) -> None:
    """Without a time there is nothing that could expire."""
    toast = make_toast(seconds=None)
    toast.start()
    assert toast.remaining() is None
    assert not toast.is_running()


def test_the_pointer_stops_the_time(make_toast: MakeToast, clock: Clock) -> None:
    """Under the pointer no time passes, and after it left there are at least three seconds."""
    toast = make_toast(seconds=8)
    toast.start()
    clock.now += 7
    enter(toast)
    assert not toast.is_running()
    clock.now += 100
    assert toast.remaining() == pytest.approx(1)
    leave(toast)
    assert toast.remaining() == pytest.approx(3)
    assert toast.is_running()


def test_a_long_rest_is_kept_after_the_pointer_left(make_toast: MakeToast, clock: Clock) -> None:
    """The pointer adds no time to a toast that has more than three seconds left."""
    toast = make_toast(seconds=20)
    toast.start()
    clock.now += 5
    enter(toast)
    leave(toast)
    assert toast.remaining() == pytest.approx(15)


def test_presses_right_after_a_move_are_ignored(qtbot: QtBot, make_toast: MakeToast, clock: Clock) -> None:
    """For 400 ms after the card moved nothing can be pressed by mistake."""
    QGuiApplication.clipboard().setText("before")
    toast = make_toast()
    toast.hold()
    assert toast.script is not None
    with qtbot.assertNotEmitted(toast.dismissed), qtbot.assertNotEmitted(toast.opened):
        press(toast.dismiss)
        press(toast.script.copy)
        press(toast.links[0])
        press(toast)
    assert QGuiApplication.clipboard().text() == "before"
    clock.now += HOLD_SECONDS
    with qtbot.waitSignal(toast.dismissed):
        press(toast.dismiss)


def test_pressing_the_card_opens_the_entry(qtbot: QtBot, make_toast: MakeToast) -> None:
    """A press beside the buttons asks for the entry itself; one that ends outside does not."""
    toast = make_toast()
    with qtbot.waitSignal(toast.opened) as heard:
        QTest.mouseClick(toast, Qt.MouseButton.LeftButton, pos=QPoint(40, toast.height() - 30))
    assert heard.args == ["event-1"]
    with qtbot.assertNotEmitted(toast.opened):
        QTest.mouseRelease(toast, Qt.MouseButton.LeftButton, pos=QPoint(-50, -50))


def test_a_screen_reader_gets_one_sentence(make_toast: MakeToast) -> None:
    """The window's accessible name says priority, source, age and title."""
    toast = make_toast(priority=Priority.URGENT)
    assert toast.accessibleName().startswith("Urgent notification from Stripe, 2 min ago: Payment 1 failed")
    assert toast.dismiss.accessibleName() == "Dismiss"


def test_without_a_compositor_the_card_is_cut_to_shape(looks: Looks, make_entry: MakeEntry) -> None:
    """On bare X11 there is no shadow, and the corners are cut by a mask."""
    toast = Toast(looks, make_entry(), seconds=None, composited=False)
    toast.fit(400)
    assert toast.shadow == 0
    assert not toast.mask().contains(QPoint(0, 0))
    assert toast.mask().contains(QPoint(20, 20))
    toast.deleteLater()


def test_what_is_over_offers_nothing(qtbot: QtBot, looks: Looks, make_entry: MakeEntry) -> None:
    """Its last word stands alone: neither the script nor a link can be pressed, and nobody waits any more."""
    toast = Toast(looks, make_entry(claimable=True), seconds=None)
    qtbot.addWidget(toast)
    toast.fit(10_000)
    toast.show()
    toast.leave("Claimed by Mira")

    assert toast.script is not None
    assert not toast.script.copy.isEnabled()
    assert not any(link.isEnabled() for link in toast.links)
    assert not toast.age.isVisible()
    assert toast.claims.words.isEnabled()


def test_an_unfolded_script_leaves_no_gap(qtbot: QtBot, looks: Looks, make_entry: MakeEntry) -> None:
    """Where all of it has room, no line is kept for a bar that isn't there."""
    text = "Your card was declined by the bank, and you can use another one here. " * 6
    toast = Toast(looks, make_entry(scripts=(Script(name="Reply", text=text),)), seconds=None)
    qtbot.addWidget(toast)
    assert toast.script is not None
    toast.fit(10_000)
    toast.show()
    toast.script.more.click()
    toast.fit(10_000)
    qtbot.wait(1)

    words = toast.script.text
    assert words.height() == words.heightForWidth(words.width())
