"""Where toasts stand: which screen, which corner, one above the other. Pure.

Lengths are logical pixels. A work area is what docks and task bars leave of a screen, on whichever
side they are; nothing is ever placed outside of it.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Return the first pixel column beside it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """Return the first pixel row below it."""
        return self.top + self.height

    def has(self, point: tuple[int, int]) -> bool:
        """Say whether a point is in it."""
        return self.left <= point[0] < self.right and self.top <= point[1] < self.bottom


class Corner(StrEnum):
    """Where the newest toast stands."""

    BOTTOM_RIGHT = "bottom-right"
    BOTTOM_LEFT = "bottom-left"
    TOP_RIGHT = "top-right"
    TOP_LEFT = "top-left"

    @property
    def top(self) -> bool:
        """Say whether the stack grows downwards."""
        return self in {Corner.TOP_RIGHT, Corner.TOP_LEFT}

    @property
    def left(self) -> bool:
        """Say whether it stands at the left edge."""
        return self in {Corner.BOTTOM_LEFT, Corner.TOP_LEFT}


PRIMARY, POINTER, ACTIVE = "primary", "pointer", "active"
"""On which screen toasts stand: the main one, where the pointer is when the first one comes, where the
window is that has the keyboard (the pointer's, if the system doesn't tell); else a screen's name."""


Front = Callable[[], tuple[int, int] | str | None]
"""Returns the middle of the window in front, in pixels of the hardware, or its screen's name, if known."""


class Screen(NamedTuple):
    """A screen as it is now."""

    name: str
    whole: Box
    area: Box
    """What is free of panels."""


def choose(
    screens: Sequence[Screen],
    wish: str,
    *,
    pointer: tuple[int, int] | None = None,
    active: tuple[int, int] | None = None,
) -> Screen:
    """Return the screen for ``wish``, the first of ``screens`` (the primary one) if it isn't there.

    ``pointer`` is where the pointer is, ``active`` the middle of the window with the keyboard.
    """
    if wish in {POINTER, ACTIVE}:
        point = active or pointer if wish == ACTIVE else pointer
        return next((one for one in screens if point and one.whole.has(point)), screens[0])
    return next((one for one in screens if one.name == wish), screens[0])


def place(
    area: Box, heights: Sequence[int], width: int, *, margin: int, gap: int, corner: Corner
) -> list[Box]:
    """Return the boxes of cards in a corner of ``area``, the first nearest to it."""
    boxes = []
    left = area.left + margin if corner.left else area.right - margin - width
    left = max(area.left, left)
    edge = area.top + margin if corner.top else area.bottom - margin
    for height in heights:
        boxes.append(Box(left, edge if corner.top else edge - height, width, height))
        edge += (height + gap) if corner.top else -(height + gap)
    return boxes


def squeeze(shapes: Sequence[Sequence[int]], room: int) -> list[int] | None:
    """Return which of its heights each card takes so that all together fit in ``room`` pixels.

    Heights are listed from the highest down. Who stands first in ``shapes`` gives way first, and no more
    than is needed. None: they don't fit, however small.
    """
    chosen = [0] * len(shapes)
    over = sum(heights[0] for heights in shapes) - room
    for card, heights in enumerate(shapes):
        while over > 0 and chosen[card] + 1 < len(heights):
            chosen[card] += 1
            over -= heights[chosen[card] - 1] - heights[chosen[card]]
    return None if over > 0 else chosen
