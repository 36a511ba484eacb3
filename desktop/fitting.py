"""Which toasts have room above each other, how high each may be, and which gives its place to another."""

from collections.abc import Mapping, Sequence

from desktop import rules
from desktop.face import Shape
from desktop.placement import squeeze
from desktop.toast import Toast
from relay.protocol import Priority


def fitting(toasts: Sequence[Toast], free: int, most: int) -> dict[Toast, Shape] | None:
    """Return a shape for each of ``toasts``, in order of arrival, so that all fit in ``free`` pixels.

    None is higher than ``most``. The oldest are made smaller first, and last of all the one that
    somebody reads. None: they don't fit.
    """
    if not any(map(Toast.is_unfolded, toasts)):
        tallest = {toast: toast.tallest(most) for toast in toasts}
        if sum(shape.height for shape in tallest.values()) <= free:
            return tallest
    shapes = {toast: toast.shapes(most) for toast in sorted(toasts, key=Toast.is_read)}
    least = sum(those[-1].height for those in shapes.values())
    for toast in filter(Toast.is_unfolded, toasts):
        # It would take all it may have: what the others leave is enough, it can be scrolled.
        shapes[toast] = toast.shapes(min(most, free - least + shapes[toast][-1].height))
    chosen = squeeze([[shape.height for shape in those] for those in shapes.values()], free)
    if chosen is None:
        return None
    return {toast: shapes[toast][one] for toast, one in zip(shapes, chosen, strict=True)}


def victim(visible: Sequence[Toast], numbers: Mapping[Toast, int], priority: Priority) -> Toast | None:
    """Return who gives a place to a toast of ``priority``: the least pressing, of those the oldest.

    What somebody is at stays, unless something urgent comes.
    """
    lower = [toast for toast in visible if rules.RANK[toast.entry.priority] < rules.RANK[priority]]
    free = [toast for toast in lower if not toast.is_read()]
    if not free and priority is Priority.URGENT:
        free = lower
    return min(free, key=lambda toast: (rules.RANK[toast.entry.priority], numbers[toast]), default=None)


def is_full(visible: Sequence[Toast], numbers: Mapping[Toast, int], priority: Priority) -> bool:
    """Say whether none of ``priority`` gets a place, however small: building it costs a burst dearly."""
    if len(visible) < rules.SLOTS or any(toast.is_leaving for toast in visible):
        return False
    return victim(visible, numbers, priority) is None
