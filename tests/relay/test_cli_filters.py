"""The commands about filters, as somebody types them beside a relay that isn't running."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.relay.cli_journal import MIRA, pair, publish, with_journal

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Return a function that runs ``deskbell-relay`` in a folder with one agent: status, output, errors."""
    (tmp_path / "relay.toml").write_text('[journal]\npath = "journal.db"\n')
    with_journal(tmp_path, pair)
    return run


def test_a_filter_is_set_shown_locked_and_removed(run: Run) -> None:
    """A rule takes the place of the one about the same; each change is a revision."""
    assert run("filters", "set", "team:billing", "payment-*", "toast")[1] == "Stored as revision 1.\n"
    run("filters", "set", "team:billing", "payment-*", "inbox", "--for", "2h")
    status, output, _ = run("filters", "show")
    assert output.count("payment-*") == 1
    assert "inbox" in output
    run("filters", "lock", "organisation", "deskbell.*", "toast", "--why", "Everybody reads these.")
    assert "Everybody reads these." in run("filters", "show")[1]
    status, _, errors = run("filters", "set", "team:billing", "deskbell.*", "off")
    assert status == 2
    assert "Everybody reads these." in errors
    assert run("filters", "unset", "organisation", "deskbell.*")[0] == 0
    assert run("filters", "set", "team:billing", "deskbell.*", "off")[0] == 0
    assert run("filters", "unset", "organisation", "deskbell.*")[0] == 2


@pytest.mark.parametrize(
    "layer",
    ["nonsense", "team:nothing", "product", "agent:", "team:", "agent:nobody@example.com", "organisation:x"],
)
def test_a_layer_that_is_none_is_refused(run: Run, layer: str) -> None:
    """With what it could be."""
    for command in ("set", "preview"):
        status, _, errors = run("filters", command, layer, "x", "off")
        assert status == 2
        assert f"{layer!r} is none: organisation, team:NAME or agent:ADDRESS." in errors


def test_filters_are_explained_for_an_agent(run: Run) -> None:
    """Each playbook and relation with the sentence that decided."""
    run("filters", "set", f"agent:{MIRA}", "*", "off")
    output = run("filters", "show", "--agent", MIRA)[1]
    assert "Mira says: * is off." in output
    assert run("filters", "show", "--agent", "nobody@example.com")[0] == 2


def test_a_filter_is_tried_on_the_past(run: Run, tmp_path: Path) -> None:
    """Nothing is stored by asking."""
    with_journal(tmp_path, publish)
    output = run("filters", "preview", "team:billing", "payment-*", "off", "--days", "1")[1]
    assert output == "It would have hidden 1 of 1 for Billing.\n"
    assert run("filters", "show")[1].startswith("Revision 0.")


def test_what_a_lock_forbids_is_not_tried_either(run: Run) -> None:
    """A preview says what would come; what can't be stored has nothing to come."""
    run("filters", "lock", "organisation", "payment-*", "toast", "--why", "Everybody calls back.")
    status, output, errors = run("filters", "preview", f"agent:{MIRA}", "payment-failed", "off")
    assert (status, output) == (2, "")
    assert "Everybody calls back." in errors


def test_setting_a_locked_rule_keeps_the_lock(run: Run) -> None:
    """It is refused with what to do: lock it otherwise, or take the lock away first."""
    run("filters", "lock", "organisation", "payment-*", "toast", "--why", "Everybody calls back.")
    for command in ("set", "preview"):
        status, _, errors = run("filters", command, "organisation", "payment-*", "inbox")
        assert status == 2
        assert "Everybody calls back." in errors
        assert "filters lock" in errors
        assert "filters unset" in errors
    assert run("filters", "show")[1].startswith("Revision 1.")
    assert run("filters", "set", "organisation", "payment-*", "inbox", "--relation", "team")[0] == 0
    assert run("filters", "lock", "organisation", "payment-*", "inbox", "--why", "Quiet.")[0] == 0


def test_a_budget_is_set_and_taken_away(run: Run) -> None:
    """So many toasts an hour, or what the layers above say; the rules stay."""
    run("filters", "set", "team:billing", "payment-*", "toast")
    assert run("filters", "budget", "team:billing", "20")[1] == "Stored as revision 2.\n"
    assert "team:billing: at most 20 toasts an hour for each agent." in run("filters", "show")[1]
    assert "payment-*" in run("filters", "show")[1]
    assert run("filters", "budget", "team:billing")[0] == 0
    assert "toasts an hour" not in run("filters", "show")[1]
    assert run("filters", "budget", "team:billing", "10001")[0] == 2
    assert run("filters", "budget", "team:nothing", "5")[0] == 2


def test_a_user_without_a_name_is_a_number(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the user may be nobody that the system knows."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 1_234_567)
    assert run("filters", "lock", "organisation", "payment-*", "toast", "--why", "Agreed.")[0] == 0
    assert "user 1234567" in run("filters", "show")[1]
