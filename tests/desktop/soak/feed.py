"""All providers at once: signed webhooks of every sample, at the rate that is asked for on standard input.

``python -m tests.desktop.soak.feed CONFIG LOG SEED``. A line is ``rate 2.5`` (a second; 0 for none) or
``burst 500``; the end of the input ends it. The log has a line of JSON for each request that was
answered, or was not: ``answer`` is a status or what went wrong, ``ids`` its events as [source, id].
"""

import http.client
import json
import os
import random
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import TextIO

from relay import samples
from relay.config import load
from relay.event import Delivery
from relay.schemes.prepared import Prepared, check_source
from relay.schemes.providers import PROVIDERS
from relay.tour import all_samples
from relay.verify import verify

SENDERS = 8
SAME_CASE = 0.2
"""Share of requests that are about the sample's own case, which others open, change and close."""
IDLE_SECONDS = 2.0
"""A connection that rested for so long is opened anew: the relay may be about to close it."""
LEAST_WAIT = 0.5
"""Seconds after which a new rate counts at the latest."""

Work = tuple[str, str] | None
"""A source and a sample of it; None: no more."""


class Sender(threading.Thread):
    """One of a provider's connections: opened again when it breaks, never waiting for long."""

    def __init__(
        self,
        port: int,
        sources: Mapping[str, Prepared],
        work: "SimpleQueue[Work]",
        log: TextIO,
        turn: threading.Lock,
    ) -> None:
        super().__init__(daemon=True)
        self._sources, self._work, self._log, self._turn = sources, work, log, turn
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._used = 0.0

    def run(self) -> None:
        """Send until there is no more."""
        while (work := self._work.get()) is not None:
            self._send(*work)
        self._connection.close()

    def _send(self, source: str, name: str) -> None:
        prepared = self._sources[source]
        target = samples.with_token(f"/hooks/{source}", prepared)
        headers, body = _made(prepared, name, target)
        lines = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
        now = time.time()
        delivery = Delivery(
            source=source, method="POST", target=target.encode(), headers=lines, body=body, received_at=now
        )
        ids = [[event.source, event.id] for event in verify(delivery, prepared, now)]
        answer = self._post(target, dict(headers), body)
        with self._turn:
            self._log.write(json.dumps({"at": now, "answer": answer, "ids": ids}) + "\n")
            self._log.flush()

    def _post(self, target: str, headers: dict[str, str], body: bytes) -> str:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
        self._used = time.monotonic()
        try:
            self._connection.request("POST", target, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            self._connection.close()
            return type(problem).__name__
        return str(answer.status)


def _made(prepared: Prepared, name: str, target: str) -> samples.Request:
    sample, new_id = samples.find(prepared.source, name), str(uuid.uuid4())
    another = random.random() >= SAME_CASE
    return samples.request(sample, prepared, time.time(), new_id, another=another, target=target.encode())


class Pacer(threading.Thread):
    """Hands out work at a rate, or at once."""

    def __init__(self, stops: list[tuple[str, str]], work: "SimpleQueue[Work]") -> None:
        super().__init__(daemon=True)
        self._stops, self._work = stops, work
        self.rate = 0.0

    def run(self) -> None:
        """Hand out for ever."""
        while True:
            pause = min(LEAST_WAIT, 1 / self.rate) if self.rate else LEAST_WAIT
            time.sleep(pause)
            if random.random() < self.rate * pause:
                self.give(1)

    def give(self, count: int) -> None:
        """Hand out so many."""
        for _ in range(count):
            self._work.put(random.choice(self._stops))


def main(config: Path, log: Path, seed: int) -> None:
    """Do as the lines say."""
    random.seed(seed)
    settings = load(config, os.environ, providers=PROVIDERS)
    sources = {name: check_source(source) for name, source in settings.sources.items()}
    work: SimpleQueue[Work] = SimpleQueue()
    pacer, turn = Pacer(list(all_samples(settings)), work), threading.Lock()
    with log.open("a", encoding="ascii") as output:
        senders = [Sender(settings.server.port, sources, work, output, turn) for _ in range(SENDERS)]
        for thread in (pacer, *senders):
            thread.start()
        for line in sys.stdin:
            order, number = line.split()
            if order == "rate":
                pacer.rate = float(number)
            else:
                pacer.give(int(number))
        pacer.rate = 0.0
        for _ in senders:
            work.put(None)
        for sender in senders:
            sender.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
