"""When a toast may show and sound, in which order the reasons count, and what waits for whoever is away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.entry import Entry
from desktop.gate import Picture, Privacy, Reason, Situation, Sound, decide, holds, privacy, why
from desktop.holding import AT_ONCE, Holding
from relay.protocol import How, Priority, Stage

NOW = 1_763_000_000.0
ME = "mira@example.com"
MAKES: dict[Reason, dict[str, object]] = {
    Reason.DO_NOT_DISTURB: {"do_not_disturb": True},
    Reason.PRESENTING: {"presenting": True},
    Reason.PAUSED: {"paused_until": NOW + 900},
    Reason.QUIET_HOURS: {"quiet": True, "quiet_until": NOW + 3600},
}
IN_ORDER = list(MAKES)


def clock(moment: float) -> str:
    """Return a time of day as it stands on this computer's clock."""
    return f"{datetime.fromtimestamp(moment).astimezone():%H:%M}"


def day(moment: float) -> str:
    """Return a day as it is on this computer's calendar."""
    then = datetime.fromtimestamp(moment).astimezone()
    return f"{then.day} {then:%b}"


def entry(**fields: object) -> Entry:
    """Return an entry as it arrives."""
    usual = Entry(
        id="1",
        seq=1,
        source="stripe",
        provider="stripe",
        type="invoice.payment_failed",
        priority=Priority.NORMAL,
        title="Payment failed",
        body="",
        scripts=(),
        links=(),
        how=How.TOAST,
        at=NOW,
        received_at=NOW,
    )
    return replace(usual, **fields)  # type: ignore[arg-type] # fields by name


def situation(**fields: object) -> Situation:
    """Return the situation of somebody at work."""
    return replace(Situation(now=NOW, me=ME), **fields)  # type: ignore[arg-type] # fields by name


def test_somebody_at_work_sees_a_toast_and_hears_nothing_normal() -> None:
    """A normal one is silent; a high one has a soft tone; an urgent one has its own."""
    sounds = [decide(entry(priority=priority), situation()).sound for priority in list(Priority)[1:]]

    assert decide(entry(), situation()).picture is Picture.SHOW
    assert sounds == [Sound.NONE, Sound.SOFT, Sound.URGENT]


def test_filters_and_the_agent_may_ask_for_a_sound() -> None:
    """Sound comes with the filter "toast+sound", or with the agent's wish for all."""
    assert decide(entry(how=How.SOUND), situation()).sound is Sound.SOFT
    assert decide(entry(), situation(sound_for_normal=True)).sound is Sound.SOFT


@pytest.mark.parametrize("priority", Priority)
def test_the_switch_silences_everything(priority: Priority) -> None:
    """Off is off, also for what is urgent, and whatever the filters say."""
    wanted = entry(priority=priority, how=How.SOUND)

    assert decide(wanted, situation(sound=False, urgent_sounds=True)).sound is Sound.NONE


@pytest.mark.parametrize("reason", IN_ORDER)
def test_each_kind_of_quiet_is_quiet_and_says_why(reason: Reason) -> None:
    """Neither picture nor sound, and a sentence that names the reason."""
    verdict = decide(entry(priority=Priority.HIGH), situation(**MAKES[reason]))

    assert (verdict.picture, verdict.sound, verdict.reason) == (Picture.NONE, Sound.NONE, reason)
    assert why(verdict.reason).startswith("Quiet: ")


@pytest.mark.parametrize(("first", "second"), list(pairwise(IN_ORDER)))
def test_of_two_reasons_the_first_in_the_order_is_told(first: Reason, second: Reason) -> None:
    """The system's switch counts before presenting, that before a pause, that before quiet hours."""
    assert decide(entry(), situation(**MAKES[second], **MAKES[first])).reason is first


def test_quiet_counts_before_the_filter_and_the_filter_before_what_is_open() -> None:
    """The order holds to its end."""
    filtered = entry(how=How.INBOX)

    assert decide(filtered, situation(do_not_disturb=True)).reason is Reason.DO_NOT_DISTURB
    assert decide(filtered, situation(open_id="1")).reason is Reason.FILTER
    assert decide(entry(), situation(open_id="1")).reason is Reason.OPEN


@pytest.mark.parametrize("quiet", [{}, *MAKES.values()])
def test_filters_and_what_is_open_count_the_same_when_it_is_quiet(quiet: dict[str, object]) -> None:
    """Policy lifts the quiet, not the filters; and what is in front of the agent needs no card."""
    urgent = entry(priority=Priority.URGENT)

    assert decide(replace(urgent, how=How.INBOX), situation(**quiet)).picture is Picture.NONE
    assert decide(urgent, situation(**quiet, open_id="1")).picture is Picture.NONE


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"do_not_disturb": True}, "quiet: this computer is set to do not disturb"),
        ({"presenting": True}, "quiet: something fills the screen"),
        ({"paused_until": NOW + 900}, f"paused until {clock(NOW + 900)}"),
        ({"quiet_until": NOW + 900}, f"quiet hours until {clock(NOW + 900)}"),
        ({"quiet_until": NOW + 86400}, f"quiet hours until {day(NOW + 86400)} {clock(NOW + 86400)}"),
        ({"quiet": True}, "quiet hours"),
    ],
)
def test_why_it_is_quiet_is_said_in_a_few_words(fields: dict[str, object], words: str) -> None:
    """For the tray: nobody has to wonder why nothing comes; another day is named."""
    assert holds(situation(**fields)) == words


def test_an_agent_who_presents_is_told_so() -> None:
    """A switch that was forgotten is found by its words."""
    assert holds(situation(presenting=True), by_hand=True) == "quiet: you are presenting"


@pytest.mark.parametrize("reason", IN_ORDER)
def test_mandatory_urgent_is_a_silent_card(reason: Reason) -> None:
    """Policy shows it through every quiet; it is heard only if policy says that, too."""
    urgent = entry(priority=Priority.URGENT)

    assert decide(urgent, situation(**MAKES[reason])).picture is Picture.CARD
    assert decide(urgent, situation(**MAKES[reason])).sound is Sound.NONE
    assert decide(urgent, situation(**MAKES[reason], urgent_sounds=True)).sound is Sound.URGENT
    assert decide(urgent, situation(**MAKES[reason], urgent_always=False)).picture is Picture.NONE


def test_a_pause_ends_by_itself() -> None:
    """At its time toasts show again."""
    assert decide(entry(), situation(paused_until=NOW)).picture is Picture.SHOW
    assert decide(entry(), situation(paused_until=NOW + 1)).until == NOW + 1


@pytest.mark.parametrize("where", ["away", "locked"])
def test_toasts_wait_for_whoever_is_away(where: str) -> None:
    """All but the urgent ones, which stay until they are handled anyway."""
    assert decide(entry(), situation(**{where: True})).picture is Picture.HOLD
    assert decide(entry(priority=Priority.URGENT), situation(**{where: True})).picture is Picture.SHOW


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"priority": Priority.LOW}, Reason.LOW),
        ({"shown": True}, Reason.SEEN),
        ({"stage": Stage.DONE}, Reason.OVER),
        ({"expires": NOW}, Reason.OVER),
        ({"stage": Stage.CLAIMED, "holder": "noor@example.com"}, Reason.CLAIMED),
        ({"stage": Stage.PASSED}, Reason.CLAIMED),
    ],
)
def test_some_items_are_for_the_history_only(fields: dict[str, object], reason: Reason) -> None:
    """What is over, in other hands or of low priority disturbs nobody, however urgent it was."""
    assert decide(entry(**fields), situation(urgent_sounds=True)).reason is reason


def test_my_own_claim_may_show_again() -> None:
    """What this agent holds is not somebody else's."""
    assert decide(entry(stage=Stage.CLAIMED, holder=ME.upper()), situation()).picture is Picture.SHOW


def test_others_may_look_while_the_screen_is_locked_or_shared() -> None:
    """Then the least is drawn, whatever the setting says."""
    assert privacy(situation()) is Privacy.FULL
    assert privacy(situation(privacy=Privacy.TYPE)) is Privacy.TYPE
    assert privacy(situation(locked=True)) is privacy(situation(presenting=True)) is Privacy.NOTHING


@given(
    st.builds(
        entry,
        priority=st.sampled_from(Priority),
        how=st.sampled_from([How.SOUND, How.TOAST, How.INBOX]),
        stage=st.sampled_from(Stage),
        shown=st.booleans(),
    ),
    st.fixed_dictionaries(
        {
            name: st.booleans()
            for name in ("do_not_disturb", "presenting", "quiet", "away", "locked", "urgent_sounds", "sound")
        }
    ),
)
def test_a_sound_never_comes_without_a_reason_to_look(item: Entry, given_: dict[str, bool]) -> None:
    """What is heard can be seen, or is open in front; what is not shown says why."""
    verdict = decide(item, situation(**given_))

    if verdict.sound is not Sound.NONE:
        assert verdict.picture in {Picture.SHOW, Picture.CARD} or verdict.reason is Reason.OPEN
    if verdict.picture is Picture.NONE and verdict.reason is not Reason.SEEN:
        assert why(verdict.reason)


@pytest.fixture
def holding() -> Callable[..., Holding]:
    """Return how to make a holding with entries in it."""

    def make(*entries: Entry) -> Holding:
        made = Holding()
        for one in entries:
            made.hold(one)
        return made

    return make


def test_on_return_the_most_urgent_come_first(holding: Callable[..., Holding]) -> None:
    """Three toasts, by priority and then by waiting time, and the rest is a number."""
    priorities = [Priority.NORMAL, Priority.HIGH, Priority.NORMAL, Priority.HIGH, Priority.NORMAL]
    waiting = [entry(id=str(n), priority=p, at=NOW - n) for n, p in enumerate(priorities)]
    shown = holding(*waiting).release(NOW, ME)

    assert [one.id for one in shown.toasts] == ["3", "1", "4"]
    assert len(shown.toasts) == AT_ONCE
    assert [one.id for one in shown.digest] == ["2", "0"]


def test_what_was_settled_meanwhile_is_not_shown(holding: Callable[..., Holding]) -> None:
    """Claimed by others, done, expired or read: whoever was away need not look at it."""
    made = holding(*(entry(id=str(n)) for n in range(5)))
    made.update(
        [
            entry(id="0", stage=Stage.CLAIMED, holder="noor@example.com"),
            entry(id="1", stage=Stage.DONE),
            entry(id="2", expires=NOW - 1),
            entry(id="3", read=True),
            entry(id="9"),
        ]
    )

    assert [one.id for one in made.release(NOW, ME).toasts] == ["4"]
    assert len(made) == 0
