"""Shares of whole audiences: the same as asking for each agent, and kept."""

from hypothesis import given
from hypothesis import strategies as st

from relay.event import EVERYONE, Device, Draft, Plan, Routing, Rung, agent_key, team_key
from relay.filters import Cell, FilterSet, Layer, Lock, Relation, Rule, effective, relation
from relay.partition import Partitions
from relay.people import Directory, People
from relay.protocol import How, Priority

TEAMS = ("billing", "support", "vip")
AGENTS = tuple(f"a{number}@example.com" for number in range(8))

rules = st.builds(
    Rule,
    types=st.sampled_from(["*", "pay-*", "pay-failed", "call-*", "invoice.*"]),
    relation=st.sampled_from(Relation),
    how=st.sampled_from(How),
    until=st.sampled_from([None, None, 50.0, 150.0]),
    lock=st.sampled_from([None, None, Lock(by="lena@example.com", why="", at=0.0)]),
)
names = ["organisation", *(f"team:{name}" for name in TEAMS), *(f"agent:{agent}" for agent in AGENTS)]
filter_sets = st.dictionaries(st.sampled_from(names), st.lists(rules, max_size=4), max_size=8).map(
    lambda layers: FilterSet(
        revision=1, layers=tuple(Layer(name=name, rules=tuple(of)) for name, of in sorted(layers.items()))
    )
)
memberships = st.lists(st.sets(st.sampled_from(TEAMS)), min_size=len(AGENTS), max_size=len(AGENTS))
audiences = st.lists(
    st.sampled_from([EVERYONE, *map(team_key, TEAMS), *map(agent_key, AGENTS)]),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)


def directory(teams: list[set[str]]) -> Directory:
    """Return the agents, each in some teams."""
    return Directory(
        People(),
        [
            Device(id=agent, agent=agent, teams=tuple(sorted(own)), name="d", token_hash=b"", paired_at=0.0)
            for agent, own in zip(AGENTS, teams, strict=True)
        ],
    )


def draft(audience: tuple[str, ...], owner: str = "", **more: object) -> Draft:
    """Return a notification of a failed payment."""
    fields: dict[str, object] = {
        "id": "n", "source": "s", "provider": "stripe", "type": "invoice.payment_failed", "at": 0.0,
        "priority": Priority.NORMAL, "title": "t", "playbook": "pay-failed", "audience": audience,
        "routing": Routing(owner=owner), **more,
    }  # fmt: skip
    return Draft(**fields)  # type: ignore[arg-type] # a record with other fields


drafts = st.builds(draft, audiences, st.sampled_from(["", *AGENTS]), priority=st.sampled_from(Priority))
following = st.sets(st.sampled_from(AGENTS)).map(lambda agents: tuple(sorted(agents)))


@given(filter_sets, memberships.map(directory), drafts, following, st.sampled_from([0.0, 100.0, 200.0]))
def test_a_share_says_of_each_agent_what_the_filters_say(
    filters: FilterSet, people: Directory, one: Draft, followers: tuple[str, ...], now: float
) -> None:
    """Whatever the layers, locks and relations: worked out for all at once is the same as one by one."""
    share = Partitions(filters, people).share(one, followers=followers, now=now)

    for agent in people.who(one.audience):
        follows = agent in followers
        related = relation(agent, owner=one.routing.owner, audience=one.audience, follows=follows)
        cell = Cell(playbook=one.playbook, type=one.type, priority=one.priority, relation=related)
        alone = effective(filters, cell, agent=agent, teams=people.teams_of(agent), now=now)
        assert share.others.get(agent, share.how) is alone.how
        assert (agent in share.toasts) is (alone.how in {How.TOAST, How.SOUND})
        locking = alone.layer if alone.locked_by and agent in share.toasts else None
        assert [layer for layer, those in share.locked.items() if agent in those] == [locking] * bool(locking)
        quiet = How.OFF if alone.how is How.OFF else How.INBOX
        assert share.hushed.get(agent, share.hushed_how) is quiet


def test_a_share_is_kept_until_a_rule_ends() -> None:
    """The second notification of a kind costs nothing, and a temporary rule's end is noticed."""
    rule = Rule(types="*", how=How.OFF, until=100.0)
    parts = Partitions(FilterSet(layers=(Layer(name="organisation", rules=(rule,)),)), directory([set()] * 8))
    one = draft((EVERYONE,))

    assert parts.share(one, now=10.0) is parts.share(one, now=99.0)
    assert parts.share(one, now=99.0).how is How.OFF
    assert parts.share(one, now=100.0).how is How.TOAST


def test_the_usual_way_is_what_most_get() -> None:
    """Only those who differ are named, so that a notification for many stays small."""
    quiet = tuple(Layer(name=f"agent:{agent}", rules=(Rule(types="*", how=How.OFF),)) for agent in AGENTS[:3])
    share = Partitions(FilterSet(layers=quiet), directory([set()] * 8)).share(draft((EVERYONE,)), now=0.0)

    assert share.how is How.TOAST
    assert share.others == dict.fromkeys(AGENTS[:3], How.OFF)


def test_whoever_the_ladder_brings_in_is_disturbed() -> None:
    """A colleague's case is quiet, but not for those who are asked for help with it."""
    people = directory([{"billing"}, {"billing"}, {"vip"}, *([set[str]()] * 5)])
    plan = Plan(ladder=(Rung(after=60.0, audience=(team_key("vip"),)),))
    share = Partitions(FilterSet(), people).share(
        draft((team_key("billing"),), owner=AGENTS[0], plan=plan), now=0.0
    )

    hows = [share.others.get(agent, share.how) for agent in AGENTS[:3]]
    assert hows == [How.TOAST, How.INBOX, How.TOAST]


def test_an_audience_of_nobody_known_gets_the_default() -> None:
    """Whoever is paired a moment later gets it as anybody would."""
    share = Partitions(FilterSet(), Directory(People())).share(draft((team_key("billing"),)), now=0.0)
    assert (share.how, share.others) == (How.TOAST, {})
