"""Who the caller is, which devices there are, and signing out."""

from http import HTTPStatus

import msgspec
from fastapi import APIRouter

from relay.claims import Move, Verb
from relay.event import Device
from relay.protocol import Stage
from relay.rest.caller import Agent, Relay
from relay.rest.parts import Parts
from relay.rest.problems import not_found
from relay.rest.shapes import DeviceShown, Me

MAX_CLAIMS = 1_000
"""Claims that are given back when an agent signs out; the clock finds what is beyond."""

router = APIRouter(tags=["devices"])


@router.get("/me")
async def me(caller: Agent, relay: Relay) -> Me:
    """Say who the caller is."""
    device = caller.device
    return Me(
        agent=device.agent,
        name=relay.directory().name_of(device.agent),
        device=device.id,
        device_name=device.name,
        teams=device.teams,
        role=device.role,
        leads=device.leads,
    )


@router.delete("/me", status_code=HTTPStatus.NO_CONTENT)
async def sign_out(caller: Agent, relay: Relay) -> None:
    """Sign the calling device out: its token is void, and if it was the agent's last, so are the claims."""
    await _revoke(relay, caller.device)


@router.get("/devices")
async def devices(caller: Agent, relay: Relay) -> tuple[DeviceShown, ...]:
    """List the caller's devices; for an admin, everybody's."""
    known = await relay.journal.devices()
    return tuple(
        DeviceShown.model_validate(device)
        for device in known
        if caller.admin or device.agent.casefold() == caller.agent
    )


@router.delete("/devices/{id}", status_code=HTTPStatus.NO_CONTENT)
async def revoke(id: str, caller: Agent, relay: Relay) -> None:  # noqa: A002 - the name in the address
    """Take a device's access away: one of the caller's own, or for an admin any."""
    device = relay.registry.entitled(id)
    if device is None or not (caller.admin or device.agent.casefold() == caller.agent):
        raise not_found()
    await _revoke(relay, device)


async def _revoke(relay: Parts, device: Device) -> None:
    now = relay.clock()
    await relay.journal.revoke(device.id, now)
    # At once, and not only when the gateway reads the devices anew.
    relay.registry.add(msgspec.structs.replace(device, revoked_at=now))
    await relay.devices_changed()
    relay.log.info("device-revoked", device=device.id, agent=device.agent)
    agent = device.agent.casefold()
    if any(other.agent.casefold() == agent for other in relay.registry.all_entitled()):
        return
    held = await relay.journal.works(limit=MAX_CLAIMS, stages=[Stage.CLAIMED], holder=agent)
    moves = [Move(id=work.id, verb=Verb.RELEASE, by=agent, reason="sign-out") for work in held]
    if moves:
        await relay.journal.move(moves, now)
