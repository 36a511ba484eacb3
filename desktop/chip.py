"""The small "+N more" above the toasts."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from desktop.i18n import tr
from desktop.panel import Panel
from desktop.theme import Looks


class Chip(Panel):
    """The small "+N more" above the stack; pressing it opens the history.

    Signals:
        clicked(): it was pressed.
    """

    clicked = Signal()

    def __init__(self, looks: Looks, *, composited: bool) -> None:
        super().__init__(composited=composited)
        self.button = QPushButton()
        # Round corners need a screen that blends; without one they would show the window behind.
        self.button.setObjectName("chip" if composited else "square_chip")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button)
        self._looks = looks
        self.say(1)

    def say(self, more: int) -> None:
        """Show a number."""
        self.button.setText(tr("+%n more", n=more))
        self.button.setAccessibleName(
            tr(
                "%n more notifications, open the history",
                one="%n more notification, open the history",
                n=more,
            )
        )
        self.ensurePolished()
        self.adjustSize()

    def stand(self, spot: QRect) -> None:
        """Be visible at the right end of ``spot``."""
        self.move(spot.right() + 1 - self.width(), spot.top())
        self.show()
