"""Calls to other systems over the API: seen, tried again and given up by who answers for them."""

import pytest
from msgspec.structs import replace

from relay.calls import Call, CallState
from relay.rest.actions import MEANWHILE
from tests.relay.rest.house import ADMIN, AGENT, LEAD, House, Stage


async def call(house: House, id_: str, notification: str, state: CallState = CallState.DEAD) -> None:
    """Store a call for a notification."""
    made = Call(
        id=id_,
        notification=notification,
        playbook="payment-failed",
        action="mail",
        label="Send e-mail",
        url="https://api.example.com/secret-in-the-path?token=x",
        headers={"Authorization": "env:TOKEN"},
        body="customer",
        created_at=house.now,
        due=house.now,
        state=state,
        problem="api.example.com said no",
    )
    await house.journal.add_calls([made])


def test_calls_are_listed_for_who_answers_for_the_notification(stage: Stage) -> None:
    """Without address, headers and body; an agent sees none."""

    async def scene(house: House) -> None:
        await house.publish("ours", "team:billing")
        await house.publish("theirs", "team:support")
        await call(house, "c1", "ours")
        await call(house, "c2", "theirs", CallState.WAITING)
        led = await house.ask(LEAD, "GET", "/actions")
        assert [one["id"] for one in led.json()["items"]] == ["c1"]
        assert led.json()["items"][0]["host"] == "api.example.com"
        for secret in ("secret-in-the-path", "TOKEN", "customer"):
            assert secret not in led.text
        assert await listed(house, ADMIN) == (["c2", "c1"], None)
        assert await listed(house, ADMIN, "?state=waiting") == (["c2"], None)
        assert await listed(house, ADMIN, "?notification=ours") == (["c1"], None)
        assert (await house.ask(AGENT, "GET", "/actions")).status_code == 403

    stage(scene)


async def listed(house: House, agent: str, asked: str = "") -> tuple[list[str], str | None]:
    """Return the ids of calls as they are listed, and where the next part begins."""
    page = (await house.ask(agent, "GET", f"/actions{asked}")).json()
    return [one["id"] for one in page["items"]], page["next"]


def test_a_lead_s_calls_are_found_behind_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another team's playbooks call doesn't use up the limit, and the rest comes in parts."""
    monkeypatch.setattr("relay.rest.actions.MAX_CALLS", 3)

    async def scene(house: House) -> None:
        await house.publish("ours", "team:billing")
        await house.publish("theirs", "team:support")
        for number in range(20):
            await call(house, f"c{number:02}", "theirs" if number % 5 else "ours")
        assert await listed(house, LEAD, "?limit=1") == (["c15"], "c15")
        assert await listed(house, LEAD, "?limit=2&before=c15") == (["c10", "c05"], "c05")
        assert await listed(house, LEAD, "?limit=2&before=c05") == (["c00"], None)
        assert await listed(house, LEAD, "?limit=3&state=done") == ([], None)
        assert await listed(house, ADMIN, "?limit=2&before=c03") == (["c02", "c01"], "c01")
        assert await listed(house, ADMIN, "?before=gone") == ([], None)

    stage(scene)


def test_who_has_a_notification_sees_what_its_buttons_came_to(stage: Stage) -> None:
    """Label, state, when and by whom: not where to, nor what was sent."""

    async def scene(house: House) -> None:
        await house.publish("ours", "team:billing")
        await call(house, "c1", "ours", CallState.DONE)
        whole = await house.ask(AGENT, "GET", "/notifications/ours")
        told = {"label": "Send e-mail", "by": "", "created_at": house.now, "state": "done"}
        assert whole.json()["calls"] == [told]
        assert "secret-in-the-path" not in whole.text

    stage(scene)


def test_a_dead_call_is_tried_again(stage: Stage) -> None:
    """Once: then it waits, and whoever makes calls was told."""

    async def scene(house: House) -> None:
        await house.publish("ours", "team:billing")
        await call(house, "c1", "ours")
        house.now += 60
        answer = await house.ask(LEAD, "POST", "/actions/c1/retry")
        assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
        assert [one.id for one in await house.journal.calls_due(house.now, 10)] == ["c1"]
        assert house.woken
        again = await house.ask(LEAD, "POST", "/actions/c1/retry")
        assert (again.status_code, set(again.json())) == (409, {"error"})

    stage(scene)


def test_a_waiting_call_is_dropped(stage: Stage) -> None:
    """It isn't made any more, says who dropped it, and can be tried again; what was made can't be dropped."""

    async def scene(house: House) -> None:
        await house.publish("ours", "team:billing")
        await call(house, "c1", "ours", CallState.WAITING)
        await call(house, "c2", "ours", CallState.DONE)
        assert (await house.ask(LEAD, "DELETE", "/actions/c1")).status_code == 204
        kept = await house.journal.call("c1")
        assert kept is not None
        assert kept.state is CallState.DROPPED
        assert kept.problem.endswith(f"Dropped by {LEAD}.")
        assert await house.journal.calls_due(house.now, 10) == []
        assert (await house.ask(LEAD, "DELETE", "/actions/c1")).status_code == 204
        assert (await house.ask(LEAD, "DELETE", "/actions/c2")).status_code == 409
        assert await listed(house, LEAD, "?state=dropped") == (["c1"], None)
        again = await house.ask(LEAD, "POST", "/actions/c1/retry")
        assert (again.status_code, again.json()["state"]) == (200, "waiting")

    stage(scene)


@pytest.mark.parametrize(("method", "path"), [("POST", "/actions/c1/retry"), ("DELETE", "/actions/c2")])
def test_what_has_just_become_of_a_call_is_not_undone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    """Done between the look at it and the change: the answer is a conflict with a sentence, and it stays done."""

    async def scene(house: House) -> None:
        await house.publish("ours", "team:billing")
        await call(house, "c1", "ours", CallState.DROPPED)
        await call(house, "c2", "ours", CallState.WAITING)
        look = house.journal.call

        async def overtaken(id_: str) -> Call | None:
            found = await look(id_)
            assert found is not None
            await house.journal.keep_call(replace(found, state=CallState.DONE), {found.state})
            return found

        monkeypatch.setattr(house.journal, "call", overtaken)
        answer = await house.ask(LEAD, method, path)
        assert (answer.status_code, answer.json()["error"]) == (409, MEANWHILE)
        kept = await look(path.split("/")[2])
        assert kept is not None
        assert kept.state is CallState.DONE
        assert not house.woken

    stage(scene)


@pytest.mark.parametrize(("method", "path"), [("POST", "/actions/{}/retry"), ("DELETE", "/actions/{}")])
def test_others_calls_do_not_exist(stage: Stage, method: str, path: str) -> None:
    """The very answer that an invented id gets."""

    async def scene(house: House) -> None:
        await house.publish("theirs", "team:support")
        await call(house, "c1", "theirs")
        answers = [await house.ask(LEAD, method, path.format(id_)) for id_ in ("c1", "invented")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content

    stage(scene)
