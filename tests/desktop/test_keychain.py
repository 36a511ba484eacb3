"""The token is in a keyring that protects it, or in memory; and nobody waits for ever."""

import logging
import threading
from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringError, KeyringLocked, NoKeyringError, PasswordDeleteError

from desktop.keychain import SERVICE, Keychain, NoKeyring, Outcome, system_keyring

RELAY = "https://relay.example"
TOKEN = "dbt_secret"


class MemoryKeyring(KeyringBackend):
    """A keyring in memory, as strict as a real one."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types here
        self.kept: dict[tuple[str, str], str] = {}
        self.threads: set[str] = set()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.threads.add(threading.current_thread().name)
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        self.threads.add(threading.current_thread().name)
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")


class BrokenKeyring(MemoryKeyring):
    """A keyring that fails with one error, and puts the secret into its text."""

    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self.error = error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error(f"could not store {password}")

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error("could not read")


class LockedKeyring(MemoryKeyring):
    """A keyring that asks its owner, who takes a while."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = threading.Event()
        self.done = threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.unlocked.wait(30)
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        super().delete_password(service, username)
        self.done.set()


@pytest.fixture
def memory() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def installed() -> Iterator[Callable[[KeyringBackend], None]]:
    """Make a backend the system's one, for the length of a test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_token_is_kept_found_and_forgotten(memory: MemoryKeyring) -> None:
    """What is stored for a relay is found for this relay only, until it is deleted."""
    keychain = Keychain(lambda: memory)
    assert keychain.load(RELAY) == Outcome(ok=True)
    assert keychain.store(RELAY, TOKEN).ok
    assert keychain.load(RELAY) == Outcome(ok=True, token=TOKEN)
    assert keychain.load("https://other.example") == Outcome(ok=True)
    assert keychain.delete(RELAY).ok
    assert keychain.load(RELAY) == Outcome(ok=True)
    assert keychain.delete(RELAY).ok


def test_people_can_find_the_entry(memory: MemoryKeyring) -> None:
    """In the keyring it stands under the app's name and the relay's address."""
    Keychain(lambda: memory).store(RELAY, TOKEN)
    assert memory.kept == {(SERVICE, RELAY): TOKEN}


def test_the_keyring_is_called_on_one_thread_of_its_own(memory: MemoryKeyring) -> None:
    """However often it is asked, the keyring sees one thread, which isn't the caller's."""
    keychain = Keychain(lambda: memory)
    for _ in range(5):
        keychain.store(RELAY, TOKEN)
        keychain.load(RELAY)
    assert memory.threads == {"keychain"}


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (NoKeyringError, "has no keyring"),
        (KeyringLocked, "is locked"),
        (KeyringError, "did not work"),
        (RuntimeError, "did not work"),
    ],
)
def test_a_failing_keyring_is_explained(
    error: type[Exception], word: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a backend raises becomes a sentence; its own text, which may hold the secret, is not logged."""
    caplog.set_level(logging.DEBUG)
    keychain = Keychain(lambda: BrokenKeyring(error))
    for outcome in (keychain.store(RELAY, TOKEN), keychain.load(RELAY), keychain.delete(RELAY)):
        assert not outcome.ok
        assert word in outcome.reason
        assert "until Deskbell is quit" in outcome.reason
    assert TOKEN not in caplog.text


def test_a_locked_keyring_blocks_nobody_for_long() -> None:
    """If the owner doesn't answer the prompt in time, the app goes on without the keyring."""
    locked = LockedKeyring()
    outcome = Keychain(lambda: locked, limit=0.05).store(RELAY, TOKEN)
    assert not outcome.ok
    assert "is locked" in outcome.reason
    locked.unlocked.set()


def test_a_late_answer_doesnt_overtake_a_newer_wish() -> None:
    """A store that waits for the prompt, then a deletion: in the end there is no token."""
    locked = LockedKeyring()
    keychain = Keychain(lambda: locked, limit=0.05)
    assert not keychain.store(RELAY, TOKEN).ok
    keychain._limit = 30.0
    threading.Timer(0.0, locked.unlocked.set).start()
    assert keychain.delete(RELAY).ok
    assert locked.done.is_set()
    assert locked.kept == {}


def test_a_call_that_nobody_waits_for_any_more_is_not_made() -> None:
    """What timed out while it was queued is dropped, not done minutes later."""
    locked = LockedKeyring()
    keychain = Keychain(lambda: locked, limit=0.05)
    keychain.store("https://a.example", TOKEN)
    assert not keychain.store("https://b.example", TOKEN).ok
    locked.unlocked.set()
    keychain._limit = 30.0
    assert keychain.load("https://b.example") == Outcome(ok=True)
    assert keychain.load("https://a.example").token == TOKEN


def test_a_keyring_is_looked_for_again(memory: MemoryKeyring) -> None:
    """If the first search found none, because the session was still starting, the next call searches again."""
    answers: list[KeyringBackend | None] = [None, memory]

    def choose() -> KeyringBackend:
        found = answers.pop(0)
        if found is None:
            raise NoKeyring("not yet")
        return found

    keychain = Keychain(choose)
    assert "has no keyring" in keychain.store(RELAY, TOKEN).reason
    assert keychain.store(RELAY, TOKEN).ok


@pytest.mark.parametrize("backend", [FailKeyring, NullKeyring, MemoryKeyring])
def test_a_keyring_that_protects_nothing_is_none(
    backend: type[KeyringBackend], installed: Callable[[KeyringBackend], None]
) -> None:
    """The null and the fail backend, and any that isn't the system's own, never see a token."""
    chosen = backend()
    installed(chosen)
    outcome = Keychain().store(RELAY, TOKEN)
    assert not outcome.ok
    assert "has no keyring" in outcome.reason
    assert not getattr(chosen, "kept", {})


def test_the_systems_keyring_is_taken(installed: Callable[[KeyringBackend], None]) -> None:
    """A backend of the system's own kind is used."""
    backend = type("Keyring", (MemoryKeyring,), {"__module__": "keyring.backends.SecretService"})()
    installed(backend)
    assert system_keyring() is backend


def test_secrets_are_not_printed() -> None:
    """The outcome's own text hides the token."""
    assert TOKEN not in repr(Outcome(ok=True, token=TOKEN))
