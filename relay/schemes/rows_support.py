"""Help desks and systems about customers."""

from collections.abc import Mapping

from relay.schemes.fields import MILLISECONDS
from relay.schemes.provider import DAY, Category, Provider, Trust
from relay.schemes.shapes import in_header

ROWS: Mapping[str, Provider] = {
    "hubspot-v3": Provider(
        title="HubSpot",
        category=Category.CUSTOMERS,
        documentation="https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
        setup="In the app under Webhooks: enter the target URL; the secret is the app's client secret.",
        trust=Trust.VECTOR,
        retry_span=DAY,
        deadline=5.0,
        wiring=in_header(
            "X-HubSpot-Signature-v3",
            encoding="base64",
            timestamp="X-HubSpot-Request-Timestamp",
            clock=MILLISECONDS,
            signed="{method}{url}{body}{timestamp}",
            items=".",
            id="item:eventId",
            type="item:subscriptionType",
        ),
    ),
}
