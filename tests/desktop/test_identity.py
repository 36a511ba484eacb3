"""The name under which Windows knows this program."""

import sys

from desktop.identity import claim_identity


def test_only_windows_is_told() -> None:
    """Elsewhere the name of the desktop file and the bundle say it."""
    assert claim_identity() is (sys.platform == "win32")
