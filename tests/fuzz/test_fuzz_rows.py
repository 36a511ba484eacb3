"""The fuzzer's target runs without the fuzzer: some thousand inputs from chance."""

import random

from tests.fuzz.fuzz_rows import CASES, one

INPUTS = 3000


def test_the_target_takes_any_bytes() -> None:
    """Whatever the bytes are, the target ends without an error, for every provider."""
    chance = random.Random(4711)
    for number in range(INPUTS):
        one(bytes([number % len(CASES), chance.randrange(256)]) + chance.randbytes(chance.randrange(80)))
        one(
            bytes([number % len(CASES), chance.randrange(256)])
            + b'[{"id":"a","provider":"stripe","url":"x"}]'
        )
