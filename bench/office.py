"""An office to dispatch for: agents in twenty teams, layers of filters, playbooks, and what comes in.

The playbooks are the library's, each with a team as its audience. Ten of them want something of
what comes in; all others want types that never come, so that a larger set means more to choose
from and the same work for what is chosen.
"""

import itertools
import uuid
from collections.abc import Iterator, Sequence

from relay import samples
from relay.event import Device, Event, EventState, StoredEvent
from relay.filters import ORGANISATION, FilterSet, Layer, Relation, Rule, agent_layer, team_layer
from relay.people import Directory, People
from relay.playbooks import texts
from relay.presence import Presence
from relay.protocol import Availability, How
from relay.render import Renderer, compiled
from relay.resources import resource

TEAMS = 20
NOW = 1_772_193_790.0
OWN_LAYERS = 10
"""One agent in so many has filters of their own."""

SITUATIONS = {
    "payment-failed": ("stripe", "payment_failed"),
    "dispute-opened": ("stripe", "dispute_opened"),
    "refund-made": ("stripe", "charge_refunded"),
    "subscription-cancelled": ("stripe", "subscription_cancelled"),
    "order-shipped": ("shopify", "order_shipped"),
    "refund-requested": ("shopify", "return_requested"),
    "vip-order": ("shopify", "vip_order"),
    "stock-low": ("shopify", "stock_low"),
    "parcel-problem": ("easypost", "exception"),
    "flight-delayed": ("airline", "flight_delayed"),
}
"""Playbooks of the library, and the sample that each of them wants."""

_SHORT = """
title = "{about} {{{{ data.id | default('') }}}}"
body = "{{{{ event.type }}}} from {{{{ event.source }}}}"
collapse = "{about}/{{{{ data.id | default(event.id) }}}}"
[when]
types = ["{type}"]
[[scripts]]
name = "Call"
text = "Hello, it is about {{{{ data.id | default('your case') }}}}. How can I help?"
[[links]]
label = "Open"
url = "https://desk.example.com/cases/{{{{ event.id }}}}"
[audience]
everyone = true
"""


def team(number: int) -> str:
    """Return the name of a team."""
    return f"team-{number % TEAMS:02}"


def agent(number: int) -> str:
    """Return an agent's address."""
    return f"agent-{number:05}@example.com"


# Playbooks


TO_TEAM = 'teams = ["{team}"]'
TO_EVERYONE = "everyone = true"
OFFERED = f'{TO_TEAM}\nmode = "offer"'
"""Audiences of playbooks."""


def library(count: int, *, audience: str = TO_TEAM, short: bool = False) -> Renderer:
    """Return the renderer of ``count`` playbooks, each with its own team in ``audience``.

    ``short``: a title, a body, a script and a link, instead of what the library says.
    """
    wanted = _short_texts() if short else _library_texts()
    named = list(itertools.islice(itertools.chain(wanted, _others(wanted)), count))
    return compiled([(name, _addressed(text, n, audience)) for n, (name, text) in enumerate(named)])


def _library_texts() -> list[tuple[str, str]]:
    known = dict(texts(resource("playbooks")))
    return [(name, known[name]) for name in SITUATIONS]


def _short_texts() -> list[tuple[str, str]]:
    cards = {name: samples.load(*sample).card for name, sample in SITUATIONS.items()}
    return [(name, _SHORT.format(about=name, type=card.type)) for name, card in cards.items()]


def _others(wanted: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield copies for ever, each for types of its own."""
    for number in itertools.count():
        name, text = wanted[number % len(wanted)]
        yield f"{name}-{number}", text.replace("types = [", f'types = ["other-{number}.*"] # ', 1)


def _addressed(text: str, number: int, audience: str) -> str:
    if audience == OFFERED:
        text = text.replace('mode = "inform"', "", 1)
    return text.replace("everyone = true", audience.format(team=team(number)), 1)


# People


def devices(agents: int) -> list[Device]:
    """Return the devices of ``agents`` agents in the twenty teams, one for each."""
    return [
        Device(
            id=f"device-{number}",
            agent=agent(number),
            teams=(team(number),),
            name="Desk",
            token_hash=number.to_bytes(32),
            paired_at=NOW,
        )
        for number in range(agents)
    ]


def directory(agents: int) -> Directory:
    """Return the people whose devices these are."""
    return Directory(People(), devices(agents))


def presence(agents: int) -> Presence:
    """Return everybody as connected and available."""
    found = Presence(NOW)
    for number in range(agents):
        found.say(agent(number), f"device-{number}", Availability.AVAILABLE)
    return found


def filters(agents: int) -> FilterSet:
    """Return the organisation's layer, one of each team, and those of one agent in ten."""
    names = list(SITUATIONS)
    layers = [Layer(name=ORGANISATION, rules=(Rule(types="stock-*", how=How.INBOX),))]
    layers += [
        Layer(name=team_layer(team(n)), rules=(Rule(types=f"{names[n % 10]}*", how=How.TOAST),))
        for n in range(TEAMS)
    ]
    quiet = Rule(types="order-*", relation=Relation.UNASSIGNED, how=How.INBOX)
    layers += [
        Layer(name=agent_layer(agent(n)), rules=(quiet, Rule(types=f"{names[n // 10 % 10]}*", how=How.SOUND)))
        for n in range(0, agents, OWN_LAYERS)
    ]
    return FilterSet(revision=1, layers=tuple(layers))


# What comes in


def events(count: int, *, first: int = 0) -> list[StoredEvent]:
    """Return ``count`` events, the ten situations in turns, each about a case of its own."""
    known = [(folder, samples.load(folder, name)) for folder, name in SITUATIONS.values()]
    turns = itertools.islice(itertools.cycle(known), count)
    return [_stored(first + number, *one) for number, one in enumerate(turns)]


def _stored(number: int, folder: str, sample: samples.Sample) -> StoredEvent:
    body, _ = samples.fresh(sample, NOW, str(uuid.UUID(int=number)), another=True)
    event = Event(
        source=folder,
        provider=sample.card.provider,
        id=f"evt_{number:016}",
        type=sample.card.type,
        time=NOW,
        data=samples.event_data(body),
    )
    return StoredEvent(seq=number + 1, event=event, state=EventState.PENDING)
