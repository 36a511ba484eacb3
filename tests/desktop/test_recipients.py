"""To whom work can be passed on: the right ones come first, and are found by a few letters."""

import pytest

from desktop.api import Colleague, People
from desktop.recipients import addressee, fitting, offered
from relay.protocol import Availability

PEOPLE = People(
    agents=(
        Colleague(
            agent="noor@example.com", name="Noor Haddad", teams=("Billing",), state=Availability.AVAILABLE
        ),
        Colleague(agent="jose@example.com", name="José Álvarez", teams=("VIP",), state=Availability.AWAY),
        Colleague(agent="lena.k@example.com", name="Lena K.", teams=("Billing", "Leads")),
    ),
    teams=("Billing", "Second Line"),
)


def keys(text: str = "", lately: tuple[str, ...] = (), people: People | None = PEOPLE) -> list[str]:
    """Return who is offered for what was typed."""
    return [each.key for each in fitting(offered(people, lately, ("night",)), text)]


def test_people_come_before_teams_and_former_recipients_before_all() -> None:
    """In the relay's order, which has the own teams first."""
    everybody = [
        "noor@example.com",
        "jose@example.com",
        "lena.k@example.com",
        "team:Billing",
        "team:Second Line",
    ]
    assert keys() == everybody
    lately = ("team:second line", "Jose@example.com", "gone@example.com")
    assert keys(lately=lately) == [everybody[4], everybody[1], everybody[0], *everybody[2:4]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no", ["noor@example.com"]),
        ("haddad noor", ["noor@example.com"]),
        ("ALVAREZ", ["jose@example.com"]),
        ("lena.k@", ["lena.k@example.com", "lena.k@"]),
        ("noor@example.com", ["noor@example.com"]),
        ("bil", ["noor@example.com", "lena.k@example.com", "team:Billing"]),
        ("line", ["team:Second Line"]),
        ("nobody", ["team:nobody"]),
        ("max@elsewhere.example", ["max@elsewhere.example"]),
        ("  ", keys()),
    ],
)
def test_a_few_letters_are_enough(text: str, found: list[str]) -> None:
    """Each word begins a word of name, address or team; what nobody is called is offered as it is."""
    assert keys(text) == found


def test_without_the_relay_the_known_ones_are_offered() -> None:
    """Those of before, and the teams that the work is for."""
    lately = ("jose@example.com", "team:vip")
    assert keys(lately=lately, people=None) == ["jose@example.com", "team:vip", "team:night"]
    assert keys("noor@example.com", people=None) == ["noor@example.com"]


def test_whether_somebody_is_there_is_a_word() -> None:
    """For eyes and ears; a relay that says nothing of a desktop says that there is none."""
    spoken = [each.spoken() for each in offered(PEOPLE, (), ())]
    assert spoken[0] == "Noor Haddad, Available, Billing · noor@example.com"
    assert spoken[1].startswith("José Álvarez, Away")
    assert spoken[2].startswith("Lena K., Not connected")
    assert [each.there for each in offered(PEOPLE, (), ())] == [True, False, False, False, False]


def test_an_address_is_an_agent_and_a_name_a_team() -> None:
    """Nobody has to know how teams are written on the wire."""
    assert addressee("  Mira@example.com ") == "Mira@example.com"
    assert addressee("Billing") == "team:Billing"
    assert addressee("team:vip") == "team:vip"
