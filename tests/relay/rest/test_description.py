"""The API's description is true: what it says is tried on the API, with what a machine thinks of."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from relay.event import EVERYONE
from tests.relay.rest.house import ADMIN, LEAD, House, housed

EXAMPLES = 20
"""For each operation: some seconds for all of them."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[House]:
    """A house on an event loop in a thread of its own, for a client that waits."""
    found: concurrent.futures.Future[tuple[House, asyncio.AbstractEventLoop, asyncio.Event]]
    found = concurrent.futures.Future()

    async def live() -> None:
        async with housed(tmp_path) as house:
            over = asyncio.Event()
            house.hurry = True
            await house.publish("0", EVERYONE)
            await house.publish("1", "team:billing")
            found.set_result((house, asyncio.get_running_loop(), over))
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    house, loop, over = found.result(timeout=30)
    yield house
    loop.call_soon_threadsafe(over.set)
    thread.join(timeout=30)
    assert not thread.is_alive()


@pytest.mark.parametrize("agent", [LEAD, ADMIN])
def test_what_the_description_says_is_what_is_answered(served: House, agent: str) -> None:
    """No server error, no status, type or shape that isn't in it, whatever is asked for."""
    schema = schemathesis.openapi.from_url(f"{served.client.base_url}/v1/openapi.json".replace("//v1", "/v1"))
    headers = {"Authorization": f"Bearer {served.tokens[agent]}"}
    tried = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.label == "DELETE /v1/me":  # would end the token of all that follows
            continue

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def tries(case: schemathesis.Case[Any]) -> None:
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)

        tries()
        tried += 1
    assert tried > 25
