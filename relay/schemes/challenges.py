"""How providers check that a URL is ours, before they send anything or every hour.

An answer that is computed with the key is a signing oracle if the stranger chooses its text: so
what is answered has an alphabet in which no event can be written.
"""

import base64
import hmac
import re
from typing import Any

import msgspec

from relay.errors import BadSignature
from relay.schemes.address import query_field
from relay.schemes.document import Unreadable, read_document
from relay.schemes.pipeline import Asked
from relay.schemes.place import walk
from relay.schemes.provider import Handshake, Reply

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"

_NOSNIFF = (("x-content-type-options", "nosniff"),)
_TOKEN = re.compile(r"[A-Za-z0-9_.+/=~-]{1,256}")
_ECHO_LIMIT = 2048


def text_reply(text: str) -> Reply:
    """Return a plain-text answer that no browser takes for anything else."""
    return Reply(content_type=TEXT, body=text.encode(), headers=_NOSNIFF)


def json_reply(content: Any) -> Reply:
    """Return a JSON answer."""
    return Reply(content_type=JSON, body=msgspec.json.encode(content))


def echo_query(name: str) -> Handshake:
    """Answer a request that has the field ``name`` in its query with that field's text."""

    def answer(asked: Asked) -> Reply | None:
        value = query_field(asked.delivery, name)
        return None if value is None else text_reply(_bounded(value))

    return answer


def echo_header(name: str, field: str) -> Handshake:
    """Answer a request that has the header ``name`` with a JSON object that holds its value as ``field``."""

    def answer(asked: Asked) -> Reply | None:
        values = asked.delivery.header_values(name.lower().encode())
        if not values:
            return None
        if len(values) > 1 or not values[0].isascii():
            raise BadSignature("not-a-challenge", name)
        return json_reply({field: _bounded(values[0].decode("ascii"))})

    return answer


def echo_body(kind: tuple[str, str], name: str, field: str | None = None) -> Handshake:
    """Answer a body in which the field ``kind[0]`` is ``kind[1]`` with its field ``name``.

    As plain text, or in a JSON object as ``field``.
    """
    word = kind[1].encode()

    def answer(asked: Asked) -> Reply | None:
        if word not in asked.delivery.body:  # what is no challenge isn't read twice
            return None
        document = body_of(asked)
        if walk(document, kind[0].split(".")) != kind[1]:
            return None
        value = walk(document, name.split("."))
        if not isinstance(value, str):
            raise BadSignature("not-a-challenge", name)
        return json_reply({field: _bounded(value)}) if field else text_reply(_bounded(value))

    return answer


def body_of(asked: Asked) -> Any:
    """Return the body as JSON, None if it isn't."""
    try:
        return read_document(asked.delivery.body)
    except Unreadable:
        return None


def _bounded(value: str) -> str:
    if len(value) > _ECHO_LIMIT or not value.isprintable():
        raise BadSignature("not-a-challenge", "too long or not printable")
    return value


def token_text(value: object) -> bytes:
    """Return a challenge that is a token: no event can be written in its alphabet.

    Raises:
        BadSignature: anything else.
    """
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise BadSignature("not-a-challenge", "not a token of 1 to 256 letters, digits and -_.~+/=")
    return value.encode()


def answer_crc(asked: Asked) -> Reply | None:
    """Answer X's challenge: https://docs.x.com/x-api/webhooks/quickstart."""
    value = query_field(asked.delivery, "crc_token")
    if value is None:
        return None
    digest = hmac.digest(newest(asked), token_text(value), "sha256")
    return json_reply({"response_token": f"sha256={base64.b64encode(digest).decode()}"})


def greet_head(asked: Asked) -> Reply | None:
    """Answer the HEAD with which a provider looks whether there is anything at our URL."""
    return Reply() if asked.delivery.method == "HEAD" else None


def answer_discord(asked: Asked) -> Reply | None:
    """Answer Discord's two pings: https://docs.discord.com/developers/events/webhook-events.

    That of interactions has the type 1, which real events have as well.
    """
    document = body_of(asked)
    kind = walk(document, ("type",))
    if isinstance(kind, bool) or not isinstance(kind, int):
        return None
    if kind == 0:
        return Reply(status=204)
    return json_reply({"type": 1}) if kind == 1 and walk(document, ("event",)) is None else None


def greet_zoom(asked: Asked) -> Reply | None:
    """Answer Zoom's validation if it came without a signature; a signed one is verified first."""
    return None if asked.delivery.header_values(b"x-zm-signature") else answer_zoom(asked)


def answer_zoom(asked: Asked) -> Reply | None:
    """Answer https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint."""
    if b"endpoint.url_validation" not in asked.delivery.body:
        return None
    document = body_of(asked)
    if walk(document, ("event",)) != "endpoint.url_validation":
        return None
    plain = token_text(walk(document, ("payload", "plainToken")))
    digest = hmac.digest(newest(asked), plain, "sha256").hex()
    return json_reply({"plainToken": plain.decode(), "encryptedToken": digest})


def newest(asked: Asked) -> bytes:
    """Return the newest key that has not expired.

    Raises:
        BadSignature: all have.
    """
    for key in reversed(asked.keys):
        if isinstance(key, bytes):
            return key
    raise BadSignature("mismatch", "every secret has expired")
