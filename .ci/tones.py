"""Make the sounds in resources/sounds: soft sine tones, so short and low that a full office bears them.

Run it again after a change; the files are committed, so that nobody needs to.
"""

import math
import struct
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

RATE = 22_050
LOUDNESS = 0.35
FOLDER = Path(__file__).parent.parent / "resources" / "sounds"

# (hertz, seconds) one after the other. A rising fifth is friendly; the urgent one falls and repeats.
SOUNDS: dict[str, Sequence[tuple[float, float]]] = {
    "soft": [(659.3, 0.16), (987.8, 0.40)],
    "urgent": [(880.0, 0.20), (659.3, 0.28)],
}


def tone(hertz: float, seconds: float) -> Iterator[float]:
    """Yield samples of a tone that begins without a click and dies away."""
    for number in range(round(seconds * RATE)):
        now = number / RATE
        swell = min(1.0, now / 0.012) * math.exp(-4.5 * now / seconds)
        fade = min(1.0, (seconds - now) / 0.02)
        overtone = 0.2 * math.sin(4 * math.pi * hertz * now)
        yield LOUDNESS * swell * fade * (math.sin(2 * math.pi * hertz * now) + overtone)


def main() -> None:
    """Write every sound."""
    FOLDER.mkdir(exist_ok=True)
    for name, notes in SOUNDS.items():
        samples = [sample for hertz, seconds in notes for sample in tone(hertz, seconds)]
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(b"".join(struct.pack("<h", round(32_767 * one)) for one in samples))


if __name__ == "__main__":
    main()
