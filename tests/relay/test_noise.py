"""The noise budget: exact for each agent, sliding over an hour, told in a digest."""

import random

import pytest

from relay.event import Device
from relay.filters import BUDGET, FilterSet, Layer
from relay.noise import DIGEST_SECONDS, NOBODY, SLOT_SECONDS, Noise
from relay.people import Directory, People

AGENTS = tuple(f"a{number}@example.com" for number in range(6))
PEOPLE = Directory(
    People(), [Device(id=one, agent=one, teams=(), name="d", token_hash=b"", paired_at=0.0) for one in AGENTS]
)
ONE, TWO = frozenset(AGENTS[:1]), frozenset(AGENTS[1:2])


def noise(**budgets: int) -> Noise:
    """Return a count with budgets, by the agents' local parts."""
    layers = tuple(Layer(name=f"agent:{name}@example.com", budget=most) for name, most in budgets.items())
    made = Noise(0.0)
    made.allow(FilterSet(layers=layers), PEOPLE)
    return made


def test_a_budget_is_used_up_exactly() -> None:
    """Sixty an hour: after the sixtieth the agent has had enough, and nobody else."""
    count = noise()
    for number in range(BUDGET):
        assert count.over(ONE, float(number)) == NOBODY
        count.count(ONE, float(number))
    assert count.over(ONE | TWO, 61.0) == ONE
    assert count.toasts(AGENTS[0], 61.0) == BUDGET


def test_an_hour_later_there_is_room_again() -> None:
    """The hour slides by minutes."""
    count = noise(a0=2)
    count.count(ONE, 0.0)
    count.count(ONE, 30 * 60.0)

    assert count.over(ONE, 3599.0) == ONE
    assert count.over(ONE, 3600.0 + SLOT_SECONDS - 1) == NOBODY
    assert count.toasts(AGENTS[0], 3601.0) == 1
    assert count.toasts(AGENTS[0], 100 * 3600.0) == 0


def test_no_budget_means_no_toasts() -> None:
    """Whoever takes none gets what is not pressing in the inbox from the first on."""
    assert noise(a0=0).over(ONE | TWO, 0.0) == ONE


@pytest.mark.parametrize("few", [0, 64])
def test_counting_in_common_is_counting_each(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the groups, times and budgets: who is over is who has had as many within the hour."""
    monkeypatch.setattr("relay.noise.FEW", few)
    chance = random.Random(4)
    budgets = {f"a{number}": chance.randrange(1, 30) for number in range(6)}
    count = noise(**budgets)
    had: list[list[float]] = [[] for _ in AGENTS]
    now = 0.0
    for _ in range(3000):
        now += chance.choice([0.0, 1.0, 20.0, 200.0])
        group = frozenset(chance.sample(AGENTS, chance.randrange(1, 6)))
        begins = (now // SLOT_SECONDS - 59) * SLOT_SECONDS
        over = {
            agent
            for number, agent in enumerate(AGENTS)
            if sum(time >= begins for time in had[number]) >= budgets[f"a{number}"]
        }
        assert count.over(group, now) == group & over
        for number, agent in enumerate(AGENTS):
            if agent in group - over:
                had[number].append(now)
        count.count(group - over, now)


def test_what_was_folded_is_told_every_quarter_of_an_hour() -> None:
    """By agent and playbook, once; nothing folded, nothing told."""
    count = noise()
    count.fold(ONE | TWO, "ticket-reply")
    count.fold(ONE, "ticket-reply")
    count.fold(ONE, "order-shipped")

    assert count.digests(DIGEST_SECONDS - 1)[1] == {}
    number, folded = count.digests(DIGEST_SECONDS)
    assert (number, folded[AGENTS[0]]) == (1, {"ticket-reply": 2, "order-shipped": 1})
    assert folded[AGENTS[1]] == {"ticket-reply": 1}
    assert count.digests(2 * DIGEST_SECONDS) == (2, {})
