"""Where the files that ship with the program are, and small pictures made from them.

Everything is read from ``resources/``, which lies beside the packages both in a checkout and in an
installed wheel. Nothing depends on an icon theme or on Qt's SVG plugin being found.
"""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

RESOURCES = Path(__file__).resolve().parent.parent / "resources"

LOGO_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
TRAY_SIZES = (16, 22, 24, 32, 48, 64)
"""Pixels. Small ones on purpose: some panels pass every icon change over D-Bus."""


class MissingAssetError(FileNotFoundError):
    """A file that ships with the program isn't there: the installation is incomplete."""


def read(relative: str) -> str:
    """Return the text of a file below ``resources/``.

    Raises:
        MissingAssetError: it isn't there.
    """
    path = RESOURCES / relative
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingAssetError(f"{path} is missing: install Deskbell again") from None


@cache
def logo() -> QIcon:
    """Return the program's icon in every size there is."""
    icon = QIcon()
    for size in LOGO_SIZES:
        icon.addPixmap(picture(f"icons/deskbell-{size}.png"))
    return icon


@cache
def picture(relative: str) -> QPixmap:
    """Return a PNG below ``resources/``.

    Raises:
        MissingAssetError: it isn't there, or is no picture.
    """
    pixmap = QPixmap(str(RESOURCES / relative))
    if pixmap.isNull():
        raise MissingAssetError(f"{RESOURCES / relative} is missing: install Deskbell again")
    return pixmap


def glyph(name: str, colour: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """Return ``icons/glyphs/{name}.svg`` in one colour, ``size`` logical pixels square."""
    return _glyph(name, colour.name(QColor.NameFormat.HexArgb), size, ratio)


@cache
def _glyph(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    tint = QColor(colour)
    svg = read(f"icons/glyphs/{name}.svg").replace("currentColor", tint.name())
    side = max(1, round(size * ratio))
    pixmap = QPixmap(QSize(side, side))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(tint.alphaF())
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
