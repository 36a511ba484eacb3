"""Passing work on: the dialog, whom the relay offers for it, and to whom it went before."""

from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from desktop.caller import Caller
from desktop.controls import bring_forward
from desktop.entry import Entry
from desktop.inbox import Inbox, InboxError
from desktop.passing import PassDialog
from desktop.theme import Looks


class Handover(QObject):
    """One per running app; one dialog at a time.

    Signals:
        asked(str, str, str): pass the entry of this id on to an address or ``team:…``, for a reason.
    """

    asked = Signal(str, str, str)

    def __init__(self, looks: Looks, inbox: Inbox, caller: Caller | None, parent: QObject) -> None:
        """Without a ``caller`` nobody is offered but those to whom something was passed on before."""
        super().__init__(parent)
        self._looks, self._inbox, self._caller = looks, inbox, caller
        self.dialog: PassDialog | None = None

    def ask(self, entry: Entry) -> None:
        """Ask to whom an entry is to be passed on, in front of everything."""
        self.close()
        dialog = self.dialog = PassDialog(self._looks, entry, self._lately())
        dialog.chosen.connect(lambda to, reason: self._chosen(entry.id, to, reason))
        dialog.searched.connect(lambda text: self._look_up(dialog, text))
        dialog.finished.connect(lambda _result: self._forget(dialog))
        self._look_up(dialog, "")
        bring_forward(dialog)
        dialog.to.setFocus()

    def close(self) -> None:
        """Close the dialog."""
        if self.dialog is not None:
            self.dialog.close()

    def _look_up(self, dialog: PassDialog, text: str) -> None:
        if self._caller is None:
            dialog.show_failure()
            return
        self._caller.ask(
            lambda api: api.people(text),
            lambda people: dialog.show_people(people) if dialog is self.dialog else None,
            lambda _failure: dialog.show_failure() if dialog is self.dialog else None,
        )

    def _lately(self) -> list[str]:
        try:
            return self._inbox.recipients()
        except InboxError:
            return []  # whoever reads next says so

    def _chosen(self, entry_id: str, to: str, reason: str) -> None:
        with suppress(InboxError):  # it is only not offered first next time
            self._inbox.note_recipient(to)
        self.asked.emit(entry_id, to, reason)

    def _forget(self, dialog: PassDialog) -> None:
        if dialog is self.dialog:
            self.dialog = None
