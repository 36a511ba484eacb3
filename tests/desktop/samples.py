"""A day's notifications as playbooks write them: what the gallery draws, and what windows are tried with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from desktop.entry import Entry
from relay.protocol import Action, Link, Notification, Priority, Script, Stage

NOW: Final = 1_800_014_400.0
"""The moment at which all pictures are taken: a Friday at noon in most of Europe."""
ME: Final = "mira@example.com"
MINUTE: Final = 60.0

PAYMENT: Final[Mapping[str, Any]] = {
    "provider": "stripe",
    "source": "stripe",
    "scheme": "Stripe-Signature, HMAC-SHA256",
    "playbook": "payment-failed",
    "type": "invoice.payment_failed",
    "priority": Priority.HIGH,
    "title": "Payment of €240.00 failed: Ana Souza",
    "body": "The card was declined. Next attempt on Thursday.",
    "teams": ("billing",),
    "claimable": True,
    "scripts": (
        Script(
            name="Offer another card",
            text="Hi Ana, your payment of €240.00 did not go through. Shall I send you a link to use another card?",
        ),
    ),
    "links": (Link(label="Open invoice", url="https://dashboard.stripe.com/invoices/1"),),
    "at": NOW - 2 * MINUTE,
}
"""The notification on most pictures."""

_OTHERS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "provider": "zendesk",
        "source": "zendesk",
        "type": "ticket.escalated",
        "priority": Priority.URGENT,
        "title": "Escalated: “Locked out since this morning”",
        "body": "Nordwind GmbH, 40 seats. First answer due in 12 minutes.",
        "claimable": True,
        "stage": Stage.CLAIMED,
        "holder": ME,
        "holder_name": "Mira",
        "until": NOW + 20 * MINUTE,
        "scripts": (
            Script(name="First answer", text="Hello, I am looking into it now.", language="en"),
            Script(name="Erste Antwort", text="Guten Tag, ich sehe es mir gerade an.", language="de"),
        ),
        "links": (
            Link(label="Open ticket", url="https://nordwind.zendesk.com/agent/tickets/8812"),
            Link(label="Status page", url="https://status.example.com/"),
        ),
        "actions": (
            Action(name="call", label="Request a call back"),
            Action(name="credit", label="Credit a month", confirm="Credit Nordwind GmbH with €480.00?"),
        ),
        "at": NOW - 6 * MINUTE,
    },
    {
        "provider": "easypost",
        "source": "parcels",
        "type": "tracker.delivered",
        "title": "Parcel delivered: order 10432",
        "body": "Left with the neighbour, J. Weber, at 11:40.",
        "at": NOW - 14 * MINUTE,
    },
    {
        "provider": "airline",
        "source": "airline",
        "type": "flight.delayed",
        "priority": Priority.HIGH,
        "title": "Flight LX 1402 is 50 min late",
        "body": "12 of your travellers are on it, 3 with a connection.",
        "claimable": True,
        "stage": Stage.CLAIMED,
        "holder": "jonas@example.com",
        "holder_name": "Jonas",
        "read": True,
        "count": 3,
        "at": NOW - 31 * MINUTE,
    },
    {
        "provider": "hubspot",
        "source": "hubspot",
        "type": "contact.created",
        "title": "New lead: Baumann & Sons, 120 employees",
        "body": "Asked for a call back this afternoon.",
        "at": NOW - 48 * MINUTE,
    },
    {
        "provider": "stripe",
        "source": "stripe",
        "type": "charge.dispute.created",
        "priority": Priority.HIGH,
        "title": "Dispute of €89.00: Peter Lang",
        "body": "Evidence is due by 21 January.",
        "claimable": True,
        "stage": Stage.DONE,
        "holder": ME,
        "holder_name": "Mira",
        "done_at": NOW - 60 * MINUTE,
        "read": True,
        "at": NOW - 95 * MINUTE,
    },
    {
        "provider": "shopify",
        "source": "shop",
        "type": "orders.updated",
        "priority": Priority.LOW,
        "title": "Order 10440 was changed: two items removed",
        "read": True,
        "at": NOW - 130 * MINUTE,
    },
    {
        "provider": "twilio",
        "source": "phone",
        "type": "call.missed",
        "title": "Missed call: +41 44 668 18 00",
        "body": "Known as Ana Souza. Waited 48 seconds.",
        "claimable": True,
        "stage": Stage.EXPIRED,
        "done_at": NOW - 170 * MINUTE,
        "read": True,
        "at": NOW - 200 * MINUTE,
    },
    {
        "provider": "github",
        "source": "github",
        "type": "issues.labeled",
        "priority": Priority.LOW,
        "title": "“Export stops at 10,000 rows” is planned for 4.2",
        "body": "Three of your customers asked for it.",
        "read": True,
        "at": NOW - 1500 * MINUTE,
    },
)

_CASES: Final = (*reversed(_OTHERS), PAYMENT)


def entry(seq: int = 1, **changes: Any) -> Entry:
    """Return the first notification of the day as it is kept, with what a picture is about replaced.

    What only an entry has may be given, too.
    """
    fields = {**PAYMENT, **changes}
    made = Entry.from_notification(_message(seq, fields), NOW)
    more = {key: value for key, value in fields.items() if key not in Notification.__struct_fields__}
    return replace(made, **more)


def day() -> list[Notification]:
    """Return all notifications of a day, the oldest first."""
    return [_message(seq, case) for seq, case in enumerate(_CASES, 1)]


def read_ones() -> list[str]:
    """Return the ids of those that were read already."""
    return [f"event-{seq}" for seq, case in enumerate(_CASES, 1) if case.get("read")]


def _message(seq: int, fields: Mapping[str, Any]) -> Notification:
    given: dict[str, Any] = {"priority": Priority.NORMAL, **fields, "seq": seq, "id": f"event-{seq}"}
    return Notification(
        **{key: value for key, value in given.items() if key in Notification.__struct_fields__}
    )
