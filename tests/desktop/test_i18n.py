"""Every text has a German one, the compiled catalogue is the written one, and numbers follow."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from desktop import i18n
from desktop.entry import LinkState, Status
from desktop.i18n import English, speak, tr
from desktop.text import span
from desktop.translator import Translated, choose
from desktop.tray import state_words
from tests.desktop.catalogue import phrases, read

_HOLES = re.compile(r"%n|\{[^{}]*\}")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[Translated]:
    """German is spoken while a test runs."""
    language = Translated("de", QLocale("de_DE"))
    speak(language)
    yield language
    speak(English())


def test_everything_is_translated() -> None:
    """No text of the code is without a finished German one, and the catalogue has no other texts."""
    written = read("de")
    assert phrases().keys() == written.keys()
    unfinished = [
        text for text, entry in written.items() if not entry.finished or not all(map(str.strip, entry.forms))
    ]
    assert unfinished == []


def test_placeholders_stay() -> None:
    """A German text has the placeholders of the English one, no more and no fewer."""
    wrong = {
        text: entry.forms
        for text, entry in read("de").items()
        if any(sorted(_HOLES.findall(form)) != sorted(_HOLES.findall(text)) for form in entry.forms)
    }
    assert wrong == {}


def test_counted_texts_have_two_forms() -> None:
    """One for 1, one for all other numbers."""
    written = read("de")
    for text, phrase in phrases().items():
        assert len(written[text].forms) == (2 if phrase.counted else 1), text


def test_compiled_is_what_is_written(german: Translated) -> None:
    """The catalogue that the program loads was made from the one that people edit."""
    counted = {text for text, phrase in phrases().items() if phrase.counted}
    for text, entry in read("de").items():
        assert german.text(text, 2 if text in counted else None) == entry.forms[-1]
        if text in counted:
            assert german.text(text, 1) == entry.forms[0]


def test_plural_forms(german: Translated) -> None:
    """The number chooses the form, and is written as Germans write it."""
    sentence = "%n notifications deleted."
    assert tr(sentence, n=1) == "1 Benachrichtigung gelöscht."
    assert tr(sentence, n=12_345) == "12.345 Benachrichtigungen gelöscht."
    speak(English())
    assert tr(sentence, one="%n notification deleted.", n=1) == "1 notification deleted."
    assert tr(sentence, one="%n notification deleted.", n=12_345) == "12,345 notifications deleted."


def test_values_are_put_in_as_they_are(german: Translated) -> None:
    """A name with braces or a percent sign is a name, not a placeholder."""
    assert tr("Claimed by {name}", name="{who} %n") == "Übernommen von {who} %n"


def test_times_and_days(german: Translated) -> None:
    """The month has its German name; hours and minutes stay."""
    moment = datetime(2026, 3, 3, 14, 5, 9)  # noqa: DTZ001 - local, as it is shown
    assert i18n.clock_time(moment) == "14:05"
    assert i18n.day(moment, with_year=True) == "3. März 2026"
    assert i18n.full_moment(moment) == "03.03.2026 14:05:09"
    assert span(3700) == "1 Std. 1 Min."


def test_a_reason_is_translated_where_it_is_shown(german: Translated) -> None:
    """The state of the link is said in German in tray and window."""
    assert (
        state_words(Status(state=LinkState.OFFLINE, since=0.0), 180.0)
        == "offline 3 Min., neuer Versuch läuft"
    )


def test_unknown_texts_stay(german: Translated) -> None:
    """What has no German text is shown as it is: what a provider sent, for example."""
    assert tr("Payment failed: Ana Souza") == "Payment failed: Ana Souza"


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [(["de-AT", "en"], "de"), (["fr-FR", "de"], "de"), (["fr"], "en"), ([], "en"), (["en_GB", "de"], "en")],
)
def test_choice_of_language(wanted: list[str], chosen: str) -> None:
    """The first of the system's languages that there is; English if there is none."""
    assert choose(wanted) == chosen


def test_a_missing_catalogue_is_said(qapp: QApplication) -> None:
    """Not silently English: the program isn't installed as a whole."""
    with pytest.raises(FileNotFoundError, match="install Deskbell again"):
        Translated("xx", QLocale("de"))
