"""A key that works from every window: how it is written, and what systems call it. Pure.

It is written as Qt writes it in files, on every system alike: ``Ctrl+Alt+N``, ``Meta+F9``. ``Meta``
is the key with the Windows sign.
"""

import sys
from dataclasses import dataclass

from desktop.i18n import tr

CTRL, ALT, SHIFT, META = "Ctrl", "Alt", "Shift", "Meta"
_ORDER = (META, CTRL, ALT, SHIFT)
_FUNCTIONS = 24

_NAMED = {
    "Space": ("space", 0x20),
    "PgUp": ("Prior", 0x21),
    "PgDown": ("Next", 0x22),
    "End": ("End", 0x23),
    "Home": ("Home", 0x24),
    "Left": ("Left", 0x25),
    "Up": ("Up", 0x26),
    "Right": ("Right", 0x27),
    "Down": ("Down", 0x28),
    "Ins": ("Insert", 0x2D),
    "Del": ("Delete", 0x2E),
    "Pause": ("Pause", 0x13),
}
"""Name to X11's keysym (keysymdef.h) and Windows' virtual key code (WinUser.h)."""


@dataclass(frozen=True, kw_only=True)
class KeyPress:
    """A key and what is held with it."""

    key: str
    """``A`` to ``Z``, ``0`` to ``9``, ``F1`` to ``F24``, or one of those with a name."""
    held: frozenset[str]
    """Of ``Ctrl``, ``Alt``, ``Shift`` and ``Meta``."""

    @property
    def keysym(self) -> str:
        """Return what X11 calls the key."""
        if self.key in _NAMED:
            return _NAMED[self.key][0]
        return self.key.lower() if len(self.key) == 1 else self.key

    @property
    def virtual_key(self) -> int:
        """Return Windows' number of the key."""
        if self.key in _NAMED:
            return _NAMED[self.key][1]
        return ord(self.key) if len(self.key) == 1 else 0x6F + int(self.key[1:])

    @property
    def trigger(self) -> str:
        """Return it as freedesktop's Shortcuts Specification writes it: ``CTRL+ALT+n``."""
        names = {META: "LOGO", CTRL: "CTRL", ALT: "ALT", SHIFT: "SHIFT"}
        return "+".join([*(names[each] for each in _ORDER if each in self.held), self.keysym])


def parse(text: str) -> KeyPress:
    """Return what is meant.

    Raises:
        ValueError: with the rest of a sentence that begins with the setting.
    """
    parts = [part.strip() for part in text.split("+")]
    names = {each.lower(): each for each in _ORDER}
    held = [names.get(part.lower(), "") for part in parts[:-1]]
    key = _key(parts[-1])
    if not key or "" in held or len(set(held)) < len(held):
        raise ValueError(
            tr("can be a letter, a digit, F1 to F24 or a key such as Home, together with Ctrl, Alt or Meta.")
        )
    # Alone, or with Shift, these write something: no window would ever get that sign again.
    if not {CTRL, ALT, META} & set(held) and not _is_function(key):
        raise ValueError(tr("needs Ctrl, Alt or Meta beside the key, or you could not type it any more."))
    return KeyPress(key=key, held=frozenset(held))


def _key(name: str) -> str:
    found = {each.lower(): each for each in _NAMED}.get(name.lower())
    if found is not None:
        return found
    if (len(name) == 1 and name.isascii() and name.isalnum()) or _is_function(name.upper()):
        return name.upper()
    return ""


def _is_function(key: str) -> bool:
    return key in {f"F{number}" for number in range(1, _FUNCTIONS + 1)}


def missing() -> str:
    """Return why this system lets no program have keys from every window, as the rest of a sentence."""
    if sys.platform == "darwin":
        return tr("cannot be had on macOS.")
    return tr("cannot be had here: this session does not let programs have keys.")
