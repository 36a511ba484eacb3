"""Work among the people of two teams, for the tests of its rules."""

from msgspec.structs import replace

from relay.cases import begin
from relay.claims import Move, Verb, Work
from relay.event import Draft, Mode, Plan, Reach, Rung
from relay.protocol import Priority

BILLING = ("team:billing",)
KEYS = {
    "mira": ("everyone", "agent:mira", "team:billing"),
    "zoe": ("everyone", "agent:zoe", "team:billing"),
    "sam": ("everyone", "agent:sam", "team:support"),
    "lea": ("everyone", "agent:lea", "team:billing", "lead:billing"),
}
NOW = 1_000.0
LADDER = (
    Rung(after=60.0, again=True),
    Rung(after=120.0, audience=("lead:billing",), action="page"),
)
BROADCAST = Plan(mode=Mode.BROADCAST, ladder=LADDER)
OFFERING = Plan(mode=Mode.OFFER, ladder=LADDER, chain=(Reach(keys=BILLING),))


def a_draft(*audience: str, **fields: object) -> Draft:
    plain = Draft(
        id="n1",
        source="shop",
        provider="stripe",
        type="refund.requested",
        priority=Priority.NORMAL,
        title="Refund",
        at=NOW,
        playbook="refund",
        audience=audience or BILLING,
        plan=BROADCAST,
    )
    return replace(plain, **fields)


def a_work(*audience: str, **fields: object) -> Work:
    return begin(a_draft(*audience, **fields), 1, NOW)


def by(agent: str, verb: Verb, **fields: object) -> Move:
    return replace(Move(id="n1", verb=verb, by=agent, name=agent.title(), keys=KEYS[agent]), **fields)


def relay(verb: Verb, **fields: object) -> Move:
    return replace(Move(id="n1", verb=verb), **fields)
