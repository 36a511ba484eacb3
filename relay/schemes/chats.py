"""What Slack, Telegram and Twitch do unlike others: where their bodies say what happened, and greetings."""

from typing import Any

from relay.event import Delivery
from relay.schemes.bodies import read_any
from relay.schemes.challenges import body_of, echo_body, text_reply, token_text
from relay.schemes.document import Unreadable, read_document
from relay.schemes.pipeline import Asked
from relay.schemes.place import walk
from relay.schemes.provider import Reply

answer_slack = echo_body(("type", "url_verification"), "challenge", "challenge")
"""Answers https://docs.slack.dev/reference/events/url_verification."""

_SLACK_SIGNATURE = b"x-slack-signature"
_FORM = b"application/x-www-form-urlencoded"
_TWITCH_TYPE = b"twitch-eventsub-message-type"
_TWITCH_CHALLENGE = b"webhook_callback_verification"


def greet_slack(asked: Asked) -> Reply | None:
    """Answer Slack's check of the URL if it came without a signature; a signed one is verified first."""
    return None if asked.delivery.header_values(_SLACK_SIGNATURE) else answer_slack(asked)


def read_slack(delivery: Delivery) -> Any:
    """Return a body of Slack's: JSON, a command's form, or the JSON in the form of an interaction.

    https://docs.slack.dev/interactivity/handling-user-interaction/

    Raises:
        Unreadable: none of them.
    """
    document = read_any(delivery)
    if not delivery.header_values(b"content-type")[:1] or not _is_form(delivery):
        return document
    payload = document.get("payload")
    return read_document(payload.encode()) if isinstance(payload, str) else document


def _is_form(delivery: Delivery) -> bool:
    return delivery.header_values(b"content-type")[0].split(b";")[0].strip().lower() == _FORM


def read_telegram(delivery: Delivery) -> Any:
    """Return an update with its kind as ``update_type``: the name of the one field beside its id.

    https://core.telegram.org/bots/api#update

    Raises:
        Unreadable: it has not exactly one such field.
    """
    update = read_document(delivery.body)
    kinds = [name for name in update if name != "update_id"] if isinstance(update, dict) else []
    if len(kinds) != 1:
        raise Unreadable("an update that is not of one kind")
    return {**update, "update_type": kinds[0]}


def answer_twitch(asked: Asked) -> Reply | None:
    """Answer https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#responding-to-a-challenge-request.

    The header that names a challenge is not signed: the body has to have one, or nothing is answered.

    Raises:
        BadSignature: the body has no challenge, or one that is no token.
    """
    if asked.delivery.header_values(_TWITCH_TYPE) != [_TWITCH_CHALLENGE]:
        return None
    return text_reply(token_text(walk(body_of(asked), ("challenge",))).decode())
