"""What can be set about the tray app: one table, declared once. Pure.

From it come the reader of the person's own file, the reader of managed values, the preferences
window and the reference in ``docs/desktop-settings.md``. Which value counts when several places
give one is decided in :mod:`desktop.policy`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TypeVar

from desktop import keys, quiet
from desktop.kinds import Choice, Flag, Keys, Kind, Number, Screens, Several, Value, Words
from desktop.limits import is_holiday, is_host, is_path, is_proxy, is_server, is_zone

_T = TypeVar("_T")


class Section(StrEnum):
    """The pages of the preferences; the value is the page's name."""

    LOOK = "Appearance"
    TOASTS = "Toasts"
    SOUND = "Sound"
    QUIET = "Quiet hours"
    PRIVACY = "Privacy"
    CONNECTION = "Connection"
    APP = "Program"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One row of the table."""

    key: str
    section: Section
    kind: Kind
    default: Value
    label: str
    help: str
    """What it does, in a sentence or two for the agent."""
    lockable: bool
    """A managed value may take it away from the person."""
    managed_only: bool
    """Only managed values and the environment set it; the preferences show it, locked."""
    closed: Value | None
    """What counts when a managed value cannot be read: for what protects, the strictest."""

    @property
    def guarded(self) -> bool:
        """Say whether it is IT's alone on a computer that IT manages."""
        return self.managed_only or self.section is Section.CONNECTION

    @property
    def policy_name(self) -> str:
        """Return the name in registries, profiles and policy files: ``allow_quit`` is ``AllowQuit``."""
        return "".join(part.capitalize() for part in self.key.split("_"))

    @property
    def variable(self) -> str:
        """Return the environment variable that sets it for one run."""
        return f"DESKBELL_{self.key.upper()}"


def _row(
    default: _T,
    section: Section,
    kind: Kind,
    label: str,
    help_: str,
    *,
    lockable: bool = True,
    managed_only: bool = False,
    closed: Value | None = None,
) -> _T:
    about = {
        "section": section,
        "kind": kind,
        "label": label,
        "help": help_,
        "lockable": lockable,
        "managed_only": managed_only,
        "closed": closed,
    }
    return field(default=default, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The values that count. A field is a row of the table, declared where it stands."""

    language: str = _row(
        "system",
        Section.LOOK,
        Choice(labels={"system": "As the system", "en": "English", "de": "Deutsch"}),
        "Language",
        "The language of windows, menus and toasts.",
    )
    theme: str = _row(
        "system",
        Section.LOOK,
        Choice(
            labels={
                "system": "As the system",
                "light": "Light",
                "dark": "Dark",
                "contrast-light": "High contrast, light",
                "contrast-dark": "High contrast, dark",
            }
        ),
        "Colours",
        "Which colours toasts and windows have.",
        lockable=False,
    )
    text_size: int = _row(
        100,
        Section.LOOK,
        Number(least=80, most=200, step=10, unit="%"),
        "Text size",
        "How large text is, beside what the system says.",
        lockable=False,
    )
    motion: str = _row(
        "system",
        Section.LOOK,
        Choice(labels={"system": "As the system", "on": "On", "off": "Off"}),
        "Movement",
        "Whether toasts slide in and fade. Off, they simply appear.",
        lockable=False,
    )
    toast_screen: str = _row(
        "primary",
        Section.TOASTS,
        Screens(
            says="`primary`, `pointer`, `active` or a screen's name",
            labels={
                "primary": "The main screen",
                "pointer": "The one with the pointer",
                "active": "The one with the active window",
            },
        ),
        "Screen",
        "The main screen, the one with the pointer, the one with the active window, or a screen by its name.",
    )
    toast_corner: str = _row(
        "bottom-right",
        Section.TOASTS,
        Choice(
            labels={
                "bottom-right": "Bottom right",
                "bottom-left": "Bottom left",
                "top-right": "Top right",
                "top-left": "Top left",
            }
        ),
        "Corner",
        "The corner of the screen in which toasts appear.",
    )
    stay_factor: str = _row(
        "1",
        Section.TOASTS,
        Choice(
            labels={
                "1": "Normal",
                "2": "Twice as long",
                "4": "Four times as long",
                "never": "Until I close them",
            }
        ),
        "How long toasts stay",
        "Everything stays in the history, whatever is chosen here.",
        lockable=False,
    )
    notifications: str = _row(
        "auto",
        Section.TOASTS,
        Choice(labels={"auto": "Whatever works best", "own": "Deskbell's own", "system": "The system's"}),
        "Shown by",
        "Toasts of our own can do more; the system's look like those of other programs. "
        "From the next start on.",
    )
    newest_toast_shortcut: str = _row(
        "",
        Section.TOASTS,
        Keys(
            check=keys.parse,
            says="a key such as `Ctrl+Alt+N`; empty for none",
            hint="None; press keys to choose",
        ),
        "Key for the newest toast",
        "From every window it leads to the newest toast: Tab and Enter press its buttons, Escape leads back.",
        lockable=False,
    )
    sound: bool = _row(True, Section.SOUND, Flag(), "Sound", "Off is silent, whatever happens.")
    sound_urgent: bool = _row(
        True, Section.SOUND, Flag(), "Urgent ones", "Two tones, repeated until it is handled."
    )
    sound_high: bool = _row(True, Section.SOUND, Flag(), "Important ones", "One soft tone.")
    sound_normal: bool = _row(False, Section.SOUND, Flag(), "Normal ones", "One soft tone.")
    quiet_hours: str = _row(
        "",
        Section.QUIET,
        Words(check=quiet.parse, says="a weekly plan", hint="mon-fri 18:00-08:00; sat-sun 00:00-24:00"),
        "Quiet hours",
        "When nothing shows and nothing sounds; it goes to the history.",
    )
    holidays: tuple[str, ...] = _row(
        (),
        Section.QUIET,
        Several(check=is_holiday, says="days such as `2026-12-25`", hint="2026-12-25, 2026-12-26"),
        "Holidays",
        "Days that are quiet as a whole.",
    )
    time_zone: str = _row(
        "",
        Section.QUIET,
        Words(
            check=is_zone, says="a name such as `Europe/Berlin`; empty for the system's", hint="As the system"
        ),
        "Time zone",
        "In which quiet hours and holidays are meant.",
    )
    away_seconds: int = _row(
        60,
        Section.QUIET,
        Number(least=15, most=3600, step=15, unit="seconds"),
        "Away after",
        "When keyboard and mouse rest for so long, toasts wait until you are back.",
    )
    urgent_always: bool = _row(
        True,
        Section.QUIET,
        Flag(),
        "Urgent ones in quiet hours",
        "Urgent ones are shown as a still card, even when it is quiet.",
        managed_only=True,
    )
    urgent_sounds: bool = _row(
        False,
        Section.QUIET,
        Flag(),
        "Sound in quiet hours",
        "Urgent ones are heard, too, when it is quiet.",
        managed_only=True,
    )
    privacy: str = _row(
        "full",
        Section.PRIVACY,
        Choice(
            labels={
                "full": "Everything",
                "type": "Only what kind it is",
                "nothing": "Only that there is something",
            }
        ),
        "What toasts show",
        "When the screen is locked or something fills it, and while you are presenting, they show the least.",
        closed="nothing",
    )
    private_clipboard: bool = _row(
        True,
        Section.PRIVACY,
        Flag(),
        "Keep copies out of the clipboard's history",
        "Copied scripts stay out of the history and the cloud of the clipboard, where the system allows it.",
        closed=True,
    )
    history_days: int = _row(
        30,
        Section.PRIVACY,
        Number(least=1, most=365, unit="days"),
        "Keep the history for",
        "What is older is deleted from this computer.",
        closed=1,
    )
    allowed_link_hosts: tuple[str, ...] = _row(
        (),
        Section.PRIVACY,
        Several(check=is_host, says="hosts such as `*.example.com`; empty for all", hint="all"),
        "Links lead only to",
        "Links to other hosts are not opened.",
        managed_only=True,
        closed=("nowhere.invalid",),
    )
    server_url: str = _row(
        "",
        Section.CONNECTION,
        Words(check=is_server, says="an address", hint="https://relay.example.com"),
        "Relay",
        "The relay's address with which pairing begins.",
        managed_only=True,
    )
    proxy_mode: str = _row(
        "system",
        Section.CONNECTION,
        Choice(labels={"system": "As the system", "none": "None", "fixed": "The one below"}),
        "Proxy",
        "How the relay is reached.",
    )
    proxy_url: str = _row(
        "",
        Section.CONNECTION,
        Words(
            check=is_proxy,
            says="`http:`, `https:`, `socks5:` or `socks5h:`",
            hint="http://proxy.example.com:3128",
        ),
        "Proxy address",
        "Used if the proxy is the one below. Without a password, for it is stored in plain text.",
    )
    ca_file: str = _row(
        "",
        Section.CONNECTION,
        Words(check=is_path, says="the full path of a PEM file", hint="none"),
        "Additional certificates",
        "A file of authorities that are trusted beside the system's own.",
    )
    autostart: bool = _row(
        True,
        Section.APP,
        Flag(),
        "Start with the computer",
        "Deskbell starts when you sign in to this computer, once it is paired.",
    )
    allow_quit: bool = _row(
        True,
        Section.APP,
        Flag(),
        "Allow quitting",
        "Deskbell can be quit from its menu.",
        managed_only=True,
        closed=False,
    )
    allow_environment: bool = _row(
        True,
        Section.APP,
        Flag(),
        "Allow environment variables",
        "Environment variables such as DESKBELL_THEME change settings for one run.",
        managed_only=True,
        closed=False,
    )
    log_level: str = _row(
        "warning",
        Section.APP,
        Choice(
            labels={"error": "Errors", "warning": "Warnings", "info": "What happens", "debug": "Everything"}
        ),
        "Log",
        "How much is written into the log. What customers or agents wrote never is.",
    )

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that were chosen, the best first; empty: ask the system."""
        return () if self.language == "system" else (self.language,)


def _declared() -> dict[str, Setting]:
    defaults = Settings()
    return {
        row.name: Setting(key=row.name, default=getattr(defaults, row.name), **row.metadata)
        for row in fields(Settings)
    }


SETTINGS: Mapping[str, Setting] = _declared()
"""The table: key to row, in the order of the window."""
