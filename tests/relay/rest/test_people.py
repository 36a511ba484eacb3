"""People over the API: who one is, colleagues, presence, devices, and a word to all."""

from typing import Any

import pytest

from relay.protocol import Availability
from tests.relay.rest.house import ADMIN, AGENT, COLLEAGUE, LEAD, STRANGER, House, Stage


def test_a_caller_learns_who_it_is(stage: Stage) -> None:
    """Name, teams, role, and the teams that are led."""

    async def scene(house: House) -> None:
        me = (await house.ask(LEAD, "GET", "/me")).json()
        assert (me["agent"], me["name"], me["role"]) == (LEAD, "Lena", "lead")
        assert (me["teams"], me["leads"], me["device_name"]) == (["Leads"], ["Billing"], "laptop")

    stage(scene)


def test_colleagues_are_listed_the_own_team_first(stage: Stage) -> None:
    """Without the caller; a search takes part of a name or address."""

    async def scene(house: House) -> None:
        people = (await house.ask(AGENT, "GET", "/people")).json()
        assert [one["agent"] for one in people["agents"]] == [COLLEAGUE, ADMIN, LEAD, STRANGER]
        assert people["teams"] == ["Billing", "Leads", "Support"]
        assert {one["state"] for one in people["agents"]} == {None}
        house.presence.say(COLLEAGUE, "d", Availability.AWAY)
        people = (await house.ask(AGENT, "GET", "/people")).json()
        assert people["agents"][0]["state"] == "away"
        assert "absent_since" not in people["agents"][0]
        found = (await house.ask(AGENT, "GET", "/people?search=OMA")).json()
        assert [one["name"] for one in found["agents"]] == ["Omar"]

    stage(scene)


def test_presence_is_for_the_leads_of_those_people(stage: Stage) -> None:
    """A lead sees the led teams, an admin everybody, an agent nobody."""

    async def scene(house: House) -> None:
        house.presence.say(AGENT, "d", Availability.BUSY)
        led = (await house.ask(LEAD, "GET", "/presence")).json()
        assert [(one["agent"], one["state"]) for one in led] == [(AGENT, "busy"), (COLLEAGUE, None)]
        assert led[1]["absent_since"] == house.now
        assert len((await house.ask(ADMIN, "GET", "/presence")).json()) == 5
        assert (await house.ask(AGENT, "GET", "/presence")).status_code == 403

    stage(scene)


def test_devices_are_the_own(stage: Stage) -> None:
    """Only an admin sees and revokes others'; nobody sees a token or its hash."""

    async def scene(house: House) -> None:
        await house.pair(AGENT, "tablet")
        own = (await house.ask(AGENT, "GET", "/devices")).json()
        assert sorted(one["name"] for one in own) == ["laptop", "tablet"]
        assert "hash" not in str(own)
        every = (await house.ask(ADMIN, "GET", "/devices")).json()
        assert len(every) == 6
        (other,) = [one["id"] for one in every if one["agent"] == STRANGER]
        assert (await house.ask(AGENT, "DELETE", f"/devices/{other}")).status_code == 404
        assert (await house.ask(AGENT, "DELETE", "/devices/nothing")).status_code == 404
        (tablet,) = [one["id"] for one in own if one["name"] == "tablet"]
        assert (await house.ask(AGENT, "DELETE", f"/devices/{tablet}")).status_code == 204
        assert (await house.ask(ADMIN, "DELETE", f"/devices/{other}")).status_code == 204
        assert (await house.ask(STRANGER, "GET", "/me")).status_code == 401

    stage(scene)


def test_a_lead_tells_the_team_something_once(stage: Stage) -> None:
    """It is a notification of its own type with the sender's name, and repeating the request changes nothing."""

    async def scene(house: House) -> None:
        content = {
            "title": "The bank is down",
            "body": "Say so.",
            "teams": ["billing"],
            "priority": "high",
            "scripts": {"en": "Our bank has trouble.", "de": "Unsere Bank hat eine Störung."},
            "link": {"label": "Status page", "url": "https://status.example.com/"},
        }
        first = await house.ask(LEAD, "POST", "/broadcast", key="k", json=content)
        again = await house.ask(LEAD, "POST", "/broadcast", key="k", json=content)
        assert (first.status_code, first.json()) == (201, again.json())
        (item,) = (await house.ask(AGENT, "GET", "/notifications")).json()["items"]
        assert (item["type"], item["title"]) == ("deskbell.broadcast", "The bank is down")
        whole = (await house.ask(AGENT, "GET", f"/notifications/{first.json()['id']}")).json()
        assert whole["words"]["body"] == "Say so.\n\n— Lena"
        assert [script["language"] for script in whole["words"]["scripts"]] == ["en", "de"]
        assert [link["url"] for link in whole["words"]["links"]] == ["https://status.example.com/"]
        assert (await house.ask(STRANGER, "GET", "/notifications")).json()["items"] == []

    stage(scene)


@pytest.mark.parametrize(
    ("agent", "content", "status"),
    [
        (AGENT, {"teams": ["Billing"]}, 403),
        (LEAD, {"teams": ["Support"]}, 403),
        (LEAD, {"teams": ["Billing", "Support"]}, 403),
        (LEAD, {"everyone": True}, 403),
        (LEAD, {"teams": ["Billing"], "priority": "urgent"}, 403),
        (LEAD, {"teams": ["Billing"], "expires": 1}, 422),
        (LEAD, {}, 422),
        (ADMIN, {}, 422),
        (ADMIN, {"teams": ["Nothing"]}, 422),
        (ADMIN, {"teams": ["Billing"], "everyone": True}, 422),
        (ADMIN, {"everyone": True, "title": "x" * 201}, 422),
        (ADMIN, {"everyone": True, "title": "  "}, 422),
        (ADMIN, {"everyone": True, "priority": "urgent"}, 201),
        (ADMIN, {"teams": ["Billing", "Support"]}, 201),
        (ADMIN, {"everyone": True, "title": "x" * 200}, 201),
        (LEAD, {"teams": ["Billing"], "scripts": {"en": "Hello.", "de": "Guten Tag."}}, 201),
        (LEAD, {"teams": ["Billing"], "scripts": {"elvish": "Hello."}}, 422),
        (LEAD, {"teams": ["Billing"], "scripts": {"en": "x" * 8_001}}, 422),
        (LEAD, {"teams": ["Billing"], "link": {"label": "Page", "url": "https://status.example.com/"}}, 201),
        (LEAD, {"teams": ["Billing"], "link": {"label": "Page", "url": "javascript:alert(1)"}}, 422),
        (LEAD, {"teams": ["Billing"], "link": {"label": "", "url": "https://status.example.com/"}}, 422),
    ],
)
def test_who_may_tell_whom(stage: Stage, agent: str, content: dict[str, Any], status: int) -> None:
    """A lead the led teams, an admin everybody, and something urgent only an admin."""

    async def scene(house: House) -> None:
        answer = await house.ask(agent, "POST", "/broadcast", key="k", json={"title": "News", **content})
        assert answer.status_code == status, answer.text
        assert (await house.journal.latest() > 0) is (status == 201)

    stage(scene)


def test_filters_decide_about_a_broadcast_too(stage: Stage) -> None:
    """Whoever has turned it down gets it so."""

    async def scene(house: House) -> None:
        rules = {"rules": [{"types": "deskbell.broadcast", "how": "inbox"}]}
        headers = {"If-Match": '"0"'}
        await house.ask(AGENT, "PUT", f"/filters/agent:{AGENT}", json=rules, headers=headers)
        content = {"title": "News", "teams": ["Billing"]}
        sent = await house.ask(LEAD, "POST", "/broadcast", key="k", json=content)
        stored = await house.journal.notification(sent.json()["id"])
        assert stored is not None
        assert stored.draft.routing.how_for(AGENT) == "inbox"
        assert stored.draft.routing.how_for(COLLEAGUE) == "toast"

    stage(scene)
