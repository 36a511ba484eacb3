"""Clouds, and systems about who someone is."""

from collections.abc import Mapping

from relay.schemes.box import BOX, TwoMacs, two_keys
from relay.schemes.jws import Jws
from relay.schemes.pipeline import Window
from relay.schemes.provider import DAY, Category, Provider, Trust
from relay.schemes.shapes import in_pairs, token, wired
from relay.schemes.tokens import GOOGLE

ROWS: Mapping[str, Provider] = {
    "google-pubsub": Provider(
        title="Google Cloud Pub/Sub push",
        category=Category.CLOUD,
        documentation="https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
        setup="Create a push subscription with authentication; its audience and account are the options.",
        trust=Trust.SDK,
        retry_span=7 * DAY,
        needs={
            "audience": "the audience of the subscription",
            "email": "the e-mail address of its service account",
        },
        wiring=wired(
            GOOGLE,
            Jws(algorithms=("RS256",)),
            key=None,
            id="body:message.messageId",
            type="body:message.attributes.eventType|text:message",
        ),
    ),
    "cloudflare": Provider(
        title="Cloudflare notifications",
        category=Category.CLOUD,
        documentation="https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
        setup="Under Notifications, Destinations: create a webhook with the URL and a secret.",
        trust=Trust.DOCUMENTATION,
        wiring=token(
            "cf-webhook-auth",
            id="arrival",
            type="body:alert_type|text:notification + body:alert_event?",
        ),
    ),
    "cloudflare-stream": Provider(
        title="Cloudflare Stream",
        category=Category.CLOUD,
        documentation="https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/",
        setup="PUT the URL to the account's stream/webhook in the API; its answer has the secret.",
        trust=Trust.DOCUMENTATION,
        wiring=in_pairs(
            "Webhook-Signature",
            time="time",
            signature="sig1",
            id="body:uid + body:status.state + body:modified?",
            type="text:video + body:status.state",
        ),
    ),
    "box": Provider(
        title="Box",
        category=Category.CLOUD,
        documentation="https://developer.box.com/guides/webhooks/v2/signatures-v2/",
        setup=(
            "In the developer console under Webhooks, Manage signature keys: generate both, and keep them as "
            "the parts primary and secondary of the secret."
        ),
        trust=Trust.VECTOR,
        wiring=wired(
            BOX,
            TwoMacs(),
            key=two_keys,
            window=Window(old=600.0, ahead=0.0),
            id="header:BOX-DELIVERY-ID|body:id|arrival",
            type="body:trigger",
        ),
    ),
}
