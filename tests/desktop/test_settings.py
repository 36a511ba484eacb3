"""Settings are declared once, and say what is wrong with a value."""

import pytest

from desktop.kinds import MAX_ITEMS, MAX_TEXT
from desktop.settings import SETTINGS, Section, Settings


@pytest.mark.parametrize("key", SETTINGS)
def test_every_default_is_a_value(key: str) -> None:
    """What counts when nobody says anything can also be said."""
    row = SETTINGS[key]
    assert row.kind.read(row.default) == row.default == getattr(Settings(), key)
    assert row.closed is None or row.kind.read(row.closed) == row.closed


@pytest.mark.parametrize("key", SETTINGS)
def test_every_row_explains_itself(key: str) -> None:
    """Each setting has a label, a sentence and limits in words."""
    row = SETTINGS[key]
    assert row.label
    assert row.help.endswith(".")
    assert row.kind.limits()
    assert row.variable == f"DESKBELL_{key.upper()}"


def test_every_page_has_something() -> None:
    """No page of the preferences is empty."""
    assert {row.section for row in SETTINGS.values()} == set(Section)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("sound", 1, True),
        ("sound", "0", False),
        ("sound", "Yes", True),
        ("away_seconds", "90", 90),
        ("theme", " Dark ", "dark"),
        ("stay_factor", 2, "2"),
        ("holidays", "2026-12-25, 2026-12-26", ("2026-12-25", "2026-12-26")),
        ("holidays", ["2026-12-25"], ("2026-12-25",)),
        ("allowed_link_hosts", "*.crm.example", ("*.crm.example",)),
        ("quiet_hours", " mon-fri 18:00-08:00 ", "mon-fri 18:00-08:00"),
        ("proxy_url", "socks5h://proxy.example.com:1080", "socks5h://proxy.example.com:1080"),
        ("newest_toast_shortcut", " ctrl+alt+n ", "ctrl+alt+n"),
        ("newest_toast_shortcut", "F9", "F9"),
        ("ca_file", r"C:\ProgramData\ca.pem", r"C:\ProgramData\ca.pem"),
    ],
)
def test_values_are_read_as_they_are_written(key: str, raw: object, value: object) -> None:
    """Registries know numbers only, environments texts only: both are understood."""
    assert SETTINGS[key].kind.read(raw) == value


@pytest.mark.parametrize(
    ("key", "raw", "said"),
    [
        ("theme", "mauve", "is none of system, light, dark"),
        ("theme", ["dark"], "is none of"),
        ("sound", "perhaps", "neither true nor false"),
        ("sound", 2, "neither true nor false"),
        ("away_seconds", 14, "between 15 and 3600"),
        ("away_seconds", 3601, "between 15 and 3600"),
        ("away_seconds", True, "no whole number"),
        ("away_seconds", "9" * 40, "no whole number"),
        ("away_seconds", 1.5, "no whole number"),
        ("quiet_hours", "whenever", "no window"),
        ("quiet_hours", 3, "is no text"),
        ("quiet_hours", "x" * (MAX_TEXT + 1), "longer than"),
        ("quiet_hours", "mon\u202e 1:00-2:00", "cannot be read"),
        ("holidays", ["tomorrow"], "no date"),
        ("holidays", [1], "no list"),
        ("holidays", ["2026-12-25"] * (MAX_ITEMS + 1), "more than"),
        ("time_zone", "Europe/Atlantis", "no such time zone"),
        ("time_zone", "../../etc/passwd", "no such time zone"),
        ("proxy_url", "proxy.example.com", "is no address"),
        ("proxy_url", "http://proxy.example.com:99999", "is no address"),
        ("ca_file", "ca.pem", "no full path"),
        ("allowed_link_hosts", ["https://crm.example.com/"], "which is no host"),
        ("newest_toast_shortcut", "n", "could not type it"),
        ("newest_toast_shortcut", "Shift+N", "could not type it"),
        ("newest_toast_shortcut", "Ctrl+Alt", "can be a letter"),
        ("newest_toast_shortcut", "Ctrl+Ctrl+N", "can be a letter"),
        ("newest_toast_shortcut", "Hyper+N", "can be a letter"),
        ("newest_toast_shortcut", "Ctrl+K, Ctrl+N", "can be a letter"),
        ("server_url", "http://relay.example.com", "is no address"),
    ],
)
def test_a_wrong_value_says_why(key: str, raw: object, said: str) -> None:
    """Each limit has its sentence."""
    with pytest.raises(ValueError, match=said):
        SETTINGS[key].kind.read(raw)


def test_policy_names_are_frozen() -> None:
    """Registries, profiles and files out there use these names: one may be added, none may change."""
    assert [row.policy_name for row in SETTINGS.values()] == [
        "Language",
        "Theme",
        "TextSize",
        "Motion",
        "ToastScreen",
        "ToastCorner",
        "StayFactor",
        "Notifications",
        "NewestToastShortcut",
        "Sound",
        "SoundUrgent",
        "SoundHigh",
        "SoundNormal",
        "QuietHours",
        "Holidays",
        "TimeZone",
        "AwaySeconds",
        "UrgentAlways",
        "UrgentSounds",
        "Privacy",
        "PrivateClipboard",
        "HistoryDays",
        "AllowedLinkHosts",
        "ServerUrl",
        "ProxyMode",
        "ProxyUrl",
        "CaFile",
        "Autostart",
        "AllowQuit",
        "AllowEnvironment",
        "LogLevel",
    ]
