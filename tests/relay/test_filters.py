"""Filters: layers, relations, locks, temporary rules, several teams; and that each answer explains itself."""

import re
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

import pytest

from relay.filter_changes import MAX_BUDGET, check_change, check_layer
from relay.filters import (
    BUDGET,
    MAX_RULES,
    ORGANISATION,
    PRODUCT,
    Cell,
    Effective,
    FilterSet,
    Layer,
    Lock,
    Relation,
    Rule,
    agent_layer,
    budget,
    effective,
    holds_until,
    relation,
    team_layer,
)
from relay.people import Directory, People, Person, Team
from relay.protocol import How, Priority, Role

MIRA = "mira@example.com"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp()
LOCK = Lock(by="lena@example.com", why="Each failed payment is called back.", at=NOW)


def judged(
    *layers: Layer,
    teams: tuple[str, ...] = ("billing",),
    priority: Priority = Priority.NORMAL,
    related: Relation = Relation.MINE,
    now: float = NOW,
) -> Effective:
    """Return how Mira gets a failed payment."""
    cell = Cell(playbook="payment-failed", type="invoice.payment_failed", priority=priority, relation=related)
    return effective(FilterSet(revision=1, layers=layers), cell, agent=MIRA, teams=teams, now=now)


def org(*rules: Rule) -> Layer:
    return Layer(name=ORGANISATION, rules=rules)


def team(name: str, *rules: Rule) -> Layer:
    return Layer(name=team_layer(name), rules=rules)


def own(*rules: Rule) -> Layer:
    return Layer(name=agent_layer(MIRA), rules=rules)


@pytest.mark.parametrize(
    ("priority", "hows"),
    [
        (Priority.LOW, ("inbox", "inbox", "inbox", "inbox")),
        (Priority.NORMAL, ("toast", "toast", "inbox", "toast")),
        (Priority.HIGH, ("toast+sound", "toast+sound", "inbox", "toast")),
        (Priority.URGENT, ("toast+sound", "toast+sound", "inbox", "toast")),
    ],
)
def test_the_product_has_a_default_for_everything(priority: Priority, hows: tuple[str, ...]) -> None:
    """What is mine or nobody's disturbs by its priority; a colleague's case disturbs nobody."""
    relations = (Relation.MINE, Relation.UNASSIGNED, Relation.TEAM, Relation.FOLLOWED)
    found = [judged(priority=priority, related=one) for one in relations]

    assert tuple(one.how.value for one in found) == hows
    assert all(one.layer == PRODUCT and not one.locked_by for one in found)
    assert judged().because == ("By default, what is normal and one's own is a toast.",)


def test_the_more_particular_layer_decides() -> None:
    """The agent's word counts before the team's, and the team's before the organisation's."""
    layers = (
        org(Rule(types="*", how=How.OFF)),
        team("billing", Rule(types="payment-*", how=How.INBOX)),
        own(Rule(types="invoice.*", how=How.SOUND)),
    )

    assert [judged(*layers[:n]).how for n in range(4)] == [How.TOAST, How.OFF, How.INBOX, How.SOUND]
    assert judged(*layers).because == (
        "By default, what is normal and one's own is a toast.",
        "The organisation says: * is off.",
        "The team billing says: payment-* is inbox only.",
        "mira@example.com says: invoice.* is a toast with sound.",
    )


def test_the_last_matching_rule_of_a_layer_decides() -> None:
    """Rules are read from the top down, as people write them: first the rule, then the exception."""
    rules = (
        Rule(types="*", how=How.OFF),
        Rule(types="payment-*", how=How.TOAST),
        Rule(types="call-*", how=How.OFF),
    )
    assert judged(own(*rules)).how is How.TOAST


def test_the_explanation_calls_people_as_colleagues_do() -> None:
    """With the people at hand it has their names, and the teams' titles."""
    people = Directory(
        People(
            teams={"billing": Team(name="billing", title="Billing & Co")},
            agents={MIRA: Person(agent=MIRA, name="Mira Holt")},
        )
    )
    layers = (team("billing", Rule(types="*", how=How.INBOX)), own(Rule(types="*", how=How.OFF)))
    cell = Cell(playbook="p", type="t", priority=Priority.NORMAL, relation=Relation.MINE)
    found = effective(FilterSet(layers=layers), cell, agent=MIRA, teams=("billing",), now=NOW, named=people)
    assert found.because[1:] == ("The team Billing & Co says: * is inbox only.", "Mira Holt says: * is off.")


def test_a_rule_may_be_for_one_relation() -> None:
    """What a team wants of colleagues' cases says nothing about one's own."""
    layer = team("billing", Rule(types="payment-*", relation=Relation.TEAM, how=How.OFF))

    assert judged(layer, related=Relation.TEAM).how is How.OFF
    assert judged(layer, related=Relation.MINE).how is How.TOAST


def test_a_lock_ends_the_way_down() -> None:
    """What a lead has locked, no agent turns off; the answer names who and why."""
    found = judged(
        team("billing", Rule(types="payment-*", how=How.SOUND, lock=LOCK)), own(Rule(types="*", how=How.OFF))
    )

    assert (found.how, found.locked_by, found.layer) == (How.SOUND, "lena@example.com", "team:billing")
    assert found.because[-1] == (
        "The team billing says: payment-* is a toast with sound. "
        "Locked by lena@example.com: Each failed payment is called back."
    )


def test_a_lock_of_the_organisation_binds_the_team() -> None:
    """The team's own rule isn't even asked."""
    found = judged(
        org(Rule(types="*", how=How.TOAST, lock=LOCK)), team("billing", Rule(types="*", how=How.OFF))
    )
    assert (found.how, found.layer) == (How.TOAST, ORGANISATION)


def test_of_several_teams_the_loudest_wins() -> None:
    """Somebody in two teams misses nothing of either, and is told which one decided."""
    layers = (team("billing", Rule(types="*", how=How.INBOX)), team("vip", Rule(types="*", how=How.SOUND)))
    found = judged(*layers, teams=("billing", "vip", "nowhere"))

    assert found.how is How.SOUND
    assert found.because[-1] == "The loudest of several teams wins: the team vip."
    assert judged(*layers, teams=("billing",)).how is How.INBOX


def test_of_several_teams_a_lock_goes_before_loudness() -> None:
    """What one team has locked no other team undoes, and the lock that is named is the one that decides."""
    quiet = team("billing", Rule(types="payment-*", how=How.INBOX, lock=LOCK))
    loud = team("vip", Rule(types="*", how=How.SOUND))
    found = judged(quiet, loud, teams=("billing", "vip"))

    assert (found.how, found.layer, found.locked_by) == (How.INBOX, "team:billing", "lena@example.com")
    assert found.because[-1] == "What is locked goes before what isn't: the team billing."


def test_of_several_locks_the_loudest_wins() -> None:
    """Two teams that have both locked it are heard like any two teams."""
    other = Lock(by="omar@example.com", why="Never miss one.", at=NOW)
    layers = (
        team("billing", Rule(types="payment-*", how=How.INBOX, lock=LOCK)),
        team("vip", Rule(types="*", how=How.SOUND, lock=other)),
    )
    found = judged(*layers, teams=("billing", "vip"))

    assert (found.how, found.locked_by) == (How.SOUND, "omar@example.com")
    assert found.because[-1] == "The loudest of several teams wins: the team vip."


def test_a_temporary_rule_ends_by_itself() -> None:
    """Until two o'clock it is off, and at two it isn't."""
    until = NOW + 7200
    layer = own(Rule(types="payment-*", how=How.OFF, until=until))

    assert judged(layer, now=until - 1).because[-1] == (
        "mira@example.com says: payment-* is off, until 2026-11-20 14:00 UTC."
    )
    assert judged(layer, now=until).how is How.TOAST
    assert holds_until(FilterSet(layers=(layer,)), NOW) == until
    assert holds_until(FilterSet(layers=(layer,)), until) == float("inf")


def test_a_relation_is_what_owner_and_audience_say() -> None:
    """Owner, sole addressee, follower, colleague, or anybody who may take it."""
    both = ("agent:mira@example.com", "team:billing")
    assert relation(MIRA, owner=MIRA, audience=both) is Relation.MINE
    assert relation(MIRA, owner="", audience=both[:1]) is Relation.MINE
    assert relation(MIRA, owner="zoe@example.com", audience=both) is Relation.TEAM
    assert relation(MIRA, owner="zoe@example.com", audience=both, follows=True) is Relation.FOLLOWED
    assert relation(MIRA, owner="", audience=both) is Relation.UNASSIGNED


def test_the_budget_is_the_most_particular_one() -> None:
    """The own number, else the largest of the teams', else the organisation's, else the product's."""
    layers = (
        Layer(name=ORGANISATION, budget=30),
        Layer(name=team_layer("billing"), budget=10),
        Layer(name=team_layer("vip"), budget=20),
        Layer(name=agent_layer(MIRA), budget=0),
    )
    found = [budget(FilterSet(layers=layers[:n]), agent=MIRA, teams=("billing", "vip")) for n in range(5)]
    assert found == [BUDGET, 30, 10, 20, 0]


# Changing them


def changed(
    layer: Layer,
    *above: Layer,
    by: str = MIRA,
    role: Role = Role.AGENT,
    leads: tuple[str, ...] = (),
) -> list[str]:
    """Return why Mira's, or another, layer may not be stored."""
    held = FilterSet(layers=above)
    return check_change(held, layer, by=by, role=role, leads=leads, teams=("billing",), now=NOW)


@pytest.mark.parametrize(
    ("layer", "who", "allowed"),
    [
        (own(), {}, True),
        (own(), {"by": "zoe@example.com"}, False),
        (own(), {"by": "lena@example.com", "role": Role.LEAD, "leads": ("billing",)}, False),
        (own(), {"by": "ada@example.com", "role": Role.ADMIN}, True),
        (team("billing"), {}, False),
        (team("billing"), {"by": "lena@example.com", "role": Role.LEAD, "leads": ("Billing",)}, True),
        (team("vip"), {"by": "lena@example.com", "role": Role.LEAD, "leads": ("Billing",)}, False),
        (org(), {"by": "lena@example.com", "role": Role.LEAD, "leads": ("Billing",)}, False),
        (org(), {"by": "ada@example.com", "role": Role.ADMIN}, True),
        (Layer(name=PRODUCT), {"by": "ada@example.com", "role": Role.ADMIN}, False),
    ],
)
def test_each_layer_has_its_authority(layer: Layer, who: dict[str, object], allowed: bool) -> None:
    """One's own, the led teams', the organisation's for admins, and the product's for nobody."""
    problems = changed(layer, **who)  # type: ignore[arg-type] # a case of the table
    assert (problems == []) is allowed
    assert allowed or "may change the filters of" in problems[0]


def test_a_lock_forbids_and_says_who_and_why() -> None:
    """Turning off what is locked is refused with the name and the reason."""
    above = team("billing", Rule(types="payment-*", how=How.SOUND, lock=LOCK))

    assert changed(own(Rule(types="payment-failed", how=How.OFF)), above) == [
        "payment-* is locked to toast+sound for the team billing by lena@example.com: Each failed payment is called back."
    ]


@pytest.mark.parametrize("types", ["*payment*", "?ayment-*", "*-f*d", "payment-[a-z]*"])
def test_a_lock_forbids_whatever_its_pattern_looks_like(types: str) -> None:
    """Several stars, a question mark, a bracket: a pattern that takes it in takes it in."""
    above = org(Rule(types=types, how=How.TOAST, lock=LOCK))
    (problem,) = changed(own(Rule(types="payment-failed", how=How.OFF)), above)
    assert problem.startswith(f"{types} is locked to toast for the organisation by lena@example.com")


def test_an_exception_to_a_lock_binds_nobody() -> None:
    """A later rule without a lock is the layer's own exception: there the layers below decide."""
    lock = Rule(types="payment-*", how=How.TOAST, lock=LOCK)
    above = team("billing", lock, Rule(types="payment-failed", how=How.INBOX))
    wanted = own(Rule(types="payment-failed", how=How.OFF))

    assert changed(wanted, above) == []
    assert judged(above, wanted).how is How.OFF
    assert changed(own(Rule(types="payment-paid", how=How.OFF)), above) != []
    ended = Rule(types="payment-failed", how=How.INBOX, until=NOW)
    assert changed(wanted, team("billing", lock, ended)) != []


def test_a_second_lock_is_no_exception_to_the_first() -> None:
    """Where the later rule is locked, too, its own word is the only one that may be said."""
    above = team(
        "billing",
        Rule(types="payment-*", how=How.TOAST, lock=LOCK),
        Rule(types="payment-failed", how=How.INBOX, lock=LOCK),
    )
    assert changed(own(Rule(types="payment-failed", how=How.INBOX)), above) == []
    assert changed(own(Rule(types="payment-failed", how=How.OFF)), above) != []
    assert changed(own(Rule(types="payment-*", how=How.OFF)), above) != []


@pytest.mark.parametrize(
    "rule",
    [
        Rule(types="payment-failed", how=How.SOUND),
        Rule(types="call-*", how=How.OFF),
        Rule(types="*", how=How.OFF),
        Rule(types="payments", how=How.OFF),
    ],
)
def test_a_lock_forbids_no_more_than_it_covers(rule: Rule) -> None:
    """The same word, other types, and a wider rule may be stored; where they overlap, the lock decides."""
    assert changed(own(rule), team("billing", Rule(types="payment-*", how=How.SOUND, lock=LOCK))) == []


def test_what_stood_there_before_a_lock_may_stay() -> None:
    """A layer with an old rule can still be changed elsewhere."""
    old = Rule(types="payment-failed", how=How.OFF)
    above = team("billing", Rule(types="payment-*", how=How.SOUND, lock=LOCK))

    assert changed(own(old, Rule(types="call-*", how=How.OFF)), above, own(old)) == []


def test_a_lock_that_has_ended_forbids_nothing() -> None:
    """A lock for the afternoon is over in the evening."""
    above = org(Rule(types="*", how=How.SOUND, lock=LOCK, until=NOW))
    assert changed(own(Rule(types="payment-failed", how=How.OFF)), above) == []


def test_a_layer_has_limits() -> None:
    """Too many rules, a budget below nothing, an empty pattern, and a time that is over are refused."""

    def wrong(layer: Layer, *held: Layer) -> list[str]:
        return check_layer(FilterSet(layers=held), layer, now=NOW)

    rules = tuple(Rule(types="a", how=How.OFF) for _ in range(MAX_RULES))
    assert wrong(own(*rules)) == []
    assert wrong(own(*rules, rules[0])) == [f"A layer has at most {MAX_RULES} rules."]
    for most in (-1, MAX_BUDGET + 1):
        assert wrong(Layer(name=agent_layer(MIRA), budget=most)) == [
            "A budget is from 0 to 10000 toasts an hour."
        ]
    for types in ("", "  ", "x" * 201):
        assert wrong(own(Rule(types=types, how=How.OFF))) == [
            "A pattern has 1 to 200 characters, and not only blanks."
        ]
    ended = own(Rule(types="a", how=How.OFF, until=NOW))
    assert wrong(ended) == ["The time of a is over already."]
    assert wrong(ended, ended) == []


def test_an_own_layer_has_no_locks() -> None:
    """There is nobody below an agent whom a lock could bind."""
    assert changed(own(Rule(types="a", how=How.OFF, lock=LOCK))) == [
        "An agent's own layer has no locks: nobody is below it."
    ]


# The page about them

PAGE = Path(__file__).parents[2] / "docs" / "filters.md"


def table(head: str) -> list[list[str]]:
    """Return the rows of the page's table that begins with a heading."""
    lines = PAGE.read_text("utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"| {head} |")) + 2
    rows = takewhile(lambda line: line.startswith("|"), lines[begin:])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_the_pages_defaults_are_the_products() -> None:
    """Each cell of the table is what comes without any layer."""
    relations = (Relation.MINE, Relation.UNASSIGNED, Relation.TEAM, Relation.FOLLOWED)
    for priority, *hows in table("priority"):
        found = [judged(priority=Priority(priority), related=one).how for one in relations]
        assert [f"`{how}`" for how in found] == hows


def test_the_pages_example_comes_as_it_says() -> None:
    """Each row adds a layer to those before it."""
    said = {"as a toast": How.TOAST, "with sound": How.SOUND, "in the inbox": How.INBOX}
    layers: list[Layer] = []
    names = {"organisation": ORGANISATION, "team Billing": team_layer("billing"), "Mira": agent_layer(MIRA)}
    for name, rule, outcome in table("layer"):
        types, relation_, how = re.fullmatch(r"`?([^`,:]+)`?(?:, (\w+))?: `([^`]+)`", rule).groups()  # type: ignore[union-attr] # a row that isn't one fails
        if name in names:
            related = Relation(relation_ or "any")
            layers.append(Layer(name=names[name], rules=(Rule(types=types, relation=related, how=How(how)),)))
        assert judged(*layers).how is said[outcome.partition(":")[0]], name
    assert len(layers) == len(names)
