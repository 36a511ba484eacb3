"""A row of widgets that goes on in the next line where the room ends."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Lines of items, each as wide as it wants to be, or as a whole line if that is too wide."""

    def __init__(self, parent: QWidget, gap: int) -> None:
        """``gap`` is between items and between lines, in pixels."""
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's own name
        """Put an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, number: int) -> QLayoutItem | None:  # noqa: N802 - Qt's own name
        """Return an item, None behind the last one."""
        return self._items[number] if 0 <= number < len(self._items) else None

    def takeAt(self, number: int) -> QLayoutItem | None:  # noqa: N802 - Qt's own name
        """Take an item out."""
        return self._items.pop(number) if 0 <= number < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt's own name
        """Ask for no more room than is needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Say that the height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at a width."""
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, box: QRect) -> None:  # noqa: N802 - Qt's own name
        """Place the items."""
        super().setGeometry(box)
        self._arrange(box, place=True)

    def sizeHint(self) -> QSize:
        """Return the size of one line."""
        sizes = [item.sizeHint() for item in self._shown()]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's own name
        """Return the size of the largest item: narrower it cannot be."""
        smallest = QSize(0, 0)
        for item in self._shown():
            smallest = smallest.expandedTo(item.minimumSize())
        return smallest

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, box: QRect, *, place: bool) -> int:
        """Go through the lines; return their height together."""
        left, top, height = box.x(), box.y(), 0
        for item in self._shown():
            size = item.sizeHint().boundedTo(QSize(max(1, box.width()), item.sizeHint().height()))
            if left > box.x() and left + size.width() > box.x() + box.width():
                left, top, height = box.x(), top + height + self._gap, 0
            if place:
                item.setGeometry(_mirrored(QRect(QPoint(left, top), size), box, item))
            left += size.width() + self._gap
            height = max(height, size.height())
        return top + height - box.y()


def _mirrored(place: QRect, box: QRect, item: QLayoutItem) -> QRect:
    """Return the place in a line that begins on the right, where that is how people read."""
    widget = item.widget()
    if widget is not None and widget.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        place.moveRight(box.right() - (place.left() - box.left()))
    return place
