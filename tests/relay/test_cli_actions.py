"""The commands about calls: dead letters can be seen, tried again and dropped."""

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from relay.calls import Call, CallState
from relay.cli_actions import actions_app
from relay.errors import ConfigError
from relay.journal.sqlite import SqliteJournal

WHSEC = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
WHSK = f"whsk_{base64.b64encode(bytes(range(32))).decode()}"
WAITING = Call(
    id="call_aaaa",
    notification="n1",
    playbook="payment-failed",
    action="mail",
    label="Send e-mail",
    by="mira@example.com",
    url="https://mail.example.com/x",
    headers={"authorization": "env:TOKEN"},
    body='{"to": "a"}',
    created_at=1_000.0,
    due=2_000.0,
)
DEAD = replace(
    WAITING,
    id="call_bbbb",
    state=CallState.DEAD,
    tries=7,
    status=422,
    problem="refused.",
    quote="no\x1b[31m such address",
)
DONE = replace(WAITING, id="call_cccc", state=CallState.DONE, tries=1, status=200)


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., str]:
    """Give a function that runs a command beside a journal with three calls, and returns what it says."""
    config = tmp_path / "relay.toml"
    config.write_text(
        '[journal]\npath = "journal.db"\n[actions]\nsigning_keys = ["env:A", { name = "new", at = "env:B" }]\n'
    )

    async def fill() -> None:
        journal = await SqliteJournal.open(tmp_path / "journal.db")
        await journal.add_calls([WAITING, DEAD, DONE])
        await journal.close()

    asyncio.run(fill())

    def run(*words: str) -> str:
        done = CliRunner().invoke(actions_app, [*words, "--config", str(config)], env={"A": WHSEC, "B": WHSK})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def states(command: Callable[..., str]) -> dict[str, tuple[str, int]]:
    """Return state and tries of every call."""
    calls = [json.loads(line) for line in command("list", "--json").splitlines()]
    return {call["id"]: (call["state"], call["tries"]) for call in calls}


def test_calls_are_listed(command: Callable[..., str]) -> None:
    """Newest first, by state if asked, and what another system said can't drive a terminal."""
    text = command("list")
    assert [line.split()[0] for line in text.splitlines()] == ["call", "call_cccc", "call_bbbb", "call_aaaa"]
    assert r"refused. no\x1b[31m such address" in command("list", "--state", "dead")
    assert "call_aaaa" not in command("list", "--state", "dead")
    assert command("list", "--state", "dropped") == "No call is dropped.\n"


def test_a_call_is_shown_whole(command: Callable[..., str]) -> None:
    """With what is sent and what came back; a secret is a reference there, too."""
    text = command("show", "call_b")
    for part in ("mail.example.com/x", '{"to": "a"}', "authorization: env:TOKEN", "422", "mira@example.com"):
        assert part in text


def test_a_dead_call_is_tried_again(command: Callable[..., str]) -> None:
    """One, or all of them; with all its tries before it."""
    assert command("retry", "call_b") == "To be tried again: 1. See: deskbell-relay actions list\n"
    assert states(command)["call_bbbb"] == ("waiting", 0)
    assert command("retry", "--all").startswith("To be tried again: 0.")


def test_a_call_is_dropped_and_taken_up_again(command: Callable[..., str]) -> None:
    """What was dropped stays visible, and can be tried after all."""
    assert command("drop", "call_a") == "Dropped call_aaaa (Send e-mail).\n"
    assert states(command)["call_aaaa"] == ("dropped", 0)
    command("retry", "call_a")
    assert states(command)["call_aaaa"] == ("waiting", 0)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("retry", "call_c"), "has been made already"),
        (("drop", "call_c"), "has been made already"),
        (("retry", "call_"), "is ambiguous"),
        (("show", "nonsense"), "is not known"),
        (("retry",), "name one call"),
        (("retry", "call_b", "--all"), "name one call"),
    ],
)
def test_what_makes_no_sense_is_refused(
    command: Callable[..., str], words: tuple[str, ...], why: str
) -> None:
    """Nothing is done twice by a slip, and nothing changes."""
    before = states(command)
    with pytest.raises(ConfigError, match=why):
        command(*words)
    assert states(command) == before


def test_keys_are_listed_by_their_public_halves(command: Callable[..., str]) -> None:
    """What receivers get of a private key is shown, and of a shared one nothing."""
    text = command("keys")
    assert "whpk_" in text
    assert "new" in text
    assert "env:A" in text
    assert WHSEC not in text
    assert WHSK not in text
