"""Carriers and shipping platforms."""

from collections.abc import Mapping

from relay.schemes.keys import nfkd_key
from relay.schemes.provider import Category, Provider, Trust
from relay.schemes.shapes import in_header

ROWS: Mapping[str, Provider] = {
    "aftership": Provider(
        title="AfterShip",
        category=Category.SHIPPING,
        documentation="https://www.aftership.com/docs/tracking/webhook/webhook-signature",
        setup="Under Settings, Webhooks: add the URL, and copy the webhook secret.",
        trust=Trust.DOCUMENTATION,
        wiring=in_header(
            "AfterShip-Hmac-Sha256", encoding="base64", id="body:event_id|arrival", type="body:event"
        ),
    ),
    "easypost": Provider(
        title="EasyPost",
        category=Category.SHIPPING,
        documentation="https://docs.easypost.com/guides/webhooks-guide",
        setup="Create the webhook with the URL and a webhook_secret by the API or in the dashboard.",
        trust=Trust.VECTOR,
        deadline=7.0,
        wiring=in_header(
            "X-Hmac-Signature", prefix="hmac-sha256-hex=", key=nfkd_key, id="body:id", type="body:description"
        ),
    ),
    "sendcloud": Provider(
        title="Sendcloud",
        category=Category.SHIPPING,
        documentation="https://api.sendcloud.dev/docs/sendcloud-public-api/webhooks",
        setup="In the API integration: enter the webhook URL; the secret is its secret key or signature key.",
        trust=Trust.VECTOR,
        wiring=in_header(
            "Sendcloud-Signature",
            id="body:action + body:parcel.id? + body:timestamp|arrival",
            type="body:action",
        ),
    ),
}
