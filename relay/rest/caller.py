"""What routes depend on: who calls and what that device may ask, and the relay's parts that answer."""

from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from relay.claims import Work
from relay.event import Device
from relay.protocol import Role
from relay.requests import concerns, governs, led_keys, led_people
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
        return led_keys(self.device, self.members)

    def leads(self, team: str) -> bool:
        """Say whether the caller may decide for a team."""
        return self.admin or team.strip().casefold() in {name.casefold() for name in self.device.leads}

    def answers_for(self, agent: str) -> bool:
        """Say whether the caller may see what concerns an agent alone."""
        name = agent.strip().casefold()
        return self.admin or name == self.agent or name in self.members

    def sees(self, work: Work) -> bool:
        """Say whether a notification is the caller's business: its own, or one that it governs."""
        return concerns(work, self.own()) or self.governs(work)

    def governs(self, work: Work) -> bool:
        """Say whether the caller may decide over others' heads: a led team, or one of its people, has it."""
        return governs(self.device, self.members, work)


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
        parts: Parts = request.app.state.parts
        return Caller(device=device, members=led_people(device, parts.directory()))


AGENT, LEAD, ADMIN = (Depends(Allow(role)) for role in _ORDER)
"""For routes that need the role and don't ask who it is."""
Agent = Annotated[Caller, AGENT]
Lead = Annotated[Caller, LEAD]


def _parts(request: Request) -> Parts:
    found: Parts = request.app.state.parts
    return found


Relay = Annotated[Parts, Depends(_parts)]
"""How a route gets at the parts that answer."""
