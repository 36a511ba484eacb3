"""What the relay adds to an entry's timeline: who did what with it, until now. Pure."""

from collections.abc import Callable

from desktop.i18n import mark, tr
from desktop.text import MAX_LABEL, MAX_TITLE, clean_line
from desktop.timeline import Step
from desktop.told import CallMade, Did, Past, Whole

MOST_STEPS = 60
"""Lines; what was given back and forth for longer keeps its newest."""

_MOVES = {
    "claim": (mark("Claimed by {who}"), "person"),
    "release": (mark("Given back by {who}"), "passed"),
    "done": (mark("Done by {who}"), "check"),
    "withdraw": (mark("Closed by {who}"), "close"),
}
_BY_ITSELF = {
    "claim": (mark("Claimed"), "person"),
    "release": (mark("Given back: nobody was on it any more"), "clock"),
    "done": (mark("Done"), "check"),
    "open": (mark("Open to everybody who has it"), "normal"),
    "strand": (mark("Nobody was there to take it"), "high"),
    "climb": (mark("Escalated: nobody had taken it"), "high"),
    "expire": (mark("Its time was over"), "clock"),
    "withdraw": (mark("Not needed any more"), "close"),
}
_DID = {
    "shown": (mark("Shown to you"), "toast"),
    "opened": (mark("Opened by you"), "open"),
    "copied": (mark("Suggested reply copied by you"), "copy"),
    "dismissed": (mark("Put away by you"), "close"),
}
_CALLS = {
    "waiting": mark("{label}: asked for by {who}, on its way"),
    "done": mark("{label}: asked for by {who}, done"),
    "dead": mark("{label}: asked for by {who}, given up"),
    "dropped": mark("{label}: asked for by {who}, not carried out"),
}


def course(whole: Whole, agent: str) -> tuple[Step, ...]:
    """Return the steps that the relay knows, the oldest first."""

    def who(address: str) -> str:
        if address.casefold() == agent.casefold() != "":
            return tr("you")
        return clean_line(address, MAX_LABEL) if address else tr("the playbook")

    steps = [step for past in whole.history if (step := _past(past, who)) is not None]
    steps += [step for did in whole.receipts if (step := _did(did)) is not None]
    steps += [_call(call, who) for call in whole.calls]
    return tuple(sorted(steps, key=lambda step: step.at or 0.0)[-MOST_STEPS:])


def _past(past: Past, who: Callable[[str], str]) -> Step | None:
    reason = clean_line(past.reason, MAX_TITLE)
    if past.verb == "pass":
        to = clean_line(past.to, MAX_LABEL) or ", ".join(map(who, past.holders)) or tr("somebody else")
        words, glyph = tr("Passed on by {who} to {to}", who=who(past.by), to=to), "passed"
    elif past.verb == "offer":
        words, glyph = tr("Offered to {name}", name=", ".join(map(who, past.holders))), "person"
    elif past.by and past.verb in _MOVES:
        words, glyph = _MOVES[past.verb]
        words = tr(words, who=who(past.by))
    elif past.verb in _BY_ITSELF:
        words, glyph = _BY_ITSELF[past.verb]
        words, reason = tr(words), ""
    else:
        return None
    return Step(words=f"{words}: {reason}" if reason else words, at=past.at, glyph=glyph)


def _did(did: Did) -> Step | None:
    if did.what not in _DID:
        return None
    words, glyph = _DID[did.what]
    return Step(words=tr(words), at=did.at, glyph=glyph)


def _call(call: CallMade, who: Callable[[str], str]) -> Step:
    words = _CALLS.get(call.state, _CALLS["waiting"])
    label = clean_line(call.label, MAX_LABEL)
    glyph = "check" if call.state == "done" else "high" if call.state == "dead" else "clock"
    return Step(words=tr(words, label=label, who=who(call.by)), at=call.created_at, glyph=glyph)
