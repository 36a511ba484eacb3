"""Shops and what they sell."""

from collections.abc import Mapping

from relay.schemes.provider import Provider

ROWS: Mapping[str, Provider] = {}
