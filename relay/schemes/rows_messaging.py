"""Providers of telephony, messages and mail."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Ecdsa, ec_key
from relay.schemes.bodies import read_any, read_body_or_query
from relay.schemes.challenges import answer_crc, answer_zoom, greet_zoom, json_reply
from relay.schemes.chats import answer_slack, answer_twitch, greet_slack, read_slack, read_telegram
from relay.schemes.fields import ISO
from relay.schemes.greetings import greet_meta
from relay.schemes.jws import Jws, oct_key
from relay.schemes.keys import base64_key
from relay.schemes.mac import Mac
from relay.schemes.pipeline import Window
from relay.schemes.provider import DAY, HOUR, Ack, Category, Provider, Reply, Trust
from relay.schemes.shapes import in_header, in_pairs, token, wired
from relay.schemes.sorted_form import TWILIO
from relay.schemes.tokens import MESSAGEBIRD

_VERIFY_TOKEN = {"verify_token": "the word that Meta has to send before the URL is used"}

ROWS: Mapping[str, Provider] = {
    "slack": Provider(
        title="Slack",
        category=Category.MESSAGING,
        documentation="https://docs.slack.dev/authentication/verifying-requests-from-slack/",
        setup="In the app under Event Subscriptions: enter the URL; its secret is in Basic Information.",
        trust=Trust.VECTOR,
        retry_span=HOUR,
        deadline=3.0,
        # What stands in the answer to a command is shown to whoever gave it.
        ack=Ack.always(Reply()),
        greet=greet_slack,
        answer=answer_slack,
        wiring=in_header(
            "X-Slack-Signature",
            prefix="v0=",
            timestamp="X-Slack-Request-Timestamp",
            signed="v0:{timestamp}:{body}",
            reader=read_slack,
            id="body:event_id|body:trigger_id|arrival",
            type="body:event.type|body:type|text:command",
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
        ack=Ack.always(Reply(content_type="text/xml", body=b"<Response/>")),
        wiring=wired(
            TWILIO,
            Mac(algorithm="sha1", encoding="base64"),
            reader=read_body_or_query,
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
    "meta": Provider(
        title="Meta (Graph API)",
        category=Category.MESSAGING,
        documentation="https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
        setup="In the app under Webhooks: enter the URL and the verify token; the secret is the app secret.",
        trust=Trust.DOCUMENTATION,
        retry_span=1.5 * DAY,
        greet=greet_meta,
        greet_methods=("GET",),
        ack=Ack(refused=Reply(status=403)),
        takes=_VERIFY_TOKEN,
        wiring=in_header(
            "X-Hub-Signature-256",
            prefix="sha256=",
            items="entry",
            id="item:messaging.0.message.mid|arrival",
            type="body:object + item:changes.0.field?",
        ),
    ),
    "whatsapp": Provider(
        title="WhatsApp Business",
        category=Category.MESSAGING,
        documentation="https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks",
        setup=(
            "In the app under WhatsApp, Configuration: enter the URL and the verify token; the secret is "
            "the app secret."
        ),
        trust=Trust.DOCUMENTATION,
        retry_span=7 * DAY,
        greet=greet_meta,
        greet_methods=("GET",),
        ack=Ack(refused=Reply(status=403)),
        takes=_VERIFY_TOKEN,
        wiring=in_header(
            "X-Hub-Signature-256",
            prefix="sha256=",
            items="entry.*.changes",
            id="item:value.messages.0.id|item:value.statuses.0.id|arrival + item:value.statuses.0.status?",
            type="item:field + item:value.messages.0.type|item:value.statuses.0.status?",
        ),
    ),
    "messenger": Provider(
        title="Messenger",
        category=Category.MESSAGING,
        documentation="https://developers.facebook.com/docs/messenger-platform/webhooks",
        setup=(
            "In the app under Messenger, Settings: enter the URL and the verify token; the secret is the "
            "app secret."
        ),
        trust=Trust.DOCUMENTATION,
        retry_span=1.5 * DAY,
        greet=greet_meta,
        greet_methods=("GET",),
        ack=Ack(refused=Reply(status=403)),
        takes=_VERIFY_TOKEN,
        wiring=in_header(
            "X-Hub-Signature-256",
            prefix="sha256=",
            items="entry.*.messaging",
            id="item:message.mid|item:postback.mid|arrival",
            type="body:object + text:messaging",
        ),
    ),
    "genesys": Provider(
        title="Genesys Cloud Open Messaging",
        category=Category.MESSAGING,
        documentation="https://developer.genesys.cloud/commdigital/digital/openmessaging/validateWebhook",
        setup=(
            "Under Message, Platforms, Open Messaging: enter the URL (port 443) and the signature secret "
            "token."
        ),
        trust=Trust.DOCUMENTATION,
        retry_span=75.0,
        deadline=10.0,
        wiring=in_header(
            "X-Hub-Signature-256",
            prefix="sha256=",
            encoding="base64",
            id="body:id|arrival",
            type="body:type|text:message",
        ),
    ),
    "line": Provider(
        title="LINE",
        category=Category.MESSAGING,
        documentation="https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
        setup="In the channel under Messaging API: enter the webhook URL; the secret is the channel secret.",
        trust=Trust.VECTOR,
        wiring=in_header(
            "X-Line-Signature", encoding="base64", items="events", id="item:webhookEventId", type="item:type"
        ),
    ),
    "viber": Provider(
        title="Viber",
        category=Category.MESSAGING,
        documentation="https://developers.viber.com/docs/api/rest-bot-api/#callbacks",
        setup="Call set_webhook with the URL; the secret is the auth token of the bot.",
        trust=Trust.VECTOR,
        wiring=in_header("X-Viber-Content-Signature", id="body:message_token", type="body:event"),
    ),
    "microsoft-teams": Provider(
        title="Microsoft Teams outgoing webhook",
        category=Category.MESSAGING,
        documentation="https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
        setup=(
            "In the team under Manage team, Apps: create an outgoing webhook with the URL, and copy its "
            "security token."
        ),
        trust=Trust.SECONDARY,
        retry_span=0.0,
        deadline=5.0,
        ack=Ack.always(json_reply({"type": "message", "text": "Received."})),
        wiring=in_header(
            "Authorization", prefix="HMAC ", encoding="base64", key=base64_key, id="body:id", type="body:type"
        ),
    ),
    "telegram": Provider(
        title="Telegram",
        category=Category.MESSAGING,
        documentation="https://core.telegram.org/bots/api#setwebhook",
        setup="Call setWebhook of the bot with the URL and a secret_token of letters, digits, - and _.",
        trust=Trust.DOCUMENTATION,
        wiring=token(
            "X-Telegram-Bot-Api-Secret-Token",
            reader=read_telegram,
            id="body:update_id",
            type="body:update_type",
        ),
    ),
    "twitch": Provider(
        title="Twitch EventSub",
        category=Category.MESSAGING,
        documentation="https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
        setup=(
            "Create a subscription by the API with the URL as callback and a secret of 10 to 100 characters."
        ),
        trust=Trust.VECTOR,
        answer=answer_twitch,
        wiring=in_header(
            "Twitch-Eventsub-Message-Signature",
            prefix="sha256=",
            timestamp="Twitch-Eventsub-Message-Timestamp",
            clock=ISO,
            signed_id="Twitch-Eventsub-Message-Id",
            signed="{id}{timestamp}{body}",
            window=Window(old=600.0, ahead=600.0),
            id="header:Twitch-Eventsub-Message-Id",
            type="body:subscription.type",
        ),
    ),
    "tiktok": Provider(
        title="TikTok",
        category=Category.MESSAGING,
        documentation="https://developers.tiktok.com/doc/webhooks-verification",
        setup="In the app under Webhooks: enter the URL; the secret is the app's client secret.",
        trust=Trust.DOCUMENTATION,
        retry_span=3 * DAY,
        wiring=in_pairs(
            "TikTok-Signature",
            signature="s",
            id="body:event + body:create_time + body:user_openid? + body:content?",
            type="body:event",
        ),
    ),
}
