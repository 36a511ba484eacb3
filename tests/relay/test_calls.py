"""What becomes of a call: when it is tried again, when it is given up, and who is told what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from relay.calls import (
    BACKOFF_SECONDS,
    DELAY_TOLD_AFTER,
    JITTER,
    MAX_WAIT_SECONDS,
    TRIES,
    Call,
    CallState,
    Reply,
    call_id,
    choose,
    judge,
    next_look,
    note,
    retry_after,
    retry_at_once,
)

NOW = 1_000_000.0


def call(number: int = 1, host: str = "crm.example.com", **more: object) -> Call:
    """Return a call that is due now."""
    fields: dict[str, object] = {"due": NOW, "created_at": NOW, "said": "e-mail sent"}
    return Call(
        id=f"call_{number}",
        notification="n1",
        playbook="payment-failed",
        action="mail",
        label="Send e-mail",
        url=f"https://{host}/mails",
        **(fields | more),  # type: ignore[arg-type] # the fields of a call
    )


def after(made: Call, reply: Reply, *, chance: float = 0.0, tries: int = TRIES) -> Call:
    """Return a call after one more try."""
    return judge(made, reply, now=NOW, chance=chance, tries=tries)


def test_the_same_request_is_the_same_call() -> None:
    """An id depends on notification, action and request, and on nothing else."""
    assert call_id("n", "mail", "r1") == call_id("n", "mail", "r1")
    assert len({call_id(*parts) for parts in (("n", "a", "r"), ("na", "", "r"), ("n", "a", "r2"))}) == 3


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_success_is_done(status: int) -> None:
    """Any 2xx ends it, and those who have the notification are told so."""
    done = after(call(problem="before", quote="before"), Reply(status=status))
    assert (done.state, done.tries, done.status, done.problem, done.quote) == ("done", 1, status, "", "")
    assert note(done) == "e-mail sent"


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422])
def test_a_refusal_is_final(status: int) -> None:
    """What the other side will not take, and what it wants elsewhere, is not sent again."""
    dead = after(call(), Reply(status=status, quote="no such address"))
    assert (dead.state, dead.tries, dead.status) == ("dead", 1, status)
    assert str(status) in dead.problem
    assert dead.quote == "no such address"


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 501, 502, 503, 504, 599, None])
def test_what_is_about_the_moment_is_tried_again(status: int | None) -> None:
    """A fault, a lock, a limit or no answer at all may be over in a while."""
    waiting = after(call(), Reply(status=status, problem="" if status else "refused the connection."))
    assert (waiting.state, waiting.tries, waiting.due) == ("waiting", 1, NOW + BACKOFF_SECONDS[0])


def test_an_address_that_may_not_be_called_is_final() -> None:
    """The guard says no today and tomorrow; a person has to change something."""
    assert after(call(), Reply(problem="leads to 10.0.0.1.", final=True)).state is CallState.DEAD


def test_the_waits_grow_and_end() -> None:
    """Seven tries within some seven hours, and then a dead letter."""
    waits, made = [], call()
    while made.state is CallState.WAITING:
        made = after(made, Reply(status=503))
        waits.append(made.due - NOW)
    assert waits[:-1] == list(BACKOFF_SECONDS)
    assert (made.state, made.tries) == ("dead", TRIES)
    assert note(made) == "“Send e-mail” could not be done: crm.example.com has a fault of its own (503)."


def test_more_tries_wait_as_long_as_the_last() -> None:
    """With more tries than the schedule has, the longest wait is repeated."""
    assert after(call(tries=11), Reply(status=500), tries=20).due == NOW + BACKOFF_SECONDS[-1]


@given(
    tries=st.integers(0, 30),
    chance=st.floats(0, 1),
    asked=st.none() | st.floats(0, 1e9),
    status=st.none() | st.integers(200, 599),
)
def test_a_wait_is_never_short_and_never_endless(
    tries: int, chance: float, asked: float | None, status: int | None
) -> None:
    """Whatever comes back: a call is over, or due within a day and a bit, and later than the schedule says."""
    made = after(call(tries=tries), Reply(status=status, retry_after=asked), chance=chance, tries=40)
    assert made.tries == tries + 1
    if made.state is CallState.WAITING:
        usual = BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)]
        assert usual <= made.due - NOW <= MAX_WAIT_SECONDS * (1 + JITTER) + 1


def test_retry_after_is_heeded() -> None:
    """The other side knows best when it is back, but no wait becomes shorter by that."""
    assert after(call(), Reply(status=429, retry_after=90.0)).due == NOW + 90.0
    assert after(call(), Reply(status=503, retry_after=0.0)).due == NOW + BACKOFF_SECONDS[0]


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        ("7", "", 7.0),
        ("Sat, 21 Nov 2026 10:00:09 GMT", "Sat, 21 Nov 2026 10:00:00 GMT", 9.0),
        ("Sat, 21 Nov 2026 10:00:09 GMT", "Sat, 21 Nov 2026 10:05:00 GMT", 0.0),
        ("Mon, 12 Jan 1970 13:46:50 GMT", "", 10.0),
        ("", "", None),
        ("soon", "", None),
        ("-5", "", None),
        ("٣", "", None),
    ],
)
def test_both_forms_of_retry_after_are_read(text: str, date: str, seconds: float | None) -> None:
    """Seconds, or a date by the other side's clock if it told its own."""
    assert retry_after(text, date, NOW) == seconds


def test_a_long_wait_is_told_once() -> None:
    """After three minutes those who wait learn that it takes longer; the other tries tell nothing."""
    made, notes = call(), []
    for _ in range(TRIES - 1):
        made = after(made, Reply(status=503))
        notes.append(note(made))
    assert [number for number, text in enumerate(notes, 1) if text] == [DELAY_TOLD_AFTER]


def test_what_the_other_side_says_is_not_told_to_agents() -> None:
    """A note has our words only."""
    assert "boom" not in note(after(call(), Reply(status=422, quote="boom <b>")))


def test_a_dead_call_comes_to_life_as_the_same_call() -> None:
    """Tried again by hand it has all its tries, and the id by which the receiver knows it."""
    dead = after(call(tries=TRIES - 1), Reply(status=500))
    again = retry_at_once(dead, NOW + 60)
    assert (again.id, again.state, again.tries, again.due) == (dead.id, "waiting", 0, NOW + 60)


def test_one_call_is_never_begun_twice() -> None:
    """What is under way is not chosen, and neither is what isn't due."""
    waiting = [call(1), call(2), call(3, due=NOW + 1)]
    assert [one.id for one in choose(waiting, {"call_1": call(1)}, now=NOW, slots=8)] == ["call_2"]


def test_a_silent_host_holds_up_only_its_own() -> None:
    """One host gets half of the slots; another's calls find room beside it."""
    waiting = [*(call(number, "slow.example.com") for number in range(9)), call(9, "quick.example.com")]
    chosen = choose(waiting, {}, now=NOW, slots=4)
    assert [one.host for one in chosen] == ["slow.example.com"] * 2 + ["quick.example.com"]
    assert len(choose(waiting, {}, now=NOW, slots=1)) == 1


def test_the_next_look_is_at_the_next_due_call() -> None:
    """Calls that are due wait for a slot; only those of the future say when to look again."""
    assert next_look([call(1)], (), NOW) is None
    assert next_look([call(1), call(2, due=NOW + 9), call(3, due=NOW + 5)], (), NOW) == NOW + 5


def test_a_call_names_its_host() -> None:
    """Sentences name the host, never the path or the query, which may hold a customer's data."""
    made = replace(call(), url="https://crm.example.com:8443/c/4711?mail=a@b.c")
    problem = after(made, Reply(status=422)).problem
    assert problem == "crm.example.com refused it (422)."
