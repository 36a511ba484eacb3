"""GitHub's "issue opened", 2 KB, each one with a number and an id of its own, signed as GitHub does.

The body is the part of the real one that a playbook reads, filled up to its size.
"""

import hmac
import json

from relay.source import Secret, Source

SOURCE = "github"
SECRET = "a secret for measuring"
BODY_BYTES = 2048
NAMES = [f"{SOURCE}-{number:02}" for number in range(100)]
"""More sources of the same: the desktop tells as one what comes often from one."""
FIRST = 10_000_000
"""Numbers begin here, so that all have as many digits and all bodies are of one size."""

MARK = b"New ticket #"
"""Stands before the number in the title that the playbook ``ticket-opened`` makes."""
DIGITS = len(str(FIRST))

_MARK = "%NUMBER%"


def source(name: str = SOURCE) -> Source:
    """Return a source as the relay has to have it configured."""
    return Source(name=name, provider="github", secrets=(Secret(SECRET),))


def _around_number() -> tuple[bytes, bytes]:
    """Return the body's bytes before and after the number."""
    issue = {
        "number": _MARK,
        "title": "The invoice shows the wrong amount",
        "body": "I was charged twice this month.\n" + "Please have a look at both invoices. " * 11,
        "html_url": f"https://github.com/aurora-coffee/club/issues/{FIRST}",
        "user": {"login": "maya-l", "id": 58310047, "type": "User"},
    }
    repository = {"id": 186853002, "name": "club", "full_name": "aurora-coffee/club", "private": True}
    document = {"action": "opened", "issue": issue, "repository": repository, "filling": ""}
    missing = BODY_BYTES - DIGITS + len(_MARK) + 2 - len(json.dumps(document))
    text = json.dumps({**document, "filling": "x" * missing})
    before, after = text.split(f'"{_MARK}"')
    return before.encode(), after.encode()


_BEFORE, _AFTER = _around_number()
_HEAD = (
    b"POST /hooks/github HTTP/1.1\r\nHost: localhost\r\nUser-Agent: GitHub-Hookshot/1\r\nAccept: */*\r\n"
    b"Content-Type: application/json\r\nX-GitHub-Event: issues\r\n"
    b"X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-%012d\r\nX-Hub-Signature-256: sha256=%b\r\n"
    b"Content-Length: %d\r\n\r\n"
)


def signature(number: int) -> bytes:
    """Return the signature of the webhook with that number, in hex."""
    return hmac.digest(SECRET.encode(), _body(number), "sha256").hex().encode()


def request(number: int, signed: bytes) -> bytes:
    """Return the whole request of the webhook with that number and its :func:`signature`."""
    return b"".join((_HEAD % (number, signed, BODY_BYTES), _BEFORE, b"%d" % number, _AFTER))


def _body(number: int) -> bytes:
    return b"".join((_BEFORE, b"%d" % number, _AFTER))
