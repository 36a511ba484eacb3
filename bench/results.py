"""What was measured, as a page: what it stands on, a table for each subject, and the aims beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import desktop, fanout, ingest, latency
from bench.aims import Aim, aims_part
from bench.desktop import Desktop
from bench.fanout import FanOut
from bench.figures import Spread, number, table
from bench.ingest import Ingest, Round
from bench.latency import Latency


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Everything of one run."""

    machine: Sequence[str]
    stolen: float
    """The share of all cores that other machines on the same hardware took meanwhile."""
    others: float
    """The share of all cores that other programs on this machine took meanwhile."""
    seconds: float
    ingest: dict[str, Ingest]
    ingest_rounds: list[dict[str, Round]]
    latency: Latency
    latency_often: Latency
    fanout: Sequence[FanOut]
    desktop: Desktop
    desk: str
    """The part about dispatch and claims (:mod:`bench.desk_results`)."""


_INGEST_NAMES = {
    "answer": "verified, not stored",
    "store": "**verified and stored, group commit**",
    "single": "verified and stored, one commit per request",
    "relay": "the whole relay: stored, rendered, published",
}
_FANOUT_NAMES = {
    "relay": "**the relay's gateway**",
    "broadcast": "`websockets`, `broadcast()`",
    "http": "the relay from HTTP on: verified, stored, rendered, sent",
}


def page(measured: Measured) -> str:
    """Return the page in Markdown."""
    return (
        "\n\n".join(
            [
                "# How fast it is",
                *_opening(measured),
                "## Aims",
                *aims_part(aims(measured)),
                "Those of dispatch and of claims stand with their tables.",
                "## Webhooks in",
                *_ingest_part(measured),
                "## From HTTP to the sockets",
                *_latency_part(measured),
                "## One notification to many sockets",
                *_fanout_part(measured.fanout),
                measured.desk,
                "## The desktop",
                *_desktop_part(measured.desktop),
            ]
        )
        + "\n"
    )


def aims(measured: Measured) -> list[Aim]:
    """Judge what was measured."""
    share, multiple = shares(measured.ingest_rounds, "answer"), shares(measured.ingest_rounds, "single")
    return [
        Aim(
            what="durable ingest, of the rate without storing",
            wanted="at least 33 %",
            found=f"{100 * share.median:.0f} %",
            met=share.median >= 1 / 3,
            missed="Storing costs more than verifying and answering here.",
        ),
        Aim(
            what="durable ingest, of the rate with one commit per request",
            wanted="at least 4 times",
            found=f"{multiple.median:.1f} times",
            met=multiple.median >= 4,
            missed="The faster the disk, the less a group saves: with an fsync as short as the one named "
            "above, a commit of its own costs about as much time as verifying and answering. On disks that "
            "take a millisecond, the group gains much more.",
        ),
        Aim(
            what=f"HTTP to {latency.DEVICES} sockets at {latency.RATE} events/s, p99",
            wanted="at most 25 ms",
            found=f"{number(measured.latency.p99.median)} ms",
            met=measured.latency.p99.median <= 25,
            missed=f"The server's core was busy for {100 * measured.latency.server_core.median:.0f} % of the "
            f"time, other programs took {100 * measured.others:.0f} % of all cores: an event that waits "
            "for the core or the disk delays those behind it.",
        ),
        *(_fanout_aim(one) for one in measured.fanout),
        _memory_aim(measured.fanout[-1]),
        *_desktop_aims(measured.desktop),
    ]


def _fanout_aim(fan: FanOut) -> Aim:
    cpu = fan.cpu("broadcast").median / fan.cpu("relay").median
    return Aim(
        what=f"fan-out to {fan.sockets:,} sockets, per delivery, beside `broadcast()`",
        wanted="at least 1.3 times as fast",
        found=f"{fan.ratios().median:.2f} times (by CPU {cpu:.2f})",
        met=fan.ratios().median >= 1.3,
        missed="What is left of the time is the kernel's, one `send` per socket, and the same for both.",
    )


def _memory_aim(fan: FanOut) -> Aim:
    return Aim(
        what="memory per idle connection",
        wanted="at most 12 KiB",
        found=f"{fan.memory['relay']:.1f} KiB",
        met=fan.memory["relay"] <= 12,
        missed="Something is kept for each connection that should not be.",
    )


def _desktop_aims(found: Desktop) -> list[Aim]:
    painting = Aim(
        what="message to first paint, p99",
        wanted="at most 50 ms on a quiet machine",
        found=f"{number(found.painting.p99)} ms",
        met=found.painting.p99 <= 50,
        missed=f"Half of them took at most {number(found.painting.p50)} ms; how quiet the machine was "
        "stands above.",
    )
    if found.idle is None:
        return [painting]
    idle = Aim(
        what="the desktop at rest",
        wanted="below 0.5 % of a core",
        found=f"{100 * found.idle.core:.2f} %",
        met=found.idle.core < 0.005,
        missed="Something wakes it more often than it should.",
    )
    return [painting, idle]


def shares(rounds: Sequence[dict[str, Round]], other: str) -> Spread:
    """Return the rate of storing in groups as a multiple of another's, round by round."""
    return Spread.of(one["store"].rate / one[other].rate for one in rounds)


# Parts of the page


def _opening(measured: Measured) -> list[str]:
    quiet = (
        f"While it ran, other programs took {100 * measured.others:.0f} % of its cores, "
        f"and other machines {100 * measured.stolen:.0f} %."
    )
    notes = [
        *measured.machine,
        quiet,
        "Each server has one core and the load another; the desktop has both.",
        "Absolute figures move by a factor of two with the machine's mood; ratios within a table hold.",
        "Figures are medians of the rounds, with the lowest and the highest in brackets, after warming up.",
    ]
    command = f"Written by `make bench`, in {measured.seconds / 60:.1f} minutes. What it stands on:"
    return [command, "\n".join(f"- {note}" for note in notes)]


def _ingest_part(measured: Measured) -> list[str]:
    rows = []
    for name, title in _INGEST_NAMES.items():
        one = measured.ingest[name]
        share = one.rate.median / measured.ingest["answer"].rate.median
        multiple = one.rate.median / measured.ingest["single"].rate.median
        figures = (one.rate.text(0), one.ack_p50.text(), one.ack_p99.text(), one.cpu.text(0))
        rows.append((title, *figures, f"{100 * share:.0f} %", f"{multiple:.1f}"))
    head = ("server", "requests/s", "ack p50 ms", "ack p99 ms", "server CPU µs", "of not storing", "× singly")
    intro = (
        f"GitHub's webhook of 2 KB, each with an id and a signature of its own, over {ingest.CONNECTIONS} "
        f"keep-alive connections, {len(measured.ingest_rounds)} rounds of {ingest.SECONDS:.0f} s in turns. "
        "All but the last row are the relay's intake without dispatch and gateway."
    )
    return [intro, table(head, rows)]


def _latency_part(measured: Measured) -> list[str]:
    rows = []
    for title, one in (
        ("once a second", measured.latency),
        ("ten times a second", measured.latency_often),
    ):
        times = (one.ack_p50.text(), one.ack_p99.text(), one.p50.text(), one.p99.text(), one.p999.text())
        cores = (f"{100 * one.server_core.median:.0f} %", f"{100 * one.client_core.median:.0f} %")
        rows.append((title, *times, *cores, f"{100 * one.arrived.low:.1f} %"))
    head = (
        "each desktop acks",
        "HTTP ack p50 ms",
        "p99",
        "to the socket p50",
        "p99",
        "p99.9",
        "server's core",
        "client's",
        "arrived",
    )
    intro = (
        f"{latency.DEVICES} paired desktops, {latency.RATE} events a second, "
        f"rounds of {latency.SECONDS:.0f} s; "
        f"everyone gets each: {latency.DEVICES * latency.RATE:,} frames a second. The time runs from "
        "before the POST is written to the frame's arrival, "
        f"read at {latency.READ} sockets chosen at random; "
        "of the others only bytes are counted, so that the client is not what is measured."
    )
    return [intro, table(head, rows)]


def _fanout_part(found: Sequence[FanOut]) -> list[str]:
    rows = []
    for fan in found:
        for name, title in _FANOUT_NAMES.items():
            last, cpu = fan.last_byte(name), fan.cpu(name)
            each = f"{1000 * last.median / fan.sockets:.1f}"
            memory = f"{fan.memory[name]:.1f}" if name in fan.memory else ""
            rows.append((f"{fan.sockets:,}", title, last.text(), each, cpu.text(), memory))
    head = (
        "sockets",
        "server",
        "last byte ms",
        "µs per delivery",
        "server CPU µs per delivery",
        "KiB per connection",
    )
    intro = (
        f"One notification of 1 KB, {fanout.ROUNDS} rounds in turns, no compression, both servers on uvloop. "
        "The first two rows begin when the server has the message in memory; the relay encodes it in "
        "that time, `broadcast()` gets it encoded. The third begins before the POST is written."
    )
    return [intro, table(head, rows), _constant(found[0])]


def _constant(fan: FanOut) -> str:
    cpu = (fan.cpu("http").median - fan.cpu("relay").median) * fan.sockets / 1000
    wait = fan.last_byte("http").median - fan.last_byte("relay").median
    return (
        "What HTTP, verifying, storing and rendering add for one event, however many sockets there are: "
        f"{cpu:.1f} ms of CPU and {wait:.1f} ms of time, as measured with {fan.sockets:,}."
    )


def _desktop_part(found: Desktop) -> list[str]:
    painting = found.painting
    rows = [
        (
            "process start to tray ready, ms",
            found.ready.text(0) if found.ready else "not reported by the app",
        ),
        ("process start to live link, ms (paired on the way)", found.live.text(0)),
        (
            f"message to first paint, p50 / p99 / longest of {painting.toasts}, ms",
            f"{number(painting.p50)} / {number(painting.p99)} / {number(painting.worst)}",
        ),
    ]
    if found.idle is not None:
        rows += [
            (
                f"at rest with a live link, {desktop.IDLE_SECONDS:.0f} s, share of a core",
                f"{100 * found.idle.core:.2f} %",
            ),
            ("at rest with a live link, resident memory", f"{found.idle.memory:.0f} MiB"),
        ]
    intro = (
        "The real app off screen, with a real relay. There is no tray off screen, so its history window is "
        "open and is part of all figures. The message's time begins when it is off the socket; storing "
        "it safely in the inbox is part of it. Each toast is taken away before the next webhook is sent."
    )
    return [intro, table(("what", "found"), rows)]
