"""The playbooks in use: read from their folder, watched, and replaced as one set or not at all.

A file that is wrong, or a folder that is gone, leaves the set that is in use as it is; what is wrong
is logged once and can be asked for.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from relay.errors import PlaybookError, every_problem
from relay.event import Dispatched, StoredEvent
from relay.playbookfiles import is_playbook
from relay.playbooks import Playbook, texts
from relay.render import Rendered, Renderer, compiled

LOOK_SECONDS = 1.0
"""How often the folder is looked at. Watching it by the system's own means differs on each of them."""

Stamp = frozenset[tuple[str, int, int, int]]
"""Name, size, time and file number of each playbook: what changes when somebody saves."""


class Shelf:
    """A folder of playbooks. ``check`` may refuse a set by what else is configured.

    Raises:
        PlaybookError: it cannot be used as it is when it is opened.
    """

    def __init__(
        self,
        folder: Path,
        log: FilteringBoundLogger,
        *,
        zone: str = "UTC",
        link_hosts: Sequence[str] = (),
        check: Callable[[Sequence[Playbook]], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._folder, self._log, self._sleep = folder, log, sleep
        self._zone, self._link_hosts, self._check = zone, tuple(link_hosts), check
        # Before reading: what is saved meanwhile is then found at the next look.
        self._seen = stamp(folder)
        self._texts = tuple(texts(folder))
        self._renderer = self._compiled(self._texts)
        self._faults: tuple[PlaybookError, ...] = ()
        self._settling = False

    @property
    def renderer(self) -> Renderer:
        """Return the set in use; it never changes, another one takes its place."""
        return self._renderer

    @property
    def playbooks(self) -> Sequence[Playbook]:
        """Return the playbooks in use."""
        return self._renderer.playbooks

    @property
    def faults(self) -> Sequence[PlaybookError]:
        """Return what is wrong with the folder at present; none if what is in use is what is in it."""
        return self._faults

    def decide(self, stored: StoredEvent) -> Dispatched:
        """Return what becomes of an event by the present set; see :meth:`relay.render.Renderer.decide`."""
        return self._renderer.decide(stored)

    def render(self, stored: StoredEvent) -> Rendered:
        """Return what becomes of an event by the present set, and whom it asks for."""
        return self._renderer.render(stored)

    def candidate(self, name: str, text: str) -> Renderer:
        """Return a set of one playbook that isn't in use, under the settings of those that are.

        Raises:
            PlaybookError: it cannot be used.
        """
        return self._compiled([(name, text)])

    async def run(self) -> None:
        """Look at the folder each second, until cancelled."""
        while True:
            await self._sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> bool:
        """Look at the folder once; say whether another set is in use now.

        What has changed is read when it has stayed the same from one look to the next, so that
        nothing is read that is being written.
        """
        now = await asyncio.to_thread(stamp, self._folder)
        if now != self._seen:
            self._seen, self._settling = now, True
            return False
        if not self._settling:
            return False
        self._settling = False
        return await self._replace()

    async def _replace(self) -> bool:
        try:
            found = tuple(await asyncio.to_thread(texts, self._folder))
            if found == self._texts and not self._faults:
                return False
            renderer = await asyncio.to_thread(self._compiled, found)
        except PlaybookError as error:
            self._faults = tuple(every_problem(error))
            for one in self._faults:
                self._log.error("playbooks-kept", detail=str(one))
            return False
        replaced = found != self._texts
        self._renderer, self._texts, self._faults = renderer, found, ()
        self._log.info("playbooks-replaced", playbooks=len(renderer))
        return replaced

    def _compiled(self, named: Sequence[tuple[str, str]]) -> Renderer:
        renderer = compiled(named, zone=self._zone, link_hosts=self._link_hosts)
        self._check(renderer.playbooks)
        return renderer


def stamp(folder: Path) -> Stamp:
    """Return what a folder's playbooks look like from outside; nothing, if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(_seen(entry) for entry in entries if is_playbook(entry.name))
    except OSError:
        return frozenset()


def _seen(entry: os.DirEntry[str]) -> tuple[str, int, int, int]:
    try:
        seen = entry.stat()
    except OSError:  # a link to nothing: whoever reads it will say so
        return entry.name, 0, 0, 0
    return entry.name, seen.st_size, seen.st_mtime_ns, seen.st_ino
