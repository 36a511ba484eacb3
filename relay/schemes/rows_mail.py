"""Mail, and campaigns that go by mail and push."""

from collections.abc import Mapping

from relay.schemes.bodies import read_any
from relay.schemes.challenges import greet_head
from relay.schemes.embedded import MAILGUN, UNISENDER, Spliced
from relay.schemes.keysets import CONTACT, RSA
from relay.schemes.mac import Mac
from relay.schemes.pipeline import Asked, Window
from relay.schemes.provider import DAY, HOUR, Category, Provider, Reply, Trust
from relay.schemes.shapes import in_header, standard_webhooks, wired
from relay.schemes.sorted_form import MANDRILL, read_mandrill_events
from relay.schemes.unsigned import basic


def _answer_airship(asked: Asked) -> Reply | None:
    """Answer a signed GET, by which Airship checks the URL."""
    return Reply() if asked.delivery.method == "GET" else None


_SPARKPOST_EVENTS = (
    "message_event",
    "track_event",
    "gen_event",
    "unsubscribe_event",
    "relay_event",
    "ab_test_event",
    "ingest_event",
)
_SPARKPOST_ID = "|".join(f"item:msys.{name}.event_id" for name in _SPARKPOST_EVENTS) + "|arrival"
_SPARKPOST_TYPE = "|".join(f"item:msys.{name}.type" for name in _SPARKPOST_EVENTS) + "|text:empty"

ROWS: Mapping[str, Provider] = {
    "resend": Provider(
        title="Resend",
        category=Category.MESSAGING,
        documentation="https://resend.com/docs/webhooks/verify-webhooks-requests",
        setup="In the dashboard under Webhooks: add the URL, and copy the signing secret, whsec_….",
        trust=Trust.VECTOR,
        retry_span=28 * HOUR,
        wiring=standard_webhooks("svix-"),
    ),
    "postmark": Provider(
        title="Postmark",
        category=Category.MESSAGING,
        documentation="https://postmarkapp.com/developer/webhooks/webhooks-overview",
        setup="In the server's message stream under Webhooks: add the URL with user and password.",
        trust=Trust.SECONDARY,
        retry_span=12 * HOUR,
        wiring=basic(
            id=(
                "body:MessageID + body:RecordType|text:Inbound + body:Recipient|body:Email?"
                " + body:ReceivedAt|body:DeliveredAt|body:BouncedAt|body:ChangedAt?"
            ),
            type="body:RecordType|text:Inbound",
        ),
    ),
    "sparkpost": Provider(
        title="SparkPost",
        category=Category.MESSAGING,
        documentation="https://developers.sparkpost.com/api/webhooks/",
        setup="Under Configuration, Webhooks: create one with the URL and basic authentication.",
        trust=Trust.SECONDARY,
        retry_span=8 * HOUR,
        deadline=10.0,
        wiring=basic(
            items=".",
            id=_SPARKPOST_ID,
            type=_SPARKPOST_TYPE,
        ),
    ),
    "customer-io": Provider(
        title="Customer.io reporting webhooks",
        category=Category.CUSTOMERS,
        documentation="https://docs.customer.io/api/webhooks/",
        setup="Under Data & integrations, Reporting webhooks: add the URL, and copy the signing key.",
        trust=Trust.DOCUMENTATION,
        retry_span=7 * DAY,
        deadline=4.0,
        wiring=in_header(
            "X-CIO-Signature",
            timestamp="X-CIO-Timestamp",
            signed="v0:{timestamp}:{body}",
            id="body:event_id",
            type="body:object_type? + body:metric",
        ),
    ),
    "airship": Provider(
        title="Airship open channels",
        category=Category.CUSTOMERS,
        documentation=(
            "https://support.airship.com/hc/en-us/articles/"
            "360032501831-Implementing-a-Signature-Hash-and-Validating-an-Open-Channel-Webhook"
        ),
        setup="Under Channels, Open channels: enter the URL, choose Signature Hash, and enter the secret.",
        trust=Trust.DOCUMENTATION,
        methods=("POST", "GET"),
        answer=_answer_airship,
        wiring=in_header(
            "X-UA-SIGNATURE",
            timestamp="X-UA-TIMESTAMP",
            signed="{timestamp}:{body}",
            id="body:send_id|body:push_id|arrival",
            type="text:push",
        ),
    ),
    "mixpanel": Provider(
        title="Mixpanel cohorts",
        category=Category.CUSTOMERS,
        documentation="https://docs.mixpanel.com/docs/cohort-sync/webhooks",
        setup="Under Integrations: add a custom webhook with the URL and basic authentication.",
        trust=Trust.DOCUMENTATION,
        wiring=basic(
            id=(
                "body:parameters.mixpanel_session_id|arrival + body:action + "
                "body:parameters.page_info.page_count?"
            ),
            type="body:action",
        ),
    ),
    "mandrill": Provider(
        title="Mailchimp Transactional (Mandrill)",
        category=Category.MESSAGING,
        documentation="https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
        setup="Under Settings, Webhooks: add the URL exactly as it is here; its key is the secret.",
        trust=Trust.VECTOR,
        greet=greet_head,
        greet_methods=("HEAD",),
        wiring=wired(
            MANDRILL,
            Mac(algorithm="sha1", encoding="base64"),
            reader=read_mandrill_events,
            items="mandrill_events",
            id="item:_id|arrival + item:event|item:type + item:ts?",
            type="item:event|item:type",
        ),
    ),
    "mailgun": Provider(
        title="Mailgun",
        category=Category.MESSAGING,
        documentation="https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        setup=(
            "Under Sending, Webhooks: add the URL; the secret is the HTTP webhook signing key. "
            "Only time and token are signed: what the event says is not."
        ),
        trust=Trust.VECTOR,
        retry_span=8 * 60 * 60.0,
        wiring=wired(
            MAILGUN,
            Mac(),
            window=Window(old=120.0, ahead=120.0),
            reader=read_any,
            # The token is what is signed: as the id, it makes a replay with another body a duplicate.
            id="body:signature.token|body:token",
            type="body:event-data.event|body:event|text:message",
        ),
    ),
    "unisender-go": Provider(
        title="Unisender Go",
        category=Category.MESSAGING,
        documentation="https://godocs.unisender.ru/web-api-ref#webhook",
        setup="Under Webhooks: add the URL; the secret is the account's API key.",
        trust=Trust.SECONDARY,
        wiring=wired(
            UNISENDER,
            Spliced(),
            items="events_by_user.*.events",
            id=(
                "item:event_data.job_id|arrival + item:event_data.email? + item:event_data.status?"
                " + item:event_data.event_time?"
            ),
            type="item:event_name + item:event_data.status?",
        ),
    ),
    "constant-contact": Provider(
        title="Constant Contact",
        category=Category.MESSAGING,
        documentation="https://v3.developer.constantcontact.com/api_guide/webhook_authenticity.html",
        setup="Register the URL for a topic; there is no secret to copy.",
        trust=Trust.DOCUMENTATION,
        wiring=wired(CONTACT, RSA, key=None, id="arrival", type="body:event_type|text:notification"),
    ),
}
