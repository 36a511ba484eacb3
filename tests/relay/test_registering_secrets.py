"""Secrets that providers hand out are stored whole, privately, and never over another one."""

import os
import stat
from pathlib import Path

import pytest

from relay import secretplace
from relay.config import load
from relay.errors import ConfigError
from relay.secretplace import SecretPlace, Stored, check_room, pending, place_for, readable, store
from relay.source import Secret

posix = pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX's")


def place(folder: Path, *references: str) -> SecretPlace:
    return place_for("desk", references or ("file:desk.secret",), folder)


def put(folder: Path, value: str, *, replace: bool = False, drop_old: bool = False) -> Stored:
    return store(place(folder), Secret(value), replace=replace, drop_old=drop_old)


def content(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_a_secret_is_written_as_the_relay_reads_it(tmp_path: Path) -> None:
    """What is stored is what the configuration resolves to."""
    put(tmp_path, "whsec_new")
    config = tmp_path / "relay.toml"
    config.write_text('[sources.desk]\nprovider = "stripe"\nsecret = "file:desk.secret"\n')
    (secret,) = load(config, {}).sources["desk"].secrets
    assert secret.reveal() == "whsec_new"


@posix
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_it(tmp_path: Path, mask: int) -> None:
    """The file is private from its first moment on, whatever the shell's umask is."""
    before = os.umask(mask)
    try:
        put(tmp_path, "one")
        put(tmp_path, "two", replace=True)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_the_same_secret_again_changes_nothing(tmp_path: Path) -> None:
    """Storing what is there already is no replacement."""
    put(tmp_path, "one")
    assert put(tmp_path, "one").unchanged
    assert content(tmp_path) == {"desk.secret": "one\n"}


def test_another_secret_is_not_overwritten(tmp_path: Path) -> None:
    """Without ``--replace`` the secret that is there wins."""
    put(tmp_path, "one")
    with pytest.raises(ConfigError, match="holds a secret already"):
        put(tmp_path, "two")
    assert content(tmp_path) == {"desk.secret": "one\n"}


def test_a_replaced_secret_is_kept(tmp_path: Path) -> None:
    """The old secret stays beside the new one; a third needs that the first is given up."""
    put(tmp_path, "one")
    assert put(tmp_path, "two", replace=True).old == tmp_path / "desk.secret.old"
    with pytest.raises(ConfigError, match="is there from the last time"):
        put(tmp_path, "three", replace=True)
    assert content(tmp_path) == {"desk.secret": "two\n", "desk.secret.old": "one\n"}
    put(tmp_path, "three", replace=True, drop_old=True)
    assert content(tmp_path) == {"desk.secret": "three\n", "desk.secret.old": "two\n"}


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands at once: the second one loses, and the first one's secret stays."""
    plain = secretplace.check_room

    def late(where: SecretPlace, *, replace: bool, drop_old: bool) -> None:
        plain(where, replace=replace, drop_old=drop_old)
        where.path.write_text("theirs\n")

    monkeypatch.setattr(secretplace, "check_room", late)
    with pytest.raises(ConfigError, match="made by somebody else meanwhile"):
        put(tmp_path, "ours")
    assert content(tmp_path) == {"desk.secret": "theirs\n"}


def test_a_failure_in_the_middle_leaves_the_old_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk neither tears the file nor leaves drafts with secrets about."""
    put(tmp_path, "one")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match=r"can't be written: No space left on device\."):
        put(tmp_path, "two", replace=True)
    assert content(tmp_path) == {"desk.secret": "one\n"}


@posix
def test_what_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    """A link stays a link, and its target is written."""
    (tmp_path / "real").mkdir()
    (tmp_path / "desk.secret").symlink_to(tmp_path / "real" / "key")
    put(tmp_path, "one")
    assert (tmp_path / "desk.secret").is_symlink()
    assert (tmp_path / "real" / "key").read_text() == "one\n"


@posix
def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A secret that was open to others is told, and neither used nor moved about."""
    file = tmp_path / "desk.secret"
    file.write_text("open")
    file.chmod(0o644)
    for act in (
        lambda: pending(place(tmp_path)),
        lambda: readable(place(tmp_path), {}),
        lambda: check_room(place(tmp_path), replace=True, drop_old=True),
        lambda: put(tmp_path, "two", replace=True),
    ):
        with pytest.raises(ConfigError, match="chmod 600"):
            act()


@pytest.mark.parametrize("name", ["nowhere/desk.secret", "desk.secret/key"])
def test_a_folder_that_is_none_is_found_before_the_provider_is_asked(tmp_path: Path, name: str) -> None:
    """A place that can't be written stops the run first."""
    (tmp_path / "desk.secret").write_text("x")
    with pytest.raises(ConfigError, match="can't be written"):
        check_room(place(tmp_path, f"file:{name}"), replace=True, drop_old=False)


@pytest.mark.parametrize("content_bytes", [b"\xff\xfe\x00", b"x" * 70_000])
def test_a_file_that_is_no_secret_is_not_replaced(tmp_path: Path, content_bytes: bytes) -> None:
    """A path that was mistyped and leads to something else does no harm there."""
    file = tmp_path / "desk.secret"
    file.write_bytes(content_bytes)
    file.chmod(0o600)
    with pytest.raises(ConfigError):
        put(tmp_path, "two", replace=True)
    assert file.read_bytes() == content_bytes


def test_a_folder_in_the_secrets_place_is_not_touched(tmp_path: Path) -> None:
    """A folder of that name is a sentence."""
    (tmp_path / "desk.secret").mkdir()
    with pytest.raises(ConfigError, match="not a regular file"):
        put(tmp_path, "two", replace=True)


def test_secrets_that_cannot_be_seen_from_here_are_none(tmp_path: Path) -> None:
    """A variable or credential of the service is not seen by an administrator's shell."""
    assert readable(place(tmp_path), {}) is None
    assert readable(place(tmp_path, "env:KEY"), {}) is None
    assert readable(place(tmp_path, "credential:key"), {}) is None
    assert readable(place(tmp_path, "credential:key"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) is None
    assert readable(place(tmp_path, "env:KEY"), {"KEY": "x"}) == Secret("x")


@pytest.mark.parametrize("reference", ["env:KEY", "literal-secret", "credential:../x"])
def test_an_unusable_secret_is_told_without_its_text(tmp_path: Path, reference: str) -> None:
    """An empty variable or a literal in the configuration is a sentence that doesn't repeat the literal."""
    environ = {"KEY": " ", "CREDENTIALS_DIRECTORY": str(tmp_path / "sub")}
    (tmp_path / "sub").mkdir()
    (tmp_path / "x").write_text("y")
    with pytest.raises(ConfigError) as told:
        readable(place(tmp_path, reference), environ)
    assert "literal-secret" not in str(told.value)


def test_the_newest_of_several_is_the_place(tmp_path: Path) -> None:
    """With a list, the last file is the one that is written."""
    where = place(tmp_path, "file:desk.secret.old", "file:desk.secret")
    assert where.path == tmp_path / "desk.secret"
    assert where.old == tmp_path / "desk.secret.old"
