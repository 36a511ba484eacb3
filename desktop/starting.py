"""Keeps the system's list of programs that start by themselves in step with the setting."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from desktop import autostart
from desktop.enrolment import Enrolment
from desktop.options import Options
from desktop.settings import Settings
from desktop.wishes import Wishes


def apply(on: bool) -> str:
    """Put this program on the list or take it off; return why not, as the rest of a sentence."""
    packaged = bool(getattr(sys, "frozen", False))
    started = autostart.command(sys.executable, os.environ, packaged=packaged)
    return autostart.apply(on, started, Path.home(), os.environ)


class Starting(QObject):
    """One per running app. A profile of its own is a trial, and doesn't start by itself.

    A computer that isn't paired has nothing to show: it isn't put on the list before it is.
    """

    def __init__(
        self, wishes: Wishes, enrolment: Enrolment, options: Options, apply: Callable[[bool], str] = apply
    ) -> None:
        """``enrolment`` says when the computer is paired, and is the parent."""
        super().__init__(enrolment)
        self._wishes, self._apply, self._paired = wishes, apply, False
        self._applied: bool | None = None
        if options.preferences is None:
            return
        enrolment.signed_in.connect(self._begin)
        wishes.changed.connect(self._settle)

    def _begin(self, *_: object) -> None:
        self._paired = True
        self._settle(self._wishes.settings)

    def _settle(self, settings: Settings) -> None:
        """Apply the setting, unless it is applied already: whatever else changes, the disk is left alone."""
        on = settings.autostart
        if on == self._applied or (on and not self._paired):
            return
        why = self._apply(on)
        self._applied = None if why else on
        self._wishes.hinder("autostart", why)
