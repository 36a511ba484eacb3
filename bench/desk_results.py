"""What was measured of dispatch and claims, as two parts of the page. Pure."""

from collections.abc import Mapping, Sequence

from bench import claims, dispatch, office
from bench.aims import Aim, aims_part
from bench.claims import Claiming, Claims
from bench.dispatch import Costs, Dispatching, Stored
from bench.figures import number, table

FIRST = "## From events to notifications"
AFTER = "## The desktop"
"""Between these headings the two parts stand on the page."""

_SCENES = {
    "calm": "**the library, each playbook to a team of 25**",
    "storm": "the same, in storms: more than ten a minute of each",
    "everyone": "the library, to everyone: 500 agents",
    "offer": "the library, offered to one of 25 after the other",
    "short": "playbooks with one script and one link, to a team",
}
_CLAIMS = {
    "alone": "one claim at a time",
    "busy": f"the same, with {claims.RATE} other events a second to everybody",
    "races": f"all {claims.DEVICES} claim it in the same moment",
}
_STORED = (
    "From and to the journal: read, filled in, routed, written, a hundred events in a transaction. "
    "The time is that of all threads, which share the core:"
)
_COSTS = ("match and fill in, µs", "route, µs", "events/s of one core")


def part(dispatching: Dispatching, claiming: Claiming) -> str:
    """Return both parts in Markdown."""
    return "\n\n".join([*_dispatch_part(dispatching), "## Claims", *_claims_part(claiming)])


def within(page: str, new: str) -> str:
    """Return a page with the two parts in place of those that it has, if any."""
    before, heading, rest = page.partition(AFTER)
    if not heading:
        raise ValueError(f"the page has no {AFTER!r}")
    return f"{before.partition(FIRST)[0]}{new}\n\n{heading}{rest}"


def _dispatch_part(found: Dispatching) -> list[str]:
    intro = (
        f"One process on one core: {dispatch.PLAYBOOKS} playbooks, {dispatch.AGENTS} agents in "
        f"{office.TEAMS} teams, filters of the organisation, of each team and of one agent in "
        f"{office.OWN_LAYERS}. Ten of the shipped playbooks, with two to four scripts in English and German, "
        "get the providers' own webhooks (0.2 to 5 KB) in turns; the others want types that never come. "
        "Times are the processor's: on a core that others use as well they are longer than on one of its own."
    )
    rate = found.scenes["calm"].rate
    aim = Aim(
        what="matching, filling in and routing, on one core",
        wanted="at least 10,000 events/s",
        found=f"{rate.text(0)} events/s",
        met=rate.median >= 10_000,
        missed="Most of it is filling in, two to four scripts in two languages for each event. Playbooks "
        f"with one short script, the last row of the table below, do {found.scenes['short'].rate.text(0)}.",
    )
    return [
        FIRST,
        intro,
        *aims_part([aim]),
        table(("events", *_COSTS), [(title, *_row(found.scenes[n])) for n, title in _SCENES.items()]),
        "What more playbooks and more agents cost; a team grows with the office:",
        _growth("playbooks", found.playbooks),
        _growth("agents", found.agents),
        _STORED,
        _stored_table(found.stored),
        "Who gets one notification how, by the filters:",
        _filtering(found),
    ]


def _row(costs: Costs) -> tuple[str, str, str]:
    return costs.render.text(), costs.address.text(), costs.rate.text(0)


def _growth(what: str, found: Mapping[int, Costs]) -> str:
    return table((what, *_COSTS), [(f"{count:,}", *_row(costs)) for count, costs in found.items()])


def _stored_table(found: Sequence[Stored]) -> str:
    rows = [(f"{one.notifications:,}", f"{one.size:.2f}", one.rate.text(0), one.cpu.text(0)) for one in found]
    return table(("notifications stored before", "file, GB", "events/s", "CPU µs per event"), rows)


def _filtering(found: Dispatching) -> str:
    one = found.filtering
    rows = [
        ("one agent, with the explanation", one.one.text()),
        ("a team of 25, for the first time", one.team.text()),
        (f"all {dispatch.AGENTS} agents, for the first time", one.everyone.text()),
        ("any of these again", one.kept.text(2)),
    ]
    return table(("for", "µs"), rows)


def _claims_part(found: Claiming) -> list[str]:
    intro = (
        f"{claims.DEVICES} connected desktops on one core, and a real relay on the other. Each notification "
        "goes to everyone; then a desktop chosen at random claims it. The time runs from before the claim is "
        "written; it is stored before anybody is told. One has won each race, and all others were told."
    )
    aim = Aim(
        what=f"a claim withdrawn at all {claims.DEVICES} desktops, p99",
        wanted="at most 100 ms",
        found=f"{number(found.alone.last_p99)} ms",
        met=found.alone.last_p99 <= 100,
        missed=f"Half of them took at most {number(found.alone.last_p50)} ms; how quiet the machine was "
        "stands above.",
    )
    head = ("", "claims", "answer p50 ms", "p99", "at a desktop p50", "p99", "at all p50", "p99", "longest")
    rows = [(title, *_claims_row(getattr(found, name))) for name, title in _CLAIMS.items()]
    return [intro, *aims_part([aim]), table(head, rows)]


def _claims_row(one: Claims) -> list[str]:
    times = (
        one.answer_p50,
        one.answer_p99,
        one.socket_p50,
        one.socket_p99,
        one.last_p50,
        one.last_p99,
        one.last_worst,
    )
    return [str(one.count), *map(number, times)]
