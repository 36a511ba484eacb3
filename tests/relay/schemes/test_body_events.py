"""Which events a request brings, by shortened examples of the providers' own pages."""

import msgspec
import pytest

from relay.event import QUARANTINED, Delivery, Event
from relay.schemes.prepared import Prepared, check_source
from relay.source import Secret, Source
from relay.verify import verify

NOW = 1_760_000_000.0

EVENTS: dict[str, tuple[dict[str, str], str, list[tuple[str, str]]]] = {
    "github-legacy-sha1": (
        {"X-GitHub-Delivery": "72d3162e", "X-GitHub-Event": "issues"},
        '{"action": "opened"}',
        [("72d3162e", "issues.opened")],
    ),
    "bitbucket": ({"X-Request-UUID": "1", "X-Event-Key": "repo:push"}, "{}", [("1", "repo:push")]),
    "bitbucket-server": (
        {"X-Request-Id": "2", "X-Event-Key": "pr:opened"},
        '{"eventKey": "pr:opened"}',
        [("2", "pr:opened")],
    ),
    "jira": (
        {"X-Atlassian-Webhook-Identifier": "3"},
        '{"webhookEvent": "jira:issue_created"}',
        [("3", "jira:issue_created")],
    ),
    "intercom": (
        {},
        '{"type": "notification_event", "id": "notif_1", "topic": "conversation.user.created"}',
        [("notif_1", "conversation.user.created")],
    ),
    "whatsapp": (
        {},
        (
            '{"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": ['
            '{"field": "messages", "value": {"messages": [{"id": "wamid.A", "type": "text"}]}},'
            '{"field": "messages", "value": {"statuses": [{"id": "wamid.B", "status": "read"}]}}]}]}'
        ),
        [("wamid.A", "messages.text"), ("wamid.B:read", "messages.read")],
    ),
    "messenger": (
        {},
        '{"object": "page", "entry": [{"id": "1", "time": 2, "messaging": [{"message": {"mid": "m_1"}}]}]}',
        [("m_1", "page.messaging")],
    ),
    "genesys": ({}, '{"id": "g1", "type": "Text", "direction": "Outbound"}', [("g1", "Text")]),
    "shopify": (
        {"X-Shopify-Event-Id": "e1", "X-Shopify-Webhook-Id": "w1", "X-Shopify-Topic": "orders/create"},
        "{}",
        [("e1", "orders/create")],
    ),
    "razorpay": (
        {"X-Razorpay-Event-Id": "r1"},
        '{"event": "payment.captured"}',
        [("r1", "payment.captured")],
    ),
    "line": (
        {},
        '{"destination": "U1", "events": [{"type": "message", "webhookEventId": "01H"}]}',
        [("01H", "message")],
    ),
    "viber": (
        {},
        '{"event": "delivered", "message_token": 4912661846655238145}',
        [("4912661846655238145", "delivered")],
    ),
    "front-app": (
        {},
        '{"type": "inbound_received", "authorization": {"id": "cmp_1"}, "payload": {"id": "evt_2"}}',
        [("evt_2", "inbound_received")],
    ),
    "front-channel": (
        {},
        '{"type": "message", "payload": {"id": "msg_1"}}',
        [("msg_1", "message")],
    ),
    "front": ({}, '{"id": "evt_1", "type": "inbound"}', [("evt_1", "inbound")]),
    "gocardless": (
        {},
        (
            '{"events": [{"id": "EV1", "resource_type": "payments", "action": "confirmed"},'
            '{"id": "EV2", "resource_type": "mandates", "action": "failed"}], "meta": {"webhook_id": "WB1"}}'
        ),
        [("EV1", "payments.confirmed"), ("EV2", "mandates.failed")],
    ),
    "coinbase-commerce": (
        {},
        '{"id": 1, "event": {"id": "c1", "type": "charge:created"}}',
        [("c1", "charge:created")],
    ),
    "modern-treasury": (
        {"X-Webhook-ID": "m1", "X-Topic": "payment_order"},
        '{"event": "approved"}',
        [("m1", "payment_order")],
    ),
    "segment": (
        {},
        '{"messageId": "s1", "type": "track", "event": "Signed Up"}',
        [("s1", "track.Signed Up")],
    ),
    "lemon-squeezy": (
        {"X-Event-Name": "order_created"},
        (
            '{"meta": {"event_name": "order_created"},'
            '"data": {"id": "1", "attributes": {"updated_at": "2026-01-01T00:00:00Z"}}}'
        ),
        [("order_created:1:2026-01-01T00:00:00Z", "order_created")],
    ),
    "clickup": (
        {},
        '{"event": "taskUpdated", "webhook_id": "w", "history_items": [{"id": "2800"}]}',
        [("w:taskUpdated:2800", "taskUpdated")],
    ),
    "gitea": ({"X-Gitea-Delivery": "f6", "X-Gitea-Event": "push"}, "{}", [("f6", "push")]),
    "sentry": (
        {"Request-ID": "q1", "Sentry-Hook-Resource": "issue"},
        '{"action": "created"}',
        [("q1", "issue.created")],
    ),
    "vercel": (
        {},
        '{"id": "uev_1", "type": "deployment.created"}',
        [("uev_1", "deployment.created")],
    ),
    "typeform": (
        {},
        '{"event_id": "LtWXD3crgy", "event_type": "form_response"}',
        [("LtWXD3crgy", "form_response")],
    ),
    "docusign": (
        {},
        (
            '{"event": "envelope-completed", "generatedDateTime": "2026-01-01T00:00:00Z", "retryCount": 0,'
            '"data": {"envelopeId": "4ef"}}'
        ),
        [("4ef:envelope-completed:2026-01-01T00:00:00Z", "envelope-completed")],
    ),
    "aftership": ({}, '{"event": "tracking_update", "event_id": "a1"}', [("a1", "tracking_update")]),
    "easypost": ({}, '{"id": "evt_1", "description": "tracker.updated"}', [("evt_1", "tracker.updated")]),
    "sendcloud": (
        {},
        '{"action": "parcel_status_changed", "timestamp": 1525271885993, "parcel": {"id": 7}}',
        [("parcel_status_changed:7:1525271885993", "parcel_status_changed")],
    ),
    "mollie": (
        {},
        '{"resource": "event", "id": "event_1", "type": "payment-link.paid"}',
        [("event_1", "payment-link.paid")],
    ),
    "woocommerce": (
        {"X-WC-Webhook-Delivery-ID": "72", "X-WC-Webhook-Topic": "order.updated"},
        "{}",
        [("72", "order.updated")],
    ),
    "pagerduty": (
        {},
        '{"event": {"id": "01C", "event_type": "incident.triggered"}}',
        [("01C", "incident.triggered")],
    ),
    "circleci": ({}, '{"id": "3888", "type": "workflow-completed"}', [("3888", "workflow-completed")]),
    "airtable": (
        {},
        '{"base": {"id": "app0"}, "webhook": {"id": "ach0"}, "timestamp": "2022-02-01T21:25:05.663Z"}',
        [("ach0:2022-02-01T21:25:05.663Z", "changed")],
    ),
    "adyen-platform": (
        {},
        '{"type": "merchant.created", "createdAt": "01-01-2026", "data": {"merchantId": "M"}}',
        [("merchant.created:01-01-2026", "merchant.created")],
    ),
    "asana": (
        {},
        (
            '{"events": [{"action": "changed", "created_at": "t", "change": {"field": "due_on"},'
            '"resource": {"gid": "1", "resource_type": "task"}, "parent": null, "user": {"gid": "9"}}]}'
        ),
        [("t:1:changed:due_on:9", "task.changed")],
    ),
    "microsoft-teams": ({}, '{"type": "message", "id": "1485983408511"}', [("1485983408511", "message")]),
    "xero": (
        {},
        (
            '{"events": [{"tenantId": "t", "eventCategory": "INVOICE", "eventType": "UPDATE",'
            '"resourceId": "r", "eventDateUtc": "2026-01-01T00:00:00"}], "firstEventSequence": 1}'
        ),
        [("t:INVOICE:UPDATE:r:2026-01-01T00:00:00", "INVOICE.UPDATE")],
    ),
}


def _source(name: str) -> Prepared:
    secret = Secret("deadbeefDEADBEEF")  # good as text, hexadecimal and base64
    return check_source(Source(name="shop", provider=name, secrets=(secret,)))


def _events(name: str, headers: dict[str, str], text: str, at: float = NOW) -> tuple[Event, ...]:
    """Return the events of a signed request; ``headers`` take the place of what the signer wrote."""
    source, body = _source(name), text.encode()
    signed = source.sign(body=body, now=NOW, event_id="", event_type="")
    sent = signed | {header.lower(): value for header, value in headers.items()}
    lines = [(header.encode(), value.encode()) for header, value in sent.items() if value]
    delivery = Delivery(source="shop", method="POST", headers=lines, body=body, received_at=at)
    return verify(delivery, source, NOW)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_documented_event(name: str) -> None:
    """The id and type of each event are found where the provider's page has them."""
    headers, text, expected = EVENTS[name]
    assert [(event.id, event.type) for event in _events(name, headers, text)] == expected


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_hollow_body(name: str) -> None:
    """A genuine body that says nothing is kept for a person or named by its headers, and breaks nothing."""
    headers = EVENTS[name][0]
    for text in ("{}", "[]", "null", '""', "", "x", '{"events": [1], "entry": [{"changes": [[]]}]}'):
        for event in _events(name, headers, text):
            assert event.type == QUARANTINED or event.id


@pytest.mark.parametrize("name", ["meta", "x-twitter", "help-scout", "dropbox"])
def test_unnamed_events_differ(name: str) -> None:
    """Where the provider names no event, no two deliveries or items are taken for the same."""
    text = '{"object": "page", "entry": [{"id": "1", "time": 1}, {"id": "1", "time": 2}]}'
    headers = {"X-HelpScout-Event": "convo.created"}
    first, second = (_events(name, headers, text, at) for at in (NOW, NOW + 1))
    ids = [event.id for event in first + second]
    assert len(ids) == len(set(ids)) == (4 if name == "meta" else 2)


def test_items_are_events_of_their_own() -> None:
    """An event of a batch has its own item as data."""
    headers, text, _ = EVENTS["gocardless"]
    found = [msgspec.json.decode(event.data) for event in _events("gocardless", headers, text)]
    assert found == msgspec.json.decode(text)["events"]
