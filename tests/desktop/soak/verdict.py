"""What the samples of a soak say: what stayed within its bounds, and what did not. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.desktop.soak.timetable import KILL, PLUG, PULL, REVIVE, START, Act
from tests.desktop.soak.witness import Box, Sample, Stall, Use

GRACE_SAMPLES = 3
"""A toast may lie outside of the work area for so many seconds, until all know of the new one."""
STALL_SECONDS = 1.0
"""A loop that stood still for so long is told as a problem: hardly anybody waits patiently for longer."""
NOTICE_SECONDS = 36.0
"""A dead link is noticed within 35 s (promise P9), and told in the next line."""
MEMORY_SHARE = 0.10
"""By so much the last minutes may use more memory than the middle."""
FEW = 4
"""By so many threads or files the end may differ from the begin."""
LIVE = "live"
BACK_SECONDS = 65.0
"""The longest wait between two tries, and the try."""


@dataclass(kw_only=True)
class Findings:
    """What was seen."""

    problems: list[str] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)
    """The worst wait of each second, in seconds, ascending."""
    long: list[tuple[float, Stall]] = field(default_factory=list)
    """When the loop stood still for long, and where."""
    back: list[float] = field(default_factory=list)
    """How long it took to be live again after each fault was over, in seconds."""
    most_toasts: int = 0
    most_more: int = 0
    outside: int = 0
    """Seconds in which a toast lay outside of the work area."""


def judge(samples: Sequence[Sample], acts: Sequence[tuple[float, Act]]) -> Findings:
    """Judge samples; ``acts`` are what was done, with when it really was."""
    found = Findings()
    found.problems += _strays(samples, found)
    watched = [sample for sample in samples if sample.watch]
    lines = {sample.watch.at: sample.watch for sample in watched if sample.watch}
    found.stalls = sorted(line.worst for line in lines.values())
    found.long = [(at - next(iter(lines)), each) for at, line in lines.items() for each in line.stalls]
    found.most_toasts = max((len(line.toasts) for line in lines.values()), default=0)
    found.most_more = max((line.more for line in lines.values()), default=0)
    found.problems += _stalls(found.long)
    found.problems += _links(samples, acts, found)
    found.problems += _uses([sample.app for sample in samples if sample.app])
    if not watched or watched[-1].watch is None or watched[-1].watch.state != LIVE:
        found.problems.append("the desktop is not live at the end")
    return found


def _stalls(long: Sequence[tuple[float, Stall]]) -> Iterator[str]:
    """Yield which long waits were the app's own: it ran, or was blocked while others left a core free."""
    for at, stall in long:
        blocked = stall.took - stall.starved > STALL_SECONDS and stall.starved < stall.took / 2
        if stall.ran > STALL_SECONDS or blocked:
            yield f"at {at:.0f} s the loop stood still for {stall.took:.1f} s, and ran {stall.ran:.1f} of them"


def _strays(samples: Sequence[Sample], found: Findings) -> Iterator[str]:
    """Yield what is to be said of toasts and windows that lie where nobody can reach them."""
    row: dict[str, int] = {}
    last = 0.0
    for sample in samples:
        if sample.watch is None or sample.watch.at == last:
            continue  # the app had no core: it could tell nothing, and move nothing
        area, last = sample.area, sample.watch.at
        stray = {toast.id: toast.card for toast in sample.watch.toasts if not within(toast.card, area)}
        stray |= {
            f"window {id_}": box for id_, box in sample.windows.items() if not meets(box, sample.screen)
        }
        found.outside += bool(stray)
        row = {id_: row.get(id_, 0) + 1 for id_ in stray}
        for id_, seconds in row.items():
            if seconds == GRACE_SAMPLES + 1:
                yield f"at {sample.at:.0f} s {id_} lies at {stray[id_]}, outside of {area}"


def within(box: Box, area: Box) -> bool:
    """Say whether a box lies wholly in an area."""
    left, top, width, height = box
    return (
        left >= area[0]
        and top >= area[1]
        and left + width <= area[0] + area[2]
        and top + height <= area[1] + area[3]
    )


def meets(box: Box, area: Box) -> bool:
    """Say whether something of a box is to be seen in an area."""
    left, top, width, height = box
    across = left < area[0] + area[2] and left + width > area[0]
    return across and top < area[1] + area[3] and top + height > area[1]


def _links(samples: Sequence[Sample], acts: Sequence[tuple[float, Act]], found: Findings) -> Iterator[str]:
    """Yield where the tray said something else than what was, and keep how soon all was well again."""
    begins = {START: KILL, PLUG: PULL, REVIVE: "deaden"}
    broken: dict[str, float] = {}
    for at, act in acts:
        if act.what in begins.values():
            broken[act.what] = at
        elif act.what in begins:
            since = broken.pop(begins[act.what], at)
            unseen = [s for s in samples if since + NOTICE_SECONDS < s.at < at and _state(s) == LIVE]
            if unseen:
                yield f"at {unseen[0].at:.0f} s the tray still says live, {unseen[0].at - since:.0f} s after {begins[act.what]}"
            back = next((s.at - at for s in samples if s.at > at + 1.0 and _state(s) == LIVE), None)
            again = next((then for then, each in acts if then > at and each.what in begins.values()), None)
            if again is not None and (back is None or at + back > again):
                continue  # the next fault came before
            if back is None:
                yield f"after {act.what} at {at:.0f} s the desktop was never live again"
            else:
                found.back.append(back)
                if back > BACK_SECONDS:
                    yield f"after {act.what} at {at:.0f} s it took {back:.0f} s to be live again"


def _state(sample: Sample) -> str:
    return sample.watch.state if sample.watch else ""


def _uses(uses: Sequence[Use]) -> Iterator[str]:
    """Yield what has grown."""
    third = len(uses) // 3
    if not third:
        return
    middle, last = uses[third : 2 * third], uses[-third:]
    before, after = (sum(each.memory for each in some) / third for some in (middle, last))
    if after > before * (1 + MEMORY_SHARE):
        yield f"memory rose from {before:.0f} to {after:.0f} MiB"
    for name in ("threads", "files"):
        usual, end = getattr(middle[0], name), min(getattr(each, name) for each in uses[-10:])
        if end > usual + FEW:
            yield f"{name} rose from {usual} to {end}"
