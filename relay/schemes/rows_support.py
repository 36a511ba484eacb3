"""Help desks and systems about customers."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Ed25519, ed25519_key
from relay.schemes.bodies import read_body_or_query
from relay.schemes.canonical import hubspot
from relay.schemes.fields import ISO, MILLISECONDS
from relay.schemes.front import CHANNEL, answer_front, read_call
from relay.schemes.inside import body_token, read_without
from relay.schemes.mac import Equality, Mac, PlainHash
from relay.schemes.provider import DAY, HOUR, Category, Provider, Trust
from relay.schemes.salesforce import ACK, build_salesforce
from relay.schemes.shapes import in_header, wired
from relay.schemes.unsigned import PLACES, chosen_header, header_or_basic

ROWS: Mapping[str, Provider] = {
    "hubspot-v3": Provider(
        title="HubSpot",
        category=Category.CUSTOMERS,
        documentation="https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
        setup="In the app under Webhooks: enter the target URL; the secret is the app's client secret.",
        trust=Trust.VECTOR,
        retry_span=DAY,
        deadline=5.0,
        wiring=in_header(
            "X-HubSpot-Signature-v3",
            encoding="base64",
            timestamp="X-HubSpot-Request-Timestamp",
            clock=MILLISECONDS,
            signed="{method}{url}{body}{timestamp}",
            items=".",
            id="item:eventId",
            type="item:subscriptionType",
        ),
    ),
    "intercom": Provider(
        title="Intercom",
        category=Category.SUPPORT,
        documentation="https://developers.intercom.com/docs/webhooks/webhook-notifications",
        setup="In the app under Webhooks: enter the URL, choose topics; the secret is its client secret.",
        trust=Trust.DOCUMENTATION,
        wiring=in_header(
            "X-Hub-Signature", prefix="sha1=", algorithm="sha1", id="body:id", type="body:topic"
        ),
    ),
    "help-scout": Provider(
        title="Help Scout",
        category=Category.SUPPORT,
        documentation="https://developer.helpscout.com/webhooks/",
        setup="Under Manage, Apps, Webhooks: enter the URL and the secret key.",
        trust=Trust.DOCUMENTATION,
        wiring=in_header(
            "X-HelpScout-Signature",
            algorithm="sha1",
            encoding="base64",
            id="arrival",
            type="header:X-HelpScout-Event",
        ),
    ),
    "front": Provider(
        title="Front rules",
        category=Category.SUPPORT,
        documentation="https://dev.frontapp.com/docs/rule-webhooks",
        setup="In a rule choose Send to a Webhook with the URL; the secret is the API secret of the company.",
        trust=Trust.DOCUMENTATION,
        deadline=5.0,
        wiring=in_header(
            "X-Front-Signature", algorithm="sha1", encoding="base64", id="body:id", type="body:type"
        ),
    ),
    "front-app": Provider(
        title="Front applications",
        category=Category.SUPPORT,
        documentation="https://dev.frontapp.com/docs/application-webhooks",
        setup="In the app add the feature Application webhooks with the URL; the secret is the app secret.",
        trust=Trust.DOCUMENTATION,
        deadline=5.0,
        answer=answer_front,
        wiring=in_header(
            "X-Front-Signature",
            timestamp="X-Front-Request-Timestamp",
            clock=MILLISECONDS,
            signed="{timestamp}:{body}",
            encoding="base64",
            id="body:payload.id|body:id",
            type="body:type",
        ),
    ),
    "front-channel": Provider(
        title="Front channels",
        category=Category.SUPPORT,
        documentation="https://dev.frontapp.com/docs/security-1",
        setup="In the app add a channel with the URL; the secret is that of the channel type.",
        trust=Trust.DOCUMENTATION,
        methods=("POST", "PUT", "PATCH", "GET", "DELETE"),
        wiring=wired(
            CHANNEL,
            Mac(encoding="base64"),
            reader=read_call,
            id="body:payload.id|body:id|arrival",
            type="body:type|text:call",
        ),
    ),
    "jira": Provider(
        title="Jira",
        category=Category.SUPPORT,
        documentation="https://developer.atlassian.com/cloud/jira/platform/webhooks/",
        setup="Under System, WebHooks: create one with the URL, and enter or generate its secret.",
        trust=Trust.VECTOR,
        wiring=in_header(
            "X-Hub-Signature",
            prefix="sha256=",
            id="header:X-Atlassian-Webhook-Identifier",
            type="body:webhookEvent",
        ),
    ),
    "segment": Provider(
        title="Segment",
        category=Category.CUSTOMERS,
        documentation="https://www.twilio.com/docs/segment/connections/destinations/catalog/actions-webhook",
        setup=(
            "Add the destination Webhooks (Actions) with the URL and a shared secret; leave batching "
            "off, as only the first event of a batch would be signed."
        ),
        trust=Trust.DOCUMENTATION,
        retry_span=4 * HOUR,
        wiring=in_header(
            "X-Signature", algorithm="sha1", id="body:messageId", type="body:type + body:event?"
        ),
    ),
    "zendesk": Provider(
        title="Zendesk",
        category=Category.SUPPORT,
        documentation="https://developer.zendesk.com/documentation/webhooks/verifying/",
        setup=(
            "In the admin centre under Apps and integrations, Webhooks: add the URL, then show the signing "
            "secret."
        ),
        trust=Trust.DOCUMENTATION,
        deadline=12.0,
        methods=("POST", "PUT", "PATCH", "GET", "DELETE"),
        wiring=in_header(
            "X-Zendesk-Webhook-Signature",
            encoding="base64",
            timestamp="X-Zendesk-Webhook-Signature-Timestamp",
            clock=ISO,
            signed="{timestamp}{body}",
            reader=read_body_or_query,
            id="header:X-Zendesk-Webhook-Invocation-Id|body:id|arrival",
            type="body:type|text:trigger",
        ),
    ),
    "freshdesk": Provider(
        title="Freshdesk and Freshworks",
        category=Category.SUPPORT,
        documentation="https://support.freshdesk.com/support/solutions/articles/132589",
        setup=(
            "In an automation rule choose Trigger webhook: enter the URL, and user and password, or else a "
            "header of your own with the secret, whose name is the option header."
        ),
        trust=Trust.DOCUMENTATION,
        takes=PLACES | {"header": "the header with the secret; without it user and password are expected"},
        build=header_or_basic(
            id="arrival",
            type="body:freshdesk_webhook.triggered_event|body:type|text:ticket",
        ),
    ),
    "gorgias": Provider(
        title="Gorgias",
        category=Category.SUPPORT,
        documentation="https://docs.gorgias.com/en-US/http-integrations-81822",
        setup=(
            "Under Settings, HTTP integration: enter the URL, and add a header of your own with the secret."
        ),
        trust=Trust.DOCUMENTATION,
        needs={"header": "the header with the secret"},
        takes=PLACES,
        build=chosen_header(id="arrival", type="body:event|body:type|text:ticket"),
    ),
    "talkdesk": Provider(
        title="Talkdesk",
        category=Category.SUPPORT,
        documentation="https://docs.talkdesk.com/docs/events-api",
        setup=(
            "In a connection or automation that calls the URL, add a header of your own with the secret. What"
            " the Events API signs is not published in full, and not supported."
        ),
        trust=Trust.UNCONFIRMED,
        needs={"header": "the header with the secret"},
        takes=PLACES,
        build=chosen_header(),
    ),
    "salesforce": Provider(
        title="Salesforce Outbound Message",
        category=Category.CUSTOMERS,
        documentation=(
            "https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm"
        ),
        setup=(
            "Under Setup, Outbound Messages: create one for the object with the URL and its token. The option"
            " organization_id is under Setup, Company Information."
        ),
        trust=Trust.DOCUMENTATION,
        retry_span=DAY,
        ack=ACK,
        needs={"organization_id": "the id of the organisation, of 15 or 18 characters"},
        build=build_salesforce,
    ),
    "hubspot-v1": Provider(
        title="HubSpot (signature of version 1)",
        category=Category.CUSTOMERS,
        documentation="https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
        setup="In the app under Webhooks: enter the target URL; the secret is the app's client secret.",
        trust=Trust.VECTOR,
        retry_span=DAY,
        deadline=5.0,
        wiring=wired(hubspot("v1"), PlainHash(), items=".", id="item:eventId", type="item:subscriptionType"),
    ),
    "hubspot-v2": Provider(
        title="HubSpot (signature of version 2: workflows and cards)",
        category=Category.CUSTOMERS,
        documentation="https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
        setup="In the workflow or card: enter the URL; the secret is the app's client secret.",
        trust=Trust.VECTOR,
        retry_span=DAY,
        deadline=5.0,
        methods=("POST", "GET", "PUT", "PATCH", "DELETE"),
        wiring=wired(
            hubspot("v2"),
            PlainHash(),
            reader=read_body_or_query,
            id="body:eventId|arrival",
            type="body:subscriptionType|text:request",
        ),
    ),
    "livechat": Provider(
        title="LiveChat",
        category=Category.SUPPORT,
        documentation="https://platform.text.com/docs/management/webhooks",
        setup="Register the webhook with a secret_key of your own: it stands in every body.",
        trust=Trust.SECONDARY,
        retry_span=6 * HOUR,
        deadline=10.0,
        wiring=wired(
            body_token("secret_key"),
            Equality(),
            reader=read_without("secret_key"),
            id="body:payload.event.id|arrival",
            type="body:action",
        ),
    ),
    "zoho-crm": Provider(
        title="Zoho CRM notifications",
        category=Category.CUSTOMERS,
        documentation="https://www.zoho.com/crm/developer/docs/api/v8/notifications/overview.html",
        setup="Enable notifications with the URL and a token of your own; renew the channel before it ends.",
        trust=Trust.SDK,
        wiring=wired(
            body_token("token"),
            Equality(),
            reader=read_without("token"),
            id="body:channel_id + body:operation + body:server_time|arrival + body:ids.0?",
            type="body:module + body:operation",
        ),
    ),
    "gohighlevel": Provider(
        title="GoHighLevel",
        category=Category.CUSTOMERS,
        documentation="https://marketplace.gohighlevel.com/docs/webhook/WebhookIntegrationGuide/",
        setup="In the app under Webhooks: add the URL; the secret is the public key of the guide.",
        trust=Trust.DOCUMENTATION,
        wiring=in_header(
            "X-GHL-Signature",
            primitive=Ed25519(encoding="base64"),
            key=ed25519_key,
            id="body:webhookId|arrival",
            type="body:type",
        ),
    ),
}
