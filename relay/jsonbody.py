"""JSON bodies of calls: what is filled in is written as JSON, wherever it stands. Pure.

An event's text can so neither end a string nor add a field: in ``"Dear {{ name }}"`` it is escaped,
and in ``{"name": {{ name }}}`` it brings its own quotes.
"""

import re
from collections.abc import Mapping

from relay.templatetext import literals, rewritten

CONTENT_TYPE = "content-type"
JSON_TYPE = "application/json"

_ALREADY = re.compile(r"\|\s*tojson\s*$")
_SIGNS = re.compile(r'\\.|"', re.DOTALL)


def is_json(headers: Mapping[str, str]) -> bool:
    """Say whether a body with these headers is JSON, as it is if they say nothing."""
    said = next((value for name, value in headers.items() if name.lower() == CONTENT_TYPE), JSON_TYPE)
    kind = said.partition(";")[0].strip().lower()
    return kind == JSON_TYPE or kind.endswith("+json")


def escaping(template: str) -> str:
    """Return a body's template in which what is filled in becomes JSON, or part of a JSON string."""
    within: dict[int, bool] = {}
    quoted = False
    for end, text in literals(template):
        quoted ^= sum(sign == '"' for sign in _SIGNS.findall(text)) % 2 == 1
        within[end] = quoted

    def change(inside: str, start: int) -> str:
        if within[start]:
            return f"({inside}) | _within_json"
        return inside if _ALREADY.search(inside) else f"({inside}) | tojson"

    return rewritten(template, change)
