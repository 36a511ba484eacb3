"""The filters in the journal: each change of a layer is kept, so that every revision can be read."""

from collections.abc import Collection

import apsw
import msgspec

from relay.filters import ORGANISATION, FilterSet, Layer
from relay.journal.sqlite_rows import json_text
from relay.protocol import MAX_SEQ

_REVISION = "SELECT coalesce(max(revision), 0) FROM filter_layer WHERE revision <= ?"
_LAYERS = """
    SELECT layer, set_by FROM filter_layer WHERE revision IN (
        SELECT max(revision) FROM filter_layer WHERE revision <= ? GROUP BY name)
"""
_NEWEST_OF = """
    SELECT coalesce(max(revision), 0) FROM filter_layer WHERE name IN (SELECT value FROM json_each(?))
"""
_KEEP = "INSERT INTO filter_layer (revision, name, set_by, at, layer) VALUES (?, ?, ?, ?, ?)"

_layer = msgspec.json.Decoder(Layer)


def revision_of(connection: apsw.Connection, upto: int = MAX_SEQ) -> int:
    """Return the newest revision up to a number, 0 if there is none."""
    return int(connection.execute(_REVISION, (upto,)).get)


def read(connection: apsw.Connection, upto: int | None) -> FilterSet:
    """Return the filters at a revision, or as they are now."""
    revision = revision_of(connection, MAX_SEQ if upto is None else upto)
    found = [(_layer.decode(layer), by) for layer, by in connection.execute(_LAYERS, (revision,))]
    layers = sorted((layer for layer, _ in found), key=_from_the_top)
    set_by = {layer.name: by for layer, by in found}
    return FilterSet(revision=revision, layers=tuple(layers), set_by=set_by)


def _from_the_top(layer: Layer) -> tuple[int, str]:
    """Sort the organisation before teams, and teams before agents."""
    if layer.name == ORGANISATION:
        return (0, "")
    return (1 if layer.name.startswith("team:") else 2, layer.name)


def keep_layer(
    connection: apsw.Connection,
    layer: Layer,
    by: str,
    at: float,
    *,
    expected: int | None,
    above: Collection[str],
) -> int | None:
    """Store a layer in place of the one of its name; None if it, or one above, is newer than expected."""
    revision = revision_of(connection)
    if expected is not None:
        newest = connection.execute(_NEWEST_OF, (json_text([layer.name, *above]),)).get
        if not newest <= expected <= revision:
            return None
    connection.execute(_KEEP, (revision + 1, layer.name, by, at, msgspec.json.encode(layer)))
    return revision + 1
