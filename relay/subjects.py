"""Which customer a notification is about, as a key that says nothing. Pure.

Two notifications with the same key are about the same customer. An id of the provider's counts within
its source; an e-mail address or a phone number names the same customer everywhere. Whatever it was made
of, only its digest is kept and sent. That keeps it out of sight, not out of reach: whoever knows an
address can compute its key.
"""

import hashlib
import re

MAX_NAME = 80
"""Characters of a customer's name."""

_PHONE = re.compile(r"(?:\+|00)[0-9\s().\-/]{6,30}")
_SEPARATOR = "\x1f"


def subject_key(said: str, source: str) -> str:
    """Return the key of the customer whom an event of ``source`` calls ``said``; empty if it says nothing."""
    text = " ".join(said.split())
    if not text:
        return ""
    return hashlib.blake2b(_name(text, source).encode(), digest_size=16).hexdigest()


def _name(text: str, source: str) -> str:
    if "@" in text:
        return f"mail{_SEPARATOR}{text.casefold()}"
    if _PHONE.fullmatch(text):
        digits = re.sub("[^0-9]", "", text)
        return f"phone{_SEPARATOR}{digits if text.startswith('+') else digits[2:]}"
    return f"id{_SEPARATOR}{source}{_SEPARATOR}{text}"
