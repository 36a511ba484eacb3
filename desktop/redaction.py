"""What must not leave this computer in a report, taken out of it. Pure.

Names of computers and companies stay: without them a report helps nobody. Sign-ins, people's names
and addresses go.
"""

import re
from collections.abc import Iterable

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=://)[^/@\s]*@"), "[sign-in]@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 [secret]"),
    (re.compile(r"\bdbt_[\w-]*"), "[secret]"),
    (re.compile(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2,}\b"), "[code]"),
    (re.compile(r"(?<=\?)[^\s\"'<>]+=[^\s\"'<>]*"), "[…]"),
    (re.compile(r"[^\s@<>\"'(),;:/\[\]]+@(?=[\w-]+(?:\.[\w-]+)*)"), "***@"),
    (re.compile(r"(?i)((?:/home|/users|/var/home)/)[^/\s\"':]+"), r"\1***"),
    (re.compile(r"(?i)(\\users\\)[^\\\r\n\"':]+"), r"\1***"),
    (re.compile(r"\b[\w+-]{32,}={0,2}"), "[secret]"),
)
"""In this order: the sign-in of an address looks like mail, and mail like nothing else."""

_SHORTEST = 3
"""Characters; a user called "a" cannot be found in a text without making it unreadable."""


def redact(text: str, *, secrets: Iterable[str] = (), users: Iterable[str] = ()) -> str:
    """Return ``text`` without the given secrets and user names, and without what looks like such.

    Of an e-mail address the part behind the @ stays.
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    for user in users:
        if len(user) >= _SHORTEST:
            text = re.sub(rf"(?i)(?<![\w.-]){re.escape(user)}(?![\w-])", "***", text)
    return text
