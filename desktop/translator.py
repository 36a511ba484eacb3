"""Qt's catalogues, and how Qt writes numbers, times and days in a language."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QDate, QLibraryInfo, QLocale, QTime, QTranslator
from PySide6.QtWidgets import QApplication

from desktop.assets import RESOURCES
from desktop.i18n import CONTEXT, English, speak

LANGUAGES: Final = ("en", "de")
"""What is complete. English is the language of the code."""

_QT: Final = "qtbase"


def choose(wanted: Sequence[str]) -> str:
    """Return the first of ``wanted`` (BCP 47, most wanted first) that there is; else English."""
    for each in wanted:
        primary = each.replace("_", "-").partition("-")[0].casefold()
        if primary in LANGUAGES:
            return primary
    return LANGUAGES[0]


class Translated:
    """A language with a catalogue in ``resources/i18n``; numbers and times by ``locale``."""

    def __init__(self, language: str, locale: QLocale) -> None:
        """Load the catalogue; what is not in it stays English.

        Raises:
            FileNotFoundError: there is no such catalogue: the program isn't installed as a whole.
        """
        self._locale = locale
        self._texts = QTranslator()
        file = RESOURCES / "i18n" / f"{language}.qm"
        if not self._texts.load(str(file)):
            raise FileNotFoundError(f"{file} is missing or damaged: install Deskbell again")

    def text(self, text: str, number: int | None) -> str:
        """Return a text as the catalogue has it."""
        # -1 is Qt's word for "no number".
        return self._texts.translate(CONTEXT, text, "", -1 if number is None else number) or ""

    def number(self, number: int) -> str:
        """Return ``12.345``."""
        return self._locale.toString(number)

    def clock_time(self, moment: datetime) -> str:
        """Return hours and minutes."""
        return self._locale.toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)

    def day(self, moment: datetime, *, with_year: bool) -> str:
        """Return ``3. Nov.``, and the year if it is wanted."""
        return self._locale.toString(_date(moment), "d. MMM yyyy" if with_year else "d. MMM")

    def moment(self, moment: datetime) -> str:
        """Return date and time with seconds, as in ``03.11.2025 14:05:09``."""
        date = self._locale.toString(_date(moment), "dd.MM.yyyy")
        return f"{date} {moment:%H:%M:%S}"


def _date(moment: datetime) -> QDate:
    return QDate(moment.year, moment.month, moment.day)


def settle(app: QApplication, wanted: str) -> str:
    """Speak the language of a setting ("system", "en", "de") from now on; return which it is.

    Qt's own words (menus of text fields, file dialogs) follow, and so does the direction of layouts.
    May be called again; windows that are open keep their words.
    """
    system = QLocale.system()
    language = choose(system.uiLanguages() if wanted == "system" else [wanted])
    locale = system if choose([system.name()]) == language else QLocale(language)
    QLocale.setDefault(locale)
    _speak_qt(app, language)
    speak(English() if language == LANGUAGES[0] else Translated(language, locale))
    return language


def _speak_qt(app: QApplication, language: str) -> None:
    for old in app.findChildren(QTranslator, _QT):
        app.removeTranslator(old)
        old.deleteLater()
        old.setObjectName("")
    if language == LANGUAGES[0]:
        return
    own = QTranslator(app)
    own.setObjectName(_QT)
    if own.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(own)
