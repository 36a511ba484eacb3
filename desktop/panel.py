"""A window of ours above all others that never takes the focus, raises nothing, and is in no task bar."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

_FLAGS = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.NoDropShadowWindowHint
    # Without it some X11 window managers give every toast a button in the task bar.
    | Qt.WindowType.BypassWindowManagerHint
)

_ATTRIBUTES = (
    Qt.WidgetAttribute.WA_ShowWithoutActivating,
    Qt.WidgetAttribute.WA_X11NetWmWindowTypeNotification,
    Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow,
)


class Panel(QWidget):
    """What toasts and the chip above them are; ``composited`` says whether the screen can blend."""

    def __init__(self, *, composited: bool) -> None:
        super().__init__(None, _FLAGS)
        for attribute in _ATTRIBUTES:
            self.setAttribute(attribute)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, composited)
        self.setWindowTitle("Deskbell")
