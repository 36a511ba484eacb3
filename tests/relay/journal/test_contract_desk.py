"""What every engine does with calls to other systems, filters and roles."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from msgspec.structs import replace

from relay.calls import Call, CallState
from relay.event import Device, PairingCode
from relay.filters import FilterSet, Layer, Rule
from relay.journal.base import Journal
from relay.protocol import How, Role

Opened = Callable[[], AbstractAsyncContextManager[Journal]]


def a_call(id_: str, due: float = 10.0, **fields: object) -> Call:
    plain = Call(
        id=id_,
        notification="a",
        playbook="p",
        action="mail",
        label="Send",
        url="https://x.example",
        created_at=5.0,
        due=due,
    )
    return replace(plain, **fields)


def a_layer(name: str, how: How = How.INBOX) -> Layer:
    return Layer(name=name, rules=(Rule(types="payment-*", how=how),))


# Calls


async def test_calls_wait_for_their_time(opened: Opened) -> None:
    """The earliest first; what was made or given up is due no more."""
    calls = [a_call("late", 30.0), a_call("soon", 10.0), a_call("now", 5.0)]
    async with opened() as journal:
        assert await journal.next_call() is None
        await journal.add_calls(calls)
        assert await journal.next_call() == 5.0
        assert [call.id for call in await journal.calls_due(10.0, 10)] == ["now", "soon"]
        assert [call.id for call in await journal.calls_due(10.0, 1)] == ["now"]
        await journal.keep_call(
            replace(calls[2], state=CallState.DONE, status=200, tries=1), {CallState.WAITING}
        )
        await journal.keep_call(replace(calls[1], due=40.0, tries=1, problem="refused"), {CallState.WAITING})
        assert [call.id for call in await journal.calls_due(100.0, 10)] == ["late", "soon"]
        assert await journal.next_call() == 30.0


async def test_a_call_is_added_once(opened: Opened) -> None:
    """The same id again leaves the first as it is, however far it has come."""
    async with opened() as journal:
        await journal.add_calls([a_call("c"), a_call("c", 99.0)])
        done = a_call("c", state=CallState.DONE)
        await journal.keep_call(done, {CallState.WAITING})
        await journal.add_calls([a_call("c")])
        assert await journal.calls(limit=10) == [done]
        assert not await journal.keep_call(a_call("never"), {CallState.WAITING})
        assert await journal.calls(limit=10) == [done]


async def test_calls_can_be_looked_at(opened: Opened) -> None:
    """Newest first, by state and by notification."""
    async with opened() as journal:
        await journal.add_calls([a_call("1"), a_call("2", notification="b"), a_call("3")])
        dead = a_call("1", state=CallState.DEAD)
        await journal.keep_call(dead, {CallState.WAITING})
        assert [call.id for call in await journal.calls(limit=2)] == ["3", "2"]
        assert [call.id for call in await journal.calls(limit=2, before="3")] == ["2", "1"]
        assert [call.id for call in await journal.calls(limit=2, before="3", notification="a")] == ["1"]
        assert await journal.calls(limit=2, before="gone") == []
        assert await journal.calls(limit=10, state=CallState.DEAD) == [dead]
        assert [call.id for call in await journal.calls(limit=10, notification="a")] == ["3", "1"]
        assert await journal.calls(limit=10, state=CallState.DEAD, notification="b") == []


async def test_a_call_is_kept_only_in_place_of_what_was_read(opened: Opened) -> None:
    """Whoever was slower changes nothing: what was dropped meanwhile stays dropped, as it is."""
    async with opened() as journal:
        await journal.add_calls([a_call("c")])
        dropped = a_call("c", state=CallState.DROPPED, problem="Dropped by lea.")
        assert await journal.keep_call(dropped, {CallState.WAITING})
        assert not await journal.keep_call(a_call("c", tries=1), {CallState.WAITING})
        assert await journal.call("c") == dropped
        done = a_call("c", state=CallState.DONE)
        assert await journal.keep_call(done, {CallState.WAITING, CallState.DROPPED})
        assert await journal.call("c") == done


async def test_a_clock_that_was_set_moves_waiting_calls(opened: Opened) -> None:
    """They are found by their new time, and say it; what is over stays as it was."""
    dead = a_call("dead", state=CallState.DEAD)
    async with opened() as journal:
        await journal.add_calls([a_call("soon"), a_call("later", 20.0), dead])
        assert await journal.shift(-3_600.0) == 2
        moved = [a_call("soon", -3_590.0), a_call("later", -3_580.0)]
        assert await journal.calls_due(-3_580.0, 10) == moved
        assert await journal.next_call() == -3_590.0
        assert await journal.call("dead") == dead


async def test_finished_calls_are_pruned(opened: Opened) -> None:
    """Those that still wait stay, however old they are."""
    async with opened() as journal:
        await journal.add_calls([a_call("done"), a_call("dead"), a_call("waiting"), a_call("new")])
        await journal.keep_call(a_call("done", state=CallState.DONE), {CallState.WAITING})
        await journal.keep_call(a_call("dead", state=CallState.DEAD), {CallState.WAITING})
        await journal.add_calls([a_call("later", created_at=50.0, state=CallState.DONE)])
        await journal.prune(20.0)
        assert [call.id for call in await journal.calls(limit=10)] == ["later", "new", "waiting"]


# Filters


async def test_every_revision_of_the_filters_can_be_read(opened: Opened) -> None:
    """Each change is a revision of its own, and what held before can still be asked for."""
    organisation, team = a_layer("organisation"), a_layer("team:billing", How.OFF)
    louder = a_layer("organisation", How.SOUND)
    async with opened() as journal:
        assert await journal.filters() == FilterSet()
        for layer in (a_layer("agent:mira"), team, organisation):
            assert await journal.keep_layer(layer, by="lea", at=1.0)
        assert await journal.keep_layer(louder, by="lea", at=2.0) == 4
    async with opened() as journal:
        now = await journal.filters()
        assert (now.revision, now.layers) == (4, (louder, team, a_layer("agent:mira")))
        assert (await journal.filters(3)).layers == (organisation, team, a_layer("agent:mira"))
        before = FilterSet(
            revision=2,
            layers=(team, a_layer("agent:mira")),
            set_by={"agent:mira": "lea", "team:billing": "lea"},
        )
        assert await journal.filters(2) == before
        assert await journal.filters(0) == FilterSet()
        assert (await journal.filters(99)).revision == 4


async def test_changes_of_different_layers_do_not_collide(opened: Opened) -> None:
    """Twelve agents change their own layers on one revision; a layer above that was changed is in the way."""
    above = ("organisation", "team:billing")
    async with opened() as journal:
        changes = [
            journal.keep_layer(a_layer(f"agent:{number}"), by="x", at=1.0, expected=0, above=above)
            for number in range(12)
        ]
        assert sorted(await asyncio.gather(*changes), key=lambda one: one or 0) == list(range(1, 13))
        own = a_layer("agent:0", How.OFF)
        assert await journal.keep_layer(own, by="x", at=1.0, expected=0, above=above) is None
        assert await journal.keep_layer(own, by="x", at=1.0, expected=12, above=above) == 13
        assert await journal.keep_layer(a_layer("team:billing"), by="lea", at=2.0, expected=13) == 14
        assert await journal.keep_layer(own, by="x", at=1.0, expected=13, above=above) is None
        assert await journal.keep_layer(own, by="x", at=1.0, expected=13) == 15
        assert await journal.keep_layer(own, by="x", at=1.0, expected=16) is None


async def test_of_two_who_change_a_layer_at_once_one_is_told(opened: Opened) -> None:
    """Whoever decided from a revision that isn't the newest any more changes nothing."""
    async with opened() as journal:
        changes = [
            journal.keep_layer(a_layer("organisation", how), by="lea", at=1.0, expected=0) for how in How
        ]
        answers = await asyncio.gather(*changes)
        assert sorted(answers, key=str) == [1, None, None, None]
        assert await journal.keep_layer(a_layer("organisation"), by="lea", at=1.0, expected=0) is None
        assert await journal.keep_layer(a_layer("organisation"), by="lea", at=1.0, expected=1) == 2
        assert (await journal.filters()).revision == 2


async def test_a_change_of_filters_wakes(opened: Opened) -> None:
    """Whoever watches the journal hears of new filters without asking."""
    async with opened() as journal:
        woken = asyncio.Event()
        journal.watch(woken.set)
        await journal.keep_layer(a_layer("organisation"), by="lea", at=1.0)
        await asyncio.wait_for(woken.wait(), 10)


# Roles


@pytest.mark.parametrize("role", Role)
async def test_a_device_has_the_role_of_its_invitation(opened: Opened, role: Role) -> None:
    """What the new device says of itself doesn't count."""
    secret = b"right".ljust(32)
    code = PairingCode(
        id="c",
        secret_hash=secret,
        agent="lea",
        teams=("billing",),
        role=role,
        leads=("billing", "søk"),
        expires_at=2_000.0,
        tries_left=3,
    )
    asked = Device(
        id="d",
        agent="?",
        teams=(),
        name="PC",
        token_hash=b"t" * 32,
        paired_at=1_000.0,
        role=Role.ADMIN,
        leads=("all",),
    )
    async with opened() as journal:
        await journal.add_code(code)
        paired = await journal.redeem("c", secret, asked, at=1_100.0)
        assert paired is not None
        assert (paired.role, paired.leads) == (role, ("billing", "søk"))
        assert await journal.devices() == [paired]
