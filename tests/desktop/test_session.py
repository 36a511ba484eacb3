"""The desktop's half of the conversation: told what arrived, it says what to do."""

import random
import ssl
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop import session as rules
from desktop.entry import LinkState
from desktop.session import Leave, Lost, Move, Phase, Put, Say, Session
from relay.protocol import (
    Ack,
    Close,
    FromRelay,
    Gap,
    MalformedMessage,
    Notification,
    Ping,
    Pong,
    Priority,
    Reset,
    Welcome,
    encode,
    may_retry,
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
    assert order == Leave(verdict=rules.HOLE)
    assert rules.HOLE.retry


def test_a_pong_behind_its_notification_is_fine() -> None:
    """What arrived in front of the pong counts as stored."""
    session = begun(after=4, latest=4)
    session.ping()
    assert not session.answered
    assert Leave(verdict=rules.HOLE) not in session.receive([note(5), Pong(latest=5)])
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
    assert orders == [Leave(verdict=rules.MISUNDERSTOOD)]


def test_a_second_welcome_ends_the_link() -> None:
    """A relay greets once."""
    assert begun().receive([welcome()]) == [Leave(verdict=rules.MISUNDERSTOOD)]


def test_nothing_is_done_after_leaving() -> None:
    """What stands behind the reason to leave is left for the next link."""
    orders = begun(after=4, latest=4).receive([Pong(latest=5), note(5)])
    assert orders == [Leave(verdict=rules.HOLE)]


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
    assert rules.read_frame(frame) == Gap(missed=1, after=8)
    assert rules.read_frame(encode(note(8))) == note(8)


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
        rules.read_frame(frame)


# What an end means


@pytest.mark.parametrize("code", list(Close))
def test_every_close_code_has_a_sentence_and_the_number_decides(code: Close) -> None:
    """Whether to come back is said by the code's number alone, and the agent reads a sentence."""
    verdict = rules.after_close(code)
    assert verdict.retry is may_retry(code)
    assert verdict.reason.endswith(".")


@pytest.mark.parametrize(
    ("code", "retry"), [(1006, True), (1009, True), (4499, True), (4500, False), (4999, False)]
)
def test_unknown_codes_follow_their_class(code: int, retry: bool) -> None:
    """A code that a newer relay invents is understood by its number."""
    assert rules.after_close(code).retry is retry


def test_a_broken_link_is_retried() -> None:
    """A link that ends without a close code comes back."""
    verdict = rules.after_close(None)
    assert (verdict.retry, verdict.state) == (True, LinkState.OFFLINE)


def test_a_superseded_sign_in_waits() -> None:
    """Two programs with one token don't throw each other out more often than each half minute."""
    verdict = rules.after_close(Close.SUPERSEDED)
    assert rules.delay(verdict, rules.back_off(lambda: 0.0), lambda: 0.0, first=True) >= 30.0


@pytest.mark.parametrize(
    ("status", "html", "verdict"),
    [
        (401, False, rules.SIGNED_OUT),
        (401, True, rules.SIGN_IN_PAGE),
        (403, False, rules.NOT_LET_IN),
        (404, True, rules.NOT_A_RELAY),
        (407, True, rules.PROXY),
        (426, False, rules.NOT_A_RELAY),
        (200, True, rules.SIGN_IN_PAGE),
        (200, False, rules.NOT_A_RELAY),
        (302, False, rules.SIGN_IN_PAGE),
        (511, True, rules.SIGN_IN_PAGE),
    ],
)
def test_a_refused_upgrade_is_explained(status: int, html: bool, verdict: rules.Verdict) -> None:
    """The HTTP answer to the upgrade tells a hotel's sign-in page from a revoked token."""
    assert rules.after_refusal(status, html=html) == verdict


def test_only_a_revoked_token_stops_the_retrying() -> None:
    """Whatever stands between us and the relay may go away by itself; a revoked token doesn't."""
    final = [status for status in range(200, 600) if not rules.after_refusal(status).retry]
    assert final == [401]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("999999", 300.0), (None, 5.0), ("Fri, 31 Dec", 5.0), ("-3", 5.0), ("²", 5.0)],
)
def test_retry_after_is_followed_within_bounds(header: str | None, seconds: float) -> None:
    """A relay can ask for patience, but nobody can send a desktop away for hours."""
    assert rules.after_refusal(503, retry_after=header).at_least == seconds


def test_a_foreign_certificate_is_named() -> None:
    """An untrusted certificate says so, with OpenSSL's reason, and is never accepted."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    verdict = rules.after_error(error)
    assert "self-signed certificate" in verdict.reason
    assert verdict.retry


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (TimeoutError(), rules.NO_ANSWER),
        (ConnectionRefusedError(), rules.UNREACHABLE),
        (ssl.SSLError(), rules.UNSAFE),
        (OSError(), rules.UNREACHABLE),
    ],
)
def test_network_errors_are_sentences(error: Exception, verdict: rules.Verdict) -> None:
    """Nobody has to read an errno."""
    assert rules.after_error(error) == verdict


# When to come back


def test_back_off_is_full_jitter_up_to_a_minute_and_endless() -> None:
    """At worst 0.5, 1, 2 … 60 s, at best none; and there is always a next one."""
    longest = list(islice(rules.back_off(lambda: 1.0), 5000))
    assert longest[:9] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert longest[-1] == 60.0
    assert set(islice(rules.back_off(lambda: 0.0), 50)) == {0.0}


def test_an_announced_restart_is_answered_soon_but_not_by_all_at_once() -> None:
    """After 1012 the first try comes within two seconds, spread evenly; the next ones back off."""
    chance = random.Random(4).random
    restart = rules.after_close(Close.RESTART)
    waits = [rules.delay(restart, rules.back_off(chance), chance, first=True) for _ in range(2000)]
    assert max(waits) <= 2.0
    assert all(300 < sum(low <= wait < low + 0.5 for wait in waits) < 700 for low in (0.0, 0.5, 1.0, 1.5))
    planned = rules.back_off(lambda: 1.0)
    assert [rules.delay(restart, planned, chance, first=False) for _ in range(3)] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("wall", "monotonic", "late", "slept"),
    [
        (5.0, 5.0, 0.0, False),
        (20.0, 5.0, 0.0, False),
        (20.1, 5.0, 0.0, True),
        (3600.0, 5.0, 0.0, True),
        (-3600.0, 5.0, 0.0, False),
        (3600.0, 3600.0, 3595.0, True),
    ],
)
def test_sleep_is_told_from_a_corrected_clock(
    wall: float, monotonic: float, late: float, slept: bool
) -> None:
    """Only time that passed unnoticed means sleep: not a clock set back, nor one set forward by seconds."""
    assert rules.has_slept(wall, monotonic, late=late) is slept
