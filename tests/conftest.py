"""What many tests need: Qt without a screen, and a relay that can be killed."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.relay_process import RelayProcess

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def relay_process(tmp_path: Path) -> Iterator[RelayProcess]:
    """A relay that is not started yet, on a port of its own; whatever runs at the end is killed."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    relay = RelayProcess(tmp_path, port)
    yield relay
    if relay.process is not None and relay.process.poll() is None:
        relay.kill()
