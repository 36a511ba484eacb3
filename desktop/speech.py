"""Which language is spoken, and what happens when another is chosen: at once, without a restart.

What is made anew each time it is opened (menus of toasts, dialogs) follows by itself; what stays is
told to write its words again. Toasts on the screen keep theirs until they are gone.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.settings import Settings
from desktop.translator import settle


class Speech(QObject):
    """One per running app.

    Signals:
        changed(): another language is spoken from now on.
    """

    changed = Signal()

    def __init__(self, app: QApplication, wanted: str) -> None:
        """Speak the language of a setting: "system", "en" or "de"."""
        super().__init__()
        self._app = app
        self.language = settle(app, wanted)

    def tell(self, *parts: Callable[[], None]) -> None:
        """Have these called whenever another language is spoken."""
        for part in parts:
            self.changed.connect(part)

    def follow(self, settings: Settings) -> None:
        """Speak as the settings say."""
        before, self.language = self.language, settle(self._app, settings.language)
        if self.language != before:
            self.changed.emit()
