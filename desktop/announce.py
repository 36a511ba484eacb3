"""Says a sentence to whoever hears the screen instead of seeing it; without a screen reader nothing happens.

By Qt's announcement, which is AT-SPI's on Linux, a notification of UI Automation on Windows, and an
announcement on macOS. Nothing gets the focus by it.
"""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(speaker: QWidget, sentence: str, *, at_once: bool = False) -> None:
    """Let a widget say a sentence: when the reader has finished its own, or ``at_once``."""
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(speaker, sentence)
    manner = QAccessible.AnnouncementPoliteness
    event.setPoliteness(manner.Assertive if at_once else manner.Polite)
    QAccessible.updateAccessibility(event)
