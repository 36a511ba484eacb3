"""The same entry in its four forms: what is left of a toast by what the system can do."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.degrade import BODY_LIMIT, FORMS, MOST_BUTTONS, TITLE_LIMIT, Capabilities, Plain, degrade, table
from desktop.entry import Entry
from desktop.gate import Privacy
from relay.protocol import How, Link, Priority, Script, Stage

ME = "mira@example.com"
FAILED = Entry(
    id="1",
    seq=1,
    source="stripe",
    provider="stripe",
    type="invoice.payment_failed",
    priority=Priority.HIGH,
    title="Payment failed: Maya Lindqvist, €49.00",
    body="Attempt 2 failed. <b>Stripe</b> tries again on 2 March.",
    scripts=(Script(name="Call", text="Hello Maya, …"),),
    links=(Link(label="Open invoice", url="https://dashboard.stripe.com/invoices/in_1"),),
    how=How.TOAST,
    at=0,
    received_at=0,
    claimable=True,
)
FULL = Capabilities(markup=True)


def test_with_buttons_everything_that_is_needed_at_once_is_there() -> None:
    """Claim first, then the words to say, then the record."""
    assert degrade(FAILED, ME, FULL) == Plain(
        title="Payment failed: Maya Lindqvist, €49.00",
        body="Attempt 2 failed. &lt;b&gt;Stripe&lt;/b&gt; tries again on 2 March.",
        buttons=(("claim", "Claim"), ("copy", "Copy reply"), ("open", "Open invoice")),
        urgent=False,
        low=False,
        opens=True,
    )


def test_without_buttons_the_words_are_left() -> None:
    """And a click opens the item, where the rest is."""
    plain = degrade(FAILED, ME, Capabilities(buttons=False))

    assert (plain.buttons, plain.opens) == ((), True)
    assert plain.body == "Attempt 2 failed. <b>Stripe</b> tries again on 2 March."


def test_the_least_is_the_title() -> None:
    """It alone says who and what."""
    plain = degrade(FAILED, ME, Capabilities(body=False, buttons=False, clicks=False))

    assert (plain.title, plain.body, plain.opens) == ("Payment failed: Maya Lindqvist, €49.00", "", False)


def test_my_own_claim_offers_done() -> None:
    """There is nothing left to claim."""
    mine = replace(FAILED, stage=Stage.CLAIMED, holder=ME)

    assert [key for key, _ in degrade(mine, ME, FULL).buttons] == ["done", "copy", "open"]


@pytest.mark.parametrize(
    "script", [Script(name="Call", text="Hi {{ name }}"), Script(name="Call", text="Hi", missing=("name",))]
)
def test_a_script_that_is_not_filled_in_has_no_button(script: Script) -> None:
    """Copying it is refused on the toast, where it says what is missing."""
    assert "copy" not in dict(degrade(replace(FAILED, scripts=(script,)), ME, FULL).buttons)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://bank.com@evil.example"]
)
def test_a_link_that_may_not_be_opened_has_no_button(url: str) -> None:
    """The same rules as on a toast."""
    hostile = replace(FAILED, links=(Link(label="Open", url=url),))

    assert "open" not in dict(degrade(hostile, ME, FULL).buttons)


def test_what_is_urgent_says_so_in_words() -> None:
    """A system that draws no difference still tells it."""
    plain = degrade(replace(FAILED, priority=Priority.URGENT), ME, FULL)

    assert plain.title.startswith("Urgent: Payment failed")
    assert plain.urgent


def test_privacy_leaves_out_what_others_may_not_read() -> None:
    """Neither words nor links, nor the reply."""
    by_type = degrade(FAILED, ME, FULL, Privacy.TYPE)
    nothing = degrade(FAILED, ME, FULL, Privacy.NOTHING)

    assert (by_type.title, by_type.body) == ("New from Stripe", "invoice.payment_failed")
    assert (nothing.title, nothing.body) == ("New item", "")
    assert by_type.buttons == nothing.buttons == (("claim", "Claim"),)


def test_hostile_text_keeps_its_limits() -> None:
    """Ten megabytes, controls and direction changes are cut and cleaned as on a toast."""
    hostile = replace(FAILED, title="\u202ex\x00" * 100_000, body="line\n" * 100_000)
    plain = degrade(hostile, ME, FULL)

    assert len(plain.title) <= TITLE_LIMIT
    assert len(plain.body) <= BODY_LIMIT
    assert "\u202e" not in plain.title
    assert "\x00" not in plain.title
    assert len(plain.buttons) <= MOST_BUTTONS


def test_the_page_has_the_table_of_what_is_left() -> None:
    """Every form that there is stands in it."""
    page = (Path(__file__).parents[2] / "docs" / "native.md").read_text(encoding="utf-8")

    assert table() in page
    assert all(form in page for form in FORMS)
