"""Several desktops claim the same notification at once: one has it, and every other is told (promise P6).

Relay and desktops are processes of their own; only the screen is missing.
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, Queue

import httpx
import pytest

from tests.relay_process import PATIENCE, RelayProcess

ROUNDS = 100
"""Races of two desktops, and as many of three."""

LEAST_SECONDS = 0.25
"""Between races: presses and receipts come faster here than from people, and must not be a flood."""

TOLD = ("lost", "withdrawn", "taken")
"""How a race is lost: by the answer, by the toast that left before it, or before there was a toast."""

# Urgent: of what is less, many in a minute would be folded into one.
PLAYBOOK = """
title = "A parcel was delivered"
priority = "urgent"
[when]
sources = ["parcel"]
types = ["*"]
[audience]
teams = ["billing"]
mode = "broadcast"
"""


class Racer:
    """A desktop that presses Claim on every toast as soon as it is painted, and Done on what it has."""

    def __init__(self, relay: RelayProcess, folder: Path, agent: str) -> None:
        folder.mkdir()
        command = [sys.executable, "-m", "desktop", "--profile", str(folder / "profile"), "--report"]
        command += ["--relay", relay.url, "--press", "claim", "--press", "done"]
        environ = {**relay.environ, "DESKBELL_PAIR_CODE": relay.invite(agent, ("billing",))}
        self._log = (folder / "desktop.log").open("w+b")
        self._process = subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self._reports: Queue[dict[str, str]] = Queue()
        self._reader = threading.Thread(target=self._read, name=f"reports of {agent}", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._reports.put(json.loads(line))

    def wait_for(self, *reports: str, but: Collection[str] = ()) -> tuple[str, str]:
        """Wait for one of ``reports``, unless it is about an id in ``but``; return it and its id."""
        while True:
            try:
                found = self._reports.get(timeout=PATIENCE)
            except Empty:
                self._log.seek(0)
                pytest.fail(f"waited in vain for {reports}: {self._log.read()[-2000:]!r}")
            if found["report"] in reports and found.get("id", "") not in but:
                return found["report"], found.get("id", "")

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)
        self._reader.join(30)
        self._log.close()


@pytest.mark.parametrize("number", [2, 3])
def test_one_desktop_wins_and_every_other_is_told(
    relay_process: RelayProcess, tmp_path: Path, number: int
) -> None:
    """However close they are, a claim has one winner, and each of the others learns that it isn't theirs."""
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/parcel.toml").write_text(PLAYBOOK)
    with relay_process.config.open("a") as config:
        config.write(f'[playbooks]\nfolder = "{tmp_path / "playbooks"}"\n')
    relay_process.start()
    results: Counter[str] = Counter()
    with ExitStack() as stack:
        desktops = [
            Racer(relay_process, tmp_path / f"desk{each}", f"agent{each}@example.com")
            for each in range(number)
        ]
        for desktop in desktops:
            stack.callback(desktop.close)
        for desktop in desktops:
            desktop.wait_for("live")
        over: set[str] = set()
        client = stack.enter_context(httpx.Client(timeout=PATIENCE, trust_env=False))
        for _ in range(ROUNDS):
            began = time.monotonic()
            headers, body = relay_process.request()
            assert client.post(relay_process.hook(), content=body, headers=headers).status_code == 200
            ends = [desktop.wait_for("claimed", *TOLD, but=over) for desktop in desktops]
            assert len({entry_id for _, entry_id in ends}) == 1, ends
            assert [what for what, _ in ends].count("claimed") == 1, ends
            over.add(ends[0][1])
            results.update(what for what, _ in ends)
            time.sleep(max(0.0, began + LEAST_SECONDS - time.monotonic()))
    assert results["claimed"] == ROUNDS
    assert sum(results[what] for what in TOLD) == ROUNDS * (number - 1)
