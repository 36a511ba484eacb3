"""Something that a lead or an admin tells teams or everyone: a notification without an event. Pure."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from relay.drafts import MAX_BODY, MAX_SCRIPT, MAX_TITLE
from relay.errors import ConfigError
from relay.event import EVERYONE, Draft, Mode, Plan, Routing, team_key
from relay.filters import FilterSet
from relay.formats import locale_of
from relay.links import Target
from relay.partition import Partitions
from relay.people import Directory
from relay.playbooks import MAX_SCRIPTS
from relay.protocol import Link, Priority, Script

TYPE = "deskbell.broadcast"
SOURCE = "deskbell"
PLAYBOOK = "broadcast"
"""What filters and lists call it, beside its type."""

SCRIPT = "What to say"
"""What its scripts are called, in every language."""

MAX_LABEL = 60
MAX_TEAMS = 50


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told, to whom, until when. ``request`` makes the same message one, however often sent."""

    by: str
    """The sender's address; the command line has none."""
    name: str
    """What colleagues call the sender."""
    title: str
    body: str = ""
    scripts: Mapping[str, str] = {}
    """What agents may say about it, by language (a BCP 47 tag)."""
    link: Link | None = None
    priority: Priority = Priority.NORMAL
    teams: tuple[str, ...] = ()
    everyone: bool = False
    expires: float | None = None
    request: str


def broadcast(message: Message, now: float, *, link_hosts: Sequence[str] = ()) -> Draft:
    """Return the notification that tells a message.

    ``link_hosts``, if there are any, are the only ones to which its link may lead.

    Raises:
        ConfigError: nobody or too many are addressed, there are no words or too many, the link leads
            where none may, or its time is over.
    """
    title, body = " ".join(message.title.split()), message.body.strip()
    _check(message, title, body, now)
    scripts = tuple(_script(language, text.strip()) for language, text in message.scripts.items())
    if len(scripts) > MAX_SCRIPTS:
        raise ConfigError("scripts", f"at most {MAX_SCRIPTS}.")
    audience = (EVERYONE,) if message.everyone else tuple(dict.fromkeys(map(team_key, message.teams)))
    return Draft(
        id=_id(message),
        source=SOURCE,
        provider=SOURCE,
        type=TYPE,
        priority=message.priority,
        title=title,
        body="\n\n".join(filter(None, (body, f"— {message.name}" if message.name else ""))),
        at=now,
        playbook=PLAYBOOK,
        scripts=scripts,
        links=(_link(message.link, link_hosts),) if message.link else (),
        audience=audience,
        plan=Plan(mode=Mode.INFORM),
        expires=message.expires,
    )


def routed(draft: Draft, filters: FilterSet, directory: Directory, now: float) -> Draft:
    """Let everybody's filters decide how they get it."""
    share = Partitions(filters, directory).share(draft, now=now)
    routing = Routing(revision=filters.revision, how=share.how, others=share.others)
    return msgspec.structs.replace(draft, routing=routing)


def allowed(message: Message, leads: Sequence[str], *, admin: bool) -> str:
    """Return why the sender may not tell this, in a sentence; empty if it is allowed."""
    if admin:
        return ""
    led = {team.strip().casefold() for team in leads}
    if message.everyone or not {team.strip().casefold() for team in message.teams} <= led:
        return "A lead tells the led teams; everyone and other teams are for admins."
    if message.priority is Priority.URGENT:
        return "Only an admin tells something urgent."
    return ""


def _check(message: Message, title: str, body: str, now: float) -> None:
    if message.everyone == bool(message.teams):
        raise ConfigError("teams", "name one or more teams, or everyone.")
    if len(message.teams) > MAX_TEAMS:
        raise ConfigError("teams", f"at most {MAX_TEAMS}; everyone is said by itself.")
    if not 0 < len(title) <= MAX_TITLE or len(body) > MAX_BODY:
        raise ConfigError("title", f"1 to {MAX_TITLE} characters, and a body of at most {MAX_BODY}.")
    if message.expires is not None and message.expires <= now:
        raise ConfigError("expires", "that time is over.")


def _script(language: str, text: str) -> Script:
    try:
        locale_of(language)
    except ValueError as error:
        raise ConfigError("scripts", f"{error}.") from None
    if not 0 < len(text) <= MAX_SCRIPT:
        raise ConfigError("scripts", f"each has 1 to {MAX_SCRIPT} characters.")
    return Script(name=SCRIPT, text=text, language=language)


def _link(link: Link, link_hosts: Sequence[str]) -> Link:
    label, url = " ".join(link.label.split()), link.url.strip()
    if not 0 < len(label) <= MAX_LABEL:
        raise ConfigError("link", f"its label has 1 to {MAX_LABEL} characters.")
    try:
        Target(url, (), link_hosts).check(url)
    except ValueError as error:
        raise ConfigError("link", f"{error}.") from None
    return Link(label=label, url=url)


def _id(message: Message) -> str:
    """Return an id that is the same for the same request of the same sender."""
    name = msgspec.json.encode((TYPE, message.by.casefold(), message.request))
    return hashlib.blake2b(name, digest_size=16).hexdigest()
