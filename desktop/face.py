"""What is on a toast: header, words, script, links and the claim bar, and how high it can be."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from desktop.announce import announce
from desktop.card import Card
from desktop.claimbar import ClaimBar
from desktop.clamped import ClampedText
from desktop.clipboard import Clipboard
from desktop.controls import GlyphButton, Icon, LinkButton, allow
from desktop.entry import Entry
from desktop.gate import Privacy
from desktop.gathered import Gathered
from desktop.i18n import tr
from desktop.offerbar import OfferBar
from desktop.offers import MAX_BUTTONS, share
from desktop.panel import Panel
from desktop.scriptbox import ScriptBox
from desktop.standing import standing
from desktop.text import (
    MAX_BODY,
    MAX_LABEL,
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
    waiting,
)
from desktop.theme import Looks
from desktop.veil import HIDDEN_TITLE, veiled
from relay.protocol import Priority

_LINES = ((2, 4, 3), (2, 4, 2), (2, 3, 2), (2, 2, 2), (2, 2, 1), (1, 1, 1))
"""Lines of title, body and script, the most generous first."""


def _frame(entry: Entry, agent: str) -> tuple[object, ...]:
    """Return everything about a card but its words: if it is the same, nothing else has to change."""
    offers = (entry.offers, entry.said, entry.waits) if isinstance(entry, Gathered) else ()
    return entry.priority, entry.scripts, entry.links, entry.actions, standing(entry, agent), offers


class Shape(NamedTuple):
    """One of the forms that a card can take."""

    height: int
    """Pixels of the card, without its shadow."""
    lines: tuple[int, int, int]
    """At most so many of title, body and script."""
    extra: int
    """Pixels that an unfolded script may have on top of its lines."""


class Face(Panel):
    """A card with everything that is on it, in one of several shapes; it only draws."""

    def __init__(
        self,
        looks: Looks,
        entry: Entry,
        *,
        agent: str,
        composited: bool,
        privacy: Privacy,
        clipboard: Clipboard,
        languages: Sequence[str],
        wall: Callable[[], float],
    ) -> None:
        """Draw ``entry`` for ``agent``, no more of it than ``privacy`` allows."""
        super().__init__(composited=composited)
        self.entry, self.privacy = entry, privacy
        self.drawn = veiled(entry, privacy)
        """What may be seen of it."""
        self._looks, self._agent, self._wall = looks, agent, wall
        self._composited = composited
        self._card = Card(looks, entry.priority, composited=composited)
        self._shape: Shape | None = None
        self._shapes: dict[int, list[Shape]] = {}
        self._tallest: dict[int, Shape] = {}
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_AlwaysShowToolTips)
        self._clipboard, self._languages = clipboard, languages
        self.script: ScriptBox | None = None
        self._build(None)
        looks.changed.connect(self.update)

    # What is on it

    def _build(self, kept: ScriptBox | None) -> None:
        """Put everything on the card; ``kept`` is the script's box if it may stay as it is."""
        sizes = self._looks.sizes
        column = QVBoxLayout(self)
        edge = self.shadow + sizes["hair"]
        left, right = edge + sizes["large"] + sizes["stripe"] // 2, edge + sizes["gap"]
        column.setContentsMargins(left, edge + sizes["inset"], right, edge + sizes["gap"])
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addSpacing(sizes["hair"])
        self.title = ClampedText(name="title", lines=2, parent=self)
        column.addWidget(self.title)
        self.body = ClampedText(name="body", lines=4, parent=self)
        column.addWidget(self.body)
        self.say_words()
        self.script = kept
        if self.drawn.scripts:
            self.script = kept or ScriptBox(
                self._looks,
                self.drawn.scripts,
                clipboard=self._clipboard,
                languages=self._languages,
                parent=self,
            )
            column.addSpacing(sizes["small"])
            column.addWidget(self.script)
        self.claims = ClaimBar(self._looks, standing(self.drawn, self._agent), parent=self)
        self._add_links(self.claims.beside)
        self.claims.reshaped.connect(self._describe)
        column.addWidget(self.claims)
        self.offers: OfferBar | None = None
        if isinstance(self.drawn, Gathered) and (self.drawn.offers or self.drawn.said):
            self.offers = OfferBar(self._looks, self.drawn, parent=self)
            column.addWidget(self.offers)
        self._describe()
        self.share_room()
        for child in self.findChildren(QWidget):
            child.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for one, other in pairwise(self.in_order()):
            QWidget.setTabOrder(one, other)

    def renew(self, entry: Entry) -> bool:
        """Show another state of the entry on the same card; say whether more than its words is another.

        A script that is the same stays as it is: unfolded, and in the language that was chosen.
        """
        before, self.entry, self.drawn = self.drawn, entry, veiled(entry, self.privacy)
        if _frame(before, self._agent) == _frame(self.drawn, self._agent):
            self.say_words()
            self.tick()
            return False
        kept = self.script if self.drawn.scripts == before.scripts else None
        self.setUpdatesEnabled(False)
        self._card = Card(self._looks, entry.priority, composited=self._composited)
        self._empty(kept)
        self._build(kept)
        for part in self._parts():
            # Qt would show them a turn later: the card would be empty, and too low, for a moment.
            decided = part.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
            part.setVisible(not (decided and part.isHidden()))
        self.setUpdatesEnabled(True)
        if isinstance(self.drawn, Gathered) and self.drawn.said != getattr(before, "said", ""):
            announce(self, self.drawn.said or self.accessibleName())
        return True

    def _empty(self, kept: ScriptBox | None) -> None:
        # With its layout: taken out of one that stays, an item is gone while Shiboken still has a name
        # for its address, and the next widget that gets this address takes the process down with it.
        column = self.layout()
        assert column is not None  # noqa: S101 - _build made it
        Shiboken.delete(column)
        for part in self._parts():
            if part is not kept:
                part.hide()
                part.setParent(None)
                part.deleteLater()  # one of its buttons may be in the middle of being pressed

    def _parts(self) -> list[QWidget]:
        """Return what stands on the card itself; a menu that is open doesn't."""
        direct = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [part for part in direct if not part.isWindow()]

    def say_words(self) -> None:
        """Show title and body, and what a screen reader says."""
        self.title.set_text(clean_line(self.drawn.title, MAX_TITLE) or source_name(self.drawn))
        self.body.set_text(clean_block(self.drawn.body, MAX_BODY))
        self.body.setVisible(bool(self.body.text()))
        self.count.set_text(f"× {self.drawn.count}")
        self.count.setToolTip(tr("%n times", one="%n time", n=self.drawn.count))
        self.count.setVisible(self.drawn.count > 1)
        self.setAccessibleName(self._sentence())

    def speak(self) -> None:
        """Say what it is to whoever hears the screen, urgent ones at once."""
        announce(self, self.accessibleName(), at_once=self.entry.priority is Priority.URGENT)

    def say_goodbye(self, words: str, *, ticked: bool = True) -> None:
        """Show and say a last word, with a tick or without; it can only be dismissed any more."""
        self.claims.leave(words, ticked=ticked)
        self._rest()
        for button in self.in_order()[:-1]:
            allow(button, False, words)
        announce(self, tr("{words}: {title}", words=words, title=self.title.text()))

    def _describe(self) -> None:
        """Let a screen reader know what became of it, beside what it is."""
        self.setAccessibleDescription(self.claims.words.text())

    def _sentence(self) -> str:
        if self.privacy is Privacy.NOTHING and not is_own(self.entry):
            return tr(
                "{priority} notification: {title}.",
                priority=priority_word(self.entry.priority),
                title=tr(HIDDEN_TITLE),
            )
        return spoken(self.drawn, self._wall())

    def _rest(self) -> None:
        """Let only what became of it stand out: nothing else here is to be done any more."""
        self.age.hide()
        for part in (self.title, self.body, self.script, *self.links):
            if part is not None:
                part.setEnabled(False)

    @property
    def shadow(self) -> int:
        """Pixels around the card that belong to the window but only hold its shadow."""
        return self._card.shadow

    def _header(self) -> QHBoxLayout:
        sizes, priority = self._looks.sizes, self.entry.priority
        row = QHBoxLayout()
        row.setSpacing(sizes["tiny"])
        word, since = priority_word(priority), waiting(self.drawn, self._wall())
        self.priority = ClampedText(word, name=f"priority_{priority}", lines=1, rigid=True, parent=self)
        self.source = ClampedText(name="source", lines=1, parent=self)
        self.count = ClampedText(name="count", lines=1, parent=self)
        self.age = ClampedText(since, name="age", lines=1, parent=self)
        self.more = GlyphButton(self._looks, "more", tr("More"), name="more", parent=self)
        self.dismiss = GlyphButton(self._looks, "close", tr("Dismiss"), name="dismiss", parent=self)
        row.addWidget(Icon(self._looks, priority.value, priority.value, parent=self))
        row.addWidget(self.priority)
        row.addSpacing(sizes["tiny"])
        self._add_sender(row)
        row.addWidget(self.source, 1)
        for part in (self.count, self.age):
            row.addSpacing(sizes["tiny"])
            row.addWidget(part)
        row.addSpacing(sizes["tiny"])
        pair = QHBoxLayout()
        pair.setSpacing(0)
        for button in (self.more, self.dismiss):
            pair.addWidget(button)
        row.addLayout(pair)
        return row

    def _add_sender(self, row: QHBoxLayout) -> None:
        if self.privacy is Privacy.NOTHING and not is_own(self.entry):
            return
        self.source.set_text(sender(self.entry), source_name(self.entry))
        if is_from_relay(self.entry):
            return
        mark = Icon(self._looks, "verified", "done", parent=self)
        scheme = clean_line(self.entry.scheme, 2 * MAX_LABEL)
        # Qt takes a tooltip that looks like markup for markup.
        words = (
            tr("Verified: {scheme}", scheme=scheme).replace("<", "(")
            if scheme
            else tr("Verified by the relay")
        )
        for part in (mark, self.source):
            part.setToolTip(words)
        row.addWidget(mark)

    def _add_links(self, beside: QWidget) -> None:
        row = QHBoxLayout(beside)
        row.setSpacing(self._looks.sizes["small"])
        row.setContentsMargins(0, 0, 0, 0)
        targets = [(link.label, link_target(link.url)) for link in self.drawn.links]
        self.links = [LinkButton(self._looks, words, to, parent=beside) for words, to in targets if to]
        for button in self.links:
            row.addWidget(button, 1)

    def share_room(self) -> None:
        """Show at most three buttons: what is left is in the menu."""
        links = len(self.links)
        shown = share(self.claims.standing, script=self.script is not None, links=links)
        for place, button in enumerate(self.links):
            button.setVisible(place < shown.links)
        self.claims.limit(shown.claims, beside=shown.links > 0)

    def hidden_links(self) -> list[LinkButton]:
        """Return the links for which there was no room."""
        return [button for button in self.links if button.isHidden()][:MAX_BUTTONS]

    def tick(self) -> None:
        """Bring the age up to date."""
        words = waiting(self.entry, self._wall())
        if words != self.age.text():
            self.age.set_text(words)

    def in_order(self) -> list[QAbstractButton]:
        """Return the buttons in the order of their worth, hidden ones too: for Tab and the numbers."""
        script = self.script.buttons() if self.script is not None else []
        offers = self.offers.in_order() if self.offers is not None else []
        return [*script, *self.claims.in_order(), *self.links, *offers, self.more, self.dismiss]

    # Shape

    def fit(self, most: int) -> None:
        """Take the theme's width and the most generous shape of at most ``most`` pixels of card."""
        self.remeasure()
        self.take(self.tallest(most))

    def tallest(self, most: int) -> Shape:
        """Return the first of the shapes of at most ``most`` pixels: as a rule there is room for it."""
        if most not in self._tallest:
            self._shape = None
            self._tallest[most] = next(self._measured(most))
        return self._tallest[most]

    def shapes(self, most: int) -> list[Shape]:
        """Return the shapes of at most ``most`` pixels, the highest first; if there is none, the smallest."""
        if most not in self._shapes:
            self._shape = None
            self._shapes[most] = list(self._measured(most))
        return self._shapes[most]

    def take(self, shape: Shape) -> None:
        """Have this shape."""
        if shape == self._shape:
            return
        self._shape = shape
        self._set_lines(shape.lines, shape.extra)
        self.setFixedSize(self._width(), shape.height + 2 * self.shadow)
        self._card.cut(self)

    def remeasure(self) -> None:
        """Forget how high it would be: its texts or the screen's letters are others now."""
        self._shapes.clear()
        self._tallest.clear()

    def is_unfolded(self) -> bool:
        """Say whether all of its script is asked for."""
        return self.script is not None and self.script.is_unfolded()

    def _width(self) -> int:
        return self._looks.sizes["toast"] + 2 * self.shadow

    def _measured(self, most: int) -> Iterator[Shape]:
        self.ensurePolished()
        least: Shape | None = None
        for lines in _LINES:
            height, extra = self._height(lines, 0), 0
            if self.is_unfolded() and height < most:
                extra = most - height
                height = self._height(lines, extra)
            if least is None or height < least.height:
                least = Shape(height, lines, extra)
                if height <= most:
                    yield least
        if least is not None and least.height > most:
            yield least

    def _height(self, lines: tuple[int, int, int], extra: int) -> int:
        self._set_lines(lines, extra)
        layout = self.layout()
        assert layout is not None  # noqa: S101 - _build made it
        layout.invalidate()
        return layout.heightForWidth(self._width()) - 2 * self.shadow

    def _set_lines(self, lines: tuple[int, int, int], extra: int) -> None:
        title, body, script = lines
        self.title.set_lines(title)
        self.body.set_lines(body)
        layout = self.layout()
        if self.script is not None and layout is not None:
            margins = layout.contentsMargins()
            self.script.fit(self._width() - margins.left() - margins.right(), script, extra)

    # Picture

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw shadow, card and the priority's stripe; the widgets on it draw themselves."""
        self._card.paint(self)

    def painted_texts(self) -> dict[str, object]:
        """Return what was really drawn: title, body, script, and the labels and hosts of the links."""
        shown = [button for button in self.links if not button.isHidden()]
        links = [{"label": b.label.painted_text(), "host": b.host.painted_text()} for b in shown]
        return {
            "title": self.title.painted_text(),
            "body": self.body.painted_text(),
            "script": self.script.text.painted_text() if self.script is not None else "",
            "links": links,
        }
