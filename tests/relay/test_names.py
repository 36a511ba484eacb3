"""Greeting people: given names out of what stands in the field for the name."""

import pytest

from relay.names import given_name


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("  Maya Lindqvist ", "Maya"),
        ("Lindqvist, Maya", "Maya"),
        ("Dr. Maya Lindqvist", "Maya"),
        ("Frau Maya Lindqvist", "Maya"),
        ("Prof.", "Prof."),
        ("Maya", "Maya"),
        ("Lindqvist,", "Lindqvist"),
        ("  ", ""),
        ("Dr. med. Anna Schmidt", "Anna"),
        ("Dr. med. dent. Anna Schmidt", "Anna"),
        ("Prof. Dr. rer. nat. habil. Anna Schmidt", "Anna"),
        ("Prof. Dr. h. c. mult. Anna Schmidt", "Anna"),
        ("Dr. h.c. Anna Schmidt", "Anna"),
        ("Dr med Anna Schmidt", "Anna"),
        ("DR. MED. ANNA SCHMIDT", "ANNA"),
        ("Dipl.-Ing. (FH) Jan Weiß", "Jan"),
        ("Univ.-Prof. Dr.-Ing. Jan Weiß", "Jan"),
        ("Mag. Eva Huber", "Eva"),
        ("Schmidt, Dr. med. Anna", "Anna"),
        ("Dr. Phil McGraw", "Phil"),
        ("Phil Collins", "Phil"),
        ("Nat Turner", "Nat"),
        ("J. Robert Oppenheimer", "J."),
        ("Maya Ing", "Maya"),
    ],
)
def test_the_first_name_is_how_people_are_greeted(name: str, first: str) -> None:
    """Titles and the order of a list are not what people are called."""
    assert given_name(name) == first


@pytest.mark.parametrize(
    "name",
    [
        *("Müller Maschinenbau GmbH", "Müller GmbH & Co. KG", "Siemens AG", "Acme, Inc.", "Acme Ltd."),
        *("Acme LLC", "Telefónica, S.A.", "Philips B.V.", "Airbus SE", "Ruderclub Kiel e.V."),
    ],
)
def test_a_company_is_greeted_by_its_whole_name(name: str) -> None:
    """The first word of a firm is nobody's given name."""
    assert given_name(name) == name


@pytest.mark.parametrize("name", ["Ag Nes", "Ines Sa", "Lars As", "Co Nguyen"])
def test_a_short_name_is_no_company(name: str) -> None:
    """Legal forms of two letters count as they are written in a register."""
    assert given_name(name) == name.split(maxsplit=1)[0]
