"""Senders that have no row of their own."""

from collections.abc import Mapping

from relay.schemes.provider import HOUR, Category, Provider, Trust
from relay.schemes.recipe import read_recipe
from relay.schemes.shapes import standard_webhooks

ROWS: Mapping[str, Provider] = {
    "standard-webhooks": Provider(
        title="Standard Webhooks",
        category=Category.GENERIC,
        documentation="https://www.standardwebhooks.com/",
        setup="Give the sender the URL, and copy the secret that it shows, whsec_…, whole.",
        trust=Trust.VECTOR,
        retry_span=75 * HOUR,
        wiring=standard_webhooks("webhook-"),
    ),
    "generic-hmac": Provider(
        title="Any sender that signs with an HMAC",
        category=Category.GENERIC,
        documentation="https://www.rfc-editor.org/rfc/rfc2104",
        setup=(
            "Describe the sender's signature in [sources.NAME.recipe]: header, prefix, encoding, algorithm, "
            "and where id and type stand."
        ),
        trust=Trust.VECTOR,
        build=read_recipe,
    ),
}
