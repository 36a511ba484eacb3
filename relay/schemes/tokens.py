"""Providers that send a signed token beside the body: which claims bind what."""

import hashlib
from collections.abc import Sequence
from functools import partial

import msgspec
from joserfc.jwk import RSAKey

from relay.errors import BadSignature
from relay.schemes.address import signed_url
from relay.schemes.asymmetric import rsa_key
from relay.schemes.fields import sole
from relay.schemes.form import FunctionForm
from relay.schemes.jws import audience_has, bearer, body_hash_is, check_times, claim_is, token_part
from relay.schemes.keyring import KeyNeeded, KeyRequest, document_of
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned

MESSAGEBIRD_HEADER = b"messagebird-signature-jwt"
GOOGLE_CERTIFICATES = "https://www.googleapis.com/oauth2/v1/certs"
GOOGLE_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
GOOGLE_LEEWAY_SECONDS = 10.0


def read_messagebird(asked: Asked) -> tuple[Unit]:
    """Return the token of https://developers.messagebird.com/api/#verifying-http-requests."""
    value = sole(asked.delivery, MESSAGEBIRD_HEADER)
    return (Unit(signatures=(value,), signed=(b"",), bindings=(partial(_check_messagebird, value, asked),)),)


def _check_messagebird(value: bytes, asked: Asked) -> None:
    claims = token_part(value, 1)
    claim_is(claims, "iss", "MessageBird")
    check_times(claims, asked.now, leeway=1.0, required=("nbf", "exp"))
    url = hashlib.sha256(signed_url(asked.source, asked.delivery.target)).hexdigest()
    claim_is(claims, "url_hash", url)
    if asked.delivery.body or "payload_hash" in claims:
        if not asked.delivery.body:
            raise BadSignature("body-changed", "payload_hash without a body")
        body_hash_is(claims, "payload_hash", asked)


def write_messagebird(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with a token that is good for a minute."""
    now = int(request.now)
    claims = {
        "iss": "MessageBird",
        "nbf": now,
        "exp": now + 60,
        "jti": request.id,
        "url_hash": hashlib.sha256(signed_url(request.source, request.target)).hexdigest(),
    }
    if request.body:
        claims["payload_hash"] = hashlib.sha256(request.body).hexdigest()
    return Signed(headers={MESSAGEBIRD_HEADER.decode(): sign(msgspec.json.encode(claims)).decode()})


MESSAGEBIRD = FunctionForm(
    reader=read_messagebird,
    writer=write_messagebird,
    binds=Binds.SENDER | Binds.BODY | Binds.URL | Binds.TIME,
    signs_url=True,
)


def read_google(asked: Asked) -> tuple[Unit]:
    """Return the token of https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions.

    Raises:
        KeyNeeded: Google's certificates are not at hand, or lack the token's key.
    """
    value = bearer(sole(asked.delivery, b"authorization"))
    keys = _google_keys(asked, token_part(value, 0).get("kid"))
    check = partial(_check_google, value, asked)
    return (Unit(signatures=(value,), signed=(b"",), keys=keys, bindings=(check,)),)


def _google_keys(asked: Asked, kid: object) -> Sequence[RSAKey]:
    if not isinstance(kid, str) or not kid.isalnum():
        raise BadSignature("malformed-token", "no key id")
    request = KeyRequest(url=GOOGLE_CERTIFICATES, kid=kid)
    try:
        found = msgspec.json.decode(document_of(asked.ring, request), type=dict[str, str])
        if kid not in found:
            raise KeyNeeded(request)
        return (RSAKey.import_key(rsa_key(found[kid])),)
    except ValueError:  # msgspec's errors are ValueErrors
        raise BadSignature("unusable-key", "the fetched certificates can't be read") from None


def _check_google(value: bytes, asked: Asked) -> None:
    claims = token_part(value, 1)
    claim_is(claims, "iss", *GOOGLE_ISSUERS)
    audience_has(claims, asked.option("audience"))
    check_times(claims, asked.now, leeway=GOOGLE_LEEWAY_SECONDS, required=("exp", "iat"))
    claim_is(claims, "email", asked.option("email"))
    if claims.get("email_verified") is not True:
        raise BadSignature("wrong-claim", "email_verified")


def write_google(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with a token for an hour, as Google makes it for a subscription's account."""
    now, options = int(request.now), request.source.options
    claims = {
        "iss": GOOGLE_ISSUERS[0],
        "aud": options["audience"],
        "email": options["email"],
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
    }
    return Signed(headers={"authorization": f"Bearer {sign(msgspec.json.encode(claims)).decode()}"})


GOOGLE = FunctionForm(reader=read_google, writer=write_google, binds=Binds.SENDER | Binds.TIME)
