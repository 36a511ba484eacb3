"""Recipes for senders without a row of their own: each mistake names its key."""

from collections.abc import Callable

import pytest

from relay.errors import ConfigError
from relay.schemes.prepared import Prepared

Prepare = Callable[..., Prepared]
GOOD = {"header": "X-Signature", "id": "body:id", "type": "body:data.kind"}
TIMED = GOOD | {"timestamp_header": "X-Time"}

MISTAKES = {
    "misspelt key": (GOOD | {"haeder": "X"}, "haeder", "Did you mean header?"),
    "foreign key": (GOOD | {"zzz": "X"}, "zzz", "algorithm, encoding"),
    "no header": ({"id": "body:id", "type": "body:type"}, "header", "is missing"),
    "no id": ({"header": "X", "type": "body:type"}, "id", "is missing"),
    "no type": ({"header": "X", "id": "body:id"}, "type", "is missing"),
    "bad header": (GOOD | {"header": "X Signature"}, "header", "not the name"),
    "bad place": (GOOD | {"id": "query:id"}, "id", "body:path.to.field"),
    "empty path": (GOOD | {"id": "body:a..b"}, "id", "body:path.to.field"),
    "sha1": (GOOD | {"algorithm": "sha1"}, "algorithm", "Did you mean sha"),
    "bad encoding": (GOOD | {"encoding": "base46"}, "encoding", "Did you mean base64?"),
    "bad unit": (TIMED | {"timestamp_unit": "minutes"}, "timestamp_unit", "ms, s"),
    "non-ascii prefix": (GOOD | {"prefix": "sha256→"}, "prefix", "ASCII"),
    "body left out": (TIMED | {"signed": "{timestamp}"}, "signed", "{body}"),
    "body twice": (GOOD | {"signed": "{body}{body}"}, "signed", "exactly once"),
    "time left out": (TIMED | {"signed": "{body}"}, "signed", "not signed proves nothing"),
    "time not given": (GOOD | {"signed": "{timestamp}.{body}"}, "timestamp_header", "is missing"),
    "unknown placeholder": (GOOD | {"signed": "{query}{body}"}, "signed", "{query}"),
    "lone brace": (GOOD | {"signed": "{{body}"}, "signed", "brace"),
    "id in the body signed as a header": (GOOD | {"signed": "{id}{body}"}, "signed", "has to be a header"),
    "unsigned id": (GOOD | {"id": "header:X-Id"}, "id", "trust_unsigned_headers"),
    "unsigned type": (GOOD | {"type": "header:X-Type"}, "type", "does not cover"),
    "bad trust": (GOOD | {"trust_unsigned_headers": "yes"}, "trust_unsigned_headers", "false, true"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_s14_mistake(prepare: Prepare, case: str) -> None:
    """A recipe with a mistake stops the start and names the key and the way out."""
    recipe, key, words = MISTAKES[case]
    with pytest.raises(ConfigError) as caught:
        prepare("generic-hmac", "secret", recipe=recipe)
    assert caught.value.key == f"sources.shop.recipe.{key}"
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"prefix": "sha256=", "encoding": "base64url", "algorithm": "sha512"},
        {"timestamp_header": "X-Time", "timestamp_unit": "ms"},
        {"id": "header:X-Id", "signed": "{id}.{body}"},
        {"id": "header:X-Id", "type": "header:X-Type", "trust_unsigned_headers": "true"},
    ],
)
def test_good_recipe(prepare: Prepare, extra: dict[str, str]) -> None:
    """A recipe may leave out what has a default, and trust unsigned headers if it says so."""
    assert prepare("generic-hmac", "secret", recipe=GOOD | extra).keys == (b"secret",)
