"""Puts words on the clipboard, as plain text, and out of its history where the platform lets us.

Windows keeps what is marked out of its history and its cloud (Microsoft, "Cloud Clipboard and
Clipboard History Formats"). Klipper and others on Linux heed the hint that KDE's password tools set.
macOS itself keeps no history; the mark that other programs heed there (nspasteboard.org) can't be set
through Qt.
"""

import sys

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

_NO = QByteArray(b"\0\0\0\0")
_WINDOWS = (
    "ExcludeClipboardContentFromMonitorProcessing",
    "CanIncludeInClipboardHistory",
    "CanUploadToCloudClipboard",
)
KDE_HINT = "x-kde-passwordManagerHint"


def marks(platform: str) -> dict[str, QByteArray]:
    """Return the formats that keep a text out of the histories of ``platform`` (as ``sys.platform``)."""
    if platform == "win32":
        return {f'application/x-qt-windows-mime;value="{name}"': _NO for name in _WINDOWS}
    return {KDE_HINT: QByteArray(b"secret")} if platform == "linux" else {}


class Clipboard:
    """The system's clipboard; ``private`` says whether what is copied stays out of its history."""

    def __init__(self, *, private: bool = True, platform: str = sys.platform) -> None:
        self.private, self._platform = private, platform

    def put(self, text: str) -> None:
        """Copy a text."""
        data = QMimeData()
        data.setText(text)
        if self.private:
            for name, value in marks(self._platform).items():
                data.setData(name, value)
        QGuiApplication.clipboard().setMimeData(data)
