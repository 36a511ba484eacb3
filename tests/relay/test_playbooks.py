"""Reading playbooks: what a team lead may write, and what they are told when it is wrong."""

from pathlib import Path

import pytest

from relay.errors import PlaybookError, PlaybookErrors
from relay.playbookfiles import MAX_FILE
from relay.playbooks import MAX_LINKS, MAX_PLAYBOOKS, load, parse, texts
from relay.protocol import Priority
from relay.resources import resource

SMALL = 'title = "Hello"\n[when]\ntypes = ["a.*"]\n'


def test_a_small_playbook_is_for_everyone_at_normal_priority() -> None:
    """Title and types are enough; the rest has sensible defaults."""
    playbook = parse("hello", SMALL)

    assert playbook.name == "hello"
    assert playbook.priority is Priority.NORMAL
    assert playbook.audience.fixed_keys() == ("everyone",)


def test_the_audience_adds_up() -> None:
    """Teams and agents are addressed together, whatever their case."""
    playbook = parse("hello", SMALL + '[audience]\nteams = ["Billing"]\nagents = ["Mira@Example.com"]\n')

    assert playbook.audience.fixed_keys() == ("team:billing", "agent:mira@example.com")


@pytest.mark.parametrize(
    ("event_type", "provider", "source", "wanted"),
    [
        ("a.b", "stripe", "shop", True),
        ("a", "stripe", "shop", False),
        ("A.b", "stripe", "shop", False),
        ("a.b", "github", "shop", False),
        ("a.b", "stripe", "other", False),
    ],
)
def test_type_provider_and_source_have_to_match(
    event_type: str, provider: str, source: str, *, wanted: bool
) -> None:
    """A pattern is matched like a file name, case counts, and every condition has to hold."""
    playbook = parse("hello", SMALL + 'providers = ["stripe"]\nsources = ["shop"]\n')

    assert playbook.wants(event_type, provider, source) is wanted


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title = \n", "not TOML: .*line 1"),
        ('title = "x"', "when"),
        (SMALL.replace("types", "type"), "unknown key 'type' in when; did you mean 'types'"),
        ("titel = 'x'\n" + SMALL, "unknown key 'titel'; did you mean 'title'"),
        (
            'priority = "extreme"\n' + SMALL,
            ":1: priority: 'extreme' may not stand here; one of low, .*urgent",
        ),
        ('lease = "10x"\n' + SMALL, ":1: lease: expected a number and a unit, such as 30s"),
        (SMALL + "[[scripts]]\nname = 'x'\ntext = 'y'\nvalid_until = 'May'\n", "no day; write it as 2026"),
        (
            SMALL + "[[actions]]\nname = 'A B'\nlabel = 'x'\nurl = 'y'\n",
            "expected lower-case letters, digits",
        ),
        ('title = ""\n[when]\ntypes = ["a"]\n', "title"),
        ('title = "x"\n[when]\ntypes = []\n', "types"),
        (SMALL + "[audience]\nteams = []\n", "nobody is addressed"),
        (SMALL + '[[links]]\nlabel = "a"\nurl = "b"\n' * (MAX_LINKS + 1), "links"),
        (SMALL + "[[scripts]]\nname = 'x'\ntext = 5\n", "scripts"),
    ],
)
def test_a_wrong_playbook_is_refused_with_its_place(text: str, complaint: str) -> None:
    """Every refusal names the playbook, the key and what is wrong with it."""
    with pytest.raises(PlaybookError, match=complaint) as caught:
        parse("hello", text)
    assert caught.value.playbook == "hello"


def test_all_wrong_keys_and_values_are_told_at_once() -> None:
    """Whoever mends a file reads everything that is wrong with it, each with its line."""
    text = 'prority = "high"\nlease = "10x"\n' + SMALL + '[audience]\nteams = "billing"\nmode = "of"\n'
    with pytest.raises(PlaybookErrors) as caught:
        parse("hello", text)
    found = [(one.line, one.field) for one in caught.value.problems]
    assert found == [(1, "prority"), (2, "lease"), (7, "audience.teams"), (8, "audience.mode")]


def test_a_value_of_the_wrong_kind_is_not_missing_besides() -> None:
    """One mistake is told once."""
    with pytest.raises(PlaybookError) as caught:
        parse("hello", SMALL + "[[scripts]]\nname = 'x'\ntext = 5\n")
    assert str(caught.value).count("scripts.0.text") == 1


@pytest.mark.parametrize("name", ["", "Hello", "a b", "-a", "a" * 64, "ä"])
def test_a_playbook_s_name_is_plain(name: str) -> None:
    """A file name becomes part of ids and logs, so it is kept to plain characters."""
    with pytest.raises(PlaybookError, match="file name"):
        parse(name, SMALL)


def test_a_folder_without_playbooks_is_refused(tmp_path: Path) -> None:
    """A relay that would turn no event into a toast does not start silently."""
    with pytest.raises(PlaybookError, match="no playbook"):
        load(tmp_path)
    with pytest.raises(PlaybookError, match="no such folder"):
        load(tmp_path / "missing")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are named as such."""
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PlaybookError, match="this line is no text"):
        load(tmp_path)


def test_the_built_in_playbooks_can_be_read() -> None:
    """What is shipped is right."""
    names = {playbook.name for playbook in load(resource("playbooks"))}

    assert {"flight-delayed", "parcel-delivered", "payment-failed", "ticket-opened"} <= names


SCRIPT = '[[scripts]]\nname = "Call"\ntext = "t"\n'
RUNG = '[[escalation]]\nafter = "2m"\nagain = true\n'
ACTION = '[[actions]]\nname = "ring"\nlabel = "Ring"\nurl = "https://x.example/"\n'


@pytest.mark.parametrize(
    ("text", "place", "complaint"),
    [
        (SMALL + SCRIPT + SCRIPT, "scripts.1.name", "another script named 'Call' in 'en'"),
        (SMALL + SCRIPT + SCRIPT + 'language = "en"\n', "scripts.1.name", "another script"),
        (SMALL + SCRIPT + 'language = "english"\n', "scripts.0.language", "no language 'english'"),
        ('language = "xx-klingon"\n' + SMALL, "language", "no language"),
        (SMALL + RUNG + RUNG, "escalation.1.after", "later than the one before"),
        (SMALL + RUNG.replace("2m", "0s"), "escalation.0.after", "later"),
        (SMALL + RUNG.replace("2m", "soon"), "escalation.0.after", "a number and a unit"),
        (SMALL + RUNG.replace("again = true", ""), "escalation.0", "does nothing"),
        (SMALL + RUNG + 'skills = ["sql"]\n', "escalation.0", "without narrowing"),
        (SMALL + ACTION + RUNG + 'action = "rung"\n', "escalation.0.action", "no action 'rung'; 'ring'?"),
        (SMALL + ACTION + ACTION, "actions.1.name", "another action"),
        ('priority = "low"\n' + SMALL + RUNG, "escalation", "never escalated"),
        (SMALL + RUNG + '[audience]\neveryone = true\nmode = "inform"\n', "escalation", "nothing to claim"),
        (
            SMALL + "[audience]\neveryone = true\n[[audience.fallback]]\nskills = ['a']\n",
            "audience.fallback.0",
            "nobody is addressed",
        ),
        (SMALL + "[audience]\nagents = ['mira']\n", "audience", "'mira' is no e-mail address"),
        (SMALL + "[values]\n'a b' = '1'\n", "values.a b", "letters, digits"),
        (SMALL + "[values]\ndata = '1'\n", "values.data", "none of the template's own"),
        (
            SMALL + "[[links]]\nlabel='a'\nurl='https://x.example/'\nhosts=['*']\n",
            "links.0.hosts",
            "is no host",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, place: str, complaint: str) -> None:
    """What is well written and would never work is told when it is read, at its place."""
    with pytest.raises(PlaybookError) as caught:
        parse("hello", text)

    assert (caught.value.field, complaint in caught.value.problem) == (place, True), caught.value
    assert caught.value.line > 0


def test_everything_wrong_is_told_at_once() -> None:
    """A playbook is mended once and not five times."""
    with pytest.raises(PlaybookError) as caught:
        parse("hello", 'titel = "x"\n' + SMALL + "typs = 1\n" + SCRIPT + SCRIPT + 'txt = "a"\n')

    assert str(caught.value).splitlines() == [
        "hello.toml:1: titel: unknown key 'titel'; did you mean 'title'?",
        "hello.toml:5: when.typs: unknown key 'typs' in when; did you mean 'types'?",
        "hello.toml:12: scripts.1.txt: unknown key 'txt' in scripts.1; did you mean 'text'?",
        "hello.toml:10: scripts.1.name: there is another script named 'Call' in 'en'",
    ]


@pytest.mark.parametrize("over", [0, 1])
def test_a_folder_has_a_limit(tmp_path: Path, over: int) -> None:
    """As many playbooks as the limit says are read, and one more is refused."""
    for number in range(MAX_PLAYBOOKS + over):
        (tmp_path / f"p{number}.toml").write_text(SMALL)
    if over:
        with pytest.raises(PlaybookError, match="more than 1000 playbooks"):
            texts(tmp_path)
    else:
        assert len(texts(tmp_path)) == MAX_PLAYBOOKS


def test_a_file_has_a_limit(tmp_path: Path) -> None:
    """A file that is no playbook by its size is not read."""
    (tmp_path / "a.toml").write_text(SMALL + "#" * MAX_FILE)
    with pytest.raises(PlaybookError, match="is larger than"):
        load(tmp_path)
