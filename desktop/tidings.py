"""What this desktop tells by itself, as toasts: that it works, that it is paired, what is missing."""

from desktop.i18n import tr
from desktop.presenter import Presenter
from relay.protocol import Script


class Tidings:
    """One per running app."""

    def __init__(self, presenter: Presenter) -> None:
        self._presenter = presenter

    def show_test(self) -> None:
        """Show a toast that says that toasts work."""
        script = Script(
            name=tr("Suggested reply"),
            text=tr("This is where the words to say will stand, ready to be copied."),
        )
        self._presenter.show_own(
            tr("This is a test toast"), tr("If you can read this, toasts work on this computer."), (script,)
        )

    def tell_gap(self, missed: int) -> None:
        """Say that so many notifications never reached this computer."""
        what = tr(
            "%n notifications were removed before they could be fetched",
            one="%n notification was removed before it could be fetched",
            n=missed,
        )
        body = tr("This computer was away for longer than the relay keeps them.")
        self._presenter.tell(what, body)

    def tell_paired(self, agent: str) -> None:
        """Say whose notifications will appear here."""
        self._presenter.show_own(
            tr("This computer is paired"), tr("What happens will appear here, for {agent}.", agent=agent)
        )

    def tell(self, sentence: str) -> None:
        """Say something about what isn't on the screen any more."""
        self._presenter.show_own(sentence, "")
