"""Systems about who someone is."""

from collections.abc import Mapping

from relay.schemes.bodies import read_lines
from relay.schemes.challenges import echo_header
from relay.schemes.claims import KINDE, read_claims
from relay.schemes.fields import MILLISECONDS
from relay.schemes.jws import Jws
from relay.schemes.mac import Mac
from relay.schemes.pipeline import Window
from relay.schemes.provider import HOUR, Category, Provider, Trust
from relay.schemes.shapes import in_pairs, standard_webhooks, token, wired
from relay.schemes.signature_lists import PERSONA
from relay.schemes.unsigned import chosen_header

ROWS: Mapping[str, Provider] = {
    "clerk": Provider(
        title="Clerk",
        category=Category.IDENTITY,
        documentation="https://clerk.com/docs/webhooks/sync-data",
        setup=(
            "In the dashboard under Webhooks: add an endpoint with the URL, copy its signing secret, whsec_…."
        ),
        trust=Trust.VECTOR,
        retry_span=28 * HOUR,
        wiring=standard_webhooks("svix-"),
    ),
    "workos": Provider(
        title="WorkOS",
        category=Category.IDENTITY,
        documentation="https://workos.com/docs/events/data-syncing/webhooks",
        setup="In the dashboard under Webhooks: create one with the URL, and copy its secret.",
        trust=Trust.SDK,
        wiring=in_pairs(
            "WorkOS-Signature",
            blanks=True,
            clock=MILLISECONDS,
            window=Window(old=180.0, ahead=180.0),
            id="body:id",
            type="body:event",
        ),
    ),
    "persona": Provider(
        title="Persona",
        category=Category.IDENTITY,
        documentation="https://docs.withpersona.com/docs/webhooks-best-practices",
        setup="In the dashboard under Webhooks: create one with the URL, and copy its secret.",
        trust=Trust.DOCUMENTATION,
        wiring=wired(PERSONA, Mac(), id="body:data.id", type="body:data.attributes.name"),
    ),
    "okta": Provider(
        title="Okta event hooks",
        category=Category.IDENTITY,
        documentation="https://developer.okta.com/docs/concepts/event-hooks/",
        setup=(
            "Under Workflow, Event hooks: create one with the URL, the header Authorization and the secret; "
            "verify it."
        ),
        trust=Trust.DOCUMENTATION,
        # At most one more attempt, at once.
        retry_span=60.0,
        deadline=3.0,
        greet=echo_header("X-Okta-Verification-Challenge", "verification"),
        greet_methods=("GET",),
        takes={"header": "the header with the secret, Authorization if left out"},
        build=chosen_header("Authorization", items="data.events", id="item:uuid", type="item:eventType"),
    ),
    "auth0": Provider(
        title="Auth0 log streams",
        category=Category.IDENTITY,
        documentation="https://auth0.com/docs/customize/log-streams/custom-log-streams",
        setup=(
            "Under Monitoring, Streams: create a custom webhook with the URL; its authorization token is the "
            "secret."
        ),
        trust=Trust.DOCUMENTATION,
        wiring=token(
            "Authorization",
            items=".",
            reader=read_lines,
            id="item:log_id|item:data.log_id",
            type="item:data.type",
        ),
    ),
    "kinde": Provider(
        title="Kinde",
        category=Category.IDENTITY,
        documentation="https://docs.kinde.com/integrate/webhooks/about-webhooks/",
        setup="Under Settings, Webhooks: add the URL; there is no secret to copy, the domain is the option.",
        trust=Trust.DOCUMENTATION,
        needs={"domain": "the host of the Kinde business, such as example.kinde.com"},
        wiring=wired(
            KINDE,
            Jws(algorithms=("RS256",)),
            key=None,
            reader=read_claims,
            id="body:event_id",
            type="body:type",
        ),
    ),
}
