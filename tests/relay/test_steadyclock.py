"""A clock for timers, while somebody sets the system's."""

from relay.steadyclock import JUMP_SECONDS, SteadyClock, running


class Machine:
    """A computer whose wall clock can be set, and that can be suspended."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_000_000.0, 50.0
        self.held_up = 0.0

    def pass_time(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    def read_steady(self) -> float:
        self.pass_time(self.held_up)
        return self.steady

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, self.read_steady)


def test_it_is_the_wall_clock_as_long_as_nobody_sets_that() -> None:
    """Suspension counts for both clocks, and is no jump."""
    machine = Machine()
    clock = machine.clock()
    machine.pass_time(8 * 3600.0)
    assert clock() == machine.wall
    assert clock.jump() == 0.0


def test_a_set_clock_is_told_and_not_followed_until_accepted() -> None:
    """Forward and backward, by an hour or a few seconds."""
    machine = Machine()
    clock = machine.clock()
    for seconds in (3600.0, -3600.0, 2.0, -90_000.0):
        before = clock()
        machine.wall += seconds
        assert clock() == before
        assert clock.jump() == seconds
        assert clock.jump() == seconds
        clock.accept(seconds)
        assert (clock(), clock.jump()) == (machine.wall, 0.0)


def test_small_corrections_are_followed_and_never_add_up_to_a_jump() -> None:
    """The system's clock is kept right by a few milliseconds all day long."""
    machine = Machine()
    clock = machine.clock()
    for _ in range(1000):
        machine.pass_time(1.0)
        machine.wall += JUMP_SECONDS / 10
        assert clock.jump() == 0.0
    assert abs(clock() - machine.wall) < JUMP_SECONDS / 5


def test_a_process_that_was_held_up_between_two_readings_sees_no_jump() -> None:
    """The two clocks are not read at the same moment."""
    machine = Machine()
    clock = machine.clock()
    machine.held_up = 5.0
    assert clock.jump() == 0.0
    machine.held_up = 0.0
    clock.jump()
    assert abs(clock() - machine.wall) <= 5.0


def test_the_systems_own_clocks_agree() -> None:
    """Nobody sets the clock while this test runs."""
    clock = SteadyClock()
    assert clock.jump() == 0.0
    assert running() <= running()
