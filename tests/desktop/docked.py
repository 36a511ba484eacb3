"""Makes the gallery's pictures of what only a real desktop shows: ``session.sh python -m tests.desktop.docked OUT``.

The icon in the tray with its menu and tooltip, a stack of toasts, their menu and focus, and the
system's own notifications. With ``PICOM=1`` toasts have their shadows.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from desktop import assets
from desktop.compositor import is_composited
from desktop.degrade import Capabilities, degrade
from desktop.entry import LinkState, Status
from desktop.gate import Privacy
from desktop.i18n import English, Language, speak, tr
from desktop.native import Native
from desktop.stack import Stack
from desktop.theme import Looks, Scheme
from desktop.translator import Translated
from desktop.tray import Icons, Tray
from relay.protocol import Link, Priority, Script
from tests.desktop.gallery import STYLES, ZONE
from tests.desktop.room import settle
from tests.desktop.samples import ME, NOW, entry
from tests.desktop.toast_states import ACTIONS

TRAYS: dict[str, tuple[LinkState, int, bool]] = {
    "connected": (LinkState.LIVE, 0, False),
    "unread": (LinkState.LIVE, 3, False),
    "many": (LinkState.LIVE, 12, False),
    "paused": (LinkState.LIVE, 0, True),
    "catching-up": (LinkState.CATCHING_UP, 0, False),
    "offline": (LinkState.OFFLINE, 3, False),
    "signed-out": (LinkState.SIGNED_OUT, 0, False),
    "attention": (LinkState.REFUSED, 0, False),
}
"""What the icon in the tray can say: state of the link, unread, paused."""


TICKET: Mapping[str, Any] = {
    "provider": "zendesk",
    "source": "zendesk",
    "title": "Escalated: “Locked out since this morning”",
    "body": "Nordwind GmbH, 40 seats. First answer due in 12 minutes.",
    "scripts": (Script(name="First answer", text="Hello, I am looking into it right now."),),
    "links": (Link(label="Open ticket", url="https://nordwind.zendesk.com/agent/tickets/8812"),),
}
FLIGHT: Mapping[str, Any] = {
    "provider": "airline",
    "source": "airline",
    "title": "Flight LX 1402 is 50 min late",
    "body": "12 of your travellers are on it, 3 with a connection.",
    "scripts": (
        Script(name="Message", text="Your flight leaves at 15:10. Shall I look for a later connection?"),
    ),
    "links": (Link(label="Rebook", url="https://desk.airline.example/lx1402"),),
}
"""What stands above the payment in the stack."""


class Wallpaper(QWidget):
    """Something calm behind it all."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self._looks = looks
        self.setAttribute(Qt.WidgetAttribute.WA_X11NetWmWindowTypeDesktop)
        self.setGeometry(self.screen().geometry())
        looks.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it, in keeping with the theme."""
        dark = self._looks.theme.colour("card").lightnessF() < 0.5
        blend = QLinearGradient(0, 0, self.width(), self.height())
        blend.setColorAt(0, QColor("#2B3140" if dark else "#C9D6EA"))
        blend.setColorAt(1, QColor("#14161C" if dark else "#8FA6C8"))
        painter = QPainter(self)
        painter.fillRect(self.rect(), blend)
        painter.end()


class Studio:
    """Where the pictures are taken."""

    def __init__(self, app: QApplication, out: Path) -> None:
        self.app, self.out, self.style, self.percent = app, out, "", 100
        self.looks = Looks(app, Scheme.LIGHT)
        self.wallpaper = Wallpaper(self.looks)
        self.wallpaper.show()
        self.stack = Stack(self.looks, lambda _id: True, composited=is_composited(app))
        self.stack.agent, self.stack.languages = ME, ("en",)
        settle(1.0)

    def take(self, name: str, box: QRect | None = None) -> None:
        """Save the screen, or a part of it, as it is now."""
        settle(0.4)
        picture = self.app.primaryScreen().grabWindow(0)
        shown = picture if box is None else picture.copy(box)
        if not shown.save(str(self.out / f"{name}-{self.style}.png")):
            raise SystemExit(f"{name} could not be written")

    def corner(self, width: int, height: int) -> QRect:
        """Return the lower right end of the screen, with the panel."""
        screen = self.app.primaryScreen().geometry()
        return QRect(screen.width() - width, screen.height() - height, width, height)


def icon_sheet(out: Path) -> None:
    """Draw every state of the icon in every size on light and dark panels."""
    rows, left, high = list(TRAYS.items()), 130, 76
    sizes, wide = assets.TRAY_SIZES, sum(assets.TRAY_SIZES) + 14 * len(assets.TRAY_SIZES)
    sheet = QImage(left + 2 * wide + 20, high * len(rows), QImage.Format.Format_RGB32)
    sheet.fill(QColor("#FFFFFF"))
    painter = QPainter(sheet)
    for number, (name, (state, unread, paused)) in enumerate(rows):
        painter.setPen(QColor("#1B1B1F"))
        painter.drawText(QRect(12, number * high, left, high), Qt.AlignmentFlag.AlignVCenter, name)
        icon = Icons().icon(state, unread, paused=paused)
        for half, colour in enumerate(("#F0F0F0", "#202124")):
            x = left + half * (wide + 10)
            painter.fillRect(QRect(x, number * high, wide, high), QColor(colour))
            x += 7
            for size in sizes:
                painter.drawPixmap(x, number * high + (high - size) // 2, icon.pixmap(size, size))
                x += size + 14
    painter.end()
    sheet.save(str(out / "tray-icons.png"))


def docked(studio: Studio) -> None:
    """Take the icon in the panel in every state, its menu and its tooltip."""
    tray = Tray(wall=lambda: NOW)
    settle(1.5)
    strip = studio.corner(420, 40)
    for name, (state, unread, paused) in TRAYS.items():
        tray.show_unread(unread)
        tray.show_quiet(tr("paused until {at}", at="14:00") if paused else "")
        tray.show_status(Status(state=state, since=NOW - 190))
        settle(1.2)  # the icon changes once in a second at most
        studio.take(f"tray-{name}", strip)
    for name, state, reason in (
        ("connected", LinkState.LIVE, ""),
        ("offline", LinkState.OFFLINE, tr("The relay cannot be reached. Is this computer online?")),
        ("attention", LinkState.REFUSED, tr("This version of Deskbell is too old. An update is needed.")),
    ):
        tray.show_unread(3)
        tray.show_status(Status(state=state, since=NOW - 190, reason=reason))
        settle(1.2)
        with_menu(studio, f"tray-menu-{name}", tray.menu())
        tooltip(studio, f"tray-tooltip-{name}", tray)
    tray.close()
    settle(0.3)


def with_menu(studio: Studio, name: str, menu: QMenu) -> None:
    """Take an open menu above the panel."""
    corner = studio.corner(0, 40).topLeft()
    menu.popup(corner - QPoint(menu.sizeHint().width() + 60, menu.sizeHint().height()))
    studio.take(name, studio.corner(menu.width() + 80, menu.height() + 60))
    menu.close()
    settle(0.2)


def tooltip(studio: Studio, name: str, tray: Tray) -> None:
    """Take what is said while the pointer is on the icon."""
    icon = tray._icon
    if icon is None or icon.geometry().isEmpty():
        return
    spot = icon.geometry().center()
    subprocess.run(["xdotool", "mousemove", str(spot.x()), str(spot.y())], check=True)
    settle(1.5)
    studio.take(name, studio.corner(660 * studio.percent // 100, 120 * studio.percent // 100))
    subprocess.run(["xdotool", "mousemove", "20", "20"], check=True)
    settle(0.3)


def stacked(studio: Studio) -> None:
    """Take three toasts with more behind them, then a menu, the keyboard's focus, and a card."""
    stack, now = studio.stack, time.time()
    stack.add(entry(1, at=now - 600, priority=Priority.URGENT, **TICKET), None)
    stack.add(entry(2, at=now - 120, **FLIGHT), None)
    stack.add(entry(3, at=now - 70, actions=ACTIONS), None)
    settle(0.4)
    for seq in range(4, 9):
        stack.add(entry(seq, priority=Priority.NORMAL, type=f"type-{seq}", at=now), None)
    studio.take("stack", studio.corner(420 * studio.percent // 100, 890))
    newest = stack.toasts()[0]
    newest.open_menu()
    studio.take("toast-menu", studio.corner(600 * studio.percent // 100, 600))
    menu = newest.menu()
    if menu is not None:
        menu.close()
    stack.toasts()[0].take_keys()
    studio.take("toast-keys", studio.corner(420 * studio.percent // 100, 330 * studio.percent // 100))
    stack.clear()
    settle(0.3)


def one(studio: Studio) -> None:
    """Take a single toast, as the README shows it."""
    words = "Hello Ana, your payment of €240.00 did not go through. That is often just an expired card. Shall I send you a link to use another one?"
    scripts = (
        Script(name="Call", text=words, language="en"),
        Script(name="Anruf", text=words, language="de"),
    )
    studio.stack.add(entry(1, at=time.time() - 70, scripts=scripts), None)
    settle(0.4)
    box = studio.stack.toasts()[0].geometry()
    studio.take("one", box.adjusted(-2, -2, 2, 2))
    studio.stack.clear()
    settle(0.3)


def native(studio: Studio) -> None:
    """Take the system's own notifications, with all abilities and with few."""
    for name, can in (("full", Capabilities(markup=True)), ("few", Capabilities(body=False, buttons=False))):
        service = Native()
        heard: list[object] = []
        service.ready.connect(heard.append)
        service.failed.connect(heard.append)
        service.start()
        limit = time.monotonic() + 10
        while not heard and time.monotonic() < limit:
            settle(0.1)
        for number, priority in enumerate((Priority.NORMAL, Priority.URGENT), 1):
            shown = entry(number, priority=priority)
            service.show_entry(f"{name}-{number}", degrade(shown, ME, can, Privacy.FULL), None)
        settle(1.0)
        screen = studio.app.primaryScreen().geometry()
        studio.take(f"native-{name}", QRect(screen.width() - 420, 0, 420, 280))
        service.close()
        settle(0.5)


SCENES: dict[str, Callable[[Studio], None]] = {"tray": docked, "stack": stacked, "one": one, "native": native}


def main(out: Path, wanted: list[str]) -> None:
    """Take all pictures, or those of the scenes that are wanted."""
    os.environ["TZ"] = ZONE
    time.tzset()
    app = QApplication(["docked"])
    app.setQuitOnLastWindowClosed(False)
    out.mkdir(parents=True, exist_ok=True)
    icon_sheet(out)
    studio = Studio(app, out)
    german = Translated("de", QLocale("de_DE"))
    styles: dict[str, tuple[Scheme, int, Language]] = {
        **{style: (scheme, percent, English()) for style, (scheme, percent) in STYLES.items()},
        "light-de": (Scheme.LIGHT, 100, german),
    }
    for style, (scheme, percent, language) in styles.items():
        studio.style, studio.percent = style, percent
        speak(language)
        studio.looks.use(scheme, percent=percent, still=True)
        for name, scene in SCENES.items():
            if not wanted or name in wanted:
                scene(studio)
    studio.stack.clear()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
