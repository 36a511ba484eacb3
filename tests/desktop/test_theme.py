"""Themes are complete, and what is drawn together can be told apart."""

import re

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from desktop import assets
from desktop.theme import Looks, Scheme, Sizes, Theme, ThemeError, contrast, load

THEMES = [load(scheme) for scheme in Scheme if scheme is not Scheme.SYSTEM]
STRONG = [theme for theme in THEMES if theme.name.startswith("contrast")]
SHEET = assets.read("themes/base.qss")

TEXT_PAIRS = [
    (front, back)
    for front in ("text", "soft", "accent", "urgent", "high", "normal", "low", "done", "error")
    for back in ("card", "window", "well", "selected")
] + [
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_notice", "notice"),
    ("accent_hover", "card"),
]
GRAPHIC_PAIRS = [(front, back) for front in ("outline", "focus") for back in ("card", "window", "well")]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS)
def test_text_contrasts(theme: Theme, front: str, back: str) -> None:
    """Every text has at least 4.5 to 1 on every ground it stands on (WCAG 1.4.3)."""
    assert contrast(theme.roles[front], theme.roles[back]) >= 4.5


@pytest.mark.parametrize("theme", STRONG, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS)
def test_high_contrast_is_higher(theme: Theme, front: str, back: str) -> None:
    """Text has at least 7 to 1, and lines are as strong as text."""
    assert contrast(theme.roles[front], theme.roles[back]) >= 7
    assert theme.roles["line"] == theme.roles["outline"] == theme.roles["text"]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize(("front", "back"), GRAPHIC_PAIRS)
def test_outlines_contrast(theme: Theme, front: str, back: str) -> None:
    """Every outline that says "press me" has at least 3 to 1 (WCAG 1.4.11)."""
    assert contrast(theme.roles[front], theme.roles[back]) >= 3


def test_contrast_is_computed_as_wcag_defines_it() -> None:
    """Black on white is 21 to 1, and a known grey is what the standard's tools say."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_all_themes_have_the_same_roles() -> None:
    """What one theme has, the others have too."""
    assert all(theme.roles.keys() == THEMES[0].roles.keys() for theme in THEMES)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_name_in_the_style_sheet_is_defined(theme: Theme) -> None:
    """No @name is left over, and the sheet itself contains no colour and no size in numbers."""
    assert "@" not in theme.style_sheet(SHEET, Sizes(font=12))
    code = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\s*;|rgb|\d+\s*(px|pt|em)", code)


def test_an_undefined_name_is_named() -> None:
    """A wrong name in the sheet or in a theme stops with that name."""
    with pytest.raises(ThemeError, match="@colour_of_hope"):
        THEMES[0].style_sheet("color: @colour_of_hope;", Sizes(font=12))
    with pytest.raises(ThemeError, match="mauve"):
        Theme.from_toml("odd", '[colours]\nink = "#000000"\n[roles]\ntext = "mauve"')


def test_sizes_grow_with_the_font() -> None:
    """Twice the font makes everything twice as large, and nothing vanishes at a tiny one."""
    assert Sizes(font=24)["toast"] == 2 * Sizes(font=12)["toast"] == 720
    assert Sizes(font=1)["hair"] == 1


def test_another_scheme_is_applied_at_once(qapp: QApplication) -> None:
    """Changing the scheme changes palette and style sheet of the running application, once."""
    looks = Looks(qapp, Scheme.LIGHT)
    heard: list[bool] = []
    looks.changed.connect(lambda: heard.append(True))
    looks.use(Scheme.DARK)
    looks.use(Scheme.DARK)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == THEMES[1].roles["window"].lower()
    assert THEMES[1].roles["card"] in qapp.styleSheet()
    assert heard == [True]


def test_text_can_be_made_larger(qapp: QApplication) -> None:
    """Every size grows at once, and comes back."""
    looks = Looks(qapp, Scheme.LIGHT)
    before = looks.sizes["title_size"], qapp.styleSheet()
    looks.use(Scheme.LIGHT, percent=200, still=True)
    assert looks.sizes["title_size"] == pytest.approx(2 * before[0], abs=1)
    assert qapp.styleSheet() != before[1]
    assert looks.still
    looks.use(Scheme.LIGHT)
    assert (looks.sizes["title_size"], qapp.styleSheet(), looks.still) == (*before, False)


class Hints(QObject):
    """A system whose high contrast a test switches."""

    contrastPreferenceChanged = Signal(object)  # noqa: N815 - Qt's name
    preference = Qt.ContrastPreference.NoPreference

    def contrastPreference(self) -> Qt.ContrastPreference:  # noqa: N802 - as above
        """Return it."""
        return self.preference


def test_high_contrast_follows_the_system(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes and goes while the app runs, light or dark as the desktop is; a choice of one's own stays."""
    hints = Hints()
    monkeypatch.setattr("desktop.theme._contrast_hints", lambda _hints: hints)
    looks = Looks(qapp, Scheme.SYSTEM)
    plain = looks.theme.name
    hints.preference = Qt.ContrastPreference.HighContrast
    hints.contrastPreferenceChanged.emit(hints.preference)
    assert looks.theme.name == f"contrast-{plain}"
    looks.use(Scheme.DARK)
    assert looks.theme.name == "dark"
    hints.preference = Qt.ContrastPreference.NoPreference
    looks.use(Scheme.SYSTEM)
    assert looks.theme.name == plain


def test_the_systems_hint_is_followed(qapp: QApplication) -> None:
    """Without a wish of ours, the desktop's scheme decides, and light if it says nothing."""
    looks = Looks(qapp, Scheme.SYSTEM)
    hint = qapp.styleHints().colorScheme()
    assert looks.theme.name == ("dark" if hint is Qt.ColorScheme.Dark else "light") or looks._dark_palette


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_glyph_can_be_drawn(qapp: QApplication, theme: Theme) -> None:
    """Each icon has pixels in the colour that was asked for."""
    for path in sorted((assets.RESOURCES / "icons/glyphs").glob("*.svg")):
        image = assets.glyph(path.stem, theme.colour("accent"), 16, 2.0).toImage()
        assert image.width() == 32
        colours = {image.pixelColor(x, y).name() for x in range(32) for y in range(32)}
        assert theme.colour("accent").name() in colours, path.stem


def test_the_logo_has_every_size(qapp: QApplication) -> None:
    """No file of the logo is missing."""
    assert {size.width() for size in assets.logo().availableSizes()} == set(assets.LOGO_SIZES)


def test_a_missing_file_says_to_install_again(qapp: QApplication) -> None:
    """An incomplete installation is told in a sentence."""
    with pytest.raises(assets.MissingAssetError, match="install Deskbell again"):
        assets.read("themes/none.toml")
    with pytest.raises(assets.MissingAssetError):
        assets.picture("icons/none.png")
