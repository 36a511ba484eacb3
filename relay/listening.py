"""The door: the socket on which the relay listens."""

import socket

from relay.config import Config
from relay.errors import ConfigError


def listen(settings: Config) -> socket.socket:
    """Open the door.

    What is written to an accepted connection goes out at once (TCP_NODELAY, which accepted sockets
    inherit): uvloop sets that only for sockets that it has opened itself.

    Raises:
        ConfigError: the address or the port cannot be had.
    """
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        problem = f"cannot listen on {host} port {port}: {error.strerror or error}."
        raise ConfigError("server.port", problem, hint="Is another relay running?") from None
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door
