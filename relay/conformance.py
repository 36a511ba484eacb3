"""Judging recorded requests: the same code as behind the door, run over a file.

A file is a list of objects: ``id``, ``provider``, ``scheme``, ``kind`` (delivery or handshake),
``secret``, ``config``, ``method``, ``url``, ``headers``, ``body``, ``now``, ``expect`` (valid or
invalid) and, for handshakes, ``expect_response``. A header that is a list stands several times; a
secret that is a list has alternatives, one that is an object has named parts or fetched documents.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from relay.errors import BadSignature, ConfigError, RelayError
from relay.event import Delivery
from relay.schemes.keyring import KeyRequest
from relay.schemes.prepared import Prepared, check_source
from relay.schemes.provider import Reply
from relay.schemes.providers import PROVIDERS
from relay.source import Secret, Source
from relay.verify import Taken, take

NAME = "conformance"

ECHO = "hs_echo"
"""The scheme of handshakes that are answered with what they bring, so that any secret will do."""


class Alias(msgspec.Struct, frozen=True, kw_only=True):
    """What a name in a file means here: our row, and what its source has to be configured with besides.

    ``rename`` turns names of the file's ``config`` into those of our options. A ``keyless`` request
    needs no secret, so that any will do; ``key_option`` is the option that the file's secret is.
    """

    provider: str
    options: Mapping[str, str] = {}
    recipe: Mapping[str, str] = {}
    rename: Mapping[str, str] = {}
    keyless: bool = False
    key_option: str = ""


_CONVOY = {
    "header": "X-Convoy-Signature",
    "algorithm": "sha512",
    "id": "body:id",
    "type": "body:type",
}

_ANY_TOPIC = Alias(provider="aws-sns", options={"topic": "*"}, rename={"topic_arn": "topic"})

ALIASES: Mapping[str, Alias] = {
    "dropbox/hs_echo": Alias(provider="dropbox", keyless=True),
    "meta/hs_meta": Alias(provider="meta", key_option="verify_token"),
    "messenger/hs_meta": Alias(provider="messenger", key_option="verify_token"),
    "whatsapp/hs_meta": Alias(provider="whatsapp", key_option="verify_token"),
    "facebook": Alias(provider="meta"),
    "front-rule": Alias(provider="front"),
    "genesys-cloud": Alias(provider="genesys"),
    "helpscout": Alias(provider="help-scout"),
    "lemonsqueezy": Alias(provider="lemon-squeezy"),
    "mollie-next-gen": Alias(provider="mollie"),
    "pagerduty-v3": Alias(provider="pagerduty"),
    "teams": Alias(provider="microsoft-teams"),
    "generic-hmac/convoy_b64512": Alias(provider="generic-hmac", recipe={**_CONVOY, "encoding": "base64"}),
    "generic-hmac/convoy_hex512": Alias(provider="generic-hmac", recipe={**_CONVOY, "encoding": "hex"}),
    "aws-sns": _ANY_TOPIC,
    "microsoft-graph/hs_echo": Alias(provider="microsoft-graph", keyless=True),
    "adyen-standard": Alias(provider="adyen"),
    "messagebird": Alias(provider="messagebird-jwt"),
    "plivo": Alias(provider="plivo-v3"),
    "shipengine": Alias(provider="shipstation"),
    "sns": _ANY_TOPIC,
    "unisender": Alias(provider="unisender-go"),
    "zoho": Alias(provider="zoho-crm"),
    "okta/hs_echo": Alias(provider="okta", keyless=True),
    "standard-webhooks/stdwh_a": Alias(provider="standard-webhooks-v1a"),
    "auth0-log-streams": Alias(provider="auth0"),
    "cloudflare-notifications": Alias(provider="cloudflare"),
    "customerio": Alias(provider="customer-io"),
    "gitlab-signing-token": Alias(provider="gitlab-signed"),
    "hubspot": Alias(provider="hubspot-v3"),
    "paddle-billing": Alias(provider="paddle"),
    "salesforce-outbound": Alias(provider="salesforce"),
    "twitch-eventsub": Alias(provider="twitch"),
    "ups-track-alert": Alias(provider="ups"),
}
"""By ``provider/scheme`` or ``provider`` of a file, where that is not the name of our row."""


_ANY_TIME = 1e12
"""Seconds: some thirty thousand years."""


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a request. ``unmet`` says what of the file's expectation is missed."""

    id: str
    verdict: str
    reason: str = ""
    response: Mapping[str, Any] | None = None
    unmet: str = ""


class _Documents:
    """A ring with the documents of a file's row: whatever is asked for is one of them."""

    def __init__(self, secret: object) -> None:
        found = next(iter(secret.values()), None) if isinstance(secret, dict) else None
        if isinstance(secret, dict) and isinstance(secret.get("keys"), list):  # a key set by itself
            found = secret
        self._document = found.encode() if isinstance(found, str) else msgspec.json.encode(found)

    def find(self, request: KeyRequest) -> bytes | None:  # noqa: ARG002 - there is but one
        return self._document


def known(row: Mapping[str, Any]) -> bool:
    """Say whether there is a row of ours for a row of a file."""
    return _alias(row).provider in PROVIDERS


def judge_all(rows: Iterable[Mapping[str, Any]]) -> Iterator[Result]:
    """Judge every row of a file, in order; nothing that stands in a row raises."""
    for row in rows:
        yield judge_row(row)


def judge_row(row: Mapping[str, Any]) -> Result:
    """Judge one row of a file.

    A delivery is valid if it was proven; a handshake, if it was answered.
    """
    try:
        source = prepare_row(row)
        taken = take(delivery_of(row), source, float(row.get("now") or 0), _Documents(row.get("secret")))
    except ConfigError as error:
        return _result(row, "invalid", reason=f"not configured: {error}")
    except BadSignature as error:
        return _result(row, "invalid", reason=error.reason)
    except RelayError as error:
        return _result(row, "invalid", reason=type(error).__name__)
    return _judged(row, taken)


def _judged(row: Mapping[str, Any], taken: Taken) -> Result:
    if row.get("kind") != "handshake":
        return _result(row, "valid" if taken.verdict else "invalid")
    if taken.reply is None:
        return _result(row, "invalid", reason="not-a-handshake")
    return _result(row, "valid", reply=taken.reply)


def prepare_row(row: Mapping[str, Any]) -> Prepared:
    """Return the source that a row describes.

    Raises:
        ConfigError: the row's provider is unknown, or its secret or options don't fit it.
    """
    alias = _alias(row)
    config: Mapping[str, Any] = row.get("config") or {}
    provider = PROVIDERS.get(alias.provider)
    takes = {**provider.needs, **provider.takes} if provider else {}
    given = {alias.rename.get(name, name): str(value) for name, value in config.items()}
    secrets = _secrets(row.get("secret")) or ([NAME] if alias.keyless or row.get("scheme") == ECHO else [])
    if alias.key_option and secrets:
        given[alias.key_option] = secrets[0]
    parts = _split(row)
    return check_source(
        Source(
            name=NAME,
            provider=alias.provider,
            secrets=tuple(Secret(text) for text in secrets),
            options=dict(alias.options) | {name: value for name, value in given.items() if name in takes},
            recipe=alias.recipe,
            public_url=f"{parts.scheme}://{parts.netloc}",
            allow_unconfirmed=True,
            # A row that names no time is not judged by any.
            tolerance_seconds=_ANY_TIME if row.get("now") is None else None,
            # What stands before verification is not judged here; without it some can't be configured.
            url_token=Secret(NAME),
        )
    )


def _split(row: Mapping[str, Any]) -> SplitResult:
    try:
        return urlsplit(str(row.get("url") or ""))
    except ValueError as error:
        raise ConfigError("url", f"is no address: {error}.") from None


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    """Return a row's request."""
    url, headers = str(row.get("url") or ""), row.get("headers") or {}
    lines = [
        (name.lower().encode("latin-1", "replace"), value.encode("utf-8", "surrogatepass"))
        for name, values in headers.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return Delivery(
        source=NAME,
        method=str(row.get("method") or "POST"),
        target=_target(url),
        headers=lines,
        body=str(row.get("body") or "").encode("utf-8", "surrogatepass"),
        received_at=float(row.get("now") or 0),
    )


def _target(url: str) -> bytes:
    """Return what follows the host, as it stands there."""
    after_scheme = url.partition("://")[2].partition("#")[0]
    host = re.match(r"[^/?]*", after_scheme)
    return after_scheme[host.end() if host else 0 :].encode("utf-8", "surrogatepass") or b"/"


def _secrets(secret: object) -> Sequence[str]:
    if isinstance(secret, list):
        return [str(item) for item in secret]
    if isinstance(secret, dict):
        return [msgspec.json.encode(secret).decode()]
    return [] if secret is None else [str(secret)]


def _alias(row: Mapping[str, Any]) -> Alias:
    provider = str(row.get("provider"))
    named = ALIASES.get(f"{provider}/{row.get('scheme')}") or ALIASES.get(provider)
    return named or Alias(provider=_spelled(provider))


def _spelled(name: str) -> str:
    """Return our name of a provider for another spelling: ``Lemon_Squeezy``, ``paddle-webhooks``."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if plain in PROVIDERS:
        return plain
    longer = [known for known in PROVIDERS if plain.startswith(f"{known}-") or known.startswith(f"{plain}-")]
    return longer[0] if len(longer) == 1 else name


def _result(row: Mapping[str, Any], verdict: str, *, reason: str = "", reply: Reply | None = None) -> Result:
    response = None if reply is None else _response(reply)
    unmet = _unmet(row, verdict, reply)
    return Result(id=str(row.get("id")), verdict=verdict, reason=reason, response=response, unmet=unmet)


def _response(reply: Reply) -> dict[str, Any]:
    headers = dict(reply.headers)
    if reply.content_type:
        headers["content-type"] = reply.content_type
    body = reply.body.decode("utf-8", "replace")
    found = {"json": msgspec.json.decode(body)} if "json" in reply.content_type else {"text": body}
    return {"status": reply.status, **found, "headers": headers}


def _unmet(row: Mapping[str, Any], verdict: str, reply: Reply | None) -> str:
    if row.get("expect") not in {None, verdict}:
        return f"expected {row['expect']}"
    wanted = row.get("expect_response")
    if reply is None or not wanted or row.get("expect") != "valid":
        return ""
    given = _response(reply)
    for name in ("status", "text", "json"):
        if name in wanted and wanted[name] != given.get(name):
            return f"expected {name} {wanted[name]!r}"
    for name, value in wanted.get("headers", {}).items():
        found = given["headers"].get(name.lower(), "")
        if not found.lower().startswith(value.lower()):
            return f"expected the header {name}: {value}"
    return ""
