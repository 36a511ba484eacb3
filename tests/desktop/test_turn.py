"""Who asks first has the turn first, whoever gives it up and wants it again."""

import threading

import pytest

from desktop.turn import Turn
from tests.desktop.far_end import LIMIT


class Asker:
    """A thread that wants the turn, and says when it has had it."""

    def __init__(self, turn: Turn, name: str, had: list[str]) -> None:
        self._turn, self._name, self._had = turn, name, had
        self._waits_before = len(turn._waiting)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._is_waiting()

    def _run(self) -> None:
        with self._turn:
            self._had.append(self._name)

    def _is_waiting(self) -> None:
        until = threading.Event()
        for _ in range(2000):
            if len(self._turn._waiting) > self._waits_before:
                return
            until.wait(0.005)
        pytest.fail("it did not ask")

    def end(self) -> None:
        """Wait for its end."""
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()


def test_the_turn_goes_in_the_order_of_asking() -> None:
    """Who has it and asks again, while others wait, comes after them."""
    turn, had = Turn(), list[str]()
    with turn:
        askers = [Asker(turn, name, had) for name in "abc"]
    with turn:
        had.append("again")
    for asker in askers:
        asker.end()
    assert had == ["a", "b", "c", "again"]


def test_whose_turn_it_is_may_take_it_once_more() -> None:
    """Only the last of several ends gives it up."""
    turn, had = Turn(), list[str]()
    with turn:
        with turn:
            asker = Asker(turn, "a", had)
        assert had == []
    asker.end()
    assert had == ["a"]


def test_an_error_gives_the_turn_up() -> None:
    """What fails under it keeps nobody waiting."""
    turn, had = Turn(), list[str]()

    def fail() -> None:
        with turn:
            askers.append(Asker(turn, "a", had))
            raise ZeroDivisionError

    askers = list[Asker]()
    with pytest.raises(ZeroDivisionError):
        fail()
    askers[0].end()
    assert had == ["a"]


@pytest.mark.parametrize("called", [False, True])
def test_who_leaves_while_waiting_keeps_nobody_waiting(*, called: bool) -> None:
    """A signal that ends the waiting, before the turn has come or just after, passes it on."""
    turn, had, me = Turn(), list[str](), -1
    mine = threading.Lock()
    mine.acquire()
    with turn:
        turn._waiting.append((me, mine))
        asker = Asker(turn, "a", had)
        if not called:
            turn._leave(me, mine)
    if called:
        turn._leave(me, mine)
    asker.end()
    assert had == ["a"]
