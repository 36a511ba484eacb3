"""Clouds, and systems about who someone is."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Rsa
from relay.schemes.box import BOX, TwoMacs, two_keys
from relay.schemes.certified import SNS, read_sns_message
from relay.schemes.challenges import echo_query
from relay.schemes.embedded import GRAPH, read_graph_notifications
from relay.schemes.jws import Jws
from relay.schemes.mac import Equality
from relay.schemes.pipeline import Window
from relay.schemes.provider import DAY, HOUR, Ack, Category, Provider, Reply, Trust
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
    "aws-sns": Provider(
        title="Amazon SNS",
        category=Category.CLOUD,
        documentation="https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
        setup=(
            "Subscribe the URL to the topic over HTTPS, without raw delivery; then open the SubscribeURL of "
            "the event SubscriptionConfirmation. The topic's ARN is the option."
        ),
        trust=Trust.VECTOR,
        retry_span=HOUR,
        deadline=15.0,
        needs={"topic": "the ARN of the topic; a * at its end stands for any rest"},
        wiring=wired(SNS, Rsa(), key=None, reader=read_sns_message, id="body:MessageId", type="body:Type"),
    ),
    "microsoft-graph": Provider(
        title="Microsoft Graph change notifications",
        category=Category.CLOUD,
        documentation="https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
        setup="Create a subscription with the URL and a clientState of your own, which is the secret.",
        trust=Trust.DOCUMENTATION,
        retry_span=4 * HOUR,
        deadline=10.0,
        greet=echo_query("validationToken"),
        ack=Ack.always(Reply(status=202)),
        wiring=wired(
            GRAPH,
            Equality(),
            reader=read_graph_notifications,
            items="value",
            id=(
                "item:id|arrival + item:subscriptionId + item:changeType|item:lifecycleEvent"
                " + item:resourceData.id|item:resource?"
            ),
            type="item:lifecycleEvent|item:changeType",
        ),
    ),
}
