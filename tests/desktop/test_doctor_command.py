"""``deskbell doctor``: the window's answers in a terminal, by the same settings, with and without a screen."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.doctor import CHECKS
from tests.desktop.far_end import FarEnd
from tests.desktop.middlemen import HOST, Authority, HttpProxy

ROOT = Path(__file__).parents[2]
Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[FarEnd]:
    """A relay called ``relay.test``, over TLS, which wants a sign-in; ``company.pem`` is its authority."""
    authority = Authority(tmp_path, "company")
    relay = FarEnd()
    relay.tls, _ = authority.issue()
    relay.refusal = (401, {}, b"")
    relay.start()
    yield relay
    relay.finish()


def run(home: Path, *arguments: str, screen: bool = False, **variables: str) -> Ended:
    """Run the command with a profile of its own, without a keyring and a bus."""
    leave_out = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environ = {name: value for name, value in os.environ.items() if name not in leave_out}
    environ |= {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "DBUS_SESSION_BUS_ADDRESS": "unix:",
        **variables,
    }
    if screen:
        environ["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, "-m", "desktop", "doctor", "--profile", str(home), *arguments]
    return subprocess.run(
        command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def found(ended: Ended) -> dict[str, Any]:
    """Return the findings of ``--json`` by their names."""
    return {each["check"]: each for each in json.loads(ended.stdout)["findings"]}


@pytest.mark.parametrize("screen", [True, False])
def test_the_command_works_with_and_without_a_screen(tmp_path: Path, screen: bool) -> None:
    """It prints a line for each check, saves a report, and its status says how it went."""
    file = tmp_path / "report.txt"
    ended = run(tmp_path / "home", "--relay", "http://127.0.0.1:9", "--save", str(file), screen=screen)
    assert ended.returncode == 1, ended.stderr
    assert all(name in ended.stdout for name in CHECKS.values())
    assert "nothing listens there" in ended.stdout
    assert ("graphical session" in ended.stdout) is not screen
    assert "Deskbell diagnostics" in file.read_text(encoding="utf-8")
    assert not (tmp_path / "home").exists()


def test_a_screen_that_does_not_answer_is_no_end(tmp_path: Path) -> None:
    """With a DISPLAY that cannot be reached it looks at everything else, and says which screen it was."""
    ended = run(tmp_path / "home", "--relay", "http://127.0.0.1:9", DISPLAY=":9876")
    assert ended.returncode == 1, ended.stderr
    assert "nothing listens there" in ended.stdout
    assert "not checked: The X server DISPLAY=:9876 cannot be reached" in ended.stderr


def test_it_goes_the_way_that_the_app_goes(relay: FarEnd, tmp_path: Path) -> None:
    """Proxy and authorities of the preferences count, and the account says which relay."""
    home, proxy = tmp_path / "home", HttpProxy()
    home.mkdir()
    account = {"relay": f"https://{HOST}:{relay.port}", "device": "d", "agent": "mira", "teams": []}
    (home / "account.json").write_text(json.dumps(account), encoding="utf-8")
    own = {"proxy_mode": "fixed", "proxy_url": proxy.url, "ca_file": str(tmp_path / "company.pem")}
    (home / "preferences.json").write_text(json.dumps(own), encoding="utf-8")
    told = found(run(home, "--json"))
    assert f"{proxy.url} (set for Deskbell)" in told["route"]["sentence"]
    assert "issued by company Root" in told["certificate"]["sentence"]
    assert (told["relay"]["mark"], told["relay"]["sentence"]) == ("good", "The relay answers.")
    assert f"{HOST}:{relay.port}" in proxy.asked
    assert {told[name]["mark"] for name in ("tray", "screens")} == {"not checked"}
    proxy.close()


def test_before_pairing_it_looks_at_the_relay_that_it_has_set(tmp_path: Path) -> None:
    """A computer on which only the relay's address was rolled out is looked at by that address."""
    ended = run(tmp_path, "--json", DESKBELL_SERVER_URL="https://relay.invalid", DESKBELL_PROXY_MODE="none")
    told = found(ended)
    assert "relay.invalid is not known" in told["names"]["sentence"]
    assert "directly (set so for Deskbell)" in told["route"]["sentence"]
    assert ended.returncode == 1


def test_what_policy_says_wrongly_is_told(tmp_path: Path) -> None:
    """A setting that cannot be used is named on the error output, and the findings are still complete."""
    ended = run(tmp_path, "--json", DESKBELL_PROXY_URL="gopher://old")
    assert "ProxyUrl" in ended.stderr
    assert set(found(ended)) == set(CHECKS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--relay", "http://far.example"], "has to begin with https://"),
        (["--relay", "two words"], "must not contain spaces"),
        (["--save", "."], "Is a directory"),
        (["--save"], "expected one argument"),
        (["--colour"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments_end_with_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    """Each has a sentence, and a script can tell it from something that is wrong with the way."""
    ended = run(tmp_path, *arguments)
    assert (ended.returncode, sentence in ended.stderr) == (2, True), ended.stderr


def test_help_says_what_the_statuses_mean(tmp_path: Path) -> None:
    """``--help`` needs no screen and no relay, and lists what can be said."""
    ended = run(tmp_path, "--help")
    assert ended.returncode == 0
    assert all(each in ended.stdout for each in ("--json", "--save", "--relay", "Exit status: 0"))
