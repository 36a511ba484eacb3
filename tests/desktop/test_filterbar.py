"""The filters fit into any width, offer what there is, and come to one query."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.archive import Choices
from desktop.filterbar import FilterBar, kind_words
from desktop.search import Query, State
from desktop.theme import Looks

NOW = 1_800_000_000.0


@pytest.fixture
def bar(qtbot: QtBot, looks: Looks) -> FilterBar:
    made = FilterBar(looks)
    qtbot.addWidget(made)
    made.show()
    return made


def test_all_facets_come_to_one_query(bar: FilterBar) -> None:
    """What is chosen is asked for, with words and agent; without a choice nothing is left out."""
    assert bar.query("", "mira", NOW) == Query(agent="mira")
    bar.offer(Choices(types=("a.b",), teams=("x",)))
    bar.type.choose("a.b")
    bar.team.choose("x")
    bar.state.choose(State.MINE)
    bar.unread.setChecked(True)
    query = bar.query(" ana ", "mira", NOW)
    assert query == Query(text="ana", type="a.b", team="x", state=State.MINE, unread=True, agent="mira")
    assert bar.state.words() == "Claimed by me"
    assert bar.state.accessibleName() == "State: Claimed by me"


def test_clearing_is_told_once(qtbot: QtBot, bar: FilterBar) -> None:
    """However many filters were set, taking all away is one change; without any it is none."""
    heard: list[None] = []
    bar.state.choose(State.DONE)
    bar.unread.setChecked(True)
    bar.changed.connect(lambda: heard.append(None))
    bar.clear()
    bar.clear()
    assert len(heard) == 1
    assert not bar.is_set()


def test_a_choice_outlives_what_is_offered(bar: FilterBar) -> None:
    """A type that has just left the history stays chosen, in the menu too; nothing to choose has no facet."""
    bar.offer(Choices(types=("a.b",)))
    assert bar.team.isHidden()
    bar.type.choose("a.b")
    bar.offer(Choices())
    assert (bar.type.value, bar.type.isHidden()) == ("a.b", False)
    assert any(action.isChecked() and action.text() == "a.b" for action in bar.type._menu.actions())


@pytest.mark.parametrize("width", [120, 250, 390, 900])
def test_no_facet_leaves_the_bar(qtbot: QtBot, bar: FilterBar, width: int) -> None:
    """In a narrow column the facets go on in the next line, and none is wider than the column."""
    bar.offer(Choices(types=("a_rather.long_type_of_event.for_a_button",), teams=("billing",)))
    bar.type.choose("a_rather.long_type_of_event.for_a_button")
    bar.resize(width, bar.heightForWidth(width))
    qtbot.waitUntil(lambda: bar.width() == width, timeout=5_000)
    facets = [*bar._facets(), bar.unread]
    assert all(bar.rect().contains(facet.geometry()) for facet in facets)
    places = [facet.geometry() for facet in facets]
    assert not any(a.intersects(b) for a in places for b in places if a is not b)


def test_types_are_read_as_words() -> None:
    """Dots and underscores of machines become blanks."""
    assert kind_words("invoice.payment_failed") == "Invoice payment failed"
    assert kind_words("") == ""
