"""What is shown, heard, held and kept quiet, from a real inbox, as the situation changes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop import quiet
from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.inbox import Inbox
from desktop.presenter import Manners, Presenter
from desktop.sound import Sounds
from desktop.surroundings import Answer, Watch
from relay.protocol import Availability, How, Notification, Priority, Stage

NOW = 1_763_000_000.0


class Screen:
    """What was put on the screen."""

    def __init__(self) -> None:
        self.shown: list[tuple[Entry, Privacy, bool]] = []
        self.veiled: list[Privacy] = []

    def add(self, entry: Entry, seconds: float | None, privacy: Privacy, *, still: bool) -> None:
        """Take a toast."""
        del seconds
        self.shown.append((entry, privacy, still))

    def veil(self, privacy: Privacy) -> None:
        """Draw no more than this."""
        self.veiled.append(privacy)

    @property
    def titles(self) -> list[str]:
        """Return the titles in order."""
        return [entry.title for entry, _, _ in self.shown]


class Person:
    """What the system tells about the person: the far end of the surroundings."""

    name = "person"

    def __init__(self) -> None:
        self.fields: dict[str, bool | float | None] = {"idle": 0.0}

    def ask(self, answer: Answer) -> None:
        """Answer at once."""
        for field, value in self.fields.items():
            answer(field, value)


class Desk:
    """A presenter with a real inbox and a screen, a speaker, a person and a clock of its own."""

    def __init__(self, place: Path) -> None:
        self.now = NOW
        self.screen, self.heard, self.person = Screen(), list[str](), Person()
        self.inbox = Inbox.open(place, clock=lambda: self.now)
        self.watch = Watch([self.person], away_seconds=60)

        def play(path: Path) -> bool:
            self.heard.append(path.stem)
            return True

        self.open_id = ""
        self.sounds = Sounds(lambda: self.now, play=play)
        self.presenter = Presenter(
            self.screen,
            self.inbox,
            self.sounds,
            self.watch,
            agent=lambda: "mira@example.com",
            open_id=lambda: self.open_id,
            clock=lambda: self.now,
        )

    def arrive(self, *ids: str, at: float | None = None, **fields: object) -> None:
        """Store notifications and hand them over, as the link does."""
        messages = [
            Notification(
                seq=int(each),
                id=each,
                source="stripe",
                provider="stripe",
                type="invoice.payment_failed",
                title=f"n{each}",
                at=self.now if at is None else at,
                **{"priority": Priority.NORMAL, **fields},  # type: ignore[arg-type] # fields by name
            )
            for each in ids
        ]
        self.presenter.present(self.inbox.put(messages, device="d", epoch="e").new)

    def tell(self, **fields: bool | float | None) -> None:
        """Let the person do something that the system tells."""
        self.person.fields.update(fields)
        self.watch.ask()

    def quiet(self, entry_id: str) -> str:
        """Return what the inbox has as the reason for being quiet."""
        found = self.inbox.get(entry_id)
        assert found is not None
        return found.quiet


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk, and close it at the end."""
    del qtbot
    made = Desk(tmp_path / "inbox.db")
    yield made
    made.presenter.close()
    made.inbox.close()


def test_somebody_at_work_is_shown_what_arrives(desk: Desk) -> None:
    """With the sound of its priority, and in full."""
    desk.arrive("1", priority=Priority.HIGH)

    assert [(entry.id, privacy, still) for entry, privacy, still in desk.screen.shown] == [
        ("1", Privacy.FULL, False)
    ]
    assert desk.heard == ["soft"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"how": How.INBOX}, "Quiet: filters sent this to the history only, or too many came at once."),
        ({"priority": Priority.LOW}, "Quiet: low priority goes to the history only."),
    ],
)
def test_the_inbox_knows_why_something_was_quiet(desk: Desk, fields: dict[str, Any], sentence: str) -> None:
    """The agent can ask for it at the item."""
    desk.arrive("1", **fields)

    assert desk.screen.titles == []
    assert desk.quiet("1") == sentence


def test_after_a_pause_the_number_is_told(desk: Desk) -> None:
    """Nothing shows during it, everything is in the history, and the end says how many there were."""
    desk.presenter.pause(900)
    desk.arrive("1", "2", "3", priority=Priority.HIGH)
    during = list(desk.screen.titles)
    desk.now += 900
    desk.presenter.look()

    assert during == []
    assert desk.heard == []
    assert desk.quiet("2") == "Quiet: you had paused toasts."
    assert desk.screen.titles == ["Kept quiet: 3 items"]
    assert desk.presenter.paused_until is None


def test_a_pause_ends_by_its_own_clock(desk: Desk, qtbot: QtBot) -> None:
    """Nobody has to do anything for it."""
    with qtbot.waitSignal(desk.presenter.pause_changed, check_params_cb=lambda until: until is None):
        desk.presenter.pause(0.05)
        desk.now += 1


def test_whatever_holds_is_said_as_long_as_it_holds(desk: Desk) -> None:
    """Otherwise an agent wonders for days why nothing comes."""
    said: list[str] = []
    desk.presenter.quiet_changed.connect(said.append)
    desk.presenter.present_screen(True)
    desk.presenter.present_screen(False)
    desk.tell(do_not_disturb=True)
    desk.tell(do_not_disturb=False)

    assert said == ["quiet: you are presenting", "", "quiet: this computer is set to do not disturb", ""]


def test_mandatory_urgent_comes_through_as_a_still_card(desk: Desk) -> None:
    """Silent, without movement, and with the least to read while others see the screen."""
    desk.presenter.present_screen(on=True)
    desk.arrive("1", priority=Priority.URGENT)

    assert [(entry.id, privacy, still) for entry, privacy, still in desk.screen.shown] == [
        ("1", Privacy.NOTHING, True)
    ]
    assert desk.heard == []


def test_toasts_wait_for_whoever_is_away(desk: Desk) -> None:
    """On return the three most urgent show, and the rest is a number."""
    desk.tell(idle=120.0)
    desk.arrive("1", "2", "3", "4")
    desk.now += 1
    desk.arrive("5", priority=Priority.HIGH)
    before = list(desk.screen.titles)
    desk.tell(idle=1.0)

    assert before == []
    assert desk.screen.titles == ["n5", "n1", "n2", "While you were away: 5 items"]


def test_what_was_settled_meanwhile_is_not_shown_on_return(desk: Desk) -> None:
    """Somebody else has claimed it, and the agent need not look at it."""
    desk.tell(locked=True)
    desk.arrive("1", "2", claimable=True)
    one = desk.inbox.get("1")
    assert one is not None
    desk.presenter.take([replace(one, stage=Stage.CLAIMED, holder="noor@example.com")])
    desk.tell(locked=False)

    assert desk.screen.titles == ["n2"]


def test_what_was_read_in_the_history_neither_waits_nor_sounds(desk: Desk) -> None:
    """Whoever knows it need not be told again, nor after a restart."""
    desk.tell(idle=120.0)
    desk.arrive("1")
    desk.arrive("2", priority=Priority.URGENT)
    desk.presenter.seen("1")
    desk.presenter.seen("2")
    desk.inbox.mark_ids(["1", "2"], read=True)
    desk.tell(idle=0.0)

    assert desk.screen.titles == ["n2"]
    assert not desk.sounds.repeating
    assert desk.inbox.unshown() == []


def test_the_inbox_knows_that_there_was_no_room(desk: Desk, qtbot: QtBot) -> None:
    """What was never on the screen says why, and is no news after the next start."""
    desk.tell(idle=120.0)
    for each in ("1", "2"):
        desk.arrive(each)
        desk.presenter.keep_unplaced([each])

    # Not at once: in a burst each write would wait for the disk.
    assert len(desk.inbox.unshown()) == 2
    qtbot.waitUntil(lambda: not desk.inbox.unshown())
    assert desk.quiet("1").startswith("Quiet: there was no room for it")
    assert desk.quiet("2") == desk.quiet("1")


def test_what_had_no_room_is_kept_when_the_app_closes(desk: Desk) -> None:
    """Leaving doesn't wait until it would have been written down anyway."""
    desk.tell(idle=120.0)
    desk.arrive("1")
    desk.presenter.keep_unplaced(["1"])
    desk.presenter.close()

    assert desk.inbox.unshown() == []


def test_what_waits_survives_a_restart(desk: Desk) -> None:
    """It is unshown in the inbox until it was painted."""
    desk.tell(idle=120.0)
    desk.arrive("1")

    assert [entry.id for entry in desk.inbox.unshown()] == ["1"]


def test_late_ones_are_told_as_a_number_when_somebody_is_there(desk: Desk, qtbot: QtBot) -> None:
    """A digest that nobody reads would be gone after some seconds."""
    desk.tell(idle=120.0)
    desk.arrive("1", "2", at=NOW - 3600)
    qtbot.wait(500)
    before = list(desk.screen.titles)
    desk.tell(idle=0.0)

    assert before == []
    assert desk.screen.titles == ["While you were away: 2 items"]


def test_what_had_a_toast_is_not_counted_another_time(desk: Desk, qtbot: QtBot) -> None:
    """Neither urgent ones that came late alone, nor the three that were shown on return."""
    desk.arrive("1", at=NOW - 3600, priority=Priority.URGENT)
    qtbot.wait(500)
    desk.tell(idle=120.0)
    desk.arrive("2", "3")
    desk.tell(idle=0.0)
    qtbot.wait(500)
    desk.arrive("4", "5", at=NOW - 3600)
    qtbot.wait(500)

    assert desk.screen.titles == ["n1", "n2", "n3", "While you were away: 2 items"]


def test_the_relay_hears_whether_somebody_is_there(desk: Desk) -> None:
    """Away while locked or idle, busy while not to be disturbed, and each change once."""
    told: list[Availability] = []
    desk.presenter.availability_changed.connect(told.append)
    desk.tell(locked=True)
    desk.tell(idle=300.0)
    desk.tell(idle=0.0, locked=False)
    desk.tell(do_not_disturb=True)
    desk.tell(do_not_disturb=False)

    assert told == [Availability.AWAY, Availability.AVAILABLE, Availability.BUSY, Availability.AVAILABLE]


def test_quiet_hours_hold_and_end(desk: Desk) -> None:
    """The plan decides, and its end tells how many there were."""
    hour = (int(NOW) // 3600 % 24, (int(NOW) // 3600 + 1) % 24)
    desk.presenter.behave(Manners(hours=quiet.parse(f"{hour[0]}:00-{hour[1]}:00")))
    desk.arrive("1")
    desk.now += 3600
    desk.presenter.look()

    assert desk.quiet("1") == "Quiet: these are your quiet hours."
    assert desk.screen.titles == ["Kept quiet: 1 item"]


def test_a_pause_until_the_shift_ends_needs_a_plan(desk: Desk) -> None:
    """Without quiet hours there is no end of the shift."""
    assert not desk.presenter.pause_until_shift_end()
    desk.presenter.behave(Manners(hours=quiet.parse("18:00-08:00")))
    assert desk.presenter.pause_until_shift_end()
    assert desk.presenter.paused_until is not None


def test_what_is_open_in_front_is_not_shown_again(desk: Desk) -> None:
    """The agent is looking at it."""
    desk.open_id = "1"
    desk.arrive("1")

    assert desk.screen.titles == []
    assert desk.quiet("1") == "Quiet: it was open in front of you."


def test_a_burst_costs_one_write_for_each_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hundred quiet ones must not hold up the window."""
    calls: list[int] = []
    claim = desk.inbox.claim_many

    def counted(ids: list[str], reason: str = "") -> list[str]:
        calls.append(len(ids))
        return claim(ids, reason)

    monkeypatch.setattr(desk.inbox, "claim_many", counted)
    desk.arrive(*map(str, range(1, 501)), how=How.INBOX)

    assert calls == [500]


def test_what_is_on_the_screen_is_veiled_while_others_look(desk: Desk) -> None:
    """Presenting takes the words off toasts that are there already, and its end gives them back."""
    desk.arrive("1")
    desk.presenter.present_screen(on=True)
    desk.presenter.present_screen(on=False)

    assert desk.screen.veiled == [Privacy.NOTHING, Privacy.FULL]


def test_what_was_put_off_comes_however_old_it_is(desk: Desk) -> None:
    """A reminder is no late news; during a pause it waits for the end."""
    desk.arrive("1", how=How.INBOX, at=NOW - 7200)
    entry = desk.inbox.get("1")
    assert entry is not None
    again = replace(entry, how=How.TOAST, shown=False)
    desk.presenter.remind([again])
    desk.presenter.pause(900)
    desk.presenter.remind([replace(again, title="later")])
    during = list(desk.screen.titles)
    desk.presenter.pause(None)

    assert during == ["n1"]
    assert desk.screen.titles == ["n1", "later"]
