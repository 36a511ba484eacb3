"""Looking at playbooks from the command line before anybody sees what they say."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from relay.event import Event
from relay.journal.sqlite import SqliteJournal

Run = Callable[..., tuple[int, str, str]]

PAID = """title = "Failed: {{ data.data.object.customer_name }}"
[when]
types = ["invoice.payment_failed"]
[[scripts]]
name = "Call"
text = "Hello {{ data.data.object.customer_name | first_name }}"
"""


@pytest.fixture
def run(run: Run) -> Run:
    """Return a function that runs ``deskbell-relay playbooks`` in an empty folder: status, output, errors."""
    return partial(run, "playbooks")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one playbook, beside no configuration at all."""
    place = tmp_path / "books"
    place.mkdir()
    (place / "paid.toml").write_text(PAID)
    return place


def test_check_needs_no_configuration(run: Run, folder: Path) -> None:
    """Whoever writes playbooks need not run the relay."""
    status, output, _ = run("check", str(folder))

    assert (status, output.strip()) == (0, f"All right: 1 playbook in {folder}")


def test_check_tells_everything_at_once_with_its_line(run: Run, folder: Path) -> None:
    """All files and all mistakes are told in one go, as editors understand them: file:line."""
    (folder / "paid.toml").write_text(PAID.replace("first_name", "frist_name") + "texts = 1\n")
    (folder / "other.toml").write_text(
        'title = "x"\n[when]\ntypes = ["a"]\ncondition = "1 +"\n[audience]\nteam = ["b"]\n'
    )
    status, output, _ = run("check", str(folder))

    assert status == 1
    assert (
        f"{folder}/paid.toml:7: scripts.0.texts: unknown key 'texts' in scripts.0; did you mean 'text'?"
        in output
    )
    assert (
        f"{folder}/other.toml:6: audience.team: unknown key 'team' in audience; did you mean 'teams'?"
        in output
    )


def test_check_names_a_file_that_is_no_text(run: Run, folder: Path) -> None:
    """A file in another encoding is told with its line, and hides no other mistake."""
    (folder / "latin.toml").write_bytes('about = "Müller"'.encode("latin-1"))
    (folder / "paid.toml").write_text(PAID + "texts = 1\n")

    status, output, _ = run("check", str(folder))

    assert status == 1
    assert f"{folder}/latin.toml:1: this line is no text in UTF-8" in output
    assert f"{folder}/paid.toml:7: scripts.0.texts: unknown key" in output


def test_check_of_a_file_says_what_is_wanted(run: Run, folder: Path) -> None:
    """It looks at folders; whoever names a file, or a folder that doesn't exist, is told so."""
    assert "this is a file; name the folder that it is in" in run("check", str(folder / "paid.toml"))[2]
    assert "there is no such folder" in run("check", str(folder / "gone"))[2]


def test_check_finds_what_is_wrong_in_templates(run: Run, folder: Path) -> None:
    """A filter that does not exist and an expression that does not parse are found without an event."""
    (folder / "paid.toml").write_text(PAID.replace("first_name", "frist_name"))
    (folder / "other.toml").write_text('title = "x"\n[when]\ntypes = ["a"]\ncondition = "1 +"\n')
    status, output, _ = run("check", str(folder))

    assert status == 1
    assert (
        f"{folder}/paid.toml:6: scripts.0.text: filter frist_name is unknown; did you mean first_name?"
        in output
    )
    assert f"{folder}/other.toml:4: when.condition: " in output


def test_check_holds_the_configured_link_hosts(run: Run, folder: Path, tmp_path: Path) -> None:
    """A link to anywhere else is found before an agent could press it."""
    (tmp_path / "relay.toml").write_text(
        f'[playbooks]\nfolder = "{folder}"\nlink_hosts = ["*.corp.example"]\n'
    )
    (folder / "paid.toml").write_text(PAID + '[[links]]\nlabel = "a"\nurl = "https://evil.example/"\n')
    status, output, _ = run("check")

    assert status == 1
    assert "paid.toml:9: links.0.url: evil.example is not one of the hosts in link_hosts" in output


def test_test_shows_what_an_agent_would_see(run: Run, folder: Path) -> None:
    """Title, script and audience stand there as the agent gets them."""
    status, output, _ = run("test", str(folder))

    assert status == 0
    assert "paid: the sample stripe payment_failed" in output
    assert "Normal   Failed: Maya Lindqvist" in output
    assert "Hello Maya" in output
    assert "For      everyone; the first claim wins" in output
    assert "1 of 1 playbooks tried, 0 samples wrong" in output


def test_test_fails_if_a_word_is_missing(run: Run, folder: Path) -> None:
    """A placeholder that would stay in a script is found before an agent finds it."""
    (folder / "paid.toml").write_text(PAID.replace("customer_name | first_name", "nickname"))
    status, output, _ = run("test", "--quiet", str(folder))

    assert status == 1
    assert "MISSING  data.data.object.nickname" in output


def test_test_tells_of_two_playbooks_about_one_case(run: Run, folder: Path) -> None:
    """A new playbook that would be replaced at once is found before somebody looks for it in vain."""
    case = 'collapse = "stripe/invoice/{{ data.data.object.id }}"\n'
    (folder / "paid.toml").write_text(case + PAID)
    (folder / "late.toml").write_text(case + PAID)
    status, output, _ = run("test", "--quiet", str(folder))

    assert "late and paid: the sample stripe payment_failed: both name the same case" in output
    assert status == 0
    (folder / "late.toml").write_text(case.replace("invoice", "late") + PAID)
    assert "same case" not in run("test", str(folder))[1]


def test_test_names_playbooks_without_a_sample(run: Run, folder: Path) -> None:
    """What was not tried is not called right."""
    (folder / "other.toml").write_text('title = "x"\n[when]\ntypes = ["nothing.of.this"]\n')
    _, output, _ = run("test", "--quiet", str(folder))

    assert "other: there is no sample that it wants" in output
    assert run("test", str(folder), "--only", "nobody")[0] == 2


def test_the_library_passes_its_own_test(run: Run) -> None:
    """What is shipped can be said aloud."""
    status, output, _ = run("test", "--quiet", str(Path(__file__).parents[2] / "resources/playbooks"))

    assert status == 0, output


def test_preview_shows_a_stored_event(run: Run, folder: Path, tmp_path: Path) -> None:
    """An event that has come in is shown by the present playbooks and by a candidate."""
    (tmp_path / "relay.toml").write_text(f'[journal]\npath = "j.db"\n[playbooks]\nfolder = "{folder}"\n')
    asyncio.run(_stored(tmp_path / "j.db"))
    candidate = tmp_path / "candidate.toml"
    candidate.write_text(PAID.replace("Failed:", "Please call"))

    assert "Normal   Failed: Zoë Ó Briain" in run("preview", "--event", "1")[1]
    status, output, _ = run("preview", "--event", "1", "--playbook", str(candidate))
    assert (status, "Please call Zoë Ó Briain" in output) == (0, True)


def test_preview_of_what_is_not_there_says_so(run: Run, folder: Path, tmp_path: Path) -> None:
    """A wrong number or file is a sentence and no traceback."""
    (tmp_path / "relay.toml").write_text(f'[journal]\npath = "j.db"\n[playbooks]\nfolder = "{folder}"\n')
    status, _, errors = run("preview", "--event", "7")
    assert (status, "there is no event 7" in errors) == (2, True)
    status, _, errors = run("preview", "--event", "7", "--playbook", "none.toml")
    assert (status, "cannot be read" in errors) == (2, True)


async def _stored(path: Path) -> None:
    """Put one event into a journal."""
    journal = await SqliteJournal.open(path)
    body = '{"data": {"object": {"customer_name": "Zoë Ó Briain"}}}'.encode()
    kind = "invoice.payment_failed"
    await journal.append(Event(source="s", provider="stripe", id="1", type=kind, time=1.0, data=body))
    await journal.close()


def test_check_looks_at_actions_where_they_are_configured(run: Run, folder: Path, tmp_path: Path) -> None:
    """A host that the relay's settings don't let be called would stop its start: check says so before."""
    action = '[[actions]]\nname = "mail"\nlabel = "Mail"\nurl = "https://mail.example.com/"\n'
    (folder / "paid.toml").write_text(PAID + action)
    config = tmp_path / "relay.toml"
    config.write_text('[actions]\nhosts = ["crm.example.com"]\n')

    status, output, _ = run("check", str(folder), "--config", str(config))

    assert status == 1
    assert "paid.toml: actions.0.url: mail.example.com is not one of the hosts" in output
    config.write_text('[actions]\nhosts = ["mail.example.com"]\n')
    assert run("check", str(folder), "--config", str(config))[0] == 0


def test_check_names_teams_to_which_nobody_belongs(run: Run, folder: Path, tmp_path: Path) -> None:
    """A misspelt team is named with the nearest right one, as a warning: somebody may join it tomorrow."""
    (tmp_path / "people.toml").write_text(
        '[teams.billing]\n[teams.ghosts]\n[agents."mira@example.com"]\nteams = ["billing"]\n'
    )
    (tmp_path / "relay.toml").write_text(
        f'[journal]\npath = "{tmp_path}/j.db"\n[people]\nfile = "{tmp_path}/people.toml"\n'
    )
    (folder / "paid.toml").write_text(
        f'{PAID}[audience]\nteams = ["Biling", "Billing"]\n[[audience.fallback]]\nteams = ["Ghosts"]\n'
        '[[escalation]]\nafter = "1m"\nagents = ["mirra@example.com"]\n'
    )
    status, output, _ = run("check", str(folder), "--config", str(tmp_path / "relay.toml"))

    where = f"{folder}/paid.toml"
    assert status == 0
    assert output.splitlines() == [
        f"{where}: audience.teams: warning: nobody belongs to 'Biling'; 'billing'?",
        f"{where}: audience.fallback.0.teams: warning: nobody belongs to 'Ghosts'",
        f"{where}: escalation.0.agents: warning: nobody belongs to 'mirra@example.com'; 'mira@example.com'?",
        f"All right: 1 playbook in {folder}",
    ]
    assert not (tmp_path / "j.db").exists()
