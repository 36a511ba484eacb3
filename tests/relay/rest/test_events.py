"""Events and playbooks over the API: what arrived, and what words would be made of it."""

import pytest

from relay.errors import PlaybookError
from tests.relay.rest.house import ADMIN, AGENT, LEAD, PLAYBOOK, House, Stage

GERMAN = PLAYBOOK.replace("Payment of {{ data.name }} failed", "Zahlung von {{ data.name }}")


def test_an_admin_sees_what_arrived(stage: Stage) -> None:
    """A list without content, chosen and paged; one event with its content and what it led to."""

    async def scene(house: House) -> None:
        first = await house.publish("team", "team:billing")
        await house.receive("other.thing")
        items = (await house.ask(ADMIN, "GET", "/events")).json()["items"]
        assert [item["type"] for item in items] == ["other.thing", "payment.failed"]
        assert "data" not in items[0]
        page = (await house.ask(ADMIN, "GET", "/events?limit=1")).json()
        rest = (await house.ask(ADMIN, "GET", f"/events?before={page['next']}&state=notified")).json()
        assert [item["seq"] for item in rest["items"]] == [first]
        whole = (await house.ask(ADMIN, "GET", f"/events/{first}")).json()
        assert (whole["data"], whole["led_to"]) == ('{"name": "team"}', ["team"])
        assert (await house.ask(ADMIN, "GET", "/events/99")).status_code == 404
        assert (await house.ask(ADMIN, "GET", "/events/0")).status_code == 422

    stage(scene)


def test_a_lead_sees_what_other_words_would_say(stage: Stage) -> None:
    """The playbooks in use or a candidate, on an event that told the team; nobody is sent it."""

    async def scene(house: House) -> None:
        ours = await house.publish("team", "team:billing")
        theirs = await house.publish("other", "team:support")
        before = await house.journal.latest()

        async def preview(seq: int, text: str | None = None) -> tuple[int, list[str]]:
            answer = await house.ask(LEAD, "POST", f"/events/{seq}/preview", json={"text": text})
            return answer.status_code, [draft["title"] for draft in answer.json().get("drafts", [])]

        assert await preview(ours) == (200, ["Payment of team failed"])
        assert await preview(ours, GERMAN) == (200, ["Zahlung von team"])
        assert await preview(theirs) == (404, [])
        assert await preview(99) == (404, [])
        content = {"name": "german", "text": GERMAN, "event": ours}
        answer = await house.ask(LEAD, "POST", "/playbooks/preview", json=content)
        assert answer.json()["drafts"][0]["playbook"] == "german"
        assert await house.journal.latest() == before

    stage(scene)


def test_what_told_nobody_is_read_by_admins_only(stage: Stage) -> None:
    """A candidate could show a lead all that it says; why it led to nothing may be asked, and quotes nothing."""

    async def scene(house: House) -> None:
        seq = await house.receive("payment.failed", name="hunter2")
        whole: dict[str, object] = {"name": "german", "text": GERMAN, "event": seq}
        for path, content in {
            f"/events/{seq}/preview": {"text": GERMAN},
            "/playbooks/preview": whole,
        }.items():
            refused = await house.ask(LEAD, "POST", path, json=content)
            assert (refused.status_code, "hunter2" in refused.text) == (404, False)
            shown = await house.ask(ADMIN, "POST", path, json=content)
            assert shown.json()["drafts"][0]["title"] == "Zahlung von hunter2"
        why = await house.ask(LEAD, "GET", f"/events/{seq}/why?agent={AGENT}")
        assert (why.status_code, "hunter2" in why.text) == (200, False)

    stage(scene)


@pytest.mark.parametrize(
    "text",
    ["title =", "colour = 1", PLAYBOOK.replace("data.name", "data.name |"), "x" * 100_000, "\x00"],
)
def test_what_is_wrong_with_a_candidate_is_said(stage: Stage, text: str) -> None:
    """As faults of a validation, and as a refusal of a preview."""

    async def scene(house: House) -> None:
        seq = await house.publish("team", "team:billing")
        found = await house.ask(LEAD, "POST", "/playbooks/validate", json={"text": text})
        faults = found.json()["faults"]
        assert faults
        assert all(fault["problem"] for fault in faults)
        refused = await house.ask(LEAD, "POST", f"/events/{seq}/preview", json={"text": text})
        assert (refused.status_code, set(refused.json())) == (422, {"error"})

    stage(scene)


def test_a_fault_has_its_line(stage: Stage) -> None:
    """And everything that is wrong is said at once."""

    async def scene(house: House) -> None:
        text = PLAYBOOK.replace("priority", "prioritty").replace("[[scripts]]", "[[scripts]]\ncolour = 1")
        found = await house.ask(LEAD, "POST", "/playbooks/validate", json={"text": text})
        assert [fault["line"] for fault in found.json()["faults"]] == [3, 9]

    stage(scene)


def test_a_good_candidate_has_no_faults(stage: Stage) -> None:
    """Nothing is changed by asking."""

    async def scene(house: House) -> None:
        answer = await house.ask(LEAD, "POST", "/playbooks/validate", json={"text": GERMAN})
        assert (answer.status_code, answer.json()) == (200, {"faults": []})

    stage(scene)


def test_the_playbooks_in_use_are_listed(stage: Stage) -> None:
    """In short for everybody, whole for leads, with what is wrong in the folder."""

    async def scene(house: House) -> None:
        (short,) = (await house.ask(AGENT, "GET", "/playbooks")).json()
        assert (short["name"], short["types"]) == ("payment-failed", ["payment.failed"])
        whole = (await house.ask(LEAD, "GET", "/playbooks/payment-failed")).json()
        assert whole["content"]["scripts"][0]["text"] == "Hello {{ data.name }}"
        assert (await house.ask(AGENT, "GET", "/playbooks/payment-failed")).status_code == 403
        assert (await house.ask(LEAD, "GET", "/playbooks/nothing")).status_code == 404
        assert (await house.ask(LEAD, "GET", "/playbooks/faults")).json() == {"faults": []}
        house.faults.append(PlaybookError("broken", "title", "is missing"))
        (fault,) = (await house.ask(LEAD, "GET", "/playbooks/faults")).json()["faults"]
        assert (fault["playbook"], fault["field"], fault["problem"]) == ("broken", "title", "is missing")

    stage(scene)


def test_an_event_is_explained_for_an_agent(stage: Stage) -> None:
    """What it led to, or why to nothing; for leads, what concerns their people."""

    async def scene(house: House) -> None:
        ours = await house.publish("ours", f"agent:{AGENT}")
        theirs = await house.publish("theirs", "team:support")

        async def why(agent: str, seq: int, of: str) -> tuple[int, list[str]]:
            answer = await house.ask(agent, "GET", f"/events/{seq}/why?agent={of}")
            return answer.status_code, [one["code"] for one in answer.json()] if answer.is_success else []

        assert await why(LEAD, ours, AGENT) == (200, ["toast"])
        assert await why(LEAD, theirs, AGENT) == (404, [])
        assert await why(ADMIN, theirs, AGENT) == (200, ["not-addressed"])
        assert await why(LEAD, ours, "omar@example.com") == (404, [])
        assert await why(ADMIN, 99, AGENT) == (404, [])
        assert await why(AGENT, ours, AGENT) == (403, [])

    stage(scene)
