"""Clouds, and systems about who someone is."""

from collections.abc import Mapping

from relay.schemes.jws import Jws
from relay.schemes.provider import DAY, Category, Provider, Trust
from relay.schemes.shapes import wired
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
}
