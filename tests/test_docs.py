"""The documentation says what the code does: everything there is, and nothing that is not."""

import ast
import re
import tomllib
from pathlib import Path

import msgspec
import pytest
import typer
from fastapi.routing import APIRoute

from desktop import policy_command
from relay import protocol, samples
from relay.cli import cli
from relay.config_pages import reference
from relay.event import Event, EventState, StoredEvent
from relay.filters import Relation, default
from relay.formats import FILTERS
from relay.peoplefile import AgentEntry, TeamEntry
from relay.playbooks import (
    ActionTemplate,
    Audience,
    Circle,
    LinkTemplate,
    Playbook,
    RungTemplate,
    ScriptTemplate,
    When,
    texts,
)
from relay.protocol import Close, FromDesktop, FromRelay, How, Message, Priority
from relay.render import compiled
from relay.resources import resource
from relay.rest.caller import Allow
from relay.rest.front import ROUTERS
from relay.rest.gate import BODY_LIMIT, PREFIX
from relay.schemes.providers import PROVIDERS
from relay.schemes.recipe import KEYS
from relay.settings import SETTINGS
from relay.templates import Templates
from relay.why import Code

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WIRE = (ROOT / "docs/wire.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
PLAYBOOKS = (ROOT / "docs/playbooks.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


def rows(page: str, pattern: str) -> set[str]:
    """Return the first cells of a page's tables that match a pattern."""
    return set(re.findall(rf"^\| `?({pattern})`? \|", page, re.MULTILINE))


def test_every_setting_is_documented() -> None:
    """The reference is what the declarations give, word for word."""
    assert reference().strip() in CONFIGURATION


def test_every_setting_of_the_desktop_is_documented() -> None:
    """The table is what the declarations give, word for word."""
    page = (ROOT / "docs/desktop-settings.md").read_text(encoding="utf-8")

    assert policy_command.reference().strip() in page


def test_every_setting_is_read() -> None:
    """What can be configured changes something: each setting is used by some part of the relay."""
    files = [path for path in (ROOT / "relay").rglob("*.py") if path.name != "settings.py"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert [f"{section}.{name}" for section, name in SETTINGS if f"{section}.{name}" not in code] == []


def test_every_key_of_a_recipe_is_documented() -> None:
    """What can be said about a sender of one's own stands in the documentation."""
    for key, meaning in KEYS.items():
        assert f"| `{key}` | {meaning} |" in CONFIGURATION


def test_every_command_is_documented() -> None:
    """The README names each command of the relay, and none that does not exist."""
    known = set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined] # a group, since there are many

    assert rows(README, "deskbell-relay [a-z-]+") == {f"deskbell-relay {name}" for name in known}


def test_every_provider_is_documented() -> None:
    """The page of providers has a row for each, and no other."""
    page = (ROOT / "docs/providers.md").read_text(encoding="utf-8")

    assert rows(page, "[a-z0-9-]+") == set(PROVIDERS)


def test_every_close_code_is_documented() -> None:
    """Number and name of each code stand in the wire's page, and no other."""
    documented = set(re.findall(r"^\| (\d{4}) \| `([A-Z_]+)` \|", WIRE, re.MULTILINE))

    assert documented == {(str(int(code)), code.name) for code in Close}


def test_every_message_and_field_is_documented() -> None:
    """Each kind of message stands in the wire's page with its fields."""
    for kind in (*FromDesktop.__args__, *FromRelay.__args__):
        assert issubclass(kind, Message)
        row = re.search(rf"^\| `{kind.__struct_config__.tag}` \| ([^|]*)\|", WIRE, re.MULTILINE)
        assert row, kind
        assert set(re.findall(r"`(\w+)`", row[1])) == set(kind.__struct_fields__)
    assert protocol.SUBPROTOCOL in WIRE
    assert f"{protocol.MAX_CLIENT_FRAME:,} bytes" in WIRE


def test_every_address_of_the_api_is_documented() -> None:
    """Each route stands in the API's page with the least role that may use it, and no other."""
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| ([A-Z]+) \| `(/v1/[^`]+)` \| (\w+) \|", page, re.MULTILINE))
    served = {
        (method, f"{PREFIX}{route.path.replace(':path', '')}", check.call.role.value)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
        for check in route.dependant.dependencies
        if isinstance(check.call, Allow)
    }

    assert documented == served
    assert f"{BODY_LIMIT // 1024} KiB" in page


FILTER_ROWS = {
    name: (example.replace("\\|", "|"), said)
    for name, example, said in re.findall(
        r"^\| `([a-z_]+)` \| `(\{\{.+\}\})` \| `(.+)` \|$", PLAYBOOKS, re.MULTILINE
    )
}
"""Each filter's example and what it gives, as the reference has them."""


def test_every_filter_is_documented() -> None:
    """Each filter of ours stands in the playbooks' page with an example, and no other."""
    assert set(FILTER_ROWS) == set(FILTERS)


@pytest.mark.parametrize("name", sorted(FILTER_ROWS))
def test_every_filter_does_what_its_example_says(name: str) -> None:
    """The examples of the reference are run."""
    example, said = FILTER_ROWS[name]
    known = {"data": {}, "event": {"time": 1772193764.0}}

    assert Templates("en", "Europe/Berlin").render_text(example, known) == said


def test_every_key_of_a_playbook_is_documented() -> None:
    """The reference has a row for each key of each table, and no other."""
    tables = {"": Playbook, "when": When, "scripts": ScriptTemplate, "links": LinkTemplate}
    tables |= {"actions": ActionTemplate, "audience": Audience}
    known = {
        f"{table}.{key}".lstrip(".") for table, record in tables.items() for key in record.__struct_fields__
    }
    known |= {f"escalation.{key}" for key in {*RungTemplate.__struct_fields__} - {*Circle.__struct_fields__}}
    keys = PLAYBOOKS.split("## Keys")[1].split("## Templates")[0]

    assert rows(keys, r"[a-z_.]+") == known - {"name"} | {"key"}


def test_the_playbook_in_the_documentation_works() -> None:
    """The example is a playbook, not something like one: it can be compiled, too."""
    example = re.findall(r"```toml\n(.*?)```", PLAYBOOKS, re.DOTALL)[0]

    assert compiled([("example", example)]).playbooks[0].audience.owner


def test_the_playbook_in_the_documentation_speaks_beside_the_library() -> None:
    """Whoever follows the page sees its toast, whatever the shipped playbooks make of that event."""
    page = PLAYBOOKS.split("## Keys")[0]
    example = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0]
    source, name = re.findall(r"`deskbell-relay simulate (\w+) (\w+)`", page)[0]
    sample = samples.load(source, name, resource("samples"))
    known = {"source": source, "provider": sample.card.provider, "type": sample.card.type}
    event = Event(**known, id="1", time=1772193764.0, data=samples.event_data(sample.body))
    every = compiled([*texts(resource("playbooks")), ("example", example)])

    drafts = every.render(StoredEvent(seq=1, event=event, state=EventState.PENDING)).dispatched.drafts

    mine = next(draft for draft in drafts if draft.playbook == "example")
    assert [script.missing for script in mine.scripts] == [(), ()]
    assert [draft.collapse for draft in drafts].count(mine.collapse) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_toml_in_the_documentation_is_toml(page: Path) -> None:
    """Whoever pastes an example gets something that parses."""
    for example in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        tomllib.loads(re.sub(r"^ +", "", example, flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of ours leads to a file."""
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_readme_opens_with_why() -> None:
    """Why comes first, then a picture, then the two commands, then how it behaves."""
    places = [
        README.index(part) for part in ("should know", "![", "make run", "make test", "## How it behaves")
    ]

    assert places == sorted(places)


def test_every_promise_has_its_tests() -> None:
    """The page of promises has the README's, in order, and each of the tests it names exists."""
    behaviour = README.split("## How it behaves")[1].split("\n## ")[0]
    promised = [said.strip(".,") for said in re.findall(r"^- \*\*(.+?)\*\*", behaviour, re.MULTILINE)]
    page = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    kept = dict(re.findall(r"^\| (.+?) \| (`.+`) \|$", page.split("\n## ")[0], re.MULTILINE))
    assert list(kept) == promised
    named = set(re.findall(r"`(test_\w+)`", page))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert named - set(re.findall(r"def (test_\w+)", code)) == set()


def test_the_version_is_in_the_changelog() -> None:
    """What is built is what the changelog talks about."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert f"## {version} " in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("file", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda file: file.stem)
def test_every_test_is_a_sentence(file: Path) -> None:
    """Each test says in a sentence what it holds."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            sentence = ast.get_docstring(node) or ""
            assert sentence[:1].isupper() or sentence[:1] in "`'\"0123456789“", f"{node.name} has no sentence"
            assert sentence.rstrip().endswith("."), f"{node.name}: {sentence}"


def test_every_key_of_the_people_is_documented() -> None:
    """What can be said of a team and of an agent stands in the page, and nothing else does."""
    page = (ROOT / "docs/people.md").read_text(encoding="utf-8")
    entries = [field.name for entry in (TeamEntry, AgentEntry) for field in msgspec.structs.fields(entry)]

    assert sorted(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == sorted(entries)


def test_the_filters_defaults_and_codes_are_documented() -> None:
    """The table of defaults is the product's, cell by cell, and each answer of why has a row."""
    page = (ROOT / "docs/filters.md").read_text(encoding="utf-8")
    relations = (Relation.MINE, Relation.UNASSIGNED, Relation.TEAM, Relation.FOLLOWED)

    for priority in Priority:
        cells = " | ".join(f"`{default(priority, relation)}`" for relation in relations)
        assert f"| {priority} | {cells} |" in page
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page.partition("## Why")[2], re.MULTILINE)) == set(Code)
    assert set(re.findall(r"^\| `([a-z+]+)` \|", page.partition("## The product")[0], re.MULTILINE)) == set(
        How
    )
