"""The filters page in every state, over a relay's answers: for the gallery and the tests of windows."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.address import Account
from desktop.api import ApiFailed, Cell, Filters, Layer, Lock, Preview, RelayApi, Rule
from desktop.caller import signed_in
from desktop.filter_grid import RELATIONS
from desktop.filters import Ask, FiltersWindow
from relay.protocol import How, Priority
from tests.desktop.room import Room, settle, until
from tests.desktop.samples import ME, NOW

LENA: Final = "lena@example.com"
TEAM: Final = "team:billing"
_KINDS: Final = {
    "payment-failed": (Priority.HIGH, (How.SOUND, How.TOAST, How.INBOX, How.OFF)),
    "dispute-opened": (Priority.URGENT, (How.SOUND, How.SOUND, How.TOAST, How.INBOX)),
    "ticket-escalated": (Priority.URGENT, (How.SOUND, How.SOUND, How.SOUND, How.INBOX)),
    "parcel-delivered": (Priority.NORMAL, (How.TOAST, How.INBOX, How.OFF, How.OFF)),
    "flight-delayed": (Priority.HIGH, (How.SOUND, How.TOAST, How.INBOX, How.INBOX)),
    "lead-arrived": (Priority.NORMAL, (How.TOAST, How.TOAST, How.INBOX, How.OFF)),
    "call-missed": (Priority.NORMAL, (How.TOAST, How.TOAST, How.INBOX, How.OFF)),
    "review-written": (Priority.LOW, (How.INBOX, How.INBOX, How.OFF, How.OFF)),
    "order-changed": (Priority.LOW, (How.INBOX, How.OFF, How.OFF, How.OFF)),
}
_LOCKED: Final = "ticket-escalated"


class Told(RelayApi):
    """The far end: a relay that answers at once."""

    def __init__(self, answer: Filters | ApiFailed) -> None:
        super().__init__(
            Account(relay="http://127.0.0.1", device="d", agent=ME, teams=("billing",)), "t" * 20
        )
        self._answer = answer

    def filters(self) -> Filters:
        """Return the filters."""
        if isinstance(self._answer, ApiFailed):
            raise self._answer
        return self._answer

    def preview(self, layer: str, rules: Sequence[Rule], *, budget: int | None, days: float) -> Preview:
        """Say what a change would have done."""
        del layer, rules, budget, days
        return Preview(sentences=("It would have hidden 41 of 300 for Billing.",))


def answering(api: RelayApi | None) -> Ask:
    """Return what asks a far end and has its answer at once; None: nobody is signed in."""

    def ask(
        work: Callable[[RelayApi], object],
        take: Callable[[object], None],
        fail: Callable[[ApiFailed], None],
    ) -> None:
        try:
            answer = work(signed_in(api))
        except ApiFailed as failure:
            fail(failure)
        else:
            take(answer)

    return ask


def filters(agent: str) -> Filters:
    """Return the filters of a small company."""
    lock = Lock(by=LENA, why="We agreed to see these at once.")
    mine = Rule(types="parcel-delivered", relation="unassigned", how=How.INBOX, until=NOW + 86_400)
    return Filters(
        revision=7,
        layers=(
            Layer(name=TEAM, rules=(Rule(types=_LOCKED, how=How.SOUND, lock=lock),)),
            Layer(name=f"agent:{agent}", rules=(mine,)),
        ),
        effective=tuple(
            Cell(
                playbook=playbook,
                type=playbook.replace("-", "."),
                priority=priority,
                relation=relation,
                how=how,
                because=_because(playbook, relation),
                layer=TEAM if playbook == _LOCKED else "product",
                locked_by=LENA if playbook == _LOCKED else "",
            )
            for playbook, (priority, hows) in _KINDS.items()
            for relation, how in zip(RELATIONS, hows, strict=True)
        ),
    )


def _because(playbook: str, relation: str) -> tuple[str, ...]:
    said = [f"By default, {playbook} is a toast."]
    if playbook == _LOCKED:
        said.append(
            f"Team billing says: {playbook} is a toast with sound. Locked by {LENA}: We agreed to see these at once."
        )
    if (playbook, relation) == ("parcel-delivered", "unassigned"):
        said.append(
            "You say: parcel-delivered, nobody's case yet is in the history only, until 2027-01-16 12:00 UTC."
        )
    return tuple(said)


def page(
    room: Room,
    *,
    agent: str = ME,
    leads: tuple[str, ...] = (),
    at: tuple[str, str] = ("payment-failed", "mine"),
    step: Callable[[FiltersWindow], object] = lambda _window: None,
    answer: Filters | ApiFailed | None = None,
) -> QWidget:
    """Return the page with a cell chosen, after a step."""
    api = Told(answer or filters(agent))
    window = FiltersWindow(room.looks, answering(api), agent=agent, leads=leads, clock=lambda: NOW)
    window.show()
    until(lambda: window.model.grid is not None or window.again.isVisible())
    grid = window.model.grid
    if grid is not None:
        if leads:
            window.layers.setCurrentIndex(1)
        if at[0] in grid.playbooks:
            window.table.setCurrentIndex(
                window.model.index(grid.playbooks.index(at[0]), RELATIONS.index(at[1]))
            )
        step(window)
        settle(0.3)
    return window


def _off_and_preview(window: FiltersWindow) -> None:
    window.decide(How.OFF)
    window.preview()


def _lock(window: FiltersWindow) -> None:
    window.lock.setChecked(True)
    window.reason.setText("We agreed to see these.")
    window.decide(How.SOUND)


FILTERS: Final[dict[str, Callable[[Room], QWidget]]] = {
    "filters-agent": page,
    "filters-locked": lambda room: page(room, at=(_LOCKED, "mine")),
    "filters-for-a-day": lambda room: page(room, at=("parcel-delivered", "unassigned")),
    "filters-changed": lambda room: page(room, step=_off_and_preview),
    "filters-lead": lambda room: page(room, agent=LENA, leads=("billing",), step=_lock),
    "filters-no-playbooks": lambda room: page(room, answer=Filters(revision=1)),
    "filters-failed": lambda room: page(
        room, answer=ApiFailed("The relay cannot be reached. Please check your network.")
    ),
    "filters-signed-out": lambda room: FiltersWindow(room.looks, answering(None), agent=ME),
}
"""How to make each state, by its name."""
