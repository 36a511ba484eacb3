"""Cards that stand for several: what they say, what they offer, and what is done about it at a real relay."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

from desktop.address import Account
from desktop.api import ApiFailed, RelayApi
from desktop.carddesk import CardDesk
from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.gathered import KINDS, Gathered, Offer, digest, storm
from desktop.groups import Groups
from desktop.historydesk import HistoryDesk
from desktop.inbox import Inbox
from desktop.missed import AT_ONCE, Missed
from desktop.pausing import locked_by, pause, pause_rule, resume, with_pause
from desktop.records import Records
from desktop.search import Narrowing, Query
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.veil import veiled
from relay.protocol import About, How, Notification, Priority, Role
from tests.relay_process import RelayProcess

MakeEntry = Callable[..., Entry]
MakeMessage = Callable[..., Notification]
MIRA, LENA = "mira@example.com", "lena@example.com"
ABOUT = About(playbook="payment-failed", type="invoice.payment_failed", count=30, since=7.0)
STORM = {"source": "deskbell", "provider": "deskbell", "type": "deskbell.storm", "priority": Priority.HIGH}


def test_a_storm_is_a_card_with_the_newest(make_entry: MakeEntry) -> None:
    """It counts, names three, and offers the history and a pause; when it is over only the history."""
    card = storm(make_entry(about=ABOUT, **STORM), ["C", "B", "A"])
    assert card.title == "30 × Invoice payment failed"
    assert card.body == "C\nB\nA\nand 27 more"
    assert (card.offers, card.pausing) == (KINDS, "payment-failed")
    assert card.narrowing == Narrowing(words="Invoice payment failed", playbook="payment-failed", since=7.0)
    over = storm(make_entry(about=ABOUT, **STORM | {"priority": Priority.LOW}), [])
    assert (over.offers, over.body) == ((Offer.SHOW,), "The card was declined.")


def test_a_storm_is_veiled_like_everything_from_the_relay(make_entry: MakeEntry) -> None:
    """Only what this computer tells by itself is always drawn; titles name customers."""
    assert veiled(storm(make_entry(about=ABOUT, **STORM), ["Ana Souza"]), Privacy.TYPE).body == ""


def test_a_digest_counts_by_type_and_says_how_many_are_urgent(make_entry: MakeEntry) -> None:
    """What is urgent goes first; the history shows what was counted, and nothing that came between."""
    entries = [make_entry(n, type="a.b", at=100.0 + n) for n in range(8)]
    entries += [make_entry(20 + n, type="c.d", at=200.0) for n in range(3)]
    entries += [make_entry(40, type="e.f", priority=Priority.URGENT, at=300.0)]
    entries += [make_entry(50, type="g.h", at=300.0), make_entry(51, type="i.j", at=300.0)]
    card = digest(entries, ["event-1"], card_id="x", now=400.0)
    assert card.title == "While you were away: 14 items, 1 urgent"
    assert card.body == "1 × E f\n8 × A b\n3 × C d\nand 2 more"
    assert card.narrowing.ids == tuple(entry.id for entry in entries)
    assert card.offers == (Offer.SHOW, Offer.READ)
    assert digest(entries[:1], [], card_id="x", now=1.0, quiet=True).title == "Kept quiet: 1 item"


def test_three_urgent_ones_have_toasts_of_their_own(make_entry: MakeEntry) -> None:
    """However many parts they come in; all are counted on the card, once."""
    missed = Missed()
    late = [make_entry(n, priority=Priority.URGENT) for n in range(1, 6)]
    assert len(missed.urgent(late[:2])) + len(missed.urgent(late[2:])) == AT_ONCE
    missed.add(late, ["event-4", "event-5", "event-5"])
    card = missed.tell("x", 9.0, quiet=False)
    assert card is not None
    assert (card.title, card.members) == ("While you were away: 5 items, 5 urgent", ("event-4", "event-5"))
    assert missed.tell("y", 9.0, quiet=False) is None


def test_a_narrowing_goes_with_the_filters_of_the_hand() -> None:
    """The later beginning and the earlier end count, and a chosen type goes first."""
    narrowing = Narrowing(words="w", type="a", subject="5", since=10.0, until=20.0)
    query = narrowing.of(Query(type="b", since=15.0, agent=MIRA))
    assert query == Query(type="b", subject="5", since=15.0, until=20.0, agent=MIRA)


class Asks:
    """Asks a relay at once, on the test's own thread."""

    def __init__(self, api: RelayApi) -> None:
        self._api = api
        self.agent = MIRA

    def ask(self, work: Callable, take: Callable, fail: Callable) -> None:  # type: ignore[type-arg] # as the caller
        """Run the work, and tell what it came to."""
        try:
            take(work(self._api))
        except ApiFailed as problem:
            fail(problem)


@pytest.fixture
def stack(looks: Looks) -> Iterator[Stack]:
    """An empty stack."""
    made = Stack(looks, lambda _id: True, area=lambda: QRect(0, 0, 1_600, 1_000))
    yield made
    made.clear()


def on_screen(stack: Stack, card: Gathered) -> None:
    """Put a card on the screen."""
    stack.show_card(card, Privacy.FULL)
    stack.arrange()


def said(stack: Stack, card: Gathered) -> tuple[str, list[Offer]]:
    """Return what a card on the screen says now, and offers."""
    toast = stack.toast(card.id)
    assert toast is not None
    assert toast.offers is not None
    return toast.offers.words.text(), list(toast.offers.buttons)


def test_all_are_marked_as_read_and_back(
    stack: Stack, history: HistoryDesk, inbox: Inbox, make_message: MakeMessage, make_entry: MakeEntry
) -> None:
    """Only what was unread is undone: what had been read before stays read."""
    inbox.put([make_message(n) for n in range(1, 4)], device="d", epoch="e")
    inbox.mark_ids(["event-1"], read=True)
    desk = CardDesk(stack, history, lambda: None)
    card = digest(
        [make_entry(n) for n in range(1, 4)], [f"event-{n}" for n in range(1, 4)], card_id="x", now=9.0
    )
    on_screen(stack, card)
    desk.take(card, Offer.READ)
    assert inbox.unread_count() == 0
    assert said(stack, card) == ("2 marked as read.", [Offer.SHOW, Offer.UNDO])
    desk.take(card, Offer.UNDO)
    assert inbox.unread_count() == 2
    assert said(stack, card) == ("", [Offer.SHOW, Offer.READ])


@pytest.fixture
def five(inbox: Inbox, make_message: MakeMessage) -> None:
    """Two of one type and three of another are in the inbox."""
    messages = [make_message(n, type="a.b" if n < 3 else "c.d") for n in range(1, 6)]
    inbox.put(messages, device="d", epoch="e")


@pytest.mark.usefixtures("five")
def test_all_are_shown_in_the_history(
    stack: Stack, history: HistoryDesk, records: Records, make_entry: MakeEntry, qtbot: QtBot
) -> None:
    """The card leaves, and the list has only what it stands for, until that is taken away."""
    desk = CardDesk(stack, history, lambda: None)
    card = Groups().join("k", (make_entry(1, type="a.b"), make_entry(2, type="a.b"))).entry()
    on_screen(stack, card)
    desk.take(card, Offer.SHOW)
    assert stack.toasts() == []
    window = history.window
    assert window is not None
    qtbot.waitUntil(lambda: records.model.rowCount() == 2, timeout=20_000)
    assert window.filters.card.isVisible()
    assert window.filters.card.text() == "A b ×"
    window.filters.card.click()
    qtbot.waitUntil(lambda: records.model.rowCount() == 5, timeout=20_000)
    assert not window.filters.card.isVisible()


@pytest.mark.usefixtures("five")
def test_of_an_absence_only_what_was_counted_is_shown(
    stack: Stack, history: HistoryDesk, records: Records, make_entry: MakeEntry, qtbot: QtBot
) -> None:
    """What had a toast meanwhile, or came for the history alone, is none of it."""
    desk = CardDesk(stack, history, lambda: None)
    card = digest([make_entry(2), make_entry(5)], ["event-2", "event-5"], card_id="x", now=9.0)
    on_screen(stack, card)
    desk.take(card, Offer.SHOW)
    found = [Query(ids=("event-2", "event-5"))]
    qtbot.waitUntil(lambda: records.model.rowCount() == 2 and records.model.query in found, timeout=20_000)
    assert history.window is not None
    assert history.window.filters.card.text() == "While you were away ×"


def api_of(relay: RelayProcess, agent: str, **more: object) -> RelayApi:
    """Return the API for a freshly paired device of the team billing."""
    paired = relay.pair(agent, ("billing",), **more)  # type: ignore[arg-type] # roles by name
    account = Account(relay=relay.url, device=paired.device, agent=agent, teams=paired.teams)
    api = RelayApi(account, paired.token)
    relay.wait_until(lambda: answers(api))
    return api


def answers(api: RelayApi) -> bool:
    """Say whether the relay has loaded its API; on a busy machine the first question may be too early."""
    try:
        return api.filters().revision >= 0
    except ApiFailed:
        return False


def own_rules(api: RelayApi, agent: str = MIRA) -> list[tuple[str, How, float | None]]:
    """Return an agent's own rules."""
    return [(rule.types, rule.how, rule.until) for rule in api.filters().layer(f"agent:{agent}").rules]


def test_a_kind_is_paused_and_the_pause_taken_back(
    relay_process: RelayProcess, stack: Stack, history: HistoryDesk, make_entry: MakeEntry, tmp_path: Path
) -> None:
    """A rule that ends by itself, in the agent's own layer, beside what was there; undone by one press."""
    relay_process.start()
    api = api_of(relay_process, MIRA)
    before = pause_rule("refund-made", 4_000_000_000.0)
    api.change(f"agent:{MIRA}", (before,), budget=7, revision=api.filters().revision)
    desk = CardDesk(stack, history, lambda: Asks(api), clock=lambda: 2_000_000_000.0)  # type: ignore[arg-type,return-value] # the far end alone
    card = storm(make_entry(about=ABOUT, **STORM), ["A"])
    on_screen(stack, card)
    desk.take(card, Offer.PAUSE)
    assert own_rules(api) == [
        ("refund-made", How.INBOX, before.until), ("payment-failed", How.INBOX, 2_000_000_900.0)
    ]  # fmt: skip
    assert api.filters().layer(f"agent:{MIRA}").budget == 7
    more = make_entry(about=structs.replace(ABOUT, count=40), revision=2, **STORM)
    assert desk.mutes(more)
    stack.revise(more, 20.0)
    words, offers = said(stack, card)
    assert words.startswith("Paused until ")
    assert offers == [Offer.SHOW, Offer.UNDO]
    desk.take(card, Offer.UNDO)
    assert not desk.mutes(more)
    assert own_rules(api) == [("refund-made", How.INBOX, before.until)]
    assert said(stack, card) == ("", list(KINDS))


def test_what_is_mandatory_cannot_be_paused(
    relay_process: RelayProcess, stack: Stack, history: HistoryDesk, make_entry: MakeEntry
) -> None:
    """The card says who has locked it, does not offer it again, and nothing changes."""
    relay_process.start()
    lead = api_of(relay_process, LENA, role=Role.LEAD, leads=("billing",))
    locked = [{"types": "payment-failed", "how": How.TOAST, "lock": "Every failed payment is called back."}]
    _lock(lead, locked)
    api = api_of(relay_process, MIRA)
    desk = CardDesk(stack, history, lambda: Asks(api), clock=lambda: 2_000_000_000.0)  # type: ignore[arg-type,return-value] # the far end alone
    card = storm(make_entry(about=ABOUT, **STORM), ["A"])
    on_screen(stack, card)
    desk.take(card, Offer.PAUSE_LONG)
    assert own_rules(api) == []
    words, offers = said(stack, card)
    assert words.endswith("has made this mandatory: it cannot be paused.")
    assert offers == [Offer.SHOW]


def _lock(api: RelayApi, rules: list[dict[str, str]]) -> None:
    from desktop.api import Lock, Rule

    locked = [Rule(types=one["types"], how=How(one["how"]), lock=Lock(why=one["lock"])) for one in rules]
    api.change("team:billing", locked, budget=None, revision=api.filters().revision)


def test_somebody_else_s_change_meanwhile_is_kept(relay_process: RelayProcess) -> None:
    """A stale revision is asked for again; the other rule stays."""
    relay_process.start()
    api = api_of(relay_process, MIRA)

    class Slow:
        """Lets somebody else change the layer between the question and the change, once."""

        raced = False

        def filters(self) -> object:
            filters = api.filters()
            if not self.raced:
                self.raced = True
                other = pause_rule("other", 4_000_000_000.0)
                api.change(f"agent:{MIRA}", (other,), budget=None, revision=filters.revision)
            return filters

        change = staticmethod(api.change)

    assert pause(Slow(), MIRA, "payment-failed", 4_000_000_001.0) == ""  # type: ignore[arg-type] # the same verbs
    assert [types for types, _, _ in own_rules(api)] == ["other", "payment-failed"]
    resume(api, MIRA, "payment-failed", 4_000_000_001.0)
    assert [types for types, _, _ in own_rules(api)] == ["other"]


def test_a_second_pause_takes_the_place_of_the_first() -> None:
    """And a pattern's signs in a name mean themselves."""
    first, second = pause_rule("a*", 1.0), pause_rule("a*", 2.0)
    assert with_pause((first,), second) == (second,)
    assert first.types == "a[*]"


def test_nothing_is_locked_without_a_lock() -> None:
    """A kind that no playbook makes is nobody's."""
    from desktop.api import Filters

    assert locked_by(Filters(revision=1), MIRA, "x") == ("", False)
