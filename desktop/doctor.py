"""What the diagnostics found, in sentences with advice; and the report that can be saved. Pure.

:mod:`desktop.checks` and :mod:`desktop.equipment` look; here is decided what it means. Each finding
has one sentence and at most one advice, for somebody who is not an administrator.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.entry import LinkState, Status
from desktop.i18n import mark, tr
from desktop.redaction import redact
from desktop.verdicts import Verdict

SLOW_SECONDS = 1.0
"""An answer that takes longer is worth knowing."""

CLOCK_SECONDS = 60.0
"""By so much the clocks may differ before somebody should look: certificates and codes expire."""

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_ASK_IT = mark("Please ask your IT.")
_UNLOCK = mark("Something on the way does not let WebSockets through. Your IT could let them.")
_SWITCHING_PROTOCOLS, _UNAUTHORIZED = 101, 401


class Mark(StrEnum):
    """How a check ended."""

    GOOD = "good"
    NOTE = "note"
    """It works, and something is worth knowing."""
    BAD = "problem"
    SKIPPED = "not checked"


MARKS = {
    Mark.GOOD: mark("Good"),
    Mark.NOTE: mark("Note"),
    Mark.BAD: mark("Problem"),
    Mark.SKIPPED: mark("Not checked"),
}
"""The words for people."""

CHECKS = {
    "names": mark("Name of the relay"),
    "route": mark("Way and proxy"),
    "reach": mark("Connection"),
    "certificate": mark("Certificate"),
    "relay": mark("Relay"),
    "heartbeat": mark("Heartbeat"),
    "clock": mark("Clock"),
    "tray": mark("Tray"),
    "notifications": mark("Notifications"),
    "keyring": mark("Keyring"),
    "sound": mark("Sound"),
    "screens": mark("Screens"),
}
"""What is looked at, in the order in which it is told, and its name in the window."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How one of the :data:`CHECKS` ended."""

    check: str
    mark: Mark
    sentence: str
    advice: str = ""
    details: tuple[str, ...] = ()
    """Lines for whoever looks closer, such as each certificate of a chain."""


def unpaired(check: str) -> Finding:
    """Say that there is no relay to look for."""
    return Finding(check=check, mark=Mark.SKIPPED, sentence=tr("This computer is not paired with a relay."))


def late(check: str, seconds: float) -> Finding:
    """Say that a check did not come to an end."""
    said = tr("This took longer than {seconds:.0f} seconds and was left.", seconds=seconds)
    return Finding(check=check, mark=Mark.BAD, sentence=said, advice=tr("Please try again, or ask your IT."))


def broken(check: str, kind: str) -> Finding:
    """Say that a check itself failed; ``kind`` is the name of the error."""
    said = tr("This could not be checked ({kind}).", kind=kind)
    return Finding(check=check, mark=Mark.SKIPPED, sentence=said)


# The network


def names(host: str, addresses: Sequence[str], *, proxied: bool) -> Finding:
    """Judge what the name server says; ``proxied`` if it is the proxy that has to know the name."""
    if addresses:
        more = tr(" and %n more", n=len(addresses) - 2) if len(addresses) > 2 else ""  # noqa: PLR2004 - two are shown
        said = tr("{host} is {addresses}{more}.", host=host, addresses=", ".join(addresses[:2]), more=more)
        return Finding(check="names", mark=Mark.GOOD, sentence=said)
    if proxied:
        said = tr("{host} is not known here. With a proxy that is usual.", host=host)
        return Finding(check="names", mark=Mark.NOTE, sentence=said)
    return Finding(
        check="names",
        mark=Mark.BAD,
        sentence=tr("The name {host} is not known on this network.", host=host),
        advice=tr("Is this computer online, and the VPN on if your company has one?"),
    )


def route(words: str) -> Finding:
    """Say which way was chosen."""
    return Finding(check="route", mark=Mark.GOOD, sentence=tr("The relay is reached {words}.", words=words))


def no_route(sentence: str) -> Finding:
    """Say that what is set cannot be used."""
    return Finding(
        check="route", mark=Mark.BAD, sentence=sentence, advice=tr("Please look at the preferences.")
    )


def reach(host: str, seconds: float) -> Finding:
    """Say that a connection was made, and how long that took."""
    mark = Mark.NOTE if seconds > SLOW_SECONDS else Mark.GOOD
    return Finding(
        check="reach", mark=mark, sentence=tr("{host} was reached in {took}.", host=host, took=_took(seconds))
    )


def out_of_reach(host: str, trouble: str, *, proxy: bool, unspoken: bool = False) -> Finding:
    """Say that no connection could be made; ``trouble`` goes on after the proxy's or the host's name.

    ``unspoken``: the proxy wants a sign-in of a kind that Deskbell cannot do.
    """
    said = tr("The proxy {trouble}.", trouble=trouble) if proxy else f"{host} {trouble}."
    advice = tr(_ASK_IT) if proxy else tr("Is this computer online, and the VPN on if your company has one?")
    if unspoken:
        advice = tr(
            "Please ask your IT to let {host} through without a sign-in, "
            "or to set a proxy for Deskbell that signs in for this computer.",
            host=host,
        )
    return Finding(check="reach", mark=Mark.BAD, sentence=said, advice=advice)


def upgraded(agent: str) -> Finding:
    """Say that the relay took us in."""
    return Finding(
        check="relay", mark=Mark.GOOD, sentence=tr("The relay knows this computer as {agent}'s.", agent=agent)
    )


def by_requests() -> Finding:
    """Say that the relay took us in, though not by a WebSocket."""
    return Finding(
        check="relay", mark=Mark.NOTE, sentence=tr("The relay is reached by requests."), advice=tr(_UNLOCK)
    )


def answered(status: int, verdict: Verdict, *, signed_in: bool) -> Finding:
    """Judge an upgrade that was answered by HTTP; without a token a 401 is what has to come."""
    if status == _UNAUTHORIZED and not signed_in and not verdict.retry:
        return Finding(check="relay", mark=Mark.GOOD, sentence=tr("The relay answers."))
    return refused(verdict)


def refused(verdict: Verdict) -> Finding:
    """Say why there was no link."""
    sentence, advice = split(verdict.reason)
    return Finding(check="relay", mark=Mark.BAD, sentence=sentence, advice=advice)


def link(status: Status, now: float, *, by_requests: bool = False) -> Finding:
    """Judge the link that a running app has; whether it goes ``by_requests``, and not by a WebSocket."""
    if status.state in {LinkState.LIVE, LinkState.CATCHING_UP}:
        since = _span(now - status.since)
        if by_requests:
            sentence = tr("Connected for {since}, by requests.", since=since)
            return Finding(check="relay", mark=Mark.NOTE, sentence=sentence, advice=tr(_UNLOCK))
        return Finding(check="relay", mark=Mark.GOOD, sentence=tr("Connected for {since}.", since=since))
    sentence, advice = split(status.reason or tr("There is no link at the moment."))
    return Finding(check="relay", mark=Mark.BAD, sentence=sentence, advice=advice)


def heartbeat(seconds: float | None) -> Finding:
    """Judge how long the relay took to answer a ping; None: it did not."""
    if seconds is None:
        return Finding(
            check="heartbeat",
            mark=Mark.BAD,
            sentence=tr("The relay did not answer."),
            advice=tr("Please try again."),
        )
    mark = Mark.NOTE if seconds > SLOW_SECONDS else Mark.GOOD
    return Finding(
        check="heartbeat", mark=mark, sentence=tr("The relay answers in {took}.", took=_took(seconds))
    )


def unlinked(check: str) -> Finding:
    """Say that this needs a link, and there is none."""
    return Finding(
        check=check, mark=Mark.SKIPPED, sentence=tr("This can only be seen while there is a link.")
    )


def clock(ahead: float) -> Finding:
    """Judge by how many seconds this computer's clock is before the relay's."""
    if abs(ahead) <= CLOCK_SECONDS:
        said = tr("This computer and the relay agree about the time.")
        return Finding(check="clock", mark=Mark.GOOD, sentence=said)
    way = tr("ahead of") if ahead > 0 else tr("behind")
    said = tr("This computer's clock is {span} {way} the relay's.", span=_span(abs(ahead)), way=way)
    advice = tr("Please let the system set the clock by itself.")
    return Finding(check="clock", mark=Mark.BAD, sentence=said, advice=advice)


# This computer


def tray(*, available: bool) -> Finding:
    """Judge whether there is a tray."""
    if available:
        return Finding(check="tray", mark=Mark.GOOD, sentence=tr("The icon is in the tray."))
    said = tr("This desktop has no tray. Deskbell's window stays open instead.")
    return Finding(check="tray", mark=Mark.NOTE, sentence=said)


def no_screen(check: str) -> Finding:
    """Say that this cannot be looked at without a screen."""
    return Finding(
        check=check, mark=Mark.SKIPPED, sentence=tr("This can only be seen in a graphical session.")
    )


def notifications(service: str, *, placed: bool) -> Finding:
    """Judge the system's notifications; ``service`` is who shows them, empty if nobody does.

    ``placed``: this desktop lets Deskbell place toasts of its own, which then are enough.
    """
    if service:
        said = tr("The system can show notifications ({service}).", service=service)
        return Finding(check="notifications", mark=Mark.GOOD, sentence=said)
    said = tr("The system shows no notifications.")
    if placed:
        return Finding(
            check="notifications",
            mark=Mark.NOTE,
            sentence=tr("{said} Deskbell's own toasts work.", said=said),
        )
    advice = tr("Please allow notifications of Deskbell in the system's settings.")
    return Finding(check="notifications", mark=Mark.BAD, sentence=said, advice=advice)


def keyring(*, works: bool, reason: str, holds: bool) -> Finding:
    """Judge the keyring; ``holds`` says whether the token of this computer is in it."""
    if not works:
        advice = tr("Please unlock it, or ask your IT.")
        return Finding(check="keyring", mark=Mark.BAD, sentence=reason, advice=advice)
    said = (
        tr("The keyring works and holds the sign-in.")
        if holds
        else tr("The keyring works. It holds no sign-in.")
    )
    return Finding(check="keyring", mark=Mark.GOOD, sentence=said)


def sound(player: str, trouble: str) -> Finding:
    """Judge whether a sound can be played; ``trouble`` says why not, if it can't."""
    if trouble:
        return Finding(check="sound", mark=Mark.NOTE, sentence=trouble, advice=tr("Toasts will be silent."))
    said = tr("Sounds are played by {player}. A test toast lets you hear one.", player=player)
    return Finding(check="sound", mark=Mark.GOOD, sentence=said)


def screens(found: Sequence[str]) -> Finding:
    """Say which screens there are, such as "DP-1, 1920 × 1080 at 150 %"."""
    what = tr("%n screens", one="%n screen", n=len(found))
    return Finding(check="screens", mark=Mark.GOOD, sentence=f"{what}: {'; '.join(found)}.")


# The whole


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order in which they are told."""
    order = list(CHECKS)
    return sorted(findings, key=lambda finding: order.index(finding.check))


def healthy(findings: Iterable[Finding]) -> bool:
    """Say whether nothing is wrong."""
    return all(finding.mark is not Mark.BAD for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """Return one sentence about all of them."""
    wrong = [_within(CHECKS[each.check]) for each in in_order(findings) if each.mark is Mark.BAD]
    if not wrong:
        return tr("Everything that could be checked works.")
    problems = tr("%n problems", one="%n problem", n=len(wrong))
    return f"{problems}: {', '.join(wrong)}."


def lines(findings: Iterable[Finding]) -> list[str]:
    """Return the findings as plain text, for the terminal and the report."""
    said, wide = [], max(len(tr(words)) for words in MARKS.values())
    for each in in_order(findings):
        said.append(f"{tr(MARKS[each.mark]):<{wide}}  {tr(CHECKS[each.check])}: {each.sentence}")
        if each.advice:
            said.append(f"{'':<{wide}}  {each.advice}")
        said += [f"{'':<{wide}}    {line}" for line in each.details]
    return said


def bundle(
    findings: Sequence[Finding],
    about: Mapping[str, str],
    log: Iterable[str] = (),
    *,
    secrets: Iterable[str] = (),
    users: Iterable[str] = (),
) -> str:
    """Return the report for IT, redacted. Nothing of the inbox is in it, and there is no way in.

    ``about`` says what runs where; ``log`` are lines as :class:`desktop.logtail.Tail` keeps them.
    """
    parts = [tr("Deskbell diagnostics"), "", *(f"{name}: {value}" for name, value in about.items())]
    parts += ["", summary(findings), *lines(findings)]
    kept = list(log)
    if kept:
        parts += ["", tr("What Deskbell noted (values are left out):"), *kept]
    return redact("\n".join(parts) + "\n", secrets=secrets, users=users)


def split(reason: str) -> tuple[str, str]:
    """Take the advice off the end of a reason; return both."""
    sentence, asks, _ = tr(reason).partition(f" {tr(_ASK_IT)}")
    return sentence, asks.strip()


def _took(seconds: float) -> str:
    return tr("{value:.0f} ms", value=seconds * 1000) if seconds < 1 else f"{seconds:.1f} s"


def _span(seconds: float) -> str:
    if seconds >= 2 * _DAY:
        return tr("%n days", one="%n day", n=round(seconds / _DAY))
    if seconds >= 2 * _HOUR:
        return tr("%n hours", one="%n hour", n=round(seconds / _HOUR))
    if seconds >= 2 * _MINUTE:
        return tr("%n minutes", one="%n minute", n=round(seconds / _MINUTE))
    return tr("{max:.0f} seconds", max=max(0.0, seconds))


def _within(name: str) -> str:
    """Return a check's name as it stands within a sentence; German nouns keep their capital."""
    said = tr(name)
    return said.lower() if said == name else said
