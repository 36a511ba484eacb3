"""The kinds of values that the tray app's settings have: how each is read, checked and described. Pure.

``read`` takes what a file, a registry or the environment gives; it raises :class:`ValueError` with
the rest of a sentence that begins with the setting.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desktop.i18n import tr

Value = str | bool | int | tuple[str, ...]
"""What a setting's value can be."""

MAX_TEXT = 500
"""Characters of one value."""
MAX_ITEMS = 200
"""Entries of a list."""

_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several words; each has a label for people."""

    labels: Mapping[str, str]

    def read(self, raw: object) -> str:
        """Return the word.

        Raises:
            ValueError: with a sentence that names the right ones.
        """
        word = str(raw).strip().lower() if isinstance(raw, str | int) else ""
        if word not in self.labels:
            raise ValueError(tr("is none of {labels}.", labels=", ".join(self.labels)))
        return word

    def limits(self) -> str:
        """Return what is allowed, for the reference."""
        return ", ".join(f"`{word}`" for word in self.labels)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """On or off."""

    def read(self, raw: object) -> bool:
        """Return it; the numbers 1 and 0 and their words count, as registries know no others.

        Raises:
            ValueError: with a sentence.
        """
        word = str(raw).strip().lower()
        if isinstance(raw, bool | int | str) and word in _TRUE | _FALSE:
            return word in _TRUE
        raise ValueError(tr("is neither true nor false."))

    def limits(self) -> str:
        """Return what is allowed, for the reference."""
        return "`true`, `false`"


@dataclass(frozen=True, kw_only=True)
class Number:
    """A whole number within limits."""

    least: int
    most: int
    step: int = 1
    unit: str = ""

    def read(self, raw: object) -> int:
        """Return it.

        Raises:
            ValueError: with a sentence that names the limits.
        """
        text = str(raw).strip()
        if isinstance(raw, bool) or not isinstance(raw, int | str) or not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValueError(tr("is no whole number."))
        if not self.least <= int(text) <= self.most:
            raise ValueError(tr("is not between {least} and {most}.", least=self.least, most=self.most))
        return int(text)

    def limits(self) -> str:
        """Return what is allowed, for the reference."""
        return f"{self.least} to {self.most} {self.unit}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Words:
    """A line of text; ``check`` raises a ValueError with a sentence."""

    check: Callable[[str], object] = str
    says: str = "text"
    hint: str = ""
    """An example, shown in the empty field."""

    def read(self, raw: object) -> str:
        """Return it without spaces around it.

        Raises:
            ValueError: with a sentence.
        """
        if not isinstance(raw, str):
            raise ValueError(tr("is no text."))
        text = raw.strip()
        if len(text) > MAX_TEXT or not text.replace("\n", "").isprintable():
            raise ValueError(tr("is longer than {most} characters, or cannot be read.", most=MAX_TEXT))
        if text:
            self.check(text)
        return text

    def limits(self) -> str:
        """Return what is allowed, for the reference."""
        return self.says


@dataclass(frozen=True, kw_only=True)
class Screens(Words):
    """A screen: one of ``labels``, or the name of one."""

    labels: Mapping[str, str]


class Keys(Words):
    """A key that works from every window, written as :mod:`desktop.keys` reads it; empty for none."""


@dataclass(frozen=True, kw_only=True)
class Several:
    """A list of words; also read from a text with commas."""

    check: Callable[[str], object]
    says: str
    hint: str = ""

    def read(self, raw: object) -> tuple[str, ...]:
        """Return them.

        Raises:
            ValueError: with a sentence that names the wrong one.
        """
        items = re.split(r"[,\s]+", raw) if isinstance(raw, str) else raw
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise ValueError(tr("is no list of texts."))
        if len(items) > MAX_ITEMS:
            raise ValueError(tr("has more than {most} entries.", most=MAX_ITEMS))
        words = tuple(item.strip() for item in items if item.strip())
        for word in words:
            self.check(word)
        return words

    def limits(self) -> str:
        """Return what is allowed, for the reference."""
        return self.says


Kind = Choice | Flag | Number | Words | Keys | Several
