"""A toast as the settings would have it, drawn as a picture: it can be looked at, and not pressed."""

import time

from PySide6.QtCore import QRect, QSize, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.i18n import tr
from desktop.settings import Settings
from desktop.theme import Looks
from desktop.toast import Toast
from relay.protocol import How, Link, Priority, Script


class Sample(QWidget):
    """Draws itself anew whenever colours, sizes or what may be shown are others.

    Where there is less room than a toast needs, it is drawn smaller. Where it isn't seen, it waits.
    """

    def __init__(self, looks: Looks, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._looks, self._settings = looks, settings
        self.picture = QPixmap()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("A toast as it looks with these settings"))
        # On a later turn: who applies a setting may be told of it after us.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._draw_if_seen)
        looks.changed.connect(self._soon.start)
        self._stale = False
        self._draw()

    def follow(self, settings: Settings) -> None:
        """Look as these settings say."""
        self._settings = settings
        self._soon.start()

    def _draw_if_seen(self) -> None:
        self._stale = not self.isVisible()
        if not self._stale:
            self._draw()

    def _draw(self) -> None:
        chosen = self._settings
        toast = Toast(
            self._looks,
            sample_entry(time.time()),
            seconds=None,
            composited=False,
            privacy=Privacy(chosen.privacy),
            languages=chosen.languages,
        )
        toast.fit(toast.sizeHint().height())
        self.picture = toast.grab()
        toast.deleteLater()
        self.updateGeometry()
        self.update()

    def _size(self, width: int) -> QSize:
        """Return the size of the picture where it has ``width``."""
        whole = self.picture.deviceIndependentSize()
        share = min(1.0, width / whole.width())
        return QSize(round(whole.width() * share), round(whole.height() * share))

    def sizeHint(self) -> QSize:
        """Return the size of the toast."""
        return self.picture.deviceIndependentSize().toSize()

    def minimumSizeHint(self) -> QSize:
        """Return the least size: a third of the toast's can still be made out."""
        return self._size(self.sizeHint().width() // 3)

    def heightForWidth(self, width: int) -> int:
        """Return the height that belongs to a width."""
        return self._size(width).height()

    def showEvent(self, event: QShowEvent) -> None:
        """Take over what was changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self._draw_if_seen()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, as large as there is room."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRect(self.rect().topLeft(), self._size(self.width())), self.picture)


def sample_entry(now: float) -> Entry:
    """Return an item with something of everything, as of ``now`` in Unix seconds."""
    return Entry(
        id="sample",
        seq=0,
        source="stripe",
        provider="stripe",
        type="invoice.payment_failed",
        priority=Priority.HIGH,
        title=tr("Payment of €240.00 failed: Ana Souza"),
        body=tr("The card was declined."),
        scripts=(
            Script(
                name=tr("Suggested reply"),
                text=tr("Hello Ana, your payment did not go through. Shall I send you a link?"),
            ),
        ),
        links=(Link(label=tr("Open invoice"), url="https://dashboard.stripe.com/invoices/1"),),
        how=How.TOAST,
        claimable=True,
        at=now,
        received_at=now,
    )
