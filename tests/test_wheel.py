"""What people install: the wheel has both programs and the data they read, and starts on its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the wheel was unpacked, as an installer does."""
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place / "dist")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (place / "dist").glob("deskbell-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place / "site")
    return place / "site"


def test_every_resource_is_shipped(installed: Path) -> None:
    """Icons, themes, playbooks and samples are in the wheel, file for file."""
    expected = {
        path.relative_to(ROOT)
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    assert expected
    assert expected <= {path.relative_to(installed) for path in installed.rglob("*")}


def test_tests_and_benchmarks_are_not_shipped(installed: Path) -> None:
    """What is installed is the two programs and their data."""
    folders = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}

    assert folders == {"relay", "desktop", "resources"}


@pytest.mark.parametrize("program", [("relay", "example"), ("desktop", "--help")])
def test_it_starts_from_where_it_was_installed(
    installed: Path, tmp_path: Path, program: tuple[str, ...]
) -> None:
    """Both programs find what they need outside of the checkout."""
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    run = subprocess.run(
        [sys.executable, "-m", *program],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout
