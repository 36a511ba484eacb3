"""One notification on the screen: it shows an entry and says what the agent wants, nothing more."""

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QGuiApplication, QHideEvent, QKeyEvent, QMouseEvent, QPaintEvent

from desktop.clipboard import Clipboard
from desktop.countdown import Countdown
from desktop.entry import Entry
from desktop.face import Face
from desktop.fading import FADING, fade_in
from desktop.gate import Privacy
from desktop.gathered import Gathered, still
from desktop.guard import Guard
from desktop.menu import ToastMenu
from desktop.scriptbox import ScriptBox
from desktop.standing import standing
from desktop.text import is_own
from desktop.theme import Looks
from desktop.veil import veiled
from relay.protocol import Priority

GOODBYE_SECONDS = 2.0
"""How long the last word can be read: "Claimed by Mira"."""
WORK_SECONDS = 30.0
"""A toast of what the agent has claimed stays at least this long: the words to say are on it."""

POINTER, KEYS, MENU, QUESTION = "pointer", "keys", "menu", "question"
"""What may hold a toast."""


class Toast(Face):
    """A card that lives for some seconds, listens to presses and has a menu.

    Signals:
        painted(str): the entry's id, after the first picture was handed to the screen.
        copied(str): a script was copied.
        link_opened(str, str): id and address of the link that was pressed.
        opened(str): the card itself was pressed.
        pressed(str, str): id and which of :mod:`desktop.offers`.
        offered(str, Offer): id, and what is to be done about all that the card stands for.
        acted(str, str): id and which action, after its question was answered with yes.
        snoozed(str, Snooze): it is to come back later.
        dismissed(str): the cross was pressed.
        expired(str): its time is over.
        hovered(bool): somebody is at it, by pointer, keyboard or menu, or has left it.
        resized(): it needs another height.
        keys_left(str): it goes while it has the keyboard.
    """

    painted = Signal(str)
    copied = Signal(str)
    link_opened = Signal(str, str)
    opened = Signal(str)
    pressed = Signal(str, str)
    offered = Signal(str, object)
    acted = Signal(str, str)
    snoozed = Signal(str, object)
    dismissed = Signal(str)
    expired = Signal(str)
    hovered = Signal(bool)
    resized = Signal()
    keys_left = Signal(str)

    def __init__(
        self,
        looks: Looks,
        entry: Entry,
        *,
        seconds: float | None,
        agent: str = "",
        composited: bool = True,
        privacy: Privacy = Privacy.FULL,
        clipboard: Clipboard | None = None,
        languages: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Build the card of ``entry`` for ``agent``; it expires after ``seconds``, never if None.

        ``composited`` says whether the screen can draw a soft shadow and round corners, ``languages``
        which scripts are offered first.
        """
        super().__init__(
            looks,
            entry,
            agent=agent,
            composited=composited,
            privacy=privacy,
            clipboard=clipboard or Clipboard(),
            languages=languages,
            wall=wall,
        )
        self._guard = Guard(self, clock)
        self.hold, self.is_held = self._guard.hold, self._guard.holds
        self._leaving = self._painted = False
        self._busy: set[str] = set()
        self._menu: ToastMenu | None = None
        self._action = ""
        self.painted_at = 0.0
        """Unix time of the first picture; 0 before."""
        self._countdown = Countdown(self, seconds, clock)
        self._countdown.over.connect(lambda: self.expired.emit(entry.id))
        self._connect(None)

    def _connect(self, kept: ScriptBox | None) -> None:
        """Listen to the buttons; ``kept`` has been listened to before."""
        entry_id, guarded = self.entry.id, self._guard.guarded
        self.dismiss.clicked.connect(guarded(lambda: self.dismissed.emit(entry_id)))
        self.more.clicked.connect(guarded(self.open_menu))
        if self.script is not None and self.script is not kept:
            self.script.copied.connect(lambda: self.copied.emit(entry_id))
            self.script.reshaped.connect(self._reshape)
            for button in self.script.buttons():
                button.installEventFilter(self._guard)
        for link in self.links:
            link.clicked.connect(guarded(partial(self.link_opened.emit, entry_id, link.target.url)))
        if self.offers is not None:
            self.offers.pressed.connect(lambda offer: guarded(lambda: self.offered.emit(entry_id, offer))())
        self.claims.pressed.connect(lambda what: guarded(lambda: self.pressed.emit(entry_id, what))())
        self.claims.answered.connect(self._answered)
        self.claims.reshaped.connect(self._reshape)

    # What becomes of it

    def turn(self, entry: Entry) -> None:
        """Show where the same words stand among people by now."""
        self.entry = still(self.entry, entry)
        self.drawn = veiled(self.entry, self.privacy)
        if not self._leaving:
            self.claims.stand(standing(self.drawn, self._agent))
            self.share_room()
            self.tick()

    def revise(self, entry: Entry, seconds: float | None) -> None:
        """Show what an entry is by now in the same window, for at least ``seconds``; None: from now on.

        It neither moves nor takes the keyboard, and its time stands still if it did before.
        """
        urgent, kept = self.entry.priority is Priority.URGENT, self.script
        focus = next((place for place, one in enumerate(self.in_order()) if one.hasFocus()), None)
        if not isinstance(entry, Gathered):
            self._painted = False
        others = self.renew(entry)
        if others:
            self._forget_question()
            self._connect(kept)
            self._give_focus(focus)
        if others or not isinstance(entry, Gathered):  # a card's number may race: its buttons stay the same
            self.hold()
        self._reshape()
        self.update()
        if seconds is None or (urgent and entry.priority is not Priority.URGENT):
            self._countdown.become(seconds)
        else:
            self._countdown.extend(seconds)

    def _forget_question(self) -> None:
        """Take back what was asked: a yes would be about what isn't there any more."""
        if self._action:
            self._action = ""
            self._go(QUESTION)

    def _give_focus(self, place: int | None) -> None:
        if self.has_keys():
            self._listen_to_keys(True)
        if place is not None:
            shown = [one for one in self.in_order() if one.isVisibleTo(self) and one.isEnabled()]
            (shown[place:] or shown)[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def appear(self) -> None:
        """Come up softly, where the screen can blend; the first picture is there at once."""
        if self._composited and QGuiApplication.platformName() in FADING:
            fade_in(self)

    def stay(self, least: float = WORK_SECONDS, *, ends: bool = False) -> None:
        """Stay for at least so many seconds: the agent is at it; ``ends``: and no longer for ever."""
        if not self._leaving:
            self._countdown.last(least, ends=ends)

    def leave(self, words: str, *, ticked: bool = True) -> None:
        """Say a last word, ``ticked`` if somebody has seen to it, and leave soon; nothing can be pressed."""
        self._leaving = True
        self._close_menu()
        self.say_goodbye(words, ticked=ticked)
        self._countdown.end_in(GOODBYE_SECONDS)

    @property
    def is_leaving(self) -> bool:
        """Say whether it has said its last word."""
        return self._leaving

    # Time

    def start(self) -> None:
        """Let its time begin."""
        self._countdown.start()

    def pause(self, why: str = "neighbour") -> None:
        """Stop its time: somebody is looking, at this one or at another."""
        if not self._leaving:
            self._countdown.hold(why)

    def resume(self, why: str = "neighbour") -> None:
        """Let its time go on, for at least three seconds."""
        if not self._leaving:
            self._countdown.release(why)

    def is_running(self) -> bool:
        """Say whether its time passes."""
        return self._countdown.is_running()

    def remaining(self) -> float | None:
        """Return the seconds it still has, None if it stays until it is handled."""
        return self._countdown.remaining()

    def is_busy(self) -> bool:
        """Say whether somebody is at it: pointer, keyboard, menu or a question."""
        return bool(self._busy)

    def is_read(self) -> bool:
        """Say whether somebody reads it: under the pointer, in its menu, or with its script unfolded."""
        return self.is_busy() or self.underMouse() or self.is_unfolded()

    def _come(self, why: str) -> None:
        self.pause(why)
        self._busy.add(why)
        self.hovered.emit(True)

    def _go(self, why: str) -> None:
        self.resume(why)
        self._busy.discard(why)
        if not self._busy:
            self.hovered.emit(False)

    # The menu

    def open_menu(self) -> None:
        """Show everything that can be done, also what has no button; the time stands still meanwhile."""
        if self._leaving:
            return
        self._close_menu()
        menu = self._menu = ToastMenu(self, self.drawn, self.claims.hidden(), own=is_own(self.entry))
        for button in self.hidden_links():
            menu.offer_link(button)
        menu.fill()
        menu.chosen.connect(self._choose)
        menu.aboutToHide.connect(self._menu_closed)
        self._come(MENU)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def menu(self) -> ToastMenu | None:
        """Return the menu while it is open."""
        return self._menu

    def _menu_closed(self) -> None:
        menu, self._menu = self._menu, None
        if menu is not None:
            menu.deleteLater()
            self._go(MENU)

    def _close_menu(self) -> None:
        if self._menu is not None:
            self._menu.close()

    def _choose(self, what: str, which: object) -> None:
        entry_id = self.entry.id
        match what:
            case "link":
                self.link_opened.emit(entry_id, which)
            case "claim":
                self.pressed.emit(entry_id, which)
            case "action":
                self._choose_action(str(which))
            case "snooze":
                self.snoozed.emit(entry_id, which)
            case "open":
                self.opened.emit(entry_id)
            case _:
                self.dismissed.emit(entry_id)

    def _choose_action(self, name: str) -> None:
        action = next((each for each in self.drawn.actions if each.name == name), None)
        if action is not None and action.confirm:
            self._action = name
            self._come(QUESTION)
            self.claims.ask(action.confirm, action.label)
        elif action is not None:
            self.acted.emit(self.entry.id, name)

    def _answered(self, yes: bool) -> None:
        action, self._action = self._action, ""
        self._go(QUESTION)
        if yes and action and not self._leaving:
            self.acted.emit(self.entry.id, action)

    # Presses

    def _reshape(self) -> None:
        self.remeasure()
        self.resized.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the entry: the card itself was pressed."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and inside and not self.is_held():
            self.opened.emit(self.entry.id)

    def enterEvent(self, _event: QEnterEvent) -> None:
        """Stop the time under the pointer."""
        self._come(POINTER)

    def leaveEvent(self, _event: QEvent) -> None:
        """Let the time go on."""
        self._go(POINTER)

    def take_keys(self) -> None:
        """Take the keyboard, because the agent asked for it by a key; nothing else ever gives it here."""
        if self._leaving or not self.isVisible():
            return
        self._listen_to_keys(True)
        self._come(KEYS)
        self.activateWindow()
        first = next((one for one in self.in_order() if one.isVisibleTo(self) and one.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def has_keys(self) -> bool:
        """Say whether it has the keyboard."""
        return KEYS in self._busy

    def drop_keys(self) -> None:
        """Let go of the keyboard: another window has it."""
        if self.has_keys():
            self._listen_to_keys(False)
            self._go(KEYS)

    def _listen_to_keys(self, on: bool) -> None:
        self.windowHandle().setFlag(Qt.WindowType.WindowDoesNotAcceptFocus, not on)
        policy = Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.NoFocus
        for button in self.in_order():
            button.setFocusPolicy(policy)

    def changeEvent(self, event: QEvent) -> None:
        """Give the keyboard up when another window has it."""
        super().changeEvent(event)
        lost = event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow()
        if lost and self._menu is None:
            self.drop_keys()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, 1 to 9 press the button at that place, C copies, S and M show more, Escape ends."""
        pressed = event.key()
        shown = [one for one in self.in_order() if one.isVisibleTo(self)]
        if pressed == Qt.Key.Key_Escape:
            self.dismissed.emit(self.entry.id)
        elif pressed in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            for button in (one for one in shown if one.hasFocus()):
                button.click()
        elif Qt.Key.Key_1 <= pressed <= Qt.Key.Key_9:
            for button in shown[pressed - Qt.Key.Key_1 :][:1]:
                button.click()
        elif pressed == Qt.Key.Key_C and self.script is not None:
            self.script.copy.click()
        elif pressed in {Qt.Key.Key_S, Qt.Key.Key_M}:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - Qt's name
        """Tell before it goes with the keyboard: afterwards the window manager gives it to whom it likes."""
        if not visible and self.has_keys():
            self._busy.discard(KEYS)
            self.keys_left.emit(self.entry.id)
        super().setVisible(visible)

    def hideEvent(self, event: QHideEvent) -> None:
        """Have no time running and no menu open when nobody can see it."""
        self._countdown.stop()
        self._close_menu()
        super().hideEvent(event)

    # Picture

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, and tell of the first time."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # The widgets on the card paint after it, and the picture goes out when this turn ends.
            QTimer.singleShot(0, self, self._report)

    def _report(self) -> None:
        self.painted_at = self._wall()
        self.painted.emit(self.entry.id)
