"""Where a secret that a provider hands out is put: a file that only its owner can read, never half written.

An existing secret is never lost: the one that is replaced stays beside the new one as ``NAME.old``.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from relay.credentials import read_secret_file, resolve
from relay.errors import ConfigError
from relay.source import Secret

PRIVATE = 0o600
"""Its owner reads and writes; nobody else does anything."""

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class SecretPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a source keeps its secrets. ``references`` are as configured, oldest first.

    Relative paths count from ``folder``, which holds the configuration.
    """

    source: str
    references: tuple[str, ...]
    folder: Path

    @property
    def key(self) -> str:
        """Return the setting's name, for sentences."""
        return f"sources.{self.source}.secret"

    @property
    def newest(self) -> str:
        """Return the reference of the newest secret."""
        return self.references[-1]

    @property
    def direct(self) -> bool:
        """Say whether the configured place itself can be written."""
        return self.newest.startswith("file:")

    @property
    def path(self) -> Path:
        """Return the file to write: the configured one, or one beside the configuration."""
        if not self.direct:
            return self.folder / f"{self.source}.new-secret"
        path = self.folder / Path(self.newest.removeprefix("file:")).expanduser()
        # What a link leads to is replaced, not the link.
        return Path(os.path.realpath(path))

    @property
    def old(self) -> Path:
        """Return where the secret is kept that was replaced."""
        return self.path.with_name(f"{self.path.name}.old")


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a secret: where it is, and where the one before it is, if there was one."""

    path: Path
    old: Path | None = None
    unchanged: bool = False


def place_for(source: str, references: Sequence[str], folder: Path) -> SecretPlace:
    """Return the place of a source's secrets.

    Raises:
        ConfigError: the source does not say where its secret is kept.
    """
    place = SecretPlace(source=source, references=tuple(references), folder=folder)
    if not references:
        hint = f'Write for example: secret = "file:{source}.secret"'
        raise ConfigError(place.key, "does not say where the secret shall be kept.", hint=hint)
    return place


def readable(place: SecretPlace, environ: Mapping[str, str]) -> Secret | None:
    """Return the newest secret, or None if there is none that can be seen from here.

    A variable or a credential may be set for the relay's service only; then it isn't seen.

    Raises:
        ConfigError: there is one, but it may not be used: readable by others, empty, not text.
    """
    if place.direct:
        reference = f"file:{place.path}"
        if not place.path.exists():
            return None
    else:
        reference = place.newest
        way, _, name = reference.partition(":")
        folder = environ.get("CREDENTIALS_DIRECTORY", "")
        seen = name in environ if way == "env" else bool(folder) and (Path(folder) / name).exists()
        if way in {"env", "credential"} and not seen:
            return None
    try:
        return resolve(reference, environ, place.folder, read_secret_file)
    except ValueError as error:
        raise ConfigError(place.key, str(error)) from None


def pending(place: SecretPlace) -> Secret | None:
    """Return the secret that an earlier run left beside the configuration, if any.

    Raises:
        ConfigError: others could read it.
    """
    return _content(place.path, place.key) if place.path.exists() else None


def check_room(place: SecretPlace, *, replace: bool, drop_old: bool) -> None:
    """Find out whether a secret could be stored, before a provider makes one that it shows only once.

    Raises:
        ConfigError: another secret is in the way, or the folder can't be written.
    """
    path = place.path
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise ConfigError(place.key, f"the folder {path.parent} does not exist or can't be written.")
    if not path.exists():
        return
    _content(path, place.key)
    if not replace:
        hint = "To put the new one there and keep the old one beside it: --replace"
        raise ConfigError(place.key, f"{path} holds a secret already.", hint=hint)
    if place.old.exists() and not drop_old:
        problem = f"{place.old} is there from the last time."
        hint = "If nothing is signed with it any more, delete it, or add --replace."
        raise ConfigError(place.key, problem, hint=hint)


def store(place: SecretPlace, secret: Secret, *, replace: bool, drop_old: bool) -> Stored:
    """Put a secret into its place, whole or not at all, and keep the one that was there.

    Raises:
        ConfigError: another secret is in the way, or the disk refuses; nothing was changed then.
    """
    path = place.path
    before = pending(place)
    if before is not None and before.reveal() == secret.reveal():
        return Stored(path=path, unchanged=True)
    check_room(place, replace=replace, drop_old=drop_old)
    try:
        if before is None:
            _write(path, secret, exclusive=True)
            return Stored(path=path)
        owner = path.stat()
        _write(place.old, before, owner=owner)
        _write(path, secret, owner=owner)
    except FileExistsError:
        raise ConfigError(place.key, f"{path} was made by somebody else meanwhile.") from None
    except OSError as error:
        raise ConfigError(place.key, f"{path} can't be written: {error.strerror or error}.") from None
    return Stored(path=path, old=place.old)


def _content(path: Path, key: str) -> Secret:
    try:
        return Secret(read_secret_file(path, True).decode().rstrip("\r\n"), f"file:{path}")
    except UnicodeDecodeError:
        raise ConfigError(key, f"{path} is not UTF-8 text.") from None
    except ValueError as error:
        raise ConfigError(key, str(error)) from None
    except OSError as error:
        raise ConfigError(key, f"{path} can't be read: {error.strerror or error}.") from None


def _write(
    path: Path, secret: Secret, *, exclusive: bool = False, owner: os.stat_result | None = None
) -> None:
    """Write a file beside ``path``, put it on disk, and give it the name; ``exclusive`` never replaces."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, _NEW_FILE, PRIVATE)
    try:
        with os.fdopen(handle, "wb") as file:
            if owner is not None and hasattr(os, "fchown") and os.geteuid() == 0:
                # Root mends what the relay's user has to read.
                os.fchown(handle, owner.st_uid, owner.st_gid)
            file.write(f"{secret.reveal()}\n".encode())
            file.flush()
            os.fsync(handle)
        if exclusive:
            os.link(draft, path)
        else:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Put the name itself on disk, where the system knows that (not on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
