"""``make bench``: measures everything in one run, prints the page and writes it to ``bench/results.md``.

``python -m bench.run desk`` measures dispatch and claims only, and puts them into the page that is there.
"""

import multiprocessing
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from bench import claims, desk_results, desktop, dispatch, fanout, ingest, latency, machine, results
from bench.results import Measured

HERE = Path(__file__).resolve().parent
PAGE = HERE / "results.md"
WORK = HERE.parent / "build" / "bench"
"""On the disk of the checkout: a temporary folder may be in memory, where an fsync is nothing."""

_begun = time.monotonic()


def main() -> int:
    """Measure; return 0."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    machine.raise_open_files()
    load = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=begin_load)
    try:
        with load:
            page = _desk_alone(load) if "desk" in sys.argv[1:] else results.page(measure(load))
    finally:
        shutil.rmtree(WORK, ignore_errors=True)
    PAGE.write_text(page, encoding="utf-8")
    print(f"\n{page}\nWritten to {PAGE.relative_to(HERE.parent)}.")
    return 0


def begin_load() -> None:
    """Prepare the process from which the servers are put under load."""
    machine.pin(machine.LOAD_CORE)
    machine.raise_open_files()


def measure(load: Executor) -> Measured:
    """Measure everything."""
    before = machine.Cores.now()
    about = machine.description(WORK)
    say("ingest: four servers in turns")
    taken, rounds = ingest.run(WORK / "ingest", load)
    say(f"latency: {latency.DEVICES} desktops, {latency.RATE} events/s")
    once = latency.run(WORK / "latency", load)
    say("latency: the same with more acks")
    often = latency.run(WORK / "latency-often", load, pause=latency.OFTEN_SECONDS)
    fans = _fans(load, fanout.SOCKETS)
    parts = _desk(load)
    desk = desktop.run(WORK / "desktop", say)
    load.shutdown()
    stolen, others = machine.Cores.now().since(before)
    return Measured(
        machine=about,
        stolen=stolen,
        others=others,
        seconds=time.monotonic() - _begun,
        ingest=taken,
        ingest_rounds=rounds,
        latency=once,
        latency_often=often,
        fanout=fans,
        desktop=desk,
        desk=parts,
    )


def _desk(load: Executor) -> str:
    """Measure dispatch and claims; return their parts of the page."""
    dispatching = dispatch.run(WORK / "dispatch", load, say)
    say(f"claims: {claims.DEVICES} desktops")
    return desk_results.part(dispatching, claims.run(WORK / "claims", load))


def _desk_alone(load: Executor) -> str:
    """Measure dispatch and claims; return the page of the last whole run with them."""
    before = machine.Cores.now()
    parts = _desk(load)
    load.shutdown()
    stolen, others = machine.Cores.now().since(before)
    note = (
        "This part and the next were measured in a run of their own; other programs meanwhile took "
        f"{100 * others:.0f} % of the machine's cores, and other machines {100 * stolen:.0f} %."
    )
    heading, _, rest = parts.partition("\n\n")
    return desk_results.within(PAGE.read_text(encoding="utf-8"), f"{heading}\n\n{note}\n\n{rest}")


def _fans(load: Executor, sizes: Sequence[int]) -> list[fanout.FanOut]:
    found = []
    for sockets in sizes:
        say(f"fan-out: {sockets:,} sockets to each of two servers")
        found.append(fanout.run(WORK / f"fanout-{sockets}", load, sockets))
    return found


def say(what: str) -> None:
    """Tell whoever waits what is being measured now."""
    print(f"{time.monotonic() - _begun:5.0f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
