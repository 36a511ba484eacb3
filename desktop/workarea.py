"""The free area in which toasts stand, read from Qt, and a word whenever it may be another."""

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from desktop.placement import ACTIVE, PRIMARY, Box, Corner, Front, Screen, choose


class WorkArea(QObject):
    """The area on the wished screen.

    Signals:
        changed(): screens, their areas or their resolution are others, or the computer woke up.
    """

    changed = Signal()

    def __init__(self, *, extra_margin: int = 0) -> None:
        """``extra_margin`` is what panels may take without saying so, on the side of the toasts."""
        super().__init__()
        self.wish = PRIMARY
        """As of :func:`desktop.placement.choose`."""
        self.front: Front = lambda: None
        """Asked where the window with the keyboard is, when the wish is to be there."""
        self._extra = extra_margin
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # noqa: S101 - a QObject of the GUI cannot exist without
        app.primaryScreenChanged.connect(self._tell)
        app.screenAdded.connect(self._watch)
        app.screenRemoved.connect(self._tell)
        app.applicationStateChanged.connect(self._woke)
        for screen in app.screens():
            self._watch(screen)

    def box(self, corner: Corner) -> Box:
        """Return the free area on the wished screen as it is now."""
        primary = QGuiApplication.primaryScreen()
        rest = [screen for screen in QGuiApplication.screens() if screen is not primary]
        pointer = QCursor.pos()
        active = self._active() if self.wish == ACTIVE else None
        screens = [_described(screen) for screen in (primary, *rest)]
        area = choose(screens, self.wish, pointer=(pointer.x(), pointer.y()), active=active).area
        top = area.top + (self._extra if corner.top else 0)
        return area._replace(top=top, height=max(1, area.height - self._extra))

    def _active(self) -> tuple[int, int] | None:
        """Return the middle of the screen with the window in front, None if nobody tells."""
        found = self.front()
        for screen in QGuiApplication.screens():
            if found == screen.name() or (isinstance(found, tuple) and _hardware(screen).has(found)):
                middle = screen.geometry().center()
                return middle.x(), middle.y()
        return None

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._tell)
        screen.availableGeometryChanged.connect(self._tell)
        screen.logicalDotsPerInchChanged.connect(self._tell)
        screen.physicalDotsPerInchChanged.connect(self._tell)
        self._tell()

    def _woke(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationSuspended:
            self._tell()

    def _tell(self, *_: object) -> None:
        self.changed.emit()


def _described(screen: QScreen) -> Screen:
    return Screen(screen.name(), _box(screen.geometry()), _box(screen.availableGeometry()))


def _hardware(screen: QScreen) -> Box:
    """Return the pixels of a screen: Qt leaves its corner where it is, and divides its size by the scale."""
    area, scale = screen.geometry(), screen.devicePixelRatio()
    return Box(area.x(), area.y(), round(area.width() * scale), round(area.height() * scale))


def _box(area: QRect) -> Box:
    return Box(area.x(), area.y(), area.width(), area.height())
