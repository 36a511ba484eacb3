"""The table of providers, joined from its files. A provider that signs with an HMAC is one row of data.

What the rows say comes from each provider's own page, ``documentation``; ``trust`` says how sure it is.
"""

from collections.abc import Mapping

from relay.schemes import (
    rows_cloud,
    rows_developers,
    rows_generic,
    rows_identity,
    rows_mail,
    rows_messaging,
    rows_payments,
    rows_shipping,
    rows_shops,
    rows_support,
    rows_telephony,
    rows_travel,
    rows_work,
)
from relay.schemes.provider import Provider, Wiring

__all__ = ["PROVIDERS", "Provider", "Wiring"]

_FILES = (
    rows_payments,
    rows_shops,
    rows_shipping,
    rows_support,
    rows_work,
    rows_messaging,
    rows_telephony,
    rows_developers,
    rows_travel,
    rows_mail,
    rows_identity,
    rows_cloud,
    rows_generic,
)

PROVIDERS: Mapping[str, Provider] = {name: row for file in _FILES for name, row in file.ROWS.items()}
"""By the name that a source's ``provider`` gives."""
