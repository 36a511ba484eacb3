"""A real relay is killed in the middle of a ladder, and between a claim and its answer."""

import random
import threading
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from relay.claims import Move, Step, Verb
from relay.event import EVERYONE
from relay.protocol import Claim, Notification, Result
from tests.relay_process import PATIENCE, RelayProcess
from tests.wire_desk import Desk, ask, post

PLAYBOOK = """
title = "Something happened"

[when]
types = ["*"]

[audience]
everyone = true

[[escalation]]
after = "1s"
again = true
[[escalation]]
after = "6s"
teams = ["second"]
[[escalation]]
after = "9s"
again = true
"""


@pytest.fixture
def relay(relay_process: RelayProcess) -> RelayProcess:
    """A relay with one playbook, whose ladder has three rungs within seconds."""
    folder = relay_process.folder / "playbooks"
    folder.mkdir()
    (folder / "something.toml").write_text(PLAYBOOK, encoding="utf-8")
    with relay_process.config.open("a", encoding="utf-8") as config:
        config.write('[playbooks]\nfolder = "playbooks"\n')
    return relay_process


def newest(relay: RelayProcess) -> str:
    """Return the id of the newest notification."""
    return ask(relay, lambda journal: journal.works(limit=1))[0].id


def test_a_ladder_goes_on_where_it_was(relay: RelayProcess) -> None:
    """Killed between two rungs: each is taken once, at its second, by the relay that runs then."""
    relay.start()
    post(relay)

    def history() -> list[Step]:
        return ask(relay, lambda journal: journal.history(id_))

    relay.wait_until(lambda: bool(ask(relay, lambda journal: journal.works(limit=1))))
    id_ = newest(relay)
    relay.wait_until(lambda: len(history()) == 2)
    relay.kill()
    relay.start()
    ready = time.time()
    relay.wait_until(lambda: len(history()) == 4)
    steps = history()
    assert [step.verb for step in steps] == ["published", "climb", "climb", "climb"]
    first, *climbs = [step.at for step in steps]
    for at, due in zip(climbs, (1.0, 6.0, 9.0), strict=True):
        assert due <= at - first
        assert at < (first + due if due == 1.0 else max(first + due, ready)) + 1.0


def test_killed_between_claim_and_answer_the_winner_stays_the_winner(relay: RelayProcess) -> None:
    """What was on the disk is the answer to the request that is repeated."""
    relay.start()
    mira, noor = Desk(relay, relay.pair()), Desk(relay, relay.pair("noor@example.com"))
    post(relay)
    relay.wait_until(lambda: bool(ask(relay, lambda journal: journal.works(limit=1))))
    id_ = newest(relay)
    relay.kill()
    # As far as the killed process came: on disk, not answered.
    claim = Move(id=id_, verb=Verb.CLAIM, by="mira@example.com", name="Mira", keys=(EVERYONE,))
    (moved,) = ask(relay, lambda journal: journal.move([claim], time.time(), request="r1"))
    assert moved.ok
    relay.start()
    noor.open()
    noor.say(Claim(id=id_, request="r1"))
    lost = noor.next(Result)
    mira.open()
    mira.say(Claim(id=id_, request="r1"))
    assert mira.next(Result).ok
    assert (lost.ok, lost.error, lost.by) == (False, "Mira was faster.", "mira@example.com")
    mira.close()
    noor.close()


def test_kills_at_any_moment_of_a_race_leave_one_winner(relay: RelayProcess) -> None:
    """Whoever was told so before the kill has it after it, and everybody who asks again gets an answer."""
    moments = random.Random(20261122)
    relay.start()
    desks = [Desk(relay, relay.pair()), Desk(relay, relay.pair("noor@example.com"))]
    for number in range(5):
        post(relay)
        relay.wait_until(lambda before=number: len(ask(relay, lambda j: j.works(limit=99))) > before)  # type: ignore[misc] # mypy doesn't infer lambdas with defaults
        id_ = newest(relay)
        said: list[list[Result]] = [[], []]
        claims = [
            threading.Thread(target=_claim, args=(desk, id_, said[at])) for at, desk in enumerate(desks)
        ]
        for desk in desks:
            desk.open()
        for claim in claims:
            claim.start()
        time.sleep(moments.uniform(0.0, 0.03))  # the moment of the fault is the input of this test
        relay.kill()
        for claim in claims:
            claim.join(PATIENCE)
        relay.start()
        for desk, answers in zip(desks, said, strict=True):
            desk.open()
            desk.say(Claim(id=id_, request=f"claim {id_}"))
            answers.append(desk.next(Result))
            desk.close()
        assert sorted(answers[-1].ok for answers in said) == [False, True]
        for answers in said:
            assert len({answer.ok for answer in answers}) == 1


def _claim(desk: Desk, id_: str, answers: list[Result]) -> None:
    """Claim, and note the answer if one comes before the kill."""
    try:
        desk.say(Claim(id=id_, request=f"claim {id_}"))
        answers.append(desk.next(Result))
    except (ConnectionClosed, OSError):
        pass


def test_a_repeated_hello_sees_the_notification_with_its_holder(relay: RelayProcess) -> None:
    """After the restart too the state is the present one."""
    relay.start()
    mira, noor = Desk(relay, relay.pair()), Desk(relay, relay.pair("noor@example.com"))
    post(relay)
    mira.open()
    seen = mira.next(Notification)
    mira.say(Claim(id=seen.id, request="r1"))
    assert mira.next(Result).ok
    relay.kill()
    relay.start()
    noor.open()
    again: Any = noor.next(Notification)
    assert (again.id, again.holder, again.holder_name) == (seen.id, "mira@example.com", "Mira")
    noor.close()
