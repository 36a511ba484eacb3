"""Airlines and travel."""

from collections.abc import Mapping

from relay.schemes.provider import Category, Provider, Trust
from relay.schemes.shapes import in_pairs

ROWS: Mapping[str, Provider] = {
    "duffel": Provider(
        title="Duffel",
        category=Category.TRAVEL,
        documentation="https://duffel.com/docs/guides/receiving-webhooks",
        setup="In the dashboard under Developers, Webhooks: create one with the URL, and copy its secret.",
        trust=Trust.VECTOR,
        # The same event may come under another id; the idempotency key stays.
        wiring=in_pairs("X-Duffel-Signature", id="body:idempotency_key|body:id", type="body:type"),
    ),
}
