"""The report of a soak."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.desktop.soak.reckoning import Reckoning
from tests.desktop.soak.timetable import Act
from tests.desktop.soak.verdict import Findings
from tests.desktop.soak.witness import Sample, Use

MOST_STALLS = 12
_NUMBERS = re.compile(r"\d[\d.:,-]*")
_LEVEL = re.compile(r"\b(WARNING|ERROR|CRITICAL|warning|error|critical)\b")


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything that a run came to."""

    seconds: float
    seed: int
    acts: Sequence[tuple[float, Act]]
    samples: Sequence[Sample]
    pressed: Counter[str]
    findings: Findings
    reckoning: Reckoning
    said: dict[str, list[str]]
    """What the programs wrote, line by line."""
    second_ends: list[int | None]
    """The exit statuses of second starts."""
    app_end: int | None
    """The app's exit status, None while it runs."""

    def problems(self) -> list[str]:
        """Return everything that is not as it should be, in sentences."""
        found = [*self.findings.problems, *self.reckoning.problems]
        for program, lines in self.said.items():
            number = sum(line.startswith("Traceback") for line in lines)
            if number:
                found.append(f"{number} tracebacks in the log of the {program}")
        wrong = Counter(end for end in self.second_ends if end != 0)
        for end, times in wrong.items():
            found.append(f"{times} second starts " + ("still run" if end is None else f"ended with {end}"))
        if self.app_end is not None:
            found.append(f"the desktop ended with {self.app_end}")
        return found


def page(run: Run) -> str:
    """Return the report as Markdown."""
    findings, reckoning = run.findings, run.reckoning
    acts = Counter(act.what for _, act in run.acts)
    lines = [
        f"# A soak of {run.seconds / 60:g} minutes, seed {run.seed}",
        "",
        "## Problems",
        "",
        *[f"- {problem}" for problem in run.problems() or ["none"]],
        "",
        "## What was done",
        "",
        "| what | times |",
        "|---|---:|",
        *[f"| {what} | {times} |" for what, times in sorted(acts.items())],
        *[f"| by the person: {what} | {times} |" for what, times in sorted(run.pressed.items())],
        "",
        "## What came of it",
        "",
        "| what | figure |",
        "|---|---:|",
        *[f"| the relay's answer to a provider: {what} | {n} |" for what, n in reckoning.answers.items()],
        f"| load of the machine, mean and most ({os.cpu_count()} cores) | {_load(run.samples)} |",
        f"| events in the journal | {reckoning.events} |",
        f"| entries in the inbox | {reckoning.entries} |",
        f"| of them shown or told as a number | {reckoning.shown} |",
        f"| over before they could be fetched | {reckoning.over} |",
        f"| told as a gap | {reckoning.gaps} |",
        f"| most toasts at once, and behind the chip | {findings.most_toasts}, {findings.most_more} |",
        f"| seconds with a toast outside of the work area | {findings.outside} |",
        f"| live again after a fault: median, longest | {_spread(findings.back, 's')} |",
        f"| longest wait of the event loop in a second: median, 99 %, longest | {_stalls(findings.stalls)} |",
        *_uses("desktop", [sample.app for sample in run.samples if sample.app]),
        *_core(run.samples),
        *_uses("relay", [sample.relay for sample in run.samples if sample.relay]),
        "",
        *_stalls_of(findings),
        *_said(run),
    ]
    return "\n".join(lines) + "\n"


def _load(samples: Sequence[Sample]) -> str:
    loads = [sample.load for sample in samples] or [0.0]
    return f"{sum(loads) / len(loads):.1f}, {max(loads):.1f}"


def _spread(values: Sequence[float], unit: str) -> str:
    ascending = sorted(values)
    return f"{ascending[len(ascending) // 2]:.1f}, {ascending[-1]:.1f} {unit}" if ascending else "-"


def _stalls(ascending: Sequence[float]) -> str:
    if not ascending:
        return "-"
    chosen = (ascending[len(ascending) // 2], ascending[int(len(ascending) * 0.99)], ascending[-1])
    return f"{', '.join(f'{1000 * each:.0f}' for each in chosen)} ms"


def _uses(name: str, uses: Sequence[Use]) -> list[str]:
    if not uses:
        return []
    memory = [use.memory for use in uses]
    third = max(1, len(uses) // 3)
    rows = {
        "memory: begin, most, mean of the last third": f"{memory[0]:.0f}, {max(memory):.0f}, "
        f"{sum(memory[-third:]) / third:.0f} MiB",
        "threads: begin, most, end": f"{uses[0].threads}, {max(u.threads for u in uses)}, {uses[-1].threads}",
        "files: begin, most, end": f"{uses[0].files}, {max(u.files for u in uses)}, {uses[-1].files}",
    }
    return [f"| {name}, {what} | {figure} |" for what, figure in rows.items()]


def _core(samples: Sequence[Sample]) -> list[str]:
    """Return the desktop's share of one core; the relay is another process after each of its ends."""
    used = [(sample.at, sample.app.core) for sample in samples if sample.app]
    if len(used) < 2:
        return []
    (begin, before), (end, after) = used[0], used[-1]
    return [f"| desktop, share of one core | {(after - before) / (end - begin):.1%} |"]


def _stalls_of(findings: Findings) -> list[str]:
    """Return the longest waits, and where the loop stood most often in each."""
    if not findings.long:
        return []
    chosen = sorted(findings.long, key=lambda each: each[1].took, reverse=True)[:MOST_STALLS]
    lines = [f"## Where the event loop stood still ({len(findings.long)} times)", ""]
    for at, stall in chosen:
        (stack, times), *_ = Counter(stall.stacks).most_common(1)
        figures = f"{stall.took:.1f} s, ran {stall.ran:.1f}, waited for a core {stall.starved:.1f}"
        lines.append(f"- at {at:.0f} s: {figures}; {times}/{len(stall.stacks)} × `{stack}`")
    return [*lines, ""]


def _said(run: Run) -> list[str]:
    """Return what was written at WARNING and above, numbers apart, with how often."""
    lines = ["## What was written at WARNING and above", ""]
    for program, said in run.said.items():
        kinds = Counter(_NUMBERS.sub("#", line)[:300] for line in said if _LEVEL.search(line))
        lines += [f"- {program}, {times} ×: `{kind}`" for kind, times in kinds.most_common()]
    return lines
