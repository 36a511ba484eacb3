"""The page about claims says what the code does."""

import re
from pathlib import Path

from relay import playbooks
from relay.playbooks import seconds
from relay.protocol import OVER, Stage
from relay.requests import PASSED_SECONDS
from relay.timekeeper import ABSENT_SECONDS

PAGE = (Path(__file__).parents[2] / "docs/claims.md").read_text(encoding="utf-8")


def test_every_stage_is_explained() -> None:
    """In the table, or, as what those see who have lost it, below."""
    rows = re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z]+)`", row)}
    assert named | {"passed"} == {stage.value for stage in Stage}
    assert ", ".join(f"`{stage}`" for stage in (Stage.DONE, Stage.EXPIRED, Stage.WITHDRAWN)) in PAGE
    assert frozenset({Stage.DONE, Stage.EXPIRED, Stage.WITHDRAWN}) == OVER


def test_the_ladder_of_the_example_can_be_used() -> None:
    """As part of a playbook; and its table counts as the clock does."""
    (ladder,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    action = '[[actions]]\nname = "ring"\nlabel = "Ring"\nurl = "https://example.com/ring"\n'
    text = f'title = "T"\n[when]\ntypes = ["*"]\n[audience]\nteams = ["billing"]\n{action}{ladder}'
    playbook = playbooks.parse("example", text)
    assert [seconds(rung.after) for rung in playbook.escalation] == [120.0, 300.0, 900.0]
    assert seconds(playbook.lease) == 600.0


def test_the_times_are_those_of_the_code() -> None:
    """Two minutes for absence, and for whom it was passed on to."""
    assert ABSENT_SECONDS == PASSED_SECONDS == 120.0
    assert PAGE.count("two minutes") >= 3
