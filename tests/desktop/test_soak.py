"""The soak is run by hand; what it plans, and what it finds wrong, is tried here."""

import random
from collections import Counter

from tests.desktop.soak import timetable
from tests.desktop.soak.page import Run, page
from tests.desktop.soak.reckoning import Journal, Reckoning, differences
from tests.desktop.soak.timetable import Act
from tests.desktop.soak.verdict import judge
from tests.desktop.soak.witness import Sample, Stall, Toast, Use, Watch

MINUTES_15 = 900.0
AREA = (0, 0, 1280, 770)
CALM = Use(memory=150.0, core=1.0, threads=9, files=27)


def watch(second: int, state: str = "live", *, left: int = 900, stalls: tuple[Stall, ...] = ()) -> Watch:
    """Return a line of the app, with one toast."""
    card = (left, 500, 360, 200)
    toast = Toast(id="t", box=card, card=card, buttons={})
    return Watch(
        at=100.0 + second,
        state=state,
        worst=0.01,
        stalls=list(stalls),
        toasts=[toast],
        more=0,
        menus={},
    )


def sample(second: int, line: Watch, use: Use = CALM) -> Sample:
    """Return what was seen in a second."""
    return Sample(
        at=second,
        app=use,
        relay=None,
        screen=(0, 0, 1280, 800),
        area=AREA,
        windows={},
        watch=line,
        load=1.0,
    )


def problems(samples: list[Sample], *acts: Act) -> list[str]:
    """Return what is found wrong."""
    return judge(samples, [(act.at, act) for act in acts]).problems


def finished(samples: list[Sample]) -> Run:
    """Return a run in which something was wrong."""
    return Run(
        seconds=60,
        seed=1,
        acts=[],
        samples=samples,
        pressed=Counter({"Claim": 2}),
        findings=judge(samples, []),
        reckoning=Reckoning(
            answers=Counter({"200": 1}),
            events=1,
            entries=0,
            shown=0,
            gaps=0,
            over=0,
            problems=["1 is missing"],
        ),
        said={"desktop": ["Traceback (most recent call last):", "12:00 WARNING something 17"]},
        second_ends=[0, None],
        app_end=None,
    )


def test_the_same_seed_is_the_same_quarter_of_an_hour() -> None:
    """Chance is drawn from the seed alone."""
    first, again, other = (timetable.timetable(MINUTES_15, random.Random(seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_everything_is_tried_and_mended_before_the_calm() -> None:
    """Each kind of fault comes in a quarter of an hour, and what breaks is whole again at its end."""
    acts = timetable.timetable(MINUTES_15, random.Random(1))
    assert [act.at for act in acts] == sorted(act.at for act in acts)
    end = MINUTES_15 - timetable.tail(MINUTES_15)
    for breaks, mends in (("kill", "start"), ("pull", "plug"), ("deaden", "revive"), ("leave", "return")):
        broken = [act.at for act in acts if act.what == breaks]
        mended = [act.at for act in acts if act.what == mends]
        assert len(broken) == len(mended) > 0
        assert all(a <= b <= end for a, b in zip(broken, mended, strict=True))
    kinds = {act.what for act in acts}
    assert kinds >= {"rate", "burst", "clock", "resize", "panel", "service", "second"}
    assert {act.number for act in acts if act.what == "rate"} >= set(timetable.RATES)


def test_a_calm_run_has_no_problem() -> None:
    """Nothing is found where nothing is wrong."""
    assert problems([sample(second, watch(second)) for second in range(60)]) == []


def test_a_toast_off_the_work_area_is_found_after_some_seconds() -> None:
    """One that moves back at once was only late."""
    late = [sample(second, watch(second, left=1000 if second < 2 else 900)) for second in range(60)]
    assert problems(late) == []
    stranded = [sample(second, watch(second, left=1000)) for second in range(60)]
    assert ["outside" in each for each in problems(stranded)] == [True]


def test_a_link_that_only_looks_alive_is_found() -> None:
    """Whoever says live 36 seconds after the cable went dead is wrong; so is one that never comes back."""
    dead, revived = Act(at=5, what="deaden"), Act(at=55, what="revive")
    asleep = [sample(second, watch(second)) for second in range(120)]
    assert ["still says live" in each for each in problems(asleep, dead, revived)] == [True]
    lost = [sample(second, watch(second, "live" if second < 20 else "offline")) for second in range(120)]
    found = problems(lost, dead, revived)
    assert any("never live again" in each for each in found)
    assert "the desktop is not live at the end" in found
    well = [sample(s, watch(s, "offline" if 30 < s < 60 else "live")) for s in range(120)]
    assert problems(well, dead, revived) == []


def test_only_the_apps_own_stalls_count() -> None:
    """A loop that waited for a core that others had is not the app's; one that ran, or was blocked, is."""
    for stall, counts in (
        (Stall(took=9.0, ran=0.3, starved=7.0, stacks=["a"]), False),
        (Stall(took=2.0, ran=1.9, starved=0.1, stacks=["a"]), True),
        (Stall(took=3.0, ran=0.1, starved=0.1, stacks=["a"]), True),
    ):
        assert bool(problems([sample(1, watch(1, stalls=(stall,)))])) is counts


def test_what_grows_is_found() -> None:
    """Memory, threads and files of the end are held against those of the middle."""
    for grown in ({"memory": 200.0}, {"threads": 20}, {"files": 60}):
        use = Use(**{"memory": 150.0, "core": 1.0, "threads": 9, "files": 27} | grown)
        samples = [sample(second, watch(second), use if second > 80 else CALM) for second in range(120)]
        assert [next(iter(grown)) in each for each in problems(samples)] == [True]


def test_examples_are_told_with_a_problem_only() -> None:
    """What the desktop was told to have missed is none; one more is, and is named."""
    journal = Journal(events={("s", "1")}, pending=0, stages={"a": "new", "b": "new"}, latest=2)
    assert differences(journal, {"a": "new"}, accepted={("s", "1")}, gaps=1, after=2) == []
    assert differences(journal, {"a": "new"}, accepted={("s", "1")}, gaps=0, after=2) == [
        "1 notifications are at the relay and not in the inbox",
        "for example {'b': (None, 'new')}",
    ]


def test_the_report_says_what_is_wrong() -> None:
    """Its first list are the problems, from the samples, the reckoning and the logs."""
    samples = [sample(second, watch(second)) for second in range(60)]
    run = finished(samples)
    assert run.problems() == [
        "1 is missing",
        "1 tracebacks in the log of the desktop",
        "1 second starts still run",
    ]
    written = page(run)
    assert "- 1 is missing\n" in written
    assert "WARNING something #" in written


def test_the_share_of_a_core_is_one_of_the_time() -> None:
    """On a busy machine there are fewer samples than seconds: half a minute of five is a tenth."""
    uses = [(second, Use(memory=150.0, core=second / 10, threads=9, files=27)) for second in range(0, 301, 3)]
    samples = [sample(second, watch(second), use) for second, use in uses]
    assert "| desktop, share of one core | 10.0% |" in page(finished(samples))
