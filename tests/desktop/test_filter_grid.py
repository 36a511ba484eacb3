"""The filters page without a window: what a cell shows, and what an edit does to the rules of a layer."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.api import Cell, Filters, Layer, Lock, Rule
from desktop.filter_grid import HOWS, RELATIONS, Grid, Place
from relay.protocol import How, Priority

ME = "agent:mira@example.com"
TEAM = "team:billing"


def cell(playbook: str, relation: str, how: How = How.TOAST, **more: object) -> Cell:
    """Return a cell as the relay tells it."""
    return Cell(
        playbook=playbook,
        type="*",
        priority=Priority.NORMAL,
        relation=relation,
        how=how,
        because=("The product's default.",),
        **more,  # type: ignore[arg-type] # fields by name
    )


def told(*rules: Rule, layer: str = ME, locked_by: str = "") -> Filters:
    """Return what the relay tells about two playbooks."""
    cells = [
        cell(playbook, relation, layer=TEAM if locked_by else "product", locked_by=locked_by)
        for playbook in ("payment-failed", "parcel-arrived")
        for relation in RELATIONS
    ]
    return Filters(revision=7, layers=(Layer(name=layer, rules=rules),), effective=tuple(cells))


MINE = Place(playbook="payment-failed", relation="mine")


def test_a_cell_shows_what_holds_and_why() -> None:
    """Before anything was changed."""
    shown = Grid.of(told(), ME).shown(MINE)

    assert (shown.how, shown.wish, shown.changed) == (How.TOAST, None, False)
    assert shown.because == ("The product's default.",)


def test_a_wish_stands_beside_what_still_holds() -> None:
    """Until it was saved, the relay decides as before."""
    grid = Grid.of(told(), ME).decide(MINE, How.INBOX)
    shown = grid.shown(MINE)

    assert (shown.how, shown.wish, shown.changed) == (How.TOAST, How.INBOX, True)
    assert grid.changed
    assert grid.changes == 1


def test_taking_a_wish_back_leaves_nothing_to_save() -> None:
    """Undo, or choosing the layer above again."""
    grid = Grid.of(told(), ME)

    assert not grid.decide(MINE, How.OFF).decide(MINE, None).changed
    assert grid.decide(MINE, How.OFF).undone() == grid


def test_a_rule_for_every_relation_is_split_when_one_cell_changes() -> None:
    """The other cells keep what they had."""
    grid = Grid.of(told(Rule(types="payment-failed", how=How.OFF)), ME).decide(MINE, How.SOUND)
    wishes = [grid.shown(Place(playbook="payment-failed", relation=relation)).wish for relation in RELATIONS]

    assert wishes == [How.SOUND, How.OFF, How.OFF, How.OFF]


def test_the_later_rule_counts() -> None:
    """As at the relay."""
    first, second = Rule(types="payment-failed", how=How.OFF), Rule(types="payment-failed", how=How.SOUND)

    assert Grid.of(told(first, second), ME).shown(MINE).wish is How.SOUND


def test_a_lock_from_above_is_shown_with_its_author() -> None:
    """The team's own page may change it; an agent's may not."""
    filters = told(locked_by="lena@example.com")

    assert Grid.of(filters, ME).shown(MINE).locked_by == "lena@example.com"
    assert Grid.of(filters, TEAM).shown(MINE).locked_by == ""


def test_rules_for_patterns_are_kept_and_named() -> None:
    """They stand in no cell, and saving must not lose them."""
    pattern = Rule(types="payment-*", how=How.TOAST)
    grid = Grid.of(told(pattern), ME).decide(MINE, How.OFF)

    assert grid.others == (pattern,)
    assert pattern in grid.rules


def test_a_lead_locks_with_a_reason_and_for_a_time() -> None:
    """Both travel with the rule."""
    grid = Grid.of(told(layer=TEAM), TEAM).decide(MINE, How.TOAST, until=1000.0, lock="We agreed.")
    rule = grid.rule(MINE)

    assert rule is not None
    assert (rule.lock, rule.until) == (Lock(why="We agreed."), 1000.0)


def test_everything_can_be_left_to_the_layers_above() -> None:
    """One press, and it can be undone until it was saved."""
    grid = Grid.of(told(Rule(types="payment-failed", how=How.OFF)), ME)

    assert grid.cleared().rules == ()
    assert grid.cleared().changed
    assert not grid.cleared().undone().changed


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["payment-failed", "parcel-arrived"]),
            st.sampled_from(RELATIONS),
            st.sampled_from([*HOWS, None]),
        )
    )
)
def test_each_cell_shows_the_last_wish_for_it(edits: list[tuple[str, str, How | None]]) -> None:
    """Whatever else was changed before or after."""
    grid = Grid.of(told(Rule(types="payment-failed", how=How.INBOX)), ME)
    wanted: dict[Place, How | None] = {
        Place(playbook="payment-failed", relation=relation): How.INBOX for relation in RELATIONS
    }
    for playbook, relation, how in edits:
        place = Place(playbook=playbook, relation=relation)
        grid = grid.decide(place, how)
        wanted[place] = how

    assert {place: grid.shown(place).wish for place in wanted} == wanted
