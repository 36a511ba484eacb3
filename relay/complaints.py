"""What the reasons of a refusal mean, and what to do about each: the words of the signature doctor."""

import tomllib
from collections.abc import Mapping

import msgspec

from relay.resources import resource


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reason means, with ``{detail}`` for what the log has, and what to do."""

    means: str
    do: str


class _Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    advice: Mapping[str, str]
    reasons: Mapping[str, Reason]


_words = msgspec.convert(tomllib.loads(resource("doctor.toml").read_text(encoding="utf-8")), _Words)

ADVICE = _words.advice
"""What to do, by the code of a finding."""

REASONS = _words.reasons
"""By the reason of a refusal."""


def complaint(reason: str, detail: str) -> tuple[str, str]:
    """Return a sentence about a reason, and an advice."""
    known = REASONS.get(reason, Reason(means="It was refused: {detail}.", do=""))
    return known.means.replace("{detail}", detail.rstrip(".") or "nothing more is known"), known.do
