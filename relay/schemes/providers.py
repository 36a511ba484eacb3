"""The table of providers. A provider that signs with an HMAC in headers is one row of data.

What the rows say comes from each provider's own page, ``documentation``.
"""

from collections.abc import Mapping

import msgspec

from relay.schemes.header import HeaderForm
from relay.schemes.keys import text_key, whsec_key
from relay.schemes.mac import Mac
from relay.schemes.pairs import PairsForm
from relay.schemes.pipeline import Scheme
from relay.schemes.place import Place
from relay.schemes.template import Template

DAY = 24 * 60 * 60.0


class Wiring(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to judge a request: how it is proven, and where its id and type stand.

    ``type`` may have several places, which are joined by dots; only the first is required.
    """

    scheme: Scheme
    id: Place
    type: tuple[Place, ...]


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A system that sends webhooks.

    ``wiring`` is None if each source brings its own by a recipe. ``retry_span`` is for how many
    seconds the provider goes on trying, 0 if it doesn't, None if that isn't known.
    """

    title: str
    documentation: str
    setup: str
    wiring: Wiring | None
    retry_span: float | None = None


def _standard_webhooks(prefix: bytes) -> Wiring:
    """Return the wiring of the Standard Webhooks specification, version 1, under a header prefix."""
    form = HeaderForm(
        header=prefix + b"signature",
        prefix=b"v1,",
        separator=b" ",
        timestamp=prefix + b"timestamp",
        id=prefix + b"id",
        signed=Template.parse("{id}.{timestamp}.{body}"),
    )
    return Wiring(
        scheme=Scheme(form=form, primitive=Mac(encoding="base64"), key=whsec_key),
        id=Place(header=prefix + b"id"),
        type=(Place(path=("type",)),),
    )


PROVIDERS: Mapping[str, Provider] = {
    "github": Provider(
        title="GitHub",
        documentation="https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries",
        setup=(
            "In the repository or organisation under Settings, Webhooks: add the URL, choose the content "
            "type application/json and enter the secret."
        ),
        retry_span=0.0,
        # GitHub signs the body alone: id and type are as trustworthy as the connection.
        wiring=Wiring(
            scheme=Scheme(
                form=HeaderForm(header=b"x-hub-signature-256", prefix=b"sha256="),
                primitive=Mac(),
                key=text_key,
            ),
            id=Place(header=b"x-github-delivery"),
            type=(Place(header=b"x-github-event"), Place(path=("action",))),
        ),
    ),
    "stripe": Provider(
        title="Stripe",
        documentation="https://docs.stripe.com/webhooks/signature",
        setup=(
            "In the dashboard under Developers, Webhooks: add an endpoint with the URL, choose its events, "
            "and copy the signing secret, whsec_…, whole."
        ),
        retry_span=3 * DAY,
        wiring=Wiring(
            scheme=Scheme(form=PairsForm(header=b"stripe-signature"), primitive=Mac(), key=text_key),
            id=Place(path=("id",)),
            type=(Place(path=("type",)),),
        ),
    ),
    "standard-webhooks": Provider(
        title="Standard Webhooks",
        documentation="https://www.standardwebhooks.com/",
        setup="Give the sender the URL, and copy the secret that it shows, whsec_…, whole.",
        retry_span=75 * 60 * 60.0,
        wiring=_standard_webhooks(b"webhook-"),
    ),
    "svix": Provider(
        title="Svix",
        documentation="https://docs.svix.com/receiving/verifying-payloads/how-manual",
        setup="In the sender's webhook portal: add an endpoint with the URL, and copy its secret, whsec_….",
        retry_span=28 * 60 * 60.0,
        wiring=_standard_webhooks(b"svix-"),
    ),
    "generic-hmac": Provider(
        title="Any sender that signs with an HMAC",
        documentation="https://www.rfc-editor.org/rfc/rfc2104",
        setup=(
            "Describe the sender's signature in [sources.NAME.recipe]: header, prefix, encoding, algorithm, "
            "and where id and type stand."
        ),
        wiring=None,
    ),
}
"""By the name that a source's ``provider`` gives."""
