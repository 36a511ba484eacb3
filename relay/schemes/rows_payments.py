"""Providers of payments and accounts."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Rsa, rsa_key
from relay.schemes.bodies import read_json
from relay.schemes.certified import PAYPAL
from relay.schemes.claims import PLAID
from relay.schemes.embedded import (
    ADYEN,
    BRAINTREE,
    BraintreeMac,
    braintree_key,
    greet_braintree,
    read_braintree_notification,
)
from relay.schemes.fetched import named_keys
from relay.schemes.fields import MILLISECONDS
from relay.schemes.jws import Jws
from relay.schemes.keys import hex_key
from relay.schemes.mac import Mac
from relay.schemes.per_key import MOLLIE
from relay.schemes.pipeline import Window
from relay.schemes.provider import DAY, Ack, Category, Provider, Reply, Trust
from relay.schemes.shapes import in_header, in_pairs, standard_webhooks, wired
from relay.schemes.signature_lists import RECURLY
from relay.schemes.unsigned import basic

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
    "razorpay": Provider(
        title="Razorpay",
        category=Category.PAYMENTS,
        documentation="https://razorpay.com/docs/webhooks/validate-test/",
        setup="Under Account & Settings, Webhooks: add the URL and enter the secret.",
        trust=Trust.VECTOR,
        retry_span=DAY,
        deadline=5.0,
        wiring=in_header("X-Razorpay-Signature", id="header:X-Razorpay-Event-Id|arrival", type="body:event"),
    ),
    "gocardless": Provider(
        title="GoCardless",
        category=Category.PAYMENTS,
        documentation="https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
        setup="Under Developers, Create, Webhook endpoint: enter the URL and the secret.",
        trust=Trust.VECTOR,
        wiring=in_header(
            "Webhook-Signature", items="events", id="item:id", type="item:resource_type + item:action"
        ),
    ),
    "coinbase-commerce": Provider(
        title="Coinbase Commerce",
        category=Category.PAYMENTS,
        documentation="https://docs.cdp.coinbase.com/commerce/docs/webhooks-security",
        setup="Under Settings, Notifications: add the URL, and copy the shared secret.",
        trust=Trust.VECTOR,
        wiring=in_header("X-CC-Webhook-Signature", id="body:event.id", type="body:event.type"),
    ),
    "modern-treasury": Provider(
        title="Modern Treasury",
        category=Category.PAYMENTS,
        documentation="https://docs.moderntreasury.com/platform/reference/webhooks",
        setup="Under Developers, Webhooks: add the URL; the secret is the webhook key shown there.",
        trust=Trust.VECTOR,
        deadline=5.0,
        wiring=in_header("X-Signature", id="header:X-Webhook-ID|arrival", type="header:X-Topic|body:event"),
    ),
    "mollie": Provider(
        title="Mollie (next-gen)",
        category=Category.PAYMENTS,
        documentation="https://docs.mollie.com/reference/webhooks-new",
        setup="In the dashboard under Developers, Webhooks: add the URL, and copy the signing secret.",
        trust=Trust.SDK,
        wiring=wired(MOLLIE, Mac(), id="body:id", type="body:type"),
    ),
    "adyen-platform": Provider(
        title="Adyen for Platforms",
        category=Category.PAYMENTS,
        documentation="https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
        setup="Under Developers, Webhooks: create one with the URL, and generate its HMAC key.",
        trust=Trust.VECTOR,
        deadline=10.0,
        wiring=in_header(
            "HmacSignature",
            encoding="base64",
            key=hex_key,
            id="body:type + body:data.id? + body:timestamp|body:createdAt|arrival",
            type="body:type",
        ),
    ),
    "paddle": Provider(
        title="Paddle Billing",
        category=Category.PAYMENTS,
        documentation="https://developer.paddle.com/webhooks/signature-verification",
        setup="Under Developer tools, Notifications: add a destination with the URL, copy its secret key.",
        trust=Trust.VECTOR,
        retry_span=3 * DAY,
        deadline=5.0,
        wiring=in_pairs(
            "Paddle-Signature",
            separator=";",
            time="ts",
            signature="h1",
            signed="{timestamp}:{body}",
            window=Window(old=5.0, ahead=5.0),
            id="body:event_id",
            type="body:event_type",
        ),
    ),
    "lithic": Provider(
        title="Lithic",
        category=Category.PAYMENTS,
        documentation="https://docs.lithic.com/docs/events-api",
        setup="Create an event subscription with the URL, and fetch its secret, whsec_….",
        trust=Trust.VECTOR,
        wiring=standard_webhooks("webhook-", type="body:event_type|body:type|text:event"),
    ),
    "finch": Provider(
        title="Finch",
        category=Category.PAYMENTS,
        documentation="https://developer.tryfinch.com/developer-resources/Webhooks",
        setup="In the developer dashboard under Webhooks: add the URL, and copy the secret.",
        trust=Trust.VECTOR,
        wiring=standard_webhooks("finch-", id="finch-event-id", type="body:event_type|text:event"),
    ),
    "recurly": Provider(
        title="Recurly",
        category=Category.PAYMENTS,
        documentation="https://docs.recurly.com/docs/signature-verification",
        setup="Under Integrations, Webhooks: add an endpoint for JSON with the URL, copy its secret key.",
        trust=Trust.SDK,
        wiring=wired(
            RECURLY,
            Mac(),
            id="header:Recurly-Notification-Id|arrival",
            type="body:object_type + body:event_type",
        ),
    ),
    "zoho-payments": Provider(
        title="Zoho Payments",
        category=Category.PAYMENTS,
        documentation="https://www.zoho.com/in/payments/developerdocs/webhooks/verification/",
        setup="Under Settings, Developer Space, Webhooks: add the URL, then view its signing key.",
        trust=Trust.DOCUMENTATION,
        retry_span=2 * DAY,
        deadline=15.0,
        wiring=in_pairs(
            "X-Zoho-Webhook-Signature",
            signature="v",
            clock=MILLISECONDS,
            id="body:event_id",
            type="body:event_type",
        ),
    ),
    "chargebee": Provider(
        title="Chargebee",
        category=Category.PAYMENTS,
        documentation="https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings",
        setup=(
            "Under Settings, Configure Chargebee, Webhooks: add the URL, protect it with user and password."
        ),
        trust=Trust.SECONDARY,
        retry_span=4 * DAY,
        deadline=20.0,
        wiring=basic(id="body:id", type="body:event_type"),
    ),
    "square": Provider(
        title="Square",
        category=Category.PAYMENTS,
        documentation="https://developer.squareup.com/docs/webhooks/step3validate",
        setup=(
            "In the developer console under Webhooks, Subscriptions: add the URL exactly as it is "
            "here, copy the signature key."
        ),
        trust=Trust.VECTOR,
        retry_span=DAY,
        deadline=10.0,
        wiring=in_header(
            "X-Square-HmacSha256-Signature",
            encoding="base64",
            signed="{url}{body}",
            id="body:event_id",
            type="body:type",
        ),
    ),
    "adyen": Provider(
        title="Adyen standard webhooks",
        category=Category.PAYMENTS,
        documentation="https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures/",
        setup="Under Developers, Webhooks: add a standard webhook of JSON, generate and copy its HMAC key.",
        trust=Trust.VECTOR,
        deadline=10.0,
        ack=Ack.always(Reply(content_type="text/plain", body=b"[accepted]")),
        wiring=wired(
            ADYEN,
            Mac(encoding="base64"),
            key=hex_key,
            items="notificationItems",
            id=(
                "item:NotificationRequestItem.pspReference + item:NotificationRequestItem.eventCode"
                " + item:NotificationRequestItem.success|text:none"
            ),
            type="item:NotificationRequestItem.eventCode",
        ),
    ),
    "braintree": Provider(
        title="Braintree",
        category=Category.PAYMENTS,
        documentation="https://developer.paypal.com/braintree/docs/guides/webhooks/overview",
        setup=(
            "Under API, Webhooks: add the URL; the secret is a JSON object with public_key and private_key "
            "from API, Keys."
        ),
        trust=Trust.SDK,
        retry_span=DAY,
        deadline=30.0,
        greet=greet_braintree,
        greet_methods=("GET",),
        wiring=wired(
            BRAINTREE,
            BraintreeMac(),
            key=braintree_key,
            reader=read_braintree_notification,
            id=(
                "body:notification.kind + body:notification.timestamp"
                " + body:notification.subject.subscription.id|body:notification.subject.transaction.id"
                "|body:notification.subject.dispute.id|arrival"
            ),
            type="body:notification.kind",
        ),
    ),
    "paypal": Provider(
        title="PayPal",
        category=Category.PAYMENTS,
        documentation="https://developer.paypal.com/api/rest/webhooks/rest/",
        setup=(
            "In the app under Webhooks: add the URL; the webhook's id is the option. "
            "Look a payment up again before acting on it: the body is bound by a checksum only."
        ),
        trust=Trust.VECTOR,
        retry_span=3 * DAY,
        needs={"webhook_id": "the id that PayPal shows for the webhook"},
        wiring=wired(
            PAYPAL,
            Rsa(),
            key=None,
            window=Window(old=3 * DAY),  # a repeated transmission may keep its time
            reader=read_json,
            id="body:id",
            type="body:event_type",
        ),
    ),
    "wise": Provider(
        title="Wise",
        category=Category.PAYMENTS,
        documentation="https://docs.wise.com/guides/developer/webhooks/event-handling",
        setup="Under Settings, Webhooks: add the URL; the secret is the public key that Wise publishes.",
        trust=Trust.VECTOR,
        wiring=in_header(
            "X-Signature-SHA256",
            primitive=Rsa(),
            key=rsa_key,
            id="header:X-Delivery-Id|arrival",
            type="body:event_type",
        ),
    ),
    "plaid": Provider(
        title="Plaid",
        category=Category.PAYMENTS,
        documentation="https://plaid.com/docs/api/webhooks/webhook-verification/",
        setup=(
            "Give the URL when a link token is made; the secret is the JSON web key from "
            "/webhook_verification_key/get, or a set of them."
        ),
        trust=Trust.SECONDARY,
        retry_span=DAY,
        deadline=10.0,
        wiring=wired(
            PLAID,
            Jws(algorithms=("ES256",)),
            key=named_keys,
            id="arrival",
            type="body:webhook_type + body:webhook_code",
        ),
    ),
}
