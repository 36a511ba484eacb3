"""Providers of telephony, messages and mail."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Ecdsa, ec_key
from relay.schemes.bodies import read_any
from relay.schemes.challenges import answer_crc, answer_zoom, echo_body, greet_zoom
from relay.schemes.jws import Jws, oct_key
from relay.schemes.mac import Mac
from relay.schemes.provider import Category, Provider, Trust
from relay.schemes.shapes import in_header, wired
from relay.schemes.sorted_form import TWILIO
from relay.schemes.tokens import MESSAGEBIRD

ROWS: Mapping[str, Provider] = {
    "slack": Provider(
        title="Slack",
        category=Category.MESSAGING,
        documentation="https://docs.slack.dev/authentication/verifying-requests-from-slack/",
        setup="In the app under Event Subscriptions: enter the URL; its secret is in Basic Information.",
        trust=Trust.VECTOR,
        deadline=3.0,
        answer=echo_body(("type", "url_verification"), "challenge", "challenge"),
        wiring=in_header(
            "X-Slack-Signature",
            prefix="v0=",
            timestamp="X-Slack-Request-Timestamp",
            signed="v0:{timestamp}:{body}",
            reader=read_any,
            id="body:event_id|body:trigger_id|arrival",
            type="body:event.type|body:type|text:interaction",
        ),
    ),
    "zoom": Provider(
        title="Zoom",
        category=Category.MESSAGING,
        documentation="https://developers.zoom.us/docs/api/webhooks/",
        setup="In the app under Features, Access: add the event endpoint, copy the secret token.",
        trust=Trust.SDK,
        deadline=3.0,
        greet=greet_zoom,
        answer=answer_zoom,
        wiring=in_header(
            "X-Zm-Signature",
            prefix="v0=",
            timestamp="X-Zm-Request-Timestamp",
            signed="v0:{timestamp}:{body}",
            id="body:event + body:event_ts + body:payload.object.uuid|body:payload.object.id?",
            type="body:event",
        ),
    ),
    "twilio": Provider(
        title="Twilio",
        category=Category.MESSAGING,
        documentation="https://www.twilio.com/docs/usage/security#validating-requests",
        setup="In the console: enter the URL at the number; the secret is the account's auth token.",
        trust=Trust.VECTOR,
        deadline=15.0,
        methods=("POST", "GET"),
        wiring=wired(
            TWILIO,
            Mac(algorithm="sha1", encoding="base64"),
            reader=read_any,
            id=(
                "body:MessageSid|body:CallSid|arrival + body:MessageStatus|body:SmsStatus|body:CallStatus?"
                " + body:SequenceNumber?"
            ),
            type="body:EventType|body:MessageStatus|body:CallStatus|body:SmsStatus|text:request",
        ),
    ),
    "sendgrid": Provider(
        title="Twilio SendGrid",
        category=Category.MESSAGING,
        documentation="https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event",
        setup="Under Settings, Mail Settings, Event Webhook: add the URL, sign it, copy the public key.",
        trust=Trust.VECTOR,
        wiring=in_header(
            "X-Twilio-Email-Event-Webhook-Signature",
            timestamp="X-Twilio-Email-Event-Webhook-Timestamp",
            signed="{timestamp}{body}",
            primitive=Ecdsa(),
            key=ec_key,
            items=".",
            id="item:sg_event_id",
            type="item:event",
        ),
    ),
    "messagebird-jwt": Provider(
        title="Bird (MessageBird)",
        category=Category.MESSAGING,
        documentation="https://developers.messagebird.com/api/#verifying-http-requests",
        setup="In the dashboard under Developers, API settings: the secret is the signing key.",
        trust=Trust.VECTOR,
        methods=("POST", "GET", "PUT", "PATCH", "DELETE"),
        wiring=wired(
            MESSAGEBIRD,
            Jws(algorithms=("HS256", "HS384", "HS512")),
            key=oct_key,
            reader=read_any,
            id="body:id|arrival",
            type="body:type|body:status|text:request",
        ),
    ),
    "x-twitter": Provider(
        title="X",
        category=Category.MESSAGING,
        documentation="https://docs.x.com/x-api/webhooks/quickstart",
        setup="Register the URL with the webhooks API; the secret is the app's consumer secret.",
        trust=Trust.VECTOR,
        greet=answer_crc,
        greet_methods=("GET",),
        wiring=in_header(
            "X-Twitter-Webhooks-Signature",
            prefix="sha256=",
            encoding="base64",
            id="arrival",
            type="text:activity",
        ),
    ),
}
