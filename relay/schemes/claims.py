"""More providers that send a signed token: beside the body, or as the body.

https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/
https://developer.monday.com/apps/docs/authorization-header
https://plaid.com/docs/api/webhooks/webhook-verification/
https://developers.dialpad.com/docs/event-subscriptions
https://docs.kinde.com/integrate/webhooks/about-webhooks/
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import msgspec

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.address import fields, signed_url, split_target
from relay.schemes.challenges import body_of, json_reply
from relay.schemes.document import Unreadable
from relay.schemes.fetched import web_keys
from relay.schemes.fields import sole
from relay.schemes.form import FunctionForm
from relay.schemes.jws import audience_has, body_hash_is, check_times, claim_is, token_part
from relay.schemes.pipeline import Asked, Binds, Sign, Signed, Unit, Unsigned
from relay.schemes.provider import Reply

LEEWAY_SECONDS = 30.0

_PLAID = b"plaid-verification"
_PLAID_AGE = 300.0
_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,250}", re.ASCII)
_LONGEST = 2048


def _unit(value: bytes, check: Callable[[], None], keys: Sequence[Any] | None = None) -> tuple[Unit]:
    return (Unit(signatures=(value,), signed=(b"",), keys=keys, bindings=(check,)),)


def read_jira(asked: Asked) -> tuple[Unit]:
    """Return the token of a request to a Connect app.

    Raises:
        BadSignature: there is none.
    """
    kind, _, value = sole(asked.delivery, b"authorization").partition(b" ")
    if kind != b"JWT" or not value:
        raise BadSignature("no-signature", "not a JWT")
    return _unit(value, partial(_check_jira, value, asked))


def _check_jira(value: bytes, asked: Asked) -> None:
    claims = token_part(value, 1)
    check_times(claims, asked.now, leeway=LEEWAY_SECONDS, required=("iat", "exp"))
    delivery = asked.delivery
    claim_is(
        claims, "qsh", query_hash(delivery.method, delivery.target, asked.source.options.get("base_path", ""))
    )


def query_hash(method: str, target: bytes, base: str = "") -> str:
    """Return Atlassian's hash of a request: its method, its path below the app's address, its query."""
    path, query = split_target(target)
    below = path.decode("latin-1").removeprefix(base.rstrip("/")).rstrip("/").replace("&", "%26") or "/"
    values: dict[str, list[str]] = {}
    for name, value in fields(query):
        if name != "jwt":
            values.setdefault(_escaped(name), []).append(_escaped(value))
    pairs = "&".join(f"{name}={','.join(sorted(found))}" for name, found in sorted(values.items()))
    return hashlib.sha256(f"{method.upper()}&{below}&{pairs}".encode()).hexdigest()


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")


def write_jira(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with a token for three minutes."""
    base = request.source.options.get("base_path", "")
    now = int(request.now)
    claims = {
        "iss": "client",
        "iat": now,
        "exp": now + 180,
        "qsh": query_hash(request.method, request.target, base),
    }
    return Signed(headers={"authorization": f"JWT {sign(msgspec.json.encode(claims)).decode()}"})


JIRA_CONNECT = FunctionForm(reader=read_jira, writer=write_jira, binds=Binds.SENDER | Binds.TIME | Binds.URL)


def read_monday(asked: Asked) -> tuple[Unit]:
    """Return the token that stands in the header by itself.

    Raises:
        BadSignature: there is none.
    """
    value = sole(asked.delivery, b"authorization")
    return _unit(value, partial(_check_monday, value, asked))


def _check_monday(value: bytes, asked: Asked) -> None:
    claims = token_part(value, 1)
    check_times(claims, asked.now, leeway=LEEWAY_SECONDS, required=("exp",))
    audience_has(claims, signed_url(asked.source, asked.delivery.target).decode("latin-1"))


def write_monday(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with a token for five minutes."""
    now = int(request.now)
    url = signed_url(request.source, request.target).decode("latin-1")
    claims = {"accountId": 1, "userId": 1, "aud": url, "iat": now, "exp": now + 300}
    return Signed(headers={"authorization": sign(msgspec.json.encode(claims)).decode()})


def greet_monday(asked: Asked) -> Reply | None:
    """Answer a body that is nothing but a challenge with the same; nothing is signed by that.

    Raises:
        BadSignature: the challenge is no short text.
    """
    if b'"challenge"' not in asked.delivery.body:
        return None
    document = body_of(asked)
    if not isinstance(document, dict) or set(document) != {"challenge"}:
        return None
    value = document["challenge"]
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        raise BadSignature("not-a-challenge", "challenge")
    return json_reply({"challenge": value})


MONDAY = FunctionForm(
    reader=read_monday, writer=write_monday, binds=Binds.SENDER | Binds.TIME | Binds.URL, signs_url=True
)


def read_plaid(asked: Asked) -> tuple[Unit]:
    """Return the token whose key is one of the source's: Plaid gives keys to its customers only.

    Raises:
        BadSignature: there is no token, or none of the keys is meant.
    """
    value = sole(asked.delivery, _PLAID)
    kid = token_part(value, 0).get("kid")
    keys = [None if keys is None else keys.get(kid) for keys in asked.keys] if isinstance(kid, str) else []
    if not any(keys):
        raise BadSignature("unknown-key", "kid")
    return _unit(value, partial(_check_plaid, value, asked), keys)


def _check_plaid(value: bytes, asked: Asked) -> None:
    claims = token_part(value, 1)
    check_times(claims, asked.now, leeway=_PLAID_AGE, required=("iat",))
    if asked.now - claims["iat"] > _PLAID_AGE:
        raise BadSignature("stale", "iat")
    body_hash_is(claims, "request_body_sha256", asked)


def write_plaid(request: Unsigned, sign: Sign) -> Signed:
    """Return the header with a token for the body."""
    digest = hashlib.sha256(request.body).hexdigest()
    claims = {"iat": int(request.now), "request_body_sha256": digest}
    return Signed(headers={_PLAID.decode(): sign(msgspec.json.encode(claims)).decode()})


PLAID = FunctionForm(reader=read_plaid, writer=write_plaid, binds=Binds.SENDER | Binds.BODY | Binds.TIME)


def _body_token(asked: Asked) -> bytes:
    value = asked.delivery.body.strip()
    if not _TOKEN.fullmatch(value):
        raise BadSignature("malformed-token", "the body is no token")
    return value


def _check_body(value: bytes, asked: Asked) -> None:
    check_times(token_part(value, 1), asked.now, leeway=LEEWAY_SECONDS)


def read_dialpad(asked: Asked) -> tuple[Unit]:
    """Return the token that is the body.

    Raises:
        BadSignature: it is none.
    """
    value = _body_token(asked)
    return _unit(value, partial(_check_body, value, asked))


def read_kinde(asked: Asked) -> tuple[Unit]:
    """Return the token that is the body; its key is in the key set of the domain.

    Raises:
        BadSignature: it is none, or names no key.
        KeyNeeded: the key set is not at hand, or lacks the key.
    """
    value, domain = _body_token(asked), asked.option("domain")
    kid = token_part(value, 0).get("kid")
    if not isinstance(kid, str) or not kid or not _DOMAIN.fullmatch(domain):
        raise BadSignature("malformed-token", "no key id")
    keys = web_keys(asked, f"https://{domain}/.well-known/jwks", kid)
    return _unit(value, partial(_check_body, value, asked), keys)


def read_claims(delivery: Delivery) -> Any:
    """Return what the token says that is the body."""
    try:
        return dict(token_part(delivery.body.strip(), 1))
    except BadSignature as error:
        raise Unreadable(str(error)) from None


def write_body(request: Unsigned, sign: Sign) -> Signed:
    """Return the body as a token."""
    return Signed(body=sign(request.body), headers={"content-type": "application/jwt"})


_WHOLE = Binds.SENDER | Binds.BODY

DIALPAD = FunctionForm(reader=read_dialpad, writer=write_body, binds=_WHOLE)
KINDE = FunctionForm(reader=read_kinde, writer=write_body, binds=_WHOLE)
