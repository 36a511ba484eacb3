"""What a playbook's templates may be made of, so that no template and no event can fill the memory. Pure.

Templates choose (``if``), repeat (``for``) and insert values; they neither call nor define anything.
What could still grow has a limit here, at what a template is made of, or where it is filled in
(:mod:`relay.templates`, :mod:`relay.formats`): an event that is known to fit into memory is inserted
so and so often at most, each value of ``[values]`` counted with all that it is made of.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from relay.formats import few
from relay.templatetext import QUOTED, pieces

MAX_WEIGHT = 100
"""How often one template may mention what the event says, with what its values are made of: a script
mentions some ten."""
MAX_JOINED = 30
"""Texts put together by ``~`` or ``+`` in one expression: each of them is copied once more."""
MAX_VALUES_WEIGHT = 600
"""The same for all of ``[values]`` together: they are all there at once."""
MAX_LOOP_TEXT = 2_000
"""Characters of text inside a loop, which may come again for every step of the template machine."""

Weights = Mapping[str, int]
"""How often a name mentions what the event says; what isn't here does it once."""

_TEXT = frozenset({"raw", "#"})
_BLOCKS = frozenset({"", "if", "elif", "else", "endif", "for", "endfor"}) | _TEXT
_DEFINED = frozenset({"set", "with", "macro", "call", "block"})
_KEYWORDS = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "elif", "for", "endif", "endfor"}
    | {"true", "false", "none", "True", "False", "None", "recursive"}
)
_NUMERIC = frozenset({"int", "float", "round", "abs", "length", "count"})
_OPENING = re.compile(r"\{[{%#]")
_TOKEN = re.compile(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[^\W\d]\w*|\*\*|//|==|!=|<=|>=|\S")
_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d]\w*")

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_ORDERING = frozenset({"<", "<=", ">", ">="})
_COMPARING = _ORDERING | {"==", "!="}
_APART = frozenset({"and", "or", "not", "if", "else", "elif", "for", "in", ",", ":", "="})
"""What stands between comparisons that have nothing to do with each other."""

_NO_NAME = "name it in [values]; nothing is defined in a template"
_NO_BLOCK = "a template has only if, for and what is inserted; {} is not for playbooks"
_NO_CALL = "nothing is called in a template; name a part of the event, or use a filter"
_NO_TABLE = "a table is not written in the middle of a template; name it in [values]"
_NO_REPEAT = (
    "* could repeat a text; say that both sides are numbers: (data.price | float) * (data.count | int)"
)
_NO_FILTER_NAME = "map takes attribute=, or the name of a filter in quotes"


class _Token(NamedTuple):
    text: str
    before: str
    """The token before it, empty at the beginning."""
    after: str

    @property
    def is_name(self) -> bool:
        """Whether a value is meant by it: no attribute, filter, test, keyword, or name of an argument."""
        if not _WORD.match(self.text) or self.text in _KEYWORDS or self.before in {".", "|", "is"}:
            return False
        return self.after != "="


def check_expression(source: str, weights: Weights, numbers: AbstractSet[str] = frozenset()) -> int:
    """Return how heavy an expression is: how often it mentions what the event says, at least 1.

    ``numbers`` are values that can be nothing but numbers.

    Raises:
        ValueError: it has what no template may have, or is too heavy; the sentence says what to do.
    """
    depth = 0
    for token in _tokens(source):
        depth += (token.text == "{") - (token.text == "}")
        if depth < 0:
            raise ValueError("a bracket } closes nothing")
    return _limited(max(1, _expression(source, weights, numbers)), MAX_WEIGHT)


def check_template(source: str, weights: Weights, numbers: AbstractSet[str] = frozenset()) -> int:
    """Return how heavy a template is; see :func:`check_expression`.

    Raises:
        ValueError: as above, or it has a block that is not ``if`` or ``for``, or long text in a loop.
    """
    weight = loops = looped = 0
    for text, word, inside in pieces(source):
        if _OPENING.search(text):
            raise ValueError("a bracket is not closed")
        looped += len(text) + len(inside) * (word == "raw") if loops else 0
        loops += (word == "for") - (word == "endfor")
        if word not in _BLOCKS:
            raise ValueError(_NO_NAME if word in _DEFINED else _NO_BLOCK.format(word))
        if word in _TEXT:
            continue
        # With a table, the engine might see the end elsewhere than we do.
        if any(token.text in {"{", "}"} for token in _tokens(inside)):
            raise ValueError(_NO_TABLE)
        weight += _expression(inside, weights, numbers)
    if looped > MAX_LOOP_TEXT:
        raise ValueError(f"the text inside its loops is longer than {MAX_LOOP_TEXT:,} characters")
    return _limited(weight, MAX_WEIGHT)


def weigh(values: Mapping[str, str]) -> tuple[Weights, frozenset[str]]:
    """Return how heavy each of the values is, and which are numbers whatever the event says."""
    weights, numbers = dict[str, int](), set[str]()
    for name, source in values.items():
        weights[name] = max(1, _weight(_tokens(source), weights))
        if is_number(source, numbers):
            numbers.add(name)
    return weights, frozenset(numbers)


def check_total(weights: Weights) -> None:
    """Refuse values that are too heavy together.

    Raises:
        ValueError: they are.
    """
    _limited(sum(weights.values()), MAX_VALUES_WEIGHT)


def is_number(source: str, numbers: AbstractSet[str] = frozenset()) -> bool:
    """Say whether an expression can come to nothing but a number: a literal, or it ends in ``| float``."""
    tokens = [token.text for token in _tokens(source)]
    return _ends_in_number(tokens, numbers)


def _expression(source: str, weights: Weights, numbers: AbstractSet[str]) -> int:
    tokens = _tokens(source)
    _check_chains([token.text for token in tokens])
    for place, token in enumerate(tokens):
        if token.text == "(" and _calls(tokens, place):
            raise ValueError(_NO_CALL)
        if token.text == "(" and token.before == "range":
            _check_range([one.text for one in tokens[place:]])
        if token.text == "recursive":
            raise ValueError("a loop is not recursive")
        if token.text == "*":
            _check_product([one.text for one in tokens], place, numbers)
        if token.text == "map" and token.before == "|":
            _check_map([one.text for one in tokens[place + 1 : place + 5]])
    if sum(token.text in {"~", "+"} for token in tokens) > MAX_JOINED:
        raise ValueError(
            f"more than {MAX_JOINED} texts are put together; write them side by side in the text"
        )
    return _weight(tokens, weights)


def _tokens(source: str) -> list[_Token]:
    found = _TOKEN.findall(QUOTED.sub("''", source))
    return [
        _Token(text, found[n - 1] if n else "", found[n + 1] if n + 1 < len(found) else "")
        for n, text in enumerate(found)
    ]


def _weight(tokens: list[_Token], weights: Weights) -> int:
    return sum(weights.get(token.text, 1) for token in tokens if token.is_name)


def _limited(weight: int, most: int) -> int:
    if weight > most:
        raise ValueError(
            f"it mentions the event {weight:,} times, with what its values are made of; {most} is the limit"
        )
    return weight


def _calls(tokens: list[_Token], place: int) -> bool:
    """Say whether a bracket calls something: one after a value, and not after a filter's or test's name."""
    before = tokens[place].before
    if before in {")", "]", "}", "'"} or _NUMBER.match(before):
        return True
    if not _WORD.match(before) or before in _KEYWORDS:
        return False
    named = tokens[place - 1].before
    if before == "range" and named != ".":
        return False
    return named not in {"|", "is"} and not (named == "not" and tokens[place - 2].before == "is")


def _check_product(tokens: list[str], place: int, numbers: AbstractSet[str]) -> None:
    """Refuse a product of what might be text.

    Raises:
        ValueError: one side isn't a number for sure.
    """
    left, right = tokens[:place], tokens[place + 1 :]
    while right and right[0] in {"-", "+"}:
        right = right[1:]
    first = _group(right) if right[:1] == ["("] else right[:1]
    # What follows the right side must not make something else of it: x * 2 | string.
    rest = right[len(first) : len(first) + 1]
    if not (
        _ends_in_number(left, numbers) and _ends_in_number(first, numbers) and rest not in (["."], ["["])
    ):
        raise ValueError(_NO_REPEAT)
    if rest == ["|"] and not _NUMERIC.intersection(right[len(first) + 1 : len(first) + 2]):
        raise ValueError(_NO_REPEAT)


def _ends_in_number(tokens: list[str], numbers: AbstractSet[str]) -> bool:
    """Say whether the last operand of an expression is a number for sure."""
    if not tokens:
        return False
    last, before = tokens[-1], tokens[-2] if len(tokens) > 1 else ""
    if last == ")":
        opening = _opening(tokens)
        inside, before = tokens[opening + 1 : -1], tokens[opening - 1] if opening else ""
        if before in _NUMERIC and tokens[opening - 2 : opening - 1] == ["|"]:
            return True
        return not _WORD.match(before) and _is_sum(inside, numbers)
    if last in _NUMERIC and before == "|":
        return True
    return before not in {".", "|"} and bool(_NUMBER.match(last) or last in numbers)


def _is_sum(tokens: list[str], numbers: AbstractSet[str]) -> bool:
    """Say whether what stands in brackets ends in a number, and offers nothing else."""
    return not {"if", "else", "or", "and", "~", "[", "'", ","} & set(tokens) and _ends_in_number(
        tokens, numbers
    )


def _opening(tokens: list[str]) -> int:
    """Return the place of the bracket that the last token closes."""
    depth = 0
    for place in range(len(tokens) - 1, -1, -1):
        depth += (tokens[place] == ")") - (tokens[place] == "(")
        if depth == 0:
            return place
    return 0


def _group(tokens: list[str]) -> list[str]:
    """Return the tokens from a bracket to the one that closes it."""
    depth = 0
    for place, text in enumerate(tokens):
        depth += (text == "(") - (text == ")")
        if depth == 0:
            return tokens[: place + 1]
    return tokens


def _check_map(following: list[str]) -> None:
    """Refuse a filter whose name comes from the event, or one with arguments.

    Raises:
        ValueError: it is one.
    """
    if following[:2] != ["(", "attribute"] and following != ["(", "'", "'", ")"]:
        raise ValueError(_NO_FILTER_NAME)


def _check_range(following: list[str]) -> None:
    """Refuse what could never be filled in: more numbers than a range may give, whatever the event says.

    Raises:
        ValueError: there are.
    """
    inside = _group(following)[1:-1]
    if all(text.isdecimal() or text in {",", "-"} for text in inside):
        bounds = [int(number) for number in "".join(inside).split(",") if number]
        few(*bounds[:3])


def _check_chains(tokens: list[str]) -> None:
    """Refuse a comparison of a comparison: the guards in it (:mod:`relay.guards`) know two sides.

    Raises:
        ValueError: there is one.
    """
    compared = [""]
    for text in tokens:
        if text in _BRACKETS:
            compared.append("")
        elif text in _BRACKETS.values():
            compared = compared[:-1] or [""]
        elif text in _COMPARING:
            if compared[-1] and {text, compared[-1]} & _ORDERING:
                raise ValueError("a comparison has two sides; write a < b and b < c")
            compared[-1] = text
        elif text in _APART:
            compared[-1] = ""
