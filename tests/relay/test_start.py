"""What a program loads before it can do anything: as little as its task needs."""

import subprocess
import sys

import pytest

LOADED = "import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("relay.app", {"fastapi", "pydantic"}),
        ("relay.cli", {"fastapi", "pydantic", "starlette", "uvicorn", "uvloop"}),
        ("desktop.app", {"fastapi", "pydantic", "httpx", "websockets", "keyring", "apsw", "uvicorn"}),
    ],
)
def test_what_is_not_needed_at_once_is_not_loaded_at_once(module: str, spared: set[str]) -> None:
    """A relay serves webhooks before it loads its API; a command loads no server; the tray loads no network."""
    run = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)], capture_output=True, text=True, check=True
    )
    assert not spared & set(run.stdout.split())
