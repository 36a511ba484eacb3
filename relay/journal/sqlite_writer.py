"""The one thread that writes: group commit, so that many requests share a transaction and an fsync.

What arrives while a commit runs waits and shares the next one; there is no timer. The event loop
hands jobs over by a queue and gets all answers of a transaction by one ``call_soon_threadsafe``.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

import apsw

from relay.errors import StorageBroken, StorageBusy, StorageError
from relay.event import Appended, Event
from relay.journal import sqlite_change as change
from relay.journal.sqlite_faults import named

T = TypeVar("T")

MAX_WAITING = 10_000
"""Events and other jobs that wait for the disk: some seconds of it. Past that a sender may come back."""

MAX_WAITING_BYTES = 64 * 1024 * 1024
"""Bytes of event bodies that wait for the disk, as they are held in memory meanwhile."""

MAX_TOGETHER = 1_000
"""Events and other jobs per transaction; bounds how long the first of them waits for the last."""


class Job(NamedTuple):
    """Something to do in the writer's thread, and where its answer goes.

    Either ``events`` are to be appended or ``act`` is to be called, ``inside`` the transaction or
    after it. ``single`` says that the answer is that of the one event, not a list; ``wakes`` says
    of the answer whether the watchers want to know.
    """

    future: asyncio.Future[Any]
    events: tuple[Event, ...] = ()
    single: bool = False
    act: Callable[[apsw.Connection], Any] | None = None
    inside: bool = True
    wakes: Callable[[Any], bool] | None = None


class Answer(NamedTuple):
    """What a job came to: a result, or the error to raise."""

    job: Job
    result: Any = None
    error: Exception | None = None


class Writer:
    """Owns the writing connection from ``start`` to ``stop``.

    ``checkpoint_pages`` is the length of the WAL at which it is copied into the file, None if that
    is another process's business. ``added`` is called on the event loop after something to watch
    for was committed, ``broke`` once when the journal can't be trusted any more.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        path: Path,
        *,
        clock: Callable[[], float],
        checkpoint_pages: int | None,
        added: Callable[[], None],
        broke: Callable[[StorageBroken], None],
    ) -> None:
        self._connection, self._path, self._clock = connection, path, clock
        self._checkpoint_pages, self._wal_pages = checkpoint_pages, 0
        self._added, self._broke = added, broke
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._waiting = self._waiting_bytes = 0
        self._leaving = False
        self.broken: StorageBroken | None = None
        # A daemon, so that a program that failed before closing the journal can still end; what
        # was not committed then was not acknowledged either.
        self._thread = Thread(target=self._run, name="journal-writer", daemon=True)

    def start(self) -> None:
        """Begin to take jobs from the queue."""
        if self._checkpoint_pages is not None:
            self._connection.set_wal_hook(self._note_wal)
        self._thread.start()

    def refuse_more(self) -> None:
        """Take no more jobs; those that were taken are still done."""
        self._leaving = True

    async def stop(self) -> None:
        """Finish every job that was taken, close the connection and end the thread; once."""
        self._leaving = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    # On the event loop

    def append(self, event: Event) -> asyncio.Future[Appended]:
        """Hand over an event; the answer comes when it is on disk.

        Raises:
            StorageBusy: too much is waiting, or the journal is closed.
            StorageBroken: it was broken before.
        """
        size = len(event.data)
        self._refuse_if_too_much(size)
        future: asyncio.Future[Appended] = self._loop.create_future()
        self._hand_over(Job(future, (event,), single=True))
        self._waiting_bytes += size
        return future

    def append_all(self, events: Sequence[Event]) -> asyncio.Future[list[Appended]]:
        """Hand over events that are stored together or not at all; raises as :meth:`append`."""
        size = sum(len(event.data) for event in events)
        self._refuse_if_too_much(size)
        future: asyncio.Future[list[Appended]] = self._loop.create_future()
        self._hand_over(Job(future, tuple(events)))
        self._waiting_bytes += size
        return future

    def _refuse_if_too_much(self, size: int) -> None:
        if self._waiting_bytes and self._waiting_bytes + size > MAX_WAITING_BYTES:
            raise StorageBusy(f"{self._waiting_bytes} bytes wait for the disk already")

    def change(
        self, act: Callable[[apsw.Connection], T], *, wakes: Callable[[T], bool] | None = None
    ) -> asyncio.Future[T]:
        """Hand over a change, which may be called again after a rollback; raises as :meth:`append`."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._hand_over(Job(future, act=act, wakes=wakes))
        return future

    def ask(self, question: Callable[[apsw.Connection], T]) -> asyncio.Future[T]:
        """Hand over a question about the writing connection itself; raises as :meth:`append`."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._hand_over(Job(future, act=question, inside=False))
        return future

    def refuse_if_gone(self) -> None:
        """Raise StorageBroken if the journal is broken, StorageBusy if it is closed."""
        if self.broken is not None:
            raise copy(self.broken)
        if self._leaving:
            raise StorageBusy(f"{self._path}: the journal is closed")

    def _hand_over(self, job: Job) -> None:
        self.refuse_if_gone()
        if self._waiting >= MAX_WAITING:
            raise StorageBusy(f"{self._waiting} requests wait for the disk already")
        self._waiting += _weight(job)
        self._jobs.put(job)

    def _settle(self, answers: Sequence[Answer], *, added: bool) -> None:
        for job, result, error in answers:
            self._waiting -= _weight(job)
            for event in job.events:
                self._waiting_bytes -= len(event.data)
            if job.future.cancelled():
                continue
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)
        if added:
            self._added()

    # In any thread

    def named(self, error: apsw.Error) -> Exception:
        """Return what an error of SQLite means, and break off if it means that."""
        meaning = named(error, self._path)
        if isinstance(meaning, StorageBroken):
            self.break_off(meaning)
        return meaning

    def break_off(self, error: StorageBroken) -> None:
        """Refuse everything from now on: what is on the disk is not known any more."""
        if self.broken is None:
            self.broken = error
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._broke, error)

    # In the writer's thread

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            jobs, goes_on = self._take()
            self._serve(jobs)
            self._checkpoint_if_long()
        self._leave()

    def _take(self) -> tuple[list[Job], bool]:
        jobs: list[Job] = []
        weight = 0
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            weight += _weight(job)
            if weight >= MAX_TOGETHER:
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return jobs, True
        return jobs, False

    def _serve(self, jobs: Sequence[Job]) -> None:
        inside = [job for job in jobs if job.inside]
        answers = self._commit(inside) if inside else []
        answers += [self._answer(job) for job in jobs if not job.inside]
        added = any(_adds(answer) for answer in answers)
        # The loop is closed only if the program gave up on its journal: nobody waits then.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(lambda: self._settle(answers, added=added))

    def _commit(self, jobs: Sequence[Job]) -> list[Answer]:
        try:
            return self._together(jobs)
        except StorageError as error:
            return [Answer(job, error=copy(error)) for job in jobs]
        except Exception as error:  # noqa: BLE001 - one bad record must not fail those of others
            if len(jobs) == 1:
                return [Answer(jobs[0], error=error)]
            return [answer for job in jobs for answer in self._commit([job])]

    def _together(self, jobs: Sequence[Job]) -> list[Answer]:
        """Do all jobs in one transaction, the appended events first."""
        self._refuse_if_broken()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers = self._do(jobs)
            self._connection.execute("COMMIT")
        except apsw.Error as error:
            self._roll_back()
            raise self.named(error) from error
        except BaseException:
            self._roll_back()
            raise
        return answers

    def _do(self, jobs: Sequence[Job]) -> list[Answer]:
        appends = [job for job in jobs if job.act is None]
        answers: list[Answer] = []
        if appends:
            events = [event for job in appends for event in job.events]
            results = iter(change.append(self._connection, events, self._clock()))
            answers = [
                Answer(job, next(results) if job.single else list(islice(results, len(job.events))))
                for job in appends
            ]
        answers += [Answer(job, job.act(self._connection)) for job in jobs if job.act is not None]
        return answers

    def _answer(self, job: Job) -> Answer:
        try:
            self._refuse_if_broken()
            return Answer(job, job.act(self._connection) if job.act else None)
        except apsw.Error as error:
            return Answer(job, error=self.named(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked gets to know
            return Answer(job, error=error)

    def _refuse_if_broken(self) -> None:
        if self.broken is not None:
            raise copy(self.broken)

    def _roll_back(self) -> None:
        # After a full disk SQLite may have rolled back by itself; and if this fails too, the next
        # BEGIN says so.
        if self._connection.in_transaction:
            with suppress(apsw.Error):
                self._connection.execute("ROLLBACK")

    def _note_wal(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint_if_long(self) -> None:
        """Copy a long WAL into the file, after those who waited for the commit got their answer."""
        if self._checkpoint_pages is not None and self._wal_pages >= self._checkpoint_pages:
            self._checkpoint(apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._wal_pages = 0

    def _checkpoint(self, mode: int) -> None:
        if self.broken is not None:
            return
        try:
            self._connection.wal_checkpoint(mode=mode)
        except apsw.Error as error:
            # Busy or full: the WAL keeps everything, and the next commit leads here again.
            self.named(error)

    def _leave(self) -> None:
        if self._checkpoint_pages is not None:
            self._checkpoint(apsw.SQLITE_CHECKPOINT_TRUNCATE)
        if self.broken is not None:
            # What the WAL holds is for the next start to judge, which reads it from the disk.
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        with suppress(apsw.Error):
            self._connection.close()


def _weight(job: Job) -> int:
    """Return how many records a job is about: what fits a transaction is counted in them."""
    return len(job.events) or 1


def _adds(answer: Answer) -> bool:
    """Say whether an answer is news for those who watch."""
    if answer.error is not None:
        return False
    job, result = answer.job, answer.result
    if job.single:
        return not result.duplicate
    if job.wakes is not None:
        return job.wakes(result)
    return any(not one.duplicate for one in result) if job.events else False
