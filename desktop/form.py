"""A dialog that is as high as its sentences need: Qt itself counts the lines only of its own labels."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog


class Form(QDialog):
    """A small window of texts that wrap, fields and buttons.

    It never becomes lower while it is open: buttons must not move under the pointer.
    """

    def make_room(self) -> None:
        """Take the height that the sentences need by now; call it after one of them has changed."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self._take(max(self.width(), layout.minimumSize().width()), self.height())

    def showEvent(self, event: QShowEvent) -> None:
        """Have the room before the first picture."""
        layout = self.layout()
        if layout is not None and not event.spontaneous():
            self.ensurePolished()
            layout.activate()
            self._take(max(self.minimumWidth(), layout.minimumSize().width()), 0)
        super().showEvent(event)

    def _take(self, width: int, least: int) -> None:
        layout = self.layout()
        if layout is not None:
            self.resize(width, max(least, layout.minimumSize().height(), layout.totalHeightForWidth(width)))
