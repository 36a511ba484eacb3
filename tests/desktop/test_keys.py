"""A key is written once, and each system is told what it calls it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.keys import ALT, CTRL, META, SHIFT, KeyPress, parse
from desktop.windows_keys import modifiers


@pytest.mark.parametrize(
    ("text", "keysym", "virtual_key", "trigger"),
    [
        ("Ctrl+Alt+N", "n", 0x4E, "CTRL+ALT+n"),
        ("meta+7", "7", 0x37, "LOGO+7"),
        ("F24", "F24", 0x87, "F24"),
        ("Shift+F1", "F1", 0x70, "SHIFT+F1"),
        ("Alt+PgUp", "Prior", 0x21, "ALT+Prior"),
        ("Ctrl + Space", "space", 0x20, "CTRL+space"),
    ],
)
def test_each_system_has_its_own_name(text: str, keysym: str, virtual_key: int, trigger: str) -> None:
    """X11 knows names, Windows numbers, and the portal a notation of its own."""
    press = parse(text)
    assert (press.keysym, press.virtual_key, press.trigger) == (keysym, virtual_key, trigger)


def test_windows_is_told_what_is_held() -> None:
    """Each modifier has its bit, and a key that is held down counts once."""
    press = KeyPress(key="N", held=frozenset({CTRL, ALT, SHIFT, META}))
    assert modifiers(press) == 0x400F
    assert modifiers(parse("F9")) == 0x4000


@given(st.text(max_size=20) | st.lists(st.sampled_from(["Ctrl", "Alt", "N", "", "F25", "Ö"])).map("+".join))
def test_whatever_is_written_is_a_key_or_a_sentence(text: str) -> None:
    """Nothing else comes out of it, and what is a key can be typed without losing a sign."""
    press, said = None, ""
    try:
        press = parse(text)
    except ValueError as problem:
        said = str(problem)
    assert (press is None) is said.endswith(".")
    assert press is None or press.held & {CTRL, ALT, META} or press.key.startswith("F")
