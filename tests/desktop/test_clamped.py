"""Texts that take no more lines than they may, and lose nothing at their edges."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.clamped import ClampedText
from desktop.theme import Looks, Scheme


def inked(image: QImage) -> int:
    """Return from the first to the last column how many there are with something in them."""
    ground = image.pixelColor(image.width() - 1, image.height() - 1)
    columns = [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(image.height()))
    ]
    return columns[-1] - columns[0] + 1 if columns else 0


@pytest.mark.parametrize("words", ["Jonas was faster.", "Payment failed", "ja", "יונה היה מהיר", "😀 J"])
def test_no_letter_is_cut_at_the_edge(qtbot: QtBot, looks: Looks, words: str) -> None:
    """The tail of a J reaches beyond where its line begins."""
    looks.use(Scheme.LIGHT, percent=200, still=True)
    text = ClampedText(words, name="title", lines=1)
    qtbot.addWidget(text)
    text.ensurePolished()
    text.resize(text.sizeHint().width() + 40, text.sizeHint().height() + 20)
    whole = QImage(text.width() + 200, text.height(), QImage.Format.Format_RGB32)
    whole.fill(QColor(Qt.GlobalColor.white))
    painter = QPainter(whole)
    painter.setFont(text.font())
    painter.drawText(100, text.height() - 20, words)
    painter.end()
    assert abs(inked(text.grab().toImage()) - inked(whole)) <= 1  # by where between two pixels it begins
    looks.use(Scheme.LIGHT, percent=100, still=False)


def test_other_letters_are_measured_anew(qtbot: QtBot) -> None:
    """What was measured is kept only for the letters and the words it was measured with."""
    text = ClampedText("Payment failed for the third time", name="body", lines=3)
    qtbot.addWidget(text)
    small = (text.sizeHint(), text.heightForWidth(80))
    font = text.font()
    font.setPointSizeF(2 * font.pointSizeF())
    text.setFont(font)
    large = (text.sizeHint(), text.heightForWidth(80))
    assert large[0].width() > small[0].width()
    assert large[1] > small[1]
    text.set_lines(1)
    assert text.heightForWidth(80) == text.fontMetrics().lineSpacing()
    text.set_text("P")
    assert text.sizeHint().width() < large[0].width()
