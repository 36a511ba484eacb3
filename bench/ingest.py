"""Verified webhooks as fast as they come: stored in groups, stored singly, not stored at all."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import uvloop

from bench import servers, webhooks
from bench.client import Control, Poster, connect
from bench.figures import Spread, quantile
from bench.servers import Address, Variant

CONNECTIONS = 64
ROUNDS = 5
SECONDS = 2.0
WARM_SECONDS = 0.4
FASTEST = 30_000
"""Requests a second for which webhooks are signed in advance."""
CHUNK = 1_000_000
"""Numbers between rounds, so that no webhook comes twice."""

VARIANTS: Mapping[str, Variant] = {
    "answer": servers.answering,
    "store": servers.storing,
    "single": servers.storing_singly,
    "relay": servers.whole_relay,
}


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round of one server came to. Milliseconds, but ``cpu`` in µs per request."""

    rate: float
    ack_p50: float
    ack_p99: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """All rounds of one server, and its rate as a share of that which does not store."""

    rate: Spread
    ack_p50: Spread
    ack_p99: Spread
    cpu: Spread

    @classmethod
    def of(cls, rounds: list[Round]) -> "Ingest":
        """Put rounds together."""
        return cls(
            rate=Spread.of(one.rate for one in rounds),
            ack_p50=Spread.of(one.ack_p50 for one in rounds),
            ack_p99=Spread.of(one.ack_p99 for one in rounds),
            cpu=Spread.of(one.cpu for one in rounds),
        )


def run(
    folder: Path, load: Executor, *, rounds: int = ROUNDS
) -> tuple[dict[str, Ingest], list[dict[str, Round]]]:
    """Measure every variant in each of the rounds; return them put together, and one by one."""
    with ExitStack() as stack:
        addresses = {
            name: stack.enter_context(servers.running(variant, folder / name))
            for name, variant in VARIANTS.items()
        }
        numbers = count(webhooks.FIRST, CHUNK)
        taken = [
            {
                name: load.submit(measure, address, next(numbers)).result()
                for name, address in addresses.items()
            }
            for _ in range(rounds)
        ]
    return {name: Ingest.of([one[name] for one in taken]) for name in VARIANTS}, taken


def measure(address: Address, first: int) -> Round:
    """Send as fast as answers come, from this process."""
    signed = [webhooks.signature(first + n) for n in range(round(FASTEST * (SECONDS + WARM_SECONDS)))]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_Run(first, signed).go(address))


class _Run:
    """One round of one server."""

    def __init__(self, first: int, signed: list[bytes]) -> None:
        self._requests: Iterator[bytes] = (
            webhooks.request(first + n, signature) for n, signature in enumerate(signed)
        )
        self._took: list[float] = []
        self._stopped = False
        self._out_of_requests = asyncio.Event()

    async def go(self, address: Address) -> Round:
        control = await Control.open(address.control)
        posters = [Poster(self._answered) for _ in range(CONNECTIONS)]
        await connect(address.port, posters)
        for poster in posters:
            self._next(poster)
        await asyncio.sleep(WARM_SECONDS)
        self._took.clear()
        before = await control.ask("cpu")
        begun = time.monotonic()
        await self._wait(SECONDS)
        took, seconds = sorted(self._took), time.monotonic() - begun
        after = await control.ask("cpu")
        self._stopped = True
        for poster in posters:
            poster.close()
        if refused := sum(poster.refused for poster in posters):
            raise RuntimeError(f"{refused} webhooks were not taken")
        return Round(
            rate=len(took) / seconds,
            ack_p50=1000 * quantile(took, 0.5),
            ack_p99=1000 * quantile(took, 0.99),
            cpu=1e6 * (after["cpu"] - before["cpu"]) / len(took),
        )

    async def _wait(self, seconds: float) -> None:
        """Wait until the time is over, or the webhooks are used up."""
        try:
            async with asyncio.timeout(seconds):
                await self._out_of_requests.wait()
        except TimeoutError:
            return

    def _answered(self, poster: Poster, now: float) -> None:
        self._took.append(now - poster.begun)
        if not self._stopped:
            self._next(poster)

    def _next(self, poster: Poster) -> None:
        request = next(self._requests, None)
        if request is None:
            self._out_of_requests.set()
        else:
            poster.post(request)
