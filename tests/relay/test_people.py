"""The people: who is known, by what, in which teams, who leads, and what a people's file may say."""

from datetime import UTC, datetime

import pytest

from relay.errors import ConfigErrors
from relay.event import EVERYONE, LEADS, Device, agent_key, lead_key, team_key
from relay.people import Directory, People, entitle, spoken_name
from relay.peoplefile import read_people
from relay.protocol import Role
from relay.resources import resource

FILE = """
[teams.Billing]
title = "Billing"
leads = ["Lena@example.com"]
zone = "Europe/Berlin"
shift = "mon-fri 08:00-18:00"
language = "de"

[teams.support]

[agents."Mira@Example.com"]
name = "Mira Holt"
teams = ["billing"]
skills = ["Refunds"]
ids = { zendesk = "38122" }

[agents."omar.haddad@example.com"]
teams = ["Support"]
languages = ["en", "ar"]
shift = ["mon-fri 22:00-06:00"]
zone = "UTC"

[owners.hubspot]
"Key Accounts" = "omar.haddad@example.com"

[owners."*"]
front-desk = "mira@example.com"
"""


def device(
    agent: str, *teams: str, leads: tuple[str, ...] = (), role: Role = Role.AGENT, **more: float
) -> Device:
    """Return a paired device."""
    return Device(
        id=agent, agent=agent, teams=teams, name="desk", token_hash=b"", paired_at=0.0, leads=leads, role=role,
        revoked_at=more.get("revoked_at"),
    )  # fmt: skip


def moment(text: str) -> float:
    """Return the Unix seconds of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_devices_alone_are_enough() -> None:
    """Without a file the paired desktops say who is in which team, and who leads."""
    people = Directory(
        People(),
        [
            device("Mira.Holt@example.com", "Billing"),
            device("mira.holt@example.com", "Support"),
            device("lena@example.com", leads=("Billing",), role=Role.LEAD),
            device("ada@example.com", role=Role.ADMIN),
            device("gone@example.com", "Billing", revoked_at=1.0),
        ],
    )

    assert list(people.people) == ["ada@example.com", "lena@example.com", "mira.holt@example.com"]
    assert people.name_of("MIRA.HOLT@example.com") == "Mira Holt"
    assert people.teams_of("mira.holt@example.com") == ("billing", "support")
    assert people.members("Billing") == ("mira.holt@example.com",)
    assert people.leads == {"billing": ("lena@example.com",)}
    assert people.admins == ("ada@example.com",)
    assert people.title_of("BILLING") == "Billing"


def test_a_team_is_found_by_its_name_or_its_title() -> None:
    """Whoever passes work on has seen the title, whoever writes playbooks the name."""
    people = Directory(read_people('[teams.second-line]\ntitle = "Second Line"\n'))
    assert people.team_called("SECOND-line") == people.team_called(" second line ") == "second-line"
    assert people.team_called("third") == ""


def test_the_file_and_the_devices_add_up() -> None:
    """Somebody has the teams of both, and the words of the file."""
    people = Directory(read_people(FILE), [device("mira@example.com", "VIP")])

    mira = people.people["mira@example.com"]
    assert (mira.name, mira.teams) == ("Mira Holt", ("billing", "vip"))
    assert mira.skills == {"refunds"}
    assert mira.languages == ("de",), "the team's, since nothing is said of her"
    assert people.leads["billing"] == ("lena@example.com",)


@pytest.mark.parametrize(
    ("provider", "value", "agent"),
    [
        ("zendesk", "38122", "mira@example.com"),
        ("hubspot", " key accounts ", "omar.haddad@example.com"),
        ("aircall", "front-desk", "mira@example.com"),
        ("zendesk", "MIRA@example.com", "mira@example.com"),
        ("stripe", "38122", ""),
        ("zendesk", "zoe@example.com", ""),
        ("zendesk", "", ""),
    ],
)
def test_an_owner_is_found_by_what_the_provider_calls_them(provider: str, value: str, agent: str) -> None:
    """By the provider's id, by a table, or by the address; another provider's id is not enough."""
    assert Directory(read_people(FILE)).owner_of(provider, value) == agent


def test_shifts_are_the_own_ones_or_the_teams() -> None:
    """Mira works when Billing does, by Berlin's clocks; Omar has nights of his own."""
    people = Directory(read_people(FILE))

    assert people.on_shift("mira@example.com", moment("2026-11-20 07:30"))
    assert not people.on_shift("mira@example.com", moment("2026-11-20 17:30"))
    assert people.on_shift("omar.haddad@example.com", moment("2026-11-21 05:00"))
    assert not people.on_shift("omar.haddad@example.com", moment("2026-11-20 12:00"))
    assert not people.on_shift("nobody@example.com", moment("2026-11-20 12:00"))


def test_keys_mean_people() -> None:
    """Audience keys are turned into the people they mean, each once."""
    people = Directory(
        read_people(FILE),
        [device("lena@example.com", leads=("Billing",)), device("ada@example.com", role=Role.ADMIN)],
    )

    assert people.who((team_key("Billing"), agent_key("mira@example.com"))) == ("mira@example.com",)
    assert people.who((lead_key("billing"),)) == ("lena@example.com",)
    assert set(people.who((LEADS,))) == {"lena@example.com", "ada@example.com"}
    assert people.who((agent_key("zoe@example.com"), team_key("nowhere"))) == ()
    assert set(people.who((EVERYONE,))) == set(people.people)


def test_what_a_directory_says_of_keys_is_what_a_device_has() -> None:
    """An agent's keys are those of the agent's devices, once they share in the file."""
    file = read_people(FILE)
    devices = [
        entitle(file, one)
        for one in (
            device("lena@example.com"),
            device("mira@example.com", "VIP"),
            device("ada@example.com", role=Role.ADMIN),
        )
    ]
    people = Directory(file, devices)

    for one in devices:
        assert set(one.audience_keys()) == set(people.keys_of(one.agent)), one.agent
    assert devices[0].role is Role.LEAD
    assert devices[1].teams == ("VIP", "billing")


def test_an_address_gives_a_name() -> None:
    """Where nobody said how somebody is called, the address has to do."""
    assert spoken_name("jo_ann.smith@example.com") == "Jo Ann Smith"
    assert spoken_name("@") == "@"


def test_the_example_can_be_used() -> None:
    """The shipped example is a good file, with a team that works over midnight."""
    people = Directory(read_people(resource("people.example.toml").read_text(encoding="utf-8")))
    assert people.leads
    assert people.owner_of("zendesk", "38122")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[team.billing]\n", "people.toml:1: team: is not a section of this file. Did you mean 'teams'?"),
        ("[teams.billing]\nlead = []\n", "people.toml:2: teams.billing.lead: is not a key here. Did you mean 'leads'?"),
        ('[teams.b]\nleads = "l@x.org"\n', "people.toml:2: teams.b.leads: must be array, got str."),
        ('[teams.b]\nleads = ["Lena"]\n', "people.toml:2: teams.b.leads: 'Lena' is not an e-mail address."),
        ('[teams.b]\nzone = "Mars"\n', "people.toml:2: teams.b.zone: 'Mars' is not a time zone; write it like Europe/Berlin."),
        ('[teams.b]\nshift = "always"\n', "people.toml:2: teams.b.shift: 'always' is not like mon-fri 08:00-18:00."),
        ("[agents.mira]\n", "people.toml:1: agents.mira: 'mira' is not an e-mail address."),
        ('[agents."m@x.org"]\nage = 3\n', "people.toml:2: agents.m@x.org.age: is not a key here."),
        (
            '[teams.billing]\n[agents."m@x.org"]\nteams = ["biling"]\n',
            "people.toml:3: agents.m@x.org.teams: 'biling' is not a team of this file. Did you mean 'billing'?",
        ),
        ('[agents."m@x.org"]\n[agents."M@x.org"]\n', "people.toml:2: agents.M@x.org: stands here twice."),
        (
            '[agents."m@x.org"]\nids = { z = "1" }\n[agents."n@x.org"]\nids = { z = "1" }\n',
            "people.toml:4: agents.n@x.org.ids: z's '1' is m@x.org's already.",
        ),
        ('[owners]\nz = "m@x.org"\n', "people.toml:2: owners.z: must be a section: ids, each with an agent's address."),
        ("[owners.z]\n1 = 2\n", "people.toml:2: owners.z.1: must be text in quotes."),
        ("teams = 1\n", "people.toml:1: teams: must be a section of at most 20000 entries."),
        ("[teams\n", "people.toml:1: TOML:"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place(text: str, sentence: str) -> None:
    """A wrong key, value, name or time zone is a sentence with file and line."""
    with pytest.raises(ConfigErrors) as caught:
        read_people(text, "people.toml")
    assert sentence in str(caught.value)


def test_all_mistakes_are_told_at_once() -> None:
    """Whoever mends the file needs to start once only."""
    text = '[teams.a]\nzone = "Mars"\n[agents.mira]\n[agents."o@x.org"]\nnick = "O"\n'
    with pytest.raises(ConfigErrors) as caught:
        read_people(text, "people.toml")
    assert len(caught.value.problems) == 3
