"""What has no button is in the menu; time stands still while somebody is at a toast; a veil hides words."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.clipboard import KDE_HINT, Clipboard, marks
from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.languages import by_language
from desktop.menu import ToastMenu
from desktop.offers import MAX_BUTTONS, OFFERS, share
from desktop.snooze import Snooze
from desktop.standing import Standing
from desktop.theme import Looks
from desktop.toast import Toast
from relay.protocol import Action, Link, Priority, Script, Stage

MakeEntry = Callable[..., Entry]
MakeToast = Callable[..., Toast]
ANA = "ana@example.com"
ACTIONS = (
    Action(name="mail", label="Send & file", confirm="Send the reminder to Ana now?"),
    Action(name="note", label="Add a note"),
)
MINE = {"claimable": True, "stage": Stage.CLAIMED, "holder": ANA}


@pytest.fixture
def make_toast(looks: Looks, make_entry: MakeEntry) -> Iterator[MakeToast]:
    """Return a function that shows a toast, away from the offscreen pointer."""
    made: list[Toast] = []

    def make(*, privacy: Privacy = Privacy.FULL, languages: tuple[str, ...] = (), **changes: object) -> Toast:
        entry = make_entry(**changes)
        toast = Toast(looks, entry, seconds=60, agent=ANA, privacy=privacy, languages=languages)
        made.append(toast)
        toast.fit(600)
        toast.move(200, 200)
        toast.show()
        toast.start()
        return toast

    yield make
    for toast in made:
        toast.close()
        toast.deleteLater()


def menu_of(toast: Toast) -> ToastMenu:
    """Open a toast's menu."""
    toast.more.click()
    menu = toast.menu()
    assert menu is not None
    return menu


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("links", [0, 1, 5])
def test_there_are_never_more_than_three_buttons(standing: Standing, script: bool, links: int) -> None:
    """Copy, the work and links share the room, and whoever can claim has a button for it."""
    shown = share(standing, script=script, links=links)
    assert script + shown.claims + shown.links <= MAX_BUTTONS
    assert shown.claims >= bool(OFFERS[standing])


def test_the_menu_has_what_has_no_button(make_toast: MakeToast) -> None:
    """The rest of the work, the actions, links with their hosts, the history, putting off, dismissing."""
    two = tuple(Link(label=f"Link {n}", url=f"https://h{n}.example/") for n in (1, 2))
    menu = menu_of(make_toast(actions=ACTIONS, links=two, **MINE))
    assert menu.words() == [
        "Give back",
        "Pass on…",
        "Send & file…",
        "Add a note",
        "Link 2  (h2.example)",
        "Open in the history",
        *(f"Snooze {choice.value}" for choice in Snooze),
        "Dismiss",
    ]


@pytest.mark.parametrize(
    ("words", "signal", "said"),
    [
        ("Pass on…", "pressed", ["event-1", "pass"]),
        ("Add a note", "acted", ["event-1", "note"]),
        ("Open in the history", "opened", ["event-1"]),
        ("Snooze 1 hour", "snoozed", ["event-1", Snooze.HOUR]),
        ("Dismiss", "dismissed", ["event-1"]),
    ],
)
def test_each_line_says_what_is_wanted(
    qtbot: QtBot, make_toast: MakeToast, words: str, signal: str, said: list[object]
) -> None:
    """The toast tells it; nothing is done here."""
    toast = make_toast(actions=ACTIONS, **MINE)
    with qtbot.waitSignal(getattr(toast, signal)) as heard:
        menu_of(toast).choose(words)
    assert heard.args == said


def test_an_action_asks_its_question_first(qtbot: QtBot, make_toast: MakeToast) -> None:
    """The question stands on the toast, holds its time, and only yes lets it happen."""
    toast = make_toast(actions=ACTIONS, **MINE)
    with qtbot.assertNotEmitted(toast.acted):
        menu = menu_of(toast)
        menu.choose("Send & file…")
        menu.close()
        assert toast.claims.words.text() == "Send the reminder to Ana now?"
        assert toast.claims.yes.text() == "Send && file"
        assert not toast.is_running()
        toast.claims.no.click()
    assert toast.is_running()
    toast._choose("action", "mail")
    with qtbot.waitSignal(toast.acted) as heard:
        toast.claims.yes.click()
    assert heard.args == ["event-1", "mail"]
    assert toast.claims.words.text() == "You have it"


def test_an_open_menu_stops_the_time(qtbot: QtBot, make_toast: MakeToast) -> None:
    """It goes on when the menu closes, for at least three seconds; a last word closes the menu."""
    toast = make_toast()
    menu = menu_of(toast)
    assert not toast.is_running()
    menu.close()
    assert toast.is_running()
    menu_of(toast)
    toast.leave("Claimed by Mira")
    assert toast.menu() is None
    assert not toast.more.isEnabled()


def test_the_keyboard_stops_the_time(make_toast: MakeToast) -> None:
    """Whoever asked for the toast by a key reads it by keys; until then no part of it takes any."""
    toast = make_toast()
    toast.take_keys()
    assert not toast.is_running()
    assert toast.is_busy()


@pytest.mark.parametrize("privacy", [Privacy.TYPE, Privacy.NOTHING])
def test_a_veiled_toast_draws_no_word_of_a_customer(make_toast: MakeToast, privacy: Privacy) -> None:
    """Neither drawn nor spoken nor in its menu; the entry itself is the one that was sent."""
    toast = make_toast(privacy=privacy, title="Ana Souza", body="Ana Souza", actions=ACTIONS, claimable=True)
    drawn = [str(toast.painted_texts()), toast.accessibleName(), toast.title.text(), toast.body.text()]
    assert not any("Ana" in words for words in [*drawn, *menu_of(toast).words()])
    assert (toast.script, toast.links, toast.claims.offered()) == (None, [], ())
    assert toast.title.text() == ("Invoice payment failed" if privacy is Privacy.TYPE else "New item")
    assert ("Stripe" in toast.source.text()) is (privacy is Privacy.TYPE)
    assert toast.entry.title == "Ana Souza"


def test_the_agents_language_comes_first(make_toast: MakeToast) -> None:
    """The first script is in it, and the button says which one is shown."""
    scripts = (
        Script(name="Call", text="Hello", language="en"),
        Script(name="Anruf", text="Guten Tag", language="de"),
        Script(name="Any", text="42"),
    )
    assert [one.name for one in by_language(scripts, ["de-AT", "en"])] == ["Anruf", "Call", "Any"]
    assert [one.name for one in by_language(scripts, ["fr"])] == ["Any", "Call", "Anruf"]
    toast = make_toast(scripts=scripts, languages=("de_DE",))
    assert toast.script is not None
    assert (toast.script.text.text(), toast.script.other.text()) == ("Guten Tag", "DE · 1 of 3")


def test_what_is_missing_is_listed(make_toast: MakeToast) -> None:
    """By name, whether the relay says so or the text does; of many, how many more."""
    text = "{{ a }} and {{ b }}"
    toast = make_toast(scripts=(Script(name="", text=text, missing=("b", "c", "d", "e")),))
    assert toast.script is not None
    assert not toast.script.copy.isEnabled()
    assert toast.script.missing.text() == "Not ready to copy: b, c, d and 2 more are missing."


def test_copies_stay_out_of_clipboard_histories() -> None:
    """By the marks of each platform, unless that is not wanted; the text itself is plain."""
    assert [name.split('"')[1] for name in marks("win32")] == [
        "ExcludeClipboardContentFromMonitorProcessing",
        "CanIncludeInClipboardHistory",
        "CanUploadToCloudClipboard",
    ]
    Clipboard(platform="linux").put("private <b>words</b>")
    held: QMimeData = QGuiApplication.clipboard().mimeData()
    assert (held.text(), held.hasHtml()) == ("private <b>words</b>", False)
    assert held.data(KDE_HINT).data() == b"secret"
    Clipboard(private=False, platform="linux").put("for everybody")
    assert not QGuiApplication.clipboard().mimeData().hasFormat(KDE_HINT)


def test_the_header_says_who_proves_it_and_how_many(make_toast: MakeToast) -> None:
    """The scheme is in the tooltip, never read as markup; a case that goes on says how often."""
    toast = make_toast(scheme="<b>HMAC</b>", count=3, priority=Priority.HIGH)
    assert toast.source.toolTip() == "Verified: (b>HMAC(/b>"
    assert toast.count.text() == "× 3"
    assert toast.count.isVisibleTo(toast)
