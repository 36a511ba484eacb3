"""The least that a tray app in Python on Qt can be: an icon, and nothing behind it."""

import sys

from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon


def main() -> int:
    """Run until killed."""
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    picture = QPixmap(32, 32)
    picture.fill(QColor("teal"))
    icon = QSystemTrayIcon(picture)
    icon.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
