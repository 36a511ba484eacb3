"""Work in the SQLite journal: killed between disk and answer, climbed from older files, found quickly."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace

from relay.claims import Move, Verb
from relay.event import EVERYONE, Dispatched, Draft, Event, EventState, Mode, Plan, StoredChange
from relay.journal import sqlite_calls, sqlite_ledger, sqlite_work, sqlite_work_read
from relay.journal.sqlite import SqliteJournal
from relay.protocol import Role, Stage

ROOT = Path(__file__).parents[3]
CLAIMER = Path(__file__).with_name("claimer.py")

MakeEvent = Callable[..., Event]
MakeDraft = Callable[..., Draft]


# The process is killed


async def one_notification(path: Path, event: Event, draft: Draft) -> None:
    journal = await SqliteJournal.open(path)
    await journal.append(event)
    claimable = replace(draft, plan=Plan(mode=Mode.BROADCAST))
    await journal.publish([Dispatched(event_seq=1, state=EventState.NOTIFIED, drafts=(claimable,))])
    await journal.close()


async def asked_again(path: Path, said: list[list[str]]) -> dict[tuple[str, str], str]:
    """Repeat every request of a killed process, and check what the journal says of itself."""
    journal = await SqliteJournal.open(path)
    answers = {}
    for _, agent, verb, request, *_ in said:
        move = Move(id="a", verb=Verb(verb), by=agent, keys=(EVERYONE,))
        (moved,) = await journal.move([move], 1_000.0, request)
        answers[agent, request] = str(moved.refusal or "ok")
    steps = await journal.history("a")
    changes = [found for found in await journal.notifications_after(0, 100_000) if found.seq > 1]
    state = (await journal.work(["a"]))["a"]
    await journal.close()
    assert [found.seq for found in changes] == list(range(2, len(changes) + 2))
    stages = [found.change.stage for found in changes if isinstance(found, StoredChange)]
    # Nobody was ever given what somebody had: claims and releases take turns.
    assert stages == [Stage.CLAIMED, Stage.NEW] * (len(stages) // 2) + [Stage.CLAIMED] * (len(stages) % 2)
    assert [step.seq for step in steps] == list(range(1, len(changes) + 2))
    assert (state.stage, state.holder) == (steps[-1].stage, "".join(steps[-1].holders))
    return answers


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_between_disk_and_answer_the_repeated_request_says_the_same(
    tmp_path: Path, event: MakeEvent, draft: MakeDraft
) -> None:
    """Ten kills in full flight: who was told ok is told ok again, and what was not told was done once or not."""
    path = tmp_path / "journal.db"
    asyncio.run(one_notification(path, event("e"), draft("a")))
    chance = random.Random(17)
    for turn in range(10):
        command = [sys.executable, str(CLAIMER), str(path), str(turn)]
        with subprocess.Popen(
            command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(chance.randrange(1, 300))]
            child.kill()
            lines += [line for line in child.stdout if line.endswith("\n")]
        said = [line.split() for line in lines]
        before = {(line[1], line[3]): line[4] for line in said if line[0] == "told"}
        answers = asyncio.run(asked_again(path, said))
        assert before.items() <= answers.items()
        winners = [request for (_, request), answer in answers.items() if answer == "ok"]
        assert len(winners) == len(set(winners))


# Older files


OLD = """
INSERT INTO notification (seq, published_at, draft) VALUES
    (4, 50.0, CAST('{"id":"n4","source":"shop","provider":"stripe","type":"order.paid","priority":"high",
        "title":"Paid ✓","at":5.0,"playbook":"paid","audience":["team:a","everyone"]}' AS BLOB)),
    (5, 60.0, CAST('{"id":"n5","source":"shop","provider":"stripe","type":"order.paid","priority":"low",
        "title":"Paid","at":6.0,"playbook":"paid","audience":["everyone"]}' AS BLOB));
INSERT INTO recipient (key, seq) VALUES ('team:a', 3), ('team:a', 4), ('everyone', 4), ('everyone', 5);
INSERT INTO device (id, agent, teams, name, token_hash, paired_at, cursor) VALUES ('d', 'mira', '[]', 'PC', x'00', 1.0, 4);
UPDATE life SET latest = 5;
"""


async def test_notifications_of_an_older_file_are_known(tmp_path: Path) -> None:
    """They keep their numbers and addressees, and have work that a lead can close."""
    path = tmp_path / "journal.db"
    base = apsw.Connection(str(path))
    base.execute((Path(__file__).parent / "schemas" / "2.sql").read_text("utf-8") + OLD)
    base.close()
    journal = await SqliteJournal.open(path)
    found = await journal.notifications_for(["team:a"], 0, 10)
    works = await journal.works(limit=10, keys=["team:a"])
    stored = await journal.notification("n4")
    missed = await journal.missed(["team:a"], 0)
    (moved,) = await journal.move([Move(id="n4", verb=Verb.DONE, by="lena", overrule=True)], 70.0)
    after = await journal.notifications_after(5, 10)
    (device,) = await journal.devices()
    await journal.close()
    assert [one.seq for one in found] == [4]
    assert [(work.id, work.seq, work.title, work.opened_at) for work in works] == [("n4", 4, "Paid ✓", 50.0)]
    assert stored == found[0]
    assert missed == 1
    assert moved.ok
    assert [one.seq for one in after] == [6]
    assert (device.role, device.leads) == (Role.AGENT, ())


async def test_an_answer_of_an_older_relay_is_given_again(tmp_path: Path, draft: MakeDraft) -> None:
    """A desktop that asks once more after an update: what it had asked is kept by its request's id alone."""
    path = tmp_path / "journal.db"
    claimable = replace(draft("a"), plan=Plan(mode=Mode.BROADCAST))
    claim = Move(id="a", verb=Verb.CLAIM, by="mira", keys=(EVERYONE,))
    journal = await SqliteJournal.open(path)
    await journal.announce([claimable, replace(claimable, id="b")])
    (won,) = await journal.move([claim], 50.0, "r1")
    await journal.move([replace(claim, verb=Verb.RELEASE)], 51.0)
    await journal.close()
    base = apsw.Connection(str(path))
    base.execute("UPDATE answered SET request = 'r1'")
    base.close()
    journal = await SqliteJournal.open(path)
    (again,) = await journal.move([claim], 60.0, "r1")
    (other,) = await journal.move([replace(claim, id="b")], 60.0, "r1")
    works = await journal.work(["a", "b"])
    await journal.close()
    assert again == won
    assert (works["a"].holder, works["b"].holder) == ("", "mira")
    assert other.work == works["b"]


# Found quickly


QUESTIONS = {
    "a case": sqlite_ledger._OPEN_CASE,
    "a draft": sqlite_ledger._DRAFT,
    "an answer": sqlite_work_read._ANSWERED,
    "a notification": sqlite_work_read._LAST,
    "an event's": sqlite_work_read._OF_EVENT,
    "a stage's": sqlite_work_read._OF_STAGE,
    "a key's": sqlite_work_read._OF_KEY,
    "a holder's": sqlite_work_read._OF_HOLDER,
    "the newest": sqlite_work_read._NEWEST,
    "a history": sqlite_work_read._STEPS,
    "what is due": sqlite_work_read._DUE,
    "when next": sqlite_work_read._NEXT_DUE,
    "calls due": sqlite_calls._DUE,
    "the next call": sqlite_calls._NEXT,
    "old notifications": sqlite_work._OLD_PUBLISHED,
    "old work": sqlite_work._OLD_WORK,
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_finding_does_not_grow_with_what_is_kept(tmp_path: Path, question: str) -> None:
    """Each question goes by an index to its answer: nothing is read through, nothing sorted."""
    journal = await SqliteJournal.open(tmp_path / "journal.db")
    await journal.close()
    base = apsw.Connection(str(tmp_path / "journal.db"))
    sql = QUESTIONS[question]
    rows = base.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?"))
    plan = [str(row[3]) for row in rows]
    base.close()
    assert plan
    assert all(step.startswith("SEARCH") or " INDEX " in step for step in plan if "SUBQUERY" not in step)
    assert not [step for step in plan if "TEMP B-TREE FOR ORDER BY" in step]
