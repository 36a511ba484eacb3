"""A stage for scenes with the API."""

import asyncio
from pathlib import Path

import pytest

from tests.relay.rest.house import Scene, Stage, housed


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Give a function that plays a scene in a house of its own."""

    def play(scene: Scene) -> None:
        async def whole() -> None:
            async with asyncio.timeout(60), housed(tmp_path) as house:
                await scene(house)

        asyncio.run(whole())

    return play
