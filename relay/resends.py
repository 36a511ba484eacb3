"""How a notification is sent once more: to whoever it goes next, by the filters that they have now. Pure.

What the filters said when it was published was about those to whom it went then.
"""

from msgspec.structs import replace

from relay.addressing import Addressing
from relay.claims import Move, Verb, Work
from relay.event import Draft, Plan, Routing, agent_key
from relay.protocol import How


class Resends:
    """Looks at the filters for moves that are decided later than their notification was published."""

    def __init__(self, addressing: Addressing) -> None:
        self._addressing = addressing

    def routed(self, work: Work, move: Move, now: float) -> Move:
        """Return a move with how those get it to whom it will be sent; one that brings nobody new is left.

        What a person has decided already (a colleague is named) holds.
        """
        if move.routing is not None and move.verb is Verb.PASS:
            return move
        rung = work.plan.ladder[work.step : work.step + 1] if move.verb is Verb.CLIMB else ()
        keys = tuple(dict.fromkeys((*move.audience, *map(agent_key, move.holders))))
        if not keys and not any(one.audience for one in rung):
            return move
        # Whoever a rung brings in is asked for help: it is not a colleague's affair any more.
        share = self._addressing.share(_draft(work, keys, Plan(ladder=rung)), now)
        revision, story = self._addressing.filters.revision, (move.reason,) if move.reason else ()
        routing = Routing(
            owner=work.owner, revision=revision, how=share.how, others=share.others, story=story
        )
        return replace(move, routing=routing)

    def hears(self, work: Work, agent: str, now: float) -> bool:
        """Say whether an agent would be told at all, were it offered to them."""
        share = self._addressing.share(_draft(work, (agent_key(agent),), Plan()), now)
        return share.others.get(agent, share.how) is not How.OFF

    def strand(self, work: Work, move: Move) -> None:
        """Note that nobody is left for it, to be told with the next news."""
        self._addressing.strand(work.playbook, move.audience, move.reason)


def _draft(work: Work, audience: tuple[str, ...], plan: Plan) -> Draft:
    """Return as much of a notification as the filters look at."""
    return Draft(
        id=work.id,
        source=work.source,
        provider="",
        type=work.type,
        priority=work.priority,
        title=work.title,
        at=work.opened_at,
        playbook=work.playbook,
        audience=audience,
        routing=Routing(owner=work.owner),
        collapse=work.collapse,
        plan=plan,
    )
