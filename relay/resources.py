"""Where the files are that are data and not Python: playbooks, samples, themes, icons."""

from pathlib import Path

ROOT = Path(__file__).parents[1] / "resources"
"""Beside the packages, in a checkout as in an installed wheel."""


def resource(path: str) -> Path:
    """Return the place of a file or folder below ``resources/``, given with forward slashes."""
    return ROOT.joinpath(*path.split("/"))
