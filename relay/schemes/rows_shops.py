"""Shops and what they sell."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Ecdsa
from relay.schemes.greetings import greet_woocommerce
from relay.schemes.keysets import EBAY, ebay_key, greet_ebay
from relay.schemes.provider import HOUR, Category, Provider, Trust
from relay.schemes.shapes import in_header, wired

ROWS: Mapping[str, Provider] = {
    "shopify": Provider(
        title="Shopify",
        category=Category.SHOPS,
        documentation="https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        setup=(
            "In the app or under Settings, Notifications, Webhooks: add the URL; the secret is the "
            "client secret of the app, or the one shown there."
        ),
        trust=Trust.VECTOR,
        retry_span=4 * HOUR,
        deadline=5.0,
        wiring=in_header(
            "X-Shopify-Hmac-Sha256",
            also=("Shopify-Hmac-Sha256",),
            encoding="base64",
            id="header:X-Shopify-Event-Id|header:Shopify-Event-Id",
            type="header:X-Shopify-Topic|header:Shopify-Topic",
        ),
    ),
    "woocommerce": Provider(
        title="WooCommerce",
        category=Category.SHOPS,
        documentation="https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks",
        setup="Under WooCommerce, Settings, Advanced, Webhooks: add the delivery URL and enter the secret.",
        trust=Trust.DOCUMENTATION,
        greet=greet_woocommerce,
        wiring=in_header(
            "X-WC-Webhook-Signature",
            encoding="base64",
            id="header:X-WC-Webhook-Delivery-ID|arrival",
            type="header:X-WC-Webhook-Topic",
        ),
    ),
    "lemon-squeezy": Provider(
        title="Lemon Squeezy",
        category=Category.SHOPS,
        documentation="https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
        setup="Under Settings, Webhooks: add the callback URL and enter the signing secret.",
        trust=Trust.SECONDARY,
        retry_span=0.1 * HOUR,
        wiring=in_header(
            "X-Signature",
            id="body:meta.event_name + body:data.id + body:data.attributes.updated_at|arrival",
            type="body:meta.event_name",
        ),
    ),
    "ebay": Provider(
        title="eBay",
        category=Category.SHOPS,
        documentation="https://developer.ebay.com/marketplace-account-deletion",
        setup=(
            "Under Alerts and Notifications: enter the URL and a verification token, which is the secret. "
            "For events, make it a JSON object with verification_token and public_keys by their ids."
        ),
        trust=Trust.SECONDARY,
        greet=greet_ebay,
        greet_methods=("GET",),
        wiring=wired(
            EBAY,
            Ecdsa(algorithm="sha1"),
            key=ebay_key,
            id="body:notification.notificationId",
            type="body:metadata.topic",
        ),
    ),
}
