"""Which interfaces there are to ask about the person, on this system."""

import sys

from desktop.surroundings import Reader


def readers(platform_name: str) -> list[Reader]:
    """Return what there is to ask on this system; ``platform_name`` is Qt's name of its display."""
    found: list[Reader] = []
    if sys.platform == "win32":
        from desktop.windows_session import WindowsReader

        found.append(WindowsReader())
    elif sys.platform == "darwin":
        from desktop.macos_session import MacReader

        found.append(MacReader())
    else:
        from desktop.linux_session import BusReader, GnomeReader
        from desktop.x11 import X11Reader

        found += [BusReader(), *GnomeReader.find()]
        if platform_name == "xcb":
            found += X11Reader.open()
    return found
