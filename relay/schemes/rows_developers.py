"""Providers for those who build software."""

from collections.abc import Mapping

from relay.schemes.provider import HOUR, Category, Provider, Trust
from relay.schemes.shapes import in_header, standard_webhooks, token

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
}
