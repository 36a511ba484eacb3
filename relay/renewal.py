"""What is new about a sample each time that it is sent: its id, its times and, if asked, its case. Pure."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import msgspec

_ISO = re.compile(r"[\d-]{10}(?P<clock>T[\d:]{8}(?P<fraction>\.\d+)?(?P<offset>Z|[+-]\d\d:\d\d)?)?")
_NAMED = ("%a, %d %b %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y")
"""Times with the names of day and month: those of e-mail (RFC 5322), which Twilio sends, and X's own."""
_MILLISECONDS = 10**11
"""A larger number counts milliseconds: in seconds it would be past the year 5000."""
_CASE_DIGITS = 12
"""Of ids that are numbers: about as many as Shopify's have, and exact in every JSON reader."""


class Moment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time in a body: ``after`` seconds from now, on a multiple of ``step`` seconds.

    A number there stays Unix seconds or milliseconds; text stays in the form that it has, of ISO 8601
    a day alone, with a fraction of a second, with or without an offset. The clock is UTC's or that of
    the offset ``zone``.
    """

    after: int = 0
    step: int = 1
    zone: str = ""


class Identity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the event's id is written, with ``{uuid}``, ``{hex}`` or ``{number}``; where, if it is in the body.

    ``event`` is for providers without ids: how the relay makes one, of the ``{id}`` and the seconds
    ``{now}``; empty if it goes by the moment of arrival.
    """

    pattern: str = ""
    path: str = ""
    event: str = "{id}"


def renew(
    document: Any,
    identity: Identity,
    times: Mapping[str, Moment],
    case: Mapping[str, str],
    *,
    now: float,
    new_id: str,
) -> str:
    """Give a body current times, an id of its own and another case; return the event's id.

    ``now`` is in Unix seconds; ``new_id`` is the text of a UUID.
    """
    for path, moment in times.items():
        _replace(document, path, partial(_moved, moment=moment, now=now))
    for path, pattern in case.items():
        _replace(document, path, partial(_named, pattern=pattern, new_id=new_id))
    text = str(_named("", identity.pattern, new_id))
    if identity.path:
        _replace(document, identity.path, partial(_named, pattern=identity.pattern, new_id=new_id))
    return identity.event.format(id=text, now=int(now))


def _replace(document: Any, path: str, new: Callable[[Any], Any]) -> None:
    """Put another value where a path of names and indexes leads."""
    *way, last = (int(part) if part.isdecimal() else part for part in path.split("."))
    for part in way:
        document = document[part]
    document[last] = new(document[last])


def _named(old: object, pattern: str, new_id: str) -> int | str:
    """Return another id, a number if the old one was."""
    digits = new_id.replace("-", "")
    number = int(digits, 16) % 10**_CASE_DIGITS if digits else 0
    text = pattern.format(uuid=new_id, hex=digits, number=number)
    return int(text) if isinstance(old, int) else text


def _moved(old: object, moment: Moment, now: float) -> int | str:
    """Return a time written as the old one was."""
    seconds = (int(now) + moment.after) // moment.step * moment.step
    text = str(old)
    if text.isdecimal():
        count = seconds * 1000 if int(text) > _MILLISECONDS else seconds
        return count if isinstance(old, int) else str(count)
    at = datetime.fromtimestamp(seconds, _zone(moment.zone))
    form = _ISO.fullmatch(text)
    return _in_names(text, at) if form is None else _in_digits(form, at)


def _in_digits(form: re.Match[str], at: datetime) -> str:
    if not form["clock"]:
        return f"{at:%Y-%m-%d}"
    offset = form["offset"] or ""
    ending = at.isoformat()[-len(offset) :] if len(offset) > 1 else offset
    return f"{at:%Y-%m-%dT%H:%M:%S}{form['fraction'] or ''}{ending}"


def _in_names(old: str, at: datetime) -> str:
    for form in _NAMED:
        with suppress(ValueError):
            datetime.strptime(old, form).astimezone(UTC)  # fails if it has another form
            return at.strftime(form)
    raise ValueError(f"{old} is no time")  # a mistake in a sample, which its test finds


def _zone(text: str) -> timezone:
    """Return the zone of an offset such as ``+01:00``; UTC if it is empty."""
    if not text:
        return UTC
    hours, minutes = text[1:].split(":")
    return timezone(timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if text.startswith("-") else 1))
