"""What routes depend on: who calls and what that device may ask, and the relay's parts that answer."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from relay.claims import Work
from relay.event import Device, agent_key, lead_key, team_key
from relay.protocol import Role
from relay.rest.parts import Parts
from relay.rest.problems import NOT_ALLOWED, SIGN_IN, Refused

_ORDER = (Role.AGENT, Role.LEAD, Role.ADMIN)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """The device behind a request, and the people whose work it may see as a lead."""

    device: Device
    members: tuple[str, ...] = ()
    """Agents of the teams that it leads, in lower case."""

    @property
    def agent(self) -> str:
        """Return whose device it is, in lower case."""
        return self.device.agent.casefold()

    @property
    def admin(self) -> bool:
        """Say whether everything is this caller's business."""
        return self.device.role is Role.ADMIN

    def own(self) -> tuple[str, ...]:
        """Return the audience keys of this agent."""
        return self.device.audience_keys()

    def led(self) -> tuple[str, ...]:
        """Return the audience keys of what the led teams have to do."""
        leads = self.device.leads
        return (*map(team_key, leads), *map(lead_key, leads), *map(agent_key, self.members))

    def leads(self, team: str) -> bool:
        """Say whether the caller may decide for a team."""
        return self.admin or team.strip().casefold() in {name.casefold() for name in self.device.leads}

    def answers_for(self, agent: str) -> bool:
        """Say whether the caller may see what concerns an agent alone."""
        name = agent.strip().casefold()
        return self.admin or name == self.agent or name in self.members

    def sees(self, work: Work) -> bool:
        """Say whether a notification is the caller's business: addressed to it or to a led team."""
        return self.admin or not {*self.own(), *self.led()}.isdisjoint(work.audience)

    def governs(self, work: Work) -> bool:
        """Say whether the caller may decide over others' heads: a led team, or one of its people, has it."""
        if self.admin or not {*self.led()}.isdisjoint(work.audience):
            return True
        return bool(work.holders) and set(work.holders) <= {*self.members}


def members_of(teams: Sequence[str], parts: Parts) -> tuple[str, ...]:
    """Return the agents of some teams, in lower case."""
    return tuple(sorted({agent for team in teams for agent in parts.directory().members(team)}))


class Allow(HTTPBearer):
    """The dependency of every route: lets in whoever has at least this role.

    The door has found the device (:mod:`relay.rest.front`); without one there is no caller.
    """

    def __init__(self, role: Role) -> None:
        super().__init__(scheme_name="device token", description="A device's token.", auto_error=False)
        self.role = role

    async def __call__(self, request: Request) -> Caller:  # type: ignore[override] # more than credentials
        """Return the caller.

        Raises:
            Refused: no token, or not this role.
        """
        device = getattr(request.state, "device", None)
        if not isinstance(device, Device):
            raise Refused(HTTPStatus.UNAUTHORIZED, SIGN_IN, WWW_Authenticate="Bearer")
        if _ORDER.index(device.role) < _ORDER.index(self.role):
            raise Refused(HTTPStatus.FORBIDDEN, NOT_ALLOWED)
        return Caller(device=device, members=members_of(device.leads, request.app.state.parts))


AGENT, LEAD, ADMIN = (Depends(Allow(role)) for role in _ORDER)
"""For routes that need the role and don't ask who it is."""
Agent = Annotated[Caller, AGENT]
Lead = Annotated[Caller, LEAD]


def _parts(request: Request) -> Parts:
    found: Parts = request.app.state.parts
    return found


Relay = Annotated[Parts, Depends(_parts)]
"""How a route gets at the parts that answer."""
