"""What the diagnostics say about the certificates that a relay has shown. Pure."""

from datetime import UTC, datetime

from desktop.doctor import Finding, Mark, split
from desktop.i18n import tr
from desktop.lineage import Lineage, Signer
from desktop.verdicts import Verdict

EXPIRES_SOON = 14 * 86_400.0
"""Seconds before the end of a certificate from which on somebody should know."""


def trusted(found: Lineage, version: str, now: float) -> Finding:
    """Judge a chain that is trusted; ``version`` is of TLS, ``now`` is Unix seconds."""
    mark, advice = Mark.GOOD, ""
    issuer, until = found.issuer, _day(found.shown[0].ends)
    said = tr(
        "Trusted: issued by {issuer}, good until {until} ({version}).",
        issuer=issuer,
        until=until,
        version=version,
    )
    if found.inspected:
        said = tr(
            "Trusted, but read on the way: signed by {root}, not by a public authority.", root=found.root
        )
        mark, advice = Mark.NOTE, tr("That is your company's decision. If links break, tell your IT.")
    elif found.signer is Signer.LOCAL:
        said = tr("Trusted, but signed by {root}, not by a public authority.", root=found.root)
        advice = tr("Usual for a relay with a certificate of your company; else something reads along.")
        mark = Mark.NOTE
    elif min(each.ends for each in found.shown if each.ends > now) - now < EXPIRES_SOON:
        mark, advice = Mark.NOTE, tr("Please tell your IT: it ends soon.")
    return Finding(
        check="certificate", mark=mark, sentence=said, advice=advice, details=steps(found, known=True)
    )


def distrusted(verdict: Verdict, found: Lineage | None = None) -> Finding:
    """Say why a certificate, or TLS itself, is not trusted, and what was shown."""
    sentence, advice = split(verdict.reason)
    details = steps(found, known=found.signer is not Signer.LOCAL) if found else ()
    return Finding(check="certificate", mark=Mark.BAD, sentence=sentence, advice=advice, details=details)


def missing(sentence: str) -> Finding:
    """Say why there was no certificate to be looked at."""
    return Finding(check="certificate", mark=Mark.SKIPPED, sentence=sentence)


def steps(found: Lineage, *, known: bool) -> tuple[str, ...]:
    """Return a line for each certificate, and one for who signed the last if that wasn't sent."""
    lines = [
        tr(
            "{subject}, issued by {issuer}, good until {until}",
            subject=each.subject,
            issuer=each.issuer,
            until=_day(each.ends),
        )
        for each in found.shown
    ]
    if found.root not in {each.subject for each in found.shown}:
        words = (
            tr("{root}, known to this computer", root=found.root)
            if known
            else tr("{root}, not known to this computer", root=found.root)
        )
        lines.append(words)
    return tuple(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
