"""What must hold when processes die: nothing acknowledged is lost, nothing is shown twice.

A real relay is killed and stopped under load; the desktop's own connection and inbox, without
windows, come back to it by themselves.
"""

import asyncio
import http.client
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from desktop.address import Account
from desktop.connection import Connection
from desktop.entry import Entry, LinkState, Status
from desktop.inbox import Inbox
from desktop.pace import Pace
from relay.event import Delivery
from relay.verify import verify
from tests.relay_process import PATIENCE, Paired, RelayProcess

ROUNDS = 30
SENDERS = 4


PLAYBOOK = """\
title = "Something happened"
priority = "urgent" # never folded into a storm: each event is a toast of its own
[when]
types = ["*"]
[audience]
everyone = true
"""


@pytest.fixture(autouse=True)
def _plain_playbook(relay_process: RelayProcess) -> None:
    """Let every event be a notification, however many come at once."""
    folder = relay_process.folder / "playbooks"
    folder.mkdir()
    (folder / "everything.toml").write_text(PLAYBOOK, encoding="utf-8")
    with relay_process.config.open("a", encoding="utf-8") as config:
        config.write('[playbooks]\nfolder = "playbooks"\n')


class Sender(threading.Thread):
    """A provider that posts fresh webhooks as fast as it can, and remembers which were acknowledged."""

    def __init__(self, relay: RelayProcess, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._relay, self._stop_sending = relay, stop
        self.acknowledged: list[str] = []
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        """Send until told to stop; a connection that breaks is opened again."""
        connection = http.client.HTTPConnection("127.0.0.1", self._relay.port, timeout=10)
        while not self._stop_sending.is_set():
            headers, body = self._relay.request()
            try:
                connection.request("POST", "/hooks/parcel", body, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._stop_sending.wait(0.01)
                continue
            self.answers[answer.status] += 1
            if answer.status == http.client.OK:
                self.acknowledged.append(msgspec.json.decode(body)["event_id"])
        connection.close()


class Desktop:
    """The desktop without its windows: connection and inbox, and everything that was ever new."""

    def __init__(self, relay: RelayProcess, paired: Paired, folder: Path) -> None:
        self.inbox = Inbox.open(folder / "inbox.db")
        self.arrived: list[Entry] = []
        self.state: LinkState | None = None
        self.live = threading.Event()
        self.connection = Connection(
            account=Account(relay=relay.url, device=paired.device, agent=paired.agent, teams=paired.teams),
            token=paired.token,
            inbox=self.inbox,
            on_entries=self.arrived.extend,
            on_status=self.note,
            on_gap=lambda missed: pytest.fail(f"{missed} missed"),
            # The real rules of waiting with the shortest waits that they allow.
            pace=Pace(chance=lambda: 0.0),
        )

    def note(self, status: Status) -> None:
        """Remember the state of the link."""
        self.state = status.state
        if status.state is LinkState.LIVE:
            self.live.set()
        else:
            self.live.clear()

    def close(self) -> None:
        """Quit."""
        self.connection.stop()
        self.inbox.close()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Ask again and again: the other side is another thread or process."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.02)


@contextmanager
def senders(relay: RelayProcess, count: int = SENDERS) -> Iterator[list[Sender]]:
    """Load on the relay."""
    stop = threading.Event()
    threads = [Sender(relay, stop) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


@pytest.mark.timeout(900)  # it starts a relay thirty times
def test_kill_9_of_the_relay_loses_and_doubles_nothing(relay_process: RelayProcess, tmp_path: Path) -> None:
    """Thirty kills at random moments under load: every acknowledged event reaches the desktop exactly once."""
    moments = random.Random(20261121)
    relay_process.start()
    desktop = Desktop(relay_process, relay_process.pair(), tmp_path)
    desktop.connection.start()
    with senders(relay_process) as load:
        for _ in range(ROUNDS):
            time.sleep(moments.uniform(0.02, 0.3))  # the moment of the fault is the input of this test
            relay_process.kill()
            relay_process.start()
        wait_until(desktop.live.is_set, "the desktop is live")
    acknowledged = {event_id for sender in load for event_id in sender.acknowledged}
    # Some of those that were not acknowledged are stored all the same: the kill came between disk and answer.
    stored = [stored.event.id for stored in relay_process.events()]
    wait_until(
        lambda: len(desktop.arrived) >= len(stored), f"{len(desktop.arrived)} of {len(stored)} arrived"
    )
    relay_process.terminate()
    desktop.close()

    assert len(acknowledged) > ROUNDS
    assert acknowledged <= set(stored)
    assert len(stored) == len(set(stored))
    ids = [entry.id for entry in desktop.arrived]
    assert len(ids) == len(set(ids)) == len(stored)
    assert [entry.seq for entry in desktop.arrived] == list(range(1, len(stored) + 1))


def test_sigterm_under_load_loses_nothing(relay_process: RelayProcess, tmp_path: Path) -> None:
    """The relay refuses with 503, finishes, tells the desktop to come back, and says why it ended."""
    relay_process.start()
    desktop = Desktop(relay_process, relay_process.pair(), tmp_path)
    desktop.connection.start()
    wait_until(desktop.live.is_set, "the desktop is live")
    with senders(relay_process) as load:
        wait_until(lambda: len(desktop.arrived) > 50, "some arrived")
        status = relay_process.terminate()
        wait_until(lambda: not desktop.live.is_set(), "the desktop noticed")
        answers = sum((sender.answers for sender in load), Counter[int]())
        relay_process.start()
        wait_until(desktop.live.is_set, "the desktop is back")
    acknowledged = {event_id for sender in load for event_id in sender.acknowledged}
    stored = [stored.event.id for stored in relay_process.events()]
    wait_until(lambda: len(desktop.arrived) >= len(stored), "all arrived")
    desktop.close()

    assert status == -signal.SIGTERM
    assert set(answers) <= {200, 503}
    assert answers[503] > 0
    assert acknowledged == set(stored)
    assert len({entry.id for entry in desktop.arrived}) == len(desktop.arrived) == len(stored)


SHOWS = """
import sys, threading
sys.path.insert(0, {tests!r})
from pathlib import Path
from desktop.address import Account
from desktop.connection import Connection
from desktop.inbox import Inbox
from desktop.pace import Pace

inbox = Inbox.open(Path({inbox!r}))

def show(entries):
    for entry in entries:
        if inbox.claim_to_show(entry.id):
            print(entry.id, flush=True)

show(inbox.unshown())
Connection(
    account=Account(relay={url!r}, device={device!r}, agent="a", teams=()),
    token=sys.stdin.readline().strip(), inbox=inbox, on_entries=show,
    on_status=lambda status: None, on_gap=lambda missed: None, pace=Pace(chance=lambda: 0.0),
).start()
threading.Event().wait()
"""


def test_kill_9_of_the_desktop_shows_nothing_twice(relay_process: RelayProcess, tmp_path: Path) -> None:
    """The desktop is killed at random moments: no event is shown twice, and none that arrived is missing."""
    moments = random.Random(4711)
    relay_process.start()
    paired = relay_process.pair()
    shown = tmp_path / "shown.txt"
    program = SHOWS.format(
        tests=str(Path.cwd()), inbox=str(tmp_path / "inbox.db"), url=relay_process.url, device=paired.device
    )

    def start() -> subprocess.Popen[str]:
        with shown.open("a") as output:
            child = subprocess.Popen(
                [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=output, text=True
            )
        assert child.stdin is not None
        child.stdin.write(paired.token + "\n")
        child.stdin.flush()
        return child

    with senders(relay_process, 1):
        for _ in range(8):
            child = start()
            time.sleep(moments.uniform(0.5, 1.2))  # the moment of the fault is the input of this test
            child.kill()
            child.communicate()
    total = len(relay_process.events())
    child = start()

    def inbox_count() -> int:
        return Inbox.open(tmp_path / "inbox.db").count()

    wait_until(lambda: inbox_count() == total, f"{inbox_count()} of {total} are stored")
    # A mark is made before the toast: what was marked when the kill came was never painted, at most one a kill.
    wait_until(lambda: len(shown.read_text().splitlines()) >= total - 8, "all are shown")
    child.kill()
    child.communicate()
    ids = shown.read_text().splitlines()

    assert len(ids) == len(set(ids))
    assert total > 20


def test_s13_killed_between_disk_and_answer_or_before_the_desktops(
    relay_process: RelayProcess, tmp_path: Path
) -> None:
    """An event that was stored but neither answered nor delivered is a duplicate later, and comes once."""
    relay_process.start()
    paired = relay_process.pair()
    relay_process.kill()
    headers, body = relay_process.request()
    now = time.time()
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    delivery = Delivery(source="parcel", method="POST", headers=lines, body=body, received_at=now)

    async def store_and_die() -> None:
        # As far as the killed process came: on disk, neither answered nor dispatched.
        async with relay_process.journal() as journal:
            (event,) = verify(delivery, relay_process.source("parcel"), now)
            await journal.append(event)

    asyncio.run(store_and_die())
    relay_process.start()
    desktop = Desktop(relay_process, paired, tmp_path)
    desktop.connection.start()
    answer = httpx.post(
        relay_process.hook(), content=body, headers=headers, timeout=PATIENCE, trust_env=False
    )
    later, other = relay_process.request("stripe", "payment_failed")
    httpx.post(relay_process.hook("stripe"), content=other, headers=later, timeout=PATIENCE, trust_env=False)
    wait_until(lambda: len(desktop.arrived) >= 2, "both arrived")
    desktop.close()

    assert answer.json() == {"status": "duplicate"}
    assert [entry.source for entry in desktop.arrived] == ["parcel", "stripe"]
