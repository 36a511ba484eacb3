"""From events to addressed notifications: how many a second one core does, and what more of everything costs.

One process on one core. A figure is by the processor's time, so that a rate is what one core does in
a second of its own; what the journal adds in waiting stands beside it.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench import backlog, office
from bench.figures import Spread
from relay.addressing import Addressing
from relay.dispatch import BATCH
from relay.event import StoredEvent
from relay.filters import Cell, Relation, effective
from relay.partition import Partitions
from relay.protocol import Priority
from relay.render import Renderer

K = TypeVar("K", str, int)

PLAYBOOKS, AGENTS = 50, 500
MORE_PLAYBOOKS = (10, 50, 200, 1000)
MORE_AGENTS = (100, 500, 5000)
HISTORY = (10_000, 100_000, 1_000_000)
EVENTS = 500
"""Of one round."""
ROUNDS = 9
CALM_SECONDS = 1.0
"""Between two events where nothing is to storm: six a minute for each team, whose toasts are counted."""
STORED_ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Microseconds of one core for one event, and events for each second of it."""

    render: Spread
    """To match and to fill in."""
    address: Spread
    """To route, by filters, storms and noise budgets."""
    rate: Spread
    """Of both together."""


@dataclass(frozen=True, kw_only=True)
class Filtering:
    """Microseconds to find out who gets one notification how."""

    one: Spread
    """One agent, with the explanation."""
    team: Spread
    """A whole team for the first time."""
    everyone: Spread
    """All agents for the first time."""
    kept: Spread
    """Any audience again."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Dispatch with a journal around it: events a second, and microseconds of all its threads for each."""

    notifications: int
    size: float
    """GB of the file."""
    rate: Spread
    cpu: Spread


@dataclass(frozen=True, kw_only=True)
class Dispatching:
    """Everything; the mappings are by what the rows are called."""

    scenes: Mapping[str, Costs]
    playbooks: Mapping[int, Costs]
    agents: Mapping[int, Costs]
    filtering: Filtering
    stored: Sequence[Stored]


class Scene:
    """A way in which events come to an office, and the office."""

    def __init__(self, renderer: Renderer, *, agents: int = AGENTS, pause: float = 0.0) -> None:
        """``pause`` is the time from one event to the next, in seconds of the events' own time."""
        self._renderer, self._pause, self._now = renderer, pause, office.NOW
        self._addressing = Addressing(
            office.directory(agents), office.presence(agents), office.filters(agents), now=self._now
        )

    def round(self, events: Sequence[StoredEvent]) -> tuple[float, float]:
        """Dispatch all in batches, as the relay does; return the µs for each to render and to address."""
        render = address = 0
        for begin in range(0, len(events), BATCH):
            batch = events[begin : begin + BATCH]
            started = time.process_time_ns()
            rendered = [self._renderer.render(stored) for stored in batch]
            between = time.process_time_ns()
            for one in rendered:
                self._now += self._pause
                self._addressing.address(one.dispatched, one.asked, self._now)
            render, address = render + between - started, address + time.process_time_ns() - between
        return render / len(events) / 1e3, address / len(events) / 1e3


def run(folder: Path, load: Executor, say: Callable[[str], None]) -> Dispatching:
    """Measure, in the process of ``load``; ``folder`` is for the journals."""
    say("dispatch: scenes, playbooks, agents, filters")
    scenes = load.submit(measure_scenes).result()
    playbooks = load.submit(measure_playbooks).result()
    agents = load.submit(measure_agents).result()
    filtering = load.submit(measure_filters).result()
    stored = []
    for count in HISTORY:
        say(f"dispatch: a journal of {count:,} notifications")
        size = backlog.fill(folder / str(count), count, AGENTS)
        rounds = load.submit(backlog.measure, folder / str(count), STORED_ROUNDS, PLAYBOOKS, AGENTS).result()
        rate, cpu = Spread.of(rate for rate, _ in rounds), Spread.of(cpu for _, cpu in rounds)
        stored.append(Stored(notifications=count, size=size, rate=rate, cpu=cpu))
        backlog.remove(folder / str(count))
    return Dispatching(scenes=scenes, playbooks=playbooks, agents=agents, filtering=filtering, stored=stored)


def measure_scenes() -> dict[str, Costs]:
    """Measure the ways in which events come."""
    library = office.library(PLAYBOOKS)
    return in_turns(
        {
            "calm": Scene(library, pause=CALM_SECONDS),
            "storm": Scene(library),
            "everyone": Scene(office.library(PLAYBOOKS, audience=office.TO_EVERYONE), pause=CALM_SECONDS),
            "offer": Scene(office.library(PLAYBOOKS, audience=office.OFFERED), pause=CALM_SECONDS),
            "short": Scene(office.library(PLAYBOOKS, short=True), pause=CALM_SECONDS),
        }
    )


def measure_playbooks() -> dict[int, Costs]:
    """Measure sets of playbooks of several sizes."""
    return in_turns({count: Scene(office.library(count), pause=CALM_SECONDS) for count in MORE_PLAYBOOKS})


def measure_agents() -> dict[int, Costs]:
    """Measure offices of several sizes."""
    library = office.library(PLAYBOOKS)
    return in_turns({count: Scene(library, agents=count, pause=CALM_SECONDS) for count in MORE_AGENTS})


def in_turns(scenes: Mapping[K, Scene]) -> dict[K, Costs]:
    """Measure several scenes with the same events, in turns, after one round to warm up."""
    events = office.events(EVENTS)
    found: dict[K, list[tuple[float, float]]] = {name: [] for name in scenes}
    # What is built for one scene must not be looked through again while another is measured.
    gc.collect()
    gc.freeze()
    for turn in range(ROUNDS + 1):
        for name, scene in scenes.items():
            took = scene.round(events)
            if turn:
                found[name].append(took)
    gc.unfreeze()
    return {name: _costs(taken) for name, taken in found.items()}


def _costs(taken: Sequence[tuple[float, float]]) -> Costs:
    return Costs(
        render=Spread.of(render for render, _ in taken),
        address=Spread.of(address for _, address in taken),
        rate=Spread.of(1e6 / (render + address) for render, address in taken),
    )


# Filters


def measure_filters() -> Filtering:
    """Measure the filters by themselves."""
    directory, layers = office.directory(AGENTS), office.filters(AGENTS)
    cell = Cell(
        playbook="payment-failed",
        type="invoice.payment_failed",
        priority=Priority.HIGH,
        relation=Relation.UNASSIGNED,
    )
    agent = office.agent(0)
    teams = directory.teams_of(agent)
    renderer = office.library(PLAYBOOKS)
    drafts = {
        "team": renderer.render(office.events(1)[0]).dispatched.drafts[0],
        "everyone": office.library(1, audience=office.TO_EVERYONE)
        .render(office.events(1)[0])
        .dispatched.drafts[0],
    }
    partitions = Partitions(layers, directory)

    def first(name: str) -> None:
        partitions._kept.clear()  # noqa: SLF001 - as if nobody had asked before
        partitions.share(drafts[name], now=office.NOW)

    return Filtering(
        one=_microseconds(lambda: effective(layers, cell, agent=agent, teams=teams, now=office.NOW)),
        team=_microseconds(lambda: first("team")),
        everyone=_microseconds(lambda: first("everyone"), calls=20),
        kept=_microseconds(lambda: partitions.share(drafts["team"], now=office.NOW)),
    )


def _microseconds(act: Callable[[], object], calls: int = 200) -> Spread:
    """Measure a call, in rounds, after one to warm up."""
    taken = []
    for _ in range(ROUNDS + 1):
        begun = time.process_time_ns()
        for _ in range(calls):
            act()
        taken.append((time.process_time_ns() - begun) / calls / 1e3)
    return Spread.of(taken[1:])
