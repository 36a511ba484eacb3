"""Carriers and shipping platforms."""

from collections.abc import Mapping

from relay.schemes.fields import EITHER
from relay.schemes.keys import nfkd_key
from relay.schemes.keysets import RSA, SHIPENGINE
from relay.schemes.provider import Ack, Category, Provider, Reply, Trust
from relay.schemes.shapes import in_header, in_pairs, token, wired

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
    "shippo": Provider(
        title="Shippo",
        category=Category.SHIPPING,
        documentation="https://docs.goshippo.com/docs/tracking/webhooksecurity/",
        setup="Under Settings, API: add a webhook with the URL; ask Shippo for HMAC, which gives the secret.",
        trust=Trust.SECONDARY,
        deadline=3.0,
        wiring=in_pairs(
            "Shippo-Auth-Signature",
            id="body:data.tracking_status.object_id|body:data.object_id|arrival",
            type="body:event",
        ),
    ),
    "fedex": Provider(
        title="FedEx Advanced Integrated Visibility",
        category=Category.SHIPPING,
        documentation=(
            "https://developer.fedex.com/api/en-us/catalog/shipment-visibility-webhook/docs/introduction/"
            "advanced-integrated-visibility-validation-process.html"
        ),
        setup="In the developer portal under Webhooks: create a project with the URL and a security token.",
        trust=Trust.DOCUMENTATION,
        wiring=in_header("fdx-signature", encoding="base64", id="arrival", type="text:tracking"),
    ),
    "ups": Provider(
        title="UPS Track Alert",
        category=Category.SHIPPING,
        documentation="https://developer.ups.com/tag/UPS-Track-Alert",
        setup=(
            "Subscribe tracking numbers by the API: destination.url is the URL, destination.credential the "
            "secret."
        ),
        trust=Trust.SECONDARY,
        wiring=token(
            "credential",
            id=(
                "body:trackingNumber + body:localActivityDate + body:localActivityTime"
                " + body:activityStatus.code|body:activityStatus.type?"
            ),
            type="text:tracking + body:activityStatus.type?",
        ),
    ),
    "lob": Provider(
        title="Lob",
        category=Category.SHIPPING,
        documentation="https://help.lob.com/print-and-mail/getting-data-and-results/using-webhooks",
        setup="Under Webhooks: create one with the URL, and show its secret.",
        trust=Trust.SECONDARY,
        wiring=in_header(
            "Lob-Signature",
            timestamp="Lob-Signature-Timestamp",
            clock=EITHER,
            signed="{timestamp}.{body}",
            id="body:id",
            type="body:event_type.id",
        ),
    ),
    "shipstation": Provider(
        title="ShipStation and ShipEngine",
        category=Category.SHIPPING,
        documentation="https://docs.shipstation.com/apis/docs/guides/webhooks-validation",
        setup="In the dashboard under Developer, Webhooks: add the URL; there is no secret to copy.",
        trust=Trust.SECONDARY,
        ack=Ack(refused=Reply(status=404)),
        wiring=wired(
            SHIPENGINE,
            RSA,
            key=None,
            id="arrival",
            type="body:resource_type|body:type",
        ),
    ),
}
