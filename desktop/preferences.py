"""The preferences window, made from the table of settings: pages, search, padlocks, a sample toast."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop import assets
from desktop.clamped import ClampedText, FullText
from desktop.controls import Icon, allow
from desktop.fields import Field
from desktop.i18n import tr
from desktop.inputs import SearchField
from desktop.kinds import Flag, Value
from desktop.policy import Effect
from desktop.sample import Sample
from desktop.settings import SETTINGS, Section, Setting, Settings
from desktop.theme import Looks
from desktop.wishes import Wishes

SOUNDS = ("sound_urgent", "sound_high", "sound_normal")
"""Settings that can be listened to."""
SEEN = {Section.LOOK, Section.TOASTS, Section.PRIVACY}
"""Pages whose settings can be looked at, on a toast as it would be."""


class SettingRow(QWidget):
    """One setting: its label, what changes it, what it does, and who has set it.

    Signals:
        chosen(str, value): the person wants another value.
        reset_asked(str): the person wants the default.
        sound_asked(str): the person wants to hear it.
    """

    chosen = Signal(str, object)
    reset_asked = Signal(str)
    sound_asked = Signal(str)

    def __init__(self, looks: Looks, row: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = row
        self.field = Field(looks, row, self)
        self.listen = QPushButton(tr("Listen"), self)
        self.reset = QPushButton(tr("Reset"), self)
        self.about = ClampedText(tr(row.help), name="soft", lines=8, parent=self)
        self.lock = Icon(looks, "lock", "soft", size="small_icon", text="small_size", parent=self)
        self.why = ClampedText(name="soft", lines=4, parent=self)
        self.problem = ClampedText(name="error", lines=4, parent=self)
        self._build(looks)
        self.field.changed.connect(self._take)
        self.field.refused.connect(self.refuse)
        self.reset.clicked.connect(lambda: self.reset_asked.emit(row.key))
        self.listen.clicked.connect(lambda: self.sound_asked.emit(row.key))

    def _build(self, looks: Looks) -> None:
        sizes = looks.sizes
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, sizes["gap"])
        column.setSpacing(sizes["tiny"])
        if not isinstance(self.row.kind, Flag):
            column.addWidget(ClampedText(tr(self.row.label), name="label", lines=2, parent=self))
        line = QHBoxLayout()
        line.setSpacing(sizes["small"])
        line.addWidget(self.field.widget, 1)
        for button, words in ((self.listen, tr("Listen to")), (self.reset, tr("Reset"))):
            button.setObjectName("quiet")
            button.setAccessibleName(f"{words}: {tr(self.row.label)}")
            button.setAutoDefault(False)
            line.addWidget(button)
        column.addLayout(line)
        self.listen.setVisible(self.row.key in SOUNDS)
        column.addWidget(self.about)
        who = QHBoxLayout()
        who.setSpacing(sizes["tiny"])
        who.addWidget(self.lock, 0, Qt.AlignmentFlag.AlignTop)
        who.addWidget(self.why, 1)
        column.addLayout(who)
        column.addWidget(self.problem)

    def show_effect(self, effect: Effect, *, resettable: bool, hindrance: str = "") -> None:
        """Show a value, whether it can be changed, who says so, and what hinders it here."""
        self.field.show_value(effect.value)
        self.field.widget.setEnabled(not effect.locked)
        self.lock.setVisible(effect.locked)
        words = _who(effect)
        self.why.set_text(words)
        self.why.setVisible(bool(words))
        about = f"{tr(self.row.help)} {words}".strip()
        self.field.widget.setAccessibleDescription(about)
        self.reset.setVisible(resettable)
        self.refuse(hindrance)

    def refuse(self, problem: str) -> None:
        """Say what is wrong with what was typed; empty for nothing."""
        self.problem.set_text(f"{tr(self.row.label)} {problem}" if problem else "")
        self.problem.setVisible(bool(problem))

    def matches(self, text: str) -> bool:
        """Say whether somebody who looks for ``text`` looks for this."""
        row = self.row
        spoken = " ".join(tr(each) for each in (row.label, row.help, row.section))
        words = f"{spoken} {row.label} {row.key}".casefold()
        return all(word in words for word in text.casefold().split())

    def _take(self, value: Value) -> None:
        self.refuse("")
        self.chosen.emit(self.row.key, value)


def _who(effect: Effect) -> str:
    """Return who has set a value, as far as that is of interest to the person."""
    if effect.place:
        said = effect.why()
        return f"{said[0].upper()}{said[1:]}."
    return tr("Only your IT can change this.") if effect.locked else ""


class PreferencesWindow(QDialog):
    """All settings on their pages.

    Signals:
        test_asked(): show a toast as it would look now.
        sound_asked(str): play the sound of a setting.
    """

    test_asked = Signal()
    sound_asked = Signal(str)

    def __init__(self, looks: Looks, wishes: Wishes, form: str = "", account: str = "") -> None:
        """``form`` says by what entries are shown at present, ``account`` which relay is used, in words."""
        super().__init__()
        self._looks, self._wishes = looks, wishes
        self.setWindowTitle(tr("Preferences"))
        self.setWindowIcon(assets.logo())
        self._page = 0
        self._sure = False
        self._make_parts(form, account)
        self._build()
        self._watch()
        self.pages.setCurrentRow(0)
        self._show_all()
        self.pages.setFocus()

    def _make_parts(self, form: str, account: str) -> None:
        """Make everything where it stands, in its order: what changes its parent is dressed anew."""
        looks = self._looks
        self.search = SearchField(looks, tr("Search"), self)
        self.problems = ClampedText(name="error", lines=8, parent=self)
        self.pages = QListWidget(self)
        self.area = QScrollArea(self)
        self._sheet = sheet = QWidget(self.area.viewport())
        self.none = ClampedText(tr("No setting matches."), name="soft", lines=2, parent=sheet)
        self.sample = Sample(looks, self._wishes.settings, sheet)
        words = tr("Shown by {form} at present.", form=form) if form else ""
        self.form = ClampedText(words, name="soft", lines=2, parent=sheet)
        self._headings: dict[Section, ClampedText] = {}
        self.rows: dict[str, SettingRow] = {}
        for section in Section:
            self._headings[section] = ClampedText(tr(section), name="headline", lines=1, parent=sheet)
            if section is Section.CONNECTION:
                self._box = QWidget(sheet)
                self.account = FullText(account, name="full_text", parent=self._box)
            rows = {key: row for key, row in SETTINGS.items() if row.section is section}
            self.rows |= {key: SettingRow(looks, row, sheet) for key, row in rows.items()}
        for part in (*self._headings.values(), *self.rows.values()):
            part.hide()  # until its page is chosen: what isn't seen needn't be measured
        self.test = QPushButton(tr("Show a test toast"), self)
        self.reset_all = QPushButton(tr("Reset all"), self)
        self.shut = QPushButton(tr("Close"), self)

    def _build(self) -> None:
        sizes = self._looks.sizes
        room = self.screen().availableGeometry().size()
        self.resize(QSize(sizes["preferences"], sizes["window_height"]).boundedTo(room))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(sizes["large"], sizes["large"], sizes["large"], sizes["large"])
        whole.setSpacing(sizes["gap"])
        self.search.setAccessibleName(tr("Search the preferences"))
        whole.addWidget(self.search)
        whole.addWidget(self.problems)
        middle = QHBoxLayout()
        middle.setSpacing(sizes["large"])
        middle.addWidget(self._list_of_pages())
        middle.addWidget(self._scroll(), 1)
        whole.addLayout(middle, 1)
        whole.addLayout(self._buttons())

    def _list_of_pages(self) -> QListWidget:
        self.pages.setObjectName("pages")
        self.pages.setAccessibleName(tr("Pages"))
        self.pages.addItems([tr(section) for section in Section])
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages.setFixedWidth(self.pages.sizeHintForColumn(0) + 2 * self._looks.sizes["huge"])
        return self.pages

    def _scroll(self) -> QScrollArea:
        self._sheet.setObjectName("page")
        column = QVBoxLayout(self._sheet)
        column.setContentsMargins(0, 0, self._looks.sizes["gap"], 0)
        column.setSpacing(self._looks.sizes["small"])
        column.addWidget(self.none)
        room = QVBoxLayout(self._box)
        room.setContentsMargins(0, 0, 0, self._looks.sizes["gap"])
        room.addWidget(self.account)
        for section, heading in self._headings.items():
            column.addWidget(heading)
            if section is Section.TOASTS:
                column.addWidget(self.form)
            if section is Section.CONNECTION:
                column.addWidget(self._box)
            for row in self.rows.values():
                if row.row.section is section:
                    column.addWidget(row)
        column.addStretch(1)
        self._column = column
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self._sheet)
        return self.area

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._looks.sizes["small"])
        row.addWidget(self.test)
        row.addWidget(self.reset_all)
        row.addStretch(1)
        row.addWidget(self.shut)
        for button in (self.test, self.reset_all, self.shut):
            # Return in a field finishes the field, and nothing else.
            button.setAutoDefault(False)
        return row

    def _watch(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.pages.currentRowChanged.connect(self._turn_page)
        self.pages.itemClicked.connect(lambda item: self._turn_page(self.pages.row(item)))
        self.test.clicked.connect(self.test_asked)
        self.reset_all.clicked.connect(self._reset_all)
        self.shut.clicked.connect(self.close)
        for row in self.rows.values():
            row.chosen.connect(self._choose)
            row.reset_asked.connect(self._wishes.reset)
            row.sound_asked.connect(self.sound_asked)
        self._wishes.changed.connect(self._follow)
        self._wishes.failed.connect(self._fail)
        self._wishes.hindered.connect(self._show)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)

    def _choose(self, key: str, value: Value) -> None:
        if not self._wishes.choose(key, value):
            self._show(key)

    def _fail(self, sentence: str) -> None:
        self.problems.set_text(sentence)
        self.problems.setVisible(True)

    def _reset_all(self) -> None:
        """Forget all choices, when the button is pressed a second time."""
        if self._sure:
            self._wishes.reset()
        self._sure = not self._sure
        self.reset_all.setText(tr("Press again to reset all") if self._sure else tr("Reset all"))

    # What is seen

    def _follow(self, settings: Settings) -> None:
        # A method, not a lambda: Qt takes it away together with the window.
        self._show_all()
        self.sample.follow(settings)

    def _show_all(self) -> None:
        for key in self.rows:
            self._show(key)
        problems = "\n".join(self._wishes.decision.problems)
        self.problems.set_text(problems)
        self.problems.setVisible(bool(problems))
        chosen = any(map(self._wishes.is_chosen, self.rows))
        allow(self.reset_all, chosen, tr("Nothing here was chosen by you."))

    def _show(self, key: str) -> None:
        wishes = self._wishes
        self.rows[key].show_effect(
            wishes.effect(key),
            resettable=wishes.is_chosen(key),
            hindrance=wishes.hindrances.get(key, ""),
        )

    def _turn_page(self, row: int) -> None:
        self._page = row
        self.search.clear()
        self._filter("")

    def _filter(self, text: str) -> None:
        """Show what matches on any page; without a text, the page that is chosen."""
        # No page is chosen, but one stays current: else the list would choose one with the focus.
        chosen = self.pages.item(self._page)
        chosen.setSelected(not text.strip())
        self.area.verticalScrollBar().setValue(0)
        page = list(Section)[self._page]
        seen = set()
        for row in self.rows.values():
            shows = row.matches(text) if text.strip() else row.row.section is page
            row.setVisible(shows)
            seen |= {row.row.section} if shows else set()
        for section, heading in self._headings.items():
            heading.setVisible(section in seen)
        self.form.setVisible(Section.TOASTS in seen and bool(self.form.text()))
        self._box.setVisible(Section.CONNECTION in seen and bool(self.account.toPlainText()))
        self.none.setVisible(not seen)
        self._show_sample(page if page in SEEN and not text.strip() else None)

    def _show_sample(self, page: Section | None) -> None:
        """Show the sample under the heading of a page, or nowhere."""
        self._column.removeWidget(self.sample)
        if page is not None:
            self._column.insertWidget(self._column.indexOf(self._headings[page]) + 1, self.sample)
        self.sample.setVisible(page is not None)
