"""In which order scripts are offered: the agent's language first. Pure."""

from collections.abc import Sequence

from relay.protocol import Script


def by_language(scripts: Sequence[Script], languages: Sequence[str]) -> tuple[Script, ...]:
    """Return the scripts, those in the first of ``languages`` (BCP 47, most wanted first) in front.

    A script without a language is for everybody: it comes after those that were asked for by name.
    Within a language the playbook's order stays.
    """
    wanted = [language.casefold().replace("_", "-") for language in languages]
    return tuple(sorted(scripts, key=lambda script: _rank(script.language.casefold(), wanted)))


def _rank(language: str, wanted: Sequence[str]) -> tuple[int, int]:
    if language in wanted:
        return wanted.index(language), 0
    primary = language.partition("-")[0]
    for place, each in enumerate(wanted):
        if primary and primary == each.partition("-")[0]:
            return place, 1
    return len(wanted) + (1 if language else 0), 0


def tag(script: Script) -> str:
    """Return the few letters that stand for a script's language: "DE"; nothing if it has none."""
    letters = script.language.partition("-")[0][:3]
    return letters.upper() if letters.isascii() and letters.isalpha() else ""
