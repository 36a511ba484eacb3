"""What a message makes of an entry."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.changes import arrived, expired, is_settled, revised, updated
from desktop.entry import Entry
from relay.protocol import Notification, Priority, Stage, Update

ME, MIRA = "ana@example.com", "mira@example.com"


def note(**changes: Any) -> Notification:
    """Make a notification that can be claimed."""
    usual: dict[str, Any] = {
        "seq": 1,
        "id": "n-1",
        "source": "billing",
        "provider": "stripe",
        "type": "invoice.payment_failed",
        "priority": Priority.NORMAL,
        "title": "Payment failed",
        "at": 50.0,
        "claimable": True,
    }
    return Notification(**(usual | changes))


def entry(*, shown: bool = True, **changes: Any) -> Entry:
    """Make an entry that was shown and read."""
    return replace(Entry.from_notification(note(**changes), 60.0), shown=shown, read=shown)


def update(stage: Stage, **changes: Any) -> Update:
    """Make an update."""
    usual: dict[str, Any] = {"seq": 9, "id": "n-1", "stage": stage, "at": 70.0}
    return Update(**(usual | changes))


def test_a_claim_names_its_holder() -> None:
    """Somebody else's claim leaves nothing to be looked at here."""
    new = updated(entry(shown=False), update(Stage.CLAIMED, by=MIRA, name="Mira", until=99.0), ME)
    assert (new.stage, new.holder, new.holder_name, new.until) == (Stage.CLAIMED, MIRA, "Mira", 99.0)
    assert (new.shown, new.read, new.quiet) == (True, True, "Mira has claimed it already.")
    assert is_settled(new, ME)


def test_what_was_shown_keeps_no_reason() -> None:
    """Only what never had a toast says why."""
    assert updated(entry(), update(Stage.CLAIMED, by=MIRA, name="Mira"), ME).quiet == ""


def test_given_back_by_somebody_else_it_comes_back() -> None:
    """When Mira gives up, it is everybody's again: unread, and a toast may be shown."""
    taken = updated(entry(), update(Stage.CLAIMED, by=MIRA, name="Mira"), ME)
    back = updated(taken, update(Stage.NEW, by=MIRA, name="Mira"), ME)
    assert (back.stage, back.holder, back.holder_name) == (Stage.NEW, "", "")
    assert (back.shown, back.read, back.quiet) == (False, False, "")


def test_given_back_by_oneself_it_stays_quiet() -> None:
    """Who has just given it back isn't asked again by a toast."""
    mine = updated(entry(), update(Stage.CLAIMED, by=ME.upper(), name="Ana"), ME)
    assert mine.held_by(ME)
    back = updated(mine, update(Stage.NEW, by=ME.upper()), ME)
    assert (back.stage, back.shown, back.read) == (Stage.NEW, True, True)


def test_the_relay_may_want_it_shown_again() -> None:
    """An escalation shows an open entry once more, and leaves alone whose it is."""
    again = updated(entry(), update(Stage.NEW, again=True), ME)
    assert not again.shown
    offered = entry(stage=Stage.OFFERED, holder=ME)
    assert updated(offered, update(Stage.OFFERED, again=True), ME).holder == ME
    taken = entry(stage=Stage.CLAIMED, holder=MIRA)
    assert updated(taken, update(Stage.CLAIMED, again=True), ME).shown


def test_a_note_doesnt_change_the_holder() -> None:
    """What an action came to is kept, and nothing else changes."""
    mine = entry(stage=Stage.CLAIMED, holder=ME, holder_name="Ana")
    noted = updated(mine, update(Stage.CLAIMED, by=MIRA, note="e-mail sent"), ME)
    assert (noted.note, noted.holder, noted.holder_name) == ("e-mail sent", ME, "Ana")


@pytest.mark.parametrize("stage", [Stage.DONE, Stage.EXPIRED, Stage.WITHDRAWN])
def test_what_is_over_is_over(stage: Stage) -> None:
    """It has a time of its end, and neither toast nor badge."""
    over = updated(entry(shown=False), update(stage), ME)
    assert (over.stage, over.done_at, over.shown, over.read) == (stage, 70.0, True, True)
    assert over.quiet


def test_passed_on_says_to_whom() -> None:
    """Those who had it before read where it went."""
    gone = updated(entry(), update(Stage.PASSED, by=MIRA, name="Mira", to="Billing"), ME)
    assert (gone.stage, gone.holder_name) == (Stage.PASSED, "Billing")


def test_a_higher_revision_is_unread_and_may_be_shown() -> None:
    """The case goes on: new words in the same place."""
    new = revised(entry(), note(seq=5, revision=2, count=3, title="Failed again"), 80.0, ME)
    assert new is not None
    assert (new.title, new.revision, new.count, new.seq) == ("Failed again", 2, 3, 5)
    assert (new.shown, new.read, new.received_at) == (False, False, 80.0)


def test_a_revision_of_somebody_elses_case_is_quiet() -> None:
    """Only the one who is on it is shown what follows."""
    message = note(seq=5, revision=2, stage=Stage.CLAIMED, holder=MIRA, holder_name="Mira")
    hers, mine = revised(entry(), message, 80.0, ME), revised(entry(), message, 80.0, MIRA)
    assert hers is not None
    assert mine is not None
    assert (hers.shown, hers.read, mine.shown, mine.read) == (True, True, False, False)


def test_the_same_revision_changes_nothing() -> None:
    """However often it comes; nor does a lower one."""
    assert revised(entry(), note(seq=7), 80.0, ME) is None
    assert revised(entry(revision=3), note(seq=7, revision=2, title="Old"), 80.0, ME) is None


def test_the_same_revision_may_come_back() -> None:
    """What was passed on and is offered to me now is shown, with the words that it had."""
    gone = entry(stage=Stage.PASSED, title="Kept")
    back = revised(gone, note(seq=7, stage=Stage.OFFERED, holder=f"{MIRA}, {ME}", until=90.0), 80.0, ME)
    assert back is not None
    assert (back.stage, back.until, back.seq, back.title) == (Stage.OFFERED, 90.0, 7, "Kept")
    assert (back.shown, back.read) == (False, False)


def test_a_claimed_one_arrives_quietly() -> None:
    """After a reconnect it comes with where it stands now."""
    quiet = arrived(entry(shown=False, stage=Stage.CLAIMED, holder=MIRA, holder_name="Mira"), ME)
    assert (quiet.shown, quiet.read, quiet.quiet) == (True, True, "Mira has claimed it already.")
    over = arrived(entry(shown=False, stage=Stage.DONE), ME)
    assert over.done_at == 60.0
    for open_ in (entry(shown=False), entry(shown=False, stage=Stage.OFFERED, holder=ME)):
        assert arrived(open_, ME) == open_


def test_an_offer_to_others_is_nothing_to_look_at() -> None:
    """Only those to whom it is offered are asked."""
    offered = entry(stage=Stage.OFFERED, holder="mira@example.com, Ana@Example.com")
    assert (is_settled(offered, ME), is_settled(offered, "bo@example.com")) == (False, True)


def test_time_runs_out() -> None:
    """An entry whose time is over says so."""
    over = expired(entry(shown=False), 99.0)
    assert (over.stage, over.done_at, over.quiet) == (Stage.EXPIRED, 99.0, "Its time was over.")
