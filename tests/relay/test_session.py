"""One conversation, without a socket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.errors import ProtocolViolation
from relay.protocol import Ack, Close, FromDesktop, Gap, Hello, Ping, Pong, Reset, Welcome
from relay.session import FLOOD_MESSAGES, Session, Standing, State

EPOCH = "e1"


def standing(*, latest: int = 10, latest_for: int = 8, cursor: int = 3) -> Standing:
    return Standing(
        epoch=EPOCH,
        latest=latest,
        latest_for=latest_for,
        cursor=cursor,
        agent="mira@example.com",
        teams=("billing",),
        time=1.0,
    )


def hello(epoch: str | None = EPOCH, after: int | None = 5, *, version: int = 1, device: str = "d1") -> Hello:
    return Hello(version=version, device=device, epoch=epoch, after=after)


def greeted(message: Hello, facts: Standing | None = None) -> tuple[Session, tuple[object, ...]]:
    session = Session("d1")
    assert session.receive(message) == ()
    return session, session.resume(facts or standing())


def live(after: int = 5, sent: int = 8) -> Session:
    session, _ = greeted(hello(after=after))
    session.sent = sent
    session.go_live()
    return session


def test_a_good_hello_resumes_where_the_desktop_stands() -> None:
    """A cursor of this journal is believed, and answered by a welcome alone."""
    session, answer = greeted(hello(after=5))
    assert session.state is State.CATCHING_UP
    assert (session.position, session.sent, session.acked) == (5, 5, 5)
    assert answer == (Welcome(epoch=EPOCH, latest=8, agent="mira@example.com", teams=("billing",), time=1.0),)


def test_the_first_hello_begins_where_the_device_was_paired() -> None:
    """A fresh desktop gets what came after its pairing, and no history."""
    session, answer = greeted(hello(None, None), standing(cursor=3, latest_for=8))
    assert session.position == 3
    assert [type(message) for message in answer] == [Welcome]
    assert isinstance(answer[0], Welcome)
    assert answer[0].latest == 8


def test_a_fresh_desktop_without_anything_to_fetch_is_live_at_once() -> None:
    """What was addressed to everyone before the pairing is not a hole."""
    session, answer = greeted(hello(None, None), standing(cursor=9, latest_for=8))
    assert isinstance(answer[0], Welcome)
    assert answer[0].latest == 0
    assert session.receive(Ping(latest=0)) == (Pong(latest=0),)


@pytest.mark.parametrize(
    ("epoch", "after"),
    [("e0", 5), (EPOCH, 11), (EPOCH, 2**63 - 1), (EPOCH, None), (None, 5), ("", 0)],
    ids=["other-epoch", "future", "far-future", "no-cursor", "no-epoch", "empty-epoch"],
)
def test_a_foreign_cursor_is_reset_and_said_so(epoch: str | None, after: int | None) -> None:
    """A cursor that isn't of this journal is never used, and the desktop is told the right one."""
    session, answer = greeted(hello(epoch, after))
    assert answer[1:] == (Reset(epoch=EPOCH, after=3),)
    assert session.position == session.sent == 3


def test_a_stored_cursor_beyond_this_journal_resumes_at_its_end() -> None:
    """After a restore the device's own cursor may be of the future as well."""
    _, answer = greeted(hello("e0", 5), standing(latest=2, latest_for=2, cursor=40))
    assert answer[1:] == (Reset(epoch=EPOCH, after=2),)


def test_the_newest_cursor_is_not_the_future() -> None:
    """A desktop that has everything is not reset."""
    _, answer = greeted(hello(after=10))
    assert len(answer) == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (hello(version=2), Close.OLD_VERSION),
        (hello(version=0), Close.OLD_VERSION),
        (hello(device="d2"), Close.NOT_ALLOWED),
        (Ack(seq=1), Close.PROTOCOL),
        (Ping(latest=0), Close.PROTOCOL),
    ],
)
def test_a_bad_first_message_ends_the_conversation(message: FromDesktop, code: Close) -> None:
    """Version, device and order are checked before anything is told."""
    with pytest.raises(ProtocolViolation) as caught:
        Session("d1").receive(message)
    assert caught.value.code is code
    assert "expected" in str(caught.value)


@pytest.mark.parametrize("session", [live(), greeted(hello())[0]], ids=["live", "catching-up"])
def test_a_second_hello_is_a_violation(session: Session) -> None:
    """The text names what was expected and what came."""
    with pytest.raises(ProtocolViolation, match="expected anything but hello, got hello"):
        session.receive(hello())


def test_a_ping_tells_the_highest_number_sent() -> None:
    """The desktop finds out whether something is missing."""
    assert live(sent=8).receive(Ping(latest=5)) == (Pong(latest=8),)


def test_acks_never_go_back() -> None:
    """A repeated or late ack changes nothing."""
    session = live(sent=8)
    for seq in (7, 6, 7, 0):
        assert session.receive(Ack(seq=seq)) == ()
    assert session.acked == 7


def test_an_ack_of_what_was_never_sent_is_a_violation() -> None:
    """Nobody can skip what is still to come."""
    with pytest.raises(ProtocolViolation, match="up to 8, got 9") as caught:
        live(sent=8).receive(Ack(seq=9))
    assert caught.value.code is Close.PROTOCOL


def test_an_ack_before_the_welcome_may_only_repeat_the_hello() -> None:
    """Until the journal was asked, a claimed cursor is a claim."""
    session = Session("d1")
    session.receive(hello(after=5))
    assert session.receive(Ack(seq=5)) == ()
    with pytest.raises(ProtocolViolation):
        session.receive(Ack(seq=6))


def test_a_gap_moves_what_a_pong_says() -> None:
    """A desktop that was told of a gap is not missing it."""
    session, _ = greeted(hello(after=0))
    assert session.gap(4, 6) == Gap(missed=4, after=6)
    assert session.receive(Ping(latest=6)) == (Pong(latest=6),)


def test_too_many_useless_messages_are_a_flood() -> None:
    """The limit holds to the message."""
    session = live()
    for _ in range(FLOOD_MESSAGES):
        session.count(100.0)
    with pytest.raises(ProtocolViolation) as caught:
        session.count(100.0)
    assert caught.value.code is Close.FLOOD


def test_the_flood_limit_is_renewed_with_time() -> None:
    """Ten seconds later the desktop may speak again."""
    session = live()
    for now in (100.0, 110.0, 120.0):
        for _ in range(FLOOD_MESSAGES):
            session.count(now)


def test_acks_that_move_the_cursor_are_never_a_flood() -> None:
    """A desktop that stores one at a time may ack one at a time."""
    session = live(after=0, sent=10 * FLOOD_MESSAGES)
    for seq in range(1, 10 * FLOOD_MESSAGES):
        session.count(100.0)
        session.receive(Ack(seq=seq))


def test_after_a_close_nothing_is_heard() -> None:
    """What was under way when the close was sent is discarded, whatever it is."""
    session = live()
    assert session.close()
    assert not session.close()
    assert session.state is State.CLOSING
    assert session.receive(Ping(latest=0)) == ()
    assert session.receive(Ack(seq=99)) == ()


def test_only_who_catches_up_can_go_live_or_be_welcomed() -> None:
    """An illegal step of our own is as loud as one of the desktop's."""
    with pytest.raises(ProtocolViolation, match="expected catching-up, got hello"):
        Session("d1").go_live()
    session = live()
    with pytest.raises(ProtocolViolation):
        session.go_live()
    with pytest.raises(ProtocolViolation):
        session.resume(standing())


messages = st.one_of(
    st.builds(Ack, seq=st.integers(0, 12)),
    st.builds(Ping, latest=st.integers(0, 12)),
    st.builds(
        Hello,
        version=st.integers(0, 2),
        device=st.sampled_from(["d1", "d2"]),
        epoch=st.sampled_from([EPOCH, "e0", None]),
        after=st.one_of(st.none(), st.integers(0, 12)),
    ),
)


@given(st.lists(messages, max_size=12))
def test_whatever_a_desktop_says_the_cursor_is_never_beyond_what_was_sent(said: list[FromDesktop]) -> None:
    """No order of messages makes the relay believe that unsent things were stored."""
    session = Session("d1")
    for message in said:
        try:
            session.receive(message)
        except ProtocolViolation:
            return
        if session.state is State.CATCHING_UP and not session.welcomed:
            session.resume(standing())
            assert session.acked <= 10
        assert session.sent <= 10
        assert session.acked <= max(session.sent, session.position)
