"""Providers of payments and accounts."""

from collections.abc import Mapping

from relay.schemes.provider import DAY, Ack, Category, Provider, Reply, Trust
from relay.schemes.shapes import in_header, in_pairs

ROWS: Mapping[str, Provider] = {
    "stripe": Provider(
        title="Stripe",
        category=Category.PAYMENTS,
        documentation="https://docs.stripe.com/webhooks/signature",
        setup=(
            "In the dashboard under Developers, Webhooks: add an endpoint with the URL, choose its events, "
            "and copy the signing secret, whsec_…, whole."
        ),
        trust=Trust.VECTOR,
        retry_span=3 * DAY,
        wiring=in_pairs("Stripe-Signature", id="body:id", type="body:type"),
    ),
    "xero": Provider(
        title="Xero",
        category=Category.PAYMENTS,
        documentation="https://developer.xero.com/documentation/guides/webhooks/overview/",
        setup="In the app under Webhooks: enter the URL, copy the key, send the intent to receive.",
        trust=Trust.SECONDARY,
        deadline=5.0,
        # The intent to receive comes with good and bad signatures: 200 and 401, both without a body.
        ack=Ack.always(Reply(), refused=Reply(status=401)),
        wiring=in_header(
            "X-Xero-Signature",
            encoding="base64",
            items="events",
            id="item:tenantId + item:eventCategory + item:eventType + item:resourceId + item:eventDateUtc",
            type="item:eventCategory + item:eventType",
        ),
    ),
}
