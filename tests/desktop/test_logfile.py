"""The log on disk says what happened and never what was in it."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop import logfile
from desktop.logfile import MAX_BYTES, NAME, OLD_FILES, LogFile

SECRET = "4242 4242 4242 4242"
CRASH = f"""
import logging, sys
from pathlib import Path
from desktop import logfile
logfile.begin(Path(sys.argv[1]))
card = "{SECRET}"
raise ValueError(card)
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[LogFile]:
    """A log file that has begun."""
    begun = logfile.begin(tmp_path)
    yield begun
    begun.close()


def test_sentences_are_written_and_values_are_not(file: LogFile, tmp_path: Path) -> None:
    """What stands in the code is kept; an address, an event or a name isn't."""
    logging.getLogger("desktop.inbox").error("inbox: %s", SECRET)
    put_together = f"asked {SECRET}"
    logging.getLogger("another.library").error(put_together)
    written = (tmp_path / NAME).read_text()
    assert "ERROR desktop.inbox: inbox: %s" in written
    assert "ERROR another.library: …" in written
    assert SECRET not in written


def test_an_error_nobody_caught_is_written_with_its_place(tmp_path: Path) -> None:
    """A packaged app has no standard error: the file says kind and place, and not what was in the error."""
    run = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path)], capture_output=True, text=True, check=False
    )
    written = (tmp_path / NAME).read_text()
    assert "an error that nobody expected (ValueError)\n  <string>:7 <module>" in written
    assert SECRET not in written
    assert SECRET in run.stderr  # whoever started it in a terminal sees all


def test_it_stays_small(file: LogFile, tmp_path: Path) -> None:
    """However much is logged, there are no more than a few files of half a megabyte."""
    for _ in range(5):
        logging.getLogger("desktop.test").error("x" * (MAX_BYTES // 2))
        logging.getLogger("desktop.test").error("x" * (MAX_BYTES // 2))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == [NAME, *(f"{NAME}.{number}" for number in range(1, OLD_FILES + 1))]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < (OLD_FILES + 1) * MAX_BYTES


def test_a_log_that_cannot_be_written_disturbs_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the folder nothing is written, nothing is raised, and nothing is printed."""
    begun = logfile.begin(tmp_path / "gone")
    logging.getLogger("desktop.test").error("nobody will read this")
    begun.close()
    assert "Traceback" not in capsys.readouterr().err
