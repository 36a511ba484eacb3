"""The key that leads to the newest toast from every window, if the agent wants one and the system has it."""

import os
import sys
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

from desktop.keys import KeyPress, missing, parse


class Holder(Protocol):
    """Holds a key by one of the system's ways."""

    pressed: SignalInstance
    """(): it was pressed."""
    told: SignalInstance
    """(str): why it can't be held, as the rest of a sentence; empty if it is."""

    def grab(self, press: KeyPress) -> None:
        """Hold this key instead of the one before; ``told`` follows, at once or later."""
        ...

    def release(self) -> None:
        """Hold none."""
        ...

    def close(self) -> None:
        """Hold none, and leave."""
        ...


class Focus(Protocol):
    """Who has the keyboard, in the whole session."""

    def remember(self) -> None:
        """Keep in mind who has it."""
        ...

    def give(self, window: int) -> None:
        """Give it to a window of ours that is on the screen."""
        ...

    def give_back(self) -> None:
        """Give it back to who was remembered, if there is somebody."""
        ...

    def close(self) -> None:
        """Leave."""
        ...


class Shortcut(QObject):
    """One per running app. Nothing is asked of the system until there is a key.

    Signals:
        pressed(): the key was pressed, in whatever window.
        told(str): why there is no such key, as the rest of a sentence; empty if there is, or none is wanted.
    """

    pressed = Signal()
    told = Signal(str)

    def __init__(self, platform: str) -> None:
        """``platform`` is Qt's name of the display."""
        super().__init__()
        self._platform, self._text = platform, ""
        self._holder: Holder | None = None

    def use(self, text: str) -> None:
        """Have this key from now on, as :func:`desktop.keys.parse` reads it; empty for none."""
        if text == self._text:
            return
        self._text = text
        if not text:
            if self._holder is not None:
                self._holder.release()
            self.told.emit("")
            return
        if self._holder is None:
            self._holder = holder(self._platform)
            if self._holder is not None:
                self._holder.pressed.connect(self.pressed)
                self._holder.told.connect(self.told)
        if self._holder is None:
            self.told.emit(missing())
        else:
            self._holder.grab(parse(text))

    def close(self) -> None:
        """Let go of the key."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None


def holder(platform: str) -> Holder | None:
    """Return what can hold a key on this system, None if nothing can; asked when the first is wanted."""
    if sys.platform == "win32":
        from desktop.windows_keys import WindowsKeys

        return WindowsKeys()
    if sys.platform == "linux" and os.environ.get("WAYLAND_DISPLAY"):
        # X11 is only emulated there: it hears keys from its own windows and from no others.
        from desktop.portal_keys import PortalKeys

        return PortalKeys()
    if platform == "xcb":
        from desktop.x11_keys import X11Keys
        from desktop.xlib import Display

        display = Display.open()
        return X11Keys(display) if display is not None else None
    return None


def focus(platform: str) -> Focus | None:
    """Return what can say on this system who has the keyboard, None if only Qt can."""
    if sys.platform == "win32":
        from desktop.windows_keys import WindowsFocus

        return WindowsFocus()
    if platform == "xcb":
        from desktop.x11_focus import X11Focus
        from desktop.xlib import Display

        display = Display.open()
        return X11Focus(display) if display is not None else None
    return None
