"""``deskbell policy show`` says what counts and why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop import policy_command
from desktop.policy import Layer, Rank, decide
from desktop.settings import SETTINGS


def test_every_setting_has_its_line() -> None:
    """With value and origin; what is locked has an asterisk."""
    layers = [
        Layer(rank=Rank.MACHINE, place="10.toml", values={"Sound": False, "AllowedLinkHosts": ["a.example"]})
    ]
    lines = policy_command.table(decide(layers)).splitlines()
    names = [line.split()[0].rstrip("*") for line in lines[: len(SETTINGS)]]
    assert names == [row.policy_name for row in SETTINGS.values()]
    assert ["Sound*", "false", "set", "by", "your", "IT", "(10.toml)"] in [line.split() for line in lines]
    assert any('["a.example"]' in line for line in lines)


def test_problems_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, and by the exit status."""
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps({"theme": "mauve"}))
    assert policy_command.main(["show"], path) == 1
    assert f"{path}: Theme is none of" in capsys.readouterr().err


def test_it_runs_without_a_screen(tmp_path: Path) -> None:
    """IT may be logged in by the network only."""
    environ = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    environ |= {"XDG_CONFIG_HOME": str(tmp_path), "DESKBELL_THEME": "dark"}
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "policy", "show"],
        env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "set for this run (DESKBELL_THEME)" in done.stdout
