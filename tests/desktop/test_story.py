"""Why an entry came is told in this program's language: by the relay, and by this computer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.course import MOST_STEPS, course
from desktop.entry import Entry
from desktop.story import Story, more, sentences
from desktop.timeline import timeline
from desktop.told import CallMade, Did, Past, Whole, Why
from relay.protocol import How, Stage

ME = "mira@example.com"
MakeEntry = Callable[..., Entry]


def why(**fields: object) -> Story:
    """Return what a relay told."""
    return Story(why=Why(**{"code": "toast", **fields}), whole=Whole())  # type: ignore[arg-type] # several types


def test_relation_decision_lock_and_the_computers_part_are_told(make_entry: MakeEntry) -> None:
    """In this order, each a sentence."""
    told = why(how=How.SOUND, relation="unassigned", layer="team:billing", locked_by="lena@example.com")
    assert sentences(told, replace(make_entry(1), quiet="You were presenting."), ME) == (
        "It is for you or your team, and the case is nobody's yet.",
        "Toast and sound: decided by Team billing.",
        "lena@example.com has locked this.",
        "No toast on this computer: You were presenting.",
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("noise", "enough toasts within the hour"),
        ("storm", "Very many came at once"),
        ("expired", "Its time was over"),
    ],
)
def test_what_the_filters_did_not_decide_is_told(make_entry: MakeEntry, code: str, words: str) -> None:
    """The noise budget, a storm, or the end of it."""
    told = sentences(why(code=code, how=How.INBOX, layer="product"), make_entry(1), ME)
    assert words in " ".join(told)
    assert "History only: decided by Deskbell's default." in told


def test_the_same_reason_is_told_once(make_entry: MakeEntry) -> None:
    """Relay and computer both know of a storm; without the relay, the computer says so."""
    entry = make_entry(1, how=How.INBOX, why="storm")
    told = sentences(why(code="storm", how=How.INBOX), entry, ME)
    assert told == ("Very many came at once: it came to the history only.",)
    (_, here) = sentences(Story(problem="You are offline."), entry, ME)
    assert here == "No toast on this computer: Very many came at once."


def test_ones_own_filter_is_called_so(make_entry: MakeEntry) -> None:
    """Whoever has forgotten it remembers."""
    told = sentences(
        why(how=How.INBOX, layer=f"agent:{ME}"), make_entry(1, how=How.INBOX), "Mira@Example.com"
    )
    assert told == (
        "History only: so your own filters want it.",
        "On this computer it came to the history without a toast, as the filters want it.",
    )


def test_an_older_relay_tells_its_story_only(make_entry: MakeEntry) -> None:
    """Then that is shown at once, cleaned."""
    told = sentences(why(because=("It went to Bil\u202eling.", "So it was a toast.")), make_entry(1), ME)
    assert told[:2] == ("It went to Billing.", "So it was a toast.")


def test_while_nobody_answers_the_computer_says_what_it_knows(make_entry: MakeEntry) -> None:
    """First that the relay is being asked; then why it could not be, and what is known here."""
    assert sentences(Story(), make_entry(1), ME) == ("Asking the relay…",)
    failed = Story(problem="The relay cannot be asked right now.")
    assert sentences(failed, replace(make_entry(1), shown=True), ME) == (
        "The relay cannot be asked right now. Here is what this computer knows.",
        "It was shown as a toast on this computer.",
    )
    assert more(failed) == ()


def test_the_relays_own_sentences_can_be_read(make_entry: MakeEntry) -> None:
    """All that it said, within reason."""
    assert more(why(because=("One.", "Two."))) == ("One.", "Two.")
    assert len(more(why(because=("x",) * 1000))) == 40


def test_the_course_is_told_in_order_and_by_whom() -> None:
    """Moves, what this agent did, and what the buttons came to, by their times."""
    whole = Whole(
        history=(
            Past(at=1.0, verb="published"),
            Past(at=3.0, verb="claim", by="jonas@example.com"),
            Past(at=5.0, verb="pass", by="jonas@example.com", to="Second Line", reason="VIP"),
            Past(at=6.0, verb="climb"),
            Past(at=7.0, verb="claim", by=ME),
            Past(at=8.0, verb="offer", holders=("a@example.com", ME)),
            Past(at=12.0, verb="release"),
            Past(at=13.0, verb="some-verb-of-tomorrow", by=ME),
        ),
        receipts=(Did(what="shown", at=2.0), Did(what="copied", at=9.0), Did(what="sniffed", at=9.5)),
        calls=(
            CallMade(label="Send e-mail", by=ME, created_at=10.0, state="done"),
            CallMade(label="Ring", created_at=11.0, state="dead"),
        ),
    )
    steps = course(whole, "MIRA@example.com")
    assert [step.at for step in steps] == sorted(step.at or 0.0 for step in steps)
    assert [step.words for step in steps] == [
        "Shown to you",
        "Claimed by jonas@example.com",
        "Passed on by jonas@example.com to Second Line: VIP",
        "Escalated: nobody had taken it",
        "Claimed by you",
        "Offered to a@example.com, you",
        "Suggested reply copied by you",
        "Send e-mail: asked for by you, done",
        "Ring: asked for by the playbook, given up",
        "Given back: nobody was on it any more",
    ]


def test_an_endless_course_has_an_end() -> None:
    """What went back and forth for a week keeps its newest lines."""
    whole = Whole(history=tuple(Past(at=float(number), verb="claim", by=ME) for number in range(500)))
    steps = course(whole, ME)
    assert len(steps) == MOST_STEPS
    assert steps[-1].at == 499.0


def test_the_timeline_takes_the_course_in_the_place_of_the_last_state(make_entry: MakeEntry) -> None:
    """Who ended it is said once."""
    entry = replace(make_entry(1), stage=Stage.DONE, holder=ME, done_at=5.0)
    told = course(Whole(history=(Past(at=5.0, verb="done", by=ME),)), ME)
    words = [step.words for step in timeline(entry, ME, told)]
    assert words[-1] == "Done by you"
    assert words.count("Done by you") == 1
    held = replace(entry, stage=Stage.CLAIMED, until=99.0)
    assert [step.words for step in timeline(held, ME, told)][-1].startswith("The claim holds until")
