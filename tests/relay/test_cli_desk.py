"""The commands about people's work, as somebody types them beside a relay that isn't running."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.relay.cli_journal import MIRA, pair, publish, with_journal

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Return a function that runs ``deskbell-relay`` in a folder with one agent: status, output, errors."""
    (tmp_path / "relay.toml").write_text('[journal]\npath = "journal.db"\n')
    with_journal(tmp_path, pair)
    return run


def test_work_is_listed(run: Run, tmp_path: Path) -> None:
    """What is open, by team and stage, for people and for programs."""
    assert "nothing to do" in run("work")[1]
    with_journal(tmp_path, publish)
    assert "A payment failed" in run("work")[1]
    assert "A payment failed" in run("work", "--team", "billing")[1]
    assert "A payment failed" not in run("work", "--team", "support")[1]
    assert "nothing to do" in run("work", "--stage", "unrouted")[1]
    assert json.loads(run("work", "--json")[1])["id"] == "n1"


def test_why_is_explained(run: Run, tmp_path: Path) -> None:
    """For who got it and who didn't; an unknown event is said to be one."""
    with_journal(tmp_path, publish)
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
    words = ("--script", "en=Our bank has trouble: 1 = 1.", "--script", "de=Unsere Bank hat eine Störung.")
    link = ("--link", "Status page=https://status.example.com/?a=b")
    assert run("broadcast", "The bank is back", "--team", "billing", *words, *link)[0] == 0
    for wrong in (("--script", "en"), ("--link", "https://x.example"), ("--link", "Page=ftp://x.example")):
        assert run("broadcast", "x", "--team", "billing", *wrong)[0] == 2
    assert run("broadcast", "x")[0] == 2
    assert run("broadcast", "x", "--team", "nothing")[0] == 2
    assert run("broadcast", "x", "--everyone", "--expires", "soon")[0] == 2


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
