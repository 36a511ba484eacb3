"""A rendered notification as text for a terminal: what an agent would see, and who gets it. Pure."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from relay.asked import Asked
from relay.event import Draft, EventState, Mode
from relay.playbooks import Circle, Present
from relay.render import Rendered

_WRAP = textwrap.TextWrapper(100, break_long_words=False, break_on_hyphens=False)
_MODES = {
    Mode.INFORM: "nothing to claim",
    Mode.BROADCAST: "the first claim wins",
    Mode.OFFER: "offered one after the other",
}


def faulty(rendered: Rendered) -> bool:
    """Say whether something is wrong with what an agent would see: a fault, or a placeholder in a script."""
    drafts = rendered.dispatched.drafts
    missing = any(script.missing for draft in drafts for script in draft.scripts)
    return missing or rendered.dispatched.state is EventState.FAULT


def lines(rendered: Rendered) -> Iterator[str]:
    """Yield what became of an event."""
    result = rendered.dispatched
    for draft, asked in zip(result.drafts, rendered.asked, strict=True):
        yield from _closing(draft) if draft.silent else _notification(draft, asked)
    if result.detail:
        yield from _labelled("FAULT" if result.state is EventState.FAULT else "Note", result.detail)


def _notification(draft: Draft, asked: Asked | None) -> Iterator[str]:
    yield from _labelled(draft.priority.capitalize(), draft.title)
    if draft.body:
        yield from _labelled("", draft.body)
    for script in draft.scripts:
        version = f", version {script.version}" if script.version else ""
        yield from _labelled("Script", f"{script.name} ({script.language}{version})")
        yield from _labelled("", script.text)
        if script.missing:
            yield from _labelled("MISSING", ", ".join(script.missing))
    for link in draft.links:
        yield from _labelled("Link", f"{link.label}: {link.url}")
    for action in draft.actions:
        question = f" – asks first: {action.confirm}" if action.confirm else ""
        yield from _labelled("Button", f"{action.label}{question}")
    yield from _labelled("For", "; ".join((_people(draft, asked), _MODES[draft.plan.mode])))
    if draft.collapse:
        yield from _labelled("Case", draft.collapse)
    yield from _closing(draft)
    if draft.expires is not None:
        yield from _labelled("Until", f"{datetime.fromtimestamp(draft.expires, UTC):%Y-%m-%d %H:%M} UTC")
    for rung in draft.plan.ladder:
        steps = ["shown again"] if rung.again else []
        steps += [f"to {', '.join(rung.audience)}"] if rung.audience else []
        steps += [f"calls {rung.action}"] if rung.action else []
        yield from _labelled("If not", f"claimed after {rung.after:g} s: {', '.join(steps)}")


def _closing(draft: Draft) -> Iterator[str]:
    for case in draft.resolves:
        yield from _labelled("Closes", case)


def _people(draft: Draft, asked: Asked | None) -> str:
    """Describe whom it is for: what the playbook says, with what the event has put in."""
    if asked is None:
        return ", ".join(draft.audience)
    said = [_circle(circle, asked.owner(n), asked.language(n)) for n, circle in enumerate(asked.circles())]
    return ", else ".join(said)


def _circle(circle: Circle, owner: str, language: str) -> str:
    who = [f"owner {owner or '(the event names none)'}"] if circle.owner else []
    who += circle.fixed_keys()
    narrower = [f"who know {', '.join(circle.skills)}"] if circle.skills else []
    spoken = (*circle.languages, *([language] if language else ()))
    narrower += [f"who speak {' or '.join(spoken)}"] if spoken else []
    narrower += [f"who are {circle.present}"] if circle.present is not Present.ANY else []
    return " ".join((", ".join(who), *narrower))


def _labelled(label: str, text: str) -> Iterator[str]:
    """Yield a text of one or more lines beside its label; what an event says cannot look like a label."""
    wrapped: Sequence[str] = [line for part in text.splitlines() or [""] for line in _WRAP.wrap(part) or [""]]
    for number, line in enumerate(wrapped):
        yield f"  {'' if number else label:<8} {line}".rstrip()
