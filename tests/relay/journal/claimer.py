"""A process that claims and gives back one notification for ever, and prints each answer it got.

Started by the tests, which kill it: ``python claimer.py JOURNAL TURN``.
"""

import asyncio
import itertools
import sys

from relay.claims import Move, Verb
from relay.event import EVERYONE
from relay.journal.sqlite import SqliteJournal

AGENTS = ("mira", "zoe", "sam")


async def main(path: str, turn: str) -> None:
    """Ask for all three agents at once, each time with requests of their own."""
    journal = await SqliteJournal.open(path, checkpoint_pages=50)
    for number in itertools.count():
        verb = Verb.RELEASE if number % 2 else Verb.CLAIM
        request = f"{turn}-{number}"

        async def ask(agent: str, verb: Verb = verb, request: str = request) -> None:
            move = Move(id="a", verb=verb, by=agent, keys=(EVERYONE,))
            sys.stdout.write(f"asked {agent} {verb} {request}\n")
            (moved,) = await journal.move([move], 1_000.0, request)
            sys.stdout.write(f"told {agent} {verb} {request} {moved.refusal or 'ok'}\n")
            sys.stdout.flush()

        await asyncio.gather(*map(ask, AGENTS))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
