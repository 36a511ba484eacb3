"""What several tests of the relay need: a real HTTP server on a free port."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, not about the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a function that serves an ASGI application on loopback and returns its port.

    Options are those of :class:`uvicorn.Config`. The socket listens before the server's thread
    runs, so that nobody has to wait for it.
    """
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: Any, **options: Any) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        settings = {"lifespan": "off", "log_config": None, "access_log": False, "ws": "none"}
        server = uvicorn.Server(uvicorn.Config(app, **(settings | options)))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        running.append((server, thread))
        port: int = listener.getsockname()[1]
        return port

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(timeout=10)
        assert not thread.is_alive(), "the server did not stop"
