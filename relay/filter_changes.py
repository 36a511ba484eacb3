"""Who may change which filters, and what a lock forbids. Pure."""

from collections.abc import Iterable

from relay.filters import (
    MAX_RULES,
    ORGANISATION,
    PRODUCT,
    FilterSet,
    Layer,
    Relation,
    Rule,
    agent_layer,
    in_words,
    is_own,
    team_layer,
)
from relay.patterns import covers, overlap
from relay.people import Directory
from relay.protocol import Role

MAX_BUDGET = 10_000
MAX_PATTERN = 200


def check_change(
    filters: FilterSet,
    layer: Layer,
    *,
    by: str,
    role: Role,
    leads: Iterable[str],
    teams: Iterable[str] = (),
    now: float,
) -> list[str]:
    """Return why a layer may not be stored as it is, in sentences; empty if it may.

    ``by`` is the agent who wants it, with ``role`` and the teams that are led. ``teams`` are those of the
    agent whose layer it is: their locks are above it. A rule that stood there before a lock came may
    stay: the lock decides anyway.
    """
    if not _may(layer.name, by=by, role=role, leads=leads):
        return [f"Only {_authority(layer.name)} may change the filters of {in_words(layer.name)}."]
    problems = []
    if is_own(layer.name) and any(rule.lock for rule in layer.rules):
        problems.append("An agent's own layer has no locks: nobody is below it.")
    before = _before(filters, layer)
    names = above(layer.name, teams)
    binding = [known for known in filters.layers if known.name in names]
    for rule in layer.rules:
        if rule not in before:
            locks = ((known.name, lock) for known in binding if (lock := _lock_on(rule, known, now)))
            problems += [_forbidden(name, lock) for name, lock in locks][:1]
    return problems


def check_layer(filters: FilterSet, layer: Layer, *, now: float) -> list[str]:
    """Return what is wrong with a layer, whoever wants to store it, in sentences; empty if nothing is.

    A rule that stood there before may have ended since.
    """
    problems = []
    if len(layer.rules) > MAX_RULES:
        problems.append(f"A layer has at most {MAX_RULES} rules.")
    if layer.budget is not None and not 0 <= layer.budget <= MAX_BUDGET:
        problems.append(f"A budget is from 0 to {MAX_BUDGET} toasts an hour.")
    if any(not (rule.types.strip() and len(rule.types) <= MAX_PATTERN) for rule in layer.rules):
        problems.append(f"A pattern has 1 to {MAX_PATTERN} characters, and not only blanks.")
    before = _before(filters, layer)
    over = [rule for rule in layer.rules if rule.until is not None and rule.until <= now]
    problems += [f"The time of {rule.types} is over already." for rule in over if rule not in before][:1]
    return problems


def teams_of_owner(layer: str, directory: Directory) -> tuple[str, ...]:
    """Return the teams of the agent whose own layer it is; none for any other layer."""
    return directory.teams_of(layer.partition(":")[2]) if is_own(layer) else ()


def above(name: str, teams: Iterable[str] = ()) -> frozenset[str]:
    """Return the names of the layers whose locks bind a layer; ``teams`` are those of its agent."""
    if name.startswith("team:"):
        return frozenset((ORGANISATION,))
    return frozenset((ORGANISATION, *map(team_layer, teams))) if is_own(name) else frozenset()


def _before(filters: FilterSet, layer: Layer) -> tuple[Rule, ...]:
    return next((known.rules for known in filters.layers if known.name == layer.name), ())


def _may(name: str, *, by: str, role: Role, leads: Iterable[str]) -> bool:
    if name == PRODUCT:
        return False
    if role is Role.ADMIN or name == agent_layer(by):
        return True
    return role is Role.LEAD and name in set(map(team_layer, leads))


def _authority(name: str) -> str:
    if name.startswith("team:"):
        return "those who lead it, and admins,"
    if name.startswith("agent:"):
        return "this agent, and admins,"
    return "a new version of the product" if name == PRODUCT else "admins"


def _lock_on(rule: Rule, layer: Layer, now: float) -> Rule | None:
    """Return a layer's lock that decides all a rule is about, and otherwise; None if the rule has room.

    A later rule of the same layer is an exception to the lock, as for :func:`relay.filters.deciding`.
    """
    holding = [one for one in layer.rules if one.until is None or one.until > now]
    for place, lock in enumerate(holding, 1):
        if lock.lock and _contradicts(rule, lock) and not any(_excepts(one, rule) for one in holding[place:]):
            return lock
    return None


def _contradicts(rule: Rule, lock: Rule) -> bool:
    """Say whether everything that a rule decides is locked otherwise; a wider rule only does less."""
    covered = lock.relation in {Relation.ANY, rule.relation} and covers(lock.types, rule.types)
    return covered and rule.how is not lock.how


def _excepts(later: Rule, rule: Rule) -> bool:
    """Say whether a rule after a lock lets a rule of a layer below hold in a part of what it is about."""
    both = {later.relation, rule.relation}
    about = (Relation.ANY in both or len(both) == 1) and overlap(later.types, rule.types)
    return about and (later.lock is None or later.how is rule.how)


def _forbidden(name: str, lock: Rule) -> str:
    by = lock.lock.by if lock.lock else ""
    why = lock.lock.why if lock.lock else ""
    reason = f": {why}" if why else "."
    return f"{lock.types} is locked to {lock.how} for {in_words(name)} by {by}{reason}"
