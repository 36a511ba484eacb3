"""Whom a playbook asks for about one event: its audience, with what the event said put in. Pure.

The renderer makes it, beside each draft; :mod:`relay.routing` turns it into people.
"""

import msgspec

from relay.playbooks import Audience, Circle


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One playbook's audience, with the owners and languages that its expressions gave.

    Position 0 of ``owners`` and ``languages`` belongs to the audience itself, the others to its
    fallbacks in their order. What a circle doesn't ask for, or the event doesn't say, is empty; a tuple
    that is too short means the same.
    """

    audience: Audience
    owners: tuple[str, ...] = ()
    """As the event has them: an e-mail address, or an id of the provider's."""
    languages: tuple[str, ...] = ()

    def circles(self) -> tuple[Circle, ...]:
        """Return the audience itself and its fallbacks, in order."""
        return (self.audience, *self.audience.fallback)

    def owner(self, route: int) -> str:
        """Return what the event gives as the owner of a circle, empty if nothing."""
        return self.owners[route] if route < len(self.owners) else ""

    def language(self, route: int) -> str:
        """Return the language that the event asks for in a circle, empty if none."""
        return self.languages[route] if route < len(self.languages) else ""
