"""Claiming from a toast, and what others do to it: shown at once, answered in words, never in doubt."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.bridge import Bridge
from desktop.casework import Casework
from desktop.entry import Entry
from desktop.inbox import Inbox
from desktop.offers import CLAIM, DONE, PASS, RELEASE
from desktop.pace import Pace
from desktop.passing import PassDialog
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.toast import WORK_SECONDS, Toast
from relay.protocol import Claim, Message, Notification, Pass, Result, Seen, Stage, Update
from tests.desktop.far_end import FarEnd

ANA, MIRA = "ana@example.com", "mira@example.com"
LIMIT = 10_000


class Desk:
    """A desktop's middle: link, inbox and stack with a far end, without tray and windows."""

    def __init__(
        self, qtbot: QtBot, far_end: FarEnd, bridge: Bridge, stack: Stack, casework: Casework
    ) -> None:
        self.qtbot, self.far_end, self.bridge, self.stack = qtbot, far_end, bridge, stack
        self.casework = casework
        self.happened: list[tuple[str, str]] = []
        self.noticed: list[str] = []
        casework.happened.connect(lambda what, entry_id: self.happened.append((what, entry_id)))
        casework.noticed.connect(self.noticed.append)
        casework.wanted.connect(self.show)
        bridge.entries_arrived.connect(self.show)

    def show(self, entries: list[Entry]) -> None:
        """Show everything that wants to be shown, for as long as the test lasts."""
        for entry in entries:
            self.stack.add(entry, None)

    def toast(self, entry_id: str = "event-1") -> Toast:
        """Wait for a toast, and return it."""
        self.qtbot.waitUntil(lambda: self.stack.toast(entry_id) is not None, timeout=LIMIT)
        toast = self.stack.toast(entry_id)
        assert toast is not None
        return toast

    def press(self, what: str, entry_id: str = "event-1") -> None:
        """Press a button of a toast's claim bar, as a mouse does."""
        toast = self.toast(entry_id)
        self.qtbot.waitUntil(lambda: not toast.is_held(), timeout=LIMIT)
        toast.claims.buttons[what].click()

    def says(self, words: str, entry_id: str = "event-1") -> None:
        """Wait until a toast's claim bar says ``words``."""
        self.qtbot.waitUntil(lambda: self.toast(entry_id).claims.words.text() == words, timeout=LIMIT)

    def gone(self, entry_id: str = "event-1") -> None:
        """Wait until a toast has left."""
        self.qtbot.waitUntil(lambda: self.stack.toast(entry_id) is None, timeout=LIMIT)


@pytest.fixture
def desk(qtbot: QtBot, looks: Looks, tmp_path: Path, far_end: FarEnd) -> Iterator[Desk]:
    inbox = Inbox.open(tmp_path / "inbox.db")
    bridge = Bridge(inbox, pace=Pace(chance=lambda: 0.001))
    stack = Stack(looks, inbox.claim_to_show)
    stack.agent = ANA
    desk = Desk(qtbot, far_end, bridge, stack, Casework(looks, bridge, stack, inbox))
    bridge.start(Account(relay=far_end.url, device="d", agent=ANA, teams=()), "token")
    with qtbot.waitSignal(bridge.welcomed, timeout=LIMIT):
        pass
    yield desk
    desk.casework.close()
    bridge.stop()
    stack.clear()
    inbox.close()


@pytest.fixture
def case(make_message: Callable[..., Notification]) -> Callable[..., Notification]:
    """Return a function that makes a notification that can be claimed, as of now."""
    return lambda seq=1, **changes: make_message(seq, at=time.time(), **{"claimable": True, **changes})


Case = Callable[..., Notification]


def claimed(by: str, name: str, seq: int = 2) -> Update:
    """Return what everybody is told of a claim."""
    return Update(seq=seq, id="event-1", stage=Stage.CLAIMED, at=time.time(), by=by, name=name)


def test_a_press_shows_at_once_that_it_was_felt(desk: Desk, case: Case) -> None:
    """Until the answer is there the button says so, and a second press is none."""
    silent: list[Message] = []
    desk.far_end.answer = lambda _request: silent
    desk.far_end.publish(case())
    desk.press(CLAIM)
    button = desk.toast().claims.buttons[CLAIM]
    assert (button.text(), button.isEnabled()) == ("Claiming…", False)
    desk.casework.press("event-1", CLAIM)
    desk.far_end.wait(lambda: len(desk.far_end.requests) == 1)
    assert isinstance(desk.far_end.requests[0], Claim)


def test_my_claim_says_so_and_offers_what_can_be_done(desk: Desk, case: Case) -> None:
    """The toast stays with the words to say, and with Done, Give back and Pass on."""
    desk.far_end.publish(case())
    desk.press(CLAIM)
    desk.says("You have it")
    assert desk.toast().claims.offered() == (DONE, RELEASE, PASS)
    assert desk.happened == [("claimed", "event-1")]
    desk.far_end.publish(claimed(ANA, "Ana"))
    desk.far_end.wait(lambda: desk.far_end.acks[-1:] == [2])
    desk.press(DONE)
    desk.says("Done")
    assert desk.happened[-1] == ("ended", "event-1")
    desk.gone()


def test_what_i_have_claimed_need_not_be_closed_by_hand(desk: Desk, case: Case) -> None:
    """An urgent one stays until it is claimed; then for as long as its words are of use."""
    desk.far_end.publish(case())
    toast = desk.toast()
    assert toast.remaining() is None
    desk.press(CLAIM)
    desk.says("You have it")
    left = toast.remaining()
    assert left is not None
    assert 25 < left <= WORK_SECONDS


def test_who_wants_to_close_toasts_by_hand_closes_claimed_ones_too(desk: Desk, case: Case) -> None:
    """That is what they have chosen."""
    desk.stack.stay_factor = None
    desk.far_end.publish(case())
    toast = desk.toast()
    desk.press(CLAIM)
    desk.says("You have it")
    assert toast.remaining() is None


def test_a_lost_race_names_the_winner_and_leaves(desk: Desk, case: Case) -> None:
    """Whoever was slower reads who was faster, on the toast, and it goes by itself."""
    desk.far_end.answer = lambda request: [
        Result(request=request.request, ok=False, error="Mira was faster.", by=MIRA, name="Mira"),
        claimed(MIRA, "Mira"),
    ]
    desk.far_end.publish(case())
    desk.press(CLAIM)
    desk.says("Mira was faster.")
    assert desk.toast().claims.offered() == ()
    assert not desk.toast().claims.is_ticked()
    desk.gone()
    assert ("lost", "event-1") in desk.happened


def test_the_update_may_come_before_the_answer(desk: Desk, case: Case) -> None:
    """In either order the last word of a lost race is that it was lost."""
    desk.far_end.answer = lambda request: [
        claimed(MIRA, "Mira"),
        Result(request=request.request, ok=False, error="Mira was faster.", by=MIRA, name="Mira"),
    ]
    desk.far_end.publish(case())
    desk.press(CLAIM)
    desk.says("Mira was faster.")


def test_claimed_by_somebody_else_it_leaves_with_the_name(desk: Desk, case: Case) -> None:
    """Nobody works on what another has, and nobody wonders where it went."""
    desk.far_end.publish(case())
    desk.toast()
    desk.far_end.publish(claimed(MIRA, "Mira"))
    desk.says("Claimed by Mira")
    assert desk.happened == [("withdrawn", "event-1")]
    desk.gone()


def test_the_pointer_doesnt_hold_what_is_gone(desk: Desk, case: Case) -> None:
    """A toast that has said its last word leaves under the pointer, too, and can't be pressed."""
    desk.far_end.publish(case())
    toast = desk.toast()
    desk.far_end.publish(claimed(MIRA, "Mira"))
    desk.says("Claimed by Mira")
    toast.pause()
    toast.resume()
    desk.gone()


@pytest.mark.parametrize(
    ("stage", "words"), [(Stage.DONE, "Done by Mira"), (Stage.WITHDRAWN, "Not needed any more")]
)
def test_what_is_over_elsewhere_leaves(desk: Desk, case: Case, stage: Stage, words: str) -> None:
    """Done by a colleague, or closed by the provider: a word, and it is gone; a tick if somebody did it."""
    name = "Mira" if stage is Stage.DONE else ""
    desk.far_end.publish(case())
    desk.toast()
    desk.far_end.publish(Update(seq=2, id="event-1", stage=stage, at=time.time(), name=name, by=name))
    desk.says(words)
    assert desk.toast().claims.is_ticked() is (stage is Stage.DONE)


def test_offline_a_press_is_answered_at_once(desk: Desk, case: Case) -> None:
    """Nobody believes to have what nobody knows of; the button is there again."""
    desk.far_end.publish(case())
    desk.toast()
    with desk.qtbot.waitSignal(
        desk.bridge.status_changed, timeout=LIMIT, check_params_cb=lambda status: bool(status.reason)
    ):
        desk.far_end.kill()
    desk.press(CLAIM)
    desk.says("You are offline; not claimed.")
    assert desk.toast().claims.buttons[CLAIM].isEnabled()
    assert desk.happened == [("refused", "event-1")]


def test_an_answer_without_a_toast_is_noticed(desk: Desk, case: Case) -> None:
    """If the toast was closed meanwhile, an error is told all the same."""
    desk.far_end.answer = lambda request: [Result(request=request.request, ok=False, error="This is over.")]
    desk.far_end.publish(case())
    desk.toast()
    desk.stack.withdraw("event-1")
    desk.casework.press("event-1", CLAIM)
    desk.qtbot.waitUntil(lambda: desk.noticed == ["This is over."], timeout=LIMIT)


def test_given_back_by_a_colleague_it_is_shown_again(desk: Desk, case: Case) -> None:
    """What Mira gives up is offered to everybody once more, even while her name is still on the screen."""
    desk.far_end.publish(case())
    desk.toast()
    desk.far_end.publish(claimed(MIRA, "Mira"))
    desk.says("Claimed by Mira")
    first = desk.stack.toast("event-1")
    desk.far_end.publish(Update(seq=3, id="event-1", stage=Stage.NEW, at=time.time(), by=MIRA))
    desk.qtbot.waitUntil(lambda: desk.stack.toast("event-1") not in {None, first}, timeout=LIMIT)
    assert desk.toast().claims.offered() == (CLAIM,)


def test_a_revision_takes_the_toasts_place(desk: Desk, case: Case) -> None:
    """A second event of the case changes the words on the screen; there is still one toast."""
    desk.far_end.publish(case())
    desk.toast()
    desk.far_end.publish(case(2, id="event-1", revision=2, title="It failed a second time"))
    desk.qtbot.waitUntil(lambda: desk.toast().title.text() == "It failed a second time", timeout=LIMIT)
    assert len(desk.stack.toasts()) == 1


def test_a_revision_brings_a_dismissed_one_back_once(desk: Desk, case: Case) -> None:
    """What was closed is shown again when its case goes on, and once for each revision."""
    desk.far_end.publish(case())
    desk.toast().dismissed.emit("event-1")
    desk.gone()
    revision = case(2, id="event-1", revision=2, title="Again")
    desk.far_end.publish(revision)
    desk.toast().dismissed.emit("event-1")
    desk.far_end.publish(revision, case(3))
    desk.toast("event-3")
    assert desk.stack.toast("event-1") is None


def test_the_relay_may_ask_to_show_it_once_more(desk: Desk, case: Case) -> None:
    """Nobody has acted: the toast comes back."""
    desk.far_end.publish(case())
    desk.toast().dismissed.emit("event-1")
    desk.gone()
    desk.far_end.publish(Update(seq=2, id="event-1", stage=Stage.NEW, at=time.time(), again=True))
    desk.toast()


def test_a_toast_leaves_when_its_time_is_over(desk: Desk, case: Case) -> None:
    """What is of no use any more goes by this computer's clock, with a word."""
    desk.far_end.publish(case(expires=time.time() + 1.0))
    desk.toast()
    desk.says("Its time is over")


def test_what_an_action_came_to_is_said(desk: Desk, case: Case) -> None:
    """A note reaches the toast, and changes nothing else."""
    desk.far_end.publish(case())
    desk.toast()
    desk.far_end.publish(Update(seq=2, id="event-1", stage=Stage.NEW, at=time.time(), note="E-mail sent"))
    desk.says("E-mail sent")
    assert desk.toast().claims.offered() == (CLAIM,)


def test_news_goes_before_a_last_word(desk: Desk, case: Case) -> None:
    """A toast that is leaving makes room for what has just arrived."""
    short = {"body": "", "scripts": (), "links": ()}
    desk.far_end.publish(*(case(seq, **short) for seq in range(1, 4)))
    for seq in range(1, 4):
        desk.toast(f"event-{seq}")
    desk.far_end.publish(claimed(MIRA, "Mira", seq=4), case(5, **short))
    desk.toast("event-5")
    assert desk.stack.toast("event-1") is None


def test_what_only_informs_is_never_closed_for_all(desk: Desk, case: Case) -> None:
    """Putting it away is a receipt: whoever else has it goes on having it."""
    desk.far_end.publish(case(claimable=False))
    desk.toast()
    desk.casework.press("event-1", DONE)
    desk.qtbot.waitUntil(lambda: len(desk.far_end.receipts) == 2, timeout=LIMIT)
    assert {receipt.what for receipt in desk.far_end.receipts} == {Seen.SHOWN, Seen.DISMISSED}
    assert desk.far_end.requests == []


def test_what_a_person_does_is_told(desk: Desk, case: Case) -> None:
    """Shown, copied and dismissed reach the relay, each with its time."""
    desk.far_end.publish(case())
    desk.toast().copied.emit("event-1")
    desk.qtbot.waitUntil(lambda: len(desk.far_end.receipts) == 2, timeout=LIMIT)
    desk.toast().dismissed.emit("event-1")
    desk.far_end.wait(lambda: len(desk.far_end.receipts) == 3)
    assert {receipt.what for receipt in desk.far_end.receipts} == {Seen.SHOWN, Seen.COPIED, Seen.DISMISSED}
    assert {receipt.id for receipt in desk.far_end.receipts} == {"event-1"}


def test_an_offer_can_be_taken_or_left(desk: Desk, case: Case) -> None:
    """Who is asked first reads it, and can say no."""
    desk.far_end.publish(case(stage=Stage.OFFERED, holder=ANA, until=time.time() + 30))
    assert desk.toast().claims.words.text() == "This is offered to you"
    desk.press(RELEASE)
    desk.says("Given back")


def test_passing_on_asks_to_whom(desk: Desk, case: Case) -> None:
    """The dialog suggests the teams, takes an address or a name, and the relay is asked."""
    desk.far_end.publish(case(teams=("billing",), stage=Stage.CLAIMED, holder=MIRA))
    desk.far_end.publish(case(2, id="event-2", teams=("billing", "vip")))
    desk.toast("event-2")
    desk.casework.press("event-2", PASS)
    dialog = desk.casework.handover.dialog
    assert isinstance(dialog, PassDialog)
    assert [dialog.roll.item(each).text() for each in range(dialog.roll.count())] == [
        "Team billing",
        "Team vip",
    ]
    assert not dialog.send.isEnabled()
    dialog.to.setText("vip")
    dialog.reason.setText("She is a VIP")
    dialog.send.click()
    desk.far_end.wait(lambda: bool(desk.far_end.requests))
    (request,) = desk.far_end.requests
    assert isinstance(request, Pass)
    assert (request.id, request.to, request.reason) == ("event-2", "team:vip", "She is a VIP")
    desk.says("Passed on", "event-2")


def test_what_is_our_own_has_nothing_to_claim(looks: Looks, make_entry: Callable[..., Entry]) -> None:
    """A toast without a claim has no bar at all."""
    toast = Toast(looks, replace(make_entry(1), claimable=False, links=()), seconds=None)
    assert not toast.claims.isVisibleTo(toast)
    toast.deleteLater()
