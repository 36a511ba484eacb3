"""The people as they are now: devices that come and go, a file that is saved, and a file that is broken."""

import asyncio
import os
from pathlib import Path

import pytest

from relay.errors import ConfigErrors
from relay.event import Device, team_key
from relay.identity import Registry
from relay.log import get_logger
from relay.protocol import Role
from relay.roster import Roster

MIRA = "mira@example.com"
BILLING = '[teams.billing]\nleads = ["lena@example.com"]\n[agents."mira@example.com"]\nteams = ["billing"]\n'


def device(agent: str = MIRA, *teams: str) -> Device:
    return Device(id=agent, agent=agent, teams=teams, name="d", token_hash=agent.encode(), paired_at=0.0)


def save(file: Path, text: str, number: int) -> None:
    """Save a file as it is at another time, whatever the clock's grain."""
    file.write_text(text)
    os.utime(file, ns=(number, number))


def test_a_device_is_known_at_once() -> None:
    """Whoever pairs is in the directory, which stays the same as long as nobody else does."""
    registry = Registry()
    roster = Roster(registry, None, get_logger())
    assert not roster.directory.people
    registry.add(device(MIRA, "Billing"))

    assert roster.directory.members("billing") == (MIRA,)
    first = roster.directory
    registry.raise_cursor(MIRA, 5)
    registry.add(device(MIRA, "Billing"))
    assert roster.directory is first


def test_devices_have_the_teams_of_the_file(tmp_path: Path) -> None:
    """What the file gives an agent, each of the agent's desktops has: teams, and teams to lead."""
    file = tmp_path / "people.toml"
    save(file, BILLING, 1)
    registry = Registry()
    Roster(registry, file, get_logger())
    registry.load([device(MIRA, "VIP"), device("lena@example.com")])

    mira, lena = (registry.entitled(one) for one in (MIRA, "lena@example.com"))
    assert mira is not None
    assert lena is not None
    assert team_key("billing") in mira.audience_keys()
    assert team_key("vip") in mira.audience_keys()
    assert (lena.role, lena.leads) == (Role.LEAD, ("billing",))


def test_a_saved_file_holds_at_once_and_a_broken_one_not_at_all(tmp_path: Path) -> None:
    """The people change with the file; if it can't be used they stay, and what is wrong can be asked for."""
    file = tmp_path / "people.toml"
    save(file, BILLING, 1)
    roster = Roster(Registry(), file, get_logger())

    async def run() -> None:
        assert not await roster.look()
        save(file, BILLING.replace("mira@", "zoe@"), 2)
        assert await roster.look()
        assert roster.directory.members("billing") == ("zoe@example.com",)
        save(file, "[teams.billing]\nlaeds = []\n", 3)
        assert not await roster.look()
        assert roster.directory.members("billing") == ("zoe@example.com",)
        assert "people.toml:2: teams.billing.laeds: is not a key here." in roster.problem
        file.unlink()
        assert not await roster.look()
        assert roster.problem
        save(file, BILLING, 4)
        assert await roster.look()
        assert not roster.problem
        save(file, BILLING + "\n# a comment\n", 5)
        assert not await roster.look()

    asyncio.run(run())


def test_a_relay_does_not_start_with_a_wrong_file(tmp_path: Path) -> None:
    """At the start there is nothing to go on with."""
    file = tmp_path / "people.toml"
    save(file, "[teems]\n", 1)
    with pytest.raises(ConfigErrors, match="Did you mean 'teams'"):
        Roster(Registry(), file, get_logger())
    with pytest.raises(ConfigErrors, match="can't be read"):
        Roster(Registry(), tmp_path / "nothing.toml", get_logger())
