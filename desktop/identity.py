"""The name under which Windows knows this program: its place in the task bar, and its notifications.

Without it the task bar groups our windows under Python's, and notifications have no sender
(SetCurrentProcessExplicitAppUserModelID, https://learn.microsoft.com/windows/win32/shell/appids).
"""

import ctypes
import sys

IDENTITY = "Deskbell"
"""Also the name under which notifications are sent, and that of the installer's shortcut."""


def claim_identity() -> bool:
    """Tell Windows, before the first window; say whether it was told. Elsewhere there is nothing to tell."""
    if sys.platform == "win32":
        failed: int = ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(IDENTITY)
        return not failed
    return False
