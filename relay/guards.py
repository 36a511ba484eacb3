"""Expressions with guards, where the template engine would make something of what isn't there. Pure.

MiniJinja joins null as the word "None", makes nought of it as a number, and orders values of
different kinds silently: every text is above every number. What could do so gets a filter put
between, when a template is compiled; what is never null, or a number for sure, gets none, because
each is a call of Python's. Nothing of this is seen in messages: they show what the playbook says.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import NamedTuple

from relay.moments import Missing
from relay.templatetext import PIECE, QUOTED

SAID, THERE, FAULTY = "_said", "_there", "_faulty"
_ORDER = {"<": "_below", "<=": "_at_most", ">": "_above", ">=": "_at_least"}

_TOKEN = re.compile(rf"{QUOTED.pattern}|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[^\W\d]\w*|\*\*|//|==|!=|<=|>=|\S")
_WORD = re.compile(r"[^\W\d]\w*")
_LITERAL = re.compile(r"[\d\"']")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_WORDS = frozenset({"and", "or", "not", "if", "else", "elif", "for", "in", "set"})
_COMPARING = frozenset({"==", "!=", *_ORDER})
_LOOSE = _OPENING | _WORDS | {",", ":", "="}
"""What holds less than any comparison does: an expression begins anew after it."""
_SUMMING = _LOOSE | _COMPARING | {"~", "+", "-"}
"""What holds no more than ``~``: one of its sides ends there."""
_COUNTING = frozenset({"*", "/", "//", "%", "**", "is"})
"""What gives a number or a truth, or fails by itself."""

_GUARDED = frozenset({"string", "trim", "striptags", "safe", "escape", "e", "int", "float"})
"""The engine's own filters that turn null into a word or into nought."""
_NUMERIC = frozenset({"int", "float", "length", "count"})
_DEFAULT = frozenset({"default", "d"})
_NULLABLE = _DEFAULT | {"tojson", "bool"}
"""Filters that know what to make of null."""
_TEXTUAL = frozenset(
    {"first_name", "name_case", "phone", "truncate", "urlencode", "urlpath", "tojson", "replace", "join"}
    | {"upper", "lower", "title", "capitalize", "money", "price", "number", "plural"}
    | {"date", "time", "datetime", "weekday", "relative"}
)
"""Filters that never give null: ours, which raise instead."""


class _Token(NamedTuple):
    text: str
    start: int
    end: int


def guarded(source: str, *, faulty: Collection[str] = (), there: bool = False) -> str:
    """Return a template whose expressions have their guards; with ``faulty`` names, those fail when used.

    With ``there``, every filter looks first whether there is something to filter.
    """

    def one(piece: re.Match[str]) -> str:
        whole = piece[0]
        if whole.startswith("{#") or (piece["inside"] is None and "endraw" in whole):
            return whole
        # Signs that take spaces away are no part of the expression.
        begin, end = 2 + (whole[2] in "-+"), len(whole) - 2 - (whole[-3] in "-+")
        inside = guarded_expression(whole[begin:end], faulty=faulty, there=there)
        return f"{whole[:begin]}{inside}{whole[end:]}"

    return PIECE.sub(one, source)


def guarded_expression(source: str, *, faulty: Collection[str] = (), there: bool = False) -> str:
    """Return an expression with its guards; see :func:`guarded`."""
    tokens = [_Token(found[0], *found.span()) for found in _TOKEN.finditer(source)]
    changes = [*set(_joints(tokens)), *_orders(tokens), *_filters(tokens, there=there)]
    done, at = "", 0
    for start, _, end, text in sorted([*changes, *_names(tokens, faulty)]):
        done, at = f"{done}{source[at:start]}{text}", max(end, start)
    return done + source[at:]


_Change = tuple[int, int, int, str]
"""Where it begins, which comes first of those at one place, where it ends, what comes instead."""


def _joints(tokens: Sequence[_Token]) -> Iterator[_Change]:
    """Put a guard behind each side of ``~``."""
    for place, token in enumerate(tokens):
        if token.text == "~":
            for begin, end in (
                (_begin(tokens, place, _SUMMING), place),
                (place + 1, _end(tokens, place + 1, _SUMMING)),
            ):
                if begin < end and not _is_there(_texts(tokens[begin:end])):
                    yield tokens[end - 1].end, 0, 0, f" | {SAID}"


def _orders(tokens: Sequence[_Token]) -> Iterator[_Change]:
    """Make a filter of each comparison, unless numbers are compared for sure: ``(a) | _above(b)``.

    A chain, ``a < b < c``, would be another one then; :mod:`relay.restraint` refuses it.
    """
    for place, token in enumerate(tokens):
        if token.text in _ORDER:
            begin = _begin(tokens, place, _LOOSE)
            end = _end(tokens, place + 1, _LOOSE | _COMPARING)
            sides = _texts(tokens[begin:place]), _texts(tokens[place + 1 : end])
            if all(sides) and not all(map(_is_number, sides)):
                yield tokens[begin].start, 2, 0, "("
                operator = tokens[place - 1].end, tokens[place + 1].start
                yield operator[0], 1, operator[1], f") | {_ORDER[token.text]}("
                yield tokens[end - 1].end, 1, 0, ")"


def _filters(tokens: Sequence[_Token], *, there: bool) -> Iterator[_Change]:
    """Put a guard before each filter that would not mind null."""
    for place, token in enumerate(tokens[:-1]):
        name = tokens[place + 1].text
        if token.text != "|" or name in _NULLABLE:
            continue
        begin = _begin(tokens, place, _SUMMING)
        # The engine makes no number of a table, but would write it as a text.
        table = name in _NUMERIC
        if name in _GUARDED and not _is_there(_texts(tokens[begin:place]), table=table):
            yield token.start, 0, 0, f"| {SAID} "
        elif there:
            yield token.start, 0, 0, f"| {THERE} "
        following = _texts(tokens[place + 2 : place + 4])
        if name == "map" and following[:1] == ["("] and following[-1][1:-1] in _GUARDED:
            yield token.start, 1, 0, f"| map('{SAID}') "


def _names(tokens: Sequence[_Token], faulty: Collection[str]) -> Iterator[_Change]:
    """Make a call that fails of each name of a value that could not be had."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1].text if place else ""
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if token.text in faulty and before not in {".", "|", "is"} and after != "=":
            yield token.start, 3, token.end, f"{FAULTY}('{token.text}')"


def _begin(tokens: Sequence[_Token], place: int, limits: AbstractSet[str]) -> int:
    """Return where the operand begins that ends before ``place``."""
    depth = 0
    while place > 0:
        text = tokens[place - 1].text
        if depth == 0 and text in limits and not _is_attribute(tokens, place - 1):
            break
        depth += (text in _CLOSING) - (text in _OPENING)
        place -= 1
    return place


def _end(tokens: Sequence[_Token], place: int, limits: AbstractSet[str]) -> int:
    """Return where the operand ends that begins at ``place``."""
    first, depth = place, 0
    while place < len(tokens):
        text = tokens[place].text
        ends = depth == 0 and (text in _CLOSING or text in limits - _OPENING)
        if ends and place > first and not _is_attribute(tokens, place):
            break
        depth += (text in _OPENING) - (text in _CLOSING)
        place += 1
    return place


def _is_attribute(tokens: Sequence[_Token], place: int) -> bool:
    return place > 0 and tokens[place - 1].text == "."


def _texts(tokens: Sequence[_Token]) -> list[str]:
    return [token.text for token in tokens]


def _top(tokens: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the tokens that stand in no brackets, and the brackets around the others."""
    depth = 0
    for place, text in enumerate(tokens):
        depth -= text in _CLOSING
        if depth == 0 and not (place and tokens[place - 1] == "."):
            yield place, text
        depth += text in _OPENING


def _is_there(tokens: Sequence[str], *, table: bool = False) -> bool:
    """Say whether an operand is never null, or fails by itself if something in it is.

    Unless it may be a ``table``, it is neither a table nor a list, too.
    """
    if len(tokens) == 1:
        return bool(_LITERAL.match(tokens[0]))
    top = dict(_top(tokens))
    words = set(top.values())
    if words & {"or", "and"}:
        return False
    if "if" in words:
        sides = {text: place for place, text in top.items()}
        first, last = tokens[: sides["if"]], tokens[sides.get("else", len(tokens)) + 1 :]
        return bool(last) and _is_there(first, table=table) and _is_there(last, table=table)
    if words & (_COUNTING | _COMPARING | {"~", "+", "-", "not", "in"}):
        return True
    if list(top.values()) == ["(", ")"]:
        return _is_there(tokens[1:-1], table=table)
    return _ends_there(tokens, table=table)


def _ends_there(tokens: Sequence[str], *, table: bool) -> bool:
    """Say whether the last thing in an operand is a filter that never gives null."""
    bars = [place for place, text in _top(tokens) if text == "|"]
    if not bars:
        return False
    name, rest = "".join(tokens[bars[-1] + 1 : bars[-1] + 2]), tokens[bars[-1] + 2 :]
    if name in _DEFAULT:
        return table and (not rest or all(_LITERAL.match(text) for text in rest[1:2]))
    # After the filter there may stand nothing but its arguments.
    closed = not rest or [text for _, text in _top(rest)] == ["(", ")"]
    return closed and name in _TEXTUAL | _GUARDED | _NUMERIC


def _is_number(tokens: Sequence[str]) -> bool:
    """Say whether an operand is a number for sure: a literal, or made one."""
    last, before = tokens[-1], tokens[-2] if len(tokens) > 1 else ""
    if before in {"", "-"}:
        return len(tokens) <= 2 and last[0].isdecimal()  # noqa: PLR2004 - a number with its sign
    top = [text for _, text in _top(tokens)]
    if top == ["(", ")"]:
        return not {"if", "or", "and", "~"}.intersection(tokens) and _is_number(tokens[1:-1])
    return before == "|" and last in _NUMERIC and "~" not in top


def said(value: object) -> object:
    """Return what can be part of a text.

    Raises:
        Missing: it is null or undefined.
        ValueError: it is a table or a list.
    """
    if value is None:
        raise Missing("a value is missing")
    if not isinstance(value, str | int | float):
        raise ValueError("this is a table or a list, and no text; name the part that is meant")
    return value


def there(value: object) -> object:
    """Return a value that is neither null nor undefined.

    Raises:
        Missing: it is.
    """
    if value is None:
        raise Missing("a value is missing")
    return value


def faulty(name: str) -> object:
    """Fail, in the place of a value that could not be had."""
    raise ValueError(f"the value {name} could not be had")


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[object, object], bool]:
    def judge(left: object, right: object) -> bool:
        if left is None or right is None:
            raise Missing("a value is missing")
        truths = isinstance(left, bool) + isinstance(right, bool)
        for kind in (int | float, str):
            if truths != 1 and isinstance(left, kind) and isinstance(right, kind):
                return compare(left, right)  # type: ignore[arg-type]  # both are numbers or both texts
        raise ValueError("< and > compare numbers, or texts; make a number of a text with | float or | int")

    return judge


_BELOW, _AT_MOST = _ordered(lambda a, b: a < b), _ordered(lambda a, b: a <= b)
_ABOVE, _AT_LEAST = _ordered(lambda a, b: a > b), _ordered(lambda a, b: a >= b)

FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        SAID: said,
        THERE: there,
        "_below": _BELOW,
        "_at_most": _AT_MOST,
        "_above": _ABOVE,
        "_at_least": _AT_LEAST,
    }
)
"""What stands in the guarded templates, by name."""
TESTS: Mapping[str, Callable[..., bool]] = MappingProxyType(
    {
        **dict.fromkeys(("lt", "lessthan", "<"), _BELOW),
        **dict.fromkeys(("le", "<="), _AT_MOST),
        **dict.fromkeys(("gt", "greaterthan", ">"), _ABOVE),
        **dict.fromkeys(("ge", ">="), _AT_LEAST),
    }
)
"""The engine's own that order: ``is gt 3``, ``selectattr('seats', 'ge', 2)``."""
