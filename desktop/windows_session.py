"""What Windows says: do not disturb, full screen, presentation, idle, locked.

Sources: SHQueryUserNotificationState, GetLastInputInfo, OpenInputDesktop
(https://learn.microsoft.com/windows/win32/api/shellapi/nf-shellapi-shqueryusernotificationstate).
Its "quiet time" is the first hour of a new account, in which the computer is being set up, and no wish
of the person's: it counts for nothing. Do not disturb (focus assist) has no documented interface; it
is read as other programs read it, from the shell's own state, and is unknown where that is missing.
"""

import ctypes
import sys

from desktop.surroundings import Answer

NOT_PRESENT = 1
BUSY = 2
RUNNING_FULL_SCREEN = 3
PRESENTATION = 4

_FOCUS_STATE = (0xA3BF1C75, 0x0D83063E)
"""WNF_SHEL_QUIETHOURS_ACTIVE_PROFILE_CHANGED: which profile of focus assist holds."""
FOCUS_OFF, PRIORITY_ONLY, ALARMS_ONLY = 0, 1, 2

TICKS = 2**32
"""Milliseconds after which Windows' counter begins anew."""


def is_presenting(state: int) -> bool:
    """Say what a notification state means."""
    return state in {BUSY, RUNNING_FULL_SCREEN, PRESENTATION}


def is_focused(failed: int, profile: int) -> bool | None:
    """Say what focus assist's state means; ``failed`` is an NTSTATUS. None: it can't be known."""
    if failed or profile not in {FOCUS_OFF, PRIORITY_ONLY, ALARMS_ONLY}:
        return None
    return profile != FOCUS_OFF


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
            answer("presenting", None if failed else is_presenting(state.value))
            answer("do_not_disturb", _focus())
            # Two unsigned ints: the structure's size, and the counter at the last input.
            info = (ctypes.c_uint * 2)(8, 0)
            known = ctypes.windll.user32.GetLastInputInfo(ctypes.byref(info))
            now = ctypes.windll.kernel32.GetTickCount()
            answer("idle", idle_seconds(now, info[1]) if known else None)
            desk = ctypes.windll.user32.OpenInputDesktop(0, False, 0x0100)
            answer("locked", not desk or state.value == NOT_PRESENT)
            if desk:
                ctypes.windll.user32.CloseDesktop(desk)


def _focus() -> bool | None:
    """Read which profile of focus assist holds (NtQueryWnfStateData)."""
    if sys.platform == "win32":
        try:
            query = ctypes.windll.ntdll.NtQueryWnfStateData
        except AttributeError:
            return None
        name = (ctypes.c_uint32 * 2)(*_FOCUS_STATE)
        stamp, profile, size = ctypes.c_uint32(), ctypes.c_uint32(), ctypes.c_uint32(4)
        places = map(ctypes.byref, (stamp, profile, size))
        failed: int = query(ctypes.byref(name), None, None, *places)
        return is_focused(failed, profile.value)
    return None
