"""A process that stores events as fast as it can and prints the id of each once it was acknowledged.

Started by the tests, which kill it: ``python appender.py JOURNAL PREFIX COUNT owner|guest``.
"""

import asyncio
import sys

from relay.event import Event
from relay.journal.sqlite import SqliteJournal

AT_ONCE = 16


async def main(path: str, prefix: str, count: int, role: str) -> None:
    journal = await SqliteJournal.open(path, checkpointer=role == "owner", checkpoint_pages=50)
    numbers = iter(range(count))

    async def sender() -> None:
        for number in numbers:
            name = f"{prefix}-{number}"
            data = b"x" * (number % 7 * 500)
            event = Event(source="shop", provider="stripe", id=name, type="order.paid", time=1.0, data=data)
            await journal.append(event)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
