"""Who belonged to which audiences when: each change of an agent's keys, by the numbers of the published."""

from collections.abc import Mapping

import apsw
import msgspec

from relay.journal.sqlite_rows import PRUNED_AT_ONCE, json_text

_LATEST = "SELECT latest FROM life"
_NEWEST = "SELECT agent, keys, max(after) FROM belonging GROUP BY agent"
_KEEP = "INSERT OR REPLACE INTO belonging (agent, after, keys) VALUES (?, ?, ?)"
_OF = "SELECT after, keys FROM belonging WHERE agent = ? ORDER BY after"
# A row is needed for what was published until the next one of its agent.
_PRUNE = """
    DELETE FROM belonging WHERE (agent, after) IN (
        SELECT old.agent, old.after FROM belonging AS old
        JOIN belonging AS newer ON newer.agent = old.agent AND newer.after > old.after
        WHERE newer.after < (SELECT coalesce(min(seq), (SELECT latest + 1 FROM life)) FROM published)
        LIMIT ?)
"""

_keys = msgspec.json.Decoder(tuple[str, ...])


def keep(connection: apsw.Connection, belonging: Mapping[str, tuple[str, ...]]) -> None:
    """Write down whose keys are others from now on; whoever isn't named has none any more."""
    latest = int(connection.execute(_LATEST).get)
    before = {agent: _keys.decode(keys) for agent, keys, _ in connection.execute(_NEWEST)}
    now = dict.fromkeys(before, ()) | dict(belonging)
    changed = [
        (agent, latest, json_text(keys)) for agent, keys in now.items() if before.get(agent, ()) != keys
    ]
    connection.executemany(_KEEP, changed)


def of(connection: apsw.Connection, agent: str) -> list[tuple[int, tuple[str, ...]]]:
    """Return an agent's keys, each with the number after which they held, in order."""
    return [(after, _keys.decode(keys)) for after, keys in connection.execute(_OF, (agent,))]


def prune(connection: apsw.Connection, before: float) -> int:  # noqa: ARG001 - as every other
    """Remove what held only for what isn't there any more; return how many."""
    connection.execute(_PRUNE, (PRUNED_AT_ONCE,))
    return connection.changes()
