"""Requests that providers published, and damaged copies of them, each judged as it must be."""

from collections.abc import Callable
from typing import Any

import pytest

from relay.errors import BadSignature
from relay.event import Delivery
from relay.schemes.prepared import Prepared
from relay.verify import verify

RECIPES = {
    "convoy_b64512": {"encoding": "base64"},
    "convoy_hex512": {"encoding": "hex"},
}
"""What the requests of senders without a row in the table need."""


def _options(vector: dict[str, Any]) -> dict[str, Any]:
    recipe = RECIPES.get(vector["scheme"])
    if recipe is None:
        return {}
    common = {"header": "X-Convoy-Signature", "algorithm": "sha512", "id": "body:id", "type": "body:type"}
    return {"recipe": common | recipe}


def test_vector(
    vector: dict[str, Any], prepare: Callable[..., Prepared], deliver: Callable[..., Delivery]
) -> None:
    """A recorded request is taken if it is genuine, and refused as such if it is not."""
    secrets = vector["secret"] if isinstance(vector["secret"], list) else [vector["secret"]]
    source = prepare(vector["provider"], *secrets, **_options(vector))
    delivery = deliver(vector["body"].encode(), vector["headers"])
    now = float(vector.get("now", 0))
    if vector["expect"] == "valid":
        assert verify(delivery, source, now).data == vector["body"].encode()
    else:
        with pytest.raises(BadSignature):
            verify(delivery, source, now)
