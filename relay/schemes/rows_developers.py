"""Providers for those who build software."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Ed25519, ed25519_key
from relay.schemes.canonical import CONTENTFUL, KEYGEN
from relay.schemes.claims import JIRA_CONNECT
from relay.schemes.fields import MILLISECONDS
from relay.schemes.jws import Jws, oct_key
from relay.schemes.keys import gitlab_key
from relay.schemes.linear import LINEAR
from relay.schemes.mac import Mac
from relay.schemes.pipeline import Window
from relay.schemes.provider import DAY, HOUR, Category, Provider, Trust
from relay.schemes.shapes import in_header, in_pairs, standard_webhooks, token, wired

ROWS: Mapping[str, Provider] = {
    "github": Provider(
        title="GitHub",
        category=Category.DEVELOPERS,
        documentation="https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries",
        setup=(
            "In the repository or organisation under Settings, Webhooks: add the URL, choose the content "
            "type application/json and enter the secret."
        ),
        trust=Trust.VECTOR,
        retry_span=0.0,
        deadline=10.0,
        # GitHub signs the body alone: id and type are as trustworthy as the connection.
        wiring=in_header(
            "X-Hub-Signature-256",
            prefix="sha256=",
            id="header:X-GitHub-Delivery",
            type="header:X-GitHub-Event + body:action?",
        ),
    ),
    "gitlab": Provider(
        title="GitLab",
        category=Category.DEVELOPERS,
        documentation="https://docs.gitlab.com/user/project/integrations/webhooks/",
        setup="In the project or group under Settings, Webhooks: add the URL and enter the secret token.",
        trust=Trust.VECTOR,
        deadline=10.0,
        wiring=token("X-Gitlab-Token", id="header:X-Gitlab-Event-UUID|arrival", type="header:X-Gitlab-Event"),
    ),
    "svix": Provider(
        title="Svix",
        category=Category.DEVELOPERS,
        documentation="https://docs.svix.com/receiving/verifying-payloads/how-manual",
        setup="In the sender's webhook portal: add an endpoint with the URL, and copy its secret, whsec_….",
        trust=Trust.VECTOR,
        retry_span=28 * HOUR,
        wiring=standard_webhooks("svix-"),
    ),
    "github-legacy-sha1": Provider(
        title="GitHub with the old signature",
        category=Category.DEVELOPERS,
        documentation="https://docs.github.com/enterprise-server/webhooks/using-webhooks/validating-webhook-deliveries",
        setup=(
            "Only for servers that send no X-Hub-Signature-256: set the secret at the webhook as for GitHub."
        ),
        trust=Trust.VECTOR,
        retry_span=0.0,
        deadline=10.0,
        wiring=in_header(
            "X-Hub-Signature",
            prefix="sha1=",
            algorithm="sha1",
            id="header:X-GitHub-Delivery",
            type="header:X-GitHub-Event + body:action?",
        ),
    ),
    "bitbucket": Provider(
        title="Bitbucket Cloud",
        category=Category.DEVELOPERS,
        documentation="https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
        setup="In the repository under Settings, Webhooks: add the URL and enter the secret.",
        trust=Trust.VECTOR,
        deadline=10.0,
        wiring=in_header(
            "X-Hub-Signature", prefix="sha256=", id="header:X-Request-UUID|arrival", type="header:X-Event-Key"
        ),
    ),
    "bitbucket-server": Provider(
        title="Bitbucket Data Center",
        category=Category.DEVELOPERS,
        documentation="https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html",
        setup="In the repository under Settings, Webhooks: add the URL and enter the secret.",
        trust=Trust.VECTOR,
        deadline=10.0,
        wiring=in_header(
            "X-Hub-Signature",
            prefix="sha256=",
            id="header:X-Request-Id|arrival",
            type="header:X-Event-Key|body:eventKey",
        ),
    ),
    "gitea": Provider(
        title="Gitea",
        category=Category.DEVELOPERS,
        documentation="https://docs.gitea.com/usage/webhooks",
        setup="In the repository under Settings, Webhooks: add the URL as target and enter the secret.",
        trust=Trust.VECTOR,
        wiring=in_header(
            "X-Gitea-Signature",
            id="header:X-Gitea-Delivery|arrival",
            type="header:X-Gitea-Event + body:action?",
        ),
    ),
    "sentry": Provider(
        title="Sentry",
        category=Category.DEVELOPERS,
        documentation="https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
        setup="In the custom integration: enter the URL as webhook; the secret is its client secret.",
        trust=Trust.DOCUMENTATION,
        deadline=1.0,
        wiring=in_header(
            "Sentry-Hook-Signature",
            id="header:Request-ID|arrival",
            type="header:Sentry-Hook-Resource + body:action?",
        ),
    ),
    "vercel": Provider(
        title="Vercel",
        category=Category.DEVELOPERS,
        documentation="https://vercel.com/docs/webhooks/webhooks-api",
        setup="In the team under Settings, Webhooks: add the URL, and copy the secret that it shows once.",
        trust=Trust.SECONDARY,
        wiring=in_header("X-Vercel-Signature", algorithm="sha1", id="body:id", type="body:type"),
    ),
    "circleci": Provider(
        title="CircleCI",
        category=Category.DEVELOPERS,
        documentation="https://circleci.com/docs/outbound-webhooks/",
        setup="In the project under Settings, Webhooks: add the URL and enter the secret token.",
        trust=Trust.VECTOR,
        wiring=in_header("Circleci-Signature", prefix="v1=", separator=",", id="body:id", type="body:type"),
    ),
    "pagerduty": Provider(
        title="PagerDuty",
        category=Category.DEVELOPERS,
        documentation="https://developer.pagerduty.com/docs/verifying-webhook-signatures",
        setup=(
            "Under Integrations, Generic Webhooks (v3): add the URL, and copy the secret that it shows once."
        ),
        trust=Trust.VECTOR,
        wiring=in_header(
            "X-PagerDuty-Signature",
            prefix="v1=",
            separator=",",
            id="body:event.id",
            type="body:event.event_type",
        ),
    ),
    "gitlab-signed": Provider(
        title="GitLab with a signing token",
        category=Category.DEVELOPERS,
        documentation="https://docs.gitlab.com/user/project/integrations/webhooks/",
        setup=(
            "In the project or group under Settings, Webhooks: add the URL, generate a signing token, copy "
            "it."
        ),
        trust=Trust.SECONDARY,
        deadline=10.0,
        wiring=standard_webhooks("webhook-", key=gitlab_key, type="header:X-Gitlab-Event"),
    ),
    "openai": Provider(
        title="OpenAI",
        category=Category.DEVELOPERS,
        documentation="https://platform.openai.com/docs/guides/webhooks",
        setup=(
            "In the project's settings under Webhooks: create an endpoint with the URL, copy its secret, "
            "whsec_…."
        ),
        trust=Trust.VECTOR,
        retry_span=3 * DAY,
        wiring=standard_webhooks("webhook-"),
    ),
    "linear": Provider(
        title="Linear",
        category=Category.DEVELOPERS,
        documentation="https://linear.app/developers/webhooks#securing-webhooks",
        setup="Under Settings, API: create a webhook with the URL, and copy its signing secret.",
        trust=Trust.SDK,
        retry_span=8 * HOUR,
        deadline=5.0,
        wiring=wired(
            LINEAR,
            Mac(),
            window=Window(old=60.0, ahead=60.0),
            id="header:Linear-Delivery|arrival",
            type="body:type + body:action?",
        ),
    ),
    "sanity": Provider(
        title="Sanity",
        category=Category.DEVELOPERS,
        documentation="https://www.sanity.io/docs/content-lake/webhooks",
        setup="In the project's settings under API, Webhooks: create one with the URL and a secret.",
        trust=Trust.VECTOR,
        deadline=30.0,
        wiring=in_pairs(
            "Sanity-Webhook-Signature",
            blanks=True,
            clock=MILLISECONDS,
            encoding="base64url",
            id="header:Idempotency-Key|arrival",
            type="body:_type|text:document + header:Sanity-Operation?",
        ),
    ),
    "mux": Provider(
        title="Mux",
        category=Category.DEVELOPERS,
        documentation="https://docs.mux.com/core/verify-webhook-signatures",
        setup="Under Settings, Webhooks: create one with the URL, and show its signing secret.",
        trust=Trust.DOCUMENTATION,
        retry_span=DAY,
        deadline=5.0,
        wiring=in_pairs("Mux-Signature", id="body:id", type="body:type"),
    ),
    "contentful": Provider(
        title="Contentful",
        category=Category.DEVELOPERS,
        documentation="https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/",
        setup="Under Settings, Webhooks: add the URL, enable request verification and copy the secret.",
        trust=Trust.SDK,
        wiring=wired(
            CONTENTFUL,
            Mac(),
            window=Window(old=29.999),  # its library refuses at 30 seconds
            id="header:X-Contentful-Idempotency-Key|arrival",
            type="header:X-Contentful-Topic|text:request",
        ),
    ),
    "jira-connect": Provider(
        title="Jira Connect apps",
        category=Category.DEVELOPERS,
        documentation="https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/",
        setup="Name the URL in the app's descriptor; the secret is the sharedSecret of the installation.",
        trust=Trust.SECONDARY,
        takes={"base_path": "the path of the app's baseUrl, which is left out of what is signed"},
        wiring=wired(
            JIRA_CONNECT,
            Jws(algorithms=("HS256",)),
            key=oct_key,
            id="header:X-Atlassian-Webhook-Identifier|arrival",
            type="body:webhookEvent|text:request",
        ),
    ),
    "keygen": Provider(
        title="Keygen",
        category=Category.DEVELOPERS,
        documentation="https://keygen.sh/docs/api/signatures/",
        setup="Under Settings: add a webhook endpoint; the secret is the account's Ed25519 public key.",
        trust=Trust.SECONDARY,
        wiring=wired(
            KEYGEN,
            Ed25519(encoding="base64"),
            key=ed25519_key,
            id="body:data.id",
            type="body:data.attributes.event",
        ),
    ),
}
