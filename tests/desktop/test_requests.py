"""What was asked waits for its answer, and what a person did reaches the relay."""

import pytest

from desktop.requests import MOST_RECEIPTS, MOST_WAITING, RECEIPTS_A_BEAT, Receipts, Requests, offline
from relay.protocol import Act, Claim, Done, Pass, Receipt, Release, Request, Result, Seen


def claim(number: int = 1) -> Claim:
    """Make a claim."""
    return Claim(id=f"n-{number}", request=f"r-{number}")


def receipt(number: int) -> Receipt:
    """Make a receipt."""
    return Receipt(id=f"n-{number}", what=Seen.SHOWN, at=1.0)


def test_a_request_waits_until_its_result() -> None:
    """It is said again on every new link, and once the result is there no more."""
    requests = Requests()
    assert requests.ask(claim(1), up=True) is None
    assert requests.ask(claim(2), up=True) is None
    assert requests.waiting() == (claim(1), claim(2))
    answer = requests.answer(Result(request="r-1", ok=True, until=9.0))
    assert answer is not None
    assert (answer.request, answer.ok, answer.until) == (claim(1), True, 9.0)
    assert requests.waiting() == (claim(2),)


def test_a_result_counts_once() -> None:
    """A result that comes twice, because the request was said twice, or that nobody asked for, says nothing."""
    requests = Requests()
    requests.ask(claim(), up=True)
    assert requests.answer(Result(request="r-1", ok=True)) is not None
    assert requests.answer(Result(request="r-1", ok=True)) is None
    assert requests.answer(Result(request="never asked", ok=True)) is None


def test_who_was_faster_is_named() -> None:
    """A lost race carries the relay's sentence and the winner."""
    requests = Requests()
    requests.ask(claim(), up=True)
    answer = requests.answer(
        Result(request="r-1", ok=False, error="Mira was faster.", by="m@x.example", name="Mira")
    )
    assert answer is not None
    assert (answer.ok, answer.error, answer.name) == (False, "Mira was faster.", "Mira")


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (claim(), "You are offline; not claimed."),
        (Release(id="n", request="r"), "You are offline; not given back."),
        (Done(id="n", request="r"), "You are offline; not marked as done."),
        (Pass(id="n", request="r", to="team:x"), "You are offline; not passed on."),
        (Act(id="n", request="r", action="refund"), "You are offline; nothing was sent."),
    ],
)
def test_without_a_link_nothing_is_kept_for_later(request_: Request, sentence: str) -> None:
    """What was pressed offline is refused at once, in words: later somebody else may be on it."""
    requests = Requests()
    answer = requests.ask(request_, up=False)
    assert answer == offline(request_)
    assert (answer.ok, answer.error) == (False, sentence)
    assert requests.waiting() == ()


def test_waiting_ends() -> None:
    """A request without an answer is given up with a sentence, once; an answer that comes late is dropped."""
    requests = Requests()
    requests.ask(claim(), up=True)
    answer = requests.give_up("r-1")
    assert answer is not None
    assert "has not answered" in answer.error
    assert requests.give_up("r-1") is None
    assert requests.answer(Result(request="r-1", ok=True)) is None


def test_only_so_many_wait() -> None:
    """One more than can wait is refused."""
    requests = Requests()
    for number in range(MOST_WAITING):
        assert requests.ask(claim(number), up=True) is None
    answer = requests.ask(claim(MOST_WAITING), up=True)
    assert answer is not None
    assert answer.error == "Too much is waiting for the relay; not claimed."


def test_a_refusal_without_a_word_gets_one() -> None:
    """An agent always reads why."""
    requests = Requests()
    requests.ask(claim(), up=True)
    answer = requests.answer(Result(request="r-1", ok=False))
    assert answer is not None
    assert answer.error == "The relay refused; not claimed."


def test_receipts_are_kept_until_a_pong() -> None:
    """What was sent behind the ping, or never proven, is sent again on the next link, in order."""
    receipts = Receipts()
    receipts.add(receipt(1))
    assert receipts.take() == []  # there is no link yet
    receipts.begin()
    assert receipts.take() == [receipt(1)]
    receipts.pinged()
    receipts.add(receipt(2))
    assert receipts.take() == [receipt(2)]
    receipts.ponged()
    receipts.add(receipt(3))
    receipts.begin()
    assert receipts.take() == [receipt(2), receipt(3)]


def test_a_pong_proves_nothing_twice() -> None:
    """A second pong, or one of nobody's ping, takes nothing away."""
    receipts = Receipts()
    receipts.begin()
    receipts.add(receipt(1))
    receipts.take()
    receipts.ponged()
    receipts.begin()
    assert receipts.take() == [receipt(1)]


def test_receipts_are_no_flood() -> None:
    """Of many, some go with each heartbeat; of very many, the oldest are dropped."""
    receipts = Receipts()
    for number in range(MOST_RECEIPTS + 5):
        receipts.add(receipt(number))
    receipts.begin()
    first = receipts.take()
    assert first == [receipt(number) for number in range(5, 5 + RECEIPTS_A_BEAT)]
    assert receipts.take() == []
    receipts.pinged()
    assert receipts.take()[0] == receipt(5 + RECEIPTS_A_BEAT)
