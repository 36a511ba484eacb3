"""What many tests need: Qt without a screen, and a relay that can be killed."""

import gc
import os
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.relay_process import RelayProcess

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TESTS_A_ROUND = 200
"""How many tests there are to one round through all objects, which takes a moment."""
_TESTS = count(1)


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """Between tests garbage is collected on this thread, as in the app; see desktop.garbage."""
    gc.disable()
    yield
    if gc.get_count()[0] > gc.get_threshold()[0]:
        whole = next(_TESTS) % TESTS_A_ROUND == 0
        gc.collect(2 if whole else 1)


@pytest.fixture
def relay_process(tmp_path: Path) -> Iterator[RelayProcess]:
    """A relay that is not started yet, on a port of its own; whatever runs at the end is killed."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    relay = RelayProcess(tmp_path, port)
    yield relay
    if relay.process is not None and relay.process.poll() is None:
        relay.kill()
