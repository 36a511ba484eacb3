"""How a notification is sent once more: to whoever it goes next, by the filters that they have now. Pure.

What the filters said when it was published was about those to whom it went then.
"""

from msgspec.structs import replace

from relay.addressing import Addressing
from relay.claims import Move, Verb, Work
from relay.event import Draft, Plan, Routing, agent_key
from relay.protocol import How

_OF_MANY = frozenset({Verb.OPEN, Verb.STRAND, Verb.CLIMB})
"""What the clock does to whatever is due; an offer, or what a person decides, is of one."""


class Resends:
    """Looks at the filters for moves that are decided later than their notification was published."""

    def __init__(self, addressing: Addressing) -> None:
        self._addressing = addressing

    def routed(self, work: Work, move: Move, now: float) -> Move:
        """Return a move with how those get it to whom it will be sent; one that brings nobody new is left.

        What a person has decided already (a colleague is named) holds. When the clock sends very many, the
        further ones go to the inbox, and reminders are quiet.
        """
        if move.routing is not None and move.verb is Verb.PASS:
            return move
        climbs = move.verb is Verb.CLIMB
        rung = work.plan.ladder[work.step : work.step + 1] if climbs else ()
        keys = tuple(dict.fromkeys((*move.audience, *map(agent_key, move.holders))))
        new = (*keys, *(key for one in rung for key in one.audience))
        whom = (*new, *(key for one in rung if one.again for key in work.audience))
        if not whom:
            return move
        # Whoever a rung brings in is asked for help: it is not a colleague's affair any more.
        draft = _draft(work, keys, Plan(ladder=rung), story=(move.reason,) if move.reason else ())
        folded = move.verb in _OF_MANY and self._addressing.storms.folds(
            replace(draft, audience=tuple(dict.fromkeys(whom))), now, rung=work.step + 1 if climbs else 0
        )
        if not new:
            return replace(move, quiet=True) if folded else move
        return replace(move, quiet=folded, routing=self._addressing.resend(draft, now, folded=folded))

    def hears(self, work: Work, agent: str, now: float) -> bool:
        """Say whether an agent would be told at all, were it offered to them."""
        share = self._addressing.share(_draft(work, (agent_key(agent),), Plan()), now)
        return share.others.get(agent, share.how) is not How.OFF

    def strand(self, work: Work, move: Move) -> None:
        """Note that nobody is left for it, to be told with the next news."""
        self._addressing.strand(work.playbook, move.audience, move.reason)


def _draft(work: Work, audience: tuple[str, ...], plan: Plan, story: tuple[str, ...] = ()) -> Draft:
    """Return as much of a notification as filters and storms look at."""
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
        routing=Routing(owner=work.owner, story=story),
        collapse=work.collapse or work.id,
        plan=plan,
    )
