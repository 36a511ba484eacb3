"""The page about claims says what the code does."""

import re
from pathlib import Path

from msgspec.structs import replace

from relay import playbooks
from relay.cases import begin, follow_up
from relay.claims import Move, Verb, Work
from relay.event import Plan
from relay.moves import apply
from relay.playbooks import seconds
from relay.protocol import OVER, Stage
from relay.requests import PASSED_SECONDS
from relay.timekeeper import ABSENT_SECONDS
from tests.relay.work_desk import BROADCAST, NOW, OFFERING, a_draft, a_work, by, relay

PAGE = (Path(__file__).parents[2] / "docs/claims.md").read_text(encoding="utf-8")

SAID = {
    Verb.CLAIM: "claim",
    Verb.RELEASE: "given back",
    Verb.DONE: "done",
    Verb.PASS: "passed on",
    Verb.OFFER: "offered to the next",
    Verb.OPEN: "nobody took it",
    Verb.STRAND: "nobody is left",
    Verb.CLIMB: "the escalation widens it",
    Verb.EXPIRE: "its time is over",
    Verb.WITHDRAW: "closed elsewhere",
}
"""What the page calls what is done. Renewals and notes lead nowhere."""
CAME = {Verb.OFFER: "somebody comes", Verb.OPEN: "somebody comes"}
"""What it calls this where nobody was there."""
PUBLISHED = [a_draft(), a_draft(stage=Stage.OFFERED, holders=("mira",)), a_draft(stage=Stage.UNROUTED)]

Arrow = tuple[str, str, str]
"""From where, by what, to where."""


def drawn() -> set[Arrow]:
    """Return the arrows of the page's diagram; one that leaves the frame leaves each stage in it."""
    (diagram,) = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
    found = re.findall(r"^ *(\S+) --> (\w+): (.*)$", diagram, re.MULTILINE)
    inside = {stage for start, stage, _ in found if start == "[*]"} | {"claimed"}
    return {
        (one, said, to)
        for start, to, label in found
        for one in (inside if start == "open" else {start})
        for said in label.split(", ")
    }


def led_to(before: Work) -> set[Arrow]:
    """Return the arrows on which people, the clock and the router lead away from a state."""
    at = NOW + 120.0
    work = replace(before, expires=at)
    alone = [verb for verb in SAID if verb not in {Verb.CLAIM, Verb.PASS, Verb.OFFER}]
    asked: list[Move] = [relay(verb) for verb in alone]
    asked += [by("mira", verb) for verb in (Verb.CLAIM, Verb.RELEASE, Verb.DONE)]
    asked += [by("mira", Verb.PASS, holders=("zoe",)), by("mira", Verb.PASS, audience=("team:support",))]
    asked += [relay(Verb.OFFER, holders=("zoe",))]
    arrows = set()
    for move in asked:
        after = apply(work, move, at)
        if after.ok and after.work is not None and after.work.stage is not work.stage:
            said = (CAME if work.stage is Stage.UNROUTED else {}).get(move.verb, SAID[move.verb])
            arrows.add((work.stage.value, said, after.work.stage.value))
    return arrows


def test_the_diagram_has_every_way_and_no_other() -> None:
    """Each arrow is what the rules come to from some state, and each change of stage has its arrow."""
    arrows = {("[*]", "published", begin(draft, 1, NOW).stage.value) for draft in PUBLISHED}
    for draft in PUBLISHED:
        for plan in (BROADCAST, OFFERING):
            work = begin(replace(draft, plan=plan), 1, NOW)
            # With the first steps taken the next one brings in others.
            arrows |= led_to(replace(work, step=1))
            claimed = apply(work, by("mira", Verb.CLAIM), NOW).work
            assert claimed is not None
            arrows |= led_to(claimed)
    for before in (a_work(plan=Plan()), a_work(stage=Stage.UNROUTED)):
        for draft in PUBLISHED:
            after, _ = follow_up(before, draft, 2, NOW)
            if after.stage is not before.stage:
                arrows.add((before.stage.value, "another event", after.stage.value))
    assert drawn() == arrows


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
