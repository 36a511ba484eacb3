"""Every state of a toast: for the gallery, and for the tests of languages and sizes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from desktop.entry import Entry, LinkState, Status
from desktop.gate import Privacy
from desktop.gathered import Offer, digest, storm
from desktop.groups import CUSTOMER, Group
from desktop.i18n import tr
from desktop.linkcard import _entry
from desktop.offers import ACT, CLAIM
from desktop.own import own_entry
from desktop.snooze import farewell as back_at
from desktop.standing import farewell, is_seen_to
from desktop.text import OWN
from desktop.theme import Looks
from desktop.toast import Toast
from relay.protocol import About, Action, Link, Priority, Script, Stage
from tests.desktop.samples import ME, NOW, entry

Make = Callable[[Looks], Toast]

ACTIONS: Final = (
    Action(name="call", label="Request a call back"),
    Action(name="credit", label="Credit €240.00", confirm="Credit Ana Souza with €240.00?"),
)
LONG: Final = (
    "Die Donaudampfschifffahrtsgesellschaft hat die automatische Verlängerung aller Verträge "
    "widerrufen und bittet um einen Rückruf bis heute Abend"
)


def toast(looks: Looks, shown: Entry, privacy: Privacy = Privacy.FULL, *, room: int = 10_000) -> Toast:
    """Return a toast as the stack makes it, with at most ``room`` pixels of height."""
    made = Toast(
        looks,
        shown,
        seconds=None,
        agent=ME,
        composited=False,
        privacy=privacy,
        wall=lambda: NOW,
        languages=("en",),
    )
    made.fit(room)
    made.resized.connect(lambda: made.fit(room))
    return made


def plain(**changes: Any) -> Make:
    """Return how to make a toast that nobody has touched."""
    return lambda looks: toast(looks, entry(**changes))


def leaving(words: Callable[[], str], *, ticked: bool = True) -> Make:
    """Return how to make a toast that says its last word."""

    def make(looks: Looks) -> Toast:
        made = toast(looks, entry())
        made.show()
        made.leave(words(), ticked=ticked)
        return made

    return make


def gone(stage: Stage, **changes: Any) -> Make:
    """Return how to make a toast that is withdrawn because of what became of its entry."""
    left = entry(stage=stage, **changes)
    return leaving(lambda: farewell(left), ticked=is_seen_to(left))


def after(step: Callable[[Toast], object], **changes: Any) -> Make:
    """Return how to make a toast to which something was done."""

    def make(looks: Looks) -> Toast:
        made = toast(looks, entry(**changes))
        made.show()
        step(made)
        return made

    return make


def _own(title: str, body: str, scripts: Sequence[Script] = ()) -> Entry:
    return replace(own_entry(title, body, tuple(scripts)), at=NOW)


def _unfold(made: Toast) -> None:
    if made.script is not None:
        made.script.more.click()


def _copy(made: Toast) -> None:
    if made.script is not None:
        made.script.copy.click()


_FAILED: Final = (
    "€12.50 failed: Li Wei",
    "€89.00 failed: Peter Lang",
    "€31.00 failed: Tomás Peña",
    "€240.00 failed: Ana Souza",
    "€18.90 failed: Grace Okafor",
)


def _group(looks: Looks) -> Toast:
    members = tuple(entry(seq, title=f"Payment of {who}") for seq, who in enumerate(_FAILED, 1))
    return toast(looks, Group(key="stripe/invoice.payment_failed", members=members).entry())


_ANA: Final = (
    {"type": "ticket.created", "title": "New ticket #4411: The machine only hums"},
    {"type": "refund.made", "title": "Refund made: Ana Souza, €79.00"},
    {"type": "invoice.payment_failed", "title": "Payment of €240.00 failed: Ana Souza"},
)


def _customer(looks: Looks) -> Toast:
    key = f"{CUSTOMER}5f1c"
    members = tuple(
        entry(seq, subject="5f1c", subject_name="Ana Souza", **changes) for seq, changes in enumerate(_ANA, 1)
    )
    return toast(looks, Group(key=key, members=members).entry())


def _storm(**changes: Any) -> Make:
    own: dict[str, Any] = {
        "source": OWN,
        "provider": OWN,
        "type": "deskbell.storm",
        "priority": Priority.HIGH,
    }
    about = About(playbook="payment-failed", type="invoice.payment_failed", count=30, since=NOW - 60)
    bare: dict[str, Any] = {"scripts": (), "links": (), "claimable": False, "at": NOW}

    def make(looks: Looks) -> Toast:
        card = storm(entry(about=about, **own, **bare), [f"Payment of {who}" for who in _FAILED])
        return toast(looks, replace(card, **changes))

    return make


def _digest(looks: Looks) -> Toast:
    kinds = (("invoice.payment_failed", 8), ("ticket.assigned", 3), ("customer.replied", 1))
    missed = [entry(seq, type=kind) for kind, count in kinds for seq in range(count)]
    missed += [entry(seq, type="ticket.overdue", priority=Priority.URGENT) for seq in range(2)]
    return toast(looks, digest(missed, [one.id for one in missed], card_id="digest", now=NOW))


def _offline(state: LinkState, reason: str) -> Make:
    status = Status(state=state, since=NOW - 190, reason=reason)
    return lambda looks: toast(looks, replace(_entry(status), at=NOW))


def _test(looks: Looks) -> Toast:
    script = Script(
        name=tr("Suggested reply"), text=tr("This is where the words to say will stand, ready to be copied.")
    )
    body = tr("If you can read this, toasts work on this computer.")
    return toast(looks, _own(tr("This is a test toast"), body, (script,)))


_LETTER: Final = Script(
    name="Apology",
    text=(
        "Dear Ms Souza,\n\nI am sorry that the payment of €240.00 did not go through.\n"
        "Your card was declined by the bank. You can use another card here: https://pay.example.com/7f3a\n\n"
        "If I hear nothing from you, I will try once more on Thursday.\n\nKind regards,\nMira"
    ),
)
_TWO: Final = (
    Script(
        name="Offer another card", text="Hi Ana, shall I send you a link for another card?", language="en"
    ),
    Script(name="Andere Karte", text="Hallo Ana, soll ich Ihnen einen Link schicken?", language="de"),
)
_THREE_LINKS: Final = (
    Link(label="Open invoice", url="https://dashboard.stripe.com/invoices/1"),
    Link(label="Open customer", url="https://crm.example.com/customers/8812"),
    Link(label="Terms", url="https://www.example.com/terms"),
)
_HOLES: Final = Script(name="Reply", text="Hi {{ customer }}, your {{ item }} will be there on {{ day }}.")

TOASTS: Final[dict[str, Make]] = {
    "toast-low": plain(priority=Priority.LOW, title="Order 10440 was changed: two items removed"),
    "toast-normal": plain(priority=Priority.NORMAL, title="Parcel delivered: order 10432", body=""),
    "toast-high": plain(),
    "toast-urgent": plain(
        priority=Priority.URGENT, at=NOW - 6 * 60, body="Nordwind GmbH, 40 seats. Due in 12 min."
    ),
    "toast-bare": plain(scripts=(), links=(), claimable=False, body=""),
    "toast-missing": plain(scripts=(_HOLES,)),
    "toast-letter": plain(scripts=(_LETTER,)),
    "toast-unfolded": after(_unfold, scripts=(_LETTER,)),
    "toast-copied": after(_copy),
    "toast-languages": plain(scripts=_TWO),
    "toast-links": plain(links=_THREE_LINKS, claimable=False),
    "toast-long": plain(title=LONG, body=f"{LONG}. {LONG}."),
    "toast-updated": plain(
        count=3, revision=3, title="Payment of €240.00 failed for the third time: Ana Souza"
    ),
    "toast-claiming": after(lambda made: made.claims.wait(CLAIM)),
    "toast-mine": plain(stage=Stage.CLAIMED, holder=ME),
    "toast-offered": plain(stage=Stage.OFFERED, holder=ME),
    "toast-question": after(
        lambda made: made.claims.ask(ACTIONS[1].confirm, ACTIONS[1].label), actions=ACTIONS
    ),
    "toast-sending": after(lambda made: made.claims.wait(ACT), actions=ACTIONS),
    "toast-result": after(lambda made: made.claims.say("Credited: €240.00"), stage=Stage.CLAIMED, holder=ME),
    "toast-refused": after(lambda made: made.claims.say("You have not claimed this.")),
    "toast-lost": leaving(lambda: "Jonas was faster.", ticked=False),
    "toast-claimed": gone(Stage.CLAIMED, holder="jonas@example.com", holder_name="Jonas"),
    "toast-done": gone(Stage.DONE, holder="jonas@example.com", holder_name="Jonas"),
    "toast-passed": gone(Stage.PASSED, holder_name="Billing"),
    "toast-over": gone(Stage.EXPIRED),
    "toast-snoozed": leaving(lambda: back_at(NOW + 900, NOW)),
    "toast-type-only": lambda looks: toast(looks, entry(), Privacy.TYPE),
    "toast-new-item": lambda looks: toast(looks, entry(priority=Priority.URGENT), Privacy.NOTHING),
    "toast-group": _group,
    "toast-customer": _customer,
    "toast-storm": _storm(),
    "toast-storm-paused": _storm(said="Paused until 14:35.", offers=(Offer.SHOW, Offer.UNDO)),
    "toast-storm-mandatory": _storm(
        said="Lena has made this mandatory: it cannot be paused.", offers=(Offer.SHOW,)
    ),
    "toast-digest": _digest,
    "toast-offline": _offline(LinkState.OFFLINE, "The relay cannot be reached. Is this computer online?"),
    "toast-update-needed": _offline(
        LinkState.REFUSED, "This version of Deskbell is too old. An update is needed."
    ),
    "toast-test": _test,
}
"""How to make each state, by its name."""
