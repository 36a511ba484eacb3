"""Three toasts at most, in their corner, urgent first; the rest is a number."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.placement import Box, Corner, place, squeeze
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.toast import Toast
from desktop.waiting import MOST, STALE_SECONDS
from relay.protocol import Link, Priority, Script

MakeEntry = Callable[..., Entry]
AREA = QRect(100, 50, 1_600, 1_000)


class Desk:
    """What a stack needs from outside, under a test's control."""

    def __init__(self) -> None:
        self.now = 0.0
        self.area = AREA
        self.claimed: list[str] = []
        self.refused: set[str] = set()

    def claim(self, entry_id: str) -> bool:
        """Remember who asked to be shown."""
        self.claimed.append(entry_id)
        return entry_id not in self.refused


@pytest.fixture
def desk() -> Desk:
    """A desk without a stack."""
    return Desk()


@pytest.fixture
def stack(looks: Looks, desk: Desk) -> Iterator[Stack]:
    """An empty stack on a screen of 1600 by 1000."""
    made = Stack(looks, desk.claim, area=lambda: desk.area, clock=lambda: desk.now)
    yield made
    made.clear()


def ids(stack: Stack) -> list[str]:
    """Return the ids of the visible toasts, the newest first."""
    return [toast.entry.id for toast in stack.toasts()]


def add(stack: Stack, *entries: Entry) -> None:
    """Add entries and let the stack settle."""
    for entry in entries:
        stack.add(entry, 60.0)
    stack.arrange()


def card(toast: Toast) -> QRect:
    """Return where the card of a toast is, without its shadow."""
    return toast.geometry().adjusted(toast.shadow, toast.shadow, -toast.shadow, -toast.shadow)


def test_places_are_in_the_corner_one_above_the_other() -> None:
    """The first rectangle is nearest the corner; all are right-aligned and don't overlap."""
    area = Box(100, 50, 1_600, 1_000)
    spots = place(area, [100, 200], 360, margin=12, gap=8, corner=Corner.BOTTOM_RIGHT)
    assert spots == [(1_328, 938, 360, 100), (1_328, 730, 360, 200)]
    top = place(area, [100, 200], 360, margin=12, gap=8, corner=Corner.TOP_RIGHT)
    assert top[1] == (1_328, 170, 360, 200)
    assert place(area, [100], 360, margin=12, gap=8, corner=Corner.BOTTOM_LEFT)[0].left == 112


def test_cards_give_way_in_turn_and_no_more_than_needed() -> None:
    """The first shrinks before the second; with one pixel too little for the smallest nothing fits."""
    shapes = [[100, 80, 60], [100, 80, 60], [100, 70]]
    assert squeeze(shapes, 300) == [0, 0, 0]
    assert squeeze(shapes, 299) == [1, 0, 0]
    assert squeeze(shapes, 250) == [2, 1, 0]
    assert squeeze(shapes, 190) == [2, 2, 1]
    assert squeeze(shapes, 189) is None


def test_the_newest_is_nearest_the_corner(stack: Stack, make_entry: MakeEntry) -> None:
    """Toasts that arrive together or one by one are ordered by arrival, in the free area."""
    add(stack, make_entry(1), make_entry(2))
    add(stack, make_entry(3))
    assert ids(stack) == ["event-3", "event-2", "event-1"]
    bottoms = [card(toast).bottom() for toast in stack.toasts()]
    assert bottoms == sorted(bottoms, reverse=True)
    assert all(AREA.contains(card(toast)) for toast in stack.toasts())


def test_a_burst_of_500_never_makes_500_windows(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """Three are shown, some wait, the rest is only counted; nothing else is claimed or built."""
    before = set(QApplication.topLevelWidgets())
    add(stack, *(make_entry(seq) for seq in range(1, 501)))
    made = set(QApplication.topLevelWidgets()) - before
    assert len([each for each in made if isinstance(each, Toast)]) == 3
    assert stack.more() == 497
    assert len(stack._queue) <= MOST
    assert len(desk.claimed) == 3
    assert stack._chip.button.text() == "+497 more"
    assert stack._chip.isVisible()


def test_a_toast_is_built_on_one_turn_and_shown_on_another(stack: Stack, make_entry: MakeEntry) -> None:
    """Both in one turn would hold everything else up; what comes meanwhile doesn't waste what is built."""
    stack.add(make_entry(1), 60.0)
    stack._advance()
    assert ids(stack) == []
    built = stack._ahead._built
    stack.add(make_entry(2), 60.0)
    stack._advance()
    assert built is not None
    assert stack.toasts() == [built[1]]
    assert ids(stack) == ["event-1"]


@pytest.mark.parametrize("fate", ["withdrawn", "changed", "veiled", "enlarged", "surpassed", "cleared"])
def test_what_was_built_too_early_is_never_seen(stack: Stack, make_entry: MakeEntry, fate: str) -> None:
    """Between the two turns its entry or the letters may change, or something urgent may come."""
    stack.add(make_entry(1, title="before"), 60.0)
    stack._advance()
    assert stack._ahead._built is not None
    early = stack._ahead._built[1]
    match fate:
        case "withdrawn":
            stack.withdraw("event-1")
        case "changed":
            assert stack.wait_on(make_entry(1, title="after"))
        case "veiled":
            stack.veil(Privacy.NOTHING)
        case "enlarged":
            stack._looks.changed.emit()
        case "surpassed":
            stack.add(make_entry(2, title="urgent", priority=Priority.URGENT), 60.0)
        case _:
            stack.clear()
    stack.arrange()
    assert early not in stack.toasts()
    assert not early.isVisible()
    shown = {
        "withdrawn": [],
        "changed": ["after"],
        "veiled": ["New item"],
        "enlarged": ["before"],
        "surpassed": ["urgent", "before"],
        "cleared": [],
    }
    assert [toast.title.text() for toast in stack.toasts()] == shown[fate]
    assert stack._ahead.waiting is None


def test_the_chip_opens_the_history_and_empties_the_queue(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry
) -> None:
    """Whoever presses the chip sees everything in the history; no toast of it follows."""
    add(stack, *(make_entry(seq) for seq in range(1, 8)))
    with qtbot.waitSignal(stack.more_asked):
        QTest.mouseClick(stack._chip.button, Qt.MouseButton.LeftButton)
    assert stack.more() == 0
    assert not stack._chip.isVisible()


def test_a_free_place_is_taken_by_who_waits(stack: Stack, make_entry: MakeEntry) -> None:
    """When a toast goes, the newest that waits is shown."""
    add(stack, *(make_entry(seq) for seq in range(1, 6)))
    assert ids(stack) == ["event-5", "event-4", "event-3"]
    stack.withdraw("event-4")
    stack.arrange()
    assert ids(stack) == ["event-5", "event-3", "event-2"]


def test_an_urgent_one_gets_a_place_and_nothing_is_lost(
    stack: Stack, make_entry: MakeEntry, desk: Desk
) -> None:
    """An urgent toast takes the place of the oldest that isn't, which comes back later without a new claim."""
    add(stack, make_entry(1), make_entry(2), make_entry(3))
    add(stack, make_entry(4, priority=Priority.URGENT))
    assert ids(stack) == ["event-4", "event-3", "event-2"]
    stack.withdraw("event-3")
    stack.arrange()
    assert ids(stack) == ["event-4", "event-2", "event-1"]
    assert sorted(desk.claimed) == ["event-1", "event-2", "event-3", "event-4"]


def test_a_high_one_displaces_the_oldest_normal_one(stack: Stack, make_entry: MakeEntry) -> None:
    """Urgent before high before normal; but what somebody reads gives way to what is urgent only."""
    add(stack, make_entry(1, priority=Priority.HIGH), make_entry(2), make_entry(3))
    add(stack, make_entry(4, priority=Priority.HIGH))
    assert ids(stack) == ["event-4", "event-3", "event-1"]
    stack.toasts()[1]._come("pointer")
    add(stack, make_entry(5, priority=Priority.HIGH))
    assert ids(stack) == ["event-4", "event-3", "event-1"]
    add(stack, make_entry(6, priority=Priority.URGENT))
    assert ids(stack) == ["event-6", "event-4", "event-3"]


def test_a_veil_falls_on_what_is_there_and_lifts_again(stack: Stack, make_entry: MakeEntry) -> None:
    """The same toasts in the same places with the same time left, only their words are others."""
    add(stack, make_entry(1), make_entry(2))
    stack.veil(Privacy.NOTHING)
    assert [toast.title.text() for toast in stack.toasts()] == ["New item", "New item"]
    assert ids(stack) == ["event-2", "event-1"]
    assert 50 < (stack.toasts()[0].remaining() or 0) <= 60
    stack.veil(Privacy.FULL)
    assert stack.toasts()[1].title.text() == "Payment 1 failed: Ana Souza"


def test_a_screen_that_vanishes_takes_no_toast_with_it(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry, desk: Desk
) -> None:
    """They stand on the screen that is left, at once."""
    desk.area = QRect(1_920, 0, 2_560, 1_400)
    add(stack, make_entry(1), make_entry(2))
    assert all(desk.area.contains(card(toast)) for toast in stack.toasts())
    desk.area = QRect(0, 0, 1_366, 728)
    stack.screens.changed.emit()
    qtbot.waitUntil(lambda: all(desk.area.contains(card(t)) for t in stack.toasts()), timeout=5_000)
    assert len(ids(stack)) == 2


def test_urgent_ones_do_not_push_each_other_away(stack: Stack, make_entry: MakeEntry) -> None:
    """A fourth urgent toast waits for its turn."""
    add(stack, *(make_entry(seq, priority=Priority.URGENT) for seq in (1, 2, 3)))
    add(stack, make_entry(4, priority=Priority.URGENT))
    assert ids(stack) == ["event-3", "event-2", "event-1"]
    assert stack.more() == 1


def test_nothing_is_built_that_cannot_get_a_place(stack: Stack, make_entry: MakeEntry) -> None:
    """While three urgent ones stay, what waits costs nothing; a free place is found all the same."""
    add(stack, *(make_entry(number, priority=Priority.URGENT) for number in range(3)))
    built = {widget for widget in QApplication.allWidgets() if isinstance(widget, Toast)}
    add(stack, *(make_entry(number, priority=Priority.HIGH, type=f"t{number}") for number in range(3, 40)))
    assert {widget for widget in QApplication.allWidgets() if isinstance(widget, Toast)} <= built
    stack.withdraw(ids(stack)[0])
    stack.arrange()
    assert stack.toasts()[0].entry.priority is Priority.HIGH


def test_a_turn_of_the_event_loop_builds_one_toast(qtbot: QtBot, stack: Stack, make_entry: MakeEntry) -> None:
    """Three cards in one turn would hold up what else the app has to do; what comes first is shown first."""
    for number in range(3):
        stack.add(make_entry(number, type=f"t{number}"), 60.0)
    turns: list[int] = []
    watch = QTimer(stack, interval=0)
    watch.timeout.connect(lambda: turns.append(len(stack.toasts())))
    watch.start()
    qtbot.waitUntil(lambda: len(stack.toasts()) == 3)
    watch.stop()
    assert {1, 2} <= set(turns)
    assert [toast.entry.id for toast in stack.toasts()] == ["event-2", "event-1", "event-0"]


def test_what_was_shown_before_is_not_shown_again(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """An entry whose claim fails is passed over, and the next one gets the place (promise P3)."""
    desk.refused = {"event-3"}
    add(stack, make_entry(1), make_entry(2), make_entry(3))
    assert ids(stack) == ["event-2", "event-1"]


def test_old_news_does_not_pop_up(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """What waited for more than a minute stays in the inbox; the chip doesn't count it any more."""
    add(stack, *(make_entry(seq) for seq in range(1, 5)))
    assert stack.more() == 1
    desk.now += STALE_SECONDS + 1
    stack.withdraw("event-4")
    stack.arrange()
    assert ids(stack) == ["event-3", "event-2"]
    assert stack.more() == 0


def test_the_chip_does_not_stay_with_an_urgent_one(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """It stays for hours, and what came on top of a burst was no news after a minute."""
    add(stack, make_entry(1, priority=Priority.URGENT))
    add(stack, *(make_entry(seq) for seq in range(2, MOST + 20)))
    assert stack.more() > MOST
    assert stack._chip.isVisible()
    desk.now += STALE_SECONDS + 1
    stack._ticker.tick()
    assert stack.more() == 0
    assert not stack._chip.isVisible()


def test_a_low_screen_shows_fewer(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """No toast stands outside the free area, and none takes more than its share of the height."""
    desk.area = QRect(0, 0, 800, 600)
    add(stack, *(make_entry(seq, body="long text " * 60) for seq in range(1, 4)))
    assert 1 <= len(ids(stack)) < 3
    for toast in stack.toasts():
        assert desk.area.contains(card(toast))
        assert card(toast).height() <= 240


LONG: dict[str, Any] = {
    "body": "Attempt 2 for invoice AUR-2046-0007 failed. Stripe tries again on 24 November.",
    "scripts": (Script(name="Call", text="Hello Maya, your payment did not go through. " * 20),),
    "links": tuple(Link(label="Open invoice", url=f"https://example.com/{n}") for n in range(2)),
}
SMALL_SCREEN = QRect(0, 0, 1_366, 728)
"""What a 1366 by 768 screen leaves beside a panel."""


def test_three_stand_on_a_small_screen(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """Older toasts become smaller, so that three stand above each other, and grow when there is room again."""
    desk.area = SMALL_SCREEN
    add(stack, make_entry(1, **LONG))
    alone = stack.toasts()[0].height()
    add(stack, make_entry(2, **LONG), make_entry(3, **LONG))

    cards = [card(toast) for toast in stack.toasts()]
    assert len(cards) == 3
    assert all(desk.area.contains(one) for one in cards)
    assert cards[0].top() > cards[1].bottom()
    assert cards[1].top() > cards[2].bottom()
    assert cards[0].height() >= cards[1].height() >= cards[2].height()

    stack.withdraw("event-2")
    stack.withdraw("event-3")
    stack.arrange()
    assert [toast.height() for toast in stack.toasts()] == [alone]


def test_an_unfolded_script_stays_on_the_screen(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """A long script that is unfolded takes what the others leave, and pushes none of them off the screen."""
    desk.area = SMALL_SCREEN
    add(stack, *(make_entry(seq, **LONG) for seq in range(1, 4)))
    oldest = stack.toasts()[-1]
    folded = oldest.height()
    desk.now += 10
    assert oldest.script is not None
    oldest.script.more.click()
    assert oldest.height() > folded
    assert len(stack.toasts()) == 3
    assert all(desk.area.contains(card(toast)) for toast in stack.toasts())


def test_a_changed_screen_moves_the_stack(
    qtbot: QtBot, stack: Stack, make_entry: MakeEntry, desk: Desk
) -> None:
    """When the work area changes every toast follows it."""
    add(stack, make_entry(1), make_entry(2))
    desk.area = QRect(0, 0, 1_200, 900)
    stack._screens_changed()
    qtbot.waitUntil(lambda: all(desk.area.contains(card(toast)) for toast in stack.toasts()), timeout=5_000)


def test_presses_are_held_when_the_stack_moves(stack: Stack, make_entry: MakeEntry) -> None:
    """A toast that has just moved ignores presses, one that stayed does not have to."""
    add(stack, make_entry(1))
    (first,) = stack.toasts()
    first._guard._until = 0.0
    add(stack, make_entry(2))
    assert first.is_held()


def test_the_pointer_on_one_stops_the_time_of_all(stack: Stack, make_entry: MakeEntry) -> None:
    """While somebody reads one toast, no other vanishes and lets it jump."""
    add(stack, make_entry(1), make_entry(2))
    newest, oldest = stack.toasts()
    newest.hovered.emit(True)
    assert not oldest.is_running()
    newest.hovered.emit(False)
    assert oldest.is_running()


def test_dismissed_and_expired_toasts_leave(qtbot: QtBot, stack: Stack, make_entry: MakeEntry) -> None:
    """The stack passes on what the agent did and takes the toast away."""
    add(stack, make_entry(1), make_entry(2))
    newest, oldest = stack.toasts()
    with qtbot.waitSignal(stack.dismissed) as heard:
        newest.dismissed.emit("event-2")
    assert heard.args == ["event-2"]
    with qtbot.waitSignal(stack.expired):
        oldest.expired.emit("event-1")
    stack.arrange()
    assert ids(stack) == []
    assert not stack._ticker.is_running()


def test_who_never_had_a_place_is_told(stack: Stack, make_entry: MakeEntry, desk: Desk) -> None:
    """So that the history can say why; who was on the screen before has no need of it."""
    told: list[list[str]] = []
    stack.unplaced.connect(told.append)
    add(stack, *(make_entry(seq, priority=Priority.HIGH) for seq in (1, 2, 3)))
    add(stack, make_entry(4))
    urgent = make_entry(5, priority=Priority.URGENT)
    add(stack, urgent)
    assert told == []
    desk.now += STALE_SECONDS + 1
    stack.arrange()
    assert told == [["event-4"]]
    add(stack, make_entry(6))
    stack.open_more()
    assert told == [["event-4"], ["event-6"]]
