"""The dry run: what recorded events would lead to, against what they did, and each silence explained."""

import asyncio
import json
import re
import time
from pathlib import Path

import pytest
import typer
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from relay.addressing import Addressing
from relay.broadcast import Message, broadcast
from relay.cli_dryrun import explained, lines, run_dry
from relay.dispatch import Dispatcher
from relay.dryrun import Outcome, Recorded, Report, dry_run
from relay.errors import ConfigError
from relay.event import Device, Event, EventState, PairingCode, StoredEvent
from relay.filters import FilterSet, Layer, Lock, Rule
from relay.identity import Registry
from relay.journal.sqlite import SqliteJournal
from relay.log import get_logger
from relay.people import Directory, People
from relay.playbooks import parse
from relay.presence import Presence
from relay.protocol import How
from relay.render import Renderer
from relay.roster import Roster
from relay.routing import Router

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
LED = Directory(
    People(),
    [
        Device(
            id=agent, agent=agent, teams=("Billing",), name="d", token_hash=b"", paired_at=0.0, leads=leads
        )
        for agent, leads in ((MIRA, ("Billing",)), (ZOE, ()))
    ],
)
"""With a lead, who is told what reached nobody."""
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
        (
            event(1, "payment.done"),
            ("paid",),
            (
                "paid to Billing: toast for 1, off for 1.",
                f"Off for {ZOE}: Zoe says: paid is off.",
            ),
        ),
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
    folded = f"Inbox only for {MIRA}: very many came at once, and it was folded."
    assert [folded in one.because for one in report.outcomes].count(True) == 30
    assert [(cell.team, cell.would, cell.toasts) for cell in report.cells if cell.type == "payment.done"] == [
        ("Billing", 40, 10)
    ]


def test_who_hears_nothing_is_told_with_the_reason() -> None:
    """The product's default, a layer and its lock, a used up budget: each is named, as `why` does."""
    quiet = PAID.replace("title", 'priority = "low"\ntitle', 1)
    assert only(dry(event(1, "payment.done"), filters=FilterSet(), paid=quiet)).because == (
        "paid to Billing: inbox for 2.",
        f"Inbox only for {MIRA} and {ZOE}: By default, what is low and nobody's yet is inbox only.",
    )
    lock = Lock(by="it@example.com", why="Too many.", at=0.0)
    locked = Layer(name="organisation", rules=(Rule(types="paid", how=How.INBOX, lock=lock),), budget=1)
    said = only(dry(event(1, "payment.done"), filters=FilterSet(layers=(locked,)))).because
    assert said[-1] == (
        f"Inbox only for {MIRA} and {ZOE}: The organisation says: paid is inbox only. "
        "Locked by it@example.com: Too many."
    )
    once = FilterSet(layers=(Layer(name="organisation", budget=1),))
    second = dry(event(1, "payment.done"), event(2, "payment.done"), filters=once).outcomes[1]
    assert second.because[-1] == f"Inbox only for {MIRA} and {ZOE}: there were enough toasts within the hour."


def again(was: str, would: str, *, before: FilterSet = FILTERS, after: FilterSet = FILTERS) -> Report:
    """Dispatch an event with a playbook, and run it dry with another one of the same name."""
    stored = StoredEvent(seq=1, event=event(1, "payment.done"), state=EventState.NOTIFIED)
    old = Router(PEOPLE, Presence(0.0), before)
    rendered = renderer(paid=was).render(stored)
    drafts = tuple(
        old.route(draft, asked, 0.0)
        for draft, asked in zip(rendered.dispatched.drafts, rendered.asked, strict=True)
    )
    return dry_run([Recorded(stored=stored, drafts=drafts)], renderer(paid=would), PEOPLE, after)


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ("Paid:", "Paid:", ()),
        ("Paid:", "All paid:", ("paid would have other words: title.",)),
        (
            "[when]",
            '[[scripts]]\nname = "Call"\nlanguage = "en"\ntext = "Hello"\n[when]',
            ("paid would have other words: scripts.",),
        ),
        (
            "title",
            'priority = "low"\ntitle',
            (
                "paid was normal, and would be low.",
                f"paid was toast for {MIRA}, and would be inbox.",
            ),
        ),
        ('teams = ["Billing"]', "everyone = true", ("paid went to Billing, and would go to everyone.",)),
        ("> 100", "> 1000", ("paid would be gone.",)),
    ],
)
def test_what_a_changed_playbook_changes_is_named(old: str, new: str, sentences: tuple[str, ...]) -> None:
    """Another priority, other words or people are no less a change than another playbook."""
    report = again(PAID, PAID.replace(old, new, 1))
    assert only(report).differs == sentences
    assert report.changed == bool(sentences)
    assert {cell.team: (cell.was, cell.would, cell.toasts_were) for cell in report.cells}["Billing"][0] == 1
    assert sum(cell.toasts_were for cell in report.cells) == 1


def test_a_filter_set_since_then_shows_as_a_change() -> None:
    """What the record says was a toast, and wouldn't be, is marked, although the playbook is the same."""
    report = again(PAID, PAID, before=FilterSet())
    assert only(report).differs == (f"paid was toast for {ZOE}, and would be off.",)
    (cell,) = report.cells
    assert (cell.toasts_were, cell.toasts, cell.differ) == (2, 1, 1)
    assert [line[0] for line in explained(report)] == ["*"]


def test_the_relay_s_own_notifications_are_listed() -> None:
    """A storm, a digest, an alarm about what reached nobody, and what a lead has told."""
    told = broadcast(
        Message(by=MIRA, name="Mira", title="Lunch is late", everyone=True, request="r", expires=None), 5.0
    )
    fast = [
        Recorded(
            stored=StoredEvent(
                seq=n, event=replace(event(n, "payment.done"), time=n / 10), state=EventState.UNMATCHED
            )
        )
        for n in range(1, 40)
    ]
    team = PAID.replace('teams = ["Billing"]', 'owner = "data.name"')
    budget = FilterSet(layers=(Layer(name="organisation", budget=5),))
    report = dry_run(fast, renderer(paid=PAID, lost=team), LED, budget, own=[told], until=2000.0)
    seen = {notice.type: notice for notice in report.notices}

    assert set(seen) == {"deskbell.storm", "deskbell.digest", "deskbell.unrouted", "deskbell.broadcast"}
    assert (seen["deskbell.broadcast"].was, seen["deskbell.broadcast"].would) == (True, True)
    assert [notice.time for notice in report.notices] == sorted(notice.time for notice in report.notices)
    assert {cell.type for cell in report.cells} == {"payment.done", *seen}
    assert any("Lunch is late" in line for line in explained(report))


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
        "2 would differ from what was; 0 storms."
    )
    assert [re.split(r" {2,}", line) for line in said[2:5]] == [
        ["type", "team", "was", "would", "toasts were", "toasts would", "differ"],
        ["payment.done", "Billing", "1", "0", "1", "0", "1"],
        ["ticket.new", "Billing", "0", "1", "0", "1", "1"],
    ]
    assert [line.split("  ")[-1] for line in said[6:]] == [
        "It fulfils no condition of paid. paid would be gone.",
        "No playbook wants parcel.sent from shop.",
        f"owned to {MIRA}: toast for 1. owned would be new.",
    ]
    assert [line[0] for line in said[6:]] == ["*", " ", "*"]


def test_the_command_looks_back_as_far_as_is_said(tmp_path: Path) -> None:
    """A period of thirty hours has two of the three; JSON is for programs."""
    config = record(tmp_path)
    other = str(tmp_path / "other")
    found = json.loads(run("--config", str(config), "--playbooks", other, "--since", "30h", "--json").output)

    assert (found["events"], found["was"], found["notifications"]) == (2, 0, 1)


@pytest.mark.parametrize("since", ["soon", "0d", "-1d", "nand", "infd", "d", "7"])
def test_a_period_that_is_none_is_refused(tmp_path: Path, since: str) -> None:
    """No time back, or less than none, is told rather than answered with nothing."""
    config = tmp_path / "relay.toml"
    config.write_text("")
    problem = run("--config", str(config), f"--since={since}").exception

    assert isinstance(problem, ConfigError)
    assert str(problem) == f"--since: {since!r} is not like 12h or 7d."


def test_a_wrong_playbook_is_told_with_its_folder(tmp_path: Path) -> None:
    """Whoever tries another folder reads which file of it is wrong, and in which line."""
    config = tmp_path / "relay.toml"
    config.write_text("")
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "paid.toml").write_text(PAID.replace("data.name", "data.name | nope"))
    said = run("--config", str(config), "--playbooks", str(folder))

    assert said.exit_code == 1
    assert f"{folder / 'paid.toml'}:2: title: filter nope is unknown" in said.output
    missing = run("--config", str(config), "--playbooks", str(tmp_path / "none"))
    assert missing.output.startswith(f"{tmp_path / 'none'}: ")


def test_too_many_events_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not looked at is said, for people and for programs."""
    config = record(tmp_path)
    monkeypatch.setattr("relay.cli_dryrun.MOST_EVENTS", 2)
    words = ("--config", str(config), "--playbooks", str(tmp_path / "other"))

    assert "Only the newest 2 events were looked at; --since goes further back." in run(*words).output
    found = json.loads(run(*words, "--json").output)
    assert (found["events"], found["cut"]) == (2, True)
    monkeypatch.setattr("relay.cli_dryrun.MOST_EVENTS", 3)
    assert not json.loads(run(*words, "--json").output)["cut"]


def test_nothing_recorded_is_said() -> None:
    """An empty journal has an empty table."""
    (said,) = lines(dry())
    assert said.startswith("0 events: 0 notifications, 0 were sent; 0 would say nothing,")
