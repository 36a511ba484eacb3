"""Senders that have no row of their own."""

from collections.abc import Mapping

from relay.schemes.asymmetric import Ed25519, whpk_key
from relay.schemes.cloudevents import greet_cloudevents, read_cloudevents
from relay.schemes.provider import HOUR, Category, Provider, Trust
from relay.schemes.recipe import read_recipe
from relay.schemes.shapes import standard_webhooks, token
from relay.schemes.unsigned import PLACES, build_basic, build_mutual_tls, build_url_token, chosen_header

ROWS: Mapping[str, Provider] = {
    "standard-webhooks": Provider(
        title="Standard Webhooks",
        category=Category.GENERIC,
        documentation="https://www.standardwebhooks.com/",
        setup="Give the sender the URL, and copy the secret that it shows, whsec_…, whole.",
        trust=Trust.VECTOR,
        retry_span=75 * HOUR,
        wiring=standard_webhooks("webhook-"),
    ),
    "generic-hmac": Provider(
        title="Any sender that signs with an HMAC",
        category=Category.GENERIC,
        documentation="https://www.rfc-editor.org/rfc/rfc2104",
        setup=(
            "Describe the sender's signature in [sources.NAME.recipe]: header, prefix, encoding, algorithm, "
            "and where id and type stand."
        ),
        trust=Trust.VECTOR,
        build=read_recipe,
    ),
    "standard-webhooks-v1a": Provider(
        title="Standard Webhooks with a public key",
        category=Category.GENERIC,
        documentation="https://www.standardwebhooks.com/",
        setup="Give the sender the URL, and copy the public key that it shows, whpk_…, whole.",
        trust=Trust.VECTOR,
        retry_span=75 * HOUR,
        wiring=standard_webhooks(
            "webhook-", version="v1a", primitive=Ed25519(encoding="base64"), key=whpk_key
        ),
    ),
    "generic-bearer": Provider(
        title="Any sender with a bearer token",
        category=Category.GENERIC,
        documentation="https://www.rfc-editor.org/rfc/rfc6750",
        setup=(
            "Let the sender write Authorization: Bearer and the secret. Anyone who reads one request knows "
            "it."
        ),
        trust=Trust.DOCUMENTATION,
        takes=PLACES,
        build=chosen_header("Authorization", prefix="Bearer "),
    ),
    "generic-api-key": Provider(
        title="Any sender with a key in a header",
        category=Category.GENERIC,
        documentation="https://www.rfc-editor.org/rfc/rfc9110#section-5",
        setup="Let the sender write the secret into the header that the option header names.",
        trust=Trust.VECTOR,
        needs={"header": "the header with the secret"},
        takes=PLACES,
        build=chosen_header(),
    ),
    "generic-url-token": Provider(
        title="Any sender with a token in the URL",
        category=Category.GENERIC,
        documentation="https://www.rfc-editor.org/rfc/rfc3986#section-3.4",
        setup=(
            "Give the sender the URL with ?token= and the secret. Proxies log URLs: choose it only if all "
            "else fails."
        ),
        trust=Trust.DOCUMENTATION,
        takes=PLACES | {"parameter": "the field of the query, token if left out"},
        build=build_url_token,
    ),
    "generic-basic-auth": Provider(
        title="Any sender with user and password",
        category=Category.GENERIC,
        documentation="https://www.rfc-editor.org/rfc/rfc7617",
        setup=(
            "Give the sender the URL, user and password; they are the parts user and password of the secret."
        ),
        trust=Trust.VECTOR,
        takes=PLACES,
        build=build_basic,
    ),
    "generic-mtls": Provider(
        title="Any sender with a client certificate, checked by a proxy",
        category=Category.GENERIC,
        documentation="https://www.rfc-editor.org/rfc/rfc9440",
        setup=(
            "Let the proxy require a certificate, write its fingerprint or subject into one header and the "
            "secret into another, and drop both from what clients send."
        ),
        trust=Trust.DOCUMENTATION,
        needs={
            "header": "the header in which the proxy names the certificate",
            "certificate": "what has to stand there",
            "proxy_header": "the header with the secret, by which the proxy is known",
        },
        takes=PLACES,
        build=build_mutual_tls,
    ),
    "cloudevents": Provider(
        title="CloudEvents",
        category=Category.GENERIC,
        documentation="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md",
        setup="Give the sender the URL, and let it write Authorization: Bearer and the secret.",
        trust=Trust.DOCUMENTATION,
        greet=greet_cloudevents,
        greet_methods=("OPTIONS",),
        wiring=token(
            "Authorization",
            prefix="Bearer ",
            items=".",
            reader=read_cloudevents,
            id="item:source + item:id",
            type="item:type",
        ),
    ),
}
