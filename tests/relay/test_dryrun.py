"""The dry run: what recorded events would lead to, against what they did, and each silence explained."""

import asyncio
import json
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from relay.addressing import Addressing
from relay.cli_dryrun import lines, run_dry
from relay.dispatch import Dispatcher
from relay.dryrun import Outcome, Recorded, Report, dry_run
from relay.errors import ConfigError
from relay.event import Device, Event, EventState, PairingCode, StoredEvent
from relay.filters import FilterSet, Layer, Rule
from relay.identity import Registry
from relay.journal.sqlite import SqliteJournal
from relay.log import get_logger
from relay.people import Directory, People
from relay.playbooks import parse
from relay.presence import Presence
from relay.protocol import How
from relay.render import Renderer
from relay.roster import Roster

PAID = """
title = "Paid: {{ data.name }}"
[when]
types = ["payment.*"]
condition = "data.amount > 100"
[audience]
teams = ["Billing"]
"""
CLOSES = """
resolves = ["order/{{ data.name }}"]
[when]
types = ["order.closed"]
[audience]
everyone = true
"""
OWNED = """
title = "Ticket for you"
[when]
types = ["ticket.*"]
[audience]
owner = "data.owner"
"""
MIRA, ZOE = "mira@example.com", "zoe@example.com"
PEOPLE = Directory(
    People(),
    [
        Device(id=agent, agent=agent, teams=("Billing",), name="d", token_hash=b"", paired_at=0.0)
        for agent in (MIRA, ZOE)
    ],
)
FILTERS = FilterSet(layers=(Layer(name=f"agent:{ZOE}", rules=(Rule(types="paid", how=How.OFF),)),))


def renderer(**texts: str) -> Renderer:
    return Renderer([parse(name, text) for name, text in texts.items()])


def event(number: int, kind: str, **data: object) -> Event:
    body = json.dumps({"name": "Ada", "amount": 500, **data}).encode()
    return Event(source="shop", provider="p", id=str(number), type=kind, time=1000.0 + 60 * number, data=body)


def dry(*events: Event, filters: FilterSet = FILTERS, **texts: str) -> Report:
    """Run events that led to nothing."""
    recorded = [
        Recorded(stored=StoredEvent(seq=number, event=one, state=EventState.UNMATCHED))
        for number, one in enumerate(events, 1)
    ]
    return dry_run(
        recorded, renderer(**(texts or {"paid": PAID, "closes": CLOSES, "owned": OWNED})), PEOPLE, filters
    )


def only(report: Report) -> Outcome:
    (outcome,) = report.outcomes
    return outcome


@pytest.mark.parametrize(
    ("one", "would", "sentences"),
    [
        (event(1, "payment.done"), ("paid",), ("paid to Billing: toast for 1, off for 1.",)),
        (event(1, "payment.done", amount=5), (), ("It fulfils no condition of paid.",)),
        (event(1, "parcel.sent"), (), ("No playbook wants parcel.sent from shop.",)),
        (event(1, "order.closed"), (), ("closes shows nothing, and closes 1 case.",)),
        (event(1, "ticket.new", owner=MIRA), ("owned",), (f"owned to {MIRA}: toast for 1.",)),
        (
            event(1, "ticket.new", owner="gone@example.com"),
            ("owned",),
            (
                "owned to everyone: toast for 2.",
                "The owner gone@example.com is not known.",
                "There is no lead and no admin: it went to everyone.",
            ),
        ),
    ],
)
def test_each_event_is_explained(one: Event, would: tuple[str, ...], sentences: tuple[str, ...]) -> None:
    """Whom it would reach how, or why nobody."""
    outcome = only(dry(one))
    assert (outcome.would, outcome.because) == (would, sentences)


def test_an_unreadable_event_is_explained() -> None:
    """What is in quarantine would be there again."""
    stored = StoredEvent(
        seq=1,
        event=Event(
            source="s",
            provider="p",
            id="1",
            type="deskbell.quarantined",
            time=0.0,
            data=b"",
            problem="not JSON",
        ),
        state=EventState.QUARANTINED,
    )
    report = dry_run([Recorded(stored=stored)], renderer(paid=PAID), PEOPLE, FilterSet())
    assert only(report).because == ("It can't be read: not JSON.",)


def test_a_fault_is_counted_and_told() -> None:
    """A playbook that can't be filled in shows in the table, not only in production."""
    report = dry(event(1, "payment.done", name=None))
    assert report.faults == 1
    assert "title" in only(report).because[-1]


def test_a_storm_is_folded_as_it_would_be() -> None:
    """The events' own times count, so that last night's storm is a storm again."""
    fast = [
        Event(
            source="shop",
            provider="p",
            id=str(n),
            type="payment.done",
            time=n / 10,
            data=b'{"name":"A","amount":500}',
        )
        for n in range(40)
    ]
    report = dry(*fast)

    assert report.storms == 1
    assert [one.because[-1] for one in report.outcomes].count("Folded: a storm.") == 30
    assert [(cell.team, cell.would, cell.toasts) for cell in report.cells] == [("Billing", 40, 10)]


# The command


def record(folder: Path) -> Path:
    """Let a relay's parts dispatch three events into a journal; return its configuration."""

    async def work() -> None:
        journal = await SqliteJournal.open(folder / "journal.db")
        registry, now = Registry(), time.time()
        await journal.add_code(
            PairingCode(
                id="C", secret_hash=b"x", agent=MIRA, teams=("Billing",), expires_at=now + 60, tries_left=1
            )
        )
        new = Device(id="d", agent="", teams=(), name="d", token_hash=b"t", paired_at=now)
        await journal.redeem("C", b"x", new, now)
        roster = Roster(registry, None, get_logger())
        addressing = Addressing(roster.directory, Presence(now), FilterSet(), now=now)
        dispatcher = Dispatcher(
            journal, renderer(paid=PAID), get_logger(), addressing=addressing, roster=roster
        )
        journal.watch(dispatcher.wake)
        for number, kind in enumerate(("payment.done", "parcel.sent", "ticket.new")):
            body = json.dumps({"name": "Ada", "amount": 500, "owner": MIRA}).encode()
            await journal.append(
                Event(
                    source="shop",
                    provider="p",
                    id=str(number),
                    type=kind,
                    time=now - 3600 * 24 * (2 - number),
                    data=body,
                )
            )
        task = asyncio.create_task(dispatcher.run())
        async with asyncio.timeout(20):
            while await journal.pending(1):  # noqa: ASYNC110 - the journal tells when there is something only
                await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await journal.close()

    asyncio.run(work())
    playbooks = folder / "other"
    playbooks.mkdir()
    (playbooks / "owned.toml").write_text(OWNED)
    (playbooks / "paid.toml").write_text(PAID.replace("> 100", "> 1000"))
    config = folder / "relay.toml"
    config.write_text('[journal]\npath = "journal.db"\n')
    return config


def run(*words: str) -> Result:
    """Run the command as it is mounted."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(run_dry)
    return CliRunner().invoke(app, words)


def test_the_command_compares_another_folder_with_what_was(tmp_path: Path) -> None:
    """Another set of playbooks over the recorded days: what would be gone, and what new, by type and team."""
    config = record(tmp_path)
    said = run(
        "--config", str(config), "--playbooks", str(tmp_path / "other"), "--explain"
    ).output.splitlines()

    assert said[0] == (
        "3 events: 1 notifications, 1 were sent; 2 would say nothing, 0 would be faulty, "
        "for 2 it would be another playbook; 0 storms."
    )
    assert [line.split() for line in said[2:5]] == [
        ["type", "team", "was", "would", "toasts"],
        ["payment.done", "Billing", "1", "0", "0"],
        ["ticket.new", "Billing", "0", "1", "1"],
    ]
    assert [line.split("  ")[-1] for line in said[6:]] == [
        "It fulfils no condition of paid.",
        "No playbook wants parcel.sent from shop.",
        f"owned to {MIRA}: toast for 1.",
    ]
    assert [line[0] for line in said[6:]] == ["*", " ", "*"]


def test_the_command_looks_back_as_far_as_is_said(tmp_path: Path) -> None:
    """A period of thirty hours has two of the three; JSON is for programs."""
    config = record(tmp_path)
    other = str(tmp_path / "other")
    found = json.loads(run("--config", str(config), "--playbooks", other, "--since", "30h", "--json").output)

    assert (found["events"], found["was"], found["notifications"]) == (2, 0, 1)
    assert isinstance(run("--config", str(config), "--since", "soon").exception, ConfigError)


def test_nothing_recorded_is_said() -> None:
    """An empty journal has an empty table."""
    (said,) = lines(dry())
    assert said.startswith("0 events: 0 notifications, 0 were sent; 0 would say nothing,")
