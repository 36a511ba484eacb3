"""The people as they are now: the registry's devices, and the people's file, read again when it changes."""

import asyncio
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from relay.errors import ConfigErrors
from relay.event import Device
from relay.identity import Registry
from relay.journal.base import Journal
from relay.people import Directory, People, entitle
from relay.peoplefile import read_people
from relay.tomltext import file_text

Mark = tuple[int, int]
"""By what a changed file is known: its time in nanoseconds and its size."""


class Roster:
    """Gives the :class:`relay.people.Directory` of now, and lets devices share in what the file says."""

    def __init__(self, registry: Registry, file: Path | None, log: FilteringBoundLogger) -> None:
        """Read the file for the first time.

        Raises:
            ConfigErrors: it can't be used.
        """
        self._registry, self._file, self._log = registry, file, log
        self._mark = _mark(file)
        self.people = _read(file)
        self.problem = ""
        """What is wrong with the file as it is now; the people are then those it had before."""
        self._edition = 0
        self._made_of = (-1, -1)
        self._directory = Directory(self.people)
        registry.share(self.entitle)

    @property
    def directory(self) -> Directory:
        """Return everybody who is known now."""
        made_of = (self._edition, self._registry.revision)
        if made_of != self._made_of:
            revision = self._directory.revision + 1
            self._directory = Directory(self.people, self._registry.all_entitled(), revision=revision)
            self._made_of = made_of
        return self._directory

    def entitle(self, device: Device) -> Device:
        """Return a device with the teams that the file gives its agent, beside its own."""
        return entitle(self.people, device)

    async def load(self, journal: Journal) -> list[Device]:
        """Read the devices, for whoever needs the people before the first desktop is let in; return them."""
        devices = await journal.devices()
        self._registry.load(devices)
        return devices

    async def look(self) -> bool:
        """Read the file again if it has changed; say whether the people are others now.

        A file that can't be used changes nothing: it is told in ``problem`` and in the log.
        """
        mark = await asyncio.to_thread(_mark, self._file)
        if mark == self._mark:
            return False
        self._mark = mark
        try:
            people = await asyncio.to_thread(_read, self._file)
        except ConfigErrors as error:
            self.problem = str(error)
            self._log.error("people-unusable", detail=self.problem)
            return False
        self.problem = ""
        if people == self.people:
            return False
        self.people = people
        self._edition += 1
        self._log.info("people-read", agents=len(people.agents), teams=len(people.teams))
        return True


def _mark(file: Path | None) -> Mark | None:
    try:
        status = file.stat() if file else None
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if status else None


def _read(file: Path | None) -> People:
    return read_people(file_text(file), str(file)) if file else People()
