"""Telephony, and messengers that sign otherwise than by one header."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Ed25519, ed25519_key
from relay.schemes.bodies import read_body_or_query
from relay.schemes.canonical import MESSAGEBIRD_LEGACY
from relay.schemes.challenges import answer_discord
from relay.schemes.claims import DIALPAD, read_claims
from relay.schemes.inside import body_token, read_without
from relay.schemes.jws import Jws, oct_key
from relay.schemes.mac import Equality, Mac
from relay.schemes.plivo import V2, V3
from relay.schemes.provider import Ack, Category, Provider, Reply, Trust
from relay.schemes.shapes import in_header, wired
from relay.schemes.vonage import TOKEN, build_signed
from relay.schemes.wecom import answer_wechat, answer_wecom, build_wechat, build_wecom

_PLIVO_ID = (
    "body:MessageUUID|body:CallUUID|arrival + body:Status|body:CallStatus|body:Event? + body:SequenceNumber?"
)
_PLIVO_TYPE = "body:Event|body:CallStatus|body:Status|text:request"
_WECOM_SETUP = (
    "Enter the URL where messages are received; the secret is a JSON object with token, encoding_aes_key and "
    "receive_id, which is the {account}."
)
_WECOM_ACK = Ack.always(Reply(content_type="text/plain", body=b"success"))

ROWS: Mapping[str, Provider] = {
    "plivo-v3": Provider(
        title="Plivo",
        category=Category.MESSAGING,
        documentation="https://www.plivo.com/docs/voice/concepts/signature-validation/",
        setup="In the application: enter the URL; the secret is the (sub)account's auth token.",
        trust=Trust.SDK,
        methods=("POST", "GET"),
        wiring=wired(V3, Mac(encoding="base64"), reader=read_body_or_query, id=_PLIVO_ID, type=_PLIVO_TYPE),
    ),
    "plivo-v2": Provider(
        title="Plivo (signature of version 2: messages)",
        category=Category.MESSAGING,
        documentation="https://www.plivo.com/docs/messaging/concepts/signature-validation/",
        setup=(
            "In the application: enter the URL; the secret is the auth token. "
            "Only the address is signed: what the request says is not."
        ),
        trust=Trust.VECTOR,
        methods=("POST", "GET"),
        wiring=wired(V2, Mac(encoding="base64"), reader=read_body_or_query, id=_PLIVO_ID, type=_PLIVO_TYPE),
    ),
    "vonage-sig": Provider(
        title="Vonage SMS (signed fields)",
        category=Category.MESSAGING,
        documentation="https://developer.vonage.com/en/getting-started/concepts/signing-messages",
        setup="In the dashboard under Settings: enter the URL, copy signature secret and method.",
        trust=Trust.VECTOR,
        methods=("POST", "GET"),
        takes={"hash": "the account's signature method: md5, sha1, sha256 (default) or sha512"},
        build=build_signed,
    ),
    "vonage-jwt": Provider(
        title="Vonage (signed webhooks)",
        category=Category.MESSAGING,
        documentation="https://developer.vonage.com/en/getting-started/concepts/webhooks",
        setup="In the application: enter the URL, enable signed webhooks, copy the signature secret.",
        trust=Trust.VECTOR,
        wiring=wired(
            TOKEN,
            Jws(algorithms=("HS256",)),
            key=oct_key,
            reader=read_body_or_query,
            id="body:message_uuid|body:uuid|arrival + body:status?",
            type="body:status|body:message_type|text:request",
        ),
    ),
    "messagebird-legacy": Provider(
        title="MessageBird (signatures before tokens)",
        category=Category.MESSAGING,
        documentation="https://developers.messagebird.com/api/#verifying-http-requests",
        setup="In the dashboard under Developers, API settings: the secret is the signing key.",
        trust=Trust.VECTOR,
        methods=("POST", "GET"),
        wiring=wired(
            MESSAGEBIRD_LEGACY,
            Mac(encoding="base64"),
            reader=read_body_or_query,
            id="body:id|arrival + body:status?",
            type="body:type|body:status|text:request",
        ),
    ),
    "telnyx": Provider(
        title="Telnyx",
        category=Category.MESSAGING,
        documentation="https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks",
        setup="In the portal: enter the URL at the profile; the secret is the account's public key.",
        trust=Trust.SDK,
        wiring=in_header(
            "Telnyx-Signature-Ed25519",
            primitive=Ed25519(encoding="base64"),
            key=ed25519_key,
            timestamp="Telnyx-Timestamp",
            signed="{timestamp}|{body}",
            id="body:data.id",
            type="body:data.event_type",
        ),
    ),
    "aircall": Provider(
        title="Aircall",
        category=Category.MESSAGING,
        documentation="https://developer.aircall.io/api-references/#webhook-usage",
        setup="Under Integrations, Webhooks: add the URL; the secret is its token.",
        trust=Trust.SECONDARY,
        deadline=5.0,
        wiring=wired(
            body_token("token"),
            Equality(),
            reader=read_without("token"),
            id="body:event + body:data.id|arrival + body:timestamp|arrival",
            type="body:event",
        ),
    ),
    "dialpad": Provider(
        title="Dialpad",
        category=Category.MESSAGING,
        documentation="https://developers.dialpad.com/docs/event-subscriptions",
        setup="Create the webhook with the URL and a secret of your own.",
        trust=Trust.DOCUMENTATION,
        deadline=5.0,
        wiring=wired(
            DIALPAD,
            Jws(algorithms=("HS256",)),
            key=oct_key,
            reader=read_claims,
            id="body:call_id|body:id|arrival + body:state|body:message_status? + body:event_timestamp?",
            type="body:state|body:message_status|text:event",
        ),
    ),
    "discord": Provider(
        title="Discord",
        category=Category.MESSAGING,
        documentation="https://docs.discord.com/developers/events/webhook-events",
        setup="In the application under Webhooks: enter the URL; the secret is the application's public key.",
        trust=Trust.SDK,
        retry_span=600.0,
        deadline=3.0,
        answer=answer_discord,
        # Discord sends wrong signatures on purpose and looks for just this status.
        ack=Ack.always(Reply(status=204), refused=Reply(status=401)),
        wiring=in_header(
            "X-Signature-Ed25519",
            primitive=Ed25519(),
            key=ed25519_key,
            timestamp="X-Signature-Timestamp",
            signed="{timestamp}{body}",
            id="body:id|arrival",
            type="body:event.type|body:data.name|text:interaction",
        ),
    ),
    "wecom": Provider(
        title="WeCom",
        category=Category.MESSAGING,
        documentation="https://developer.work.weixin.qq.com/document/path/90968",
        setup=_WECOM_SETUP.format(account="corporation's id"),
        trust=Trust.VECTOR,
        deadline=5.0,
        methods=("POST", "GET"),
        answer=answer_wecom,
        ack=_WECOM_ACK,
        build=build_wecom,
    ),
    "wechat": Provider(
        title="WeChat official accounts (safe mode)",
        category=Category.MESSAGING,
        documentation="https://developers.weixin.qq.com/doc/offiaccount/en/Message_Management/Message_encryption_and_decryption.html",
        setup=_WECOM_SETUP.format(account="account's app id"),
        trust=Trust.SECONDARY,
        deadline=5.0,
        methods=("POST", "GET"),
        answer=answer_wechat,
        ack=_WECOM_ACK,
        build=build_wechat,
    ),
}
