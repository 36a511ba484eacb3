"""The foot of a card that stands for several: what can be done about all of them, and what came of it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.clamped import ClampedText
from desktop.controls import allow, plain
from desktop.flow import FlowLayout
from desktop.gathered import Gathered, Offer
from desktop.i18n import mark, tr
from desktop.theme import Looks

_LABELS = {
    Offer.SHOW: mark("Show all"),
    Offer.PAUSE: mark("Pause 15 min"),
    Offer.PAUSE_LONG: mark("Pause 1 h"),
    Offer.READ: mark("Mark all as read"),
    Offer.UNDO: mark("Undo"),
}
_SPOKEN = {
    Offer.SHOW: mark("Show all of them in the history"),
    Offer.PAUSE: mark("Show no toasts of this kind for 15 minutes"),
    Offer.PAUSE_LONG: mark("Show no toasts of this kind for an hour"),
    Offer.READ: mark("Mark all of them as read"),
    Offer.UNDO: mark("Undo"),
}


class OfferBar(QWidget):
    """A sentence, and a button for each offer; while the relay is asked they can't be pressed.

    Signals:
        pressed(Offer): one of them.
    """

    pressed = Signal(object)

    def __init__(self, looks: Looks, card: Gathered, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ClampedText(card.said, name="label", lines=3, parent=self)
        self.words.setVisible(bool(card.said))
        row = QWidget(self)
        self.buttons = {offer: QPushButton(plain(tr(_LABELS[offer])), row) for offer in card.offers}
        flow = FlowLayout(row, looks.sizes["small"])
        for offer, button in self.buttons.items():
            button.setAccessibleName(tr(_SPOKEN[offer]))
            allow(button, not card.waits, card.said)
            button.clicked.connect(partial(self._press, offer))
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, looks.sizes["small"], 0, 0)
        column.setSpacing(looks.sizes["small"])
        column.addWidget(self.words)
        column.addWidget(row)

    def in_order(self) -> list[QPushButton]:
        """Return the buttons as they stand."""
        return list(self.buttons.values())

    def _press(self, offer: Offer, _checked: bool = False) -> None:
        self.pressed.emit(offer)
