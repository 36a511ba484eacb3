"""One entry in full: all of its text, its scripts, its links, and what happened to it."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.actionrow import ActionRow
from desktop.claimbar import ClaimBar
from desktop.clamped import NO_LIMIT, ClampedText, FullText
from desktop.controls import Icon, LinkButton, plain
from desktop.course import course
from desktop.entry import Entry
from desktop.i18n import tr
from desktop.languages import by_language
from desktop.offers import ACT
from desktop.scriptbox import ScriptBox
from desktop.standing import Standing, standing
from desktop.steps import Steps
from desktop.story import Story
from desktop.text import (
    MAX_BODY,
    MAX_TITLE,
    clean_block,
    clean_line,
    is_from_relay,
    is_own,
    link_target,
    priority_word,
    sender,
    source_name,
    spoken,
)
from desktop.theme import Looks
from desktop.timeline import timeline
from desktop.whybox import WhyBox
from relay.protocol import Action


class Detail(QScrollArea):
    """A page that scrolls.

    Signals:
        copied(str): a script of the entry was copied.
        link_opened(str, str): id and address of the link that was pressed.
        pressed(str, str): id, and which of the claim bar's buttons.
        marked(bool): the entry is to be marked as read (True) or unread.
        removal_asked(): the entry is to be deleted.
        acted(str, str): id, and which action, after its question was answered with yes.
        story_wanted(): what the relay knows is to be told, by :meth:`tell`.
    """

    copied = Signal(str)
    link_opened = Signal(str, str)
    pressed = Signal(str, str)
    marked = Signal(bool)
    removal_asked = Signal()
    acted = Signal(str, str)
    story_wanted = Signal()

    def __init__(
        self,
        looks: Looks,
        entry: Entry,
        now: float,
        *,
        agent: str = "",
        language: str = "",
        languages: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Show an entry; ``agent`` is whose desktop it is, ``language`` that of the scripts in front.

        ``languages`` are those the agent wants, the first one most; without them, the system's.
        """
        super().__init__(parent)
        self._now, self._languages = now, languages or QLocale.system().uiLanguages()
        self._action = ""
        self.setObjectName("detail")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entry, self.language = entry, language
        self._looks, self._agent = looks, agent
        self.scripts: list[ScriptBox] = []
        self.links: list[LinkButton] = []
        self.tabs: dict[str, QPushButton] = {}
        self._boxes: dict[str, list[ScriptBox]] = {}
        self._page = page = QWidget(self.viewport())
        self._page.setObjectName("detail_page")
        for each in (self, page):
            each.setAccessibleName(spoken(entry, now))
        self._column = QVBoxLayout(page)
        self._build()
        self.setWidget(page)

    def _build(self) -> None:
        sizes, column, page = self._looks.sizes, self._column, self._page
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["gap"])
        column.addLayout(self._header())
        title = clean_line(self.entry.title, MAX_TITLE) or source_name(self.entry)
        self.title = ClampedText(title, name="headline", parent=page)
        column.addWidget(self.title)
        text = clean_block(self.entry.body, MAX_BODY)
        if text:
            self.body = FullText(text, name="full_text", parent=page)
            column.addWidget(self.body)
        self.claims = ClaimBar(self._looks, self._standing(), parent=page)
        self.claims.pressed.connect(self._press)
        self.claims.answered.connect(self._confirmed)
        column.addWidget(self.claims)
        self.action_row = ActionRow(self._looks, self.entry.actions, parent=page)
        self.action_row.pressed.connect(self._choose_action)
        column.addWidget(self.action_row)
        self._add_scripts()
        self._add_links()
        column.addSpacing(sizes["small"])
        self._add_timeline()
        column.addStretch(1)

    def _header(self) -> QHBoxLayout:
        sizes, priority, page = self._looks.sizes, self.entry.priority, self._page
        word = ClampedText(priority_word(priority), name=f"priority_{priority}", lines=1, parent=page)
        row = QHBoxLayout()
        row.setSpacing(sizes["tiny"])
        row.addWidget(Icon(self._looks, priority.value, priority.value, parent=page))
        row.addWidget(word)
        row.addSpacing(sizes["small"])
        if not is_from_relay(self.entry):
            row.addWidget(Icon(self._looks, "verified", "done", parent=page))
        row.addWidget(ClampedText(sender(self.entry), name="source", lines=1, parent=page), 1)
        self.mark = QPushButton(tr("Mark unread") if self.entry.read else tr("Mark read"), page)
        self.remove = QPushButton(tr("Delete"), page)
        self.mark.clicked.connect(lambda: self.marked.emit(not self.entry.read))
        self.remove.clicked.connect(self.removal_asked)
        for button in (self.mark, self.remove):
            button.setObjectName("quiet")
            row.addWidget(button)
        return row

    # Scripts

    def _add_scripts(self) -> None:
        scripts = by_language(self.entry.scripts, self._languages)
        languages = list(dict.fromkeys(script.language for script in scripts if script.language))
        if len(languages) > 1:
            self._add_tabs(languages)
        for script in scripts:
            box = ScriptBox(self._looks, (script,), parent=self._page)
            box.copied.connect(lambda: self.copied.emit(self.entry.id))
            self.scripts.append(box)
            self._boxes.setdefault(script.language, []).append(box)
            self._column.addWidget(box)
        if self.tabs:
            self.choose_language(self.language if self.language in self.tabs else languages[0])

    def _add_tabs(self, languages: Sequence[str]) -> None:
        row = QHBoxLayout()
        row.setSpacing(self._looks.sizes["tiny"])
        for language in languages:
            words = language_words(language)
            tab = QPushButton(plain(words), self._page)
            tab.setCheckable(True)
            tab.setObjectName("facet")
            tab.setAccessibleName(tr("Suggested replies in {words}", words=words))
            tab.clicked.connect(lambda _checked=False, language=language: self.choose_language(language))
            self.tabs[language] = tab
            row.addWidget(tab)
        row.addStretch(1)
        self._column.addLayout(row)

    def choose_language(self, language: str) -> None:
        """Show the scripts in a language, and those that are for any."""
        self.language = language
        for each, tab in self.tabs.items():
            tab.setChecked(each == language)
        for each, boxes in self._boxes.items():
            for box in boxes:
                box.setVisible(each in {language, ""})

    # Work

    def _standing(self) -> Standing:
        return standing(self.entry, self._agent)

    def _press(self, what: str) -> None:
        self.claims.wait(what)
        self.action_row.allow(False)
        self.pressed.emit(self.entry.id, what)

    def _choose_action(self, action: Action) -> None:
        self.action_row.allow(False)
        if action.confirm:
            self._action = action.name
            self.claims.ask(action.confirm, action.label)
        else:
            self._act(action.name)

    def _confirmed(self, yes: bool) -> None:
        action, self._action = self._action, ""
        if yes and action:
            self._act(action)
        else:
            self.action_row.allow(True)

    def _act(self, name: str) -> None:
        self.claims.wait(ACT)
        self.acted.emit(self.entry.id, name)

    def answered(self) -> None:
        """Offer the buttons of the claim bar again: what was pressed has been answered."""
        self.claims.stand(self._standing())
        self.action_row.allow(True)

    def say(self, words: str, *, again: bool) -> None:
        """Say what came of a press; ``again`` lets actions be pressed once more."""
        self.claims.say(words)
        self.action_row.allow(again)

    def keep_place(self, place: int) -> None:
        """Scroll to where the page was before, in pixels, as soon as it has its height."""
        self._column.activate()
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(place))

    # Links and timeline

    def _add_links(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(self._looks.sizes["small"])
        for link in self.entry.links:
            target = link_target(link.url)
            if target is not None:
                button = LinkButton(self._looks, link.label, target, parent=self._page)
                url = target.url
                button.clicked.connect(
                    lambda _checked=False, url=url: self.link_opened.emit(self.entry.id, url)
                )
                row.addWidget(button)
                self.links.append(button)
        row.addStretch(1)
        if self.links:
            self._column.addLayout(row)

    def _add_timeline(self) -> None:
        page = self._page
        self._column.addWidget(ClampedText(tr("What happened"), name="label", lines=1, parent=page))
        self.steps = Steps(self._looks, page)
        self.steps.show_steps(timeline(self.entry, self._agent), self._now)
        self._column.addWidget(self.steps)
        self.why = WhyBox(self._looks, self.entry, self._agent, page)
        self.why.opened.connect(self.story_wanted)
        self._column.addWidget(self.why)
        if is_own(self.entry):
            self.why.hide()

    def tell(self, story: Story) -> None:
        """Show what the relay knows, if that is wanted."""
        if self.why.is_open():
            self.why.tell(story)
            told = () if story.whole is None else course(story.whole, self._agent)
            self.steps.show_steps(timeline(self.entry, self._agent, told), self._now)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines short enough to be read, and give the scripts their width."""
        super().resizeEvent(event)
        sizes = self._looks.sizes
        spare = max(0, self.viewport().width() - sizes["reading"] - 2 * sizes["huge"])
        self._column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"] + spare, sizes["huge"])
        width = self.viewport().width() - spare - 2 * sizes["huge"]
        for box in self.scripts:
            box.fit(width, NO_LIMIT)


_OWN_NAMES = {"en": "English", "es": "Español", "pt": "Português"}
"""Languages that Qt knows only by one of their countries."""


def language_words(language: str) -> str:
    """Return a language (BCP 47) in its own words: "Deutsch"; the tag itself if Qt doesn't know it."""
    locale = QLocale(language)
    if locale.language() == QLocale.Language.C:
        return clean_line(language, MAX_TITLE)
    own = _OWN_NAMES.get(language.casefold()) or locale.nativeLanguageName()
    return own[:1].upper() + own[1:]
