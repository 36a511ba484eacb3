"""The desktop's half of the conversation: told what arrived, it says what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.session import Leave, Lost, Move, Phase, Put, Say, Session, Tell, read_frame
from desktop.verdicts import HOLE, MISUNDERSTOOD
from relay.protocol import (
    Ack,
    Availability,
    Filters,
    FromRelay,
    Gap,
    MalformedMessage,
    Notification,
    Ping,
    Pong,
    Priority,
    Reset,
    Result,
    Stage,
    Update,
    Welcome,
    encode,
)


def note(seq: int) -> Notification:
    """Make a notification."""
    return Notification(
        seq=seq,
        id=f"n-{seq}",
        source="s",
        provider="p",
        type="t",
        priority=Priority.NORMAL,
        title=f"Number {seq}",
        at=1.0,
    )


def welcome(latest: int = 0, epoch: str = "e1") -> Welcome:
    """Make a welcome."""
    return Welcome(epoch=epoch, latest=latest, agent="mira@example.com", teams=(), time=5.0)


def begun(after: int | None = 0, latest: int = 0) -> Session:
    """Make a session that was welcomed."""
    session = Session(device="d", epoch=None if after is None else "e1", after=after)
    session.receive([welcome(latest)])
    return session


def test_a_new_device_doesnt_say_where_to_resume() -> None:
    """The first hello of a device leaves it to the relay where to begin."""
    hello = Session(device="d", epoch=None, after=None).hello()
    assert (hello.version, hello.device, hello.epoch, hello.after) == (1, "d", None, None)


def test_a_known_device_resumes_at_its_cursor() -> None:
    """A hello says up to where this desktop has stored."""
    hello = Session(device="d", epoch="e1", after=7).hello()
    assert (hello.epoch, hello.after) == ("e1", 7)


def test_nothing_missed_means_live_at_once() -> None:
    """A welcome with nothing new makes the link live."""
    assert begun(after=4, latest=4).phase is Phase.LIVE


def test_catching_up_ends_when_everything_is_stored() -> None:
    """The link is live with the last missed notification, not before."""
    session = begun(after=4, latest=6)
    phases = []
    for seq in (5, 6):
        session.receive([note(seq)])
        phases.append(session.phase)
    assert phases == [Phase.CATCHING_UP, Phase.LIVE]


def test_a_batch_is_stored_together_and_acknowledged_once() -> None:
    """However many notifications arrived together, they are one transaction and one ack, in that order."""
    orders = begun().receive([note(1), note(2), note(5)])
    assert orders == [
        Put(messages=(note(1), note(2), note(5)), epoch="e1"),
        Say(message=Ack(seq=5)),
    ]


def test_what_was_acknowledged_isnt_acknowledged_again() -> None:
    """An old notification that comes again is stored again, which changes nothing, and not acked."""
    assert begun(after=9).receive([note(3)]) == [Put(messages=(note(3),), epoch="e1")]


def test_a_gap_is_recorded_in_its_place() -> None:
    """Notifications before and after a gap are stored in order, with one ack for all."""
    orders = begun(after=1, latest=9).receive([note(2), Gap(missed=3, after=6), note(7)])
    assert orders == [
        Put(messages=(note(2),), epoch="e1"),
        Lost(missed=3, epoch="e1", after=6),
        Put(messages=(note(7),), epoch="e1"),
        Say(message=Ack(seq=7)),
    ]


def test_a_reset_moves_the_cursor_also_back() -> None:
    """After a reset the relay's word counts, even if it is lower than what was stored."""
    session = Session(device="d", epoch="old", after=900)
    orders = session.receive([welcome(3, "new"), Reset(epoch="new", after=2), note(3)])
    assert orders == [
        Move(epoch="new", after=2),
        Put(messages=(note(3),), epoch="new"),
        Say(message=Ack(seq=3)),
    ]
    assert session.phase is Phase.LIVE


def test_a_pong_that_knows_more_shows_a_hole() -> None:
    """A link that looks alive but does not deliver is left, to come back at once."""
    (order,) = begun(after=4, latest=4).receive([Pong(latest=5)])
    assert order == Leave(verdict=HOLE)
    assert HOLE.retry


def test_a_pong_behind_its_notification_is_fine() -> None:
    """What arrived in front of the pong counts as stored."""
    session = begun(after=4, latest=4)
    session.ping()
    assert not session.answered
    assert Leave(verdict=HOLE) not in session.receive([note(5), Pong(latest=5)])
    assert session.answered


def test_the_heartbeat_says_what_is_stored() -> None:
    """A ping carries the highest stored number, 0 for a new device."""
    assert begun(after=4, latest=4).ping() == Ping(latest=4)
    assert begun(after=None).ping() == Ping(latest=0)


@pytest.mark.parametrize(
    "early",
    [note(1), Gap(missed=1, after=1), Reset(epoch="e", after=1), Pong(latest=0)],
    ids=lambda m: type(m).__name__,
)
def test_nothing_counts_before_the_welcome(early: FromRelay) -> None:
    """A relay that doesn't greet first isn't believed."""
    orders = Session(device="d", epoch="e1", after=0).receive([early])
    assert orders == [Leave(verdict=MISUNDERSTOOD)]


def test_a_second_welcome_ends_the_link() -> None:
    """A relay greets once."""
    assert begun().receive([welcome()]) == [Leave(verdict=MISUNDERSTOOD)]


def test_nothing_is_done_after_leaving() -> None:
    """What stands behind the reason to leave is left for the next link."""
    orders = begun(after=4, latest=4).receive([Pong(latest=5), note(5)])
    assert orders == [Leave(verdict=HOLE)]


@given(st.lists(st.integers(1, 50), unique=True, min_size=1), st.data())
def test_however_it_is_cut_everything_is_stored_in_order(numbers: list[int], data: st.DataObject) -> None:
    """Any split of a stream into batches stores the same notifications, in order, and acks only what is stored."""
    numbers.sort()
    session = begun(latest=numbers[-1])
    stored: list[int] = []
    rest = [note(number) for number in numbers]
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        batch, rest = rest[:size], rest[size:]
        for order in session.receive(batch):
            if isinstance(order, Put):
                stored += [message.seq for message in order.messages]
            else:
                assert order == Say(message=Ack(seq=stored[-1]))
    assert stored == numbers
    assert session.phase is Phase.LIVE


def test_a_newer_relays_notification_is_missed_visibly() -> None:
    """One with a priority that this version doesn't know becomes a gap of one and holds up nothing."""
    frame = encode(note(8)).replace(b'"normal"', b'"cosmic"')
    assert read_frame(frame) == Gap(missed=1, after=8)
    assert read_frame(encode(note(8))) == note(8)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"{",
        b"[]",
        b'{"kind":"dance"}',
        b'{"kind":"notification"}',
        b'{"kind":"pong","latest":-1}',
        b"\xff",
    ],
)
def test_other_unreadable_frames_are_refused(frame: bytes) -> None:
    """What isn't a message, or has no number to skip to, is an error."""
    with pytest.raises(MalformedMessage):
        read_frame(frame)


def change(seq: int, stage: Stage = Stage.CLAIMED) -> Update:
    """Make an update."""
    return Update(seq=seq, id="n-1", stage=stage, at=2.0)


def test_updates_are_stored_with_notifications_in_their_order() -> None:
    """What happens to a notification has a number like one, and shares its transaction and its ack."""
    orders = begun().receive([note(1), change(2), note(3)])
    assert orders == [
        Put(messages=(note(1), change(2), note(3)), epoch="e1"),
        Say(message=Ack(seq=3)),
    ]


def test_an_update_alone_makes_a_link_live() -> None:
    """The last that was missed may be an update, or a gap of none."""
    session = begun(after=4, latest=6)
    phases = []
    for message in (change(5), Gap(missed=0, after=6)):
        session.receive([message])
        phases.append(session.phase)
    assert phases == [Phase.CATCHING_UP, Phase.LIVE]


@pytest.mark.parametrize(
    "message",
    [Result(request="r", ok=True), Filters(revision=2, layer="organisation", by="lead@example.com")],
    ids=lambda m: type(m).__name__,
)
def test_what_has_no_number_is_told_and_not_acknowledged(message: Result | Filters) -> None:
    """Answers and news of filters go to the windows, after the welcome only."""
    assert begun().receive([message]) == [Tell(message=message)]
    early = Session(device="d", epoch="e1", after=0)
    assert early.receive([message]) == [Leave(verdict=MISUNDERSTOOD)]


def test_hello_says_who_is_there() -> None:
    """A desktop whose agent is away says so with its first word."""
    session = Session(device="d", epoch=None, after=None, presence=Availability.AWAY)
    assert session.hello().presence is Availability.AWAY


def test_a_newer_relays_update_is_passed_over() -> None:
    """An update with a stage that this version doesn't know is no notification missed."""
    frame = encode(change(8)).replace(b'"claimed"', b'"levitating"')
    assert read_frame(frame) == Gap(missed=0, after=8)
