"""Notifications over the API: who sees which, and what can be done to them."""

import asyncio

import pytest

from relay.claims import Move, Verb
from relay.event import EVERYONE, Mode
from relay.protocol import Receipt, Seen
from relay.protocol import Stage as Is
from tests.relay.rest.house import ADMIN, AGENT, COLLEAGUE, LEAD, STRANGER, House, Stage

NOTHING = {"error": "There is nothing here, or nothing for you."}


async def listed(house: House, agent: str, query: str = "") -> list[str]:
    """Return the ids of a list."""
    answer = await house.ask(agent, "GET", f"/notifications{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_everybody_sees_the_own(stage: Stage) -> None:
    """An agent what is addressed to it, a lead the teams' when asked for, an admin all when asked for."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        await house.publish("mira", f"agent:{AGENT}")
        await house.publish("omar", f"agent:{STRANGER}")
        await house.publish("all", EVERYONE)
        assert await listed(house, AGENT) == ["all", "mira", "team"]
        assert await listed(house, COLLEAGUE) == ["all", "team"]
        assert await listed(house, STRANGER) == ["all", "omar"]
        assert await listed(house, LEAD) == ["all"]
        assert await listed(house, LEAD, "?scope=led") == ["mira", "team"]
        assert await listed(house, ADMIN, "?scope=all") == ["all", "omar", "mira", "team"]
        for agent, scope in [(AGENT, "led"), (AGENT, "all"), (LEAD, "all")]:
            assert (await house.ask(agent, "GET", f"/notifications?scope={scope}")).status_code == 403

    stage(scene)


def test_a_list_goes_on_where_it_ended(stage: Stage) -> None:
    """Pages don't overlap, and the last one says that it is the last."""

    async def scene(house: House) -> None:
        for number in range(5):
            await house.publish(f"n{number}", "team:billing")
        found, before = [], ""
        while before != "&before=None":
            page = (await house.ask(AGENT, "GET", f"/notifications?limit=2{before}")).json()
            found += [item["id"] for item in page["items"]]
            before = f"&before={page['next']}"
        assert found == ["n4", "n3", "n2", "n1", "n0"]

    stage(scene)


def test_a_list_is_chosen_by_stage_and_holder(stage: Stage) -> None:
    """What is claimed, what is new, and what the caller has."""

    async def scene(house: House) -> None:
        for name in ("one", "two", "three"):
            await house.publish(name, "team:billing")
        await house.ask(AGENT, "POST", "/notifications/one/claim", key="1")
        await house.ask(COLLEAGUE, "POST", "/notifications/two/claim", key="1")
        assert await listed(house, AGENT, "?stage=new") == ["three"]
        assert set(await listed(house, AGENT, "?stage=claimed")) == {"one", "two"}
        assert set(await listed(house, AGENT, "?stage=claimed&stage=new")) == {"one", "two", "three"}
        assert await listed(house, AGENT, "?held=true") == ["one"]

    stage(scene)


def test_what_is_not_addressed_to_the_caller_does_not_exist(stage: Stage) -> None:
    """Reading, moving, following: the very answer that an invented id gets."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        for id_ in ("team", "invented"):
            answers = [
                await house.ask(STRANGER, "GET", f"/notifications/{id_}"),
                await house.ask(STRANGER, "GET", f"/notifications/{id_}/follow"),
                await house.ask(STRANGER, "PUT", f"/notifications/{id_}/follow", json={"on": True}),
                *[
                    await house.ask(STRANGER, "POST", f"/notifications/{id_}/{verb}", key="1", json=content)
                    for verb, content in [
                        ("claim", {}),
                        ("release", {}),
                        ("release", {"overrule": True}),
                        ("done", {}),
                        ("pass", {"to": AGENT}),
                    ]
                ],
            ]
            assert {(answer.status_code, str(answer.json())) for answer in answers} == {(404, str(NOTHING))}
        assert (await house.journal.work(["team"]))["team"].stage is Is.NEW

    stage(scene)


def test_a_notification_has_its_words_and_its_history(stage: Stage) -> None:
    """What it says, who did what to it, and the caller's own receipts."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        await house.ask(AGENT, "POST", "/notifications/team/claim", key="1", json={})
        seen = [(AGENT, "d", Receipt(id="team", what=Seen.SHOWN, at=1.0))]
        seen += [
            (COLLEAGUE, "e", Receipt(id="team", what=what, at=2.0)) for what in (Seen.SHOWN, Seen.OPENED)
        ]
        await house.journal.receipts(seen)
        whole = (await house.ask(AGENT, "GET", "/notifications/team")).json()
        assert whole["words"]["scripts"][0]["missing"] == ["phone"]
        assert [(step["verb"], step["by"]) for step in whole["history"]] == [
            ("published", ""),
            ("claim", AGENT),
        ]
        assert whole["receipts"] == [{"what": "shown", "at": 1.0}]
        assert whole["seen"] == {}
        led = (await house.ask(LEAD, "GET", "/notifications/team")).json()
        assert (led["receipts"], led["seen"]) == ([], {"shown": 2, "opened": 1})

    stage(scene)


def test_one_claim_wins_and_the_others_are_told_who(stage: Stage) -> None:
    """Of many at once, one gets the notification and the others its holder's name."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        answers = await asyncio.gather(
            *(
                house.ask(agent, "POST", "/notifications/team/claim", key=f"{agent}{number}")
                for number in range(10)
                for agent in (AGENT, COLLEAGUE)
            )
        )
        won = {answer.json()["holders"][0] for answer in answers if answer.status_code == 200}
        lost = [answer for answer in answers if answer.status_code != 200]
        assert len(won) == 1
        (winner,) = won
        name = {AGENT: "Mira", COLLEAGUE: "Zoe"}[winner]
        assert len(lost) == 10
        for answer in lost:
            assert answer.status_code == 409
            assert answer.json() == {"error": f"{name} was faster.", "by": winner, "name": name}

    stage(scene)


def test_the_same_key_gets_the_same_answer(stage: Stage) -> None:
    """However the state is by then; the same key for something else is another request."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        await house.publish("other", "team:billing")
        first = await house.ask(AGENT, "POST", "/notifications/team/claim", key="k")
        assert (await house.ask(AGENT, "POST", "/notifications/team/release", key="k")).status_code == 200
        again = await house.ask(AGENT, "POST", "/notifications/team/claim", key="k")
        assert (again.status_code, again.json()) == (200, first.json())
        assert (await house.journal.work(["team"]))["team"].stage is Is.NEW
        assert (await house.ask(AGENT, "POST", "/notifications/other/claim", key="k")).json()["id"] == "other"
        assert (await house.ask(AGENT, "POST", "/notifications/team/claim")).status_code == 422

    stage(scene)


def test_a_lead_who_asks_again_gets_the_same_answer(stage: Stage) -> None:
    """Though nobody of the led teams holds it any more, so that it isn't the lead's business by now."""

    async def scene(house: House) -> None:
        await house.publish("all", EVERYONE)
        await house.ask(AGENT, "POST", "/notifications/all/claim", key="1")
        for agent, key, status in [(LEAD, "k", 200), (LEAD, "k", 200), (LEAD, "other", 403)]:
            over = {"overrule": True}
            answer = await house.ask(agent, "POST", "/notifications/all/release", key=key, json=over)
            assert (answer.status_code, answer.json().get("stage")) == (
                status,
                "new" if status == 200 else None,
            )
        for _ in range(2):
            gone = await house.ask(STRANGER, "POST", "/notifications/never/claim", key="k")
            assert (gone.status_code, gone.json()) == (404, NOTHING)
        assert len(await house.journal.history("all")) == 3

    stage(scene)


def test_work_is_done_once(stage: Stage) -> None:
    """Doing it again is fine, and whoever comes later is told that it is over."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        assert (await house.ask(AGENT, "POST", "/notifications/team/done", key="1")).json()["stage"] == "done"
        assert (await house.ask(AGENT, "POST", "/notifications/team/done", key="2")).status_code == 200
        late = await house.ask(COLLEAGUE, "POST", "/notifications/team/claim", key="1")
        assert (late.status_code, late.json()) == (409, {"error": "This is over already."})

    stage(scene)


def test_what_informs_cannot_be_claimed(stage: Stage) -> None:
    """There is nothing to be done about it."""

    async def scene(house: House) -> None:
        await house.publish("news", "team:billing", mode=Mode.INFORM)
        answer = await house.ask(AGENT, "POST", "/notifications/news/claim", key="1")
        assert (answer.status_code, answer.json()) == (409, {"error": "There is nothing to claim here."})

    stage(scene)


@pytest.mark.parametrize(
    ("to", "seer"), [(STRANGER, STRANGER), ("OMAR@example.com", STRANGER), ("team:Support", STRANGER)]
)
def test_work_is_passed_on(stage: Stage, to: str, seer: str) -> None:
    """To an agent or a team, who see it from then on."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        content = {"to": to, "reason": "speaks Arabic"}
        answer = await house.ask(AGENT, "POST", "/notifications/team/pass", key="1", json=content)
        assert answer.status_code == 200, answer.text
        assert await listed(house, seer) == ["team"]
        assert (await house.ask(seer, "POST", "/notifications/team/claim", key="1")).status_code == 200

    stage(scene)


@pytest.mark.parametrize(
    "to", ["nobody@example.com", "team:nothing", "team:", "x", "lead:billing", "everyone"]
)
def test_work_is_passed_on_to_people_who_are_known(stage: Stage, to: str) -> None:
    """Others get it never, and it stays where it was."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        answer = await house.ask(AGENT, "POST", "/notifications/team/pass", key="1", json={"to": to})
        assert answer.status_code == 422
        assert answer.json()["error"].startswith("to: ")
        assert (await house.journal.work(["team"]))["team"].stage is Is.NEW

    stage(scene)


def test_a_lead_decides_over_the_holders_head_for_the_led_teams(stage: Stage) -> None:
    """Release, done, pass on; nobody else may, and the lead not for other teams."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        await house.publish("all", EVERYONE)
        await house.ask(AGENT, "POST", "/notifications/team/claim", key="1")
        await house.ask(STRANGER, "POST", "/notifications/all/claim", key="1")
        over = {"overrule": True}

        async def ask(agent: str, id_: str, verb: str, key: str) -> int:
            return (
                await house.ask(agent, "POST", f"/notifications/{id_}/{verb}", key=key, json=over)
            ).status_code

        assert await ask(COLLEAGUE, "team", "release", "1") == 403
        assert await ask(LEAD, "all", "release", "1") == 403
        assert await ask(LEAD, "team", "release", "2") == 200
        assert await ask(ADMIN, "all", "done", "4") == 200

    stage(scene)


def test_who_sees_it_is_told_why_it_cannot_be_done(stage: Stage) -> None:
    """Without overruling, what went to others is theirs to take: never that there is nothing."""

    async def scene(house: House) -> None:
        await house.publish("mira", f"agent:{AGENT}")
        others = {"error": "This went to others, and not to you."}
        for agent in (LEAD, ADMIN):
            assert (await house.ask(agent, "GET", "/notifications/mira")).status_code == 200
            for verb, status, error in [
                ("claim", 403, others),
                ("done", 403, others),
                ("pass", 403, others),
                ("release", 409, {"error": "You have not claimed this."}),
            ]:
                content = {"to": AGENT} if verb == "pass" else {}
                answer = await house.ask(agent, "POST", f"/notifications/mira/{verb}", key="1", json=content)
                assert (answer.status_code, answer.json()) == (status, error)
        await house.ask(AGENT, "POST", "/notifications/mira/claim", key="1")
        late = await house.ask(LEAD, "POST", "/notifications/mira/claim", key="2")
        assert (late.status_code, late.json()["error"]) == (409, "Mira was faster.")
        assert (await house.journal.work(["mira"]))["mira"].holder == AGENT

    stage(scene)


def test_a_mistake_is_withdrawn_by_who_answers_for_it(stage: Stage) -> None:
    """By the team's lead or an admin."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        await house.publish("all", EVERYONE)
        assert (await house.ask(AGENT, "POST", "/notifications/team/withdraw", key="1")).status_code == 403
        assert (await house.ask(LEAD, "POST", "/notifications/all/withdraw", key="1")).status_code == 403
        for agent, id_ in [(LEAD, "team"), (ADMIN, "all")]:
            answer = await house.ask(agent, "POST", f"/notifications/{id_}/withdraw", key="1")
            assert answer.json()["stage"] == "withdrawn"

    stage(scene)


def test_a_case_is_followed(stage: Stage) -> None:
    """By its collapse key, or else by the notification itself, until one stops."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing", collapse="case/1")
        address = "/notifications/team/follow"
        assert (await house.ask(AGENT, "GET", address)).json() == {"case": "case/1", "on": False}
        await house.ask(AGENT, "PUT", address, json={"on": True})
        assert (await house.ask(AGENT, "GET", address)).json()["on"] is True
        assert await house.journal.followers() == {"case/1": (AGENT,)}
        await house.ask(AGENT, "PUT", address, json={"on": False})
        assert (await house.ask(AGENT, "GET", address)).json()["on"] is False

    stage(scene)


def test_what_reached_nobody_is_listed_for_the_leads(stage: Stage) -> None:
    """Of their teams, and for an admin all."""

    async def scene(house: House) -> None:
        await house.publish("ours", "team:billing")
        await house.publish("theirs", "team:support")
        moves = [Move(id=id_, verb=Verb.STRAND) for id_ in ("ours", "theirs")]
        await house.journal.move(moves, house.now)

        async def found(agent: str) -> list[str]:
            return [item["id"] for item in (await house.ask(agent, "GET", "/unrouted")).json()["items"]]

        assert await found(LEAD) == ["ours"]
        assert await found(ADMIN) == ["theirs", "ours"]
        assert (await house.ask(AGENT, "GET", "/unrouted")).status_code == 403

    stage(scene)


def test_signing_out_gives_claims_back_with_the_last_device(stage: Stage) -> None:
    """As long as another device of the agent is left, the agent is still there."""

    async def scene(house: House) -> None:
        await house.publish("team", "team:billing")
        await house.ask(AGENT, "POST", "/notifications/team/claim", key="1")
        second = await house.pair(AGENT, "tablet")
        assert (await house.ask(AGENT, "DELETE", "/me")).status_code == 204
        assert (await house.journal.work(["team"]))["team"].holder == AGENT
        house.tokens[AGENT] = second
        assert (await house.ask(AGENT, "DELETE", "/me")).status_code == 204
        assert (await house.journal.work(["team"]))["team"].stage is Is.NEW
        assert all(one.revoked_at for one in await house.journal.devices() if one.agent == AGENT)

    stage(scene)


def test_why_is_told_to_the_agent_and_to_who_answers_for_it(stage: Stage) -> None:
    """The agent its own; the lead the team's, and who wasn't addressed; strangers nothing."""

    async def scene(house: House) -> None:
        await house.publish("mira", f"agent:{AGENT}")

        async def why(agent: str, of: str = "") -> tuple[int, str]:
            query = f"?agent={of}" if of else ""
            answer = await house.ask(agent, "GET", f"/notifications/mira/why{query}")
            return answer.status_code, answer.json().get("code", "")

        assert await why(AGENT) == (200, "toast")
        assert await why(LEAD, AGENT) == (200, "toast")
        assert await why(LEAD, COLLEAGUE) == (200, "not-addressed")
        assert await why(ADMIN, STRANGER) == (200, "not-addressed")
        assert await why(AGENT, COLLEAGUE) == (404, "")
        assert await why(LEAD, STRANGER) == (404, "")
        assert await why(COLLEAGUE) == (404, "")

    stage(scene)


def test_why_tells_of_the_filters_that_decided_then(stage: Stage) -> None:
    """Whoever had it off is told which rule it was, though the rule is another one now."""

    async def scene(house: House) -> None:
        address = f"/filters/agent:{AGENT}"
        off = {"rules": [{"types": "deskbell.*", "how": "off"}]}
        await house.ask(AGENT, "PUT", address, json=off, headers={"If-Match": "0"})
        news = {"title": "News", "everyone": True}
        id_ = (await house.ask(ADMIN, "POST", "/broadcast", key="k", json=news)).json()["id"]
        await house.ask(AGENT, "PUT", address, json={}, headers={"If-Match": "1"})
        told = (await house.ask(AGENT, "GET", f"/notifications/{id_}/why")).json()
        assert (told["code"], told["how"]) == ("filter", None)
        assert told["because"][-2] == "Mira says: deskbell.* is off."

    stage(scene)
