"""Carriers and shipping platforms."""

from collections.abc import Mapping

from relay.schemes.provider import Provider

ROWS: Mapping[str, Provider] = {}
