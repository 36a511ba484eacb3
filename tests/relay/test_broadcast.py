"""What a lead tells: its words, its scripts and its link, with the limits that playbooks have."""

import pytest
from msgspec.structs import replace

from relay.broadcast import SCRIPT, Message, broadcast
from relay.errors import ConfigError
from relay.protocol import Link, Script

NEWS = Message(by="lena@example.com", name="Lena", title="Card payments are slow", everyone=True, request="1")
STATUS = Link(label="Status page", url="https://status.example.com/")


def told(**fields: object) -> Message:
    return replace(NEWS, **fields)


def test_a_message_has_a_script_for_each_language_and_a_link() -> None:
    """Agents find the words to say, and the page to look at, as with anything else."""
    message = told(
        scripts={"en": " Our bank has trouble. ", "de": "Unsere Bank hat eine Störung."}, link=STATUS
    )
    draft = broadcast(message, 0.0)

    assert draft.scripts == (
        Script(name=SCRIPT, text="Our bank has trouble.", language="en"),
        Script(name=SCRIPT, text="Unsere Bank hat eine Störung.", language="de"),
    )
    assert draft.links == (STATUS,)
    assert (broadcast(NEWS, 0.0).scripts, broadcast(NEWS, 0.0).links) == ((), ())


@pytest.mark.parametrize(
    ("scripts", "problem"),
    [
        ({"en": "x" * 8000}, ""),
        ({"en": "x" * 8001}, "scripts: each has 1 to 8000 characters."),
        ({"en": "  "}, "scripts: each has 1 to 8000 characters."),
        ({"elvish": "x"}, "scripts: there is no language 'elvish'; a tag is like 'de' or 'en-GB'."),
        (dict.fromkeys(["en", "de", "fr", "es", "it", "nl", "sv", "da", "nb", "pl"], "x"), ""),
        (
            dict.fromkeys(["en", "de", "fr", "es", "it", "nl", "sv", "da", "nb", "pl", "fi"], "x"),
            "scripts: at most 10.",
        ),
    ],
)
def test_scripts_have_limits(scripts: dict[str, str], problem: str) -> None:
    """Their length, their number, and a language that there is."""
    judge(told(scripts=scripts), problem)


@pytest.mark.parametrize(
    ("link", "hosts", "problem"),
    [
        (STATUS, (), ""),
        (STATUS, ("*.example.com",), ""),
        (STATUS, ("pay.example.com",), "link: it leads to a host that is not in link_hosts."),
        (Link(label="x" * 60, url=STATUS.url), (), ""),
        (Link(label="x" * 61, url=STATUS.url), (), "link: its label has 1 to 60 characters."),
        (Link(label=" ", url=STATUS.url), (), "link: its label has 1 to 60 characters."),
        (
            Link(label="x", url="javascript:alert(1)"),
            (),
            "link: only http and https addresses with a host and no user name.",
        ),
        (
            Link(label="x", url="https://a.example@evil.example/"),
            (),
            "link: only http and https addresses with a host and no user name.",
        ),
        (
            Link(label="x", url="https://ev\u0131l.example/"),
            (),
            "link: a host is written with plain letters; international ones as xn--….",
        ),
        (
            Link(label="x", url=f"https://a.example/{'x' * 2000}"),
            (),
            "link: the address is longer than 2000 characters.",
        ),
    ],
)
def test_a_link_leads_where_links_may(link: Link, hosts: tuple[str, ...], problem: str) -> None:
    """The same schemes, hosts and lengths as in playbooks."""
    judge(told(link=link), problem, *hosts)


def judge(message: Message, problem: str, *hosts: str) -> None:
    if not problem:
        broadcast(message, 0.0, link_hosts=hosts)
        return
    with pytest.raises(ConfigError) as refused:
        broadcast(message, 0.0, link_hosts=hosts)
    assert str(refused.value) == problem
