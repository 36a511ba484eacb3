"""A relay that has no file descriptors left: it refuses newcomers, goes on, and recovers alone."""

import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.relay_process import PATIENCE, RelayProcess

if sys.platform != "linux":
    pytest.skip("the limit of another process can be changed on Linux only", allow_module_level=True)

import resource

SPARE = 12
STRANGERS = 60
"""Idle connections, far more than there are descriptors for."""


def descriptors(relay: RelayProcess) -> int:
    """Count what the relay has open."""
    assert relay.process is not None
    return len(list(Path(f"/proc/{relay.process.pid}/fd").iterdir()))


def is_cut(stranger: socket.socket) -> bool:
    """Say whether the relay has closed a connection on which nothing was sent."""
    stranger.setblocking(False)
    try:
        return stranger.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_r6_without_descriptors_newcomers_are_refused_and_it_recovers(relay_process: RelayProcess) -> None:
    """Who is connected still gets health and storage; who comes is cut off, until somebody leaves."""
    relay_process.start()
    assert relay_process.process is not None
    headers, body = relay_process.request()
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False, base_url=relay_process.url) as known,
        ExitStack() as idle,
    ):
        assert known.get("/livez").status_code == 200
        limit = descriptors(relay_process) + SPARE
        resource.prlimit(relay_process.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        door = ("127.0.0.1", relay_process.port)
        strangers = [idle.enter_context(socket.create_connection(door, 10)) for _ in range(STRANGERS)]
        relay_process.wait_until(lambda: sum(map(is_cut, strangers)) >= STRANGERS - SPARE)
        assert known.get("/livez").status_code == 200
        assert known.post("/hooks/parcel", content=body, headers=headers).json() == {"status": "stored"}
        assert not relay_process.ready()

    relay_process.wait_until(relay_process.ready)
    assert httpx.get(f"{relay_process.url}/livez", timeout=PATIENCE, trust_env=False).status_code == 200
    headers, body = relay_process.request()
    answer = httpx.post(
        relay_process.hook(), content=body, headers=headers, timeout=PATIENCE, trust_env=False
    )
    assert answer.json() == {"status": "stored"}
    assert len(relay_process.events()) == 2
