"""How people are greeted: the given name out of what providers send as a name. Pure."""

from functools import lru_cache

_TITLES = frozenset(
    {"dr", "prof", "mr", "mrs", "ms", "mx", "miss", "herr", "frau", "fr", "hr", "dipl", "ing"}
)
_DEGREES = frozenset(
    {"med", "dent", "vet", "jur", "iur", "phil", "rer", "nat", "pol", "oec", "habil", "mult", "mag"}
    | {"theol", "lic", "univ", "priv", "pd", "h", "c", "e"}
)
"""What stands after a doctor's title, or before a name with a full stop: "Dr. med.", "Dr. h. c.", "Mag."."""
_COMPANIES = frozenset(
    {"gmbh", "ggmbh", "mbh", "kgaa", "ohg", "gbr", "ltd", "limited", "inc", "llc", "llp", "plc", "corp"}
    | {"corporation", "company", "sarl", "eurl", "srl", "spa", "sro", "aps", "pty", "kft"}
)
_SHORT_COMPANIES = frozenset(
    {"AG", "KG", "UG", "SE", "SA", "SAS", "BV", "NV", "AB", "AS", "A/S", "Oy", "Co", "eG", "eV", "eK"}
)
"""Legal forms that could be somebody's name if they were written otherwise."""


@lru_cache(maxsize=512)
def given_name(value: str) -> str:
    """Return the given name: ``Maya Lindqvist``, ``Dr. med. Maya Lindqvist``, ``Lindqvist, Maya`` → ``Maya``.

    A company's name stays whole: ``Müller Maschinenbau GmbH``. Empty if the text is blank. What was found is
    remembered, because one event's name stands in several of its scripts.
    """
    every = value.split()
    if any(map(_is_legal_form, every[1:])):
        return " ".join(every)
    family, comma, given = value.partition(",")
    words = (given if comma and given.strip() else family).split()
    titles = 0
    while titles < len(words) and _is_title(words[titles], after=titles > 0):
        titles += 1
    return (words[titles:] or words or [""])[0]


def _is_title(word: str, *, after: bool) -> bool:
    """Say whether a word before a name is a title; some only with a full stop or after others."""
    # "Dipl.-Ing." and "Priv.-Doz." are known by how they begin.
    first = word.partition(".-")[0] if ".-" in word else word.rstrip(".")
    known = first.casefold()
    if known in _TITLES or (after and word.startswith("(")):
        return True
    stop = word.endswith(".")
    if after and word.islower() and (stop or known in _DEGREES):
        return True
    return stop and len(known) > 1 and known in _DEGREES


def _is_legal_form(word: str) -> bool:
    bare = word.strip(",;()").replace(".", "")
    return bare.casefold() in _COMPANIES or bare in _SHORT_COMPANIES
