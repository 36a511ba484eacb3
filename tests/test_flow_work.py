"""A webhook finds the right person, and goes on to the next: with a real relay, and desktops at the wire."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from relay.protocol import Claim, Filters, How, Notification, Release, Result, Role, Stage, Update
from tests.relay_process import PATIENCE, Paired, RelayProcess
from tests.wire_desk import Desk, ask, post

HOUR = 3600.0

TEAM = """
title = "A parcel was delivered"
[when]
sources = ["parcel"]
types = ["*"]
[audience]
teams = ["billing"]
"""

OFFER = TEAM + 'mode = "offer"\nseconds = 5\n'

NIGHT = OFFER.replace("billing", "night")

LADDER = f"""{TEAM}
[[escalation]]
after = "3s"
again = true
[[escalation]]
after = "10m"
again = true
"""

# The system's clock, as far as this process can see: it is set by writing seconds to a file.
SET_CLOCK = """
import runpy, sys, time
from pathlib import Path
real, said = time.time, Path(sys.argv.pop(1))
time.time = lambda: real() + float(said.read_text() or 0)
sys.argv[0] = "relay"
runpy.run_module("relay", run_name="__main__", alter_sys=True)
"""


class House:
    """A relay with one playbook, and the desktops that are connected to it."""

    def __init__(self, relay: RelayProcess, stack: ExitStack) -> None:
        self.relay = relay
        self._stack = stack
        self._folder = relay.folder / "playbooks"
        self._folder.mkdir()
        with relay.config.open("a", encoding="utf-8") as config:
            config.write('[playbooks]\nfolder = "playbooks"\n')

    def save(self, playbook: str) -> None:
        """Save the one playbook, as an editor does."""
        new = self._folder / "parcel.tmp"
        new.write_text(playbook, encoding="utf-8")
        new.replace(self._folder / "parcel.toml")

    def begin(self, playbook: str) -> None:
        """Start the relay with a playbook."""
        self.save(playbook)
        self.relay.start()

    def desk(self, paired: Paired) -> Desk:
        """Connect a desktop."""
        desk = Desk(self.relay, paired)
        self._stack.callback(desk.close)
        desk.open()
        return desk

    def lead(self) -> Paired:
        """Pair the desktop of the one who leads Billing."""
        return self.relay.pair("lena@example.com", (), role=Role.LEAD, leads=("billing",))

    def has_logged(self, event: str) -> None:
        """Wait until the relay has logged something."""
        self.relay.wait_until(lambda: event in self.relay.log.read_text())

    def call(
        self, paired: Paired, method: str, path: str, body: object = None, **headers: str
    ) -> httpx.Response:
        """Ask the API."""
        headers["Authorization"] = f"Bearer {paired.token}"
        return httpx.request(
            method, self.relay.url + path, json=body, headers=headers, timeout=PATIENCE, trust_env=False
        )


@pytest.fixture
def house(relay_process: RelayProcess) -> Iterator[House]:
    """A relay that is not started yet."""
    with ExitStack() as stack:
        yield House(relay_process, stack)


def test_an_offer_goes_on_to_the_next_until_somebody_takes_it(house: House) -> None:
    """The first lets it pass, the second declines, the third has it; and the others are told so."""
    house.begin(OFFER)
    agents = [f"agent{number}@example.com" for number in range(3)]
    desks = {agent: house.desk(house.relay.pair(agent)) for agent in agents}
    post(house.relay)
    turn: list[str] = []
    offered: list[float] = []
    for number in range(3):
        holder = _next_holder(house, turn)
        seen = desks[holder].next(Notification)
        assert (seen.stage, seen.holder) == (Stage.OFFERED, holder)
        turn.append(holder)
        offered.append(time.monotonic())
        if number == 1:
            desks[holder].say(Release(id=seen.id, request="r1", reason="in a call"))
            assert desks[holder].next(Result).ok
        assert number == 0 or desks[turn[-2]].next(Update).stage is Stage.PASSED
    assert sorted(turn) == agents
    # The second was asked when the first one's five seconds were over, the third at once.
    assert offered[1] - offered[0] > 4.0
    assert offered[2] - offered[1] < 4.0
    id_ = ask(house.relay, lambda journal: journal.works(limit=1))[0].id
    desks[turn[2]].say(Claim(id=id_, request="r2"))
    assert desks[turn[2]].next(Result).ok
    for agent in turn:
        assert desks[agent].next(Update, so_that=lambda told: told.stage is Stage.CLAIMED).by == turn[2]


def test_what_reaches_nobody_is_told_to_the_lead_and_offered_to_whoever_comes(house: House) -> None:
    """Nobody is there: the lead has it, with an alert; and the first one of the team to come is asked."""
    house.begin(NIGHT)
    lead = house.desk(house.lead())
    post(house.relay)
    lost = lead.next(Notification)
    alert = lead.next(Notification)
    assert (lost.stage, lost.title) == (Stage.UNROUTED, "A parcel was delivered")
    assert (alert.type, alert.title) == ("deskbell.unrouted", "One notification reached nobody")
    listed = house.call(house.lead(), "GET", "/v1/unrouted").json()["items"]
    assert lost.id in [item["id"] for item in listed]
    night = house.desk(house.relay.pair("nora@example.com", ("night",)))
    found = night.next(Notification)
    assert (found.id, found.stage, found.holder) == (lost.id, Stage.OFFERED, "nora@example.com")


def test_a_storm_is_one_card_and_the_lead_hears_of_it(house: House) -> None:
    """Of fifteen at once ten disturb; the others wait in the inbox, and agent and lead are told how many."""
    house.begin(TEAM)
    agent, lead = house.desk(house.relay.pair()), house.desk(house.lead())
    for _ in range(15):
        post(house.relay)
    own = [
        agent.next(Notification, so_that=lambda said: said.type != "deskbell.storm").how for _ in range(15)
    ]
    assert own == [How.TOAST] * 10 + [How.INBOX] * 5
    # Who reads on finds the card; the agent's may have come before the last of the fifteen.
    card = lead.next(Notification)
    assert card.type == "deskbell.storm"
    assert card.title.split(" since ")[0] in {f"{number} × parcel" for number in range(11, 16)}
    assert card.about is not None
    assert (card.about.playbook, card.about.source, card.about.type) == (
        "parcel",
        "parcel",
        "shipment.delivered",
    )
    assert card.title.startswith(f"{card.about.count} × ")
    stored = ask(house.relay, lambda journal: journal.works(limit=100))
    (storm,) = [work for work in stored if work.type == "deskbell.storm"]
    assert set(storm.audience) == {"team:billing", "lead:billing"}


def test_a_broken_playbook_changes_nothing_until_it_is_mended(house: House) -> None:
    """While a file is wrong the old words are used, and the lead is told where the mistake is."""
    house.begin(TEAM)
    agent, lead = house.desk(house.relay.pair()), house.lead()
    house.save(TEAM.replace("A parcel", "{{ data.parcel | mony }}"))
    house.has_logged("playbooks-kept")
    post(house.relay)
    assert agent.next(Notification).title == "A parcel was delivered"
    (fault,) = house.call(lead, "GET", "/v1/playbooks/faults").json()["faults"]
    assert (fault["playbook"], fault["line"]) == ("parcel", 2)
    assert "did you mean money?" in fault["problem"]
    house.save(TEAM.replace("A parcel", "Your parcel"))
    house.has_logged("playbooks-replaced")
    assert house.call(lead, "GET", "/v1/playbooks/faults").json()["faults"] == []
    post(house.relay)
    assert agent.next(Notification).title == "Your parcel was delivered"


def test_changed_filters_reach_a_connected_desktop_within_a_second(house: House) -> None:
    """A lead turns a type off: the desktop hears of the change, and of that type nothing until it is back."""
    house.begin(TEAM)
    agent, lead = house.desk(house.relay.pair()), house.lead()
    for number, rules in enumerate(([{"types": "*", "how": "off"}], [])):
        tag = house.call(lead, "GET", "/v1/filters").headers["ETag"]
        began = time.monotonic()
        answer = house.call(lead, "PUT", "/v1/filters/team:billing", {"rules": rules}, **{"If-Match": tag})
        assert answer.status_code == 200, answer.text
        assert agent.next(Filters).layer == "team:billing"
        assert time.monotonic() - began < 1.0
        post(house.relay)
        house.relay.wait_until(lambda: len(ask(house.relay, lambda j: j.works(limit=9))) > number)  # noqa: B023 - waits here
    # The first was never sent.
    works = ask(house.relay, lambda journal: journal.works(limit=9))
    assert agent.next(Notification).id == works[0].id


def test_a_clock_that_is_set_during_an_escalation_moves_it(house: House, tmp_path: Path) -> None:
    """An hour ahead, an hour back: the next step comes after its seconds, and the one after it not yet."""
    said = tmp_path / "clock"
    said.write_text("0")
    relay = house.relay
    house.save(LADDER)
    command = [sys.executable, "-c", SET_CLOCK, str(said), "serve", "--config", str(relay.config)]
    with relay.log.open("ab") as output:
        relay.process = subprocess.Popen(
            command,
            env={**relay.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=output,
            stderr=output,
        )
    relay.wait_until(relay.ready)
    agent = house.desk(relay.pair())
    began = time.monotonic()
    post(relay)
    seen = agent.next(Notification)
    said.write_text(str(HOUR))
    house.has_logged("clock-was-set")
    assert agent.next(Update).again
    assert 2.0 < time.monotonic() - began < 60.0
    assert [step.verb for step in ask(relay, lambda journal: journal.history(seen.id))] == [
        "published",
        "climb",
    ]
    agent.say(Claim(id=seen.id, request="r1"))
    until = agent.next(Result).until
    assert until is not None
    assert 500.0 < until - (time.time() + HOUR) < 601.0
    said.write_text("0")
    relay.wait_until(lambda: relay.log.read_text().count("clock-was-set") == 2)
    work = ask(relay, lambda journal: journal.work([seen.id]))[seen.id]
    assert (work.stage, work.holder) == (Stage.CLAIMED, "mira@example.com")
    assert work.until is not None
    assert 400.0 < work.until - time.time() < 601.0


def _next_holder(house: House, before: Sequence[str]) -> str:
    """Return to whom the one notification is offered after those before."""

    def held() -> tuple[str, ...]:
        works = ask(house.relay, lambda journal: journal.works(limit=1))
        return works[0].holders if works else ()

    house.relay.wait_until(lambda: bool(set(held()) - set(before)))
    (holder,) = held()
    return holder
