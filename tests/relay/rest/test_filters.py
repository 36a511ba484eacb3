"""Filters over the API: who may change which layer, on which revision, and what a lock says."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from relay.filters import MAX_RULES
from tests.relay.rest.house import ADMIN, AGENT, COLLEAGUE, LEAD, STRANGER, House, Stage

OFF = {"types": "payment-*", "how": "off"}


async def put(
    house: House, agent: str, layer: str, *rules: Any, revision: int | None = None, **more: Any
) -> Any:
    """Change a layer on the present revision, or on another."""
    if revision is None:
        revision = (await house.journal.filters()).revision
    content = {"rules": list(rules), **more}
    headers = {"If-Match": f'"{revision}"'}
    return await house.ask(agent, "PUT", f"/filters/{layer}", json=content, headers=headers)


async def cells(house: House, agent: str, of: str = "") -> dict[tuple[str, str], Any]:
    """Return the effective table by playbook and relation."""
    query = f"?agent={of}" if of else ""
    shown = (await house.ask(agent, "GET", f"/filters{query}")).json()
    return {(cell["playbook"], cell["relation"]): cell for cell in shown["effective"]}


def test_without_any_layer_the_products_defaults_hold(stage: Stage) -> None:
    """And each cell says so."""

    async def scene(house: House) -> None:
        answer = await house.ask(AGENT, "GET", "/filters")
        assert (answer.json()["revision"], answer.json()["layers"]) == (0, [])
        assert answer.headers["etag"] == '"0"'
        cell = (await cells(house, AGENT))["payment-failed", "mine"]
        assert (cell["how"], cell["layer"], cell["locked_by"]) == ("toast+sound", "product", "")
        assert cell["because"] == ["By default, what is high and one's own is a toast with sound."]

    stage(scene)


def test_what_the_relay_itself_tells_is_in_the_table(stage: Stage) -> None:
    """Each with the priority that it has when it comes."""

    async def scene(house: House) -> None:
        shown = await cells(house, AGENT)
        found = {playbook: shown[playbook, "mine"]["how"] for playbook in ("storm", "digest", "unrouted")}
        assert found == {"storm": "toast+sound", "digest": "toast", "unrouted": "toast+sound"}
        assert shown["storm", "team"]["type"] == "deskbell.storm"

    stage(scene)


def test_an_agent_changes_the_own_layer(stage: Stage) -> None:
    """The effective table follows, and colleagues keep theirs."""

    async def scene(house: House) -> None:
        answer = await put(house, AGENT, f"agent:{AGENT}", OFF, budget=20)
        assert (answer.status_code, answer.json()) == (200, {"revision": 1})
        assert house.told_filters == 1
        assert (await cells(house, AGENT))["payment-failed", "mine"]["how"] == "off"
        assert (await cells(house, COLLEAGUE))["payment-failed", "mine"]["how"] == "toast+sound"
        (layer,) = (await house.ask(AGENT, "GET", "/filters")).json()["layers"]
        assert (layer["name"], layer["budget"]) == (f"agent:{AGENT}", 20)
        assert (await house.ask(COLLEAGUE, "GET", "/filters")).json()["layers"] == []

    stage(scene)


@pytest.mark.parametrize(
    ("agent", "layer", "status"),
    [
        (AGENT, f"agent:{AGENT}", 200),
        (AGENT, f"agent:{COLLEAGUE}", 403),
        (AGENT, "team:billing", 403),
        (AGENT, "organisation", 403),
        (LEAD, "team:billing", 200),
        (LEAD, "team:Billing", 200),
        (LEAD, "team:support", 403),
        (LEAD, f"agent:{AGENT}", 403),
        (LEAD, "organisation", 403),
        (ADMIN, "organisation", 200),
        (ADMIN, "team:support", 200),
        (ADMIN, f"agent:{AGENT}", 200),
        (ADMIN, "product", 403),
        (ADMIN, "team:nothing", 404),
        (ADMIN, "agent:nobody@example.com", 404),
        (ADMIN, "nonsense", 404),
    ],
)
def test_a_layer_belongs_to_somebody(stage: Stage, agent: str, layer: str, status: int) -> None:
    """An agent's to the agent, a team's to its leads, the organisation's to admins; a refusal says so."""

    async def scene(house: House) -> None:
        answer = await put(house, agent, layer, OFF)
        assert answer.status_code == status, answer.text
        assert (await house.journal.filters()).revision == (status == 200)

    stage(scene)


def test_a_lock_is_told_with_who_and_why(stage: Stage) -> None:
    """Whoever is held by it learns by whom and for what, in the table and when refused."""

    async def scene(house: House) -> None:
        lock = {"types": "payment-*", "how": "toast", "lock": {"why": "We agreed to see these."}}
        assert (await put(house, LEAD, "team:billing", lock)).status_code == 200
        cell = (await cells(house, AGENT))["payment-failed", "mine"]
        assert (cell["how"], cell["locked_by"]) == ("toast", LEAD)
        refused = await put(house, AGENT, f"agent:{AGENT}", OFF)
        assert refused.status_code == 403
        for word in (LEAD, "We agreed to see these.", "team billing"):
            assert word in refused.json()["error"]
        assert (await put(house, STRANGER, f"agent:{STRANGER}", OFF)).status_code == 200
        own = await put(house, AGENT, f"agent:{AGENT}", {**OFF, "lock": {"why": "mine"}})
        assert own.status_code == 403

    stage(scene)


def test_a_lock_keeps_its_author(stage: Stage) -> None:
    """Saving the layer again doesn't make somebody else the one who locked it."""

    async def scene(house: House) -> None:
        lock = {"types": "payment-*", "how": "toast", "lock": {"why": "agreed"}}
        await put(house, LEAD, "team:billing", lock)
        house.now += 100
        await put(house, ADMIN, "team:billing", lock, {**OFF, "types": "x-*", "lock": {"why": "noise"}})
        (layer,) = (await house.journal.filters()).layers
        assert [rule.lock.by for rule in layer.rules if rule.lock] == [LEAD, ADMIN]

    stage(scene)


def test_of_two_changes_on_one_revision_the_second_is_refused(stage: Stage) -> None:
    """And a change without a revision, too."""

    async def scene(house: House) -> None:
        assert (await put(house, ADMIN, "organisation", OFF, revision=0)).status_code == 200
        late = await put(house, LEAD, "team:billing", OFF, revision=0)
        assert (late.status_code, set(late.json())) == (412, {"error"})
        without = await house.ask(LEAD, "PUT", "/filters/team:billing", json={"rules": []})
        assert without.status_code == 428
        for odd in ("x", "*", '""', "-1", "9" * 30):
            headers = {"If-Match": odd}
            answer = await house.ask(LEAD, "PUT", "/filters/team:billing", json={}, headers=headers)
            assert answer.status_code == 422

    stage(scene)


def test_agents_who_change_their_own_layers_do_not_collide(stage: Stage) -> None:
    """Any number of them pause something on the same revision; only a change above is in their way."""

    async def scene(house: House) -> None:
        agents = (AGENT, COLLEAGUE, STRANGER, LEAD)
        wanted = [put(house, agent, f"agent:{agent}", OFF, revision=0) for agent in agents]
        assert [answer.status_code for answer in await asyncio.gather(*wanted)] == [200] * 4
        assert (await put(house, AGENT, f"agent:{AGENT}", revision=0)).status_code == 412
        assert (await put(house, AGENT, f"agent:{AGENT}", revision=4)).status_code == 200
        assert (await put(house, LEAD, "team:billing", revision=0)).status_code == 200
        assert (await put(house, COLLEAGUE, f"agent:{COLLEAGUE}", revision=5)).status_code == 412
        assert (await put(house, STRANGER, f"agent:{STRANGER}", revision=5)).status_code == 200
        assert (await put(house, STRANGER, f"agent:{STRANGER}", revision=99)).status_code == 412

    stage(scene)


@pytest.mark.parametrize(
    "rule",
    [
        {"types": "", "how": "off"},
        {"types": " ", "how": "off"},
        {"types": "x", "how": "off", "until": 5},
        {"types": "x" * 201, "how": "off"},
        {"types": "x", "how": "loud"},
        {"types": "x", "how": "off", "until": -1},
        {"types": "x", "how": "off", "until": "NaN"},
        {"types": "x", "how": "off", "lock": {"why": ""}},
        {"types": "x", "how": "off", "lock": {"why": "x", "by": ADMIN}},
        {"types": "x", "how": "off", "relation": "friend"},
        {"types": "x", "how": "off", "colour": "red"},
    ],
)
def test_what_is_no_rule_is_refused(stage: Stage, rule: Any) -> None:
    """Nothing of the layer is stored then."""

    async def scene(house: House) -> None:
        assert (await put(house, ADMIN, "organisation", OFF, rule)).status_code == 422
        assert (await house.journal.filters()).revision == 0

    stage(scene)


def test_a_budget_has_a_limit(stage: Stage) -> None:
    """At the limit it is stored; one more, or less than none, is no budget."""

    async def scene(house: House) -> None:
        for budget, status in ((10_000, 200), (10_001, 422), (50_000, 422), (-1, 422), (0, 200)):
            answer = await put(house, AGENT, f"agent:{AGENT}", budget=budget)
            assert (budget, answer.status_code) == (budget, status)

    stage(scene)


def test_a_rule_that_has_ended_may_stay(stage: Stage) -> None:
    """Yesterday's pause is no obstacle to today's change."""

    async def scene(house: House) -> None:
        pause = {**OFF, "until": house.now + 60}
        assert (await put(house, AGENT, f"agent:{AGENT}", pause)).status_code == 200
        house.now += 100
        assert (await put(house, AGENT, f"agent:{AGENT}", pause, {**OFF, "types": "x"})).status_code == 200
        ended = await put(house, AGENT, f"agent:{AGENT}", {**pause, "types": "call-*"})
        assert (ended.status_code, ended.json()["error"]) == (422, "The time of call-* is over already.")

    stage(scene)


def test_no_own_layer_has_a_lock(stage: Stage) -> None:
    """Not even an admin locks in an agent's layer; the sentence is true for an admin, too."""

    async def scene(house: House) -> None:
        lock = {**OFF, "lock": {"why": "mine"}}
        for agent in (AGENT, ADMIN):
            refused = await put(house, agent, f"agent:{AGENT}", lock)
            assert refused.status_code == 403
            assert refused.json()["error"] == "An agent's own layer has no locks: nobody is below it."

    stage(scene)


def test_a_layer_has_so_many_rules(stage: Stage) -> None:
    """At the limit they are stored; with one more they aren't."""

    async def scene(house: House) -> None:
        assert (await put(house, ADMIN, "organisation", *[OFF] * MAX_RULES)).status_code == 200
        assert (await put(house, ADMIN, "organisation", *[OFF] * (MAX_RULES + 1))).status_code == 422

    stage(scene)


def test_another_agents_filters_are_for_who_answers_for_them(stage: Stage) -> None:
    """The lead for the led team's people, an admin for all, an agent for nobody else."""

    async def scene(house: House) -> None:
        await put(house, AGENT, f"agent:{AGENT}", OFF)
        assert (await cells(house, LEAD, AGENT))["payment-failed", "mine"]["how"] == "off"
        assert (await cells(house, ADMIN, AGENT))["payment-failed", "mine"]["how"] == "off"
        for agent, other in [(COLLEAGUE, AGENT), (LEAD, STRANGER), (LEAD, "nobody@example.com")]:
            assert (await house.ask(agent, "GET", f"/filters?agent={other}")).status_code == 404

    stage(scene)


def test_a_change_is_tried_on_the_past(stage: Stage) -> None:
    """It says how many it would have hidden, per team; nothing is stored, and old ones don't count."""

    async def scene(house: House) -> None:
        for number in range(3):
            await house.publish(f"n{number}", "team:billing")
        house.now += 8 * 86_400
        await house.publish("new", "team:billing")
        await house.publish("mine", f"agent:{AGENT}")

        async def ask(agent: str, layer: str, days: float = 7) -> Any:
            return await house.ask(
                agent, "POST", f"/filters/{layer}/preview?days={days}", json={"rules": [OFF]}
            )

        week = (await ask(LEAD, "team:billing")).json()
        assert week["sentences"] == ["It would have hidden 2 of 2 for Billing."]
        assert week["agents"][COLLEAGUE]["hidden"] == 1
        month = (await ask(LEAD, "team:billing", 30)).json()
        assert month["teams"]["billing"]["total"] == 5
        assert (await ask(AGENT, f"agent:{AGENT}")).json()["agents"][AGENT]["hidden"] == 2
        assert (await ask(AGENT, "team:billing")).status_code == 403
        assert (await ask(LEAD, "team:billing", 0)).status_code == 422
        assert (await ask(LEAD, "team:billing", 91)).status_code == 422
        assert (await house.journal.filters()).revision == 0

    stage(scene)


def test_more_than_can_be_compared_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are compared, and from when on; what is older than was asked for is not missed."""
    monkeypatch.setattr("relay.inquiry.MOST_COMPARED", 2)

    async def scene(house: House) -> None:
        async def ask() -> Any:
            answer = await house.ask(LEAD, "POST", "/filters/team:billing/preview", json={"rules": [OFF]})
            return answer.json()["sentences"]

        for number in range(2):
            await house.publish(f"n{number}", "team:billing")
        assert await ask() == ["It would have hidden 2 of 2 for Billing."]
        await house.publish("n2", "team:billing")
        since = f"{datetime.fromtimestamp(house.now, UTC):%Y-%m-%d %H:%M}"
        assert await ask() == [
            "It would have hidden 2 of 2 for Billing.",
            f"Only what came since {since} UTC was compared: before, there is too much.",
        ]
        house.now += 8 * 86_400
        await house.publish("n3", "team:billing")
        assert await ask() == ["It would have hidden 1 of 1 for Billing."]

    stage(scene)


def test_who_follows_a_case_is_asked_for(stage: Stage) -> None:
    """A rule for what one follows is tried on what one follows."""

    async def scene(house: House) -> None:
        await house.publish("n1", "team:billing")
        await house.journal.follow(AGENT, "n1", on=True)
        rules = [{**OFF, "relation": "followed"}]
        tried = await house.ask(AGENT, "POST", f"/filters/agent:{AGENT}/preview", json={"rules": rules})
        assert tried.json()["sentences"] == ["It would have hidden 1 of 1 for Mira."]

    stage(scene)


@pytest.mark.parametrize("name", ["team:Sales%2FEMEA", "team:sales/emea", "team:Vertrieb%20%C3%96st"])
def test_a_layers_name_may_have_any_letters(stage: Stage, name: str) -> None:
    """Slashes, blanks and umlauts are in teams' names."""

    async def scene(house: House) -> None:
        await house.pair(STRANGER, "tablet", "Sales/EMEA", "Vertrieb Öst")
        assert (await put(house, ADMIN, name, OFF)).status_code == 200
        tried = await house.ask(ADMIN, "POST", f"/filters/{name}/preview", json={"rules": []})
        assert tried.status_code == 200
        shown = (await house.ask(STRANGER, "GET", "/filters")).json()
        assert len(shown["layers"]) == 1

    stage(scene)
