"""Slack's three kinds of body, Telegram's kinds of update, Twitch's challenge."""

from collections.abc import Callable

import msgspec
import pytest

from relay.errors import BadSignature
from relay.event import QUARANTINED, Delivery, Event
from relay.schemes.prepared import Prepared
from relay.verify import Taken, ack, judge, take

Prepare = Callable[..., Prepared]
Deliver = Callable[..., Delivery]
NOW = 1_760_000_000.0
FORM = "application/x-www-form-urlencoded; charset=utf-8"

SLACK = {
    "event": (b'{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}', "", "Ev1", "app_mention"),
    "command": (b"command=%2Frefund&text=7&trigger_id=t-1", FORM, "t-1", "command"),
    "interaction": (b"payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%22t-2%22%7D", FORM, "t-2",
                    "block_actions"),
    "broken interaction": (b"payload=%7B", FORM, "", QUARANTINED),
    "two payloads": (b"payload=1&payload=2&trigger_id=t-3", FORM, "t-3", "command"),
}  # fmt: skip


def _event(source: Prepared, delivery: Delivery) -> Event:
    return judge(delivery, source, NOW).events[0]


@pytest.mark.parametrize("case", SLACK)
def test_slack(prepare: Prepare, deliver: Deliver, case: str) -> None:
    """Slack sends events as JSON, commands as a form, and interactions as JSON within a form."""
    body, kind, event_id, event_type = SLACK[case]
    source = prepare("slack", "key")
    headers = source.sign(body=body, now=NOW, event_id="", event_type="")
    event = _event(source, deliver(body, headers | ({"Content-Type": kind} if kind else {}), NOW))
    assert event.type == event_type
    assert not event_id or event.id == event_id


def test_slack_answer(prepare: Prepare) -> None:
    """Slack is answered without a word, since whoever gave a command would read it."""
    reply = ack(prepare("slack", "key"), "stored")
    assert reply is not None
    assert (reply.status, reply.body) == (200, b"")


URL_CHECK = b'{"type":"url_verification","challenge":"3eZbrw1a","token":"t"}'


@pytest.mark.parametrize("signed", [True, False])
def test_slack_challenge(prepare: Prepare, deliver: Deliver, signed: bool) -> None:
    """Slack's check of the URL is answered, and if it is signed, only once that was proven."""
    source = prepare("slack", "key")
    headers = source.sign(body=URL_CHECK, now=NOW, event_id="", event_type="") if signed else {}
    reply = take(deliver(URL_CHECK, headers, NOW), source, NOW).reply
    assert reply is not None
    assert msgspec.json.decode(reply.body) == {"challenge": "3eZbrw1a"}
    with pytest.raises(BadSignature):
        take(deliver(URL_CHECK, headers | {"X-Slack-Signature": "v0=0"}, NOW), source, NOW)


TELEGRAM = {
    b'{"update_id":7,"message":{"text":"hello"}}': "message",
    b'{"update_id":7,"callback_query":{"id":"1"}}': "callback_query",
    b'{"update_id":7}': QUARANTINED,
    b'{"update_id":7,"message":{},"poll":{}}': QUARANTINED,
    b"[]": QUARANTINED,
}


@pytest.mark.parametrize("body", TELEGRAM)
def test_telegram(prepare: Prepare, deliver: Deliver, body: bytes) -> None:
    """An update is of the kind of its one field."""
    event = _event(
        prepare("telegram", "a-b_c"), deliver(body, {"X-Telegram-Bot-Api-Secret-Token": "a-b_c"}, NOW)
    )
    assert event.type == TELEGRAM[body]
    if event.type != QUARANTINED:
        assert event.id == "7"
        assert msgspec.json.decode(event.data)["update_type"] == event.type


def _twitch(prepare: Prepare, deliver: Deliver, body: bytes, kind: str, *, tamper: str = "") -> Taken:
    source = prepare("twitch", "0123456789")
    headers = source.sign(body=body, now=NOW, event_id="m-1", event_type="")
    headers["twitch-eventsub-message-signature"] += tamper
    return take(deliver(body, headers | {"Twitch-Eventsub-Message-Type": kind}, NOW), source, NOW)


def test_twitch_challenge(prepare: Prepare, deliver: Deliver) -> None:
    """A signed challenge is answered with its text as it stands, and stored nowhere."""
    body = b'{"challenge":"abc-123","subscription":{"type":"channel.follow"}}'
    reply = _twitch(prepare, deliver, body, "webhook_callback_verification").reply
    assert reply is not None
    assert (reply.status, reply.body, reply.content_type) == (200, b"abc-123", "text/plain; charset=utf-8")
    taken = _twitch(prepare, deliver, body, "notification")
    assert taken.reply is None
    assert taken.verdict is not None
    assert [(event.id, event.type) for event in taken.verdict.events] == [("m-1", "channel.follow")]


@pytest.mark.parametrize(
    "body", [b"{}", b"x", b'{"challenge":7}', b'{"challenge":"<script>"}', b'{"challenge":""}']
)
def test_twitch_bad_challenge(prepare: Prepare, deliver: Deliver, body: bytes) -> None:
    """A challenge that is none is refused."""
    with pytest.raises(BadSignature):
        _twitch(prepare, deliver, body, "webhook_callback_verification")


def test_twitch_unsigned_challenge(prepare: Prepare, deliver: Deliver) -> None:
    """A challenge that Twitch did not sign is not answered."""
    with pytest.raises(BadSignature, match="mismatch"):
        _twitch(prepare, deliver, b'{"challenge":"abc"}', "webhook_callback_verification", tamper="0")
