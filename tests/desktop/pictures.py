"""Takes the pictures that the documentation shows out of a gallery: ``python -m tests.desktop.pictures OUT``.

OUT is what ``tests.desktop.gallery`` and ``tests.desktop.docked`` have made. Which ones are taken is
read from the pages themselves; each gets few enough colours to be small. Needs ImageMagick.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128
"""Of one picture: what is flat looks the same with so many, and the file is a third of the size."""
_SHOWN = re.compile(r"pictures/gallery-([a-z0-9-]+)\.png")


def shown() -> list[str]:
    """Return the names of the states that the pages show."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return sorted({name for page in pages for name in _SHOWN.findall(page.read_text(encoding="utf-8"))})


def main(gallery: Path) -> None:
    """Bring the pictures of the documentation up to date, and remove those that nobody shows."""
    names = shown()
    for name in names:
        file = PICTURES / f"gallery-{name}.png"
        command = ["convert", str(gallery / f"{name}.png"), "+dither", "-colors", str(COLOURS)]
        subprocess.run([*command, "-strip", f"PNG8:{file}"], check=True)
    for old in PICTURES.glob("gallery-*.png"):
        if old.stem.removeprefix("gallery-") not in names:
            old.unlink()
    size = sum(file.stat().st_size for file in PICTURES.glob("*.png"))
    sys.stdout.write(f"{len(names)} pictures, {size / 1e6:.1f} MB in all\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
