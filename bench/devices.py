"""Many desktops paired with a journal before its relay starts."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from bench.servers import settings
from relay import identity
from relay.event import PairingCode
from relay.journal.sqlite import SqliteJournal

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Paired:
    """What a desktop knows of itself."""

    device: str
    token: str


def pair(folder: Path, count: int) -> list[Paired]:
    """Pair ``count`` desktops of as many agents, by the journal's own verbs."""
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_pair(folder, count))


async def _pair(folder: Path, count: int) -> list[Paired]:
    journal = await SqliteJournal.open(settings(folder).journal.path)
    try:
        paired: list[Paired] = []
        for begin in range(0, count, AT_ONCE):
            some = range(begin, min(count, begin + AT_ONCE))
            paired += await asyncio.gather(*(_pair_one(journal, number) for number in some))
        return paired
    finally:
        await journal.close()


async def _pair_one(journal: SqliteJournal, number: int) -> Paired:
    now, name, secret = time.time(), f"bench-{number}", identity.hash_secret("measure")
    await journal.add_code(
        PairingCode(
            id=name,
            secret_hash=secret,
            agent=f"{name}@example.com",
            teams=("billing",),
            expires_at=now + identity.CODE_SECONDS,
            tries_left=1,
        )
    )
    token = identity.new_token(token_bytes)
    device = identity.new_device(name, token, now=now, random_bytes=token_bytes)
    if await journal.redeem(name, secret, device, now) is None:
        raise RuntimeError("a desktop could not be paired")
    return Paired(device=device.id, token=token)
