"""The command line as a new user types it: the right things, and the wrong ones."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from relay.journal.sqlite import SqliteJournal
from relay.refusals import Refusal
from relay.resources import resource
from tests.relay_process import PATIENCE, SECRETS, RelayProcess

Run = Callable[..., tuple[int, str, str]]
BUILT_IN = len(list(resource("playbooks").glob("*.toml")))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with one source and a journal in the test's folder."""
    file = tmp_path / "relay.toml"
    file.write_text(
        '[journal]\npath = "journal.db"\n[sources.stripe]\nprovider = "stripe"\nsecret = "env:TEST_STRIPE_SECRET"\n'
    )
    return file


def test_without_a_command_it_shows_its_help(run: Run) -> None:
    """Somebody who types the bare name learns what there is."""
    status, output, errors = run()

    assert status == 2
    for command in ("serve", "check", "pair", "devices", "revoke", "events", "simulate", "demo"):
        assert command in output + errors


@pytest.mark.parametrize(
    "command", ["serve", "check", "example", "pair", "devices", "revoke", "events", "simulate", "demo"]
)
def test_each_command_explains_itself(run: Run, command: str) -> None:
    """``--help`` works for each command."""
    status, output, _ = run(command, "--help")

    assert status == 0
    assert f"deskbell-relay {command}" in output


def test_without_a_configuration_it_says_how_to_make_one(run: Run) -> None:
    """The first mistake everybody makes has an answer."""
    status, _, errors = run("check")

    assert status == 2
    assert "deskbell-relay example > relay.toml" in errors


def test_the_example_configuration_is_right(run: Run, tmp_path: Path) -> None:
    """What ``example`` prints can be used as it is."""
    (tmp_path / "relay.toml").write_text(run("example")[1])
    status, output, errors = run("check")

    assert (status, errors) == (0, "")
    assert f"All right: 0 sources, {BUILT_IN} playbooks." in output


def test_check_explains_every_key_and_shows_no_secret(run: Run, config: Path) -> None:
    """An administrator sees where each value came from, but not the secret."""
    status, output, _ = run("check", "--explain")

    assert status == 0
    assert "relay.toml:2" in output
    assert "env:TEST_STRIPE_SECRET" in output
    assert SECRETS["TEST_STRIPE_SECRET"] not in output
    assert f"All right: 1 source, {BUILT_IN} playbooks." in output


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[server]\nprot = 1\n", r"relay.toml:2: server.prot: .*port"),
        (
            "[sources.x]\nprovider = 'strip'\nsecret = 'env:TEST_STRIPE_SECRET'\n",
            r"sources.x.provider: .*stripe",
        ),
        ("[sources.x]\nprovider = 'stripe'\nsecret = 'env:NOT_SET'\n", r"sources.x.secret: .*NOT_SET"),
        ("[sources.x]\nprovider = 'stripe'\nsecret = 'whsec_literal'\n", r"sources.x.secret: "),
        ("[playbooks]\nfolder = 'nowhere'\n", "nowhere"),
        ("[server\n", "relay.toml"),
    ],
)
@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_wrong_configuration_stops_the_start_and_names_the_key(
    run: Run, tmp_path: Path, command: str, text: str, complaint: str
) -> None:
    """Every mistake is one sentence on standard error with status 2, and never a traceback."""
    (tmp_path / "relay.toml").write_text(
        text + "[journal]\npath = 'journal.db'\n" if text != "[server\n" else text
    )
    status, _, errors = run(command)

    assert status == 2
    assert re.search(complaint, errors)
    assert "Traceback" not in errors
    assert "whsec_literal" not in errors


def test_a_taken_port_is_said(run: Run, relay_process: RelayProcess) -> None:
    """A second relay on the same port says so and ends."""
    relay_process.start()
    status, _, errors = run("serve", "--config", str(relay_process.config))

    assert status == 2
    assert "server.port" in errors
    assert "Is another relay running?" in errors


def test_empty_lists_say_what_to_do_next(run: Run, config: Path) -> None:
    """A fresh journal has no devices and no events, and says how to get some."""
    assert "deskbell-relay pair" in run("devices")[1]
    assert "deskbell-relay simulate" in run("events")[1]


def test_pair_prints_a_code_that_can_be_used_in_a_script(run: Run, config: Path) -> None:
    """The code alone goes to standard output, what to do with it to standard error."""
    status, output, errors = run("pair", "--agent", "mira@example.com", "--team", "billing", "--team", "vip")

    assert status == 0
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}\n", output)
    assert "mira@example.com in billing, vip" in errors
    assert "10 minutes" in errors


@pytest.mark.parametrize("words", [(), ("--agent", "mira"), ("--agent", "a@b.example", "--team", "")])
def test_pair_refuses_what_is_no_agent_or_team(run: Run, config: Path, words: tuple[str, ...]) -> None:
    """An agent is named by an e-mail address, and a team has a name."""
    status, output, errors = run("pair", *words)

    assert (status, output) == (2, "")
    assert errors


@pytest.mark.parametrize("device", ["abc", ""])
def test_revoke_refuses_an_unknown_device(run: Run, config: Path, device: str) -> None:
    """A mistyped device revokes nothing."""
    status, _, errors = run("revoke", device)

    assert status == 2
    assert "deskbell-relay devices" in errors


def test_simulate_lists_what_it_can_send(run: Run, config: Path) -> None:
    """Somebody who does not know the names is shown them; without a name that is a mistake."""
    assert run("simulate", "--list")[0] == 0
    status, output, _ = run("simulate")
    assert status == 2
    assert "payment_failed" in output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("stripe", "payment_faild"), "payment_failed"),
        (("strip", "payment_failed"), "there is no source 'strip'"),
        (("stripe", "payment_failed"), "Is the relay running"),
        (("stripe", "payment_failed", "--url", "ftp://x"), "ftp://x"),
        (("stripe", "payment_failed", "--count", "0"), "count"),
        (("stripe", "payment_failed", "--rate", "0"), "rate"),
    ],
)
def test_simulate_says_what_is_wrong(run: Run, config: Path, words: tuple[str, ...], complaint: str) -> None:
    """A wrong sample, source, address or number, or no relay at all: a sentence each."""
    config.write_text(f"[server]\nport = 9\n{config.read_text()}")  # nobody listens on the discard port
    status, _, errors = run("simulate", *words)

    assert status == 2
    assert complaint in errors


def test_the_way_of_an_event_on_the_command_line(run: Run, relay_process: RelayProcess) -> None:
    """Simulate, list, pair, list and revoke: what a new user does on the first day, beside a running relay."""
    relay_process.start()
    here = ("--config", str(relay_process.config))
    assert run("simulate", "stripe", "payment_failed", "--count", "3", *here)[:2] == (0, "3 × 200\n")
    relay_process.wait_until(lambda: "pending" not in run("events", *here)[1])
    listed = [
        json.loads(line) for line in run("events", "--json", "--source", "stripe", *here)[1].splitlines()
    ]
    assert [(event["seq"], event["state"]) for event in listed] == [
        (3, "notified"),
        (2, "notified"),
        (1, "notified"),
    ]
    assert all("data" not in event for event in listed)
    shown = run("events", "--data", "--limit", "1", *here)[1].splitlines()
    assert '      "customer_name": "Maya Lindqvist",' in shown
    assert "No more" in run("events", "--before", "1", *here)[1]

    paired = relay_process.pair()
    (device,) = [json.loads(line) for line in run("devices", "--json", *here)[1].splitlines()]
    assert (device["id"], device["agent"]) == (paired.device, "mira@example.com")
    assert "token_hash" not in device
    assert paired.token not in run("devices", *here)[1]
    assert "Revoked" in run("revoke", paired.device[:8], *here)[1]
    assert "before" in run("revoke", paired.device, *here)[1]
    assert "revoked" in run("devices", *here)[1]
    log = relay_process.log.read_text()
    assert "Maya" not in log
    assert paired.token not in log
    assert not any(secret in log for secret in SECRETS.values())


def forge(process: RelayProcess, source: str) -> None:
    """Send a request whose body got a line break at its end after it was signed."""
    headers, body = process.request(source, "payment_failed" if source == "stripe" else "delivered")
    answer = httpx.post(
        process.hook(source), content=body + b"\n", headers=headers, timeout=PATIENCE, trust_env=False
    )
    assert answer.status_code == 401


def test_refused_requests_are_in_the_list_of_events(run: Run, relay_process: RelayProcess) -> None:
    """A forged request is listed with the doctor's sentence, and the list of events points to it."""
    text = relay_process.config.read_text()
    whole = text.replace('provider = "stripe"', 'provider = "stripe"\nkeep_refused = true')
    relay_process.config.write_text(whole)
    relay_process.start()
    here = ("--config", str(relay_process.config))
    assert run("events", *here)[2] == ""
    assert "No request was refused" in run("events", "--refused", *here)[1]
    forge(relay_process, "stripe")
    forge(relay_process, "parcel")
    relay_process.wait_until(lambda: len(run("events", "--refused", "--json", *here)[1].splitlines()) == 2)

    status, output, _ = run("events", "--refused", *here)
    heading, parcel, stripe = output.splitlines()
    assert (status, heading.split()) == (0, ["number", "time", "source", "reason", "why"])
    assert (parcel.split()[0], parcel.split()[3:5]) == ("2", ["parcel", "mismatch"])
    assert (stripe.split()[0], stripe.split()[3:5]) == ("1", ["stripe", "mismatch"])
    assert stripe.endswith("for another body: on the way a line break was put at its end.")
    assert stripe.partition("mismatch  ")[2] in run("doctor", "stripe", *here)[1]
    assert run("events", "--refused", "--limit", "1", *here)[1].splitlines()[1:] == [parcel]
    (line,) = run("events", "--refused", "--json", "--source", "stripe", *here)[1].splitlines()
    found = json.loads(line)
    assert (found["seq"], found["source"], found["reason"]) == (1, "stripe", "mismatch")
    assert found["diagnosis"] == json.loads(run("doctor", "stripe", "--json", *here)[1])
    assert stripe.endswith(found["why"])

    _, output, errors = run("events", *here)
    assert "No event yet" in output
    assert errors == (
        "Refused in the last 24 hours and kept: 2 requests; see: deskbell-relay events --refused\n"
    )
    assert (
        "1 request; see: deskbell-relay events --refused --source stripe"
        in (run("events", "--source", "stripe", *here)[2])
    )
    assert run("events", "--json", *here)[1:] == ("", "")


def test_refused_requests_of_a_source_that_is_gone_are_listed(run: Run, config: Path) -> None:
    """What was refused stays listed when its source is taken out of the configuration; old ones alarm nobody."""

    async def keep(at: float) -> None:
        journal = await SqliteJournal.open(config.parent / "journal.db")
        refusal = Refusal(source="gone", at=at, reason="mismatch", detail="nothing \x1b fits")
        await journal.keep_refusals([refusal], 20)
        await journal.close()

    asyncio.run(keep(time.time() - 25 * 3600))
    status, output, _ = run("events", "--refused")
    assert status == 0
    assert "Refused (mismatch): nothing \\x1b fits. The source is not configured any more." in output
    assert run("events")[2] == ""
    asyncio.run(keep(time.time() - 23 * 3600))
    assert "kept: 1 request;" in run("events")[2]
    assert "No request of stripe was refused" in run("events", "--refused", "--source", "stripe")[1]
    assert run("events", "--refused", "--source", "stripe", "--json")[:2] == (0, "")


@pytest.mark.parametrize(
    "words",
    [("--state", "fault"), ("--conflicts",), ("--before", "3"), ("--data",), ("--data", "--conflicts")],
)
def test_refused_requests_have_nothing_of_an_event(run: Run, config: Path, words: tuple[str, ...]) -> None:
    """What is about events can't be asked of refused requests: a sentence that names it."""
    status, output, errors = run("events", "--refused", *words)

    assert (status, output) == (2, "")
    assert "--refused: can't be combined with" in errors
    assert all(word in errors for word in words if word.startswith("--"))
