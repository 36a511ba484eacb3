"""One Deskbell per person, desktop session and profile; a second start shows the first one's window.

The first listens on a local socket that only its user may open. A second one asks there; if somebody
answers it is done. If nobody does, because the first has crashed or hangs, the second takes over. It
signs as the owner before it hangs up: one that only was slow reads that with the question, and goes.
"""

import ctypes
import hashlib
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

ASK_SECONDS = 10.0
"""How long the first may take to answer before it counts as hanging: starting may take that long."""
LAST_LOOK_MILLISECONDS = 1_000
"""Who has signed looks for so long whether the first one was just about to answer."""

_QUESTION = b"show\n"
_ANSWER = b"shown\n"

_log = logging.getLogger(__name__)


def instance_key(profile: Path, session: str, user: str) -> str:
    """Return a short name that is the same for the same person, desktop session and profile.

    Terminal servers run several sessions of one person, and several persons on one machine.
    """
    parts = (user, session, str(profile.resolve()))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


class Instance(QObject):
    """The right to be the only one.

    Signals:
        asked_to_show(): somebody started Deskbell again: show the window.
        replaced(): another has taken over, because this one took too long to answer: quit.
    """

    asked_to_show = Signal()
    replaced = Signal()

    def __init__(self, profile: Path, parent: QObject | None = None, *, limit: float = ASK_SECONDS) -> None:
        super().__init__(parent)
        self._name = _socket_name(instance_key(profile, _session(os.environ), _user()), os.environ)
        self._limit = round(limit * 1000)
        self._owner = profile / f"{Path(self._name).name}.owner"
        self._signature = f"{os.getpid()} {id(self)}"
        self._server: QLocalServer | None = None
        self._callers: list[QLocalSocket] = []

    def acquire(self) -> bool:
        """Become the first one; False if there is one already, which was then asked to show its window."""
        lock = QLockFile(_lock_path(self._name))
        locked = lock.tryLock(self._limit)  # two that start at the same moment go one after the other
        try:
            if self._ask():
                return False
            self._listen()
            return True
        finally:
            if locked:
                lock.unlock()

    def release(self) -> None:
        """Let the next one be the first. A second call does nothing."""
        server, self._server = self._server, None
        self._callers.clear()
        if server is None:
            return
        if self._is_replaced():
            _close_beside(server, Path(self._name))
        else:
            server.close()
            with suppress(OSError):
                self._owner.unlink(missing_ok=True)
        server.deleteLater()

    def _ask(self) -> bool:
        """Ask whoever listens to show the window; say whether somebody answered."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        try:
            if not socket.waitForConnected(self._limit):
                return False
            socket.write(_QUESTION)
            if not socket.waitForReadyRead(self._limit) and self._takes_over(socket):
                return False
            return bytes(socket.readAll().data()).startswith(_ANSWER.strip())
        finally:
            socket.abort()

    def _takes_over(self, socket: QLocalSocket) -> bool:
        """Sign as the owner; False if the first one has answered after all, before it could read that."""
        before = self._signed()
        self._sign()
        if not socket.waitForReadyRead(LAST_LOOK_MILLISECONDS):
            return True
        with suppress(OSError):
            self._owner.write_text(before, encoding="ascii")
        return False

    def _sign(self) -> None:
        """Say that it is this one now."""
        with suppress(OSError):  # in a home that cannot be written nobody is told
            self._owner.write_text(self._signature, encoding="ascii")

    def _is_replaced(self) -> bool:
        """Say whether another has signed since."""
        return self._signed() not in {"", self._signature}

    def _signed(self) -> str:
        """Return who has signed; empty if that cannot be read."""
        try:
            return self._owner.read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""

    def _listen(self) -> None:
        """Take the socket, also from one who left it behind."""
        self._sign()
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._welcome)
        QLocalServer.removeServer(self._name)
        if not server.listen(self._name):
            # Better two of us than none: the relay tells the older one that it was superseded.
            _log.warning("a second start will not be noticed: %s", server.errorString())
        self._server = server

    @Slot()
    def _welcome(self) -> None:
        """Take whoever has connected."""
        if self._is_replaced():
            _log.warning("another start has taken over, because this one did not answer in time")
            self.replaced.emit()
            return
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            self._callers.append(caller)
            # Methods, not closures over the caller: those keep it alive into its own destruction.
            caller.readyRead.connect(self._hear)
            caller.disconnected.connect(self._forget)
        self._hear()
        self._forget()

    @Slot()
    def _hear(self) -> None:
        """Answer the one question there is, and nothing else."""
        asked = False
        for caller in list(self._callers):
            if caller.bytesAvailable() < len(_QUESTION):
                continue
            if bytes(caller.readAll().data()) == _QUESTION:
                caller.write(_ANSWER)
                caller.flush()
                asked = True
            caller.disconnectFromServer()
        if asked:
            self.asked_to_show.emit()

    @Slot()
    def _forget(self) -> None:
        """Let go of who has left."""
        left = [
            each for each in self._callers if each.state() is QLocalSocket.LocalSocketState.UnconnectedState
        ]
        for caller in left:
            self._callers.remove(caller)
            caller.deleteLater()


def is_running(profile: Path) -> bool:
    """Say whether a Deskbell of this person, session and profile runs; it is not asked for anything."""
    socket = QLocalSocket()
    socket.connectToServer(_socket_name(instance_key(profile, _session(os.environ), _user()), os.environ))
    found = socket.waitForConnected(round(ASK_SECONDS * 1000))
    socket.abort()
    return found


def _close_beside(server: QLocalServer, place: Path) -> None:
    """Close a server whose socket's place is another's by now: Qt removes what it finds there."""
    aside = place.with_name(f"{place.name}.aside")
    with suppress(OSError):
        place.rename(aside)
    server.close()
    with suppress(OSError):
        aside.rename(place)


def _user() -> str:
    """Return what tells people on this machine apart."""
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "")
    else:  # noqa: RET505 - type checkers need the branch to know the platform
        return str(os.getuid())


def _session(environ: Mapping[str, str]) -> str:
    """Return what tells desktop sessions of one person apart."""
    if sys.platform == "win32":
        number = ctypes.c_ulong()
        ctypes.windll.kernel32.ProcessIdToSessionId(os.getpid(), ctypes.byref(number))
        return str(number.value)  # unlike SESSIONNAME the same after a reconnect
    else:  # noqa: RET505 - as above
        # Not XDG_SESSION_ID: autostart by systemd doesn't have it, and a launcher does.
        return environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY") or ""


def _socket_name(key: str, environ: Mapping[str, str]) -> str:
    """Return the socket's full path in the user's own folder, or a plain name where there is none."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    name = f"deskbell-{key}"
    return str(Path(runtime) / name) if runtime and Path(runtime).is_dir() else name


def _lock_path(name: str) -> str:
    """Return the file that serialises starts, beside the socket."""
    path = Path(name)
    return str(path if path.is_absolute() else Path(QDir.tempPath()) / name) + ".lock"
