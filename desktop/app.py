"""Builds the tray app and connects its parts; the only place that does. It decides nothing itself.

The tray comes first. What takes longer to load (network, keyring) follows when the icon is on the
screen. Leaving goes in order: link, toasts, windows, inbox, tray.
"""

import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop import assets, logfile
from desktop.attention import Attention
from desktop.carddesk import CardDesk
from desktop.compositor import is_composited, is_emulated
from desktop.entry import Entry, LinkState, Status
from desktop.garbage import Garbage
from desktop.historydesk import HistoryDesk
from desktop.inbox import InboxError
from desktop.inquirer import Inquirer
from desktop.instance import Instance
from desktop.options import Options
from desktop.preferences_file import PreferencesFile
from desktop.records import Records
from desktop.report import Reporter
from desktop.settings import Settings
from desktop.shelter import Shelter
from desktop.signals import QuitSignals
from desktop.soundness import Soundness
from desktop.speech import Speech
from desktop.stack import Stack
from desktop.theme import Looks
from desktop.tidings import Tidings
from desktop.toast import Toast
from desktop.tray import Tray, state_words
from desktop.warmup import warm_up
from desktop.way import network
from desktop.windowmode import WindowMode
from desktop.wishes import Wishes
from relay.protocol import Seen

if TYPE_CHECKING:
    from desktop.address import Account
    from desktop.bridge import Bridge
    from desktop.caller import Caller
    from desktop.casework import Casework
    from desktop.checkup import Checkup
    from desktop.enrolment import Enrolment
    from desktop.filterdesk import FilterDesk
    from desktop.keychain import Keychain
    from desktop.leaving import Leaving

LOAD_MILLISECONDS = 150
"""The icon is on the screen by then; what is slow to load may begin."""


def run(options: Options) -> int:
    """Run until quit; return the exit status."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Deskbell")
    app.setDesktopFileName("deskbell")
    app.setQuitOnLastWindowClosed(False)
    instance = Instance(options.profile)
    if not instance.acquire():
        sys.stderr.write("Deskbell is running already; its window has been asked to show.\n")
        return 0
    with closing(logfile.begin(options.profile)), closing(Garbage()):
        try:
            desktop = Desktop(app, options, instance)
        except InboxError as problem:
            sys.stderr.write(f"{problem}\n")
            return 1
        with closing(QuitSignals(desktop.quit)):
            desktop.start()
            status = app.exec()
            desktop.close()
    return status


class Desktop(QObject):
    """All parts of the running app."""

    def __init__(
        self, app: QApplication, options: Options, instance: Instance, keychain: "Keychain | None" = None
    ) -> None:
        """Build what is needed at once; :meth:`start` loads the rest.

        Raises:
            InboxError: the inbox cannot be opened.
        """
        super().__init__()
        self._app, self._options, self._instance, self._keychain = app, options, instance, keychain
        app.setWindowIcon(assets.logo())
        file = PreferencesFile(options.preferences or options.profile / "preferences.json")
        self.wishes = Wishes(file, os.environ, overrides={"theme": options.theme} if options.theme else None)
        settings = self.wishes.settings
        self.speech = Speech(app, settings.language)
        self.looks = Looks(app)
        self.tray = Tray()
        self.shelter = Shelter(options.profile)
        self.inbox = self.shelter.inbox
        self.records = Records(self.looks, self.inbox, self.shelter.path, days=settings.history_days)
        self.soundness = Soundness(self.inbox, self.shelter.path)
        self.history = HistoryDesk(
            self.records,
            self.inbox,
            is_own=lambda entry_id: entry_id in self.presenter.own,
            menu=self.tray.menu(),
            inquirer=Inquirer(lambda: self.caller),
            languages=lambda: self.stack.languages,
        )
        self.stack = Stack(
            self.looks,
            self._claim,
            claim_many=self._claim_group,
            composited=is_composited(app),
            top=sys.platform == "darwin",
            extra_margin=self.looks.sizes["panel_extra"] if is_emulated(app) else 0,
        )
        self.bridge: Bridge | None = None
        self.enrolment: Enrolment | None = None
        self.casework: Casework | None = None
        self.checkup: Checkup | None = None
        self.report = Reporter(options, self.quit)
        self.filter_desk: FilterDesk | None = None
        self.caller: Caller | None = None
        self.leaving: Leaving | None = None
        self.attention = Attention(
            self.looks,
            self.tray,
            self.stack,
            self.inbox,
            self.wishes,
            platform=app.platformName(),
            open_id=self.history.in_front,
        )
        self.cards = CardDesk(self.stack, self.history, lambda: self.caller)
        self.presenter, self.comforts = self.attention.presenter, self.attention.comforts
        self.presenter.mutes = self.cards.mutes
        self.tidings = Tidings(self.presenter)
        self._status = Status(state=LinkState.SIGNED_OUT, since=time.time())
        self._closed = False
        self.window_mode = WindowMode(self.tray, self.history, self._raise_dialog)
        self._connect()

    def _claim(self, entry_id: str) -> bool:
        # The stack is made before those who put toasts on it.
        return self.attention.claim(entry_id)

    def _claim_group(self, ids: Sequence[str]) -> list[str]:
        return self.attention.claim_group(ids)

    def _connect(self) -> None:
        self._instance.asked_to_show.connect(self.history.show)
        self._instance.replaced.connect(self.quit)
        self.soundness.damaged.connect(self._begin_anew)
        self.history.noticed.connect(self._show_notice)
        self.history.unread_changed.connect(self.tray.show_unread)
        self.history.noted.connect(lambda entry_id, _: self.attention.settle(entry_id))
        self.history.link_opened.connect(self._open_link)
        self.tray.history_asked.connect(self.history.show)
        self.tray.items.test_asked.connect(self.tidings.show_test)
        self.tray.items.quit_asked.connect(self.quit)
        self.tray.said.connect(self.history.show_state)
        self.stack.painted.connect(self._painted)
        self.attention.screen.shown.connect(self.report.given)
        self.attention.noticed.connect(self._show_notice)
        self.attention.copied.connect(self.history.mark_read)
        self.attention.dismissed.connect(self.history.mark_read)
        self.attention.link_opened.connect(self._open_link)
        self.attention.opened.connect(self.cards.open)
        self.comforts.test_asked.connect(self.tidings.show_test)
        self.comforts.applied.connect(self.speech.follow)
        self.speech.tell(self.tray.retranslate, self.history.retranslate, self.comforts.retranslate)
        self.comforts.applied.connect(lambda settings: self.records.keeping.keep(settings.history_days))

    def start(self) -> None:
        """Begin: the tray is visible, the rest follows from the event loop."""
        if self._options.snapshot is None:
            self.window_mode.begin()
        self.history.refresh()
        QTimer.singleShot(0, self, lambda: self.report.say("ready"))
        QTimer.singleShot(LOAD_MILLISECONDS, self, self._load)
        QTimer.singleShot(LOAD_MILLISECONDS, self, self.soundness.look)
        if self._options.snapshot is not None:
            QTimer.singleShot(round(self._options.snapshot_timeout * 1000), self, self._give_up)

    def _load(self) -> None:
        # These import the network and the keyring, which cost more than all of the above.
        from desktop.bridge import Bridge
        from desktop.caller import Caller
        from desktop.checkup import Checkup
        from desktop.enrolment import Enrolment
        from desktop.filterdesk import FilterDesk
        from desktop.keychain import Keychain
        from desktop.leaving import Leaving
        from desktop.starting import Starting

        if self._closed:
            return
        self.bridge = Bridge(self.inbox, self)
        self.bridge.entries_arrived.connect(self._arrived)
        self.bridge.status_changed.connect(self._show_status)
        self.bridge.gap_found.connect(self.tidings.tell_gap)
        self.caller = Caller(self.bridge)
        self._begin_casework(self.bridge, self.caller)
        account_file = self._options.profile / "account.json"
        self.enrolment = Enrolment(self.looks, self._keychain or Keychain(), account_file)
        self.enrolment.signed_in.connect(self._sign_in)
        Starting(self.wishes, self.enrolment, self._options)
        self.enrolment.paired.connect(self._tell_paired)
        self.enrolment.signed_out.connect(self._sign_out)
        self.enrolment.noticed.connect(self._show_notice)
        self.tray.items.pair_asked.connect(self.enrolment.ask)
        self.leaving = Leaving(self.looks, self.caller)
        self.leaving.left.connect(self._leave)
        self.leaving.noticed.connect(self._show_notice)
        self.tray.items.sign_out_asked.connect(self.leaving.ask)
        self.tray.items.retry_asked.connect(self.bridge.retry_now)
        self._travel(self.wishes.settings)
        self.comforts.applied.connect(self._travel)
        self.checkup = Checkup(self.looks, self.bridge, self._keychain or Keychain(), lambda: self._status)
        self.tray.items.offer_diagnostics(self.checkup.show)
        self.speech.changed.connect(self.checkup.retranslate)
        self.filter_desk = FilterDesk(self.looks, self.bridge, self.caller)
        self.tray.items.filters_asked.connect(self.filter_desk.show)
        self.records.keeping.start()
        for notice in filter(None, (self.history.aside(), self.wishes.notice, self.shelter.notice)):
            self._show_notice(notice)
        self.attention.begin(self.bridge.be)
        QTimer.singleShot(LOAD_MILLISECONDS, self, lambda: warm_up(self.looks))
        self.report.say("started")
        self.enrolment.begin(self._options.relay or self.wishes.settings.server_url, self._options.code)

    def _begin_casework(self, bridge: "Bridge", caller: "Caller") -> None:
        from desktop.casework import Casework

        casework = self.casework = Casework(
            self.looks, bridge, self.stack, self.inbox, own=self.presenter.own, caller=caller
        )
        casework.elsewhere = self.history.say
        self.history.noted.connect(casework.note)
        self.attention.screen.shown.connect(lambda entry: casework.note(entry.id, Seen.SHOWN))
        self.history.pressed.connect(casework.press)
        self.history.acted.connect(casework.act)
        casework.wanted.connect(self.presenter.present)
        casework.changed.connect(self._changed)
        self.attention.screen.pressed.connect(casework.press)
        casework.noticed.connect(self.tidings.tell)
        casework.failed.connect(self._show_notice)
        casework.happened.connect(self._happened)

    # The link

    def _travel(self, settings: Settings) -> None:
        if self.bridge is not None and self.enrolment is not None:
            self.bridge.use(network(settings, self.bridge.network))
            self.enrolment.network = self.bridge.network

    def _sign_in(self, account: "Account", token: str) -> None:
        if self.bridge is None or self.caller is None or self.filter_desk is None:
            return
        self.bridge.stop()
        self.filter_desk.leave()
        self.stack.agent = account.agent
        self.comforts.show_account(account.relay, account.agent)
        if not self.history.belong_to(account):
            return  # what is received would be kept where somebody else reads it
        self.attention.snoozer.look()
        self.presenter.present(self.history.attempt(self.inbox.unshown, []))
        self.caller.sign_in(account, token)
        self.bridge.start(account, token)

    def _begin_anew(self) -> None:
        # The damaged inbox is kept aside, and the relay has what is missing.
        if self.bridge is not None:
            self.bridge.stop()
        if self.history.begin_anew():
            self.soundness.renewed()
            if self.caller is not None and self.caller.signed_in is not None:
                self._sign_in(*self.caller.signed_in)

    def _tell_paired(self, account: "Account") -> None:
        if self._options.by_hand:
            self.comforts.show_welcome()
            return
        self.tidings.tell_paired(account.agent)

    def _sign_out(self) -> None:
        if self.bridge is not None:
            self.bridge.stop()
        if self.filter_desk is not None:
            self.filter_desk.leave()
        self.stack.clear()
        self.comforts.show_account("", "")
        self._show_status(Status(state=LinkState.SIGNED_OUT, since=time.time()))

    def _leave(self, keep: bool) -> None:
        if self.enrolment is None or self.caller is None or self.casework is None:
            return
        self.enrolment.sign_out()
        self.caller.sign_out()
        self.casework.close()
        self.attention.screen.clear()
        self.presenter.forget()
        self.cards.forget()
        self.history.leave(keep=keep)

    def _show_status(self, status: Status) -> None:
        became_live = status.state is LinkState.LIVE and self._status.state is not LinkState.LIVE
        self._status = status
        self.tray.show_status(status)
        self.attention.link_card.show_status(status)
        self.history.show_state(self.tray.headline())
        if became_live:
            self.report.say("live")

    def _show_notice(self, sentence: str) -> None:
        self.tray.show_notice(sentence)
        self.history.show_notice(sentence)

    # Entries

    def _arrived(self, entries: list[Entry]) -> None:
        self.history.add(entries)
        self.presenter.present(entries)

    def _changed(self, entries: list[Entry]) -> None:
        self.history.change(entries)
        self.presenter.take(entries)
        self.attention.screen.take(entries)

    def _open_link(self, entry_id: str, url: str) -> None:
        self.history.mark_read(entry_id)
        self.comforts.open_link(url)

    def _raise_dialog(self) -> None:
        if self.enrolment is not None:
            self.enrolment.come_forward()

    # Reports

    def _painted(self, toast: Toast) -> None:
        if toast.entry.id in self.presenter.own:
            return
        self.report.painted(toast)
        for what in self._options.press:
            if self.casework is not None and what in toast.claims.offered():
                self.casework.press(toast.entry.id, what)

    def _happened(self, what: str, entry_id: str) -> None:
        self.report.say(what, id=entry_id)
        self.history.show_answered(entry_id)
        if what == "claimed" and self.casework is not None:
            for each in self._options.press[1:]:
                self.casework.press(entry_id, each)

    def _give_up(self) -> None:
        if not self._closed:
            self.report.give_up(state_words(self._status, time.time()))

    # Leaving

    def quit(self, status: int = 0) -> None:
        """Close everything, then leave the event loop with ``status``."""
        if not self._closed:
            self.close()
            # On a later turn: what is being closed may still be in the middle of a signal.
            QTimer.singleShot(0, self, lambda: self._app.exit(status))

    def close(self) -> None:
        """Close link, toasts, windows, inbox and tray, in this order. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.window_mode.end()
        self.attention.close()
        if self.filter_desk is not None:
            self.filter_desk.close()
        if self.leaving is not None:
            self.leaving.close()
        if self.casework is not None:
            self.casework.close()
        if self.bridge is not None:
            self.bridge.stop()
        if self.checkup is not None:
            self.checkup.close()
        self.stack.clear()
        if self.enrolment is not None:
            self.enrolment.finish()
        self.history.close()
        self.soundness.close()
        self.shelter.close()
        self.tray.close()
        self._instance.release()
