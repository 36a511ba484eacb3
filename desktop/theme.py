"""Looks are data: the only reader of ``resources/themes``, and the only place that knows sizes.

A theme names some colours and says which role each plays; ``base.qss`` uses roles and sizes by
name. Sizes are multiples of the system font's own, so that text scaling scales everything.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QPalette, QStyleHints
from PySide6.QtWidgets import QApplication

from desktop import assets
from relay.protocol import Priority

if TYPE_CHECKING:
    from PySide6.QtGui import QAccessibilityHints

_NAME = re.compile(r"@([a-z_]+)")
_DARK_END = 0.04045
"""Up to here sRGB is linear."""
_REFERENCE_PIXELS = 12.0
"""The font size for which the proportions below were drawn; what 9 pt is on most screens."""


class Scheme(StrEnum):
    """Which theme to use."""

    SYSTEM = "system"
    """Whatever the desktop says, its high contrast included; light if it says nothing."""
    LIGHT = "light"
    DARK = "dark"
    CONTRAST_LIGHT = "contrast-light"
    CONTRAST_DARK = "contrast-dark"


class ThemeError(ValueError):
    """A theme file or the style sheet uses a name that is not defined; the text says which."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Lengths in logical pixels, all derived from one: the system font's height in pixels."""

    font: float

    def __getitem__(self, name: str) -> int:
        """Return the length called ``name`` in the style sheet.

        Raises:
            KeyError: there is no such length.
        """
        return max(1, round(_PROPORTIONS[name] * self.font / _REFERENCE_PIXELS))

    @classmethod
    def from_font(cls, font: QFont) -> "Sizes":
        """Return the sizes that go with a font."""
        return cls(font=float(max(8, QFontInfo(font).pixelSize())))


_PROPORTIONS = {
    "hair": 1.0,
    "thick": 2.0,
    "tiny": 4.0,
    "inset": 6.0,
    "small": 8.0,
    "field": 10.0,
    "gap": 12.0,
    "large": 16.0,
    "huge": 24.0,
    "radius": 7.0,
    "round": 15.0,
    "corner": 12.0,
    "press": 22.0,
    "touch": 28.0,
    "small_size": 12.0,
    "body_size": 13.0,
    "title_size": 14.5,
    "headline_size": 18.0,
    "icon": 16.0,
    "small_icon": 13.0,
    "stripe": 4.0,
    "shadow": 10.0,
    "toast": 360.0,
    "panel_extra": 32.0,
    "bar": 11.0,
    "dialog": 440.0,
    "window": 1000.0,
    "window_height": 640.0,
    "column": 390.0,
    "reading": 620.0,
    "preferences": 820.0,
}


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A theme as read: roles to colours (``#RRGGBB``)."""

    name: str
    roles: dict[str, str]

    @classmethod
    def from_toml(cls, name: str, text: str) -> "Theme":
        """Read a theme.

        Raises:
            ThemeError: a role refers to a colour that is not there.
        """
        tables = tomllib.loads(text)
        colours: dict[str, str] = tables["colours"]
        roles: dict[str, str] = {}
        for role, colour in tables["roles"].items():
            if colour not in colours:
                raise ThemeError(f"theme {name}: role {role} uses the undefined colour {colour}")
            roles[role] = colours[colour]
        return cls(name=name, roles=roles)

    def colour(self, role: str) -> QColor:
        """Return the colour that plays a role.

        Raises:
            KeyError: there is no such role.
        """
        return QColor(self.roles[role])

    def priority(self, priority: Priority) -> QColor:
        """Return the colour of a priority's icon and word."""
        return self.colour(priority.value)

    def style_sheet(self, source: str, sizes: Sizes) -> str:
        """Return ``source`` with every ``@name`` replaced by its colour or its length in px.

        Raises:
            ThemeError: a name is neither a role nor a size.
        """

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in self.roles:
                return self.roles[name]
            if name in _PROPORTIONS:
                return f"{sizes[name]}px"
            raise ThemeError(f"base.qss uses @{name}, which is neither a role of {self.name} nor a size")

        return _NAME.sub(value, source)

    def palette(self) -> QPalette:
        """Return the Fusion palette: what the style sheet doesn't reach still fits."""
        palette = QPalette()
        for part, role in _PALETTE.items():
            palette.setColor(part, self.colour(role))
        for part in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, part, self.colour("low"))
        return palette


_PALETTE = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "card",
    QPalette.ColorRole.AlternateBase: "well",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "low",
    QPalette.ColorRole.Button: "card",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipBase: "card",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
}


def load(scheme: Scheme) -> Theme:
    """Return a theme; ``SYSTEM`` is light here."""
    name = Scheme.LIGHT.value if scheme is Scheme.SYSTEM else scheme.value
    return Theme.from_toml(name, assets.read(f"themes/{name}.toml"))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#RRGGBB`` colours as WCAG 2.2 defines it, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= _DARK_END else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast_hints(hints: QStyleHints) -> "QAccessibilityHints | None":
    """Return who tells of the system's high contrast; Qt knows it from 6.10 on."""
    return hints.accessibility() if hasattr(hints, "accessibility") else None


class Looks(QObject):
    """The theme in use, applied to the whole application and kept in step with the desktop.

    Signals:
        changed: another theme or text size is in use; what paints itself paints again.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__()
        self._app = app
        self._scheme = scheme
        # Before our own palette covers it: some desktops say nothing but come with a dark palette.
        self._dark_palette = app.palette().color(QPalette.ColorRole.Window).lightnessF() < 0.5  # noqa: PLR2004 - half
        self._system_sizes = self.sizes = Sizes.from_font(app.font())
        self.still = False
        """Nothing moves: whoever asked for that gets sick of sliding, or is distracted by it."""
        # Kept: what hangs on the hints' wrapper is gone with it.
        self._hints = app.styleHints()
        self._strong = _contrast_hints(self._hints)
        self.theme = load(self._wanted())
        app.setStyle("Fusion")
        self._hints.colorSchemeChanged.connect(self._follow)
        if self._strong is not None:
            self._strong.contrastPreferenceChanged.connect(self._follow)
        self._apply()

    def use(self, scheme: Scheme, *, percent: int = 100, still: bool = False) -> None:
        """Use another scheme from now on, with text of ``percent`` of the system's size."""
        self._scheme, self.still = scheme, still
        sizes = Sizes(font=self._system_sizes.font * percent / 100)
        resized, self.sizes = sizes != self.sizes, sizes
        self._follow(again=resized)

    def font(self, size: str, *, bold: bool = False) -> QFont:
        """Return the system's font in a size, for what paints itself."""
        font = QFont(self._app.font())
        font.setPixelSize(self.sizes[size])
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def line(self, size: str) -> int:
        """Return the height of a line of text of a size, in logical pixels."""
        return QFontMetrics(self.font(size)).lineSpacing()

    def _wanted(self) -> Scheme:
        if self._scheme is not Scheme.SYSTEM:
            return self._scheme
        hint = self._hints.colorScheme()
        dark = self._dark_palette if hint is Qt.ColorScheme.Unknown else hint is Qt.ColorScheme.Dark
        if (
            self._strong is not None
            and self._strong.contrastPreference() is Qt.ContrastPreference.HighContrast
        ):
            return Scheme.CONTRAST_DARK if dark else Scheme.CONTRAST_LIGHT
        return Scheme.DARK if dark else Scheme.LIGHT

    def _follow(self, *_hint: object, again: bool = False) -> None:
        wanted = load(self._wanted())
        if wanted != self.theme or again:
            self.theme = wanted
            self._apply()

    def _apply(self) -> None:
        self._app.setPalette(self.theme.palette())
        self._app.setStyleSheet(self.theme.style_sheet(assets.read("themes/base.qss"), self.sizes))
        self.changed.emit()
