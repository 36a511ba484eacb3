"""What every engine does with who belonged where when."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from relay.event import Draft
from relay.journal.base import Journal
from relay.protocol import Priority

Opened = Callable[[], AbstractAsyncContextManager[Journal]]

BILLING, SUPPORT = ("everyone", "team:billing"), ("everyone", "team:support")


async def publish(journal: Journal, id_: str) -> None:
    """Let something be published under the next number."""
    draft = Draft(
        id=id_,
        source="s",
        provider="p",
        type="t",
        priority=Priority.LOW,
        title="t",
        at=0.0,
        playbook="p",
        audience=("everyone",),
    )
    await journal.announce([draft])


async def test_each_change_of_an_agents_keys_is_kept(opened: Opened) -> None:
    """With the number after which it held; what is unchanged is not written again."""
    async with opened() as journal:
        assert await journal.belonging("mira") == []
        await journal.keep_belonging({"mira": BILLING, "zoe": BILLING})
        await publish(journal, "a")
        await journal.keep_belonging({"mira": SUPPORT, "zoe": BILLING})
        await publish(journal, "b")
    async with opened() as journal:
        await journal.keep_belonging({"zoe": BILLING})
        assert await journal.belonging("mira") == [(0, BILLING), (1, SUPPORT), (2, ())]
        assert await journal.belonging("zoe") == [(0, BILLING)]
        await journal.keep_belonging({"mira": BILLING, "zoe": BILLING})
        assert await journal.belonging("mira") == [(0, BILLING), (1, SUPPORT), (2, BILLING)]


async def test_where_somebody_was_is_kept_for_what_is_there(opened: Opened) -> None:
    """It goes with the last of what was published then; where they are now stays."""
    async with opened() as journal:
        for keys in (BILLING, SUPPORT):
            await journal.keep_belonging({"mira": keys})
            await publish(journal, keys[1])
        await journal.prune(float("-inf"))
        assert await journal.belonging("mira") == [(0, BILLING), (1, SUPPORT)]
        await journal.prune(float("inf"))
        assert await journal.belonging("mira") == [(1, SUPPORT)]
