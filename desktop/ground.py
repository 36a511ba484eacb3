"""The ground on which toasts stand: its area, how high each may be, and moving them to their places."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect

from desktop.face import Shape
from desktop.fitting import fitting
from desktop.placement import Box, Corner, place
from desktop.theme import Looks
from desktop.toast import Toast
from desktop.workarea import WorkArea

SHARE = 0.4
"""No toast takes more than this share of the screen's height."""


class Ground:
    """A corner of the free area of one screen."""

    def __init__(
        self, looks: Looks, screens: WorkArea, given: Callable[[], QRect] | None, corner: Corner
    ) -> None:
        """``given`` returns the free area; without it it is read from the screens."""
        self._looks, self._screens, self._given = looks, screens, given
        self.corner = corner
        """Where the newest stands."""
        self._area_now: Box | None = None

    def area(self) -> Box:
        """Return the area of this moment: chosen when the first toast comes, so that none jumps about."""
        if self._given is not None:
            area = self._given()
            return Box(area.x(), area.y(), area.width(), area.height())
        if self._area_now is None:
            self._area_now = self._screens.box(self.corner)
        return self._area_now

    def forget(self) -> None:
        """Choose the area anew when it is needed next."""
        self._area_now = None

    def fitting(self, toasts: Sequence[Toast], chip: int) -> dict[Toast, Shape] | None:
        """Return a shape for each toast so that all fit above each other; None if they don't.

        ``chip`` is the height of what stands above them, in pixels.
        """
        sizes = self._looks.sizes
        free = self.area().height - 2 * sizes["gap"] - chip - sizes["small"] * len(toasts)
        return fitting(toasts, free, self._most())

    def place(self, toasts: Sequence[Toast], chip: int) -> Box:
        """Put toasts in their places, the first nearest the corner; return that of the chip above them.

        What has moved ignores presses for a moment: they were meant for something else.
        """
        sizes, most = self._looks.sizes, self._most()
        oldest_first = list(reversed(toasts))
        shapes = self.fitting(oldest_first, chip) or {t: t.shapes(most)[-1] for t in toasts}
        before = {toast: toast.geometry() for toast in toasts}
        for toast, shape in shapes.items():
            toast.take(shape)
        heights = [toast.height() - 2 * toast.shadow for toast in toasts]
        spots = place(
            self.area(),
            [*heights, chip],
            sizes["toast"],
            margin=sizes["gap"],
            gap=sizes["small"],
            corner=self.corner,
        )
        for toast, spot in zip(toasts, spots, strict=False):
            toast.move(QPoint(spot.left - toast.shadow, spot.top - toast.shadow))
            if toast.geometry() != before[toast]:
                toast.hold()
        return spots[-1]

    def _most(self) -> int:
        return round(self.area().height * SHARE)
