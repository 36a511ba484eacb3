"""What may be read of a genuine body, and what has to be looked at by a person."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.schemes.document import MAX_DEPTH, Unreadable, read_document

BAD = {
    "empty": b"",
    "blank": b" \n",
    "text": b"payment failed",
    "form": b"id=1&type=2",
    "half": b'{"id": "1", ',
    "two documents": b"{}{}",
    "trailing comma": b'{"a": 1,}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "latin-1": '{"a": "é"}'.encode("latin-1"),
    "encoded surrogate": b'{"a": "\xed\xa0\x80"}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "lone low surrogate": b'{"a": "\\udc00x"}',
    "nul": b'{"a": "\x00"}',
    "nul after it": b"{}\x00",
    "nan": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "too large": b'{"a": 1e999}',
    "five thousand digits": b'{"a": ' + b"1" * 5000 + b"}",
    "leading zero": b'{"a": 01}',
    "twice": b'{"id": "1", "id": "2"}',
    "twice inside": b'{"a": [{"b": {"c": 1, "c": 1}}]}',
    "twice by an escape": b'{"id": 1, "\\u0069d": 2}',
    "twice with a colon to make up": b'{"a": 1, "a": "\\u003a"}',
    "twice with a colon in the name": b'{":": 1, "\\u003A": 2}',
    "one level too deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "objects too deep": b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
    "ten thousand deep": b"[" * 10_000 + b"]" * 10_000,
    "ten thousand deep, never closed": b"[" * 10_000,
    "a million objects deep": b'{"a":' * 1_000_000,
}


@pytest.mark.parametrize("case", BAD)
def test_unreadable(case: str) -> None:
    """A body that two readers could understand differently, or not at all, is named unreadable."""
    with pytest.raises(Unreadable) as caught:
        read_document(BAD[case])
    assert str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b" [1, 2.5, null, true] \n",
        b'"[[[[:"',
        b'"' + b"[" * 500 + b'"',
        b'{"a:": ":", "b": "\\u003a", "\\u003a": "::"}',
        b'[{"a": 1}, {"a": 1}]',
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        b"[" + b"[]," * 300 + b"[]]",
        '{"name": "Maya 🛎 Lindqvist"}'.encode(),
        b'{"a": "\\u0000"}',
    ],
)
def test_readable(body: bytes) -> None:
    """Any other JSON is read, and reads the same later."""
    assert read_document(body) == msgspec.json.decode(body) == json.loads(body)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=30,
)  # fmt: skip


@given(values, st.booleans())
def test_every_document_is_read(value: Any, escaped: bool) -> None:
    """Whatever a JSON writer writes is read, with or without escapes."""
    assert read_document(json.dumps(value, ensure_ascii=escaped).encode()) == value


names = st.sampled_from(["a", "b", ":", "a:", "é"])
pairs = st.lists(st.tuples(names, st.sampled_from(["1", '":"', '"\\u003a"', "{}", '{":":1}']), st.booleans()))


@given(pairs)
def test_repeated_names_never_pass(members: list[tuple[str, str, bool]]) -> None:
    """A name that stands twice is found however it is spelled and whatever the values are."""
    spelled = [f"{json.dumps(name) if plain else _escaped(name)}:{value}" for name, value, plain in members]
    body = f"{{{','.join(spelled)}}}".encode()
    if len({name for name, _, _ in members}) == len(members):
        assert len(read_document(body)) == len(members)
    else:
        with pytest.raises(Unreadable, match="twice"):
            read_document(body)


def _escaped(name: str) -> str:
    return '"' + "".join(f"\\u{ord(char):04X}" for char in name) + '"'


@given(st.binary(max_size=60))
def test_any_bytes_are_answered(body: bytes) -> None:
    """Any bytes are either read or named unreadable; what is read can be read again."""
    try:
        document = read_document(body)
    except Unreadable:
        return
    assert msgspec.json.decode(body) == document
