"""What the system shows of ours, as far as that can be known. Pure.

No system tells when a notification's time was over. What is certainly on the screen may be drawn anew;
of what may only be in the system's own list, nothing may pop up a second time, but it can be taken away.
"""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.entry import Entry
from desktop.gate import Privacy

MOST = 200
"""Posts that are remembered; of more, the oldest stay where they are."""

_SHOWN = {privacy: rank for rank, privacy in enumerate((Privacy.NOTHING, Privacy.TYPE, Privacy.FULL))}


@dataclass(frozen=True, kw_only=True)
class Post:
    """One notification that the system was given."""

    entry: Entry
    privacy: Privacy
    """How much of it was drawn."""
    until: float | None
    """When its time is over, in monotonic seconds; None: it stays until it is handled."""

    def says_more_than(self, privacy: Privacy) -> bool:
        """Say whether it shows more than may be seen now."""
        return _SHOWN[self.privacy] > _SHOWN[privacy]


class Posted:
    """The posts that were neither withdrawn nor handled, by the entry's id."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds that only go forward."""
        self._clock = clock
        self._posts: dict[str, Post] = {}
        self._untold: set[str] = set()

    def put(self, entry: Entry, privacy: Privacy, seconds: float | None) -> None:
        """Remember that an entry is shown for so many seconds from now on."""
        if self._posts.pop(entry.id, None) is None:
            self._untold.add(entry.id)
        until = None if seconds is None else self._clock() + seconds
        self._posts[entry.id] = Post(entry=entry, privacy=privacy, until=until)
        if len(self._posts) > MOST:
            self.drop(next(iter(self._posts)))

    def get(self, entry_id: str) -> Post | None:
        """Return the post of an entry, None if there is none."""
        return self._posts.get(entry_id)

    def drop(self, entry_id: str) -> None:
        """Forget a post: it was withdrawn or handled."""
        self._posts.pop(entry_id, None)
        self._untold.discard(entry_id)

    def tell(self, entry_id: str) -> Entry | None:
        """Return the entry of a post the first time that this is asked: it is on the screen; else None."""
        post = self._posts.get(entry_id)
        if post is None or entry_id not in self._untold:
            return None
        self._untold.discard(entry_id)
        return post.entry

    def all(self) -> list[Post]:
        """Return the posts, the oldest first."""
        return list(self._posts.values())

    def left(self, post: Post) -> float | None:
        """Return the seconds for which it is still there, None if it stays; 0 if its time is over."""
        return None if post.until is None else max(0.0, post.until - self._clock())
