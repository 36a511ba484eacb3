"""Documents, tables, tasks and forms."""

from collections.abc import Mapping

from relay.schemes.provider import Provider

ROWS: Mapping[str, Provider] = {}
