"""The commands about people's work, as somebody types them beside a relay that isn't running."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_bytes
from typing import TypeVar

import pytest

from relay import identity
from relay.event import Dispatched, Draft, Event, EventState, Mode, Plan
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Priority

Run = Callable[..., tuple[int, str, str]]
Result = TypeVar("Result")

MIRA = "mira@example.com"


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Return a function that runs ``deskbell-relay`` in a folder with one agent: status, output, errors."""
    (tmp_path / "relay.toml").write_text('[journal]\npath = "journal.db"\n')
    with_journal(tmp_path, _pair)
    return run


def with_journal(folder: Path, use: Callable[[SqliteJournal], Awaitable[Result]]) -> Result:
    """Use the journal that the commands use."""

    async def work() -> Result:
        journal = await SqliteJournal.open(folder / "journal.db")
        try:
            return await use(journal)
        finally:
            await journal.close()

    return asyncio.run(work())


async def _pair(journal: SqliteJournal) -> None:
    now = time.time()
    code, record = identity.invite(MIRA, ["Billing"], now=now, random_bytes=token_bytes)
    await journal.add_code(record)
    device = identity.new_device("laptop", "t", now=now, random_bytes=token_bytes)
    await journal.redeem(code.id, identity.hash_secret(code.secret), device, now)


async def _publish(journal: SqliteJournal) -> None:
    now = time.time()
    event = Event(source="shop", provider="x", id="e1", type="payment.failed", time=now, data=b"{}")
    seq = (await journal.append(event)).seq
    draft = Draft(
        id="n1",
        source="shop",
        provider="x",
        type="payment.failed",
        priority=Priority.HIGH,
        title="A payment failed",
        at=now,
        playbook="payment-failed",
        audience=("team:billing",),
        plan=Plan(mode=Mode.BROADCAST),
    )
    await journal.publish([Dispatched(event_seq=seq, state=EventState.NOTIFIED, drafts=(draft,))])


def test_work_is_listed(run: Run, tmp_path: Path) -> None:
    """What is open, by team and stage, for people and for programs."""
    assert "nothing to do" in run("work")[1]
    with_journal(tmp_path, _publish)
    assert "A payment failed" in run("work")[1]
    assert "A payment failed" in run("work", "--team", "billing")[1]
    assert "A payment failed" not in run("work", "--team", "support")[1]
    assert "nothing to do" in run("work", "--stage", "unrouted")[1]
    assert json.loads(run("work", "--json")[1])["id"] == "n1"


def test_why_is_explained(run: Run, tmp_path: Path) -> None:
    """For who got it and who didn't; an unknown event is said to be one."""
    with_journal(tmp_path, _publish)
    status, output, _ = run("why", "1", MIRA)
    assert (status, output.splitlines()[0]) == (0, "payment-failed: toast")
    assert run("why", "1", "zoe@example.com")[1].startswith("payment-failed: not-addressed")
    assert json.loads(run("why", "1", MIRA, "--json")[1])["code"] == "toast"
    status, _, errors = run("why", "7", MIRA)
    assert status == 2
    assert "7 is not known" in errors


def test_something_is_told_to_a_team(run: Run) -> None:
    """It says how many hear it; nobody, or a team that isn't there, is a mistake."""
    status, output, _ = run("broadcast", "The bank is down", "--team", "billing", "--expires", "2h")
    assert (status, output) == (0, "Told 1 person.\n")
    assert "The bank is down" in run("work")[1]
    assert run("broadcast", "x")[0] == 2
    assert run("broadcast", "x", "--team", "nothing")[0] == 2
    assert run("broadcast", "x", "--everyone", "--expires", "soon")[0] == 2


def test_a_filter_is_set_shown_locked_and_removed(run: Run) -> None:
    """A rule takes the place of the one about the same; each change is a revision."""
    assert run("filters", "set", "team:billing", "payment-*", "toast")[1] == "Stored as revision 1.\n"
    run("filters", "set", "team:billing", "payment-*", "inbox", "--for", "2h")
    status, output, _ = run("filters", "show")
    assert output.count("payment-*") == 1
    assert "inbox" in output
    run("filters", "lock", "organisation", "deskbell.*", "toast", "--why", "Everybody reads these.")
    assert "Everybody reads these." in run("filters", "show")[1]
    status, _, errors = run("filters", "set", "team:billing", "deskbell.*", "off")
    assert status == 2
    assert "Everybody reads these." in errors
    assert run("filters", "unset", "organisation", "deskbell.*")[0] == 0
    assert run("filters", "set", "team:billing", "deskbell.*", "off")[0] == 0
    assert run("filters", "unset", "organisation", "deskbell.*")[0] == 2


@pytest.mark.parametrize(
    "layer",
    ["nonsense", "team:nothing", "product", "agent:", "team:", "agent:nobody@example.com", "organisation:x"],
)
def test_a_layer_that_is_none_is_refused(run: Run, layer: str) -> None:
    """With what it could be."""
    status, _, errors = run("filters", "set", layer, "x", "off")
    assert status == 2
    assert errors


def test_filters_are_explained_for_an_agent(run: Run) -> None:
    """Each playbook and relation with the sentence that decided."""
    run("filters", "set", f"agent:{MIRA}", "*", "off")
    output = run("filters", "show", "--agent", MIRA)[1]
    assert f"{MIRA.capitalize()} says: * is off." in output
    assert run("filters", "show", "--agent", "nobody@example.com")[0] == 2


def test_a_filter_is_tried_on_the_past(run: Run, tmp_path: Path) -> None:
    """Nothing is stored by asking."""
    with_journal(tmp_path, _publish)
    output = run("filters", "preview", "team:billing", "payment-*", "off", "--days", "1")[1]
    assert output == "It would have hidden 1 of 1 for Billing.\n"
    assert run("filters", "show")[1].startswith("Revision 0.")


def test_a_peoples_file_is_checked(run: Run, tmp_path: Path) -> None:
    """Who is in it, or everything that is wrong."""
    assert "No people's file" in run("people", "check")[1]
    file = tmp_path / "people.toml"
    file.write_text(f'[teams.billing]\ntitle = "Billing"\n[agents."{MIRA}"]\nteams = ["billing"]\n')
    assert run("people", "check", str(file))[1].startswith("All right: 1 agents in 1 teams.")
    file.write_text("[teams.billing]\ncolour = 1\n")
    status, _, errors = run("people", "check", str(file))
    assert status == 2
    assert "colour" in errors
