"""How a window comes up softly, where the screen can blend."""

from PySide6.QtCore import QAbstractAnimation, QPropertyAnimation
from PySide6.QtWidgets import QWidget

FADE_MILLISECONDS = 150
FADE_FROM = 0.3
FADING = {"xcb", "windows", "cocoa"}
"""Qt's platforms whose windows can be half transparent."""


def fade_in(window: QWidget) -> None:
    """Begin to show a window, from nearly transparent to opaque."""
    fade = QPropertyAnimation(window, b"windowOpacity", window)
    fade.setDuration(FADE_MILLISECONDS)
    fade.setStartValue(FADE_FROM)
    fade.setEndValue(1.0)
    fade.start(QAbstractAnimation.DeletionPolicy.DeleteWhenStopped)
