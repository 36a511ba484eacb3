"""The API's door: tokens, roles, pace, size, and answers that give nothing away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from relay.errors import StorageBusy
from relay.protocol import Role
from relay.rest import door, gate
from relay.rest.caller import Allow
from relay.rest.front import ROUTERS, rest
from relay.rest.gate import BODY_LIMIT, BURST, OPENAPI
from relay.rest.parts import Parts
from tests.relay.rest.house import ADMIN, AGENT, LEAD, STRANGER, House, Stage


def routes(house: House) -> list[APIRoute]:
    """Return every route of the API."""
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def test_every_route_checks_the_role_once(stage: Stage) -> None:
    """Each has exactly one dependency that lets in by role; only the API's description has none."""

    async def scene(house: House) -> None:
        found = routes(house)
        assert len(found) > 25
        for route in found:
            checks = [one.call for one in route.dependant.dependencies if isinstance(one.call, Allow)]
            assert len(checks) == 1, route.path
        served: list[BaseRoute] = rest(house.parts).routes
        others = [getattr(route, "path", "") for route in served if not isinstance(route, APIRoute)]
        assert [path for path in others if path] == [OPENAPI]

    stage(scene)


def test_without_a_good_token_there_is_one_answer(stage: Stage) -> None:
    """Wrong, missing, doubled or in the address, for what exists and what doesn't: the same 401."""

    async def scene(house: House) -> None:
        token = house.tokens[ADMIN]
        attempts: list[tuple[str, Any]] = [
            ("/v1/me", {}),
            ("/v1/nothing", {}),
            ("/v1/events", {"Authorization": "Bearer dbt_wrong"}),
            ("/v1/events", {"Authorization": f"Basic {token}"}),
            ("/v1/events", {"Authorization": token}),
            ("/v1/events", {"Authorization": f"Bearer {token}x"}),
            ("/v1/events", {"Authorization": "Bearer \xff\xfe".encode("latin-1")}),
            ("/v1/events", [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]),
            (f"/v1/events?token={token}", {}),
            (f"/v1/events?access_token={token}", {}),
        ]
        for path, headers in attempts:
            answer = await house.client.get(path, headers=headers)
            assert (answer.status_code, answer.json()) == (401, {"error": "A valid device token is needed."})
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.headers["cache-control"] == "no-store"
        assert (await house.ask(ADMIN, "GET", "/events")).status_code == 200

    stage(scene)


def test_a_revoked_device_is_refused_at_once(stage: Stage) -> None:
    """Its next request after signing out is that of a stranger."""

    async def scene(house: House) -> None:
        assert (await house.ask(AGENT, "DELETE", "/me")).status_code == 204
        assert (await house.ask(AGENT, "GET", "/me")).status_code == 401
        assert house.reloads == 1

    stage(scene)


@pytest.mark.parametrize("agent", [AGENT, LEAD, ADMIN])
def test_a_role_opens_the_routes_it_may_use_and_no_others(stage: Stage, agent: str) -> None:
    """Every route × role: 403 with one sentence exactly where the route asks for more than the role."""

    async def scene(house: House) -> None:
        order = [Role.AGENT, Role.LEAD, Role.ADMIN]
        role = {AGENT: Role.AGENT, LEAD: Role.LEAD, ADMIN: Role.ADMIN}[agent]
        for route in routes(house):
            (check,) = [one.call for one in route.dependant.dependencies if isinstance(one.call, Allow)]
            path = route.path.replace("{id}", "nothing").replace("{seq}", "77").replace("{name}", "nothing")
            path = path.replace("{layer:path}", "team:nothing")
            (method,) = route.methods or set()
            if (method, path) == ("DELETE", "/me"):
                continue
            answer = await house.ask(agent, method, path)
            allowed = order.index(role) >= order.index(check.role)
            constant = (
                answer.json() == {"error": "Your role does not allow this."} if answer.content else False
            )
            assert constant is not allowed, (method, path, answer.text)
            assert answer.status_code == 403 or allowed
            assert answer.status_code < 500
            assert answer.headers["cache-control"] == "no-store"

    stage(scene)


def test_a_request_has_a_limit(stage: Stage) -> None:
    """At the limit it is read; one byte more is refused, declared or not, and nothing is parsed."""

    async def scene(house: House) -> None:
        text = b'{"text": "%s"}'
        fits = text % (b"x" * (BODY_LIMIT - len(text % b"")))

        async def chunks() -> AsyncIterator[bytes]:
            yield fits
            yield b" "

        async def send(content: Any) -> int:
            headers = {"Content-Type": "application/json"}
            answer = await house.ask(LEAD, "POST", "/playbooks/validate", content=content, headers=headers)
            assert set(answer.json()) == {"error"}
            assert answer.json()["error"].startswith("text: " if answer.status_code == 422 else "The request")
            return answer.status_code

        assert await send(fits) == 422  # read, and longer than a playbook may be
        assert await send(fits + b" ") == 413
        assert await send(chunks()) == 413

    stage(scene)


def test_a_body_has_to_come_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever trickles is told so instead of being waited for."""

    async def scene(house: House) -> None:
        monkeypatch.setattr(door, "BODY_SECONDS", 0.05)
        over = asyncio.Event()

        async def trickle() -> AsyncIterator[bytes]:
            yield b"{"
            await over.wait()

        request = asyncio.ensure_future(house.ask(LEAD, "POST", "/playbooks/validate", content=trickle()))
        reader, writer = await asyncio.open_connection(house.client.base_url.host, house.client.base_url.port)
        writer.write(
            b"POST /v1/playbooks/validate HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
            b"Authorization: Bearer " + house.tokens[LEAD].encode() + b"\r\n\r\n{"
        )
        head = await reader.readline()
        assert head.split()[1] == b"408"
        writer.close()
        over.set()
        await asyncio.wait([request])
        request.exception()

    stage(scene)


def test_a_device_has_a_pace_of_its_own(stage: Stage) -> None:
    """So many at once, then 429 with the time to wait; another device isn't slowed down."""

    async def scene(house: House) -> None:
        async def ask(agent: str) -> Any:
            headers = {"Authorization": f"Bearer {house.tokens[agent]}"}
            return await house.client.get("/v1/me", headers=headers)

        for _ in range(BURST):
            assert (await ask(AGENT)).status_code == 200
        slow = await ask(AGENT)
        assert (slow.status_code, slow.headers["retry-after"]) == (429, "1")
        assert set(slow.json()) == {"error"}
        assert (await ask(STRANGER)).status_code == 200
        house.ticks += 1
        assert (await ask(AGENT)).status_code == 200

    stage(scene)


def test_what_is_wrong_with_a_request_is_said_with_the_fields_name(stage: Stage) -> None:
    """In one sentence, without what was in the field."""

    async def scene(house: House) -> None:
        answer = await house.ask(AGENT, "GET", "/notifications?limit=secret-word&stage=nothing")
        assert answer.status_code == 422
        assert set(answer.json()) == {"error"}
        assert "limit: " in answer.json()["error"]
        assert "stage.0: " in answer.json()["error"]
        assert "secret-word" not in answer.text
        headers = {"Content-Type": "application/json"}
        odd = await house.ask(
            LEAD, "POST", "/broadcast", key="1", content=b'{"\\ud800": 1, "title": "x"}', headers=headers
        )
        assert (odd.status_code, set(odd.json())) == (422, {"error"})
        broken = await house.ask(LEAD, "POST", "/broadcast", key="1", content=b'{"title"', headers=headers)
        assert (broken.status_code, set(broken.json())) == (422, {"error"})

    stage(scene)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/me/", 404), ("POST", "/me", 405), ("GET", "/docs", 404)],
)
def test_what_does_not_exist_says_so_in_json(stage: Stage, method: str, path: str, status: int) -> None:
    """Without a redirect or a page."""

    async def scene(house: House) -> None:
        answer = await house.ask(AGENT, method, path)
        assert (answer.status_code, set(answer.json())) == (status, {"error"})

    stage(scene)


def test_the_description_needs_no_token_and_loads_nothing(stage: Stage) -> None:
    """It is served as JSON under /v1; FastAPI's pages with foreign scripts aren't."""

    async def scene(house: House) -> None:
        answer = await house.client.get(OPENAPI)
        assert answer.status_code == 200
        assert answer.json()["components"]["securitySchemes"]
        for path in ("/docs", "/redoc", "/openapi.json", "/v1/docs"):
            assert (await house.client.get(path)).status_code == 401

    stage(scene)


def test_a_busy_journal_is_503(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the time to come back, and without the journal's own words."""

    async def scene(house: House) -> None:
        async def fail(*_: Any, **__: Any) -> None:
            raise StorageBusy("/var/lib/secret: full")

        monkeypatch.setattr(house.journal, "works", fail)
        answer = await house.ask(AGENT, "GET", "/notifications")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json() == {"error": "Try again in a moment."}

    stage(scene)


def test_a_bug_is_one_answer_and_a_line_without_content(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a request said appears neither in the answer nor in the log."""

    async def scene(house: House) -> None:
        async def fail(*_: Any, **__: Any) -> None:
            raise ValueError("customer-secret")

        monkeypatch.setattr(house.journal, "works", fail)
        answer = await house.ask(AGENT, "GET", "/notifications")
        assert (answer.status_code, answer.json()) == (500, {"error": "Something went wrong at the relay."})
        assert answer.headers["cache-control"] == "no-store"
        ((event, fields),) = house.log.lines
        assert (event, fields["error"]) == ("rest-failed", "ValueError")
        assert fields["path"].endswith("/notifications")
        assert "customer-secret" not in str(house.log.lines)

    stage(scene)


def test_before_the_devices_are_known_nobody_is_unknown(stage: Stage) -> None:
    """A relay that starts or stops says 503 and when to come back, not that a token is void."""

    async def scene(house: House) -> None:
        house.accepting = False
        for agent in (AGENT, ADMIN):
            answer = await house.ask(agent, "GET", "/me")
            assert (answer.status_code, answer.json()) == (503, {"error": "The relay is restarting."})
            assert answer.headers["retry-after"] == "5"
        assert (await house.client.get("/v1/me")).status_code == 503
        assert (await house.client.get(OPENAPI)).status_code == 200

    stage(scene)


def test_the_api_is_built_before_anybody_asks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some time after the start it is there, and whoever asks then does not wait for it; it is built once."""
    monkeypatch.setattr(gate, "WARM_SECONDS", 0.0)

    async def scene(house: House) -> None:
        built: list[Parts] = []

        def build(parts: Parts) -> FastAPI:
            built.append(parts)
            return rest(parts)

        warm = gate.Gate(house.parts, build)
        await warm.warm_up()
        await warm.warm_up()
        assert built == [house.parts]

    stage(scene)
