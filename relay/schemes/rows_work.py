"""Documents, tables, tasks and forms."""

from collections.abc import Mapping

from relay.schemes.challenges import echo_query, greet_head
from relay.schemes.claims import MONDAY, greet_monday
from relay.schemes.greetings import greet_asana
from relay.schemes.jws import Jws, oct_key
from relay.schemes.keys import base64_key
from relay.schemes.mac import Mac
from relay.schemes.per_key import DOCUSIGN, MAX_DOCUSIGN_KEYS
from relay.schemes.pipeline import Window
from relay.schemes.provider import DAY, Category, Provider, Trust
from relay.schemes.shapes import in_header, in_pairs, wired

ROWS: Mapping[str, Provider] = {
    "dropbox": Provider(
        title="Dropbox",
        category=Category.WORK,
        documentation="https://www.dropbox.com/developers/reference/webhooks",
        setup="In the app console under Webhooks: add the URL; the secret is the app secret.",
        trust=Trust.DOCUMENTATION,
        deadline=10.0,
        greet=echo_query("challenge"),
        greet_methods=("GET",),
        wiring=in_header("X-Dropbox-Signature", id="arrival", type="text:changed"),
    ),
    "airtable": Provider(
        title="Airtable",
        category=Category.WORK,
        documentation="https://airtable.com/developers/web/api/webhooks-overview",
        setup=(
            "Create the webhook with the URL by the API; the secret is macSecretBase64 of its answer. It "
            "says only that something changed."
        ),
        trust=Trust.DOCUMENTATION,
        wiring=in_header(
            "X-Airtable-Content-MAC",
            prefix="hmac-sha256=",
            key=base64_key,
            id="body:webhook.id + body:timestamp",
            type="text:changed",
        ),
    ),
    "asana": Provider(
        title="Asana",
        category=Category.WORK,
        documentation="https://developers.asana.com/docs/webhooks-guide",
        setup=(
            "Start with any secret, create the webhook with the URL by the API, then put X-Hook-Secret "
            "of its answer in place of the secret."
        ),
        trust=Trust.DOCUMENTATION,
        retry_span=DAY,
        deadline=10.0,
        greet=greet_asana,
        wiring=in_header(
            "X-Hook-Signature",
            items="events",
            id=(
                "item:created_at + item:resource.gid + item:action + item:change.field? + "
                "item:parent.gid? + item:user.gid?"
            ),
            type="item:resource.resource_type + item:action",
        ),
    ),
    "clickup": Provider(
        title="ClickUp",
        category=Category.WORK,
        documentation="https://developer.clickup.com/docs/webhooksignature",
        setup="Create the webhook with the URL by the API; the secret is in its answer.",
        trust=Trust.DOCUMENTATION,
        wiring=in_header(
            "X-Signature",
            id="body:webhook_id + body:event + body:history_items.0.id|arrival",
            type="body:event",
        ),
    ),
    "typeform": Provider(
        title="Typeform",
        category=Category.WORK,
        documentation="https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
        setup="In the form under Connect, Webhooks: add the URL and enter the secret.",
        trust=Trust.DOCUMENTATION,
        wiring=in_header(
            "Typeform-Signature",
            prefix="sha256=",
            encoding="base64",
            id="body:event_id",
            type="body:event_type",
        ),
    ),
    "docusign": Provider(
        title="DocuSign Connect",
        category=Category.WORK,
        documentation="https://developers.docusign.com/platform/webhooks/connect/validate",
        setup=(
            "Under Settings, Connect: add a configuration with the URL (JSON) that includes the HMAC "
            "signature; the secret is a Connect key."
        ),
        trust=Trust.DOCUMENTATION,
        wiring=wired(
            DOCUSIGN,
            Mac(encoding="base64", limit=MAX_DOCUSIGN_KEYS),
            id=(
                "body:data.envelopeId|body:envelopeId + body:event + body:data.recipientId? + "
                "body:generatedDateTime?"
            ),
            type="body:event",
        ),
    ),
    "calendly": Provider(
        title="Calendly",
        category=Category.CUSTOMERS,
        documentation="https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
        setup="Create a webhook subscription by the API with the URL and a signing_key: that is the secret.",
        trust=Trust.SECONDARY,
        retry_span=DAY,
        wiring=in_pairs(
            "Calendly-Webhook-Signature",
            window=Window(old=180.0, ahead=180.0),
            id="body:event + body:payload.uri|arrival + body:created_at?",
            type="body:event",
        ),
    ),
    "trello": Provider(
        title="Trello",
        category=Category.WORK,
        documentation="https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
        setup="Create the webhook with the URL; the secret is the application's secret beside its API key.",
        trust=Trust.DOCUMENTATION,
        greet=greet_head,
        greet_methods=("HEAD",),
        wiring=in_header(
            "X-Trello-Webhook",
            algorithm="sha1",
            encoding="base64",
            signed="{body}{url}",
            id="body:action.id",
            type="body:action.type",
        ),
    ),
    "monday": Provider(
        title="monday.com",
        category=Category.WORK,
        documentation="https://developer.monday.com/apps/docs/authorization-header",
        setup="In the app's integration or webhook: enter the URL; the secret is the app's signing secret.",
        trust=Trust.DOCUMENTATION,
        greet=greet_monday,
        wiring=wired(
            MONDAY,
            Jws(algorithms=("HS256",)),
            key=oct_key,
            id="body:event.triggerUuid|body:payload.runtimeMetadata.triggerUuid|arrival",
            type="body:event.type|text:action",
        ),
    ),
}
