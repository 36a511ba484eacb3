"""The playbooks' folder while the relay runs: a new set as a whole, or the old one."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from relay.errors import PlaybookError
from relay.event import Event, EventState, StoredEvent
from relay.log import get_logger
from relay.shelf import LOOK_SECONDS, Shelf

HELLO = 'title = "Hello {{ data.name }}"\n[when]\ntypes = ["greeting"]\n'
BYE = HELLO.replace("Hello", "Goodbye")
GREETING = StoredEvent(
    seq=1,
    event=Event(
        source="s",
        provider="p",
        id="1",
        type="greeting",
        time=1.0,
        data=json.dumps({"name": "Maya"}).encode(),
    ),
    state=EventState.PENDING,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one playbook."""
    (tmp_path / "hello.toml").write_text(HELLO)
    return tmp_path


def titles(shelf: Shelf) -> list[str]:
    """Return what the set in use says to a greeting."""
    return [draft.title for draft in shelf.decide(GREETING).drafts]


def looked(shelf: Shelf, times: int = 2) -> bool:
    """Look at the folder so often; say whether the set was replaced."""

    async def looks() -> bool:
        return any([await shelf.look() for _ in range(times)])

    return asyncio.run(looks())


def test_what_is_saved_is_used(folder: Path) -> None:
    """A changed, a new and a removed file each lead to another set, without a restart."""
    shelf = Shelf(folder, get_logger())
    assert titles(shelf) == ["Hello Maya"]

    (folder / "hello.toml").write_text(BYE)
    assert looked(shelf)
    assert titles(shelf) == ["Goodbye Maya"]

    (folder / "again.toml").write_text(HELLO)
    assert looked(shelf)
    assert titles(shelf) == ["Hello Maya", "Goodbye Maya"]

    (folder / "hello.toml").unlink()
    assert looked(shelf)
    assert [playbook.name for playbook in shelf.playbooks] == ["again"]


def test_a_file_of_the_same_size_and_time_is_noticed(folder: Path) -> None:
    """An editor that puts a new file in the old one's place is seen by the file's number."""
    file, new = folder / "hello.toml", folder / "new"
    shelf = Shelf(folder, get_logger())
    seen = file.stat()
    new.write_text(HELLO.replace("Hello", "Howdy"))
    os.utime(new, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    new.replace(file)

    assert looked(shelf)
    assert titles(shelf) == ["Howdy Maya"]


def test_nothing_is_read_while_it_is_being_written(folder: Path) -> None:
    """A change counts once the folder has stayed the same for a second."""
    shelf = Shelf(folder, get_logger())
    for number in range(4):
        (folder / "hello.toml").write_text(BYE + "# still writing\n" * (number + 1))
        assert not looked(shelf, 1)
    assert titles(shelf) == ["Hello Maya"]
    assert looked(shelf, 1)
    assert titles(shelf) == ["Goodbye Maya"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title = \n", "bad.toml:1: not TOML"),
        ('about = "x"\n' + HELLO + 'condition = "data.x >"\n', "bad.toml:5: when.condition"),
        (HELLO.replace("data.name", "data.name | shout"), "bad.toml:1: title: filter shout is unknown"),
    ],
)
def test_a_broken_file_keeps_the_old_set(folder: Path, text: str, place: str) -> None:
    """One wrong file keeps out the right ones beside it, and says exactly where it is wrong."""
    shelf = Shelf(folder, get_logger())
    (folder / "hello.toml").write_text(BYE)
    (folder / "bad.toml").write_text(text)
    with capture_logs() as logged:
        assert not looked(shelf)

    assert titles(shelf) == ["Hello Maya"]
    assert [str(fault).startswith(place) for fault in shelf.faults] == [True]
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [("playbooks-kept", "error")]

    (folder / "bad.toml").unlink()
    assert looked(shelf)
    assert titles(shelf) == ["Goodbye Maya"]
    assert shelf.faults == ()


def test_what_is_wrong_is_told_once(folder: Path) -> None:
    """A broken file does not fill the log, second after second."""
    shelf = Shelf(folder, get_logger())
    (folder / "hello.toml").write_text("title = ")
    with capture_logs() as logged:
        looked(shelf, 6)

    assert len(logged) == 1


def test_a_mistake_taken_back_leaves_no_fault(folder: Path) -> None:
    """Putting the old text back is as good as mending it."""
    shelf = Shelf(folder, get_logger())
    (folder / "hello.toml").write_text("title = ")
    looked(shelf)
    assert shelf.faults
    (folder / "hello.toml").write_text(HELLO)
    looked(shelf)

    assert not shelf.faults
    assert titles(shelf) == ["Hello Maya"]


def test_an_editor_that_locks_a_file_stops_nothing(folder: Path) -> None:
    """While somebody edits a playbook in Emacs, the others can be saved, and the relay can be started."""
    (folder / ".#hello.toml").symlink_to("maya@desk.4711:1")
    shelf = Shelf(folder, get_logger())

    (folder / "hello.toml").write_text(BYE)

    assert looked(shelf)
    assert titles(shelf) == ["Goodbye Maya"]


def test_a_link_to_nothing_is_told_by_its_name(folder: Path) -> None:
    """What cannot be read is a fault of that file, and does not keep saves from being noticed."""
    shelf = Shelf(folder, get_logger())
    (folder / "lost.toml").symlink_to("nothing")

    assert not looked(shelf)
    assert [fault.playbook for fault in shelf.faults] == ["lost"]
    (folder / "lost.toml").unlink()
    (folder / "hello.toml").write_text(BYE)
    assert looked(shelf)


def test_a_folder_that_is_gone_keeps_the_old_set(folder: Path) -> None:
    """A share that is not mounted for a while does not silence the desk."""
    shelf = Shelf(folder, get_logger())
    away = folder.rename(folder.with_name("away"))
    looked(shelf)
    assert "no such folder" in str(shelf.faults[0])
    assert titles(shelf) == ["Hello Maya"]
    away.rename(folder)
    looked(shelf)

    assert not shelf.faults


def test_a_set_that_is_wrong_at_the_start_stops_it(folder: Path) -> None:
    """There is no old set to keep yet; all that is wrong is told."""
    (folder / "hello.toml").write_text(HELLO + 'sauces = ["x"]\ncondition = "1 +"\n')
    (folder / "other.toml").write_text('titel = "x"\n')
    with pytest.raises(PlaybookError) as caught:
        Shelf(folder, get_logger())

    assert "hello.toml:4: when.sauces: unknown key 'sauces' in when; did you mean 'sources'?" in str(
        caught.value
    )
    assert "other.toml:1: titel: unknown key 'titel'; did you mean 'title'?" in str(caught.value)


def test_it_looks_each_second(folder: Path) -> None:
    """The task looks again and again, and waits in between."""
    waits: list[float] = []
    (shelf,) = [
        Shelf(folder, get_logger(), sleep=_after(waits, lambda: (folder / "hello.toml").write_text(BYE)))
    ]

    async def until_replaced() -> None:
        task = asyncio.create_task(shelf.run())
        async with asyncio.timeout(20):
            # The shelf tells nobody when it has looked; each round yields to its threads.
            while titles(shelf) != ["Goodbye Maya"]:  # noqa: ASYNC110 - as said
                await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(until_replaced())
    assert set(waits) == {LOOK_SECONDS}


def _after(waits: list[float], then: Callable[[], object]) -> Callable[[float], "asyncio.Future[None]"]:
    """Return a sleep that is over at once, and does something the first time."""

    def sleep(seconds: float) -> "asyncio.Future[None]":
        waits.append(seconds)
        if len(waits) == 1:
            then()
        return asyncio.ensure_future(asyncio.sleep(0))

    return sleep
