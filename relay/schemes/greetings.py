"""Requests without a signature by which a few providers see whether a URL is there and ours."""

import re

from relay.errors import BadSignature
from relay.schemes.address import query_field
from relay.schemes.challenges import text_reply, token_text
from relay.schemes.mac import same
from relay.schemes.pipeline import Asked
from relay.schemes.provider import Reply

_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def greet_meta(asked: Asked) -> Reply | None:
    """Answer https://developers.facebook.com/docs/graph-api/webhooks/getting-started.

    Raises:
        BadSignature: the request has not the source's own verify token, or no challenge.
    """
    delivery = asked.delivery
    if delivery.method != "GET":
        return None
    if query_field(delivery, "hub.mode") != "subscribe":
        raise BadSignature("not-a-challenge", "hub.mode")
    expected = asked.source.options.get("verify_token", "").encode()
    given = (query_field(delivery, "hub.verify_token") or "").encode()
    if not expected or not same(expected, given):
        raise BadSignature("not-a-challenge", "hub.verify_token")
    return text_reply(token_text(query_field(delivery, "hub.challenge")).decode())


def greet_asana(asked: Asked) -> Reply | None:
    """Answer https://developers.asana.com/docs/webhooks-guide: the secret goes back in its header.

    It is not stored: Asana shows the same secret to whoever creates the webhook, while a stranger
    who sends one learns only what he sent.

    Raises:
        BadSignature: the secret is repeated or no token.
    """
    values = asked.delivery.header_values(b"x-hook-secret")
    if not values or asked.delivery.header_values(b"x-hook-signature"):
        return None
    if len(values) > 1 or not values[0].isascii():
        raise BadSignature("not-a-challenge", "x-hook-secret")
    secret = token_text(values[0].decode("ascii")).decode()
    return Reply(headers=(("x-hook-secret", secret),))


def greet_woocommerce(asked: Asked) -> Reply | None:
    """Answer the ping that WooCommerce sends unsigned when a webhook is saved; it tells nothing."""
    delivery = asked.delivery
    if delivery.header_values(b"x-wc-webhook-signature") or not _PING.fullmatch(delivery.body):
        return None
    return Reply()
