"""Reading a signed body: all of it is checked once, so that whoever decodes it later cannot fail.

A genuine body may still be hostile or broken. What is refused here is what two JSON readers could
understand differently, or what costs more than it should: RFC 8259 leaves duplicate names open, and
nesting is a question of the reader's stack.
"""

import json
from itertools import chain
from typing import Any, NoReturn

import msgspec

MAX_DEPTH = 100
"""Containers within containers. Real payloads have about ten; Python's stack takes some hundreds."""


class Unreadable(ValueError):
    """The body is not a JSON document that every reader understands alike; the text says why."""


def read_document(body: bytes) -> Any:
    """Return the decoded body.

    Raises:
        Unreadable: not JSON in UTF-8, nested too deeply, a number out of range, or a name twice in
            one object.
    """
    try:
        document = msgspec.json.decode(body)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError as error:  # msgspec's errors and UnicodeDecodeError are ValueErrors
        raise Unreadable(_reason(error)) from None
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:  # with fewer it cannot be that deep
        _check_depth(document)
    if _may_repeat(body, document):
        _check_names(body)
    return document


def _reason(error: ValueError) -> str:
    """Return what was wrong without a piece of the body: UnicodeDecodeError's text would quote it."""
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _check_depth(document: Any) -> None:
    level: list[Any] = [[document]]
    for _ in range(MAX_DEPTH + 1):
        inside = chain.from_iterable(node.values() if type(node) is dict else node for node in level)
        level = [child for child in inside if type(child) is dict or type(child) is list]
        if not level:
            return
    raise Unreadable("nested too deeply")


def _may_repeat(body: bytes, document: Any) -> bool:
    """Say whether a name could stand twice in one object.

    A lost duplicate takes its colon with it, and only an escaped colon can make up for that: so
    equal counts without escapes prove that nothing was lost, at a tenth of the price of looking.
    """
    if b"\\u003" in body:
        return True
    return body.count(b":") != msgspec.json.encode(document).count(b":")


def _check_names(body: bytes) -> None:
    json.loads(body, object_pairs_hook=_refuse_repeated, parse_int=str, parse_float=str)


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) != len({name for name, _ in pairs}):
        _raise_repeated()


def _raise_repeated() -> NoReturn:
    raise Unreadable("a name stands twice in one object")
