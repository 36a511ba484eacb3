"""What was measured of our desktop and of gotify-tray, as a page. Pure."""

from collections.abc import Callable, Iterable, Sequence

from bench import beside, history
from bench.aims import Aim, aims_part
from bench.beside import Beside, Start
from bench.figures import Spread, number, quantile, table
from bench.peer import NAME as PEER
from bench.programs import Bare, Ours
from bench.usage import Memory

_OURS, _BARE = Ours.name, Bare.name
_INTRO = f"""\
# The desktop, and the closest peer beside it

Written by `make bench-desktop`. {PEER} is the closest open-source program: a tray app in Python on Qt \
that shows what comes over a WebSocket. Both run in turns or beside each other in one real X session \
(openbox, tint2 with a tray, a keyring) and are watched from outside by the same eyes, as they are on any \
day: signed in long ago, no window open. Ours has a real relay. gotify-tray's far end stores and checks \
nothing, and is there only to be measured."""
_PEER_LACKS = (
    "gotify-tray has no search, and asks its server for the last 100 messages only: there is nothing to "
    "put beside this. The history is opened, scrolled and searched in the same session."
)


def page(found: Beside) -> str:
    """Return everything in Markdown."""
    load = (
        f"While it ran, other programs took {100 * found.others:.0f} % of its cores, and other machines "
        f"{100 * found.stolen:.0f} %."
    )
    parts = [
        _INTRO,
        *found.machine,
        load,
        *aims_part(_aims(found)),
        *_start_part(found),
        *_toast_part(found),
        *_burst_part(found),
        *_growth_part(found),
        *_history_part(found),
    ]
    return "\n\n".join(parts) + "\n"


# The aims


def _aims(found: Beside) -> list[Aim]:
    aims = (_paint_aim, _start_aim, _core_aim, _memory_aim, _burst_aim, _search_aim)
    return [aim(found) for aim in aims]


def _paint_aim(found: Beside) -> Aim:
    ascending = sorted(found.toasts.painted)
    p99 = quantile(ascending, 0.99)
    return Aim(
        what="message off the socket to first paint, p99",
        wanted="at most 50 ms",
        found=f"{number(p99)} ms",
        met=p99 <= 50,
        missed=f"Half of them took at most {number(quantile(ascending, 0.5))} ms, and one takes "
        f"{Spread.of(found.toasts.spent[_OURS]).text()} ms of the processor; how busy the machine was stands "
        "above.",
    )


def _start_aim(found: Beside) -> Aim:
    tray = _start(found.starts[_OURS], lambda one: one.tray)
    used = _start(found.starts[_OURS], lambda one: one.used)
    return Aim(
        what="start to tray",
        wanted="at most 1.5 s",
        found=f"{number(tray.median / 1000, 2)} s",
        met=tray.median <= 1500,
        missed=f"The processor was needed for {number(used.median / 1000, 2)} s of it; how busy the machine "
        "was stands above.",
    )


def _core_aim(found: Beside) -> Aim:
    core = 100 * Spread.of(one.core for one in found.rests[_OURS]).median
    return Aim(
        what="at rest with a live link",
        wanted="at most 0.5 % of a core",
        found=f"{number(core, 2)} %",
        met=core <= 0.5,
        missed="Something wakes it more often than it should.",
    )


def _memory_aim(found: Beside) -> Aim:
    ours, other = _resting(found, _OURS), _resting(found, PEER)
    bare = _start(found.starts[_BARE], lambda one: one.memory.resident)
    return Aim(
        what="memory at rest, resident",
        wanted=f"half of {PEER}'s",
        found=f"{number(ours, 0)} MiB of {number(other, 0)}",
        met=ours <= other / 2,
        missed=f"A bare tray icon in Python on Qt, with nothing behind it, has {number(bare.median, 0)} MiB "
        f"already: half of {number(other, 0)} is {number(other / 2, 0)}. What ours adds to that is its "
        "inbox, the encrypted link with the system's certificates, the keyring and the toasts.",
    )


def _burst_aim(found: Beside) -> Aim:
    worst = max(Spread.of(late).median for late in found.bursts.late.values())
    busy = max(Spread.of(used).median for used in found.bursts.used.values())
    return Aim(
        what=f"{beside.BURST} messages within a second: event loop held up",
        wanted="at most 100 ms",
        found=f"{number(worst, 0)} ms",
        met=worst <= 100,
        missed=f"Its thread was busy for at most {number(busy, 0)} ms at once; the relay, the sender "
        "and the desktop share two cores here, and what else ran stands above.",
    )


def _search_aim(found: Beside) -> Aim:
    slowest = max(took.median for took, _, _ in found.history.searches.values())
    busiest = max(used.median for _, used, _ in found.history.searches.values())
    return Aim(
        what=f"searching {history.ENTRIES:,} items, the slowest question",
        wanted="at most 50 ms",
        found=f"{number(slowest, 0)} ms",
        met=slowest <= 50,
        missed=f"The processor was needed for at most {number(busiest, 0)} ms of it, on all threads "
        "and with drawing the new list; how busy the machine was stands above.",
    )


# The parts


def _start(starts: Iterable[Start], of: Callable[[Start], float]) -> Spread:
    return Spread.of(of(one) for one in starts)


def _resting(found: Beside, name: str) -> float:
    return Spread.of(one.memory.resident for one in found.rests[name]).median


def _start_part(found: Beside) -> list[str]:
    names = (_OURS, PEER, _BARE)
    starts = [found.starts[name] for name in names]
    rows = [
        ("process start to icon in the tray, ms", *_row(starts, lambda one: one.tray)),
        ("… processor time until then, ms", *_row(starts, lambda one: one.used)),
        ("process start to live link, ms", *_row(starts[:2], lambda one: one.live), ""),
        ("memory 3 s later, resident, MiB", *_row(starts, lambda one: one.memory.resident)),
        ("… shared pages in part (PSS), MiB", *_row(starts, lambda one: one.memory.proportional)),
        ("… written by itself, MiB", *_row(starts, lambda one: one.memory.written)),
    ]
    rests = [found.rests[name] for name in names[:2]]
    rows += [
        (
            f"at rest, {beside.REST_SECONDS:.0f} s: share of a core",
            *(f"{Spread.of(100 * one.core for one in many).text(3)} %" for many in rests),
            "",
        ),
        (
            "… wake-ups a second",
            *(Spread.of(one.wakeups for one in many).text(2) for many in rests),
            "",
        ),
        (
            "… resident memory, MiB",
            *(Spread.of(one.memory.resident for one in many).text(0) for many in rests),
            "",
        ),
    ]
    words = (
        f"{beside.STARTS} starts of each in turns, after one that warmed the disk; {beside.REST_ROUNDS} "
        "rests beside each other. The icon is there when the tray has taken it in. Median (lowest–highest). "
        "*A bare icon* is the least a tray app in Python on Qt can be: an icon, and nothing behind it."
    )
    return ["## Start and rest", words, table(("", f"**{_OURS}**", PEER, _BARE), rows)]


def _row(starts: Sequence[Sequence[Start]], of: Callable[[Start], float]) -> list[str]:
    return [_start(many, of).text(0) for many in starts]


def _toast_part(found: Beside) -> list[str]:
    rows = [
        (
            name,
            *_quantiles([took for one in rounds for took in one]),
            Spread.of(found.toasts.spent[name]).text(),
        )
        for name, rounds in found.toasts.shown.items()
    ]
    rows.append((f"{_OURS}: off the socket to first paint", *_quantiles(found.toasts.painted), ""))
    words = (
        f"{beside.TOAST_ROUNDS} rounds of {beside.TOASTS} messages to each in turns, {beside.PAUSE_SECONDS} "
        "s apart, from before the sender sends until the middle of the notification isn't black on the "
        "screen any more. For ours that is a signed webhook that the relay verifies, stores safely on disk, "
        "fills in and routes, and that the desktop stores safely too before it shows a card with a reply "
        "and buttons; for gotify-tray a message that its far end just passes on, and Qt's balloon. The last "
        "line begins when the message has come off the desktop's socket."
    )
    return [
        "## From message to picture",
        words,
        table(("", "p50 ms", "p99", "longest", "of", "processor time for one, ms"), rows),
    ]


def _quantiles(took: Sequence[float]) -> list[str]:
    ascending = sorted(took)
    values = (quantile(ascending, 0.5), quantile(ascending, 0.99), ascending[-1])
    return [*map(number, values), str(len(ascending))]


def _burst_part(found: Beside) -> list[str]:
    rows = [
        (kind, Spread.of(late).text(0), Spread.of(found.bursts.used[kind]).text(0))
        for kind, late in found.bursts.late.items()
    ]
    least = min(found.bursts.arrived)
    survived = (
        f"Of {beside.BURST_ROUNDS} such bursts to {PEER} it lived through {found.bursts.survived}; the "
        "others ended its process."
    )
    words = (
        f"{beside.BURST} messages within a second, each time to a new process. Qt's event loop should strike "
        f"every 5 ms; this is the longest time in which it could not, and the longest that its thread was "
        "busy by itself between two beats: the rest is waiting for a core, the disk or the tray. At least "
        f"{least} of {beside.BURST} were in the inbox in the end. Many of one kind become one "
        "card, so a burst of many kinds is the harder one."
    )
    return ["## Bursts", words, table(("", "held up for, ms", "busy for, ms"), rows), survived]


def _growth_part(found: Beside) -> list[str]:
    other = found.grown[PEER]
    rows = [
        (f"{mark:,}", *_memory(memory), *_memory(other.get(mark)))
        for mark, memory in found.grown[_OURS].items()
    ]
    words = (
        "Each is painted and then taken away, one after the other. gotify-tray keeps a widget for each "
        f"message; after {max(other):,} it was left alone."
    )
    head = ("shown", f"{_OURS}, resident MiB", "written", f"{PEER}, resident MiB", "written")
    return ["## Memory after many notifications", words, table(head, rows)]


def _memory(memory: Memory | None) -> tuple[str, str]:
    if memory is None:
        return "", ""
    return number(memory.resident, 0), number(memory.written, 0)


def _history_part(found: Beside) -> list[str]:
    return ["## The history", _PEER_LACKS, history.rows(found.history)]
