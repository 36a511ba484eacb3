"""The desktop's calls to a real relay, and what it says when they fail."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop.address import Account
from desktop.api import ApiFailed, Lock, RelayApi, Rule
from relay.protocol import How, Role
from tests.relay_process import RelayProcess


def sign_in(relay: RelayProcess, agent: str, **more: object) -> RelayApi:
    """Return the API for a freshly paired device."""
    paired = relay.pair(agent, ("billing",), **more)  # type: ignore[arg-type] # roles by name
    account = Account(relay=relay.url, device=paired.device, agent=paired.agent, teams=paired.teams)
    return RelayApi(account, paired.token)


@pytest.fixture
def relay(relay_process: RelayProcess) -> RelayProcess:
    """Return a running relay."""
    relay_process.start()
    return relay_process


def test_an_agent_reads_and_changes_the_own_filters(relay: RelayProcess) -> None:
    """What was decided comes back with its layer and an explanation."""
    api = sign_in(relay, "mira@example.com")
    before = api.filters()
    revision = api.change(
        "agent:mira@example.com",
        [Rule(types="payment-failed", how=How.INBOX)],
        budget=None,
        revision=before.revision,
    )
    after = api.filters()
    cells = [cell for cell in after.effective if cell.playbook == "payment-failed"]

    assert revision == after.revision > before.revision
    assert after.layer("agent:mira@example.com").rules[0].how is How.INBOX
    assert {cell.how for cell in cells} == {How.INBOX}
    assert all(cell.because for cell in cells)


def test_somebody_faster_is_told_as_such(relay: RelayProcess) -> None:
    """Two windows must not undo each other's decisions."""
    api = sign_in(relay, "mira@example.com")
    old = api.filters().revision
    api.change("agent:mira@example.com", [Rule(types="*", how=How.TOAST)], budget=None, revision=old)
    with pytest.raises(ApiFailed, match="Somebody else") as failed:
        api.change("agent:mira@example.com", [Rule(types="*", how=How.OFF)], budget=None, revision=old)

    assert failed.value.stale


def test_a_lock_is_explained_by_who_set_it(relay: RelayProcess) -> None:
    """The relay's own words say who locked it and why."""
    lead = sign_in(relay, "lena@example.com", role=Role.LEAD, leads=("billing",))
    agent = sign_in(relay, "mira@example.com")
    locked = Rule(types="payment-failed", how=How.TOAST, lock=Lock(why="We agreed to see these."))
    revision = lead.change("team:billing", [locked], budget=None, revision=lead.filters().revision)
    with pytest.raises(ApiFailed, match=r"lena@example\.com.*We agreed to see these"):
        agent.change(
            "agent:mira@example.com",
            [Rule(types="payment-failed", how=How.OFF)],
            budget=None,
            revision=revision,
        )


def test_a_preview_speaks_in_sentences(relay: RelayProcess) -> None:
    """And stores nothing."""
    api = sign_in(relay, "mira@example.com")
    before = api.filters().revision
    said = api.preview("agent:mira@example.com", [Rule(types="*", how=How.OFF)], budget=None, days=7)

    assert all(sentence.endswith(".") for sentence in said.sentences)
    assert api.filters().revision == before


def test_colleagues_can_be_chosen_from(relay: RelayProcess) -> None:
    """Those who are known to the relay, without oneself."""
    api = sign_in(relay, "mira@example.com")
    sign_in(relay, "noor@example.com")
    people = api.people()

    assert [each.agent for each in people.agents] == ["noor@example.com"]
    assert "billing" in people.teams


def test_after_signing_out_the_token_is_void(relay: RelayProcess) -> None:
    """Also for this desktop itself."""
    api = sign_in(relay, "mira@example.com")
    api.sign_out()
    with pytest.raises(ApiFailed, match="not signed in any more"):
        api.filters()


def test_what_is_not_known_is_said_in_words(relay: RelayProcess) -> None:
    """A notification that was removed, for example."""
    with pytest.raises(ApiFailed, match="does not know this"):
        sign_in(relay, "mira@example.com").why("a/b c?")


@contextmanager
def answering(status: int, body: bytes) -> Iterator[RelayApi]:
    """Stand in for something that is no relay: a hotel's page, a broken proxy."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        yield RelayApi(Account(relay=url, device="d", agent="mira@example.com", teams=()), "dbt_secret")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (200, b"<html>Welcome to the hotel", "does not understand"),
        (302, b"", "refused this"),
        (403, b"<html>", "The relay refused this"),
        (429, b"", "too much at once"),
        (500, b"", "HTTP 500"),
        (503, b"", "not ready"),
    ],
)
def test_every_failure_is_a_sentence(status: int, body: bytes, sentence: str) -> None:
    """Free of technical words where the agent can do something about it."""
    with answering(status, body) as api, pytest.raises(ApiFailed, match=sentence) as failed:
        api.filters()

    assert "dbt_secret" not in str(failed.value)


def test_a_relay_that_is_away_is_said_to_be(relay: RelayProcess) -> None:
    """Whatever the network's error was."""
    api = sign_in(relay, "mira@example.com")
    relay.kill()
    with pytest.raises(ApiFailed, match="cannot be reached at the moment"):
        api.filters()
