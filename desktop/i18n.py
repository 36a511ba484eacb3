"""The language of windows, menus and toasts. Pure: what knows Qt's catalogues is ``translator``.

The English text is the key. A text of a table is marked where it stands and translated where it is drawn;
what was sent by a provider or written by a playbook is never looked up.
"""

from datetime import datetime
from typing import Final, Protocol

CONTEXT: Final = "deskbell"
"""The one context of the catalogues."""


class Language(Protocol):
    """What a language knows; :class:`English` needs nothing else, the others ask Qt."""

    def text(self, text: str, number: int | None) -> str:
        """Return a text in this language, in the form for a number; empty if there is none."""

    def number(self, number: int) -> str:
        """Return a whole number with its groups."""

    def clock_time(self, moment: datetime) -> str:
        """Return hours and minutes."""

    def day(self, moment: datetime, *, with_year: bool) -> str:
        """Return a day and its month, in few letters."""

    def moment(self, moment: datetime) -> str:
        """Return date and time with seconds."""


class English:
    """As the texts stand in the code, with 24 hours and the day before the month."""

    def text(self, text: str, number: int | None) -> str:  # noqa: ARG002 - the catalogue's shape
        """Return nothing: the key is the text."""
        return ""

    def number(self, number: int) -> str:
        """Return ``12,345``."""
        return f"{number:,}"

    def clock_time(self, moment: datetime) -> str:
        """Return ``14:05``."""
        return f"{moment:%H:%M}"

    def day(self, moment: datetime, *, with_year: bool) -> str:
        """Return ``3 Nov`` or ``3 Nov 2025``."""
        return f"{moment.day} {moment:%b %Y}" if with_year else f"{moment.day} {moment:%b}"

    def moment(self, moment: datetime) -> str:
        """Return ``2025-11-03 14:05:09``."""
        return f"{moment:%Y-%m-%d %H:%M:%S}"


class _Mouth:
    """What is spoken: a process has one language, as it has one screen."""

    def __init__(self) -> None:
        self.language: Language = English()


_mouth = _Mouth()


def speak(language: Language) -> None:
    """Speak this language from now on; windows that are open keep their words."""
    _mouth.language = language


def mark(text: str) -> str:
    """Return ``text``; the catalogues take it up, and :func:`tr` is called where it is drawn."""
    return text


def tr(text: str, *, n: int | None = None, one: str = "", **values: object) -> str:
    """Return ``text`` in the language that is spoken, or as it is if the catalogue has none.

    ``n`` chooses the form and stands for ``%n``; ``one`` is the English form for 1. ``{name}`` stands for
    one of ``values``, which are put in as they are.
    """
    said = _mouth.language.text(text, n) or (one if n == 1 and one else text)
    if values:
        said = said.format_map(values)
    return said if n is None else said.replace("%n", _mouth.language.number(n))


def clock_time(moment: datetime) -> str:
    """Return hours and minutes as they are written in the language that is spoken."""
    return _mouth.language.clock_time(moment)


def day(moment: datetime, *, with_year: bool) -> str:
    """Return a day in few letters, with its year if that isn't plain."""
    return _mouth.language.day(moment, with_year=with_year)


def full_moment(moment: datetime) -> str:
    """Return date and time with seconds."""
    return _mouth.language.moment(moment)
