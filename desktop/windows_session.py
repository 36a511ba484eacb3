"""What Windows says: full screen, presentation, quiet time, idle, locked.

Sources: SHQueryUserNotificationState, GetLastInputInfo, OpenInputDesktop
(https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-shqueryusernotificationstate).
Windows does not tell programs about its focus assist beyond this.
"""

import ctypes
import sys

from desktop.surroundings import Answer

NOT_PRESENT = 1
BUSY = 2
RUNNING_FULL_SCREEN = 3
PRESENTATION = 4
QUIET_TIME = 6

TICKS = 2**32
"""Milliseconds after which Windows' counter begins anew."""


def read_state(state: int) -> dict[str, bool]:
    """Return what a notification state means."""
    return {
        "do_not_disturb": state == QUIET_TIME,
        "presenting": state in {BUSY, RUNNING_FULL_SCREEN, PRESENTATION},
    }


def idle_seconds(now: int, last: int) -> float:
    """Return the seconds between two values of the counter, which goes round after 49 days."""
    return ((now - last) % TICKS) / 1000


class WindowsReader:
    """Asks the shell and the session."""

    name = "Windows"

    def ask(self, answer: Answer) -> None:
        """Answer at once."""
        if sys.platform == "win32":
            state = ctypes.c_int()
            failed = ctypes.windll.shell32.SHQueryUserNotificationState(ctypes.byref(state))
            for field, value in read_state(state.value).items():
                answer(field, None if failed else value)
            # Two unsigned ints: the structure's size, and the counter at the last input.
            info = (ctypes.c_uint * 2)(8, 0)
            known = ctypes.windll.user32.GetLastInputInfo(ctypes.byref(info))
            now = ctypes.windll.kernel32.GetTickCount()
            answer("idle", idle_seconds(now, info[1]) if known else None)
            desk = ctypes.windll.user32.OpenInputDesktop(0, False, 0x0100)
            answer("locked", not desk or state.value == NOT_PRESENT)
            if desk:
                ctypes.windll.user32.CloseDesktop(desk)
