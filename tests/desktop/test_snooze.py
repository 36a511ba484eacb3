"""What is put off comes back when it was promised, also after a restart, if it is still of use."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop import snooze
from desktop.inbox import Inbox
from desktop.own import own_entry
from desktop.snooze import Snooze
from desktop.snoozer import Snoozer
from desktop.stack import Stack
from desktop.theme import Looks
from relay.protocol import Notification, Stage, Update

ANA = "ana@example.com"


class Clock:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The time of the test."""
    return Clock()


@pytest.fixture
def put_off(
    looks: Looks, tmp_path: Path, clock: Clock
) -> Iterator[Callable[[], tuple[Snoozer, Stack, Inbox]]]:
    """Return a function that starts a desktop's snoozing on the same inbox, each time anew."""
    made: list[tuple[Snoozer, Stack, Inbox]] = []

    def start() -> tuple[Snoozer, Stack, Inbox]:
        inbox = Inbox.open(tmp_path / "inbox.db", clock=clock)
        stack = Stack(looks, inbox.claim_to_show)
        stack.agent = ANA
        made.append((Snoozer(stack, inbox, clock=clock), stack, inbox))
        return made[-1]

    yield start
    for snoozer, stack, inbox in made:
        snoozer.close()
        stack.clear()
        inbox.close()


Start = Callable[[], tuple[Snoozer, Stack, Inbox]]
Make = Callable[..., Notification]


def test_the_choices_say_when() -> None:
    """Minutes are minutes; tomorrow is the next morning by the agent's clock, whatever the night does."""
    now = datetime.fromisoformat("2026-10-24T16:30").astimezone().timestamp()
    assert snooze.until(Snooze.FIVE, now) == now + 300
    assert snooze.until(Snooze.HOUR, now) == now + 3600
    tomorrow = datetime.fromtimestamp(snooze.until(Snooze.TOMORROW, now)).astimezone()
    assert (tomorrow.day, tomorrow.hour, tomorrow.minute) == (25, 8, 0)
    assert snooze.farewell(now + 300, now) == "Back at 16:35"
    assert snooze.farewell(snooze.until(Snooze.TOMORROW, now), now) == "Back tomorrow at 08:00"


def test_a_toast_that_is_put_off_says_when_it_is_back(
    put_off: Start, make_message: Make, clock: Clock, qtbot: QtBot
) -> None:
    """It leaves with that word, and comes back unread, to be shown however old it is."""
    snoozer, stack, inbox = put_off()
    (entry,) = inbox.put([make_message(1)], device="d", epoch="e").new
    stack.add(entry, None)
    stack.arrange()
    (toast,) = stack.toasts()
    toast._choose("snooze", Snooze.FIFTEEN)
    assert toast.claims.words.text().startswith("Back at ")
    assert toast.is_leaving

    clock.now += 899
    snoozer.look()
    clock.now += 2
    with qtbot.waitSignal(snoozer.woken, timeout=5_000) as heard:
        snoozer.look()
    (again,) = heard.args[0]
    assert (again.id, again.shown, again.read) == ("event-1", False, False)
    assert inbox.next_wake() is None


def test_a_restart_forgets_nothing(put_off: Start, make_message: Make, clock: Clock, qtbot: QtBot) -> None:
    """What was put off before a restart comes back after it, though the time passed in between."""
    snoozer, _, inbox = put_off()
    inbox.put([make_message(1)], device="d", epoch="e")
    inbox.claim_to_show("event-1")
    snoozer.put_off("event-1", Snooze.HOUR)
    snoozer.close()
    clock.now += 7200
    later, _, _ = put_off()
    with qtbot.waitSignal(later.woken, timeout=5_000) as heard:
        later.look()
    assert [entry.id for entry in heard.args[0]] == ["event-1"]


def test_the_clock_of_the_snoozer_runs_by_itself(
    put_off: Start, make_message: Make, clock: Clock, qtbot: QtBot
) -> None:
    """Nobody has to look: the time comes by a timer."""
    snoozer, _, inbox = put_off()
    inbox.put([make_message(1)], device="d", epoch="e")
    inbox.snooze("event-1", clock.now + 0.05)
    clock.now += 0.1
    with qtbot.waitSignal(snoozer.woken, timeout=5_000):
        snoozer._plan()


@pytest.mark.parametrize(
    ("by", "stage"),
    [
        ("mira@example.com", Stage.CLAIMED),
        (ANA, Stage.CLAIMED),
        ("mira@example.com", Stage.DONE),
        ("", Stage.WITHDRAWN),
    ],
)
def test_what_needs_nobody_any_more_stays_away(
    put_off: Start, make_message: Make, clock: Clock, by: str, stage: Stage
) -> None:
    """Somebody else is on it, or it is over: then the snooze ends without a toast."""
    _, _, inbox = put_off()
    inbox.put([make_message(1, claimable=True)], device="d", epoch="e", agent=ANA)
    inbox.snooze("event-1", clock.now + 300)
    inbox.put(
        [Update(seq=2, id="event-1", stage=stage, at=clock.now, by=by)], device="d", epoch="e", agent=ANA
    )
    clock.now += 301
    assert [entry.id for entry in inbox.wake(ANA)] == (["event-1"] if by == ANA else [])
    assert inbox.next_wake() is None


def test_what_is_our_own_cannot_be_put_off(looks: Looks) -> None:
    """No inbox keeps it, so its menu doesn't offer what would not come back."""
    stack = Stack(looks, lambda _id: True)
    stack.add(own_entry("This is a test toast", "", ()), None)
    stack.arrange()
    (toast,) = stack.toasts()
    toast.open_menu()
    menu = toast.menu()
    assert menu is not None
    assert menu.words()[-2:] == ["Open in the history", "Dismiss"]
    stack.clear()
