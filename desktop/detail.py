"""One entry in full: all of its text, its scripts, its links, and where it came from."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.clamped import NO_LIMIT, ClampedText, FullText
from desktop.controls import Icon, LinkButton
from desktop.entry import Entry
from desktop.scriptbox import ScriptBox
from desktop.text import (
    MAX_BODY,
    MAX_TITLE,
    clean_block,
    clean_line,
    full_time,
    is_own,
    link_target,
    priority_word,
    sender,
    source_name,
    spoken,
)
from desktop.theme import Looks


class Detail(QScrollArea):
    """A page that scrolls.

    Signals:
        copied(str): a script of the entry was copied.
        link_opened(str, str): id and address of the link that was pressed.
    """

    copied = Signal(str)
    link_opened = Signal(str, str)

    def __init__(self, looks: Looks, entry: Entry, now: float) -> None:
        super().__init__()
        self.setObjectName("detail")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entry = entry
        self._looks = looks
        self.scripts: list[ScriptBox] = []
        self.links: list[LinkButton] = []
        self._page = QWidget()
        self._page.setObjectName("detail_page")
        self._page.setAccessibleName(spoken(entry, now))
        self._column = QVBoxLayout(self._page)
        self._build()
        self.setWidget(self._page)

    def _build(self) -> None:
        sizes, column = self._looks.sizes, self._column
        column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"], sizes["huge"])
        column.setSpacing(sizes["gap"])
        column.addLayout(self._header())
        title = clean_line(self.entry.title, MAX_TITLE) or source_name(self.entry)
        self.title = ClampedText(title, name="headline")
        column.addWidget(self.title)
        text = clean_block(self.entry.body, MAX_BODY)
        if text:
            self.body = FullText(text, name="full_text")
            column.addWidget(self.body)
        for script in self.entry.scripts:
            box = ScriptBox(self._looks, (script,))
            box.copied.connect(lambda: self.copied.emit(self.entry.id))
            self.scripts.append(box)
            column.addWidget(box)
        self._add_links()
        column.addSpacing(sizes["small"])
        received = f"Received {full_time(self.entry.at)} as {clean_line(self.entry.type, MAX_TITLE)}"
        column.addWidget(ClampedText(received, name="hint", lines=3))
        column.addStretch(1)

    def _header(self) -> QHBoxLayout:
        sizes, priority = self._looks.sizes, self.entry.priority
        row = QHBoxLayout()
        row.setSpacing(sizes["tiny"])
        row.addWidget(Icon(self._looks, priority.value, priority.value))
        row.addWidget(ClampedText(priority_word(priority), name=f"priority_{priority}", lines=1))
        row.addSpacing(sizes["small"])
        if not is_own(self.entry):
            row.addWidget(Icon(self._looks, "verified", "done"))
        row.addWidget(ClampedText(sender(self.entry), name="source", lines=1), 1)
        return row

    def _add_links(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(self._looks.sizes["small"])
        for link in self.entry.links:
            target = link_target(link.url)
            if target is not None:
                button = LinkButton(self._looks, link.label, target)
                url = target.url
                button.clicked.connect(
                    lambda _checked=False, url=url: self.link_opened.emit(self.entry.id, url)
                )
                row.addWidget(button)
                self.links.append(button)
        row.addStretch(1)
        if self.links:
            self._column.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines short enough to be read, and give the scripts their width."""
        super().resizeEvent(event)
        sizes = self._looks.sizes
        spare = max(0, self.viewport().width() - sizes["reading"] - 2 * sizes["huge"])
        self._column.setContentsMargins(sizes["huge"], sizes["huge"], sizes["huge"] + spare, sizes["huge"])
        width = self.viewport().width() - spare - 2 * sizes["huge"]
        for box in self.scripts:
            box.fit(width, NO_LIMIT)
