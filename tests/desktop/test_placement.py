"""Toasts stand in the free area of the wished screen, whatever side the task bar is on."""

from itertools import pairwise

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.placement import ACTIVE, POINTER, PRIMARY, Box, Corner, Screen, choose, place
from desktop.workarea import WorkArea

LEFT = Screen("HDMI-1", Box(0, 0, 1_920, 1_080), Box(0, 0, 1_920, 1_040))
RIGHT = Screen("DP-2", Box(1_920, 0, 2_560, 1_440), Box(1_920, 0, 2_560, 1_400))
ABOVE = Screen("eDP-1", Box(-400, -900, 1_440, 900), Box(-400, -870, 1_440, 870))
SCREENS = [LEFT, RIGHT, ABOVE]


@pytest.mark.parametrize(
    ("wish", "pointer", "active", "screen"),
    [
        (PRIMARY, (2_000, 10), (2_000, 10), LEFT),
        (POINTER, (2_000, 10), None, RIGHT),
        (POINTER, (-10, -10), None, ABOVE),
        (POINTER, (9_999, 9_999), None, LEFT),
        (POINTER, None, None, LEFT),
        (ACTIVE, (2_000, 10), (-10, -10), ABOVE),
        (ACTIVE, (2_000, 10), None, RIGHT),
        ("DP-2", (0, 0), None, RIGHT),
        ("unplugged", (2_000, 10), None, LEFT),
        ("", None, None, LEFT),
    ],
)
def test_the_wished_screen_is_found(
    wish: str, pointer: tuple[int, int] | None, active: tuple[int, int] | None, screen: Screen
) -> None:
    """The main one, the pointer's, the keyboard's or a named one; what isn't there is the main one."""
    assert choose(SCREENS, wish, pointer=pointer, active=active) == screen


@pytest.mark.parametrize("corner", list(Corner))
@pytest.mark.parametrize(
    "area",
    [
        Box(0, 0, 1_366, 728),
        Box(0, 40, 1_366, 728),
        Box(60, 0, 1_306, 768),
        Box(0, 0, 1_306, 768),
        ABOVE.area,
    ],
    ids=["below", "above", "left", "right", "other screen"],
)
def test_every_side_of_the_task_bar_is_kept_free(area: Box, corner: Corner) -> None:
    """Nothing leaves the free area, nothing overlaps, and the first stands nearest the corner."""
    boxes = place(area, [100, 200, 34], 360, margin=12, gap=8, corner=corner)
    for box in boxes:
        assert area.left <= box.left
        assert box.right <= area.right
        assert area.top <= box.top
        assert box.bottom <= area.bottom
    ordered = boxes if corner.top else boxes[::-1]
    for upper, lower in pairwise(ordered):
        assert upper.bottom + 8 == lower.top
    assert (boxes[0].left == area.left + 12) is corner.left
    assert (boxes[0].top == area.top + 12) is corner.top


@pytest.mark.parametrize("by", ["name", "point"])
def test_the_screen_with_the_active_window_is_asked_for(qapp: QApplication, by: str) -> None:
    """By the window's middle in pixels of the hardware, or by the screen's name, at the moment of the toast."""
    screen = QGuiApplication.primaryScreen()
    scale, corner = screen.devicePixelRatio(), screen.geometry()
    last = corner.x() + round(corner.width() * scale) - 1, corner.y() + round(corner.height() * scale) - 1
    area = WorkArea()
    asked: list[bool] = []

    def front() -> tuple[int, int] | str:
        asked.append(True)
        return screen.name() if by == "name" else last

    area.front = front
    area.box(Corner.TOP_LEFT)
    assert asked == []
    area.wish = "active"
    middle = corner.center()
    assert area._active() == (middle.x(), middle.y())
    area.front = lambda: (-10_000, -10_000)
    assert area._active() is None
    assert area.box(Corner.TOP_LEFT).has((middle.x(), middle.y()))


def test_an_area_narrower_than_a_toast_keeps_its_left_edge() -> None:
    """What cannot fit is cut on the right: its beginning can be read."""
    assert place(Box(10, 0, 200, 900), [100], 360, margin=12, gap=8, corner=Corner.TOP_RIGHT)[0].left == 10


def test_the_area_is_read_from_the_screens(qtbot: QtBot) -> None:
    """It is inside the screen, leaves what panels take unsaid on the side of the toasts, and tells of changes."""
    area = WorkArea(extra_margin=32)
    whole = QGuiApplication.primaryScreen().availableGeometry()
    assert area.box(Corner.BOTTOM_RIGHT) == (whole.x(), whole.y(), whole.width(), whole.height() - 32)
    assert area.box(Corner.TOP_RIGHT).top == whole.y() + 32
    for signal in ("geometryChanged", "availableGeometryChanged"):
        with qtbot.waitSignal(area.changed, timeout=5_000):
            getattr(QGuiApplication.primaryScreen(), signal).emit(whole)
    with qtbot.waitSignal(area.changed, timeout=5_000):
        QGuiApplication.primaryScreen().logicalDotsPerInchChanged.emit(192.0)
