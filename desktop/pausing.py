"""Pausing one kind of notification for a while: a rule in the agent's own filters that ends by itself.

The relay decides what is a toast, so a pause is its business, and holds on every computer of the agent.
What a layer above has locked stays as it is. Every call here blocks: run it off the GUI thread.
"""

import glob
from collections.abc import Callable, Sequence

from desktop.api import ApiFailed, Filters, RelayApi, Rule
from desktop.filterwords import layer_of
from desktop.i18n import tr
from relay.protocol import How

_LOUD = {How.TOAST, How.SOUND}


def pause_rule(kind: str, until: float) -> Rule:
    """Return the rule that sends a playbook or a type to the history only, until a Unix time."""
    return Rule(types=glob.escape(kind), how=How.INBOX, until=until)


def locked_by(filters: Filters, agent: str, kind: str) -> tuple[str, bool]:
    """Return who has locked the toasts of a kind, empty if nobody has, and whether that is all of them."""
    loud = [cell for cell in filters.effective if kind in {cell.playbook, cell.type} and cell.how in _LOUD]
    locked = [cell.locked_by for cell in loud if cell.locked_by and cell.layer != layer_of(agent)]
    return (locked[0] if locked else "", bool(locked) and len(locked) == len(loud))


def with_pause(rules: Sequence[Rule], pause: Rule) -> tuple[Rule, ...]:
    """Return an agent's rules with a pause, in the place of an earlier one of the same kind."""
    return (*(rule for rule in rules if not _pauses(rule, pause.types)), pause)


def _pauses(rule: Rule, types: str) -> bool:
    return (rule.types, rule.relation, rule.how) == (types, "any", How.INBOX) and rule.until is not None


def pause(api: RelayApi, agent: str, kind: str, until: float) -> str:
    """Pause a kind; return who has locked a part of it, which still comes, or nothing.

    Raises:
        ApiFailed: all of it is locked, or the relay can't be asked.
    """
    partly = ""

    def change(filters: Filters) -> tuple[Rule, ...]:
        nonlocal partly
        partly, wholly = locked_by(filters, agent, kind)
        if wholly:
            words = tr("{who} has made this mandatory: it cannot be paused.", who=partly)
            raise ApiFailed(words, final=True)
        return with_pause(filters.layer(layer_of(agent)).rules, pause_rule(kind, until))

    _change(api, agent, change)
    return partly


def resume(api: RelayApi, agent: str, kind: str, until: float) -> None:
    """Take a pause back.

    Raises:
        ApiFailed: the relay can't be asked.
    """
    gone = pause_rule(kind, until)
    _change(api, agent, lambda f: tuple(rule for rule in f.layer(layer_of(agent)).rules if rule != gone))


def _change(api: RelayApi, agent: str, change: Callable[[Filters], tuple[Rule, ...]]) -> None:
    """Change an agent's own layer; once more if somebody else has changed it meanwhile."""
    for again in (True, False):
        filters = api.filters()
        layer = filters.layer(layer_of(agent))
        try:
            api.change(layer.name, change(filters), budget=layer.budget, revision=filters.revision)
        except ApiFailed as problem:
            if not (problem.stale and again):
                raise
        else:
            return
