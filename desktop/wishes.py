"""The settings in force, kept in step with the person's wishes and with what IT manages."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.kinds import Value
from desktop.policy import Decision, Effect, Layer, Rank, decide
from desktop.policy_places import from_environment, managed
from desktop.preferences_file import PreferencesError, PreferencesFile
from desktop.settings import SETTINGS, Settings

REFRESH_MILLISECONDS = 60_000
"""How often managed values are read again: nobody has to sign out for a new policy."""


class Wishes(QObject):
    """One per running app.

    Signals:
        changed(Settings): another value counts.
        failed(str): a wish could not be kept; a sentence for the person.
        hindered(str): what hinders a setting, by its key, is another now, or nothing.
    """

    changed = Signal(object)
    failed = Signal(str)
    hindered = Signal(str)

    def __init__(
        self,
        file: PreferencesFile,
        environ: Mapping[str, str],
        *,
        places: Callable[[], Sequence[Layer]] = managed,
        overrides: Mapping[str, object] | None = None,
    ) -> None:
        """``overrides`` are what the command line says for this run, by key."""
        super().__init__()
        self._file, self._places = file, places
        self._run = [from_environment(environ)]
        if overrides:
            self._run.append(Layer(rank=Rank.RUN, place="the command line", values=overrides))
        chosen = file.read()
        self._chosen: dict[str, object] = dict(chosen.values)
        self.notice = chosen.notice
        """What there is to tell about the file, once; empty for nothing."""
        self.hindrances: dict[str, str] = {}
        """Why a setting that counts has no effect on this computer, by key: the rest of a sentence."""
        self.decision = self._decide()
        self._refresh = QTimer(self, interval=REFRESH_MILLISECONDS)
        self._refresh.timeout.connect(self.reload)
        self._refresh.start()

    @property
    def settings(self) -> Settings:
        """Return the values that count now."""
        return self.decision.settings

    def beside(self, name: str) -> Path:
        """Return where a file of this name lies beside the person's choices."""
        return self._file.path.with_name(name)

    def effect(self, key: str) -> Effect:
        """Return the value of one setting, and why it is that."""
        return self.decision.effects[key]

    def choose(self, key: str, value: Value) -> bool:
        """Take over a choice and keep it; say whether it could be kept."""
        return self._keep(self._chosen | {key: value})

    def reset(self, key: str | None = None) -> bool:
        """Forget a choice, or with None all of them; say whether that could be kept."""
        gone = set(SETTINGS) if key is None else {key}
        return self._keep({name: value for name, value in self._chosen.items() if name not in gone})

    def is_chosen(self, key: str) -> bool:
        """Say whether the person has chosen something there that can be reset."""
        return key in self._chosen and not self.effect(key).locked

    def hinder(self, key: str, why: str) -> None:
        """Keep in mind why a setting has no effect on this computer; empty: it has."""
        if why != self.hindrances.get(key, ""):
            self.hindrances[key] = why
            self.hindered.emit(key)

    def reload(self) -> None:
        """Read again what IT manages."""
        before, self.decision = self.decision, self._decide()
        if self.decision != before:
            self.changed.emit(self.settings)

    def close(self) -> None:
        """Stop looking."""
        self._refresh.stop()

    def _decide(self) -> Decision:
        own = Layer(rank=Rank.CHOSEN, place="", values=self._chosen)
        return decide([*self._places(), *self._run, own])

    def _keep(self, chosen: dict[str, object]) -> bool:
        try:
            self._file.write(chosen)
        except PreferencesError as problem:
            self.failed.emit(str(problem))
            return False
        self._chosen = chosen
        self.reload()
        return True
