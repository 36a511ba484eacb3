"""Two network namespaces, one for the relay and one for the desktop, and the cable between them.

Needs root and ``ip`` (Debian: iproute2). The cable can be pulled, which the desktop's system is told
of, or go dead without a word: then each end sends to a machine that isn't there.
"""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.desktop.middlemen import HOST

NET = Path("/etc/netns")
"""What ``ip netns exec`` puts in the place of files in /etc, by namespace."""


class Cable:
    """The namespaces, from :meth:`lay` to :meth:`clear`; ``name`` is unlike any other on this machine."""

    def __init__(self, name: str) -> None:
        self.far, self.near = f"{name}-relay", f"{name}-desk"
        """The names of the relay's namespace and of the desktop's."""
        self._far_end, self._near_end = f"{name}r", f"{name}d"
        self.far_address, self.near_address = "10.213.7.1", "10.213.7.2"

    def lay(self) -> None:
        """Make both, connect them, and let the desktop know the relay by name."""
        for namespace in (self.far, self.near):
            ip("netns", "add", namespace)
            ip("-n", namespace, "link", "set", "lo", "up")
        peer = ("type", "veth", "peer", "name", self._near_end, "netns", self.near)
        ip("link", "add", self._far_end, "netns", self.far, *peer)
        ip("-n", self.far, "addr", "add", f"{self.far_address}/30", "dev", self._far_end)
        ip("-n", self.far, "link", "set", self._far_end, "up")
        hosts = NET / self.near / "hosts"
        hosts.parent.mkdir(parents=True)
        hosts.write_text(f"127.0.0.1 localhost\n{self.far_address} {HOST}\n")
        ip("-n", self.near, "addr", "add", f"{self.near_address}/30", "dev", self._near_end)
        self.plug_in()

    def plug_in(self) -> None:
        """Put the cable in, and let the desktop's way to everywhere lead over it."""
        ip("-n", self.near, "link", "set", self._near_end, "up")
        ip("-n", self.near, "route", "replace", "default", "via", self.far_address)

    def pull(self) -> None:
        """Pull the cable: the desktop's system sees that it has no way out any more."""
        ip("-n", self.near, "link", "set", self._near_end, "down")

    def deaden(self) -> None:
        """Let nothing through in either direction, and tell nobody."""
        nowhere = ("lladdr", "02:00:00:00:00:99", "nud", "permanent")
        ip("-n", self.near, "neigh", "replace", self.far_address, *nowhere, "dev", self._near_end)
        ip("-n", self.far, "neigh", "replace", self.near_address, *nowhere, "dev", self._far_end)

    def revive(self) -> None:
        """Let everything through again."""
        ip("-n", self.near, "neigh", "del", self.far_address, "dev", self._near_end)
        ip("-n", self.far, "neigh", "del", self.near_address, "dev", self._far_end)

    def clear(self) -> None:
        """Take all of it away; also what is there of it after a failure."""
        for namespace in (self.far, self.near):
            with suppress(subprocess.CalledProcessError):
                ip("netns", "del", namespace)
        shutil.rmtree(NET / self.near, ignore_errors=True)
        with suppress(OSError):
            NET.rmdir()


def ip(*words: str) -> None:
    """Run ``ip``.

    Raises:
        subprocess.CalledProcessError: it didn't do it.
    """
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)


def inside(namespace: str, *command: str) -> list[str]:
    """Return the command that runs another inside of a namespace; both are one process."""
    return ["ip", "netns", "exec", namespace, *command]
